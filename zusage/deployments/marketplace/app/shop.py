"""What every room of the application works with: the databases, and the client that knows what may be done."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine
from starlette.requests import Request

from zusage import clock
from zusage_client import Decision, Zusage
from zusage_client.gate import Gate

_ALONE = Decision(
    False, "alone", {"de": "Ohne Zusage keine Einwilligung.", "en": "Without Zusage there is no consent."}
)


@dataclass(frozen=True)
class Shop:
    """One running application. Without `zusage` nothing happens that needs a yes."""

    folder: Path
    portal: Engine
    office: Engine
    web: Engine
    recruiting: Engine
    zusage: Zusage | None = None
    gate: Gate = field(default_factory=lambda: Gate(None))

    def may(self, purpose: str, *, email: str = "", browser: str | None = None) -> Decision:
        """Whether a purpose may be served now for the person with this address, or this browser."""
        if self.zusage is None:
            return _ALONE
        return self.zusage.may(purpose, ("email", email) if email else None, browser)


def shop_of(request: Request) -> Shop:
    """The one instance of the application."""
    found: Shop = request.app.state.shop
    return found


def now() -> datetime:
    """The instant as the application's tables hold it: UTC, without a zone."""
    return clock.now().replace(tzinfo=None)
