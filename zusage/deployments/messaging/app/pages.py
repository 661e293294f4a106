"""The website: start, prices, demo, imprint. Its pixel and scripts wait for a yes; where somebody was last is remembered for who
agreed to it, no longer than declared.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup
from starlette.requests import Request

from zusage.deployments.hosting import Frame, Here, Host, form, link_to, now, put_row, script_tag, visit_of
from zusage.deployments.messaging.schema import demo, enquiry, visit

router = APIRouter()
FRAME = Frame(
    "Plauderwerk",
    {"/": "Start", "/prices": "Preise", "/demo": "Demo", "/contact": "Kontakt", "/login": "Anmelden"},
)
AREA = "pw_area"
#: the service is not directed at anybody younger
YOUNGEST = 16
OWN = ("plauderwerk.example",)
_READING = (
    ("https://www.example.org/?session=4711", "Studie zu Nachrichten"),
    ("https://www.plauderwerk.example/prices", "Unsere Preise"),
)
_LASTS = timedelta(days=180)
_AREA = re.compile(r"([a-z]{1,20})\.(\d{8})")
_MEASURED = script_tag("analytics", "https://www.googletagmanager.com/gtag.js") + Markup(
    '<img data-zusage="statistics" data-src="/p.gif" alt="" width="1" height="1">'
)


def answer(request: Request, title: str, body: Markup) -> Response:
    """A page of the website."""
    made = HTMLResponse(FRAME.page(title, body, end=_MEASURED))
    seen = visit_of(request)
    if seen is not None and seen.allows("customisation"):
        _mark_area(made, request.cookies.get(AREA, ""), request.url.path.strip("/") or "start")
    return made


def _mark_area(made: Response, before: str, area: str) -> None:
    """The area visited last. The end is set with the first visit and stays: another area does not prolong it."""
    known = _AREA.fullmatch(before)
    if known and known[1] == area:
        return
    ends = min(_end(known[2]) if known else now() + _LASTS, now() + _LASTS)
    seconds = int((ends - now()).total_seconds())
    if seconds > 0 and area.isalpha():
        made.set_cookie(
            AREA, f"{area}.{ends:%Y%m%d}", max_age=seconds, secure=True, httponly=True, samesite="lax"
        )


def _end(day: str) -> datetime:
    """The day a cookie says it ends; one that is no day has ended."""
    try:
        return datetime.combine(date.fromisoformat(day), time())
    except ValueError:
        return now()


@router.get("/")
def start(request: Request) -> Response:
    """The first page; for who agreed it begins where they were last."""
    known = _AREA.fullmatch(request.cookies.get(AREA, ""))
    last = Markup('<p id="last">Zuletzt: {}</p>').format(known[1]) if known else Markup("")
    links = Markup("<p>{} {}</p>").format(*(link_to(*one, OWN) for one in _READING))
    return answer(
        request, "Nachrichten aus einer Hand", Markup("<p>Alle Kanäle in einem Postfach.</p>") + last + links
    )


@router.get("/prices")
def prices(request: Request) -> Response:
    """Prices."""
    return answer(request, "Preise", Markup("<p>Ab 49 € im Monat.</p>"))


def _day(said: str) -> date:
    """A date of birth as it was typed; 422 for anything else."""
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise HTTPException(422, "YYYY-MM-DD") from None


def is_too_young(born: date, today: date) -> bool:
    """Whether somebody has not had their sixteenth birthday."""
    return (today.year - born.year) - ((today.month, today.day) < (born.month, born.day)) < YOUNGEST


@router.get("/demo")
def demo_form(request: Request) -> Response:
    """The form."""
    fields = {
        "name": "Name",
        "email": "E-Mail",
        "company": "Unternehmen",
        "born": "Geburtsdatum (JJJJ-MM-TT, nur zur Prüfung)",
    }
    return answer(request, "Produktdemo", form("/demo", fields, "Anfragen"))


@router.post("/demo", status_code=201)
def ask_demo(
    host: Here,
    name: Annotated[str, Form(max_length=120)],
    email: Annotated[str, Form(max_length=160)],
    company: Annotated[str, Form(max_length=120)] = "",
    born: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Somebody wants a demo. Whoever is under 16 is refused; the date of birth is kept by nobody."""
    if born and is_too_young(_day(born), now().date()):
        body = Markup(
            "<p>Unser Dienst richtet sich nicht an Kinder unter 16 Jahren. Wir haben nichts gespeichert.</p>"
        )
        return HTMLResponse(FRAME.page("Produktdemo", body), 403)
    row = {"name": name, "email": email, "company": company, "requested_at": now()}
    with host.engines["office"].begin() as connection:
        put_row(connection, demo, **row)
    return HTMLResponse(FRAME.page("Produktdemo", Markup("<p>Wir melden uns.</p>")), 201)


@router.get("/contact")
def contact_form(request: Request) -> Response:
    """The form."""
    return answer(
        request, "Kontakt", form("/contact", {"name": "Name", "email": "E-Mail", "body": "Frage"}, "Senden")
    )


@router.post("/contact", status_code=201)
def contact(
    host: Here,
    name: Annotated[str, Form(max_length=120)],
    email: Annotated[str, Form(max_length=160)],
    body: Annotated[str, Form(max_length=5000)],
) -> Response:
    """A question; it agrees to nothing else."""
    with host.engines["office"].begin() as connection:
        put_row(connection, enquiry, name=name, email=email, body=body, received_at=now())
    return HTMLResponse(FRAME.page("Kontakt", Markup("<p>Danke für Ihre Frage.</p>")), 201)


@router.get("/p.gif")
def pixel(request: Request, host: Here) -> Response:
    """One pixel: the visit is noted for who agreed, and for nobody else."""
    seen = visit_of(request)
    if seen is not None and seen.allows("statistics"):
        _note(host, request)
    image = bytes.fromhex(
        "47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b"
    )
    return Response(image, media_type="image/gif", headers={"cache-control": "no-store"})


def _note(host: Host, request: Request) -> None:
    address = request.client.host if request.client else ""
    with host.engines["office"].begin() as connection:
        put_row(connection, visit, address=address, page="/p.gif", visited_at=now())


@router.get("/impressum")
def imprint() -> Response:
    """Who we are; nothing is measured here."""
    return HTMLResponse(
        FRAME.page("Impressum", Markup("<p>Plauderwerk B.V., Grachtkade 44, 1016 AB Amsterdam</p>"))
    )
