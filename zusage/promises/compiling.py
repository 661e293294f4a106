"""compile(declaration, keepers): every promise of a declaration, once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from zusage.declaration import Declaration
from zusage.errors import ZusageError
from zusage.promises.keeper import Keeper
from zusage.promises.model import Promise


class DuplicatePromise(ZusageError):
    """Two keepers, or two rules, claim the same promise id: a promise has one keeper."""


def compile_promises(declaration: Declaration, keepers: Iterable[Keeper[Any]]) -> dict[str, Promise]:
    """All promises by id, in the keepers' order. Raises `DuplicatePromise`."""
    promises: dict[str, Promise] = {}
    for keeper in keepers:
        for promise in keeper.promises(declaration):
            if promise.id in promises:
                raise DuplicatePromise(
                    f"the promise '{promise.id}' is made twice",
                    hint="give one of the two rules another id in declaration.yaml",
                )
            promises[promise.id] = promise
    return promises
