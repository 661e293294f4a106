"""1malx: an invitation is the user's own act: one message, no advertising, no reminder, and the address goes again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.promises.asking import Desk
from tests.promises.scenario import Scenario
from tests.promises.visiting import Site, visiting
from zusage.deployments.jobboard.app import create_app

ANNA = {"email": "anna@bewerberin.example", "password": "ein-langes-kennwort"}
BEN, CEM = "ben@example.org", "cem@example.org"


@pytest.fixture
def site(jobboard: Scenario) -> Iterator[Site]:
    with visiting(jobboard, create_app, "https://www.stellenwald.example", now="2025-03-06T09:00") as made:
        yield made


def sent(scene: Scenario, to: str) -> list[str]:
    box = scene.folder / "outgoing" / "new"
    every = [path.read_text("utf-8") for path in box.iterdir()] if box.exists() else []
    return [one for one in every if f"To: {to}" in one]


@pytest.mark.promise("1malx-029")
def test_one_invitation_goes_out_on_her_own_act_and_the_address_goes_again(site: Site) -> None:
    scene = site.scenario
    objection = Desk(scene).file("2025-03-01", "marketing-objection", CEM)
    Desk(scene).run("2025-03-01")
    assert Desk(scene).show("2025-03-02", objection)["state"] == "answered"
    anna = site.guest()
    anna.post("/register", data=ANNA | {"first_name": "Anna", "last_name": "Beispiel"})
    anna.post("/login", data=ANNA)
    for _ in range(3):
        assert anna.post("/account/invitations", data={"email": BEN}).status_code == 201
    (message,) = sent(scene, BEN)
    assert "Anna Beispiel" in message, "in her name"
    for advert in ("Rabatt", "Premium", "kostenlos", "http"):
        assert advert not in message
    assert anna.post("/account/invitations", data={"email": CEM}).status_code == 201
    assert sent(scene, CEM) == [], "who is on the block list gets nothing"
    bulk = anna.post("/account/invitations", data={"email": f"{BEN},x@example.org,y@example.org"})
    assert bulk.status_code == 422, "no address book"
    assert site.guest().post("/account/invitations", data={"email": "z@example.org"}).status_code == 401
    for day in ("2025-03-10", "2025-03-19"):
        scene.sweep(day)
        site.at(f"{day}T10:00")
    assert scene.count("board", "invitation", "email = :e", e=BEN) == 1
    scene.sweep("2025-03-21")
    assert scene.count("board", "invitation", "email = :e", e=BEN) == 0, (
        "Ben did not join: his address is erased"
    )
    assert len(sent(scene, BEN)) == 1, "and nobody reminded him"
