"""1malx: adverts by interest, referees, requests of third parties and released résumés: each on its own yes."""

from __future__ import annotations

import re
from typing import Any

import httpx2
import pytest

from tests.promises.asking import Desk
from tests.promises.board_scene import (
    ANNA,
    LOGIN,
    anna,
    confirm_link,
    number_of,
    on_record,
    release_to,
    resume_of,
    tick,
)
from tests.promises.visiting import Site
from zusage.deployments.jobboard.app.interests import estimate


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
    made = release_to(guest, job).json()["release"]
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
