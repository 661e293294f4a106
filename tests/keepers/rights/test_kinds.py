"""Every kind of request from intake to the answer, on every kind of database."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, select

from tests.keepers.rights import conftest
from tests.keepers.rights.conftest import MakeShop, Shop
from zusage.decisions import Decisions, Question
from zusage.documents import Items, Table
from zusage.keepers.consent.rules import ConsentRule
from zusage.keepers.rights.lifecycle import BadDecision, Decision, decide, grounds_for
from zusage.keepers.rights.packages import MOST_DOWNLOADS, NoPackage, download_token, take_package
from zusage.keepers.rights.rules import RightsRule
from zusage.keepers.rights.summing import acts
from zusage.registers.holds import Hold, place_hold
from zusage.registers.requests import OUTCOMES, Kind, State

ADA = "ada@mail.example"


def test_access_hands_out_everything_of_the_person_and_nothing_of_others(any_shop: Shop) -> None:
    request = any_shop.confirmed(Kind.ACCESS)

    assert request.state is State.ANSWERED
    content = take_package(
        any_shop.workspace.context, download_token(any_shop.workspace.context, request.id), any_shop.now
    )
    archive = zipfile.ZipFile(io.BytesIO(content))
    data = json.loads(archive.read("data.json"))
    assert data["shop"]["customer"][0]["name"] == "Ada Beispiel"
    assert len(data["orders"]["invoice"]) == 1
    assert b"ben@mail" not in content
    assert "Ben" not in archive.read("data.json").decode()
    letter = any_shop.letter(ADA, "Antwort")
    assert "Kontaktdaten" in letter
    assert "Verkauf" in letter
    assert "Paketfuchs" in letter
    assert "Mailer Inc." in letter
    assert "Standardvertragsklauseln" in letter
    assert "31.12.2034" in letter or "01.01.2035" in letter
    assert "Landesamt" in letter


def test_a_spreadsheet_cell_that_looks_like_a_formula_is_text(shop: Shop) -> None:
    shop.do("UPDATE customer SET name = '=HYPERLINK(\"http://x\")' WHERE id = 1")
    request = shop.confirmed(Kind.ACCESS)
    context = shop.workspace.context
    archive = zipfile.ZipFile(
        io.BytesIO(take_package(context, download_token(context, request.id), shop.now))
    )
    assert "'=HYPERLINK" in archive.read("shop/customer.csv").decode()
    assert "\n=HYPERLINK" not in archive.read("shop/customer.csv").decode()


def test_markup_in_data_is_shown_as_text(shop: Shop) -> None:
    request = shop.confirmed(Kind.ACCESS, "ben@mail.example")
    context = shop.workspace.context
    archive = zipfile.ZipFile(
        io.BytesIO(take_package(context, download_token(context, request.id), shop.now))
    )
    assert "<b>x</b>" not in archive.read("data.html").decode()
    assert "&lt;b&gt;x" in archive.read("data.html").decode()


def test_portability_holds_what_the_person_provided(any_shop: Shop) -> None:
    request = any_shop.confirmed(Kind.PORTABILITY)
    context = any_shop.workspace.context
    archive = zipfile.ZipFile(
        io.BytesIO(take_package(context, download_token(context, request.id), any_shop.now))
    )
    row = json.loads(archive.read("data.json"))["shop"]["customer"][0]
    assert row["name"] == "Ada Beispiel"
    assert "remark" not in row


def test_erasure_blocks_what_a_law_needs_and_says_until_when(any_shop: Shop) -> None:
    request = any_shop.confirmed(Kind.ERASURE)
    assert request.state is State.AWAITING_DECISION
    assert any_shop.count("customer", "id = 1") == 1

    decide(any_shop.workspace.context, request.id, Decision("grant"), "Dora", any_shop.now)
    any_shop.work()

    assert any_shop.count("customer", "id = 1") == 0
    assert any_shop.count("newsletter", "email = 'ada@mail.example'") == 0
    assert any_shop.count("invoice", "id = 1") == 0
    assert any_shop.count("customer") == any_shop.count("invoice") == any_shop.count("newsletter") == 1
    outcome = any_shop.outcomes(request)["invoice"]
    assert (outcome["result"], outcome["left"], outcome["reason"]) == ("held", 1, "ao-vouchers")
    letter = any_shop.letter(ADA, "Antwort")
    assert "| Konto | Kontaktdaten, Notizen | gelöscht | 1 |" in letter
    assert "| Neuigkeiten | Adresse | gelöscht | 1 |" in letter
    stays = "- Bestellungen (Bestelldaten) – Datensätze: 1, Grund: § 147 Abs. 1 Nr. 4 AO, bis 01.01.2035"
    assert stays in letter
    assert not {"customer", "invoice", "newsletter", "nothing_found", "ao-vouchers"} & set(letter.split())


def test_many_tables_are_one_line_of_an_answer_and_a_hold_is_named_by_its_law(shop: Shop) -> None:
    context, now = shop.workspace.context, shop.now
    request = replace(shop.confirmed(Kind.ERASURE), language="en")
    same = {
        "request": request.id,
        "store": "main",
        "activity": "shop",
        "action": "erase",
        "reason": "",
        "until": None,
    }
    rows = [
        same | {"target": "customer", "result": "done", "planned": 3, "hit": 3, "left": 0},
        same | {"target": "restricted.customer", "result": "done", "planned": 2, "hit": 2, "left": 0},
        same | {"target": "customer", "result": "held", "planned": 1, "hit": 0, "left": 1, "reason": "hold"},
        same | {"target": "customer", "result": "held", "planned": 4, "hit": 0, "left": 4, "reason": "hold"},
    ]  # fmt: skip
    hold = Hold(
        "h1", "legal-claim", "gdpr:17(3)(e)", "Ada ./. Kiesel", "subject", now, "dpo", None, "email", ADA
    )
    with context.state.begin() as connection:
        connection.execute(delete(OUTCOMES).where(OUTCOMES.c.request == request.id))
        connection.execute(insert(OUTCOMES), rows)
        found = connection.execute(select(OUTCOMES).where(OUTCOMES.c.request == request.id)).all()
        before = [*acts(context, connection, request, found, now)]
        place_hold(connection, hold)
        after = [*acts(context, connection, request, found, now)]
    done, stays = before[1], before[-1]
    assert isinstance(done, Table)
    assert done.rows == (("account", "contact data, notes", "erased", "5"),)
    assert isinstance(stays, Items)
    (line,) = stays.items
    assert str(line).endswith("records: 5, reason: kept in this case (Art. 17(3) GDPR), until further notice")
    assert isinstance(after[-1], Items)
    said = str(after[-1].items[0])
    assert "Art. 17(3)(e) GDPR" in said
    assert "Ada" not in said, "a matter may name others"


def test_the_blocked_part_goes_later_without_a_new_request(shop: Shop) -> None:
    request = shop.confirmed(Kind.ERASURE)
    decide(shop.workspace.context, request.id, Decision("grant"), "Dora", shop.now)
    shop.work()
    place = shop.workspace.folder.parent / "restricted.db"
    assert b"Weg 1" in place.read_bytes()
    again = shop.confirmed(Kind.ACCESS)
    assert shop.outcomes(again)["restricted.invoice"]["hit"] == 1


def test_rectification_corrects_one_column_and_nobody_else(any_shop: Shop) -> None:
    request = any_shop.confirmed(Kind.RECTIFICATION, details={"field": "name", "value": "Ada Richtig"})
    decide(any_shop.workspace.context, request.id, Decision("grant"), "Dora", any_shop.now)
    any_shop.work()
    assert any_shop.get(request).state is State.ANSWERED
    assert any_shop.count("customer", "name = 'Ada Richtig' AND id = 1") == 1
    assert any_shop.count("customer", "name = 'Ben Muster'") == 1


def test_a_category_of_several_columns_is_not_overwritten_as_a_whole(shop: Shop) -> None:
    request = shop.confirmed(Kind.RECTIFICATION, details={"field": "contact", "value": "Ada Richtig"})
    decide(shop.workspace.context, request.id, Decision("grant"), "Dora", shop.now)
    shop.work()
    assert shop.count("customer", "email = 'ada@mail.example' AND number = 'K-1'") == 1


def test_restriction_takes_rows_out_of_use_and_is_lifted_after_notice(any_shop: Shop) -> None:
    from zusage.keepers.rights.restricting import announce

    request = any_shop.confirmed(Kind.RESTRICTION)
    context = any_shop.workspace.context
    decide(context, request.id, Decision("grant"), "Dora", any_shop.now)
    any_shop.work()
    assert any_shop.count("customer", "id = 1 AND name = 'Ada Beispiel'") == 0
    may = Decisions(any_shop.workspace.state, [ConsentRule(context), RightsRule(context)])
    assert may.may(Question("selling", subject=("email", ADA)), any_shop.now).reason.code == "restricted"
    assert may.may(Question("selling", subject=("email", "ben@mail.example")), any_shop.now).allowed

    announce(context, request.id, False, "Dora", any_shop.now)
    any_shop.work()
    assert any_shop.count("customer", "id = 1 AND name = 'Ada Beispiel'") == 0
    assert "aufgehoben" in any_shop.letter(ADA, "Einschränkung")
    any_shop.work(timedelta(days=8))
    assert any_shop.count("customer", "id = 1 AND name = 'Ada Beispiel'") == 1
    assert may.may(Question("selling", subject=("email", ADA)), any_shop.now).allowed


def test_lifting_needs_that_the_person_is_told(shop: Shop) -> None:
    from zusage.keepers.rights.restricting import announce

    request = shop.confirmed(
        Kind.RESTRICTION, "K-1", channel="letter", identity_kind="customer-number", proof="signature"
    )
    decide(shop.workspace.context, request.id, Decision("grant"), "Dora", shop.now)
    shop.work()
    with pytest.raises(BadDecision, match="told"):
        announce(shop.workspace.context, request.id, False, "Dora", shop.now)


def test_marketing_objection_is_done_at_once_without_reason_and_survives_erasure(shop: Shop) -> None:
    context = shop.workspace.context
    opened = shop.ask(Kind.MARKETING_OBJECTION)
    assert opened.confirm_token is None
    shop.work()
    assert shop.get(opened.request).state is State.ANSWERED
    assert grounds_for(Kind.MARKETING_OBJECTION) == ()
    erased = shop.confirmed(Kind.ERASURE)
    decide(context, erased.id, Decision("grant"), "Dora", shop.now)
    shop.work()
    may = Decisions(shop.workspace.state, [ConsentRule(context), RightsRule(context)])
    shop.do("INSERT INTO newsletter VALUES (9, 'ada@mail.example')")
    assert may.may(Question("newsletter", subject=("email", ADA)), shop.now).reason.code == "objected"
    assert not may.may(Question("direct-marketing", subject=("email", ADA.upper())), shop.now).allowed


def test_an_objection_waits_for_a_person_and_restricts_meanwhile(shop: Shop) -> None:
    context = shop.workspace.context
    request = shop.confirmed(Kind.OBJECTION, details={"purpose": "selling"})
    may = Decisions(shop.workspace.state, [ConsentRule(context), RightsRule(context)])
    assert request.state is State.AWAITING_DECISION
    assert may.may(Question("selling", subject=("email", ADA)), shop.now).reason.code == "restricted"
    made = Decision("refuse", "compelling-grounds", "Die Forderung ist offen.")
    decide(context, request.id, made, "Dora", shop.now)
    shop.work()
    letter = shop.letter(ADA, "Antwort")
    assert "Die Forderung ist offen." in letter
    assert "Art. 77" in letter
    assert "Art. 79" in letter
    assert may.may(Question("selling", subject=("email", ADA)), shop.now).allowed


def test_a_granted_objection_ends_the_purpose(shop: Shop) -> None:
    context = shop.workspace.context
    request = shop.confirmed(Kind.OBJECTION, details={"purpose": "selling-checks"})
    decide(context, request.id, Decision("grant"), "Dora", shop.now)
    shop.work()
    may = Decisions(shop.workspace.state, [ConsentRule(context), RightsRule(context)])
    assert may.may(Question("selling-checks", subject=("email", ADA)), shop.now).reason.code == "objected"
    assert may.may(Question("contract", subject=("email", ADA)), shop.now).allowed


def test_a_contract_is_not_objected_to(shop: Shop) -> None:
    request = shop.confirmed(Kind.OBJECTION, details={"purpose": "selling"})
    with pytest.raises(BadDecision, match=r"Art\. 21"):
        decide(shop.workspace.context, request.id, Decision("grant"), "Dora", shop.now)


def test_a_question_is_answered_by_a_person_in_words(shop: Shop) -> None:
    request = shop.confirmed(Kind.QUESTION, details={"text": "Wie lange speichern Sie?"})
    assert request.state is State.AWAITING_DECISION
    assert shop.mails("dpo@kiesel.example")
    with pytest.raises(BadDecision, match="words"):
        decide(shop.workspace.context, request.id, Decision("grant"), "Dora", shop.now)
    decide(shop.workspace.context, request.id, Decision("grant", text="Acht Jahre."), "Dora", shop.now)
    shop.work()
    assert "Acht Jahre." in shop.letter(ADA, "Antwort")


def test_complaint_names_the_right_authority(shop: Shop) -> None:
    shop.confirmed(Kind.COMPLAINT)
    assert "Bayerisches Landesamt für Datenschutzaufsicht" in shop.letter(ADA, "Antwort")


def test_withdrawal_ends_consents(shop: Shop) -> None:
    request = shop.confirmed(Kind.WITHDRAW_CONSENT)
    assert request.state is State.ANSWERED
    assert "widerrufen" in shop.letter(ADA, "Antwort")


def test_nothing_stored_is_a_true_negative_answer(any_shop: Shop) -> None:
    request = any_shop.confirmed(Kind.ACCESS, "nobody@mail.example")
    assert request.state is State.ANSWERED
    assert {one["result"] for one in any_shop.outcomes(request).values()} <= {"nothing_found"}
    assert "nichts gefunden" in any_shop.letter("nobody@mail.example", "Antwort")


def test_a_package_expires_and_is_counted(shop: Shop) -> None:
    request = shop.confirmed(Kind.ACCESS)
    context = shop.workspace.context
    token = download_token(context, request.id)
    for _ in range(MOST_DOWNLOADS):
        take_package(context, token, shop.now)
    with pytest.raises(NoPackage):
        take_package(context, token, shop.now)
    other = shop.confirmed(Kind.ACCESS)
    with pytest.raises(NoPackage):
        take_package(context, download_token(context, other.id)[:-1] + "!", shop.now)
    with pytest.raises(NoPackage):
        take_package(context, download_token(context, other.id), shop.now + timedelta(days=15))


@pytest.mark.parametrize("made", [Decision("grant"), Decision("refuse", "compelling-grounds", "Verdacht")])
def test_what_rests_on_the_objected_interest_alone_is_out_of_use_until_somebody_weighed_it(
    make_shop: MakeShop, sqlite_url: str, monkeypatch: pytest.MonkeyPatch, made: Decision
) -> None:
    activity = """activities:
  fraud:
    title: {de: Betrugsprävention, en: fraud prevention}
    purposes:
      - id: fraud
        text: {de: Betrugsprävention, en: fraud prevention}
        legal_bases: [{citation: "gdpr:6(1)(f)", interest: {de: Sicherheit, en: safety}}]
    subjects: [{de: Kunden, en: customers}]
    data: [{id: score, text: {de: Punkte, en: points}}]
    risk: low
"""
    bound = """    activities:
      fraud:
        - {table: score, subject: {email: email}, columns: {email: score, points: score}}
"""
    monkeypatch.setattr(conftest, "DECLARATION", conftest.DECLARATION.replace("activities:\n", activity, 1))
    monkeypatch.setattr(conftest, "STORES", conftest.STORES.replace("    activities:\n", bound, 1))
    table = "CREATE TABLE score (id INTEGER PRIMARY KEY, email VARCHAR(120), points INTEGER)"
    monkeypatch.setattr(conftest, "SCHEMA", (*conftest.SCHEMA, table))
    shop = make_shop(sqlite_url)
    shop.do(f"INSERT INTO score VALUES (1, '{ADA}', 7), (2, 'ben@mail.example', 3)")

    request = shop.confirmed(Kind.OBJECTION, details={"purpose": "fraud"})
    assert request.state is State.AWAITING_DECISION
    assert shop.count("score") == 1, "Ada's is blocked, Ben's is in use"
    assert shop.count("customer", "id = 1") == 1, "what has other purposes stays in use"
    decide(shop.workspace.context, request.id, made, "Dora", shop.now)
    shop.work()
    assert shop.get(request).state is (State.ANSWERED if made.decision == "grant" else State.REFUSED)
    assert shop.count("score", f"email = '{ADA}'") == (0 if made.decision == "grant" else 1)
    place = shop.workspace.folder.parent / "restricted.db"
    assert ADA.encode() not in place.read_bytes(), "nothing stays behind where it was blocked"
    asked = Question("fraud", subject=("email", ADA))
    with shop.workspace.state.connect() as connection:
        said = RightsRule(shop.workspace.context)(asked, connection, shop.now)
    assert (said is None) == (made.decision == "refuse")
