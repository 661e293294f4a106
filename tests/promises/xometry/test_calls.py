"""The marketplace's video calls: when somebody hangs up, nothing of the call is left, and nothing was ever recorded."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
import time_machine
from fastapi.testclient import TestClient

from tests.promises.scenario import Scenario, at
from zusage.deployments.marketplace.app import create_app
from zusage.deployments.office import credentials


@pytest.fixture
def site(marketplace: Scenario) -> Iterator[TestClient]:
    with TestClient(create_app(marketplace.folder), base_url="https://www.spanwerk.example") as client:
        yield client


def moment(said: str) -> time_machine.travel:
    return time_machine.travel(at(said), tick=False)


def take_part(site: TestClient, name: str, words: str) -> int:
    """Joins by the link and writes into the chat; the seat."""
    joined = site.post("/gespraech/link-4711", data={"name": name}, follow_redirects=False)
    seat = int(joined.headers["location"].rpartition("=")[2])
    assert site.post(f"/gespraech/link-4711/{seat}/nachricht", data={"text": words}).status_code == 204
    return seat


@pytest.mark.promise("xometry-260", "xometry-277", "xometry-286")
def test_a_minute_after_the_call_nothing_of_it_is_there_and_recording_is_refused(
    marketplace: Scenario, site: TestClient
) -> None:
    marketplace.put("office", "applicant", id=9001, name="Ada", email="ada@example.net", letter="x")
    marketplace.put("office", "applicant_note", id=9001, applicant_id=9001, body="Notiz des Gremiums")
    with moment("2022-07-05T10:00"):
        ada = take_part(site, "Ada Gesprächspartnerin", "geheimes Wort der Chatzeile")
        ben = take_part(site, "Ben Bleibt", "noch da")
        shown = site.get(f"/gespraech/link-4711?seat={ada}").text
        assert '<button id="aufzeichnen" disabled>' in shown
        for way in ("aufzeichnung", "mitschrift"):
            for role in ("", "panel", "recruiting"):
                headers = {"authorization": credentials(marketplace.folder, role)}
                assert site.post(f"/gespraech/link-4711/{ada}/{way}", headers=headers).status_code == 403
    marketplace.sweep("2022-07-05T10:20")
    assert marketplace.there("office", "video_call", ada, ben) == [ada, ben], "the call runs"
    with moment("2022-07-05T10:30"):
        assert site.post(f"/gespraech/link-4711/{ada}/ende", follow_redirects=False).status_code == 303
    assert marketplace.there("office", "video_call", ada, ben) == [ben], (
        "with hanging up, not with the next sweep"
    )
    with closing(sqlite3.connect(marketplace.folder / "data/office.db")) as file:
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    for word in ("Gesprächspartnerin", "geheimes Wort"):
        assert marketplace.in_bytes(word) == [], "neither in the tables nor in freed pages"
    with moment("2022-07-05T10:32"):
        late = site.post(f"/gespraech/link-4711/{ada}/nachricht", data={"text": "zu spät"})
        assert late.status_code == 404
    assert marketplace.there("office", "applicant_note", 9001) == [9001], (
        "a written note may remain in the file"
    )
    files = [
        path for path in (marketplace.folder / "files").rglob("*") if path.suffix in (".webm", ".mp4", ".vtt")
    ]
    assert files == []
