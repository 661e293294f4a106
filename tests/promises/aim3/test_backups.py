"""The ad server: what a restored backup brought back is erased again before anybody sees it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from tests.promises.placing import assert_refused, change, places
from tests.promises.scenario import Scenario
from zusage.deployments.nightly import back_up, bring_back


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


TABLES = ("enquiry", "enquiry_mail", "customer", "campaign", "creative", "invoice", "approach", "trait")


def counts(scene: Scenario) -> dict[str, int]:
    return {table: scene.count("platform", table) for table in TABLES}


def alarms(scene: Scenario, now: str) -> int:
    """The hourly worker at an instant; how many alarms about a missing copy went out so far."""
    for minute in ("00", "02"):
        scene.zusage(f"{now}:{minute}", "worker", "--once")
    return sum("copy missing" in mail for mail in scene.mails())


@pytest.mark.promise("aim3-078")
def test_the_state_of_last_night_is_available_whole(adserver: Scenario) -> None:
    adserver.put(
        "platform",
        "enquiry",
        id=9001,
        name="X",
        email="mara@example.org",
        body="Frage",
        received_at="2026-05-03",
    )
    back_up(adserver.folder, "platform", date(2026, 5, 4))
    at_two = counts(adserver)
    adserver.put(
        "platform",
        "enquiry",
        id=9002,
        name="Y",
        email="ben@example.org",
        body="Frage",
        received_at="2026-05-04",
    )
    assert adserver.proof("2026-05-04T15:00", "copies/daily-copies")["state"] == "kept"
    (adserver.folder / "data/platform.db").write_bytes(b"")
    bring_back(adserver.folder, "platform", date(2026, 5, 4))
    assert counts(adserver) == at_two
    assert adserver.there("platform", "enquiry", 9001, 9002) == [9001]


@pytest.mark.promise("aim3-078")
@pytest.mark.parametrize("failure", ["missing", "cut", "changed"])
def test_a_day_without_a_whole_copy_raises_an_alarm_by_eight(adserver: Scenario, failure: str) -> None:
    back_up(adserver.folder, "platform", date(2026, 5, 4))
    assert alarms(adserver, "2026-05-04T06") == 0
    if failure != "missing":
        place = back_up(adserver.folder, "platform", date(2026, 5, 5))
        content = place.read_bytes()
        place.write_bytes(content[: len(content) // 2] if failure == "cut" else content.replace(b"Frage", b"Fragx", 1).replace(b"enquiry", b"enquirz", 1))  # fmt: skip
    # Berlin is two hours ahead: 04:00 UTC is 06:00 there, 06:00 UTC is 08:00
    assert alarms(adserver, "2026-05-05T04") == 0, "until seven the night's copy may still come"
    assert adserver.proof("2026-05-05T06:00", "copies/daily-copies")["state"] == "broken"
    first = alarms(adserver, "2026-05-05T06")
    assert first >= 1, "by eight somebody knows"
    assert alarms(adserver, "2026-05-05T09") == first, "once a day, not every hour"
    back_up(adserver.folder, "platform", date(2026, 5, 6))
    assert alarms(adserver, "2026-05-06T06") == first
    assert adserver.proof("2026-05-06T06:00", "copies/daily-copies")["state"] == "kept"


FORM = "places/form-host"


@pytest.mark.promise("aim3-022")
def test_form_data_lie_on_the_german_host_alone(adserver: Scenario) -> None:
    assert adserver.proof("2026-03-01", FORM)["state"] == "kept"
    replica = """  replica:
    kind: sql
    url: data/replica.db
    site: {country: NL, name: Amsterdam, evidence: evidence/hamburg.txt, reviewed: "2026-01-15"}
    activities:
      contact-form:
        - {table: enquiry, subject: {email: email}, columns: {name: enquiry, email: enquiry}}
"""
    said = assert_refused(adserver, "2026-03-01", "stores.yaml", ("watched:", f"{replica}watched:"))
    assert "replica.site.country" in said
    found, elsewhere = places(adserver, "2026-03-01")
    assert {country for _, _, country in found} == {"DE"}
    assert elsewhere == []

    share = adserver.folder / "shares"
    share.mkdir()
    copy(adserver.folder / "data/platform.db", share / "forms.db")
    assert adserver.proof("2026-03-01", FORM)["state"] == "broken"
    assert places(adserver, "2026-03-01")[1] == [str(share / "forms.db")]
    (share / "forms.db").unlink()

    assert adserver.proof("2027-01-10", FORM)["state"] == "due"
    assert adserver.proof("2027-01-17", FORM)["state"] == "broken", "seen twelve months ago"
    change(adserver, "stores.yaml", *[('"2026-01-15"', '"2027-01-16"')] * 3)
    assert adserver.proof("2027-01-17", FORM)["state"] == "kept"
