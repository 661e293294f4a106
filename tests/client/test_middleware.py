"""One table of cases for every framework: what leaves the site, what the page holds, what is passed to the service."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx2
import pytest
from fastapi.testclient import TestClient

from tests.client.conftest import KEY
from tests.client.hosts import Ask, Said
from zusage.registers.slips import slips
from zusage.workspace import Workspace
from zusage_client import Zusage
from zusage_client.consent import BrowserPolicy, Choice
from zusage_client.visits import Treatment

Host = Callable[..., Ask]
NONCE = re.compile("'nonce-([^']+)'")


def choice(policy: BrowserPolicy, *agreed: str, browser: str = "ab" * 16) -> str:
    """A cookie header of somebody who chose."""
    digests = policy.digests
    made = Choice(
        {one: digests[one] for one in agreed},
        {one: digest for one, digest in digests.items() if one not in agreed},
        {}, browser if agreed else "", datetime(2026, 11, 1, tzinfo=UTC).date(),
    )  # fmt: skip
    return f"{policy.cookie}={made.format()}"


def asks(said: Said) -> bool:
    """Whether the page holds the first layer."""
    return 'id="zs"' in said.text


#: path, agreed purposes (None: no choice), further headers → cookies that leave, whether the banner is there
CASES = {
    "a first visit": ("/", None, {}, {"sid"}, True),
    "a first visit in English": ("/en", None, {}, {"sid"}, True),
    "a streamed page": ("/stream", None, {}, set(), True),
    "a refusal": ("/", (), {}, {"sid"}, False),
    "a consent to advertising": ("/", ("marketing",), {}, {"sid", "_aw"}, False),
    "a consent to something else": ("/", ("statistics",), {}, {"sid"}, False),
    "global privacy control": ("/", None, {"sec_gpc": "1"}, {"sid"}, False),
    "do not track": ("/", None, {"dnt": "1"}, {"sid"}, False),
    "a consent above the signal": ("/", ("marketing",), {"sec_gpc": "1"}, {"sid", "_aw"}, False),
    "data are no page": ("/data", None, {}, {"sid"}, False),
}


@pytest.mark.parametrize("name", CASES)
def test_what_leaves_and_what_is_shown(host: Host, zusage: Zusage, name: str) -> None:
    path, agreed, headers, cookies, banner = CASES[name]
    sent = {} if agreed is None else {"cookie": choice(zusage.policy(), *agreed)}
    said = host(zusage)(path, **headers, **sent)
    assert said.status == 200
    assert set(said.cookies) == cookies
    assert asks(said) is banner
    if path == "/data":
        assert json.loads(said.body) == {"allowed": False}
        assert not said.header("content-security-policy")


def test_the_page_stands_under_the_policy_of_its_visitor(host: Host, zusage: Zusage) -> None:
    ask = host(zusage)
    before, after = ask("/"), ask("/", cookie=choice(zusage.policy(), "statistics"))
    assert "stats.example" not in before.header("content-security-policy")
    assert "stats.example" in after.header("content-security-policy")
    assert "video.example" not in after.header("content-security-policy")
    nonces = [NONCE.findall(one.header("content-security-policy"))[0] for one in (before, after)]
    assert nonces[0] != nonces[1], "a nonce is fresh for each response"
    assert f'nonce="{nonces[0]}"' in before.text
    assert "no-cache" in before.header("cache-control")
    assert "Cookie" in before.header("vary")
    assert not before.header("etag"), "a page made for one visitor is not the page of another"


def test_a_lifetime_longer_than_declared_is_shortened(host: Host, zusage: Zusage) -> None:
    said = host(zusage)("/", cookie=choice(zusage.policy(), "marketing"))
    assert "Max-Age=2592000" in said.cookies["_aw"], "30 days are declared, a year was wanted"


def test_a_cookie_left_over_after_a_withdrawal_is_expired(host: Host, zusage: Zusage) -> None:
    said = host(zusage)("/data", cookie=f"{choice(zusage.policy())}; _zw_7=x; sid=s1")
    assert "Max-Age=0" in said.cookies["_zw_7"]


def test_the_way_back_is_on_every_page_once(host: Host, zusage: Zusage) -> None:
    ask = host(zusage)
    for path in ("/", "/en", "/film"):
        assert ask(path).text.count('data-zs="settings"') == (2 if asks(ask(path)) else 1), path
    own = ask("/en", cookie=choice(zusage.policy()))
    assert '</main><a href="/settings" data-zs="settings">' in own.text, "where the page wants it"
    assert "Global Privacy Control" in ask("/", sec_gpc="1").text


def test_an_embed_waits_for_two_clicks(host: Host, zusage: Zusage) -> None:
    said = host(zusage)("/film", cookie=choice(zusage.policy()))
    assert 'data-zusage="film"' in said.text
    assert (
        '<template><iframe class="zs-frame" src="https://video.example/7?a=1&amp;b=2" title="Ein &#34;Film&#34;"'
        in (said.text.replace("&quot;", "&#34;"))
    )
    assert "<img" not in said.text, "no preview was given"
    assert "data-content" not in said.text
    assert '<a href="https://video.example/7" rel="noreferrer">' in said.text
    assert re.search(r'<link rel="stylesheet" href="/zusage-more\.[0-9a-f]+\.css">', said.text)


def test_the_banner_s_files_come_from_the_site_itself(host: Host, zusage: Zusage) -> None:
    ask = host(zusage)
    script = re.search(r'<script src="(/zusage[^"]+)"', ask("/").text)
    assert script
    said = ask(script[1])
    assert said.status == 200
    assert said.header("content-type").startswith("text/javascript")
    assert "immutable" in said.header("cache-control")
    assert ask("/zusage-nothing.js").status == 404
    assert "Laden" in ask("/zusages").text, "a path of the site's own"


def test_a_choice_is_recorded_through_the_site(
    host: Host, zusage: Zusage, service: TestClient, workspace: Workspace
) -> None:
    template = service.app.state.consents.spec.template_hash("de")  # type: ignore[attr-defined]
    event = {
        "v": 1, "id": "1" * 32, "template": template, "language": "de", "method": "selection", "services": {},
        "purposes": {"statistics": True, "marketing": False}, "signal": "", "browser": "c" * 32,
    }  # fmt: skip
    ask = host(zusage)
    body = json.dumps(event).encode()
    elsewhere = ask(
        "/api/v1/consents", "POST", body, origin="https://evil.example", sec_fetch_site="cross-site"
    )
    assert elsewhere.status == 403
    said = ask(
        "/api/v1/consents", "POST", body, origin="https://shop.example", sec_fetch_site="same-origin",
        content_type="application/json", cookie="sid=secret",
    )  # fmt: skip
    assert said.status == 204, said.text
    assert said.cookies["zusage"].endswith("Secure")
    assert zusage.may("statistics", browser="c" * 32)
    assert not zusage.may("marketing", browser="c" * 32)
    assert ask("/api/v1/consents", "POST", b"x" * 70_000, origin="https://shop.example").status == 413


def test_the_settings_work_without_script(host: Host, zusage: Zusage) -> None:
    ask = host(zusage)
    page = ask("/settings")
    assert page.status == 200
    assert '<form method="post" action="/settings">' in page.text
    style = re.search(r'href="(/zusage-pages/[^"]+)"', page.text)
    assert style
    assert ask(style[1]).status == 200, "the page's own style comes through the site, too"
    said = ask(
        "/settings", "POST", b"a=reject", origin="https://shop.example",
        content_type="application/x-www-form-urlencoded",
    )  # fmt: skip
    assert said.status == 303
    assert said.header("location") == "/settings?saved=1"
    kept = said.cookies["zusage"]
    assert not asks(ask("/", cookie=kept.partition(";")[0]))


def test_without_a_service_nothing_that_needs_a_yes_happens(host: Host) -> None:
    def dead(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("refused", request=request)

    with Zusage("http://zusage.internal", transport=httpx2.MockTransport(dead)) as unreachable:
        for zusage in (unreachable, None):
            said = host(zusage, treatment=Treatment(necessary=("sid",)))(
                "/", cookie="zusage=1.k.20260301.marketing~000000..."
            )
            assert said.status == 200
            assert "Laden" in said.text, "the page works"
            assert set(said.cookies) == {"sid"}
            assert "example" not in said.header("content-security-policy")
        assert host(unreachable)("/settings").status == 503


def test_undeclared_cookies_may_be_reported_only(host: Host, zusage: Zusage) -> None:
    heard: list[tuple[str, str]] = []
    treatment = Treatment(report_only=True, hears=lambda name, why: heard.append((name, why)))
    said = host(zusage, treatment=treatment)("/")
    assert set(said.cookies) == {"sid", "stranger"}
    assert ("stranger", "undeclared") in heard
    assert ("_aw", "no-consent") in heard


def test_paths_of_the_service_may_be_more(host: Host, zusage: Zusage) -> None:
    more = host(zusage, passed=("/notice",))
    assert "Datenschutz" in more("/notice").text
    assert more("/notice/versions").status == 200
    assert "Laden" in more("/notices").text
    own = host(zusage)
    assert "Laden" in own("/notice").text
    assert "Laden" in own("/settings/profile").text


def test_what_did_not_leave_is_counted_by_the_service(
    host: Host, service: TestClient, workspace: Workspace
) -> None:
    with Zusage("http://zusage.internal", KEY, service._transport, refresh=timedelta()) as zusage:
        ask = host(zusage)
        ask("/")
        ask("/")
    service.app.state.slips.flush()  # type: ignore[attr-defined]
    with workspace.state.connect() as connection:
        found = {(one.kind, one.name, one.why) for one in slips(connection)}
    assert found == {("cookie", "stranger", "undeclared"), ("cookie", "_aw", "without consent")}
