"""The IT provider's remote help: a session leaves ID, address, begin, end and ticket, and nothing else."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import inspect

from tests.promises.scenario import Scenario
from zusage.deployments.itservice.app import create_app

SESSION = {"id": "123456789", "ip": "198.51.100.23", "start": "2026-05-05T10:00:00+02:00", "end": "2026-05-05T10:20:00+02:00"}  # fmt: skip


@pytest.mark.promise("fluxpunkt-091")
def test_a_session_is_recorded_with_these_five_and_anything_else_is_refused(itservice: Scenario) -> None:
    itservice.put("desk", "ticket", id=9001, customer_id=1, subject="Drucker", body="streikt", opened_at="2026-05-05T07:00")  # fmt: skip
    with TestClient(create_app(itservice.folder), base_url="https://www.strompfad.example") as desk:
        assert desk.post("/tickets/9001/remote-sessions", json=SESSION).status_code == 201
        for more in (
            {"recording": "c2NyZWVu"}, {"clipboard": "geheim"}, {"files": ["C:/Lohn.xlsx"]}, {"screenshot": "x"}, {"user": "Mara"},
        ):  # fmt: skip
            refused = desk.post("/tickets/9001/remote-sessions", json={**SESSION, **more})
            assert refused.status_code == 422
            assert next(iter(more)) in refused.text
        assert desk.post("/tickets/9001/remote-sessions", json={**SESSION, "id": "Mara"}).status_code == 422
        assert desk.post("/tickets/424242/remote-sessions", json=SESSION).status_code == 404
        shown = desk.get("/tickets/9001/remote-sessions").json()
    assert shown == [
        {"id": "123456789", "ip": "198.51.100.23", "start": "2026-05-05T08:00:00", "end": "2026-05-05T08:20:00", "ticket": 9001}
    ]  # fmt: skip
    with itservice.writing("desk") as connection:
        columns = {column["name"] for column in inspect(connection).get_columns("remote_session")}
    assert columns == {"id", "ticket_id", "remote_id", "address", "started_at", "ended_at"}
    assert itservice.count("desk", "remote_session", "ticket_id = 9001") == 1
    assert itservice.in_bytes("geheim") == []
    assert itservice.in_bytes("Lohn.xlsx") == []


@pytest.mark.promise("fluxpunkt-091")
def test_a_column_for_a_recording_would_be_found(itservice: Scenario) -> None:
    assert itservice.zusage("2026-05-05", "scan", "store", "desk", "--json").code == 0
    itservice.change("desk", "ALTER TABLE remote_session ADD COLUMN screen_recording_path TEXT")
    said = itservice.zusage("2026-05-05", "scan", "store", "desk", "--json")
    assert "remote_session.screen_recording_path" in said.out
