"""The lexicon's data hang together, and phrases are found as they are written in notices."""

from __future__ import annotations

import re

import pytest

from zusage.law.countries import is_country
from zusage.lexicon import (
    PhraseIndex,
    authorities,
    category_index,
    companies,
    company_named,
    cookie_named,
    cookies,
    fold,
    recipient_index,
    service_named,
    services,
    special_category,
    topics_of,
)

KEEP = re.compile(r"P(?:\d+[YMWD])+|PT\d+[HMS]|session|until_cleared")


def test_the_lexicon_is_broad() -> None:
    assert len(services()) >= 400
    assert len(cookies()) >= 300
    assert len(companies()) >= 130
    assert len(authorities()) >= 30


def test_services_and_cookies_refer_to_companies_that_are_there() -> None:
    ids = set(companies())
    assert {service.company for service in services() if service.company} <= ids
    assert {cookie.provider for cookie in cookies() if cookie.provider} <= ids


def test_names_stand_once() -> None:
    names = [service.name for service in services()]
    assert len(names) == len(set(names))
    names = [cookie.name for cookie in cookies()]
    assert len(names) == len(set(names))


def test_countries_and_lifetimes_are_well_formed() -> None:
    for company in companies().values():
        assert is_country(company.country), company.id
        assert is_country(company.parent_country), company.id
    for cookie in cookies():
        assert KEEP.fullmatch(cookie.keep), cookie.name
        assert cookie.purpose.de, cookie.name
        assert cookie.purpose.en, cookie.name


@pytest.mark.parametrize(
    ("name", "provider"),
    [("_ga", "google"), ("_ga_AB12CD", "google"), ("_hjSessionUser_123", "hotjar"), ("PHPSESSID", None)],
)
def test_cookies_are_known_by_name_and_pattern(name: str, provider: str | None) -> None:
    found = cookie_named(name)
    assert found is not None
    assert found.provider == provider


def test_an_unknown_cookie_is_unknown() -> None:
    assert cookie_named("blumenhaus_basket_state") is None


def test_former_names_lead_to_the_service_and_its_company() -> None:
    service = service_named("sendinblue")
    assert service is not None
    assert service.name == "Brevo"
    company = company_named("Facebook Ireland Limited")
    assert company is not None
    assert company.id == "meta"


@pytest.mark.parametrize(
    ("left", "right"), [("Adressen", "Adresse"), ("berechtigten", "berechtigte"), ("names", "name")]
)
def test_endings_are_folded(left: str, right: str) -> None:
    assert fold(left) == fold(right)


def test_the_longest_phrase_wins_and_commas_divide() -> None:
    index = PhraseIndex([("Google", 1), ("Google Tag Manager", 2), ("Maps", 3)], inflected=False)
    text = "Google Tag Manager, Google, Maps"
    assert [(text[hit.start : hit.end], hit.entry) for hit in index.find(text)] == [
        ("Google Tag Manager", 2), ("Google", 1), ("Maps", 3),
    ]  # fmt: skip


def test_strong_and_weak_categories() -> None:
    found = {hit.entry for hit in category_index().find("E-Mail-Adressen")}
    assert found == {"strong"}
    assert {hit.entry for hit in category_index().find("Alter")} == {"weak"}
    assert {hit.entry for hit in recipient_index("de").find("Steuerberater")} == {"strong"}
    assert {hit.entry for hit in recipient_index("de").find("Dritte")} == {"weak"}


@pytest.mark.parametrize(
    ("phrase", "special"),
    [
        ("Gesundheitsdaten der Gäste", "health"),
        ("religious beliefs", "beliefs"),
        ("Telefonnummer", None),
        ("Fingerabdrücke", None),
    ],
)
def test_special_categories(phrase: str, special: str | None) -> None:
    assert special_category(phrase) == special


@pytest.mark.parametrize(
    ("heading", "topic"),
    [
        ("Wie lange wir Ihre Daten aufbewahren", "retention"), ("Your rights", "rights"), ("Datenempfänger", "recipients"),
        ("International transfers", "transfer"), ("Zwecke der Verarbeitung", "purposes"), ("Kontaktformular", None),
    ],
)  # fmt: skip
def test_headings_tell_their_topic(heading: str, topic: str | None) -> None:
    topics = topics_of(heading)
    assert (topics[0] if topics else None) in (topic, *([] if topic else ["contact"]))
