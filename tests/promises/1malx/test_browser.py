"""1malx: the job board in a real browser – cookies that nobody else can read, that hold no code, and no relics of Flash."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from fastapi import FastAPI, Response
from fastapi.responses import HTMLResponse

from tests.promises.browsing import Scene, Visitor, browsing
from tests.promises.scenario import Scenario
from zusage.deployments.jobboard.app import create_app
from zusage_client import Zusage

pytestmark = pytest.mark.browser
HOST = "www.stellenwald.example"
PAGES = ("/", "/search", "/jobs/3", "/films", "/advert", "/login", "/impressum", "/notice")
LOGIN = {"email": "anna@bewerberin.example", "password": "Wellenreiter-7", "first_name": "Anna"}
#: a plain token: no markup, no code, and not long
TOKEN = re.compile(r"[\w.~-]{1,400}")


def with_mistakes(folder: Path, zusage: Zusage | None) -> FastAPI:
    """The application, and two pages that somebody got wrong."""
    app = create_app(folder, zusage)

    @app.get("/wrong/cookie")
    def wrong_cookie() -> Response:
        answer = HTMLResponse("<!doctype html><html lang='de'><title>x</title><main>x</main></html>")
        answer.headers.append("set-cookie", "sw_settings=<script>hit=1</script>; Path=/; Secure")
        answer.headers.append(
            "set-cookie", f"sw_player=1; Path=/; Domain=partner.example; Secure; X={'a' * 9}"
        )
        return answer

    @app.get("/wrong/film")
    def wrong_film() -> Response:
        return HTMLResponse(
            "<!doctype html><html lang='de'><head><title>x</title></head><body>"
            "<object type='application/x-shockwave-flash' data='/film.swf'></object></body></html>"
        )

    return app


@pytest.fixture(scope="module")
def site(templates: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("site") / "jobboard"
    shutil.copytree(templates("jobboard"), folder)
    with browsing(Scenario("jobboard", folder), with_mistakes, (HOST,), now="2025-03-03T10:00") as scene:
        yield scene


@pytest.fixture
def ben(site: Scene) -> Iterator[Visitor]:
    site.at("2025-03-03T10:00")
    yield site.visitor()
    while site.visitors:
        site.visitors.pop().context.close()


def log_in(visitor: Visitor, site: Scene) -> None:
    """Registers once, and logs in by the form."""
    made = visitor.visit("/login").page.request
    assert made is not None
    visitor.page.evaluate(
        "async entries => { await fetch('/register', {method: 'POST', body: new URLSearchParams(entries)}); }",
        LOGIN,
    )
    visitor.page.fill("main [name=email]", LOGIN["email"])
    visitor.page.fill("main [name=password]", LOGIN["password"])
    visitor.page.click("main form button")
    visitor.idle()


def stored(visitor: Visitor) -> list[dict[str, Any]]:
    """Every cookie with its attributes."""
    return [dict(one) for one in visitor.context.cookies()]


@pytest.mark.promise("1malx-099")
def test_cookies_come_by_group_and_go_with_the_withdrawal(site: Scene, ben: Visitor) -> None:
    assert ben.visit_all(PAGES).cookies() == {}, "nothing that the site does not need to work"
    ben.visit("/").choose("statistics").visit_all(PAGES)
    assert set(ben.cookies()) == {"zusage", "sw_visits"}, "the analysis cookie and no advert cookie"
    ben.visit("/").choose("statistics", "advertising").visit_all(PAGES)
    assert set(ben.cookies()) == {"zusage", "sw_visits", "sw_adverts"}
    ben.visit("/search").choose("advertising")
    with ben.page.expect_response(lambda answer: answer.url.endswith("/jobs/3")) as answered:
        ben.visit("/jobs/3")
    assert "sw_visits=; Path=/; Max-Age=0" in answered.value.all_headers().get("set-cookie", "")
    assert set(ben.cookies()) == {"zusage", "sw_adverts"}


@pytest.mark.promise("1malx-111")
def test_a_beacon_is_sent_with_consent_only_and_says_which_advert_which_page_and_when(
    site: Scene, ben: Visitor
) -> None:
    def beacons() -> list[str]:
        return [one.url for one in ben.everything_asked() if "b.gif" in one.url]

    ben.visit_all(PAGES)
    ben.visit("/").reject().visit_all(PAGES)
    assert beacons() == []
    noted = "advert = '3' AND page = '/jobs/3'"
    before = site.scenario.count("board", "beacon_event", noted)
    ben.visit("/").settings().choose("statistics").visit("/jobs/3").idle()
    (sent,) = [url for url in beacons() if "jobs" in url]
    address = urlsplit(sent)
    assert (address.hostname, address.path) == (HOST, "/b.gif"), "a host of the board's own"
    assert parse_qs(address.query) == {"advert": ["3"], "page": ["/jobs/3"], "at": ["2025-03-03T10:00"]}
    assert site.scenario.count("board", "beacon_event", noted) == before + 1
    log_in(ben, site)
    ben.forget().visit("/jobs/4").idle()
    known = {urlsplit(one.url).hostname for one in ben.everything_asked() if "b.gif" in one.url}
    assert known <= {HOST}
    assert not [url for url in beacons() for value in LOGIN.values() if value in unquote(url)], (
        "nobody's profile"
    )


@pytest.mark.promise("1malx-100")
def test_a_cookie_holds_a_token_and_is_never_run(site: Scene, ben: Visitor) -> None:
    ben.visit("/").accept_all().visit_all(PAGES)
    log_in(ben, site)
    ben.page.evaluate(
        "async () => { await fetch('/display', {method: 'POST', body: new URLSearchParams({language: 'en', results: '50'})}); }"
    )
    found = stored(ben)
    assert {"zusage", "sw_visits", "sw_session", "sw_settings"} <= {one["name"] for one in found}
    for one in found:
        assert TOKEN.fullmatch(one["value"]), one
    before = ben.cookies()["sw_settings"].value
    ben.visit("/wrong/cookie")
    assert ben.cookies()["sw_settings"].value == before == "en.50", "markup is rejected when it is set"
    poisoned = '"><img src=x onerror=window.hit=1><script>window.hit=1</script>'
    for name in ("sw_settings", "sw_group", "sw_visits", "zusage"):
        ben.context.clear_cookies(name=name)
        value = poisoned.replace("=", "%3D") if name == "zusage" else poisoned
        ben.context.add_cookies([{"name": name, "value": value, "url": site.url("/"), "secure": True}])
    for path in PAGES:
        ben.visit(path)
        assert ben.page.evaluate("window.hit") is None
        assert "onerror=window.hit" not in ben.page.content()
    policy = ben.page.goto(site.url("/"))
    assert policy is not None
    said = policy.all_headers()["content-security-policy"]
    assert "unsafe-eval" not in said
    assert "'unsafe-inline'" not in said.partition("script-src")[2].partition(";")[0]


@pytest.mark.promise("1malx-101")
def test_nobody_else_can_read_the_cookies(site: Scene, ben: Visitor) -> None:
    ben.visit("/").accept_all().visit_all(PAGES)
    log_in(ben, site)
    ben.visit_all(PAGES)
    found = stored(ben)
    assert {"zusage", "sw_visits", "sw_adverts", "sw_group", "sw_session"} <= {one["name"] for one in found}
    for one in found:
        assert one["domain"] == HOST, "bound to the host"
        assert one["secure"], one
        assert one["sameSite"] in ("Lax", "Strict"), one
        assert one["httpOnly"] or one["name"] == "zusage", "the banner's script needs to read its own"
    assert ben.asked() == [], "nothing goes to another host, so nothing can carry them"
    assert ben.page.evaluate("document.cookie").partition("=")[0] == "zusage"
    ben.visit("/wrong/cookie")
    assert not [one for one in stored(ben) if "partner.example" in one["domain"]]
    # a script of somebody else's that found its way into a page is not run
    ben.visit("/")
    ben.page.evaluate("""() => new Promise(done => { const one = document.createElement('script'); one.onload = one.onerror = done;
        try { one.src = 'https://tracker.example/read.js'; } catch { done(); } document.head.append(one); })""")
    assert [hit for hit in ben.reached() if hit.host == "tracker.example"] == []


@pytest.mark.promise("1malx-110")
def test_there_is_no_flash_and_the_players_settings_can_be_cleared(site: Scene, ben: Visitor) -> None:
    for path in PAGES:
        page = ben.visit(path).page
        assert page.locator("object, embed").count() == 0
        assert ".swf" not in page.content()
    ben.visit("/films")
    assert ben.storage() == {}
    ben.page.locator("#loud").fill("4")
    ben.page.locator("#loud").dispatch_event("change")
    assert ben.storage() == {"sw_player": "4"}
    assert ben.visit("/films").page.locator("#loud").input_value() == "4", "kept for the next visit"
    ben.page.click("#clear")
    assert ben.storage() == {}
    assert site.zusage.policy().item_named("local-storage", "sw_player") is not None, "declared"
    log_in(ben, site)
    assert set(ben.cookies()) == {"sw_session"}
    assert ben.storage() == {}
    ben.context.clear_cookies(name="sw_session")
    answer = ben.page.goto(site.url("/account"))
    assert answer is not None
    assert answer.status == 401, "the session cookie alone says who is there"


@pytest.mark.promise("1malx-110")
def test_a_page_with_flash_fails_the_check(site: Scene, ben: Visitor) -> None:
    fine = site.scan("--state", "before", "--page", "/films")
    assert "site/flash-object" not in {one["code"] for one in fine.json["findings"]}
    wrong = site.scan("--state", "before", "--page", "/wrong/film")
    assert wrong.code == 1
    assert "site/flash-object" in {one["code"] for one in wrong.json["findings"]}
