"""What a user corrects, and whether the résumé is found: at once, everywhere, and for good.

Corrections of the account go through Zusage, so that whoever got the old value hears of the new one.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Annotated, Literal

from fastapi import APIRouter, Form, HTTPException, Response
from fastapi.responses import HTMLResponse
from markupsafe import Markup
from sqlalchemy import Connection, select, update

from zusage.deployments.hosting import Here, now, put_row
from zusage.deployments.jobboard.app.access import FRAME, Me
from zusage.deployments.jobboard.app.indexing import index
from zusage.deployments.jobboard.app.publication import doubtful, may_stay_public
from zusage.deployments.jobboard.schema import hint_shown, resume, resume_index
from zusage_client import ClientError

router = APIRouter()
HINT = "Bitte tragen Sie hier nichts Vertrauliches und keine Persönlichkeitsprofile ein: Andere können diesen Text lesen."
#: changes with the words of the hint
HINT_VERSION = sha256(HINT.encode()).hexdigest()[:12]
_FORM = Markup(
    '<form method="post" action="/account/resume"><p><label>Titel <input name="title" value="{0}" aria-describedby="hint-title"></label>'
    '<span id="hint-title">{2}</span></p><p><label>Text <textarea name="body" aria-describedby="hint-body">{1}</textarea></label>'
    '<span id="hint-body">{2}</span></p><input type="hidden" name="hint" value="{3}"><button>Speichern</button></form>'
)
Field = Literal["first_name", "last_name", "phone", "street", "postcode", "town"]


@router.post("/account/profile", status_code=204, response_class=Response)
def correct(
    host: Here, who: Me, field: Annotated[Field, Form()], value: Annotated[str, Form(max_length=120)]
) -> None:
    """Correct one detail of the account."""
    if host.zusage is None:
        raise HTTPException(503, "corrections are not taken at the moment")
    try:
        with host.zusage.account("email", str(who.email)) as account:
            account.ask("rectification", field=f"account.{field}", value=value)
    except ClientError:
        raise HTTPException(503, "nothing was changed; try again") from None


@router.get("/account/resume/edit", response_class=HTMLResponse)
def edit(host: Here, who: Me) -> str:
    """The form of the résumé, which others may read: the hint stands beside each field, and its display is on record."""
    with host.engines["board"].begin() as connection:
        row = connection.execute(select(resume).where(resume.c.account_id == who.id)).first()
        if row is None:
            raise HTTPException(404, "there is no résumé")
        for field in ("title", "body"):
            put_row(
                connection,
                hint_shown,
                account_id=who.id,
                field=field,
                version=HINT_VERSION,
                shown_at=now(),
            )
    return FRAME.page(
        "Lebenslauf bearbeiten", _FORM.format(row.title or "", row.body or "", HINT, HINT_VERSION)
    )


def _was_told(connection: Connection, account_number: int) -> bool:
    """Whether both fields were shown to this user with the hint as it reads now."""
    query = select(hint_shown.c.field).where(
        hint_shown.c.account_id == account_number, hint_shown.c.version == HINT_VERSION
    )
    return {"title", "body"} <= set(connection.execute(query).scalars())


@router.post("/account/resume", status_code=204, response_class=Response)
def write(
    host: Here,
    who: Me,
    title: Annotated[str, Form(max_length=120)],
    body: Annotated[str, Form(max_length=2000)],
    hint: Annotated[str, Form(max_length=16)] = "",
) -> None:
    """Change the résumé, from a form that shows the hint; the index follows in the same moment.

    With a doubtful passage that nobody decided on it is private from now on: `publication` asks.
    """
    with host.engines["board"].begin() as connection:
        if hint != HINT_VERSION or not _was_told(connection, int(who.id)):
            raise HTTPException(409, "not saved: this form lacks the hint; open /account/resume/edit")
        values = {"title": title, "body": body, "updated_at": now()}
        if not may_stay_public(connection, int(who.id), doubtful(title, body)):
            values["visibility"] = "private"
        connection.execute(update(resume).where(resume.c.account_id == who.id).values(values))
        index(connection, int(who.id))


@router.post("/account/resume/remove", status_code=204, response_class=Response)
def remove(host: Here, who: Me) -> None:
    """Take the résumé out of what can be searched; it stays in the account."""
    with host.engines["board"].begin() as connection:
        mine = update(resume).where(resume.c.account_id == who.id).values(visibility="private")
        if connection.execute(mine).rowcount == 0:
            raise HTTPException(404, "there is no résumé")
        index(connection, int(who.id))


@router.get("/account/resume")
def mine(host: Here, who: Me) -> list[dict[str, str | None]]:
    """The user's own résumés."""
    query = select(resume.c.title, resume.c.body, resume.c.visibility).where(resume.c.account_id == who.id)
    with host.engines["board"].connect() as connection:
        return [dict(row._mapping) for row in connection.execute(query)]


@router.get("/resumes")
def search(host: Here, term: str) -> list[dict[str, object]]:
    """What the index finds."""
    query = (
        select(resume.c.id, resume.c.title)
        .join(resume_index)
        .where(resume_index.c.term == term.casefold(), resume.c.visibility != "private")
        .distinct()
    )
    with host.engines["board"].connect() as connection:
        return [dict(row._mapping) for row in connection.execute(query)]


@router.post("/index/rebuild")
def rebuild(host: Here) -> dict[str, int]:
    """Make the index anew from what may be found now."""
    with host.engines["board"].begin() as connection:
        accounts = connection.execute(select(resume.c.account_id).distinct()).scalars().all()
        return {"terms": sum(index(connection, one) for one in accounts)}
