"""Bindings: where an activity's data lie. `stores.yaml` is private; it names stores, tables, paths, never people.

A *path* leads from a row to a column, over foreign keys if need be: `email` is a column of the table itself;
`application_id.applicant_id.email` follows two foreign keys; `(tenant, number).email` follows a composite one;
`author->person(id).email` joins where the database declares no foreign key.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from zusage.declaration.base import Country, Flag, Identifier, Part, Period

Physical = Literal["none", "vacuum", "full"]
End = Literal["purpose", "contract", "withdrawal", "objection", "session"]
TimeFormat = Literal["auto", "iso", "date", "epoch", "epoch-ms"]


class PhysicalPolicy(Part):
    """What follows logical erasure so that bytes are gone as well, and when it may run.

    `vacuum`: SQLite VACUUM and WAL truncated, PostgreSQL VACUUM, MariaDB OPTIMIZE TABLE. `full`: PostgreSQL VACUUM FULL
    (locks the table). What a store cannot promise (WAL archives, replicas, backups) is said by `zusage store preflight`.
    """

    policy: Physical = "vacuum"
    #: local time of the controller, `02:00-04:30`; outside it the step is left for the next sweep
    window: str | None = Field(default=None, pattern=r"^\d\d:\d\d-\d\d:\d\d$")


class SealedPlace(Part):
    """Where the content of archived rows lies sealed, and the server's share of each key: apart, and in no backup."""

    folder: str = Field(min_length=1, examples=["archive"])
    key_store: str = Field(min_length=1, examples=["/srv/zusage-archive-keys"])


class RestrictedPlace(Part):
    """Where restricted rows are kept: a schema (PostgreSQL), a database (MariaDB), a file (SQLite, mode 600).

    `move`: the row leaves the live table where no kept row refers to it. `mask`: the row stays, its personal columns are
    emptied there and kept in the place; a view in the place shows the whole row.
    """

    to: str = Field(min_length=1, examples=["zusage_restricted", "restricted.db"])
    how: Literal["move", "mask"] = "move"
    #: the one database role that may read the place (PostgreSQL, MariaDB)
    reader: str | None = None
    #: rows that will not come back are sealed; a measure of the declaration (`archive`) says who opens them
    sealed: SealedPlace | None = None


class EventSource(Part):
    """What dates an event: exactly one of `column` (a path) or `sql` (an expression over the table's columns)."""

    column: str | None = None
    sql: str | None = None
    #: how the instant is stored; `auto` goes by the column's type (text is taken as ISO 8601)
    format: TimeFormat = "auto"

    @model_validator(mode="after")
    def _one(self) -> EventSource:
        if (self.column is None) == (self.sql is None):
            raise ValueError("an event is dated by exactly one of 'column' or 'sql'")
        return self


def _read_event(value: Any) -> Any:
    return {"column": value} if isinstance(value, str) else value


Event = Annotated[EventSource, BeforeValidator(_read_event)]


class ChosenPeriod(Part):
    """The column that holds the period which the subject (or tenant) chose, as a whole number of `unit`."""

    column: str
    unit: Literal["days", "weeks", "months", "years"]
    #: what counts where nobody chose
    default: int | None = Field(default=None, ge=0)
    #: the largest number that counts; larger choices count as this
    at_most: int = Field(default=120, ge=0, le=1200)


class Change(Part):
    """What becomes of one column's value. Exactly one; `null` alone empties the column.

    `constant`: this value. `hash`: a digest under a random key that is thrown away. `truncate`: the first n characters.
    `year`: the date keeps its year only. `unique`: this prefix and the row's key, for columns that must stay unique.
    """

    null: Flag = False
    constant: str | int | Flag | None = None
    hash: Flag = False
    truncate: int | None = Field(default=None, ge=0)
    year: Flag = False
    unique: str | None = None

    @model_validator(mode="after")
    def _one(self) -> Change:
        ways = (
            self.null,
            self.constant is not None,
            self.hash,
            self.truncate is not None,
            self.year,
            self.unique is not None,
        )
        if sum(ways) != 1:
            raise ValueError(
                "say what becomes of the column in exactly one way: null, constant, hash, truncate, year or unique"
            )
        return self


def _read_change(value: Any) -> Any:
    """Short forms: nothing (null), `hash`, `year`."""
    if value is None or value == "null":
        return {"null": True}
    return {value: True} if value in ("hash", "year") else value


Recipe = dict[str, Annotated[Change, BeforeValidator(_read_change)]]


class Dependents(Part):
    """What goes with a row, beyond child tables that are bound themselves.

    `erase`: unbound child tables that are erased with the row. `keep`: child tables whose rows stay, and what becomes
    of their reference (default: emptied). `also`: references that the database does not declare, `note(author)->person(id)`.
    """

    erase: tuple[str, ...] = ()
    keep: dict[str, Recipe] = Field(default_factory=dict)
    also: tuple[str, ...] = ()


class Provenance(Part):
    """Where the row itself says from whom its data came, and when (Art. 14(2)(f)): names of two columns."""

    source: str
    at: str | None = None


class Paper(Part):
    """A row has a file on paper: with the row's end somebody is given the task to destroy it, by its shelf mark."""

    #: column with the shelf mark; empty where there is no paper
    shelf: str
    #: who destroys it, and how long after the row's end the data protection officer hears that nobody has
    to: str
    within: Period


class TableBinding(Part):
    """One table's share in an activity."""

    table: str = Field(min_length=1)
    #: by default the database's own primary key
    primary_key: tuple[str, ...] = ()
    #: identity kind (`email`, `customer-number`, …) → path to the column that holds it
    subject: dict[Identifier, str] = Field(default_factory=dict)
    #: further identities of the person that stand in the row (`phone`): they lead on from it, never to it, and not at
    #: all where rows of two people hold the same one
    leads_to: dict[Identifier, str] = Field(default_factory=dict)
    #: columns that hold a person's name, and columns in whose text third persons may be named (Art. 15(4))
    persons: tuple[str, ...] = ()
    free_text: tuple[str, ...] = ()
    provenance: Provenance | None = None
    #: column with a note that a person may dispute → column for the person's statement (Art. 16 sentence 2)
    statements: dict[str, str] = Field(default_factory=dict)
    #: column → data category of the activity
    columns: dict[str, Identifier] = Field(default_factory=dict)
    #: event of a rule's `from` → what dates it
    events: dict[Identifier, Event] = Field(default_factory=dict)
    #: for `keep: contract` and the like: what dates the end, by default the rule's own event
    ends: dict[End, Event] = Field(default_factory=dict)
    #: named condition of a rule's `when` → SQL condition over the table's columns
    conditions: dict[Identifier, str] = Field(default_factory=dict)
    #: consent purpose → SQL condition, where the store itself knows; else the register of consents is asked
    consents: dict[Identifier, str] = Field(default_factory=dict)
    chosen: dict[Identifier, ChosenPeriod] = Field(default_factory=dict)
    #: `anonymise`, `deactivate`, `mask`, or a name used by a step's `recipe`
    recipes: dict[Identifier, Recipe] = Field(default_factory=dict)
    dependents: Dependents = Dependents()
    #: only these rows belong to the activity
    where: str | None = None
    tenant: str | None = None
    #: columns that hold no personal data: never reported as undeclared
    ignore: tuple[str, ...] = ()
    #: column with a file's path → files store in which that file is erased with the row
    files: dict[str, Identifier] = Field(default_factory=dict)
    #: path to the e-mail address for mails before a step; by default the identity `email`
    contact: str | None = None
    #: what dates the collection of the row, where a longer period does not count for what was collected before it;
    #: by default the rule's own event
    collected: Event | None = None
    paper: Paper | None = None


class SideTable(Part):
    """A table that knows more about files: one row for each path below the root."""

    store: Identifier
    table: str
    path: str
    #: name used in `events` → column
    events: dict[Identifier, Event] = Field(default_factory=dict)
    subject: dict[Identifier, str] = Field(default_factory=dict)


class FileBinding(Part):
    """Files of an activity, below the store's root."""

    #: glob below the root, such as `**/*.pdf`
    pattern: str = Field(min_length=1)
    #: regular expression over the relative path; group `date` dates the file, other groups are identity kinds
    name: str | None = None
    #: how the group `date` is written (strptime); a file without time of day counts from that day
    date_format: str = "%Y-%m-%d"
    #: what dates an event: `name` (group `date`), `modified` (the file's time: only where nothing rewrites files),
    #: or `table` (the side table's event of the same id)
    events: dict[Identifier, Literal["name", "modified", "table"]] = Field(default_factory=dict)
    data: tuple[Identifier, ...] = ()
    subject: dict[Identifier, Literal["name", "table"]] = Field(default_factory=dict)
    table: SideTable | None = None


class Site(Part):
    """Where a store stands. A measure of the declaration (`places`) says which countries are allowed."""

    country: Country
    #: data centre, region or room (`eu-central-1`)
    name: str = Field(min_length=1)
    #: what shows it (a contract, a certificate), relative to the workspace, and when somebody last looked
    evidence: str | None = None
    reviewed: date | None = None


class Copies(Part):
    """That a files store holds whole copies of databases: archives or dumps, one file a copy."""

    of: tuple[Identifier, ...] = Field(min_length=1)
    #: glob below the root, and regular expression over the path whose group `date` says of which day the copy is
    pattern: str = Field(min_length=1)
    name: str = Field(min_length=1)
    date_format: str = "%Y-%m-%d"


class SqlStore(Part):
    """A database. `url` is `env:NAME`, `file:PATH`, or an SQLite path relative to the workspace."""

    kind: Literal["sql"]
    url: str = Field(min_length=1)
    site: Site | None = None
    #: database schema of the tables (PostgreSQL)
    schema_name: str | None = Field(default=None, alias="schema")
    #: may Zusage keep `zusage_journal` and `zusage_exclusion` in this database?
    journal: Flag = True
    physical: Annotated[
        PhysicalPolicy, BeforeValidator(lambda v: {"policy": v} if isinstance(v, str) else v)
    ] = PhysicalPolicy()
    restricted: RestrictedPlace | None = None
    #: zone of timestamps without one
    time_zone: str = "UTC"
    #: rows a transaction; on PostgreSQL and MariaDB at most 1,000 at first, and then as `batch_ms` allows
    batch: int = Field(default=10_000, ge=1, le=1_000_000)
    #: milliseconds that a live table may wait: what nearly all transactions stay below (on MariaDB twice that)
    batch_ms: int = Field(default=50, ge=5)
    #: tables that hold no personal data, or are somebody else's: never reported
    ignore: tuple[str, ...] = ()
    activities: dict[Identifier, tuple[TableBinding, ...]] = Field(default_factory=dict)


class FileStore(Part):
    """A tree of files. `root` is relative to the workspace."""

    kind: Literal["files"]
    root: str = Field(min_length=1)
    site: Site | None = None
    #: the store is a registered place of copies
    copies: Copies | None = None
    activities: dict[Identifier, tuple[FileBinding, ...]] = Field(default_factory=dict)


StoreBinding = Annotated[SqlStore | FileStore, Field(discriminator="kind")]


class Bindings(Part):
    """`stores.yaml`: every store by name."""

    stores: dict[Identifier, StoreBinding] = Field(default_factory=dict)
    #: folders in which copies could turn up that nobody registered (shares, synchronised folders): looked through
    watched: tuple[str, ...] = ()
