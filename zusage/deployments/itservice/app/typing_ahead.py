"""A basket, and an order over three pages: the session begins with the first entry and ends with the order."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from markupsafe import Markup
from starlette.requests import Request

from zusage.deployments.hosting import Here, now, put_row
from zusage.deployments.itservice.app.asking import form
from zusage.deployments.itservice.app.sessions import (
    COOKIE,
    FRAME,
    WHY,
    end_of_page,
    remember,
    remembered,
    session_of,
    sessions_of,
)
from zusage.deployments.itservice.schema import form_order
from zusage.deployments.sessions import drop_session, set_session

_NOTHING = Markup("")
router = APIRouter(default_response_class=HTMLResponse)
#: page → its fields (name → label)
PAGES = {1: {"items": "Was brauchen Sie?"}, 2: {"delivery": "Wohin?"}, 3: {"name": "Name", "email": "E-Mail"}}


@router.get("/cart")
def cart(request: Request, host: Here) -> Response:
    """What lies in the basket; an empty one needs no session."""
    session = session_of(request, host)
    if session is None:
        refused = request.query_params.get("from") == "put"
        said = WHY if refused else Markup("<p>Der Warenkorb ist leer.</p>")
        return _page(
            "Warenkorb",
            said + form("/cart", {"article": "Artikel"}, "In den Warenkorb"),
            401 if refused else 200,
        )
    article = remembered(host, session.id).get("article", "")
    return _page("Warenkorb", Markup('<p id="cart">{}</p>').format(article), end=end_of_page(request, host))


@router.post("/cart")
async def put_in(request: Request, host: Here) -> Response:
    """Something is put in."""
    return await _keep(request, host, ("article",), "/cart?from=put")


@router.get("/order/{number}")
def order_page(request: Request, host: Here, number: int) -> Response:
    """One page of the order, with what was typed before."""
    if number not in PAGES:
        return _page("Bestellung", Markup("<p>Diese Seite gibt es nicht.</p>"), 404)
    session = session_of(request, host)
    if session is None and number > 1:
        return _page("Bestellung", WHY, 401)
    typed = remembered(host, session.id) if session is not None else {}
    listed = Markup("").join(
        Markup('<li data-name="{}">{}</li>').format(name, value) for name, value in typed.items()
    )
    return _page(
        f"Bestellung, Seite {number} von 3",
        Markup("<ul>{}</ul>").format(listed) + form(f"/order/{number}", PAGES[number], "Weiter"),
        end=end_of_page(request, host) if session is not None else _NOTHING,
    )


@router.post("/order/{number}")
async def order_entry(request: Request, host: Here, number: int) -> Response:
    """What was typed on a page; after the last one the order stands and the session is over."""
    if number not in PAGES:
        return _page("Bestellung", Markup("<p>Diese Seite gibt es nicht.</p>"), 404)
    answer = await _keep(request, host, tuple(PAGES[number]), f"/order/{number + 1}")
    if number < max(PAGES):
        return answer
    session = session_of(request, host)
    if session is None:
        return _page("Bestellung", WHY, 401)
    typed = remembered(host, session.id)
    row = {name: typed.get(name) for page in PAGES.values() for name in page}
    with host.engines["office"].begin() as connection:
        put_row(connection, form_order, ordered_at=now(), **row)
    sessions_of(host).end(request.cookies.get(COOKIE))
    done = _page("Bestellung", Markup("<p>Vielen Dank.</p>"))
    drop_session(done, COOKIE)
    return done


async def _keep(request: Request, host: Here, names: tuple[str, ...], then: str) -> Response:
    """Keep the entries of a posted form in the session, which begins here if there is none."""
    posted = await request.form(max_files=0, max_fields=20)
    answer = RedirectResponse(then, 303)
    session = session_of(request, host)
    if session is None:
        token = sessions_of(host).begin(None, now())
        session = sessions_of(host).find(token, now())
        set_session(answer, COOKIE, token)
    if session is not None:
        remember(host, session.id, {name: str(posted.get(name, "")) for name in names})
    return answer


def _page(title: str, body: Markup, status: int = 200, end: Markup = _NOTHING) -> Response:
    return HTMLResponse(FRAME.page(title, body, end=end), status)
