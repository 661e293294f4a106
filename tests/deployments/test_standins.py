"""Stand-ins are made from the declaration alone, set what is declared, and misbehave on request."""

from __future__ import annotations

import httpx2
import pytest

from zusage.declaration.loading import load
from zusage.deployments import NAMES, deployment
from zusage.deployments.standins import Misbehaviour, StandIns, standing_in
from zusage.deployments.standins.behaving import concrete, stand_ins


def _ask(site: StandIns, host: str, path: str, cookies: str = "") -> httpx2.Response:
    headers = {"host": host, "cookie": cookies} if cookies else {"host": host}
    return httpx2.get(f"http://127.0.0.1:{site.port}{path}", headers=headers)


@pytest.mark.parametrize("name", NAMES)
def test_every_item_of_somebody_else_is_set_by_one_service(name: str) -> None:
    declaration = load(deployment(name).folder)
    made = stand_ins(declaration)
    assert made.keys() == {id for id, one in declaration.browser.services.items() if one.hosts}
    taken = [item for one in made.values() for item in one.declared]
    assert len(taken) == len(set(taken))
    providers = {(one.recipient, one.consent) for one in declaration.browser.services.values() if one.hosts}
    for id, item in declaration.browser.items.items():
        assert (id in taken) is ((item.provider, item.consent) in providers), id


def test_a_provider_sets_its_cookies_once_and_only_at_its_own_host() -> None:
    with standing_in(load(deployment("marketplace").folder)) as site:
        first = _ask(site, "px.ads.linkedin.com", "/collect?e=page")
        cookies = {one.partition("=")[0]: one for one in first.headers.get_list("set-cookie")}
        assert {"bcookie", "li_gc", "lang", "lidc"} <= cookies.keys()
        assert "Domain=linkedin.com; Secure; SameSite=None; Max-Age=" in cookies["bcookie"]
        assert "Max-Age" not in cookies["lang"]
        assert "Max-Age=86400" in cookies["lidc"]
        sent = "; ".join(one.partition(";")[0] for one in cookies.values())
        assert not _ask(site, "px.ads.linkedin.com", "/collect", sent).headers.get_list("set-cookie")
        script = _ask(site, "snap.licdn.com", "/insight.js")
        assert not script.headers.get_list("set-cookie")
        assert "bcookie" not in script.text
        assert [(hit.host, hit.path, hit.service) for hit in site.hits] == [
            ("px.ads.linkedin.com", "/collect", "linkedin"),
            ("px.ads.linkedin.com", "/collect", "linkedin"),
            ("snap.licdn.com", "/insight.js", "linkedin"),
        ]
        assert site.hits[0].query == {"e": "page"}
        assert _ask(site, "nobody.example", "/x.js").headers["content-type"] == "image/gif"
        assert site.hits[-1].service == ""


def test_misbehaviour_is_what_was_asked_for() -> None:
    with standing_in(load(deployment("marketplace").folder)) as site:
        site.wrong = Misbehaviour(
            {"bcookie": "P2Y"}, {"lidc": "ada@example.org"}, {"tag-manager": [("cookie", "_clck")]}
        )
        cookies = " ".join(_ask(site, "px.ads.linkedin.com", "/collect").headers.get_list("set-cookie"))
        assert "lidc=ada@example.org" in cookies
        long = next(one for one in cookies.split("bcookie")[1:])
        assert int(long.split("Max-Age=")[1].split(" ")[0]) > 700 * 86_400
        assert '"_clck"' in _ask(site, "www.googletagmanager.com", "/gtag.js").text


def test_patterns_get_a_real_name() -> None:
    assert [concrete(name) for name in ("_ga", "prism_*", "Hm_lvt*")] == ["_ga", "prism_4711", "Hm_lvt_4711"]
