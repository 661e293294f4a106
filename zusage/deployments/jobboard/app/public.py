"""What everybody on the internet may see: profiles of companies, and of applicants who agreed to it – and the site map.

What is not public is told apart by nothing: a person without a public profile and one that does not exist look the same.
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup
from sqlalchemy import Connection, Row, select

from zusage.deployments.hosting import Here, Host
from zusage.deployments.jobboard.app.access import FRAME
from zusage.deployments.jobboard.schema import account, company, job, resume

router = APIRouter()
PURPOSE = "public-profile"
_SITE = "https://www.stellenwald.example"
_HIDDEN = {"x-robots-tag": "noindex, nofollow", "cache-control": "no-store"}


@router.get("/companies/{number}")
def profile(host: Here, number: int) -> Response:
    """A company's profile: its name and its jobs. One that the company made private is closed to everybody else."""
    with host.engines["board"].connect() as connection:
        row = connection.execute(
            select(company.c.name, company.c.hidden).where(company.c.id == number)
        ).first()
        titles = connection.execute(select(job.c.title).where(job.c.company_id == number)).scalars().all()
    if row is None or row.hidden:
        return _closed()
    listed = Markup().join(Markup("<li>{}</li>").format(title) for title in titles)
    return HTMLResponse(FRAME.page(row.name, Markup("<ul>{}</ul>").format(listed)))


@router.get("/profiles/{number}")
def applicant(host: Here, number: int) -> Response:
    """An applicant's public profile: what the person does, while it is public and the consent stands."""
    with host.engines["board"].connect() as connection:
        found = {row.id: row for row in _agreed(host, connection)}
    if number not in found:
        return _closed()
    return HTMLResponse(FRAME.page(found[number].title, Markup("<p>Öffentliches Bewerberprofil</p>")))


@router.get("/sitemap.xml")
def site_map(host: Here) -> Response:
    """Public pages only, looked up anew each time."""
    with host.engines["board"].connect() as connection:
        companies = connection.execute(
            select(company.c.id).where(company.c.hidden.is_not(True)).order_by(company.c.id)
        ).scalars()
        paths = ["/", "/search", *(f"/companies/{number}" for number in companies)]
        paths += [f"/profiles/{row.id}" for row in _agreed(host, connection)]
    listed = Markup().join(Markup("<url><loc>{}{}</loc></url>").format(_SITE, path) for path in paths)
    head = Markup(
        '<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    )
    return Response(head + listed + Markup("</urlset>"), media_type="application/xml")


def _agreed(host: Host, connection: Connection) -> list[Row[Any, Any, Any]]:
    """Profiles that are set to public by people who agree to it now."""
    query = select(resume.c.id, resume.c.title, account.c.email).join(account)
    public = connection.execute(
        query.where(resume.c.visibility == "public", account.c.closed_at.is_(None))
    ).all()
    return [row for row in public if host.may(PURPOSE, email=row.email)]


def _closed() -> Response:
    return HTMLResponse(FRAME.page("Nicht öffentlich", ""), 403, headers=_HIDDEN)
