"""A deployment as a stage: the command line at a chosen instant, and a look into the stores with SQL."""

from __future__ import annotations

import contextlib
import io
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, inspect, text

from zusage.cli.main import run
from zusage.deployments import create
from zusage.deployments.creating import engine_of


@dataclass(frozen=True, slots=True)
class Said:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.out)


@dataclass(slots=True)
class Scene:
    """One deployment in a folder."""

    folder: Path
    engines: dict[str, Engine] = field(default_factory=dict)

    @classmethod
    def of(cls, name: str, folder: Path, at: str, urls: Mapping[str, str] | None = None) -> Scene:
        """Create the deployment `name` as it would lie there at `at`."""
        create(name, folder, size="small", now=instant(at), urls=urls)
        return cls(folder)

    def zusage(self, *arguments: str, at: str) -> Said:
        """Run a command at an instant (a day means noon UTC)."""
        out, err = io.StringIO(), io.StringIO()
        before = os.environ.get("ZUSAGE_NOW")
        os.environ["ZUSAGE_NOW"] = instant(at).isoformat()
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                code = run([*arguments, "--workspace", str(self.folder)])
        finally:
            if before is None:
                del os.environ["ZUSAGE_NOW"]
            else:
                os.environ["ZUSAGE_NOW"] = before
        return Said(code, out.getvalue(), err.getvalue())

    def sweep(self, at: str) -> list[dict[str, Any]]:
        """Approve what waits and sweep; returns the outcomes."""
        approved = self.zusage("approve", "--all", "--by", "Jonas Reiter", at=at)
        assert approved.code == 0, approved.err
        swept = self.zusage("sweep", "--json", at=at)
        assert swept.code == 0, swept.out + swept.err
        outcomes: list[dict[str, Any]] = swept.json
        return outcomes

    def status(self, at: str) -> dict[str, dict[str, Any]]:
        """Promise id → proof."""
        said = self.zusage("status", "--json", at=at)
        return {one["id"]: one for one in said.json["promises"]}

    def engine(self, store: str) -> Engine:
        """The host application's own engine on a store."""
        if store not in self.engines:
            self.engines[store] = engine_of(self.folder, store)
        return self.engines[store]

    def put(self, store: str, table: str, **values: Any) -> None:
        """Insert one row as the application would."""
        names = ", ".join(values)
        marks = ", ".join(f":{name}" for name in values)
        with self.engine(store).begin() as connection:
            connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), values)

    def do(self, store: str, statement: str, **values: Any) -> None:
        """Run one statement as the application would."""
        with self.engine(store).begin() as connection:
            connection.execute(text(statement), values)

    def rows(self, store: str, statement: str, **values: Any) -> Sequence[Any]:
        """Rows of a query."""
        with self.engine(store).connect() as connection:
            return connection.execute(text(statement), values).all()

    def count(self, store: str, table: str, where: str = "1 = 1", **values: Any) -> int:
        """How many rows of a table are there."""
        return int(self.rows(store, f"SELECT count(*) FROM {table} WHERE {where}", **values)[0][0])

    def found_in(self, store: str, value: str) -> list[str]:
        """The live tables of a store in which a value stands in any text column."""
        engine, found = self.engine(store), []
        for table in inspect(engine).get_table_names():
            columns = [c["name"] for c in inspect(engine).get_columns(table)]
            said = " OR ".join(f"CAST({column} AS CHAR(2000)) LIKE :v" for column in columns)
            if self.count(store, table, said, v=f"%{value}%"):
                found.append(table)
        return found


def instant(at: str) -> datetime:
    """`2026-03-10` is noon of that day in UTC; with a time, that instant in UTC."""
    said = datetime.fromisoformat(at if "T" in at else f"{at}T12:00:00")
    return said if said.tzinfo else said.replace(tzinfo=UTC)
