"""Watch mode: what slipped through is counted by name, and by nothing that could tell visitors apart."""

from __future__ import annotations

import json

from fastapi.testclient import TestClient

from tests.keepers.rights.conftest import Shop
from zusage.cli.main import run
from zusage.registers.slips import MOST, count_slips, slip_findings, slips
from zusage.server.app import create_app

OWN = {
    "origin": "http://testserver",
    "sec-fetch-site": "same-origin",
    "content-type": "text/plain;charset=UTF-8",
}
GOOD = {"v": 1, "kind": "host", "name": "ads.example", "why": "undeclared", "page": "/ada/orders"}


def test_reports_are_counted_without_page_and_visitor(shop: Shop) -> None:
    with TestClient(create_app(shop.workspace), base_url="http://testserver") as web:
        for _ in range(3):
            assert web.post("/api/v1/slips", content=json.dumps(GOOD), headers=OWN).status_code == 204
        visitors = (
            "_hjSession_4711123",
            "_hjSession_9912",
            "id-3f2a9c41-77aa-4b1c-9d55-0123456789ab",
            "ada@mail.example",
        )
        for name in visitors:
            told = GOOD | {"kind": "cookie", "name": name, "why": "without consent"}
            assert web.post("/api/v1/slips", content=json.dumps(told), headers=OWN).status_code == 204
    with shop.workspace.state.connect() as connection:
        found = {one.name: one.seen for one in slips(connection)}
    assert found["ads.example"] == 3
    assert found["_hjSession_*"] == 2, "a visitor's number is no name"
    state = b"".join(path.read_bytes() for path in shop.workspace.folder.glob("state.db*"))
    for canary in (b"4711123", b"3f2a9c41", b"ada@mail", b"/ada/orders"):
        assert canary not in state


def test_what_is_no_report_is_refused(web: TestClient) -> None:
    wrongs: tuple[object, ...] = (
        {}, [], GOOD | {"v": 2}, GOOD | {"kind": "person"}, GOOD | {"why": "because"}, GOOD | {"name": "a b"},
        GOOD | {"name": "x" * 81}, GOOD | {"name": "<b>"}, GOOD | {"page": "x" * 4000},
    )  # fmt: skip
    for wrong in wrongs:
        assert web.post("/api/v1/slips", content=json.dumps(wrong), headers=OWN).status_code == 400, wrong
    elsewhere = {"origin": "https://elsewhere.example"}
    assert web.post("/api/v1/slips", content=json.dumps(GOOD), headers=elsewhere).status_code == 403


def test_whoever_makes_names_up_fills_no_disk(shop: Shop) -> None:
    made = {
        ("host", f"h{chr(97 + n % 26)}{chr(97 + n // 26)}.example", "undeclared"): 1
        for n in range(MOST + 100)
    }
    with shop.workspace.state.begin() as connection:
        count_slips(connection, made, shop.now)
        found = slips(connection)
    assert len(found) == MOST + 1
    assert next(one for one in found if one.name == "*").seen == 100


def test_the_data_protection_officer_is_told(shop: Shop, capsys: object) -> None:
    with shop.workspace.state.begin() as connection:
        count_slips(connection, {("cookie", "_fbp", "without consent"): 7}, shop.now)
        said = slip_findings(slips(connection))
    assert said[0].code == "browser/without-consent"
    assert "_fbp" in said[0].message.says("de")
    assert "7 times" in said[0].message.says("en")
    run(["status", "-w", str(shop.workspace.folder), "--json"])
    out = capsys.readouterr().out  # type: ignore[attr-defined]
    assert [one["code"] for one in json.loads(out)["findings"]] == ["browser/without-consent"]
