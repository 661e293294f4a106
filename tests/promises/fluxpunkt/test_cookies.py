"""The IT provider's cookies and services in a real browser: nothing before a yes, nothing after it was taken back."""

from __future__ import annotations

from typing import Any

import pytest

from tests.promises.browsing import Scene, Visitor
from tests.promises.choosing import clicks_to
from tests.promises.fluxpunkt.conftest import HOSTS, MARA
from zusage.deployments.itservice.app.measuring import PROFILE
from zusage_client.consent import Choice

pytestmark = pytest.mark.browser
PAGES = (
    "/",
    "/services",
    "/films",
    "/contact",
    "/jobs",
    "/jobs/1",
    "/cart",
    "/order/1",
    "/login",
    "/impressum",
    "/notice",
)
NECESSARY = {"JSESSIONID", "PHPSESSID", "cookieconsent_status"}
GOOGLE = ("google.com", "googletagmanager.com", "google-analytics.com", "googleadservices.com", "youtube-nocookie.com", "youtube.com",
          "ytimg.com", "googlevideo.com", "doubleclick.net")  # fmt: skip


def to_google(visitor: Visitor) -> list[str]:
    """Requests to hosts of Google that were made or tried."""
    return [one.url for one in visitor.asked() if one.host.endswith(GOOGLE)]


def names(visitor: Visitor) -> set[str]:
    """Every cookie of every host."""
    return set(visitor.cookies())


def choice(visitor: Visitor) -> Choice:
    """What the cookie of the answers says."""
    found = Choice.parse(visitor.cookies()["cookieconsent_status"].value)
    assert found is not None
    return found


def log_in(visitor: Visitor) -> Visitor:
    """By the form."""
    visitor.visit("/login")
    visitor.page.fill("input[name=email]", MARA["email"])
    visitor.page.fill("input[name=password]", MARA["password"])
    visitor.page.click("main button")
    return visitor.idle()


def consents(site: Scene, visitor: Visitor, now: str) -> dict[str, tuple[bool, str]]:
    """Purpose → answer and time, as the register has them for this browser."""
    shown = site.scenario.zusage(now, "consent", "show", f"browser:{choice(visitor).browser}", "--json").json
    return {one["purpose"]: (one["agreed"], one["since"]) for one in shown}


@pytest.mark.promise("fluxpunkt-067")
def test_analytics_wait_for_a_recorded_yes(running: Scene, someone: Visitor) -> None:
    someone.visit_all(PAGES)
    assert to_google(someone) == []
    assert not [name for name in someone.names() if name.startswith("_ga")]
    assert "ga-disable" not in names(someone), "and not because something is set to prevent it"
    someone.visit("/").choose("analytics").visit("/services")
    assert someone.services() == {"analytics"}
    # the cookie says yes, but no record stands behind it: nothing runs
    forged = running.visitor()
    value = someone.cookies()["cookieconsent_status"].value.replace(choice(someone).browser, "0" * 32)
    forged.context.add_cookies([{"name": "cookieconsent_status", "value": value, "url": running.url("/")}])
    forged.visit_all(("/", "/services"))
    assert to_google(forged) == []


@pytest.mark.promise("fluxpunkt-069")
def test_the_own_switch_excludes_whoever_has_no_add_on(running: Scene, someone: Visitor) -> None:
    someone.visit("/").choose("analytics", "profiles", "videos").visit("/services")
    assert someone.services() == {"analytics"}
    assert PROFILE in names(someone)
    someone.choose("videos").forget().visit("/services")
    assert to_google(someone) == []
    assert names(someone) <= NECESSARY
    refused = running.visitor().visit("/").reject().visit("/services")
    assert to_google(refused) == []


@pytest.mark.promise("fluxpunkt-070")
def test_equal_buttons_and_no_yes_by_scrolling(running: Scene, someone: Visitor) -> None:
    someone.visit("/services")
    buttons = [someone.page.locator(f"#zs [data-zs={what}]") for what in ("reject", "accept")]
    boxes = [button.bounding_box() for button in buttons]
    assert boxes[0] is not None
    assert boxes[1] is not None
    assert (boxes[0]["width"], boxes[0]["height"]) == pytest.approx(
        (boxes[1]["width"], boxes[1]["height"]), abs=1
    )
    someone.page.mouse.wheel(0, 4000)
    someone.idle().visit("/").idle()
    assert to_google(someone) == []
    assert someone.banner()
    assert "cookieconsent_status" not in names(someone)
    someone.settings()
    assert someone.page.locator("dialog input:checked").count() == 0
    someone.page.keyboard.press("Escape")
    running.at("2026-05-05T10:03")
    someone.accept_all().visit("/services")
    assert "analytics" in someone.services()
    assert consents(running, someone, "2026-05-05T10:30")["analytics"] == (True, "2026-05-05T10:03:00+00:00")
    proof = running.scenario.zusage(
        "2026-05-05T10:30", "consent", "show", f"browser:{choice(someone).browser}", "--json"
    ).json
    assert all(len(one["words"]) == 32 for one in proof), "the version of the text"


@pytest.mark.promise("fluxpunkt-004")
def test_a_withdrawal_stops_analytics_with_the_next_page(running: Scene, someone: Visitor) -> None:
    running.at("2026-04-01T09:00")
    someone.visit("/").accept_all().visit("/services")
    assert "analytics" in someone.services()
    browser = choice(someone).browser
    running.at("2026-04-10T12:00")
    someone.withdraw()
    running.at("2026-04-10T12:01")
    someone.forget().visit_all(("/", "/services"))
    assert to_google(someone) == []
    shown = running.scenario.zusage("2026-04-11", "consent", "show", f"browser:{browser}", "--json").json
    assert {(one["agreed"], one["since"]) for one in shown} == {(False, "2026-04-10T12:00:00+00:00")}
    then = running.scenario.zusage(
        "2026-04-11", "consent", "show", f"browser:{browser}", "--at", "2026-04-05T00:00:00", "--json"
    ).json
    assert {one["agreed"] for one in then} == {True}, "what was done until then stays lawful"


@pytest.mark.promise("fluxpunkt-004", "fluxpunkt-117")
def test_going_back_takes_no_more_clicks_than_the_yes(running: Scene, someone: Visitor) -> None:
    # the yes to one purpose: settings, box, save; the no: settings, box, save – or settings, reject
    someone.visit("/")
    assert clicks_to(someone, "analytics", wanted=True) == clicks_to(someone, "analytics", wanted=False)
    assert not choice(someone).agreed


@pytest.mark.promise("fluxpunkt-117")
def test_the_link_at_the_foot_of_any_page_turns_tracking_off(running: Scene, someone: Visitor) -> None:
    someone.visit("/").accept_all().visit("/services")
    assert PROFILE in names(someone)
    running.at("2026-05-06T10:00")
    for path in PAGES:
        assert someone.visit(path).page.locator("footer a[href$='/settings']").first.is_visible(), path
        # the notice itself is a page of the service: it has no script, and no banner either
        assert someone.page.locator("footer a[data-zs=withdraw]").is_visible() or path == "/notice", path
    # one click, as the yes was
    someone.visit("/jobs").withdraw()
    assert choice(someone).agreed == {}
    someone.forget().visit_all(PAGES)
    assert to_google(someone) == []
    assert PROFILE not in names(someone), "own tracking cookies are removed"


@pytest.mark.promise("fluxpunkt-110")
def test_functional_cookies_come_with_login_or_basket(running: Scene, someone: Visitor) -> None:
    someone.visit_all(PAGES)
    assert names(someone) <= {"cookieconsent_status"}
    log_in(someone)
    assert "Mara Beispiel" in someone.page.locator("main").inner_text()
    value = someone.cookies()["PHPSESSID"].value
    assert someone.cookies()["PHPSESSID"].domain == HOSTS[0]
    someone.accept_all()
    someone.visit_all(PAGES)
    assert someone.services() >= {"analytics"}
    for hit in someone.reached():
        assert value not in f"{hit.cookies} {hit.query} {hit.body} {hit.path} {hit.referrer}"
    other = running.visitor()
    other.visit("/cart").page.fill("input[name=article]", "Eine Maus")
    other.page.click("main button")
    other.idle()
    assert "PHPSESSID" in names(other)
    assert other.page.locator("#cart").inner_text() == "Eine Maus"


@pytest.mark.promise("fluxpunkt-112")
def test_a_refusal_is_kept_and_obeyed(running: Scene, someone: Visitor) -> None:
    someone.visit("/")
    assert to_google(someone) == [], "off before any decision"
    someone.reject()
    assert not choice(someone).agreed
    for _ in range(2):
        someone.visit_all(PAGES[:10])
    running.at("2026-05-12T10:00")
    someone.later(days=7, restart=True).visit_all(PAGES[:5])
    assert not choice(someone).agreed
    assert not someone.banner()
    assert to_google(someone) == []
    someone.context.clear_cookies(name="cookieconsent_status")
    someone.visit("/services")
    assert someone.banner(), "a new question"
    assert to_google(someone) == [], "and no tracking"


@pytest.mark.promise("fluxpunkt-113")
def test_without_consent_only_the_declared_functional_cookies(running: Scene, someone: Visitor) -> None:
    for host in HOSTS:
        someone.visit_all(PAGES, host)
    log_in(someone)
    assert names(someone) <= NECESSARY | {"ga-disable"}
    assert names(someone)
    # one that the delivery network sets behind the application's back
    before = running.scan("--state", "before", "--page", "/services")
    assert undeclared(before.json) == set()
    running.edge.cookies += ["__cf_bm=1; Path=/; Secure"]
    try:
        someone.visit("/")
        assert "__cf_bm" in names(someone)
        said = running.scan("--state", "before", "--page", "/services")
    finally:
        running.edge.cookies.clear()
    assert undeclared(said.json) == {"__cf_bm"}
    assert said.code == 1


def undeclared(said: dict[str, Any]) -> set[str]:
    """What a scan says that nobody declared."""
    return {
        one["place"]["key"].rpartition("/")[2]
        for one in said["findings"]
        if one["code"] == "site/undeclared-item"
    }
