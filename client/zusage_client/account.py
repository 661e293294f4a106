"""Account pages of the controller's own application: see, take along, correct and erase, for a logged-in user.

The application vouches for its user: `sign` makes a token that is good for a few minutes. Needs httpx2; `transport` may
be given in tests.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from types import TracebackType
from typing import Any

import httpx2

#: how long a token is good for
GOOD_FOR = timedelta(minutes=5)


class AccountError(Exception):
    """Zusage refused: `status` is the HTTP status, the text says why."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status = status


def sign(secret: str, kind: str, value: str, now: datetime) -> str:
    """A token by which the application says: this is the user known by `value` (of `kind`, such as `email`)."""
    content = {"kind": kind, "value": value, "exp": int((now + GOOD_FOR).timestamp())}
    payload = base64.urlsafe_b64encode(json.dumps(content, sort_keys=True).encode()).rstrip(b"=").decode()
    return f"{payload}.{hmac.new(secret.encode(), payload.encode(), sha256).hexdigest()}"


@dataclass(slots=True)
class Account:
    """One user's account at Zusage. Use as a context manager; `token` comes from `sign`."""

    url: str
    token: str
    transport: Any = None
    _client: Any = field(default=None, init=False)

    def __enter__(self) -> Account:
        self._client = httpx2.Client(
            base_url=self.url.rstrip("/"),
            headers={"authorization": f"Bearer {self.token}"},
            transport=self.transport,
            timeout=30.0,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def data(self) -> Mapping[str, Any]:
        """Everything that is stored about the user: activity → table → rows. Raises `AccountError`."""
        return self._said("GET", "/api/v1/account/data")

    def ask(self, kind: str, **wish: str) -> Mapping[str, Any]:
        """File a request (`erasure`, `rectification` with `field` and `value`, `portability` …). Raises `AccountError`."""
        return self._said("POST", "/api/v1/account/requests", {"kind": kind, **wish})

    def request(self, token: str) -> Mapping[str, Any]:
        """Where a request stands; `token` came with it. Raises `AccountError`."""
        return self._said("GET", f"/api/v1/account/requests/{token}")

    def _said(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        answer = self._client.request(method, path, json=body)
        if answer.status_code >= 400:
            raise AccountError(answer.status_code, answer.text)
        said: Mapping[str, Any] = answer.json()
        return said
