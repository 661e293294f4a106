"""Who of a company's own people is there: the single sign-on in front of its application.

It tells the application in one header, which nobody else can set: what a request brings in it by itself is thrown away. The
sign-on of the demonstrations knows one password for each name – a role, the number of a user –, made from a key in the
deployment's folder.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from contextlib import suppress
from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

_KEY = "sign-on.key"


class SignOn:
    """ASGI: sets `header` (in small letters) to the name that the request's credentials show, and drops what else is in it."""

    def __init__(self, app: ASGIApp, folder: Path, header: str) -> None:
        self.app, self.folder, self.header = app, folder, header.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "http":
            said = dict(scope["headers"]).get(b"authorization", b"")
            headers = [(name, value) for name, value in scope["headers"] if name != self.header]
            if who := _who(self.folder, said):
                headers.append((self.header, who))
            scope = {**scope, "headers": headers}
        await self.app(scope, receive, send)


def credentials(folder: Path, name: str) -> str:
    """The `Authorization` header by which `name` signs on to the application of the deployment in `folder`."""
    pair = f"{name}:{_password(folder, name.encode())}"
    return "Basic " + base64.b64encode(pair.encode()).decode()


def _who(folder: Path, said: bytes) -> bytes:
    """The name that credentials show; empty for none, and for wrong ones."""
    kind, _, pair = said.partition(b" ")
    if kind.lower() != b"basic":
        return b""
    try:
        name, _, password = base64.b64decode(pair, validate=True).partition(b":")
    except binascii.Error:
        return b""
    return name if hmac.compare_digest(password, _password(folder, name).encode()) else b""


def _password(folder: Path, name: bytes) -> str:
    return hmac.new(_key(folder), name, hashlib.sha256).hexdigest()


def _key(folder: Path) -> bytes:
    """The sign-on's key, made when it is first needed; readable by its owner alone."""
    path = folder / _KEY
    if not path.exists():
        made = folder / f"{_KEY}.{secrets.token_hex(4)}"
        made.touch(mode=0o600)
        made.write_text(secrets.token_hex(32), encoding="ascii")
        # whole or not at all, and whoever comes second takes the one that is there
        with suppress(FileExistsError):
            path.hardlink_to(made)
        made.unlink()
    return path.read_bytes()
