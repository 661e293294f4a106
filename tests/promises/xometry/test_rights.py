"""xometry: customers of a marketplace exercise their rights."""

from __future__ import annotations

import io
import json
import re
import zipfile

import pytest
from sqlalchemy import text

from tests.promises.asking import Desk
from tests.promises.scenario import PERSON, Scenario, _clock, at
from zusage.keepers.rights.packages import take_package
from zusage.workspace import open_workspace

ADA = "ada@kunde.example"


@pytest.fixture
def desk(marketplace: Scenario) -> Desk:
    made = Desk(marketplace)
    key = marketplace.put(
        "portal", "customer", name="Ada Beispiel", company="AB", email=ADA, tax_number="DE111"
    )
    marketplace.put("portal", "sales_order", customer_id=key, number="S-1", ordered_at="2022-05-01")
    marketplace.put("portal", "sales_order", customer_id=key, number="S-2", ordered_at="2022-05-02")
    return made


def _data(desk: Desk, now: str, reference: str) -> dict[str, dict[str, list[dict[str, object]]]]:
    found = re.search(r"/rights/download/([\w.\-]+)", desk.answer(now, reference))
    assert found
    with _clock(now):
        content = take_package(open_workspace(desk.scenario.folder).context, found.group(1), at(now))
    made: dict[str, dict[str, list[dict[str, object]]]] = json.loads(
        zipfile.ZipFile(io.BytesIO(content)).read("data.json")
    )
    return made


@pytest.mark.promise("xometry-019", "xometry-027")
def test_access_is_whole_and_a_stranger_gets_a_negative_answer(desk: Desk) -> None:
    reference = desk.carried_out("2022-07-01", "access", ADA)
    data = _data(desk, "2022-07-01", reference)
    assert data["customer-portal"]["customer"][0]["name"] == "Ada Beispiel"
    assert len(data["customer-portal"]["sales_order"]) == 2
    answer = desk.answer("2022-07-01", reference)
    for word in (
        "Zwecke",
        "Kategorien",
        "Speicherdauer",
        "Wer Ihre Daten erhalten hat",
        "Art. 77",
        "Art. 79",
    ):
        assert word in answer
    nobody = desk.carried_out("2022-07-01T12:00", "access", "ben@nirgends.example")
    assert "nichts gefunden" in desk.answer("2022-07-01", nobody)
    assert "ben@nirgends" not in answer


@pytest.mark.promise("xometry-021")
def test_erasure_keeps_what_a_law_needs_and_says_so(desk: Desk) -> None:
    scenario = desk.scenario
    key = scenario.put("portal", "mailing", email=ADA, added_at="2022-01-01")
    with scenario.writing("portal") as connection:
        customer = connection.execute(
            text("SELECT id FROM customer WHERE email = :e"), {"e": ADA}
        ).scalar_one()
    letter = scenario.put("portal", "archived_document", **{"class": "invoice"}, customer_id=customer, recipient="Ada",
                          body="Rechnung 4711", issued_at="2022-03-01")  # fmt: skip
    assert scenario.tables_with("Rechnung 4711", "portal") == ["archived_document"]
    reference = desk.carried_out("2022-07-01", "erasure", ADA)
    assert scenario.there("portal", "mailing", key) == []
    assert scenario.there("portal", "archived_document", letter) == [], "not in reach of the application"
    told = {one["party"] for one in desk.show("2022-07-01", reference)["told"]}
    assert "activecampaign" in told
    answer = desk.answer("2022-07-01", reference)
    assert "§ 147" in answer
    assert re.search(r"20(30|31|32|33)", answer)
    assert scenario.tables_with("Rechnung 4711", "portal") == [], "advertising does not see it"
    assert scenario.tables_with(ADA, "portal") == []
    for now in ("2022-07-02", "2029-12-31"):
        scenario.sweep(f"{now}T03:00")
        (kept,) = [one for one in scenario.blocked(f"{now}T12:00", ADA) if one["table"] == "restricted.archived_document"]  # fmt: skip
        assert [row["body"] for row in kept["rows"]] == ["Rechnung 4711"], "restricted, and kept"
    usable = scenario.zusage("2022-07-02", "restricted", ADA, "--reason", "similar-offers", "--by", PERSON)
    assert usable.code == 2, "for no purpose but those of the law"


@pytest.mark.promise("xometry-023")
def test_portability_is_what_the_person_gave_on_contract(desk: Desk) -> None:
    reference = desk.carried_out("2022-07-01", "portability", ADA)
    data = _data(desk, "2022-07-01", reference)
    assert data["customer-portal"]["customer"][0]["tax_number"] == "DE111"
    assert "access-data" not in data
    assert "archive" not in data


@pytest.mark.promise("xometry-026")
def test_a_mail_is_a_case_with_reminder_and_is_never_late_silently(desk: Desk) -> None:
    reference = desk.file("2022-07-01", "erasure", ADA, channel="email")
    assert str(desk.show("2022-07-01", reference)["due"]).startswith("2022-08-01")
    desk.run("2022-07-01")
    desk.run("2022-07-25")
    officer = open_workspace(desk.scenario.folder).declaration
    to = (officer.dpo.email if officer.dpo else None) or officer.controller.email or ""
    assert any("fällig" in one.splitlines()[0] for one in desk.mails(to))
    desk.run("2022-08-01")
    desk.run("2022-08-02")
    assert any(one.startswith("Überfällig") for one in desk.mails(to))
    assert desk.scenario.zusage("2022-08-02", "request", "list", "--json").code == 1
    assert desk.scenario.proof("2022-08-02", "rights/erasure")["state"] == "broken"
    letter = desk.file("2022-08-02", "access", ADA, channel="letter")
    assert desk.show("2022-08-02", letter)["channel"] == "letter"


@pytest.mark.promise("xometry-030", "xometry-034")
def test_an_objection_restricts_at_once_and_closes_only_with_a_letter(desk: Desk) -> None:
    first = desk.file("2022-07-01", "objection", ADA, "--purpose", "security", "--text", "besondere Lage")
    assert not desk.may("2022-07-01T13:00", "security", ADA)["allowed"], "server logs rest on 6(1)(f)"
    second = desk.file("2022-07-01T12:30", "objection", ADA, "--purpose", "orders")
    desk.run("2022-07-01T12:40")
    assert desk.show("2022-07-01T12:50", first)["state"] == "awaiting-decision", "a case under Art. 21"
    assert desk.decide("2022-07-02", second) == 2, "orders rest on 6(1)(b): Art. 21 does not cover them"
    text = "Bestellungen beruhen auf Art. 6 Abs. 1 Buchst. b."
    assert desk.decide("2022-07-02", second, "refuse", "--ground", "not-applicable", "--text", text) == 0
    assert desk.decide("2022-07-02", first, "refuse", "--ground", "compelling-grounds") == 2
    desk.run("2022-07-02")
    assert text in desk.answer("2022-07-02", second)
    assert desk.may("2022-07-03", "orders", ADA)["code"] != "objected"
    desk.run("2022-08-02")
    listed = desk.scenario.zusage("2022-08-02", "request", "list", "--open", "--json")
    assert listed.code == 1
    assert [one["reference"] for one in listed.json] == [first]
    assert not desk.may("2022-08-02", "security", ADA)["allowed"]
    assert desk.decide("2022-08-02T12:00", first) == 0
    desk.run("2022-08-02T12:05")
    assert any("Antwort" in one for one in desk.mails(ADA))


@pytest.mark.promise("xometry-031")
def test_one_word_ends_advertising(desk: Desk) -> None:
    reference = desk.file("2022-07-01", "marketing-objection", ADA, "--text", "Stopp")
    desk.run("2022-07-01")
    assert desk.show("2022-07-01", reference)["state"] == "answered"
    assert desk.may("2022-07-02", "similar-offers", ADA)["code"] == "objected"
    assert desk.may("2022-07-02", "newsletter", ADA)["allowed"] is False
    assert desk.may("2022-07-02", "orders", ADA)["allowed"]
    refused = desk.decide(
        "2022-07-02", reference, "refuse", "--ground", "compelling-grounds", "--text", "nein"
    )
    assert refused == 2
