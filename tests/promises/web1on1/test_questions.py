"""web1on1: questions, complaints and reports each reach who is responsible, in time; identity is asked for sparingly."""

from __future__ import annotations

import pyrage
import pytest
from sqlalchemy import text

from tests.promises.asking import Desk
from tests.promises.mailing_in import console, mail, receive
from tests.promises.scenario import PERSON, Scenario
from zusage.server.accounts import Role

CLARA = "clara@firma.example"
BEN = "ben@chatgast.example"
DPO, DEPUTY = "dpo@plauderwerk.example", "stellvertretung@plauderwerk.example"
PRIVACY, CONTRACTS, SALES = (f"{name}@plauderwerk.example" for name in ("privacy", "contracts", "sales"))


@pytest.fixture
def desk(messaging: Scenario) -> Desk:
    return Desk(messaging)


def customers(scene: Scenario) -> tuple[int, int]:
    """Two tenants, each with a contact for privacy and a key; their numbers."""
    with scene.writing("service") as connection:
        first, second = connection.execute(text("SELECT id FROM tenant ORDER BY id LIMIT 2")).scalars()
    key = pyrage.x25519.Identity.generate().to_public()
    (scene.folder / "parties.yaml").write_text(
        f"""customers:
  "{first}": {{name: Autohaus Muster, notice: "https://muster.example/ds", email: ds@muster.example, key: {key}}}
  "{second}": {{name: Autohaus Beispiel, notice: "https://beispiel.example/ds", email: ds@beispiel.example, key: {key}}}
"""
    )
    return first, second


@pytest.mark.promise("web1on1-014")
def test_a_question_about_a_customer_goes_to_the_customer(desk: Desk) -> None:
    scene = desk.scenario
    first, _ = customers(scene)
    contact = scene.put("service", "contact", tenant_id=first, name="Ben", email=BEN, phone="+49 1")
    talk = scene.put("service", "conversation", contact_id=contact, topic="Probefahrt")
    scene.put("service", "message", conversation_id=talk, body="Ihr Termin steht", sent_at="2025-02-20")
    asked = receive(
        scene, "2025-03-03T09:00", mail(BEN, PRIVACY, "Datenschutz", "Warum schreibt mir Autohaus Muster?")
    )
    reference = asked["reference"]
    desk.run("2025-03-03T09:05")
    passed = scene.zusage("2025-03-03T10:00", "request", "pass-on", reference, str(first), "--by", PERSON)
    assert passed.code == 0, passed.err
    desk.run("2025-03-03T10:05")
    desk.run("2025-03-03T11:05")
    told = "".join(desk.mails(BEN))
    assert "Autohaus Muster" in told
    assert "ds@muster.example" in told
    assert "https://muster.example/ds" in told
    for word in ("Probefahrt", "Ihr Termin steht"):
        assert word not in told, "no data of the tenant"
    assert len(desk.mails("ds@muster.example")) == 1
    assert desk.mails("ds@beispiel.example") == []
    shown = desk.show("2025-03-03T12:00", reference)
    assert str(shown["received_at"]).startswith("2025-03-03")
    assert [(one["party"], str(one["sent_at"])[:10]) for one in shown["told"]] == [(str(first), "2025-03-03")]


@pytest.mark.promise("web1on1-025")
def test_a_question_is_due_in_two_working_days_and_a_right_in_a_month(desk: Desk) -> None:
    scene = desk.scenario
    asked = receive(scene, "2025-03-03T09:00", mail(CLARA, PRIVACY, "Eine Frage", "Wo stehen die Server und ist das mit dem Datenschutz vereinbar?"))  # fmt: skip
    assert asked["kind"] == "question"
    reference = asked["reference"]
    assert str(desk.show("2025-03-03T09:00", reference)["due"]).startswith("2025-03-05T09:00")
    weekend = receive(
        scene,
        "2025-03-07T16:00",
        mail(CLARA, PRIVACY, "Noch eine Frage", "Gilt der Datenschutz auch in Italien?"),
    )
    assert str(desk.show("2025-03-07T16:00", weekend["reference"])["due"]).startswith("2025-03-11T16:00")
    for moment in ("2025-03-03T09:05", "2025-03-04T18:00", "2025-03-05T09:05"):
        desk.run(moment)
    reminded = [one for one in desk.mails(PRIVACY) if reference in one]
    assert any("fällig" in one.splitlines()[0] for one in reminded)
    assert any(one.startswith("Überfällig") for one in reminded)
    late = scene.zusage("2025-03-05T09:10", "request", "list", "--json")
    assert late.code == 1
    assert desk.decide("2025-03-05T10:00", reference) == 2, "no closing without an answer"
    assert desk.decide("2025-03-05T10:00", reference, "grant", "--text", "In den Niederlanden.") == 0
    right = receive(
        scene, "2025-03-03T09:30", mail(CLARA, PRIVACY, "Auskunft nach Art. 15", "Bitte um Auskunft.")
    )
    assert right["kind"] == "access"
    assert str(desk.show("2025-03-05T10:00", right["reference"])["due"])[:10] == "2025-04-03"


@pytest.mark.promise("web1on1-071")
def test_question_correction_and_complaint_each_become_a_case_of_their_kind(desk: Desk) -> None:
    scene, now = desk.scenario, "2025-03-03T09:00"
    question = receive(scene, now, mail(CLARA, PRIVACY, "Frage zum Datenschutz", "Was bedeutet Abschnitt 3?"))
    correction = receive(
        scene, now, mail(CLARA, PRIVACY, "Berichtigung", "Bitte korrigieren Sie meinen Namen: Klara.")
    )
    assert (question["kind"], correction["kind"]) == ("question", "rectification")
    said = scene.zusage(now, "request", "new", "--kind", "question", "--identity", CLARA, "--channel", "email", "--topic",
                        "provider", "--about", "support-tools", "--text", "Ihr Anbieter ruft mich an.", "--json")  # fmt: skip
    assert said.code == 0, said.err
    complaint = said.json["reference"]
    desk.run("2025-03-03T09:05")
    dues = {
        one["reference"]: str(one["due"])[:10] for one in scene.zusage(now, "request", "list", "--json").json
    }
    assert dues == {
        question["reference"]: "2025-03-05",
        correction["reference"]: "2025-04-03",
        complaint: "2025-03-10",
    }
    shown = desk.show("2025-03-03T10:00", complaint)
    assert (shown["about"], shown["responsible"]) == ("support-tools", CONTRACTS)
    assert any(complaint in one for one in desk.mails(CONTRACTS))
    assert any(question["reference"] in one for one in desk.mails(PRIVACY))
    assert desk.mails(SALES) == []
    unknown = scene.zusage(
        now,
        "request",
        "new",
        "--kind",
        "question",
        "--identity",
        CLARA,
        "--about",
        "nobody",
        "--channel",
        "email",
    )
    assert unknown.code == 2


@pytest.mark.promise("web1on1-072")
def test_the_officers_mailbox_is_tested_weekly_and_read_by_nobody_else(desk: Desk) -> None:
    scene = desk.scenario
    desk.run("2025-03-03T08:00")
    tests = [one for one in desk.mails(DPO) if one.startswith("Test des Postfachs")]
    assert len(tests) == 1
    subject = tests[0].splitlines()[0]
    arrived = receive(scene, "2025-03-03T08:30", mail(PRIVACY, DPO, subject, "Test"))
    assert arrived["what"] == "test"
    desk.run("2025-03-04T09:00")
    assert not any("Alarm" in one for one in desk.mails(DEPUTY))
    desk.run("2025-03-10T09:00")
    assert len([one for one in desk.mails(DPO) if one.startswith("Test des Postfachs")]) == 2, "a week later"
    desk.run("2025-03-11T10:00")
    desk.run("2025-03-11T10:10")
    assert any(one.startswith("Alarm") for one in desk.mails(DEPUTY)), (
        "a test that does not arrive raises an alarm"
    )
    assert not any(one.startswith("Alarm") for one in desk.mails(DPO)), (
        "and not to the mailbox that is silent"
    )

    came = receive(
        scene, "2025-03-12T09:00", mail(CLARA, DPO, "An die Beauftragte", "Ihr Vertrieb liest meine Post.")
    )
    assert came["kind"] == "question"
    desk.run("2025-03-12T09:05")
    for address in (DPO, DEPUTY):
        assert any(came["reference"] in one for one in desk.mails(address)), "within a working day"
    with console(
        scene, "2025-03-12T10:00", sales=Role.CLERK, chief=Role.MANAGEMENT, officer=Role.DPO
    ) as people:
        path = f"/console/requests/{came['reference']}"
        for name in ("sales", "chief"):
            assert people[name][0].get(path).status_code == 403
        assert "Vertrieb liest" in people["officer"][0].get(path).text


@pytest.mark.promise("web1on1-051")
def test_no_further_proof_is_asked_for_from_the_registered_address(desk: Desk) -> None:
    scene = desk.scenario
    scene.put("office", "demo", name="Clara", email=CLARA, position="Leitung", company="Firma Clara",
              requested_at="2025-02-01", held_at="2025-02-10")  # fmt: skip
    asked = receive(
        scene, "2025-03-03T09:00", mail(CLARA, PRIVACY, "Auskunft nach Art. 15", "Bitte um Auskunft.")
    )
    desk.run("2025-03-03T09:05")
    link = next(word for one in desk.mails(CLARA) for word in one.split() if "/rights/confirm/" in word)
    assert scene.zusage("2025-03-03T10:00", "request", "confirm", link.rpartition("/")[2]).code == 0
    desk.run("2025-03-03T10:05")
    if desk.show("2025-03-03T11:00", asked["reference"])["state"] == "awaiting-decision":
        assert desk.decide("2025-03-03T11:00", asked["reference"]) == 0
    desk.run("2025-03-03T11:05")
    desk.run("2025-03-03T12:05")
    assert desk.show("2025-03-03T13:00", asked["reference"])["state"] == "answered"
    written = "".join(desk.mails(CLARA))
    assert "Rückfrage" not in written
    assert "Ausweis" not in written


@pytest.mark.promise("web1on1-051")
def test_an_unknown_address_gets_one_question_and_nothing_before_its_answer(desk: Desk) -> None:
    scene, other = desk.scenario, "wer@anderswo.example"
    scene.put("office", "demo", name="Clara", email=CLARA, position="Leitung", company="Firma Clara",
              requested_at="2025-02-01", held_at="2025-02-10")  # fmt: skip
    said = scene.zusage("2025-03-04T09:00", "request", "new", "--kind", "access", "--identity", CLARA, "--channel", "email",
                        "--reply-to", other, "--json")  # fmt: skip
    reference = said.json["reference"]
    copy = scene.zusage(
        "2025-03-04T09:30",
        "request",
        "ask",
        reference,
        "--question",
        "Bitte eine Kopie Ihres Ausweises",
        "--by",
        PERSON,
    )
    assert copy.code == 2, "no copy of an ID"
    question = ("--question", "Bei welcher Firma hatten Sie die Vorführung?", "--by", PERSON)
    assert scene.zusage("2025-03-04T09:30", "request", "ask", reference, *question).code == 0
    assert scene.zusage("2025-03-04T09:40", "request", "ask", reference, *question).code == 2, "one question"
    desk.run("2025-03-04T10:00")
    desk.run("2025-03-05T10:00")
    before = "".join(desk.mails(other))
    assert "Bei welcher Firma" in before
    assert "Firma Clara" not in before
    assert not any(one.startswith("Antwort auf") for one in desk.mails(other)), "nothing is disclosed before"
    proof = ("--proof", "knowledge", "--by", PERSON)
    assert scene.zusage("2025-03-06T09:00", "request", "verify", reference, *proof).code == 0
    desk.run("2025-03-06T10:00")
    if desk.show("2025-03-06T11:00", reference)["state"] == "awaiting-decision":
        assert desk.decide("2025-03-06T11:00", reference) == 0
    desk.run("2025-03-06T12:00")
    assert desk.show("2025-03-06T13:00", reference)["state"] == "answered"
    with console(scene, "2025-03-06T14:00", officer=Role.DPO) as people:
        page = people["officer"][0].get(f"/console/requests/{reference}").text
    assert "Bei welcher Firma" not in page


@pytest.mark.promise("web1on1-010")
def test_a_report_of_a_childs_data_blocks_the_same_day_and_reaches_the_customer(desk: Desk) -> None:
    scene = desk.scenario
    first, _ = customers(scene)
    child, reporter = "kind@example.org", "nachbar@haus.example"
    demo = scene.put(
        "office", "demo", name="Kim", email=child, requested_at="2025-03-01", held_at="2025-03-02"
    )
    contact = scene.put("service", "contact", tenant_id=first, name="Kim", email=child)
    said = scene.zusage("2025-03-04T09:00", "request", "new", "--kind", "child-report", "--identity", child, "--channel", "email",
                        "--reply-to", reporter, "--proof", "signature", "--text", "Kim ist 12 und wohnt nebenan", "--json")  # fmt: skip
    assert said.code == 0, said.err
    reference = said.json["reference"]
    desk.run("2025-03-04T09:05")
    desk.run("2025-03-04T10:05")
    assert scene.there("office", "demo", demo) == [], "blocked on the same day"
    assert "Kim" in str(scene.blocked("2025-03-04T11:00", child)), "and not erased before the review"
    assert any(one.startswith("Sofort") and reference in one for one in desk.mails(DPO))
    assert str(desk.show("2025-03-04T11:00", reference)["due"])[:10] <= "2025-03-05", "high priority"
    assert any(reference in one for one in desk.mails("ds@muster.example")), "the customer hears of it"
    assert scene.there("service", "contact", contact) == [contact], "whose data they are"
    with console(scene, "2025-03-04T12:00", officer=Role.DPO) as people:
        page = people["officer"][0].get(f"/console/requests/{reference}").text
    assert "ist 12" not in page, "the case holds nothing of the child but how it is found"
    assert desk.decide("2025-03-04T13:00", reference) == 0
    desk.run("2025-03-04T14:00")
    desk.run("2025-03-04T15:00")
    assert scene.blocked("2025-03-05", child) == []
    assert scene.count("office", "demo", "email = :e", e=child) == 0
    answer = next(one for one in desk.mails(reporter) if one.startswith("Antwort auf"))
    assert "Kim" not in answer
    assert child not in answer
