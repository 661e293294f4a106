"""The ad server: what a restored backup brought back is erased again before anybody sees it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.promises.scenario import Scenario


def copy(source: Path, target: Path) -> None:
    """What SQLite calls a backup, in either direction: consistent also while somebody has the file open."""
    with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(target)) as other:
        one.backup(other)


@pytest.mark.promise("aim3-079")
def test_a_restored_backup_brings_nobody_back_who_was_erased(adserver: Scenario) -> None:
    for number, email in ((9001, "mara@example.org"), (9002, "ben@example.org")):
        adserver.put(
            "platform", "enquiry", id=number, name="X", email=email, body="Frage", received_at="2026-04-30"
        )
        adserver.put("platform", "enquiry_mail", id=number, enquiry_id=number, sender=email, body="Mail", kind="mail", sent_at="2026-04-30")  # fmt: skip
    adserver.sweep("2026-04-30T12:00")
    live, backup = adserver.folder / "data/platform.db", adserver.folder / "platform-2026-05-01.db"
    copy(live, backup)
    known = adserver.count("platform", "enquiry")
    reference = adserver.ask("2026-05-03", "erasure", "mara@example.org")
    assert adserver.grant("2026-05-03", reference)["state"] == "answered"
    assert adserver.there("platform", "enquiry", 9001, 9002) == [9002]

    copy(backup, live)
    assert adserver.there("platform", "enquiry", 9001, 9002) == [9001, 9002]
    replayed = adserver.zusage("2026-05-04", "request", "replay", "--since", "2026-05-01", "--json")
    assert replayed.code == 0, replayed.err
    assert adserver.there("platform", "enquiry", 9001, 9002) == [9002]
    assert adserver.count("platform", "enquiry") == known - 1, "all records except hers are back"
    assert adserver.count("platform", "enquiry_mail", "sender = 'mara@example.org'") == 0
