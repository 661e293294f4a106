"""What the website itself counts of its visitors: under consent, under a pseudonym, and not a call longer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import MetaData, Table, select

from tests.promises.browsing import Scene, Visitor
from tests.promises.xometry.test_choice import choice
from tests.promises.xometry.test_services import customer, log_in
from zusage.deployments.creating import engine_of
from zusage.deployments.marketplace.schema import DATABASES

pytestmark = pytest.mark.browser


def rows(site: Scene, table: str, pseudonym: str) -> Sequence[Any]:
    """The rows of a table that belong to a visitor."""
    made = DATABASES["web"].tables[table]
    visitors = DATABASES["web"].tables["visitor"]
    with site.scenario.writing("web") as connection:
        query = select(made).join(visitors).where(visitors.c.pseudonym == pseudonym).order_by(made.c.id)
        return connection.execute(query).all()


def visitors(site: Scene) -> int:
    """How many visitors the store knows."""
    return site.scenario.count("web", "visitor")


def everything(site: Scene) -> str:
    """Every value of every table of every store, as one text."""
    found = []
    for store in DATABASES:
        engine = engine_of(site.scenario.folder, store)
        there = MetaData()
        there.reflect(engine)
        with engine.connect() as connection:
            for table in there.tables.values():
                found += [repr(tuple(row)) for row in connection.execute(select(table))]
        engine.dispose()
    return "\n".join(found)


@pytest.mark.promise("xometry-082")
def test_visits_count_from_the_consent_on(site: Scene, someone: Visitor) -> None:
    before = visitors(site)
    for day in (1, 2, 3):
        site.at(f"2022-07-0{day}T10:00")
        someone.visit("/").visit("/preise")
    assert visitors(site) == before
    site.at("2022-07-04T10:00")
    someone.visit("/").choose("statistics").visit("/preise")
    mine = rows(site, "visit_record", choice(someone).browser)
    assert [one.visits for one in mine] == [1]
    site.at("2022-07-04T10:05")
    someone.visit("/videos")
    site.at("2022-07-06T09:00")
    someone.visit("/")
    (record,) = rows(site, "visit_record", choice(someone).browser)
    assert (record.visits, record.seconds) == (2, 300)
    assert (f"{record.first_at:%Y-%m-%d}", f"{record.last_at:%Y-%m-%d}") == ("2022-07-04", "2022-07-06")


@pytest.mark.promise("xometry-084")
def test_a_click_path_exists_for_who_agreed_only(site: Scene, someone: Visitor) -> None:
    before, total = visitors(site), site.scenario.count("web", "visitor_event")
    other = site.visitor(extra_http_headers={"User-Agent": "W-Browser/1"})
    other.visit("/").reject().visit_all(("/preise?teil=welle", "/videos", "/kontakt"))
    assert (visitors(site), site.scenario.count("web", "visitor_event")) == (before, total)
    someone.visit("/").choose("statistics").visit_all(("/preise?teil=welle", "/videos", "/kontakt"))
    path = [one.name for one in rows(site, "visitor_event", choice(someone).browser)]
    assert path[-4:] == ["page:/preise", "function:price-calculator", "page:/videos", "page:/kontakt"]
    assert visitors(site) == before + 1
    assert everything(site).count("W-Browser/1") == site.scenario.count(
        "web", "access_line", "browser = 'W-Browser/1'"
    )
    site.scenario.sweep("2022-07-09T03:00")
    assert "W-Browser/1" not in everything(site)
    assert rows(site, "visitor_event", choice(someone).browser), "the consent stands"


@pytest.mark.promise("xometry-035")
def test_from_the_withdrawal_on_nothing_is_counted(site: Scene, someone: Visitor) -> None:
    site.at("2022-07-01T09:00")
    someone.visit("/").choose("statistics").visit("/preise")
    browser = choice(someone).browser
    counted = len(rows(site, "visitor_event", browser))
    assert counted > 0
    site.at("2022-07-05T12:00")
    someone.withdraw().forget()
    site.at("2022-07-05T12:01")
    someone.visit_all(("/", "/preise"))
    assert len(rows(site, "visitor_event", browser)) == counted
    assert someone.services() == set()
    shown = site.scenario.zusage("2022-07-10", "consent", "show", f"browser:{browser}", "--json").json
    (stands,) = [one for one in shown if one["purpose"] == "statistics"]
    assert (stands["agreed"], stands["since"]) == (False, "2022-07-05T12:00:00+00:00")


@pytest.mark.promise("xometry-106")
def test_the_anonymous_id_is_never_joined_with_an_account(site: Scene, someone: Visitor) -> None:
    mail, password = customer(site.scenario)
    someone.visit("/").choose("statistics").visit("/preise")
    with site.staff("marketing") as staff:
        new = staff.get("/personal/besuche").json()
        log_in(someone, mail, password)
        site.at("2022-07-02T10:00")
        someone.visit("/preise")
        again = staff.get("/personal/besuche").json()
        assert (again["new"], again["returning"]) == (new["new"] - 1, new["returning"] + 1)
        anonymous = someone.cookies()["ajs_anonymous_id"].value
        beside = [line for line in everything(site).splitlines() if anonymous in line]
        assert len(beside) == 1
        assert mail not in beside[0]
        columns = _table("anonymous_visitor").columns.keys()
        assert columns == ["id", "anonymous_id", "visits", "last_at"], "nothing leads from it to anybody"
        assert staff.get("/personal/besuche", params={"mit": mail}).status_code == 403
    assert someone.reached("segment")
    assert not [hit for hit in someone.reached() if mail in str(hit) or "Ada" in str(hit.query)]


def _table(name: str) -> Table:
    return DATABASES["web"].tables[name]


@pytest.mark.promise("xometry-140")
def test_a_click_id_is_taken_over_only_with_consent(site: Scene, someone: Visitor) -> None:
    someone.visit("/?msclkid=abc-4711&farbe=blau").visit("/preise")
    assert "abc-4711" not in everything(site)
    assert "abc-4711" not in str(someone.cookies()) + str(someone.storage())
    later = someone.everything_asked()[1:]
    assert not [one for one in later if "abc-4711" in one.url + one.referrer]
    assert any("farbe=blau" in one.referrer for one in later), "the rest of the address stays"
    someone.accept_all().forget().visit("/?msclkid=abc-0815")
    (click,) = rows(site, "advert_click", choice(someone).browser)
    assert (click.network, click.click_id) == ("microsoft", "abc-0815")
    other = site.visitor().visit("/").choose("statistics").visit("/?msclkid=abc-0816")
    assert "abc-0816" not in everything(site) + str(other.cookies()) + str(other.storage())


@pytest.mark.promise("xometry-141")
def test_advertisements_are_counted_of_who_agreed_only(site: Scene, someone: Visitor) -> None:
    before = site.scenario.count("web", "advert_view")
    other = site.visitor().visit("/").reject().visit_all(("/", "/"))
    assert site.scenario.count("web", "advert_view") == before
    someone.visit("/preise").choose("marketing").visit_all(("/", "/", "/"))
    pseudonym = choice(someone).browser
    assert [(one.advert, one.times) for one in rows(site, "advert_view", pseudonym)] == [("A", 3)]
    assert site.scenario.count("web", "advert_view") == before + 1
    other.visit("/")
    mail, password = customer(site.scenario)
    log_in(someone, mail, password)
    someone.visit("/")
    assert not [
        line for line in everything(site).splitlines() if pseudonym in line and ("@" in line or "Ada" in line)
    ]
    assert not [table.name for table in DATABASES["web"].sorted_tables if "email" in table.columns]


@pytest.mark.promise("xometry-142")
def test_age_and_gender_are_never_used_of_minors(site: Scene, someone: Visitor) -> None:
    someone.visit("/").choose("marketing").visit("/teile/welle")
    young = site.visitor().visit("/").choose("marketing").visit("/teile/welle")
    nobody = site.visitor().visit("/").choose("statistics")
    grown, minor, other = (choice(one).browser for one in (someone, young, nobody))
    with site.staff("marketing") as staff:
        for browser, age in ((grown, "18-24"), (minor, "under 18")):
            said = {"browser": browser, "age": age, "gender": "female", "minor": age == "under 18"}
            assert staff.post("/personal/segmente", json=said).status_code == 204
        said = {"browser": other, "age": "18-24", "gender": "female"}
        assert staff.post("/personal/segmente", json=said).status_code == 403
        assert rows(site, "demographic", other) == []
        assert staff.get("/personal/segmente/18-24/female").json() == [grown]
        assert staff.get("/personal/segmente/under 18/female").json() == []
        audience = staff.post("/personal/zielgruppen", json={"key": "sommer-142"}).json()["ids"]
        assert grown in audience
        assert minor not in audience
        someone.withdraw()
        assert staff.get("/personal/segmente/18-24/female").json() == []


@pytest.mark.promise("xometry-143")
def test_campaigns_are_sums_and_single_conversions_need_consent(site: Scene, someone: Visitor) -> None:
    with site.staff("marketing") as staff:
        for _ in range(38):
            assert staff.get("/aktion/sommer").status_code == 200
        for _ in range(2):
            assert staff.get("/bestellt/sommer").status_code == 200
        someone.visit("/").choose("marketing").visit("/aktion/sommer").visit("/bestellt/sommer")
        other = (
            site.visitor().visit("/").choose("statistics").visit("/aktion/sommer").visit("/bestellt/sommer")
        )
        report = staff.get("/personal/kampagnen/sommer").json()
    assert report == {"visits": 40, "orders": 4, "conversion": "10 %"}
    assert {column.name for column in _table("campaign_total").columns} == {
        "id", "campaign", "visits", "orders", "bounces",
    }  # fmt: skip
    sent = [hit for hit in someone.reached() if hit.query.get("e") == "conversion"]
    assert {hit.service for hit in sent} == {"bing", "google-ads"}
    conversions = {hit.query["id"] for hit in sent}
    assert other.services() == {"tag-manager", "amplitude", "segment", "newrelic"}
    assert conversions <= {someone.cookies()[name].value for name in ("_gcl_au", "_uetsid")}
