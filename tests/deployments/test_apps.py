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
    with TestClient(job_board(board.folder), base_url="https://www.stellenwald.example") as client:
        assert "Mechatronik" in client.get("/").text
        assert client.get("/account").status_code == 401
        anna = {"email": "anna@example.net", "password": "Wellenreiter-7", "first_name": "Anna"}
        assert client.post("/register", data=anna).status_code == 201
        assert client.post("/login", data=anna).json()["first_name"] == "Anna"
        board.change("board", "UPDATE account SET phone = '+49 1' WHERE email = 'anna@example.net'")
        made = client.post("/jobs/4/apply", data={"letter": "Ich möchte."})
        assert made.status_code == 201
        assert client.post("/jobs/99999/apply", data={"letter": "x"}).status_code == 404
        assert client.get("/account").json()["phone"] == "+49 1"
        assert client.post("/account/phone/delete").json()["phone"] is None
        assert client.post("/account/close", follow_redirects=False).status_code == 303
        assert client.get("/account").status_code == 401
        assert client.post("/login", data=anna).status_code == 403
    board.sweep("2030-01-01T03:00")
    assert board.count("board", "account", "email = 'anna@example.net'") == 0
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
