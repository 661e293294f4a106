"""Requests of data subjects (Art. 12–22): one row a request, with state, due dates and what must be erased again later.

The row holds what the person wrote and who they are; both are erased when the request's own retention ends. The ledger
holds only the request's id, kinds, instants and keyed pseudonyms.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Select,
    String,
    Table,
    Text,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from zusage.database.dialects import in_parts
from zusage.database.schema import metadata
from zusage.database.types import JsonText, UtcDateTime


class Kind(StrEnum):
    """What a person asks for."""

    ACCESS = "access"
    RECTIFICATION = "rectification"
    ERASURE = "erasure"
    RESTRICTION = "restriction"
    PORTABILITY = "portability"
    OBJECTION = "objection"
    MARKETING_OBJECTION = "marketing-objection"
    NO_AUTOMATED_DECISION = "no-automated-decision"
    WITHDRAW_CONSENT = "withdraw-consent"
    COMPLAINT = "complaint"
    QUESTION = "question"
    #: to tell somebody that data about them came from somebody else (Art. 14); a task, within a month
    INFORM = "inform"
    #: somebody says that data of a child lie here (Art. 8): blocked at once, erased after a look
    CHILD_REPORT = "child-report"


class State(StrEnum):
    """Where a request stands. The last three are ends."""

    AWAITING_IDENTITY = "awaiting-identity"
    PLANNING = "planning"
    AWAITING_DECISION = "awaiting-decision"
    EXECUTING = "executing"
    ANSWERING = "answering"
    ANSWERED = "answered"
    REFUSED = "refused"
    LAPSED = "lapsed"


#: how long a closed request keeps identity and words, and how long its row
KEEP_IDENTITY = timedelta(days=3 * 365 + 1)
KEEP_ROW = timedelta(days=6 * 365 + 2)

OPEN = (State.AWAITING_IDENTITY, State.PLANNING, State.AWAITING_DECISION, State.EXECUTING, State.ANSWERING)

REQUESTS = Table(
    "request",
    metadata,
    Column("id", String(24), primary_key=True),
    Column("reference", String(16), nullable=False, unique=True),
    Column("kind", String(30), nullable=False),
    Column("channel", String(20), nullable=False),
    Column("language", String(2), nullable=False),
    Column("state", String(24), nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("due_law", UtcDateTime, nullable=False),
    Column("due_own", UtcDateTime),
    Column("extended_to", UtcDateTime),
    Column("identity_kind", String(40), nullable=False),
    Column("identity", String(320)),
    Column("identity_key", String(80), nullable=False),
    Column("reply_to", String(320)),
    Column("proof", String(20)),
    Column("proven_at", UtcDateTime),
    Column("details", JsonText),
    Column("status_hash", String(64), nullable=False, unique=True),
    Column("confirm_hash", String(64), unique=True),
    Column("confirm_until", UtcDateTime),
    Column("assigned_to", String(32)),
    Column("decision", String(20)),
    Column("ground", String(60)),
    Column("decision_text", Text),
    Column("decided_by", String(80)),
    Column("decided_at", UtcDateTime),
    Column("tenant", String(80)),
    Column("closed_at", UtcDateTime),
    Index("ix_request_state_due_law", "state", "due_law"),
    Index("ix_request_identity_key", "identity_key"),
)
OUTCOMES = Table(
    "request_outcome",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("request", String(24), ForeignKey("request.id", ondelete="CASCADE"), nullable=False),
    Column("store", String(80), nullable=False),
    Column("target", String(200), nullable=False),
    Column("activity", String(80), nullable=False),
    Column("action", String(30), nullable=False),
    Column("result", String(20), nullable=False),
    Column("planned", Integer, nullable=False),
    Column("hit", Integer, nullable=False),
    Column("left", Integer, nullable=False),
    Column("reason", String(200), nullable=False, default=""),
    Column("until", UtcDateTime),
    Index("ix_request_outcome_request", "request"),
)
PACKAGES = Table(
    "request_package",
    metadata,
    Column("request", String(24), ForeignKey("request.id", ondelete="CASCADE"), primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("downloads", Integer, nullable=False, default=0),
)


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it stands now. Personal fields are None once they were erased."""

    id: str
    reference: str
    kind: Kind
    channel: str
    language: str
    state: State
    received_at: datetime
    due_law: datetime
    due_own: datetime | None
    extended_to: datetime | None
    identity_kind: str
    identity: str | None
    identity_key: str
    reply_to: str | None
    proof: str | None
    proven_at: datetime | None
    details: Mapping[str, Any] | None
    status_hash: str
    confirm_hash: str | None
    confirm_until: datetime | None
    assigned_to: str | None
    decision: str | None
    ground: str | None
    decision_text: str | None
    decided_by: str | None
    decided_at: datetime | None
    tenant: str | None
    closed_at: datetime | None

    @property
    def due(self) -> datetime:
        """When the answer must be there: the controller's own promise where it is earlier, the law's (extended) limit."""
        law = self.extended_to or self.due_law
        return min(law, self.due_own) if self.due_own else law

    @property
    def open(self) -> bool:
        """Whether somebody still waits."""
        return self.state in OPEN


_FIELDS = tuple(field.name for field in fields(Request))
# written out once: they go with every step of every request
_NEW = insert(REQUESTS)
_CHANGE = update(REQUESTS).where(REQUESTS.c.id == bindparam("its_id"))
_OUTCOMES = select(OUTCOMES).where(OUTCOMES.c.request == bindparam("its_request")).order_by(OUTCOMES.c.id)
_NEWEST = (
    select(REQUESTS.c.reference)
    .where(REQUESTS.c.reference.like(bindparam("of_year")))
    .order_by(func.length(REQUESTS.c.reference).desc(), REQUESTS.c.reference.desc())
    .limit(1)
)


def add_request(connection: Connection, made: Request) -> None:
    """Put a request on file, in the caller's transaction."""
    connection.execute(_NEW, {name: getattr(made, name) for name in _FIELDS})


def next_reference(connection: Connection, year: int) -> str:
    """`2026-0007`: the running number within a year."""
    newest = connection.execute(_NEWEST, {"of_year": f"{year}-%"}).scalar()
    return f"{year}-{int(newest.split('-')[1]) + 1 if newest else 1:04d}"


def request_by(connection: Connection, **wanted: str) -> Request | None:
    """The request with this `id`, `reference`, `status_hash` or `confirm_hash`."""
    row = connection.execute(_wanted(tuple(wanted)), wanted).mappings().first()
    return as_request(row) if row else None


@cache
def _wanted(names: tuple[str, ...]) -> Select[Any]:
    """Written out once: every step of every request asks."""
    return select(REQUESTS).where(*(REQUESTS.c[name] == bindparam(name) for name in names))


def change_request(connection: Connection, identifier: str, **changed: Any) -> None:
    """Change fields of a request, in the caller's transaction."""
    connection.execute(_CHANGE, {"its_id": identifier, **changed})


def requests(
    connection: Connection, *, states: tuple[State, ...] = (), assigned_to: str | None = None
) -> list[Request]:
    """Requests in these states (all if none is named), those due first."""
    statement = select(REQUESTS).order_by(REQUESTS.c.due_law, REQUESTS.c.reference)
    if states:
        statement = statement.where(REQUESTS.c.state.in_([state.value for state in states]))
    if assigned_to is not None:
        statement = statement.where(REQUESTS.c.assigned_to == assigned_to)
    return [as_request(row) for row in connection.execute(statement).mappings()]


def open_among(connection: Connection, identifiers: Collection[str]) -> set[str]:
    """Those of the identifiers under which a request stands that is not closed yet."""
    return {
        identifier
        for part in in_parts(sorted(identifiers))
        for identifier in connection.execute(
            select(REQUESTS.c.id).where(REQUESTS.c.id.in_(part), REQUESTS.c.closed_at.is_(None))
        ).scalars()
    }


def outcomes_of(connection: Connection, identifier: str) -> list[dict[str, Any]]:
    """What became of a request, table by table."""
    return [
        {name: value for name, value in row.items() if name not in ("id", "request")}
        for row in connection.execute(_OUTCOMES, {"its_request": identifier}).mappings()
    ]


def as_request(row: Mapping[Any, Any]) -> Request:
    """A row of the register as a value."""
    values = {name: row[name] for name in _FIELDS}
    return Request(**values | {"kind": Kind(row["kind"]), "state": State(row["state"])})


def expire_requests(connection: Connection, now: datetime) -> tuple[int, int]:
    """What the register says about people expires: (requests that lost their identity, requests that are gone).

    Three years after the end, when a fine for it is barred (§ 31(2) no. 1 OWiG), identity and words go; the row that
    finds an erasure again after a restored backup goes after six.
    """
    words = ("identity", "reply_to", "details", "decision_text")
    ended = REQUESTS.c.closed_at < now - KEEP_IDENTITY
    holding = or_(*(REQUESTS.c[name].is_not(None) for name in words))
    cleared = connection.execute(update(REQUESTS).where(ended, holding).values(dict.fromkeys(words)))
    over = select(REQUESTS.c.id).where(REQUESTS.c.closed_at < now - KEEP_ROW)
    for table in (OUTCOMES, PACKAGES):
        connection.execute(delete(table).where(table.c.request.in_(over)))
    gone = connection.execute(delete(REQUESTS).where(REQUESTS.c.closed_at < now - KEEP_ROW))
    return cleared.rowcount, gone.rowcount
