"""Observation against declaration, without a browser."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from zusage.errors import ZusageError
from zusage.keepers.consent.scan import (
    Call,
    DeclaredSite,
    Observation,
    Request,
    State,
    Stored,
    compare,
    read_wec,
)
from zusage_client.consent import BrowserPolicy, DeclaredItem, DeclaredPurpose, DeclaredService

NOW = datetime(2022, 7, 1, 10, tzinfo=UTC)
PAGE = "https://shop.example/"
SITE = DeclaredSite(
    BrowserPolicy(
        (DeclaredPurpose("statistics", "aaaaaa"),),
        (
            DeclaredItem("visit", "visit", "cookie", "P6M", "statistics"),
            DeclaredItem("ga", "_ga", "cookie", "P2Y", "statistics", provider="count"),
            DeclaredItem("login", "session", "cookie", "session"),
            DeclaredItem("look", "canvas", "fingerprint", "session", "statistics"),
        ),
        (
            DeclaredService(
                "count", "script", ("stats.example", "*.count.example"), "statistics", provider="count"
            ),
            DeclaredService("pay", "script", ("pay.example",)),
        ),
    ),
    frozenset({"shop.example"}),
    {"count": "Zählwerk GmbH"},
    {"count": ("DE",)},
    asks=False,
)


def _codes(state: State, *parts: Stored | Request | Call, missed: str = "") -> list[str]:
    seen = Observation(
        state,
        (PAGE,),
        tuple(part for part in parts if isinstance(part, Stored)),
        tuple(part for part in parts if isinstance(part, Request)),
        tuple(part for part in parts if isinstance(part, Call)),
        missed=missed,
    )
    return sorted(f.code for f in compare([seen], SITE, NOW) if f.severity != "note")


def _cookie(name: str, days: float | None = None) -> Stored:
    return Stored("cookie", name, "shop.example", NOW + timedelta(days=days) if days else None, NOW)


def _request(host: str) -> Request:
    return Request(host, f"https://{host}/x", "script", PAGE)


@pytest.mark.parametrize("state", ["before", "reject"])
def test_only_the_necessary_may_be_there_without_consent(state: State) -> None:
    assert _codes(state, _cookie("session"), _request("pay.example"), _request("cdn.shop.example")) == []
    assert _codes(state, _cookie("visit")) == ["site/without-consent"]
    assert _codes(state, _request("eu.count.example")) == ["site/without-consent"]


def test_with_consent_the_declared_is_fine_and_the_undeclared_is_not() -> None:
    assert _codes("accept", _cookie("visit", 184), _request("stats.example")) == []
    assert _codes("accept", _cookie("rogue"), _request("rogue.example")) == [
        "site/undeclared-host",
        "site/undeclared-item",
    ]
    assert _codes("accept", _cookie("visit"), missed="no-accept") == ["site/without-consent"]


def test_after_a_withdrawal_nothing_is_left() -> None:
    assert (
        _codes("withdraw", _cookie("visit"), _request("stats.example")) == ["site/left-after-withdrawal"] * 2
    )
    assert _codes("withdraw", _cookie("session")) == []


@pytest.mark.parametrize(("days", "codes"), [(184, []), (186, ["site/longer-lifetime"]), (None, [])])
def test_lifetimes_are_compared_on_the_calendar(days: float | None, codes: list[str]) -> None:
    assert _codes("accept", _cookie("visit", days)) == codes


def test_a_session_cookie_must_end_with_the_session() -> None:
    assert _codes("accept", _cookie("session", 1)) == ["site/longer-lifetime"]


def test_a_well_known_cookie_of_somebody_else_is_named() -> None:
    assert _codes("accept", _cookie("_ga", 700)) == ["site/wrong-provider"]


def test_recognition_of_devices_waits_for_consent() -> None:
    call, other = Call("canvas", "https://stats.example/a.js", PAGE), Call("audio", "", PAGE)
    assert _codes("before", call) == ["site/device-recognition"]
    assert _codes("accept", call) == []
    assert _codes("accept", other) == ["site/device-recognition"]


def test_findings_speak_both_languages_and_name_their_rule() -> None:
    seen = Observation("before", (PAGE,), (_cookie("rogue"),), (_request("rogue.example"),))
    for finding in compare([seen], SITE, NOW):
        if finding.severity != "note":
            assert finding.message.has("de")
            assert finding.message.has("en")
            assert finding.rule is not None


def test_inspections_of_the_evidence_collector_are_read(tmp_path: Path) -> None:
    inspection = {
        "uri_ins": PAGE,
        "start_time": "2022-07-01T10:00:00Z",
        "end_time": "2022-07-01T10:00:08Z",
        "browsing_history": [PAGE, PAGE + "unten"],
        "cookies": [
            {"name": "visit", "domain": ".shop.example", "expiresDays": 400, "session": False, "httpOnly": False,
             "secure": True, "log": {"stack": [{"fileName": "https://stats.example/a.js"}]}},
            {"name": "session", "domain": "shop.example", "session": True, "httpOnly": True, "secure": True},
        ],
        "localStorage": {"https://shop.example": {"kept": {"value": "1"}}},
        "beacons": [{"url": "https://beacon.example/b?id=1"}],
        "hosts": {"requests": {"firstParty": ["shop.example"], "thirdParty": ["stats.example"]}},
    }  # fmt: skip
    path = tmp_path / "inspection.json"
    path.write_text(json.dumps(inspection))
    seen = read_wec(path)
    codes = {(f.code, f.place.key) for f in compare([seen], SITE, NOW) if f.severity != "note"}
    assert codes == {
        ("site/without-consent", "before/cookie/visit"),
        ("site/longer-lifetime", "before/cookie/visit"),
        ("site/undeclared-item", "before/local-storage/kept"),
        ("site/without-consent", "before/local-storage/kept"),
        ("site/undeclared-host", "before/request/beacon.example"),
        ("site/without-consent", "before/request/beacon.example"),
        ("site/without-consent", "before/request/stats.example"),
    }
    assert seen.seconds == 8


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"uri_ins": "x"}'])
def test_anything_else_is_refused_with_its_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "inspection.json"
    path.write_text(text)
    with pytest.raises(ZusageError, match=r"inspection\.json"):
        read_wec(path)
