"""What the host applications have in common: their databases, the client of Zusage, one frame for pages.

A host application knows Zusage only by `zusage_client`: it asks before it does what needs a yes, and its middleware obeys the
visitor's choice. Without a client it runs, and nothing that needs a yes happens.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit, urlunsplit

from fastapi import APIRouter, Depends, FastAPI
from markupsafe import Markup
from sqlalchemy import Connection, Engine, Table, func, insert, select
from starlette.requests import Request

from zusage import clock
from zusage.deployments.creating import engine_of
from zusage_client import Zusage
from zusage_client.asgi import ConsentMiddleware
from zusage_client.visits import Treatment, Visit

#: pages of the service that a site shows under its own name
_PASSED = ("/notice", "/cookies", "/rights")


@dataclass(frozen=True)
class Host:
    """One running application: its folder, its databases by name, and the client, if any."""

    name: str
    folder: Path
    engines: Mapping[str, Engine]
    zusage: Zusage | None = None

    def may(self, purpose: str, *, email: str = "", phone: str = "", browser: str | None = None) -> bool:
        """Whether a purpose may be served for this person or browser now; no without an answer."""
        if self.zusage is None:
            return False
        subject = ("email", email) if email else ("phone", phone) if phone else None
        if subject is None and browser is None:
            return False
        return bool(self.zusage.may(purpose, subject, browser))


def host_of(request: Request) -> Host:
    """The application that a request came to."""
    found: Host = request.app.state.host
    return found


def visit_of(request: Request) -> Visit | None:
    """The visitor's choice; none while no middleware saw the request."""
    found: Visit | None = request.scope.get("zusage")
    return found


Here = Annotated[Host, Depends(host_of)]
Visiting = Annotated[Visit | None, Depends(visit_of)]


def make_host(
    title: str,
    folder: Path,
    stores: Sequence[str],
    zusage: Zusage | None,
    rooms: Sequence[APIRouter],
    *,
    necessary: Sequence[str] = (),
    each: Sequence[Callable[..., object]] = (),
) -> FastAPI:
    """An application of these rooms on the databases of the deployment in `folder`; `necessary` are the cookies that it
    needs to work, which leave even while its Zusage does not answer; `each` is done with each request."""
    app = FastAPI(title=title, openapi_url=None, docs_url=None, redoc_url=None)
    app.state.host = Host(title, folder, {store: engine_of(folder, store) for store in stores}, zusage)
    for room in rooms:
        app.include_router(room, dependencies=[Depends(one) for one in each])
    treatment = Treatment(necessary=tuple(necessary), now=clock.now)
    app.add_middleware(ConsentMiddleware, zusage=zusage, passed=_PASSED, treatment=treatment)
    return app


def now() -> datetime:
    """The instant as the applications' tables hold it: UTC, without a zone."""
    return clock.now().replace(tzinfo=None)


def next_key(connection: Connection, table: Table) -> int:
    """The key of a new row: these tables are filled with keys of their own, so no database counts for them."""
    return int(connection.execute(select(func.coalesce(func.max(table.c.id), 0) + 1)).scalar_one())


def put_row(connection: Connection, table: Table, **values: object) -> int:
    """Insert a row; its key."""
    key = next_key(connection, table)
    connection.execute(insert(table).values(id=key, **values))
    return key


_PAGE = Markup(
    '<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{title} – {name}</title>'
    '<meta name="viewport" content="width=device-width,initial-scale=1">{head}</head><body><header><nav aria-label="Menü">{menu}</nav>'
    "</header><main><h1>{title}</h1>{body}</main>"
    '<footer><p><a href="/impressum">Impressum</a> <a href="/notice">Datenschutz</a> <!--zusage:footer--></p></footer>{end}</body></html>'
)


@dataclass(frozen=True)
class Frame:
    """The frame of a site's pages: its name, and its menu (path → word)."""

    name: str
    menu: Mapping[str, str]

    def page(
        self,
        title: str,
        body: str | Markup,
        *,
        head: Markup | str = "",
        end: Markup | str = "",
        language: str = "de",
    ) -> str:
        """A page; `end` stands last in the body: tags of other people's services."""
        links = Markup(" ").join(
            Markup('<a href="{}">{}</a>').format(path, word) for path, word in self.menu.items()
        )
        return _PAGE.format(
            language=language, title=title, name=self.name, head=head, menu=links, body=body, end=end
        )


def link_to(address: str, text: str, own: Sequence[str]) -> Markup:
    """A link. One that leads to none of the `own` hosts is marked, opens without telling where from, and loses its query."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    if not host or any(host == one or host.endswith(f".{one}") for one in own):
        return Markup('<a href="{}">{}</a>').format(address, text)
    if parts.scheme not in ("http", "https"):
        return Markup("{}").format(text)
    bare = urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))
    return Markup(
        '<a href="{}" rel="external noreferrer noopener">{} (fremde Website, für die unsere Erklärung nicht gilt)</a>'
    ).format(bare, text)


def script_tag(service: str, source: str) -> Markup:
    """A script of somebody else's: inert until the visitor agrees to its service."""
    return Markup('<script type="text/plain" data-zusage="{}" data-src="{}"></script>').format(
        service, source
    )


def form(action: str, fields: Mapping[str, str], button: str) -> Markup:
    """A form that asks for `fields` (name → label), each one line of text."""
    inputs = Markup("").join(
        Markup('<p><label>{} <input name="{}"{}></label></p>').format(
            label, name, Markup(' type="password"') if name == "password" else ""
        )
        for name, label in fields.items()
    )
    return Markup('<form method="post" action="{}">{}<button>{}</button></form>').format(
        action, inputs, button
    )
