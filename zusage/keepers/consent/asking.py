"""Asking by mail: double opt-in, the parent's confirmation, and consents of single cases (a referee, a profile's release).

A question is one mail with one link. The link opens a page; only the posted button answers. No answer is a no: the address
is erased when the time is over.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import Connection, select

from zusage.decisions.version import bump
from zusage.declaration import ConsentPurpose
from zusage.keepers.consent.lasting import USUAL_WAIT
from zusage.keepers.consent.service import NoConsent, check_age, check_names, end_of, lift_suppressions
from zusage.keepers.consent.wording import day, say, shown_text, version_of
from zusage.keepers.context import Context
from zusage.law.duration import Duration
from zusage.law.periods import retention_end
from zusage.mail import BadMessage, Message, check_address, enqueue
from zusage.registers.asks import Ask, Asked, add_ask, ask_by, end_ask
from zusage.registers.consents import (
    EVENTS,
    TEXTS,
    Event,
    Way,
    add_events,
    events_of,
    format_answers,
    keep_text,
    new_event,
    parse_answers,
    person_of,
    standing,
)
from zusage.registers.suppressions import suppression_key
from zusage.text import Language


class BadAnswer(NoConsent):
    """A link that was used, has run out, or was never written."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """An address that was entered: for which purpose and topics (all declared ones where none is named).

    `tracking` says whether the person also ticked the consent to follow openings; `parent` is the address of a parent, for
    a person below the purpose's age.
    """

    purpose: str
    address: str
    language: Language
    topics: Sequence[str] = ()
    tracking: bool = False
    age: int | None = None
    parent: str | None = None
    until: datetime | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class CaseRequest:
    """A question that the controller asks: whose address, for which purpose and case, what would go to whom."""

    purpose: str
    address: str
    language: Language
    scope: str = ""
    recipient: str = ""
    data: str = ""
    reference: str | None = None
    within: Duration | None = None
    until: datetime | None = None


def subscribe(context: Context, entered: Subscription, now: datetime) -> Ask | None:
    """An address was entered: one confirmation mail, unless one waits already. None where everything is confirmed.

    Raises `NoConsent` for an unknown purpose or topic, an address that is none, a missing age, or a missing parent.
    """
    answers = _answers_of(context, entered)
    purpose = context.declaration.consents[entered.purpose]
    parent = _parent_of(context, entered, purpose)
    further = [say(context.declaration, entered.language, "as-parent")] if parent else []
    ends = end_of(context, answers, entered.until, now)
    way = Way.PARENT if parent else Way.DOUBLE_OPT_IN
    made = _ask(context, entered.purpose, answers, _checked(entered.address), entered.language, way, now)
    made = replace(made, asked=parent or made.asked, until=ends, reference=entered.reference)
    return _file(context, made, answers, further, now)


def ask(context: Context, wanted: CaseRequest, now: datetime) -> Ask:
    """Ask a person for a consent by mail; the same question that still waits is not asked twice.

    Raises `NoConsent` as `subscribe`, and where this person has agreed to the very same case already.
    """
    name = f"{wanted.purpose}/{wanted.scope}" if wanted.scope else wanted.purpose
    answers = {name: True}
    check_names(context, answers)
    declaration, purpose = context.declaration, context.declaration.consents[wanted.purpose]
    if purpose.minimum_age is not None:
        raise NoConsent(f"'{wanted.purpose}' asks for an age, and a mail cannot see it")
    ends = end_of(context, answers, wanted.until, now)
    said = {
        "recipient": wanted.recipient and {"name": wanted.recipient},
        "data": wanted.data and {"data": wanted.data},
        "case": wanted.scope and {"case": wanted.reference or wanted.scope},
        "one-use": {} if purpose.once else None,
        "until": ends and {"day": day(declaration, wanted.language, ends)},
    }
    further = [
        say(declaration, wanted.language, key, **values)
        for key, values in said.items()
        if isinstance(values, dict)
    ]
    address, within = _checked(wanted.address), wanted.within or _wait(purpose)
    made = _ask(context, wanted.purpose, answers, address, wanted.language, Way.ASKED, now, within)
    made = replace(made, until=ends, reference=wanted.reference)
    filed = _file(context, made, answers, further, now)
    if filed is None:
        raise NoConsent("this person has agreed to this already")
    return filed


def waiting(context: Context, token: str, now: datetime) -> tuple[Ask, str]:
    """The question behind a link and its words, while it can be answered. Raises `BadAnswer`."""
    with context.state.connect() as connection:
        found = _waiting(connection, token, now)
        return found, words_of(connection, found.text)


def answer(context: Context, token: str, yes: bool, now: datetime) -> Event:
    """The click of a button: the consent (or refusal) is on record, the address gone. Raises `BadAnswer`."""
    with context.state.begin() as connection:
        found = _waiting(connection, token, now)
        answers = dict.fromkeys(parse_answers(found.names), yes)
        way = found.way if yes else Way.WITHDRAWAL
        event = new_event(found.person, answers, found.text, way, now, found.until if yes else None)
        state = Asked.CONFIRMED if yes else Asked.DECLINED
        if not end_ask(connection, found.id, state, now, event.id):
            raise _gone()
        add_events(connection, context.ledger, [event], now)
        if found.suppression:
            lift_suppressions(connection, found.suppression, answers)
        bump(connection)
    return event


def use(context: Context, ask_id: str, now: datetime) -> tuple[bool, str, bytes | None]:
    """The application is about to do what was asked for: (allowed, code, the consent's id); `once` is used up by it."""
    with context.state.begin() as connection:
        found = ask_by(connection, id=ask_id)
        if found is None or found.event is None or found.state != Asked.CONFIRMED:
            return False, "unconfirmed" if found and found.state == Asked.PENDING else "no-consent", None
        person = _person_of_event(connection, found.event)
        stands = standing(events_of(connection, person, now))
        mine = [stands[name] for name in parse_answers(found.names) if name in stands]
        ended = [one for one in mine if not one.holds(now)]
        if ended or not mine:
            return False, _why_ended(ended[0].way if ended else 0), None
        if context.declaration.consents[found.purpose].once:
            answers = dict.fromkeys(parse_answers(found.names), False)
            used = new_event(person, answers, found.text, Way.USED, now)
            add_events(connection, context.ledger, [used], now)
            bump(connection)
    return True, "consent", found.event


def words_of(connection: Connection, text: bytes) -> str:
    """The words behind a hash."""
    content = connection.execute(select(TEXTS.c.content).where(TEXTS.c.hash == text)).scalar_one()
    return bytes(content).decode()


def hashed(token: str) -> str:
    """The form in which a token is kept."""
    return sha256(token.encode()).hexdigest()


def _why_ended(way: int) -> str:
    return "used" if way == Way.USED else "expired" if way in (Way.ASKED, 0) else "withdrawn"


def _person_of_event(connection: Connection, event: bytes) -> bytes:
    return bytes(connection.execute(select(EVENTS.c.person).where(EVENTS.c.id == event)).scalar_one())


def _answers_of(context: Context, entered: Subscription) -> Mapping[str, bool]:
    check_names(context, {entered.purpose: True})
    purpose = context.declaration.consents[entered.purpose]
    topics = entered.topics or tuple(purpose.topics)
    answers = {entered.purpose: True} | {f"{entered.purpose}/{topic}": True for topic in topics}
    if entered.tracking:
        if purpose.tracking is None:
            raise NoConsent(f"'{entered.purpose}' names no consent to tracking")
        answers[purpose.tracking] = True
    check_names(context, answers)
    return answers


def _parent_of(context: Context, entered: Subscription, purpose: ConsentPurpose) -> str | None:
    """The parent's address where one is needed. Raises `NoConsent` where it is missing, or the person's own."""
    try:
        check_age(context, entered.purpose, entered.age, by_parent=False)
    except NoConsent:
        if entered.age is None or entered.parent is None:
            raise
        parent = _checked(entered.parent)
        if parent.casefold() == _checked(entered.address).casefold():
            raise NoConsent("the parent's address is the person's own") from None
        return parent
    return None


def _checked(address: str) -> str:
    try:
        return check_address(address.strip())
    except BadMessage as error:
        raise NoConsent(error.message, hint="such as name@example.com") from None


def _wait(purpose: ConsentPurpose) -> Duration:
    return purpose.confirm_within or USUAL_WAIT


def _ask(
    context: Context, purpose: str, answers: Mapping[str, bool], address: str, language: Language, way: Way,
    now: datetime, within: Duration | None = None,
) -> Ask:  # fmt: skip
    wait = within or _wait(context.declaration.consents[purpose])
    return Ask(
        id=secrets.token_hex(12),
        purpose=purpose,
        names=format_answers(answers),
        state=Asked.PENDING,
        language=language,
        way=int(way),
        text=b"",
        person=person_of(context.keys, "email", address),
        suppression=suppression_key(context.keys, "email", address),
        asked=address,
        token_hash=None,
        reference=None,
        until=None,
        entered_at=now,
        due=retention_end(now, wait, "event", context.declaration.time_zone),
    )


def _file(
    context: Context, made: Ask, answers: Mapping[str, bool], further: Sequence[str], now: datetime
) -> Ask | None:
    """Keep the question and send its mail; the one that waits already; None where all of it is agreed to."""
    content = shown_text(context.declaration, answers, _language(made), further)
    token = secrets.token_hex(20)
    with context.state.begin() as connection:
        text = keep_text(connection, content, made.language, version_of(context.declaration), now)
        there = ask_by(connection, person=made.person, names=made.names, state=Asked.PENDING)
        if there is not None and now < there.due:
            return there
        assert made.person is not None
        stands = standing(events_of(connection, made.person, now))
        if all(name in stands and stands[name].holds(now) for name in answers):
            return None
        filed = replace(made, text=text, token_hash=hashed(token))
        add_ask(connection, filed)
        _mail(connection, context, filed, token, content.decode(), now)
        facts = {"ask": filed.id, "purpose": filed.purpose}
        context.ledger.append(connection, "consent/asked", facts, at=now, actor="server")
    return filed


def _language(made: Ask) -> Language:
    return "en" if made.language == "en" else "de"


def _mail(connection: Connection, context: Context, made: Ask, token: str, words: str, now: datetime) -> None:
    declaration, language = context.declaration, made.language
    values = {
        "controller": declaration.controller.name,
        "day": day(declaration, language, now),
        # the last day on which the link works, not the midnight that ends it
        "until": day(declaration, language, made.due - timedelta(seconds=1)),
    }
    kind = {Way.ASKED: "request", Way.PARENT: "parent"}.get(Way(made.way), "subscribe")
    title = declaration.consents[made.purpose].title.says(_language(made))
    subject = "request-subject" if kind == "request" else "subscribe-subject"
    parts = [
        say(declaration, language, "greeting"),
        say(declaration, language, f"{kind}-text", **values),
        context.link(f"/confirm/{token}"),
        say(declaration, language, "words-asked") + "\n" + words,
        say(declaration, language, "revocable"),
        say(declaration, language, "erased-then" if kind == "request" else "subscribe-not-you"),
    ]
    message = Message(
        recipient=made.asked or "",
        subject=say(declaration, language, subject, title=title),
        text="\n\n".join(parts) + "\n",
        template=f"consent/{kind}",
        language=language,
        reference=f"consent/{made.id}",
    )
    enqueue(connection, message, sender=context.sender(), now=now, key=f"consent/{made.id}")


def _waiting(connection: Connection, token: str, now: datetime) -> Ask:
    found = ask_by(connection, token_hash=hashed(token), state=Asked.PENDING)
    known = found is not None and hmac.compare_digest(found.token_hash or "", hashed(token))
    if found is None or not known or now >= found.due:
        raise _gone()
    return found


def _gone() -> BadAnswer:
    return BadAnswer("this link was used already, or has run out", hint="enter the address again")
