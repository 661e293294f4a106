"""How the site is used, and which campaign brought a message. Three things that know nothing of each other:

the analysis (a script for who agreed to it, and counts of our own of every view) tells pages and nothing that leads from one
visit to the next; a profile is kept for who agreed to be recognised, under a pseudonym that no script of the page can read, and
never joined with an account; a click on an advert waits for who agreed to that. What is kept goes when its consent goes (see
`retention` of the activities).
"""

from __future__ import annotations

from secrets import token_urlsafe

from fastapi import APIRouter, Response
from markupsafe import Markup
from sqlalchemy import delete, select, update
from starlette.requests import Request

from zusage.deployments.hosting import Host, now, put_row, script_tag
from zusage.deployments.itservice.website import ad_click, page_count, usage_profile
from zusage_client.visits import Visit

router = APIRouter()
_ANALYTICS = "https://www.googletagmanager.com/gtag.js"
_CONVERSION = Markup(
    '<img alt="" width="1" height="1" data-zusage="conversion" data-src="https://www.googleadservices.com/pagead/conversion?gclid={}">'
)
_LONGEST_CLICK = 100
#: the pseudonym of a profile: ours alone, out of reach of the scripts of others
PROFILE = "strompfad_profile"
_FOURTEEN_MONTHS = 425 * 86_400


def _agreed(host: Host, visit: Visit | None, purpose: str) -> bool:
    """The browser's choice and the record behind it say yes: one without the other does not do."""
    return visit is not None and visit.allows(purpose) and host.may(purpose, browser=visit.browser)


def tags(host: Host, visit: Visit | None) -> Markup:
    """The analytics script: inert for who may still agree, absent where the service says no."""
    if visit is not None and visit.allows("analytics") and not host.may("analytics", browser=visit.browser):
        return Markup("")
    return script_tag("analytics", _ANALYTICS)


def recognise(host: Host, visit: Visit | None, request: Request, answer: Response) -> None:
    """One more page in the profile of a visitor who agreed to be recognised: a new one, where the pseudonym leads to none."""
    if visit is None or visit.browser is None or not _agreed(host, visit, "profiles"):
        return
    pseudonym = request.cookies.get(PROFILE, "")
    seen = {"last_page": request.url.path, "last_seen_at": now()}
    mine = (usage_profile.c.pseudonym == pseudonym) & (usage_profile.c.browser == visit.browser)
    with host.engines["web"].begin() as connection:
        more = update(usage_profile).where(mine).values(pages=usage_profile.c.pages + 1, **seen)
        if connection.execute(more).rowcount:
            return
        pseudonym = token_urlsafe(16)
        put_row(connection, usage_profile, pseudonym=pseudonym, browser=visit.browser, pages=1, **seen)
    answer.set_cookie(
        PROFILE, pseudonym, _FOURTEEN_MONTHS, secure=True, httponly=True, samesite="lax", path="/"
    )


def remember_click(host: Host, visit: Visit | None, click: str | None) -> None:
    """A click on an advert waits for a message, for who agreed to that."""
    if click and visit is not None and _agreed(host, visit, "conversions"):
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
