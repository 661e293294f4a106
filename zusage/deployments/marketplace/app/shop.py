"""What every room of the application works with: the databases, and the client that knows what may be done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine
from starlette.requests import Request

from zusage import clock
from zusage_client import Zusage


@dataclass(frozen=True)
class Shop:
    """One running application. Without `zusage` nothing happens that needs a yes."""

    folder: Path
    portal: Engine
    office: Engine
    web: Engine
    zusage: Zusage | None = None


def shop_of(request: Request) -> Shop:
    """The one instance of the application."""
    found: Shop = request.app.state.shop
    return found


def now() -> datetime:
    """The instant as the application's tables hold it: UTC, without a zone."""
    return clock.now().replace(tzinfo=None)
