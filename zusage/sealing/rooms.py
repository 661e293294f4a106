"""A room: one place of sealed things, with the roles that open it; and how a look that is not allowed is refused."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, NoReturn, Protocol

from sqlalchemy import Connection, Engine

from zusage.errors import ZusageError
from zusage.sealing.shares import KeyStore

_ROUTINE = re.compile(
    r"(?i)^\W*(?:routine\w*|stichproben?\w*|random|spot|regular|allgemein\w*|standard\w*|test\w*|check\w*|kontrolle\w*"
    r"|prüfung\w*|n/?a|none|keine?r?|\W)*\W*$|\broutine"
)
_SHORTEST = 12


class Refused(ZusageError):
    """A look into what is sealed that is not allowed. It was refused and recorded; the seal is intact."""

    exit_code = 1


class Room(Protocol):
    """What is needed of a room. `acts` is the first word of its acts in the ledger; openings stand under `acts:name`."""

    @property
    def name(self) -> str: ...
    @property
    def acts(self) -> str: ...
    @property
    def state(self) -> Engine: ...
    @property
    def key_store(self) -> KeyStore: ...
    @property
    def zone(self) -> str: ...
    @property
    def opened_by(self) -> tuple[str, ...]: ...
    @property
    def quorum(self) -> int: ...
    @property
    def customer_role(self) -> str | None: ...
    def record(
        self, connection: Connection, kind: str, facts: dict[str, Any], now: datetime, person: str = ""
    ) -> None:
        """An act into the ledger, within the caller's transaction."""
        ...


def key_of(room: Room) -> str:
    """Under which name the openings of a room are on file."""
    return f"{room.acts}:{room.name}"


def refuse(
    room: Room,
    code: str,
    said: str,
    now: datetime,
    facts: dict[str, Any] | None = None,
    hint: str | None = None,
) -> NoReturn:
    """Record a refusal, then raise `Refused`."""
    with room.state.begin() as connection:
        room.record(connection, f"{room.acts}/refused", {"reason": code, **(facts or {})}, now)
    raise Refused(said, hint=hint)


def concrete(text: str) -> bool:
    """Whether words can be a concrete suspicion or reason: long enough, and more than "routine check"."""
    plain = " ".join(text.split())
    return len(plain) >= _SHORTEST and not _ROUTINE.search(plain)
