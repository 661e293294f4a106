"""Jobs: the list, the search with its settings, one job, applying; films about occupations."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from markupsafe import Markup
from sqlalchemy import func, insert, select
from starlette.requests import Request

from zusage.deployments.hosting import Here, Host, Visiting, link_to, now
from zusage.deployments.jobboard.app import counting
from zusage.deployments.jobboard.app.access import FRAME, Me, Member
from zusage.deployments.jobboard.app.counting import (
    count,
    group_of,
    mark_group,
    mark_visit,
    may_measure,
)
from zusage.deployments.jobboard.app.noting import note
from zusage.deployments.jobboard.schema import application, company, job

router = APIRouter()
SETTINGS = "sw_settings"
OWN = ("stellenwald.example",)
_SETTINGS = re.compile(r"(de|en)\.(10|20|50)")
_WORDS = {"de": ("Offene Stellen", "Suche"), "en": ("Open positions", "Search")}


def settings_of(request: Request) -> tuple[str, int]:
    """Language and results a page, as this browser was told; what is no setting of ours is none."""
    found = _SETTINGS.fullmatch(request.cookies.get(SETTINGS, ""))
    return (found[1], int(found[2])) if found else ("de", 20)


def _answer(
    request: Request, host: Host, visit: Visiting, who: Member, title: str, body: Markup, advert: str = ""
) -> Response:
    """A page that is counted, with its beacon, for who agreed; for everybody else there is neither."""
    measured = may_measure(host, visit, who)
    language, _ = settings_of(request)
    end = counting.beacon(request.url.path, advert) if measured else ""
    answer = HTMLResponse(FRAME.page(title, body, end=end, language=language))
    if measured:
        count(host, request.url.path)
        mark_visit(answer, request.cookies.get(counting.VISITS))
    return answer


def _listed(host: Host, most: int) -> Markup:
    query = select(job.c.id, job.c.title, company.c.name).join(company).order_by(job.c.id).limit(most)
    with host.engines["board"].connect() as connection:
        rows = connection.execute(query).all()
    one = Markup('<li><a href="/jobs/{}">{} – {}</a></li>')
    return Markup("<ul>{}</ul>").format(
        Markup("").join(one.format(row.id, row.title, row.name) for row in rows)
    )


@router.get("/")
def jobs(request: Request, host: Here, visit: Visiting, who: Member) -> Response:
    """The first page."""
    language, most = settings_of(request)
    return _answer(request, host, visit, who, _WORDS[language][0], _listed(host, most))


@router.get("/search")
def search(request: Request, host: Here, visit: Visiting, who: Member) -> Response:
    """The search: two versions of the page are tried out; both list the same jobs."""
    language, most = settings_of(request)
    letter = group_of(visit, request.cookies.get(counting.GROUP))
    shown = Markup('<p>{}</p><div class="version-{}">{}</div>').format(
        _WORDS[language][1], letter or "control", _listed(host, most)
    )
    answer = _answer(request, host, visit, who, _WORDS[language][1], shown)
    if letter:
        mark_group(answer, letter)
        count(host, "/search", letter)
    return answer


@router.post("/display")
def display(language: Annotated[str, Form()], results: Annotated[int, Form()]) -> Response:
    """Language and results a page, as the visitor picks them; the cookie holds these two and nothing else."""
    value = f"{language}.{results}"
    if not _SETTINGS.fullmatch(value):
        raise HTTPException(422, "there is no such setting")
    answer = RedirectResponse("/search", 303)
    answer.set_cookie(SETTINGS, value, max_age=180 * 86_400, secure=True, httponly=True, samesite="lax")
    return answer


@router.get("/jobs/{number}")
def one_job(request: Request, host: Here, visit: Visiting, who: Member, number: int) -> Response:
    """One job; everybody sees the same."""
    query = select(job.c.title, job.c.career_page, company.c.name).join(company).where(job.c.id == number)
    with host.engines["board"].connect() as connection:
        row = connection.execute(query).first()
    if row is None:
        raise HTTPException(404, "there is no such job")
    more = (
        Markup("<p>{}</p>").format(link_to(row.career_page, "Mehr zum Unternehmen", OWN))
        if row.career_page
        else ""
    )
    shown = Markup("<p>{}</p>{}").format(row.name, more)
    return _answer(request, host, visit, who, row.title, shown, advert=str(number))


@router.post("/jobs/{number}/apply", status_code=201)
def apply(host: Here, who: Me, number: int, letter: Annotated[str, Form(max_length=2000)]) -> dict[str, int]:
    """An application of the logged-in user."""
    with host.engines["board"].begin() as connection:
        if connection.execute(select(job.c.id).where(job.c.id == number)).first() is None:
            raise HTTPException(404, "there is no such job")
        free = connection.execute(select(func.coalesce(func.max(application.c.id), 0) + 1)).scalar_one()
        row = {"id": free, "account_id": who.id, "job_id": number, "letter": letter}
        connection.execute(insert(application).values(row | {"state": "open", "sent_at": now()}))
        note(connection, int(who.id), "application")
    return {"application": int(free)}


@router.get("/b.gif")
def beacon(
    host: Here,
    visit: Visiting,
    who: Member,
    page: Annotated[str, Query(max_length=120)] = "",
    advert: Annotated[str, Query(pattern="^[0-9]{0,20}$")] = "",
) -> Response:
    """One pixel; which advert was shown where is noted of who agrees, and never who that was."""
    if may_measure(host, visit, who):
        counting.showed(host, page, advert)
    pixel = bytes.fromhex(
        "47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b"
    )
    return Response(pixel, media_type="image/gif", headers={"cache-control": "no-store"})


@router.get("/films")
def films(request: Request, host: Here, visit: Visiting, who: Member) -> Response:
    """A film of our own; how loud it plays is remembered in this browser until it is cleared."""
    player = Markup(
        '<video id="player" controls width="320" height="180"></video><p><label>Lautstärke <input id="loud" type="range" min="0" max="10">'
        '</label> <button id="clear">Einstellungen löschen</button></p><noscript><p>Ohne JavaScript merkt sich dieser Player keine '
        'Lautstärke; alles andere auf dieser Website funktioniert ohne.</p></noscript><script src="/player.js" defer></script>'
    )
    return _answer(request, host, visit, who, "Filme", player)


@router.get("/player.js")
def player() -> Response:
    """Our own script of the player: one declared entry, which the visitor can clear."""
    return Response(_PLAYER, media_type="text/javascript")


_PLAYER = """const kept = 'sw_player', loud = document.getElementById('loud'), film = document.getElementById('player');
const show = () => { const at = parseInt(localStorage.getItem(kept), 10); if (at >= 0 && at <= 10) { loud.value = at; film.volume = at / 10; } };
loud.addEventListener('change', () => { localStorage.setItem(kept, String(parseInt(loud.value, 10))); show(); });
document.getElementById('clear').addEventListener('click', () => localStorage.removeItem(kept));
show();
"""


@router.get("/impressum")
def imprint() -> Response:
    """Who we are; nothing is measured here."""
    return HTMLResponse(
        FRAME.page("Impressum", Markup("<p>Stellenwald GmbH, Lindenhof 7, 04109 Leipzig</p>"))
    )
