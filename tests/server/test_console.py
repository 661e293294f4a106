"""The console's read models over HTTP: what is due when, what will be erased when, what nobody declared."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from hashlib import sha256
from typing import Any, get_args
from zoneinfo import ZoneInfo

from fastapi.testclient import TestClient
from sqlalchemy import select

from tests.keepers.rights.conftest import Shop
from tests.server.conftest import csrf_of
from zusage import clock
from zusage.declaration.retention import Action
from zusage.evidence.duedates import DueDate
from zusage.evidence.duedates import Kind as DueKind
from zusage.keepers.announcing.breaches import Facts, open_breach, record_notified
from zusage.keepers.assessing.subjects import PARTS
from zusage.keepers.attestation import AttestationKeeper
from zusage.keepers.attestation.service import Vouching, attest
from zusage.keepers.rights.lifecycle import GROUNDS
from zusage.ledger.leaves import ENTRIES
from zusage.promises import Result
from zusage.publishing import texts_of
from zusage.registers.attestations import newest_attestations
from zusage.registers.holds import GROUNDS as HOLDS
from zusage.registers.notifications import COMPLETED, NO_KEY, QUEUED, SENT, TASK
from zusage.registers.publications import add_publication
from zusage.registers.requests import Kind, State
from zusage.server.accounts import Role
from zusage.server.console.duedates import months, parts
from zusage.server.pages import Pages
from zusage.stores.restriction import REASONS
from zusage.text import Text

NOTIFIED = (QUEUED, NO_KEY, SENT, TASK, COMPLETED)


def test_the_calendar_gathers_what_is_due_and_forgets_what_is_done(
    shop: Shop, staff: Callable[[Role], TestClient]
) -> None:
    context, now = shop.workspace.context, clock.now()
    one = shop.confirmed(Kind.ERASURE)
    breach, _ = open_breach(context, Facts(now - timedelta(hours=80), "Notebook", "gesperrt"), {}, "dpo", now)
    document = shop.workspace.folder / "transfer.txt"
    document.write_text("clauses")
    promise = next(iter(AttestationKeeper().promises(context.declaration)))
    attest(context, promise, Vouching("Olga", "dpo", document), now)
    client, clerk = staff(Role.DPO), staff(Role.CLERK)

    def due(who: TestClient) -> dict[str, dict[str, object]]:
        said = who.get("/console/calendar?format=json").json()["due"]
        return {entry["kind"]: entry for entry in said}

    found = due(client)
    assert found["request"]["name"] == one.reference
    assert found["breach"] | {"text": ""} == {
        "at": (now - timedelta(hours=8)).isoformat(), "kind": "breach", "name": breach.id, "text": "", "late": True,
    }  # fmt: skip
    assert found["attestation"]["name"] == promise.id
    assert due(clerk) == {}, "nothing is assigned to the clerk"
    page = client.get("/console/calendar").text
    assert f'href="/console/requests/{one.reference}"' in page
    assert "seit 9 h" in page, "hours, begun ones counted"
    assert "ada@" not in page, "no name of a person stands in the calendar"
    record_notified(context, breach.id, "DE-BY", "dpo", now)
    assert "breach" not in due(client)


def test_months_begin_on_monday_and_days_are_local() -> None:
    now = clock.now().replace(year=2026, month=3, day=1, hour=22, minute=59)
    zone = ZoneInfo("Europe/Berlin")
    midnight = DueDate(now + timedelta(minutes=1), "breach", "B", Text("x", "x"))
    gone = DueDate(now - timedelta(days=1), "request", "R", Text("x", "x"))
    ended = DueDate(now - timedelta(days=1), "hold", "H", Text("x", "x"), ends=True)
    drawn = months([gone, ended, midnight], now, zone)
    assert [one.first.month for one in drawn] == [3, 4, 5]
    assert [day and day.day.day for day in drawn[0].weeks[0]] == [None] * 6 + [1], "1 March 2026 is a Sunday"
    marked = {
        day.day.day: (day.count, day.mark) for week in drawn[0].weeks for day in week if day and day.count
    }
    assert marked == {2: (1, "owed")}, "23:00 UTC is the next day in Berlin; February is not drawn"
    sorted_in = parts([gone, ended, midnight], now, zone)
    assert sorted_in["late"] == [gone]
    assert sorted_in["week"] == [ended, midnight]


def test_the_forecast_is_a_picture_of_the_same_figures(
    shop: Shop, staff: Callable[[Role], TestClient]
) -> None:
    shop.do("UPDATE invoice SET issued_at = '2017-06-01 10:00:00' WHERE id = 1")
    client = staff(Role.DPO)
    said = client.get("/console/forecast?days=364&format=json").json()
    assert said["days"] == 364
    assert [(one["target"], one["count"]) for one in said["expected"]] == [("invoice", 1)]
    page = client.get("/console/forecast?days=364").text
    assert page.count("<rect class=") == 2, "one segment and its legend"
    assert "retention/orders/vouchers" in page
    assert client.get("/console/forecast?days=9999").status_code == 200, "another span is the default one"


def test_drift_shows_what_nobody_declared(shop: Shop, staff: Callable[[Role], TestClient]) -> None:
    client = staff(Role.AUDITOR)
    assert "Alles erklärt" in client.get("/console/drift").text
    shop.do("ALTER TABLE customer ADD COLUMN birthday VARCHAR(20)", "CREATE TABLE guest (email VARCHAR(120))")
    found = client.get("/console/drift?format=json").json()["places"]
    codes = {finding["code"] for place in found for finding in place["findings"]}
    assert "store/undeclared-column" in codes
    assert "store/undeclared-table" in codes
    page = client.get("/console/drift").text
    assert "birthday" in page
    assert "guest" in page
    assert staff(Role.CLERK).get("/console/drift").status_code == 403


def test_an_assessment_is_filed_and_signed_on_its_page(
    shop: Shop, staff: Callable[[Role], TestClient]
) -> None:
    boss, officer = staff(Role.MANAGEMENT), staff(Role.DPO)
    page = officer.get("/console/assessments").text
    assert "Schwelle noch nicht geprüft" in page
    assert "vertrauliche oder höchst persönliche Daten" in page, "the declaration shows special categories"
    form = {
        "kind": "impact",
        "subject": "health",
        "result": "acceptable",
        "review": "2099-01-31",
        "csrf": csrf_of(boss),
    }
    parts = {f"part-{name}": f"<b>{name}</b>" for name in ("description", "necessity", "risks", "measures")}
    assert boss.post("/console/assessments", data=form | parts | {"part-risks": " "}).status_code == 400
    filed = boss.post("/console/assessments", data=form | parts)
    assert filed.status_code == 303
    where = filed.headers["location"]
    assert "&lt;b&gt;risks" in boss.get(where).text
    for client, name in ((boss, "Klara Chefin"), (officer, "Olga Ordnung")):
        signed = client.post(f"{where}/signature", data={"person": name, "csrf": csrf_of(client)})
        assert signed.status_code == 303
    again = officer.post(f"{where}/signature", data={"person": "Olga Ordnung", "csrf": csrf_of(officer)})
    assert again.status_code == 400, "once for each role"
    page = officer.get("/console/assessments").text
    assert "Klara Chefin (Leitung)" in page
    assert "31.01.2099" in page
    due = officer.get("/console/calendar?format=json").json()["due"]
    assert [one["name"] for one in due if one["kind"] == "assessment"] == ["health"]
    assert staff(Role.AUDITOR).get("/console/assessments/new/impact/health").status_code == 403


def test_a_breach_goes_from_the_first_hour_to_its_end(
    shop: Shop, staff: Callable[[Role], TestClient]
) -> None:
    officer = staff(Role.DPO)
    csrf = csrf_of(officer)
    noticed = (clock.now() - timedelta(hours=2)).astimezone(ZoneInfo("Europe/Berlin"))
    form = {
        "csrf": csrf, "noticed": f"{noticed:%Y-%m-%dT%H:%M}", "facts": "Notebook <weg>", "measures": "gesperrt",
        "categories": "Kontaktdaten", "people": "12", "risk": "high",
    }  # fmt: skip
    assert officer.post("/console/breaches", data=form).status_code == 303
    page = officer.get("/console/breaches").text
    assert "Notebook &lt;weg&gt;" in page
    assert "noch 69 h" in page, "72 hours from when it was noticed, by local time"
    assert "Art. 34" in page
    due = officer.get("/console/calendar?format=json").json()["due"][0]
    base = f"/console/breaches/{due['name']}"
    draft = officer.get(f"{base}/notification").text
    assert "Landesamt" in draft
    assert "12" in draft
    assert officer.post(f"{base}/closing", data={"csrf": csrf}).status_code == 400, "nobody was told"
    assert officer.post(f"{base}/notified", data={"csrf": csrf}).status_code == 303
    assert officer.post(f"{base}/closing", data={"csrf": csrf}).status_code == 400, "persons were not told"
    assert officer.post(f"{base}/told", data={"csrf": csrf}).status_code == 303
    assert officer.post(f"{base}/closing", data={"csrf": csrf}).status_code == 400, "nobody assessed the risk"
    said = {"csrf": csrf, "risk": "high", "text": "unverschlüsselt"}
    assert officer.post(f"{base}/assessment", data=said).status_code == 303
    assert officer.post(f"{base}/closing", data={"csrf": csrf}).status_code == 303
    assert officer.post(f"{base}/assessment", data=said).status_code == 400, "closed is closed"
    assert "abgeschlossen" in officer.get("/console/breaches").text
    with shop.workspace.state.connect() as connection:
        kinds = [row.kind for row in connection.execute(select(ENTRIES)) if row.kind.startswith("breach/")]
        entries = [row.bytes.decode() for row in connection.execute(select(ENTRIES))]
    assert kinds == [
        "breach/opened",
        "breach/notified",
        "breach/persons-told",
        "breach/assessed",
        "breach/closed",
    ]
    assert not any("Notebook" in said or "unverschl" in said for said in entries)


def test_each_sentence_of_the_notice_stands_beside_its_proof(
    shop: Shop, staff: Callable[[Role], TestClient]
) -> None:
    client = staff(Role.AUDITOR)
    said = client.get("/console/notice?format=json").json()
    behind = {one["text"]: one["promises"] for one in said["sentences"] if not one["level"]}
    assert ["rights/access"] in [names for text, names in behind.items() if "Art. 15" in text]
    assert [names for text, names in behind.items() if text.startswith("Mailer Inc.")] == [
        ["attestation/transfer/mailer/us"]
    ]
    assert ["retention/orders/vouchers"] in behind.values()
    assert ["consent/purpose/news"] in behind.values()
    shown = {name for names in behind.values() for name in names}
    assert shown | set(said["without"]) == set(said["promises"]), "no promise is left out"
    assert len(said["without"]) < 10
    page = client.get("/console/notice").text
    assert page.count("<details") == sum(bool(one["promises"]) for one in said["sentences"])
    assert "Zuletzt geprüft" in page


def test_what_is_published_and_no_longer_declared_is_named(
    shop: Shop, staff: Callable[[Role], TestClient]
) -> None:
    texts = {("notice", name): content for name, content in texts_of(shop.workspace).items()}
    older = {key: content.replace(b"Mailer Inc.", b"Alter Versand GmbH") for key, content in texts.items()}
    client = staff(Role.AUDITOR)
    seen = []
    for day, published in enumerate((texts, older), 2):
        with shop.workspace.state.begin() as connection:
            add_publication(
                connection, date(2026, 1, day), None, f"{day}", published, (), clock.now(), keeps={}
            )
        seen.append(client.get("/console/notice?format=json").json())
    assert (seen[0]["published_only"], seen[0]["not_published"]) == ([], []), "what is published is declared"
    assert seen[1]["published_only"]
    assert all("Alter Versand GmbH" in one for one in seen[1]["published_only"])
    assert all("Mailer Inc." in one for one in seen[1]["not_published"])
    page = client.get("/console/notice").text
    assert "Die veröffentlichte Fassung sagt anderes" in page
    assert "Alter Versand GmbH" in page


def test_every_word_of_the_program_has_one_for_people(shop: Shop) -> None:
    known = Pages(shop.workspace).words
    wanted = [f"refusal-{one}" for one in GROUNDS] + [f"hold-{one}" for one in HOLDS]
    wanted += [f"look-{one}" for one in REASONS] + [f"role-{one}" for one in Role]
    wanted += [f"due-{one}" for one in get_args(DueKind)] + [f"notified-{one}" for one in NOTIFIED]
    wanted += [f"action-{one}" for one in get_args(Action)] + [f"result-{one}" for one in Result]
    wanted += [f"staff-state-{one}" for one in State] + [f"request-kind-{one}" for one in Kind]
    wanted += [f"assessment-part-{name}" for names in PARTS.values() for name in names]
    assert [name for name in wanted if name not in known] == []
    assert [name for name, said in known.items() if not said.get("de") or not said.get("en")] == []


def test_what_a_page_shows_a_program_can_read(shop: Shop, staff: Callable[[Role], TestClient]) -> None:
    one = shop.confirmed(Kind.ERASURE)
    open_breach(shop.workspace.context, Facts(clock.now(), "Notebook", "gesperrt"), {}, "dpo", clock.now())
    client = staff(Role.DPO)

    def read(page: str) -> Any:
        said = client.get(f"/console{page}?format=json")
        assert said.headers["content-type"] == "application/json", page
        assert "ada@" not in said.text, page
        return said.json()

    assert [(row["reference"], row["late"]) for row in read("/requests")] == [(one.reference, False)]
    assert read("/breaches")[0]["facts"] == "Notebook"
    assert read("/plans")["keeper"] == "retention"
    assert {row["state"] for row in read("/attestations")} == {"due"}
    assert {row["kind"] for row in read("/assessments")} == {"impact", "interest"}
    assert read("/ledger")["newest"][0]["kind"] == "breach/opened"
    for page in ("", "/notice", "/calendar", "/forecast", "/drift", "/holds"):
        read(page)


def test_what_went_wrong_is_a_page(shop: Shop, staff: Callable[[Role], TestClient]) -> None:
    clerk = staff(Role.CLERK)
    refused = clerk.get("/console/drift?lang=en")
    assert (refused.status_code, "Your role may not see this" in refused.text) == (403, True)
    assert 'href="/console"' in refused.text, "and leads back"
    old = clerk.post("/console/plans", data={"promise": "x", "digest": "y", "csrf": "old"})
    assert (old.status_code, "<h1>" in old.text) == (403, True)
    officer = staff(Role.DPO)
    form = {"csrf": csrf_of(officer), "facts": "Notebook"}
    lacking = officer.post("/console/breaches", data=form, headers={"accept": "text/html"})
    assert (lacking.status_code, "measures, noticed" in lacking.text) == (422, True)
    assert officer.get("/console/requests/2026-9999").status_code == 404
    assert officer.get("/api/v1/account/data").json()["detail"], "programs get JSON"


def test_a_correction_is_granted_and_a_restriction_lifted(
    shop: Shop, staff: Callable[[Role], TestClient]
) -> None:
    officer = staff(Role.DPO)
    csrf = csrf_of(officer)
    wrong = shop.confirmed(Kind.RECTIFICATION, details={"text": "Ich heiße Ada Neu"})
    page = officer.get(f"/console/requests/{wrong.reference}").text
    assert '<option value="contact">Kontaktdaten</option>' in page
    form = {"csrf": csrf, "decision": "grant", "field": "name", "value": "Ada Neu"}
    lacking = officer.post(f"/console/requests/{wrong.reference}/decision", data=form | {"value": ""})
    assert lacking.status_code == 400, "a correction says what becomes of what"
    assert officer.post(f"/console/requests/{wrong.reference}/decision", data=form).status_code == 303
    shop.work()
    assert shop.count("customer", "name = 'Ada Neu'") == 1
    one = shop.confirmed(Kind.RESTRICTION, "ben@mail.example", details={"text": "strittig"})
    officer.post(f"/console/requests/{one.reference}/decision", data={"csrf": csrf, "decision": "grant"})
    shop.work()
    shop.work()
    assert shop.get(one).state is State.ANSWERED
    assert "Einschränkung aufheben" in officer.get(f"/console/requests/{one.reference}").text
    assert officer.post(f"/console/requests/{one.reference}/lifting", data={"csrf": csrf}).status_code == 303
    page = officer.get(f"/console/requests/{one.reference}").text
    assert "die Person ist unterrichtet" in page
    assert "/lifting" not in page
    due = officer.get("/console/calendar?format=json").json()["due"]
    assert [entry["name"] for entry in due if entry["kind"] == "restriction"] == [one.reference]


def test_a_request_goes_to_the_customer_from_its_page(
    shop: Shop, staff: Callable[[Role], TestClient]
) -> None:
    parties = shop.workspace.folder / "parties.yaml"
    parties.write_text(
        'application: {secret: "file:app.secret"}\ncustomers:\n'
        "  alpha: {name: Alpha GmbH, notice: 'https://alpha.example/privacy', email: privacy@alpha.example}\n"
    )
    one = shop.confirmed(Kind.ERASURE)
    officer = staff(Role.DPO)
    where = f"/console/requests/{one.reference}"
    assert '<option value="alpha">Alpha GmbH</option>' in officer.get(where).text
    form = {"csrf": csrf_of(officer), "customer": "beta"}
    assert officer.post(f"{where}/customer", data=form).status_code == 400, "nobody else gets it"
    assert officer.post(f"{where}/customer", data=form | {"customer": "alpha"}).status_code == 303
    assert "Alpha GmbH: wartet" in officer.get(where).text
    shop.work()
    assert "Alpha GmbH: kein Schlüssel hinterlegt" in officer.get(where).text, "nothing goes out unencrypted"


def test_whoever_vouches_hands_in_the_document(shop: Shop, staff: Callable[[Role], TestClient]) -> None:
    officer = staff(Role.DPO)
    form = {"csrf": csrf_of(officer), "promise": "attestation/transfer/mailer/us", "person": "Olga Ordnung"}
    content = b"clauses " * 200_000
    handed = {"document": ("../clauses.pdf", content, "application/pdf")}
    assert (
        officer.post("/console/attestations", data=form | {"promise": "x"}, files=handed).status_code == 404
    )
    assert officer.post("/console/attestations", data=form, files=handed).status_code == 303
    row = next(
        one for one in officer.get("/console/attestations?format=json").json() if one["id"] == form["promise"]
    )
    assert (row["state"], row["evidence"]["document_sha256"]) == ("kept", sha256(content).hexdigest())
    with shop.workspace.state.connect() as connection:
        assert newest_attestations(connection)[form["promise"]].document_name == "clauses.pdf"
    huge = {"document": ("all.pdf", b"x" * 17 * 1_048_576, "application/pdf")}
    assert officer.post("/console/attestations", data=form, files=huge).status_code == 413
