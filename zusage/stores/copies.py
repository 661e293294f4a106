"""Copies of databases: what a file holds of them, whether it is whole, and copies that lie where nobody registered any.

A copy is an SQLite file, an archive (tar) of such files, or a text dump (SQL, plain or gzip). Nothing is changed.
"""

from __future__ import annotations

import gzip
import hashlib
import re
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from zusage.stores.files.tree import FileTree
from zusage.stores.sql.database import Database
from zusage.stores.store import Stores

#: in an archive: the digests of its other members, as `sha256sum` writes them
SUMS = "SHA256SUMS"
_SQLITE = b"SQLite format 3\0"
_STATEMENT = re.compile(
    rb'(?im)^(?:CREATE TABLE|INSERT INTO|COPY)\s+(?:IF NOT EXISTS\s+)?(?:[`"]?\w+[`"]?\.)?[`"]?(\w+)'
)
#: how a finished dump ends (pg_dump, mysqldump, mariadb-dump, sqlite3 .dump)
_FINISHED = (b"dump complete", b"Dump completed", b"COMMIT;")
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy in a registered place, by the day of which it is."""

    store: str
    path: Path
    day: date


@dataclass(frozen=True, slots=True)
class Content:
    """The tables a file holds, and why it is not whole (empty: it is)."""

    tables: frozenset[str] = frozenset()
    broken: str = ""


@dataclass(frozen=True, slots=True)
class Stray:
    """A file outside every registered place that holds tables of a store. `watched`: which of the watched folders."""

    watched: int
    path: Path
    stores: tuple[str, ...] = field(default=())


def registered(stores: Stores, database: str) -> Iterator[FileTree]:
    """The places where copies of a database are kept."""
    for store in stores.values():
        if isinstance(store, FileTree) and store.binding.copies and database in store.binding.copies.of:
            yield store


def copies(tree: FileTree) -> list[Copy]:
    """The copies in a registered place, the newest first. Raises `StoreUnreachable`."""
    tree.reach()
    said = tree.binding.copies
    found: list[Copy] = []
    for path in tree.root.glob(said.pattern) if said else ():
        match = re.fullmatch(said.name, path.relative_to(tree.root).as_posix()) if said else None
        if said is not None and match is not None and path.is_file():
            day = datetime.strptime(match["date"], said.date_format).date()  # noqa: DTZ007 a day has no zone
            found.append(Copy(tree.name, path, day))
    return sorted(found, key=lambda one: (one.day, one.path.name), reverse=True)


def look_into(path: Path) -> Content:
    """What a file holds; a file that is no copy of anything holds no tables."""
    try:
        with path.open("rb") as file:
            head = file.read(512)
        if head.startswith(_SQLITE):
            return _sqlite(path)
        if tarfile.is_tarfile(path):
            return _archive(path)
        return _dump(path, packed=head.startswith(b"\x1f\x8b"))
    except (OSError, EOFError, tarfile.TarError, sqlite3.Error) as error:
        return Content(broken=type(error).__name__)


def holds_row(path: Path, table: str, column: str, key: str) -> bool | None:
    """Whether a copy holds a row by its key; None where that cannot be told without restoring it (dumps)."""
    with _databases(path) as found:
        if not found:
            return None
        return any(_has(each, table, column, key) for each in found)


def strays(stores: Stores, watched: list[Path]) -> Iterator[Stray]:
    """Files in watched folders that hold tables of a bound database and lie in no registered place."""
    bound = {
        name: {part.table for part in store.parts()}
        for name, store in stores.items()
        if isinstance(store, Database)
    }
    homes = [store.root for store in stores.values() if isinstance(store, FileTree)]
    live = {
        (store.folder / said).resolve()
        for store in stores.values()
        if isinstance(store, Database)
        for said in (store.binding.url, store.binding.restricted.to if store.binding.restricted else "")
    }
    for number, root in enumerate(watched):
        for path in sorted(root.rglob("*")) if root.is_dir() else ():
            if path.is_symlink() or not path.is_file():
                continue
            if any(path.resolve().is_relative_to(home) for home in homes) or path.resolve() in live:
                continue
            held = look_into(path).tables
            of = tuple(sorted(name for name, tables in bound.items() if held & tables))
            if of:
                yield Stray(number, path, of)


def _sqlite(path: Path) -> Content:
    with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        said = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    return Content(frozenset(name for (name,) in names), "" if said == "ok" else "integrity_check")


def _archive(path: Path) -> Content:
    tables: set[str] = set()
    with tarfile.open(path) as archive, tempfile.TemporaryDirectory() as folder:
        digests, sums = dict[str, str](), dict[str, str]()
        for member in archive:
            source = archive.extractfile(member) if member.isfile() else None
            if source is None:
                continue
            place = Path(folder) / "member"
            digest = hashlib.sha256()
            with place.open("wb") as target:
                while piece := source.read(_PIECE):
                    digest.update(piece)
                    target.write(piece)
            if member.name == SUMS:
                sums = dict(line.split("  ", 1)[::-1] for line in place.read_text().splitlines())
                continue
            digests[member.name] = digest.hexdigest()
            inner = look_into(place)
            tables |= inner.tables
            if inner.broken:
                return Content(frozenset(tables), inner.broken)
    if not digests or (sums and sums != digests):
        return Content(frozenset(tables), "digest" if digests else "empty")
    return Content(frozenset(tables))


def _dump(path: Path, *, packed: bool) -> Content:
    tables: set[str] = set()
    rest = b""
    with gzip.open(path) if packed else path.open("rb") as file:
        while piece := file.read(_PIECE):
            whole = rest + piece
            tables |= {match[1].decode() for match in _STATEMENT.finditer(whole)}
            rest = whole[-400:]
    if not tables:
        return Content()
    return Content(frozenset(tables), "" if any(end in rest for end in _FINISHED) else "unfinished")


@contextmanager
def _databases(path: Path) -> Iterator[list[Path]]:
    """The SQLite files of a copy; those of an archive lie in a folder that goes again."""
    with tempfile.TemporaryDirectory() as folder:
        if tarfile.is_tarfile(path):
            with tarfile.open(path) as archive:
                archive.extractall(folder, filter="data")
            found = [each for each in Path(folder).rglob("*") if each.is_file()]
        else:
            found = [path]
        yield [each for each in found if _begins(each)]


def _begins(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_SQLITE)) == _SQLITE


def _has(path: Path, table: str, column: str, key: str) -> bool:
    with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as connection:
        known = connection.execute(
            "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)
        ).fetchone()
        if known is None:
            return False
        said, name = column.replace('"', '""'), table.replace('"', '""')
        query = f'SELECT 1 FROM "{name}" WHERE CAST("{said}" AS TEXT) = ?'  # noqa: S608 quoted names of the binding
        return connection.execute(query, (key,)).fetchone() is not None
