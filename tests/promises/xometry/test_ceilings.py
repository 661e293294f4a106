"""The marketplace: five years is the ceiling for access data, over every hold; whoever looks after the case is told before."""

from __future__ import annotations

import pytest

from tests.promises.scenario import PERSON, Scenario

CEILING = "retention/access-data/five-years"
CASE = ("hold", "place", "--ground", "legal-claim", "--matter", "misuse 22-9", "--by", PERSON)
OWNER = "fall@spanwerk.example"


def worker(scene: Scenario, day: str) -> list[str]:
    """The worker on a day; the mails about a ceiling that went out so far."""
    for minute in ("00", "02"):
        scene.zusage(f"{day}T09:{minute}", "worker", "--once")
    return [mail for mail in scene.mails() if "longest period ends soon" in mail]


@pytest.mark.promise("xometry-058")
def test_no_hold_reaches_beyond_five_years_and_the_owner_of_the_case_is_told(marketplace: Scenario) -> None:
    for number, day in ((9001, "2022-07-01"), (9002, "2022-08-20")):
        marketplace.put("web", "access_line", id=number, address="192.0.2.101", page="/", called_at=f"{day}T10:00")  # fmt: skip
    marketplace.file("exports/access-2022-07-01.csv", "192.0.2.101\n")
    for now, *on in (
        ("2022-07-02", "--subject", "ip=192.0.2.101", "--owner", OWNER),
        ("2022-08-21", "--row", "web:access_line:9002", "--owner", OWNER),
        ("2022-07-02", "--row", "exports:files:access-2022-07-01.csv"),
    ):
        held = marketplace.zusage(now, *CASE, *on, "--json")
        assert held.code == 0, held.err
    marketplace.sweep("2022-09-10T03:00")
    assert marketplace.there("web", "access_line", 9001, 9002) == [9001, 9002], "the case keeps them"

    marketplace.sweep("2027-05-31T03:00")
    assert worker(marketplace, "2027-05-31") == []
    marketplace.sweep("2027-06-01T03:00")
    told = worker(marketplace, "2027-06-01")
    assert sorted(OWNER in mail for mail in told) == [False, True], (
        "without an owner the officer is told of the file"
    )
    assert all("misuse 22-9" in mail for mail in told)
    marketplace.sweep("2027-06-02T03:00")
    assert len(worker(marketplace, "2027-06-02")) == 2, "told once a month, not at every sweep"

    marketplace.sweep("2027-07-01T12:00")
    assert marketplace.there("web", "access_line", 9001, 9002) == [9001, 9002]
    marketplace.sweep("2027-07-02T03:00")
    assert marketplace.there("web", "access_line", 9001, 9002) == [9002], "though the case is still open"
    assert not (marketplace.folder / "exports/access-2022-07-01.csv").exists()
    listed = marketplace.zusage("2027-07-02T04:00", "hold", "list", "--json").json
    assert [one["matter"] for one in listed] == ["misuse 22-9"] * 3
    assert marketplace.proof("2027-07-02T04:00", CEILING)["state"] == "kept"


@pytest.mark.promise("xometry-058")
def test_an_extension_beyond_five_years_is_refused(marketplace: Scenario) -> None:
    marketplace.put("web", "access_line", id=9001, address="192.0.2.101", page="/", called_at="2022-07-01T10:00")  # fmt: skip
    for scope in (
        ("--row", "web:access_line:9001"),
        ("--subject", "ip=192.0.2.101"),
        ("--activity", "access-data"),
    ):
        beyond = marketplace.zusage("2022-07-02", *CASE, *scope, "--until", "2027-07-02")
        assert beyond.code == 2
        assert "ceiling" in beyond.err
    assert marketplace.zusage("2022-07-02", "hold", "list", "--json").json == [], "nothing was placed"
    within = marketplace.zusage("2022-07-02", *CASE, "--row", "web:access_line:9001", "--until", "2027-07-01")
    assert within.code == 0, within.err
