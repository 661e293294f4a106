"""The stretch of a table that a run is at: its statements are made once, and ask for the keys when they are executed.

To put a batch's statements together costs our process as much as to send them, and small batches are many.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

from sqlalchemy import ColumnElement, Connection, Integer, bindparam, select

from zusage.stores.sql.bound import BoundTable
from zusage.stores.sql.closure import Roots
from zusage.stores.sql.keys import Key, Keys, after, fetch_keys, fetching, in_text, whole

Bool = ColumnElement[bool]
Made = TypeVar("Made")


class Stretch:
    """`size`: rows of the next batch. `last`: the key it begins behind. `keys`: the rows of the batch at hand."""

    def __init__(self, table: BoundTable, size: int, last: Key | None = None) -> None:
        self.table = table
        self.size, self.last = size, last
        self.keys = Keys(0, ())
        #: keys that come as one text: nothing else differs from batch to batch
        self._lasting = bool(table.key_columns) and whole(table.key_columns)
        self._made: dict[str, Any] = {}

    def once(self, name: str, make: Callable[[], Made]) -> Made:
        """What `make` gives: one for all batches, where keys are asked for at execution."""
        if not self._lasting:
            return make()
        if name not in self._made:
            self._made[name] = make()
        return cast(Made, self._made[name])

    def fetch(self, connection: Connection, wanted: Bool, kind: str = "") -> bool:
        """Lock the next rows for which `wanted` holds and take their keys; False if there are none. `kind`: the condition."""
        columns, dialect = self.table.key_columns, self.table.dialect
        name = f"fetch {kind} {self.last is None}"
        found = fetch_keys(
            connection, self.once(name, lambda: fetching(columns, self._query(wanted), dialect))
        )
        self.keys = found or Keys(0, ())
        return found is not None

    def _query(self, wanted: Bool) -> Any:
        columns, dialect = self.table.key_columns, self.table.dialect
        size = bindparam(None, type_=Integer(), callable_=lambda: self.size) if self._lasting else self.size
        query = select(*columns).select_from(self.table.table).where(wanted).order_by(*columns).limit(size)
        if self.last is not None:
            query = query.where(self._beyond())
        if dialect != "sqlite":
            query = query.with_for_update(of=self.table.table if dialect == "postgresql" else None)
        return query

    def within(self) -> Bool:
        """From behind the last batch to the last key of the one at hand."""
        columns, upto = self.table.key_columns, ~after(self.table.key_columns, self.keys.last)
        if self._lasting:
            upto = columns[0] <= self._asked(lambda: self.keys.last)
        return upto if self.last is None else self._beyond() & upto

    def _beyond(self) -> Bool:
        if not self._lasting:
            return after(self.table.key_columns, self.last or ())
        return self.table.key_columns[0] > self._asked(lambda: self.last)

    def _asked(self, key: Callable[[], Key | None]) -> ColumnElement[Any]:
        return bindparam(None, type_=self.table.key_columns[0].type, callable_=lambda: (key() or (None,))[0])

    def roots(self) -> Roots:
        """The root rows of the batch at hand, and whoever refers to them."""
        return self.once("roots", self._roots)

    def _roots(self) -> Roots:
        key, joined = tuple(self.table.primary_key), self.table.dialect == "mysql"
        return Roots(self._among(self.table.key_columns), key, self._among, joined)

    def _among(self, columns: Sequence[ColumnElement[Any]]) -> Bool:
        if not self._lasting:
            return self.keys.among(columns, self.table.dialect)
        return in_text(columns[0], lambda: self.keys.text, self.table.dialect)
