"""A withdrawal with everything that follows from it: "no" at once, recipients told, and erasure where the consent carried all.

Stands above the keepers: consent ends the permission, rights does the rest as a request of its own, with receipt and answer.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from zusage.declaration import Declaration
from zusage.keepers.consent import service
from zusage.keepers.context import Context
from zusage.keepers.rights.intake import Intake, open_request
from zusage.registers.requests import Kind, Request
from zusage.text import Language


def withdraw(
    context: Context,
    identity_kind: str,
    identity: str,
    purposes: Sequence[str] | None,
    language: Language,
    now: datetime,
    *,
    channel: str = "account",
) -> Request | None:
    """Withdraw purposes, or (None) everything, with effect from `now`; the request that does the rest, if there is any.

    The next decision says no before this returns. `channel` is how the person was heard, with their identity proven there.
    Raises `NoConsent` for a purpose that nobody asks.
    """
    if purposes is None:
        service.withdraw_all(context, identity_kind, identity, now)
    else:
        service.withdraw(context, identity_kind, identity, purposes, language, now)
    named = None if purposes is None else sorted({name.partition("/")[0] for name in purposes})
    if not _has_consequences(context.declaration, named):
        return None
    details = {} if named is None else {"purposes": named}
    intake = Intake(Kind.WITHDRAW_CONSENT, channel, identity_kind, identity, language, None, channel, details)
    return open_request(context, intake, now).request


def _has_consequences(declaration: Declaration, purposes: Collection[str] | None) -> bool:
    """Whether somebody else got data under these consents, or one of them carried the processing as a whole."""
    ended = set(declaration.consents) if purposes is None else set(purposes)
    passed_on = any(
        use.consent in ended and declaration.recipients[use.to].notify != "none"
        for activity in declaration.activities.values()
        for use in activity.recipients
    )
    return passed_on or any(declaration.consents[name].erases for name in ended)
