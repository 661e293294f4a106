"""Recruiting: applications that come by post or mail, the end of a procedure, hiring, and looking for candidates.

Every application ends in one file with the same rules, whichever way it came. A rejected one is evidence and nothing else.
"""

from __future__ import annotations

import email.policy
import mailbox
from email.message import EmailMessage
from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException
from sqlalchemy import Row, delete, func, select, update
from starlette.requests import Request

from zusage.deployments.hosting import put_row
from zusage.deployments.marketplace.app.applying import make_page, page_url
from zusage.deployments.marketplace.app.filing import end_entry, file_application, keep_mail
from zusage.deployments.marketplace.app.posting import post
from zusage.deployments.marketplace.app.shop import Shop, now, shop_of
from zusage.deployments.marketplace.app.staff import Role, only
from zusage.deployments.marketplace.schema import (
    applicant,
    applicant_file,
    applicant_page,
    application_total,
    personnel_file,
    pool_entry,
)

router = APIRouter(prefix="/personal")
#: what the employment needs of an application; the panel's notes and test scores are not in it
_EMPLOYMENT = ("resume", "certificate")


@router.post("/stellen/{vacancy}/papier", status_code=201)
def by_post(
    request: Request,
    vacancy: str,
    name: Annotated[str, Form(max_length=120)],
    email: Annotated[str, Form(max_length=160)],
    letter: Annotated[str, Form(max_length=2000)],
    shelf: Annotated[str, Form(max_length=40)],
    role: Role = "",
) -> dict[str, int]:
    """An application that came by post: what is needed is typed in, the paper lies on a shelf until the file goes."""
    only(role, "recruiting")
    shop, by_post = shop_of(request), {"shelf": shelf, "channel": "post"}
    with shop.office.begin() as connection:
        return {"application": file_application(shop, connection, vacancy, name, email, letter, **by_post)}


@router.get("/postfach")
def general_mailbox(request: Request, role: Role = "") -> list[dict[str, str]]:
    """What lies in the general mailbox."""
    only(role, "recruiting")
    return [{"key": key, "from": str(one["From"])} for key, one in _general(shop_of(request)).items()]


@router.post("/postfach/{key}/bewerbung", status_code=201)
def by_mail(
    request: Request, key: str, vacancy: Annotated[str, Form(max_length=20)], role: Role = ""
) -> dict[str, int]:
    """An application that came by e-mail is filed, with its attachments; then it is gone from the general mailbox."""
    only(role, "recruiting")
    shop = shop_of(request)
    box = _general(shop)
    if key not in box:
        raise HTTPException(404, "there is no such mail")
    message = email.message_from_bytes(box.get_bytes(key), _class=EmailMessage, policy=email.policy.default)
    body = message.get_body(("plain",))
    letter = str(body.get_content())[:2000] if body is not None else ""
    sender = message["From"].addresses[0]
    with shop.office.begin() as connection:
        name, address = sender.display_name or sender.addr_spec, sender.addr_spec
        number = file_application(shop, connection, vacancy, name, address, letter, channel="mail")
        keep_mail(connection, number, str(message["Subject"] or "")[:120], letter)
        for count, part in enumerate(message.iter_attachments()):
            path = f"applications/{number}-{count}.pdf"
            (shop.folder / "files" / path).write_bytes(part.get_payload(decode=True) or b"")  # type: ignore[arg-type]
            put_row(connection, applicant_file, applicant_id=number, path=path, kind="resume")
    box.remove(key)
    return {"application": number}


def _general(shop: Shop) -> mailbox.Maildir:
    return mailbox.Maildir(shop.folder / "general")


@router.post("/bewerbungen/{number}/absage")
def reject(request: Request, number: int, role: Role = "") -> dict[str, int]:
    """The procedure ends without an offer."""
    only(role, "recruiting")
    _end(shop_of(request), number, hired=False)
    return {"rejected": number}


@router.post("/bewerbungen/{number}/einstellung")
def hire(request: Request, number: int, role: Role = "") -> dict[str, int]:
    """Somebody is hired: what the employment needs moves into the personnel file, the rest ends like any application."""
    only(role, "recruiting")
    shop = shop_of(request)
    found = _end(shop, number, hired=True)
    needed = (applicant_file.c.applicant_id == number) & applicant_file.c.kind.in_(_EMPLOYMENT)
    (shop.folder / "files" / "personnel").mkdir(exist_ok=True)
    with shop.office.begin() as connection:
        papers = connection.execute(select(applicant_file).where(needed)).all()
        for one in papers:
            path = f"personnel/{number}-{one.id}.pdf"
            (shop.folder / "files" / one.path).rename(shop.folder / "files" / path)
            person = {"name": found.name, "email": found.email, "kind": one.kind}
            put_row(connection, personnel_file, path=path, filed_at=now(), **person)
        connection.execute(delete(applicant_file).where(needed))
    return {"hired": number, "papers": len(papers)}


def _end(shop: Shop, number: int, *, hired: bool) -> Row[Any]:
    with shop.office.begin() as connection:
        running = (applicant.c.id == number) & applicant.c.procedure_ended_at.is_(None)
        found = connection.execute(select(applicant).where(running)).first()
        if found is None:
            raise HTTPException(404, "there is no such running procedure")
        moment = now()
        ended = {"procedure_ended_at": moment, "hired_at": moment if hired else None}
        connection.execute(update(applicant).where(running).values(ended))
    end_entry(shop, number, moment)
    return found


@router.get("/beendet")
def ended(request: Request, role: Role = "") -> list[dict[str, str | int]]:
    """Whose procedure ended and whose file is still there, for recruiting alone: it must know what waits for its end."""
    only(role, "recruiting")
    with shop_of(request).office.connect() as connection:
        query = select(applicant).where(applicant.c.procedure_ended_at.is_not(None))
        rows = connection.execute(query.order_by(applicant.c.id)).all()
    return [
        {"application": row.id, "name": row.name, "ended": f"{row.procedure_ended_at:%Y-%m-%d}"}
        for row in rows
    ]


@router.get("/statistik/{vacancy}")
def statistics(request: Request, vacancy: str, role: Role = "") -> dict[str, int]:
    """How many applied on a vacancy, month by month: what is left of applications that are gone."""
    only(role, "recruiting", "manager")
    query = select(application_total).where(application_total.c.post == vacancy)
    with shop_of(request).office.connect() as connection:
        return {row.month: row.applications for row in connection.execute(query)}


@router.get("/personalakten")
def personnel(request: Request, role: Role = "") -> list[dict[str, str]]:
    """The personnel files."""
    only(role, "personnel")
    with shop_of(request).office.connect() as connection:
        rows = connection.execute(select(personnel_file).order_by(personnel_file.c.id)).all()
    return [{"name": row.name, "kind": row.kind, "path": row.path} for row in rows]


@router.post("/stellen/{vacancy}/einladungen", status_code=201)
def invitations(request: Request, vacancy: str, role: Role = "") -> dict[str, list[int]]:
    """Ask everybody who got no offer whether they want to be in the pool; nobody is asked twice."""
    only(role, "recruiting")
    shop = shop_of(request)
    with shop.office.connect() as connection:
        query = select(applicant).where(applicant.c.post == vacancy, without_offer()).order_by(applicant.c.id)
        found = connection.execute(query).all()
    return {"invited": [int(one.id) for one in found if invite_one(request, shop, one)]}


@router.post("/bewerbungen/{number}/einladung", status_code=201)
def invite(request: Request, number: int, role: Role = "") -> dict[str, int]:
    """Ask one applicant by mail whether she wants to be in the pool: only who got no offer, and not while it is open."""
    only(role, "recruiting")
    shop = shop_of(request)
    with shop.office.connect() as connection:
        found = connection.execute(select(applicant).where(applicant.c.id == number, without_offer())).first()
    if found is None:
        raise HTTPException(409, "only applicants who received no offer are invited")
    invite_one(request, shop, found)
    return {"invited": number}


def without_offer() -> Any:
    """Whose procedure ended, and not with an offer."""
    return applicant.c.procedure_ended_at.is_not(None) & applicant.c.hired_at.is_(None)


def invite_one(request: Request, shop: Shop, found: Row[Any]) -> bool:
    """Sends the question, unless it was asked since the procedure ended."""
    with shop.office.begin() as connection:
        asked = select(func.count()).where(
            applicant_page.c.applicant_id == found.id, applicant_page.c.made_at >= found.procedure_ended_at
        )
        if connection.execute(asked).scalar_one():
            return False
        token = make_page(connection, int(found.id))
    words = f"Möchten Sie in unseren Pool? Ja oder nein, beides ist recht: {page_url(request, token)}"
    post(shop.folder, str(found.email), "Unser Bewerber:innen-Pool", words)
    return True


@router.get("/kandidaten")
def candidates(request: Request, vacancy: str, role: Role = "") -> list[dict[str, str]]:
    """Candidates for a vacancy: who applied for it, who is in the pool, and whose application is kept by consent."""
    only(role, "manager", "recruiting")
    shop = shop_of(request)
    with shop.office.connect() as connection:
        running = applicant.c.procedure_ended_at.is_(None) & (applicant.c.post == vacancy)
        own = connection.execute(select(applicant.c.name, applicant.c.email).where(running)).all()
        ended = connection.execute(select(applicant.c.name, applicant.c.email).where(without_offer())).all()
        pool = connection.execute(select(pool_entry.c.name, pool_entry.c.email)).all()
    asked = [("longer-application", row) for row in ended] + [("talent-pool", row) for row in pool]
    more = [row for purpose, row in asked if shop.may(purpose, email=str(row.email))]
    return [{"name": row.name, "email": row.email} for row in [*own, *more]]
