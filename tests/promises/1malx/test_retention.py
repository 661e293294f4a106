"""The job board: accounts and résumés expire, the archive ends with the law, everything else stays while it is used."""

from __future__ import annotations

import pytest

from tests.promises.scenario import Scenario

EXPIRY = "retention/accounts/expiry"


def person(board: Scenario, number: int, last_login: str, name: str = "anna") -> int:
    """Someone with an account, settings, an anonymous résumé with file, index and proposal, messages and a consent."""
    board.put("board", "account", id=number, email=f"{name}@example.net", first_name=name, last_login_at=last_login, active=True, phone="+49 30 23125 777")  # fmt: skip
    board.put("board", "setting", id=number, account_id=number, name="language", value="de")
    board.file(f"uploads/resumes/{number}.pdf")
    board.put("board", "resume", id=number, account_id=number, title=f"CV {name}", visibility="anonymous", file_path=f"resumes/{number}.pdf")  # fmt: skip
    board.put("board", "resume_index", id=number, resume_id=number, term="Mechatronik")
    board.put("board", "proposal", id=number, resume_id=number, job_id=4, proposed_at=last_login)
    board.put("board", "message", id=number, account_id=number, body="hallo", sent_at=last_login)
    board.put("board", "consent", id=number, account_id=number, purpose="newsletter", given_at=last_login)
    return number


TABLES = ("account", "setting", "resume", "resume_index", "proposal", "message", "consent")


def what_is_left(board: Scenario, number: int) -> list[str]:
    """Where someone still is: tables and files."""
    left = [table for table in TABLES if board.there("board", table, number)]
    return left + ["file"] * (board.folder / f"uploads/resumes/{number}.pdf").exists()


@pytest.mark.promise("1malx-089", "1malx-090")
def test_expiry_after_24_months_with_a_mail_before(jobboard: Scenario) -> None:
    anna = person(jobboard, 9001, "2023-03-01T10:00")
    jobboard.sweep("2025-02-14T03:00")
    jobboard.sweep("2025-02-16T03:00")
    ben = person(jobboard, 9002, "2023-03-01T10:00", "ben")
    jobboard.sweep("2025-02-16T04:00")
    jobboard.zusage("2025-02-16T05:00", "worker", "--once")
    jobboard.zusage("2025-02-16T05:05", "worker", "--once")
    assert [one for one in jobboard.mails() if "anna@example.net" in one], "the mail comes first"
    jobboard.change(
        "board", "UPDATE account SET last_login_at = '2025-02-20 10:00:00.000000' WHERE id = 9002"
    )
    jobboard.sweep("2025-02-28T03:00")
    assert "resume" in what_is_left(jobboard, anna)
    outcomes = jobboard.sweep("2025-03-03T03:00")
    assert what_is_left(jobboard, anna) == []
    assert "file" in what_is_left(jobboard, ben), "a login starts the period anew"
    receipt = next(one for one in outcomes if one["promise"] == EXPIRY and one["action"] == "erase")
    assert (receipt["result"], receipt["left"]) == ("done", 0)
    assert receipt["hit"] >= 1
    assert jobboard.proof("2025-03-03T03:10", EXPIRY)["state"] == "kept"


@pytest.mark.promise("1malx-090")
def test_an_account_with_a_hold_is_left_out_and_listed(jobboard: Scenario) -> None:
    person(jobboard, 9001, "2023-03-01T10:00")
    placed = jobboard.zusage("2025-02-01T08:00", "hold", "place", "--ground", "legal-claim", "--matter", "claim 25-1", "--subject", "email=anna@example.net", "--by", "Rita Recht", "--json")  # fmt: skip
    assert placed.code == 0, placed.err
    for day in ("2025-02-16T03:00", "2025-03-10T03:00"):
        jobboard.sweep(day)
        jobboard.zusage(day, "worker", "--once")
        jobboard.zusage(day.replace("03:00", "03:05"), "worker", "--once")
    assert jobboard.there("board", "account", 9001) == [9001]
    listed = jobboard.zusage("2025-03-10T04:00", "hold", "list", "--json").json
    assert [(one["matter"], one["law"]) for one in listed] == [("claim 25-1", "gdpr:17(3)(e)")]


@pytest.mark.promise("1malx-090")
def test_a_missed_run_raises_an_alarm(jobboard: Scenario) -> None:
    jobboard.sweep("2025-02-01T03:00")
    jobboard.zusage("2025-02-01T03:01", "worker", "--once")
    assert not jobboard.zusage("2025-02-01T03:05", "status", "--json").json["worker"]["dead"]
    missed = jobboard.zusage("2025-02-02T09:00", "status", "--json")
    assert missed.json["worker"]["dead"]
    assert missed.code == 1


@pytest.mark.promise("1malx-075")
def test_data_stay_while_used_and_a_deleted_number_is_gone(jobboard: Scenario) -> None:
    person(jobboard, 9001, "2026-12-20T10:00")
    jobboard.put("board", "search", id=9001, account_id=9001, terms="Schweißen", searched_at="2026-08-01")
    jobboard.file("backups/board-2026-12-30.tar", "+49 30 23125 777")
    jobboard.sweep("2026-12-31T03:00")
    assert len(what_is_left(jobboard, 9001)) == len(TABLES) + 1
    assert jobboard.there("board", "search", 9001) == [], "the shorter rule counts for searches"
    jobboard.change("board", "UPDATE account SET phone = NULL WHERE id = 9001")
    jobboard.put("board", "search", id=9002, account_id=9001, terms="Schweißen", searched_at="2026-09-01")
    jobboard.sweep("2027-01-06T03:00")
    assert jobboard.count("board", "account", "phone = '+49 30 23125 777'") == 0
    assert jobboard.in_bytes("23125 777") == []
    assert what_is_left(jobboard, 9001)[0] == "account"
    jobboard.sweep("2027-02-01T03:00")
    assert not (jobboard.folder / "backups/board-2026-12-30.tar").exists(), (
        "the backup cycle took the old number"
    )


@pytest.mark.promise("1malx-083")
def test_the_archive_ends_with_the_law(jobboard: Scenario) -> None:
    jobboard.put("board", "invoice", id=9001, company_id=1, number="R-1", recipient="Anna", address="Weg 1", cents=100, issued_at="2025-02-10")  # fmt: skip
    person(jobboard, 9001, "2025-02-10")
    jobboard.sweep("2033-12-31T12:00")
    assert jobboard.there("board", "invoice", 9001) == [9001]
    outcomes = jobboard.sweep("2034-01-01T03:00")
    assert jobboard.there("board", "invoice", 9001) == []
    assert {one["target"] for one in outcomes if one["promise"] == "retention/companies/archive"} == {"invoice", "restricted.invoice"} & {one["target"] for one in outcomes}  # fmt: skip
    assert jobboard.blocked("2034-01-01T04:00", "anna@example.net") == [], "a résumé never enters the archive"


@pytest.mark.promise("1malx-083")
def test_nothing_is_archived_without_law_and_end(jobboard: Scenario) -> None:
    row = (
        "--ground",
        "statute",
        "--matter",
        "invoice R-1",
        "--row",
        "board:invoice:13",
        "--by",
        "Rita Recht",
    )
    without_end = jobboard.zusage("2025-02-10T08:00", "hold", "place", *row, "--law", "ao:147(3)")
    without_law = jobboard.zusage("2025-02-10T08:00", "hold", "place", *row, "--until", "2033-12-31")
    assert (without_end.code, without_law.code) == (2, 2)
    assert jobboard.zusage("2025-02-10T09:00", "hold", "list", "--json").json == []
