"""The ad server's contact form: registered with its purpose, and the browser talks to the page's host only."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.promises.browsing import Scene, browsing
from tests.promises.publishing import said_in, section
from tests.promises.scenario import Scenario
from tests.promises.sites import served
from zusage.deployments.adserver.app.application import create_app

pytestmark = pytest.mark.browser
HOST, NOW = "www.windrose.example", "2026-05-05T10:00"


@pytest.fixture(scope="module")
def site(templates: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("site") / "adserver"
    shutil.copytree(templates("adserver"), folder)
    with browsing(Scenario("adserver", folder), create_app, (HOST,), now=NOW) as scene:
        yield scene


@pytest.mark.promise("aim3-021")
def test_the_contact_form_talks_to_its_own_host_only(site: Scene) -> None:
    registered = str(section(site.scenario, NOW, "cookies"))
    assert "Formularsoftware auf eigenen virtuellen Servern: nimmt Anfragen entgegen" in registered
    mara = site.visitor().visit("/contact")
    mara.page.get_by_label("Name").fill("Mara Beispiel")
    mara.page.get_by_label("E-Mail").fill("mara@example.net")
    mara.page.locator("main form input[name], main form textarea[name]").last.fill("Was kostet ein Banner?")
    mara.page.locator("main form button").last.click()
    mara.idle()
    assert {one.host for one in mara.everything_asked()} == {HOST}
    assert mara.names() == set()
    # another tool's script or pixel would be blocked, and the look at the page names it
    mara.visit("/contact").page.evaluate(
        "() => { document.body.append(Object.assign(new Image(), {src: 'https://mautic.windrose-crm.example/mtc.gif'})); }"
    )
    mara.idle()
    assert not [hit for hit in mara.reached() if "mautic" in hit.host]
    assert "mtc_id" not in mara.names()
    page = site.url("/contact")
    html = mara.page.content() + '<script src="https://mautic.windrose-crm.example/mtc.js"></script>'
    with served({page: html}, site.scenario.folder) as sites:
        found = sites.scan(site.scenario, NOW, "pages", page, "--limit", "1").json
    assert said_in(found, "site/undeclared-host", "mautic.windrose-crm.example")
