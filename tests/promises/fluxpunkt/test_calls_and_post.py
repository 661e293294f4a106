"""fluxpunkt: what callers and senders of letters ask for on the spot happens in the application, at once and for good."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
import pytest
from sqlalchemy.exc import IntegrityError

from tests.promises.publishing import page, publish
from tests.promises.scenario import Scenario
from tests.promises.visiting import Site, visiting
from zusage.deployments.itservice.app import create_app

NUMBER = "+49 30 23125 702"
OTHER = "+49 30 23125 703"
UNLISTED, SIMILAR, LISTED = "+49 30 23125 001", "+49 30 23125 981", "+49 30 23125 982"


@pytest.fixture
def site(itservice: Scenario) -> Iterator[Site]:
    with visiting(itservice, create_app, "https://www.strompfad.example", now="2026-05-05T10:00") as made:
        for number, name in ((NUMBER, "Lea Anruf"), (OTHER, "Udo Anders")):
            itservice.put("desk", "number_lookup", number=number, name=name, source="Telefonverzeichnis Süd",
                          sourced_at="2026-04-01")  # fmt: skip
        yield made


def call(site: Site, number: str) -> dict[str, object]:
    """A call comes in: its number in the list, and what the display shows."""
    said: dict[str, object] = site.guest().post("/switchboard/calls", data={"number": number}).json()
    return said


def shown(site: Site) -> str:
    """Everything that the displays show."""
    return str(site.guest().get("/switchboard/calls").text)


@pytest.mark.promise("fluxpunkt-096")
def test_remove_entry_during_a_call_takes_number_and_name_and_leaves_the_call(site: Site) -> None:
    scene = site.scenario
    calls = scene.count("desk", "call_entry")
    made = call(site, NUMBER)
    assert made["display"] == "Lea Anruf"
    call(site, OTHER)
    assert site.guest().post(f"/switchboard/calls/{made['call']}/removed").status_code == 204
    assert scene.count("desk", "call_entry", "number = :n OR name = 'Lea Anruf'", n=NUMBER) == 0
    assert scene.count("desk", "number_lookup", "number = :n", n=NUMBER) == 0
    assert scene.count("desk", "call_entry") == calls + 2, "the number of calls stays"
    assert NUMBER not in shown(site)
    assert "Udo Anders" in shown(site)
    assert call(site, NUMBER)["display"] is None, "the next call shows no name"
    assert call(site, OTHER)["display"] == "Udo Anders"


@pytest.mark.promise("fluxpunkt-156")
def test_an_objection_anonymises_all_calls_and_none_is_recognised_again(site: Site) -> None:
    scene = site.scenario
    earlier = [
        scene.put("desk", "call_entry", number=NUMBER, name="Lea Anruf", source="Rufbuch", sourced_at=day, called_at=day)
        for day in ("2026-03-01", "2026-03-02", "2026-03-03")
    ]  # fmt: skip
    backup = scene.file("backups/desk-2026-05-04.tar", f"calls of {NUMBER}\n")
    made = call(site, NUMBER)
    call(site, OTHER)
    assert site.guest().post(f"/switchboard/calls/{made['call']}/objection").status_code == 204
    rows = (*earlier, made["call"])
    listed = ", ".join(map(str, rows))
    assert scene.count("desk", "call_entry", f"id IN ({listed}) AND number IS NULL AND name IS NULL") == 4
    assert scene.count("desk", "call_entry", f"id IN ({listed}) AND called_at IS NOT NULL") == 4
    assert scene.count("desk", "number_lookup", "number = :n", n=NUMBER) == 0
    assert NUMBER not in shown(site)
    for moment in ("2026-05-06T10:00", "2026-06-05T10:00"):
        site.at(moment)
        assert not site.zusage.may("caller", ("phone", NUMBER))
        again = call(site, NUMBER)
        assert again["display"] is None
        assert scene.count("desk", "call_entry", "id = :k AND number IS NULL", k=again["call"]) == 1
    assert site.zusage.may("caller", ("phone", OTHER))
    scene.sweep("2026-05-20")
    assert backup.exists()
    scene.sweep("2026-05-27")
    assert not backup.exists(), "after the rotation no copy leads to the number"


@pytest.mark.promise("fluxpunkt-080")
def test_a_letter_whose_sender_objects_is_filed_on_paper_only(site: Site) -> None:
    scene = site.scenario
    objects = (
        "Sehr geehrte Damen und Herren, ich widerspreche der elektronischen Erfassung. Anliegen Walnuss."
    )
    plain = "Sehr geehrte Damen und Herren, bitte um ein Angebot. Anliegen Haselnuss."
    first, second = (
        site.guest().post("/letters", data={"sender": sender, "opening": opening, "place": "Ordner 7"}).json()
        for sender, opening in (("Bruno Brief", objects), ("Lena Brief", plain))
    )
    assert (first["scanned"], second["scanned"]) == (False, True)
    paper = "id = :k AND scan IS NULL AND storage_place = 'Ordner 7' AND received_at IS NOT NULL"
    assert scene.count("office", "letter", paper, k=first["letter"]) == 1
    assert (scene.folder / f"documents/letters/{second['letter']}.pdf").exists()
    everywhere = b"".join(
        path.read_bytes() for root in ("documents", "data", "mail") for path in (scene.folder / root).rglob("*") if path.is_file()
    )  # fmt: skip
    assert b"Haselnuss" in everywhere
    assert b"Walnuss" not in everywhere, "neither text nor picture nor copy"
    with pytest.raises(IntegrityError):
        scene.change(
            "office", "UPDATE letter SET scan = 'letters/later.pdf' WHERE id = :k", k=first["letter"]
        )


class Listed:
    """Somebody else's directory: it knows one number, suggests its neighbour for a similar one, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def get(self, url: str, *, params: dict[str, str]) -> httpx2.Response:
        self.asked.append(params["number"])
        entries = {LISTED: (LISTED, "Nora Süd"), SIMILAR: (LISTED, "Nora Süd")}
        found = entries.get(params["number"])
        return (
            httpx2.Response(200, json=dict(zip(("number", "name"), found, strict=True)))
            if found
            else httpx2.Response(404)
        )


@pytest.mark.promise("fluxpunkt-154")
def test_an_unlisted_number_is_shown_as_a_number_and_callers_are_told_how_not_to_be_listed(
    site: Site,
) -> None:
    site.app.state.directory = directory = Listed()
    for table, column in (("customer", "phone"), ("number_lookup", "number"), ("call_entry", "number")):
        site.scenario.change(
            "desk", f"UPDATE {table} SET {column} = '+49 30 99' WHERE {column} = :n", n=UNLISTED
        )
    notice = page(site.scenario, "2026-05-05", "/notice")[1]
    assert (
        "Wer in keinem Telefonverzeichnis stehen will, widerspricht dem Eintrag bei dessen Herausgeber"
        in notice
    )
    assert call(site, LISTED)["display"] is None, "nobody is looked up without consent"
    assert directory.asked == []
    assert publish(site.scenario, "2026-05-05T10:00")[0] == 0
    for number in (UNLISTED, SIMILAR, LISTED):
        site.zusage.consent(("phone", number), {"lookup": True}, way="form")
    unlisted = call(site, UNLISTED)
    assert (unlisted["display"], unlisted["number"]) == (None, UNLISTED)
    similar = call(site, SIMILAR)
    assert (similar["display"], similar["number"]) == (None, SIMILAR), "the neighbour's name is not taken"
    assert call(site, LISTED)["display"] == "Nora Süd"
    assert directory.asked == [UNLISTED, SIMILAR, LISTED]
    kept = "number IN (:a, :b) AND name IS NOT NULL"
    for table in ("call_entry", "number_lookup"):
        assert site.scenario.count("desk", table, kept, a=UNLISTED, b=SIMILAR) == 0
    assert (
        site.scenario.count(
            "desk", "number_lookup", "number = :n AND source = 'Telefonverzeichnis Süd'", n=LISTED
        )
        == 1
    )
