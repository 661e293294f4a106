"""xometry: customers and partners delete their own account in the portal, without asking anyone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from tests.promises.scenario import Scenario
from tests.promises.visiting import Site, visiting
from zusage.deployments.marketplace.app import create_app
from zusage.deployments.sessions import check_value

ADA, PETRA = "ada@kunde.example", "petra@partner.example"
PASSWORD = "dreh-und-fraes"


@pytest.fixture
def site(marketplace: Scenario) -> Iterator[Site]:
    with visiting(marketplace, create_app, "https://portal.spanwerk.example", now="2022-07-01T10:00") as made:
        yield made


def bodies(scene: Scenario, word: str) -> list[str]:
    """Tables of the portal in which a word stands."""
    found = []
    with scene.writing("portal") as connection:
        for (table,) in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).all():
            rows = connection.execute(text(f'SELECT * FROM "{table}"')).all()
            if any(word in str(value) for row in rows for value in row):
                found.append(str(table))
    return found


@pytest.mark.promise("xometry-236")
def test_a_customer_deletes_the_account_and_is_told_of_open_orders_first(site: Site) -> None:
    scene = site.scenario
    key = scene.put("portal", "customer", name="Ada Walnuss", company="AB", email=ADA, tax_number="DE111",
                    password_check=check_value(PASSWORD))  # fmt: skip
    done = scene.put(
        "portal",
        "sales_order",
        customer_id=key,
        number="S-1",
        ordered_at="2022-05-01",
        delivered_at="2022-05-20",
    )
    open_ = scene.put("portal", "sales_order", customer_id=key, number="S-2", ordered_at="2022-06-28")
    item = scene.put("portal", "order_item", order_id=open_, part="Welle", quantity=1)
    scene.file("files/drawings/ada.step", "ISO-10303\n")
    scene.put("portal", "drawing", item_id=item, path="drawings/ada.step")
    scene.put("portal", "billing_account", customer_id=key, tax_number="DE111", iban="tok_4711")
    scene.put("portal", "archived_document", **{"class": "invoice"}, customer_id=key, recipient="Ada Walnuss", body="Rechnung",
              issued_at="2022-05-21")  # fmt: skip
    guest = site.guest()
    assert guest.post("/konto", data={"email": ADA, "password": PASSWORD}).status_code == 200
    asked = guest.get("/konto/loeschen").text
    assert "S-2" in asked, "open orders are named before"
    assert "S-1" not in asked
    assert guest.post("/konto/loeschen").status_code == 400, "nothing happens without the confirmation"
    assert scene.there("portal", "customer", key) == [key]
    gone = guest.post("/konto/loeschen", data={"confirm": "yes"})
    assert gone.status_code == 200, gone.text
    assert scene.there("portal", "customer", key) == [], "deleted, not deactivated"
    assert scene.there("portal", "sales_order", done, open_) == []
    for table, where in (
        ("login_session", "person_id"),
        ("billing_account", "customer_id"),
        ("drawing", "item_id"),
    ):
        assert scene.count("portal", table, f"{where} = :k", k=item if table == "drawing" else key) == 0
    scene.zusage("2022-07-01T10:30", "sweep", "--json")
    assert not (scene.folder / "files/drawings/ada.step").exists()
    for word in ("Walnuss", ADA, "tok_4711"):
        assert bodies(scene, word) == [], word
    again = site.guest().post("/konto", data={"email": ADA, "password": PASSWORD})
    assert again.status_code == 403, "no login any more"
    kept = scene.blocked("2022-07-02", ADA)
    assert [row["table"] for row in kept] == ["restricted.archived_document"], (
        "the invoice stays, out of reach"
    )


@pytest.mark.promise("xometry-251")
def test_a_partner_deletes_the_profile_and_is_not_found_any_more(site: Site) -> None:
    scene = site.scenario
    key = scene.put(
        "portal",
        "partner",
        name="Dreherei Walnuss",
        email=PETRA,
        iban="DE02",
        password_check=check_value(PASSWORD),
    )
    scene.put("portal", "partner_skill", partner_id=key, skill="Fräsen")
    scene.put("portal", "partner_job", partner_id=key, part="Flansch 12", delivered_at=None)
    scene.put("portal", "partner_job", partner_id=key, part="Buchse 3", delivered_at="2022-06-01")
    scene.put(
        "portal",
        "partner_invoice",
        partner_id=key,
        recipient="Dreherei Walnuss",
        body="Gutschrift",
        issued_at="2022-06-02",
    )
    guest = site.guest()
    assert guest.post("/partner", data={"email": PETRA, "password": PASSWORD}).status_code == 200
    assert "Dreherei Walnuss" in guest.get("/partnersuche?skill=Fräsen").text
    asked = guest.get("/partner/loeschen").text
    assert "Flansch 12" in asked, "told about the open job first"
    assert "Buchse 3" not in asked
    assert guest.post("/partner/loeschen").status_code == 400
    assert scene.there("portal", "partner", key) == [key]
    gone = guest.post("/partner/loeschen", data={"confirm": "yes"})
    assert gone.status_code == 200, gone.text
    assert scene.there("portal", "partner", key) == []
    for table in ("partner_skill", "partner_job"):
        assert scene.count("portal", table, "partner_id = :k", k=key) == 0
    for word in ("Walnuss", PETRA):
        assert bodies(scene, word) == [], word
    assert "Walnuss" not in site.guest().get("/partnersuche?skill=Fräsen").text
    assert site.guest().post("/partner", data={"email": PETRA, "password": PASSWORD}).status_code == 403
    kept = scene.blocked("2022-07-02", PETRA)
    assert [row["table"] for row in kept] == ["restricted.partner_invoice"]
