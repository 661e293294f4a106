"""The job board: a changed period applies as the notice then in force says."""

from __future__ import annotations

import pytest

from tests.promises.placing import change
from tests.promises.scenario import PERSON, Scenario

EXPIRY = "retention/accounts/expiry"


def account(scene: Scenario, number: int, made: str, login: str) -> int:
    """An account made on one day and last used on another."""
    email = f"person{number}@example.net"
    return scene.put("board", "account", id=number, email=email, first_name="A", last_name="B", created_at=made, last_login_at=login)  # fmt: skip


def dated(scene: Scenario, before: str, after: str) -> tuple[str, str]:
    """The swap that gives the declaration a new status date."""
    said = (scene.folder / "declaration.yaml").read_text(encoding="utf-8")
    old = next(line for line in said.splitlines() if line.startswith("as_of:"))
    return old, f'as_of: "{after}"'


def publish(scene: Scenario, day: str, *more: str) -> None:
    done = scene.zusage(f"{day}T08:00", "publish", "--by", PERSON, "--json", *more)
    assert done.code == 0, done.out + done.err


def run(scene: Scenario, day: str) -> None:
    """A sweep, the mails that it queued, and what the store learns of them."""
    scene.sweep(f"{day}T03:00")
    for minute in ("00", "05"):
        scene.zusage(f"{day}T05:{minute}", "worker", "--once")


def mails_to(scene: Scenario, number: int) -> list[str]:
    return [mail for mail in scene.mails() if f"person{number}@example.net" in mail]


PERIOD = "keep: P24M\n        then: erase\n        notice"


@pytest.mark.promise("1malx-091")
@pytest.mark.parametrize("told", [False, True])
def test_a_longer_period_counts_for_older_data_only_where_people_were_told(
    jobboard: Scenario, told: bool
) -> None:
    change(jobboard, "declaration.yaml", dated(jobboard, "", "2025-02-01"))
    publish(jobboard, "2025-02-01")
    old = account(jobboard, 9001, "2024-03-01", "2025-05-01T10:00")
    change(
        jobboard,
        "declaration.yaml",
        dated(jobboard, "", "2025-06-01"),
        (PERIOD, PERIOD.replace("P24M", "P36M")),
    )
    publish(jobboard, "2025-06-01", *(["--told"] if told else []))
    new = account(jobboard, 9002, "2025-06-02", "2025-06-02T10:00")
    for day in ("2027-04-01", "2027-04-20", "2027-05-05"):
        run(jobboard, day)
    assert jobboard.there("board", "account", old, new) == ([old, new] if told else [new])
    assert len(mails_to(jobboard, 9001)) == (0 if told else 1)
    if not told:
        assert "Mai 2027" in mails_to(jobboard, 9001)[0]
    for day in ("2027-06-10", "2028-05-01", "2028-05-20", "2028-06-05"):
        run(jobboard, day)
        if day < "2028":
            assert new in jobboard.there("board", "account", old, new), (
                "thirty-six months for what came later"
            )
    assert jobboard.there("board", "account", old, new) == []


@pytest.mark.promise("1malx-091")
def test_a_shorter_period_counts_for_all_and_the_mail_comes_first(jobboard: Scenario) -> None:
    change(jobboard, "declaration.yaml", dated(jobboard, "", "2025-02-01"))
    publish(jobboard, "2025-02-01")
    account(jobboard, 9001, "2023-03-01", "2024-03-01T10:00")
    run(jobboard, "2025-05-30")
    assert jobboard.there("board", "account", 9001) == [9001]
    change(
        jobboard,
        "declaration.yaml",
        dated(jobboard, "", "2025-06-01"),
        (PERIOD, PERIOD.replace("P24M", "P12M")),
    )
    publish(jobboard, "2025-06-01")
    run(jobboard, "2025-06-01")
    assert len(mails_to(jobboard, 9001)) == 1
    run(jobboard, "2025-06-10")
    assert jobboard.there("board", "account", 9001) == [9001], "newly due, but told only nine days ago"
    run(jobboard, "2025-06-17")
    assert jobboard.there("board", "account", 9001) == []


@pytest.mark.promise("1malx-091")
def test_a_changed_period_without_a_new_version_of_the_notice_is_refused(jobboard: Scenario) -> None:
    change(jobboard, "declaration.yaml", dated(jobboard, "", "2025-02-01"))
    publish(jobboard, "2025-02-01")
    account(jobboard, 9001, "2023-01-01", "2023-02-01T10:00")
    run(jobboard, "2025-02-10")
    change(jobboard, "declaration.yaml", (PERIOD, PERIOD.replace("P24M", "P12M")))
    account(jobboard, 9002, "2023-01-01", "2024-02-01T10:00")
    assert jobboard.zusage("2025-06-01", "approve", EXPIRY, "--by", PERSON).code == 2
    for day in ("2025-06-01", "2025-06-20", "2025-07-10"):
        outcomes = jobboard.sweep(f"{day}T03:00")
        mine = {one["reason"] for one in outcomes if one["promise"] == EXPIRY}
        assert mine == {"not_published"}
    assert jobboard.there("board", "account", 9001, 9002) == [9001, 9002]
    assert mails_to(jobboard, 9002) == []
