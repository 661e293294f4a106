"""Looking at stores of any kind against their bindings: preflight and drift."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from zusage.findings import Finding
from zusage.stores.files.tree import FileTree
from zusage.stores.sql import drift as of_databases
from zusage.stores.sql.database import Database
from zusage.stores.sql.linking import linkable as linkable_rows
from zusage.stores.store import Store


def preflight(store: Store) -> list[Finding]:
    """What would stop an act, or leave something behind. Changes nothing. Raises `StoreUnreachable`."""
    if isinstance(store, Database):
        return of_databases.preflight(store)
    return store.preflight() if isinstance(store, FileTree) else []


def drift(store: Store) -> list[Finding]:
    """What the store holds that the bindings do not know. Changes nothing. Raises `StoreUnreachable`."""
    if isinstance(store, Database):
        return of_databases.drift(store)
    return store.drift() if isinstance(store, FileTree) else []


def linkable(store: Store, said: Mapping[str, Iterable[str]]) -> list[Finding]:
    """Where rows of data that are said to be anonymous can be linked; `said` maps activities to such categories. Changes
    nothing. Raises `StoreUnreachable`."""
    return linkable_rows(store, said) if said and isinstance(store, Database) else []
