"""The IT provider's counts of views: nobody can be recognised in them, and nobody says so where it is not true."""

from __future__ import annotations

import pytest

from tests.promises.publishing import edit, page, publish
from tests.promises.scenario import Scenario
from tests.promises.visiting import choose, visiting
from zusage.deployments.itservice.app import create_app

SAID = "ein Personenbezug ist ausgeschlossen"
DAYS = ("2026-05-04", "2026-05-05")
AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36"


def visited(itservice: Scenario) -> None:
    """One browser, at the same minute of two days, the same pages; on the first day it agrees to all analyses."""
    with visiting(itservice, create_app, "https://www.strompfad.example", now=f"{DAYS[0]}T10:17:33") as site:
        guest = site.guest(**{"user-agent": AGENT})
        for day in DAYS:
            site.at(f"{day}T10:17:33")
            for path in ("/", "/services", "/"):
                assert guest.get(path).status_code == 200
            choose(guest, "analytics", "profiles")


@pytest.mark.promise("fluxpunkt-122")
def test_counts_of_views_cannot_be_linked_and_only_then_it_is_said(itservice: Scenario) -> None:
    visited(itservice)
    with itservice.writing("web") as connection:
        rows = connection.exec_driver_sql("SELECT * FROM page_count ORDER BY day, page").mappings().all()
    assert [
        (str(row["day"])[:10], str(row["day"])[11:19].strip("0:"), row["page"], row["views"]) for row in rows
    ] == [(day, "", *one) for day in DAYS for one in (("/", 2), ("/services", 1))]
    assert set(rows[0]) == {"id", "day", "page", "views"}
    assert publish(itservice, "2026-05-05T12:00")[0] == 0
    assert SAID in page(itservice, "2026-05-05T13:00", "/notice")[1]


#: what somebody might store with the counts: column, its values on the two days, how it links them
WAYS = {
    "a client id": ("visitor", ("GA1.1.471108150.1746", "GA1.1.471108150.1746"), "Kennung"),
    "the same device": ("device", (AGENT, AGENT), "Gerätemerkmal"),
    "a whole address": ("address", ("198.51.100.23", "198.51.100.23"), "Adresse"),
    "the time of day": ("seen", ("2026-05-04 10:17:33", "2026-05-05 10:17:41"), "Uhrzeit"),
}


@pytest.mark.promise("fluxpunkt-122")
@pytest.mark.parametrize("name", WAYS)
def test_with_one_link_it_is_not_published(itservice: Scenario, name: str) -> None:
    column, values, way = WAYS[name]
    itservice.change("web", f"ALTER TABLE page_count ADD COLUMN {column} VARCHAR(120)")
    edit_bindings(itservice, column)
    with itservice.writing("web") as connection:
        for number, (day, value) in enumerate(zip(DAYS, values, strict=True), 9001):
            statement = f"INSERT INTO page_count (id, day, page, views, {column}) VALUES (?, ?, '/', 1, ?)"
            connection.exec_driver_sql(statement, (number, f"{day} 00:00:00.000000", value))
    refused = itservice.zusage("2026-05-05T12:00", "publish", "--by", "Dora", "--json")
    assert refused.code == 1
    (found,) = [one for one in refused.json if one["code"] == "store/linkable"]
    assert f"page_count lassen sich verknüpfen ({column}): {way}" in found["message"]["de"]
    assert values[0] not in refused.out + refused.err
    assert itservice.zusage("2026-05-05T12:00", "publish", "--versions", "--json").json == []
    # the same rows without the link, as the counting writes them
    itservice.change("web", f"UPDATE page_count SET {column} = NULL")
    assert publish(itservice, "2026-05-05T12:10")[0] == 0


def edit_bindings(itservice: Scenario, column: str) -> None:
    """The new column is bound as what it is said to be: a part of the counts."""
    path = itservice.folder / "stores.yaml"
    text = path.read_text("utf-8")
    assert "views: views}" in text
    path.write_text(text.replace("views: views}", f"views: views, {column}: views}}", 1), "utf-8")


@pytest.mark.promise("fluxpunkt-122")
def test_of_profiles_under_a_pseudonym_it_is_never_said(itservice: Scenario) -> None:
    visited(itservice)
    assert itservice.count("web", "usage_profile") == 1, "one browser, recognised on both days"
    profiles = "en: pseudonymous usage profiles}, origin: observed"
    edit(itservice, profiles, f"{profiles}, anonymous: true")
    code, codes = publish(itservice, "2026-05-05T12:00")
    assert code == 1
    assert {"store/linkable", "declaration/anonymous-by-cookie"} <= set(codes)
    edit(itservice, f"{profiles}, anonymous: true", profiles)
    edit(itservice, "de: pseudonyme Nutzungsprofile,", "de: Nutzungsprofile ohne Personenbezug,")
    assert "declaration/anonymous-unseen" in publish(itservice, "2026-05-05T12:00")[1]
