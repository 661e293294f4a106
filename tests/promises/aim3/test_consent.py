"""The ad server: what runs on consent, and what traits never touch."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest

from tests.promises.scenario import Scenario
from tests.promises.visiting import Site, choose, visiting
from zusage.deployments.adserver.app import create_app
from zusage.deployments.adserver.app.informing import run
from zusage.deployments.sessions import check_value

HOST = "https://www.windrose.example"
MARA = "mara@beispiel-handel.example"


@pytest.fixture
def site(adserver: Scenario) -> Iterator[Site]:
    with visiting(adserver, create_app, HOST, now="2026-04-01T10:00") as made:
        yield made


def _customer(site: Site) -> int:
    """Mara, with a password."""
    return site.scenario.put("platform", "customer", id=9001, company="Beispiel Handel GmbH", name="Mara Beispiel",
                             email=MARA, password_check=check_value("Wellenreiter-7"))  # fmt: skip


@pytest.mark.promise("aim3-011")
def test_a_trial_that_no_notice_names_runs_for_who_agreed_to_it(site: Site) -> None:
    declaration = (site.scenario.folder / "declaration.yaml").read_text(encoding="utf-8")
    assert "page-trial" not in declaration.partition("\nactivities:")[2], (
        "no processing activity has this purpose"
    )
    one, two = site.guest(), site.guest()
    choose(one, "page-trial")
    site.at("2026-04-01T10:05")
    for _ in range(3):
        assert one.get("/formats").status_code == two.get("/formats").status_code == 200
    views = site.scenario.count("platform", "trial_view")
    assert views == 3, "the trial runs for the one who agreed, and no record exists of the other"
    assert site.scenario.count("platform", "trial_view", "browser IS NULL") == 0
    site.at("2026-04-01T11:00")
    choose(one)
    site.at("2026-04-01T11:00:01")
    one.get("/formats")
    assert site.scenario.count("platform", "trial_view") == 3, "after the withdrawal none is added"
    refused = site.zusage.may("heat-map", ("email", MARA))
    assert (refused.allowed, refused.code) == (False, "undeclared"), "neither notice nor consent: no"


@pytest.mark.promise("aim3-065")
def test_a_job_reaches_who_agreed_to_its_very_purpose(site: Site) -> None:
    _customer(site)
    agreed = site.guest().post(
        "/information", data={"email": MARA, "purpose": "product-news", "agrees": "true"}
    )
    assert agreed.status_code == 204
    site.at("2026-04-02T09:00")
    news, calls = run(site.app.state.host, "product-news"), run(site.app.state.host, "phone-marketing")
    assert news.approached == (MARA,)
    assert calls.approached == ()
    assert calls.refused[MARA] == "no-consent"
    assert site.scenario.count("platform", "approach", "purpose = 'phone-marketing'") == 0
    # once she agrees to be called, too, each call is on record before it is made (§ 7a UWG)
    site.guest().post("/information", data={"email": MARA, "purpose": "phone-marketing", "agrees": "true"})
    site.at("2026-04-03T09:00")
    assert run(site.app.state.host, "phone-marketing").approached == (MARA,)
    kept = site.scenario.zusage("2026-04-03T10:00", "consent", "proof", "--subject", MARA, "--json").json
    assert [one["type"] for one in kept if "phone-marketing" in one["answers"]] == ["consent", "use"]


@pytest.mark.promise("aim3-065")
def test_no_consent_is_kept_without_wording_time_and_version(site: Site) -> None:
    _customer(site)
    wrong = {"email": MARA, "purpose": "something-else", "agrees": "true"}
    assert site.guest().post("/information", data=wrong).status_code == 422, "a purpose without wording"
    assert site.scenario.zusage("2026-04-01T10:00", "consent", "show", MARA, "--json").json == []
    site.guest().post("/information", data={"email": MARA, "purpose": "product-news", "agrees": "true"})
    with sqlite3.connect(site.scenario.folder / "state.db") as state:
        words, version, shown = state.execute(
            "SELECT t.content, t.notice_version, e.at FROM consent_event e JOIN consent_text t ON t.hash = e.text"
        ).fetchone()
        assert "Informationen zu Werbeformaten" in words.decode()
        assert version == "3"
        assert shown > 0
        for column in ("text", "at"):
            with pytest.raises(sqlite3.IntegrityError):
                state.execute(f"UPDATE consent_event SET {column} = NULL")
        with pytest.raises(sqlite3.IntegrityError):
            state.execute("UPDATE consent_text SET notice_version = NULL")


@pytest.mark.promise("aim3-070")
def test_a_trait_changes_the_advert_and_nothing_else(site: Site) -> None:
    site.at("2026-05-05T09:00")
    one, two = site.guest(), site.guest()
    for guest, topic in ((one, "Luxus"), (two, "")):
        choose(guest, "interest-ads")
        guest.get("/ad", params={"site": "nachrichten.example", "topic": topic})
    adverts = [guest.get("/ad", params={"site": "nachrichten.example"}).text for guest in (one, two)]
    assert "limitierter Auflage" in adverts[0]
    assert "limitierter Auflage" not in adverts[1], "the trait changes the advert"
    # where the trait cannot be read, prices and accounts are made all the same: neither of them reads it
    site.scenario.change("platform", "ALTER TABLE trait RENAME TO put_aside")
    prices = [
        guest.get("/prices").text.partition("<main>")[2].partition("</main>")[0] for guest in (one, two)
    ]
    assert prices[0] == prices[1]
    assert "100 EUR" in prices[0]
    for place, guest in enumerate((one, two)):
        opened = guest.post("/register", data={"company": "Firma", "name": "Kim", "email": f"kim{place}@firma.example",
                                               "password": "Wellenreiter-7"})  # fmt: skip
        assert opened.status_code == 201
        assert "100 EUR" in opened.text
        assert "Bedingungen vom 2026-01-12" in opened.text
    assert site.scenario.count("platform", "customer", "email LIKE 'kim_@firma.example'") == 2
