"""What every bound store has in common, and the stores of a workspace together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from zusage.stores.bindings import Bindings


class Store(Protocol):
    """A place that holds personal data. Made without touching it; connects when first asked."""

    name: str
    kind: str

    def reach(self) -> None:
        """Ask the store whether it answers. Raises `StoreUnreachable`."""
        ...


class Stores(Mapping[str, Store]):
    """The stores of one workspace by name, with their `bindings`."""

    def __init__(self, bindings: Bindings, stores: Mapping[str, Store]) -> None:
        self.bindings = bindings
        self._stores = dict(stores)

    def __getitem__(self, name: str) -> Store:
        return self._stores[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._stores)

    def __len__(self) -> int:
        return len(self._stores)
