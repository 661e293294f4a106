"""Supervisory authorities: who is competent, and whom a notice means."""

from __future__ import annotations

import pytest

from zusage.law.authorities import (
    authorities,
    authority,
    competent,
    find_authorities,
    find_authority,
    find_no_authorities,
)
from zusage.law.facts import LawError
from zusage.law.holidays import laender

EEA_AND_NEIGHBOURS = (
    "AT BE BG CH CY CZ DK EE ES FI FR GB GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK".split()
)


@pytest.mark.parametrize("land", sorted(laender()))
def test_every_land_has_one_for_companies(land: str) -> None:
    found = authority(f"DE-{land}")
    assert found.land == land
    assert found.private
    assert found.address
    assert found.email
    assert competent("DE", land) == found


def test_a_land_is_not_taken_for_a_country() -> None:
    assert authority("BE").country == "BE"
    assert authority("DE-BE").land == "BE"
    with pytest.raises(LawError) as refused:
        authority("NW")
    assert "DE-NW" in (refused.value.hint or "")


@pytest.mark.parametrize("country", EEA_AND_NEIGHBOURS)
def test_every_neighbour_has_one(country: str) -> None:
    found = competent(country)
    assert found is not None
    assert found.url.startswith("https://")


def test_bavaria_has_two_and_companies_belong_to_one() -> None:
    assert authority("DE-BY").id == "baylda"
    assert not authority("baylfd").private
    assert not authority("bfdi").private
    assert not authority("edps").private


def test_germany_without_land_cannot_be_told() -> None:
    assert competent("DE") is None
    with pytest.raises(LawError):
        authority("DE")


@pytest.mark.parametrize("wrong", ["DE-XX", "baylada", "", "Bavaria"])
def test_unknown_ones_are_refused(wrong: str) -> None:
    with pytest.raises(LawError, match="no supervisory authority"):
        authority(wrong)


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("BayLDA", "baylda"),
        ("Bayerisches Landesamt für Datenschutzaufsicht (BayLDA)", "baylda"),
        ("das Bayerische Landesamt für\nDatenschutzaufsicht", "baylda"),
        ("LDI NRW", "ldi-nrw"),
        ("Landesbeauftragte für Datenschutz und Informationsfreiheit Nordrhein-Westfalen", "ldi-nrw"),
        ("LfDI Baden-Württemberg", "lfdi-bw"),
        (
            "Der Landesbeauftragte für den Datenschutz und die Informationsfreiheit Baden-Württemberg",
            "lfdi-bw",
        ),
        ("Berliner Beauftragte für Datenschutz und Informationsfreiheit", "blnbdi"),
        ("Berlin Commissioner for Data Protection and Freedom of Information", "blnbdi"),
        ("Der Hamburgische Beauftragte für Datenschutz und Informationsfreiheit", "hmbbfdi"),
        ("Hessische Datenschutzbeauftragte", "hbdi"),
        ("HBDI", "hbdi"),
        ("ULD", "uld-sh"),
        ("beim Unabhängigen Landeszentrum für Datenschutz Schleswig-Holstein", "uld-sh"),
        ("Landesbeauftragte für den Datenschutz Niedersachsen", "lfd-ni"),
        ("TLfDI", "tlfdi"),
        ("Österreichische Datenschutzbehörde", "dsb-at"),
        ("https://www.lda.bayern.de/de/beschwerde.html", "baylda"),
        ("Data Protection Commission", "dpc-ie"),
        ("CNIL", "cnil"),
        ("Information Commissioner’s Office", "ico"),
        ("eine Aufsichtsbehörde", None),
        ("unser Datenschutzbeauftragter", None),
        ("cnil", None),
    ],
)
def test_as_written(written: str, found: str | None) -> None:
    named = find_authority(written)
    assert (named.id if named else None) == found


def test_former_names_and_addresses_are_marked() -> None:
    text = "Sächsischer Datenschutzbeauftragter, Devrientstraße 1; BayLDA, Promenade 27, nicht Promenade 18"
    found = [(mention.authority.id, mention.former) for mention in find_authorities(text)]
    assert found == [("sdtb", True), ("sdtb", True), ("baylda", False), ("baylda", True)]


@pytest.mark.parametrize("authority_id", sorted(authorities()))
def test_every_authority_is_found_by_its_own_names(authority_id: str) -> None:
    item = authorities()[authority_id]
    for name in (item.name.de, item.name.en, *item.aliases):
        assert [mention.authority.id for mention in find_authorities(f"Beschwerde: {name}.")] == [
            authority_id
        ], name


def test_bodies_that_take_no_complaints() -> None:
    text = "Die Datenschutzkonferenz (DSK) und der Europäische Datenschutzausschuss"
    assert [item.id for item in find_no_authorities(text)] == ["dsk", "dsk"]
    assert [item.id for item in find_no_authorities("EDPB")] == ["edpb"]


def test_web_addresses() -> None:
    assert authority("cnil").url == "https://www.cnil.fr"
    assert authority("baylda").url == "https://lda.bayern.de"
