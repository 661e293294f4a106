"""Whatever is declared is read again: random declarations are written in both languages and read back (F1 at least 0.98)."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import given, note, settings
from hypothesis import strategies as st

from zusage.declaration import Declaration
from zusage.documents import render
from zusage.notice.checking.readback import agreement, stated_facts
from zusage.notice.reading import document_of, read_facts
from zusage.notice.writing.catalogue import write
from zusage.text import LANGUAGES, Language

ON = date(2026, 11, 24)
TITLES = [
    ("Kursbuchung", "Course booking"), ("Werkstattauftrag", "Repair order"), ("Gästebuch", "Guest book"), ("Lieferung", "Delivery"),
    ("Vereinsleben", "Club life"), ("Fundsachen", "Lost property"), ("Hausordnung", "House rules"), ("Leihräder", "Rental bicycles"),
]  # fmt: skip
#: many that no lexicon knows
DATA = [
    ("Schuhgröße", "shoe size"), ("Name und Anschrift", "name and address"), ("E-Mail-Adresse", "e-mail address"), ("Kennzeichen des Fahrzeugs", "vehicle registration number"),
    ("Sitzplatz", "seat number"), ("Rahmennummer", "frame number"), ("IP-Adresse", "IP address"), ("Bankverbindung", "bank details"), ("Lebenslauf", "CV"),
    ("Trainingszeiten", "training times"), ("Telefonnummer", "telephone number"), ("Fotos der Teilnehmer", "photos of participants"), ("Allergien", "allergies"),
    ("Geburtsdatum", "date of birth"), ("Rechnungsdaten", "billing details"), ("Inhalt der Nachricht", "content of the message"),
]  # fmt: skip
PURPOSES = [
    ("Durchführung der Kurse", "conducting the courses"), ("Abrechnung der Leistungen", "billing the services"), ("Abwehr von Angriffen", "defence against attacks"),
    ("Fundsachen zurückgeben", "return lost items"), ("Termine vergeben", "assign appointments"), ("Vermietung von Rädern", "renting out bicycles"),
    ("Auswertung der Reichweite", "measuring reach"), ("Einladung zu Veranstaltungen", "invitation to events"), ("Pflege der Mitgliederliste", "keeping the list of members"),
]  # fmt: skip
STEMS = [
    "Talwerk",
    "Möwenblick",
    "Ahornhof",
    "Dünenfunk",
    "Kranichpost",
    "Lindwurm",
    "Sturmglas",
    "Quellstein",
    "Brückner",
    "Ostwind",
]
TRADES = ["Rechenzentrum", "Versand", "Abrechnung", "Hosting", "Druck", "Logistik", "Software", "Telefonie"]
FORMS = [
    ("GmbH", "DE"),
    ("AG", "CH"),
    ("B.V.", "NL"),
    ("Ltd", "IE"),
    ("Inc.", "US"),
    ("AS", "NO"),
    ("KG", "AT"),
    ("S.A.", "FR"),
    ("e.V.", "DE"),
]
BASES = ["gdpr:6(1)(b)", "gdpr:6(1)(c)", "gdpr:6(1)(f)"]
KEEPS = ["P7D", "P30D", "P6M", "P1Y", "P3Y", "P18M", "PT72H", "P2W"]
EVENTS = ["collected", "contract-ended", "answered", "procedure-ended", "last-login"]


def _said(pair: tuple[str, str]) -> dict[str, str]:
    return {"de": pair[0], "en": pair[1]}


def _recipient(draw: st.DrawFn, stem: str) -> dict[str, Any]:
    form, country = draw(st.sampled_from(FORMS))
    role = draw(st.sampled_from(["processor", "controller"]))
    one: dict[str, Any] = {
        "name": f"{stem} {draw(st.sampled_from(TRADES))} {form}",
        "country": country,
        "role": role,
    }
    if country == "US":
        one["transfers"] = [
            {"country": "US", "safeguards": [draw(st.sampled_from(["scc", "dpf"]))], "certified": True}
        ]
    if country == "CH":
        one["transfers"] = [{"country": "CH", "safeguards": ["adequacy"]}]
    return one


@st.composite
def declarations(draw: st.DrawFn) -> dict[str, Any]:
    """A sound declaration of a few activities, recipients, periods, cookies and consents."""

    def some(pool: list[Any], least: int, most: int) -> list[Any]:
        return draw(st.lists(st.sampled_from(pool), min_size=least, max_size=most, unique=True))

    recipients = {f"r{number}": _recipient(draw, stem) for number, stem in enumerate(some(STEMS, 1, 4))}
    consent = draw(st.booleans())
    activities: dict[str, Any] = {}
    for number, title in enumerate(some(TITLES, 1, 4)):
        data = some(DATA, 1, 5)
        purposes = [
            {"id": f"p{at}", "text": _said(text), "legal_bases": [_basis(draw(st.sampled_from(BASES)))]}
            for at, text in enumerate(some(PURPOSES, 1, 3))
        ]
        rule: dict[str, Any] = {
            "id": "rule",
            "from": draw(st.sampled_from(EVENTS)),
            "then": draw(st.sampled_from(["erase", "anonymise"])),
        }
        until = draw(st.sampled_from([None, None, None, "purpose", "objection", "contract"]))
        rule["keep"] = {"until": until} if until else draw(st.sampled_from(KEEPS))
        activities[f"a{number}"] = {
            "title": _said(title), "purposes": purposes, "subjects": [{"de": "Kunden", "en": "customers"}],
            "data": [{"id": f"d{at}", "text": _said(text)} for at, text in enumerate(data)],
            "recipients": [{"to": to} for to in some(sorted(recipients), 0, 3)], "retention": [rule],
        }  # fmt: skip
    whole: dict[str, Any] = {
        "zusage": 1, "languages": ["de", "en"], "as_of": draw(st.dates(date(2024, 6, 1), date(2026, 11, 1))).isoformat(),
        "address": draw(st.sampled_from(["Sie", "du"])),
        "controller": {
            "name": "Federgras Freizeit GmbH", "email": "daten@federgras.example", "phone": "+49 30 5550123", "land": "BE",
            "address": {"street": "Spreeufer 9", "postcode": "10179", "city": "Berlin", "country": "DE"},
        },
        "authority": {"id": "DE-BE"}, "recipients": recipients, "activities": activities,
    }  # fmt: skip
    if consent:
        whole["consents"] = {"news": {"title": _said(("Neuigkeiten", "news")), "text": _said(("Ich möchte Post erhalten.", "I want to get mail.")), "asked": "form"}}  # fmt: skip
    items = some(["ff_basket", "ff_lang", "_ff_seen", "FFSESSID"], 0, 3)
    if items:
        whole["browser"] = {"items": {
            f"i{at}": {"name": name, "purpose": _said(("Merken der Auswahl", "remembering the choice")), "keep": draw(st.sampled_from(["session", "P30D", "P1Y"])), "necessary": True}
            for at, name in enumerate(items)
        }}  # fmt: skip
    return whole


def _basis(citation: str) -> dict[str, Any]:
    interest = (
        {"interest": _said(("ordentlicher Betrieb", "orderly operation"))} if citation.endswith("(f)") else {}
    )
    return {"citation": citation, **interest}


def _f1(declaration: Declaration, language: Language) -> float:
    content = render(write(declaration, "notice", language, ON), "md")
    stated = stated_facts(declaration, language)
    declared, read = agreement(stated, read_facts(document_of(content, "markdown")))
    note(f"{language}: lost {sorted(declared - read)}, added {sorted(read - declared)}")
    return 2 * len(declared & read) / (len(declared) + len(read))


@settings(max_examples=8, deadline=None, derandomize=True)
@given(declarations())
def test_what_is_declared_is_read_again(drawn: dict[str, Any]) -> None:
    declaration = Declaration.model_validate(drawn)
    for language in LANGUAGES:
        assert _f1(declaration, language) >= 0.98
