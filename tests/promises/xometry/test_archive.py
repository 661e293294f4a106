"""xometry: after the contract what a law needs lies apart, for its purposes only; network messages are answered for our own part."""

from __future__ import annotations

import pyrage
import pytest
from sqlalchemy import text

from tests.promises.asking import Desk
from tests.promises.mailing_in import console
from tests.promises.scenario import PERSON, Scenario
from zusage.server.accounts import Role

ADA, BEN = "ada@kunde.example", "ben@kunde.example"


@pytest.mark.promise("xometry-207")
def test_after_the_contract_letters_lie_in_the_archive_and_only_a_role_with_a_reason_reads_them(
    marketplace: Scenario,
) -> None:
    scene = marketplace
    relation = scene.put("office", "relation", company="Ben KG", stage="contract", ended_at="2022-07-31")
    kept = scene.put("office", "correspondence", relation_id=relation, name="Ben", email=BEN, body="Handelsbrief Walnuss",
                     sent_at="2022-03-01", **{"class": "letter"})  # fmt: skip
    gone = scene.put("office", "correspondence", relation_id=relation, name="Ben", email=BEN, body="Plauderei Haselnuss",
                     sent_at="2022-03-02", **{"class": "none"})  # fmt: skip
    scene.sweep("2022-08-01")
    scene.sweep("2022-08-01T12:00")
    assert scene.there("office", "correspondence", kept, gone) == [], (
        "gone from the customer system and its search"
    )
    archived = str(scene.blocked("2022-08-02", BEN))
    assert "Walnuss" in archived
    assert "Haselnuss" not in archived, "data without a duty are erased, not archived"
    with console(
        scene, "2022-08-02T10:00", sales=Role.CLERK, boss=Role.MANAGEMENT, auditor=Role.AUDITOR
    ) as people:
        for name in ("sales", "boss"):
            refused = people[name][0].get("/console/restricted")
            assert (refused.status_code, "darf Ihre Rolle nicht sehen" in refused.text) == (403, True), name
        auditor = people["auditor"][0]
        csrf = auditor.get("/console/restricted").text.split('name="csrf" value="')[1].split('"')[0]
        asked = {"identity": BEN, "csrf": csrf}
        assert auditor.post("/console/restricted", data=asked).status_code == 422, "not without a reason"
        assert auditor.post("/console/restricted", data=asked | {"reason": "curiosity"}).status_code == 422
        seen = auditor.post("/console/restricted", data=asked | {"reason": "statutory-retention"})
        assert "Walnuss" in seen.text
    looked = scene.zusage("2022-08-02T11:00", "ledger", "show", "--json", "--last", "30").out
    assert looked.count("restricted/viewed") == 2, "the look above and the auditor's"
    assert BEN not in looked


@pytest.mark.promise("xometry-308")
def test_a_request_about_a_network_page_is_answered_for_our_part_and_passed_on_with_her_knowledge(
    marketplace: Scenario,
) -> None:
    scene, desk = marketplace, Desk(marketplace)
    key = pyrage.x25519.Identity.generate().to_public()
    (scene.folder / "parties.yaml").write_text(
        f'customers:\n  facebook: {{name: Facebook, notice: "https://www.facebook.com/privacy", email: dsb@netz.example, key: {key}}}\n'
    )
    scene.put(
        "office", "page_message", author="Ada Netz", body="Fertigt ihr auch Titan?", received_at="2022-06-20"
    )
    scene.put("office", "page_message", author="Udo Netz", body="Und Stahl?", received_at="2022-06-20")
    reference = desk.file(
        "2022-07-01",
        "access",
        "name:Ada Netz",
        "--reply-to",
        ADA,
        "--text",
        "meine Nachrichten an Ihre Seite",
    )
    assert str(desk.show("2022-07-01", reference)["due"])[:10] == "2022-08-01"
    passed = scene.zusage("2022-07-01T09:30", "request", "pass-on", reference, "facebook", "--by", PERSON)
    assert passed.code == 0, passed.err
    if desk.show("2022-07-01", reference)["state"] == "planning":
        desk.run("2022-07-01")
    shown = desk.show("2022-07-01T12:00", reference)
    if shown["state"] == "awaiting-decision":
        lazy = ("refuse", "--ground", "not-controller", "--text", "Bitte fragen Sie das Netzwerk.")
        assert desk.decide("2022-07-01T12:00", reference, *lazy) == 2, "that alone closes nothing"
        assert desk.decide("2022-07-01T12:00", reference) == 0
        desk.run("2022-07-01T13:00")
    desk.run("2022-07-02")
    data = desk.data("2022-07-02", reference)
    assert [one["body"] for one in data["social-media"]["page_message"]] == ["Fertigt ihr auch Titan?"]
    assert "Udo Netz" not in str(data)
    assert str(desk.show("2022-07-02", reference)["closed_at"])[:10] <= "2022-08-01"
    told = desk.show("2022-07-02", reference)["told"]
    assert [(one["party"], str(one["sent_at"])[:10]) for one in told] == [("facebook", "2022-07-01")]
    assert any("Facebook" in one and "weitergeleitet" in one.casefold() for one in desk.mails(ADA)), (
        "she knows"
    )


@pytest.mark.promise("xometry-308")
def test_please_ask_the_network_alone_closes_nothing(marketplace: Scenario) -> None:
    scene, desk = marketplace, Desk(marketplace)
    scene.put("office", "page_message", author="Udo Netz", body="Und Stahl?", received_at="2022-06-20")
    other = desk.file("2022-07-03", "erasure", "name:Udo Netz", "--reply-to", "udo@post.example")
    desk.run("2022-07-03")
    assert desk.show("2022-07-03T11:00", other)["state"] == "awaiting-decision"
    lazy = ("refuse", "--ground", "not-controller", "--text", "Bitte fragen Sie das Netzwerk.")
    assert desk.decide("2022-07-03T12:00", other, *lazy) == 2
    with scene.writing("office") as connection:
        assert (
            connection.execute(text("SELECT count(*) FROM page_message WHERE author = 'Udo Netz'")).scalar()
            == 1
        )
