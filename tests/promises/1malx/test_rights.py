"""1malx: users of a job board exercise their rights, and clocks run as promised."""

from __future__ import annotations

import pytest

from tests.promises.asking import Desk
from tests.promises.scenario import PERSON, Scenario

ANNA = "anna@bewerberin.example"


@pytest.fixture
def desk(jobboard: Scenario) -> Desk:
    return Desk(jobboard)


def _anna(desk: Desk) -> tuple[int, int]:
    account = desk.scenario.put("board", "account", email=ANNA, first_name="Anna", last_name="Beispiel", street="Alt 1",
                                active=True)  # fmt: skip
    resume = desk.scenario.put(
        "board", "resume", account_id=account, title="Dreherin", body="Lebenslauf", visibility="public"
    )
    desk.scenario.put("board", "resume_index", resume_id=resume, term="dreherin")
    return account, resume


@pytest.mark.promise("1malx-085")
def test_access_is_due_in_fourteen_days_with_a_reminder(desk: Desk) -> None:
    _anna(desk)
    reference = desk.file("2025-03-03", "access", ANNA, "--text", "bitte")
    assert str(desk.show("2025-03-03", reference)["due"])[:10] == "2025-03-17"
    desk.scenario.put(
        "board", "account", email=ANNA, first_name="Zwilling", last_name="Beispiel", active=True
    )
    late = desk.scenario.zusage("2025-03-18", "request", "list", "--json")
    assert late.code == 1
    desk.run("2025-03-18T10:00")
    proof = desk.scenario.proof("2025-03-19", "rights/access")
    assert (proof["state"], proof["count"]) == ("broken", 1)
    shown = desk.scenario.zusage("2025-03-19", "ledger", "show", "--json", "--last", "80").out
    assert '"late": 1' in shown or '"late":1' in shown


@pytest.mark.promise("1malx-086")
def test_receipt_is_confirmed_with_reasons_before_the_months_end(desk: Desk) -> None:
    _anna(desk)
    reference = desk.file("2025-01-31", "erasure", ANNA)
    desk.run("2025-01-31")
    due = desk.show("2025-01-31", reference)["due"]
    assert desk.scenario.proof("2025-03-01", "rights/deadline/acknowledge")["state"] == "broken"
    assert desk.scenario.proof("2025-02-27", "rights/deadline/acknowledge")["state"] == "due"
    said = desk.scenario.zusage(
        "2025-02-27", "request", "acknowledge", reference, "--reason", "Archiv", "--by", PERSON
    )
    assert said.code == 0, said.err
    assert desk.show("2025-02-27", reference)["due"] == due, "the clock runs on"
    assert desk.scenario.proof("2025-03-01", "rights/deadline/acknowledge")["state"] == "kept"


@pytest.mark.promise("1malx-087")
def test_an_extension_is_told_in_time_and_once(desk: Desk) -> None:
    _anna(desk)
    reference = desk.file("2025-03-03", "erasure", ANNA)
    other = desk.file("2025-03-03T11:00", "restriction", ANNA)
    desk.run("2025-03-03T11:05")
    ask = ("--reason", "viele Systeme", "--by", PERSON)
    assert desk.scenario.zusage("2025-03-20", "request", "extend", reference, *ask).code == 0
    assert str(desk.show("2025-03-20", reference)["due"])[:10] == "2025-06-03"
    assert desk.scenario.zusage("2025-03-21", "request", "extend", reference, *ask).code == 2, "once"
    assert desk.scenario.zusage("2025-04-04", "request", "extend", other, *ask).code == 2, "too late"


@pytest.mark.promise("1malx-078", "1malx-080")
def test_a_user_erases_the_account_without_asking_anyone(desk: Desk) -> None:
    account, resume = _anna(desk)
    others = desk.scenario.count("board", "account")
    said = desk.account("2025-05-01", ANNA, "POST", "requests", kind="erasure")
    assert said["state"] == "answered"
    assert desk.scenario.there("board", "account", account) == []
    assert desk.scenario.there("board", "resume", resume) == []
    assert desk.scenario.count("board", "resume_index", "resume_id = :r", r=resume) == 0
    assert desk.scenario.count("board", "account") == others - 1
    assert desk.account("2025-05-02", ANNA, "GET", "data") == {}


@pytest.mark.promise("1malx-076")
def test_a_user_sees_what_is_stored_and_nothing_of_others(desk: Desk) -> None:
    _anna(desk)
    desk.scenario.put(
        "board", "account", email="ben@anderer.example", first_name="Ben", last_name="Muster", active=True
    )
    data = desk.account("2025-03-01", ANNA, "GET", "data")
    assert "Alt 1" in str(data)
    assert "Lebenslauf" in str(data)
    assert "ben@anderer" not in str(data)
