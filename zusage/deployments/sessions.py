"""Logins of the host applications: passwords as check values, and sessions that live in a table of the application.

The cookie holds a random id and nothing else; the table holds its hash, so that a copy of the table opens nothing. A session
ends at logout, after `idle` without a request, and soon after the browser said that its last page was closed.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest

from markupsafe import Markup
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    MetaData,
    Row,
    Table,
    delete,
    insert,
    or_,
    select,
    update,
)
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from zusage.deployments.columns import instant, key, refers, word
from zusage.deployments.hosting import next_key

IDLE = timedelta(minutes=30)
#: a browser that goes from page to page says goodbye, too; what follows within this time shows that it is still there
CLOSING = timedelta(seconds=20)
#: a demonstration checks thousands of passwords on one core: a real site takes 2 ** 17
_COST = 2**8


def check_value(password: str) -> str:
    """A salted check value of a password (scrypt); the password itself is kept nowhere."""
    salt = secrets.token_bytes(12)
    return f"scrypt${salt.hex()}${_scrypt(password, salt).hex()}"


def is_password(password: str, check: str | None) -> bool:
    """Whether a password fits its check value."""
    kind, _, rest = (check or "").partition("$")
    salt, _, known = rest.partition("$")
    if kind != "scrypt":
        return False
    return compare_digest(_scrypt(password, bytes.fromhex(salt)).hex(), known)


def _scrypt(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=_COST, r=8, p=1)


def session_table(metadata: MetaData, person: str, *, optional: bool = False) -> Table:
    """The table `login_session`; `person` is the key of whose session it is (`customer.id`), `optional` where somebody
    without an account may have one."""
    return Table(
        "login_session", metadata, key(), word("token_hash", 64), refers("person_id", person, optional=optional), word("place", 40),
        instant("started_at"), instant("seen_at"), instant("closing_at"),
    )  # fmt: skip


@dataclass(frozen=True)
class Sessions:
    """The sessions of one application. Instants are UTC without zone."""

    engine: Engine
    table: Table
    idle: timedelta = IDLE
    #: what hangs on a session, by `session_id`, and goes with it
    parts: tuple[Table, ...] = ()

    def begin(self, person: int | None, now: datetime) -> str:
        """A new session; its random id (256 bits). Sessions that ran out are forgotten."""
        token = secrets.token_urlsafe(32)
        with self.engine.begin() as connection:
            self._forget(connection, self._over(now))
            row = {"id": next_key(connection, self.table), "token_hash": _hash(token), "person_id": person}
            connection.execute(insert(self.table).values(started_at=now, seen_at=now, **row))
        return token

    def find(self, token: str | None, now: datetime) -> Row[tuple[object, ...]] | None:
        """The session of an id, and that it was seen now. All that ran out are forgotten, whoever asks."""
        self.forget(now)
        if not token:
            return None
        mine = self.table.c.token_hash == _hash(token)
        with self.engine.begin() as connection:
            connection.execute(update(self.table).where(mine).values(seen_at=now, closing_at=None))
            return connection.execute(select(self.table).where(mine)).first()

    def shown(self, token: str) -> str:
        """A page is shown in a session; its id, by which the browser says goodbye when it leaves it."""
        page = secrets.token_hex(8)
        with self.engine.begin() as connection:
            mine = self.table.c.token_hash == _hash(token)
            connection.execute(update(self.table).where(mine).values(place=page))
        return page

    def close(self, token: str, page: str, now: datetime) -> None:
        """The browser left a page: unless it comes back soon, the session is over. A goodbye from a page that was followed by
        another one comes late, and counts for nothing."""
        columns = self.table.c
        mine = (columns.token_hash == _hash(token)) & (columns.place == page) & columns.closing_at.is_(None)
        with self.engine.begin() as connection:
            connection.execute(update(self.table).where(mine).values(closing_at=now))

    def end(self, token: str | None) -> None:
        """Logout: the row is gone."""
        with self.engine.begin() as connection:
            self._forget(connection, self.table.c.token_hash == _hash(token or ""))

    def forget(self, now: datetime) -> None:
        """Sessions that ran out are gone, with all that hangs on them."""
        with self.engine.begin() as connection:
            self._forget(connection, self._over(now))

    def _forget(self, connection: Connection, which: ColumnElement[bool]) -> None:
        mine = select(self.table.c.id).where(which)
        for part in self.parts:
            connection.execute(delete(part).where(part.c.session_id.in_(mine)))
        connection.execute(delete(self.table).where(which))

    def _over(self, now: datetime) -> ColumnElement[bool]:
        columns = self.table.c
        return or_(columns.seen_at <= now - self.idle, columns.closing_at <= now - CLOSING)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def set_session(response: Response, name: str, value: str) -> None:
    """The login cookie: of this host alone, over TLS, out of reach of scripts and other sites, gone with the browser."""
    response.set_cookie(name, value, secure=True, httponly=True, samesite="lax", path="/")


def log_out(sessions: Sessions, request: Request, name: str, to: str = "/") -> Response:
    """Logout: the session of the cookie `name` is over, here and in the browser, which goes on to `to`.

    Whatever an application adds to the id stands after a full stop, which no id contains.
    """
    sessions.end(request.cookies.get(name, "").partition(".")[0])
    answer = RedirectResponse(to, 303)
    drop_session(answer, name)
    return answer


def drop_session(response: Response, name: str) -> None:
    """Tells the browser to forget the login cookie."""
    response.delete_cookie(name, secure=True, httponly=True, samesite="lax", path="/")


#: our own script: tells that a page was left
FAREWELL_JS = """const { page } = document.currentScript.dataset;
addEventListener('pagehide', () => navigator.sendBeacon('/session/closing?page=' + page));
"""


def farewell(page: str) -> Markup:
    """What a page in a session ends with; `page` comes from `Sessions.shown`."""
    return Markup('<script src="/farewell.js" data-page="{}" defer></script>').format(page)
