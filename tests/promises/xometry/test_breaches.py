"""xometry: a breach has a clock of 72 hours, and its notification goes to the authority for private bodies."""

from __future__ import annotations

import pytest

from tests.promises.asking import Desk
from tests.promises.scenario import PERSON, Scenario


@pytest.mark.promise("xometry-029")
def test_the_notification_is_addressed_to_the_authority_for_private_bodies(marketplace: Scenario) -> None:
    desk = Desk(marketplace)
    opened = marketplace.zusage("2022-07-01T10:00", "breach", "open", "--noticed", "2022-07-01T08:00", "--facts", "Laptop gestohlen",
                                "--measures", "fern gelöscht", "--people", "12", "--by", PERSON, "--json")  # fmt: skip
    assert opened.code == 0, opened.err
    one = opened.json["id"]
    assert str(opened.json["due"]).startswith("2022-07-04T08:00"), "72 hours, over the weekend"
    said = marketplace.zusage(
        "2022-07-01T11:00", "breach", "notify", one, "--language", "de", "--by", PERSON, "--json"
    )
    assert said.code == 0
    assert said.json["addressee"] == "Bayerisches Landesamt für Datenschutzaufsicht"
    assert said.json["text"].splitlines()[0].startswith("Meldung nach Art. 33")
    assert "Bayerisches Landesamt" in said.json["text"]
    assert said.json["warnings"] == []
    for other in ("baylfd", "lfdi-bw", "DE-HE"):
        wrong = marketplace.zusage(
            "2022-07-01T11:05",
            "breach",
            "notify",
            one,
            "--language",
            "de",
            "--authority",
            other,
            "--by",
            PERSON,
            "--json",
        )
        assert wrong.code == 1
        assert "Bayerisches Landesamt für Datenschutzaufsicht" in wrong.json["warnings"][0]
    desk.run("2022-07-03T09:00")
    assert any(one in each for each in desk.mails("dsb@spanwerk.example")), "reminded a day before"
    desk.run("2022-07-04T09:00")
    desk.run("2022-07-04T10:00")
    assert any(each.startswith("Überfällig") for each in desk.mails("dsb@spanwerk.example"))
    assert marketplace.zusage("2022-07-04T10:00", "breach", "list", "--json").code == 1
    assert (
        marketplace.zusage(
            "2022-07-04T11:00", "breach", "notify", one, "--sent", "--by", PERSON, "--json"
        ).code
        == 0
    )
    assert marketplace.zusage("2022-07-05T10:00", "breach", "list", "--json").json[0]["authority"] == "baylda"
