"""The marketplace: seven days, three years, document classes, portal, applicants, pool, calls."""

from __future__ import annotations

import sqlite3

import pytest

from tests.promises.scenario import PERSON, Scenario
from tests.promises.visiting import visiting
from tests.promises.vouching import may
from zusage.deployments.marketplace.app import create_app

CLAIM = ("hold", "place", "--ground", "legal-claim", "--by", PERSON, "--json")


def blocked(market: Scenario, store: str, table: str) -> set[int]:
    """Keys of a table's rows in the restricted place."""
    place = market.folder / f"data/{store}-restricted.db"
    if not place.exists():
        return set()
    with sqlite3.connect(place) as connection:
        known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        return {row[0] for row in connection.execute(f'SELECT id FROM "{table}"')} if known else set()


@pytest.mark.promise("xometry-055")
def test_access_data_go_after_seven_days(marketplace: Scenario) -> None:
    marketplace.put(
        "web", "access_line", id=9001, address="192.0.2.77", page="/", called_at="2022-07-01T10:00"
    )
    marketplace.put(
        "web", "access_line", id=9002, address="192.0.2.78", page="/", called_at="2022-07-05T10:00"
    )
    marketplace.file("exports/access-2022-07-01.csv", "192.0.2.77\n")
    marketplace.file("exports/access-2022-07-05.csv", "192.0.2.78\n")
    marketplace.sweep("2022-07-08T09:59")
    assert marketplace.there("web", "access_line", 9001, 9002) == [9001, 9002]
    marketplace.sweep("2022-07-08T10:01")
    assert marketplace.there("web", "access_line", 9001, 9002) == [9002]
    marketplace.sweep("2022-07-09T03:00")
    assert [path.name for path in (marketplace.folder / "exports").iterdir()] == ["access-2022-07-05.csv"]
    assert marketplace.in_bytes("192.0.2.77") == []
    assert marketplace.in_bytes("192.0.2.78") == ["data/web.db"]


@pytest.mark.promise("xometry-065")
def test_consent_records_go_three_years_after_the_withdrawal(marketplace: Scenario) -> None:
    marketplace.put("web", "consent_record", id=9001, browser="v", purpose="statistics", given_at="2022-07-01", ended_at="2022-09-15")  # fmt: skip
    marketplace.put(
        "web", "consent_record", id=9002, browser="w", purpose="statistics", given_at="2022-07-01"
    )
    marketplace.sweep("2025-09-14T12:00")
    assert marketplace.there("web", "consent_record", 9001, 9002) == [9001, 9002]
    marketplace.sweep("2025-09-16T03:00")
    assert marketplace.there("web", "consent_record", 9001, 9002) == [9002], (
        "a consent in force is not erased"
    )


@pytest.mark.promise("xometry-117")
def test_events_go_fourteen_months_after_the_last_one(marketplace: Scenario) -> None:
    for number, last in ((9001, "2022-07-01"), (9002, "2023-08-01")):
        marketplace.put(
            "web", "visitor", id=number, pseudonym=f"v{number}", service="analytics", last_event_at=last
        )
        marketplace.put("web", "visitor_event", id=number, visitor_id=number, name="page", at="2022-06-30")
    marketplace.sweep("2023-09-02T03:00")
    assert marketplace.there("web", "visitor", 9001, 9002) == [9002]
    assert marketplace.there("web", "visitor_event", 9001, 9002) == [9002]
    declaration = marketplace.folder / "declaration.yaml"
    said = declaration.read_text(encoding="utf-8")
    declaration.write_text(said.replace("keep: P14M, then: erase", "then: erase"), encoding="utf-8")
    assert marketplace.zusage("2023-09-02", "status").code == 2, (
        "a service without a period cannot be switched on"
    )


def letters(market: Scenario, first: int, ended: str | None, *kinds: str) -> list[int]:
    """A business relation with one message of each class of 2022."""
    market.put("office", "relation", id=first, company="Ada GmbH", stage="negotiation", ended_at=ended)
    for place, kind in enumerate(kinds):
        market.put("office", "correspondence", id=first + place, relation_id=first, name="Ada", email=f"ada{first}@example.net", body=f"{kind} text", sent_at="2022-07-10", **{"class": kind})  # fmt: skip
    return [first + place for place in range(len(kinds))]


@pytest.mark.promise("xometry-206", "xometry-209")
def test_correspondence_goes_by_its_class(marketplace: Scenario) -> None:
    plain, letter, book = letters(marketplace, 9000, "2022-07-31T10:00", "none", "letter", "book")
    running = letters(marketplace, 9100, None, "none", "letter")
    marketplace.sweep("2022-07-31T08:00")
    assert marketplace.there("office", "correspondence", plain, *running) == [plain, *running]
    marketplace.sweep("2022-08-01T03:00")
    assert marketplace.there("office", "correspondence", plain, letter, book, *running) == running
    assert blocked(marketplace, "office", "correspondence") & {plain, letter, book} == {letter, book}
    marketplace.sweep("2028-12-31T12:00")
    assert letter in blocked(marketplace, "office", "correspondence")
    marketplace.sweep("2029-01-01T03:00")
    assert blocked(marketplace, "office", "correspondence") & {letter, book} == {book}
    marketplace.sweep("2032-12-31T12:00")
    assert book in blocked(marketplace, "office", "correspondence")
    marketplace.sweep("2033-01-01T03:00")
    assert blocked(marketplace, "office", "correspondence") & {letter, book} == set()


@pytest.mark.promise("xometry-208", "xometry-214")
def test_a_dispute_keeps_its_messages_and_nothing_else(marketplace: Scenario) -> None:
    *held, other = letters(marketplace, 9000, "2022-07-31T10:00", "none", "none", "none", "none")
    rows = [("--row", f"office:correspondence:{number}") for number in held]
    assert marketplace.zusage("2022-07-20", *CLAIM, *rows[0]).code == 2, (
        "a hold without a named dispute is refused"
    )
    holds = [
        marketplace.zusage("2022-07-20", *CLAIM, *row, "--matter", "dispute 22-9").json["hold"]
        for row in rows
    ]
    marketplace.sweep("2022-08-01T03:00")
    assert marketplace.there("office", "correspondence", *held, other) == held
    listed = marketplace.zusage("2022-08-01", "hold", "list", "--json").json
    assert {(one["matter"], one["law"]) for one in listed} == {("dispute 22-9", "gdpr:17(3)(e)")}
    marketplace.sweep("2033-01-31T03:00")
    assert marketplace.there("office", "correspondence", *held) == held
    for one in holds:
        assert marketplace.zusage("2033-02-01", "hold", "lift", one, "--by", PERSON).code == 0
    marketplace.sweep("2033-02-01T03:00")
    assert marketplace.there("office", "correspondence", *held) == []


@pytest.mark.promise("xometry-214")
def test_a_statutory_hold_names_the_norm(marketplace: Scenario) -> None:
    kept, loose = letters(marketplace, 9000, "2022-07-31T10:00", "none", "none")
    placed = marketplace.zusage("2022-07-20", "hold", "place", "--ground", "statute", "--law", "ao:147(3)", "--matter", "letter", "--until", "2028-12-31", "--row", f"office:correspondence:{kept}", "--by", PERSON)  # fmt: skip
    assert placed.code == 0, placed.err
    outcomes = marketplace.sweep("2022-08-01T03:00")
    assert marketplace.there("office", "correspondence", kept, loose) == [kept]
    assert marketplace.zusage("2022-08-01", "hold", "list", "--json").json[0]["law"] == "ao:147(3)"
    ended = [
        one
        for one in outcomes
        if one["promise"] == "retention/communication/ended" and one["action"] == "erase"
    ]
    assert ended[0]["hit"] >= 1, "what has neither law nor dispute is erased and reported"
    marketplace.sweep("2029-01-01T03:00")
    assert marketplace.there("office", "correspondence", kept) == []


@pytest.mark.promise("xometry-210")
def test_enquiries_without_a_contract_go_after_three_months(marketplace: Scenario) -> None:
    for number, status, since in ((9001, "enquiry", None), (9002, "contract", "2022-07-20")):
        marketplace.put("office", "enquiry", id=number, name="Ada", email="ada@example.net", received_at="2022-07-01T10:00", answered_at="2022-07-05", status=status, contract_since=since)  # fmt: skip
        marketplace.file(f"files/enquiries/{number}.pdf")
        marketplace.put(
            "office", "enquiry_file", id=number, enquiry_id=number, path=f"enquiries/{number}.pdf"
        )
        marketplace.put(
            "office", "enquiry_meeting", id=number, enquiry_id=number, at="2022-07-06", place="Video"
        )
    marketplace.sweep("2022-09-30T03:00")
    assert marketplace.there("office", "enquiry", 9001) == [9001]
    marketplace.sweep("2022-10-02T03:00")
    for table in ("enquiry", "enquiry_file", "enquiry_meeting"):
        assert marketplace.there("office", table, 9001, 9002) == [9002]
    assert not (marketplace.folder / "files/enquiries/9001.pdf").exists()
    assert (marketplace.folder / "files/enquiries/9002.pdf").exists()


def customer(market: Scenario, number: int, ended: str | None) -> int:
    """A customer with order, item, drawing, login and an invoice."""
    market.put(
        "portal", "customer", id=number, name="Ada", email=f"ada{number}@example.net", relation_ended_at=ended
    )
    market.put("portal", "sales_order", id=number, customer_id=number, number="A")
    market.put("portal", "order_item", id=number, order_id=number, part="Welle", quantity=1)
    market.file(f"files/drawings/{number}.step")
    market.put("portal", "drawing", id=number, item_id=number, path=f"drawings/{number}.step")
    market.put("portal", "login", id=number, customer_id=number, address="192.0.2.1", at="2022-06-01")
    market.put("portal", "archived_document", id=number, customer_id=number, recipient="Ada", body="Rechnung", issued_at="2022-03-01", **{"class": "invoice"})  # fmt: skip
    return number


@pytest.mark.promise("xometry-233")
def test_portal_data_end_with_the_relation(marketplace: Scenario) -> None:
    ada, ben = customer(marketplace, 9001, "2022-07-31T10:00"), customer(marketplace, 9002, None)
    marketplace.sweep("2022-08-01T03:00")
    for table in ("customer", "sales_order", "order_item", "drawing", "login"):
        assert marketplace.there("portal", table, ada, ben) == [ben], table
    assert not (marketplace.folder / f"files/drawings/{ada}.step").exists()
    assert (marketplace.folder / f"files/drawings/{ben}.step").exists()
    assert marketplace.there("portal", "archived_document", ada, ben) == [ben]
    assert blocked(marketplace, "portal", "archived_document") & {ada, ben} == {ada}


@pytest.mark.promise("xometry-235")
def test_documents_go_one_after_the_other_by_class(marketplace: Scenario) -> None:
    classes = {9001: "confirmation", 9002: "invoice", 9003: "book"}
    for number, kind in classes.items():
        marketplace.put("portal", "archived_document", id=number, recipient="Ada", body="x", issued_at="2022-05-05", **{"class": kind})  # fmt: skip
    left = {}
    for now in ("2028-12-31T12:00", "2029-01-01T03:00", "2030-12-31T12:00", "2031-01-01T03:00", "2032-12-31T12:00", "2033-01-01T03:00"):  # fmt: skip
        marketplace.sweep(now)
        left[now[:10]] = marketplace.there("portal", "archived_document", *classes)
    assert list(left.values()) == [[9001, 9002, 9003], [9002, 9003], [9002, 9003], [9003], [9003], []]
    assert "purpose" in may(marketplace, "2028-12-31", "aws", "archive", "--purpose", "similar-offers")


@pytest.mark.promise("xometry-260", "xometry-277", "xometry-286")
def test_nothing_of_a_call_is_left(marketplace: Scenario) -> None:
    marketplace.put("office", "video_call", id=9001, participant="ada@example.net", address="192.0.2.9", chat="hallo", joined_at="2022-07-05T10:00", left_at="2022-07-05T10:45")  # fmt: skip
    marketplace.put("office", "video_call", id=9002, participant="ben@example.net", address="192.0.2.10", chat="", joined_at="2022-07-05T10:00")  # fmt: skip
    marketplace.put("office", "applicant", id=9001, name="Ada", email="ada@example.net", letter="x")
    marketplace.put("office", "applicant_note", id=9001, applicant_id=9001, body="Notiz des Gremiums")
    marketplace.sweep("2022-07-05T10:44")
    assert marketplace.there("office", "video_call", 9001, 9002) == [9001, 9002]
    marketplace.sweep("2022-07-05T10:46")
    assert marketplace.there("office", "video_call", 9001, 9002) == [9002]
    assert marketplace.in_bytes("192.0.2.9") == []
    assert marketplace.there("office", "applicant_note", 9001) == [9001], (
        "a written note may remain in the file"
    )
    assert "purpose" in may(marketplace, "2022-07-05", "google", "video-calls", "--purpose", "recording")


def agrees(market: Scenario, now: str, email: str, purpose: str) -> None:
    """A consent on record."""
    assert market.zusage(now, "consent", "give", email, purpose, "--way", "form").code == 0


def applicant(market: Scenario, number: int, ended: str, consented: str | None = None) -> int:
    """Someone who applied, with a file and a note, and agreed to longer keeping or not."""
    if consented is not None:
        agrees(market, consented, f"ben{number}@example.net", "longer-application")
    market.put("office", "applicant", id=number, name="Ben", email=f"ben{number}@example.net", procedure_ended_at=ended, consented_at=consented)  # fmt: skip
    market.file(f"files/applications/{number}.pdf")
    market.put("office", "applicant_file", id=number, applicant_id=number, path=f"applications/{number}.pdf")
    market.put("office", "applicant_note", id=number, applicant_id=number, body="Notiz")
    return number


def left_of_applicants(market: Scenario, *numbers: int) -> list[int]:
    """Whose application is left: all of it or nothing."""
    found = [
        market.there("office", table, *numbers) for table in ("applicant", "applicant_file", "applicant_note")
    ]
    found.append([one for one in numbers if (market.folder / f"files/applications/{one}.pdf").exists()])
    assert all(each == found[0] for each in found), found
    return found[0]


@pytest.mark.promise("xometry-282")
def test_of_a_rejected_applicant_a_number_is_left(marketplace: Scenario) -> None:
    form = {"name": "Ben Mustermann", "email": "ben.mustermann@example.net", "letter": "Ich drehe."}
    with visiting(marketplace, create_app, "https://www.spanwerk.example", now="2022-06-20T10:00") as site:
        recruiter = site.staff("recruiting")
        assert site.guest().post("/karriere/22-99", data=form).status_code == 200
        with marketplace.writing("office") as connection:
            query = "SELECT id FROM applicant WHERE email = ?"
            ben = connection.exec_driver_sql(query, (form["email"],)).scalar_one()
        paper = marketplace.file(f"files/applications/{ben}.pdf")
        marketplace.put("office", "applicant_file", id=9001, applicant_id=ben, path=f"applications/{ben}.pdf")
        marketplace.put("office", "applicant_note", id=9001, applicant_id=ben, body="Mustermann: ruhig")
        site.at("2022-07-15T10:00")
        assert recruiter.post(f"/personal/bewerbungen/{ben}/absage").status_code == 200
        marketplace.sweep("2023-01-14T03:00")
        site.at("2023-01-14T10:00")
        assert marketplace.tables_with("Mustermann", "office") == ["applicant", "applicant_note"]
        assert marketplace.count("office", "applicant_mail", "applicant_id = :id", id=ben) == 1
        assert marketplace.tables_with("Mustermann", "recruiting") == ["application_entry"]
        assert paper.exists()
        seen = {role: site.staff(role).get("/personal/beendet") for role in ("recruiting", "manager", "panel", "sales", "")}  # fmt: skip
        assert [one["name"] for one in seen["recruiting"].json() if one["application"] == ben] == [form["name"]]  # fmt: skip
        assert {role for role, said in seen.items() if said.status_code != 403} == {"recruiting"}
        for role in ("manager", "panel", "sales"):
            path = f"/personal/bewerbungen/{ben}"
            assert site.staff(role).get(path).status_code == 403
        marketplace.sweep("2023-01-16T03:00")
        for table in ("applicant_file", "applicant_note", "applicant_mail"):
            assert marketplace.count("office", table, "applicant_id = :id", id=ben) == 0, table
        assert marketplace.tables_with("ustermann", "office", "recruiting", "portal") == []
        assert not paper.exists()
        assert marketplace.in_bytes("Mustermann") == [], "also in no freed page"
        assert recruiter.get("/personal/statistik/22-99").json() == {"2022-06": 1}


@pytest.mark.promise("xometry-285")
def test_rejected_applications_go_after_six_months_unless_a_dispute_is_named(marketplace: Scenario) -> None:
    ben, dora = (
        applicant(marketplace, 9001, "2022-07-15T10:00"),
        applicant(marketplace, 9002, "2022-07-15T10:00"),
    )
    on_ben = ("--subject", "email=ben9001@example.net", "--activity", "applications")
    assert marketplace.zusage("2022-12-20", *CLAIM, *on_ben).code == 2, (
        "a hold without a named dispute is refused"
    )
    hold = marketplace.zusage("2022-12-20", *CLAIM, *on_ben, "--matter", "AGG 22-3").json["hold"]
    marketplace.sweep("2023-01-14T03:00")
    assert left_of_applicants(marketplace, ben, dora) == [ben, dora]
    marketplace.sweep("2023-01-16T03:00")
    assert left_of_applicants(marketplace, ben, dora) == [ben]
    assert marketplace.zusage("2023-06-30", "hold", "lift", hold, "--by", PERSON).code == 0
    marketplace.sweep("2023-06-30T03:00")
    assert left_of_applicants(marketplace, ben) == []


@pytest.mark.promise("xometry-289")
def test_with_consent_applications_stay_twelve_months(marketplace: Scenario) -> None:
    ada = applicant(marketplace, 9001, "2022-07-15", "2022-07-20T10:00")
    renewed = applicant(marketplace, 9002, "2022-07-15", "2022-07-20T10:00")
    marketplace.change(
        "office", "UPDATE applicant SET consented_at = '2023-07-10 10:00:00.000000' WHERE id = 9002"
    )
    marketplace.sweep("2023-07-19T03:00")
    assert left_of_applicants(marketplace, ada, renewed) == [ada, renewed]
    marketplace.sweep("2023-07-21T03:00")
    assert left_of_applicants(marketplace, ada, renewed) == [renewed]


@pytest.mark.promise("xometry-301")
def test_the_pool_forgets_after_two_years(marketplace: Scenario) -> None:
    agrees(marketplace, "2022-07-20T10:00", "ada@example.net", "talent-pool")
    marketplace.put(
        "office", "pool_entry", id=9001, name="Ada", email="ada@example.net", consented_at="2022-07-20T10:00"
    )
    marketplace.sweep("2024-07-19T03:00")
    assert marketplace.there("office", "pool_entry", 9001) == [9001]
    marketplace.sweep("2024-07-21T03:00")
    assert marketplace.there("office", "pool_entry", 9001) == []


@pytest.mark.promise("xometry-301")
def test_counting_to_the_end_of_the_year_is_a_setting_that_asks_anew(marketplace: Scenario) -> None:
    agrees(marketplace, "2022-07-20T10:00", "ada@example.net", "talent-pool")
    marketplace.put(
        "office", "pool_entry", id=9001, name="Ada", email="ada@example.net", consented_at="2022-07-20T10:00"
    )
    marketplace.sweep("2024-07-19T03:00")
    declaration = marketplace.folder / "declaration.yaml"
    said = declaration.read_text(encoding="utf-8")
    changed = said.replace(
        "- {id: two-years, from: {event: consented,",
        "- {id: two-years, from: {event: consented, start: end_of_year,",
    )
    assert changed != said
    declaration.write_text(changed, encoding="utf-8")
    marketplace.unattended("2025-01-01T03:00")
    assert marketplace.there("office", "pool_entry", 9001) == [9001], (
        "not silently: the new reading waits for approval"
    )
    marketplace.sweep("2024-12-31T12:00")
    assert marketplace.there("office", "pool_entry", 9001) == [9001]
    marketplace.sweep("2025-01-01T03:30")
    assert marketplace.there("office", "pool_entry", 9001) == []


@pytest.mark.promise("xometry-033")
def test_a_claim_keeps_messages_despite_an_objection(marketplace: Scenario) -> None:
    ben, ada = "ada9000@example.net", "ada9100@example.net"
    (kept,) = letters(marketplace, 9000, None, "none")
    (other,) = letters(marketplace, 9100, None, "none")
    held = ("--matter", "claim 22-17", "--subject", f"email={ben}", "--activity", "communication")
    with visiting(marketplace, create_app, "https://www.spanwerk.example", now="2022-07-01T10:00") as site:

        def seen(role: str, email: str) -> tuple[int, bool]:
            said = site.staff(role).get(f"/personal/nachrichten/{email}")
            return said.status_code, "none text" in said.text

        for email in (ben, ada):
            assert marketplace.zusage("2022-07-01T10:00", "consent", "give", email, "booking-analysis", "--way", "form").code == 0  # fmt: skip
        views = [(role, email) for email in (ben, ada) for role in ("sales", "analytics", "legal")]
        assert [seen(*one)[0] for one in views] == [200, 200, 403, 200, 200, 403], "no claim yet"
        assert seen("marketing", ben) == (403, False)
        assert marketplace.zusage("2022-07-01T11:00", *CLAIM, *held, "--until", "2022-12-31").code == 0
        reference = marketplace.ask("2022-07-02", "objection", ben)
        assert marketplace.grant("2022-07-02", reference)["state"] == "answered"
        site.at("2022-07-03T10:00")
        assert [seen(*one)[0] for one in views] == [403, 403, 200, 200, 200, 403]
        assert seen("legal", ben) == (200, True), "readable for the claim"
        marketplace.change("office", "UPDATE relation SET ended_at = '2022-08-01' WHERE id IN (9000, 9100)")
        marketplace.sweep("2022-12-31T12:00")
        assert marketplace.there("office", "correspondence", kept, other) == [kept]
        site.at("2022-12-31T12:00")
        assert seen("legal", ben) == (200, True)
        marketplace.sweep("2023-01-01T03:00")
        assert marketplace.there("office", "correspondence", kept) == []
        site.at("2023-01-01T04:00")
        assert seen("legal", ben) == (403, False), "the claim is over"
