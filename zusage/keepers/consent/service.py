"""Consents given, refused and withdrawn: each is written down durably before anybody is told that it is.

Events from browsers come many at once: they are written in groups, one transaction and one ledger entry a group.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from zusage.decisions.version import bump
from zusage.errors import ZusageError
from zusage.keepers.consent.banner import BannerSpec, ConsentEvent
from zusage.keepers.consent.wording import shown_text, version_of
from zusage.keepers.context import Context
from zusage.law.periods import retention_end
from zusage.registers.consents import (
    Event,
    Standing,
    Way,
    add_events,
    events_of,
    keep_text,
    new_event,
    person_of,
    standing,
    withdrawal_of,
)
from zusage.registers.mailings import stop_mails
from zusage.registers.suppressions import release, suppression_key
from zusage.text import Language

_WAYS = {
    "accept-all": Way.ACCEPT_ALL,
    "reject-all": Way.REJECT_ALL,
    "close": Way.CLOSE,
    "selection": Way.SELECTION,
    "always": Way.ALWAYS,
    "once": Way.ONCE,
    "service": Way.MANAGED,
}
_SIGNALS = {"gpc": Way.GPC, "dnt": Way.DNT}
#: ways in which the controller of an address has been shown to be the person who agreed
CONFIRMED = frozenset({Way.DOUBLE_OPT_IN, Way.PARENT, Way.PAPER, Way.VOICE, Way.ASKED})
#: no answers of one event are longer
_LONGEST = 400
_SCOPE = re.compile(r"[A-Za-z0-9_.:-]{1,80}")


class NoConsent(ZusageError):
    """A consent that cannot be given like this; nothing was written down."""


@dataclass(frozen=True, slots=True)
class Given:
    """A consent given to an application, on paper or by voice: who, to what, how, in which language.

    `answers` maps purposes – with a scope after a slash: topics, single cases – to yes or no. `until` is the end that the
    person chose, where the purpose lets them.
    """

    identity_kind: str
    identity: str
    answers: Mapping[str, bool]
    way: Way
    language: Language
    age: int | None = None
    until: datetime | None = None


def keep_templates(connection: Connection, spec: BannerSpec, now: datetime) -> None:
    """Keep the banner's words in every language, so that each consent can be shown again as it was asked."""
    for language in spec.languages:
        keep_text(connection, spec.template(language), language, spec.version, now)


def from_browser(event: ConsentEvent, now: datetime, agent: str | None = None) -> Event:
    """A checked event of the banner as it is kept. The time is the server's; `agent` is the browser's user agent, where it
    is declared that it is recorded.

    `once` agrees to one embed only: its name gets the embed as its scope, so that it is no yes to the service.
    """
    way = int(_WAYS[event.method]) + (int(_SIGNALS[event.signal.value]) if event.signal else 0)
    person = bytes.fromhex(event.browser) if event.browser else None
    answers = {**event.purposes, **event.services}
    if event.method == "once":
        answers = {f"{name}/{event.content or 'once'}": yes for name, yes in event.services.items()}
    return Event(
        bytes.fromhex(event.id), now, person, answers, bytes.fromhex(event.template), way, agent=agent
    )


def record_group(
    context: Context, connection: Connection, events: Sequence[Event], now: datetime, *, fresh: bool = False
) -> int:
    """Write a group of events and one ledger entry for it, in the caller's transaction; returns how many were new.

    `fresh` as in `add_events`.
    """
    added = add_events(connection, context.ledger, events, now, fresh=fresh)
    if added:
        bump(connection)
    return added


def give(context: Context, given: Given, now: datetime) -> Event:
    """Record a subject's consent or refusal for purposes of the declaration.

    Raises `NoConsent` for an unknown purpose or scope, for a person below the purpose's age (or of unknown age) without the
    parent's confirmation, and for a yes by form where the address must be confirmed first.
    """
    check_names(context, given.answers)
    _check(context, given)
    ends = end_of(context, given.answers, given.until, now)
    content = shown_text(context.declaration, given.answers, given.language)
    with context.state.begin() as connection:
        text = keep_text(connection, content, given.language, version_of(context.declaration), now)
        person = person_of(context.keys, given.identity_kind, given.identity)
        event = new_event(person, given.answers, text, given.way, now, ends)
        record_group(context, connection, [event], now)
        key = suppression_key(context.keys, given.identity_kind, given.identity)
        lift_suppressions(connection, key, given.answers)
        stop_mails(connection, event, now)
    return event


def lift_suppressions(connection: Connection, key: str, answers: Mapping[str, bool]) -> None:
    """A fresh yes to a purpose ends an earlier no to that purpose; an objection to all marketing stays."""
    for purpose in {name.partition("/")[0] for name, yes in answers.items() if yes}:
        release(connection, key, purpose)


def withdraw(
    context: Context,
    identity_kind: str,
    identity: str,
    purposes: Sequence[str],
    language: Language,
    now: datetime,
) -> Event:
    """Withdraw consents with effect from `now`; what was done before stays lawful and stays recorded (Art. 7(3)).

    With a purpose, everything below it ends: its topics, its single cases.
    """
    check_names(context, dict.fromkeys(purposes, False))
    stands = state_of(context, identity_kind, identity, now)
    answers = dict.fromkeys([*purposes, *below(purposes, stands)], False)
    return give(context, Given(identity_kind, identity, answers, Way.WITHDRAWAL, language), now)


def below(purposes: Iterable[str], stands: Mapping[str, Standing]) -> list[str]:
    """What a person agrees to within these purposes: topics and single cases."""
    return [name for name, one in stands.items() if one.agreed and name.partition("/")[0] in purposes]


def withdraw_all(context: Context, identity_kind: str, identity: str, now: datetime) -> Event | None:
    """Withdraw everything a person agrees to; None where there is nothing."""
    person = person_of(context.keys, identity_kind, identity)
    with context.state.begin() as connection:
        event = withdrawal_of(person, events_of(connection, person, now), now)
        if event is not None:
            record_group(context, connection, [event], now)
            stop_mails(connection, event, now)
    return event


def state_of(context: Context, identity_kind: str, identity: str, at: datetime) -> dict[str, Standing]:
    """Where a subject stood on each purpose at `at`, a past instant included."""
    person = person_of(context.keys, identity_kind, identity)
    with context.state.connect() as connection:
        return standing(events_of(connection, person, at))


def end_of(
    context: Context, answers: Mapping[str, bool], chosen: datetime | None, now: datetime
) -> datetime | None:
    """When a consent ends by itself: the day the person chose, at most the longest that its words say.

    Raises `NoConsent` where no end can be chosen, or one that lies behind.
    """
    declared = [context.declaration.consents[name.partition("/")[0]] for name, yes in answers.items() if yes]
    longest = [retention_end(now, one.valid_for, "event") for one in declared if one.valid_for is not None]
    if chosen is None:
        if any(one.chosen_until for one in declared):
            raise NoConsent("this consent needs the day until which it holds", hint="give 'until'")
        return min(longest, default=None)
    if not all(one.chosen_until for one in declared):
        raise NoConsent("this consent knows no end that the person chooses")
    if chosen <= now:
        raise NoConsent("a consent ends after it was given")
    return min([chosen, *longest])


def check_names(context: Context, answers: Mapping[str, bool]) -> None:
    """Raises `NoConsent` for no answer at all, an undeclared purpose, and a scope where the purpose has none."""
    if not answers:
        raise NoConsent("a consent names at least one purpose")
    if len(" ".join(answers)) + len(answers) > _LONGEST:
        raise NoConsent("these are too many purposes at once", hint="give them in several steps")
    for name, yes in answers.items():
        purpose, _, scope = name.partition("/")
        asked = context.declaration.consents.get(purpose)
        if asked is None:
            known = ", ".join(context.declaration.consents)
            raise NoConsent(f"the declaration asks no consent '{purpose}'", hint=f"it asks: {known}")
        if scope and not _SCOPE.fullmatch(scope):
            raise NoConsent("a case or topic is named by letters, digits and . _ : - alone")
        if scope and not asked.per_case and scope not in asked.topics and yes:
            raise NoConsent(f"'{purpose}' knows no '{scope}'", hint=f"its topics: {', '.join(asked.topics)}")
        if yes and asked.per_case and not scope:
            raise NoConsent(f"'{purpose}' holds for a single case only", hint=f"name it: {purpose}/CASE")


def _check(context: Context, given: Given) -> None:
    for name, yes in given.answers.items():
        purpose = name.partition("/")[0]
        asked = context.declaration.consents[purpose]
        if not yes:
            continue
        if asked.asked == "double-opt-in" and given.way not in CONFIRMED:
            raise NoConsent(
                f"'{purpose}' counts once the address is confirmed",
                hint="`zusage consent subscribe`, or POST /api/v1/subscriptions",
            )
        check_age(context, purpose, given.age, by_parent=given.way is Way.PARENT)


def check_age(context: Context, purpose: str, age: int | None, *, by_parent: bool) -> None:
    """Raises `NoConsent` for a person below the purpose's age, or of unknown age, without the parent's confirmation."""
    least = context.declaration.consents[purpose].minimum_age
    if least is None or by_parent or (age is not None and age >= least):
        return
    if age is None:
        raise NoConsent(f"consent to '{purpose}' needs the person's age (from {least})", hint="state the age")
    raise NoConsent(
        f"consent to '{purpose}' needs the age of {least}, or the confirmation of a parent (Art. 8 GDPR)"
    )
