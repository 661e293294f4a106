"""The scheduled face that all keepers share. A new kind of promise is a new keeper and a line in the registry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Protocol, TypeVar

from zusage.declaration import Declaration
from zusage.promises.model import Outcome, Plan, Promise, Proof

#: What keepers are given to work with: stores, ledger, keys. It stands on a higher floor, hence the variable.
ContextT = TypeVar("ContextT", contravariant=True)


class Keeper(Protocol[ContextT]):
    """Keeps one kind of promise. `name` is how the declaration's promises and the registry call it."""

    name: str

    def promises(self, declaration: Declaration) -> Iterable[Promise]:
        """What did we promise? Pure; reads nothing but the declaration."""
        ...

    def plan(self, context: ContextT, now: datetime) -> Plan:
        """What would be done now? Touches nothing. Raises `StoreUnreachable` for a store that does not answer."""
        ...

    def keep(self, context: ContextT, plan: Plan, now: datetime) -> Iterator[Outcome]:
        """Do it: resumable and journalled; yields an outcome for each act as it is earned."""
        ...

    def prove(self, context: ContextT, promise: Promise, now: datetime) -> Proof:
        """Look again, at the store where there is one."""
        ...
