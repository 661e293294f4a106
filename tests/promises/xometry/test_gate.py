"""xometry: whatever is done with the record of a person goes through one gate, which knows who does what for which purpose."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select, text

from tests.promises.scenario import Scenario
from tests.promises.visiting import Site, visiting
from zusage.deployments.marketplace.app import create_app
from zusage.deployments.marketplace.schema import customer
from zusage.workspace import open_workspace
from zusage_client.gate import NotPassed

BEN = "ben.muster@kunde.example"
RECORD = f"/personal/kunden/{BEN}"


@pytest.fixture
def site(marketplace: Scenario) -> Iterator[Site]:
    """The marketplace on 2022-07-01 at ten."""
    with visiting(marketplace, create_app, "https://www.spanwerk.example", now="2022-07-01T10:00") as made:
        yield made


def _log(site: Site) -> list[dict[str, Any]]:
    """The processing log, as `zusage ledger show` has it."""
    shown = site.scenario.zusage("2022-07-01T12:00", "ledger", "show", "--json", "--last", "500").json
    return [entry for entry in shown if entry["kind"].startswith("processing/")]


@pytest.mark.promise("xometry-005")
def test_reading_exporting_and_erasing_are_three_entries_and_nothing_passes_the_gate_by(site: Site) -> None:
    scene, shop = site.scenario, site.app.state.shop
    ben = scene.put("portal", "customer", name="Ben Muster", email=BEN)
    scene.put("portal", "address", customer_id=ben, street="Fräsweg 8", town="Bremen")
    clerk = site.staff("service")
    assert clerk.get(RECORD).json()["addresses"] == ["Fräsweg 8, Bremen"]
    site.at("2022-07-01T10:05")
    assert "Ben Muster" in clerk.get(f"{RECORD}/export").text
    for query in (select(customer.c.name).where(customer.c.email == BEN), text("SELECT name FROM customer")):
        with pytest.raises(NotPassed, match="bypassed"), shop.portal.connect() as connection:
            connection.execute(query)
    with pytest.raises(NotPassed, match="bypassed"), shop.portal.connect() as connection:
        connection.exec_driver_sql("SELECT * FROM customer")
    site.at("2022-07-01T10:10")
    assert clerk.post(f"{RECORD}/loeschen").status_code == 204
    assert scene.there("portal", "customer", ben) == []
    assert scene.tables_with("Fräsweg 8", "portal") == []
    keys = open_workspace(scene.folder).context.keys
    log = _log(site)
    done = [entry for entry in log if entry["kind"] == "processing/recorded"]
    assert [(one["facts"], one["at"][:16], one["actor"], one["subject"]) for one in done] == [
        ({"operation": word, "purpose": "orders"}, f"2022-07-01T10:{minute}", keys.pseudonym("actors", "service"),
         keys.pseudonym("subjects", f"email:{BEN}", 2022))
        for word, minute in (("read", "00"), ("export", "05"), ("erase", "10"))
    ]  # fmt: skip
    refused = [entry["facts"] for entry in log if entry["kind"] == "processing/refused"]
    assert refused == [{"operation": "", "code": "bypassed"}] * 3
    assert "Muster" not in str(log)
    assert BEN not in str(log)
