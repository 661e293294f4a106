"""The host applications are real: what people do there lies in the stores, and the promises follow from it."""

from __future__ import annotations

from pathlib import Path

from fastapi.testclient import TestClient

from tests.promises.scenario import Scenario, at
from zusage.deployments import create
from zusage.deployments.itservice.app import create_app as service_desk
from zusage.deployments.jobboard.app import create_app as job_board


def test_someone_applies_and_closes_the_account(tmp_path: Path) -> None:
    create("jobboard", tmp_path / "jobboard", size="tiny", now=at("2026-03-01"))
    board = Scenario("jobboard", tmp_path / "jobboard")
    anna = {"id": 9001, "email": "anna@example.net", "first_name": "Anna", "phone": "+49 1", "active": True}
    board.put("board", "account", **anna, last_login_at="2026-03-01")
    with TestClient(job_board(board.folder)) as client:
        assert "Mechatronik" in client.get("/").text
        made = client.post("/jobs/4/apply", data={"who": 9001, "letter": "Ich möchte."})
        assert made.status_code == 201
        assert client.post("/jobs/99999/apply", data={"who": 9001, "letter": "x"}).status_code == 404
        assert client.post("/account/9001/phone/delete").json()["phone"] is None
        assert client.post("/account/9001/close", follow_redirects=False).status_code == 303
        assert client.get("/account/9001").status_code == 404
    board.sweep("2030-01-01T03:00")
    assert board.there("board", "account", 9001) == []
    assert board.there("board", "application", made.json()["application"]) == []


def test_a_message_is_gone_when_it_was_handled(tmp_path: Path) -> None:
    create("itservice", tmp_path / "itservice", size="tiny", now=at("2026-03-01"))
    desk = Scenario("itservice", tmp_path / "itservice")
    with TestClient(service_desk(desk.folder)) as client:
        assert "<form" in client.get("/").text
        form = {"name": "Kim", "email": "kim@example.net", "body": "Frage"}
        first, second = (client.post("/contact", data=form).json()["message"] for _ in range(2))
        assert client.post(f"/contact/{first}/handled").status_code == 204
        assert client.post("/contact/99999/handled").status_code == 404
        assert client.get("/customers/1/tickets").json()
    desk.sweep("2030-01-01T03:00")
    assert desk.there("office", "form_message", first, second) == [second]
