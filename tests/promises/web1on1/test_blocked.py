"""web1on1: the messaging platform's website in a browser that takes no cookies."""

from __future__ import annotations

import pytest

from tests.promises.blocking import assert_no_substitute, opened, sent
from tests.promises.browsing import browsing
from tests.promises.scenario import Scenario
from tests.promises.web1on1.test_browser import HOST, LOGIN, PAGES, START, add_clara
from zusage.deployments.messaging.app import create_app

pytestmark = pytest.mark.browser


@pytest.mark.promise("web1on1-062", "web1on1-063")
def test_a_browser_that_takes_no_cookies_is_respected(messaging: Scenario) -> None:
    add_clara(messaging)
    with browsing(messaging, create_app, (HOST,), now=START, cookies=False) as scene:
        clara = scene.visitor()
        for path in PAGES:
            assert opened(clara, path) == 200, path
            assert_no_substitute(clara)
        assert sent(clara, "/demo", {"name": "Clara", "email": LOGIN["email"], "company": "Kundin KG"}) == 201
        assert sent(clara, "/login", LOGIN) == 401
        assert "braucht ein Cookie" in clara.page.locator("#why").inner_text()
        assert_no_substitute(clara)
