"""The marketplace's recruiting and sales: cases have owners, applications one file each, and rejected ones are evidence."""

from __future__ import annotations

import mailbox
from collections.abc import Iterator
from email.message import EmailMessage

import pytest

from tests.promises.scenario import Scenario
from tests.promises.visiting import Site, visiting
from tests.promises.xometry.test_applicants import ADA, BEN, applied, consent, ended, mails, role
from zusage.deployments.marketplace.app import create_app

CEM, DORA = "cem@example.net", "dora@example.net"


@pytest.fixture
def site(marketplace: Scenario) -> Iterator[Site]:
    with visiting(marketplace, create_app, "https://www.spanwerk.example", now="2022-07-01T10:00") as made:
        yield made


@pytest.mark.promise("xometry-203")
def test_an_enquiry_is_a_case_with_owner_and_appointment(site: Site) -> None:
    form = {"name": "Ada", "email": ADA, "body": "Drehteile?", "call_at": "2022-07-05T14:00"}
    assert site.guest().post("/anfrage", data=form).status_code == 200
    sales, applicants = role(site, "sales"), role(site, "recruiting")
    (case,) = [one for one in sales.get("/personal/anfragen").json() if one["name"] == "Ada"]
    assert case["owner"].startswith("vertrieb")
    assert (case["call"], case["place"], case["answered"]) == ("2022-07-05T14:00:00", "Telefon", False)
    refused = applicants.get("/personal/anfragen")
    assert refused.status_code == 403
    assert "Ada" not in refused.text
    assert (
        applicants.post(f"/personal/anfragen/{case['case']}/antwort", data={"text": "x"}).status_code == 403
    )
    assert sales.post(f"/personal/anfragen/{case['case']}/antwort", data={"text": "Gern."}).status_code == 200
    assert mails(site, ADA)[-1].startswith("Ihre Anfrage\nGern.")
    site.guest().post("/anfrage", data={"name": "Ben", "email": BEN, "body": "Preis?"})
    (other,) = [one for one in sales.get("/personal/anfragen").json() if one["name"] == "Ben"]
    assert other["owner"]
    assert other["call"] is None, "no appointment where none was wanted"
    site.scenario.sweep("2022-10-02T03:00")
    assert site.scenario.count("office", "enquiry_meeting", "enquiry_id = :id", id=case["case"]) == 0


def mailed(site: Site, sender: str) -> None:
    """An application with a résumé arrives in the general mailbox, and another mail beside it."""
    box = mailbox.Maildir(site.scenario.folder / "general")
    for address, words in ((sender, "Ich bewerbe mich."), ("kunde@example.net", "Wo bleibt mein Teil?")):
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = address, "info@spanwerk.example", "Post"
        message.set_content(words)
        if "bewerbe" in words:
            message.add_attachment(
                b"synthetic", maintype="application", subtype="pdf", filename="lebenslauf.pdf"
            )
        box.add(message)


@pytest.mark.promise("xometry-266")
def test_every_way_ends_in_one_file_with_the_same_rules(site: Site) -> None:
    recruiter, market = role(site, "recruiting"), site.scenario
    mailed(site, f"Ada <{ADA}>")
    (key,) = [one["key"] for one in recruiter.get("/personal/postfach").json() if ADA in one["from"]]
    ada = recruiter.post(f"/personal/postfach/{key}/bewerbung", data={"vacancy": "22-07"}).json()[
        "application"
    ]
    left = [one["from"] for one in recruiter.get("/personal/postfach").json()]
    assert left == ["kunde@example.net"], "filed and gone from the general mailbox; other mail stays"
    ben, _ = applied(site, site.guest(), "Ben", BEN)
    typed = {"name": "Cem", "email": CEM, "letter": "Per Post.", "shelf": "R2-14"}
    cem = recruiter.post("/personal/stellen/22-07/papier", data=typed).json()["application"]
    numbers = (ada, ben, cem)
    assert market.count("office", "applicant", f"id IN {numbers} AND post = '22-07'") == 3
    assert (market.folder / f"files/applications/{ada}-0.pdf").exists()
    for number in numbers:
        seen = {one: role(site, one).get(f"/personal/bewerbungen/{number}").status_code for one in ("panel", "recruiting", "sales", "marketing")}  # fmt: skip
        assert seen == {"panel": 200, "recruiting": 200, "sales": 403, "marketing": 403}
    for number in numbers:
        assert recruiter.post(f"/personal/bewerbungen/{number}/absage").status_code == 200
    market.sweep("2022-12-31T03:00")
    assert market.there("office", "applicant", *numbers) == list(numbers)
    market.sweep("2023-01-02T03:00")
    assert market.there("office", "applicant", *numbers) == []
    assert not (market.folder / f"files/applications/{ada}-0.pdf").exists()


@pytest.mark.promise("xometry-281")
def test_hiring_moves_what_employment_needs(site: Site) -> None:
    market, recruiter = site.scenario, role(site, "recruiting")
    ada, _ = applied(site, site.guest(), "Ada", ADA)
    ben, _ = applied(site, site.guest(), "Ben", BEN)
    for number in (ada, ben):
        market.change(
            "office", "UPDATE applicant_file SET kind = 'resume' WHERE applicant_id = :id", id=number
        )
        market.file(f"files/applications/zeugnis-{number}.pdf")
        market.put("office", "applicant_file", id=number + 500, applicant_id=number, path=f"applications/zeugnis-{number}.pdf", kind="certificate")  # fmt: skip
        market.put(
            "office", "applicant_note", id=number + 500, applicant_id=number, body="Testergebnis: 82 Punkte"
        )
    site.at("2022-08-01T10:00")
    assert recruiter.post(f"/personal/bewerbungen/{ada}/einstellung").json() == {"hired": ada, "papers": 2}
    assert recruiter.post(f"/personal/bewerbungen/{ben}/absage").status_code == 200
    papers = role(site, "personnel").get("/personal/personalakten").json()
    assert [(one["name"], one["kind"]) for one in papers] == [("Ada", "resume"), ("Ada", "certificate")]
    for one in papers:
        assert (market.folder / "files" / one["path"]).exists()
    assert recruiter.get("/personal/personalakten").status_code == 403
    assert recruiter.get(f"/personal/bewerbungen/{ada}").status_code == 403
    assert "Ada" not in recruiter.get("/personal/stellen/22-07").text
    assert ADA not in str(recruiter.get("/personal/kandidaten", params={"vacancy": "22-09"}).json())
    market.sweep("2023-01-31T03:00")
    assert market.there("office", "applicant_note", ada + 500) == [ada + 500]
    market.sweep("2023-02-02T03:00")
    assert market.there("office", "applicant_note", ada + 500, ben + 500) == []
    assert market.there("office", "applicant", ada, ben) == []
    assert not (market.folder / f"files/applications/zeugnis-{ben}.pdf").exists()
    kept = role(site, "personnel").get("/personal/personalakten").json()
    assert kept == papers, "the personnel file stays, and nothing of Ben's is in it"


@pytest.mark.promise("xometry-284")
def test_rejected_applications_are_evidence_and_nothing_else(site: Site) -> None:
    ada, page = applied(site, site.guest(), "Ada", ADA)
    ben, _ = applied(site, site.guest(), "Ben", BEN)
    for number in (ada, ben):
        ended(site, number, "2022-07-15")
    site.guest().post(f"{page}/aufbewahrung", data={"answer": "ja"})
    site.at("2022-09-01T10:00")
    manager, legal = role(site, "manager"), role(site, "legal")
    found = {one["email"] for one in manager.get("/personal/kandidaten", params={"vacancy": "22-09"}).json()}
    assert ADA in found, "by her consent"
    assert BEN not in found
    assert manager.get(f"/personal/bewerbungen/{ben}").status_code == 403
    assert legal.get(f"/personal/bewerbungen/{ben}").status_code == 403, "evidence in which matter?"
    for forged in ({"remote-role": "legal"}, {"authorization": "Basic bGVnYWw6Z2VyYXRlbg=="}):
        tried = site.guest(**forged).get(f"/personal/bewerbungen/{ben}", params={"matter": "AGG claim"})
        assert tried.status_code == 403, "nobody is in a role who only says so"
    opened = legal.get(f"/personal/bewerbungen/{ben}", params={"matter": "AGG claim"})
    assert "Ben" in opened.text
    logged = [
        one for one in role(site, "audit").get("/personal/einsichten").json() if one["application"] == ben
    ]
    assert logged == [
        {
            "application": ben,
            "role": "legal",
            "ground": "legal-claim",
            "matter": "AGG claim",
            "at": "2022-09-01T10:00:00",
        }
    ]


@pytest.mark.promise("xometry-296")
def test_only_who_got_no_offer_is_invited_to_the_pool(site: Site) -> None:
    recruiter = role(site, "recruiting")
    ada, _ = applied(site, site.guest(), "Ada", ADA)
    dora, _ = applied(site, site.guest(), "Dora", DORA)
    ben, _ = applied(site, site.guest(), "Ben", BEN)
    site.at("2022-07-10T10:00")
    assert recruiter.post("/personal/stellen/22-07/einladungen").json() == {"invited": []}
    for number in (ada, dora, ben):
        assert recruiter.post(f"/personal/bewerbungen/{number}/einladung").status_code == 409, (
            "its procedure runs"
        )
    site.at("2022-07-15T10:00")
    assert recruiter.post(f"/personal/bewerbungen/{ada}/absage").status_code == 200
    assert recruiter.post(f"/personal/bewerbungen/{dora}/einstellung").status_code == 200
    site.at("2022-07-20T10:00")
    assert recruiter.post("/personal/stellen/22-07/einladungen").json() == {"invited": [ada]}
    assert recruiter.post("/personal/stellen/22-07/einladungen").json() == {"invited": []}, "asked once"
    assert recruiter.post(f"/personal/bewerbungen/{dora}/einladung").status_code == 409
    invited = {
        to: [one for one in mails(site, to) if one.startswith("Unser Bewerber:innen-Pool")]
        for to in (ADA, BEN, DORA)
    }
    assert {to: len(found) for to, found in invited.items()} == {ADA: 1, BEN: 0, DORA: 0}
    assert not consent(site, "2022-07-21", ADA, "talent-pool")
