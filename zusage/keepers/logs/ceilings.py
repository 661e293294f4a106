"""Ceilings over cases: lines that a case holds, and what was opened for it, end with a rule that has one – nothing extends it.

Whoever looks after the case is told in time; a case that would hold beyond it is not taken on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol

from zusage.declaration.retention import RetentionRule
from zusage.keepers.context import Context
from zusage.keepers.logs.scopes import Scope
from zusage.keepers.logs.vault import Vault
from zusage.law.duration import Duration
from zusage.law.periods import retention_end
from zusage.mail.message import Message
from zusage.mail.outbox import enqueue_many

_LINES = ("recorded", "logged")


class Holding(Protocol):
    """What is asked of a case."""

    @property
    def id(self) -> str: ...
    @property
    def scope(self) -> Scope: ...


def ceilings(vault: Vault) -> Iterator[tuple[RetentionRule, Duration]]:
    """The rules over sealed lines that no case reaches over, with how long they keep."""
    for rule in vault.activity.retention:
        if rule.ceiling is None or rule.since.event not in _LINES:
            continue
        for step in rule.steps:
            period = step.keep.duration or step.keep.at_most
            if step.then == "erase" and period is not None:
                yield rule, period


def longest(vault: Vault, scope: Scope) -> datetime | None:
    """Until when the first line of a scope may be held; None without a ceiling."""
    ends = [retention_end(scope.begin, keep, rule.since.start, vault.zone) for rule, keep in ceilings(vault)]
    return min(ends, default=None)


def warn(context: Context, vault: Vault, open_cases: Sequence[Holding], now: datetime) -> int:
    """Write to the data protection officer of each case whose first lines a ceiling will take soon, once; how many mails."""
    to, messages = context.officer(), dict[str, Message]()
    for rule, keep in ceilings(vault) if to is not None else ():
        assert rule.ceiling is not None
        soon = retention_end(now, rule.ceiling.warn, "event", vault.zone)
        for case in open_cases:
            end = retention_end(case.scope.begin, keep, rule.since.start, vault.zone)
            if to is None or not now < end <= soon:
                continue
            text = (
                f"{case.id}\n\nZeilen dieses Vorgangs erreichen am {end:%d.%m.%Y} die Höchstfrist und werden danach gelöscht, "
                f"auch wenn er noch offen ist.\n\nLines of this case reach the longest period on {end:%Y-%m-%d} and are erased "
                "afterwards, even if it is still open.\n"
            )
            subject = "Höchstfrist endet bald / longest period ends soon"
            key = f"logs/ceiling/{vault.name}/{rule.id}/{case.id}"
            messages[key] = Message(to, subject, text, "logs/ceiling", reference=f"case/{case.id}")
    if not messages:
        return 0
    with context.state.begin() as connection:
        return enqueue_many(connection, messages, sender=context.sender(), now=now)
