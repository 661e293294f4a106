"""1malx: what rests on a yes on the job board – given by an act, for one purpose, ended from the moment it is taken back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from tests.promises.asking import Desk
from tests.promises.scenario import Scenario
from tests.promises.visiting import Site, visiting
from zusage import clock
from zusage.deployments.jobboard.app import create_app
from zusage.deployments.jobboard.app.adverts import personalised
from zusage.deployments.jobboard.app.interests import estimate
from zusage.workspace import open_workspace
from zusage_client import Refused

HOST = "https://www.stellenwald.example"
ANNA = "anna@bewerberin.example"
LOGIN = {"email": ANNA, "password": "Wellenreiter-7", "first_name": "Anna", "last_name": "Beispiel"}


@pytest.fixture
def site(jobboard: Scenario) -> Iterator[Site]:
    with visiting(jobboard, create_app, HOST, now="2025-03-03T09:45") as made:
        yield made


def anna(site: Site, title: str = "Mechatronikerin") -> TestClient:
    """Anna, registered with a résumé and logged in."""
    guest = site.guest()
    assert guest.post("/register", data=LOGIN).status_code == 201
    assert guest.post("/login", data=LOGIN).status_code == 200
    number = number_of(site)
    site.scenario.file("uploads/resumes/anna.pdf", "%PDF Anna Beispiel")
    resume = site.scenario.put("board", "resume", account_id=number, title=title, body="Zehn Jahre Erfahrung.",
                               visibility="anonymous", file_path="resumes/anna.pdf")  # fmt: skip
    site.scenario.put("board", "resume_index", resume_id=resume, term="mechatronik")
    return guest


def number_of(site: Site) -> int:
    """The key of Anna's account."""
    with site.scenario.writing("board") as connection:
        return int(connection.exec_driver_sql(f"SELECT id FROM account WHERE email = '{ANNA}'").scalar_one())


def resume_of(site: Site) -> int:
    """The key of Anna's résumé."""
    with site.scenario.writing("board") as connection:
        return int(
            connection.exec_driver_sql(
                "SELECT id FROM resume WHERE file_path = 'resumes/anna.pdf'"
            ).scalar_one()
        )


def tick(guest: TestClient, purpose: str, *, agrees: bool = True) -> None:
    """One box of the settings."""
    data = {"purpose": purpose} | ({"agrees": "true"} if agrees else {})
    assert guest.post("/account/consents", data=data).status_code == 200


def on_record(site: Site, now: str, email: str = ANNA) -> dict[str, dict[str, Any]]:
    """What stands in the register, by purpose."""
    shown = site.scenario.zusage(now, "consent", "show", email, "--json").json
    return {one["purpose"]: one for one in shown}


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


def subscribe(site: Site, purpose: str, address: str) -> None:
    """The address is entered and confirmed by its mail."""
    site.zusage.subscribe(purpose, address)
    assert site.guest().post(confirm_link(site, address)).status_code == 200


def confirm_link(site: Site, address: str) -> str:
    """The path in the last mail to an address."""
    now = clock.now().replace(tzinfo=None).isoformat(timespec="seconds")
    site.scenario.zusage(now, "worker", "--once")
    mails = Desk(site.scenario).mails(address)
    return str(re.findall(r"/confirm/[\w.-]+", mails[-1])[-1])


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


class Partner:
    """The partner's ad server, as it stands on the other side of the wire: keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[httpx2.Request] = []
        self.client = httpx2.Client(transport=httpx2.MockTransport(self._answer))

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        about = request.url.params.get("segment") or request.url.params.get("topic")
        return httpx2.Response(200, text=f"Kurse: {about}")

    def heard(self) -> str:
        """Everything of the last request: address, headers, body."""
        last = self.asked[-1]
        return f"{last.url} {last.headers!r} {last.read()!r}".lower()


@pytest.mark.promise("1malx-014")
def test_a_partner_learns_a_group_and_never_a_person(site: Site) -> None:
    guest, partner = anna(site), Partner()
    site.app.state.partner = partner.client
    number = number_of(site)
    assert "pflegekurs" in guest.get("/advert", params={"topic": "pflegekurs"}).text
    told = {"anna", "beispiel", ANNA, f"={number}", "cookie", "sw_session"}
    assert not [word for word in told if word in partner.heard()], "no consent: the page's topic alone"
    assert "segment" not in partner.heard()
    tick(guest, "personalised-adverts")
    assert "technik" in guest.get("/advert", params={"topic": "pflegekurs"}).text
    assert "segment=technik" in partner.heard()
    assert not [word for word in told if word in partner.heard()]
    tick(guest, "personalised-adverts", agrees=False)
    assert "technik" not in guest.get("/advert").text


@pytest.mark.promise("1malx-045")
def test_interests_are_estimated_for_who_agreed_and_go_with_one_click(site: Site) -> None:
    guest, host = anna(site), site.app.state.host
    number = number_of(site)
    site.scenario.put(
        "board", "bought_interest", email=ANNA, topic="Finanzen", seller="Datenkontor", bought_at="2025-03-01"
    )
    assert estimate(host) == 0
    assert site.scenario.count("board", "interest") == 0, (
        "no consent: no score, and bought data are not matched"
    )
    tick(guest, "interest-profile")
    tick(guest, "personalised-adverts")
    assert estimate(host) == 1
    shown = {one["topic"]: one["sources"] for one in guest.get("/account/interests").json()}
    assert shown == {"Technik": "Lebenslauf", "Finanzen": "Datenkontor"}
    partner = Partner()
    site.app.state.partner = partner.client
    guest.get("/advert")
    assert "segment=" in partner.heard()
    assert guest.post("/account/interests/erase").status_code == 200
    assert site.scenario.count("board", "interest", f"account_id = {number}") == 0
    assert estimate(host) == 0, "and none is made again"
    tick(guest, "personalised-adverts", agrees=False)
    guest.get("/advert")
    assert "segment" not in partner.heard()


@pytest.mark.promise("1malx-019")
def test_a_referee_is_shown_after_the_referees_own_yes(site: Site) -> None:
    guest, carla = anna(site), {"name": "Carla Zeugin", "email": "carla@example.org"}
    resume = resume_of(site)
    assert guest.post("/account/referees", data=carla).status_code == 202
    assert guest.get(f"/resumes/{resume}/referees").json() == [], "pending: shown to no company"
    link = confirm_link(site, carla["email"])
    page = site.guest().get(link)
    assert "Anna Beispiel" in page.text
    assert site.guest().post(link, data={"answer": "yes"}).status_code == 200
    assert guest.get(f"/resumes/{resume}/referees").json() == [carla]
    with site.scenario.writing("board") as connection:
        proof = connection.exec_driver_sql(
            "SELECT proof FROM referee WHERE email = 'carla@example.org'"
        ).scalar_one()
    shown = site.scenario.zusage("2025-03-04", "consent", "proof", proof)
    assert shown.code == 0
    assert "Referenzperson" in shown.out
    other = {"name": "Tom Zeuge", "email": "tom@example.org"}
    assert guest.post("/account/referees", data=other).status_code == 202
    site.scenario.sweep("2025-03-16T10:00")
    assert site.scenario.count("board", "referee", "email = 'tom@example.org'") == 1
    site.scenario.sweep("2025-03-18T10:00")
    assert site.scenario.count("board", "referee", "email = 'tom@example.org'") == 0, "no answer: gone"
    assert site.scenario.count("board", "referee", "email = 'carla@example.org'") == 1


@pytest.mark.promise("1malx-051")
def test_a_third_party_gets_what_was_agreed_to_once(site: Site) -> None:
    anna(site)
    number = number_of(site)
    asks: dict[str, Any] = {"who": number, "recipient": "Beispiel Akademie", "fields": ["first_name", "email"], "why": "Kursangebot"}  # fmt: skip
    desk = site.guest()
    first, second, third = (desk.post("/requests", data=asks).json()["request"] for _ in range(3))
    link = confirm_link(site, ANNA)
    links = [re.findall(r"/confirm/[\w.-]+", mail)[-1] for mail in Desk(site.scenario).mails(ANNA)]
    assert len(set(links)) == 3
    page = site.guest().get(links[0]).text
    for word in ("Beispiel Akademie", "first_name, email", "Kursangebot"):
        assert word in page
    assert desk.get(f"/requests/{first}").status_code == 403, "not before there is an answer"
    assert site.guest().post(links[0], data={"answer": "yes"}).status_code == 200
    assert site.guest().post(links[1], data={"answer": "no"}).status_code == 200
    assert desk.get(f"/requests/{first}").json() == {"first_name": "Anna", "email": ANNA}
    assert desk.get(f"/requests/{first}").status_code == 403, "once"
    assert desk.get(f"/requests/{second}").status_code == 403, "no"
    assert desk.get(f"/requests/{third}").status_code == 403, "no answer"
    assert link in links
    site.scenario.zusage("2025-03-03T09:30", "consent", "give", ANNA, "profile-release", "--way", "form")
    assert not site.zusage.may("profile-release", ("email", ANNA)), "a general consent is no proof for a case"
    assert desk.get(f"/requests/{third}").status_code == 403


@pytest.mark.promise("1malx-069")
def test_a_revoked_release_closes_the_resume_at_once(site: Site) -> None:
    site.at("2025-03-10T10:00")
    guest, company = anna(site), site.guest()
    resume = resume_of(site)
    with site.scenario.writing("board") as connection:
        job, firm, mail = connection.exec_driver_sql("SELECT job.id, company.id, contact_email FROM job JOIN company ON company.id = company_id ORDER BY job.id").first()  # type: ignore[misc] # fmt: skip
    card = company.get(f"/companies/{firm}/resumes/{resume}").json()
    assert card == {"title": "Mechatronikerin"}
    made = guest.post("/account/releases", data={"job_number": job}).json()["release"]
    full = company.get(f"/companies/{firm}/resumes/{resume}").json()
    assert full["name"] == "Anna Beispiel"
    file = f"/companies/{firm}/resumes/{resume}/download"
    assert company.get(file).content.startswith(b"%PDF Anna")
    site.at("2025-03-20T12:00")
    assert guest.post("/login", data=LOGIN).status_code == 200
    assert guest.post(f"/account/releases/{made}/revoke").status_code == 204
    site.at("2025-03-20T12:01")
    assert company.get(f"/companies/{firm}/resumes/{resume}").json() == {"title": "Mechatronikerin"}
    assert company.get(file).status_code == 404, "an old link opens nothing"
    notice = (site.scenario.folder / f"outbox/revoked-{made}.txt").read_text(encoding="utf-8")
    assert mail in notice
    assert "2025-03-20 12:00" in notice
    assert site.scenario.count("board", "resume_view", '"full" = 1') == 2, (
        "what was seen before stays in the log"
    )
    assert not on_record(site, "2025-03-21")["resume-release"]["agreed"]
