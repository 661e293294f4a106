"""Consents on record: the command line, decisions that hang on them, what ends, and a writer that survives its callers."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from tests.keepers.consent.conftest import Publisher
from tests.promises.scenario import Scenario, at
from zusage.decisions import Answer, Decisions, Question
from zusage.deployments.creating import create
from zusage.keepers.consent.expiring import proofs_ended
from zusage.keepers.consent.rules import ConsentRule
from zusage.registers.consents import Event, Way, add_events, events_of, keep_text, new_event, standing
from zusage.server.group_commit import GroupCommit
from zusage.text import Text
from zusage.workspace import open_workspace

MARA = "mara@example.org"


@pytest.fixture
def board(tmp_path: Path) -> Scenario:
    create("jobboard", tmp_path / "board", size="tiny", now=at("2026-01-01"))
    return Scenario("jobboard", tmp_path / "board")


def test_a_consent_on_paper_permits_until_it_is_withdrawn(board: Scenario) -> None:
    workspace = open_workspace(board.folder)
    decisions = Decisions(workspace.state, [ConsentRule(workspace.context)])
    asked = Question("newsletter", subject=("email", MARA))
    assert decisions.may(asked, at("2026-03-01")).reason.code == "no-consent"
    given = board.zusage("2026-03-01T00:00:10", "consent", "give", MARA, "newsletter", "--way", "paper")
    assert given.code == 0, given.err
    assert decisions.may(asked, at("2026-03-01T00:00:20")).allowed, "seen by the next decision"
    assert board.zusage("2026-03-01T00:00:30", "consent", "withdraw", MARA, "newsletter").code == 0
    assert decisions.may(asked, at("2026-03-01T00:00:31")).reason.code == "withdrawn"
    shown = board.zusage("2026-03-02", "consent", "show", MARA, "--json")
    assert [(one["purpose"], one["agreed"]) for one in shown.json] == [("newsletter", False)]
    assert board.zusage("2026-03-02", "consent", "show", "nobody@example.org").code == 1
    database = (board.folder / "state.db").read_bytes()
    assert MARA.encode() not in database


def test_a_purpose_nobody_asks_is_refused_with_those_that_are_asked(board: Scenario) -> None:
    said = board.zusage("2026-03-01", "consent", "give", MARA, "newsleter", "--way", "form")
    assert said.code == 2
    assert "newsletter" in said.err


def test_a_permit_is_not_believed_beyond_its_time(publisher: Publisher) -> None:
    end = at("2026-02-01")

    def rule(question: Question, connection: object, now: datetime) -> Answer:
        return Answer(now < end, "consent" if now < end else "expired", Text("a", "a"))

    decisions = Decisions(publisher.workspace.state, [rule])
    assert decisions.may(Question("x"), at("2026-01-01")).allowed
    assert not decisions.may(Question("x"), at("2026-11-01")).allowed


@pytest.fixture
def say(publisher: Publisher) -> Callable[..., Event]:
    """Somebody says something at a moment."""
    context = publisher.workspace.context

    def record(
        person: bytes,
        when: datetime,
        answers: Mapping[str, bool],
        id: bytes | None = None,
        way: int = Way.FORM,
    ) -> Event:
        with context.state.begin() as connection:
            words = keep_text(connection, b"words", "en", "7", when)
            made = new_event(person, answers, words, way, when)
            event = replace(made, id=id or made.id)
            add_events(connection, context.ledger, [event], when)
        return event

    return record


@pytest.mark.parametrize("first", [b"\x00", b"\xff"])
def test_of_one_millisecond_the_refusal_wins(
    publisher: Publisher, say: Callable[..., Event], first: bytes
) -> None:
    person, now = b"p" * 16, datetime(2026, 1, 1, tzinfo=UTC)
    say(person, now, {"x": True}, first * 16)
    say(person, now, {"x": False}, b"\x80" * 16)
    with publisher.workspace.state.connect() as connection:
        assert not standing(events_of(connection, person))["x"].agreed


def test_what_stands_is_not_ended(publisher: Publisher, say: Callable[..., Event]) -> None:
    mara, ben, tom, old = b"m" * 16, b"b" * 16, b"t" * 16, datetime(2018, 1, 1, tzinfo=UTC)
    year = timedelta(days=365)
    say(mara, old, {"newsletter": True})
    maps = say(mara, old + year, {"maps": False})
    both = say(ben, old, {"analytics": False, "maps": True})
    ended = say(ben, old + year, {"maps": False})
    banner = say(tom, old, {"statistics": True}, way=Way.ACCEPT_ALL)
    declaration = publisher.workspace.declaration
    with publisher.workspace.state.begin() as connection:
        found = proofs_ended(connection, declaration, old + 8 * year, 99)
        assert set(found) == {maps.id, both.id, ended.id, banner.id}
        assert proofs_ended(connection, declaration, old + 3 * year + year / 4, 99) == [], (
            "maps stood until a year later"
        )


def test_no_event_without_its_words_and_their_version(publisher: Publisher) -> None:
    context, now = publisher.workspace.context, datetime(2026, 1, 1, tzinfo=UTC)
    event = new_event(b"p" * 16, {"newsletter": True}, b"w" * 16, Way.PAPER, now)
    with pytest.raises(IntegrityError), context.state.begin() as connection:
        add_events(connection, context.ledger, [event], now)
    with pytest.raises(IntegrityError), context.state.begin() as connection:
        keep_text(connection, b"words", "de", "", now)
    with context.state.connect() as connection:
        assert events_of(connection, b"p" * 16) == []


def test_the_writer_outlives_a_caller_that_left() -> None:
    gate = threading.Event()
    written: list[Sequence[int]] = []

    def write(items: Sequence[int]) -> None:
        gate.wait(5)
        written.append(items)

    writer: GroupCommit[int] = GroupCommit(write)

    async def leave() -> None:
        waiting = asyncio.ensure_future(writer.add(1))
        await asyncio.sleep(0.05)
        waiting.cancel()

    asyncio.run(leave())
    gate.set()
    asyncio.run(asyncio.wait_for(writer.add(2), 5))
    writer.close()
    assert [item for group in written for item in group] == [1, 2]
