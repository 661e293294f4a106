"""Drift in one look: every store, the inventory of servers and routes, and the newest scan of each site."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from zusage.declaration.inventory import load_inventory
from zusage.errors import StoreUnreachable
from zusage.findings import Finding, Place, Severity, worst_first
from zusage.notice.checking.deployed import check_deployed
from zusage.registers.scans import Scan, newest_scans
from zusage.stores.inspecting import drift
from zusage.text import Text
from zusage.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Drifted:
    """One place and what was found there. `kind` is `store`, `inventory` or `site`; `lost` says why nobody could look."""

    kind: str
    name: str
    at: datetime
    findings: tuple[Finding, ...] = ()
    lost: str = ""

    @property
    def open(self) -> list[Finding]:
        """What wants a person: everything but mere notes."""
        return [one for one in self.findings if one.severity is not Severity.NOTE]

    def as_json(self) -> dict[str, Any]:
        """The same facts as on the page."""
        return {"kind": self.kind, "name": self.name, "at": self.at.isoformat(), "lost": self.lost,
                "findings": [one.as_json() for one in self.findings]}  # fmt: skip


def drifted(workspace: Workspace, now: datetime) -> list[Drifted]:
    """Every place that can be looked at, in declared order. A store that does not answer does not stop the others."""
    return list(_places(workspace, now))


def _places(workspace: Workspace, now: datetime) -> Iterator[Drifted]:
    for name, store in workspace.context.stores.items():
        try:
            yield Drifted("store", name, now, tuple(worst_first(drift(store))))
        except StoreUnreachable as error:
            yield Drifted("store", name, now, lost=error.message)
    inventory = load_inventory(workspace.folder)
    if found := tuple(check_deployed(workspace.declaration, inventory, now.date())):
        yield Drifted("inventory", "inventory.yaml", now, tuple(worst_first(found)))
    with workspace.state.connect() as connection:
        scans = newest_scans(connection)
    yield from (Drifted("site", one.host, one.at, tuple(worst_first(_seen(one)))) for one in scans)


def _seen(scan: Scan) -> Iterator[Finding]:
    """What a scan kept of its findings: code and key, no sentence."""
    for code, severity, key in scan.findings:
        yield Finding(
            code, Severity(severity), Text(f"{code}: {key}", f"{code}: {key}"), Place(scan.host, key=key)
        )
