"""The marketplace measures pages, not persons; and contacts are counted from the messages that are there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from fastapi.testclient import TestClient
from sqlalchemy import inspect, text

from tests.promises.scenario import Scenario, at
from zusage.deployments.marketplace.app import create_app
from zusage.deployments.office import credentials

BASE = "https://www.spanwerk.example"


@pytest.fixture
def site(marketplace: Scenario) -> Iterator[TestClient]:
    with TestClient(create_app(marketplace.folder), base_url=BASE) as client:
        yield client


@pytest.mark.promise("xometry-145")
def test_a_hundred_calls_leave_page_title_and_times_and_nobody(
    marketplace: Scenario, site: TestClient
) -> None:
    for number in range(100):
        headers = {"x-forwarded-for": f"192.0.2.{number}", "user-agent": f"Unikat/{number}"}
        site.cookies.set("sid", f"sitzung-{number}")
        assert (
            site.get(
                "/preise" if number % 4 else "/", params={"u": f"person{number}"}, headers=headers
            ).status_code
            == 200
        )
    assert site.get("/gibt-es-nicht").status_code == 404
    seat = site.post("/gespraech/geheimer-link", data={"name": "Ada"}, follow_redirects=True)
    assert seat.status_code == 200
    with marketplace.writing("web") as connection:
        columns = {column["name"] for column in inspect(connection).get_columns("page_time")}
        rows = connection.execute(text("SELECT page, title, calls, milliseconds FROM page_time")).all()
    assert columns == {"id", "page", "title", "day", "calls", "milliseconds"}
    counted = {page: (title, calls) for page, title, calls, _ in rows}
    assert counted["/preise"][1] == 75
    assert counted["/"][1] == 25
    assert "Preise" in counted["/preise"][0]
    assert set(counted) == {"/preise", "/", "/gespraech/{link}"}, (
        "a page is known by its pattern, not by its address"
    )
    assert all(milliseconds >= 0 for *_, milliseconds in rows)
    said = repr(rows)
    for word in ("192.0.2", "Unikat", "sitzung", "person", "geheimer", "Ada"):
        assert word not in said


def signed_on(marketplace: Scenario, role: str) -> dict[str, str]:
    return {"authorization": credentials(marketplace.folder, role)}


def write_in(site: TestClient, gateway: dict[str, str], moment: str, **more: object) -> int:
    message = {"name": "Ada", "email": "ada@example.net", "body": "Frage", "relation": 9001, **more}
    with time_machine.travel(at(moment), tick=False):
        return site.post("/personal/eingang", json=message, headers=gateway).status_code


@pytest.mark.promise("xometry-188")
def test_contacts_are_dated_by_arrival_and_counted_from_what_is_there(
    marketplace: Scenario, site: TestClient
) -> None:
    sales, gateway = signed_on(marketplace, "sales"), signed_on(marketplace, "mail-gateway")
    for number, ended in ((9001, "2022-07-10T00:00"), (9002, None)):
        marketplace.put("office", "relation", id=number, ended_at=ended)
    assert write_in(site, gateway, "2022-07-01T09:00") == 201
    assert write_in(site, gateway, "2022-07-04T15:00", relation=9002) == 201
    shown = site.get("/personal/kontakte/ada@example.net", headers=sales).json()
    assert shown == {"contacts": 2, "last": "2022-07-04T15:00"}

    for made_up in ({"sent_at": "2022-07-30T10:00"}, {"date": "2022-07-30"}, {"contacts": 9}):
        assert write_in(site, gateway, "2022-07-05T09:00", **made_up) == 422, (
            "nobody can type in another date"
        )
    assert (
        site.put("/personal/kontakte/ada@example.net", json={"last": "2022-07-30"}, headers=sales).status_code
        == 405
    )
    assert (
        site.post(
            "/personal/eingang", json={"name": "A", "email": "ada@example.net", "body": "x"}, headers=sales
        ).status_code
        == 403
    )
    assert site.get("/personal/kontakte/ada@example.net", headers=sales).json()["contacts"] == 2

    marketplace.sweep("2022-07-12T03:00")
    shown = site.get("/personal/kontakte/ada@example.net", headers=sales).json()
    assert shown == {"contacts": 1, "last": "2022-07-04T15:00"}
    assert site.get("/personal/kontakte/ben@example.net", headers=sales).status_code == 404


def test_the_table_of_times_is_not_bound_because_it_holds_nobody(marketplace: Scenario) -> None:
    said = marketplace.zusage("2022-07-01", "scan", "store", "web", "--json")
    assert "page_time" not in said.out
