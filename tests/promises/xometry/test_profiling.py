"""Who builds profiles is marked, hears nothing without a yes, and is told when it ends; networks get nothing before a click."""

from __future__ import annotations

import pytest

from tests.promises.browsing import Scene, Visitor
from tests.promises.publishing import checked, edit, refused, said_in
from tests.promises.scenario import Scenario
from tests.promises.xometry.conftest import START

pytestmark = pytest.mark.browser
TODAY = "2026-06-01"
PAGES = ("/", "/preise", "/videos", "/kontakt", "/termin", "/newsletter", "/impressum")
PROVIDERS = {
    "Google": ("google", "google-ads"),
    "Baidu": ("baidu",),
    "LinkedIn": ("linkedin",),
    "Bing": ("microsoft",),
}


def profile(site: Scene) -> list[str]:
    """The interests that the shop's own profiles hold."""
    query = "SELECT visitor_event.name FROM visitor_event JOIN visitor ON visitor.id = visitor_id WHERE service = 'adverts'"
    with site.scenario.writing("web") as connection:
        return [str(one) for one in connection.exec_driver_sql(query).scalars()]


@pytest.mark.promise("xometry-170")
def test_a_profile_gets_nothing_new_after_withdrawal(site: Scene, someone: Visitor) -> None:
    someone.visit("/").choose("marketing", "marketing-china").visit("/teile/wellen")
    assert "interest:wellen" in profile(site)
    interests = [hit for hit in someone.reached("google-ads") if hit.query.get("e") == "interest"]
    assert [hit.query["about"] for hit in interests] == ["wellen"] * len(interests) != []
    mine = someone.cookies()["_gcl_au"].value
    site.at("2022-07-05T12:00")
    someone.visit("/impressum").visit("/preise").forget()
    someone.withdraw()
    told = [hit for hit in someone.reached("google-ads") if hit.path == "/opt-out"]
    assert {hit.query["id"] for hit in told} == {mine}
    assert {f"{hit.at:%Y-%m-%d}" for hit in told} == {"2022-07-05"}
    before = profile(site)
    site.at("2022-07-06T09:00")
    someone.forget().visit("/teile/bolzen").visit("/preise")
    assert someone.reached() == []
    assert someone.asked() == []
    assert profile(site) == before


def hosts_of(site: Scene, recipients: tuple[str, ...]) -> set[str]:
    """The declared hosts of these recipients."""
    services = site.stand_ins.services.values()
    return {host for one in services if one.service.recipient in recipients for host in one.service.hosts}


@pytest.mark.promise("xometry-172")
def test_who_builds_profiles_bears_the_mark(site: Scene, someone: Visitor, marketplace: Scenario) -> None:
    someone.visit("/").settings()
    settings = someone.page.locator("dialog").text_content() or ""
    notice = site.scenario.zusage(START, "write", "notice", "--format", "md", "--language", "de").out
    recipients = site.scenario.zusage(START, "write", "record", "--format", "md", "--language", "de").out
    names = {"google": "Google Ireland Limited", "google-ads": "Google Ireland Limited", "baidu": "Baidu, Inc",
             "linkedin": "LinkedIn Ireland Unlimited Company", "microsoft": "Microsoft Ireland Operations Limited"}  # fmt: skip
    for id, name in names.items():
        assert f"Profiling: {name} bildet Nutzungsprofile." in settings, id
        for text in (notice, recipients):
            assert any(name in line and "Profiling" in line for line in text.splitlines()), id
    someone.page.locator("dialog button[value=reject]").click()
    someone.idle().visit_all(PAGES)
    tried = {one.host for one in someone.asked()}
    for label, ids in PROVIDERS.items():
        hosts = hosts_of(site, ids)
        assert hosts, label
        assert not hosts & tried, label
    assert tried == set()
    assert not said_in(checked(str(marketplace.folder), TODAY), "declaration/profiling-mark", "Microsoft")
    said = (marketplace.folder / "declaration.yaml").read_text(encoding="utf-8")
    (line,) = [one for one in said.splitlines() if one.startswith("  microsoft:")]
    edit(marketplace, line, line.replace(", profiling: true", ""))
    found = refused(marketplace, TODAY)
    assert said_in(found, "declaration/profiling-mark", "Microsoft", "MUID")
    assert sum(one["code"] == "declaration/profiling-mark" for one in found) == 1


@pytest.mark.promise("xometry-304")
def test_networks_hear_nothing_before_a_click(site: Scene, someone: Visitor) -> None:
    notice = site.scenario.zusage(START, "write", "notice", "--format", "md", "--language", "de").out
    register = site.scenario.zusage(START, "write", "record", "--format", "md", "--language", "de").out
    words = "Profiling durch den Betreiber: Marktforschung und Werbung"
    for name, recipient in (("Facebook", "Meta Platforms Ireland Ltd."), ("LinkedIn", "LinkedIn Ireland")):
        assert [one for one in notice.splitlines() if name in one and recipient in one and words in one], name
        assert [one for one in register.splitlines() if recipient in one and words in one], name
    for path in PAGES:
        someone.visit(path)
        assert someone.page.locator("footer a[href*='facebook.com']").count() == 1, path
    assert someone.asked() == []
    assert someone.names() == set()
    someone.reject().visit_all(PAGES)
    assert someone.asked() == []
    assert someone.names() == set()


@pytest.mark.promise("xometry-306")
def test_no_network_cookie_and_no_widget_without_a_gate(
    site: Scene, someone: Visitor, marketplace: Scenario
) -> None:
    for path in PAGES:
        links = someone.visit(path).page.locator("footer a[href*='linkedin.com']")
        assert links.count() == 1
    assert someone.names() == set()
    assert not [one for one in someone.context.cookies() if "linkedin" in str(one) or "facebook" in str(one)]
    assert someone.asked() == []
    line = "    linkedin: {recipient: linkedin, kind: script"
    widget = "    linkedin-follow: {recipient: linkedin, kind: embed, hosts: [platform.linkedin.com], necessary: true}"
    edit(marketplace, line, f"{widget}\n{line}")
    assert said_in(refused(marketplace, TODAY), "declaration/widget-without-consent", "linkedin-follow")
    edit(marketplace, widget, widget.replace("necessary: true", "consent: marketing"))
    assert not said_in(checked(str(marketplace.folder), TODAY), "declaration/widget-without-consent", "")
