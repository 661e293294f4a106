"""web1on1: the messaging platform's website in a real browser – pixels, analysis, lifetimes, own domains, blocked cookies."""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI, Response
from fastapi.responses import HTMLResponse

from tests.promises.blocking import opened
from tests.promises.browsing import Scene, Visitor, browsing
from tests.promises.choosing import clicks_to, put_back
from tests.promises.publishing import checked, edit
from tests.promises.scenario import Scenario, at
from zusage.deployments.messaging.app import create_app
from zusage.deployments.sessions import check_value
from zusage.deployments.standins import Misbehaviour
from zusage_client import Zusage
from zusage_client.consent import Choice

pytestmark = pytest.mark.browser
HOST = "www.plauderwerk.example"
START = "2025-03-03T10:00"
PAGES = ("/", "/prices", "/demo", "/contact", "/login", "/impressum", "/notice")
LOGIN = {"email": "clara@kundin.example", "password": "Wellenreiter-7"}
NECESSARY = {"pw_session", "zusage"}
GOOGLE = ("google.com", "googletagmanager.com", "google-analytics.com", "doubleclick.net")


@pytest.fixture(scope="module")
def running(templates: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("site") / "messaging"
    shutil.copytree(templates("messaging"), folder)
    scenario = Scenario("messaging", folder)
    add_clara(scenario)
    with browsing(scenario, with_mistake, (HOST,), now=START) as scene:
        yield scene


def with_mistake(folder: Path, zusage: Zusage | None) -> FastAPI:
    """The application, and a page that somebody got wrong: it loads a picture from a customer's site."""
    app = create_app(folder, zusage)

    @app.get("/wrong/picture")
    def wrong_picture() -> Response:
        picture = '<img data-zusage="customer" data-src="https://kunde.example/p.gif" alt="">'
        return HTMLResponse(
            f"<!doctype html><html lang='de'><head><title>x</title></head><body>{picture}</body></html>"
        )

    return app


@pytest.fixture
def original(site: Scene) -> Iterator[Scene]:
    """The site for a test that publishes another version; the declaration is put back afterwards."""
    with put_back(site):
        yield site


def add_clara(scenario: Scenario) -> None:
    """Clara, with a password."""
    scenario.put("service", "app_user", id=9001, tenant_id=1, name="Clara", email=LOGIN["email"], password_check=check_value(LOGIN["password"]))  # fmt: skip


@pytest.fixture
def site(running: Scene) -> Iterator[Scene]:
    running.at(START)
    running.stand_ins.wrong = Misbehaviour()
    running.edge.cookies.clear()
    yield running
    running.edge.cookies.clear()
    while running.visitors:
        running.visitors.pop().context.close()


@pytest.fixture
def clara(site: Scene) -> Visitor:
    return site.visitor()


def visits(site: Scene) -> int:
    """What the pixel noted."""
    return site.scenario.count("office", "visit", "page = '/p.gif'")


def to_google(visitor: Visitor) -> list[str]:
    """Requests to hosts of Google."""
    return [one.url for one in visitor.asked() if one.host.endswith(GOOGLE) and "autofill" not in one.host]


def codes(said: dict[str, Any]) -> set[str]:
    """What a scan found."""
    return {one["code"] for one in said["findings"]}


@pytest.mark.promise("web1on1-055")
def test_no_pixel_and_no_cookie_before_a_yes(site: Scene, clara: Visitor) -> None:
    before = visits(site)
    pixels: list[str] = []
    clara.page.on("request", lambda request: pixels.append(request.url) if "/p.gif" in request.url else None)
    clara.visit_all(PAGES)
    assert pixels == []
    assert visits(site) == before
    assert set(clara.cookies()) <= NECESSARY
    assert clara.asked() == []
    clara.visit("/").choose("statistics").visit("/prices")
    assert [one for one in pixels if one.endswith("/p.gif")]
    assert visits(site) > before
    assert "_ga" in clara.cookies()


@pytest.mark.promise("web1on1-059")
def test_a_persistent_cookie_ends_on_its_day_and_is_not_prolonged(site: Scene, clara: Visitor) -> None:
    clara.visit("/").choose("customisation").visit("/prices")
    first = clara.cookies()["pw_area"]
    assert first.value == "prices.20250830"
    assert first.ends is not None
    assert timedelta(days=179, hours=12) < first.ends - datetime.now(UTC) <= timedelta(days=180, minutes=1)
    site.at("2025-05-03T10:00")
    clara.later(days=61).visit("/prices").visit("/demo").visit("/prices")
    later = clara.cookies()["pw_area"]
    assert later.ends is not None
    assert later.value == "prices.20250830"
    assert later.ends - datetime.now(UTC) <= timedelta(days=119, hours=14), "visits do not prolong it"
    site.at("2025-08-31T10:00")
    clara.later(days=120)
    assert "pw_area" not in clara.cookies(), "gone after 2025-08-30"
    # deleted by hand: nothing else holds what it held
    other = site.visitor()
    site.at(START)
    other.visit("/").choose("customisation").visit("/prices")
    assert "prices" in other.visit("/").page.locator("#last").inner_text()
    other.context.clear_cookies(name="pw_area")
    assert other.visit("/impressum").storage() == {}
    other.visit("/")
    assert other.page.locator("#last").count() == 0, "not restored"


@pytest.mark.promise("web1on1-058")
def test_a_session_cookie_with_a_date_fails_the_check(site: Scene, clara: Visitor) -> None:
    clara.visit("/login")
    log_in(clara)
    assert clara.cookies()["pw_session"].ends is None
    clara.later(minutes=1, restart=True)
    assert "pw_session" not in clara.cookies(), "closed and opened again: gone"
    fine = site.scan("--state", "before", "--page", "/prices")
    assert "site/longer-than-declared" not in codes(fine.json)
    site.edge.cookies += ["pw_session=abc.inbox; Path=/; Secure; HttpOnly; Max-Age=86400"]
    wrong = site.scan("--state", "before", "--page", "/prices")
    assert wrong.code == 1
    assert [
        one
        for one in wrong.json["findings"]
        if "pw_session" in one["place"]["key"] and "longer" in one["code"]
    ]


def log_in(visitor: Visitor) -> None:
    """By the form of the page that is open."""
    for field, value in LOGIN.items():
        visitor.page.fill(f"main [name={field}]", value)
    visitor.page.click("main form button")
    visitor.idle()


@pytest.mark.promise("web1on1-058")
def test_closing_the_browser_ends_the_servers_session(site: Scene, clara: Visitor) -> None:
    clara.visit("/login")
    log_in(clara)
    assert clara.page.locator("#who").inner_text() == "Clara"
    value = clara.cookies()["pw_session"].value
    clara.visit("/app/contacts").visit("/app/inbox")
    assert clara.page.locator("#who").count() == 1, "another page is no goodbye"
    mine = f"token_hash = '{hashlib.sha256(value.partition('.')[0].encode()).hexdigest()}'"
    assert site.scenario.count("service", "login_session", f"{mine} AND closing_at IS NULL") == 1
    clara.context.close()
    until = time.monotonic() + 10
    while not site.scenario.count("service", "login_session", f"{mine} AND closing_at IS NOT NULL"):
        assert time.monotonic() < until, "the browser said nothing"
    site.at("2025-03-03T10:01")
    again = site.visitor()
    again.context.add_cookies([{"name": "pw_session", "value": value, "url": site.url("/")}])
    assert opened(again, "/app/inbox") == 401
    assert site.scenario.count("service", "login_session", mine) == 0


@pytest.mark.promise("web1on1-064")
def test_own_cookies_lie_on_own_domains_only(site: Scene, clara: Visitor) -> None:
    clara.visit("/").accept_all().visit_all(PAGES)
    clara.visit("/login")
    log_in(clara)
    policy = site.zusage.policy()
    own = [
        one
        for one in clara.context.cookies()
        if (item := policy.cookie_named(one["name"])) and not item.provider
    ]
    assert {one["name"] for one in own} >= {"zusage", "pw_area", "pw_session"}
    assert {one["domain"].lstrip(".") for one in own} == {HOST}
    clara.page.goto("https://kunde.example/")
    clara.page.wait_for_load_state()
    assert not [one for one in clara.context.cookies() if "kunde.example" in one["domain"]]
    fine = site.scan("--state", "accept", "--page", "/prices")
    assert "site/own-item-elsewhere" not in codes(fine.json)


@pytest.mark.promise("web1on1-064")
def test_an_own_cookie_on_another_domain_fails_the_check(original: Scene) -> None:
    # a customer's site sends our cookie along with a picture that the page loads from there
    original.redeclare(
        "  services:\n",
        "  services:\n    customer: {recipient: customers, kind: pixel, hosts: [kunde.example], consent: statistics}\n",
    )
    original.redeclare("keep: P180D, consent: customisation,", "keep: P180D, consent: statistics,")
    original.stand_ins.wrong = Misbehaviour(extra={"customer": [("cookie", "pw_area")]})
    asked = (
        "--state",
        "accept",
        "--page",
        "/wrong/picture",
        "--resolve",
        f"kunde.example=127.0.0.1:{original.stand_ins.port}",
    )
    wrong = original.scan(*asked)
    assert wrong.code == 1
    (found,) = [one for one in wrong.json["findings"] if one["code"] == "site/own-item-elsewhere"]
    assert "kunde.example" in found["message"]["en"]
    # the same domain, registered with the company of the group that runs it
    group = "  chat: {name: Plauderwerk Chat GmbH, country: DE, role: controller, domains: [kunde.example]}\n  customers: {name:"
    original.redeclare("  customers: {name:", group)
    registered = original.scan(*asked)
    assert "site/own-item-elsewhere" not in codes(registered.json)


@pytest.mark.promise("web1on1-064")
def test_an_affiliates_domain_is_registered_with_its_controller(messaging: Scenario) -> None:
    def unregistered() -> set[str]:
        found = checked(str(messaging.folder / "declaration.yaml"), "2025-03-03")
        return {one["code"] for one in found} & {"declaration/own-cookie-elsewhere"}

    assert unregistered() == set()
    edit(
        messaging,
        "keep: P180D, consent: customisation,",
        "keep: P180D, consent: customisation, domains: [plauderwerk-chat.example],",
    )
    assert unregistered() == {"declaration/own-cookie-elsewhere"}
    edit(
        messaging,
        "  customers: {name:",
        "  chat: {name: Plauderwerk Chat GmbH, country: DE, role: controller, domains: [plauderwerk-chat.example]}\n  customers: {name:",
    )
    assert unregistered() == set()


@pytest.mark.promise("web1on1-065")
def test_analysis_by_others_after_a_yes_and_only_by_who_is_listed(site: Scene, clara: Visitor) -> None:
    clara.visit_all(PAGES)
    assert to_google(clara) == []
    assert not [name for name in clara.names() if name.startswith("_ga")]
    clara.visit("/").choose("statistics").visit_all(PAGES)
    assert clara.services() == {"analytics"}
    assert "_ga" in clara.names()
    registered = site.scenario.zusage("2025-03-03T11:00", "write", "transfers", "--format", "json").json
    for said in ("Google Ireland Limited", "US"):
        assert said in str(registered)
    clara.visit("/").withdraw().forget().visit_all(PAGES)
    assert not [name for name in clara.names() if name.startswith("_ga")]
    assert to_google(clara) == []
    # "such as" covers nobody: a provider that is not listed is neither reached nor overlooked
    other = site.visitor().visit("/").accept_all()
    other.page.evaluate("""() => new Promise(done => { const one = document.createElement('img'); one.onload = one.onerror = done;
        one.src = 'https://stats.unlisted.example/p.gif'; document.body.append(one); })""")
    assert not [hit for hit in other.reached() if hit.host == "stats.unlisted.example"]


@pytest.mark.promise("web1on1-066")
def test_the_website_itself_turns_others_cookies_off(site: Scene, clara: Visitor) -> None:
    given = clicks_to(clara.visit("/"), "statistics", wanted=True)
    clara.visit_all(PAGES)
    assert "_ga" in clara.names()
    site.at("2025-03-04T09:30")
    for path in PAGES:
        assert clara.visit(path).page.locator("footer a[href$='/settings']").first.is_visible()
        # one click for everything, as the banner's yes takes; the notice itself has neither script nor banner
        assert clara.page.locator("footer a[data-zs=withdraw]").is_visible() or path == "/notice"
    taken = clicks_to(clara.visit("/demo"), "statistics", wanted=False)
    assert taken <= given
    assert "_ga" not in clara.names()
    clara.forget().visit("/prices")
    assert clara.services() == set()
    refused = Choice.parse(clara.cookies()["zusage"].value)
    assert refused is not None
    assert "statistics" in refused.refused
    assert refused.day == at("2025-03-04").date()


@pytest.mark.promise("web1on1-062")
def test_the_sites_settings_show_and_change_each_purpose(site: Scene, clara: Visitor) -> None:
    clara.visit("/").choose("statistics")
    clara.visit("/settings")
    boxes = {one.get_attribute("value"): one for one in clara.page.locator("main input[name=purpose]").all()}
    assert {name: box.is_checked() for name, box in boxes.items()} == {
        "statistics": True,
        "customisation": False,
    }
    boxes["statistics"].uncheck()
    boxes["customisation"].check()
    clara.page.locator("main button[value=save]").click()
    clara.idle()
    chosen = Choice.parse(clara.cookies()["zusage"].value)
    assert chosen is not None
    assert (set(chosen.agreed), set(chosen.refused)) == ({"customisation"}, {"statistics"})
