"""fluxpunkt: people whom a sender tells about keep their rights: source, information, erasure; forms remind senders."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy.exc import IntegrityError

from tests.promises.asking import Desk
from tests.promises.scenario import Scenario
from tests.promises.sites import served
from tests.promises.visiting import Site, visiting
from zusage.deployments.itservice.app import create_app

WWW = "https://www.strompfad.example"
JAN, MARA = "+49 711 5550 123", "mara@kunde.example"


@pytest.fixture
def site(itservice: Scenario) -> Iterator[Site]:
    with visiting(itservice, create_app, WWW, now="2026-05-05T09:00") as made:
        yield made


@pytest.mark.promise("fluxpunkt-165")
def test_every_message_field_reminds_and_a_form_without_does_not_pass(site: Site) -> None:
    pages = {f"{WWW}{path}": site.guest().get(path).text for path in ("/contact", "/tickets/new")}
    for html in pages.values():
        field = html.index("<textarea")
        assert 0 < html.index("Angaben über andere Personen") - field < 300, "next to the field"

    def missing(shown: dict[str, str]) -> list[str]:
        with served(shown, site.scenario.folder) as sites:
            said = sites.scan(site.scenario, "2026-05-05T09:00", "pages", *shown, "--limit", "1").json
        return [one["code"] for one in said if one["code"] == "site/hint-missing"]

    assert missing(pages) == []
    third = pages[f"{WWW}/contact"].replace("Angaben über andere Personen", "Angaben")
    assert missing(pages | {f"{WWW}/rueckruf": third}) == ["site/hint-missing"]


@pytest.mark.promise("fluxpunkt-167")
def test_a_third_persons_number_has_its_source_and_a_task_to_inform_within_a_month(site: Site) -> None:
    scene, desk = site.scenario, Desk(site.scenario)
    said = site.guest().post(
        "/third-persons", data={"source": "Mara Beispiel", "name": "Jan Muster", "phone": JAN}
    )
    assert said.status_code == 201, said.text
    stored = "phone = :p AND source = 'Mara Beispiel' AND sourced_at LIKE '2026-05-05%'"
    assert scene.count("office", "third_person", stored, p=JAN) == 1
    task = desk.show("2026-05-05T10:00", said.json()["task"])
    assert (task["kind"], task["state"], str(task["due"])[:10]) == (
        "inform",
        "awaiting-decision",
        "2026-06-05",
    )
    desk.run("2026-05-05T10:05")
    desk.run("2026-06-04T10:05")
    assert any(said.json()["task"] in one for one in desk.mails("dsb@strompfad.example")), "reminded before"
    assert desk.decide("2026-06-04T12:00", said.json()["task"]) == 2, "informing is done in words"
    assert (
        desk.decide(
            "2026-06-04T12:00",
            said.json()["task"],
            "grant",
            "--text",
            "Ihre Nummer nannte uns Mara Beispiel.",
        )
        == 0
    )
    assert site.guest().post("/third-persons", data={"name": "Jan Muster", "phone": JAN}).status_code == 422
    with pytest.raises(IntegrityError):
        scene.put("office", "third_person", name="Ohne", phone="+49 1", sourced_at="2026-05-05")
    answer = desk.carried_out("2026-06-05", "access", f"phone:{JAN}", "--reply-to", "jan@muster.example")
    assert "Mara Beispiel, 05.05.2026" in desk.answer("2026-06-05", answer), (
        "so that the authorisation can be questioned"
    )


@pytest.mark.promise("fluxpunkt-168")
def test_an_erasure_that_the_sender_reports_concerns_what_the_sender_told_us(site: Site) -> None:
    scene, desk = site.scenario, Desk(site.scenario)
    mara = scene.put("desk", "customer", company="Kunde", name="Mara Beispiel", email=MARA)
    own = scene.put(
        "office", "form_message", name="Mara Beispiel", email=MARA, body="Hallo", received_at="2026-05-05"
    )
    for source in ("Mara Beispiel", "Otto Dritt"):
        scene.put(
            "office", "third_person", name="Jan Muster", phone=JAN, source=source, sourced_at="2026-05-05"
        )
    call = scene.put(
        "desk",
        "call_entry",
        number=JAN,
        name="Jan Muster",
        source="Rufbuch",
        sourced_at="2026-05-01",
        called_at="2026-05-01",
    )
    reference = desk.file(
        "2026-06-01", "erasure", f"phone:{JAN}", "--source", "Mara Beispiel", "--reply-to", MARA
    )
    assert str(desk.show("2026-06-01", reference)["due"])[:10] == "2026-07-01"
    desk.run("2026-06-01")
    listed = [
        (one["table"], one["count"]) for one in desk.show("2026-06-01", reference)["plan"] if one["count"]
    ]
    assert listed == [("third_person", 1)], "all data with the source Mara about Jan are listed"
    assert desk.decide("2026-06-02", reference) == 0
    desk.run("2026-06-02")
    assert scene.count("office", "third_person", "phone = :p AND source = 'Mara Beispiel'", p=JAN) == 0
    assert scene.count("office", "third_person", "phone = :p AND source = 'Otto Dritt'", p=JAN) == 1
    assert scene.there("desk", "call_entry", call) == [call]
    assert scene.there("desk", "customer", mara) == [mara], "Mara's own data stay"
    assert scene.there("office", "form_message", own) == [own]
    assert str(desk.show("2026-06-03", reference)["closed_at"])[:10] <= "2026-07-01"
