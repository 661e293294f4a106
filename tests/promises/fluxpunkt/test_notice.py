"""The IT provider's notice: dated versions, a readable address, laws in force, a ground and a period for every activity."""

from __future__ import annotations

import pytest

from tests.promises.publishing import checked, edit, page, publish
from tests.promises.scenario import Scenario


def _as_of(scenario: Scenario) -> str:
    text = (scenario.folder / "declaration.yaml").read_text("utf-8")
    return next(line for line in text.splitlines() if line.startswith("as_of: "))


@pytest.mark.promise("fluxpunkt-001")
def test_a_changed_word_needs_a_new_date_and_the_earlier_version_stays(itservice: Scenario) -> None:
    assert publish(itservice, "2026-02-02T08:00")[0] == 0
    first = page(itservice, "2026-02-02T09:00", "/notice?on=2026-02-02")[1]
    edit(itservice, "Abrechnung und Buchführung", "Abrechnung und Buchhaltung")
    code, codes = publish(itservice, "2026-02-03T08:00")
    assert code == 1
    assert "notice/changed-without-date" in codes
    edit(itservice, _as_of(itservice), 'as_of: "2026-02-03"')
    assert publish(itservice, "2026-02-03T08:10")[0] == 0
    now = page(itservice, "2026-02-03T09:00", "/notice?on=2026-02-03")[1]
    assert "3. Februar 2026" in now
    assert "Buchhaltung" in now
    assert page(itservice, "2026-02-03T09:00", "/notice?on=2026-02-02")[1] == first


@pytest.mark.promise("fluxpunkt-009")
def test_the_address_is_readable_without_scripts_and_no_placeholder_passes(itservice: Scenario) -> None:
    status, text = page(itservice, "2026-02-02T08:00", "/notice")
    assert status == 200
    declared = (itservice.folder / "declaration.yaml").read_text("utf-8")
    email = (
        next(line for line in declared.splitlines() if line.startswith("  email: "))
        .removeprefix("  email: ")
        .strip()
    )
    assert f'href="mailto:{email}"' in text
    assert 'href="tel:+49' in text
    assert "<script" not in text
    edit(itservice, f"  email: {email}", '  email: "[email protected]"')
    refused = itservice.zusage("2026-02-02T08:10", "publish", "--by", "Dora", "--json")
    assert refused.code == 2
    assert "controller.email" in refused.err
    # and in a text from elsewhere
    notice = itservice.file("notice.md", "# Datenschutz\n\nKontakt: [email protected]\n")
    assert "notice/placeholder" in [one["code"] for one in checked(str(notice), "2026-02-02")]


@pytest.mark.promise("fluxpunkt-061")
def test_stale_laws_are_reported_and_laws_in_force_pass(itservice: Scenario) -> None:
    text = itservice.zusage("2026-02-02", "write", "notice", "--format", "md", "--language", "de").out
    stale = text.replace(
        "## Ihre Rechte",
        "Verzeichnisse nach § 105 TKG. Die Übermittlung stützt sich auf das Privacy Shield.\n\n## Ihre Rechte",
        1,
    )

    def quotes(name: str, said: str) -> list[str]:
        found = checked(str(itservice.file(name, said)), "2026-05-05")
        return [one["place"]["quote"] for one in found if one["code"] == "notice/outdated"]

    assert quotes("fine.md", text) == []
    assert [one for one in quotes("stale.md", stale) if "105" in one]
    assert [one for one in quotes("stale.md", stale) if "Privacy" in one]


@pytest.mark.promise("fluxpunkt-066")
def test_an_activity_without_ground_or_period_stops_the_notice_and_is_named(itservice: Scenario) -> None:
    said = itservice.zusage("2026-02-02", "write", "record", "--json", "--language", "de").json
    tables = [block for block in said["blocks"] if block["block"] == "table"]
    assert len(tables) >= 10
    for one in tables:
        filled = {row[0]: row[1] for row in one["rows"]}
        for item in (
            "Zwecke der Verarbeitung",
            "Kategorien personenbezogener Daten",
            "Rechtsgrundlage",
            "Vorgesehene Löschfristen",
        ):
            assert filled[item] not in ("", "keine"), (filled, item)
    edit(
        itservice,
        "activities:\n",
        "activities:\n  remote-help:\n    title: {de: Fernhilfe, en: remote help}\n"
        "    purposes: [{id: help, text: {de: Fernhilfe leisten, en: give remote help}}]\n"
        "    subjects: [{de: Kunden, en: customers}]\n    data: [{id: screen, text: {de: Bildschirminhalt, en: screen content}}]\n",
    )
    refused = itservice.zusage("2026-02-02T08:10", "publish", "--by", "Dora", "--json")
    assert refused.code == 1
    found = {
        (one["code"], one["place"]["key"].split(".")[1].split("[")[0])
        for one in refused.json
        if one["severity"] == "error"
    }
    assert {("declaration/legal-basis", "remote-help"), ("declaration/retention", "remote-help")} <= found
