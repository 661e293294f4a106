"""The account page, and what a user does with the account: delete the phone number, close it."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import delete, select, update

from zusage.deployments.hosting import Here, Host, now
from zusage.deployments.jobboard.app.access import Me
from zusage.deployments.jobboard.app.items import items_of
from zusage.deployments.jobboard.app.noting import note
from zusage.deployments.jobboard.schema import account, login_session, resume

router = APIRouter()


@router.get("/account")
def profile(host: Here, who: Me) -> dict[str, Any]:
    """What stands in the account, and the details of the profile with their sources."""
    said = {name: getattr(who, name) for name in ("email", "first_name", "last_name", "phone")}
    return said | {"items": items_of(host, int(who.id))}


@router.post("/account/phone/delete")
def delete_phone(host: Here, who: Me) -> Response:
    """The number is gone."""
    with host.engines["board"].begin() as connection:
        connection.execute(update(account).where(account.c.id == who.id).values(phone=None))
    return RedirectResponse("/account", status_code=303)


@router.post("/account/close")
def close(host: Here, who: Me) -> Response:
    """The account is closed; it is erased with everything in it by the next sweep."""
    close_account(host, int(who.id))
    return RedirectResponse("/", status_code=303)


def close_account(host: Host, number: int) -> None:
    """Closes an account: nobody can log in any more, and nobody finds its résumé from now on."""
    with host.engines["board"].begin() as connection:
        connection.execute(
            update(account).where(account.c.id == number).values(closed_at=now(), active=False)
        )
        connection.execute(delete(login_session).where(login_session.c.person_id == number))
        note(connection, number, "account closed")


@router.get("/people")
def people(host: Here, term: str) -> list[dict[str, object]]:
    """What companies find: résumés that are not private, without names."""
    query = (
        select(resume.c.id, resume.c.title)
        .join(account)
        .where(
            resume.c.visibility != "private",
            account.c.closed_at.is_(None),
            resume.c.title.contains(term, autoescape=True),
        )
    )
    with host.engines["board"].connect() as connection:
        return [dict(row._mapping) for row in connection.execute(query.order_by(resume.c.id))]
