"""Choices on record: each acknowledged one is there, whatever is posted and whatever happens to the server."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from tests.server.choices import KEY, OWN, choice, make_controller
from zusage import clock
from zusage.registers.consents import EVENTS
from zusage.server.app import create_app
from zusage.workspace import Workspace, open_workspace
from zusage_client.tokens import make_token


@pytest.fixture
def controller(tmp_path: Path) -> Workspace:
    """A controller with a banner."""
    return make_controller(tmp_path / "zusage")


@pytest.fixture
def browser(controller: Workspace) -> Iterator[TestClient]:
    """Somebody's browser on the controller's own pages."""
    with TestClient(create_app(controller), base_url="http://testserver") as client:
        client.headers.update(OWN)
        yield client


def on_record(workspace: Workspace) -> dict[str, str]:
    """Id → answers of every event."""
    with workspace.state.connect() as connection:
        rows = connection.execute(select(EVENTS.c.id, EVENTS.c.answers))
        return {bytes(id).hex(): answers for id, answers in rows}


def test_what_is_no_choice_of_our_banner_is_refused(controller: Workspace, browser: TestClient) -> None:
    def posted(body: Any, **headers: str) -> int:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return browser.post("/api/v1/consents", content=content, headers=sent).status_code

    good = choice(controller)
    wrong: dict[str, tuple[int, int]] = {
        "elsewhere": (403, posted(good, origin="https://evil.example", sec_fetch_site="cross-site")),
        "elsewhere, without fetch metadata": (403, posted(good, origin="https://evil.example", sec_fetch_site="")),
        "a lookalike": (403, posted(good, origin="http://testserver.evil.example")),
        "no JSON": (400, posted(b"\xff\xfe")),
        "nested too deep": (400, posted(b"[" * 8000)),
        "a key twice": (400, posted(json.dumps(good)[:-1].encode() + b', "v": 1}')),
        "a key too many": (400, posted(good | {"at": "2026-01-01"})),
        "an id of the wrong form": (400, posted(good | {"id": "' OR 1=1"})),
        "too large": (413, posted(good | {"content": "x" * 9000})),
        "an unknown template": (409, posted(good | {"template": "0" * 32})),
        "a purpose nobody asks for": (422, posted(good | {"purposes": {"mind-reading": True}})),
        "a refusal that agrees": (422, posted(good | {"method": "reject-all"})),
        "a consent without the way back": (422, posted(good | {"browser": ""})),
    }  # fmt: skip
    assert {name: said for name, (due, said) in wrong.items() if due != said} == {}
    assert on_record(controller) == {}


def test_a_replay_is_taken_once_and_another_choice_under_its_id_never(
    controller: Workspace, browser: TestClient
) -> None:
    good = choice(controller)
    assert [browser.post("/api/v1/consents", json=good).status_code for _ in range(3)] == [204] * 3
    assert on_record(controller) == {good["id"]: "-marketing statistics"}
    changed = good | {"purposes": {"statistics": True, "marketing": True}}
    stolen = good | {"browser": secrets.token_hex(16)}
    for forged in (changed, stolen):
        said = browser.post("/api/v1/consents", json=forged)
        assert said.status_code == 422, said.text
        assert "set-cookie" not in said.headers
    assert on_record(controller) == {good["id"]: "-marketing statistics"}


def test_a_forged_choice_fails_alone_in_its_group(controller: Workspace, browser: TestClient) -> None:
    first = choice(controller)
    assert browser.post("/api/v1/consents", json=first).status_code == 204
    posts = [choice(controller) for _ in range(20)]
    posts[7] = first | {"purposes": {"statistics": False, "marketing": True}}
    with ThreadPoolExecutor(20) as pool:
        said = list(pool.map(lambda body: browser.post("/api/v1/consents", json=body).status_code, posts))
    assert said == [422 if place == 7 else 204 for place in range(20)]
    assert on_record(controller).keys() == {first["id"], *(body["id"] for body in posts)}


def test_no_browser_reads_what_another_chose(controller: Workspace, browser: TestClient) -> None:
    """A pseudonym opens nothing: the only state that pages show is that of the cookie they get."""
    mine = choice(controller, browser="c" * 32)
    said = browser.post("/api/v1/consents", json=mine)
    cookie = said.headers["set-cookie"].partition(";")[0]
    browser.cookies.clear()
    yes = 'value="statistics" aria-describedby="zs-p-statistics" checked'
    assert yes in browser.get("/settings", headers={"cookie": cookie}).text
    theft = cookie.replace("statistics~", "nothing~").replace("marketing~", "nobody~")
    assert " checked" not in browser.get("/settings", headers={"cookie": theft}).text
    for path in (f"/api/v1/consents/{'c' * 32}", f"/api/v1/consents?browser={'c' * 32}"):
        assert browser.get(path).status_code in (404, 405)
    assert (
        browser.post("/api/v1/decisions", json={"purpose": "statistics", "browser": "c" * 32}).status_code
        == 401
    )


def test_a_network_that_posts_without_end_is_slowed_down(controller: Workspace, browser: TestClient) -> None:
    def network(number: int) -> dict[str, str]:
        facts = {"origin": "http://testserver", "network": f"198.51.{number}"}
        return {"zusage-forwarded": make_token(KEY, facts, clock.now())}

    one = network(1)
    said = [browser.post("/api/v1/consents", content=b"{}", headers=one).status_code for _ in range(260)]
    assert said[:200] == [400] * 200
    assert 429 in said[200:]
    assert browser.post("/api/v1/consents", json=choice(controller), headers=network(2)).status_code == 204
    forged = {
        "zusage-forwarded": make_token(
            "other key", {"origin": "https://evil.example", "network": "1.2.3"}, clock.now()
        )
    }
    evil = {"origin": "https://evil.example"} | forged
    assert browser.post("/api/v1/consents", json=choice(controller), headers=evil).status_code == 403


@pytest.mark.postgres
def test_two_servers_take_the_same_retry_once(postgres_url: str, tmp_path: Path) -> None:
    """Check and insert of two processes can cross; whoever comes second finds it there."""
    first = make_controller(tmp_path / "zusage", postgres_url)
    second = open_workspace(first.folder)
    posts = [choice(first) for _ in range(60)]
    with TestClient(create_app(first)) as one, TestClient(create_app(second)) as other:
        one.headers.update(OWN)
        other.headers.update(OWN)

        def post(body: dict[str, Any]) -> list[int]:
            with ThreadPoolExecutor(2) as both:
                return list(
                    both.map(lambda web: web.post("/api/v1/consents", json=body).status_code, (one, other))
                )

        with ThreadPoolExecutor(8) as pool:
            said = [status for pair in pool.map(post, posts) for status in pair]
    assert set(said) == {204}
    assert on_record(first).keys() == {body["id"] for body in posts}
