"""Booking and chat on the marketplace's pages, in a real browser: nothing before a click, analysis only after its own yes."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Frame

from tests.promises.browsing import Scene, Visitor
from tests.promises.scenario import at
from tests.promises.xometry.conftest import START
from zusage.deployments.standins import Misbehaviour
from zusage_client.consent import ends

pytestmark = pytest.mark.browser
DATA = "optimizely_data$$"
CALENDAR = ("_calendly_session", "OptanonConsent", "OptanonAlertBoxClosed")
EXPERIMENTS = (
    "optimizelyEndUserId",
    *(
        f"{DATA}{name}"
        for name in (
            "pending_events", "layer_states", "variation_map", "visitor_profile", "tracker_optimizely", "session_state", "event_queue",
        )
    ),
)  # fmt: skip
TOLERANCE = timedelta(seconds=30)


def calendar(visitor: Visitor) -> Frame:
    """The frame of the calendar."""
    (frame,) = [frame for frame in visitor.page.frames if "calendly.com" in frame.url]
    return frame


def books(visitor: Visitor) -> bool:
    """Chooses a slot and books; whether the calendar took it."""
    frame = calendar(visitor)
    frame.locator("#slot").press("Enter")
    frame.locator("#book").press("Enter")
    frame.locator("body[data-booked=yes]").wait_for()
    visitor.idle()
    return "/booked.gif" in {hit.path for hit in visitor.reached("calendly")}


def own(visitor: Visitor) -> set[str]:
    """Which of the eleven items there are."""
    return visitor.names() & {*CALENDAR, *EXPERIMENTS}


def kept(visitor: Visitor, name: str) -> Any:
    """The content of one of the experiment's items."""
    return json.loads(visitor.storage()[DATA + name])


def variant(visitor: Visitor) -> str:
    """Which variant the page shows."""
    return visitor.page.locator("#slogan").get_attribute("data-variant") or "default"


def to_optimizely(visitor: Visitor) -> list[str]:
    """The requests that this browser made or tried to the experiments' provider."""
    return [one.host for one in visitor.asked() if "optimizely" in one.host]


def in_time(visitor: Visitor, name: str, keep: str, set_at: datetime) -> bool:
    """Whether a cookie ends in time: by the clock of who set it, counted from now by the browser's."""
    cookie, limit = visitor.cookies()[name], ends(keep, set_at)
    assert cookie.left is not None
    assert limit is not None
    return cookie.left <= limit - set_at + TOLERANCE


@pytest.mark.promise("xometry-190", "xometry-215")
def test_each_item_waits_for_its_own_act(site: Scene, someone: Visitor) -> None:
    someone.visit("/kontakt").reject()
    assert own(someone) == set()
    assert someone.services() == set()
    someone.activate("termin")
    assert own(someone) == {"_calendly_session"}
    assert books(someone)
    assert own(someone) == {"_calendly_session"}, "no analysis without its consent"
    classes = {item.name: item.purpose for item in site.zusage.policy().items}
    assert {name: classes[name] for name in CALENDAR} == dict.fromkeys(CALENDAR, "booking")
    assert {name: classes[name] for name in EXPERIMENTS} == dict.fromkeys(EXPERIMENTS, "booking-analysis")
    someone.choose("booking-analysis")
    someone.visit("/termin")
    assert own(someone) >= set(EXPERIMENTS)
    # what has no class waits for ever
    someone.page.evaluate("document.cookie = 'unclassified=1; path=/'")
    assert "unclassified" not in someone.names()
    assert site.reports("unclassified cookie undeclared")


@pytest.mark.promise("xometry-191", "xometry-211")
def test_the_calendar_cookie_lives_three_weeks(site: Scene, someone: Visitor) -> None:
    someone.visit("/kontakt").accept_all()
    calendar(someone).locator("#refuse").press("Enter")
    someone.idle()
    cookie = someone.cookies()["_calendly_session"]
    assert re.fullmatch("[0-9a-f]{16}", cookie.value), "no address, no name"
    assert in_time(someone, "_calendly_session", "P21D", at(START))
    assert in_time(someone, "OptanonConsent", "P6M", datetime.now(UTC))
    assert "_calendly_session" not in someone.later(days=21, minutes=2).cookies()
    other = site.visitor().visit("/").accept_all().visit("/preise")
    assert "_calendly_session" not in other.names(), "only who uses the calendar"
    assert not overlong(site, "P21D")
    assert overlong(site, "P1Y") == ["accept/cookie/_calendly_session"], "a longer one is named"


def overlong(site: Scene, keep: str) -> list[str]:
    """The cookies that the scan names where the calendar wants `keep`."""
    site.stand_ins.wrong = Misbehaviour(lifetimes={"_calendly_session": keep})
    # the calendar lies in a frame: on a busy machine it comes late
    found = site.scan("--state", "accept", "--page", "/termin", "--settle", "4")
    return [one["place"]["key"] for one in found.json["findings"] if one["code"] == "site/longer-lifetime"]


@pytest.mark.promise("xometry-192")
def test_the_choice_in_the_calendars_banner_is_its_own(site: Scene, someone: Visitor) -> None:
    someone.visit("/termin").choose("booking")
    before = someone.cookies()["zusage"].value
    assert not {"OptanonConsent", "OptanonAlertBoxClosed"} & own(someone)
    calendar(someone).locator("#refuse").press("Enter")
    someone.idle()
    for name in ("OptanonConsent", "OptanonAlertBoxClosed"):
        assert someone.cookies()[name].domain == "calendly.com"
        assert in_time(someone, name, "P6M", datetime.now(UTC))
    assert not set(EXPERIMENTS) & own(someone)
    assert someone.cookies()["zusage"].value == before
    gone = someone.later(days=185).cookies()
    assert not {"OptanonConsent", "OptanonAlertBoxClosed"} & gone.keys()


@pytest.mark.promise("xometry-193")
def test_a_booking_needs_no_analysis(site: Scene, someone: Visitor) -> None:
    someone.visit("/termin").choose("booking")
    assert books(someone)
    assert "optimizelyEndUserId" not in someone.names()
    assert to_optimizely(someone) == []
    someone.choose("booking", "booking-analysis").visit("/termin")
    cookie = someone.cookies()["optimizelyEndUserId"]
    assert re.fullmatch("[0-9a-f]{16}", cookie.value)
    assert in_time(someone, "optimizelyEndUserId", "P6M", datetime.now(UTC))


@pytest.mark.promise("xometry-194")
def test_waiting_events_are_thrown_away_on_withdrawal(site: Scene, someone: Visitor) -> None:
    someone.visit("/termin").choose("booking-analysis").visit("/termin")
    wait = "() => ['first', 'second'].forEach(one => standins.optimizely.wait(one))"
    someone.page.evaluate(wait)
    assert kept(someone, "pending_events") == ["first", "second"]
    someone.forget().visit("/termin/ablauf")
    assert {"first", "second"} <= {hit.query.get("e") for hit in someone.reached("optimizely")}, (
        "with consent they go out"
    )
    someone.page.evaluate(wait)
    site.at("2022-07-01T10:01")
    someone.withdraw().forget()
    site.at("2022-07-01T10:02")
    someone.visit("/termin/vorbereitung")
    assert to_optimizely(someone) == []
    assert someone.storage().get(f"{DATA}pending_events", "[]") == "[]"


@pytest.mark.promise("xometry-195", "xometry-197")
def test_a_variant_stays_as_long_as_consent(site: Scene, someone: Visitor) -> None:
    someone.visit("/termin").reject()
    for path in ("/termin", "/termin/ablauf"):
        assert variant(someone.visit(path)) == "default"
    assert not {f"{DATA}layer_states", f"{DATA}variation_map"} & someone.names()
    other = site.visitor().visit("/termin").choose("booking-analysis").visit("/termin")
    assert variant(other) == "B"
    assert kept(other, "variation_map") == {"slogan": "B"}
    assert kept(other, "layer_states") == {"slogan": "B"}, "the variant and nothing else"
    site.at("2022-07-01T10:01")
    assert variant(other.visit("/termin/ablauf")) == "B"
    assert variant(other.later(days=3).visit("/termin")) == "B", "the same at the next visit"
    site.at("2022-07-01T10:02")
    other.withdraw()
    assert variant(other.visit("/termin/vorbereitung")) == "default"
    assert f"{DATA}variation_map" not in other.names()


@pytest.mark.promise("xometry-196")
def test_a_profile_of_origin_only_after_consent(site: Scene, someone: Visitor) -> None:
    arrival = "/termin?utm_campaign=summer&utm_source=mail"
    someone.visit(arrival).reject()
    someone.visit(arrival)
    assert f"{DATA}visitor_profile" not in someone.names()
    other = site.visitor().visit(arrival).choose("booking-analysis").visit(arrival)
    profile = kept(other, "visitor_profile")
    assert profile.keys() == {"campaign", "source", "referrer"}
    assert (profile["campaign"], profile["source"]) == ("summer", "mail")
    other.withdraw()
    assert f"{DATA}visitor_profile" not in other.names()


@pytest.mark.promise("xometry-198")
def test_a_bundle_is_not_sent_after_withdrawal(site: Scene, someone: Visitor) -> None:
    someone.visit("/termin").reject()
    assert f"{DATA}tracker_optimizely" not in someone.names()
    other = site.visitor().visit("/termin").choose("booking-analysis").visit("/termin")
    bundle = "() => [1, 2, 3, 4, 5].forEach(one => standins.optimizely.send('event-' + one))"
    other.page.evaluate(bundle)
    other.page.evaluate("() => standins.optimizely.flush()")
    other.idle()
    assert "event-5" in {hit.query.get("e") for hit in other.reached("optimizely")}, (
        "with consent the bundle goes out"
    )
    other.page.evaluate(bundle)
    assert len(kept(other, "tracker_optimizely")) == 5
    site.at("2022-07-01T10:01")
    other.withdraw().forget()
    site.at("2022-07-01T10:02")
    other.page.evaluate("() => window.standins && standins.optimizely && standins.optimizely.flush()")
    other.idle()
    assert to_optimizely(other) == []
    assert f"{DATA}tracker_optimizely" not in other.names()


@pytest.mark.promise("xometry-199")
def test_a_session_of_analysis_only_after_consent(site: Scene, someone: Visitor) -> None:
    someone.visit("/termin").choose("booking")
    assert books(someone)
    assert f"{DATA}session_state" not in someone.names()
    someone.choose("booking", "booking-analysis").visit("/termin")
    session = kept(someone, "session_state")
    assert session.keys() == {"id", "at"}
    assert re.fullmatch("[0-9a-f]{16}", session["id"])
    assert isinstance(session["at"], int)
    someone.withdraw()
    assert f"{DATA}session_state" not in someone.names()


def steps(site: Scene) -> list[tuple[str, str]]:
    """(pseudonym, step) of every stored step of a booking."""
    query = (
        "SELECT pseudonym, visitor_event.name FROM visitor_event JOIN visitor ON visitor.id = visitor_id"
        " WHERE service = 'booking' ORDER BY visitor_event.id"
    )
    with site.scenario.writing("web") as connection:
        return [(str(one), str(name)) for one, name in connection.exec_driver_sql(query)]


@pytest.mark.promise("xometry-200")
def test_waiting_events_lie_only_in_declared_items(site: Scene, someone: Visitor) -> None:
    someone.visit("/termin").reject()
    queues = {f"{DATA}event_queue", f"{DATA}events"}
    assert not queues & someone.names()
    other = site.visitor().visit("/termin").choose("booking-analysis").visit("/termin")
    assert queues <= other.names()
    assert not [one for one in site.reported() if f"{DATA}event" in one], "both are listed"
    other.withdraw()
    assert not queues & other.names()


@pytest.mark.promise("xometry-205")
def test_steps_of_a_booking_are_kept_only_with_consent(site: Scene, someone: Visitor) -> None:
    before = len(steps(site))
    someone.visit("/termin").choose("booking")
    assert books(someone)
    assert len(steps(site)) == before
    site.at("2022-07-01T10:01")
    someone.visit("/preise").choose("booking", "booking-analysis").visit("/termin")
    assert books(someone)
    mine = steps(site)[before:]
    assert [name for _, name in mine] == ["opened", "chose-slot", "booked"]
    pseudonyms = {pseudonym for pseudonym, _ in mine}
    assert len(pseudonyms) == 1
    assert re.fullmatch("[0-9a-f]{32}", pseudonyms.pop())
    assert someone.cookies()["zusage"].value.rpartition(".")[2] not in {one for one, _ in mine}, (
        "an id of its own"
    )
    site.at("2022-07-01T10:02")
    someone.visit("/preise").choose("booking").visit("/termin")
    assert books(someone)
    assert len(steps(site)) == before + 3


@pytest.mark.promise("xometry-213")
def test_chat_and_calendar_are_placeholders_before_a_click(site: Scene, someone: Visitor) -> None:
    someone.visit("/kontakt")
    for choice in ("none", "reject"):
        if choice == "reject":
            someone.reject()
        for content in ("termin", "chat"):
            assert someone.page.locator(f"figure[data-content={content}]").is_visible()
        assert len(someone.page.frames) == 1
        assert not [one.host for one in someone.asked() if "calendly" in one.host or "userlike" in one.host]
        assert someone.page.locator("a[href^='mailto:']").is_visible(), "e-mail needs no consent"
    someone.activate("termin")
    assert calendar(someone).url.startswith("https://calendly.com/")
    assert someone.services() == {"calendly"}, "the chat still waits"
    # by keyboard, see `Visitor.settings`
    someone.page.locator("figure[data-content=chat] [data-zs=once]").press("Enter")
    someone.idle()
    assert "chat" in someone.services()
