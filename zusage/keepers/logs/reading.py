"""Who may read what of the logs, by purpose: the declaration names the purposes, everything else is refused and recorded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from zusage.keepers.logs.cluster import (
    add_up,
    cluster_client,
    count_here,
    count_on_cluster,
    pieces_of,
    task_of,
)
from zusage.keepers.logs.combining import lines_in
from zusage.keepers.logs.figures import Figures, cells_of, publish, shown
from zusage.keepers.logs.openings import segments_in
from zusage.keepers.logs.scanning import Where
from zusage.keepers.logs.scopes import Scope
from zusage.keepers.logs.vault import Vault
from zusage.sealing.rooms import refuse


def allowed(vault: Vault, purpose: str, wanted: str, now: datetime) -> None:
    """Raises `Refused` (recorded) unless the declaration gives `purpose` what is `wanted`: statistics or lines."""
    name = purpose.strip()
    if not name:
        refuse(
            vault,
            "no-purpose",
            "logs are read for a declared purpose only; name one",
            now,
            hint="--purpose ID",
        )
    use = vault.policy.uses.get(name)
    facts = {"wanted": wanted}
    if use is None:
        names = ", ".join(vault.policy.uses) or "none"
        refuse(
            vault,
            "undeclared-purpose",
            "this purpose is not declared for these logs",
            now,
            facts,
            hint=f"declared: {names}",
        )
    if wanted == "lines" and use == "opening":
        said = "for this purpose lines are opened in a case, with the approval of every role"
        refuse(vault, "needs-opening", said, now, {**facts, "purpose": name}, hint="zusage logs case open …")
    if wanted == "lines" and use != "lines":
        refuse(
            vault,
            "statistics-only",
            "this purpose sees statistics, no lines",
            now,
            {**facts, "purpose": name},
        )


def read_figures(
    vault: Vault, purpose: str, statistic: str, now: datetime, customer: str | None = None, person: str = ""
) -> Figures:
    """A statistic for a declared purpose; the reading is recorded. Raises `Refused`, `KeyError`."""
    allowed(vault, purpose, "statistics", now)
    figures = publish(vault, statistic, now, customer)
    with vault.state.begin() as connection:
        facts = {
            "purpose": purpose,
            "wanted": "statistics",
            "statistic": statistic,
            "cells": len(figures.cells),
        }
        vault.record(connection, "logs/read", facts, now, person)
    return figures


def count_files(
    vault: Vault,
    purpose: str,
    statistic: str,
    files: Sequence[Path],
    now: datetime,
    *,
    scheduler: str = "",
    site: str = "-",
    customer: str = "other",
    person: str = "",
) -> Figures:
    """A statistic of plain log files that are not taken in, for a declared purpose; the counting is recorded.

    Counted here, or on the workers of the Dask scheduler at `scheduler` (`tcp://…`), with the same result. Nothing is
    sealed or kept. Small cells are left out as in any publication. Raises `Refused`, `KeyError`, `MissingExtra`.
    """
    allowed(vault, purpose, "statistics", now)
    task = task_of(
        vault.policy, Where(site, customer, vault.binding.customers), vault.zone, vault.binding.memory
    )
    pieces = pieces_of(files)
    if scheduler:
        client = cluster_client(scheduler)
        try:
            counted = count_on_cluster(pieces, task, client)
        finally:
            client.close()
    else:
        counted = count_here(pieces, task)
    figures = shown(
        vault, statistic, cells_of(vault, statistic, add_up(counted, vault.policy, statistic, vault.zone))
    )
    with vault.state.begin() as connection:
        lines = {
            "lines": sum(each.lines for each in counted),
            "counted": sum(each.counted for each in counted),
        }
        facts = {
            "purpose": purpose,
            "wanted": "statistics",
            "statistic": statistic,
            "cells": len(figures.cells),
        }
        vault.record(connection, "logs/counted", {**facts, **lines}, now, person)
    return figures


def read_lines(vault: Vault, purpose: str, scope: Scope, now: datetime, person: str = "") -> Iterator[bytes]:
    """Lines of a scope for a purpose that may see them without approval; the reading is recorded before the first line.

    Only where the declaration seals for the server alone. Raises `Refused`.
    """
    allowed(vault, purpose, "lines", now)
    if vault.policy.opened_by:
        refuse(
            vault,
            "needs-opening",
            "these lines are sealed to roles; they are opened in a case",
            now,
            {"purpose": purpose},
        )
    with vault.state.begin() as connection:
        rows = segments_in(connection, vault, scope)
        facts = {"purpose": purpose, "wanted": "lines", "segments": len(rows)}
        vault.record(connection, "logs/read", facts, now, person)
    for row in rows:
        yield from lines_in(vault, row, scope)
