"""1malx: newsletters go to confirmed addresses, and each has a way out."""

from __future__ import annotations

import re

import pytest

from tests.promises.asking import Desk
from tests.promises.board_scene import (
    ANNA,
    LOGIN,
    anna,
    confirm_link,
    on_record,
    subscribe,
    tick,
)
from tests.promises.visiting import Site
from zusage_client import Refused


@pytest.mark.promise("1malx-031")
def test_a_newsletter_goes_to_confirmed_addresses_only(site: Site) -> None:
    site.at("2025-03-01T10:00")
    guest = anna(site)
    tick(guest, "newsletter")
    link = confirm_link(site, ANNA)
    assert len(Desk(site.scenario).mails(ANNA)) == 1, "one request for confirmation"
    issue = {"purpose": "newsletter", "subject": "Neues", "text": "Hallo {unsubscribe}", "addresses": [ANNA, "ben@anderer.example"]}  # fmt: skip
    sent = site.zusage.mailing(issue | {"key": "one"})
    assert sent["permitted"] == 0
    assert {one["code"] for one in sent["recipients"]} <= {"unconfirmed", "no-consent"}
    site.scenario.zusage("2025-03-01T11:00", "worker", "--once")
    assert len(Desk(site.scenario).mails(ANNA)) == 1, "and nothing else"
    site.at("2025-03-02T10:00")
    assert site.guest().get(link).status_code == 200
    assert not site.zusage.may("newsletter", ("email", ANNA)), "fetching the link confirms nothing"
    assert site.guest().post(link).status_code == 200
    sent = site.zusage.mailing(issue | {"key": "two"})
    assert [one["address"] for one in sent["recipients"] if one["allowed"]] == [ANNA]
    site.scenario.zusage("2025-03-02T11:00", "worker", "--once")
    assert "Neues" in Desk(site.scenario).mails(ANNA)[-1]
    proof = site.scenario.zusage("2025-03-02T12:00", "consent", "proof", "--subject", ANNA, "--json").out
    assert "2025-03-01T10:00" in proof
    assert "2025-03-02T10:00" in proof


@pytest.mark.promise("1malx-054")
def test_each_issue_has_a_way_out_that_ends_it_at_once(site: Site) -> None:
    subscribe(site, "newsletter", ANNA)
    site.at("2025-04-01T08:00")
    issue = {"purpose": "newsletter", "subject": "April", "text": "Hallo {unsubscribe}", "addresses": [ANNA]}
    with pytest.raises(Refused):
        site.zusage.mailing(issue | {"key": "no-way-out", "text": "Hallo"})
    assert site.zusage.mailing(issue | {"key": "april"})["permitted"] == 1
    site.scenario.zusage("2025-04-01T08:05", "worker", "--once")
    mail = Desk(site.scenario).mails(ANNA)[-1]
    assert "April" in mail
    (link,) = set(re.findall(r"/unsubscribe/[\w.-]+", mail))
    stranger = site.guest()
    assert stranger.get(link).status_code == 200
    assert stranger.head(link).status_code < 500
    assert site.zusage.may("newsletter", ("email", ANNA)), (
        "a scanner that fetches the link unsubscribes nobody"
    )
    site.at("2025-04-01T20:00:07")
    assert stranger.post(link).status_code == 200
    ended = on_record(site, "2025-04-02")["newsletter"]
    assert (ended["agreed"], ended["since"]) == (False, "2025-04-01T20:00:07+00:00")
    site.at("2025-04-02T08:00")
    assert site.zusage.mailing(issue | {"key": "april-2"})["permitted"] == 0


@pytest.mark.promise("1malx-055")
def test_the_settings_end_one_kind_of_mail_and_leave_the_other(site: Site) -> None:
    guest = anna(site)
    subscribe(site, "newsletter", ANNA)
    tick(guest, "partner-offers")
    site.at("2025-03-10T09:00")
    assert guest.post("/login", data=LOGIN).status_code == 200
    page = guest.get("/account/consents").text
    for purpose in ("newsletter", "partner-offers"):
        row = page.partition(f'data-purpose="{purpose}"')[2].partition("</li>")[0]
        assert "seit 2025-03-03" in row
    tick(guest, "partner-offers", agrees=False)
    site.at("2025-03-10T09:01")
    row = (
        guest.get("/account/consents")
        .text.partition('data-purpose="partner-offers"')[2]
        .partition("</li>")[0]
    )
    assert "widerrufen am 2025-03-10" in row
    wanted = {"addresses": [ANNA], "send": False}
    assert site.zusage.mailing(wanted | {"purpose": "newsletter", "key": "a"})["permitted"] == 1
    assert site.zusage.mailing(wanted | {"purpose": "partner-offers", "key": "b"})["permitted"] == 0
