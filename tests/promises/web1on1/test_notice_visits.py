"""The messaging platform in a real browser: what is stored stands in the notice, signals are obeyed, foreign links are marked."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.promises.browsing import Scene, Visitor, browsing
from tests.promises.publishing import edit, refused, said_in, section, word
from tests.promises.scenario import Scenario
from tests.promises.sites import served
from zusage.deployments.messaging.app.application import create_app
from zusage.deployments.standins import Misbehaviour

pytestmark = pytest.mark.browser
HOST = "www.plauderwerk.example"
NOW = "2026-03-01T10:00"


@pytest.fixture(scope="module")
def running(templates: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("site") / "messaging"
    shutil.copytree(templates("messaging"), folder)
    with browsing(Scenario("messaging", folder), create_app, (HOST,), now=NOW) as scene:
        yield scene


@pytest.fixture
def site(running: Scene) -> Iterator[Scene]:
    running.at(NOW)
    running.stand_ins.wrong = Misbehaviour()
    yield running
    while running.visitors:
        running.visitors.pop().context.close()


def _rows(scene: Scenario) -> dict[str, list[str]]:
    tables = [one for one in section(scene, NOW, "cookies") if one["block"] == "table"]
    return {row[0]: row for row in tables[0]["rows"]}


def _found(site: Scene) -> list[str]:
    said = site.scan("--state", "accept").json
    return [one["code"] for one in said["findings"]]


@pytest.mark.promise("web1on1-038")
def test_the_cookie_section_lists_what_a_visit_finds(site: Scene) -> None:
    scene = site.scenario
    assert "'#cookies'" in str(section(scene, NOW, "website")), "the section on the website leads there"
    visitor = site.visitor().visit("/").accept_all().visit_all(("/", "/prices", "/contact"))
    rows = _rows(scene)
    assert {"_ga", "pw_area"} <= visitor.names()
    assert visitor.names() <= set(rows)
    assert "site/undeclared-item" not in _found(site)
    site.stand_ins.wrong = Misbehaviour(extra={"analytics": [("cookie", "_clck")]})
    assert "site/undeclared-item" in _found(site)
    word(scene, "cookies", "Wir verwenden Cookies.")
    try:
        assert said_in(refused(scene, NOW), "wording/not-stated", "_ga")
    finally:
        (scene.folder / "wording/de/cookies.md").unlink()


@pytest.mark.promise("web1on1-056")
def test_each_cookie_is_listed_as_session_or_lasting_with_its_four_items(site: Scene) -> None:
    rows = _rows(site.scenario)
    visitor = site.visitor().visit("/").accept_all().visit_all(("/", "/prices"))
    found = visitor.cookies()
    for name in visitor.names():
        _, provider, purpose, keep, *_ = rows[name]
        assert provider
        assert purpose
        if name in found:
            assert (keep == "Sitzung") == (found[name].ends is None), name
    assert "site/longer-lifetime" not in _found(site)
    site.stand_ins.wrong = Misbehaviour(lifetimes={"_ga": "P12M"})
    path = site.scenario.folder / "declaration.yaml"
    text = path.read_text("utf-8")
    listed = next(line for line in text.splitlines() if "name: _ga," in line)
    try:
        site.redeclare(listed, re.sub(r"keep: P\d+M", "keep: P1M", listed))
        assert "site/longer-lifetime" in _found(site)
    finally:
        path.write_text(text, "utf-8")
        site.restart()


@pytest.mark.promise("web1on1-067")
@pytest.mark.parametrize("header", [{"DNT": "1"}, {"Sec-GPC": "1"}])
def test_a_signal_is_an_objection_as_the_notice_says(site: Scene, header: dict[str, str]) -> None:
    assert "Global Privacy Control oder Do Not Track" in str(section(site.scenario, NOW, "cookies"))
    visitor = site.visitor(extra_http_headers=header).visit("/")
    assert not visitor.banner()
    assert visitor.names() == set()
    assert visitor.services() == set()
    assert "Wir behandeln es als Ablehnung." in visitor.page.content()
    path = site.scenario.folder / "declaration.yaml"
    text = path.read_text("utf-8")
    try:
        edit(site.scenario, "tracking_signals: respected", "tracking_signals: ignored")
        assert said_in(refused(site.scenario, NOW), "declaration/tracking-signals")
    finally:
        path.write_text(text, "utf-8")


@pytest.mark.promise("web1on1-039")
def test_links_to_others_are_marked_and_tell_nothing(site: Scene) -> None:
    visitor: Visitor = site.visitor().visit("/")
    html = visitor.page.content()
    foreign = visitor.page.locator('a[href^="https://www.example.org/"]')
    assert foreign.get_attribute("href") == "https://www.example.org/"
    assert "external" in str(foreign.get_attribute("rel"))
    assert "für die unsere Erklärung nicht gilt" in foreign.inner_text()
    own = visitor.page.get_by_role("link", name="Unsere Preise")
    assert own.get_attribute("rel") is None

    def marks(page: str) -> set[str]:
        with served({site.url(): page}, site.scenario.folder) as sites:
            said = sites.scan(site.scenario, NOW, "pages", site.url(), "--limit", "1").json
        return {one["code"] for one in said} & {
            "site/external-unmarked",
            "site/external-tells",
            "site/internal-marked",
        }

    assert marks(html) == set()
    assert marks(html.replace('rel="external', 'rel="')) == {"site/external-unmarked"}
    assert marks(html.replace("https://www.example.org/", "https://www.example.org/?session=4711")) == {
        "site/external-tells"
    }
    # what would load without a click is no link, and is blocked
    visitor.forget().page.evaluate(
        "() => { document.body.append(Object.assign(new Image(), {src: 'https://www.example.org/p.gif'})); }"
    )
    visitor.idle()
    assert not [hit for hit in visitor.reached() if hit.host == "www.example.org"]
