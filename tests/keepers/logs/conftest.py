"""A workspace's logs on temporary folders: a declaration, a binding, keys of a management and a data protection officer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import Engine, select

from zusage.database.engines import create_engine
from zusage.database.schema import metadata
from zusage.declaration import Declaration
from zusage.keepers.logs.extraction import bytes_of, dimensions
from zusage.keepers.logs.formats import normalised
from zusage.keepers.logs.scanning import connect
from zusage.keepers.logs.tables import TABLES, log_partial, log_segment
from zusage.keepers.logs.vault import Vault, open_vault
from zusage.keys import KeyRing
from zusage.ledger import Ledger, Wanted
from zusage.sealing import keyholders
from zusage.sealing.segments import SegmentReader, read_head
from zusage.sealing.shares import joined, new_identity, open_share, segment_key

NOW = datetime(2026, 4, 1, 12, 30, tzinfo=UTC)
RULE = {"id": "lines", "from": {"event": "recorded", "start": "end_of_month"}, "keep": "P3M", "then": "erase"}


def declared(logs: Mapping[str, Any], rules: list[dict[str, Any]] | None = None) -> Declaration:
    """A declaration with one activity that keeps logs."""
    activity = {
        "title": "Server logs",
        "purposes": [
            {"id": "statistics", "text": "Statistics"},
            {"id": "misuse", "text": "Prevention of misuse"},
        ],
        "subjects": ["visitors"],
        "data": [{"id": "lines", "text": "access logs"}],
        "retention": [RULE] if rules is None else rules,
        "logs": {"uses": {"statistics": "statistics", "misuse": "opening"}, **logs},
    }
    return Declaration.model_validate(
        {
            "zusage": 1,
            "as_of": "2026-01-01",
            "controller": {"name": "Beispiel Werbenetz GmbH", "email": "privacy@werbenetz.example"},
            "activities": {"server-logs": activity},
        }
    )


@dataclass(frozen=True)
class Room:
    """What `open_vault` needs of a workspace."""

    folder: Path
    declaration: Declaration
    state: Engine
    keys: KeyRing
    ledger: Ledger
    identities: dict[str, str] = field(default_factory=dict)

    def vault(self) -> Vault:
        """The vault, opened anew."""
        return open_vault(self, "server-logs")

    @property
    def log(self) -> Path:
        """The live log."""
        return self.folder / "raw" / "access.log"

    def acts(self, kind: str = "logs/") -> list[str]:
        """Kinds of recorded acts, oldest first."""
        with self.state.connect() as connection:
            return [
                each.kind for each in self.ledger.entries(connection, Wanted()) if each.kind.startswith(kind)
            ]

    def sealed(self, *roles: str) -> dict[tuple[datetime, str], bytes]:
        """Everything sealed, opened with the keys of `roles` (all of them by default), by hour and customer."""
        vault = self.vault()
        opened: dict[tuple[datetime, str], bytes] = {}
        with self.state.connect() as connection:
            rows = connection.execute(select(log_segment).where(log_segment.c.erased_at.is_(None))).all()
        for row in sorted(rows, key=lambda each: (each.hour, each.customer, each.sealed_at)):
            path = vault.folder / row.file
            head = read_head(path)
            shares = [
                open_share(row.id, share, self.identities[share.role])
                for share in head.shares
                if not roles or share.role in roles
            ]
            key = segment_key(row.id, joined(shares), vault.key_store.read(row.id))
            content = b"".join(SegmentReader(path, key).blocks())
            place = (row.hour, row.customer)
            opened[place] = opened.get(place, b"") + content
        return opened

    def lines(self) -> bytes:
        """All sealed lines."""
        return b"".join(self.sealed().values())

    def counted(self, statistic: str = "requests") -> dict[tuple[Any, ...], tuple[int, int]]:
        """The stored partials, added up: (customer, hour, *dimensions) → (count, bytes)."""
        vault = self.vault()
        total: dict[tuple[Any, ...], tuple[int, int]] = {}
        wanted = vault.policy.all_statistics()[statistic].dimensions
        with self.state.connect() as connection:
            rows = connection.execute(select(log_partial).where(log_partial.c.erased_at.is_(None))).all()
        duck = connect()
        for row in rows:
            shown = ", ".join(f'"{each}"' for each in wanted)
            query = f"SELECT hour, {shown}, n, bytes FROM '{vault.folder / row.file}' WHERE statistic = ?"
            for hour, *shown_values, count, size in duck.execute(query, [statistic]).fetchall():
                key = (row.customer, hour.replace(tzinfo=UTC), *shown_values)
                before = total.get(key, (0, 0))
                total[key] = (before[0] + count, before[1] + size)
        return total

    def recounted(self, statistic: str = "requests") -> dict[tuple[Any, ...], tuple[int, int]]:
        """The same from the sealed lines, counted here line by line."""
        vault = self.vault()
        total: dict[tuple[Any, ...], tuple[int, int]] = {}
        fmt, wanted = vault.format, vault.policy.all_statistics()[statistic]
        for (hour, customer), content in self.sealed().items():
            for line in content.split(b"\n")[:-1]:
                parsed = fmt.parse(normalised(line) if fmt.kind != "json" else line)
                if parsed is None:
                    continue
                needed = dimensions(parsed, [f"parameter:{each}" for each in wanted.requires], "-")
                if "-" in needed.values():
                    continue
                shown = dimensions(parsed, wanted.dimensions, vault.binding.sources[0].site)
                key = (customer, hour, *(shown[each] for each in wanted.dimensions))
                before = total.get(key, (0, 0))
                total[key] = (before[0] + 1, before[1] + bytes_of(parsed))
        return total


@pytest.fixture
def room(tmp_path: Path) -> Callable[..., Room]:
    """Makes a workspace's logs: `room(logs={...}, binding={...}, rules=[...])`."""
    made: list[Room] = []

    def make(
        logs: Mapping[str, Any] | None = None,
        binding: Mapping[str, Any] | None = None,
        rules: list[dict[str, Any]] | None = None,
        roles: tuple[str, ...] = ("management", "dpo"),
    ) -> Room:
        folder = tmp_path / f"workspace{len(made)}"
        (folder / "raw").mkdir(parents=True)
        bound = {
            "sources": [{"path": "raw/access.log", "site": "shop.example", "customer": "own"}],
            "vault": "vault",
            "key_store": "keystore",
            **(binding or {}),
        }
        (folder / "logs.yaml").write_text(yaml.safe_dump({"activities": {"server-logs": bound}}))
        keys = KeyRing.create(folder / "keys")
        state = create_engine(f"sqlite:///{folder / 'state.db'}")
        metadata.create_all(state)
        policy = {"opened_by": list(roles), "suppress_below": 1, **(logs or {})}
        here = Room(folder, declared(policy, rules), state, keys, Ledger(keys))
        vault = here.vault()
        for role in roles:
            here.identities[role], public = new_identity()
            keyholders.add(
                vault, keyholders.NewHolder(role, f"person of {role}", public), NOW - timedelta(days=9)
            )
        made.append(here)
        return here

    return make


def line(
    second: int = 0,
    address: str = "198.51.100.23",
    request: str = "GET /a HTTP/1.1",
    status: int = 200,
    size: int | str = 512,
    agent: str = "Testbrowser/1.0",
    referrer: str = "-",
    start: datetime = datetime(2026, 4, 1, 10, tzinfo=UTC),
) -> bytes:
    """One combined line, `second` seconds after `start`."""
    at = (start + timedelta(seconds=second)).strftime("%d/%b/%Y:%H:%M:%S %z")
    return f'{address} - - [{at}] "{request}" {status} {size} "{referrer}" "{agent}"\n'.encode()


assert TABLES
