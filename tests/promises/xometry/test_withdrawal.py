"""Each service runs by the consent given for it and no other, stops with its withdrawal, and comes back with nothing old."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.promises.browsing import Scene, Visitor
from tests.promises.scenario import at
from tests.promises.xometry.test_choice import choice, events
from tests.promises.xometry.test_cookies import PAGES, PURPOSES, services_of

pytestmark = pytest.mark.browser
_POST = """async template => (await fetch('/api/v1/consents', {method: 'POST',
  headers: {'content-type': 'application/json'}, body: JSON.stringify({v: 1, id: 'a'.repeat(32),
  ...(template ? {template: template} : {}), language: 'de', method: 'reject-all', purposes: {}, services: {},
  signal: '', browser: ''})})).status"""
GOOGLE = (
    "google.com",
    "googletagmanager.com",
    "google-analytics.com",
    "doubleclick.net",
    "youtube.com",
    "googleapis.com",
)


@pytest.mark.promise("xometry-053")
def test_a_yes_to_maps_is_a_yes_to_maps(site: Scene, someone: Visitor) -> None:
    someone.visit("/").choose("maps")
    someone.visit_all(PAGES)
    assert someone.services() == {"maps"}
    assert someone.page.locator("iframe").count() == 1
    someone.withdraw().forget().visit_all(PAGES)
    assert someone.page.locator("figure[data-zusage=maps] button").count() == 2, "a placeholder again"
    assert someone.page.locator("iframe").count() == 0
    assert not [one for one in someone.asked() if one.host.endswith(GOOGLE)]


@pytest.mark.promise("xometry-116")
def test_analysis_is_taken_back_and_maps_stay(site: Scene, someone: Visitor) -> None:
    someone.visit("/").choose("statistics", "maps")
    someone.visit_all(PAGES)
    mine = {"_ga", "_gid", "amplitude_id", "ajs_user_id"}
    assert mine <= someone.names()
    site.at("2022-07-05T12:00")
    someone.visit("/kontakt").forget().choose("maps")
    assert not mine & someone.names()
    someone.visit_all(PAGES)
    assert someone.services() == {"maps"}
    stored = choice(someone)
    assert (set(stored.agreed), stored.day) == ({"maps"}, at("2022-07-05").date())
    shown = site.scenario.zusage("2022-07-10", "consent", "show", f"browser:{stored.browser}", "--json").json
    stands = {one["purpose"]: (one["agreed"], one["since"]) for one in shown}
    assert stands["statistics"] == (False, "2022-07-05T12:00:00+00:00")
    assert stands["maps"] == (True, "2022-07-01T10:00:00+00:00")
    assert not site.zusage.may("statistics", browser=stored.browser)
    assert site.zusage.may("maps", browser=stored.browser)


@pytest.mark.promise("xometry-119", "xometry-099")
def test_what_was_deleted_is_not_made_again(someone: Visitor) -> None:
    someone.visit("/").choose("statistics")
    someone.visit_all(PAGES)
    old = {name: someone.cookies()[name].value for name in ("_ga", "ajs_user_id", "amplitude_id")}
    for name in ("_ga", "ajs_user_id"):
        someone.context.clear_cookies(name=name)
    someone.visit("/preise")
    new = {name: someone.cookies()[name].value for name in old}
    assert new["_ga"] != old["_ga"]
    assert new["ajs_user_id"] != old["ajs_user_id"]
    assert not set(old.values()) & set(someone.storage().values())
    someone.withdraw().visit("/")
    assert not set(old) & someone.names()
    someone.choose("statistics").visit("/preise")
    again = {name: someone.cookies()[name].value for name in old}
    assert again["amplitude_id"] not in (old["amplitude_id"], new["amplitude_id"]), "no history is joined"
    for name in (*old, "zusage"):
        someone.context.clear_cookies(name=name)
    someone.forget().visit_all(PAGES)
    assert not set(old) & someone.names()
    assert someone.services() == set()


@pytest.mark.promise("xometry-048")
def test_a_consent_counts_for_the_services_of_its_version(
    original: Scene,
) -> None:
    text = (original.scenario.folder / "declaration.yaml").read_text("utf-8")
    (line,) = [
        one for one in text.splitlines(keepends=True) if one.startswith("    leadforensics: {recipient")
    ]
    original.redeclare(line, "")
    visitor = original.visitor().visit("/").accept_all().visit_all(PAGES)
    assert "leadforensics" not in visitor.services()
    before = visitor.services()
    assert services_of(original, *PURPOSES) <= before
    original.at("2022-08-01T10:00")
    original.redeclare(
        "  booking: {title:",
        "  leads: {title: {de: Erkennen von Firmen, en: recognising companies}, text: {de: Lead Forensics erkennt"
        " Firmen an ihrer Adresse., en: Lead Forensics recognises companies by their address.}, category:"
        " marketing}\n  booking: {title:",
    )
    original.redeclare(
        "  services:\n",
        f"  services:\n{line.replace('consent: marketing', 'consent: leads')}",
    )
    original.redeclare('version: "9"', 'version: "10"')
    visitor.forget().visit_all(PAGES)
    assert visitor.banner(), "asked for the new one"
    assert visitor.services() == before
    stored = choice(visitor)
    assert not original.zusage.may("leads", browser=stored.browser)
    assert original.zusage.may("marketing", browser=stored.browser)
    visitor.accept_all()
    assert original.zusage.may("leads", browser=choice(visitor).browser)
    assert "leadforensics" in visitor.forget().visit("/").services()


@pytest.mark.promise("xometry-111")
def test_profiling_is_told_before_the_click(site: Scene, someone: Visitor) -> None:
    someone.visit("/")
    shown = someone.page.locator("#zs").inner_text()
    assert "Google Analytics" in shown
    assert shown.index("Profiling") < shown.index("Alle akzeptieren")
    someone.settings()
    entry = someone.page.locator("dialog fieldset, dialog section, dialog li, dialog div").filter(
        has=someone.page.locator("input[value=statistics]")
    )
    assert "Profiling" in entry.last.inner_text()
    someone.page.keyboard.press("Escape")
    someone.visit_all(PAGES).reject().visit_all((*PAGES, "/impressum"))
    assert not [one for one in someone.asked() if one.host.endswith(GOOGLE)]
    someone.choose("statistics").visit("/")
    assert [one for one in someone.asked() if one.host.endswith(GOOGLE)], "what is looked for would be seen"


@pytest.mark.promise("xometry-052")
def test_the_banner_comes_first_and_its_answer_can_be_proven(site: Scene, someone: Visitor) -> None:
    someone.visit("/")
    assert someone.page.locator("#zs").is_visible()
    assert someone.asked() == []
    clicked = datetime.now(UTC) - timedelta(seconds=1)
    someone.accept_all()
    assert all(one.at >= clicked for one in someone.asked())
    browser = choice(someone).browser
    (proof,) = site.scenario.zusage(
        "2024-01-15", "consent", "proof", "--subject", f"browser:{browser}", "--json"
    ).json
    assert (proof["at"], proof["way"]) == ("2022-07-01T10:00:00+00:00", "accept-all")
    assert proof["answers"]["statistics"]
    printed = site.scenario.zusage("2024-01-15", "consent", "proof", proof["id"])
    assert printed.code == 0
    assert proof["id"] in printed.out
    assert site.zusage.may("statistics", browser=browser)
    for unknown in (["0" * 32], ["--subject", f"browser:{'0' * 32}"]):
        answer = site.scenario.zusage("2024-01-15", "consent", "proof", *unknown)
        assert answer.code == 1
        assert "no consent" in (answer.out + answer.err).lower()
    assert site.zusage.may("statistics", browser="0" * 32).code == "no-consent"


@pytest.mark.promise("xometry-044")
def test_a_record_names_id_time_type_template_and_language(site: Scene) -> None:
    site.at("2022-07-01T10:05")
    visitor = site.visitor().visit("/")
    before = events(site)
    shown = visitor.settings().page.locator("dialog").inner_text()
    visitor.choose("statistics")
    (proof,) = site.scenario.zusage(
        "2023-01-10", "consent", "proof", "--subject", f"browser:{choice(visitor).browser}", "--json"
    ).json
    assert len(proof["id"]) == 32
    assert (proof["at"], proof["type"], proof["way"]) == ("2022-07-01T10:05:00+00:00", "consent", "selection")
    assert (proof["language"], proof["notice_version"]) == ("de", "9")
    assert proof["template"]["version"]
    assert proof["template"]["layout"]
    words = json.loads(proof["words"])
    for purpose in words["purposes"]:
        assert purpose["text"] in shown, "the very words that were shown"
    assert "Profiling" in next(one["text"] for one in words["purposes"] if one["id"] == "statistics")
    assert events(site) == before + 1
    for template in ("", "f" * 32):
        answer = visitor.page.evaluate(_POST, template)
        assert answer in (400, 409, 422), "no record without the template that was shown"
    assert events(site) == before + 1


@pytest.mark.promise("xometry-036")
def test_what_was_done_before_the_withdrawal_stays_lawful(site: Scene, someone: Visitor) -> None:
    someone.visit("/").choose("statistics").visit("/preise")
    browser = choice(someone).browser
    who = f"browser:{browser}"
    site.at("2022-07-04T10:00")
    with site.staff("marketing") as staff:
        report = staff.post("/personal/berichte", json={"browser": browser}).json()
        (given,) = site.scenario.zusage("2022-07-04", "consent", "proof", "--subject", who, "--json").json
        site.at("2022-07-05T12:00")
        someone.withdraw()
        assert staff.post("/personal/berichte", json={"browser": browser}).status_code == 403
        site.at("2022-07-10T09:00")
        shown = staff.get(f"/personal/berichte/{report['report']}").json()
    assert (shown["at"], shown["basis"]) == ("2022-07-04", "consent, valid at the time")
    assert shown["pages"] == report["pages"]
    kept = site.scenario.zusage("2022-07-10", "consent", "proof", "--subject", who, "--json").json
    assert kept[0] == given, "the consent is neither deleted nor changed"
    assert [one["type"] for one in kept] == ["consent", "withdrawal"]
    then = site.scenario.zusage(
        "2022-07-10", "consent", "show", who, "--at", "2022-07-04T12:00:00", "--json"
    ).json
    assert next(one["agreed"] for one in then if one["purpose"] == "statistics")
    today = site.scenario.zusage("2022-07-10", "consent", "show", who, "--json").json
    assert not next(one["agreed"] for one in today if one["purpose"] == "statistics")
