"""Holds: by person, activity and row; placed before they are acknowledged; ended and lifted."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import Engine, text

from tests.keepers.retention.conftest import MakeContext, add_account, at, ids, sweep
from zusage.keepers.context import Context
from zusage.keepers.retention.holding import HoldNotPlaced, lift, place
from zusage.promises import Result
from zusage.registers.holds import BadHold, Hold

RULE = "      - {id: inactive, from: last-login, keep: P24M, then: erase}\n"
NOW = at("2026-06-01T03:00")


def hold(context: Context, **more: object) -> Hold:
    said: dict[str, object] = {
        "id": "h1", "ground": "legal-claim", "law": "gdpr:17(3)(e)", "matter": "claim 22-17", "scope": "subject",
        "identity_kind": "email", "identity": "Person1@Example.org", "placed_at": NOW,
        "actor": context.keys.pseudonym("actors", "Dora"),
    }  # fmt: skip
    return Hold(**(said | more))  # type: ignore[arg-type]


@pytest.fixture
def context(any_url: str, store_engine: Engine, make_context: MakeContext) -> Context:
    with store_engine.begin() as connection:
        for number in (1, 2, 3):
            add_account(connection, number, at("2024-01-15T10:00"))
    return make_context(any_url, RULE)


def test_a_hold_on_a_person_keeps_them_until_it_is_lifted(context: Context, store_engine: Engine) -> None:
    assert place(context, hold(context), NOW) == 3, "the account and its two messages"
    (done,) = sweep(context, NOW)
    assert (done.result, done.hit) == (Result.DONE, 2)
    assert ids(store_engine) == [1]
    (held,) = sweep(context, NOW)
    assert (held.result, held.left) == (Result.HELD, 1)
    lift(context, "h1", context.keys.pseudonym("actors", "Dora"), NOW)
    (done,) = sweep(context, NOW)
    assert ids(store_engine) == []
    assert ids(store_engine, "message") == []


def test_a_hold_also_keeps_what_comes_later(context: Context, store_engine: Engine) -> None:
    place(context, hold(context), NOW)
    with store_engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO account (id, email, name, last_login) VALUES (9, 'person1@example.org', 'x', :at)"
            ),
            {"at": datetime(2024, 1, 1)},  # noqa: DTZ001
        )
    sweep(context, NOW)
    assert ids(store_engine) == [1, 9]


def test_a_hold_on_one_dependent_row_keeps_its_root(context: Context, store_engine: Engine) -> None:
    place(context, hold(context, scope="row", store="main", target="message", row_key="2001"), NOW)
    sweep(context, NOW)
    assert ids(store_engine) == [2]
    assert ids(store_engine, "message") == [2000, 2001], "a root row is never split from its dependents"


def test_a_hold_on_an_activity_keeps_everything_until_its_end(context: Context, store_engine: Engine) -> None:
    said = hold(
        context,
        scope="activity",
        activity="accounts",
        ground="statute",
        law="ao:147(3)",
        ends_at=at("2026-07-01"),
    )
    place(context, said, NOW)
    assert sweep(context, NOW)[0].result is Result.HELD
    assert sweep(context, at("2026-06-30T23:59"))[0].result is Result.HELD
    assert sweep(context, at("2026-07-01"))[0].hit == 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"matter": " "},
        {"law": "kein Interesse"},
        {"ground": "statute"},
        {"ends_at": at("2026-05-01")},
        {"identity": " "},
        {"ground": "kein Interesse"},
    ],
)
def test_a_hold_without_reason_is_not_taken(
    context: Context, store_engine: Engine, wrong: dict[str, object]
) -> None:
    with pytest.raises(BadHold):
        place(context, hold(context, **wrong), NOW)
    assert sweep(context, NOW)[0].hit == 3


def test_where_no_hold_can_stand_it_is_not_acknowledged(
    any_url: str, store_engine: Engine, make_context: MakeContext
) -> None:
    context = make_context(any_url, RULE, options="journal: false\n    physical: none")
    with pytest.raises(HoldNotPlaced):
        place(context, hold(context), NOW)
