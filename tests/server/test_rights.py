"""Asking, confirming, downloading over HTTP; the account API; roles; the whole API against its own description."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from tests.keepers.rights.conftest import Shop
from tests.server.conftest import csrf_of
from zusage import clock
from zusage.ledger.leaves import ENTRIES
from zusage.registers.requests import Kind, requests
from zusage.server.accounts import Role
from zusage.server.rights import _requests
from zusage_client.account import sign

ADA = "ada@mail.example"


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    _requests._filled.clear()


def _link(shop: Shop, what: str) -> str:
    found = re.search(rf"/rights/{what}/[\w.\-]+", shop.letter(ADA, "Anfrage"))
    assert found
    return found.group(0)


def test_ask_confirm_download(shop: Shop, web: TestClient) -> None:
    asked = web.post("/rights", data={"kind": "access", "email": ADA})
    assert asked.status_code == 303
    page = web.get(asked.headers["location"])
    assert "wartet auf Ihre Bestätigung" in page.text
    assert "geschickt. Bitte öffnen Sie den Link" in page.text, "she is told where to look"
    assert ADA not in page.text
    shop.work()
    link = _link(shop, "confirm")
    assert web.get(link).status_code == 200
    assert "wartet" in web.get(asked.headers["location"]).text, "opening the link alone confirms nothing"
    assert web.post(link).status_code == 200
    assert web.post(link).status_code == 410
    shop.work()
    shop.work()
    page = web.get(asked.headers["location"])
    assert "beantwortet" in page.text
    assert "geschickt" not in page.text
    got = web.get(_link(shop, "download"))
    assert got.headers["content-disposition"].startswith("attachment")
    assert "data.json" in zipfile.ZipFile(io.BytesIO(got.content)).namelist()
    assert web.get("/rights/download/x.y").status_code == 410


def test_the_same_page_for_known_and_unknown(web: TestClient) -> None:
    pages = []
    for address in (ADA, "noone@mail.example"):
        asked = web.post("/rights", data={"kind": "erasure", "email": address})
        page = web.get(asked.headers["location"])
        pages.append((asked.status_code, page.status_code, re.sub(r"2026-\d{4}", "R", page.text)))
    assert pages[0] == pages[1]


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
def test_a_form_from_elsewhere_files_nothing(shop: Shop, web: TestClient, origin: str) -> None:
    said = web.post("/rights", data={"kind": "access", "email": ADA}, headers={"origin": origin})
    assert said.status_code == 403
    with shop.workspace.state.connect() as connection:
        assert requests(connection) == []


def test_a_network_is_limited(web: TestClient) -> None:
    codes = [web.post("/rights", data={"kind": "access", "email": ADA}).status_code for _ in range(22)]
    assert codes[:20] == [303] * 20
    assert codes[-1] == 429


def test_what_a_person_wrote_is_shown_as_text(
    shop: Shop, web: TestClient, staff: Callable[[Role], TestClient]
) -> None:
    shop.confirmed(Kind.QUESTION, details={"text": "<script>alert(1)</script>"})
    page = staff(Role.DPO).get("/console/requests/" + shop.now.strftime("%Y") + "-0001").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def _bearer(
    value: str = ADA, secret: str = "app-s3cret", kind: str = "email", **shift: int
) -> dict[str, str]:
    return {"authorization": f"Bearer {sign(secret, kind, value, clock.now() + timedelta(**shift))}"}


def test_a_user_sees_corrects_and_erases_without_asking_anyone(shop: Shop, web: TestClient) -> None:
    seen = web.get("/api/v1/account/data", headers=_bearer()).json()
    assert seen["shop"]["customer"][0]["name"] == "Ada Beispiel"
    assert "ben@" not in str(seen)
    wish = {"kind": "rectification", "field": "name", "value": "Ada Neu"}
    said = web.post("/api/v1/account/requests", json=wish, headers=_bearer())
    assert (said.status_code, said.json()["state"]) == (202, "answered")
    assert shop.count("customer", "name = 'Ada Neu'") == 1
    said = web.post("/api/v1/account/requests", json={"kind": "portability"}, headers=_bearer()).json()
    assert web.get(said["download"]).status_code == 200
    said = web.post("/api/v1/account/requests", json={"kind": "erasure"}, headers=_bearer()).json()
    assert said["state"] == "answered"
    assert shop.count("customer", "id = 1") == 0
    assert shop.count("customer", "id = 2") == 1
    state = web.get(f"/api/v1/account/requests/{said['token']}", headers=_bearer())
    assert state.json()["reference"] == said["reference"]
    other = web.get(f"/api/v1/account/requests/{said['token']}", headers=_bearer("ben@mail.example"))
    assert other.status_code == 404


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Bearer x.y"},
        _bearer(secret="another"),
        _bearer(days=-1),
        _bearer(days=1),
        {"authorization": _bearer()["authorization"][:-1] + "g"},
    ],
    ids=["none", "garbage", "other-secret", "old", "too-far", "forged"],
)
def test_a_token_that_does_not_hold_opens_nothing(
    shop: Shop, web: TestClient, headers: dict[str, str]
) -> None:
    assert web.get("/api/v1/account/data", headers=headers).status_code == 401
    said = web.post("/api/v1/account/requests", json={"kind": "erasure"}, headers=headers)
    assert said.status_code == 401
    assert shop.count("customer", "id = 1") == 1


def test_nobody_may_vouch_where_no_secret_is_set(shop: Shop, web: TestClient) -> None:
    (shop.workspace.folder / "parties.yaml").unlink()
    assert web.get("/api/v1/account/data", headers=_bearer()).status_code == 401


def test_a_clerk_sees_what_is_assigned_and_the_look_is_recorded(
    shop: Shop, staff: Callable[[Role], TestClient]
) -> None:
    one, other = shop.confirmed(Kind.ERASURE), shop.confirmed(Kind.ERASURE, "ben@mail.example")
    clerk, dpo = staff(Role.CLERK), staff(Role.DPO)
    page = dpo.get(f"/console/requests/{one.reference}").text
    account = re.search(r'<option value="([0-9a-f]{16})"', page)
    assert account
    form = {"account": account.group(1), "csrf": csrf_of(dpo)}
    assert dpo.post(f"/console/requests/{one.reference}/assignment", data=form).status_code == 303
    assert one.reference in clerk.get("/console/requests").text
    assert other.reference not in clerk.get("/console/requests").text
    assert ADA in clerk.get(f"/console/requests/{one.reference}").text
    assert clerk.get(f"/console/requests/{other.reference}").status_code == 404
    form = {"decision": "grant", "csrf": csrf_of(clerk)}
    assert clerk.post(f"/console/requests/{one.reference}/decision", data=form).status_code == 303
    assert clerk.post(f"/console/requests/{other.reference}/decision", data=form).status_code == 404
    shop.work()
    assert shop.count("customer", "id = 1") == 0
    assert shop.count("customer", "id = 2") == 1
    with shop.workspace.state.connect() as connection:
        kinds = [row.kind for row in connection.execute(select(ENTRIES.c.kind))]
    assert kinds.count("request/viewed") == 2


def test_console_and_pages_say_both_languages(shop: Shop, staff: Callable[[Role], TestClient]) -> None:
    one = shop.confirmed(Kind.ERASURE)
    client = staff(Role.DPO)
    for path in ("/console/requests", f"/console/requests/{one.reference}", "/console/holds", "/rights"):
        for language in ("de", "en"):
            page = client.get(f"{path}?lang={language}")
            assert page.status_code == 200
            assert f'<html lang="{language}">' in page.text
