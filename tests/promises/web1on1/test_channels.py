"""web1on1: what is known about a person bears the channel it came over and the day, and who was not asked is told."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from sqlalchemy.exc import IntegrityError

from tests.promises.asking import Desk
from tests.promises.scenario import Scenario
from tests.promises.visiting import Site, visiting
from zusage.deployments.messaging.app import create_app

CLARA = "clara@firma.example"
FOUND = {"email": CLARA, "field": "name", "value": "Clara Beispiel", "channel": "Soziales Netzwerk"}


@pytest.fixture
def site(messaging: Scenario) -> Iterator[Site]:
    with visiting(messaging, create_app, "https://www.plauderwerk.example", now="2025-03-05T10:00") as made:
        yield made


@pytest.mark.promise("web1on1-021")
def test_each_item_bears_its_channel_and_who_was_not_asked_is_told(site: Site) -> None:
    scene, desk = site.scenario, Desk(site.scenario)
    sales = site.guest()
    for wrong in ({"channel": ""}, {"channel": "irgendwoher"}):
        assert sales.post("/people/details", data=FOUND | wrong).status_code == 422
    assert (
        sales.post(
            "/people/details", data={key: FOUND[key] for key in ("email", "field", "value")}
        ).status_code
        == 422
    )
    assert scene.count("office", "person_detail", "email = :e", e=CLARA) == 0
    for table, more in (
        ("person_detail", {"field": "name", "obtained_at": "2025-03-05"}),
        ("demo", {"requested_at": "2025-03-05"}),
    ):
        with pytest.raises(IntegrityError):
            scene.put("office", table, email=CLARA, channel="", **more)
    assert sales.post("/people/details", data=FOUND).status_code == 201
    assert scene.zusage("2025-03-05T10:05", "worker", "--once").code == 0
    told = [mail for mail in desk.mails(CLARA) if "nicht von Ihnen selbst" in mail]
    assert len(told) == 1, "on the very day, not after a month"
    assert "Soziales Netzwerk, 05.03.2025" in told[0]
    assert "Art der Angaben: Name" in told[0]
    site.at("2025-03-07T10:00")
    assert site.guest().post("/demo", data={"name": "C. B.", "email": CLARA}).status_code == 201
    reference = desk.carried_out("2025-03-10", "access", CLARA)
    said = desk.answer("2025-03-10", reference)
    assert "Herkunft: Demo-Formular, 07.03.2025; Soziales Netzwerk, 05.03.2025" in said
    data = json.loads(desk.package("2025-03-10", reference).read("data.json"))["demo"]
    items = {
        (
            row.get("value") or row["email"],
            row["channel"],
            (row.get("obtained_at") or row["requested_at"])[:10],
        )
        for rows in data.values()
        for row in rows
    }
    assert items == {
        ("Clara Beispiel", "Soziales Netzwerk", "2025-03-05"), (CLARA, "Demo-Formular", "2025-03-07"),
    }  # fmt: skip
    assert len([mail for mail in desk.mails(CLARA) if "nicht von Ihnen selbst" in mail]) == 1, (
        "what she gave herself needs no telling"
    )
    scene.sweep("2025-09-08")
    assert scene.count("office", "person_detail", "email = :e", e=CLARA) == 0, (
        "told: six months at the latest"
    )


@pytest.mark.promise("web1on1-021")
def test_nothing_is_entered_while_nobody_can_be_told(messaging: Scenario) -> None:
    with visiting(
        messaging,
        lambda folder, _: create_app(folder),
        "https://www.plauderwerk.example",
        now="2025-03-05T10:00",
    ) as alone:
        assert alone.guest().post("/people/details", data=FOUND).status_code == 503
    assert messaging.count("office", "person_detail", "email = :e", e=CLARA) == 0
