"""What a browser leaves behind: the cookies that it keeps, and the requests that it made or tried."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Cookie:
    """A cookie as the browser keeps it; `ends` is None for a session cookie, else an instant of the browser's clock."""

    name: str
    value: str
    domain: str
    ends: datetime | None

    @property
    def left(self) -> timedelta | None:
        """How long it still stays."""
        return self.ends - datetime.now(UTC) if self.ends else None


@dataclass(frozen=True)
class Asked:
    """A request that the browser made or tried: when by the browser's clock, where to, with which referrer."""

    at: datetime
    url: str
    referrer: str
    page: str

    @property
    def host(self) -> str:
        """Its host."""
        return urlsplit(self.url).hostname or ""
