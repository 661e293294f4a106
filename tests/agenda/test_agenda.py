"""The agenda: what is due is done once, what fails is tried again, what is stuck is seen."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import Engine, insert, select, update

from tests.agenda.conftest import NOW
from tests.agenda.counting_worker import EFFECTS, handlers
from tests.ledger.conftest import make_book
from zusage.agenda import (
    BadItem,
    Handlers,
    Item,
    OutsideWork,
    State,
    Then,
    Work,
    cancel,
    expire,
    items,
    last_tick,
    overdue,
    reschedule,
    schedule,
    tick,
    work,
)
from zusage.agenda.items import ITEMS
from zusage.agenda.ticking import LEASE, MOST_TRIES, backoff
from zusage.errors import StoreUnreachable
from zusage.ledger import LooksPersonal, Verdict, Wanted, verify

DAY = timedelta(days=1)


def _one(engine: Engine, key: str = "k") -> Item:
    with engine.connect() as connection:
        (item,) = items(connection, key=key)
    return item


def _put(engine: Engine, *keys: str, kind: str = "count", **options: str) -> None:
    with engine.begin() as connection:
        for key in keys:
            schedule(connection, kind, key, NOW, options)


def _effects(engine: Engine) -> list[tuple[str, str]]:
    with engine.connect() as connection:
        rows = connection.execute(select(EFFECTS.c.key, EFFECTS.c.step).order_by(EFFECTS.c.id))
        return [(key, step) for key, step in rows if "half" not in step]


@pytest.fixture
def counted(engine: Engine) -> Engine:
    EFFECTS.create(engine)
    return engine


def test_scheduling_stands_with_its_transaction_and_once(engine: Engine) -> None:
    with engine.connect() as connection:
        schedule(connection, "count", "k", NOW)
        connection.rollback()
    with engine.begin() as connection:
        assert schedule(connection, "count", "k", NOW, {"request": 7})
        assert not schedule(connection, "count", "k", NOW + DAY, {"request": 8})
        assert schedule(connection, "other", "k", NOW)
    with engine.connect() as connection:
        (item,) = items(connection, kind="count")
    assert (item.due, item.args) == (NOW, {"request": 7})


def test_arguments_hold_no_personal_data(engine: Engine) -> None:
    with engine.begin() as connection:
        with pytest.raises(LooksPersonal):
            schedule(connection, "count", "k", NOW, {"to": "kanaria@example.org"})
        with pytest.raises(BadItem):
            schedule(connection, "count", "k" * 161, NOW)
        assert not list(items(connection))


def test_steps_follow_one_another_until_the_end(counted: Engine) -> None:
    _put(counted, "k")
    report = tick(counted, handlers(), NOW, "w")
    assert (report.done, report.failed, report.lost) == (3, (), 0)
    assert _effects(counted) == [("k", "start"), ("k", "middle"), ("k", "end")]
    assert _one(counted).state is State.DONE
    assert tick(counted, handlers(), NOW + DAY, "w").done == 0


def test_nothing_is_done_before_it_is_due(counted: Engine) -> None:
    with counted.begin() as connection:
        schedule(connection, "count", "k", NOW + timedelta(microseconds=1))
    assert tick(counted, handlers(), NOW, "w").done == 0
    assert tick(counted, handlers(), NOW + timedelta(microseconds=1), "w").done == 3


def test_a_step_may_wait_for_a_month_with_new_arguments(engine: Engine) -> None:
    registered, seen = Handlers(), list[tuple[str, object]]()

    def start(work: Work) -> Then:
        return Then("answer", work.now + 30 * DAY, {"round": 2})

    registered.add("k", start)
    registered.add("k", lambda work: seen.append((work.item.step, work.item.args["round"])), name="answer")
    _put(engine, "k", kind="k")
    tick(engine, registered, NOW, "w")
    tick(engine, registered, NOW + 29 * DAY, "w")
    assert seen == []
    tick(engine, registered, NOW + 31 * DAY, "another worker, a month later")
    assert seen == [("answer", 2)]


def test_limit_and_order(counted: Engine) -> None:
    with counted.begin() as connection:
        for number in (2, 0, 1):
            schedule(connection, "count", f"k{number}", NOW - number * DAY)
    tick(counted, handlers(), NOW, "w", limit=1)
    assert _effects(counted) == [("k2", "start")]


def test_a_failing_step_leaves_nothing_behind_and_comes_again(counted: Engine) -> None:
    registered, attempts = Handlers(), list[int]()

    def start(work: Work) -> None:
        work.connection.execute(insert(EFFECTS).values(key=work.item.key, step="half done"))
        attempts.append(work.item.tries)
        if len(attempts) < 3:
            raise RuntimeError("kanaria@example.org")

    registered.add("count", start)
    _put(counted, "k", "other")
    report = tick(counted, registered, NOW, "w")
    assert [(failed.code, failed.stuck) for failed in report.failed] == [("RuntimeError", False)] * 2
    item = _one(counted)
    assert (item.failure, item.due, item.tries) == ("RuntimeError", NOW + backoff(1), 1)
    assert tick(counted, registered, NOW, "w").done == 0
    assert tick(counted, registered, NOW + DAY, "w").done == 2
    assert attempts == [1, 1, 2, 2]
    with counted.connect() as connection:
        assert len(connection.execute(select(EFFECTS)).all()) == 2
        texts = [str(row) for row in connection.execute(select(ITEMS))]
    assert not any("kanaria" in text for text in texts)


def test_an_item_that_always_fails_gets_stuck_is_seen_and_can_be_revived(engine: Engine) -> None:
    registered = Handlers()
    registered.add("bad", lambda work: 1 / 0)  # type: ignore[arg-type,return-value]
    _put(engine, "k", kind="bad")
    for day in range(MOST_TRIES + 3):
        tick(engine, registered, NOW + day * DAY, "w")
    item = _one(engine)
    assert (item.state, item.failure, item.tries) == (State.STUCK, "ZeroDivisionError", MOST_TRIES)
    with engine.begin() as connection:
        assert overdue(connection, NOW + 100 * DAY) == 1
        assert reschedule(connection, "bad", "k", NOW)
    assert (_one(engine).state, _one(engine).tries) == (State.WAITING, 0)


def test_an_unreachable_store_never_gets_an_item_stuck(engine: Engine) -> None:
    registered = Handlers()

    def start(work: Work) -> None:
        raise StoreUnreachable("the store 'crm' does not answer")

    registered.add("k", start)
    _put(engine, "k", kind="k")
    for day in range(MOST_TRIES * 2):
        tick(engine, registered, NOW + day * DAY, "w")
    assert (_one(engine).state, _one(engine).failure) == (State.WAITING, "StoreUnreachable")


def test_a_duty_is_never_given_up_and_not_recorded(
    state_url: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    book, registered, days = make_book(state_url, tmp_path_factory.mktemp("book")), Handlers(), list[int]()

    def duty(work: OutsideWork) -> Then:
        days.append((work.now - NOW).days)
        if len(days) <= MOST_TRIES + 2:
            raise RuntimeError
        return Then("start", work.now + DAY)

    registered.add_outside("duty", duty, recorded=False, persistent=True)
    _put(book.engine, "k", kind="duty")
    for day in range(MOST_TRIES + 5):
        tick(book.engine, registered, NOW + day * DAY, "w", ledger=book.ledger)
    assert days == list(range(MOST_TRIES + 5))
    assert (_one(book.engine).state, _one(book.engine).failure) == (State.WAITING, None)
    with book.engine.connect() as connection:
        assert book.ledger.unsealed(connection) == 0


def test_unknown_kinds_wait_and_unknown_steps_fail(engine: Engine) -> None:
    registered = Handlers()
    registered.add("known", lambda work: Then("nowhere"))
    _put(engine, "a", kind="unknown")
    _put(engine, "b", kind="known")
    tick(engine, registered, NOW, "w")
    assert (_one(engine, "a").tries, _one(engine, "b").failure) == (0, "UnknownStep")
    with pytest.raises(ValueError, match="already"):
        registered.add_outside("known", lambda work: None)


def test_cancelled_items_are_not_done(counted: Engine) -> None:
    _put(counted, "k")
    with counted.begin() as connection:
        assert cancel(connection, "count", "k", NOW)
        assert not cancel(connection, "count", "k", NOW)
    assert tick(counted, handlers(), NOW, "w").done == 0


def test_a_step_outside_that_was_cancelled_meanwhile_does_not_go_on(engine: Engine) -> None:
    registered = Handlers()

    def start(work: OutsideWork) -> Then:
        with work.engine.begin() as connection:
            cancel(connection, "k", "k", NOW)
        return Then("start")

    registered.add_outside("k", start)
    _put(engine, "k", kind="k")
    report = tick(engine, registered, NOW, "w")
    assert (report.done, report.lost) == (0, 1)
    assert _one(engine).state is State.CANCELLED


def test_a_slow_worker_whose_lease_ran_out_does_not_go_on(counted: Engine) -> None:
    registered, went_on = Handlers(), list[int]()

    def start(work: OutsideWork) -> Then | None:
        if work.item.tries == 1:
            # while we dawdle, the lease ends and somebody else does the step
            with counted.begin() as connection:
                connection.execute(update(ITEMS).values(lease_until=NOW - 9000 * DAY))
            assert tick(counted, registered, NOW, "quick").done == 1
            work.renew()
            went_on.append(work.item.tries)
        return None

    registered.add_outside("count", start)
    for key, lease in (("k", LEASE), ("l", 0 * LEASE)):
        _put(counted, key)
        report = tick(counted, registered, NOW, "slow", lease=lease)
        assert (report.done, report.lost) == (0, 1)
    # who renews a fresh lease is not stopped there, but at the end; an old one is asked about
    assert went_on == [1]
    assert [_one(counted, key).state for key in "kl"] == [State.DONE] * 2


def test_an_item_in_work_is_left_to_its_worker(counted: Engine) -> None:
    registered, inner = Handlers(), list[int]()
    registered.add_outside("count", lambda work: inner.append(tick(counted, registered, NOW, "second").done))
    _put(counted, "k")
    tick(counted, registered, NOW, "first")
    assert inner == [0]


def test_two_workers_share_the_work(counted: Engine) -> None:
    _put(counted, *(f"k{number}" for number in range(30)))

    def run(name: str) -> None:
        while tick(counted, handlers(), NOW, name, limit=5).done:
            pass

    threads = [threading.Thread(target=run, args=(f"w{number}",)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(_effects(counted)) == sorted(
        (f"k{number}", step) for number in range(30) for step in ("start", "middle", "end")
    )


def test_each_step_is_in_the_ledger_with_its_effect(
    state_url: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    book = make_book(state_url, tmp_path_factory.mktemp("book"))
    EFFECTS.create(book.engine)
    _put(book.engine, "k")
    tick(book.engine, handlers(), NOW, "w", ledger=book.ledger)
    with book.engine.connect() as connection:
        seen = [
            (each.facts["step"], each.facts["next"])
            for each in book.ledger.entries(connection, Wanted("agenda/step"))
        ]
    assert seen == [("start", "middle"), ("middle", "end"), ("end", "end")]
    book.ledger.seal(book.engine, NOW)
    assert verify(book.engine, book.keys.public_key).verdict is Verdict.CONSISTENT


def test_the_last_tick_and_what_is_late_are_seen(counted: Engine) -> None:
    _put(counted, "k")
    with counted.connect() as connection:
        assert last_tick(connection) is None
        assert (overdue(connection, NOW), overdue(connection, NOW + DAY)) == (0, 1)
    tick(counted, handlers(), NOW, "a")
    tick(counted, handlers(), NOW + DAY, "b")
    with counted.connect() as connection:
        assert last_tick(connection) == NOW + DAY
        assert overdue(connection, NOW + DAY) == 0


def test_ended_items_expire_and_waiting_ones_do_not(counted: Engine) -> None:
    _put(counted, "done")
    tick(counted, handlers(), NOW, "w")
    _put(counted, "waiting")
    with counted.begin() as connection:
        assert expire(connection, NOW) == 0
        assert expire(connection, NOW + DAY) == 1
        assert [item.key for item in items(connection)] == ["waiting"]


def test_a_worker_runs_until_it_is_told_to_stop(counted: Engine) -> None:
    stop, reports = threading.Event(), list[int]()
    _put(counted, "k")

    def after(report: object) -> None:
        reports.append(1)
        if len(reports) == 2:
            stop.set()

    work(counted, handlers(), lambda: NOW, stop, every=timedelta(0), after=after)
    assert _one(counted).state is State.DONE
