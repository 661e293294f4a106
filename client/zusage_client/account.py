"""Account pages of the controller's own application: see, take along, correct and erase, for a logged-in user.

The application vouches for its user: `sign` makes a token that is good for a few minutes. Needs httpx2; `transport` may
be given in tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Any

import httpx2

from zusage_client.errors import Refused
from zusage_client.tokens import make_token


def sign(secret: str, kind: str, value: str, now: datetime) -> str:
    """A token by which the application says: this is the user known by `value` (of `kind`, such as `email`)."""
    return make_token(secret, {"kind": kind, "value": value}, now)


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
        """Everything that is stored about the user: activity → table → rows. Raises `Refused`."""
        return self._said("GET", "/api/v1/account/data")

    def ask(self, kind: str, **wish: str) -> Mapping[str, Any]:
        """File a request (`erasure`, `rectification` with `field` and `value`, `portability` …). Raises `Refused`."""
        return self._said("POST", "/api/v1/account/requests", {"kind": kind, **wish})

    def request(self, token: str) -> Mapping[str, Any]:
        """Where a request stands; `token` came with it. Raises `Refused`."""
        return self._said("GET", f"/api/v1/account/requests/{token}")

    def _said(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        answer = self._client.request(method, path, json=body)
        if answer.status_code >= 400:
            raise Refused(answer.status_code, answer.text)
        said: Mapping[str, Any] = answer.json()
        return said
