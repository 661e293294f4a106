"""The IT provider: withdrawal, classes of mail, cases, applications, customers whose contract ended, holds."""

from __future__ import annotations

import sqlite3

import pytest

from tests.promises.scenario import PERSON, Scenario
from tests.promises.visiting import visiting
from zusage.deployments.itservice.app import create_app


def applicant(
    service: Scenario, number: int, email: str = "lea@example.net", **columns: str | int | None
) -> int:
    """Someone who applied, with papers, a file, a note and a copy in an interviewer's mailbox."""
    service.put("office", "applicant", id=number, name="Lea", email=email, applied_at="2026-01-05", **columns)
    service.file(f"documents/applications/{number}.pdf")
    service.put(
        "office", "applicant_paper", id=number, applicant_id=number, path=f"applications/{number}.pdf"
    )
    service.put("office", "interview_note", id=number, applicant_id=number, body="freundlich")
    service.put("office", "applicant_mail", id=number, applicant_id=number, mailbox="chef", body="Bewerbung")
    return number


def left_of_applicant(service: Scenario, number: int) -> list[str]:
    """Where someone's application still is."""
    tables = ("applicant", "applicant_paper", "interview_note", "applicant_mail")
    left = [table for table in tables if service.there("office", table, number)]
    return left + ["file"] * (service.folder / f"documents/applications/{number}.pdf").exists()


@pytest.mark.promise("fluxpunkt-005")
def test_withdrawal_takes_what_rested_on_consent_only(itservice: Scenario) -> None:
    mara = applicant(itservice, 9001, "mara@example.net", pool_agreed_at="2026-02-01")
    stays = applicant(itservice, 9002, "jan@example.net", pool_agreed_at="2026-02-01")
    itservice.put("desk", "customer", id=9001, company="Mara KG", name="Mara", email="mara@example.net")
    itservice.put("desk", "ticket", id=9001, customer_id=9001, subject="Drucker", body="klemmt")
    itservice.sweep("2026-04-10T03:00")
    assert len(left_of_applicant(itservice, mara)) == 5
    itservice.change(
        "office", "UPDATE applicant SET pool_withdrawn_at = '2026-04-10 12:00:00.000000' WHERE id = 9001"
    )
    itservice.sweep("2026-04-11T03:00")
    assert left_of_applicant(itservice, mara) == []
    assert len(left_of_applicant(itservice, stays)) == 5
    assert itservice.there("desk", "ticket", 9001) == [9001], "the service contract's data stay"


@pytest.mark.promise("fluxpunkt-088")
def test_rejected_applications_go_after_three_months(itservice: Scenario) -> None:
    form = {"name": "Jan Mustermann", "email": "jan.mustermann@example.net", "letter": "Ich möchte."}
    with visiting(itservice, create_app, "https://www.strompfad.example", now="2026-01-20T10:00") as site:
        guest = site.guest()
        assert guest.post("/jobs/2/apply", data=form).status_code == 201
        with itservice.writing("office") as connection:
            query = "SELECT id FROM applicant WHERE email = ?"
            jan = connection.exec_driver_sql(query, (form["email"],)).scalar_one()
        kept = {"applicant_id": jan, "body": "Mustermann: freundlich"}
        itservice.put("office", "interview_note", id=9001, **kept)
        for number, mailbox in ((9001, "bewerbung"), (9002, "chef"), (9003, "fachabteilung")):
            itservice.put("office", "applicant_mail", id=number, mailbox=mailbox, **kept)
        itservice.change("office", "UPDATE applicant SET rejected_at = '2026-02-10 09:00:00.000000' WHERE id = :id", id=jan)  # fmt: skip
        pool = applicant(
            itservice, 9100, rejected_at="2026-02-10T09:00", pool_agreed_at="2026-02-01", pool_months=24
        )
        paper = itservice.folder / f"documents/applications/{jan}.pdf"
        itservice.sweep("2026-05-09T03:00")
        assert set(itservice.tables_with("Mustermann", "office")) == {"applicant", "interview_note", "applicant_mail"}  # fmt: skip
        assert itservice.count("office", "applicant_paper", "applicant_id = :id", id=jan) == 1
        assert paper.exists()
        itservice.sweep("2026-05-11T03:00")
        for table in ("applicant_paper", "interview_note", "applicant_mail"):
            assert itservice.count("office", table, "applicant_id = :id", id=jan) == 0, table
        assert itservice.there("office", "applicant", jan) == []
        assert not paper.exists()
        assert itservice.tables_with("ustermann", "office", "desk", "web") == []
        assert itservice.in_bytes("Mustermann") == [], "also in no freed page"
        assert guest.get("/jobs/2/statistics").json() == {"2026-01": 1}, "what is left is a number"
        assert len(left_of_applicant(itservice, pool)) == 5, "who agreed to the pool stays"


@pytest.mark.promise("fluxpunkt-087")
def test_papers_of_the_hired_stay_until_the_end_is_final(itservice: Scenario) -> None:
    lea = applicant(itservice, 9001)
    itservice.sweep("2027-06-29T03:00")
    assert len(left_of_applicant(itservice, lea)) == 5, "during employment nothing goes"
    itservice.change("office", "UPDATE applicant SET employed_until = '2027-06-30 00:00:00.000000', ending_final_at = '2027-07-21 20:00:00.000000' WHERE id = 9001")  # fmt: skip
    itservice.sweep("2027-07-21T03:00")
    assert len(left_of_applicant(itservice, lea)) == 5
    itservice.sweep("2027-07-22T03:00")
    assert left_of_applicant(itservice, lea) == []


@pytest.mark.promise("fluxpunkt-077")
def test_orders_wait_for_the_law_and_messages_do_not(itservice: Scenario) -> None:
    itservice.put(
        "office", "form_order", id=9001, name="Kim", email="kim@example.net", ordered_at="2026-03-02"
    )
    itservice.put("office", "form_message", id=9001, name="Kim", email="kim@example.net", received_at="2026-03-02", handled_at="2026-03-05")  # fmt: skip
    itservice.put(
        "office", "form_message", id=9002, name="Kim", email="kim@example.net", received_at="2026-03-02"
    )
    itservice.sweep("2026-03-06T03:00")
    assert itservice.there("office", "form_message", 9001, 9002) == [9002], "handled: gone; open: there"
    itservice.sweep("2032-12-31T12:00")
    assert itservice.there("office", "form_order", 9001) == [9001]
    itservice.sweep("2033-01-01T03:00")
    assert itservice.there("office", "form_order", 9001) == []


@pytest.mark.promise("fluxpunkt-078")
def test_letters_go_when_decided_and_cry_without_a_reason(itservice: Scenario) -> None:
    itservice.file("documents/letters/9001.pdf")
    itservice.put("office", "letter", id=9001, sender="Kim", email="kim@example.net", scan="letters/9001.pdf", **{"class": "none"}, reason="Angebot, bis Entscheidung", clerk="post@strompfad.example", received_at="2026-05-05")  # fmt: skip
    itservice.put("office", "letter", id=9002, sender="Tom", email="tom@example.net", **{"class": "none"}, clerk="post@strompfad.example", received_at="2026-05-05")  # fmt: skip
    itservice.sweep("2026-06-10T08:00")
    assert itservice.there("office", "letter", 9001) == [9001], "undecided"
    for now in ("2026-06-10T09:00", "2026-06-10T09:05"):
        itservice.zusage(now, "worker", "--once")
    escalated = [
        mail for mail in itservice.mails() if "Aufbewahrungsgrund" in mail or "post@strompfad" in mail
    ]
    assert len(escalated) == 1, "one letter has no reason after 30 days; the other one has"
    itservice.change("office", "UPDATE letter SET decided_at = '2026-06-10 12:00:00.000000' WHERE id = 9001")
    itservice.sweep("2026-06-11T03:00")
    assert itservice.there("office", "letter", 9001, 9002) == [9002]
    assert not (itservice.folder / "documents/letters/9001.pdf").exists()


@pytest.mark.promise("fluxpunkt-082")
def test_after_the_contract_tickets_go_and_billing_is_blocked(itservice: Scenario) -> None:
    for number, ended in ((9001, "2026-06-30T10:00"), (9002, None)):
        itservice.put("desk", "customer", id=number, company=f"Firma {number}", name="Kim", email=f"kim{number}@example.net", contract_ended_at=ended)  # fmt: skip
        itservice.put("desk", "ticket", id=number, customer_id=number, subject="Drucker", body="klemmt")
        itservice.put("desk", "ticket_note", id=number, ticket_id=number, body="Notiz")
        itservice.put("desk", "invoice", id=number, customer_id=number, number="S", recipient="Kim", address="Weg", cents=1, issued_at="2026-05-02")  # fmt: skip
    itservice.sweep("2026-06-30T08:00")
    assert itservice.there("desk", "ticket", 9001, 9002) == [9001, 9002]
    itservice.sweep("2026-07-01T03:00")
    assert itservice.there("desk", "ticket", 9001, 9002) == [9002]
    assert itservice.there("desk", "ticket_note", 9001, 9002) == [9002]
    assert itservice.there("desk", "customer", 9001, 9002) == [9002], "who is a customer loses nothing"
    assert itservice.there("desk", "invoice", 9001, 9002) == [9002]
    assert blocked_invoices(itservice) >= {9001}
    itservice.sweep("2034-12-31T12:00")
    assert 9001 in blocked_invoices(itservice)
    itservice.sweep("2035-01-01T03:00")
    assert 9001 not in blocked_invoices(itservice)


def blocked_invoices(service: Scenario) -> set[int]:
    """Keys of invoices in the restricted place."""

    with sqlite3.connect(service.folder / "data/desk-restricted.db") as place:
        return {row[0] for row in place.execute("SELECT id FROM invoice")}


@pytest.mark.promise("fluxpunkt-085")
def test_recordings_go_with_the_case(itservice: Scenario) -> None:
    for number, opened in ((9001, "2026-05-02"), (9002, "2026-02-10")):
        itservice.put("desk", "accounting_case", id=number, number=f"V-{number}", opened_at=opened)
        itservice.file(f"documents/recordings/{number}.ogg")
        itservice.put("desk", "recording", id=number, case_id=number, caller="+49 1", path=f"recordings/{number}.ogg", clerk="buch@strompfad.example", recorded_at=opened)  # fmt: skip
    itservice.put("desk", "recording", id=9003, caller="+49 2", recorded_at="2026-05-19T10:00")
    itservice.sweep("2026-05-20T08:00")
    assert itservice.there("desk", "recording", 9001, 9002, 9003) == [9001, 9002], (
        "no case: gone within 24 hours"
    )
    itservice.change(
        "desk", "UPDATE accounting_case SET closed_at = '2026-05-20 14:00:00.000000' WHERE id = 9001"
    )
    itservice.sweep("2026-05-20T20:00")
    assert itservice.there("desk", "recording", 9001, 9002) == [9002]
    assert not (itservice.folder / "documents/recordings/9001.ogg").exists()
    assert itservice.there("desk", "accounting_case", 9001) == [9001]
    for now in ("2026-05-20T21:00", "2026-05-20T21:05"):
        itservice.zusage(now, "worker", "--once")
    assert any("buch@strompfad.example" in mail for mail in itservice.mails()), "open for more than 90 days"


def thread(
    service: Scenario, number: int, kind: str, sent: str, handled: str | None, last: str | None = None
) -> int:
    """A mail thread with two mails, an attachment and index entries."""
    service.put("office", "thread", id=number, subject="Auftrag", correspondent=f"m{number}@example.net", **{"class": kind}, sent_at=sent, last_message_at=last or sent, handled_at=handled)  # fmt: skip
    for one in (number * 2, number * 2 + 1):
        service.put(
            "office", "mail", id=one, thread_id=number, sender="a", recipient="b", body="Auftrag", at=sent
        )
        service.put("office", "mail_index", id=one, mail_id=one, term="Auftrag")
    service.file(f"documents/mails/{number}.pdf")
    service.put("office", "mail_attachment", id=number, mail_id=number * 2, path=f"mails/{number}.pdf")
    return number


def left_of_thread(service: Scenario, number: int) -> bool:
    """Whether anything of a thread is left: all or nothing."""
    parts = [
        bool(service.there("office", "thread", number)),
        bool(service.there("office", "mail", number * 2, number * 2 + 1)),
        bool(service.there("office", "mail_index", number * 2, number * 2 + 1)),
        bool(service.there("office", "mail_attachment", number)),
        (service.folder / f"documents/mails/{number}.pdf").exists(),
    ]
    assert len(set(parts)) == 1, parts
    return parts[0]


@pytest.mark.promise("fluxpunkt-137")
def test_a_commercial_mail_goes_when_its_class_says(itservice: Scenario) -> None:
    letter = thread(itservice, 9001, "letter", "2026-03-02", "2026-03-02")
    itservice.sweep("2026-06-30T03:00")
    assert left_of_thread(itservice, letter), "never earlier"
    itservice.sweep("2032-12-31T12:00")
    assert left_of_thread(itservice, letter)
    itservice.sweep("2033-01-01T03:00")
    assert not left_of_thread(itservice, letter)


@pytest.mark.promise("fluxpunkt-138")
def test_mails_without_a_duty_go_after_the_reply_period(itservice: Scenario) -> None:
    quiet = thread(itservice, 9001, "none", "2026-05-05T10:00", "2026-05-05T12:00")
    replied = thread(itservice, 9002, "none", "2026-05-05T10:00", "2026-05-05T12:00", "2026-05-20T10:00")
    still_open = thread(itservice, 9003, "none", "2026-05-05T10:00", None)
    itservice.sweep("2026-06-04T03:00")
    assert left_of_thread(itservice, quiet)
    itservice.sweep("2026-06-05T03:00")
    assert [left_of_thread(itservice, one) for one in (quiet, replied, still_open)] == [False, True, True]
    itservice.sweep("2026-06-20T03:00")
    assert [left_of_thread(itservice, one) for one in (replied, still_open)] == [False, True]


@pytest.mark.promise("fluxpunkt-006")
def test_only_a_named_reason_holds_erasure_back(itservice: Scenario) -> None:
    claim = thread(itservice, 9001, "none", "2026-03-01", "2026-03-01")
    other = thread(itservice, 9002, "none", "2026-03-01", "2026-03-01")
    itservice.put(
        "desk", "customer", id=9001, name="Kim", email="kim@example.net", contract_ended_at="2026-04-10"
    )
    itservice.put("desk", "invoice", id=9001, customer_id=9001, number="S", recipient="Kim", address="Weg", cents=1, issued_at="2026-03-02")  # fmt: skip
    place = [
        "hold",
        "place",
        "--ground",
        "legal-claim",
        "--row",
        "office:thread:9001",
        "--by",
        PERSON,
        "--json",
    ]
    assert itservice.zusage("2026-03-10", *place).code == 2, "a hold without a named reason is not accepted"
    held = itservice.zusage("2026-03-10", *place, "--matter", "claim R-2").json["hold"]
    itservice.sweep("2026-04-11T03:00")
    assert (left_of_thread(itservice, claim), left_of_thread(itservice, other)) == (True, False)
    assert itservice.there("desk", "customer", 9001) == []
    assert 9001 in blocked_invoices(itservice)
    assert itservice.zusage("2026-09-01", "hold", "lift", held, "--by", PERSON).code == 0
    itservice.sweep("2026-09-01T03:00")
    assert not left_of_thread(itservice, claim)
    itservice.sweep("2035-01-01T03:00")
    assert 9001 not in blocked_invoices(itservice)


@pytest.mark.promise("fluxpunkt-014")
def test_what_a_law_keeps_is_marked_with_law_and_end(itservice: Scenario) -> None:
    itservice.put(
        "office", "form_message", id=9001, name="Kim", email="kim@example.net", handled_at="2026-05-05"
    )
    itservice.put(
        "office", "form_message", id=9002, name="Kim", email="kim@example.net", handled_at="2026-05-05"
    )
    place = ["hold", "place", "--ground", "statute", "--matter", "invoice 17", "--row", "office:form_message:9001", "--by", PERSON]  # fmt: skip
    assert itservice.zusage("2026-05-04", *place, "--until", "2034-12-31").code == 2, "no law: not justified"
    assert itservice.zusage("2026-05-04", *place, "--law", "hgb:257(1)(4)").code == 2, "no end: not justified"
    assert itservice.zusage("2026-05-04", *place, "--law", "hgb:257(1)(4)", "--until", "2034-12-31").code == 0
    itservice.sweep("2026-05-06T03:00")
    assert itservice.there("office", "form_message", 9001, 9002) == [9001]
    listed = itservice.zusage("2026-05-06", "hold", "list", "--json").json
    assert [(one["law"], one["ends_at"][:10]) for one in listed] == [("hgb:257(1)(4)", "2034-12-31")]
    itservice.sweep("2034-12-31T12:00")
    assert itservice.there("office", "form_message", 9001) == [9001]
    itservice.sweep("2035-01-01T03:00")
    assert itservice.there("office", "form_message", 9001) == []
