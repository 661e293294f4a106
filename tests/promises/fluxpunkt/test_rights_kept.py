"""fluxpunkt: corrected with a statement, erased with what a law keeps, restricted on each ground, handed on in a file."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from tests.promises.asking import Desk
from tests.promises.scenario import PERSON, Scenario
from tests.promises.visiting import Site, visiting
from zusage.deployments.itservice.app import create_app

MARA = "mara@kunde.example"
JAN = "jan@muster.example"
NUMBER = "+49 30 99123 456"
HOST = "https://www.strompfad.example"
CHANNELS = ("telephone", "email", "fax", "letter", "in-person")


@pytest.fixture
def desk(itservice: Scenario) -> Desk:
    return Desk(itservice)


@pytest.fixture
def site(itservice: Scenario) -> Iterator[Site]:
    with visiting(itservice, create_app, HOST, now="2026-05-05T09:00") as made:
        yield made


def found_anywhere(scene: Scenario, word: str) -> list[str]:
    """Tables of the live stores in which a word stands."""
    return scene.tables_with(word, "desk", "office", "web")


def put_mail(scene: Scenario, who: str, subject: str, kind: str, sent: str, body: str = "Hallo") -> int:
    thread = scene.put("office", "thread", subject=subject, correspondent=who, **{"class": kind}, sent_at=sent,
                       last_message_at=sent)  # fmt: skip
    mail = scene.put(
        "office", "mail", thread_id=thread, sender=who, recipient="info@strompfad.example", body=body, at=sent
    )
    scene.put("office", "mail_index", mail_id=mail, term=subject.lower())
    return thread


# -- Art. 16 ----------------------------------------------------------------------------------------------------------


@pytest.mark.promise("fluxpunkt-046")
def test_a_correction_reaches_recipients_and_a_disputed_note_is_not_read_without_the_statement(
    site: Site,
) -> None:
    desk, scene = Desk(site.scenario), site.scenario
    key = scene.put("desk", "customer", company="Kunde", name="Mara Beispeil", email=MARA, note="zahlt nicht")
    scene.put(
        "office", "form_message", name="Mara Beispeil", email=MARA, body="Hallo", received_at="2026-05-01"
    )
    told = scene.zusage("2026-02-10", "disclose", "sales-partners", "--activity", "service", "--subject",
                        f"email={MARA}", "--named", "Partner Nord GmbH", "--by", PERSON)  # fmt: skip
    assert told.code == 0, told.out + told.err
    page = site.guest().get(f"/customers/{key}").text
    assert "zahlt nicht" in page
    assert "Stellungnahme" not in page
    said = "Die Rechnung war falsch, sie ist storniert."
    reference = desk.file(
        "2026-05-05", "rectification", MARA, "--text", "Name und Vermerk", "--statement", said
    )
    desk.run("2026-05-05")
    assert desk.decide("2026-05-05", reference, "grant", "--field", "name", "--value", "Mara Beispiel") == 0
    desk.run("2026-05-05T11:00")
    assert found_anywhere(scene, "Mara Beispeil") == []
    assert scene.count("desk", "customer", "id = :k AND name = 'Mara Beispiel'", k=key) == 1
    assert scene.count("office", "form_message", "name = 'Mara Beispiel' AND email = :e", e=MARA) == 1
    parties = {one["party"] for one in desk.show("2026-05-05", reference)["told"]}
    assert "sales-partners" in parties
    site.at("2026-05-05T12:00")
    page = site.guest().get(f"/customers/{key}").text
    assert page.index("zahlt nicht") < page.index(said)
    for path in (f"/customers/{key}/tickets", "/switchboard/calls"):
        assert "zahlt nicht" not in site.guest().get(path).text, "no other page shows the note"
    copy = desk.carried_out("2026-05-06", "access", MARA)
    row = desk.data("2026-05-06", copy)["service"]["customer"][0]
    assert (row["note"], row["note_statement"]) == ("zahlt nicht", said)


# -- Art. 17 ----------------------------------------------------------------------------------------------------------


@pytest.mark.promise("fluxpunkt-047")
def test_who_wrote_once_is_gone_everywhere_within_seven_days(desk: Desk) -> None:
    scene = desk.scenario
    scene.put("desk", "customer", company="Muster", name="Jan Muster", email=JAN, phone=NUMBER)
    scene.put("desk", "call_entry", number=NUMBER, name="Jan Muster", source="Kundenliste", sourced_at="2026-03-02",
              called_at="2026-03-02")  # fmt: skip
    scene.put(
        "desk", "number_lookup", number=NUMBER, name="Jan Muster", source="Rufbuch", sourced_at="2026-03-02"
    )
    put_mail(scene, JAN, "Frage von Jan Muster", "none", "2026-03-02")
    others = scene.count("desk", "customer"), scene.count("office", "thread")
    assert set(found_anywhere(scene, "Jan Muster")) == {"customer", "call_entry", "number_lookup", "thread"}
    reference = desk.carried_out("2026-05-05", "erasure", JAN)
    shown = desk.show("2026-05-05", reference)
    assert str(shown["closed_at"])[:10] <= "2026-05-12", "seven days are promised"
    assert found_anywhere(scene, "Jan Muster") == []
    assert found_anywhere(scene, JAN) == []
    assert (scene.count("desk", "customer"), scene.count("office", "thread")) == (
        others[0] - 1,
        others[1] - 1,
    )
    desk.run("2026-05-06")
    assert any(one.startswith("Antwort auf") for one in desk.mails(JAN))
    assert scene.proof("2026-05-13", "rights/deadline/erase")["state"] == "kept"


@pytest.mark.promise("fluxpunkt-139")
def test_two_mails_go_and_the_one_with_an_invoice_is_kept_restricted_until_2034(desk: Desk) -> None:
    scene = desk.scenario
    gone = [put_mail(scene, MARA, f"Plauderei{number}", "none", "2026-04-01") for number in range(2)]
    kept = put_mail(scene, MARA, "Rechnung R7", "invoice", "2026-04-02")
    reference = desk.carried_out("2026-05-05", "erasure", MARA)
    assert scene.there("office", "thread", *gone, kept) == [], "the third is out of reach of the application"
    assert scene.count("office", "mail_index", "term LIKE 'plauderei%'") == 0
    assert found_anywhere(scene, "Plauderei") == []
    blocked = scene.blocked("2026-05-06", MARA)
    assert "Rechnung R7" in str(blocked)
    assert "Plauderei" not in str(blocked)
    answer = desk.answer("2026-05-05", reference)
    assert "31.12.2034" in answer or "01.01.2035" in answer
    assert "§ 147" in answer
    scene.sweep("2035-01-03")
    assert "Rechnung R7" not in str(scene.blocked("2035-01-04", MARA)), "erased later without a new request"


@pytest.mark.promise("fluxpunkt-161")
def test_an_applicant_in_the_pool_goes_on_demand_before_the_agreed_end(site: Site) -> None:
    scene, desk = site.scenario, Desk(site.scenario)
    site.at("2026-03-01T09:00")
    said = site.guest().post("/jobs/1/apply", data={"name": "Jan Muster", "email": JAN, "letter": "Ich möchte.",
                                                    "pool": "yes", "until": "2026-12-31"})  # fmt: skip
    assert said.status_code < 300, said.text
    with scene.writing("office") as connection:
        key = connection.execute(text("SELECT id FROM applicant WHERE email = :e"), {"e": JAN}).scalar_one()
    scene.file("documents/applications/jan.pdf", "%PDF-1.4\n")
    scene.put("office", "applicant_paper", applicant_id=key, path="applications/jan.pdf")
    scene.put("office", "interview_note", applicant_id=key, body="gutes Gespräch")
    others = scene.count("office", "applicant", "email <> :e", e=JAN)
    reference = desk.carried_out("2026-06-01", "erasure", JAN)
    scene.zusage("2026-06-02", "sweep", "--json")
    assert str(desk.show("2026-06-02", reference)["closed_at"])[:10] <= "2026-06-08"
    for table in ("applicant_paper", "interview_note"):
        assert scene.count("office", table, "applicant_id = :k", k=key) == 0
    assert scene.count("office", "applicant", "email = :e", e=JAN) == 0
    assert not (scene.folder / "documents/applications/jan.pdf").exists()
    assert scene.count("office", "applicant") == others
    desk.run("2026-06-02")
    assert any(one.startswith("Antwort auf") for one in desk.mails(JAN))


# -- Art. 18 ----------------------------------------------------------------------------------------------------------


@pytest.mark.promise("fluxpunkt-050")
def test_data_without_a_basis_are_restricted_and_an_erasure_of_them_cannot_be_refused(desk: Desk) -> None:
    scene = desk.scenario
    key = scene.put("office", "form_message", name="Mara", email=MARA, body="Hallo", received_at="2026-05-01")
    reference = desk.file("2026-05-05", "restriction", MARA, "--text", "rechtswidrig, bitte nicht löschen")
    desk.run("2026-05-05")
    reason = ("--reason", "Formular ohne Rechtsgrundlage", "--by", PERSON)
    assert scene.zusage("2026-05-05", "request", "unlawful", reference, *reason).code == 0
    refusal = ("refuse", "--ground", "manifestly-unfounded", "--text", "Nein.")
    assert desk.decide("2026-05-05", reference, *refusal) == 2
    assert desk.decide("2026-05-05", reference) == 0
    desk.run("2026-05-05T11:00")
    assert scene.there("office", "form_message", key) == [], "nobody uses it"
    assert "Hallo" in str(scene.blocked("2026-05-06", MARA)), "but it is kept"
    assert desk.may("2026-05-06", "contact", MARA)["code"] == "restricted"
    erasure = desk.file("2026-05-07", "erasure", MARA)
    desk.run("2026-05-07")
    assert scene.zusage("2026-05-07", "request", "unlawful", erasure, *reason).code == 0
    for ground in ("legal-claims", "legal-obligation", "still-needed"):
        assert desk.decide("2026-05-07", erasure, "refuse", "--ground", ground, "--text", "Nein.") == 2
        assert desk.decide("2026-05-07", erasure, "partly", "--ground", ground, "--text", "Nein.") == 2
    ordinary = desk.file("2026-05-07T12:00", "erasure", JAN)
    desk.run("2026-05-07T12:05")
    if desk.show("2026-05-07T13:00", ordinary)["state"] == "awaiting-decision":
        assert desk.decide("2026-05-07T13:00", ordinary, *refusal) == 0


@pytest.mark.promise("fluxpunkt-051")
def test_a_recording_that_she_needs_for_a_claim_stays_restricted_until_the_claim_ends(desk: Desk) -> None:
    scene = desk.scenario
    with scene.writing("desk") as connection:
        connection.execute(text("INSERT INTO accounting_case (id, number, opened_at, closed_at) VALUES (9001, 'V-9', '2026-04-20', '2026-05-10')"))  # fmt: skip
    scene.file("documents/recordings/R2.ogg", "synthetic tape\n")
    key = scene.put(
        "desk",
        "recording",
        case_id=9001,
        caller=NUMBER,
        path="recordings/R2.ogg",
        recorded_at="2026-04-20T20:00",
    )
    who = (f"phone:{NUMBER}", "--reply-to", MARA)
    reference = desk.file("2026-05-05", "restriction", *who, "--text", "Anspruch R-2")
    desk.run("2026-05-05")
    assert desk.decide("2026-05-05", reference) == 0
    desk.run("2026-05-05T11:00")
    for day in ("2026-05-10", "2026-05-11", "2026-06-11"):
        scene.sweep(day)
    tape = scene.folder / "documents/recordings/R2.ogg"
    assert tape.exists(), "the erasure job leaves it"
    assert scene.there("desk", "recording", key) == [], "and nobody finds it in the telephone system"
    copy = desk.carried_out("2026-06-15", "access", *who)
    assert desk.package("2026-06-15", copy).read("files/recordings/recordings/R2.ogg") == b"synthetic tape\n"
    assert scene.zusage("2026-08-01", "request", "lift", reference, "--by", PERSON).code == 0
    desk.run("2026-08-09")
    scene.sweep("2026-08-09T12:00")
    assert not tape.exists()
    assert scene.there("desk", "recording", key) == []
    again = desk.carried_out("2026-08-10", "access", *who)
    assert "nichts gefunden" in desk.answer("2026-08-10", again)


# -- Art. 20 ----------------------------------------------------------------------------------------------------------


@pytest.mark.promise("fluxpunkt-053")
def test_what_she_gave_is_handed_out_as_json_and_csv_without_notes_or_others(site: Site) -> None:
    scene, desk = site.scenario, Desk(site.scenario)
    site.at("2026-05-02T09:00")
    scene.put("desk", "customer", company="Kunde", name="Mara Beispiel", email=MARA, note="zahlt nicht")
    scene.put("office", "form_order", name="Mara Beispiel", email=MARA, delivery="Lieferweg 7", items="2 Kabel",
              ordered_at="2026-05-01")  # fmt: skip
    scene.put("office", "form_order", name="Ole Ander", email="ole@ander.example", delivery="Weg 9", items="1 Maus",
              ordered_at="2026-05-01")  # fmt: skip
    site.zusage.consent(("email", MARA), {"lookup": True}, way="form")
    reference = desk.carried_out("2026-05-05", "portability", MARA)
    archive = desk.package("2026-05-05", reference)
    data = json.loads(archive.read("data.json"))
    order = data["contact-forms"]["form_order"]
    assert [(one["delivery"], one["items"]) for one in order] == [("Lieferweg 7", "2 Kabel")]
    assert [(one["purpose"], one["agreed"]) for one in data["consents"]["given"]] == [("lookup", True)]
    table = list(csv.DictReader(io.StringIO(archive.read("contact-forms/form_order.csv").decode())))
    assert table[0]["delivery"] == "Lieferweg 7"
    everything = b"".join(archive.read(name) for name in archive.namelist()).decode()
    assert "zahlt nicht" not in everything
    assert "Ole Ander" not in everything
    assert "properties" in json.loads(archive.read("schema.json"))


# -- channels, minors -------------------------------------------------------------------------------------------------


@pytest.mark.promise("fluxpunkt-010", "fluxpunkt-058")
def test_each_channel_leads_to_the_same_list_with_receipt_and_due_date(desk: Desk) -> None:
    for channel in CHANNELS:
        desk.file("2026-05-05", "access", MARA, channel=channel)
    listed = desk.scenario.zusage("2026-05-05", "request", "list", "--json").json
    assert sorted(one["channel"] for one in listed) == sorted(CHANNELS)
    assert {str(one["received_at"])[:10] for one in listed} == {"2026-05-05"}
    assert {str(one["due"])[:10] for one in listed} == {"2026-06-05"}
    unknown = desk.scenario.zusage(
        "2026-05-05", "request", "new", "--kind", "access", "--identity", MARA, "--channel", "pigeon"
    )
    assert unknown.code == 2
    offered = (desk.scenario.folder / "declaration.yaml").read_text("utf-8").split("\nrights:")[1]
    for channel in CHANNELS:
        assert f"kind: {channel}" in offered, "what is registered is what the notice offers"


@pytest.mark.promise("fluxpunkt-008")
def test_a_minors_message_is_erased_the_same_day_and_asked_not_to_come(site: Site) -> None:
    scene, desk = site.scenario, Desk(site.scenario)
    for path in ("/", "/contact", "/login", "/cart", "/jobs/1", "/order/1"):
        page = site.guest().get(path).text
        assert "Sind Sie unter 18?" in page, path
        first = min(page.index(tag) for tag in ("<input", "<textarea") if tag in page)
        assert page.index("Sind Sie unter 18?") < first, path
    child = "kim@schule.example"
    said = site.guest().post(
        "/contact", data={"name": "Kim", "email": child, "body": "ich bin 15 und suche ein Praktikum"}
    )
    assert said.status_code == 201
    assert scene.count("office", "form_message", "email = :e", e=child) == 1
    reference = desk.file("2026-05-05T09:30", "child-report", child)
    desk.run("2026-05-05T09:35")
    assert scene.count("office", "form_message", "email = :e", e=child) == 0, "out of use from the first hour"
    assert not site.zusage.may("contact", ("email", child))
    assert desk.decide("2026-05-05T10:00", reference) == 0
    desk.run("2026-05-05T10:05")
    assert str(desk.show("2026-05-05T11:00", reference)["closed_at"]).startswith("2026-05-05")
    assert found_anywhere(scene, child) == []
    assert scene.count("desk", "customer", "email = :e", e=child) == 0
    assert scene.count("desk", "ticket", "body LIKE '%Praktikum%'") == 0
    assert scene.blocked("2026-05-06", child) == []
    reply = next(one for one in desk.mails(child) if one.startswith("Antwort auf"))
    assert "?" not in reply.split("\n", 1)[1].replace("http", ""), "a reply without further questions"
    assert "Praktikum" not in reply
