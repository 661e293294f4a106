"""Countries by code and by the names that notices use."""

from __future__ import annotations

import pytest

from zusage.law.countries import countries, country, country_code, country_name, find_countries, is_country
from zusage.law.facts import LawError


def test_norway_is_no_boolean() -> None:
    assert is_country("NO")
    assert country("NO").name.de == "Norwegen"
    assert all(code.isalpha() and len(code) == 2 and code.isupper() for code in countries())
    assert all(len(item.alpha3) == 3 for item in countries().values())


def test_there_are_all_of_them_in_two_languages() -> None:
    assert len(countries()) == 250
    assert all(item.name.de and item.name.en for item in countries().values())
    codes = [item.alpha3 for item in countries().values()]
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("code", ["UK", "EL", "XX", "no", "DEU", "", "EU"])
def test_what_is_no_code(code: str) -> None:
    assert not is_country(code)


def test_mistaken_codes_are_explained() -> None:
    with pytest.raises(LawError) as refused:
        country("UK")
    assert "GB" in (refused.value.hint or "")
    with pytest.raises(LawError) as refused:
        country("EL")
    assert "GR" in (refused.value.hint or "")


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("USA", "US"), ("Vereinigte Staaten von Amerika", "US"), ("United States of America", "US"), ("US", "US"),
        ("UK", "GB"), ("Großbritannien", "GB"), ("schweiz", "CH"), ("Türkei", "TR"), ("Turkey", "TR"), ("NO", "NO"),
        ("Norwegen", "NO"), ("Irland", "IE"), ("Tschechische Republik", "CZ"), ("Republik Korea", "KR"), ("DEU",
        "DE"),
        (" Niederlande. ", "NL"), ("Hong Kong", "HK"), ("Elfenbeinküste", "CI"), ("Atlantis", None), ("", None),
    ],
)  # fmt: skip
def test_by_name(written: str, code: str | None) -> None:
    assert country_code(written) == code


@pytest.mark.parametrize("code", sorted(countries()))
def test_every_name_leads_back(code: str) -> None:
    assert country_code(countries()[code].name.de) == code
    assert country_code(countries()[code].name.en) == code


def test_in_running_text() -> None:
    text = "Server in Irlands Hauptstadt, den USA, der Schweiz und im Vereinigten Königreich; Nigeria, nicht Niger."
    found = [(mention.code, text[mention.start : mention.end]) for mention in find_countries(text)]
    assert found == [
        ("IE", "Irlands"), ("US", "USA"), ("CH", "Schweiz"), ("GB", "Vereinigten Königreich"), ("NG", "Nigeria"),
        ("NE", "Niger"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text", ["in it and at", "contact us", "roast turkey", "US-Dollar", "Schweizerdeutsch", "USAGE"]
)
def test_words_are_no_countries(text: str) -> None:
    assert find_countries(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "New Jersey",
        "Jersey City",
        "Treasure Island",
        "Atlanta, Georgia 30308",
        "Michael Jordan",
        "New Mexico",
        "New South Wales",
    ],
)
def test_parts_of_other_names_are_no_countries(text: str) -> None:
    assert find_countries(text) == []
    assert [mention.code for mention in find_countries(f"Sitz: {text}, USA")] == ["US"]


def test_but_alone_they_are() -> None:
    text = "In Island, aus Jersey, nach Georgia, für Israel, from Jordan"
    assert [mention.code for mention in find_countries(text)] == ["IS", "JE", "GE", "IL", "JO"]


def test_names_for_people() -> None:
    assert country_name("US", "de") == "Vereinigte Staaten"
    assert country_name("EEA", "en") == "European Economic Area"
    assert country_name("ZZ", "en") == "ZZ"
