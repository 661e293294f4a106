"""Publishing a résumé: passages that may say what nobody should read in public are named first, and the user decides on each text.

Nothing is published by silence: while a doubtful passage waits for its decision, the résumé stays private. A decision is for
exactly these passages; a new one asks again. What a user decides frees nobody of a duty: the warning says what we cannot do.
"""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Annotated, Literal

from fastapi import APIRouter, Form, HTTPException
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup
from sqlalchemy import Connection, select, update

from zusage.deployments.hosting import Here, now, put_row
from zusage.deployments.jobboard.app.access import FRAME, Me
from zusage.deployments.jobboard.app.indexing import index
from zusage.deployments.jobboard.schema import passage_decision, resume

router = APIRouter()
WARNING = (
    "Diese Stellen könnten besonders geschützte Angaben enthalten. Ist der Lebenslauf veröffentlicht, können wir nicht "
    "kontrollieren, wer sie liest und was Dritte damit tun. Bitte streichen Sie, was niemand wissen soll."
)
#: words that may tell of health, belief, union, party, origin or love (Art. 9(1)); whether they do, only the user knows
_DOUBTFUL = re.compile(
    r"\b(krank\w*|erkrank\w*|schwerbehind\w*|diagnose\w*|depress\w*|therapie\w*|schwanger\w*|kirch\w*|katholi\w*|evangeli\w*"
    r"|muslim\w*|jüdisch\w*|konfession\w*|gewerkschaft\w*|partei\w*|herkunft|lebenspartner\w*)\b",
    re.IGNORECASE,
)
_DIALOGUE = Markup(
    '<p id="warning">{}</p><ul>{}</ul><form method="post" action="/account/resume/publication">'
    '<input type="hidden" name="visibility" value="{}"><input type="hidden" name="shown" value="{}">'
    '<button name="decision" value="publish">Trotzdem veröffentlichen</button>'
    '<button name="decision" value="keep">Nicht veröffentlichen</button></form>'
)
_PLAIN = Markup(
    '<form method="post" action="/account/resume/publication"><input type="hidden" name="visibility" value="{}">'
    '<button name="decision" value="publish">Veröffentlichen</button></form>'
)
Visibility = Literal["anonymous", "public"]


def doubtful(*texts: str | None) -> tuple[str, ...]:
    """The sentences and lines in which a doubtful word stands, as they were written."""
    parts = [one.strip() for said in texts for one in re.split(r"\n|(?<=[.!?])\s+", said or "")]
    return tuple(dict.fromkeys(one for one in parts if _DOUBTFUL.search(one)))


def mark_of(passages: tuple[str, ...]) -> str:
    """Stands for these passages and this warning: a decision on other ones is no decision on these."""
    return sha256("\n".join((WARNING, *passages)).encode()).hexdigest()[:32]


def may_stay_public(connection: Connection, account: int, passages: tuple[str, ...]) -> bool:
    """Whether nothing is doubtful, or the latest decision on exactly these passages was to publish them."""
    if not passages:
        return True
    query = select(passage_decision.c.publish).where(
        passage_decision.c.account_id == account, passage_decision.c.passages == mark_of(passages)
    )
    latest = query.order_by(passage_decision.c.decided_at.desc(), passage_decision.c.id.desc())
    return bool(connection.execute(latest.limit(1)).scalar())


@router.get("/account/resume/publication", response_class=HTMLResponse)
def dialogue(host: Here, who: Me, visibility: Visibility = "anonymous") -> str:
    """Before a résumé is published: each doubtful passage by its words, and what we cannot control."""
    with host.engines["board"].connect() as connection:
        row = connection.execute(select(resume).where(resume.c.account_id == who.id)).first()
    if row is None:
        raise HTTPException(404, "there is no résumé")
    found = doubtful(row.title, row.body)
    listed = Markup("").join(Markup('<li class="passage">{}</li>').format(one) for one in found)
    asked = (
        _DIALOGUE.format(WARNING, listed, visibility, mark_of(found)) if found else _PLAIN.format(visibility)
    )
    return FRAME.page("Lebenslauf veröffentlichen", asked)


@router.post("/account/resume/publication", status_code=204, response_class=Response)
def publish(
    host: Here,
    who: Me,
    visibility: Annotated[Visibility, Form()],
    decision: Annotated[Literal["publish", "keep"] | None, Form()] = None,
    shown: Annotated[str, Form(max_length=32)] = "",
) -> None:
    """Publishes the résumé; with doubtful passages only by a decision on what the warning showed, which is put on record."""
    with host.engines["board"].begin() as connection:
        row = connection.execute(select(resume).where(resume.c.account_id == who.id)).first()
        if row is None:
            raise HTTPException(404, "there is no résumé")
        found = doubtful(row.title, row.body)
        if decision is None or (found and shown != mark_of(found)):
            raise HTTPException(409, "not published: decide at /account/resume/publication")
        if found:
            put_row(
                connection, passage_decision, account_id=who.id, passages=mark_of(found), publish=decision == "publish",
                decided_at=now(),
            )  # fmt: skip
        chosen = visibility if decision == "publish" else "private"
        connection.execute(update(resume).where(resume.c.account_id == who.id).values(visibility=chosen))
        index(connection, int(who.id))
