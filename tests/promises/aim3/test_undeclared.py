"""The ad server: a page that collects more than its cookie and its access log is refused before it goes out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI, Request, Response

from tests.promises.aim3.test_browser import HOST
from tests.promises.browsing import MakeApp, Scene, browsing
from tests.promises.log_scene import LogScene
from tests.promises.scenario import Scenario
from zusage.deployments.adserver.app import create_app
from zusage_client import Zusage

pytestmark = pytest.mark.browser
#: what a developer put into the build of 5 May
SCRIPT = """const drawn = document.createElement('canvas').getContext('2d');
drawn.fillText('Windrose', 2, 2);
localStorage.setItem('aimid', drawn.canvas.toDataURL().slice(-16));"""
LOGIN_COOKIE = "wr_session"


def build(change: Callable[[bytes], bytes], cookie: str = "", script: str = SCRIPT) -> MakeApp:
    """The application as a build of a day has it: another start page, and a cookie that comes with it."""

    def make(folder: Path, zusage: Zusage) -> FastAPI:
        app = create_app(folder, zusage)

        @app.get("/look.js")
        @app.get("/language.js")
        def own_script() -> Response:
            return Response(script, media_type="text/javascript")

        @app.middleware("http")
        async def changed(request: Request, call_next: Any) -> Any:
            answer = await call_next(request)
            if request.url.path != "/":
                return answer
            body = change(b"".join([part async for part in answer.body_iterator]))
            headers = {name: value for name, value in answer.headers.items() if name != "content-length"}
            made = Response(body, answer.status_code, headers)
            if cookie:
                made.set_cookie(cookie, "Kq3v0ZtW8y2nB5rD", secure=True, httponly=True, samesite="lax")
            return made

        return app

    return make


def as_it_is(page: bytes) -> bytes:
    """The start page of the application."""
    return page


def checked(scene: Scene) -> tuple[int, set[tuple[str, str]], set[str]]:
    """The collection check of a build: exit code, errors by code and place, and what the scanner's browser then held."""
    said = scene.scan("--state", "before")
    found = {
        (one["code"], one["place"]["key"]) for one in said.json["findings"] if one["severity"] == "error"
    }
    stored = {one["name"] for seen in said.json["observations"] for one in seen["stored"]}
    return said.code, found, stored


@pytest.mark.promise("aim3-037")
def test_a_build_that_recognises_devices_is_refused(adserver: Scenario) -> None:
    made = build(lambda page: page.replace(b"</body>", b"<script src='/look.js'></script></body>"))
    with browsing(adserver, made, (HOST,), now="2026-05-05T10:00") as scene:
        code, errors, _ = checked(scene)
    assert code == 1, "the build is refused"
    assert errors == {
        ("site/device-recognition", "before/fingerprint/canvas"),
        ("site/undeclared-item", "before/local-storage/aimid"),
        ("site/without-consent", "before/local-storage/aimid"),
    }


@pytest.mark.promise("aim3-037")
def test_a_build_with_login_cookie_and_access_log_alone_passes(adserver: Scenario) -> None:
    logs = LogScene.of(adserver, "access-log")
    logs.hold("management", "Greta Holm", "2026-01-10")
    logs.hold("dpo", "Jonas Reiter", "2026-01-10")
    logs.write(logs.line("2026-05-06T10:00:00", "198.51.100.7", "GET / HTTP/1.1"))
    assert logs.take_in("2026-05-06T13:00:00")["counted"] == 1
    with browsing(adserver, build(as_it_is, LOGIN_COOKIE), (HOST,), now="2026-05-06T14:00") as scene:
        code, errors, stored = checked(scene)
    assert (code, errors, stored) == (0, set(), {LOGIN_COOKIE})


@pytest.mark.promise("aim3-037")
def test_one_more_item_is_refused_until_it_is_declared(adserver: Scenario) -> None:
    script = "localStorage.setItem('wr_language', 'de');"
    made = build(
        lambda page: page.replace(b"</body>", b"<script src='/language.js'></script></body>"), script=script
    )
    with browsing(adserver, made, (HOST,), now="2026-05-06T10:00") as scene:
        code, errors, _ = checked(scene)
        assert code == 1
        assert ("site/undeclared-item", "before/local-storage/wr_language") in errors
        known = "    login: {name: wr_session,"
        item = "{name: wr_language, kind: local-storage, purpose: {de: Sprache, en: language}, keep: until-cleared, necessary: true, legal_basis: \"tdddg:25(2)(2)\"}"  # fmt: skip
        scene.redeclare(known, f"    language: {item}\n{known}")
        code, errors, stored = checked(scene)
    assert (code, errors, stored) == (0, set(), {"wr_language"})
