"""The customer system: one customer's card. A note that the customer disputes is never shown without their statement."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException
from fastapi.responses import HTMLResponse
from markupsafe import Markup
from sqlalchemy import select

from zusage.deployments.hosting import Here
from zusage.deployments.itservice.app.pages import FRAME
from zusage.deployments.itservice.schema import customer

router = APIRouter()
_CARD = Markup("<dl><dt>Firma</dt><dd>{company}</dd><dt>E-Mail</dt><dd>{email}</dd>{note}</dl>")
_NOTE = Markup('<dt>Vermerk</dt><dd class="note">{note}</dd>')
_STATEMENT = Markup('<dt>Stellungnahme des Kunden</dt><dd class="statement">{said}</dd>')


@router.get("/customers/{number}", response_class=HTMLResponse)
def card(host: Here, number: int) -> str:
    """The only page on which a note is read."""
    query = select(customer).where(customer.c.id == number)
    with host.engines["desk"].connect() as connection:
        row = connection.execute(query).first()
    if row is None:
        raise HTTPException(404, "there is no such customer")
    note = _NOTE.format(note=row.note) if row.note else Markup("")
    if row.note and row.note_statement:
        note += _STATEMENT.format(said=row.note_statement)
    return FRAME.page(
        row.name or "", _CARD.format(company=row.company or "", email=row.email or "", note=note)
    )
