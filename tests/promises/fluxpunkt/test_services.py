"""The IT provider's films, links, adverts and analyses in a real browser: each after its own yes, and recorded."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import inspect, text

from tests.promises.browsing import Scene, Visitor
from tests.promises.fluxpunkt.conftest import HOSTS
from tests.promises.fluxpunkt.test_cookies import PAGES, choice, consents, log_in, names, to_google
from tests.promises.publishing import section
from tests.promises.scenario import PERSON, at
from zusage.deployments.itservice.app.measuring import PROFILE
from zusage.deployments.standins import Hit, Misbehaviour
from zusage.workspace import open_workspace

pytestmark = pytest.mark.browser
FILMS = ("video-1", "video-2", "video-3", "video-4")


def scrolled(visitor: Visitor) -> Visitor:
    """To the end of the page, and some time there."""
    visitor.page.mouse.wheel(0, 9000)
    visitor.page.wait_for_timeout(600)
    return visitor.idle()


@pytest.mark.promise("fluxpunkt-021")
def test_links_and_embeds_send_nothing_until_activated(running: Scene, someone: Visitor) -> None:
    scrolled(someone.visit("/films"))
    assert someone.asked() == []
    link = someone.page.locator("#outside")
    assert link.get_attribute("href") == "https://extern.example/"
    link.click()
    someone.page.wait_for_url("https://extern.example/**")
    assert {one.host for one in someone.asked()} == {"extern.example"}


@pytest.mark.promise("fluxpunkt-072")
def test_who_plays_nothing_sends_nothing(running: Scene, someone: Visitor) -> None:
    scrolled(someone.visit("/films"))
    running.at("2026-05-05T10:05")
    someone.visit("/services")
    assert to_google(someone) == []
    assert someone.asked() == []
    assert names(someone) == set()
    someone.visit("/films")
    pictures = someone.page.locator("figure img")
    assert pictures.count() == len(FILMS) >= 3
    loaded = pictures.evaluate_all(
        "all => all.map(one => [new URL(one.src).host, one.complete && one.naturalWidth > 0])"
    )
    scrolled(someone)
    loaded = pictures.evaluate_all(
        "all => all.map(one => [new URL(one.src).host, one.complete && one.naturalWidth > 0])"
    )
    assert loaded == [[HOSTS[0], True]] * len(FILMS)


@pytest.mark.promise("fluxpunkt-131")
def test_the_first_request_to_the_provider_is_the_playback(running: Scene, someone: Visitor) -> None:
    scrolled(someone.visit("/films"))
    hints = someone.page.locator(
        "link[rel~=preconnect], link[rel~=dns-prefetch], link[rel~=preload], link[rel~=prefetch]"
    )
    assert hints.count() == 0
    assert someone.page.locator("iframe").count() == 0
    running.at("2026-05-05T10:02")
    clicked = datetime.now(UTC)
    someone.activate("video-3")
    assert someone.reached("youtube")
    assert someone.reached("youtube")[0].at >= at("2026-05-05T10:02")
    assert min(one.at for one in someone.asked()) >= clicked


@pytest.mark.promise("fluxpunkt-132", "fluxpunkt-065")
def test_a_click_is_a_yes_to_this_film_recorded_and_taken_back(running: Scene, someone: Visitor) -> None:
    someone.visit("/films")
    words = someone.page.locator("figure[data-content=video-3]").inner_text()
    for said in ("Google Ireland Limited", "Vereinigte Staaten", "IP-Adresse", "Cookies"):
        assert said in words, said
    running.at("2026-05-05T10:02")
    before = recorded(running)
    someone.activate("video-3")
    assert someone.page.locator("iframe").count() == 1
    ((answers, words, moment, version),) = (row[1:] for row in recorded(running) - before)
    assert answers == "youtube/video-3"
    assert moment == at("2026-05-05T10:02")
    assert "YouTube" in words
    assert version == "7"
    assert running.zusage.may("videos", browser="0" * 32).allowed is False
    for other in ("video-1", "video-2", "video-4"):
        assert someone.page.locator(f"figure[data-content={other}] [data-zs=once]").count() == 1, (
            "stays blocked"
        )
    someone.forget()
    running.at("2026-05-05T10:03")
    back = someone.page.get_by_role("link", name="Einwilligung in diesen Inhalt widerrufen")
    assert back.count() == 1
    before = recorded(running)
    back.click()
    someone.idle()
    assert someone.page.locator("iframe").count() == 0
    assert someone.page.locator("figure[data-content=video-3] [data-zs=once]").count() == 1
    assert {row[1] for row in recorded(running) - before} == {"-youtube/video-3"}
    assert "analytics" not in someone.services()


@pytest.mark.promise("fluxpunkt-132")
def test_without_its_words_a_placeholder_does_nothing(running: Scene, someone: Visitor) -> None:
    someone.visit("/films")
    someone.page.evaluate("document.querySelector('figure[data-content=video-4] p').remove()")
    before = recorded(running)
    someone.activate("video-4")
    assert someone.page.locator("iframe").count() == 0
    assert to_google(someone) == []
    assert recorded(running) == before


def recorded(site: Scene) -> set[tuple[str, str, str, datetime, str]]:
    """Every event: id, answers, words, time, version."""
    query = "SELECT e.id, e.answers, t.content, e.at, t.notice_version FROM consent_event e JOIN consent_text t ON t.hash = e.text"
    with open_workspace(site.scenario.folder).state.connect() as connection:
        rows = connection.execute(text(query)).all()
    return {
        (
            bytes(row.id).hex(),
            str(row.answers),
            bytes(row.content).decode(),
            datetime.fromtimestamp(row.at / 1000, UTC),
            str(row.notice_version),
        )
        for row in rows
    }


@pytest.mark.promise("fluxpunkt-065")
def test_a_yes_to_one_purpose_is_none_to_another(running: Scene, someone: Visitor) -> None:
    someone.visit("/").choose("analytics")
    browser = choice(someone).browser
    assert running.zusage.may("analytics", browser=browser)
    for other in ("videos", "conversions", "recording"):
        assert not running.zusage.may(other, browser=browser)
    shown = running.scenario.zusage(
        "2026-05-05T10:30", "consent", "show", f"browser:{browser}", "--json"
    ).json
    (yes,) = [one for one in shown if one["agreed"]]
    assert (yes["purpose"], yes["since"]) == ("analytics", "2026-05-05T10:00:00+00:00")
    assert len(yes["words"]) == 32


@pytest.mark.promise("fluxpunkt-071")
def test_a_conversion_is_told_once_and_without_the_message(running: Scene, someone: Visitor) -> None:
    silent = running.visitor()
    send_message(silent.visit("/services?gclid=TEST123"))
    assert to_google(silent) == []
    assert "TEST123" not in str(silent.cookies()) + str(silent.storage())
    assert running.scenario.count("web", "ad_click") == 0
    assert running.scenario.in_bytes("TEST123") == []
    someone.visit("/").choose("conversions")
    someone.visit("/services?gclid=TEST123")
    assert running.scenario.count("web", "ad_click", "click = 'TEST123'") == 1
    assert to_google(someone) == []
    send_message(someone)
    (hit,) = someone.reached("conversion")
    assert hit.query == {"gclid": "TEST123"}
    assert not [word for word in ("Kim", "kim@example.net", "Mein Drucker") if word in f"{hit}"]
    send_message(someone)
    assert len(someone.reached("conversion")) == 1, "exactly one"
    assert running.scenario.count("web", "ad_click") == 0


def send_message(visitor: Visitor) -> None:
    """By the contact form, banner or not."""
    visitor.visit("/contact")
    for field, value in {"name": "Kim", "email": "kim@example.net", "body": "Mein Drucker klemmt."}.items():
        visitor.page.fill(f"main [name={field}]", value)
    visitor.page.click("main form button")
    visitor.idle()
    assert visitor.page.locator("#arrived").count() == 1


@pytest.mark.promise("fluxpunkt-114")
def test_a_yes_to_analysis_sets_cookies_of_analysis_only(running: Scene, someone: Visitor) -> None:
    someone.visit("/").choose("analytics").visit("/services")
    assert someone.services() == {"analytics"}
    assert someone.names() == set(), "the analysis does without"
    running.at("2026-05-05T10:05")
    someone.visit("/").choose("analytics", "profiles").visit_all(PAGES)
    policy = running.zusage.policy()
    found = {name: policy.cookie_named(name) for name in someone.names()}
    assert found.keys() == {PROFILE}
    assert {item.purpose for item in found.values() if item} == {"profiles"}
    running.stand_ins.wrong = Misbehaviour(extra={"analytics": [("cookie", "_gcl_au")]})
    other = running.visitor().visit("/").choose("analytics").visit("/services")
    assert "_gcl_au" not in other.names(), "an advertising cookie is refused under this consent"


CLIENT_ID = '    ga: {name: _ga, provider: analytics, purpose: {de: unterscheidet Besucher, en: tells visitors apart}, keep: P14M, consent: analytics, legal_basis: "tdddg:25(1)"}\n'
ADDRESS = re.compile(r"(?:\d{1,3}\.){3}(?!0\b)\d{1,3}|(?:[0-9a-f]{1,4}:){4,7}[0-9a-f]{1,4}")


def told(visitor: Visitor) -> set[str]:
    """Every value in what the analysis was told of this visitor since they came (or were forgotten)."""
    payloads: list[Hit] = []
    for _ in range(100):
        payloads = [hit for hit in visitor.reached("analytics") if hit.path == "/collect"]
        if payloads:
            break
        visitor.page.wait_for_timeout(50)  # a report is sent by the way, and comes when it comes
    assert payloads, "there is something to look at"
    sent = [[*hit.query.values(), hit.cookies, hit.body, hit.referrer] for hit in payloads]
    return {value for values in sent for value in values if value}


def two_visits(site: Scene) -> tuple[set[str], set[str]]:
    """One person, who agreed to everything there is, on two days: what links the two visits – both carry it, and a stranger's
    visit to the same page does not – and the whole addresses that anybody's carry."""
    site.at("2026-05-04T10:17")
    person = site.visitor().visit("/").accept_all().forget().visit("/services")
    first = told(person)
    site.at("2026-05-05T10:17")
    second = told(person.later(days=1, restart=True).forget().visit("/services"))
    stranger = told(site.visitor().visit("/").accept_all().forget().visit("/services"))
    return (first & second) - stranger, {one for one in first | second | stranger if ADDRESS.search(one)}


@pytest.mark.promise("fluxpunkt-022")
def test_what_the_analysis_is_told_links_no_two_visits(running: Scene) -> None:
    running.scenario.change("web", "DELETE FROM usage_profile")
    assert ADDRESS.search("id=198.51.100.23"), "a full address would be found"
    assert two_visits(running) == (set(), set())
    kept = [str(one[4]) for one in profiles(running)]
    assert len(kept) == 2, (
        "both are recognised where they agreed to it: by us, under a pseudonym the analysis never sees"
    )
    running.redeclare("  items:\n", f"  items:\n{CLIENT_ID}")
    try:
        identifiers, addresses = two_visits(running)
        assert len(identifiers) == 1, "a client id is found"
        assert addresses == set()
        refused = running.scenario.zusage(
            "2026-05-05T12:00", "publish", "--by", "Dora", "--no-stores", "--json"
        )
        assert refused.code == 1
        (found,) = [one for one in refused.json if one["code"] == "declaration/anonymous-by-cookie"]
        assert "_ga" in found["message"]["en"]
    finally:
        running.redeclare(CLIENT_ID, "")
    said = section(running.scenario, "2026-05-05T12:00", "analysis")
    assert "trägt keine Kennung und keine vollständige IP-Adresse" in str(said)
    assert "Pseudonym" not in str(said)
    assert "pseudonyme Nutzungsprofile" in str(section(running.scenario, "2026-05-05T12:00", "profiles"))


@pytest.mark.promise("fluxpunkt-116")
def test_the_choice_ends_when_declared_and_is_not_prolonged(running: Scene, someone: Visitor) -> None:
    someone.visit("/").reject()
    ends = someone.cookies()["cookieconsent_status"].ends
    assert ends is not None
    assert abs(ends - datetime.now(UTC) - timedelta(days=180)) < timedelta(minutes=1)
    other = running.visitor().visit("/")
    with other.page.expect_response("**/api/v1/consents") as answered:
        other.reject()
    life = re.search(r"Max-Age=(\d+)", answered.value.all_headers()["set-cookie"])
    assert life
    assert at("2026-05-05T00:00") + timedelta(seconds=int(life[1])) == at("2026-11-01T00:00")
    someone.visit_all(PAGES)
    assert someone.cookies()["cookieconsent_status"].ends == ends, "not prolonged by visits"
    someone.later(days=181).visit("/services")
    assert "cookieconsent_status" not in names(someone)
    assert someone.banner()
    someone.reject()
    someone.context.clear_cookies()
    assert someone.visit("/services").page.locator("main").inner_text() != "", "deleting does no harm"
    declaration = running.scenario.folder / "declaration.yaml"
    before = declaration.read_text(encoding="utf-8")
    declaration.write_text(
        before.replace("en: remembers your choice}, keep: P180D,", "en: remembers your choice},"),
        encoding="utf-8",
    )
    refused = running.scenario.zusage("2026-05-05", "status")
    declaration.write_text(before, encoding="utf-8")
    assert refused.code == 2
    assert "keep" in refused.err + refused.out


@pytest.mark.promise("fluxpunkt-119")
def test_data_go_to_america_with_consent_under_a_safeguard_in_force(running: Scene, someone: Visitor) -> None:
    silent = running.visitor().visit_all(PAGES)
    assert to_google(silent) == []
    document = running.scenario.file("evidence/dpf.txt", "DPF listing\n")
    filed = running.scenario.zusage("2026-05-05T10:00", "attest", "transfer/analytics/us", "--by", PERSON, "--role", "dpo",
                                    "--document", str(document), "--until", "2026-06-30")  # fmt: skip
    assert filed.code == 0, filed.err
    someone.visit("/").choose("analytics").visit("/services")
    assert someone.services() == {"analytics"}
    registered = running.scenario.zusage("2026-05-05T10:30", "write", "transfers", "--format", "json").json
    assert "US" in str(registered)
    assert "Google" in str(registered)
    running.at("2026-07-01T10:00")
    someone.forget().visit_all(PAGES)
    assert to_google(someone) == [], "the safeguard ran out: refused even with consent"
    browser = choice(someone).browser
    assert running.zusage.may("analytics", browser=browser).code == "transfer-not-covered"
    assert consents(running, someone, "2026-07-01T11:00")["analytics"][0] is True


@pytest.mark.promise("fluxpunkt-124")
def test_a_profile_has_no_name_and_goes_with_the_consent(running: Scene, someone: Visitor) -> None:
    running.scenario.change("web", "DELETE FROM usage_profile")
    other = running.visitor().visit_all(PAGES)
    assert profiles(running) == []
    someone.visit("/").choose("analytics").visit("/services")
    assert profiles(running) == [], "a yes to figures is none to a profile"
    running.at("2026-05-05T10:05")
    someone.choose("profiles").visit("/services")
    (profile,) = profiles(running)
    log_in(someone).visit_all(("/", "/services", "/films"))
    (after,) = profiles(running)
    assert after[1] == profile[1] == choice(someone).browser
    assert int(str(after[2])) > int(str(profile[2]))
    assert after[4] == profile[4] == someone.cookies()[PROFILE].value
    assert not [value for value in after if str(value) in {"48117", "mara@kundin.example", "Mara Beispiel"}]
    columns = {column["name"] for column in _columns(running)}
    assert columns == {"id", "pseudonym", "browser", "pages", "last_page", "last_seen_at"}, (
        "there is no place for a person in it"
    )
    running.scenario.sweep("2026-05-05T12:00")
    assert len(profiles(running)) == 1
    running.at("2026-05-06T10:00")
    someone.withdraw()
    running.scenario.sweep("2026-05-06T10:05")
    assert profiles(running) == []
    someone.visit("/services")
    other.visit("/services")
    assert profiles(running) == []


def profiles(site: Scene) -> list[tuple[object, ...]]:
    """Every usage profile."""
    with site.scenario.writing("web") as connection:
        return [
            tuple(row)
            for row in connection.exec_driver_sql(
                "SELECT id, browser, pages, last_page, pseudonym FROM usage_profile"
            )
        ]


def _columns(site: Scene) -> list[dict[str, object]]:
    with site.scenario.writing("web") as connection:
        return [dict(column) for column in inspect(connection).get_columns("usage_profile")]
