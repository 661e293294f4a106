"""A crash between the commits of SQLite's two files: one has the transaction, the other has lost it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from zusage.stores.sql.database import Database

_ENDINGS = ("", "-wal", "-journal")


class Died(BaseException):
    """The process ended here."""


@contextlib.contextmanager
def dying(database: Database, commit: int, loses: Path) -> Iterator[list[int]]:
    """The process dies with the store's commit of that number, and the file `loses` is found as it was before it.

    Yields a list that holds the number once it happened; what runs afterwards opens the store anew.
    """
    dialect: Any = database.engine(writing=True).dialect
    real, count, died = dialect.do_commit, 0, list[int]()
    before: dict[str, bytes] = {}

    def do_commit(connection: Any) -> None:
        nonlocal count
        count += 1
        if count == commit:
            before.update(_content(loses))
        real(connection)
        if count == commit:
            died.append(count)
            raise Died

    dialect.do_commit = do_commit
    try:
        yield died
    except Died:
        pass
    finally:
        dialect.do_commit = real
        database.close()
    if died:
        for ending in (*_ENDINGS, "-shm"):
            Path(f"{loses}{ending}").unlink(missing_ok=True)
        for ending, content in before.items():
            Path(f"{loses}{ending}").write_bytes(content)


def _content(path: Path) -> dict[str, bytes]:
    return {each: Path(f"{path}{each}").read_bytes() for each in _ENDINGS if Path(f"{path}{each}").exists()}
