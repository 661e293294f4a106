"""How long a choice in the banner counts, and how long an address waits for its confirmation. Light: every look needs it."""

from __future__ import annotations

from datetime import UTC, datetime

from zusage.declaration import Declaration, StorageItem
from zusage.law.duration import Duration
from zusage.law.periods import retention_end

COOKIE = "zusage"
#: An opt-in is asked for again after this time where the declaration says nothing (c-24 of the German requirements).
USUAL_LIFETIME = "P6M"
#: how long an address waits for its confirmation where the declaration says nothing
USUAL_WAIT = Duration.parse("P7D")
#: durations are compared from one fixed day: only their order counts
_SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)


def keeping(declaration: Declaration) -> StorageItem | None:
    """The cookie that keeps a visitor's answers, where the declaration lists it: the item it names, else `zusage`."""
    browser = declaration.browser
    if browser.choice is not None:
        return browser.items[browser.choice]
    return next(
        (item for item in browser.items.values() if item.kind == "cookie" and item.name == COOKIE), None
    )


def lifetime(declaration: Declaration) -> str:
    """How long a choice made in the banner counts: as its own cookie is declared, else the shortest time for which the
    declaration takes a consent as valid (one cookie carries all answers)."""
    own = keeping(declaration)
    if own is not None:
        return str(own.keep)
    asked = (purpose for purpose in declaration.consents.values() if purpose.asked == "banner")
    limits = [purpose.valid_for for purpose in asked if purpose.valid_for is not None]
    return str(min(limits, key=_reach)) if limits else USUAL_LIFETIME


def _reach(limit: Duration) -> datetime:
    return retention_end(_SOME_DAY, limit, "event")
