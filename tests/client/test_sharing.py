"""One choice on two domains of a controller: a real browser follows links between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Page
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from tests.client.conftest import KEY
from tests.client.hosts import HOSTS
from tests.keepers.consent.banner.declared import DECLARED
from tests.keepers.consent.banner.site import becomes, recorded
from tests.promises.staging import served
from tests.server.choices import choice
from tests.support.browser import browser, browser_context, browser_page, stored_cookies
from zusage.founding import create_workspace
from zusage.registers.consents import EVENTS
from zusage.server.app import create_app
from zusage.workspace import Workspace
from zusage_client import Zusage
from zusage_client.asgi import ConsentMiddleware
from zusage_client.consent import Choice
from zusage_client.visits import Treatment

__all__ = ["browser", "browser_context", "browser_page"]
_SHARED = "browser:\n  shared_domains: [one.localhost, two.localhost, shop.example]"


@dataclass
class Sites:
    """The same application under three names; the third is not declared as one of the controller's."""

    workspace: Workspace
    service: TestClient
    port: int

    def url(self, host: str, path: str = "/") -> str:
        """An address."""
        return f"http://{host}.localhost:{self.port}{path}"


@pytest.fixture
def sites(tmp_path: Path) -> Iterator[Sites]:
    """Both domains and a stranger."""
    made = create_workspace(tmp_path / "zusage", DECLARED.replace("browser:", _SHARED, 1))
    (made.folder / "app.secret").write_text(KEY)
    (made.folder / "parties.yaml").write_text('application: {secret: "file:app.secret"}\n')

    async def page(request: Request) -> HTMLResponse:
        port = request.url.port
        links = "".join(
            f'<a id="{host}" href="http://{host}.localhost:{port}/weiter?a=1#unten">{host}</a>'
            for host in ("one", "two", "three")
        )
        return HTMLResponse(
            f'<!doctype html><html lang="de"><head><title>Laden</title></head><body><main>{links}</main></body></html>'
        )

    app = Starlette(routes=[Route("/{rest:path}", page)])
    with (
        TestClient(create_app(made), base_url="http://zusage.internal") as service,
        Zusage("http://zusage.internal", KEY, service._transport) as zusage,
    ):
        app.add_middleware(ConsentMiddleware, zusage=zusage, treatment=Treatment(any_port=True))
        with served(app) as port:
            yield Sites(made, service, port)


def choices(page: Page) -> dict[str, Choice | None]:
    """Domain → the choice that lies there."""
    return {
        cookie["domain"].lstrip("."): Choice.parse(cookie["value"])
        for cookie in stored_cookies(page.context)
        if cookie["name"] == "zusage"
    }


def follow(page: Page, link: str) -> list[str]:
    """Follows a link; the addresses that were asked for on the way."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.click(f"main #{link}")
    page.wait_for_url(f"**//{link}.localhost**/weiter?a=1#unten")
    becomes(page, "document.readyState === 'complete'")
    return asked


@pytest.mark.browser
def test_a_choice_goes_along_with_a_link_and_so_does_its_withdrawal(sites: Sites, browser_page: Page) -> None:
    page = browser_page
    page.goto(sites.url("one"))
    assert follow(page, "two")[0].endswith("/weiter?a=1"), "nothing chosen: a link like any other"
    assert page.locator("#zs").count() == 1
    page.goto(sites.url("www.one"))
    page.click("#zs [data-zs=accept]")
    recorded(page)
    # the page is loaded anew once the choice is on record, and its scripts run before it is complete
    becomes(
        page,
        "performance.getEntriesByType('navigation')[0].type === 'reload' && document.readyState === 'complete'",
    )
    asked = follow(page, "two")
    assert page.locator("#zs").count() == 0, "not asked twice"
    found = choices(page)
    assert found["one.localhost"] == found["two.localhost"]
    agreed = found["two.localhost"]
    assert agreed is not None
    assert set(agreed.agreed) == {"statistics", "marketing"}
    assert not [address for address in asked if agreed.browser in address], "nothing of it in an address"
    assert page.evaluate("zusage.allowed('statistics')")

    page.click("[data-zs=withdraw]")
    becomes(page, "!localStorage.getItem('zusage-queue') && !zusage.now.id")
    # typed in, nothing is brought along: the record says that no agreement stands
    page.goto(sites.url("one"))
    assert not page.evaluate("zusage.allowed('statistics')")
    withdrawn = choices(page)["one.localhost"]
    assert withdrawn is not None
    assert (dict(withdrawn.agreed), withdrawn.browser) == ({}, "")
    assert page.locator("#zs").count() == 0
    with sites.workspace.state.connect() as connection:
        assert len(connection.execute(EVENTS.select()).all()) == 2, "handing over is no choice of its own"

    asked = follow(page, "three")
    assert "/zusage-over" not in str(asked), "a domain that nobody declared gets nothing"
    assert page.locator("#zs").count() == 1


def handed(
    sites: Sites, value: str, *, origin: str = "https://one.localhost", to: str = "/a"
) -> tuple[int, str, str]:
    """Status, where it leads and the cookie of a hand-over at the second domain."""
    sites.service.cookies.clear()
    answer = sites.service.post(
        "https://two.localhost/zusage-over",
        content=urlencode({"choice": value, "to": to}),
        headers={"origin": origin, "content-type": "application/x-www-form-urlencoded"},
        follow_redirects=False,
    )
    return answer.status_code, answer.headers.get("location", ""), answer.headers.get("set-cookie", "")


def test_nobody_else_hands_a_choice_over_and_none_is_made_up(sites: Sites) -> None:
    policy = sites.service.get("/api/v1/browser-policy").json()["policy"]
    digests = {one["id"]: one["digest"] for one in policy["purposes"]}
    refusal = f"1.k.20260301..{'_'.join(f'{id}~{digest}' for id, digest in digests.items())}.."
    made_up = f"1.k.20260301.{'_'.join(f'{id}~{digest}' for id, digest in digests.items())}...{'ab' * 16}"
    status, to, cookie = handed(sites, refusal)
    assert (status, to) == (303, "/a")
    assert cookie.startswith(f"zusage={refusal};")
    assert "Domain=two.localhost" in cookie
    assert "Secure" in cookie
    status, _, cookie = handed(sites, made_up)
    assert status == 303
    assert cookie.startswith(f"zusage={refusal};"), "an agreement that is not on record is none"
    for origin in ("https://evil.example", "http://one.localhost", "null", "https://evilone.localhost"):
        assert handed(sites, refusal, origin=origin) == (403, "", ""), origin
    assert handed(sites, refusal.replace(".k.", ".p."))[0] == 400
    assert handed(sites, "x" * 9000)[0] == 413
    assert handed(sites, refusal, to="//evil.example/")[1] == "/"


@pytest.mark.parametrize("framework", sorted(HOSTS))
def test_it_is_taken_behind_every_middleware(sites: Sites, framework: str) -> None:
    with Zusage("http://zusage.internal", KEY, sites.service._transport) as zusage:
        ask = HOSTS[framework](zusage)
        refusal = f"1.k.20260301..{'_'.join('~'.join(one) for one in zusage.policy().digests.items())}.."
        body = urlencode({"choice": refusal, "to": "/en"}).encode()
        form = {"content_type": "application/x-www-form-urlencoded", "content_length": str(len(body))}
        taken = ask("/zusage-over", "POST", body, origin="https://one.localhost", **form)
        assert (taken.status, taken.header("location")) == (303, "/en")
        assert taken.cookies["zusage"].startswith(f"zusage={refusal};")
        assert "Domain=shop.example" in taken.cookies["zusage"]
        refused = ask("/zusage-over", "POST", body, origin="https://evil.example", **form)
        assert (refused.status, refused.cookies) == (403, {})
        assert "two.localhost" in ask("/").header("content-security-policy").partition("form-action")[2]


@pytest.mark.parametrize("framework", sorted(HOSTS))
def test_what_was_withdrawn_on_one_domain_stands_on_no_other(sites: Sites, framework: str) -> None:
    with Zusage("http://zusage.internal", KEY, sites.service._transport) as zusage:
        ask = HOSTS[framework](zusage)
        made = choice(sites.workspace, purposes={"statistics": True, "marketing": True})
        digests = zusage.policy().digests
        kept = f"1.k.20260301.{'_'.join('~'.join(one) for one in digests.items())}...{made['browser']}"
        page = {"cookie": f"zusage={kept}; _aw=1", "accept": "text/html"}

        def allowed() -> tuple[bool, bool, str]:
            said = ask("/", **page)
            policy = said.header("content-security-policy")
            return (
                "stats.example" in policy,
                "_aw=1" in said.cookies.get("_aw", ""),
                said.cookies.get("zusage", ""),
            )

        own = {"origin": "https://one.localhost", "sec-fetch-site": "same-origin"}
        assert (
            sites.service.post("https://one.localhost/api/v1/consents", json=made, headers=own).status_code
            == 204
        )
        assert allowed() == (True, True, "")
        gone = made | {"id": "c" * 32, "purposes": {"statistics": False, "marketing": True}}
        assert (
            sites.service.post("https://one.localhost/api/v1/consents", json=gone, headers=own).status_code
            == 204
        )
        statistics, advertising, cookie = allowed()
        assert (statistics, advertising) == (False, True)
        left = Choice.parse(cookie.removeprefix("zusage=").partition(";")[0])
        assert left is not None
        assert (set(left.agreed), set(left.refused)) == ({"marketing"}, {"statistics"})
        assert "Domain=shop.example" in cookie
        none = made | {"id": "d" * 32, "purposes": {"statistics": False, "marketing": False}}
        assert (
            sites.service.post("https://one.localhost/api/v1/consents", json=none, headers=own).status_code
            == 204
        )
        statistics, advertising, cookie = allowed()
        assert (statistics, advertising) == (False, False)
        assert made["browser"] not in cookie
        assert ask("/data", **(page | {"accept": "application/json"})).cookies.get("zusage") is None, (
            "pages alone"
        )
