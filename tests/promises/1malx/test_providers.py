"""1malx: what each provider received of whom is in the register, and nothing reaches a provider past it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.promises.asking import Desk
from tests.promises.board_scene import ANNA, HOST, LOGIN, anna, subscribe
from tests.promises.scenario import PERSON, Scenario
from tests.promises.visiting import Site, visiting
from tests.promises.vouching import vouch
from zusage.deployments.jobboard.app import create_app

BEN = {
    "email": "ben@bewerber.example",
    "password": "Wellenreiter-9",
    "first_name": "Ben",
    "last_name": "Fremd",
}
SUPPORT, MAILING, HOSTING = "Hörwerk Kundendienst GmbH", "Briefpilot GmbH", "Heidefels Rechenzentrum GmbH"
ISSUE = {"subject": "Neues im Mai", "text": "Drei neue Stellen"}


@pytest.fixture
def site(jobboard: Scenario) -> Iterator[Site]:
    with visiting(jobboard, create_app, HOST, now="2025-04-10T09:00") as made:
        yield made


def tray(site: Site, provider: str) -> list[dict[str, object]]:
    """What a provider got."""
    files = (site.scenario.folder / "providers" / provider).glob("*.json")
    return [json.loads(one.read_text("utf-8")) for one in sorted(files, key=lambda one: int(one.stem))]


def of_anna(site: Site, provider: str) -> list[dict[str, object]]:
    """What a provider got of Anna."""
    return [one for one in tray(site, provider) if ANNA in json.dumps(one)]


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
    for provider, categories, days in (
        (SUPPORT, "Name, E-Mail-Adresse, Nachricht", ["11.04.2025", "20.05.2025"]),
        (MAILING, "E-Mail-Adresse, Einwilligung", ["12.05.2025", "12.05.2025"]),
        (HOSTING, "Lebenslauf", ["11.04.2025", "20.05.2025"]),
    ):
        assert named[provider][0] == "DE"
        assert categories in named[provider][1], provider
        assert named[provider][2:] == days, provider
    assert "Lebenslauf" not in named[SUPPORT][1]
    assert "Lebenslauf" not in named[MAILING][1]


def assert_affected(scene: Scenario) -> None:
    """For an incident at a provider the register says whose data it had."""
    code, hosted = affected(scene, "hosting", "2025-05-01", "2025-05-31")
    copied = {one["identity"]: one for one in hosted["people"]}  # type: ignore[attr-defined]
    assert code == 0
    assert copied[ANNA]["categories"] == ["accounts/contact", "accounts/resume"]
    assert BEN["email"] not in copied, "he came after the last copy"
    assert len(copied) > 10
    mailed = affected(scene, "mailing", "2025-05-01", "2025-05-31")[1]
    assert [one["identity"] for one in mailed["people"]] == [ANNA]  # type: ignore[attr-defined]
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


def file_contract(scene: Scenario, provider: str, now: str) -> None:
    document = scene.file(f"evidence/{provider}.txt", "contract\n")
    filing = [
        "contract",
        "file",
        provider,
        "--document",
        str(document),
        "--by",
        PERSON,
        "--until",
        "2026-02-01",
    ]
    assert scene.zusage(now, *filing).code == 0


@pytest.mark.promise("1malx-050")
def test_each_provider_is_listed_with_what_it_got_and_gets_nothing_past_the_register(site: Site) -> None:
    scene, guest = site.scenario, anna(site)
    ask = {"question": "Wie ändere ich mein Kennwort?"}
    # no contract on file: nothing is recorded, and nothing goes out
    assert guest.post("/account/support", data=ask).status_code == 503
    refused = guest.post("/backups").json()
    assert (refused["copied"], refused["left_out"] > 10) == (0, True)
    subscribe(site, "newsletter", ANNA)
    assert guest.post("/newsletter/issues", data=ISSUE).json() == {"handed_over": 0, "left_out": 1}
    assert not (scene.folder / "providers").exists()
    for provider in ("support", "mailing", "hosting"):
        assert affected(scene, provider, "2025-04-01", "2025-06-30")[0] == 1
        file_contract(scene, provider, "2025-04-10T09:30")
    assert guest.post("/backups").json()["copied"] == 0, (
        "nobody vouches yet that the servers stand in Germany"
    )
    assert vouch(scene, "2025-04-10T09:40", "measure/servers-in-germany", role="it") == 0
    for day in ("2025-04-11T09:00", "2025-05-20T09:00"):
        site.at(day)
        assert guest.post("/login", data=LOGIN).status_code == 200
        assert guest.post("/account/support", data=ask).status_code == 202
        assert guest.post("/backups").json()["left_out"] == 0
        if day < "2025-05":
            site.at("2025-05-12T09:00")
            assert guest.post("/newsletter/issues", data=ISSUE).json() == {"handed_over": 1, "left_out": 0}
    other = site.at("2025-06-02T09:00").guest()
    assert other.post("/register", data=BEN).status_code == 201
    other.post("/login", data=BEN)
    assert other.post("/account/support", data={"question": "Kann ich pausieren?"}).status_code == 202
    got = tray(site, "support")
    assert len(got) == 6
    assert got[0] == {"enquiry": ask["question"]}
    assert got[1] == {"contact": {"name": "Anna Beispiel", "email": ANNA}}
    assert [sorted(one) for one in of_anna(site, "hosting")] == [["contact", "resume"]] * 2
    assert "password" not in json.dumps(of_anna(site, "hosting"))
    (handed,) = tray(site, "mailing")
    assert handed["subscription"]["address"] == ANNA  # type: ignore[index]
    assert "/account/consents" in handed["subscription"]["text"]  # type: ignore[index]

    # without its register the application has no way to a provider
    files = sorted((scene.folder / "providers").rglob("*.json"))
    site.app.state.host = create_app(scene.folder, None).state.host
    assert other.post("/account/support", data=ask).status_code == 503
    assert other.post("/newsletter/issues", data=ISSUE).status_code == 503
    assert other.post("/backups").json()["copied"] == 0
    assert sorted((scene.folder / "providers").rglob("*.json")) == files
    assert_listed(Desk(scene))
    assert_affected(scene)
