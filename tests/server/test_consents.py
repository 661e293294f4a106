"""Consents over HTTP: where they may come from, how long they may be, and what a decision says without one."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi.testclient import TestClient


def test_a_choice_from_elsewhere_is_refused(web: TestClient) -> None:
    said = web.post("/api/v1/consents", content=b"{}", headers={"origin": "https://elsewhere.example"})
    assert said.status_code == 403


def test_what_is_too_long_is_refused(web: TestClient) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(64):
            yield b"x" * 4096

    own = {"origin": "http://testserver", "content-type": "application/json", "sec-fetch-site": "same-origin"}
    said = web.post("/api/v1/consents", content=endless(), headers=own)
    assert said.status_code == 413, said.text


def test_what_nobody_declared_is_refused_with_its_reason(web: TestClient) -> None:
    said = web.post("/api/v1/decisions", json={"purpose": "mind-reading"})
    assert said.json()["allowed"] is False
    assert said.json()["code"] == "undeclared"
    assert web.post("/api/v1/decisions", content=b"[" + b" " * 100_000).status_code == 400
