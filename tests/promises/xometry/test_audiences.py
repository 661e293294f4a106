"""The marketplace: advertising profiles, linked devices and audiences exist for those who agreed, and end with that."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from tests.promises.scenario import Scenario
from tests.promises.visiting import Site, choose, visiting
from zusage.deployments.marketplace.app import create_app
from zusage.deployments.sessions import check_value

ADA, BEN = "ada@example.net", "ben@example.net"


@pytest.fixture
def site(marketplace: Scenario) -> Iterator[Site]:
    with visiting(marketplace, create_app, "https://www.spanwerk.example", now="2022-07-01T10:00") as made:
        yield made


def looked_at(site: Site, where: str = "1 = 1") -> list[str]:
    """The interests of advertising profiles, oldest first."""
    query = (
        "SELECT visitor_event.name FROM visitor_event JOIN visitor ON visitor.id = visitor_id"
        f" WHERE service = 'adverts' AND {where} ORDER BY visitor_event.id"
    )
    with site.scenario.writing("web") as connection:
        return [str(row[0]) for row in connection.exec_driver_sql(query)]


def customer(site: Site) -> None:
    """Ada has an account."""
    site.scenario.put(
        "portal", "customer", id=9001, name="Ada", email=ADA, password_check=check_value("dreh-und-fraes")
    )


def log_in(guest: TestClient) -> None:
    """Ada is there."""
    assert "Ada" in guest.post("/konto", data={"email": ADA, "password": "dreh-und-fraes"}).text


@pytest.mark.promise("xometry-167")
@pytest.mark.parametrize("how", ["banner", "banner, away at once", "account"])
def test_linked_devices_part_when_one_says_no(site: Site, how: str) -> None:
    customer(site)
    phone, laptop = site.guest(), site.guest()
    for device in (phone, laptop):
        log_in(device)
        assert device.post("/konto/geraete/verbinden").status_code == 403, "not without consent"
        choose(device, "marketing")
        assert device.post("/konto/geraete/verbinden").status_code == 200
    assert "Geräte: 2" in laptop.get("/konto/geraete").text
    phone.get("/teile/wellen")
    with site.scenario.writing("web") as connection:
        known = connection.exec_driver_sql("SELECT DISTINCT pseudonym FROM device_link").scalars().all()
    assert len(known) == 1
    assert str(known[0]).startswith("p-"), "nothing but a random id"
    linked = f"pseudonym = '{known[0]}'"
    assert looked_at(site, linked) == ["interest:wellen"]
    site.at("2022-07-05T12:00")
    log_in(laptop)
    if how == "account":
        assert laptop.post("/konto/geraete/trennen").status_code == 200
    else:
        choose(laptop)
    if how == "banner":
        assert "Geräte: 0" in laptop.get("/konto/geraete").text
    site.at("2022-07-06T09:00")
    phone.get("/teile/bolzen")
    assert site.scenario.count("web", "device_link") == 0
    assert looked_at(site, linked) == ["interest:wellen"], "a hit of the phone is not added any more"
    assert not site.zusage.consents(("email", ADA))["cross-device"]["agreed"]


@pytest.mark.promise("xometry-163")
def test_an_audience_is_made_of_who_agreed_and_for_own_goods(site: Site) -> None:
    v, w, later = site.guest(), site.guest(), site.guest()
    choose(v, "marketing")
    choose(later, "marketing")
    for guest in (v, w, later):
        guest.get("/teile/wellen")
    choose(later)
    site.at("2022-07-02T10:00")
    with site.scenario.writing("web") as connection:
        query = "SELECT pseudonym FROM visitor WHERE service = 'adverts' ORDER BY id"
        profiles = [str(one) for one in connection.exec_driver_sql(query).scalars()]
    assert len(profiles) == 2, "who did not agree has no profile and no id"
    clerk = site.staff("marketing")
    own = clerk.post("/personal/zielgruppen", json={"key": "wellen-juli"})
    assert own.status_code == 200, own.text
    assert own.json()["ids"] == profiles[:1], "who agreed is in, who withdrew is out"
    others = clerk.post("/personal/zielgruppen", json={"key": "fremd-juli", "advertiser": "bank"})
    assert others.status_code == 403
    assert site.guest().post("/personal/zielgruppen", json={"key": "x"}).status_code == 403


@pytest.mark.promise("xometry-305")
def test_a_customer_list_goes_out_only_as_far_as_people_agreed(site: Site) -> None:
    clerk = site.staff("marketing")
    assert site.scenario.zusage("2022-07-01", "consent", "give", ADA, "audiences", "--way", "form").code == 0
    asked = {"addresses": [ADA, BEN], "key": "linkedin-juli"}
    refused = clerk.post("/personal/kundenliste", json=asked | {"key": "alle", "whole": True})
    assert refused.status_code == 403
    assert not (site.scenario.folder / "files/audiences").exists()
    made = clerk.post("/personal/kundenliste", json=asked)
    assert made.status_code == 200, made.text
    assert (made.json()["uploaded"], made.json()["left_out"]) == (1, 1)
    (file,) = (site.scenario.folder / "files/audiences").iterdir()
    (line,) = file.read_text().splitlines()
    digest, consent = line.split()
    assert digest == hashlib.sha256(ADA.encode()).hexdigest()
    logged = site.scenario.zusage("2022-07-02", "consent", "mailing", made.json()["mailing"], "--json")
    assert logged.code == 0, logged.err
    assert consent in logged.out
    proof = site.scenario.zusage("2022-07-02", "consent", "proof", consent)
    assert "audiences" in proof.out
