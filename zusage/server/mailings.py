"""Mailings, subscriptions and questions for a consent, asked by the controller's application (docs/consents.md)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator
from starlette.exceptions import HTTPException
from starlette.requests import Request

from zusage import clock
from zusage.keepers.consent.asking import CaseRequest, Subscription, ask, subscribe, use, words_of
from zusage.keepers.consent.bodies import Body, Tracking
from zusage.keepers.consent.mailing import Issue, Listed, Recipient, send
from zusage.keepers.context import Context
from zusage.keepers.rights.rules import RightsRule
from zusage.law.duration import Duration
from zusage.registers.asks import Ask, ask_by
from zusage.registers.consents import parse_answers
from zusage.server.applications import NOT_OWN, own_application

router = APIRouter(prefix="/api/v1", tags=["consents"], dependencies=[Depends(own_application)])
_REFUSED: dict[int | str, dict[str, Any]] = {
    400: {"description": "not as the declaration asks; nothing was sent"},
    401: {"description": NOT_OWN},
    413: {"description": "too large"},
}
_MISSING: dict[int | str, dict[str, Any]] = {404: {"description": "there is no such question"}}
_Purpose = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,79}$")]
_Name = Annotated[str, Field(min_length=1, max_length=80)]
_Address = Annotated[str, Field(min_length=1, max_length=320)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Sale(_Body):
    """When the address was obtained at a sale, and whether the hint on objecting was shown there (§ 7(3) UWG)."""

    at: date
    hint: bool


class Entry(_Body):
    """One address of the list."""

    address: _Address
    sale: Sale | None = None


class Followed(_Body):
    """How openings and clicks are followed of those who agreed to that."""

    pixel: str | None = Field(default=None, max_length=500)
    parameter: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_-]{1,40}$")


class WantedMailing(_Body):
    """An issue for a list of addresses, or an audience of addresses or browsers."""

    purpose: _Purpose
    topic: _Name | None = None
    advertiser: str | None = Field(default=None, max_length=200)
    key: str = Field(default="", max_length=200)
    addresses: list[_Address | Entry] = Field(default_factory=list, max_length=50_000)
    browsers: list[Annotated[str, Field(max_length=64)]] = Field(default_factory=list, max_length=50_000)
    subject: str = Field(default="", max_length=500)
    text: str = Field(default="", max_length=200_000)
    html: str | None = Field(default=None, max_length=500_000)
    language: Literal["de", "en"] = "de"
    tracking: Followed | None = None
    send: bool = True

    @model_validator(mode="after")
    def _fits(self) -> WantedMailing:
        if self.send and self.browsers:
            raise ValueError("browsers are listed with 'send: false': nobody writes to a browser")
        return self


class WantedSubscription(_Body):
    """An address that was entered."""

    purpose: _Purpose
    address: _Address
    language: Literal["de", "en"] = "de"
    topics: list[_Name] = Field(default_factory=list, max_length=50)
    tracking: bool = False
    age: int | None = Field(default=None, ge=0, le=150)
    parent: _Address | None = None
    until: AwareDatetime | None = None
    reference: _Name | None = None


class WantedConsent(_Body):
    """A question to a person."""

    purpose: _Purpose
    address: _Address
    language: Literal["de", "en"] = "de"
    scope: str = Field(default="", max_length=80)
    recipient: str = Field(default="", max_length=200)
    data: str = Field(default="", max_length=500)
    reference: _Name | None = None
    within: str | None = Field(default=None, max_length=20)
    until: AwareDatetime | None = None


def _context(request: Request) -> Context:
    context: Context = request.app.state.workspace.context
    return context


@router.post("/mailings", responses=_REFUSED)
def mailing(request: Request, wanted: WantedMailing) -> dict[str, Any]:
    """Decide address by address, send to those permitted, say why. Without a link to unsubscribe nothing is sent."""
    context = _context(request)
    tracking = Tracking(wanted.tracking.pixel, wanted.tracking.parameter) if wanted.tracking else None
    body = Body(wanted.subject, wanted.text, wanted.html) if wanted.send else None
    issue = Issue(
        wanted.purpose, wanted.topic, wanted.advertiser, body, wanted.language, tracking, wanted.key
    )
    listed = [_listed(one) for one in wanted.addresses] + [Listed(browser=one) for one in wanted.browsers]
    made = send(context, issue, listed, [RightsRule(context)], clock.now())
    permitted = sum(one.answer.allowed for one in made.recipients)
    return {
        "mailing": made.id,
        "permitted": permitted,
        "refused": len(made.recipients) - permitted,
        "recipients": [_shown(one) for one in made.recipients],
    }


def _listed(one: str | Entry) -> Listed:
    if isinstance(one, str):
        return Listed(one.strip())
    sale = one.sale
    return Listed(one.address.strip(), "", sale.at if sale else None, bool(sale and sale.hint))


def _shown(one: Recipient) -> dict[str, Any]:
    who = {"browser": one.listed.browser} if one.listed.browser else {"address": one.listed.address}
    return who | {
        "allowed": one.answer.allowed,
        "code": one.answer.code,
        "reason": one.answer.reason.as_json(),
        "consent": one.event.hex() if one.event else None,
        "tracked": one.tracked,
    }


@router.post("/subscriptions", status_code=202, responses=_REFUSED)
def subscription(request: Request, wanted: WantedSubscription) -> dict[str, Any]:
    """An address was entered: it gets one mail, and counts once its link is confirmed."""
    context, now = _context(request), clock.now()
    made = subscribe(context, Subscription(**wanted.model_dump()), now)
    return {"state": "confirmed", "purpose": wanted.purpose} if made is None else _state(context, made)


@router.get("/subscriptions/{id}", responses=_REFUSED | _MISSING)
def subscription_state(request: Request, id: str) -> dict[str, Any]:
    """Where a subscription stands, with both times and the words; never the address."""
    return _found(_context(request), id)


@router.post("/consent-requests", status_code=202, responses=_REFUSED)
def consent_request(request: Request, wanted: WantedConsent) -> dict[str, Any]:
    """Ask a person by mail; no answer is a no."""
    context = _context(request)
    within = Duration.parse(wanted.within) if wanted.within else None
    asked = ask(context, CaseRequest(**(wanted.model_dump() | {"within": within})), clock.now())
    return _state(context, asked)


@router.get("/consent-requests/{id}", responses=_REFUSED | _MISSING)
def consent_request_state(request: Request, id: str) -> dict[str, Any]:
    """Where a question stands."""
    return _found(_context(request), id)


@router.post("/consent-requests/{id}/use", responses=_REFUSED)
def use_consent(request: Request, id: str) -> dict[str, Any]:
    """The application is about to do it: whether it may; a consent for one use is used up by a yes."""
    allowed, code, event = use(_context(request), id, clock.now())
    return {"allowed": allowed, "code": code, "consent": event.hex() if event else None}


def _found(context: Context, id: str) -> dict[str, Any]:
    with context.state.connect() as connection:
        found = ask_by(connection, id=id)
    if found is None:
        raise HTTPException(404, "there is no such question")
    return _state(context, found)


def _state(context: Context, one: Ask) -> dict[str, Any]:
    with context.state.connect() as connection:
        words = words_of(connection, one.text)
    names = [name.partition("/") for name in parse_answers(one.names)]
    return {
        "id": one.id,
        "purpose": one.purpose,
        "topics": sorted(scope for purpose, _, scope in names if scope and purpose == one.purpose),
        "state": one.state,
        "entered_at": one.entered_at.isoformat(),
        "confirm_until": one.due.isoformat(),
        "ended_at": _instant(one.ended_at),
        "consent": one.event.hex() if one.event else None,
        "reference": one.reference,
        "words": words,
    }


def _instant(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
