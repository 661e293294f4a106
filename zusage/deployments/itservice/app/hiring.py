"""Applications: for one position, and for future ones only where the applicant says so and until when."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, HTTPException, Response
from fastapi.responses import HTMLResponse
from markupsafe import Markup
from sqlalchemy import Connection, select

from zusage import clock
from zusage.deployments.hosting import Here, Host, now, put_row
from zusage.deployments.itservice.app.asking import MINORS, THIRD_PERSONS
from zusage.deployments.itservice.app.sessions import FRAME
from zusage.deployments.itservice.schema import applicant, applicant_paper, application_total
from zusage.deployments.itservice.website import position
from zusage_client import ClientError

router = APIRouter()
_ZONE = ZoneInfo("Europe/Berlin")
_LONGEST = timedelta(days=3 * 365)
_FORM = Markup(
    '<form method="post" action="/jobs/{0}/apply">{1}<p><label>Name <input name="name" required></label></p>'
    '<p><label>E-Mail <input name="email" type="email" required></label></p><p><label>Anschreiben <textarea name="letter" aria-describedby="third-persons"></textarea></label></p>{2}'
    '<p><label><input type="checkbox" name="pool" value="yes"> auch für zukünftige Stellen</label> <label>bis <input type="date" name="until"></label></p>'
    "<button>Bewerben</button></form>"
)
_ASK = Markup(
    '<p id="ask">Bis wann dürfen wir Ihre Bewerbung aufbewahren? Ohne Datum gilt sie nur für diese Stelle.</p>'
)


@router.get("/jobs", response_class=HTMLResponse)
def positions(host: Here) -> str:
    """Open positions."""
    with host.engines["web"].connect() as connection:
        rows = connection.execute(
            select(position).where(position.c.closed_at.is_(None)).order_by(position.c.id)
        ).all()
    listed = Markup("").join(
        Markup('<li><a href="/jobs/{}">{}</a></li>').format(row.id, row.title) for row in rows
    )
    return FRAME.page("Offene Stellen", Markup("<ul>{}</ul>").format(listed))


@router.get("/jobs/{number}", response_class=HTMLResponse)
def one_position(number: int) -> str:
    """The form for a position; nothing is ticked."""
    return FRAME.page(f"Stelle {number}", _FORM.format(number, MINORS, THIRD_PERSONS))


@router.post("/jobs/{number}/apply", response_class=HTMLResponse)
def apply(
    host: Here,
    number: int,
    name: Annotated[str, Form(max_length=120)],
    email: Annotated[str, Form(max_length=160)],
    letter: Annotated[str, Form(max_length=2000)] = "",
    pool: Annotated[str, Form(max_length=3)] = "",
    until: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """An application. Who ticks the box without a date is asked for one, and nothing is stored before."""
    ends = _end_of(until) if pool else None
    if pool and ends is None:
        return HTMLResponse(
            FRAME.page("Ihre Bewerbung", _ASK + _FORM.format(number, MINORS, THIRD_PERSONS)), 422
        )
    row = {"name": name, "email": email, "letter": letter, "position_id": number, "applied_at": now()}
    if ends is not None and _agree(host, email):
        row |= {"pool_agreed_at": now(), "pool_until": ends, "pool_months": _months(ends)}
    with host.engines["office"].begin() as connection:
        key = put_row(connection, applicant, **row)
        path = f"applications/{key}.pdf"
        (host.folder / "documents" / path).write_text("synthetic\n", encoding="utf-8")
        put_row(connection, applicant_paper, applicant_id=key, path=path)
        _count(connection, number)
    return HTMLResponse(FRAME.page("Ihre Bewerbung", Markup('<p id="arrived">{}</p>').format(key)), 201)


@router.get("/jobs/{number}/statistics")
def statistics(host: Here, number: int) -> dict[str, int]:
    """How many applied, month by month: all that is left of applications that are gone."""
    query = select(application_total).where(application_total.c.position_id == number)
    with host.engines["office"].connect() as connection:
        return {row.month: row.applications for row in connection.execute(query)}


@router.get("/jobs/{number}/candidates")
def candidates(host: Here, number: int) -> list[int]:
    """Who is proposed for a position: its own applicants, and those who wished to be kept for others."""
    query = (
        select(applicant)
        .where(applicant.c.rejected_at.is_(None) | applicant.c.pool_agreed_at.is_not(None))
        .order_by(applicant.c.id)
    )
    with host.engines["office"].connect() as connection:
        rows = connection.execute(query).all()
    return [
        int(row.id) for row in rows if row.position_id == number or _wishes(host, row.email, row.pool_until)
    ]


@router.post("/candidates/withdraw", status_code=204)
def withdraw(host: Here, email: Annotated[str, Form()]) -> None:
    """No longer for future positions."""
    if host.zusage is None:
        raise HTTPException(503, "nothing is on record")
    host.zusage.withdraw(("email", email), "talent-pool")
    with host.engines["office"].begin() as connection:
        mine = applicant.update().where(applicant.c.email == email, applicant.c.pool_agreed_at.is_not(None))
        connection.execute(mine.values(pool_withdrawn_at=now()))


def _count(connection: Connection, number: int) -> None:
    month = f"{now():%Y-%m}"
    mine = (application_total.c.position_id == number) & (application_total.c.month == month)
    more = application_total.update().where(mine).values(applications=application_total.c.applications + 1)
    if not connection.execute(more).rowcount:
        put_row(connection, application_total, position_id=number, month=month, applications=1)


def _wishes(host: Host, email: str, until: datetime | None) -> bool:
    return until is not None and now() < until and host.may("talent-pool", email=email)


def _agree(host: Host, email: str) -> bool:
    """Puts the wish on record; without a record there is none."""
    if host.zusage is None:
        return False
    try:
        host.zusage.consent(("email", email), {"talent-pool": True})
    except ClientError:
        return False
    return True


def _end_of(said: str) -> datetime | None:
    """The end of the named day in Stuttgart, as UTC; None for no day, one that is over, or one too far away."""
    try:
        end = datetime.combine(date.fromisoformat(said) + timedelta(days=1), time(), _ZONE).astimezone(UTC)
    except ValueError:
        return None
    return end.replace(tzinfo=None) if clock.now() < end < clock.now() + _LONGEST else None


def _months(end: datetime) -> int:
    """Whole months from now that reach beyond `end`: the general limit never comes before the named day."""
    return (end.year - now().year) * 12 + end.month - now().month + 1
