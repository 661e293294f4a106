"""aim3: customers and the people who see adverts exercise their rights."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pyrage
import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from tests.promises.asking import Desk
from tests.promises.scenario import PERSON, Scenario
from tests.promises.visiting import Site, visiting
from zusage.deployments.adserver.app import create_app
from zusage.deployments.adserver.app.campaigns import deliver
from zusage.deployments.sessions import check_value

MARA = "mara@werbekunde.example"
DPO = "dsb@windrose.example"
PASSWORD = "Wellenreiter-7"


@pytest.fixture
def desk(adserver: Scenario) -> Desk:
    return Desk(adserver)


@pytest.fixture
def site(adserver: Scenario) -> Iterator[Site]:
    with visiting(adserver, create_app, "https://www.windrose.example", now="2026-05-04T09:00") as made:
        yield made


def customers(desk: Desk, key: str | None) -> None:
    said = f", key: {key}" if key else ""
    (desk.scenario.folder / "parties.yaml").write_text(
        f"""customers:
  alpha: {{name: Alpha GmbH, notice: "https://alpha.example/datenschutz", email: dsb@alpha.example{said}}}
  beta: {{name: Beta GmbH, notice: "https://beta.example/datenschutz", email: dsb@beta.example}}
"""
    )


@pytest.mark.promise("aim3-006", "aim3-026")
def test_a_request_about_a_customers_advert_goes_encrypted_to_exactly_that_customer(desk: Desk) -> None:
    secret = pyrage.x25519.Identity.generate()
    reference = desk.file(
        "2026-03-02T09:00", "access", "visitor@mail.example", "--text", "Anzeige in der App"
    )
    refused = desk.scenario.zusage(
        "2026-03-02T09:05", "request", "pass-on", reference, "alpha", "--by", PERSON
    )
    assert refused.code == 2, "nobody is on file yet"

    customers(desk, None)
    assert (
        desk.scenario.zusage(
            "2026-03-02T09:10", "request", "pass-on", reference, "alpha", "--by", PERSON
        ).code
        == 0
    )
    desk.run("2026-03-02T09:15")
    assert desk.mails("dsb@alpha.example") == []
    assert any("Schlüssel" in one for one in desk.mails(DPO))

    other = desk.file("2026-03-02T09:30", "access", "other@mail.example")
    customers(desk, str(secret.to_public()))
    assert (
        desk.scenario.zusage("2026-03-02T09:31", "request", "pass-on", other, "alpha", "--by", PERSON).code
        == 0
    )
    desk.run("2026-03-02T09:35")
    assert len(desk.mails("dsb@alpha.example")) == 1
    assert desk.mails("dsb@beta.example") == []
    raw = b"".join(
        p.read_bytes()
        for p in (desk.scenario.folder / "mail/new").iterdir()
        if b"To: dsb@alpha" in p.read_bytes()
    )
    assert b"other@mail.example" not in raw
    told = [one for one in desk.mails("other@mail.example") if "Weitergeleitet" in one]
    assert "Alpha GmbH" in told[0]
    assert "https://alpha.example/datenschutz" in told[0]
    assert "beta.example" not in "".join(desk.mails("other@mail.example"))
    filed = desk.show("2026-03-03", other)["told"][0]
    assert (filed["party"], filed["state"]) == ("alpha", "in-progress")
    assert str(filed["sent_at"]).startswith("2026-03-02")
    shown = desk.scenario.zusage("2026-03-03", "ledger", "show", "--json", "--last", "200").out
    assert "request/passed-on" in shown
    assert "other@mail" not in shown


@pytest.mark.promise("aim3-006")
def test_a_customer_without_a_notice_cannot_be_taken_on(desk: Desk) -> None:
    (desk.scenario.folder / "parties.yaml").write_text(
        "customers:\n  gamma: {name: Gamma AG, email: a@gamma.example}\n"
    )
    reference = desk.file("2026-03-02", "question", "visitor@mail.example", "--text", "Wer wirbt hier?")
    said = desk.scenario.zusage("2026-03-02", "request", "pass-on", reference, "gamma", "--by", PERSON)
    assert said.code == 2
    assert "notice" in said.err


@pytest.mark.promise("aim3-033")
def test_a_correction_asked_for_by_mail_is_carried_out(desk: Desk) -> None:
    key = desk.scenario.put("platform", "customer", company="Alpha", name="Mara Beispeil", email=MARA)
    reference = desk.file("2026-04-07", "rectification", MARA, "--text", "bitte Beispiel", channel="email")
    assert str(desk.show("2026-04-07", reference)["due"]).startswith("2026-05-07")
    desk.run("2026-04-07")
    assert desk.decide("2026-04-08", reference, "grant", "--text", "Bitte in den Einstellungen ändern.") == 2
    assert desk.show("2026-04-08", reference)["state"] == "awaiting-decision"
    assert (
        desk.decide("2026-04-08", reference, "grant", "--field", "customer.name", "--value", "Mara Beispiel")
        == 0
    )
    desk.run("2026-04-08")
    assert desk.scenario.count("platform", "customer", "id = :k AND name = 'Mara Beispiel'", k=key) == 1
    assert desk.show("2026-04-08", reference)["state"] == "answered"
    assert any("Antwort" in one for one in desk.mails(MARA))


def an_account(scenario: Scenario) -> tuple[int, int]:
    """Mara's account with everything that hangs on one: number of customer and campaign."""
    key = scenario.put("platform", "customer", company="Alpha", name="Mara Beispiel", email=MARA,
                       password_check=check_value(PASSWORD), created_at="2026-01-10")  # fmt: skip
    campaign = scenario.put("platform", "campaign", customer_id=key, title="Frühling")
    scenario.put("platform", "creative", campaign_id=campaign, path="c1.png", target_url="https://x.example")
    scenario.put("platform", "billing_contact", customer_id=key, name="Mara Beispiel")
    scenario.put("platform", "customer_index", customer_id=key, term="mara")
    scenario.put(
        "platform", "customer_change", customer_id=key, field="name", old_value="M", new_value="Mara"
    )
    return key, campaign


#: the tables of an account, and by which column its rows are found
OF_ACCOUNT = {
    "customer": "id", "login_session": "person_id", "billing_contact": "customer_id", "customer_index": "customer_id",
    "customer_change": "customer_id", "campaign": "customer_id",
}  # fmt: skip


def rows_of(scenario: Scenario, key: int) -> dict[str, list[tuple[object, ...]]]:
    """Every row of the account in the live tables."""
    with scenario.writing("platform") as connection:
        return {
            table: [
                tuple(row)
                for row in connection.exec_driver_sql(
                    f"SELECT * FROM {table} WHERE {column} = ? ORDER BY id", (key,)
                )
            ]
            for table, column in OF_ACCOUNT.items()
        }


def log_in(guest: TestClient) -> Response:
    """Mara's login, as the browser sends it."""
    return guest.post("/login", data={"email": MARA, "password": PASSWORD}, follow_redirects=False)


@pytest.mark.promise("aim3-034")
def test_an_account_goes_with_campaigns_and_the_person_hears_of_it(desk: Desk, site: Site) -> None:
    scenario = desk.scenario
    key, campaign = an_account(scenario)
    others = scenario.count("platform", "customer")
    assert log_in(site.guest()).status_code == 303
    assert all(rows_of(scenario, key).values()), "there is a row of hers in each of these tables"
    reference = desk.carried_out("2026-05-05", "erasure", MARA)
    site.at("2026-05-05T12:00")
    assert not any(rows_of(scenario, key).values()), "no dataset with her key remains"
    assert scenario.count("platform", "creative", "campaign_id = :k", k=campaign) == 0
    refused = log_in(site.guest())
    assert (refused.status_code, "stimmen nicht" in refused.text) == (403, True)
    assert scenario.count("platform", "customer") == others - 1
    assert scenario.tables_with("Mara Beispiel", "platform") == []
    assert any("Antwort" in one for one in desk.mails(MARA))
    assert desk.show("2026-05-05", reference)["state"] == "answered"


@pytest.mark.promise("aim3-036")
def test_until_erasure_the_account_is_locked(desk: Desk, site: Site) -> None:
    scenario, guest = desk.scenario, site.guest()
    key, _ = an_account(scenario)
    scenario.put("platform", "invoice", customer_id=key, number="R-1", recipient="Mara Beispiel", address="Weg 1",
                 issued_at="2026-04-01")  # fmt: skip
    site.at("2026-05-04T09:50")
    assert log_in(guest).status_code == 303
    assert guest.get("/account").status_code == 200
    before = deliver(site.app.state.host)
    assert "Frühling" in before.approached
    reference = desk.file("2026-05-04T10:00", "erasure", MARA)
    site.at("2026-05-04T10:05")
    for answer in (log_in(site.guest()), guest.get("/account")):
        assert (answer.status_code, "gesperrt" in answer.text) == (403, True), (
            "a new login, and one from before"
        )
    site.at("2026-05-04T11:00")
    after = deliver(site.app.state.host)
    assert after.refused == {MARA: "restricted"}
    assert set(before.approached) - set(after.approached) == {"Frühling"}, "the others' campaigns run on"
    desk.run("2026-05-04T11:05")
    assert desk.decide("2026-05-05", reference) == 0
    desk.run("2026-05-05")
    assert scenario.count("platform", "customer", "id = :k", k=key) == 0
    assert scenario.count("platform", "invoice", "number = 'R-1'") == 0
    unread = scenario.zusage("2026-05-06", "ledger", "show", "--json", "--last", "50").out
    assert "restricted/viewed" not in unread
    seen = scenario.blocked("2026-05-06", MARA)
    assert [row["table"] for row in seen] == ["restricted.invoice"]
    shown = scenario.zusage("2026-05-06", "ledger", "show", "--json", "--last", "50").out
    assert "restricted/viewed" in shown


def test_a_blocked_account_is_masked_where_others_refer_to_it_and_comes_back_whole(desk: Desk) -> None:
    scenario = desk.scenario
    key, _ = an_account(scenario)
    scenario.put("platform", "login_session", person_id=key, token_hash="x")
    other = scenario.put("platform", "customer", company="Beta", name="Ben", email="ben@werbekunde.example")
    before, others = rows_of(scenario, key), rows_of(scenario, other)
    reference = desk.carried_out("2026-05-04", "restriction", MARA)
    masked = (
        "id = :k AND email LIKE 'blocked-%' AND company IS NULL AND name IS NULL AND password_check IS NULL"
    )
    assert scenario.count("platform", "customer", masked, k=key) == 1
    assert {table for table, rows in rows_of(scenario, key).items() if rows} == {"customer"}
    assert scenario.tables_with("Mara Beispiel", "platform") == []
    assert rows_of(scenario, other) == others
    assert scenario.blocked("2026-05-05", MARA)
    lifted = scenario.zusage("2026-05-06", "request", "lift", reference, "--by", PERSON)
    assert lifted.code == 0, lifted.err
    desk.run("2026-05-06")
    assert rows_of(scenario, key) != before, "the person is told a week before"
    desk.run("2026-05-14")
    assert rows_of(scenario, key) == before


@pytest.mark.promise("aim3-063")
def test_a_refusal_names_reason_complaint_and_authority(desk: Desk) -> None:
    desk.scenario.put("platform", "customer", company="Alpha", name="Mara Beispiel", email=MARA)
    reference = desk.file("2026-05-09", "access", MARA)
    desk.run("2026-05-09")
    if desk.show("2026-05-10", reference)["state"] != "awaiting-decision":
        reference = desk.file("2026-05-09T12:00", "erasure", MARA)
        desk.run("2026-05-09T12:05")
    assert desk.decide("2026-05-10", reference, "refuse") == 2, "without ground and words nothing can be sent"
    assert (
        desk.decide("2026-05-10", reference, "refuse", "--ground", "excessive", "--text", "Zum zehnten Mal.")
        == 0
    )
    desk.run("2026-05-10")
    answer = desk.answer("2026-05-10", reference)
    assert "Zum zehnten Mal." in answer
    assert "Art. 77" in answer
    assert "Hamburg" in answer


def test_ledger_output_is_json(desk: Desk) -> None:
    said = desk.scenario.zusage("2026-03-03", "ledger", "show", "--json", "--last", "5")
    assert json.loads(said.out) is not None
