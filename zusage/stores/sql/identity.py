"""Finding a subject's rows: identities compared without regard to letter case, outer spaces and Unicode composition."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Enum,
    Integer,
    LargeBinary,
    String,
    and_,
    bindparam,
    case,
    cast,
    collate,
    false,
    func,
    literal_column,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.sql.elements import False_

from zusage.database.types import mariadb_types
from zusage.stores.paths import parse_path
from zusage.stores.sql.bound import BoundTable
from zusage.stores.sql.events import resolve_path
from zusage.stores.sql.folding import fold
from zusage.stores.sql.keys import within
from zusage.stores.sql.schema import ForeignKey, Schema

Bool = ColumnElement[bool]
#: what single letters beyond ASCII fold to without becoming shorter in bytes
_LIGATURES = ("ss", "ffi", "ffl")


@dataclass(frozen=True, slots=True)
class Identity:
    """What leads to a person: a kind as the bindings call it (`email`, `customer-number`) and a value."""

    kind: str
    value: str
    #: only rows that say they came from this source
    source: str | None = None

    def forms(self) -> list[str]:
        """The ways in which the value may be stored: composed and decomposed, as written and in lower case."""
        plain = " ".join(self.value.split())
        found = {plain, plain.lower(), plain.casefold(), plain.upper()}
        return sorted({unicodedata.normalize(form, each) for each in found for form in ("NFC", "NFD")})

    @property
    def folded(self) -> str:
        """The form that databases compare: one space, composed, lower case."""
        return fold(self.value) or ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a statement compares with: the values of an identity, or the names under which they come when it is executed."""

    folded: Any
    #: the number of its letters, and the pattern of a text that has it in the middle
    length: Any
    around: Any
    value: Any
    #: how it is compared: plain ASCII; with a space or a wildcard in it; with letters that a single one may stand for
    plain: bool
    spaced: bool
    ligature: bool

    @staticmethod
    def of(identity: Identity) -> Wanted:
        """The values themselves."""
        folded = identity.folded
        return Wanted(
            folded, len(folded), f"%{folded}%", identity.value.strip(), folded.isascii(),
            " " in folded or "%" in folded, any(each in folded for each in _LIGATURES),
        )  # fmt: skip

    @property
    def shape(self) -> tuple[bool, bool, bool]:
        """Identities of one shape are asked for by one statement."""
        return self.plain, self.spaced, self.ligature

    def named(self, number: int) -> Wanted:
        """Names in place of the values."""
        folded, around, value = (
            bindparam(f"{name}_{number}", type_=String()) for name in ("folded", "around", "value")
        )
        length = bindparam(f"length_{number}", type_=Integer())
        return replace(self, folded=folded, length=length, around=around, value=value)

    def parameters(self, number: int) -> dict[str, Any]:
        """What stands for the names."""
        names = ("folded", "length", "around", "value")
        return {f"{name}_{number}": getattr(self, name) for name in names}


def same_identity(column: ColumnElement[Any], identity: Identity, dialect: str) -> Bool:
    """The column holds the identity in some form. Folds every value: asked once, see `StoredForms`."""
    if dialect == "mysql" and isinstance(column.type, String):
        # byte by byte: the usual collations of MariaDB take ü for u, which is another person
        return exactly(func.lower(func.trim(column))).in_(sorted({form.lower() for form in identity.forms()}))
    return same(column, Wanted.of(identity), dialect)


def same(column: ColumnElement[Any], wanted: Wanted, dialect: str) -> Bool:
    """`same_identity`, but for texts on MariaDB."""
    if dialect == "sqlite":
        return and_(_likely(column, wanted), func.zusage_fold(column) == wanted.folded)
    if dialect == "postgresql" and isinstance(column.type, String):
        return _folds_to(cast(column, String()), wanted)
    found: Bool = cast(column, mariadb_types().CHAR() if dialect == "mysql" else String()) == wanted.value
    return found


def _folds_to(said: ColumnElement[Any], wanted: Wanted) -> Bool:
    """PostgreSQL folds by the rules of Unicode at ten times the price, which plain ASCII does not need.

    What folds to plain ASCII is never shorter in bytes, and as long only where it is ASCII without outer spaces itself.
    """
    trimmed = func.trim(said)
    plain = func.lower(collate(trimmed, "C")) == wanted.folded
    octets = func.octet_length(said)
    beyond_ascii = and_(octets != func.length(said), func.lower(func.normalize(trimmed)) == wanted.folded)
    if not wanted.plain:
        return or_(plain, beyond_ascii)
    return case(
        (octets == wanted.length, func.lower(collate(said, "C")) == wanted.folded),
        (octets < wanted.length, false()),
        (octets == func.length(said), and_(func.octet_length(trimmed) == wanted.length, plain)),
        else_=beyond_ascii,
    )


def _likely(column: ColumnElement[Any], wanted: Wanted) -> Bool:
    """What SQLite can say fast of a value that may fold to it; the rest is few, and worth a call of Python."""
    if wanted.spaced:
        return or_(func.lower(column) == wanted.folded, column.op("GLOB")("*[^!-~]*"))
    # ASCII folds to its lower case, with spaces around it at most; an underscore finds too much, never too little
    octets = func.length(cast(column, LargeBinary()))
    odd = or_(column.op("LIKE")(wanted.around), func.length(column) != octets)
    if not wanted.plain:
        return odd
    # what folds to plain ASCII is longer in bytes, unless it is the very same but for letter case, or a ligature
    longer = octets >= wanted.length if wanted.ligature else octets > wanted.length
    return or_(collate(column, "NOCASE") == wanted.folded, and_(longer, odd))


def exactly(value: ColumnElement[Any]) -> ColumnElement[str]:
    """A text that MariaDB compares byte by byte."""
    return collate(cast(value, mariadb_types().CHAR(charset="utf8mb4")), "utf8mb4_bin")


class StoredForms:
    """The forms in which identities really stand in the columns that paths end in, each column asked once.

    Everything else then compares with these very values, by index.
    """

    def __init__(self, connection: Connection, dialect: str) -> None:
        self._connection = connection
        self._dialect = dialect
        self._known: dict[tuple[str | None, str, str, str, str], list[Any]] = {}
        #: what was already put together for the same identities, as long as nothing changes
        self.tables: dict[tuple[tuple[Identity, ...], frozenset[str]], list[Any]] = {}

    def ask(self, wanted: Iterable[tuple[Column[Any], Identity]], built: dict[Any, Any]) -> None:
        """Ask for the forms of several columns in one statement, where texts of several columns mix.

        `built` keeps what was put together over the columns' schema: the statement is the same for everybody.
        """
        if self._dialect == "mysql":
            return  # columns of different collations do not stand in one union
        texts = {
            self._key(source, identity): (source, identity)
            for source, identity in wanted
            if isinstance(source.type, String) and not isinstance(source.type, Enum)
        }
        new = [key for key in texts if key not in self._known]
        if len(new) < 2:
            return
        values = [Wanted.of(texts[key][1]) for key in new]
        shape = ("forms", *((key[:4], value.shape) for key, value in zip(new, values, strict=True)))
        if shape not in built:
            parts = [
                select(literal_column(str(number)), texts[key][0])
                .where(same(texts[key][0], value.named(number), self._dialect))
                .distinct()
                for number, (key, value) in enumerate(zip(new, values, strict=True))
            ]
            built[shape] = union_all(*parts)
        parameters = {
            name: each
            for number, value in enumerate(values)
            for name, each in value.parameters(number).items()
        }
        found: list[dict[Any, None]] = [{} for _ in new]
        for number, form in self._connection.execute(built[shape], parameters):
            found[number][form] = None
        self._known |= {key: list(forms) for key, forms in zip(new, found, strict=True)}

    def _key(self, source: Column[Any], identity: Identity) -> tuple[str | None, str, str, str, str]:
        table = source.table
        return (table.schema, table.name, source.name, identity.kind, identity.folded)

    def holds(self, column: ColumnElement[Any], source: Column[Any], identity: Identity) -> Bool:
        """`column` (an alias of `source`) is one of the stored forms of the identity."""
        key = self._key(source, identity)
        if key not in self._known:
            # told apart byte by byte: for the collation of a column two ways of writing are one value
            bytewise = self._dialect == "mysql" and isinstance(source.type, String)
            said = exactly(source) if bytewise else source
            query = select(said).where(same_identity(source, identity, self._dialect)).distinct()
            self._known[key] = [row[0] for row in self._connection.execute(query)]
        values = self._known[key]
        if not values:
            return false()
        same = column.in_(values)
        if self._dialect == "mysql" and isinstance(source.type, String):
            return and_(same, exactly(column).in_(values))
        return same


def subject_rows(
    table: BoundTable, identities: Sequence[Identity], stored: StoredForms | None = None
) -> Bool:
    """The rows of a bound table that belong to a subject known by any of `identities`."""
    return or_(
        false(),
        *(
            and_(
                _at_path(table, table.binding.subject[identity.kind], identity, stored),
                _from(table, identity),
            )
            for identity in identities
            if identity.kind in table.binding.subject
        ),
    )


def _from(table: BoundTable, identity: Identity) -> Bool:
    """The row came from the source that the identity is limited to."""
    if identity.source is None:
        return true()
    said = table.binding.provenance
    return table.table.c[said.source] == identity.source if said is not None else false()


def _at_path(table: BoundTable, said: str, identity: Identity, stored: StoredForms | None) -> Bool:
    keys, aliases, source = _way(table.schema, table.table.name, said)
    column = aliases[-1].c[source.name] if aliases else source
    rows = (
        same_identity(column, identity, table.dialect)
        if stored is None
        else stored.holds(column, source, identity)
    )
    return rows if isinstance(rows, False_) else _through(table, keys, aliases, rows)


#: the ways that paths go through a schema: they are the same until its fingerprint changes, and costly to build
_WAYS: WeakKeyDictionary[Schema, dict[tuple[str, str], tuple[list[ForeignKey], list[Any], Column[Any]]]] = (
    WeakKeyDictionary()
)


def _way(schema: Schema, table: str, said: str) -> tuple[list[ForeignKey], list[Any], Column[Any]]:
    """The keys along a path, an alias for the table behind each, and the column in which it ends."""
    known = _WAYS.setdefault(schema, {})
    if (table, said) not in known:
        path = parse_path(said)
        keys, last = resolve_path(schema, table, path)
        aliases = [schema.tables[key.parent].alias() for key in keys]
        known[table, said] = (keys, aliases, last.c[path.column])
    return known[table, said]


def _through(table: BoundTable, keys: Sequence[ForeignKey], aliases: Sequence[Any], rows: Bool) -> Bool:
    """From the far end back: the last table's rows by identity, then whoever refers to them."""
    for position in range(len(keys) - 1, -1, -1):
        key, there = keys[position], aliases[position]
        here: Any = aliases[position - 1] if position else table.table
        targets = select(*(there.c[name] for name in key.targets)).where(rows)
        columns = [here.c[name] for name in key.columns]
        rows = within(columns, targets)
    return rows
