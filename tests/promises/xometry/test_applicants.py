"""The marketplace: what applicants agree to is asked apart, recorded, unseen by those who decide, and ends at once."""

from __future__ import annotations

import mailbox
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from tests.promises.scenario import PERSON, Scenario
from tests.promises.visiting import Site, visiting
from zusage.deployments.marketplace.app import create_app

ADA, BEN = "ada@example.net", "ben@example.net"


@pytest.fixture
def site(marketplace: Scenario) -> Iterator[Site]:
    with visiting(marketplace, create_app, "https://www.spanwerk.example", now="2022-07-01T10:00") as made:
        yield made


def applied(site: Site, guest: TestClient, name: str, email: str, **more: str) -> tuple[int, str]:
    """Somebody applies on 22-07; the number of the application and the path of the personal page."""
    form = {"name": name, "email": email, "letter": f"{name} dreht und fräst."} | more
    page = guest.post("/karriere/22-07", data=form)
    assert page.status_code == 200
    with site.scenario.writing("office") as connection:
        number = connection.exec_driver_sql("SELECT id FROM applicant WHERE email = ?", (email,)).scalar_one()
    site.scenario.file(f"files/applications/{number}.pdf")
    site.scenario.put(
        "office", "applicant_file", applicant_id=number, path=f"applications/{number}.pdf", id=number
    )
    return int(number), page.url.path


def ended(site: Site, number: int, day: str) -> None:
    site.scenario.change(
        "office",
        "UPDATE applicant SET procedure_ended_at = :at WHERE id = :id",
        at=f"{day} 10:00:00.000000",
        id=number,
    )


def mails(site: Site, to: str) -> list[str]:
    """Subject and text of every mail of the application to somebody, oldest first."""
    box = mailbox.Maildir(site.scenario.folder / "outgoing", create=False)
    found = sorted((one for one in box if one["To"] == to), key=lambda one: float(one.get_date()))
    return [f"{one['Subject']}\n{one.get_payload(decode=True).decode()}" for one in found]  # type: ignore[union-attr]


def consent(site: Site, now: str, email: str, purpose: str, *more: str) -> dict[str, object]:
    """Where somebody stands by the register."""
    said = site.scenario.zusage(now, "consent", "show", email, *more, "--json")
    assert said.code in (0, 1), said.err
    found: list[dict[str, object]] = [one for one in said.json if one["purpose"] == purpose]
    return found[0] if found else {}


def role(site: Site, name: str) -> TestClient:
    """One of the marketplace's own people."""
    return site.staff(name)


@pytest.mark.promise("xometry-280")
def test_a_withdrawn_consent_ends_what_rested_on_it(site: Site) -> None:
    guest, manager = site.guest(), role(site, "manager")
    ada, page = applied(site, guest, "Ada", ADA)
    ben, bens = applied(site, site.guest(), "Ben", BEN)
    ended(site, ada, "2022-02-15")
    ended(site, ben, "2022-06-30")
    assert manager.get(f"/personal/bewerbungen/{ada}").status_code == 403, "not without a consent"
    for one in (page, bens):
        assert guest.post(f"{one}/aufbewahrung", data={"answer": "ja"}).status_code == 200
    site.at("2022-08-15T09:00")
    assert "Ada" in manager.get(f"/personal/bewerbungen/{ada}").text
    site.scenario.sweep("2022-08-31T03:00")
    assert site.scenario.there("office", "applicant", ada, ben) == [ada, ben], (
        "longer than six months, by her consent"
    )
    site.at("2022-09-01T00:01")
    for one in (page, bens):
        assert guest.post(f"{one}/aufbewahrung", data={"answer": "nein"}).status_code == 200
    refused = manager.get(f"/personal/bewerbungen/{ada}")
    assert refused.status_code == 403
    assert "widerrufen" in refused.text
    site.scenario.sweep("2022-09-01T03:00")
    assert site.scenario.there("office", "applicant", ada, ben) == [ben], (
        "what rests on the six months alone stays"
    )
    assert site.scenario.count("office", "applicant_file", "applicant_id = :id", id=ada) == 0
    assert not (site.scenario.folder / f"files/applications/{ada}.pdf").exists()
    looks = [
        one for one in role(site, "audit").get("/personal/einsichten").json() if one["application"] == ada
    ]
    assert looks == [
        {"application": ada, "role": "manager", "ground": "consent", "at": "2022-08-15T09:00:00"}
    ]
    assert (
        consent(site, "2022-09-02", ADA, "longer-application", "--at", "2022-08-15T09:00:00")["agreed"]
        is True
    )
    assert consent(site, "2022-09-02", ADA, "longer-application")["agreed"] is False


@pytest.mark.promise("xometry-288")
def test_longer_than_six_months_needs_a_consent_or_a_norm(site: Site) -> None:
    guest = site.guest()
    ada, page = applied(site, guest, "Ada", ADA)
    ben, _ = applied(site, site.guest(), "Ben", BEN)
    for number in (ada, ben):
        ended(site, number, "2022-07-15")
    receipt = site.scenario.put("office", "travel_receipt", id=9001, applicant_id=ben, payee="Ben", cents=8450, paid_at="2022-07-10")  # fmt: skip
    site.at("2022-07-16T10:00")
    guest.post(f"{page}/aufbewahrung", data={"answer": "ja"})
    site.scenario.sweep("2023-01-14T12:00")
    assert site.scenario.there("office", "applicant", ada, ben) == [ada, ben]
    site.scenario.sweep("2023-01-16T03:00")
    assert site.scenario.there("office", "applicant", ada, ben) == [ada]
    for table in ("applicant_file", "applicant_page"):
        assert site.scenario.count("office", table, "applicant_id = :id", id=ben) == 0
    assert site.scenario.there("office", "travel_receipt", receipt) == [receipt]
    assert site.scenario.count("office", "travel_receipt", "id = 9001 AND applicant_id IS NULL") == 1
    norm = site.scenario.proof("2023-01-16", "retention/travel-costs/vouchers")
    assert norm["reference"].startswith("ao:147")
    site.scenario.sweep("2030-12-31T12:00")
    assert site.scenario.there("office", "travel_receipt", receipt) == [receipt]
    site.scenario.sweep("2031-01-01T03:00")
    assert site.scenario.there("office", "travel_receipt", receipt) == []


@pytest.mark.promise("xometry-288")
def test_a_date_in_the_table_is_no_recorded_consent(marketplace: Scenario) -> None:
    marketplace.put("office", "applicant", id=9001, name="Ben", email=BEN, procedure_ended_at="2022-07-15", consented_at="2022-07-15")  # fmt: skip
    marketplace.sweep("2023-01-16T03:00")
    assert marketplace.there("office", "applicant", 9001) == []


@pytest.mark.promise("xometry-298")
def test_nobody_is_in_the_pool_without_a_click(site: Site) -> None:
    ada, _ = applied(site, site.guest(), "Ada", ADA)
    recruiter = role(site, "recruiting")
    ended(site, ada, "2022-07-15")
    site.at("2022-07-20T10:00")
    assert recruiter.post(f"/personal/bewerbungen/{ada}/einladung").status_code == 201
    (link,) = re.findall(r"https://www\.spanwerk\.example(/bewerbung/\S+)", mails(site, ADA)[-1])
    site.at("2022-08-20T10:00")
    assert ADA not in [one["email"] for one in recruiter.get("/personal/pool").json()], "silence is no yes"
    assert site.scenario.count("office", "pool_entry", "email = :e", e=ADA) == 0
    by_hand = {"name": "Ada", "email": ADA, "profile": "dreht"}
    refused = recruiter.post("/personal/pool", data=by_hand)
    assert refused.status_code == 403
    assert "keine Einwilligung" in refused.text
    assert site.scenario.count("office", "pool_entry", "email = :e", e=ADA) == 0
    asked = site.guest().get(link)
    assert asked.text.count('name="answer" value="ja"') == asked.text.count('name="answer" value="nein"') == 2
    assert site.guest().post(f"{link}/pool", data={"answer": "ja"}).status_code == 200
    assert [one["profile"] for one in recruiter.get("/personal/pool").json() if one["email"] == ADA]
    stands = consent(site, "2022-08-21", ADA, "talent-pool")
    assert stands["agreed"] is True
    assert str(stands["since"]).startswith("2022-08-20T10:00")
    proof = site.scenario.zusage("2022-08-21", "consent", "proof", "--subject", ADA)
    assert "Ich möchte in den Pool aufgenommen werden, höchstens zwei Jahre." in proof.out
    assert "talent-pool" in proof.out
    # whoever writes past the application writes for a day: without a record the entry does not stay
    site.scenario.put("office", "pool_entry", id=9001, name="Ben", email=BEN, consented_at="2022-08-20T10:00")
    site.scenario.sweep("2022-08-20T12:00")
    assert site.scenario.count("office", "pool_entry", "email = :e", e=BEN) == 0
    assert site.scenario.count("office", "pool_entry", "email = :e", e=ADA) == 1


@pytest.mark.promise("xometry-299")
def test_the_panel_does_not_see_who_joined_the_pool(site: Site) -> None:
    guests = site.guest(), site.guest()
    form = guests[0].get("/karriere/22-07").text
    assert "pool" not in form.lower(), "nothing but the application is asked in the form"
    pages = {}
    for guest, name, email in ((guests[0], "Ada", ADA), (guests[1], "Ben", BEN)):
        _, pages[email] = applied(site, guest, name, email, pool="ja", answer="ja")
    for email in (ADA, BEN):
        assert not consent(site, "2022-07-01", email, "talent-pool"), (
            "an answer slipped into the form is none"
        )
    panel = role(site, "panel")
    before = panel.get("/personal/stellen/22-07").text
    guests[0].post(f"{pages[ADA]}/pool", data={"answer": "nein"})
    guests[1].post(f"{pages[BEN]}/pool", data={"answer": "ja"})
    assert consent(site, "2022-07-02", ADA, "talent-pool")["agreed"] is False
    assert consent(site, "2022-07-02", BEN, "talent-pool")["agreed"] is True
    after = panel.get("/personal/stellen/22-07").text
    files = re.findall(r"<article>.*?</article>", after)
    assert files == re.findall(r"<article>.*?</article>", before)
    assert len(files) == 2
    masked = [
        re.sub(r"\d+\.pdf", "N.pdf", one.replace(name, "X"))
        for one, name in zip(files, ("Ada", "Ben"), strict=True)
    ]
    assert masked[0] == masked[1], "neither file says more than the other"
    assert "pool" not in " ".join(files).lower()
    assert panel.get("/personal/pool").status_code == 403


def copied(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(target)) as other:
        one.backup(other)


@pytest.mark.promise("xometry-300")
def test_a_withdrawal_empties_the_pool_everywhere_and_for_good(site: Site) -> None:
    guest, market = site.guest(), site.scenario
    _, page = applied(site, guest, "Ada", ADA)
    _, bens = applied(site, site.guest(), "Ben", BEN)
    for one in (page, bens):
        guest.post(f"{one}/pool", data={"answer": "ja"})
    with market.writing("office") as connection:
        entries: dict[str, int] = dict(
            connection.exec_driver_sql("SELECT email, id FROM pool_entry").tuples().all()
        )
    for email in (ADA, BEN):
        assert (market.folder / f"files/pool/{entries[email]}-0.pdf").exists()
        assert market.count("office", "pool_term", "entry_id = :id", id=entries[email]) >= 3
        assert market.count("recruiting", "candidate", "email = :e", e=email) == 1
    market.sweep("2022-09-30T03:00")
    copied(market.folder / "data/office.db", market.folder / "office-backup.db")
    hold = market.zusage("2022-09-30", "hold", "place", "--ground", "statute", "--law", "ao:147(3)", "--matter", "receipt", "--until", "2030-12-31", "--row", f"office:pool_entry:{entries[BEN]}", "--by", PERSON)  # fmt: skip
    assert hold.code == 0, hold.err
    lawless = market.zusage("2022-09-30", "hold", "place", "--ground", "statute", "--matter", "receipt", "--row", f"office:pool_entry:{entries[ADA]}", "--by", PERSON)  # fmt: skip
    assert lawless.code == 2, "what is kept carries its norm"
    site.at("2022-10-01T09:00")
    for one in (page, bens):
        guest.post(f"{one}/pool", data={"answer": "nein"})
    assert mails(site, ADA)[-1].startswith("Ihr Widerruf\n")
    market.sweep("2022-10-01T23:00")

    def left(email: str) -> list[int]:
        entry = entries[email]
        return [
            market.count("office", "pool_entry", "email = :e", e=email),
            market.count("office", "pool_file", "entry_id = :id", id=entry),
            market.count("office", "pool_term", "entry_id = :id", id=entry),
            market.count("recruiting", "candidate", "email = :e", e=email),
            int((market.folder / f"files/pool/{entry}-0.pdf").exists()),
        ]

    assert left(ADA) == [0, 0, 0, 0, 0]
    assert left(BEN)[0] == 1
    held = market.zusage("2022-10-02", "hold", "list", "--json").json
    assert [one["law"] for one in held] == ["ao:147(3)"]
    copied(market.folder / "office-backup.db", market.folder / "data/office.db")
    assert market.count("office", "pool_entry", "email = :e", e=ADA) == 1, "the backup knew her"
    market.sweep("2022-10-02T03:00")
    assert left(ADA) == [0, 0, 0, 0, 0]
