"""Accountability (Art. 5(2)): each activity with purpose, basis, period and last review – and what runs without being one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from zusage.declaration import Activity, Declaration
from zusage.declaration.inventory import load_inventory
from zusage.errors import StoreUnreachable
from zusage.findings import Finding, Severity
from zusage.law.citations import Citation
from zusage.notice.checking.deployed import check_deployed
from zusage.notice.writing import periods
from zusage.notice.writing.words import Words
from zusage.registers.attestations import attestations_of
from zusage.stores.inspecting import drift
from zusage.text import Language
from zusage.workspace import Workspace

#: why something may be kept in a browser: strictly necessary, or consent
_OF_ITEMS = {True: Citation.parse_id("tdddg:25(2)(2)"), False: Citation.parse_id("tdddg:25(1)")}


@dataclass(frozen=True, slots=True)
class Account:
    """One activity, or one item kept in browsers, as the report shows it. `reviewed`: when somebody last vouched for it."""

    id: str
    title: str
    purposes: str
    bases: str
    kept: str
    reviewed: datetime | None


def accounts(workspace: Workspace, language: Language, now: datetime) -> list[Account]:
    """Every declared activity, and every item in browsers, in declared order."""
    declaration = workspace.declaration
    words = Words.of(declaration, language, now.date())
    with workspace.state.connect() as connection:
        overall = _newest(connection, _about_all(declaration), now)
        found = [
            _activity(
                declaration,
                name,
                activity,
                words,
                _later(overall, _newest(connection, activity.measures, now)),
            )
            for name, activity in declaration.activities.items()
        ]
    for name, item in declaration.browser.items.items():
        basis = (
            item.legal_basis.text(language) if item.legal_basis else _OF_ITEMS[item.necessary].text(language)
        )
        purpose = words.text(item.purpose)
        found.append(Account(f"browser/{name}", item.name, purpose, basis, str(item.keep), overall))
    return found


def _activity(
    declaration: Declaration, name: str, activity: Activity, words: Words, reviewed: datetime | None
) -> Account:
    kept = [
        one for rule in activity.retention for one in periods.sentences(declaration, activity, rule, words)
    ]
    bases = dict.fromkeys(words.basis(basis) for one in activity.purposes for basis in one.legal_bases)
    purposes = "; ".join(words.text(one.text) for one in activity.purposes)
    return Account(name, words.text(activity.title), purposes, "; ".join(bases), " ".join(kept), reviewed)


def _about_all(declaration: Declaration) -> list[str]:
    """Registers that no single activity names: whoever vouches for them has looked at all."""
    named = {measure for activity in declaration.activities.values() for measure in activity.measures}
    return [
        name
        for name, measure in declaration.measures.items()
        if measure.kind == "register"
        and measure.places is None
        and measure.recipient is None
        and name not in named
    ]


def _newest(connection: Connection, measures: Sequence[str], now: datetime) -> datetime | None:
    made = [
        one.made_at
        for measure in measures
        for one in attestations_of(connection, f"attestation/measure/{measure}")
        if one.made_at <= now and (one.withdrawn_at is None or one.withdrawn_at > now)
    ]
    return max(made, default=None)


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((each for each in (one, other) if each is not None), default=None)


def unaccounted(workspace: Workspace, now: datetime) -> Iterator[Finding]:
    """What is found running – tables, columns, files, servers, routes – and belongs to no declared activity."""
    for store in workspace.context.stores.values():
        try:
            yield from (one for one in drift(store) if one.severity is not Severity.NOTE)
        except StoreUnreachable:
            continue  # the promises of the store say so
    yield from check_deployed(workspace.declaration, load_inventory(workspace.folder), now.date())
