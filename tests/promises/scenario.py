"""Scenarios of acceptance tests: a deployment's real stores, the command line at a given instant, a look with SQL."""

from __future__ import annotations

import contextlib
import io
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, inspect, text

from zusage.cli.main import run
from zusage.clock import VARIABLE
from zusage.deployments.creating import engine_of
from zusage.deployments.registry import deployment

PERSON = "Dora Datenschutz"


def at(said: str) -> datetime:
    """An instant in UTC from `2026-03-01` or `2026-03-01T10:00`."""
    return datetime.fromisoformat(said).replace(tzinfo=UTC)


def naive(said: str) -> datetime:
    """The same as host applications store it."""
    return at(said).replace(tzinfo=None)


@dataclass(frozen=True)
class Answer:
    """What a command said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its `--json` output."""
        return json.loads(self.out)


@contextlib.contextmanager
def _clock(now: str) -> Iterator[None]:
    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = at(now).isoformat()
    try:
        yield
    finally:
        os.environ.pop(VARIABLE)
        if before is not None:
            os.environ[VARIABLE] = before


@dataclass(frozen=True)
class Scenario:
    """One copy of a deployment that a test may do anything to."""

    name: str
    folder: Path

    # -- the command line -------------------------------------------------------------------------------------------

    def zusage(self, now: str, *arguments: str) -> Answer:
        """Run a command at an instant."""
        out, err = io.StringIO(), io.StringIO()
        command, *rest = arguments
        group = {
            "hold",
            "consent",
            "contract",
            "ground",
            "partner",
            "inform",
            "store",
            "request",
            "ledger",
            "logs",
            "scan",
            "paper",
            "announce",
            "breach",
            "mail",
        }
        head = [command, rest.pop(0)] if command in group else [command]
        with _clock(now), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = run([*head, "-w", str(self.folder), *rest])
        return Answer(code, out.getvalue(), err.getvalue())

    def sweep(self, now: str) -> list[Mapping[str, Any]]:
        """Approve whatever asks for it, as the data protection officer of a test does, and sweep."""
        approved = self.zusage(now, "approve", "--all", "--by", PERSON, "--json")
        assert approved.code == 0, approved.err
        return self.unattended(now)

    def unattended(self, now: str) -> list[Mapping[str, Any]]:
        """Sweep without approving anything."""
        swept = self.zusage(now, "sweep", "--json")
        assert swept.out, swept.err
        outcomes = swept.json
        assert not [one for one in outcomes if one["result"] == "failed"], outcomes
        return list(outcomes)

    def proof(self, now: str, promise: str) -> Mapping[str, Any]:
        """What `zusage status` says of a promise."""
        for one in self.zusage(now, "status", "--json").json["promises"]:
            if one["id"] == promise:
                return dict(one)
        raise AssertionError(f"there is no promise {promise}")

    def mails(self) -> list[str]:
        """Every mail that went out, as text."""
        return [
            path.read_text(encoding="utf-8")
            for path in sorted((self.folder / "mail").rglob("*"))
            if path.is_file()
        ]

    # -- requests ---------------------------------------------------------------------------------------------------

    def ask(self, now: str, kind: str, identity: str) -> str:
        """A request by letter of somebody whose identity was checked, ready to be decided; its reference."""
        asked = self.zusage(now, "request", "new", "--kind", kind, "--identity", identity, "--channel", "letter", "--proof", "document", "--json")  # fmt: skip
        assert asked.code == 0, asked.err
        for minute in range(3):
            assert self.zusage(f"{now}T00:0{minute}", "request", "run").code == 0
        return str(asked.json["reference"])

    def grant(self, now: str, reference: str, *decision: str) -> Mapping[str, Any]:
        """Decide a request where it waits for that, carry it out, and return how it stands."""
        if self.request(now, reference)["state"] == "awaiting-decision":
            decided = self.zusage(
                now, "request", "decide", reference, *(decision or ("grant",)), "--by", PERSON
            )
            assert decided.code == 0, decided.err
        for minute in range(3, 8):
            assert self.zusage(f"{now}T00:0{minute}", "request", "run").code == 0
        return self.request(f"{now}T00:09", reference)

    def request(self, now: str, reference: str) -> Mapping[str, Any]:
        """How a request stands."""
        return dict(self.zusage(now, "request", "show", reference, "--json").json)

    # -- the stores -------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def writing(self, store: str) -> Iterator[Connection]:
        """The host application's own transaction."""
        engine = engine_of(self.folder, store)
        try:
            with engine.begin() as connection:
                yield connection
        finally:
            engine.dispose()

    def put(self, store: str, table: str, **columns: Any) -> int:
        """Insert a row; values of `…_at`/`at` columns and the like may be texts such as `2026-03-01`."""
        made = deployment(self.name).databases[store].tables[table]
        values = {
            name: naive(value)
            if isinstance(value, str) and "DATETIME" in str(made.c[name].type).upper()
            else value
            for name, value in columns.items()
        }
        with self.writing(store) as connection:
            key = connection.execute(insert(made).values(values)).inserted_primary_key
        assert key is not None
        return int(key[0])

    def change(self, store: str, statement: str, **values: Any) -> int:
        """What the host application does by SQL; returns how many rows it hit."""
        with self.writing(store) as connection:
            return connection.execute(text(statement), values).rowcount

    def count(self, store: str, table: str, where: str = "1 = 1", **values: Any) -> int:
        """How many rows of a live table meet a condition."""
        with self.writing(store) as connection:
            query = text(f'SELECT count(*) FROM "{table}" WHERE {where}')
            return int(connection.execute(query, values).scalar_one())

    def there(self, store: str, table: str, *keys: int) -> list[int]:
        """Which of these keys are still there."""
        listed = ", ".join(map(str, keys))
        with self.writing(store) as connection:
            rows = connection.execute(text(f'SELECT id FROM "{table}" WHERE id IN ({listed}) ORDER BY id'))
            return [int(row[0]) for row in rows]

    def file(self, path: str, content: str = "synthetic\n") -> Path:
        """Write a file below the workspace."""
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(content, encoding="utf-8")
        return place

    def blocked(self, now: str, email: str) -> list[Mapping[str, Any]]:
        """A person's blocked rows, by the documented way."""
        return list(
            self.zusage(
                now, "restricted", email, "--reason", "statutory-retention", "--by", PERSON, "--json"
            ).json
        )

    def tables_with(self, word: str, *stores: str) -> list[str]:
        """Tables of live stores in which a word stands in any column."""
        found = []
        for store in stores:
            engine = engine_of(self.folder, store)
            with engine.connect() as connection:
                for table in inspect(connection).get_table_names():
                    rows = connection.execute(text(f'SELECT * FROM "{table}"')).all()
                    if any(word in str(value) for row in rows for value in row):
                        found.append(table)
            engine.dispose()
        return found

    def in_bytes(self, word: str) -> list[str]:
        """The store files in which a word still stands in plain bytes."""
        said = word.encode()
        return [
            str(path.relative_to(self.folder))
            for path in sorted((self.folder / "data").iterdir())
            if said in path.read_bytes()
        ]
