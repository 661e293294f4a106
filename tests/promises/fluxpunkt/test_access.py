"""fluxpunkt: what an access answer says, item by item (Art. 15(1)(a)-(h), (2), (3)), and the copy without third persons."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from tests.promises.asking import Desk
from tests.promises.scenario import PERSON, Scenario
from tests.promises.vouching import cover_transfer

MARA = "mara@kunde.example"
NUMBER = "+49 30 99123 456"
ASKED = "2026-05-05"


@pytest.fixture
def desk(itservice: Scenario) -> Desk:
    return Desk(itservice)


def mara(desk: Desk) -> int:
    """Mara in the customer system, with a ticket, a call and a recorded call."""
    scene = desk.scenario
    key = scene.put("desk", "customer", company="Kunde", name="Mara Beispiel", email=MARA, phone=NUMBER)
    ticket = scene.put(
        "desk", "ticket", customer_id=key, subject="Drucker", body="geht nicht", opened_at="2026-04-01"
    )
    scene.put("desk", "ticket_note", ticket_id=ticket, body="Treiber erneuert", written_at="2026-04-02")
    scene.put("desk", "call_entry", number=NUMBER, name="Mara Beispiel", place="Berlin", called_at="2026-03-01",
              source="Telefonverzeichnis Süd", sourced_at="2026-03-01")  # fmt: skip
    scene.file("documents/recordings/G-7.ogg", "synthetic tape\n")
    scene.put(
        "desk",
        "recording",
        caller=NUMBER,
        path="recordings/G-7.ogg",
        recorded_at="2026-04-28T19:00",
        case_id=4,
    )
    return key


def parts(answer: str) -> dict[str, str]:
    """What the answer says of each activity, by its title."""
    return {part.splitlines()[0]: part.split("\n## ")[0] for part in answer.split("### ")[1:]}


def line(part: str, head: str) -> str:
    """One item of an activity's list."""
    return next(one for one in part.splitlines() if one.removeprefix("- ").startswith(head))


@pytest.mark.promise("fluxpunkt-037")
def test_every_place_has_its_purpose_and_data_without_one_block_the_answer(desk: Desk) -> None:
    mara(desk)
    scene = desk.scenario
    with scene.writing("desk") as connection:
        connection.execute(text("CREATE TABLE rating (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customer(id), note TEXT)"))  # fmt: skip
    blocked = desk.carried_out(ASKED, "access", MARA)
    shown = desk.show(ASKED, blocked)
    assert shown["state"] == "awaiting-decision", (
        "a table that nobody declared has no purpose: no answer goes out"
    )
    assert shown["not_covered"] == ["store/undeclared-table"]
    assert not any(one.startswith("Antwort auf") for one in desk.mails(MARA))
    with scene.writing("desk") as connection:
        connection.execute(text("DROP TABLE rating"))
    assert desk.decide("2026-05-06", blocked) == 0
    desk.run("2026-05-06")
    assert str(desk.show("2026-05-06", blocked)["closed_at"]) < "2026-06-05"
    found = parts(desk.answer("2026-05-06", blocked))
    assert "Dienstleistungen erbringen" in line(found["Kunden und Tickets"], "Zwecke")
    assert "Anrufende erkennen" in line(found["Ruflisten und Anrufererkennung"], "Zwecke")
    assert "Supportanrufe" in line(found["Gesprächsaufzeichnungen"], "Zwecke")


@pytest.mark.promise("fluxpunkt-038")
def test_categories_name_the_recording_on_the_telephone_system_too(desk: Desk) -> None:
    mara(desk)
    reference = desk.carried_out(ASKED, "access", MARA)
    found = parts(desk.answer(ASKED, reference))
    assert "Kontaktdaten" in line(found["Kunden und Tickets"], "Kategorien")
    assert "Mitgeteilte Daten" in line(found["Kunden und Tickets"], "Kategorien")
    assert "Gesprächsaufzeichnung" in line(found["Gesprächsaufzeichnungen"], "Kategorien")
    desk.scenario.change("desk", "DELETE FROM recording WHERE caller = :n", n=NUMBER)
    again = desk.carried_out("2026-05-06", "access", MARA)
    assert "Gesprächsaufzeichnungen" not in parts(desk.answer("2026-05-06", again)), (
        "only what is really held"
    )


def disclose(desk: Desk, now: str, recipient: str, activity: str, who: str, *more: str) -> int:
    return desk.scenario.zusage(
        now, "disclose", recipient, "--activity", activity, "--subject", who, "--by", PERSON, *more
    ).code


@pytest.mark.promise("fluxpunkt-039")
def test_recipients_are_named_with_date_and_country(desk: Desk) -> None:
    mara(desk)
    desk.scenario.put(
        "office", "form_order", name="Mara Beispiel", email=MARA, delivery="Weg 1", ordered_at="2026-03-08"
    )
    cover_transfer(desk.scenario, "2026-03-01", "directory-ch", "ch")
    assert disclose(desk, "2026-03-02", "directory-ch", "calls", f"phone={NUMBER}") == 0
    assert disclose(desk, "2026-03-09", "shipping", "contact-forms", f"email={MARA}") == 1, (
        "a category is no name"
    )
    assert disclose(desk, "2026-03-09", "shipping", "contact-forms", f"email={MARA}", "--named", "Eilbote Express SE",
                    "--country", "BE") == 0  # fmt: skip
    reference = desk.carried_out(ASKED, "access", MARA)
    rows = [row for row in desk.answer(ASKED, reference).splitlines() if row.startswith("|")]
    named = {row.split("|")[1].strip(): row for row in rows}
    assert "CH" in named["Rufbuch AG"]
    assert "02.03.2026" in named["Rufbuch AG"]
    eilbote = named["Eilbote Express SE (Versandlogistiker)"]
    assert "BE" in eilbote
    assert "09.03.2026" in eilbote
    assert "Versandlogistiker" not in named, "the category does not stand in for the recipient that is known"


@pytest.mark.promise("fluxpunkt-042")
def test_a_looked_up_name_says_from_where_and_cannot_be_stored_without(desk: Desk) -> None:
    scene = desk.scenario
    scene.put("desk", "call_entry", number="+49 711 4455", name="Jan Muster", called_at="2026-03-02",
              source="Telefonverzeichnis Süd", sourced_at="2026-03-02")  # fmt: skip
    reference = desk.carried_out(ASKED, "access", "phone:+49 711 4455", "--reply-to", "jan@post.example")
    calls = parts(desk.answer(ASKED, reference))["Ruflisten und Anrufererkennung"]
    assert "Telefonverzeichnis Süd, 02.03.2026" in line(calls, "Herkunft")
    with pytest.raises(IntegrityError):
        scene.put("desk", "call_entry", number="+49 711 4456", name="Ohne Quelle", called_at="2026-03-02")
    with pytest.raises(IntegrityError):
        scene.put("desk", "number_lookup", number="+49 711 4456", name="Ohne Quelle", sourced_at="2026-03-02")
    assert scene.count("desk", "call_entry", "name = 'Ohne Quelle'") == 0


@pytest.mark.promise("fluxpunkt-043")
def test_an_automatic_rule_that_reads_her_data_is_described(desk: Desk) -> None:
    mara(desk)
    reference = desk.carried_out(ASKED, "access", MARA)
    automated = desk.answer(ASKED, reference).split("## Automatis")[1].split("\n## ")[0]
    assert "Dienstleistungsvertrag" in automated
    assert "nur die Reihenfolge der Anrufe" in automated
    assert "keine" not in automated.replace("Reihenfolge", "")
    desk.scenario.put(
        "office", "form_message", name="Ole", email="ole@post.example", body="Hallo", received_at="2026-05-01"
    )
    other = desk.carried_out("2026-05-06", "access", "ole@post.example")
    untouched = desk.answer("2026-05-06", other).split("## Automatis")[1].split("\n## ")[0]
    assert "Reihenfolge" not in untouched, "the rule does not read the data of a form"


@pytest.mark.promise("fluxpunkt-044")
def test_the_safeguard_of_the_very_day_is_named_and_a_missing_one_is_a_finding(desk: Desk) -> None:
    mara(desk)
    scene = desk.scenario
    cover_transfer(scene, "2026-03-01", "directory-us", "us")
    assert disclose(desk, "2026-03-02", "directory-us", "calls", f"phone={NUMBER}") == 0
    reference = desk.carried_out(ASKED, "access", MARA)
    answer = desk.answer(ASKED, reference)
    covered = next(
        one for one in answer.splitlines() if "Rosterline" in one and "US" in one and not one.startswith("|")
    )
    assert "02.03.2026" in covered
    assert "(EU) 2023/1795" in covered or "2023/1795" in covered
    assert "Privacy Shield" not in answer
    assert "uncovered_transfers" not in desk.show(ASKED, reference)

    declared = scene.folder / "declaration.yaml"
    said = declared.read_text("utf-8")
    declared.write_text(
        said.replace("{country: US, safeguards: [dpf], certified: true, copy_at: {de: auf Anfrage an datenschutz@strompfad.example",
                     "{country: US, safeguards: [dpf], certified: false, copy_at: {de: auf Anfrage an datenschutz@strompfad.example"),
        "utf-8",
    )  # fmt: skip
    assert declared.read_text("utf-8") != said
    again = desk.carried_out("2026-05-06", "access", MARA)
    answer = desk.answer("2026-05-06", again)
    gap = next(
        one for one in answer.splitlines() if "Rosterline" in one and "US" in one and not one.startswith("|")
    )
    assert "keine Garantie hinterlegt" in gap, "no empty line"
    assert "Privacy Shield" not in answer
    assert "directory-us" in desk.show("2026-05-06", again)["uncovered_transfers"]
    assert any("ohne hinterlegte Garantie" in one for one in desk.mails("dsb@strompfad.example"))


@pytest.mark.promise("fluxpunkt-045")
def test_the_copy_holds_all_six_items_and_nothing_of_third_persons(desk: Desk) -> None:
    scene = desk.scenario
    scene.put(
        "desk",
        "customer",
        company="Anders",
        name="Jan Muster",
        email="jan.muster@anders.example",
        phone="0711 998877",
    )
    mara(desk)
    quoted = (
        "Jan Muster (jan.muster@anders.example, Tel. 0711 998877) sagt: alles gut. Gruß, Mara Beispiel, "
        + MARA
    )
    for number in range(4):
        thread = scene.put("office", "thread", subject=f"Frage {number}", correspondent=MARA, **{"class": "none"},
                           sent_at="2026-04-01", last_message_at="2026-04-01")  # fmt: skip
        body = quoted if number == 2 else f"Mail {number}"
        scene.put(
            "office",
            "mail",
            thread_id=thread,
            sender=MARA,
            recipient="info@strompfad.example",
            body=body,
            at="2026-04-01",
        )
    reference = desk.carried_out(ASKED, "access", MARA)
    data = desk.data(ASKED, reference)
    mails = data["mail"]["mail"]
    assert [one["body"] for one in mails if "Mail" in one["body"]] == ["Mail 0", "Mail 1", "Mail 3"]
    assert [one["body"] for one in data["service"]["ticket"]] == ["geht nicht"]
    archive = desk.package(ASKED, reference)
    assert archive.read("files/recordings/recordings/G-7.ogg") == b"synthetic tape\n"
    kept = next(one["body"] for one in mails if "alles gut" in one["body"])
    assert "Mara Beispiel" in kept
    assert MARA in kept
    everything = b"".join(archive.read(name) for name in archive.namelist()).decode()
    for word in ("Jan Muster", "jan.muster@", "998877"):
        assert word not in everything
    assert "unkenntlich" in desk.answer(ASKED, reference)
