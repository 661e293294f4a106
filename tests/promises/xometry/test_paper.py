"""The marketplace: paper files are destroyed with the electronic one, by shelf mark, and somebody says that it was done."""

from __future__ import annotations

import pytest

from tests.promises.scenario import PERSON, Scenario

RULE = "retention/applications/rejected"


def outbox(scene: Scenario, now: str, word: str) -> list[str]:
    """Mails that hold a word, after the worker went over them."""
    for minute in ("30", "32"):
        scene.zusage(f"{now}T03:{minute}", "worker", "--once")
    return [mail for mail in scene.mails() if word in mail]


@pytest.mark.promise("xometry-283")
def test_the_paper_file_is_a_task_with_its_shelf_mark_until_it_is_destroyed(marketplace: Scenario) -> None:
    for number, shelf in ((9001, "R3-F07-112"), (9002, "R3-F07-113"), (9003, None)):
        marketplace.put("office", "applicant", id=number, name="Cem", email=f"cem{number}@example.net", procedure_ended_at="2022-07-15T10:00", shelf=shelf)  # fmt: skip
    marketplace.sweep("2023-01-14T03:00")
    assert marketplace.zusage("2023-01-14T04:00", "paper", "list", "--json").json == []
    marketplace.sweep("2023-01-16T03:00")
    assert marketplace.there("office", "applicant", 9001, 9002, 9003) == []
    tasks = marketplace.zusage("2023-01-16T04:00", "paper", "list", "--json").json
    assert [one["shelf"] for one in tasks] == ["R3-F07-112", "R3-F07-113"], "who has no paper needs no task"
    (mail,) = outbox(marketplace, "2023-01-16", "destroy paper files")
    assert "personal@spanwerk.example" in mail
    assert "R3-F07-112" in mail
    assert "cem9001" not in mail
    proof = marketplace.proof("2023-01-16T04:00", RULE)
    assert (proof["state"], proof["evidence"]["paper"]) == ("due", 2), (
        "not wholly erased while paper is there"
    )

    done = marketplace.zusage("2023-01-20", "paper", "done", str(tasks[0]["id"]), "--by", PERSON)
    assert done.code == 0, done.err
    assert marketplace.zusage("2023-01-20", "paper", "done", str(tasks[0]["id"]), "--by", PERSON).code == 2
    marketplace.sweep("2023-01-31T03:00")
    assert outbox(marketplace, "2023-01-31", "paper file not destroyed") == []
    assert marketplace.proof("2023-01-31T04:00", RULE)["state"] == "due"

    marketplace.sweep("2023-02-02T03:00")
    (told,) = outbox(marketplace, "2023-02-02", "paper file not destroyed")
    assert "dsb@spanwerk.example" in told
    assert "R3-F07-113" in told
    assert marketplace.proof("2023-02-02T04:00", RULE)["state"] == "broken"
    assert marketplace.zusage("2023-02-02T04:00", "paper", "list").code == 1
    marketplace.sweep("2023-02-03T03:00")
    assert len(outbox(marketplace, "2023-02-03", "paper file not destroyed")) == 1

    assert (
        marketplace.zusage("2023-02-03T05:00", "paper", "done", str(tasks[1]["id"]), "--by", PERSON).code == 0
    )
    assert marketplace.proof("2023-02-03T06:00", RULE)["state"] == "kept"
    recorded = marketplace.zusage("2023-02-03T07:00", "ledger", "verify", "--json")
    assert recorded.code == 0, recorded.out


@pytest.mark.promise("xometry-283")
def test_an_erasure_on_request_reaches_the_shelf(marketplace: Scenario) -> None:
    for number in (9001, 9002):
        marketplace.put("office", "applicant", id=number, name="Cem", email=f"cem{number}@example.net", procedure_ended_at="2022-07-15T10:00", shelf=f"R3-{number}")  # fmt: skip
        marketplace.put("office", "applicant_note", id=number, applicant_id=number, body="x")
    reference = marketplace.ask("2022-08-01", "erasure", "cem9001@example.net")
    assert marketplace.zusage("2022-08-01T00:03", "paper", "list", "--json").json == []
    assert marketplace.grant("2022-08-01", reference)["state"] == "answered"
    assert marketplace.there("office", "applicant", 9001, 9002) == [9002]
    (task,) = marketplace.zusage("2022-08-02", "paper", "list", "--json").json
    assert task["shelf"] == "R3-9001"
    (mail,) = outbox(marketplace, "2022-08-02", "destroy paper files")
    assert "R3-9001" in mail
    assert "R3-9002" not in mail
    marketplace.sweep("2022-08-02T03:00")
    proof = marketplace.proof("2022-08-02T04:00", RULE)
    assert (proof["state"], proof["evidence"]["paper"]) == ("due", 1)
    assert marketplace.zusage("2022-08-02T04:30", "paper", "done", str(task["id"]), "--by", PERSON).code == 0
    assert marketplace.proof("2022-08-02T05:00", RULE)["state"] == "kept"
