"""web1on1: cookies of accounts and browsers, news by e-mail, and consents that no change of the notice widens."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from email import message_from_string
from email.policy import default
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from tests.promises.asking import Desk
from tests.promises.publishing import edit
from tests.promises.scenario import Scenario
from tests.promises.visiting import Site, choose, leave, set_cookies, visiting
from zusage import clock
from zusage.deployments.messaging.app import create_app
from zusage.deployments.messaging.app.news import send_issue
from zusage.deployments.sessions import check_value
from zusage.workspace import open_workspace

HOST = "https://www.plauderwerk.example"
LOGIN = {"email": "clara@kundin.example", "password": "Wellenreiter-7"}
OTHER = {"email": "otto@kundin.example", "password": "Wellenreiter-8"}
ASKED = {"name": "Clara", "email": "clara@kundin.example", "body": "Was kostet es?"}


@pytest.fixture
def site(messaging: Scenario) -> Iterator[Site]:
    with visiting(messaging, create_app, HOST, now="2025-03-02T10:00") as made:
        for key, login in enumerate((LOGIN, OTHER), 9001):
            made.scenario.put("service", "app_user", id=key, tenant_id=1, name=login["email"].partition("@")[0].title(),
                              email=login["email"], password_check=check_value(login["password"]))  # fmt: skip
        yield made


def sign_in(guest: TestClient, login: dict[str, str] = LOGIN) -> str:
    """Signs in; the cookie's value."""
    assert guest.post("/login", data=login).status_code == 200
    return str(guest.cookies["pw_session"])


@pytest.mark.promise("web1on1-057")
def test_ids_are_unique_to_an_account_in_a_browser(site: Site) -> None:
    agent = {"user-agent": "Plauderwerk-Desktop/3.1", "accept-language": "de-DE"}
    browser, desktop, otto = site.guest(**agent), site.guest(**agent), site.guest(**agent)
    first, second, third = sign_in(browser), sign_in(desktop), sign_in(otto, OTHER)
    tokens = [value.partition(".")[0] for value in (first, second, third)]
    assert len(set(tokens)) == 3, "browsers that look the same have different ids"
    for traits in ("".join(agent.values()), agent["user-agent"], LOGIN["email"], "9001"):
        prints = {hash_(traits.encode()).hexdigest() for hash_ in (hashlib.md5, hashlib.sha1, hashlib.sha256)}
        assert not prints & set(tokens)
    assert 'id="who">Clara' in browser.get("/app/inbox").text
    assert 'id="who">Otto' in otto.get("/app/inbox").text
    with site.scenario.writing("service") as connection:
        owners = (
            connection.exec_driver_sql("SELECT person_id FROM login_session ORDER BY person_id")
            .scalars()
            .all()
        )
    assert list(owners) == [9001, 9001, 9002]
    # who signs in with another account in the same browser gets another id
    fourth = sign_in(browser, OTHER)
    assert fourth.partition(".")[0] not in tokens
    assert site.guest().get("/app/inbox", headers={"cookie": f"pw_session={first}"}).status_code == 401
    desktop.post("/logout")
    assert site.guest().get("/app/inbox", headers={"cookie": f"pw_session={second}"}).status_code == 401


@pytest.mark.promise("web1on1-057")
def test_declining_ends_a_browsers_id(site: Site) -> None:
    one, two = site.guest(), site.guest()
    for guest in (one, two):
        choose(guest, "customisation")
    ids = [re.findall(r"[0-9a-f]{32}", guest.cookies["zusage"]) for guest in (one, two)]
    assert ids[0] != ids[1]
    choose(one, button="reject")
    assert re.findall(r"[0-9a-f]{32}", one.cookies["zusage"]) == [], "a refusal holds no id"
    assert "pw_area" not in one.cookies


@pytest.mark.promise("web1on1-058")
def test_a_session_cookie_has_no_date_and_ends_with_the_browser(site: Site) -> None:
    clara = site.guest()
    said = set_cookies(clara.post("/login", data=LOGIN, follow_redirects=False))["pw_session"].lower()
    assert "expires" not in said
    assert "max-age" not in said
    value = clara.cookies["pw_session"]
    page = clara.get("/app/inbox")
    assert page.status_code == 200
    leave(clara, page.text)  # what the page sends when it goes away
    site.at("2025-03-02T10:01")
    reopened = site.guest()
    assert reopened.get("/app/inbox").status_code == 401
    replay = site.guest().get("/app/inbox", headers={"cookie": f"pw_session={value}"})
    assert replay.status_code == 401, "the server's session is over as well"
    assert site.scenario.count("service", "login_session", "person_id = 9001") == 0


@pytest.mark.promise("web1on1-058")
def test_going_from_page_to_page_is_no_goodbye(site: Site) -> None:
    clara = site.guest()
    sign_in(clara)
    page = clara.get("/app/inbox")
    for second, area in enumerate(("contacts", "reports", "inbox"), 1):
        leave(clara, page.text)
        site.at(f"2025-03-02T10:00:0{second}")
        page = clara.get(f"/app/{area}")
        assert page.status_code == 200


@pytest.mark.promise("web1on1-060")
def test_the_account_cookie_says_session_and_area(site: Site) -> None:
    clara = site.guest()
    sign_in(clara)
    first = clara.cookies["pw_session"]
    clara.get("/app/reports")
    second = clara.cookies["pw_session"]
    token, _, area = second.partition(".")
    assert re.fullmatch(r"[\w-]{43}", token)
    assert area == "reports"
    assert first == f"{token}.inbox"
    assert site.scenario.count("service", "login_session", "token_hash LIKE :t", t=f"%{token}%") == 0
    assert "httponly" in set_cookies(clara.get("/app/contacts"))["pw_session"].lower(), (
        "no analytics script reads it"
    )
    visits = site.scenario.count("office", "visit")
    clara.get("/prices")
    clara.get("/p.gif")
    assert site.scenario.count("office", "visit") == visits, "being signed in is no yes to analysis"
    clara.post("/logout")
    assert "pw_session" not in clara.cookies
    visitor = site.guest()
    for path in ("/", "/prices", "/demo", "/contact", "/login", "/app/inbox", "/impressum", "/notice"):
        visitor.get(path)
    assert set(visitor.cookies) == set()


@pytest.mark.promise("web1on1-063")
def test_declining_what_is_not_needed_blocks_nothing(site: Site) -> None:
    plain, clara = site.guest(), site.guest()
    choose(clara, button="reject")
    paths = ("/", "/prices", "/demo", "/contact", "/login")
    for path in paths:
        bodies = [
            guest.get(path).text.partition("<main>")[2].partition("</main>")[0] for guest in (plain, clara)
        ]
        assert bodies[0] == bodies[1]
    asked = {"name": "Clara", "email": "clara@kundin.example", "company": "Kundin KG"}
    assert clara.post("/demo", data=asked).status_code == 201
    assert site.scenario.count("office", "demo", "email = 'clara@kundin.example'") == 1
    assert clara.post("/login", data=LOGIN).status_code == 200


@pytest.mark.promise("web1on1-063")
def test_without_the_session_cookie_signing_in_says_why(site: Site) -> None:
    clara = site.guest()
    answer = clara.post("/login", data=LOGIN, follow_redirects=False)
    clara.cookies.clear()  # a browser that takes no cookie
    refused = clara.get(answer.headers["location"])
    assert refused.status_code == 401
    assert "braucht ein Cookie" in refused.text
    assert clara.get("/prices").status_code == 200


def subscribe(site: Site, address: str, *, tracking: bool = False) -> None:
    """The address is entered and confirmed by its mail."""
    assert (
        site.guest()
        .post("/news", data={"email": address, "age": 30, "tracking": str(tracking)})
        .json()["state"]
        == "pending"
    )
    now = clock.now().replace(tzinfo=None).isoformat(timespec="seconds")
    site.scenario.zusage(now, "worker", "--once")
    link = re.findall(r"/confirm/[\w.-]+", Desk(site.scenario).mails(address)[-1])[-1]
    assert site.guest().post(link).status_code == 200


@pytest.mark.promise("web1on1-027")
def test_news_go_to_who_confirmed_and_are_our_own(site: Site) -> None:
    assert site.guest().post("/contact", data=ASKED).status_code == 201
    before = {one["address"]: one for one in send_issue(site.app.state.host, "one", "Neue Kanäle")}
    assert not before[ASKED["email"]]["allowed"], "a question is no consent"
    assert all(one["reason"]["de"] and one["code"] for one in before.values()), "every job says why"
    subscribe(site, ASKED["email"])
    after = {one["address"]: one for one in send_issue(site.app.state.host, "two", "Neue Kanäle")}
    assert (after[ASKED["email"]]["allowed"], after[ASKED["email"]]["code"]) == (True, "consent")
    assert [one["address"] for one in after.values() if one["allowed"]] == [ASKED["email"]]
    partner = send_issue(site.app.state.host, "three", "Telefonanlagen", advertiser="support-tools")
    assert not any(one["allowed"] for one in partner), "never for a partner's goods"
    site.scenario.zusage("2025-03-02T11:00", "worker", "--once")
    assert [mail for mail in Desk(site.scenario).mails(ASKED["email"]) if "Telefonanlagen" in mail] == []


PROFILING = """  profiling: {title: {de: Profilbildung, en: profiling}, text: {de: "Aus meinem Umgang mit dem Newsletter darf ein Profil entstehen.", en: "A profile may be made of how I use the newsletter."}, asked: form, legal_basis: "gdpr:6(1)(a)"}
browser:
"""


def events(scenario: Scenario) -> int:
    """How many consent events there are."""
    with open_workspace(scenario.folder).state.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM consent_event")).scalar_one())


@pytest.mark.promise("web1on1-069")
def test_a_new_version_widens_no_consent(messaging: Scenario) -> None:
    with visiting(messaging, create_app, HOST, now="2025-03-02T10:00") as site:
        subscribe(site, ASKED["email"])
    before = shown(messaging, "2025-05-31")
    assert set(before) == {"newsletter"}
    edit(messaging, "browser:\n", PROFILING)
    edit(messaging, 'version: "2"', 'version: "3"')
    count = events(messaging)
    with visiting(messaging, create_app, HOST, now="2025-06-02T10:00") as site:
        guest = site.guest()
        for path in ("/", "/prices", "/contact", "/notice", "/", "/prices"):
            assert guest.get(path).status_code == 200
        assert guest.post("/contact", data=ASKED).status_code == 201
        assert events(messaging) == count, "using the site is no consent"
        assert shown(messaging, "2025-06-02T11:00") == before, "the record stays what it was"
        clara = ("email", ASKED["email"])
        assert site.zusage.may("newsletter", clara)
        assert not site.zusage.may("profiling", clara)
        site.zusage.consent(clara, {"profiling": True})
        assert site.zusage.may("profiling", clara), "after a new act it does"
        assert events(messaging) == count + 1


def shown(scenario: Scenario, now: str) -> dict[str, Any]:
    """What stands for Clara, by purpose."""
    found = scenario.zusage(now, "consent", "show", ASKED["email"], "--json").json
    return {one["purpose"]: one for one in found}


@pytest.mark.promise("web1on1-055")
def test_no_pixel_in_a_mail_without_its_own_consent(site: Site) -> None:
    for minute, (address, tracked) in enumerate(((ASKED["email"], False), ("otto@kunde.example", True)), 10):
        site.at(f"2025-03-02T10:{minute}")
        site.guest().post("/contact", data=ASKED | {"email": address})
        subscribe(site, address, tracking=tracked)
    sent = {one["address"]: one for one in send_issue(site.app.state.host, "one", "Neue Kanäle")}
    assert all(sent[address]["allowed"] for address in (ASKED["email"], "otto@kunde.example"))
    site.scenario.zusage("2025-03-02T11:00", "worker", "--once")
    issues = [mail for mail in site.scenario.mails() if "\nSubject: Produktneuigkeiten" in f"\n{mail}"]
    (plain,) = [mail for mail in issues if f"To: {ASKED['email']}" in mail]
    (with_pixel,) = [mail for mail in issues if "To: otto@kunde.example" in mail]
    assert html_of(plain).count("<img") == 0
    assert html_of(with_pixel).count("<img") == 1
    assert "https://www.plauderwerk.example/o/" in html_of(with_pixel)


def html_of(mail: str) -> str:
    """The HTML part of a mail."""
    part = message_from_string(mail, policy=default).get_body(("html",))
    assert part is not None
    return str(part.get_content())
