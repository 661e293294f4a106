"""1malx: the log of what was done in accounts outlives an account, but not the way back to the person."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.promises.board_scene import ANNA, LOGIN, anna, number_of
from tests.promises.visiting import Site
from zusage.deployments.jobboard.app.noting import pseudonym


def _rows(site: Site, statement: str) -> list[tuple[object, ...]]:
    with site.scenario.writing("board") as connection:
        return [tuple(row) for row in connection.exec_driver_sql(statement)]


def _with(folder: Path, *words: str) -> list[str]:
    """Logs in which a word stands: the board's databases, Zusage's ledger and state, and every log file."""
    return [
        f"{path.relative_to(folder)}: {word}"
        for path in sorted(folder.rglob("*"))
        if path.is_file() and (path.suffix in (".db", ".log") or "log" in path.parent.name)
        for word in words
        if word.encode() in path.read_bytes()
    ]


@pytest.mark.promise("1malx-084")
def test_entries_stay_under_a_pseudonym_whose_key_went_with_the_account(site: Site) -> None:
    site.at("2025-05-01T09:00")
    guest = anna(site)
    assert guest.post("/jobs/3/apply", data={"letter": "Sehr geehrte"}).status_code == 201
    number = number_of(site)
    ((secret,),) = _rows(site, f"SELECT secret FROM log_key WHERE account_id = {number}")
    mine = pseudonym(str(secret), number)
    acts = _rows(site, f"SELECT act FROM activity_log WHERE pseudonym = '{mine}' ORDER BY id")
    assert acts == [("login",), ("application",)], "while she has an account, her entries are found"
    assert guest.post("/account/close").status_code in (200, 303)
    site.scenario.sweep("2025-05-03T03:00")
    assert site.scenario.count("board", "account", f"id = {number}") == 0, "erased on that day"
    assert site.scenario.count("board", "log_key", f"account_id = {number}") == 0
    assert site.scenario.in_bytes(str(secret)) == [], "and in no free page of the database"
    entries = _rows(site, "SELECT pseudonym, act FROM activity_log ORDER BY id")
    assert entries == [(mine, "login"), (mine, "application"), (mine, "account closed")]
    assert _with(site.scenario.folder, ANNA, f"{LOGIN['first_name']} {LOGIN['last_name']}", str(secret)) == []
    site.scenario.sweep("2025-07-31T03:00")
    assert site.scenario.proof("2025-07-31T03:10", "retention/activity-log/entries")["state"] == "kept"
    assert site.scenario.count("board", "activity_log") == 0, "erased after the log's own period"
