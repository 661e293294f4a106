"""What is due when: answers, notifications, reviews and ends over all registers, as one list for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection

from zusage.agenda import State, items
from zusage.keepers.assessing.judging import standings
from zusage.keepers.attestation import AttestationKeeper
from zusage.registers.attestations import newest_attestations
from zusage.registers.breaches import breaches
from zusage.registers.holds import holds_in_force
from zusage.registers.informations import owed
from zusage.registers.requests import Request, request_by
from zusage.text import Text
from zusage.workspace import Workspace

Kind = Literal[
    "request", "restriction", "information", "breach", "attestation", "assessment", "hold", "stuck"
]


@dataclass(frozen=True, slots=True)
class DueDate:
    """Something falls due at `at`. `name` is a reference or an id that leads on; no name of a person stands here.

    `ends`: nothing is owed on that day, something only ends (a hold, a restriction), so that it cannot be late.
    """

    at: datetime
    kind: Kind
    name: str
    text: Text
    ends: bool = False

    def late(self, now: datetime) -> bool:
        """Whether it should have happened before `now`."""
        return not self.ends and self.at < now

    def as_json(self, now: datetime) -> dict[str, Any]:
        """The same facts as on the page."""
        return {"at": self.at.isoformat(), "kind": self.kind, "name": self.name, "text": self.text.as_json(),
                "late": self.late(now)}  # fmt: skip


def duedates(workspace: Workspace, asked: Iterable[Request], now: datetime) -> list[DueDate]:
    """Everything that waits for its day, the earliest first; of requests those in `asked` that are open."""
    with workspace.state.connect() as connection:
        found = [*of_requests(asked), *_of_registers(workspace, connection, now)]
    return sorted(found, key=lambda one: (one.at, one.kind, one.name))


def of_requests(asked: Iterable[Request]) -> Iterator[DueDate]:
    """The answers that somebody waits for."""
    for one in asked:
        if one.open:
            yield DueDate(one.due, "request", one.reference, Text(one.kind.value, one.kind.value))


def _of_registers(workspace: Workspace, connection: Connection, now: datetime) -> Iterator[DueDate]:
    for breach in breaches(connection):
        if breach.notified_at is None and breach.risk != "none":
            yield DueDate(
                breach.due,
                "breach",
                breach.id,
                Text("Meldung an die Behörde", "notification to the authority"),
            )
    newest = newest_attestations(connection)
    for promise in AttestationKeeper().promises(workspace.declaration):
        held = newest.get(promise.id)
        if held is not None and held.withdrawn_at is None:
            yield DueDate(held.valid_until, "attestation", promise.id, promise.text)
    for one in standings(workspace.declaration, connection, now):
        if one.review_at is not None:
            yield DueDate(one.review_at, "assessment", one.subject.id, one.subject.title)
    for hold in holds_in_force(connection, now):
        if hold.ends_at is not None:
            yield DueDate(hold.ends_at, "hold", hold.id, Text(hold.ground, hold.ground), ends=True)
    declared = workspace.declaration.informations
    for told in owed(connection):
        said = declared[told.name].title if told.name in declared else Text(told.name, told.name)
        yield DueDate(told.due_at, "information", told.id, said)
    for item in items(connection, kind="request", state=State.WAITING):
        if item.step == "lift":
            request = request_by(connection, id=str(item.args["request"]))
            if request is not None:
                said = Text("Ende der Einschränkung", "end of the restriction")
                yield DueDate(item.due, "restriction", request.reference, said, ends=True)
    for item in items(connection, state=State.STUCK):
        yield DueDate(item.due, "stuck", f"{item.kind}/{item.id}", Text(item.step, item.step))
