"""Product news by e-mail: our own, for who confirmed the address; every issue says on which ground each recipient is in."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException
from sqlalchemy import select

from zusage.deployments.hosting import Here, Host
from zusage.deployments.messaging.schema import demo, enquiry
from zusage_client import ClientError

router = APIRouter()
PURPOSE = "newsletter"
_TEXT = "Neues von Plauderwerk: {news}\n\nAbmelden: {{unsubscribe}}\n"
_HTML = '<html><body><p>{news}</p><p><a href="{{unsubscribe}}">Abmelden</a></p></body></html>'


@router.post("/news", status_code=202)
def subscribe(
    host: Here,
    email: Annotated[str, Form(max_length=160)],
    age: Annotated[int, Form()],
    tracking: Annotated[bool, Form()] = False,
) -> dict[str, str]:
    """Somebody wants news: one mail goes out, in which the address is to be confirmed."""
    if host.zusage is None:
        raise HTTPException(503, "nothing can be put on record now")
    try:
        return {"state": str(host.zusage.subscribe(PURPOSE, email, age=age, tracking=tracking)["state"])}
    except ClientError as error:
        raise HTTPException(422, "this cannot be agreed to") from error


def send_issue(host: Host, key: str, news: str, *, advertiser: str | None = None) -> list[dict[str, Any]]:
    """Sends an issue to whoever of our contacts may get it; everybody with the ground, or the reason against it.

    `advertiser` is a partner whose goods the issue advertises; the controller's own, if none. Raises `ClientError`.
    """
    if host.zusage is None:
        return []
    with host.engines["office"].connect() as connection:
        addresses = {
            row.email
            for table in (enquiry, demo)
            for row in connection.execute(select(table.c.email))
            if row.email
        }
    sent = host.zusage.mailing({
        "purpose": PURPOSE, "key": key, "advertiser": advertiser, "addresses": sorted(addresses), "subject": "Produktneuigkeiten",
        "tracking": {"pixel": "https://www.plauderwerk.example/o/{id}", "parameter": "r"}, "text": _TEXT.format(news=news), "html": _HTML.format(news=news), "language": "de",
    })  # fmt: skip
    return list(sent["recipients"])
