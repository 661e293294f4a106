"""What persons vouch for: state, end, and the form to vouch anew."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

from fastapi import APIRouter, Depends, Form, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from zusage import clock
from zusage.evidence.report import as_record
from zusage.keepers.attestation import AttestationKeeper
from zusage.keepers.attestation.service import Vouching, attest
from zusage.server.accounts import Login, Role
from zusage.server.console.access import changing, logged_in
from zusage.server.pages import pages_of

router = APIRouter(prefix="/attestations")
_keeper = AttestationKeeper()


@router.get("")
def attestations(request: Request, _: Annotated[Login, Depends(logged_in)]) -> Response:
    """Every organisational promise with its attestation."""
    context, now = request.app.state.workspace.context, clock.now()
    rows = [
        as_record(one, _keeper.prove(context, one, now)) | {"terms": one.terms}
        for one in _keeper.promises(context.declaration)
    ]
    # what is broken or due first
    rows.sort(key=lambda one: ("broken", "due", "kept").index(one["state"]))
    return pages_of(request).answer(request, "console/attestations.html", rows, rows=rows)


@router.post("")
def vouch(
    request: Request,
    promise: Annotated[str, Form(max_length=200)],
    person: Annotated[str, Form(max_length=200)],
    login: Annotated[Login, changing(Role.DPO, Role.MANAGEMENT)],
    document: UploadFile | None = None,
) -> Response:
    """Vouch for a promise in the role of the login. Of a document name and digest are kept. Raises `BadAttestation`."""
    context = request.app.state.workspace.context
    known = {one.id: one for one in _keeper.promises(context.declaration)}
    if promise not in known:
        raise HTTPException(404)
    with TemporaryDirectory() as folder:
        path = None
        if document is not None and document.filename:
            path = Path(folder) / Path(document.filename).name
            path.write_bytes(document.file.read())
        attest(context, known[promise], Vouching(person, login.role.value, path), clock.now())
    return RedirectResponse("/console/attestations", 303)
