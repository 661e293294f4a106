"""Applicants: the form, and a personal page on which they may agree to longer keeping or the pool – after they applied.

What is agreed to is asked apart from the application, recorded by Zusage, and taken back on the same page by one click.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException
from fastapi.responses import HTMLResponse, RedirectResponse
from markupsafe import Markup
from sqlalchemy import Connection, Row, delete, insert, select, update
from starlette.requests import Request

from zusage.deployments.hosting import next_key, put_row
from zusage.deployments.marketplace.app.filing import agree_entry, file_application, keep_mail
from zusage.deployments.marketplace.app.markup import page
from zusage.deployments.marketplace.app.posting import post
from zusage.deployments.marketplace.app.shop import Shop, now, shop_of
from zusage.deployments.marketplace.schema import (
    applicant,
    applicant_file,
    applicant_note,
    applicant_page,
    candidate,
    pool_entry,
    pool_file,
    pool_term,
)

router = APIRouter(default_response_class=HTMLResponse)


@dataclass(frozen=True, slots=True)
class Question:
    """Something an applicant may agree to: the purpose of the declaration, and what is asked."""

    purpose: str
    asked: str


QUESTIONS = {
    "aufbewahrung": Question("longer-application", "Dürfen wir Ihre Bewerbung zwölf Monate aufbewahren?"),
    "pool": Question("talent-pool", "Möchten Sie in unseren Bewerber:innen-Pool, höchstens zwei Jahre?"),
}
_BUTTONS = Markup(
    '<form method="post" action="/bewerbung/{token}/{name}"><p>{asked}</p>'
    '<button name="answer" value="ja">Ja</button> <button name="answer" value="nein">Nein</button></form>'
)
_FORM = Markup(
    '<form method="post"><p><label>Name <input name="name"></label></p><p><label>E-Mail <input name="email"></label></p>'
    '<p><label>Anschreiben <textarea name="letter"></textarea></label></p>'
    "<p>Sie müssen keine Daten angeben. Können wir Ihre Eignung ohne sie nicht beurteilen, bleibt die Bewerbung "
    "möglicherweise unberücksichtigt.</p><button>Bewerben</button></form>"
)
_UNJUDGED = "Eignung nicht beurteilbar: ohne Anschreiben"
_BY_MAIL = Markup(
    '<p>Bewerben Sie sich am besten <a href="/karriere/initiativ">über das verschlüsselte Formular</a>.</p>'
    '<p>Oder per E-Mail an <a href="mailto:bewerbung@spanwerk.example">bewerbung@spanwerk.example</a>. Bitte senden Sie '
    "Zeugnisse und Lebensläufe nicht unverschlüsselt per E-Mail.</p>"
)


@router.get("/karriere")
def careers() -> str:
    """How to apply: by the form; beside the address stands the warning."""
    return page("Karriere", _BY_MAIL)


@router.get("/karriere/{vacancy}")
def application_form(vacancy: str) -> str:
    """The application form: it asks for nothing but the application."""
    return page(f"Bewerbung auf Stelle {vacancy}", _FORM)


@router.post("/karriere/{vacancy}")
def apply(
    request: Request,
    vacancy: str,
    name: Annotated[str, Form(max_length=120)],
    email: Annotated[str, Form(max_length=160)],
    letter: Annotated[str, Form(max_length=2000)] = "",
) -> RedirectResponse:
    """Take an application, complete or not; what follows is the applicant's personal page."""
    shop = shop_of(request)
    with shop.office.begin() as connection:
        number = file_application(shop, connection, vacancy, name, email, letter, channel="web")
        keep_mail(connection, number, "Ihre Bewerbung", "Ihre Bewerbung ist da.")
        if not letter.strip():
            put_row(connection, applicant_note, applicant_id=number, body=_UNJUDGED)
        token = make_page(connection, number)
    _write(shop, email, "Ihre Bewerbung", f"Ihre Bewerbung ist da. Ihre Seite: {page_url(request, token)}")
    return RedirectResponse(f"/bewerbung/{token}", 303)


@router.get("/bewerbung/{token}")
def own_page(request: Request, token: str) -> str:
    """The personal page: each question by itself, with two equal buttons; whoever said yes takes it back by "no"."""
    who = _whose(shop_of(request), token)
    asked = Markup().join(
        _BUTTONS.format(token=token, name=name, asked=question.asked) for name, question in QUESTIONS.items()
    )
    words = Markup("<p>{}, Ihre Bewerbung ist eingegangen. Ihre Antworten ändern nichts am Verfahren.</p>")
    return page("Ihre Bewerbung", words.format(who.name) + asked, tags=False)


@router.post("/bewerbung/{token}/{name}")
def answer(request: Request, token: str, name: str, answer: Annotated[str, Form()]) -> RedirectResponse:
    """One answer. Without Zusage nothing can be recorded, so nothing is agreed to (503)."""
    shop = shop_of(request)
    who, question = _whose(shop, token), QUESTIONS.get(name)
    if question is None or answer not in ("ja", "nein"):
        raise HTTPException(404, "there is no such question")
    if shop.zusage is None:
        raise HTTPException(503, "consents cannot be recorded now")
    subject = ("email", str(who.email))
    stood = shop.zusage.consents(subject).get(question.purpose, {}).get("agreed", False)
    if answer == "ja":
        shop.zusage.consent(subject, {question.purpose: True})
        _agreed(shop, who, question.purpose)
    elif stood:
        shop.zusage.withdraw(subject, question.purpose)
        _write(
            shop,
            subject[1],
            "Ihr Widerruf",
            "Ihre Einwilligung ist widerrufen. Was allein auf ihr beruhte, wird heute gelöscht.",
        )
    else:
        shop.zusage.consent(subject, {question.purpose: False})
    return RedirectResponse(f"/bewerbung/{token}", 303)


def _agreed(shop: Shop, who: Row[tuple[object, ...]], purpose: str) -> None:
    """What follows from a yes that is on record."""
    if purpose == "longer-application":
        with shop.office.begin() as connection:
            mine = applicant.c.id == who.id
            connection.execute(update(applicant).where(mine).values(consented_at=now()))
        agree_entry(shop, int(who.id))
        return
    with shop.office.connect() as connection:
        query = select(applicant_file.c.path).where(applicant_file.c.applicant_id == who.id)
        papers = list(connection.execute(query).scalars())
    enter_pool(shop, str(who.name), str(who.email), str(who.letter or ""), papers)


def enter_pool(shop: Shop, name: str, email: str, profile: str, papers: list[str]) -> int:
    """Put somebody into the pool, its search index and the recruiting provider's; whoever calls has asked Zusage."""
    person = {"name": name, "email": email, "profile": profile, "consented_at": now()}
    with shop.office.begin() as connection:
        for old in connection.execute(select(pool_entry.c.id).where(pool_entry.c.email == email)).scalars():
            for part in (pool_file, pool_term):
                connection.execute(delete(part).where(part.c.entry_id == old))
            connection.execute(delete(pool_entry).where(pool_entry.c.id == old))
        entry = put_row(connection, pool_entry, **person)
        for number, path in enumerate(papers):
            copy = f"pool/{entry}-{number}.pdf"
            (shop.folder / "files" / copy).write_bytes((shop.folder / "files" / path).read_bytes())
            put_row(connection, pool_file, entry_id=entry, path=copy)
        for term in sorted(set(profile.lower().split()))[:50]:
            put_row(connection, pool_term, entry_id=entry, term=term[:60])
    with shop.recruiting.begin() as connection:
        connection.execute(delete(candidate).where(candidate.c.email == email))
        connection.execute(insert(candidate).values(id=next_key(connection, candidate), **person))
    return entry


def make_page(connection: Connection, number: int) -> str:
    """A personal page for an applicant; its token, of which only the hash is kept."""
    token = secrets.token_urlsafe(24)
    put_row(connection, applicant_page, applicant_id=number, token_hash=_hash(token), made_at=now())
    return token


def page_url(request: Request, token: str) -> str:
    """The address of a personal page, for a mail."""
    return f"{request.base_url}bewerbung/{token}"


def _whose(shop: Shop, token: str) -> Row[tuple[object, ...]]:
    query = select(applicant).join(applicant_page).where(applicant_page.c.token_hash == _hash(token))
    with shop.office.connect() as connection:
        found = connection.execute(query).first()
    if found is None:
        raise HTTPException(404, "there is no such page")
    return found


def _write(shop: Shop, email: str, subject: str, text: str) -> None:
    post(shop.folder, email, subject, text)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
