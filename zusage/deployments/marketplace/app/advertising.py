"""The website's own advertising: what was shown to visitors who agreed, click ids of networks, demographic segments, and
campaigns as sums that name nobody.
"""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Body, HTTPException
from sqlalchemy import Connection, delete, insert, select, update
from starlette.requests import Request

from zusage.deployments.hosting import next_key, put_row
from zusage.deployments.marketplace.app.counting import agreed, visitor_of
from zusage.deployments.marketplace.app.shop import now, shop_of
from zusage.deployments.marketplace.app.staff import Role, only
from zusage.deployments.marketplace.schema import (
    advert_click,
    advert_view,
    campaign_total,
    demographic,
    visitor,
)

router = APIRouter(prefix="/personal")
ADVERTS = "adverts"
#: parameter of a landing address → network whose click it names
_CLICKS = {"msclkid": "microsoft", "gclid": "google", "fbclid": "meta", "li_fat_id": "linkedin"}


def cleaned(request: Request) -> None:
    """Takes click ids out of the address before anything else sees it: they go into the store of who agreed, or nowhere."""
    said = parse_qsl(request.url.query, keep_blank_values=True)
    clicks = [(name, value) for name, value in said if name in _CLICKS]
    if not clicks:
        return
    browser, moment = agreed(request, "marketing"), now()
    if browser:
        with shop_of(request).web.begin() as connection:
            one = visitor_of(connection, browser, ADVERTS, moment)
            for name, value in clicks:
                values = {"network": _CLICKS[name], "click_id": value[:120], "at": moment}
                put_row(connection, advert_click, visitor_id=one, **values)
    left = urlencode([(name, value) for name, value in said if name not in _CLICKS])
    raise HTTPException(303, headers={"location": request.url.path + (f"?{left}" if left else "")})


def shown(request: Request, advert: str) -> None:
    """Counts an advertisement that a visitor sees, if the visitor agreed to advertising."""
    browser, moment = agreed(request, "marketing"), now()
    if not browser:
        return
    with shop_of(request).web.begin() as connection:
        one = visitor_of(connection, browser, ADVERTS, moment)
        mine = (advert_view.c.visitor_id == one) & (advert_view.c.advert == advert)
        more = update(advert_view).where(mine).values(times=advert_view.c.times + 1)
        if connection.execute(more).rowcount == 0:
            put_row(connection, advert_view, visitor_id=one, advert=advert, times=1)


def landed(request: Request, campaign: str) -> None:
    """One visit more of a campaign, of whomever."""
    _add(request, campaign, "visits")


def ordered(request: Request, campaign: str) -> None:
    """One order more of a campaign, of whomever."""
    _add(request, campaign, "orders")


def _add(request: Request, campaign: str, what: str) -> None:
    with shop_of(request).web.begin() as connection:
        mine, column = campaign_total.c.campaign == campaign, campaign_total.c[what]
        if connection.execute(update(campaign_total).where(mine).values({what: column + 1})).rowcount == 0:
            made = {"campaign": campaign, "visits": 0, "orders": 0, "bounces": 0} | {what: 1}
            connection.execute(insert(campaign_total).values(id=next_key(connection, campaign_total), **made))


@router.get("/kampagnen/{campaign}")
def report(request: Request, campaign: str, role: Role = "") -> dict[str, Any]:
    """How a campaign went: visits, orders, and the share of them."""
    only(role, "marketing")
    with shop_of(request).web.connect() as connection:
        query = select(campaign_total).where(campaign_total.c.campaign == campaign)
        found = connection.execute(query).first()
    if found is None:
        raise HTTPException(404, "there is no such campaign")
    share = round(100 * found.orders / found.visits) if found.visits else 0
    return {"visits": found.visits, "orders": found.orders, "conversion": f"{share} %"}


@router.post("/segmente", status_code=204)
def segment(request: Request, said: Annotated[dict[str, Any], Body()], role: Role = "") -> None:
    """What a provider guesses of a `browser`: `age` such as "18-24", `gender`, and whether it may be a minor's (`minor`).

    It is stored only where the browser's visitor agreed to advertising.
    """
    only(role, "marketing")
    shop, browser = shop_of(request), str(said["browser"])
    if not shop.may("marketing", browser=browser):
        raise HTTPException(403, "there is no consent to advertising")
    with shop.web.begin() as connection:
        one = visitor_of(connection, browser, ADVERTS, now())
        connection.execute(delete(demographic).where(demographic.c.visitor_id == one))
        values = {"age": str(said["age"])[:20], "gender": str(said["gender"])[:20], "minor": _is_minor(said)}
        put_row(connection, demographic, visitor_id=one, **values)


def _is_minor(said: dict[str, Any]) -> bool:
    """Known or assumed: where the youngest of a range is under age, the whole range counts."""
    first = str(said["age"]).lstrip("<").partition("-")[0].strip()
    young = first.isdigit() and int(first) < 18
    return bool(said.get("minor")) or young or str(said["age"]).startswith("<")


@router.get("/segmente/{age}/{gender}")
def members(request: Request, age: str, gender: str, role: Role = "") -> list[str]:
    """An audience by age and gender: of browsers that agree today, and never of minors."""
    only(role, "marketing")
    shop = shop_of(request)
    query = (
        select(visitor.c.pseudonym)
        .join(demographic)
        .where(demographic.c.age == age, demographic.c.gender == gender, demographic.c.minor.is_(False))
        .order_by(visitor.c.id)
    )
    with shop.web.connect() as connection:
        found = list(connection.execute(query).scalars())
    return [str(one) for one in found if shop.may("marketing", browser=str(one))]


def minors(connection: Connection) -> set[str]:
    """The browsers that are known or assumed to be used by minors."""
    query = select(visitor.c.pseudonym).join(demographic).where(demographic.c.minor.is_(True))
    return {str(one) for one in connection.execute(query).scalars()}
