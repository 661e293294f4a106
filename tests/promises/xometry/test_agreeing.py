"""The partner portal: no drawing before the agreement to the NDA is on record, and the record cannot be changed unnoticed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update

from tests.promises.scenario import Scenario
from tests.promises.visiting import Site, visiting
from zusage.deployments.marketplace.app import create_app
from zusage.deployments.sessions import check_value
from zusage.registers.consents import EVENTS
from zusage.workspace import open_workspace

P, Q, PASSWORD = "p@partner.example", "q@partner.example", "dreh-und-fraes"


@pytest.fixture
def site(marketplace: Scenario) -> Iterator[Site]:
    with visiting(marketplace, create_app, "https://portal.spanwerk.example", now="2022-07-01T10:50") as made:
        yield made


def commissioned(market: Scenario) -> None:
    """An order of somebody's with a drawing; P makes its part, Q does not."""
    check = check_value(PASSWORD)
    market.put("portal", "customer", id=9001, name="Ada", email="ada@kundin.example")
    market.put("portal", "sales_order", id=9001, customer_id=9001, number="A-9", ordered_at="2022-06-28")
    market.put("portal", "order_item", id=9001, order_id=9001, part="Wellenlager 47", quantity=3)
    market.file("files/drawings/9001.step", "secret geometry\n")
    market.put("portal", "drawing", id=9001, item_id=9001, path="drawings/9001.step")
    for number, email in ((9001, P), (9002, Q)):
        market.put("portal", "partner", id=number, name="Dreherei", email=email, password_check=check)
    market.put("portal", "partner_job", id=9001, partner_id=9001, part="Wellenlager 47", item=9001)


def partner(site: Site, email: str) -> TestClient:
    """Logged in."""
    guest = site.guest()
    assert guest.post("/partner", data={"email": email, "password": PASSWORD}).status_code == 200
    return guest


def sees(guest: TestClient) -> tuple[bool, bool]:
    """Whether the drawing is listed, and whether it can be fetched."""
    fetched = guest.get("/partner/zeichnungen/9001")
    assert (fetched.status_code == 200) is ("secret geometry" in fetched.text)
    return "Wellenlager 47" in guest.get("/partner/zeichnungen").text, fetched.status_code == 200


@pytest.mark.promise("xometry-246")
def test_the_agreement_to_the_nda_is_on_record_and_cannot_be_changed(site: Site) -> None:
    market = site.scenario
    commissioned(market)
    p, q = partner(site, P), partner(site, Q)
    assert sees(p) == (False, False), "nothing before the entry"
    assert market.zusage("2022-07-01T10:55", "consent", "proof", "--subject", P).code == 1
    site.at("2022-07-01T11:00")
    assert p.post("/partner/nda").status_code == 200
    (record,) = market.zusage("2022-07-01T11:01", "consent", "proof", "--subject", P, "--json").json
    assert record["answers"] == {"nda/v3": True}
    assert record["at"].startswith("2022-07-01T11:00:00")
    assert "Geheimhaltungsvereinbarung" in record["words"]
    assert (record["notice_version"], record["ledger"]["holds"]) == ("9", True)
    assert sees(p) == (True, True)
    assert q.post("/partner/nda").status_code == 200
    assert sees(q) == (False, False), "a drawing is for the partner who makes the part"
    receipts = [
        one
        for user in (P, Q)
        for one in market.zusage("2022-07-01T11:01", "consent", "receipt", "--subject", user).json
    ]
    users = {one["record_metadata"]["pii_principal_id"] for one in receipts}
    assert len(users - {""}) == 2, "each is recorded under its user's id"

    def verified() -> tuple[int, list[str]]:
        answer = market.zusage("2022-07-02", "ledger", "verify", "--json")
        return answer.code, [one["id"] for one in answer.json["altered"]]

    assert verified() == (0, [])
    mine, state = EVENTS.c.id == bytes.fromhex(record["id"]), open_workspace(market.folder).context.state
    with state.begin() as connection:
        connection.execute(update(EVENTS).where(mine).values(at=EVENTS.c.at - 3_600_000))
    assert verified() == (1, [record["id"]])
    assert record["id"] in market.zusage("2022-07-02", "ledger", "verify").out
    with state.begin() as connection:
        connection.execute(update(EVENTS).where(mine).values(at=EVENTS.c.at + 3_600_000))
    assert verified() == (0, [])
