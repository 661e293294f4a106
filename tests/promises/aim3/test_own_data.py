"""aim3: a customer sees every stored field at any hour and corrects it everywhere; each right can be asked for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from tests.promises.asking import Desk
from tests.promises.publishing import page, publish
from tests.promises.scenario import Scenario
from tests.promises.visiting import Site, visiting
from zusage.deployments.adserver.app import create_app

MARA = {"email": "mara@werbekunde.example", "password": "ein-langes-kennwort"}
KINDS = {
    "access": "Art. 15", "rectification": "Art. 16", "erasure": "Art. 17", "restriction": "Art. 18", "portability": "Art. 20",
    "objection": "Art. 21", "withdraw-consent": "Art. 7",
}  # fmt: skip


@pytest.fixture
def site(adserver: Scenario) -> Iterator[Site]:
    with visiting(adserver, create_app, "https://www.windrose.example", now="2026-03-29T03:00") as made:
        yield made


def mara(site: Site, name: str = "Mara Beispiel") -> tuple[object, int]:
    """Mara's browser, logged in, and her number."""
    guest = site.guest()
    opened = guest.post("/register", data=MARA | {"company": "Alpha GmbH", "name": name})
    assert opened.status_code == 201, opened.text
    assert guest.post("/login", data=MARA).status_code == 200
    with site.scenario.writing("platform") as connection:
        connection.execute(
            text("UPDATE customer SET created_at = '2026-01-05 08:00:00.000000' WHERE email = :e"),
            {"e": MARA["email"]},
        )
        key = connection.execute(
            text("SELECT id FROM customer WHERE email = :e"), {"e": MARA["email"]}
        ).scalar_one()
    return guest, int(key)


@pytest.mark.promise("aim3-031")
def test_my_data_shows_every_stored_field_on_a_sunday_night_and_nothing_of_others(site: Site) -> None:
    scene = site.scenario
    guest, key = mara(site)
    for title in ("Frühling", "Sommer"):
        scene.put(
            "platform",
            "campaign",
            customer_id=key,
            title=title,
            starts_at="2026-04-01T06:30",
            ends_at="2026-05-01T07:45",
        )
    beta = scene.put("platform", "customer", company="Beta GmbH", name="Ben Fremd", email="ben@beta.example")
    scene.put("platform", "campaign", customer_id=beta, title="Geheimkampagne")
    shown = guest.get("/account/data").text  # type: ignore[attr-defined]
    with scene.writing("platform") as connection:
        for table, own in (("customer", "id"), ("campaign", "customer_id"), ("login_session", "person_id")):
            for row in connection.execute(
                text(f'SELECT * FROM "{table}" WHERE {own} = :k'), {"k": key}
            ).mappings():
                for column, value in row.items():
                    assert f"<th>{column}</th>" in shown, f"{table}.{column} is missing"
                    said = (
                        str(value).replace(" ", "T")[:16] if column.endswith("_at") and value else str(value)
                    )
                    if value is not None and not column.endswith("seen_at"):
                        assert said in shown or str(value) in shown, f"{table}.{column}: {value}"
    assert "2026-01-05" in shown, "creation dates are among them"
    for word in ("Beta GmbH", "Ben Fremd", "Geheimkampagne"):
        assert word not in shown
    assert site.guest().get("/account/data").status_code == 401


@pytest.mark.promise("aim3-032")
def test_a_correction_takes_effect_at_once_everywhere_and_survives_the_synchronisation(site: Site) -> None:
    scene = site.scenario
    guest, key = mara(site, "Mara Beispeil")
    site.guest().post("/synchronisation")
    assert (
        scene.count("platform", "billing_contact", "customer_id = :k AND name = 'Mara Beispeil'", k=key) == 1
    )
    site.at("2026-04-02T09:00")
    guest.post("/login", data=MARA)  # type: ignore[attr-defined]
    changed = guest.post("/account/settings", data={"field": "name", "value": "Mara Beispiel"})  # type: ignore[attr-defined]
    assert changed.status_code == 204, changed.text
    assert "Mara Beispiel" in guest.get("/account/data").text  # type: ignore[attr-defined]
    assert site.guest().get("/search?term=beispiel").json() == [key]
    assert site.guest().get("/search?term=beispeil").json() == []
    draft = site.guest().post(f"/invoices/{key}/draft").json()["invoice"]
    assert scene.count("platform", "invoice", "id = :k AND recipient = 'Mara Beispiel'", k=draft) == 1
    logged = (
        "customer_id = :k AND field = 'name' AND old_value = 'Mara Beispeil' AND new_value = 'Mara Beispiel'"
    )
    assert scene.count("platform", "customer_change", logged, k=key) == 1
    site.at("2026-04-03T03:00")
    site.guest().post("/synchronisation")
    for table in ("customer", "billing_contact"):
        assert scene.count("platform", table, "name = 'Mara Beispeil'") == 0
    assert site.guest().get("/search?term=beispeil").json() == []


@pytest.mark.promise("aim3-062")
def test_each_right_stands_in_the_list_and_each_can_be_filed_with_its_due_date(adserver: Scenario) -> None:
    desk = Desk(adserver)
    assert publish(adserver, "2026-05-05T08:00")[0] == 0
    notice = page(adserver, "2026-05-05T09:00", "/notice?on=2026-05-05")[1]
    for article in KINDS.values():
        assert article in notice, article
    assert "info@windrose.example" in notice, "the way to exercise them"
    for kind in KINDS:
        reference = desk.file("2026-05-05", kind, MARA["email"])
        assert str(desk.show("2026-05-05", reference)["due"])[:10] == "2026-06-05", kind
    declared = adserver.folder / "declaration.yaml"
    said = declared.read_text("utf-8")
    start, end = said.index("  channels:\n"), said.index("  objection_to:")
    as_of = next(one for one in said.splitlines() if one.startswith("as_of: "))
    without = said[:start] + "  channels: []\n" + said[end:]
    declared.write_text(without.replace(as_of, 'as_of: "2026-05-06"'), "utf-8")
    code, codes = publish(adserver, "2026-05-06T08:00")
    assert code == 1
    assert codes[0] == "declaration/channel", "a list without a way to exercise the rights does not go out"
    declared.write_text(said.replace(as_of, 'as_of: "2026-05-06"'), "utf-8")
    assert publish(adserver, "2026-05-06T08:00")[0] == 0
