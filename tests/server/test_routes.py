"""Every route of the server and who may use it: anybody, the holder of a link, a user, the application, staff.

A route that is added and not written down here fails the first test; `test_roles.py` does the same for the console's roles.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi.testclient import TestClient

from tests.keepers.rights.conftest import Shop
from tests.server.test_api import _headers
from zusage.server import console

#: pages that say the same to everybody
ANYBODY = {
    "/", "/notice", "/notice/versions", "/notice/changes", "/cookies", "/transfers", "/processors", "/measures", "/rights",
    "/settings", "/settings/receipt", "/health", "/metrics", "/api/v1/openapi.json", "/api/v1/browser-policy",
    "/zusage{rest}",
}  # fmt: skip
#: what a visitor's browser sends, from our own pages only
VISITOR = {"/rights", "/settings", "/api/v1/consents", "/zusage-over"}
#: the link itself is the key: a forged one opens nothing
LINK = {
    ("GET", "/rights/{token}"), ("GET", "/rights/confirm/{token}"), ("POST", "/rights/confirm/{token}"),
    ("GET", "/rights/download/{token}"), ("GET", "/rights/receipt/{token}"), ("POST", "/rights/receipt/{token}"),
    ("GET", "/confirm/{token}"), ("POST", "/confirm/{token}"), ("GET", "/unsubscribe/{token}"),
    ("POST", "/unsubscribe/{token}"), ("GET", "/partners/{customer}/{key}"),
    ("GET", "/partners/{customer}/{key}/{document}/{day}"),
}  # fmt: skip
#: pages with a button, the same for every link: opening one does and tells nothing
BUTTONS = {"/rights/confirm/{token}", "/confirm/{token}", "/unsubscribe/{token}", "/rights/receipt/{token}"}
#: a user of the application, by the token that it signs
USER = {
    ("GET", "/api/v1/account/data"), ("POST", "/api/v1/account/requests"), ("GET", "/api/v1/account/requests/{token}"),
    ("GET", "/api/v1/account/consents"),
}  # fmt: skip
#: the application itself
APPLICATION = {
    ("POST", "/api/v1/informations"), ("POST", "/api/v1/decisions"), ("POST", "/api/v1/slips"),
    ("POST", "/api/v1/subjects/consents"), ("POST", "/api/v1/disclosures"), ("POST", "/api/v1/operations"),
    ("POST", "/api/v1/mailings"), ("POST", "/api/v1/subscriptions"), ("GET", "/api/v1/subscriptions/{id}"),
    ("POST", "/api/v1/consent-requests"), ("GET", "/api/v1/consent-requests/{id}"),
    ("POST", "/api/v1/consent-requests/{id}/use"),
}  # fmt: skip
#: files of pages
FILES = {"/static", "/zusage-pages"}
FORGED = "forged-" + "x" * 25


def _routes(routes: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    for route in routes:
        room = getattr(route, "original_router", None)
        if room is not None:
            yield from _routes(room.routes)
        elif getattr(route, "methods", None):
            yield from ((method, route.path) for method in route.methods if method != "HEAD")
        else:
            assert route.path in FILES, f"what is {route.path}?"


def test_no_route_is_forgotten(web: TestClient) -> None:
    public = {("GET", path) for path in ANYBODY} | {("POST", path) for path in VISITOR}
    found = set(_routes([one for one in web.app.routes if not _is_console(one)]))  # type: ignore[attr-defined]
    assert found == public | LINK | USER | APPLICATION


def _is_console(route: Any) -> bool:
    return getattr(route, "original_router", None) is console.router


def _filled(path: str) -> str:
    for name in ("token", "id", "key"):
        path = path.replace(f"{{{name}}}", FORGED)
    return (
        path.replace("{customer}", "alpha").replace("{document}", "contract").replace("{day}", "2026-01-01")
    )


def test_nobody_passes_without_what_a_route_asks_for(shop: Shop, web: TestClient) -> None:
    headers, told = _headers(), []
    for method, path in sorted(USER | APPLICATION):
        other = "application" if (method, path) in USER else "user"
        for sent in ({}, headers[other], {"authorization": f"Bearer {FORGED}"}):
            said = web.request(method, _filled(path), headers=sent, json=None if method == "GET" else {})
            told.append(said.status_code)
            assert said.status_code in (401, 403, 422), (method, path, sent, said.status_code)
    assert told.count(401) > told.count(422)
    for method, path in sorted(LINK):
        said = web.request(method, _filled(path))
        allowed = method == "GET" and path in BUTTONS
        assert said.status_code in (400, 403, 404, 410) or (allowed and said.status_code == 200), (
            method,
            path,
        )
    for path in sorted(VISITOR):
        said = web.post(
            path, headers={"sec-fetch-site": "cross-site", "origin": "https://evil.example"}, data={}
        )
        assert said.status_code in (403, 422), (path, said.status_code)
    for path in sorted(ANYBODY - {"/zusage{rest}", "/settings/receipt"}):
        assert web.get(path).status_code < 400, path
    assert web.get("/settings/receipt").status_code == 404, "who chose nothing has no receipt"
    assert (shop.count("customer"), shop.count("newsletter")) == (2, 2)
