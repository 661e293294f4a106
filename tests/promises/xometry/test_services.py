"""What services do beyond setting a cookie: brakes, queues, players, pings – with consent, without, and after it."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.promises.browsing import Scene, Visitor
from tests.promises.scenario import Scenario
from tests.promises.xometry.test_cookies import PAGES
from zusage.deployments.sessions import check_value
from zusage.deployments.standins import Misbehaviour

pytestmark = pytest.mark.browser
PLAYER = {
    "yt-remote-device-id", "yt-remote-connected-devices", "ytidb::LAST_RESULT_ENTRY_KEY", "yt-remote-session-app",
    "yt-remote-cast-installed", "yt-remote-session-name", "yt-remote-cast-available", "yt-remote-fast-check-period",
}  # fmt: skip
DAY = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"


def sent(visitor: Visitor, service: str, event: str = "page") -> int:
    """How many of a service's events left the browser."""
    hits = visitor.reached(service)
    return len([hit for hit in hits if hit.path == "/collect" and hit.query.get("e") == event])


@pytest.mark.promise("xometry-095")
def test_a_minute_lies_between_two_transmissions(someone: Visitor) -> None:
    someone.visit("/")
    assert not [name for name in someone.names() if name.startswith("_gat_UA")]
    someone.choose("statistics")
    first = sent(someone, "tag-manager")
    assert first > 0
    brake = someone.cookies()["_gat_UA_4711"]
    assert brake.left is not None
    assert timedelta(0) < brake.left <= timedelta(minutes=1)
    someone.visit("/preise")
    assert sent(someone, "tag-manager") == first, "held back"
    someone.later(seconds=61)
    assert "_gat_UA_4711" not in someone.cookies()
    someone.visit("/videos")
    assert sent(someone, "tag-manager") == 2 * first


@pytest.mark.promise("xometry-101")
def test_answers_wait_and_are_dropped_with_the_consent(someone: Visitor) -> None:
    someone.visit("/")
    assert not {"amplitude_unsent", "amplitude_unsent_identify"} & someone.names()
    someone.choose("statistics").settings().page.keyboard.press("Escape")
    someone.idle().context.set_offline(True)
    someone.page.evaluate("() => window.standins.amplitude.answer('umfrage-3:gut')")
    stored = someone.storage()
    assert json.loads(stored["amplitude_unsent_identify"]) == ["umfrage-3:gut"]
    assert json.loads(stored["amplitude_unsent"]) == [], "only what was not sent yet"
    someone.forget().settings()
    someone.page.evaluate("() => { window.before = true }")
    someone.page.locator("dialog button[value=reject]").click()
    # the page is loaded anew, in vain: the next visit must not meet that on its way
    someone.page.wait_for_function("() => !window.before")
    someone.page.wait_for_load_state()
    someone.context.set_offline(False)
    someone.visit("/preise")
    assert not {"amplitude_unsent", "amplitude_unsent_identify"} & someone.names()
    assert sent(someone, "amplitude", "umfrage-3:gut") == 0
    assert someone.reached("amplitude") == []


@pytest.mark.promise("xometry-102")
@pytest.mark.parametrize("withdraws", [True, False])
def test_waiting_events_are_sent_only_while_consent_stands(someone: Visitor, withdraws: bool) -> None:
    someone.visit("/").choose("statistics").settings().page.keyboard.press("Escape")
    someone.idle().context.set_offline(True)
    someone.page.evaluate(
        "() => { for (const n of [1, 2, 3]) window.standins.amplitude.send('klick-' + n); }"
    )
    assert json.loads(someone.storage()["amplitude_unsent"]) == ["klick-1", "klick-2", "klick-3"]
    someone.forget()
    if withdraws:
        someone.settings().page.locator("dialog button[value=reject]").click()
        someone.page.wait_for_timeout(500)
    someone.context.set_offline(False)
    someone.idle()
    someone.visit("/preise")
    sent_later = [sent(someone, "amplitude", f"klick-{number}") for number in (1, 2, 3)]
    assert sent_later == ([0, 0, 0] if withdraws else [1, 1, 1])
    assert ("amplitude_unsent" in someone.names()) is not withdraws


@pytest.mark.promise("xometry-113")
def test_interest_is_guessed_only_with_consent(site: Scene, someone: Visitor) -> None:
    other = site.visitor().visit("/").reject().visit("/preise")
    assert other.reached("google-ads") == []
    someone.forget().visit("/").choose("marketing").visit("/preise")
    assert sent(someone, "google-ads", "interest") > 0
    mine = someone.cookies()["_gcl_au"].value
    someone.forget().withdraw()
    opted_out = [hit for hit in someone.reached("google-ads") if hit.path == "/opt-out"]
    assert opted_out
    assert {hit.query["id"] for hit in opted_out} == {mine}
    someone.forget().visit_all((*PAGES, "/preise"))
    assert someone.reached("google-ads") == []


@pytest.mark.promise("xometry-129", "xometry-130", "xometry-131")
def test_a_player_stores_its_items_once_it_is_activated(site: Scene, someone: Visitor) -> None:
    someone.visit("/videos")
    assert (someone.names(), someone.reached("youtube")) == (set(), [])
    someone.activate("drehen")
    assert someone.names() == PLAYER | {"VISITOR_INFO1_LIVE", "YSC"}
    assert someone.reached("maps") == []
    first = someone.cookies()["YSC"]
    assert first.ends is None
    someone.activate("fraesen")
    assert someone.cookies()["YSC"] == first, "two videos, one session"
    left = someone.cookies()["VISITOR_INFO1_LIVE"].left
    assert left is not None
    assert left <= timedelta(days=184)
    someone.later(minutes=5, restart=True)
    assert "YSC" not in someone.cookies()
    someone.visit("/videos").activate("drehen")
    assert someone.cookies()["YSC"].value != first.value
    site.stand_ins.wrong = Misbehaviour(extra={"youtube": [("local-storage", "yt.innertube::requests")]})
    found = site.scan("--state", "accept", "--page", "/videos")
    named = {one["place"]["key"] for one in found.json["findings"] if one["code"] == "site/undeclared-item"}
    assert named == {"accept/local-storage/yt.innertube::requests"}


@pytest.mark.promise("xometry-152", "xometry-153")
def test_dates_of_an_end_go_with_what_they_end(someone: Visitor) -> None:
    someone.visit("/").choose("marketing").visit("/preise")
    for name in ("_uetsid", "_uetvid"):
        said = someone.storage()[f"{name}_exp"]
        assert re.fullmatch(DAY, said), said
        cookie_end = someone.cookies()[name].ends
        assert cookie_end is not None
        assert abs(datetime.fromisoformat(said) - cookie_end) < timedelta(seconds=5)
    assert not re.fullmatch(DAY, "4711")
    # the imprint measures nothing: what is gone there was not written anew
    someone.later(days=2).context.clock.install(time=datetime.now(UTC) + timedelta(days=2))
    someone.visit("/impressum")
    assert "_uetsid" not in someone.cookies()
    assert "_uetsid_exp" not in someone.storage()
    assert {"_uetvid", "_uetvid_exp"} <= someone.names()
    someone.withdraw()
    assert not {"_uetvid", "_uetvid_exp"} & someone.names()


@pytest.mark.promise("xometry-157")
def test_a_yes_at_linkedin_is_no_yes_here(someone: Visitor) -> None:
    there = {
        "name": "li_gc",
        "value": "2.1.1669852800.yes",
        "domain": ".linkedin.com",
        "path": "/",
        "secure": True,
    }
    someone.context.add_cookies([there | {"sameSite": "None"}])  # type: ignore[list-item]
    someone.visit("/").reject().visit_all(PAGES)
    assert someone.reached("linkedin") == []
    assert "bcookie" not in someone.names()
    someone.choose("marketing").visit("/")
    assert someone.reached("linkedin"), "the site's own consent decides"


@pytest.mark.promise("xometry-148")
def test_baidu_is_named_with_its_country(site: Scene, someone: Visitor) -> None:
    someone.visit("/settings")
    asked = someone.page.locator("fieldset, section, li, div").filter(
        has=someone.page.locator("input[value=marketing-china]")
    )
    words = asked.last.inner_text()
    assert "Baidu" in words
    assert "China" in words
    someone.visit("/").choose("statistics").visit_all(PAGES)
    assert not [one for one in someone.asked() if one.host.endswith("baidu.com")]
    countries = {
        countries for one in site.zusage.policy().services if one.id == "baidu" for countries in one.countries
    }
    assert countries == {"CN"}


@pytest.mark.promise("xometry-160")
def test_an_item_missing_in_the_table_is_reported(site: Scene) -> None:
    site.stand_ins.wrong = Misbehaviour(extra={"linkedin": [("cookie", "lms_analytics")]})
    visitor = site.visitor().visit("/").choose("marketing")
    assert "lms_analytics" not in visitor.names()
    assert site.reports("lms_analytics cookie undeclared")


@pytest.mark.promise("xometry-105")
def test_a_login_alone_creates_no_identifier_for_analysis(site: Scene, someone: Visitor) -> None:
    mail, password = customer(site.scenario)
    someone.visit("/").reject()
    log_in(someone, mail, password)
    someone.visit_all(PAGES)
    assert "ajs_user_id" not in someone.names()
    other = site.visitor().visit("/").choose("statistics")
    log_in(other, mail, password)
    other.visit_all(PAGES)
    found = other.cookies()["ajs_user_id"]
    assert re.fullmatch("[0-9a-f]{16}", found.value)
    assert found.left is not None
    assert found.left <= timedelta(days=184)


def customer(scenario: Scenario) -> tuple[str, str]:
    """Ada, who may log in: address and password."""
    if not scenario.count("portal", "customer", "email = 'ada@kundin.example'"):
        scenario.put(
            "portal",
            "customer",
            name="Ada",
            email="ada@kundin.example",
            password_check=check_value("geheim-4711"),
        )
    return "ada@kundin.example", "geheim-4711"


def log_in(visitor: Visitor, mail: str, password: str) -> None:
    """On the portal's page."""
    visitor.visit("/konto")
    visitor.page.locator("[name=email]").fill(mail)
    visitor.page.locator("[name=password]").fill(password)
    visitor.page.locator("form button").first.click()
    visitor.idle()
    assert "sp_session" in visitor.cookies()
