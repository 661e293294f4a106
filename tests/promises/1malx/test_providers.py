"""1malx: what each provider received of whom is in the register, and nothing reaches a provider past it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.promises.asking import Desk
from tests.promises.board_scene import ANNA, HOST, LOGIN, anna
from tests.promises.scenario import PERSON, Scenario
from tests.promises.visiting import Site, visiting
from zusage.deployments.jobboard.app import create_app

BEN = {
    "email": "ben@bewerber.example",
    "password": "Wellenreiter-9",
    "first_name": "Ben",
    "last_name": "Fremd",
}
PROVIDER = "Hörwerk Kundendienst GmbH"


@pytest.fixture
def site(jobboard: Scenario) -> Iterator[Site]:
    with visiting(jobboard, create_app, HOST, now="2025-04-10T09:00") as made:
        yield made


def tray(site: Site) -> list[dict[str, object]]:
    """What the provider got."""
    files = sorted((site.scenario.folder / "providers").rglob("*.json"))
    return [json.loads(one.read_text("utf-8")) for one in files]


def affected(scene: Scenario, recipient: str, since: str, until: str) -> tuple[int, dict[str, object]]:
    said = scene.zusage("2025-07-01T10:00", "breach", "affected", recipient, "--since", since, "--until", until, "--by", PERSON,
                        "--json")  # fmt: skip
    return said.code, said.json


def assert_listed(desk: Desk) -> None:
    """Her answer names each provider with categories, first and last day."""
    report = desk.carried_out("2025-06-20T09:00", "access", ANNA)
    rows = [[one.strip() for one in row.split("|")[1:-1]] for row in desk.answer("2025-06-20T10:00", report).splitlines()
            if row.startswith("|")]  # fmt: skip
    named = {row[0]: row[1:] for row in rows}
    assert named[PROVIDER][0] == "DE"
    assert "Name, E-Mail-Adresse, Nachricht" in named[PROVIDER][1]
    assert "Lebenslauf" not in named[PROVIDER][1]
    assert named[PROVIDER][2:] == ["11.04.2025", "20.05.2025"]
    assert named["Heidefels Rechenzentrum GmbH"][0] == "DE", "a provider that is declared stands there too"


def assert_affected(scene: Scenario) -> None:
    """For an incident at the provider the register says whose data it had."""
    code, found = affected(scene, "support", "2025-04-01", "2025-06-30")
    assert code == 0
    people = {one["identity"]: one for one in found["people"]}  # type: ignore[attr-defined]
    assert set(people) == {ANNA, BEN["email"]}
    assert people[ANNA]["categories"] == ["accounts/contact", "enquiries/enquiry"]
    assert [people[ANNA][end][:10] for end in ("first", "last")] == ["2025-04-11", "2025-05-20"]
    assert found["unknown"] == found["of_many"] == 0
    only = affected(scene, "support", "2025-06-01", "2025-06-30")[1]
    assert [one["identity"] for one in only["people"]] == [BEN["email"]]  # type: ignore[attr-defined]
    scene.change("board", "DELETE FROM enquiry WHERE email = :e", e=BEN["email"])
    scene.change(
        "board", "UPDATE account SET email = 'neu@bewerber.example' WHERE email = :e", e=BEN["email"]
    )
    gone = affected(scene, "support", "2025-06-01", "2025-06-30")[1]
    assert (gone["people"], gone["unknown"]) == ([], 1), "whom no store knows is counted, not left out"
    assert (
        scene.zusage(
            "2025-07-01", "breach", "affected", "cheap-cloud", "--since", "2025-04-01", "--by", PERSON
        ).code
        == 2
    )


def test_each_provider_is_listed_with_what_it_got_and_gets_nothing_past_the_register(site: Site) -> None:
    scene, guest = site.scenario, anna(site)
    ask = {"question": "Wie ändere ich mein Kennwort?"}
    assert guest.post("/account/support", data=ask).status_code == 503, (
        "no contract on file: nothing is recorded"
    )
    assert tray(site) == []
    assert affected(scene, "support", "2025-04-01", "2025-06-30")[0] == 1
    document = scene.file("evidence/contract.txt", "contract\n")
    filing = [
        "contract",
        "file",
        "support",
        "--document",
        str(document),
        "--by",
        PERSON,
        "--until",
        "2026-02-01",
    ]
    assert scene.zusage("2025-04-10T09:30", *filing).code == 0
    for day in ("2025-04-11T09:00", "2025-05-20T09:00"):
        site.at(day)
        assert guest.post("/login", data=LOGIN).status_code == 200
        assert guest.post("/account/support", data=ask).status_code == 202
    other = site.at("2025-06-02T09:00").guest()
    assert other.post("/register", data=BEN).status_code == 201
    other.post("/login", data=BEN)
    assert other.post("/account/support", data={"question": "Kann ich pausieren?"}).status_code == 202
    got = tray(site)
    assert len(got) == 6
    assert got[0] == {"enquiry": ask["question"]}
    assert got[1] == {"contact": {"name": "Anna Beispiel", "email": ANNA}}

    # without its register the application has no way to the provider
    without = create_app(scene.folder, None)
    site.app.state.host = without.state.host
    assert other.post("/account/support", data=ask).status_code == 503
    assert tray(site) == got
    assert_listed(Desk(scene))
    assert_affected(scene)
