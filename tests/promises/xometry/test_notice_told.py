"""The marketplace: who gets a reference on an applicant tells the applicant within a month, before it is used."""

from __future__ import annotations

import pytest

from tests.promises.asking import Desk
from tests.promises.scenario import Scenario

ADA = "ada@example.net"


@pytest.mark.promise("xometry-272")
def test_a_reference_is_used_after_the_applicant_was_told_its_source(marketplace: Scenario) -> None:
    desk = Desk(marketplace)

    def may(now: str) -> tuple[bool, str]:
        said = desk.may(now, "references", ADA)
        return bool(said["allowed"]), str(said["code"])

    owed = marketplace.zusage(
        "2022-07-01T10:00", "inform", "expect", "reference", ADA, "--case", "22-07/1", "--json"
    )
    assert owed.json == {"due": "2022-08-01"}
    assert may("2022-07-02") == (False, "not-informed")
    assert marketplace.zusage("2022-07-31", "inform", "owed", "--json").code == 0
    late = marketplace.zusage("2022-08-02", "inform", "owed", "--json")
    assert late.code == 1
    assert [(one["name"], one["overdue"]) for one in late.json] == [("reference", True)]
    bare = marketplace.zusage("2022-07-20", "inform", "tell", "reference", ADA, "--case", "22-07/1")
    assert bare.code == 2, "without source and kind of details nothing is told"
    assert may("2022-07-20") == (False, "not-informed")
    told = marketplace.zusage(
        "2022-07-20",
        "inform",
        "tell",
        "reference",
        ADA,
        "source=Muster AG",
        "category=Arbeitszeugnis",
        "--case",
        "22-07/1",
    )
    assert told.code == 0, told.err
    assert may("2022-07-20T12:00")[0] is True
    for minute in range(2):
        marketplace.zusage(f"2022-07-20T12:0{minute}", "worker", "--once")
    (mail,) = desk.mails(ADA)
    assert "Quelle: Muster AG" in mail
    assert "Art der Angaben: Arbeitszeugnis" in mail
    assert marketplace.zusage("2022-08-02", "inform", "owed", "--json").json == []
    # another applicant, another reference: owed by itself
    assert desk.may("2022-08-02", "references", "ben@example.net")["code"] == "not-informed"
