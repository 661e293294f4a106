"""The marketplace's newsletter and offers: who gets them, on which ground, with which marks, and how it ends."""

from __future__ import annotations

import mailbox
import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.promises.scenario import Scenario
from tests.promises.visiting import Site, visiting
from zusage.deployments.marketplace.app import create_app
from zusage.deployments.sessions import check_value

ADA, BEN, CLARA = "ada@example.org", "ben@example.org", "clara@example.org"
LINK = "https://www.spanwerk.example/fachartikel/stahl"
ISSUE = {
    "topic": "articles",
    "subject": "Stahl",
    "text": f"Mehr: {LINK}\n\nAbmelden: {{unsubscribe}}\n",
    "html": f'<html><body><a href="{LINK}">Stahl</a> <a href="{{unsubscribe}}">Abmelden</a></body></html>',
}


@pytest.fixture
def site(marketplace: Scenario) -> Iterator[Site]:
    with visiting(marketplace, create_app, "https://www.spanwerk.example", now="2022-07-01T10:00") as made:
        yield made


def sent(site: Site, now: str, to: str) -> list[EmailMessage]:
    """Every mail of Zusage to an address up to now, in the order of their names."""
    assert site.scenario.zusage(now, "request", "run").code == 0
    found = []
    for path in (site.scenario.folder / "mail" / "new").glob("*"):
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        if to in str(message["To"]) and isinstance(message, EmailMessage):
            found.append((path.stat().st_mtime_ns, message))
    return [message for _, message in sorted(found, key=lambda one: one[0])]


def text(mail: EmailMessage, kind: str = "plain") -> str:
    """One part of a mail."""
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def path(mail: EmailMessage, kind: str) -> str:
    """The path of a mail's link."""
    found = re.search(rf"(/{kind}/[\w.-]+)", text(mail))
    assert found, text(mail)
    return found[1]


def signs_up(site: Site, email: str, *, tracking: bool = False) -> None:
    """An address is entered on the site."""
    form = {"email": email} | ({"tracking": "ja"} if tracking else {})
    assert "bestätigen" in site.guest().post("/newsletter", data=form).text


def confirms(site: Site, now: str, email: str) -> None:
    """The button behind the link of the newest mail."""
    mail = sent(site, now, email)[-1]
    site.at(now)
    assert site.guest().post(path(mail, "confirm")).status_code == 200


def clerk(site: Site) -> TestClient:
    """Somebody of the marketing department."""
    return site.staff("marketing")


def issues(site: Site, now: str, **more: Any) -> dict[str, str]:
    """An issue goes out; address → why it is among the recipients or not."""
    site.at(now)
    said = clerk(site).post("/personal/newsletter", json=ISSUE | {"key": now} | more)
    assert said.status_code == 200, said.text
    return {one["address"]: one["code"] for one in said.json()["recipients"]}


@pytest.mark.promise("xometry-162")
def test_only_confirmed_addresses_get_an_issue(site: Site) -> None:
    signs_up(site, ADA)
    signs_up(site, BEN)
    assert issues(site, "2022-07-04T08:00") == {ADA: "unconfirmed", BEN: "unconfirmed"}
    assert [one["Subject"] for one in sent(site, "2022-07-04T08:01", ADA)] == ["Bitte bestätigen: Newsletter"]
    confirms(site, "2022-07-05T10:05", ADA)
    assert issues(site, "2022-07-06T08:00") == {ADA: "consent", BEN: "unconfirmed"}
    assert "Stahl" in [one["Subject"] for one in sent(site, "2022-07-06T08:01", ADA)]
    assert "Stahl" not in [one["Subject"] for one in sent(site, "2022-07-06T08:01", BEN)]
    proof = site.scenario.zusage("2022-07-07", "consent", "proof", "--subject", ADA)
    assert proof.code == 0, proof.err
    for word in ("2022-07-01", "2022-07-05", "Konstruktionstipps, Fachartikel"):
        assert word in proof.out, proof.out
    site.scenario.sweep("2022-07-08T09:00")
    assert site.scenario.count("portal", "subscriber", "email = :e", e=BEN) == 1
    site.scenario.sweep("2022-07-09T03:00")
    assert site.scenario.count("portal", "subscriber", "email = :e", e=BEN) == 0, (
        "never confirmed: the address is gone"
    )
    assert site.scenario.count("portal", "subscriber", "email = :e", e=ADA) == 1
    assert BEN.encode() not in (site.scenario.folder / "state.db").read_bytes()


@pytest.mark.promise("xometry-164")
def test_openings_and_clicks_are_followed_only_of_those_who_agreed_to_it(site: Site) -> None:
    signs_up(site, ADA)
    signs_up(site, BEN, tracking=True)
    for email in (ADA, BEN):
        confirms(site, "2022-07-02T10:00", email)
    for day in ("2022-07-04", "2022-07-11"):
        assert set(issues(site, f"{day}T08:00").values()) == {"consent"}, "tracking is no condition"
    adas, bens = (sent(site, "2022-07-11T08:01", email)[1:] for email in (ADA, BEN))
    assert (len(adas), len(bens)) == (2, 2), "both get every issue"
    for mail in adas:
        assert "<img" not in text(mail, "html")
        assert LINK in re.findall(r"https://www\.spanwerk\.example/fach\S+", text(mail))
        assert f'href="{LINK}"' in text(mail, "html")
    for mail in bens:
        (pixel,) = re.findall(r'<img src="https://www\.spanwerk\.example(/n/\w+\.gif)"', text(mail, "html"))
        mark = pixel[3:-4]
        assert f"{LINK}?r={mark}" in text(mail, "html")
        assert f"{LINK}?r={mark}" in text(mail)
        assert site.guest().get(pixel).headers["content-type"] == "image/gif"
    assert site.scenario.count("web", "visitor", "service = 'newsletter'") >= 1


@pytest.mark.promise("xometry-175")
def test_the_link_in_each_issue_ends_it_at_once(site: Site) -> None:
    signs_up(site, ADA)
    confirms(site, "2022-07-02T10:00", ADA)
    assert issues(site, "2022-07-04T08:00") == {ADA: "consent"}
    (mail,) = [one for one in sent(site, "2022-07-04T08:01", ADA) if one["Subject"] == "Stahl"]
    link = path(mail, "unsubscribe")
    assert link in str(mail["List-Unsubscribe"])
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    before = len(sent(site, "2022-07-04T08:02", ADA))
    site.at("2022-07-04T09:00")
    stranger = site.guest()
    assert stranger.post(link).status_code == 200, "no login, no question"
    stands = site.scenario.zusage("2022-07-05", "consent", "show", ADA, "--json").json
    (newsletter,) = [one for one in stands if one["purpose"] == "newsletter"]
    assert (newsletter["agreed"], newsletter["since"][:16]) == (False, "2022-07-04T09:00")
    assert issues(site, "2022-07-05T08:00") == {ADA: "withdrawn"}
    assert len(sent(site, "2022-07-05T08:01", ADA)) == before, "neither the issue nor a mail about leaving"
    site.scenario.sweep("2022-07-12T03:00")
    assert site.scenario.count("portal", "subscriber", "email = :e", e=ADA) == 0
    signs_up(site, BEN)
    confirms(site, "2022-07-12T10:00", BEN)
    without = clerk(site).post("/personal/newsletter", json=ISSUE | {"text": "Neues.", "key": "no-link"})
    assert without.status_code == 400
    assert "no-link" not in str(sent(site, "2022-07-12T11:00", BEN)[-1])
    assert len(sent(site, "2022-07-12T11:00", BEN)) == 1, "nobody got anything but the question"


class _Order(HTMLParser):
    """What stands before the first button of the main part."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.place = "before"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "main":
            self.place = "in"
        elif tag == "button" and self.place == "in":
            self.place = "after"

    def handle_data(self, data: str) -> None:
        if self.place == "in":
            self.words.append(data)


@pytest.mark.promise("xometry-318")
def test_who_signs_up_gets_four_topics_of_our_own(site: Site) -> None:
    order = _Order()
    order.feed(site.guest().get("/newsletter").text)
    before = " ".join(order.words)
    for word in (
        "Spanwerk Marktplatz GmbH", "Konstruktionstipps", "Fachartikel zu Werkstoffen und Verfahren", "Neues zu den Produkten",
        "Preisnachlässe", "Tracking", "jederzeit widerrufen",
    ):  # fmt: skip
        assert word in before, word
    signs_up(site, ADA)
    signs_up(site, BEN)
    confirms(site, "2022-07-01T10:05", ADA)
    for topic in ("construction", "articles", "products", "prices"):
        assert issues(site, "2022-07-04T08:00", topic=topic, key=topic) == {
            ADA: "consent",
            BEN: "unconfirmed",
        }
    assert issues(site, "2022-07-05T08:00", topic="survey", key="survey")[ADA] == "other-topic"
    third = issues(site, "2022-07-05T08:00", topic="articles", key="third", advertiser="Umfrage AG")
    assert third[ADA] == "other-advertiser"
    got = [one["Subject"] for one in sent(site, "2022-07-05T08:01", ADA)]
    assert got == ["Bitte bestätigen: Newsletter", *["Stahl"] * 4]
    assert [one["Subject"] for one in sent(site, "2022-07-05T08:01", BEN)] == ["Bitte bestätigen: Newsletter"]
    site.at("2022-07-06T08:00")
    site.guest().post(path(sent(site, "2022-07-06T08:00", ADA)[-1], "unsubscribe"))
    assert issues(site, "2022-07-07T08:00", key="after")[ADA] == "withdrawn"


def three_customers(site: Site) -> None:
    """Ada ordered where the hint stands before the button, Ben only registered, Clara ordered without the hint."""
    market = site.scenario
    for number, email in ((9001, ADA), (9002, BEN), (9003, CLARA)):
        check = check_value("dreh-und-fraes")
        market.put("portal", "customer", id=number, name="X", email=email, password_check=check)
    site.at("2022-06-01T10:00")
    customer = site.guest()
    customer.post("/konto", data={"email": ADA, "password": "dreh-und-fraes"})
    form = customer.get("/konto/bestellung").text
    assert form.index("jederzeit widersprechen") < form.index("Bestellen</button>")
    assert customer.post("/konto/bestellung", data={"part": "Welle", "quantity": "3"}).status_code == 200
    market.put("portal", "sales_order", id=90031, customer_id=9003, number="C", ordered_at="2022-06-01", hint_shown=False)  # fmt: skip


def offers(site: Site, now: str, **more: Any) -> dict[str, str]:
    """An offer goes out; address → why it is among the recipients or not."""
    site.at(now)
    said = clerk(site).post(
        "/personal/angebote",
        json={"subject": "Angebot", "text": "Drehteile.\n{unsubscribe}", "key": now} | more,
    )
    assert said.status_code == 200, said.text
    codes = {one["address"]: one["code"] for one in said.json()["recipients"]}
    return {address: codes[address] for address in (ADA, BEN, CLARA) if address in codes}


@pytest.mark.promise("xometry-232")
def test_customers_get_offers_of_similar_own_goods_unless_they_object(site: Site) -> None:
    three_customers(site)
    expected = {ADA: "existing-customer", BEN: "no-consent", CLARA: "no-consent"}
    assert offers(site, "2022-07-01T10:00") == expected, "who only registered or saw no hint is out"
    assert set(offers(site, "2022-07-01T11:00", advertiser="Andere GmbH").values()) == {"other-advertiser"}
    site.at("2022-07-01T12:00")
    refused = clerk(site).post(
        "/personal/angebote", json={"subject": "A", "text": "Drehteile.", "key": "ohne"}
    )
    assert refused.status_code == 400
    mails = sent(site, "2022-07-01T13:00", ADA)
    assert [one["Subject"] for one in mails] == ["Angebot"]
    assert "unsubscribe" in text(mails[0])
    assert sent(site, "2022-07-01T13:00", BEN) == []
    site.at("2022-07-02T10:00")
    assert site.guest().post(path(mails[0], "unsubscribe")).status_code == 200
    assert offers(site, "2022-07-03T10:00")[ADA] in ("objected", "withdrawn")
    assert len(sent(site, "2022-07-03T11:00", ADA)) == 1


@pytest.mark.promise("xometry-240")
@pytest.mark.parametrize("way", ["link", "account", "letter"])
def test_an_objection_switches_offers_off_at_once(site: Site, way: str) -> None:
    market = site.scenario
    market.put(
        "portal", "customer", id=9001, name="X", email=ADA, password_check=check_value("dreh-und-fraes")
    )
    customer = site.guest()

    def setting(now: str) -> str:
        site.at(now)
        customer.post("/konto", data={"email": ADA, "password": "dreh-und-fraes"})
        found = re.search('id="angebote">(an|aus)<', customer.get("/konto/werbung").text)
        assert found
        return found[1]

    assert setting("2022-07-01T09:00") == "aus", "no offers before a sale"
    customer.post("/konto/bestellung", data={"part": "Welle", "quantity": "3"})
    assert setting("2022-07-01T09:01") == "an"
    assert offers(site, "2022-07-04T08:00")[ADA] == "existing-customer"
    (mail,) = sent(site, "2022-07-04T08:01", ADA)
    site.at("2022-07-04T09:00")
    if way == "link":
        assert site.guest().post(path(mail, "unsubscribe")).status_code == 200, "without logging in"
    elif way == "account":
        customer.post("/konto", data={"email": ADA, "password": "dreh-und-fraes"})
        assert customer.post("/konto/werbung").status_code == 200
    else:
        filed = site.scenario.zusage("2022-07-04T09:00", "request", "new", "--kind", "marketing-objection", "--identity", ADA, "--channel", "letter", "--proof", "signature", "--json")  # fmt: skip
        assert filed.code == 0, filed.err
        assert site.scenario.zusage("2022-07-04T09:00", "request", "run").code == 0
    assert setting("2022-07-04T09:00") == "aus"
    assert offers(site, "2022-07-05T08:00")[ADA] in ("objected", "withdrawn")
    assert [one["Subject"] for one in sent(site, "2022-07-05T08:01", ADA)].count("Angebot") == 1
    assert setting("2022-07-06T09:00") == "aus"
    customer.post("/konto/bestellung", data={"part": "Bolzen", "quantity": "1"})
    box = mailbox.Maildir(market.folder / "outgoing", create=False)
    bodies = [str(one.get_payload(decode=True), "utf-8") for one in box if one["To"] == ADA]  # type: ignore[arg-type]
    confirmations = [one for one in bodies if one.startswith("Ihr Auftrag über")]
    assert len(confirmations) == 2, "order mails are still sent"
