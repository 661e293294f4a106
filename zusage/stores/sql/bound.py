"""A table binding resolved against the live schema: keys, events, conditions as expressions."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property, reduce
from typing import Any

from sqlalchemy import (
    ColumnElement,
    String,
    Table,
    and_,
    case,
    cast,
    collate,
    exists,
    false,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    true,
)  # fmt: skip

from zusage.database.types import mariadb_types
from zusage.stores.bindings import EventSource, SqlStore, TableBinding
from zusage.stores.paths import BadPath, parse_path
from zusage.stores.selection import ChosenPassed, Condition, Cut, Kept, Passed, Selection, Test
from zusage.stores.sql.events import Event, value_at
from zusage.stores.sql.journal import EVERY, KEEPING, exclusion
from zusage.stores.sql.schema import ATTACHED, Schema

Bool = ColumnElement[bool]


class BoundTable:
    """One table of a binding as it really is. Raises `BadPath` where the binding and the schema do not fit."""

    def __init__(
        self,
        store: SqlStore,
        binding: TableBinding,
        schema: Schema,
        dialect: str,
        *,
        has_journal: bool = True,
    ) -> None:
        self.has_journal = has_journal
        self.store = store
        self.binding = binding
        self.schema = schema
        self.dialect = dialect
        found = schema.tables.get(binding.table)
        if found is None:
            raise BadPath(f"there is no table '{binding.table}'", hint="see `zusage scan store`")
        self.table: Table = found
        self.primary_key = binding.primary_key or schema.primary_key(binding.table)
        missing = [name for name in (*self.primary_key, *binding.columns) if name not in found.c]
        if missing:
            raise BadPath(f"the table '{binding.table}' has no column '{missing[0]}'")

    # -- keys -------------------------------------------------------------------------------------------------------

    @property
    def key_columns(self) -> list[ColumnElement[Any]]:
        """The columns that a row is addressed by: the primary key, or the database's own row address without one."""
        if self.primary_key:
            return [self.table.c[name] for name in self.primary_key]
        if self.dialect == "sqlite":
            return [literal_column(f'"{self.table.name}".rowid')]
        if self.dialect == "postgresql":
            return [literal_column(f'"{self.table.name}".ctid')]
        return []

    @property
    def file(self) -> str | None:
        """The attached file that the table lies in, which SQLite commits by itself; None where one transaction holds all."""
        return ATTACHED if self.schema.name == ATTACHED and self.dialect == "sqlite" else None

    @property
    def row_key(self) -> ColumnElement[str]:
        """The key as text, parts joined by `|`: how exclusions name a row."""
        parts = [self._as_text(self.table.c[name]) for name in self.primary_key]
        return reduce(lambda left, right: left.concat(literal("|")).concat(right), parts)

    def _as_text(self, column: ColumnElement[Any]) -> ColumnElement[str]:
        if self.dialect == "mysql":
            return collate(cast(column, mariadb_types().CHAR(190)), "utf8mb4_bin")
        return cast(column, String())

    def subject_value(self, kind: str) -> ColumnElement[Any]:
        """The identity of this kind that a row belongs to."""
        return value_at(self.schema, self.table, parse_path(self.binding.subject[kind]))

    # -- events and conditions --------------------------------------------------------------------------------------

    def event(self, name: str, end: str | None = None) -> Event | None:
        """What dates an event, or the end of a contract or purpose; None if the binding does not say."""
        source = self.binding.ends.get(end) if end else None  # type: ignore[call-overload]
        source = source or self.binding.events.get(name)
        return None if source is None else self.source_event(source)

    def event_of(self, test: Test) -> Event | None:
        """What dates the rows that a test is about."""
        return self.event(test.event, test.end if isinstance(test, Passed) else None)

    def source_event(self, source: EventSource) -> Event:
        """An event of the binding by its source."""
        return Event(self.schema, self.table, source, self.store.time_zone, self.dialect)

    def passed(self, test: Test) -> Bool:
        """The test as SQL. Raises `BadPath` for an event that the binding does not date."""
        event = self.event_of(test)
        if event is None:
            raise BadPath(f"the binding of '{self.table.name}' does not date the event '{test.event}'")
        if isinstance(test, Passed):
            return and_(event.happened(), self._before(test, event))
        return and_(event.happened(), self._chosen(test, event))

    def _before(self, test: Passed, event: Event) -> Bool:
        older = [and_(self.collected_before(since, test), event.before(cut)) for since, cut in test.earlier]
        return or_(event.before(test.cut), *older)

    def collected_before(self, since: Cut, test: Test) -> Bool:
        """The row was collected before a day: by the binding's own date, else by the event that starts the period."""
        event = self.source_event(self.binding.collected) if self.binding.collected else self.event_of(test)
        return false() if event is None else func.coalesce(event.before(since), false())

    def _chosen(self, test: ChosenPassed, event: Event) -> Bool:
        chosen = self.binding.chosen.get(test.chosen)
        if chosen is None:
            raise BadPath(f"the binding of '{self.table.name}' does not say where '{test.chosen}' is chosen")
        number = value_at(self.schema, self.table, parse_path(chosen.column))
        if chosen.default is not None:
            number = func.coalesce(number, chosen.default)
        most = max(test.cuts)
        branches = [(number == count, event.before(cut)) for count, cut in test.cuts.items()]
        return func.coalesce(case(*branches, (number > most, event.before(test.cuts[most]))), false())

    def belongs(self) -> Bool:
        """The binding's own `where`."""
        return literal_column(f"({self.binding.where})") if self.binding.where else true()

    def condition(self, when: Condition | None) -> Bool:
        """A rule's `when`."""
        if when is None:
            return true()
        if when.named is not None:
            said = self.binding.conditions.get(when.named)
            if said is None:
                raise BadPath(
                    f"the binding of '{self.table.name}' does not define the condition '{when.named}'"
                )
            return literal_column(f"({said})")
        if when.consent is not None:
            return self.consented(when.consent)
        assert when.no_consent is not None
        return not_(func.coalesce(self.consented(when.no_consent), False))

    def consented(self, purpose: str) -> Bool:
        """The store itself knows of the consent, or the register's answer stands beside the row."""
        if purpose in self.binding.consents:
            return literal_column(f"({self.binding.consents[purpose]})")
        return self.excluded(("consent",), reference=purpose)

    def excluded(self, effects: tuple[str, ...], reference: str | None = None, *extra: Bool) -> Bool:
        """An exclusion of this kind stands for the row."""
        if not self.primary_key or not self.journalled:
            return false()
        query = select(literal(1)).where(
            exclusion.c.table_name == self.table.name,
            exclusion.c.row_key == self.row_key,
            exclusion.c.effect.in_(effects),
            *extra,
        )
        if reference is not None:
            query = query.where(exclusion.c.reference == reference)
        return exists(query.correlate(self.table))

    def kept_out(self, at: datetime | None = None, effects: tuple[str, ...] = KEEPING) -> Bool:
        """A hold, restriction or objection stands for the row, or for the whole table; without `at`, whenever it ends."""
        running = () if at is None else (or_(exclusion.c.ends_at.is_(None), exclusion.c.ends_at > at),)
        whole = select(literal(1)).where(
            exclusion.c.table_name == self.table.name,
            exclusion.c.row_key == EVERY,
            exclusion.c.effect.in_(effects),
            *running,
        )
        return or_(self.excluded(effects, None, *running), exists(whole))

    @cached_property
    def ever_kept_out(self) -> Bool:
        """`kept_out` without an instant; each row is asked about only where some exclusion names the table at all."""
        if not self.journalled:
            return false()
        named = select(literal(1)).where(exclusion.c.table_name == self.binding.table)
        return and_(exists(named), self.kept_out())

    def protected(self, kept: Kept) -> Bool:
        """Another rule still needs the row: its event happened, its period has not passed."""
        event = self.event_of(kept.test)
        if event is None:
            return false()
        held = and_(event.happened(), not_(self.passed(kept.test)), self.condition(kept.when))
        return func.coalesce(held, false())

    def where(self, selection: Selection, *, held: bool = False, none_excluded: bool = False) -> Bool:
        """The rows that a selection means now; with `held`, those that only an exclusion keeps out of it.

        `none_excluded`: the transaction has seen that no exclusion names the table, and holds the turn of placing one.
        """
        parts: list[Bool] = [
            self.belongs(),
            *(self.passed(test) for test in selection.due),
            self.condition(selection.when),
        ]
        if selection.kept_by:
            needed = or_(*(self.protected(kept) for kept in selection.kept_by))
            parts.append(needed if selection.only_kept else not_(needed))
        if selection.noticed is not None:
            parts.append(self._noticed(selection))
        if self.journalled and not none_excluded:
            effects = tuple(one for one in KEEPING if one != "hold") if selection.over_holds else KEEPING
            kept_out = self.kept_out(selection.at, effects)
            parts.append(kept_out if held else not_(kept_out))
        elif held:
            return false()
        return and_(*parts)

    def _noticed(self, selection: Selection) -> Bool:
        """The mail about this very event went out in time."""
        assert selection.noticed is not None
        in_time = exclusion.c.placed_at <= selection.noticed.until
        return self.told(selection.noticed.promise, selection.due[0], in_time)

    def told(self, promise: str, test: Test, *extra: Bool) -> Bool:
        """A notice stands for the row that names its event as it is now: a new login makes it void."""
        return self.excluded(("notice",), promise, exclusion.c.law == self.event_text(test), *extra)

    def event_text(self, test: Test) -> ColumnElement[str]:
        """The event's value as text, to see whether it is still the same one."""
        event = self.event_of(test)
        if event is None:
            raise BadPath(f"the binding of '{self.table.name}' does not date the event '{test.event}'")
        return self._as_text(event.expression)

    @property
    def journalled(self) -> bool:
        """Whether exclusions stand in the database itself."""
        return self.store.journal and self.has_journal
