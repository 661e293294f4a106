"""What the commands of `zusage request` share: finding a request, showing it without identity, who acts."""

from __future__ import annotations

from zusage.cli.output import person_option
from zusage.errors import ZusageError
from zusage.registers.requests import Request, request_by
from zusage.workspace import Workspace

by_option = person_option("Who does this, for the file.", kept="")


def find_request(workspace: Workspace, reference: str) -> Request:
    with workspace.state.connect() as connection:
        found = request_by(connection, reference=reference) or request_by(connection, id=reference)
    if found is None:
        raise ZusageError(f"there is no request '{reference}'", hint="`zusage request list` shows them")
    return found


def as_json_of(one: Request) -> dict[str, object]:
    """Without identity: that is looked at in the console, where every view is recorded."""
    return {
        "id": one.id, "reference": one.reference, "kind": one.kind.value, "state": one.state.value,
        "channel": one.channel, "received_at": one.received_at, "due": one.due, "extended_to": one.extended_to,
        "proof": one.proof, "decision": one.decision, "ground": one.ground, "tenant": one.tenant, "closed_at": one.closed_at,
    }  # fmt: skip
