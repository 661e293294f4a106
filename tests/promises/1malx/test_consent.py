"""1malx: what rests on a yes on the job board – given by an act, for one purpose, ended from the moment it is taken back."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from tests.promises.board_scene import (
    ANNA,
    LOGIN,
    anna,
    number_of,
    on_record,
    resume_of,
    subscribe,
    tick,
)
from tests.promises.visiting import Site
from zusage.deployments.jobboard.app.adverts import personalised
from zusage.deployments.jobboard.app.interests import estimate
from zusage.workspace import open_workspace


@pytest.mark.promise("1malx-002")
def test_a_consent_is_an_act_and_never_mere_use(site: Site) -> None:
    guest = anna(site)
    for path in ("/", "/search", "/jobs/3", "/account/consents"):
        assert guest.get(path).status_code == 200
    settings = guest.get("/account/consents").text
    assert "checked" not in settings.partition("<main>")[2].partition("</main>")[0], (
        "nothing is ticked beforehand"
    )
    assert events(site) == 0
    assert personalised(site.app.state.host) == ()
    assert site.scenario.count("board", "page_count") == 0, "nothing was measured"
    site.at("2025-03-03T10:00")
    tick(guest, "personalised-adverts")
    assert events(site) == 1
    record = on_record(site, "2025-03-03T10:30")["personalised-adverts"]
    assert record["agreed"]
    assert record["since"] == "2025-03-03T10:00:00+00:00"
    words, version = words_of(site)
    assert "Werbung darf nach meiner Ausbildung" in words
    assert version == "4"
    assert personalised(site.app.state.host) == (ANNA,)


def events(site: Site) -> int:
    """How many events the register holds at all."""
    return int(_state(site, "SELECT count(*) FROM consent_event")[0][0])


def words_of(site: Site) -> tuple[str, str]:
    """Words and notice version of the last event."""
    row = _state(site, "SELECT t.content, t.notice_version FROM consent_event e JOIN consent_text t ON t.hash = e.text ORDER BY e.at DESC")[0]  # fmt: skip
    return bytes(row[0]).decode(), str(row[1])


def _state(site: Site, query: str) -> list[Any]:
    with open_workspace(site.scenario.folder).state.connect() as connection:
        return list(connection.execute(text(query)))


@pytest.mark.promise("1malx-003")
def test_jobs_leave_out_who_withdrew_from_that_moment(site: Site) -> None:
    guest = anna(site)
    site.at("2025-03-03T10:00")
    tick(guest, "personalised-adverts")
    site.at("2025-04-10T08:59")
    assert guest.post("/login", data=LOGIN).status_code == 200
    assert personalised(site.app.state.host) == (ANNA,)
    site.at("2025-04-10T09:00")
    tick(guest, "personalised-adverts", agrees=False)
    site.at("2025-04-10T09:00:01")
    assert personalised(site.app.state.host) == ()
    before = on_record(site, "2025-04-11", ANNA)["personalised-adverts"]
    assert (before["agreed"], before["since"]) == (False, "2025-04-10T09:00:00+00:00")
    then = site.scenario.zusage(
        "2025-04-11", "consent", "show", ANNA, "--at", "2025-04-01T00:00:00", "--json"
    ).json
    assert [(one["agreed"], one["since"]) for one in then] == [(True, "2025-03-03T10:00:00+00:00")], (
        "not overwritten"
    )
    assert events(site) == 2


@pytest.mark.promise("1malx-005")
def test_withdrawing_everything_erases_the_account(site: Site) -> None:
    guest = anna(site)
    number, resume = number_of(site), resume_of(site)
    for job in (3, 4):
        assert guest.post(f"/jobs/{job}/apply", data={"letter": "Ich möchte."}).status_code == 201
    tick(guest, "personalised-adverts")
    tick(guest, "surveys")
    site.at("2025-04-09T10:00")
    assert guest.post("/login", data=LOGIN).status_code == 200
    tick(guest, "surveys", agrees=False)
    site.scenario.sweep("2025-04-09T12:00")
    assert site.scenario.there("board", "account", number) == [number], (
        "one purpose less: the account remains"
    )
    site.at("2025-04-10T10:00")
    assert guest.post("/login", data=LOGIN).status_code == 200
    assert guest.post("/account/withdraw-all", follow_redirects=False).status_code == 303
    assert guest.post("/login", data=LOGIN).status_code == 403
    assert guest.get("/account").status_code == 401
    assert resume not in [one["id"] for one in guest.get("/people", params={"term": "Mechatroniker"}).json()]
    site.scenario.sweep("2025-04-10T12:00")
    for table, column in (
        ("account", "id"),
        ("resume", "account_id"),
        ("application", "account_id"),
        ("login_session", "person_id"),
    ):
        assert site.scenario.count("board", table, f"{column} = {number}") == 0, table
    assert site.scenario.count("board", "resume_index", f"resume_id = {resume}") == 0
    assert not (site.scenario.folder / "uploads/resumes/anna.pdf").exists()
    assert guest.get(f"/companies/1/resumes/{resume}").status_code == 404
    assert ANNA not in "".join(site.scenario.in_bytes(ANNA))
    receipt = on_record(site, "2025-04-11")
    assert not any(one["agreed"] for one in receipt.values()), "what remains says that it ended"
    entries = site.scenario.zusage("2025-04-11", "ledger", "show", "--json", "--last", "50").out
    assert "retention" in entries
    assert ANNA not in entries


@pytest.mark.promise("1malx-026")
def test_registering_opens_no_other_use(site: Site) -> None:
    site.at("2025-03-01T10:00")
    anna(site)
    host = site.app.state.host
    assert on_record(site, "2025-03-01T11:00") == {}
    assert (personalised(host), estimate(host)) == ((), 0)
    opens = {purpose: host.may(purpose, email=ANNA) for purpose in ("newsletter", "partner-offers", "interest-profile", "personalised-adverts", "public-profile", "surveys", "resume-release")}  # fmt: skip
    assert not any(opens.values())
    subscribe(site, "newsletter", ANNA)
    assert [purpose for purpose in opens if host.may(purpose, email=ANNA)] == ["newsletter"]
    assert (personalised(host), estimate(host)) == ((), 0)
