"""What a user agreed to, with the day, and the way to change each by itself or to withdraw everything."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, HTTPException
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from markupsafe import Markup

from zusage.deployments.hosting import Here, Host
from zusage.deployments.jobboard.app.access import FRAME, Me
from zusage.deployments.jobboard.app.interests import forget_interests
from zusage.deployments.jobboard.app.profile import close_account
from zusage_client import Refused, ServiceUnreachable, Zusage

router = APIRouter()
#: what is asked here, each by itself (purpose → title); nothing is ticked beforehand
ASKED = {
    "newsletter": "Newsletter",
    "newsletter-openings": "Messung des Newsletters",
    "partner-offers": "Angebote Dritter",
    "personalised-adverts": "Personalisierte Werbung",
    "interest-profile": "Interessenprofil",
    "public-profile": "Öffentliches Profil",
    "surveys": "Umfragen",
    "statistics": "Nutzungsstatistik",
}
_ROW = Markup(
    '<li data-purpose="{0}"><form method="post" action="/account/consents"><input type="hidden" name="purpose" value="{0}">'
    '<label><input type="checkbox" name="agrees" value="true"{2}> {1}</label> {3} <button>Speichern</button></form></li>'
)
_ALL = Markup(
    '<form method="post" action="/account/withdraw-all"><button>Alles widerrufen und Konto löschen</button></form>'
)


def _zusage(host: Host) -> Zusage:
    if host.zusage is None:
        raise HTTPException(503, "nothing can be put on record now")
    return host.zusage


@router.get("/account/consents")
def consents(host: Here, who: Me) -> Response:
    """Each consent with its day."""
    try:
        stands = _zusage(host).consents(("email", str(who.email)))
    except ServiceUnreachable as error:
        raise HTTPException(503, "nothing is known now; try again") from error
    rows = Markup("").join(_row(purpose, title, stands.get(purpose)) for purpose, title in ASKED.items())
    return HTMLResponse(FRAME.page("Einwilligungen", Markup("<ul>{}</ul>{}").format(rows, _ALL)))


def _row(purpose: str, title: str, stands: object) -> Markup:
    if not isinstance(stands, dict):
        return _ROW.format(purpose, title, "", "nicht erteilt")
    since = str(stands["since"])[:10]
    if stands["agreed"]:
        return _ROW.format(purpose, title, Markup(" checked"), f"seit {since}")
    return _ROW.format(purpose, title, "", f"widerrufen am {since}")


@router.post("/account/consents")
def choose(
    host: Here, who: Me, purpose: Annotated[str, Form()], agrees: Annotated[bool, Form()] = False
) -> Response:
    """One purpose: ticked or not. A newsletter counts once its address is confirmed by the mail that goes out."""
    if purpose not in ASKED:
        raise HTTPException(422, "this is not asked here")
    email = str(who.email)
    try:
        if not agrees:
            _zusage(host).withdraw(("email", email), purpose)
        elif purpose == "newsletter":
            _zusage(host).subscribe(purpose, email)
        else:
            _zusage(host).consent(("email", email), {purpose: True})
    except Refused as refused:
        raise HTTPException(422, "this cannot be agreed to") from refused
    except ServiceUnreachable as error:
        raise HTTPException(503, "nothing is on record; try again") from error
    if purpose == "interest-profile" and not agrees:
        forget_interests(host, int(who.id))
    return RedirectResponse("/account/consents", 303)


@router.post("/account/withdraw-all")
def withdraw_all(host: Here, who: Me) -> Response:
    """Everything at once: every consent ends, and the account is erased with the sweep of this day."""
    zusage, subject = _zusage(host), ("email", str(who.email))
    agreed = [purpose for purpose, one in zusage.consents(subject).items() if one["agreed"]]
    if agreed:
        zusage.withdraw(subject, *agreed)
    close_account(host, int(who.id))
    return RedirectResponse("/", 303)
