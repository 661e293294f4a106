"""An access asks the customer's database a fixed number of things, whatever it holds of the person."""

from __future__ import annotations

from sqlalchemy import event

from tests.keepers.rights.conftest import Shop
from zusage.registers.requests import Kind, State
from zusage.stores.sql.database import Database


def _watch(shop: Shop) -> list[str]:
    """Every statement on the customer's database from now on, beginnings of transactions apart."""
    store = shop.workspace.context.stores["main"]
    assert isinstance(store, Database)
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith("BEGIN"):
            said.append(statement)

    for writing in (False, True):
        event.listen(store.engine(writing=writing), "before_cursor_execute", note)
    return said


def test_an_access_asks_each_table_once_however_many_rows(shop: Shop) -> None:
    shop.work()
    assert shop.confirmed(Kind.ACCESS, "ben@mail.example").state is State.ANSWERED  # the schema is known now
    said = _watch(shop)
    assert shop.confirmed(Kind.ACCESS).state is State.ANSWERED
    few = len(said)
    rows = ", ".join(f"({n}, 1, 'ada@mail.example', 'Weg {n}', '2026-01-12 10:00:00')" for n in range(10, 90))
    shop.do(f"INSERT INTO invoice VALUES {rows}")
    said.clear()
    answered = shop.confirmed(Kind.ACCESS)
    assert answered.state is State.ANSWERED
    assert shop.outcomes(answered)["invoice"]["hit"] == 81
    assert len(said) == few
    for table in ("customer", "invoice", "advice", "newsletter"):
        copies = [one for one in said if f"FROM {table} \nWHERE" in one and f"SELECT {table}." in one]
        assert len(copies) == 1, copies
