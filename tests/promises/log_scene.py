"""A deployment's access logs as a stage: lines written as the web server would, or by a real nginx, and two keyholders."""

from __future__ import annotations

import contextlib
import http.client
import io
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest
from sqlalchemy import select

from tests.promises.scenario import Answer, Scenario
from zusage.cli.main import run
from zusage.deployments import webserver
from zusage.ledger.leaves import ENTRIES
from zusage.sealing.shares import new_identity
from zusage.workspace import open_workspace

BERLIN = ZoneInfo("Europe/Berlin")
AGENT = "Testbrowser/1.0"


@dataclass(slots=True)
class LogScene:
    """The logs of one activity of a deployment."""

    folder: Path
    activity: str
    identities: dict[str, Path] = field(default_factory=dict)

    @classmethod
    def of(cls, scenario: Scenario, activity: str) -> LogScene:
        """The deployment of a scenario, and the folder its web server logs to."""
        made = cls(scenario.folder, activity)
        made.log.parent.mkdir(parents=True, exist_ok=True)
        return made

    def zusage(self, *arguments: str, at: str) -> Answer:
        """Run a command at an instant; a day means noon, and without a zone it is UTC."""
        moment = datetime.fromisoformat(at if "T" in at else f"{at}T12:00:00")
        now = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("ZUSAGE_NOW", now.isoformat())
            return command(*arguments, "--workspace", str(self.folder))

    def status(self, at: str) -> dict[str, dict[str, Any]]:
        """Promise id → proof."""
        return {one["id"]: one for one in self.zusage("status", "--json", at=at).json["promises"]}

    @property
    def log(self) -> Path:
        """The live log."""
        return self.folder / "weblogs" / "access.log"

    @property
    def vault(self) -> Path:
        """Where segments and statistics lie."""
        return self.folder / "logs"

    def line(
        self, at: str, address: str = "198.51.100.23", request: str = "GET /a.html HTTP/1.1", status: int = 200,
        size: int = 512, referrer: str = "-", agent: str = AGENT,
    ) -> str:  # fmt: skip
        """A line as nginx writes it; `at` is Berlin time where it names no zone."""
        moment = datetime.fromisoformat(at)
        local = moment if moment.tzinfo else moment.replace(tzinfo=BERLIN)
        stamp = local.strftime("%d/%b/%Y:%H:%M:%S %z")
        return f'{address} - - [{stamp}] "{request}" {status} {size} "{referrer}" "{agent}"\n'

    def write(self, *lines: str) -> None:
        """Append lines to the live log."""
        with self.log.open("a") as file:
            file.write("".join(lines))

    def logs(self, *arguments: str, at: str) -> Answer:
        """`zusage logs …`"""
        (*head,) = arguments
        without = arguments[0] in ("case", "open", "keys")
        place = 2 if without else 1
        named = [] if "--activity" in head else ["--activity", self.activity]
        return self.zusage("logs", *head[:place], *named, *head[place:], at=at)

    def take_in(self, at: str) -> dict[str, Any]:
        """Take in what is new; then the web server has rotated, and the plain log is gone."""
        said = self.logs("ingest", "--json", at=at)
        assert said.code == 0, said.err
        taken: dict[str, Any] = said.json
        return taken

    def rotate_away(self) -> None:
        """The live log is empty again."""
        self.log.unlink(missing_ok=True)

    def figures(self, purpose: str, statistic: str, at: str, *more: str) -> dict[tuple[str, ...], int]:
        """Published cells: dimensions → count."""
        said = self.logs("stats", "--purpose", purpose, "--statistic", statistic, "--json", *more, at=at)
        assert said.code == 0, said.err
        return {tuple(cell["values"]): cell["count"] for cell in said.json["cells"]}

    def hold(self, role: str, person: str, at: str, *more: str) -> None:
        """A person makes a key pair and registers the public half for a role."""
        private, public = new_identity()
        path = self.folder.parent / f"{person.replace(' ', '-')}.key"
        path.write_text(private)
        self.identities[person] = path
        said = self.logs("keys", "add", "--role", role, "--person", person, "--public", public, *more, at=at)
        assert said.code == 0, said.err

    def opener(self) -> tuple[str, Path]:
        """(public key, file with the private one) of who combines."""
        private, public = new_identity()
        path = self.folder.parent / f"opener-{public[-8:]}.key"
        path.write_text(private)
        return public, path

    def approve(self, opening: str, role: str, person: str, at: str) -> Answer:
        """A person approves with the key of a role."""
        bundle = self.folder.parent / "bundle.json"
        bundle.write_text(self.logs("open", "bundle", opening, at=at).out)
        approval = self.folder.parent / "approval.json"
        made = without_workspace(
            "open",
            "approve",
            "--bundle",
            str(bundle),
            "--role",
            role,
            "--identity",
            str(self.identities[person]),
            "--yes",
        )
        if made.code:
            return made
        approval.write_text(made.out)
        return self.logs("open", "accept", str(approval), at=at)

    def rows(self) -> list[tuple[Any, ...]]:
        """Everything that stands in the stored statistics."""
        found = sorted(self.vault.rglob("*.parquet"))
        if not found:
            return []
        names = ", ".join(f"'{path}'" for path in found)
        query = f"SELECT * FROM read_parquet([{names}], union_by_name=true, hive_partitioning=false)"
        return duckdb.connect().execute(query).fetchall()

    def readable(self, *values: str, apart_from: tuple[str, ...] = ("weblogs",)) -> list[str]:
        """Files of the workspace in which a value stands in the clear, the web server's own log aside."""
        return [
            f"{path.relative_to(self.folder)}: {value}"
            for path in sorted(self.folder.rglob("*"))
            if path.is_file() and path.relative_to(self.folder).parts[0] not in apart_from
            for value in values
            if value.encode() in path.read_bytes()
        ]

    def refusals(self) -> list[str]:
        """Reasons of the refusals on record, oldest first."""
        with open_workspace(self.folder).state.connect() as connection:
            rows = connection.execute(select(ENTRIES.c.kind, ENTRIES.c.bytes).order_by(ENTRIES.c.seq)).all()
        return [json.loads(row.bytes)["facts"]["reason"] for row in rows if row.kind == "logs/refused"]

    def acts(self) -> list[str]:
        """Kinds of recorded acts about logs, oldest first."""
        with open_workspace(self.folder).state.connect() as connection:
            kinds = connection.scalars(select(ENTRIES.c.kind).order_by(ENTRIES.c.seq)).all()
        return [kind for kind in kinds if kind.startswith("logs/")]


def without_workspace(*arguments: str) -> Answer:
    """`zusage logs …` for the commands that need no workspace."""
    return command("logs", *arguments)


def command(*arguments: str) -> Answer:
    """`zusage …` as it stands, on any machine."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run(arguments)
    return Answer(code, out.getvalue(), err.getvalue())


@contextlib.contextmanager
def nginx(log: Path, log_format: str = "") -> Iterator[int]:
    """A real nginx on a free port that logs to `log`; skipped (in CI: failed) where it is not installed."""
    if webserver.program() is None:
        if os.environ.get("ZUSAGE_REQUIRE_SERVERS"):
            pytest.fail("nginx is not installed")
        pytest.skip("nginx is not installed")
    with webserver.serving(log, log_format) as port:
        yield port


def ask(
    port: int, path: str, address: str, headers: Mapping[str, str] | None = None, body: bytes | None = None
) -> int:
    """One request to a real nginx; returns the status."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.putrequest("POST" if body is not None else "GET", path, skip_accept_encoding=True)
    for name, value in {"X-Forwarded-For": address, **(headers or {})}.items():
        connection.putheader(name, value)
    if body is not None:
        connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status
