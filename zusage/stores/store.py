"""What every bound store has in common, and the stores of a workspace together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from zusage.findings import Finding
from zusage.stores.bindings import Bindings


class Store(Protocol):
    """A place that holds personal data. Made without touching it; connects when first asked."""

    name: str
    kind: str

    def reach(self) -> None:
        """Ask the store whether it answers. Raises `StoreUnreachable`."""
        ...

    def preflight(self) -> list[Finding]:
        """What in the store as it is now would stop an act, or leave something behind. Changes nothing."""
        ...

    def drift(self) -> list[Finding]:
        """What the store holds that the bindings do not know. Changes nothing."""
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
