"""Mailings: who may be written to, on which ground, and the mails themselves – none without a link that ends it.

The address list is the controller's; here it is decided address by address, in a fixed number of statements for five
hundred of them. What was decided is kept without addresses.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256

from sqlalchemy import Column, Connection, select

from zusage.database.dialects import in_parts
from zusage.decisions import Answer, Question, Rule
from zusage.declaration import ConsentPurpose
from zusage.keepers.consent.bodies import Body, Tracking, check_body, filled
from zusage.keepers.consent.links import Unsubscribe, tracking_id
from zusage.keepers.consent.rules import consent_answer
from zusage.keepers.consent.service import NoConsent
from zusage.keepers.context import Context
from zusage.mail import BadMessage, Message, check_address, enqueue_many
from zusage.registers.asks import pending_of
from zusage.registers.consents import Standing, events_by_person, is_browser, person_of, standing
from zusage.registers.mailings import Included, Mailing, add_mailing, mail_prefix
from zusage.registers.requests import REQUESTS
from zusage.registers.suppressions import SUPPRESSIONS, suppression_key
from zusage.text import Language, Text

_EXISTING = Answer(
    True,
    "existing-customer",
    Text(
        "Bestandskunde: Adresse bei einem Kauf erhalten, auf das Widerspruchsrecht hingewiesen, kein Widerspruch.",
        "Existing customer: address obtained at a sale, told of the right to object, no objection.",
    ),
    "uwg:7(3)",
)
_REFUSALS = {
    "not-an-address": Text("Das ist keine E-Mail-Adresse.", "This is not an e-mail address."),
    "unconfirmed": Text("Die Adresse ist nicht bestätigt.", "The address is not confirmed."),
    "other-topic": Text("In dieses Thema wurde nicht eingewilligt.", "This topic was not agreed to."),
    "other-advertiser": Text(
        "Die Einwilligung gilt nur für eigene Angebote.",
        "The consent covers the controller's own offers only.",
    ),
}


@dataclass(frozen=True, slots=True)
class Listed:
    """One entry of the controller's list: an address, or a browser's id; the day of a sale and whether the hint was shown."""

    address: str = ""
    browser: str = ""
    sold_on: date | None = None
    hint_shown: bool = False


@dataclass(frozen=True, slots=True)
class Issue:
    """What is to be sent, or (`body` is None) who may be included in an audience. `key` names the issue."""

    purpose: str
    topic: str | None = None
    advertiser: str | None = None
    body: Body | None = None
    language: Language = "de"
    tracking: Tracking | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class Recipient:
    """What was decided about one entry. `tracked` is the mark in pixel and links, where the person agreed to that."""

    listed: Listed
    answer: Answer
    person: bytes = b""
    event: bytes | None = None
    tracked: str | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """A mailing as it was decided and, with a body, handed to the outbox."""

    id: str
    recipients: tuple[Recipient, ...]


def send(
    context: Context, issue: Issue, listed: Sequence[Listed], rules: Sequence[Rule], now: datetime
) -> Decided:
    """Decide about everybody on the list, keep why, and queue the mails of those permitted, in one transaction.

    `rules` are what others say (objections, restrictions). Raises `NoConsent` for an undeclared purpose or a body that
    may not be sent; then nobody gets anything.
    """
    purpose = context.declaration.consents.get(issue.purpose)
    if purpose is None:
        known = ", ".join(context.declaration.consents)
        raise NoConsent(f"the declaration asks no consent '{issue.purpose}'", hint=f"it asks: {known}")
    if issue.body is not None:
        check_body(issue.body, issue.tracking)
    id = secrets.token_hex(12)
    with context.state.begin() as connection:
        found = _decide(context, connection, issue, purpose, listed, rules, now)
        sent = issue.body is not None
        if sent:
            found = _queue(context, connection, issue, id, found, now)
        made = Mailing(id, now, issue.purpose, issue.topic, sent)
        kept = (
            Included(one.person, one.answer.allowed, one.answer.code, one.event)
            for one in found
            if one.person
        )
        add_mailing(connection, made, kept)
        facts = {
            "mailing": id,
            "purpose": issue.purpose,
            "permitted": sum(one.answer.allowed for one in found),
            "refused": sum(not one.answer.allowed for one in found),
        }
        context.ledger.append(connection, "consent/mailing", facts, at=now, actor="server")
    return Decided(id, tuple(found))


@dataclass(frozen=True, slots=True)
class _Known:
    """What the registers say about everybody on the list."""

    stands: Mapping[bytes, Mapping[str, Standing]]
    pending: set[tuple[bytes, str]]
    #: addresses about which other rooms may have something to say
    noted: set[str]


def _decide(
    context: Context, connection: Connection, issue: Issue, purpose: ConsentPurpose, listed: Sequence[Listed],
    rules: Sequence[Rule], now: datetime,
) -> list[Recipient]:  # fmt: skip
    usable = [one for one in listed if _is_usable(one)]
    persons = {one: _person(context, one) for one in usable}
    events = events_by_person(connection, persons.values(), now)
    addresses = [one.address for one in usable if one.address]
    known = _Known(
        {person: standing(each) for person, each in events.items()},
        pending_of(connection, persons.values()),
        _noted(context, connection, addresses),
    )
    found = []
    for one in listed:
        person = persons.get(one)
        if person is None:
            found.append(Recipient(one, _no("not-an-address")))
            continue
        stands = known.stands.get(person, {})
        answer = _answer(context, connection, issue, purpose, one, person, known, rules, now)
        mine = stands.get(issue.purpose)
        event = mine.event if mine and answer.code == "consent" and answer.allowed else None
        mark = stands.get(purpose.tracking or "")
        tracked = "yes" if answer.allowed and mark and mark.holds(now) else None
        found.append(Recipient(one, answer, person, event, tracked))
    return found


def _answer(
    context: Context, connection: Connection, issue: Issue, purpose: ConsentPurpose, one: Listed, person: bytes,
    known: _Known, rules: Sequence[Rule], now: datetime,
) -> Answer:  # fmt: skip
    controller = context.declaration.controller.name
    if issue.advertiser not in (None, controller, *purpose.advertisers):
        return _no("other-advertiser")
    stands = known.stands.get(person, {})
    answer = consent_answer(context.declaration, connection, issue.purpose, stands, now)
    if answer.code == "no-consent" and (person, issue.purpose) in known.pending:
        answer = _no("unconfirmed")
    topical = issue.topic is None or issue.topic in purpose.topics
    if not topical:
        answer = _no("other-topic")
    elif answer.allowed and issue.topic is not None:
        topic = stands.get(f"{issue.purpose}/{issue.topic}")
        answer = answer if topic and topic.holds(now) else _no("other-topic")
    if answer.code in ("no-consent", "unconfirmed") and topical and _is_customer(purpose, one, now):
        answer = _EXISTING
    if not answer.allowed or one.address not in known.noted:
        return answer
    question = Question(issue.purpose, subject=("email", one.address))
    said = [further for rule in rules if (further := rule(question, connection, now)) is not None]
    return next((further for further in said if not further.allowed), answer)


def _is_customer(purpose: ConsentPurpose, one: Listed, now: datetime) -> bool:
    """§ 7(3) UWG: the address was obtained in connection with a sale, and the hint on objecting was shown then."""
    return (
        purpose.existing_customers is not None
        and one.hint_shown
        and one.sold_on is not None
        and one.sold_on <= now.date()
    )


def _noted(context: Context, connection: Connection, addresses: Sequence[str]) -> set[str]:
    """The addresses about which there is an objection, restriction or request."""
    listed = {one: suppression_key(context.keys, "email", one) for one in addresses}
    filed = {one: context.keys.pseudonym("replay", f"email:{one}") for one in addresses}
    known = _there(connection, SUPPRESSIONS.c.key, listed.values())
    asked = _there(connection, REQUESTS.c.identity_key, filed.values())
    return {one for one in addresses if listed[one] in known or filed[one] in asked}


def _there(connection: Connection, column: Column[str], keys: Iterable[str]) -> set[str]:
    """Which of these keys a register holds."""
    return {
        str(key)
        for part in in_parts(list(dict.fromkeys(keys)))
        for key in connection.execute(select(column).where(column.in_(part))).scalars()
    }


def _queue(
    context: Context, connection: Connection, issue: Issue, id: str, found: list[Recipient], now: datetime
) -> list[Recipient]:
    """Write the mails down; returns the recipients with the marks by which they are followed."""
    assert issue.body is not None
    made, mails = list[Recipient](), dict[str, Message]()
    named = sha256(f"{issue.purpose}/{issue.topic}/{issue.key or id}".encode()).hexdigest()[:24]
    for one in found:
        mark = tracking_id(context.keys, named, one.person) if one.tracked and issue.tracking else None
        made.append(replace(one, tracked=mark))
        if not one.answer.allowed or not one.listed.address:
            continue
        token = Unsubscribe.of(context.keys, one.listed.address, issue.purpose, issue.language).token(
            context.keys
        )
        link = context.link(f"/unsubscribe/{token}")
        body = filled(issue.body, link, issue.tracking, mark)
        mails[f"{mail_prefix(one.person, issue.purpose)}{named}"] = Message(
            recipient=one.listed.address,
            subject=body.subject,
            text=body.text,
            html=body.html,
            template="consent/mailing",
            language=issue.language,
            reference=f"mailing/{id}",
            unsubscribe=link,
        )
    enqueue_many(connection, mails, sender=context.sender(), now=now)
    return made


def _is_usable(one: Listed) -> bool:
    if one.browser:
        return is_browser(one.browser)
    try:
        return bool(check_address(one.address))
    except BadMessage:
        return False


def _person(context: Context, one: Listed) -> bytes:
    return bytes.fromhex(one.browser) if one.browser else person_of(context.keys, "email", one.address)


def _no(code: str) -> Answer:
    return Answer(False, code, _REFUSALS[code], "gdpr:6(1)(a)")
