"""1malx: beacons are asked for by who agreed only, say nothing of the visitor, and become counts every night."""

from __future__ import annotations

import re
from email import message_from_string
from email.policy import default

import pytest

from tests.promises.board_scene import ANNA, LOGIN, anna, confirm_link, tick
from tests.promises.visiting import Site, choose
from zusage.deployments.jobboard.app import counting


def _beacon(page: str) -> str | None:
    found = re.search(r'<img src="([^"]*)"[^>]*id="beacon"', page)
    return found[1].replace("&amp;", "&") if found else None


@pytest.mark.promise("1malx-112")
def test_after_the_night_there_are_counts_and_no_single_showing(site: Site) -> None:
    one, other, none = site.guest(), site.guest(), site.guest()
    choose(one, "statistics")
    choose(other, "statistics")
    choose(none, button="reject")
    for guest, path in (
        (one, "/jobs/3"),
        (one, "/jobs/4"),
        (other, "/jobs/3"),
        (one, "/"),
        (one, "/jobs/3"),
        (none, "/jobs/3"),
    ):
        asked = _beacon(guest.get(path).text)
        if asked:
            assert guest.get(asked).status_code == 200
    assert site.scenario.count("board", "beacon_event") == 5
    site.at("2025-03-04T02:00")
    assert counting.sum_up(site.app.state.host) == 5
    late = site.scenario.put("board", "beacon_event", page="/jobs/9", advert="9", at="2025-03-04T02:30")
    site.scenario.sweep("2025-03-04T03:00")
    rule = "retention/page-views/counted"
    assert site.scenario.proof("2025-03-04T03:05", rule)["state"] == "kept"
    assert site.scenario.there("board", "beacon_event", late) == [late], "not counted yet"
    assert site.scenario.count("board", "beacon_event") == 1, (
        "the single events are erased by the declared rule"
    )
    site.scenario.change("board", "DELETE FROM beacon_event WHERE id = :id", id=late)
    with site.scenario.writing("board") as connection:
        counts = connection.exec_driver_sql(
            "SELECT advert, page, day, views FROM beacon_count ORDER BY page"
        ).all()
        columns = set(connection.exec_driver_sql("SELECT * FROM beacon_count").keys())
        paths = connection.exec_driver_sql(
            "SELECT a.page, b.page FROM beacon_event a JOIN beacon_event b ON b.at > a.at ORDER BY a.at"
        ).all()
    assert [tuple(row) for row in counts] == [
        ("", "/", "2025-03-03", 1), ("3", "/jobs/3", "2025-03-03", 3), ("4", "/jobs/4", "2025-03-03", 1),
    ]  # fmt: skip
    assert columns == {"id", "advert", "page", "day", "views"}
    assert paths == [], "who went from where to where is not known to anybody"
    assert counting.sum_up(site.app.state.host) == 0, "a second run counts nothing twice"
    assert site.scenario.count("board", "beacon_count") == 3


def _html(mail: str) -> str:
    part = message_from_string(mail, policy=default).get_body(("html",))
    return str(part.get_content()) if part else ""


@pytest.mark.promise("1malx-111")
def test_a_beacon_in_a_mail_needs_its_own_consent(site: Site) -> None:
    """Whoever agreed to the statistics of the website, and to the newsletter, has not agreed to be measured in mails."""
    guest = anna(site)
    choose(guest, "statistics")
    site.zusage.subscribe("newsletter", ANNA)
    assert site.guest().post(confirm_link(site, ANNA)).status_code == 200
    assert "<img" not in _html(_issue(site, "one", "09:50")), "no beacon without its own consent"
    site.at("2025-03-03T09:55")
    tick(guest, "newsletter-openings")
    (pixel,) = re.findall(r'<img[^>]*src="([^"]*)"', _html(_issue(site, "two", "09:58")))
    assert pixel.startswith("https://www.stellenwald.example/o/")
    assert not [value for value in LOGIN.values() if value in pixel]


def _issue(site: Site, key: str, then: str) -> str:
    sent = site.zusage.mailing({
        "purpose": "newsletter", "key": key, "addresses": [ANNA], "subject": f"Ausgabe {key}", "text": "Hallo {unsubscribe}",
        "html": "<p>Hallo <a href='{unsubscribe}'>abmelden</a></p>",
        "tracking": {"pixel": "https://www.stellenwald.example/o/{id}"},
    })  # fmt: skip
    assert sent["permitted"] == 1, sent
    site.scenario.zusage(f"2025-03-03T{then}", "worker", "--once")
    (mail,) = [mail for mail in site.scenario.mails() if f"\nSubject: Ausgabe {key}" in f"\n{mail}"]
    return mail
