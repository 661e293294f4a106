"""The controller's own applications: what their tokens say, under the secret that `parties.yaml` names.

Three kinds of token, all made by `zusage-client`: for a logged-in user (`account`), for the application itself (decisions,
consents), and for a visitor's request that the application passes on.
"""

from __future__ import annotations

import threading
import time
from datetime import datetime
from typing import Annotated, Any

from fastapi import Header
from starlette.exceptions import HTTPException
from starlette.requests import Request

from zusage import clock
from zusage.database.engines import resolve_reference
from zusage.keepers.rights.parties import read_parties
from zusage.workspace import Workspace
from zusage_client.tokens import read_token

#: an application sends the same token for minutes: so many are remembered as good
_MOST_KNOWN = 256
#: seconds after which a changed `parties.yaml` is noticed
_LOOK = 1.0

NOT_OWN = "the application's token is missing, forged or too old"
#: what any route for applications may answer beside its own
APPLICATION_ERRORS: dict[int | str, dict[str, Any]] = {
    400: {"description": "cannot be done; the sentence says why"},
    401: {"description": NOT_OWN},
    413: {"description": "too large"},
    503: {"description": "a store does not answer"},
}


class Application:
    """Reads the tokens of a workspace's application. Without a secret in `parties.yaml` every token is refused."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._stamp: tuple[int, int] | None = None
        self._secret: str | None = None
        self._look_again = 0.0
        self._known: dict[str, dict[str, Any]] = {}
        self._lock = threading.Lock()

    def read(self, authorization: str) -> dict[str, Any] | None:
        """What the token of an `Authorization` header says; None for one that is missing, forged or too old."""
        return self.token(authorization.removeprefix("Bearer ").strip(), clock.now())

    def is_own(self, authorization: str) -> bool:
        """Whether an `Authorization` header is the controller's own application's, and not that of one of its users."""
        said = self.read(authorization)
        return said is not None and said.get("application") is True

    def token(self, token: str, now: datetime) -> dict[str, Any] | None:
        """What a token says."""
        secret = self._current_secret()
        known = self._known.get(token)
        if secret is None or (known is not None and known["exp"] > now.timestamp()):
            return known
        said = read_token(secret, token, now)
        if said is not None:
            with self._lock:
                if len(self._known) >= _MOST_KNOWN:
                    self._known.clear()
                self._known[token] = said
        return said

    def _current_secret(self) -> str | None:
        """The secret; read anew when `parties.yaml` was changed, and then nothing that was known counts."""
        moment = time.monotonic()
        if moment < self._look_again:
            return self._secret
        self._look_again = moment + _LOOK
        try:
            found = (self._workspace.folder / "parties.yaml").stat()
            stamp = (found.st_mtime_ns, found.st_size)
        except FileNotFoundError:
            stamp = (0, 0)
        if stamp != self._stamp:
            application = read_parties(self._workspace.folder).application
            secret = application and resolve_reference(application.secret, folder=self._workspace.folder)
            with self._lock:
                self._known.clear()
                self._secret, self._stamp = secret or None, stamp
        return self._secret


def application_of(request: Request) -> Application:
    """The one instance of the server."""
    found: Application = request.app.state.application
    return found


async def own_application(
    request: Request, authorization: Annotated[str, Header(max_length=2000)] = ""
) -> None:
    """Lets only the controller's own application in: 401 for a token that is missing, forged or too old."""
    if not application_of(request).is_own(authorization):
        raise HTTPException(401, NOT_OWN)
