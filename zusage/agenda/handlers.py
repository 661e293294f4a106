"""Who does which work: for each kind of item its named steps.

Steps have names, not positions: code may change while items wait. A step *inside* runs in the transaction that also
writes what comes next: its effects in the state database happen exactly once. A step *outside* acts on something else
(a bound store, a mailbox) and is then journalled: it may run twice and must bear it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine

from zusage.agenda.items import FIRST, Item
from zusage.errors import ZusageError


class UnknownStep(ZusageError):
    """An item is at a step that nobody registered."""


@dataclass(frozen=True, slots=True)
class Then:
    """What comes next: a step, when (at once if None), and with which arguments (the same if None)."""

    step: str
    due: datetime | None = None
    args: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """What a step inside is given: its item, the transaction it is part of, and the present instant."""

    item: Item
    connection: Connection
    now: datetime


@dataclass(frozen=True, slots=True)
class OutsideWork:
    """What a step outside is given. `renew` prolongs the lease of long work and raises `LeaseLost` if it ran out."""

    item: Item
    engine: Engine
    now: datetime
    renew: Callable[[], None]
    writes: list[Callable[[Connection], None]] = field(default_factory=list)

    def write(self, change: Callable[[Connection], None]) -> None:
        """Change the state database in the transaction that commits the step: with what comes next, or not at all."""
        self.writes.append(change)


#: A step returns what comes next, or None when the item is done.
InsideStep = Callable[[Work], Then | None]
OutsideStep = Callable[[OutsideWork], Then | None]


@dataclass(frozen=True, slots=True)
class Step:
    """A registered step: one of `inside` and `outside`, whether it is recorded in the ledger, whether it may get stuck."""

    inside: InsideStep | None = None
    outside: OutsideStep | None = None
    recorded: bool = True
    persistent: bool = False


@dataclass(slots=True)
class Handlers:
    """The registry of steps by kind and name.

    `recorded=False` is for steps that say nothing by themselves, such as a look into the outbox every minute.
    `persistent=True` is for regular duties: however often they fail, they are tried again (after six hours at most).
    """

    steps: dict[tuple[str, str], Step] = field(default_factory=dict)

    def add(
        self,
        kind: str,
        step: InsideStep,
        *,
        name: str = FIRST,
        recorded: bool = True,
        persistent: bool = False,
    ) -> None:
        """Register a step that works in the state database alone. Raises `ValueError` if there is one already."""
        self._add(kind, name, Step(inside=step, recorded=recorded, persistent=persistent))

    def add_outside(
        self,
        kind: str,
        step: OutsideStep,
        *,
        name: str = FIRST,
        recorded: bool = True,
        persistent: bool = False,
    ) -> None:
        """Register a step that acts elsewhere and can be repeated. Raises `ValueError` if there is one already."""
        self._add(kind, name, Step(outside=step, recorded=recorded, persistent=persistent))

    def _add(self, kind: str, name: str, step: Step) -> None:
        if (kind, name) in self.steps:
            raise ValueError(f"the step {kind}/{name} is registered already")
        self.steps[kind, name] = step

    def find(self, item: Item) -> Step:
        """The step an item is at. Raises `UnknownStep`."""
        step = self.steps.get((item.kind, item.step))
        if step is None:
            raise UnknownStep(f"nobody does the step '{item.step}' of the kind '{item.kind}'")
        return step

    @property
    def kinds(self) -> frozenset[str]:
        """All kinds that somebody handles; others stay on the agenda untouched."""
        return frozenset(kind for kind, _ in self.steps)
