"""What of our own records has ended: events three years after the consent did, addresses that nobody confirmed.

A consent ends with its withdrawal, with the time it was given for, or – in the banner – with the choice's own lifetime. The
three years are those in which a claim against it can still be made (§§ 195, 199 BGB). What proves a consent to advertising
calls stays five years from the consent and from each call as well (§ 7a UWG).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import Connection, case, delete, func, select, update
from sqlalchemy.sql.elements import ColumnElement

from zusage.database.dialects import in_parts
from zusage.declaration import Declaration
from zusage.keepers.consent.lasting import lifetime
from zusage.keepers.consent.rules import has_run_out
from zusage.keepers.consent.telephone import still_proven
from zusage.law.duration import Duration
from zusage.law.periods import cutoff
from zusage.mail import forget_content
from zusage.registers.asks import ASKS, PERSONAL, Asked
from zusage.registers.consents import EVENTS, GROUPS, TEXTS, Event, Standing, event_of, milliseconds, standing
from zusage.registers.mailings import expire_mailings

#: how long a consent can be proven after it ended
PROVEN = Duration.parse("P3Y")
#: how long it stays known that there was a question nobody answered; without the address
KNOWN = Duration.parse("P1Y")


def proven_until(declaration: Declaration, now: datetime) -> datetime:
    """What ended before this instant need not be proven any more."""
    return cutoff(now, PROVEN, "event", declaration.time_zone)


def lapsed(connection: Connection, now: datetime) -> tuple[int, datetime | None]:
    """How many questions ran out and still hold an address, and since when the oldest."""
    statement = select(func.count(), func.min(ASKS.c.due)).where(_over(now))
    count, oldest = connection.execute(statement).one()
    return int(count), oldest


def lapse(connection: Connection, now: datetime) -> int:
    """End every question whose time is over: a no, and the address is erased here and in the mail that asked."""
    forget_content(connection, select("consent/" + ASKS.c.id).where(_over(now)))
    ended = {"state": Asked.LAPSED.value, "ended_at": now} | dict.fromkeys(PERSONAL)
    return connection.execute(update(ASKS).where(_over(now)).values(ended)).rowcount


def _over(now: datetime) -> ColumnElement[bool]:
    return (ASKS.c.state == Asked.PENDING) & (ASKS.c.due <= now)


def proofs_ended(connection: Connection, declaration: Declaration, now: datetime, limit: int) -> list[bytes]:
    """Ids of at most `limit` events that need not be proven any more, decided purpose by purpose.

    An event matters while one of its purposes stands as it agreed, or was answered anew within the last three years.
    """
    instant, called = proven_until(declaration, now), still_proven(connection, declaration, now)
    nobody = select(EVENTS.c.id).where(_before(instant), EVENTS.c.person.is_(None)).limit(limit)
    ended = [bytes(one) for one in connection.execute(nobody).scalars()]
    ended += _run_out_in_browsers(connection, declaration, instant, limit - len(ended))
    for events in _several(connection, instant):
        if len(ended) >= limit:
            break
        of_calls = {
            event.id for event in events for name in event.answers if event.person in called.get(name, ())
        }
        ended += [id for id in _ended_of(declaration, events, instant) if id not in of_calls]
    return list(dict.fromkeys(ended))[:limit]


def _before(instant: datetime) -> ColumnElement[bool]:
    return EVENTS.c.at < milliseconds(instant)


def _run_out_in_browsers(
    connection: Connection, declaration: Declaration, instant: datetime, limit: int
) -> list[bytes]:
    """A banner's choice ends with its cookie: no later event is needed for that."""
    keep = lifetime(declaration)
    if not keep.startswith("P"):
        return []
    before = cutoff(instant, Duration.parse(keep), "event", declaration.time_zone)
    statement = select(EVENTS.c.id).where(_before(before), EVENTS.c.way % 100 < 10).limit(max(limit, 0))
    return [bytes(one) for one in connection.execute(statement).scalars()]


def _several(connection: Connection, instant: datetime) -> Iterator[Sequence[Event]]:
    """The old events of each person who may have ended something: not of those who agreed once and said no more.

    A single event that agrees to something and has no end of its own still proves what it agreed to.
    """
    lasting = EVENTS.c.until.is_(None) & EVENTS.c.answers.not_like("-%") & EVENTS.c.answers.not_like("% -%")
    lasts = func.sum(case((lasting, 1), else_=0))
    persons = (
        select(EVENTS.c.person)
        .where(_before(instant), EVENTS.c.person.is_not(None))
        .group_by(EVENTS.c.person)
        .having(~((func.count() == 1) & (lasts == 1)))
    )
    statement = select(EVENTS).where(_before(instant), EVENTS.c.person.in_(persons))
    mine: list[Event] = []
    for row in connection.execute(statement.order_by(EVENTS.c.person, EVENTS.c.at, EVENTS.c.id)):
        event = event_of(row)
        if mine and mine[0].person != event.person:
            yield mine
            mine = []
        mine.append(event)
    if mine:
        yield mine


def _ended_of(declaration: Declaration, events: Sequence[Event], instant: datetime) -> list[bytes]:
    agreed = {
        name: one
        for name, one in standing(events).items()
        if one.agreed and not _over_by_itself(declaration, name, one, instant)
    }
    stands = {one.event for one in agreed.values()}
    # the agreement that began a standing consent proves it (Art. 7(1)), later ones only repeat it
    since = {(name, one.since) for name, one in agreed.items()}
    ended = []
    for event in events:
        begins = any(yes and (name, event.at) in since for name, yes in event.answers.items())
        if event.id not in stands and not begins:
            ended.append(event.id)
    return ended


def _over_by_itself(declaration: Declaration, name: str, one: Standing, instant: datetime) -> bool:
    asked = declaration.consents.get(name.partition("/")[0])
    if asked is None:
        return not one.holds(instant)
    return has_run_out(declaration, asked, one, instant)


def erase_events(connection: Connection, ids: Sequence[bytes]) -> int:
    """Erase events and the questions they answered; returns how many events went."""
    hit = 0
    for part in in_parts(ids):
        connection.execute(delete(ASKS).where(ASKS.c.event.in_(part)))
        hit += connection.execute(delete(EVENTS).where(EVENTS.c.id.in_(part))).rowcount
    return hit


def tidy(connection: Connection, declaration: Declaration, now: datetime) -> None:
    """Erase what nothing refers to any more: groups, words that were last asked long ago, old questions and mailings."""
    before = proven_until(declaration, now)
    used = select(EVENTS.c.group).where(EVENTS.c.group.is_not(None))
    connection.execute(delete(GROUPS).where(GROUPS.c.id.not_in(used)))
    asked = select(ASKS.c.text)
    old = TEXTS.c.first_shown_at < before
    connection.execute(
        delete(TEXTS).where(old, TEXTS.c.hash.not_in(select(EVENTS.c.text)), TEXTS.c.hash.not_in(asked))
    )
    known = cutoff(now, KNOWN, "event", declaration.time_zone)
    unanswered = ASKS.c.state == Asked.LAPSED.value
    connection.execute(delete(ASKS).where(unanswered, ASKS.c.ended_at < known))
    expire_mailings(connection, before)
