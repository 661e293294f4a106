"""The persons concerned hear of a breach that is a high risk to them (Art. 34): one message each, and what became of it.

The message says in plain language what Art. 34(2) asks for: what happened and what may follow, what is done and what the
person can do, and whom to ask. Nobody is told twice of the same breach, however often it is said whom it concerns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from zusage.agenda import Then, Work, schedule
from zusage.keepers.announcing.affected import affected
from zusage.keepers.announcing.filing import AGENDA, record, tell_officer, there
from zusage.keepers.announcing.service import BadAnnouncement, account_holders, words
from zusage.keepers.context import Context
from zusage.mail import BadMessage, Message, check_address, enqueue_many
from zusage.registers.announcements import (
    Announcement,
    Told,
    add_announcement,
    add_told,
    announcements,
    standing_of,
    told_of,
)
from zusage.registers.breaches import Breach, breaches, change_breach
from zusage.text import Language, Text

#: why persons need not be told one by one (Art. 34(3)(a) to (c))
GROUNDS = ("protected", "averted", "published")
_LOOK_AGAIN = timedelta(minutes=15)
_UNDELIVERED = ("failed", "bounced", "cancelled")


@dataclass(frozen=True, slots=True)
class Telling:
    """What the persons are told, and who they are: the account holders of activities, or whose data a recipient got."""

    happened: Text
    measures: Text
    activities: tuple[str, ...] = ()
    recipient: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """How many were written to now, how many had been before, and how many cannot be written to."""

    announcement: str
    new: int
    before: int
    unreachable: int


def tell_persons(context: Context, identifier: str, telling: Telling, actor: str, now: datetime) -> Sent:
    """One message to each person concerned: register, messages and ledger entry in one transaction. Raises `BadAnnouncement`.

    Who was told of this breach before is not told again.
    """
    one = there(context, identifier)
    _check(context, one, telling)
    to, unreachable = _concerned(context, telling, actor, now)
    made = Announcement(
        f"breach-{one.id}", "breach", telling.recipient, now, now, context.keys.pseudonym("actors", actor),
        telling.happened.de, telling.happened.en,
    )  # fmt: skip
    subject = words()["subjects"]["breach"][context.declaration.languages[0]]
    with context.state.begin() as connection:
        known = {each.party for each in told_of(connection, made.id)}
        new = {party: address for party, address in to.items() if party not in known}
        if not new and not known:
            raise BadAnnouncement(
                "nobody of them can be told by e-mail",
                hint="tell them another way, or say where it was published (Art. 34(3)(c))",
            )
        keys = {party: f"announce/{made.id}/{party}"[:160] for party in new}
        text = letter(context, telling)
        messages = {
            keys[party]: Message(
                address, subject, text, "announce/breach", language=context.declaration.languages[0],
                reference=f"announce/{made.id}",
            )
            for party, address in sorted(new.items())
        }  # fmt: skip
        enqueue_many(connection, messages, sender=context.sender(), now=now)
        if not announcements(connection, id=made.id):
            add_announcement(connection, made, [])
        add_told(connection, [Told(made.id, party, keys[party]) for party in sorted(new)])
        if new:
            key = f"told/{one.id}/{len(known) + len(new)}"
            schedule(connection, AGENDA, key, now + _LOOK_AGAIN, {"breach": one.id}, step="told")
        facts = {"breach": one.id, "told": len(new), "unreachable": unreachable}
        context.ledger.append(connection, "breach/persons-mailed", facts, at=now, actor=made.actor)
    return Sent(made.id, len(new), len(known), unreachable)


def _check(context: Context, one: Breach, telling: Telling) -> None:
    if one.closed_at is not None:
        raise BadAnnouncement("this breach is closed")
    for said in (telling.happened, telling.measures):
        if not (said.de.strip() and said.en.strip()):
            raise BadAnnouncement(
                "the persons are told what happened and what is done, in German and English (Art. 34(2))"
            )
    declared = context.declaration
    unknown = [name for name in telling.activities if name not in declared.activities]
    if unknown:
        raise BadAnnouncement(f"there is no activity '{unknown[0]}'")
    if not telling.activities and telling.recipient is None:
        raise BadAnnouncement("say whom it concerns: activities, or a recipient")
    if telling.recipient is not None and telling.since is None:
        raise BadAnnouncement("say from when on the recipient's data are concerned")


def _concerned(context: Context, telling: Telling, actor: str, now: datetime) -> tuple[dict[str, str], int]:
    """Pseudonym → address of everybody who can be written to, and how many cannot."""
    found: dict[str, str] = {}
    unreachable = 0
    for address in _addresses(context, telling, actor, now):
        try:
            check_address(address)
        except BadMessage:
            unreachable += 1
            continue
        found[context.keys.pseudonym("suppression", f"email:{address.casefold()}")] = address
    return found, unreachable


def _addresses(context: Context, telling: Telling, actor: str, now: datetime) -> Iterator[str]:
    """Addresses; of somebody who is known by something else only, that."""
    for name in telling.activities:
        yield from account_holders(context, name)
    if telling.recipient is not None and telling.since is not None:
        found = affected(context, telling.recipient, telling.since, telling.until or now, actor, now)
        yield from (person.identity for person in found.people)
        yield from ("" for _ in range(found.unknown))


def letter(context: Context, telling: Telling) -> str:
    """The text in every language of the declaration, the first one first."""
    return "\n\n----\n\n".join(
        _said(context, telling, language) for language in context.declaration.languages
    )


def _said(context: Context, telling: Telling, language: Language) -> str:
    declared = context.declaration
    dpo = declared.dpo
    ask = ", ".join(one for one in (dpo.name, dpo.email) if one) if dpo else ""
    text: str = words()["persons-text"][language].format(
        controller=declared.controller.name,
        happened=telling.happened.says(language).strip(),
        measures=telling.measures.says(language).strip(),
        contact=ask or declared.controller.email or declared.controller.name,
    )
    return text


def withhold(context: Context, identifier: str, ground: str, reasons: str, actor: str, now: datetime) -> None:
    """The persons need not be told one by one (Art. 34(3)): on file with its reasons. Raises `BadAnnouncement`.

    `published`: each would take a disproportionate effort; the reasons say where it was made public instead.
    """
    if ground not in GROUNDS:
        raise BadAnnouncement(f"'{ground}' is no ground of Art. 34(3)", hint=", ".join(GROUNDS))
    if not reasons.strip():
        raise BadAnnouncement("say why the persons need not be told, or where it was made public")
    facts = {"breach": identifier, "ground": ground}
    changed = {"withheld": ground, "withheld_reasons": reasons.strip()}
    record(context, identifier, "breach/persons-withheld", facts, actor, now, **changed)


def outcomes(connection: Connection, identifier: str) -> Mapping[str, object] | None:
    """Who was told of a breach and what became of each message; None where nobody was."""
    found = announcements(connection, id=f"breach-{identifier}")
    return standing_of(connection, found[0]) if found else None


def look_again(context: Context, work: Work) -> Then | None:
    """Once no message waits any more, the persons were told; whom none reached is said to the officer."""
    identifier = str(work.item.args["breach"])
    found, standing = breaches(work.connection, id=identifier), outcomes(work.connection, identifier)
    if not found or standing is None:
        return None
    parties: list[dict[str, object]] = standing["parties"]  # type: ignore[assignment]
    if any(each["state"] == "queued" for each in parties):
        return Then("told", work.now + _LOOK_AGAIN)
    missed = sum(each["state"] in _UNDELIVERED for each in parties)
    sent = [each["sent_at"] for each in parties if isinstance(each["sent_at"], datetime)]
    if sent and found[0].persons_told_at is None:
        change_breach(work.connection, identifier, persons_told_at=max(sent))
    facts = {"breach": identifier, "told": len(sent), "missed": missed}
    context.ledger.append(work.connection, "breach/persons-told", facts, at=work.now, actor="worker")
    if missed:
        values = {"missed": missed, "told": len(parties)}
        tell_officer(work.connection, context, found[0], "breach-missed", work.now, **values)
    return None
