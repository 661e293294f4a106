"""Releasing a résumé to a company for a job, and taking it back: from that moment the company sees the masked card only."""

from __future__ import annotations

from hashlib import sha256
from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException
from fastapi.responses import HTMLResponse, JSONResponse, Response
from markupsafe import Markup
from sqlalchemy import Connection, Row, select, update

from zusage.deployments.hosting import Here, Host, now, put_row
from zusage.deployments.jobboard.app.access import FRAME, Me
from zusage.deployments.jobboard.schema import account, company, job, release, resume, resume_view
from zusage_client import ClientError

router = APIRouter()
PURPOSE = "resume-release"
WARNING = (
    "Was ein Empfänger mit Ihren Daten macht, können wir weder kontrollieren noch rückgängig machen. "
    "Ein Widerruf der Freigabe holt Kopien nicht zurück."
)
_DIALOGUE = Markup(
    '<p>Empfänger: <strong id="recipient">{}</strong>, Stelle: {}</p><p id="warning">{}</p>'
    '<form method="post" action="/account/releases"><input type="hidden" name="job_number" value="{}">'
    '<button name="confirmed" value="{}">Gelesen, Lebenslauf freigeben</button></form>'
)


def _about(host: Host, account_number: int, job_number: int) -> tuple[int, Row[str, str], str]:
    """What is released, to which company, and the mark of the dialogue that names it; 404 where there is nothing."""
    query = select(company.c.name, job.c.title).join(job, job.c.company_id == company.c.id)
    with host.engines["board"].connect() as connection:
        mine = connection.execute(select(resume.c.id).where(resume.c.account_id == account_number)).first()
        known = connection.execute(query.where(job.c.id == job_number)).first()
    if mine is None or known is None:
        raise HTTPException(404, "there is nothing to release")
    said = f"{account_number} {job_number} {known.name} {WARNING}"
    return int(mine.id), known, sha256(said.encode()).hexdigest()[:16]


@router.get("/account/releases/new", response_class=HTMLResponse)
def dialogue(host: Here, who: Me, job_number: int) -> str:
    """Before anything is released: who gets it, and that nobody can call it back. Nothing is stored here."""
    _, known, mark = _about(host, int(who.id), job_number)
    return FRAME.page(
        "Lebenslauf freigeben", _DIALOGUE.format(known.name, known.title, WARNING, job_number, mark)
    )


@router.post("/account/releases", status_code=201)
def release_to(
    host: Here,
    who: Me,
    job_number: Annotated[int, Form()],
    confirmed: Annotated[str, Form(max_length=16)] = "",
) -> dict[str, int]:
    """The user, who was told by the dialogue, releases the résumé to the company of a job."""
    mine, known, mark = _about(host, int(who.id), job_number)
    if confirmed != mark:
        raise HTTPException(409, f"not released: confirm it at /account/releases/new?job_number={job_number}")
    if host.zusage is None:
        raise HTTPException(503, "nothing can be released at the moment")
    subject = ("email", str(who.email))
    try:
        host.zusage.consent(subject, {PURPOSE: True})
        told = host.zusage.disclose(
            "companies", "accounts", categories=["contact", "resume"], subject=subject, named=str(known.name)
        )
    except ClientError as error:
        raise HTTPException(503, "nothing is on record; try again") from error
    if not told:
        raise HTTPException(503, told.reason["de"])
    with host.engines["board"].begin() as connection:
        row = {"resume_id": mine, "job_id": job_number}
        return {"release": put_row(connection, release, released_at=now(), revoked_at=None, **row)}


@router.post("/account/releases/{number}/revoke", status_code=204, response_class=Response)
def revoke(host: Here, who: Me, number: int) -> None:
    """Takes a release back; the company is told. If it was the last one, the consent ends as well."""
    mine = select(resume.c.id).where(resume.c.account_id == who.id)
    open_ = release.c.resume_id.in_(mine) & release.c.revoked_at.is_(None)
    with host.engines["board"].begin() as connection:
        changed = update(release).where(release.c.id == number, open_).values(revoked_at=now())
        if connection.execute(changed).rowcount != 1:
            raise HTTPException(404, "there is no such release")
        left = connection.execute(select(release.c.id).where(open_)).first()
        receiver = _company_of(connection, number)
        _tell(host, receiver.contact_email, number)
    if left is None and host.zusage is not None:
        host.zusage.withdraw(("email", str(who.email)), PURPOSE)


def _company_of(connection: Connection, number: int) -> Row[Any]:
    query = (
        select(company)
        .join(job, job.c.company_id == company.c.id)
        .join(release, release.c.job_id == job.c.id)
    )
    return connection.execute(query.where(release.c.id == number)).one()


def _tell(host: Host, address: str, number: int) -> None:
    """A notice in the company's postbox: which release, and that its copies are to be deleted. No name, no data."""
    box = host.folder / "outbox"
    box.mkdir(exist_ok=True)
    text = f"To: {address}\nSubject: Freigabe widerrufen\n\nDie Freigabe {number} wurde am {now():%Y-%m-%d %H:%M} UTC widerrufen. Bitte löschen Sie Kopien.\n"
    (box / f"revoked-{number}.txt").write_text(text, encoding="utf-8")


@router.get("/companies/{number}/resumes/{resume_number}")
def seen_by_company(host: Here, number: int, resume_number: int) -> Response:
    """What a company sees: everything while a release for one of its jobs stands, else the card without name."""
    with host.engines["board"].begin() as connection:
        row = connection.execute(
            select(resume, account).join(account).where(resume.c.id == resume_number)
        ).first()
        if row is None or row.closed_at is not None or row.visibility == "private":
            raise HTTPException(404, "there is no such résumé")
        full = _is_released(connection, number, resume_number) and host.may(PURPOSE, email=row.email)
        put_row(
            connection, resume_view, company_id=number, resume_id=resume_number, full=full, viewed_at=now()
        )
    card = {"title": row.title}
    more = (
        {
            "name": f"{row.first_name} {row.last_name}",
            "email": row.email,
            "street": row.street,
            "body": row.body,
        }
        if full
        else {}
    )
    return JSONResponse(card | more, headers={"cache-control": "no-store"})


@router.get("/companies/{number}/resumes/{resume_number}/download")
def download(host: Here, number: int, resume_number: int) -> Response:
    """The file of a résumé: the link works as long as the release stands, however old the link is."""
    with host.engines["board"].begin() as connection:
        row = connection.execute(
            select(resume, account.c.email).join(account).where(resume.c.id == resume_number)
        ).first()
        if (
            row is None
            or not _is_released(connection, number, resume_number)
            or not host.may(PURPOSE, email=row.email)
        ):
            raise HTTPException(404, "there is no such file")
        put_row(
            connection, resume_view, company_id=number, resume_id=resume_number, full=True, viewed_at=now()
        )
    return Response(
        (host.folder / "uploads" / row.file_path).read_bytes(),
        media_type="application/pdf",
        headers={"cache-control": "no-store"},
    )


def _is_released(connection: Connection, number: int, resume_number: int) -> bool:
    query = (
        select(release.c.id)
        .join(job)
        .where(
            job.c.company_id == number, release.c.resume_id == resume_number, release.c.revoked_at.is_(None)
        )
    )
    return connection.execute(query).first() is not None
