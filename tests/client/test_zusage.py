"""The client object: what it keeps, what it never keeps, and what it says while nobody answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx2
import pytest
from fastapi.testclient import TestClient

from tests.client.conftest import KEY
from zusage_client import Refused, ServiceUnreachable, Zusage
from zusage_client.passing import Call, is_passed, network_of, sent_headers
from zusage_client.tokens import make_token, read_token

ADA = ("email", "ada@mail.example")
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Service:
    """A transport that notes what it is asked; `down` says whether it answers."""

    def __init__(self, transport: httpx2.BaseTransport) -> None:
        self.transport = httpx2.MockTransport(self.answer)
        self._behind = transport
        self.down = False
        self.seen: list[httpx2.Request] = []

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        """One request."""
        self.seen.append(request)
        if self.down:
            raise httpx2.ConnectError("refused", request=request)
        return self._behind.handle_request(request)


@pytest.fixture
def behind(service: TestClient) -> Service:
    """The service, watched."""
    return Service(service._transport)


def test_the_policy_is_asked_for_once_then_only_whether_it_is_still_the_one(behind: Service) -> None:
    with Zusage("http://zusage.internal", KEY, behind.transport) as calm:
        assert calm.policy() is calm.policy()
        assert len(behind.seen) == 1
    with Zusage("http://zusage.internal", KEY, behind.transport, refresh=timedelta()) as eager:
        first = eager.published()
        assert eager.published() is first, "nothing changed: 304"
        assert behind.seen[-1].headers["if-none-match"] == f'"{first.version}"' if first else False


def test_the_last_known_policy_serves_while_the_service_is_away(behind: Service) -> None:
    with Zusage("http://zusage.internal", KEY, behind.transport, refresh=timedelta()) as zusage:
        known = zusage.published()
        behind.down = True
        assert zusage.published() is known
        asked = len(behind.seen)
        assert zusage.published() is known
        assert len(behind.seen) == asked, "a service that is away is not asked with every page"


def test_a_decision_without_an_answer_is_a_no(behind: Service) -> None:
    behind.down = True
    with Zusage("http://zusage.internal", KEY, behind.transport) as zusage:
        said = zusage.may("sell", ADA)
        assert (said.allowed, said.code) == (False, "unreachable")
        assert not said
        assert not zusage.may_pass("zaehlwerk", "shop")
        with pytest.raises(ServiceUnreachable):
            zusage.policy()
        with pytest.raises(ServiceUnreachable):
            zusage.consent(ADA, {"newsletter": True})


def test_a_wrong_key_is_no_silent_no(service: TestClient) -> None:
    with (
        Zusage("http://zusage.internal", "other", service._transport) as zusage,
        pytest.raises(Refused, match="token") as refused,
    ):
        zusage.may("sell", ADA)
    assert refused.value.status == 401


def test_no_visitor_s_cookie_stays_with_the_client(behind: Service) -> None:
    """Many visitors share one client: a cookie of one must never go out with the request of another."""
    with Zusage("http://zusage.internal", KEY, behind.transport) as zusage:
        headers = {"origin": "https://shop.example", "content-type": "application/x-www-form-urlencoded"}
        said = zusage.pass_on(Call("POST", "/settings", "https://shop.example", headers, b"a=accept"))
        assert any(name == "set-cookie" for name, _ in said.headers)
        zusage.pass_on(Call("GET", "/settings", "https://shop.example", {}))
        assert "cookie" not in behind.seen[-1].headers


def test_only_what_the_service_needs_is_passed_on(behind: Service) -> None:
    with Zusage("http://zusage.internal", KEY, behind.transport) as zusage:
        headers = {
            "Cookie": "sid=secret; zusage=1.k.20260301....; zusage-once=film; other=1", "Authorization": "Basic c2VjcmV0",
            "X-Forwarded-For": "192.0.2.77", "Referer": "https://shop.example/ada", "Sec-GPC": "1", "Accept-Language": "de",
        }  # fmt: skip
        zusage.pass_on(
            Call("GET", "/settings", "https://shop.example", headers, network=network_of("192.0.2.77"))
        )
    sent = behind.seen[-1].headers
    assert sent["cookie"] == "zusage=1.k.20260301....; zusage-once=film"
    assert sent["sec-gpc"] == "1"
    wire = json.dumps(sent.multi_items())
    for secret in ("secret", "c2VjcmV0", "192.0.2.77", "/ada", "other"):
        assert secret not in wire
    vouched = read_token(KEY, sent["zusage-forwarded"], datetime.now(UTC))
    assert vouched is not None
    assert (vouched["origin"], vouched["network"]) == ("https://shop.example", "192.0.2")


def test_files_with_their_hash_in_the_name_are_fetched_once(behind: Service) -> None:
    with Zusage("http://zusage.internal", KEY, behind.transport) as zusage:
        published = zusage.published()
        assert published is not None
        path = published.plain["later"].partition('src="')[2].partition('"')[0]
        first = zusage.pass_on(Call("GET", path, "https://shop.example", {}))
        asked = len(behind.seen)
        assert zusage.pass_on(Call("GET", path, "https://shop.example", {})) == first
        assert len(behind.seen) == asked


@pytest.mark.parametrize(
    ("path", "passed"),
    [
        ("/zusage.js", True), ("/zusage-de.0a1b2c.html", True), ("/settings", True), ("/unsubscribe/x", True),
        ("/confirm/x", True), ("/api/v1/consents", True), ("/api/v1/slips", True), ("/settings/profile", False),
        ("/api/v1/decisions", False), ("/api/v1/subjects/consents", False), ("/console", False), ("/zusages", False),
        ("/confirm", False), ("/", False), ("/rights", True), ("/rights/x", True), ("/rightsholders", False),
    ],
)  # fmt: skip
def test_which_paths_are_the_service_s(path: str, passed: bool) -> None:
    assert is_passed(path, ("/rights",)) is passed


def test_headers_are_chosen_whatever_their_case() -> None:
    assert sent_headers({"DNT": "1", "COOKIE": "lang=de; sid=1"}, "zusage") == {
        "dnt": "1",
        "cookie": "lang=de",
    }


@pytest.mark.parametrize(
    "change",
    [
        lambda token: token + "0", lambda token: "A" + token, lambda token: token.partition(".")[0],
        lambda token: "." + token.partition(".")[2], lambda token: token.replace(".", ".é"), lambda _: "",
    ],
)  # fmt: skip
def test_a_changed_token_says_nothing(change: Callable[[str], str]) -> None:
    token = make_token(KEY, {"application": True}, NOW)
    assert read_token(KEY, token, NOW) == {"application": True, "exp": int(NOW.timestamp()) + 300}
    assert read_token(KEY, change(token), NOW) is None


def test_a_token_is_good_for_minutes() -> None:
    token = make_token(KEY, {"application": True}, NOW)
    assert read_token(KEY, token, NOW + timedelta(minutes=4)) is not None
    assert read_token(KEY, token, NOW + timedelta(minutes=6)) is None
    assert read_token(KEY, token, NOW - timedelta(hours=1)) is None, "one that is good for longer is none"
