"""1malx: users of a job board exercise their rights, and clocks run as promised."""

from __future__ import annotations

import pytest

from tests.promises.asking import Desk
from tests.promises.scenario import PERSON, Scenario
from zusage.workspace import open_workspace

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
    scenario = desk.scenario
    asked = scenario.zusage("2025-03-03", "request", "new", "--kind", "access", "--identity", ANNA, "--channel", "letter", "--json")  # fmt: skip
    late = str(asked.json["reference"])
    due = str(desk.show("2025-03-03", late)["due"])
    assert due.startswith("2025-03-17T22:59:59"), "the fourteenth day, to its end in Germany"
    desk.run("2025-03-11")
    assert _reminders(desk) == []
    desk.run("2025-03-13")
    assert len(_reminders(desk)) == 1, "two thirds of the time: within the tenth day"
    checked = scenario.zusage("2025-03-14", "request", "verify", late, "--proof", "signature", "--by", PERSON)
    assert checked.code == 0, checked.err
    assert str(desk.show("2025-03-14", late)["due"]) == due, (
        "neither the check of identity nor a look begins it anew"
    )
    assert scenario.zusage("2025-03-17T22:00", "request", "list", "--json").code == 0
    assert scenario.zusage("2025-03-18", "request", "list", "--json").code == 1
    desk.run("2025-03-18T10:00")
    assert desk.show("2025-03-18T12:00", late)["state"] == "answered"
    proof = scenario.proof("2025-03-19", "rights/access")
    assert (proof["state"], proof["count"]) == ("broken", 1)
    shown = scenario.zusage("2025-03-19", "ledger", "show", "--json", "--last", "80").json
    assert [one["facts"]["late"] for one in shown if one["kind"] == "request/answered"] == [1]


def _reminders(desk: Desk) -> list[str]:
    declared = open_workspace(desk.scenario.folder).declaration
    to = (declared.dpo.email if declared.dpo else None) or declared.controller.email or ""
    return [one for one in desk.mails(to) if "fällig" in one.splitlines()[0]]


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
    scenario = desk.scenario
    scenario.put("board", "consent", account_id=account, purpose="public-profile", given_at="2025-02-01")
    with scenario.writing("board") as connection:
        job = connection.exec_driver_sql("SELECT id FROM job LIMIT 1").scalar_one()
    scenario.put("board", "release", resume_id=resume, job_id=job, released_at="2025-04-01")
    given = scenario.zusage("2025-04-01", "consent", "give", ANNA, "public-profile", "--way", "form")
    assert given.code == 0, given.err
    others = scenario.count("board", "account")
    said = desk.account("2025-05-01", ANNA, "POST", "requests", kind="erasure")
    assert said["state"] == "answered"
    assert scenario.there("board", "account", account) == [], "gone, and not merely switched off"
    assert scenario.there("board", "resume", resume) == []
    for table, column, key in (("resume_index", "resume_id", resume), ("release", "resume_id", resume), ("consent", "account_id", account)):  # fmt: skip
        assert scenario.count("board", table, f"{column} = :k", k=key) == 0, table
    assert scenario.tables_with(ANNA, "board") == []
    assert scenario.count("board", "account") == others - 1
    assert not desk.may("2025-05-02", "public-profile", ANNA)["allowed"], "no consent is in use any more"
    assert "customer" not in str(desk.account("2025-05-02", ANNA, "GET", "data"))


@pytest.mark.promise("1malx-076")
def test_a_user_sees_what_is_stored_and_nothing_of_others(desk: Desk) -> None:
    account, resume = _anna(desk)
    scenario, ben = desk.scenario, "ben@anderer.example"
    scenario.put("board", "account", email=ben, first_name="Ben", last_name="Muster", active=True)
    for active in (True, False):
        scenario.change("board", "UPDATE account SET active = :a WHERE id = :k", a=active, k=account)
        data = desk.account("2025-03-01", ANNA, "GET", "data")
        shown = {table: rows for tables in data.values() for table, rows in tables.items()}
        for table, key in (("account", account), ("resume", resume)):
            (row,) = shown[table]
            assert row == _stored(desk, table, key), "whole, with nothing hidden beside it"
        assert [one["term"] for one in shown["resume_index"]] == ["dreherin"]
        assert ben not in str(data)
        assert ANNA not in str(desk.account("2025-03-01", ben, "GET", "data")), "and he nothing of hers"


def _stored(desk: Desk, table: str, key: int) -> dict[str, object]:
    """A row with all its columns, as an answer writes them down."""
    with desk.scenario.writing("board") as connection:
        found = connection.exec_driver_sql(f"SELECT * FROM {table} WHERE id = ?", (key,)).mappings().one()
    return {name: bool(value) if name == "active" else value for name, value in found.items()}
