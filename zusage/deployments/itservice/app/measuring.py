"""How the site is used, and which campaign brought a message: for visitors who agreed, under a pseudonym, and never joined
with an account. What is kept here goes when the consent goes (see `retention` of the activity).

How often a page is looked at on a day is counted for everybody, of nobody: no identifier, no device, no time of day.
"""

from __future__ import annotations

from fastapi import APIRouter
from markupsafe import Markup
from sqlalchemy import delete, select, update

from zusage.deployments.hosting import Host, now, put_row, script_tag
from zusage.deployments.itservice.website import ad_click, page_count, usage_profile
from zusage_client.visits import Visit

router = APIRouter()
_ANALYTICS = "https://www.googletagmanager.com/gtag.js"
_CONVERSION = Markup(
    '<img alt="" width="1" height="1" data-zusage="conversion" data-src="https://www.googleadservices.com/pagead/conversion?gclid={}">'
)
_LONGEST_CLICK = 100


def _agreed(host: Host, visit: Visit | None, purpose: str) -> bool:
    """The browser's choice and the record behind it say yes: one without the other does not do."""
    return visit is not None and visit.allows(purpose) and host.may(purpose, browser=visit.browser)


def tags(host: Host, visit: Visit | None) -> Markup:
    """The analytics script: inert for who may still agree, absent where the service says no."""
    if visit is not None and visit.allows("analytics") and not host.may("analytics", browser=visit.browser):
        return Markup("")
    return script_tag("analytics", _ANALYTICS)


def count_visit(host: Host, visit: Visit | None, page: str, click: str | None) -> None:
    """One more page in the profile of a browser that agreed; a click on an advert is remembered for who agreed to that."""
    if visit is None or visit.browser is None:
        return
    if _agreed(host, visit, "analytics"):
        seen = {"last_page": page, "last_seen_at": now()}
        mine = usage_profile.c.browser == visit.browser
        with host.engines["web"].begin() as connection:
            if (
                connection.execute(
                    update(usage_profile).where(mine).values(pages=usage_profile.c.pages + 1, **seen)
                ).rowcount
                == 0
            ):
                put_row(connection, usage_profile, browser=visit.browser, pages=1, **seen)
    if click and _agreed(host, visit, "conversions"):
        with host.engines["web"].begin() as connection:
            put_row(
                connection, ad_click, browser=visit.browser, click=click[:_LONGEST_CLICK], clicked_at=now()
            )


def count_view(host: Host, page: str) -> None:
    """One more view of a page today: of nobody in particular, with or without a choice."""
    today = now().replace(hour=0, minute=0, second=0, microsecond=0)
    mine = (page_count.c.day == today) & (page_count.c.page == page)
    with host.engines["web"].begin() as connection:
        more = update(page_count).where(mine).values(views=page_count.c.views + 1)
        if connection.execute(more).rowcount == 0:
            put_row(connection, page_count, day=today, page=page, views=1)


def tell_conversion(host: Host, visit: Visit | None) -> Markup:
    """Tells the campaign once that it brought a message: which click it was, and nothing of the message."""
    if visit is None or not _agreed(host, visit, "conversions"):
        return Markup("")
    mine = ad_click.c.browser == visit.browser
    with host.engines["web"].begin() as connection:
        found = connection.execute(
            select(ad_click.c.click).where(mine).order_by(ad_click.c.id.desc())
        ).first()
        connection.execute(delete(ad_click).where(mine))
    return _CONVERSION.format(found.click) if found else Markup("")
