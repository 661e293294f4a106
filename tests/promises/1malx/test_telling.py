"""1malx: users are told before they release or write; details carry their source; surveys show no single person."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy.exc import IntegrityError

from tests.promises.asking import Desk
from tests.promises.board_scene import ANNA, HOST, LOGIN, anna, number_of, on_record, release_to, tick
from tests.promises.scenario import Scenario
from tests.promises.visiting import Site, visiting
from zusage.deployments.jobboard.app import create_app

CLARA = {
    "email": "clara@example.org",
    "password": "Wellenreiter-8",
    "first_name": "Clara",
    "last_name": "Kontakt",
}


@pytest.fixture
def site(jobboard: Scenario) -> Iterator[Site]:
    with visiting(jobboard, create_app, HOST, now="2025-03-14T09:00") as made:
        yield made


@pytest.mark.promise("1malx-007")
def test_a_release_names_the_recipient_warns_and_waits_for_the_yes(site: Site) -> None:
    scene, desk = site.scenario, Desk(site.scenario)
    guest = anna(site)
    firm = scene.put("board", "company", name="Muster Maschinenbau GmbH", contact_email="hr@muster.example")
    job = scene.put("board", "job", company_id=firm, title="Mechatronik")
    shown = guest.get("/account/releases/new", params={"job_number": job}).text
    assert '<strong id="recipient">Muster Maschinenbau GmbH</strong>' in shown
    assert "weder kontrollieren noch rückgängig machen" in shown
    for answer in ({}, {"confirmed": "true"}):
        assert guest.post("/account/releases", data={"job_number": job} | answer).status_code == 409
    assert scene.count("board", "release") == 0, "without confirmation no release"
    assert "resume-release" not in on_record(site, "2025-03-14T09:00")
    before = desk.carried_out("2025-03-14T09:00", "access", ANNA)
    assert "Muster Maschinenbau" not in desk.answer("2025-03-14T09:30", before)
    assert release_to(guest, job).status_code == 201
    assert scene.count("board", "release", "job_id = :j AND revoked_at IS NULL", j=job) == 1
    site.at("2025-03-15T10:00")
    after = desk.carried_out("2025-03-15T09:00", "access", ANNA)
    assert "Muster Maschinenbau GmbH" in desk.answer("2025-03-15T09:30", after), "on the list of recipients"
    guest.post("/login", data=LOGIN)
    changed = guest.post("/account/profile", data={"field": "street", "value": "Neuweg 2"})
    assert changed.status_code == 204
    listed = scene.zusage("2025-03-15T10:01", "request", "list", "--json").json
    (reference,) = [one["reference"] for one in listed if one["kind"] == "rectification"]
    desk.run("2025-03-15T10:05")
    assert "companies" in {one["party"] for one in desk.show("2025-03-15T11:00", reference)["told"]}


@pytest.mark.promise("1malx-044")
def test_the_hint_stands_beside_the_field_and_no_form_without_it_saves(site: Site) -> None:
    scene, guest = site.scenario, anna(site)
    text = {"title": "Dreherin", "body": "seit 2010"}
    assert guest.post("/account/resume", data=text).status_code == 409, "a form without the hint"
    guest.post("/account/resume", data=text | {"hint": "0" * 12})
    assert scene.count("board", "resume", "title = 'Dreherin'") == 0
    assert scene.count("board", "hint_shown") == 0
    shown = guest.get("/account/resume/edit").text
    for field in ("title", "body"):
        place = shown.index(f'name="{field}"')
        assert 0 < shown.index("nichts Vertrauliches und keine Persönlichkeitsprofile", place) - place < 300
    version = shown.partition('name="hint" value="')[2].partition('"')[0]
    stored = "account_id = :k AND version = :v AND shown_at LIKE '2025-03-14 09:00%'"
    assert scene.count("board", "hint_shown", stored, k=number_of(site), v=version) == 2
    assert guest.post("/account/resume", data=text | {"hint": version}).status_code == 204
    assert scene.count("board", "resume", "title = 'Dreherin' AND body = 'seit 2010'") == 1
    other = site.guest()
    assert other.post("/register", data=CLARA).status_code == 201
    other.post("/login", data=CLARA)
    borrowed = other.post("/account/resume", data=text | {"hint": version})
    assert borrowed.status_code == 409, "who was not shown the hint saves nothing, whatever the form says"


@pytest.mark.promise("1malx-027")
def test_each_item_of_a_profile_shows_where_it_came_from_and_when(site: Site) -> None:
    scene, desk, guest = site.scenario, Desk(site.scenario), anna(site)
    assert guest.post("/account/items", data={"field": "degree", "value": "Diplom"}).status_code == 201
    site.at("2025-03-15T09:00")
    guest.post("/login", data=LOGIN)
    taken = {"service": "beispielnetz", "field": "job", "value": "Dreherin bei Beispiel"}
    assert guest.post("/account/items/imported", data=taken).status_code == 201
    clara = site.guest()
    assert clara.post("/register", data=CLARA).status_code == 201
    clara.post("/login", data=CLARA)
    site.at("2025-03-16T09:00")
    clara.post("/login", data=CLARA)
    phone = {"field": "phone", "value": "+49 341 5550 1"}
    assert clara.post(f"/contacts/{number_of(site)}/items", data=phone).status_code == 201
    guest.post("/login", data=LOGIN)
    shown = [
        (one["field"], one["way"], one["source"], one["on"]) for one in guest.get("/account").json()["items"]
    ]
    assert shown == [
        ("degree", "own", "eigene Angabe", "2025-03-14"),
        ("job", "imported", "beispielnetz", "2025-03-15"),
        ("phone", "third-party", "Clara Kontakt", "2025-03-16"),
    ]
    report = desk.carried_out("2025-03-17T09:00", "access", ANNA)
    rows = desk.data("2025-03-17T10:00", report)["accounts"]["profile_item"]
    assert [(one["field"], one["way"]) for one in rows] == [one[:2] for one in shown]
    answer = desk.answer("2025-03-17T10:00", report)
    for words in ("eigene Angabe, 14.03.2025", "beispielnetz, 15.03.2025", "Clara Kontakt, 16.03.2025"):
        assert words in answer
    nobody = {"field": "job", "value": "Fräserin"}
    assert guest.post("/account/items/imported", data=nobody).status_code == 422
    for missing in (
        {"source": None, "way": "own"},
        {"source": "", "way": "own"},
        {"source": "x", "way": "guess"},
    ):
        with pytest.raises(IntegrityError):
            scene.put("board", "profile_item", account_id=number_of(site), field="job", value="x",
                      obtained_at="2025-03-14", **missing)  # fmt: skip
    with pytest.raises(IntegrityError):
        scene.put(
            "board", "profile_item", account_id=number_of(site), field="job", value="x", way="own", source="x"
        )
    assert scene.count("board", "profile_item") == 3


@pytest.mark.promise("1malx-033")
def test_results_of_a_survey_show_no_single_person(site: Site) -> None:
    scene, guest = site.scenario, anna(site)
    mine = {"town": "Leipzig", "rating": 2, "comment": "Mein Chef Otto Fremd war unfreundlich"}
    assert guest.post("/surveys/fruehjahr", data=mine).status_code == 403, "without consent no answer"
    assert scene.count("board", "survey_answer") == 0
    tick(guest, "surveys")
    assert guest.post("/surveys/fruehjahr", data=mine).status_code == 201
    assert guest.post("/surveys/fruehjahr", data=mine).status_code == 409
    assert site.guest().get("/surveys/fruehjahr/results").status_code == 404, "one answer is a person"
    towns = ["Leipzig"] + ["Dresden"] * 20 + ["Chemnitz"] * 15 + ["Zwickau"] * 3
    for number, town in enumerate(towns):
        account = scene.put("board", "account", email=f"umfrage-{number}@example.org")
        scene.put("board", "survey_answer", account_id=account, survey="fruehjahr", town=town, rating=4,
                  comment="Grüße an Petra Muster", answered_at="2025-03-14")  # fmt: skip
    assert scene.count("board", "survey_answer") == 40
    published = site.guest().get("/surveys/fruehjahr/results")
    assert published.json() == [
        {"group": "Chemnitz", "answers": 15, "mean": 4.0},
        {"group": "Dresden", "answers": 20, "mean": 4.0},
        {"group": "Übrige", "answers": 5, "mean": 3.6},
    ]
    for word in ("Leipzig", "Otto", "Fremd", "Petra", "Muster", "comment", "@"):
        assert word not in published.text
    scene.change("board", "DELETE FROM survey_answer WHERE town = 'Zwickau'")
    left = site.guest().get("/surveys/fruehjahr/results").json()
    assert left == [
        {"group": "Dresden", "answers": 20, "mean": 4.0},
        {"group": "Übrige", "answers": 17, "mean": 3.9},
    ], "two alone are not left over as the difference of the sums either"
    for path in ("/surveys/fruehjahr", "/surveys/fruehjahr/answers", "/surveys/fruehjahr/answers/1"):
        assert site.guest().get(path).status_code in (404, 405)
