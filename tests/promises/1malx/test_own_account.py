"""1malx: users correct their profile and take their résumé out of the search themselves; an erasure is confirmed once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from tests.promises.asking import Desk
from tests.promises.board_scene import release_to, write_resume
from tests.promises.scenario import PERSON, Scenario
from tests.promises.visiting import Site, visiting
from zusage.deployments.jobboard.app import create_app

ANNA = {"email": "anna@bewerberin.example", "password": "ein-langes-kennwort"}


@pytest.fixture
def site(jobboard: Scenario) -> Iterator[Site]:
    with visiting(jobboard, create_app, "https://www.stellenwald.example", now="2025-03-14T09:00") as made:
        yield made


def anna(site: Site) -> tuple[TestClient, int, int]:
    """Anna, logged in, with a public résumé: her browser, her account, her résumé."""
    guest = site.guest()
    assert (
        guest.post("/register", data=ANNA | {"first_name": "Anna", "last_name": "Beispiel"}).status_code
        == 201
    )
    guest.post("/login", data=ANNA)
    with site.scenario.writing("board") as connection:
        account = connection.execute(
            text("SELECT id FROM account WHERE email = :e"), {"e": ANNA["email"]}
        ).scalar_one()
        connection.execute(text("UPDATE account SET street = 'Altgasse 1' WHERE id = :k"), {"k": account})
    resume = site.scenario.put("board", "resume", account_id=account, title="Dreherin", body="zirkonzange seit 2010",
                               visibility="public", file_path="anna.pdf")  # fmt: skip
    site.scenario.file("uploads/anna.pdf", "%PDF-1.4\n")
    assert write_resume(guest, title="Dreherin", body="zirkonzange seit 2010").status_code == 204
    return guest, int(account), resume


def everywhere(scene: Scenario, word: str) -> list[str]:
    found = []
    with scene.writing("board") as connection:
        for (table,) in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).all():
            rows = connection.execute(text(f'SELECT * FROM "{table}"')).all()
            if any(word.casefold() in str(value).casefold() for row in rows for value in row):
                found.append(str(table))
    return found


@pytest.mark.promise("1malx-070")
def test_a_removed_resume_is_found_by_nobody_and_stays_in_the_account(site: Site) -> None:
    guest, _, resume = anna(site)
    site.at("2025-03-21T07:59")
    assert [one["id"] for one in site.guest().get("/resumes?term=zirkonzange").json()] == [resume]
    site.at("2025-03-21T08:00")
    guest.post("/login", data=ANNA)
    assert guest.post("/account/resume/remove").status_code == 204
    site.at("2025-03-21T08:01")
    assert site.guest().get("/resumes?term=zirkonzange").json() == []
    assert site.guest().get("/people?term=Dreherin").json() == [] or resume not in [
        one["id"] for one in site.guest().get("/people?term=Dreherin").json()
    ]
    assert site.scenario.count("board", "resume_index", "resume_id = :r", r=resume) == 0
    assert everywhere(site.scenario, "zirkonzange") == ["resume"], "neither index nor cache holds its words"
    own = guest.get("/account/resume").json()
    assert [(one["body"], one["visibility"]) for one in own] == [("zirkonzange seit 2010", "private")]
    assert site.guest().post("/index/rebuild").json()["terms"] >= 0
    assert site.guest().get("/resumes?term=zirkonzange").json() == [], "a rebuild does not bring it back"
    assert site.scenario.count("board", "resume_index", "resume_id = :r", r=resume) == 0


@pytest.mark.promise("1malx-077")
def test_a_corrected_street_is_seen_everywhere_and_recipients_hear_of_it(site: Site) -> None:
    scene, desk = site.scenario, Desk(site.scenario)
    guest, account, resume = anna(site)
    with scene.writing("board") as connection:
        firm, job = connection.execute(text("SELECT company_id, id FROM job ORDER BY id LIMIT 1")).one()
    assert release_to(guest, job).status_code == 201
    seen = site.guest().get(f"/companies/{firm}/resumes/{resume}").json()
    assert seen["street"] == "Altgasse 1"
    told = scene.zusage("2025-03-14T09:05", "disclose", "companies", "--activity", "accounts", "--subject", f"email={ANNA['email']}",
                        "--named", "Maschinen Muster GmbH", "--by", PERSON, "--json")  # fmt: skip
    assert told.code == 0, told.out
    site.at("2025-03-15T10:00")
    guest.post("/login", data=ANNA)
    changed = guest.post("/account/profile", data={"field": "street", "value": "Neuweg 2"})
    assert changed.status_code == 204, changed.text
    assert scene.count("board", "account", "id = :k AND street = 'Neuweg 2'", k=account) == 1
    assert everywhere(scene, "Altgasse 1") == [], "no rule of this application keeps the old value"
    assert site.guest().get(f"/companies/{firm}/resumes/{resume}").json()["street"] == "Neuweg 2"
    listed = scene.zusage("2025-03-15T10:01", "request", "list", "--json").json
    (reference,) = [one["reference"] for one in listed if one["kind"] == "rectification"]
    desk.run("2025-03-15T10:05")
    assert "companies" in {one["party"] for one in desk.show("2025-03-15T11:00", reference)["told"]}
    refused = site.guest().post("/account/profile", data={"field": "street", "value": "Fremdweg"})
    assert refused.status_code == 401
    assert guest.post("/account/profile", data={"field": "active", "value": "0"}).status_code == 422


@pytest.mark.promise("1malx-081")
def test_an_erasure_is_confirmed_once_names_the_archive_copy_and_then_forgets_the_address(
    jobboard: Scenario,
) -> None:
    desk, scene = Desk(jobboard), jobboard
    who = ANNA["email"]
    scene.put("board", "account", email=who, first_name="Anna", last_name="Beispiel", active=True)
    with scene.writing("board") as connection:
        connection.execute(
            text("CREATE TABLE shadow (id INTEGER PRIMARY KEY, account_id INTEGER REFERENCES account(id))")
        )
    reference = desk.file("2025-05-02T20:00", "erasure", who)
    desk.run("2025-05-02T20:01")
    assert desk.decide("2025-05-02T21:00", reference) == 0
    desk.run("2025-05-02T21:05")
    desk.run("2025-05-02T22:05")
    assert not any(one.startswith("Antwort") for one in desk.mails(who)), "it failed: no confirmation"
    with scene.writing("board") as connection:
        connection.execute(text("DROP TABLE shadow"))
    assert desk.decide("2025-05-03T02:00", reference) == 0
    desk.run("2025-05-03T02:00")
    desk.run("2025-05-03T03:00")
    assert scene.count("board", "account", "email = :e", e=who) == 0
    confirmed = [one for one in desk.mails(who) if one.startswith("Antwort")]
    assert len(confirmed) == 1
    for words in ("Sicherungskopien", "Archiv", "niemand"):
        assert words.casefold() in confirmed[0].casefold()
    for day in ("2025-05-10T04:00", "2025-05-11T04:00"):
        desk.run(day)
    state = b"".join(path.read_bytes() for path in scene.folder.glob("*.db*"))
    assert len([one for one in desk.mails(who) if one.startswith("Antwort")]) == 1
    with scene.writing("board") as connection:
        assert (
            connection.execute(text("SELECT count(*) FROM account WHERE email = :e"), {"e": who}).scalar()
            == 0
        )
    answered = scene.zusage("2025-05-12", "request", "answer", reference)
    assert answered.code == 2, "who it was is not known any more"
    assert state is not None
