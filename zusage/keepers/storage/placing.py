"""Where data lie: every store and copy has a registered place with evidence, and no copy turns up anywhere else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from zusage.keepers.context import Context
from zusage.promises import Basis, Promise, Proof, ProofState
from zusage.stores.copies import Copy, Stray, copies, holds_row, registered, strays
from zusage.stores.loading import concerned
from zusage.stores.sql.database import Database
from zusage.text import Text

#: a place comes up for review so long after somebody last looked, and is announced so long before
REVIEW = timedelta(days=365)
ANNOUNCED = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Place:
    """One place where a store, or copies of it, lie. `holds`: whether a row that was asked for is there (None: unknown)."""

    store: str
    kind: str
    country: str | None
    name: str | None
    holds: bool | None = None
    copies: int = 0


def places_of(context: Context, database: str, row: tuple[str, str] | None = None) -> list[Place]:
    """Where a database and its copies lie; with `row` (table, key) only where that row is, or may be."""
    store = context.stores[database]
    assert isinstance(store, Database)
    site = store.binding.site
    primary = Place(database, "primary", site.country if site else None, site.name if site else None)
    found = [primary] if row is None or _holds_live(store, *row) else []
    for tree in registered(context.stores, database):
        held = [one for one in copies(tree) if row is None or _holds(store, one, *row) is not False]
        if row is not None and not held:
            continue
        where = tree.binding.site
        known = None if row is None else any(_holds(store, one, *row) for one in held)
        found.append(
            Place(
                tree.name,
                "copies",
                where.country if where else None,
                where.name if where else None,
                known,
                len(held),
            )
        )
    return found


def watched(context: Context) -> list[Path]:
    """The folders in which copies could turn up."""
    return [(context.folder / said).expanduser() for said in context.stores.bindings.watched]


def look_for_strays(context: Context, more: tuple[Path, ...] = ()) -> list[Stray]:
    """Copies in watched folders (and `more`) that lie in no registered place."""
    return list(strays(context.stores, [*watched(context), *more]))


def prove_places(context: Context, promise: Promise, now: datetime) -> Proof:
    """`broken` for a place that is not registered, without evidence or review, and for copies elsewhere."""
    names = [
        name
        for name in context.stores
        if concerned(context.stores.bindings, name, promise.terms["activities"])
    ]
    wrong = list(_unregistered(context, names, now))
    elsewhere = [one for one in look_for_strays(context) if set(one.stores) & set(names)]
    soon = [name for name in names if _due(context, name, now)]
    evidence = {
        "places": {name: _said(context, name) for name in names},
        "wrong": dict(wrong),
        "elsewhere": [{"watched": one.watched, "stores": list(one.stores)} for one in elsewhere],
    }
    state, said = (
        ProofState.KEPT,
        Text("alle Orte verzeichnet und geprüft", "all places registered and reviewed"),
    )
    if elsewhere:
        state = ProofState.BROKEN
        said = Text(f"{len(elsewhere)} Kopien an Orten, die nicht verzeichnet sind",
                    f"{len(elsewhere)} copies in places that are not registered")  # fmt: skip
    elif wrong:
        state = ProofState.BROKEN
        said = Text(f"Ort nicht verzeichnet, belegt oder geprüft: {', '.join(name for name, _ in wrong)}",
                    f"place not registered, shown or reviewed: {', '.join(name for name, _ in wrong)}")  # fmt: skip
    elif soon:
        state = ProofState.DUE
        said = Text(f"zu prüfen: {', '.join(soon)}", f"to be reviewed: {', '.join(soon)}")
    if not names:
        state, said = ProofState.UNBOUND, Text("kein Speicher angebunden", "no store is bound")
    broken = state is ProofState.BROKEN
    return Proof(
        promise=promise.id, state=state, basis=Basis.STORE, at=now, text=said, count=len(wrong) + len(elsewhere),
        found_by="walk over the watched folders, sites of stores.yaml" if broken else "",
        store=", ".join(names), evidence=evidence,
    )  # fmt: skip


def _unregistered(context: Context, names: list[str], now: datetime) -> Iterator[tuple[str, str]]:
    for name in names:
        site = context.stores.bindings.stores[name].site
        if site is None:
            yield name, "no_place"
        elif site.evidence is None or not (context.folder / site.evidence).is_file():
            yield name, "no_evidence"
        elif site.reviewed is None or now.date() > site.reviewed + REVIEW:
            yield name, "review_overdue"


def _due(context: Context, name: str, now: datetime) -> bool:
    site = context.stores.bindings.stores[name].site
    return site is not None and site.reviewed is not None and now.date() > site.reviewed + REVIEW - ANNOUNCED


def _said(context: Context, name: str) -> str:
    site = context.stores.bindings.stores[name].site
    return f"{site.name} ({site.country})" if site else ""


def _holds_live(store: Database, table: str, key: str) -> bool:
    with store.reading() as connection:
        part = next(part for part in store.parts() if part.table == table)
        bound = store.bound(connection, part)
        query = bound.table.select().where(bound.row_key == key).limit(1)
        return connection.execute(query).first() is not None


def _holds(store: Database, one: Copy, table: str, key: str) -> bool | None:
    with store.reading() as connection:
        part = next(part for part in store.parts() if part.table == table)
        (column, *more) = store.bound(connection, part).primary_key
    return None if more else holds_row(one.path, table, column, key)


__all__ = ["Place", "look_for_strays", "places_of", "prove_places", "watched"]
