"""The marketplace: a rejected applicant objects to the six months – blocked at once, then erased, or kept for claims until a day."""

from __future__ import annotations

import pytest

from tests.promises.asking import Desk
from tests.promises.scenario import Scenario

BEN, CARA, DAN, EVE = (f"{name}@example.net" for name in ("ben", "cara", "dan", "eve"))
NUMBERS = {BEN: 9001, CARA: 9002, DAN: 9003, EVE: 9004}
RUNNING = 9011
WORDS = "Bis zum Ende der Frist können Ansprüche erhoben werden; wir müssten das Verfahren belegen."


@pytest.fixture
def rejected(marketplace: Scenario) -> Scenario:
    """Four applicants, rejected on 2022-07-15, each with a paper and a note; Ben also has an application that runs."""
    for email, number in NUMBERS.items():
        name = email.partition("@")[0].title()
        marketplace.put("office", "applicant", id=number, name=name, email=email, letter="x", procedure_ended_at="2022-07-15", shelf=f"R3-{number}")  # fmt: skip
        marketplace.put("office", "applicant_file", id=number, applicant_id=number, path=f"applications/{number}.pdf")  # fmt: skip
        marketplace.put("office", "applicant_note", id=number, applicant_id=number, body="x")
        marketplace.file(f"files/applications/{number}.pdf")
    marketplace.put("office", "applicant", id=RUNNING, name="Ben", email=BEN, letter="y", shelf="R3-9011")
    marketplace.put("office", "applicant_note", id=RUNNING, applicant_id=RUNNING, body="y")
    marketplace.put("office", "enquiry", id=9001, name="Ben", email=BEN, body="z", received_at="2022-07-20")
    return marketplace


def usable(scene: Scenario, number: int) -> int:
    """How many of an application's rows say anything in the live tables."""
    return (
        scene.count("office", "applicant", "id = :id AND email IS NOT NULL", id=number)
        + scene.count("office", "applicant_file", "applicant_id = :id", id=number)
        + scene.count("office", "applicant_note", "applicant_id = :id", id=number)
    )


def shelves(scene: Scenario, now: str) -> list[str]:
    """The shelf marks that somebody was told to clear."""
    return [str(one["shelf"]) for one in scene.zusage(now, "paper", "list", "--json").json]


def rows(scene: Scenario, number: int) -> int:
    """How many of an application's rows there are, masked or not."""
    return sum(
        scene.count("office", table, f"{key} = :id", id=number)
        for table, key in (("applicant", "id"), ("applicant_file", "applicant_id"), ("applicant_note", "applicant_id"))
    )  # fmt: skip


def late(scene: Scenario, now: str) -> list[str]:
    """References that are reported as overdue."""
    said = scene.zusage(now, "request", "list", "--json")
    found = [str(one["reference"]) for one in said.json if one["late"]]
    assert said.code == (1 if found else 0)
    return found


@pytest.mark.promise("xometry-287")
def test_an_objection_to_the_six_months(rejected: Scenario) -> None:
    scene, desk = rejected, Desk(rejected)
    asked = {who: desk.file("2022-08-01T09:00", "objection", who, "--purpose", "claims") for who in NUMBERS}
    desk.run("2022-08-01")
    for who, number in NUMBERS.items():
        assert usable(scene, number) == 0, f"{who}: out of use on the day"
        assert scene.blocked("2022-08-01T12:00", who), f"{who}: and not erased"
    assert usable(scene, RUNNING) == 2, "an application that runs is not objected to"
    assert scene.there("office", "enquiry", 9001) == [9001], "nor is another activity"
    scene.sweep("2022-08-20T03:00")
    assert len(scene.blocked("2022-08-20T12:00", DAN)) >= 3, "no sweep erases what waits for a decision"

    assert desk.decide("2022-08-25", asked[BEN]) == 0
    said = ("refuse", "--ground", "legal-claims", "--text", WORDS)
    assert desk.decide("2022-08-25", asked[CARA], *said) == 0
    assert desk.decide("2022-08-25", asked[EVE], "refuse", "--ground", "compelling-grounds") == 2, (
        "undocumented"
    )
    assert desk.decide("2022-08-25", asked[EVE], "refuse", "--ground", "compelling-grounds", "--text", "Klage 7 Ca 1/22.") == 0  # fmt: skip
    desk.run("2022-08-25")
    scene.sweep("2022-08-25T23:00")

    assert (rows(scene, NUMBERS[BEN]), scene.blocked("2022-08-26", BEN)) == (0, []), (
        "granted: erased by 09-01"
    )
    assert not (scene.folder / f"files/applications/{NUMBERS[BEN]}.pdf").exists()
    assert shelves(scene, "2022-08-26") == ["R3-9001"], "and its file on paper is somebody's task"
    assert usable(scene, RUNNING) == 2
    assert scene.there("office", "enquiry", 9001) == [9001]
    answer = desk.answer("2022-08-26", asked[CARA])
    assert "Anspruchsfrist nach § 15 Abs. 4 AGG bis 15.09.2022" in answer
    assert WORDS in answer
    assert usable(scene, NUMBERS[CARA]) == 0, "for claims alone"
    assert usable(scene, NUMBERS[EVE]) == 3, "a ground that outweighs: in use again"
    assert "Anspruchsfrist" not in desk.answer("2022-08-26", asked[EVE])

    assert late(scene, "2022-08-31T12:00") == []
    assert late(scene, "2022-09-02T12:00") == [asked[DAN]], "silence is reported"
    assert scene.proof("2022-09-02T12:00", "rights/objection")["state"] == "broken"
    assert scene.zusage("2022-09-14", "request", "run").code == 0
    assert scene.blocked("2022-09-14T12:00", CARA)
    assert scene.zusage("2022-09-16", "request", "run").code == 0
    scene.sweep("2022-09-16T12:00")
    assert (rows(scene, NUMBERS[CARA]), scene.blocked("2022-09-16T13:00", CARA)) == (0, []), (
        "the period is over: without a new request"
    )
    assert shelves(scene, "2022-09-16T14:00") == ["R3-9001", "R3-9002"]
