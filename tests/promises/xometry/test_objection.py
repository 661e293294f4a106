"""The marketplace: who objects to advertising is on no mailing list, also after an old list was imported again."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from tests.promises.asking import application
from tests.promises.scenario import Scenario
from zusage.registers.suppressions import MARKETING, SUPPRESSIONS
from zusage.server.app import create_app
from zusage.workspace import open_workspace

ADA, BEN = "ada@example.net", "ben@example.net"


def mailing_list(market: Scenario, day: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The list as the host application builds it: each address is asked for by the public interface."""
    monkeypatch.setenv("ZUSAGE_NOW", f"{day}T08:00:00+00:00")
    allowed = []
    server = TestClient(create_app(open_workspace(market.folder), with_worker=False))
    with server, application(market.folder, server) as zusage:
        for address in (ADA, BEN):
            listed = market.count("portal", "mailing", "email = :email", email=address)
            if zusage.may("similar-offers", ("email", address)) and listed:
                allowed.append(address)
    return allowed


@pytest.mark.promise("xometry-234")
def test_an_objection_ends_advertising_and_outlives_an_import(
    marketplace: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    marketplace.put("portal", "customer", id=9001, name="Ada", email=ADA)
    for number, email in ((9001, ADA), (9002, BEN)):
        marketplace.put("portal", "mailing", id=number, email=email, added_at="2022-06-01")
    assert mailing_list(marketplace, "2022-07-04", monkeypatch) == [ADA, BEN]
    reference = marketplace.ask("2022-07-05", "marketing-objection", ADA)
    assert marketplace.grant("2022-07-05", reference)["state"] == "answered"
    assert mailing_list(marketplace, "2022-07-06", monkeypatch) == [BEN]
    marketplace.change(
        "portal", "UPDATE mailing SET objected_at = '2022-07-05 00:05:00.000000' WHERE id = 9001"
    )
    marketplace.sweep("2022-07-06T03:00")
    assert marketplace.there("portal", "mailing", 9001, 9002) == [9002]
    assert marketplace.there("portal", "customer", 9001) == [9001], "her account still works"
    marketplace.put("portal", "mailing", id=9003, email=ADA, added_at="2022-06-01")
    assert mailing_list(marketplace, "2022-07-07", monkeypatch) == [BEN], "an old list brings nobody back"
    with open_workspace(marketplace.folder).state.connect() as connection:
        listed = connection.execute(select(SUPPRESSIONS.c.key).where(SUPPRESSIONS.c.scope == MARKETING)).all()
    assert len(listed) >= 1
    assert ADA not in str(listed), "the list outlives erasure because it holds hashes only"
