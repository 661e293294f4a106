"""The IT provider's site in a browser that takes no cookies."""

from __future__ import annotations

import pytest

from tests.promises.blocking import assert_no_substitute, opened, sent
from tests.promises.browsing import browsing
from tests.promises.fluxpunkt.conftest import HOSTS, MARA
from tests.promises.scenario import Scenario
from zusage.deployments.itservice.app import create_app
from zusage.deployments.sessions import check_value

pytestmark = pytest.mark.browser


@pytest.mark.promise("fluxpunkt-115")
def test_without_cookies_all_can_be_read_and_sessions_say_what_is_missing(itservice: Scenario) -> None:
    check = check_value(MARA["password"])
    itservice.put(
        "web", "portal_user", id=48117, name="Mara Beispiel", email=MARA["email"], password_check=check
    )
    with browsing(itservice, create_app, HOSTS, now="2026-05-05T10:00", cookies=False) as scene:
        visitor = scene.visitor()
        for path in ("/", "/notice", "/contact", "/films", "/jobs"):
            assert opened(visitor, path) == 200, path
            assert_no_substitute(visitor)
        message = {"name": "Kim", "email": "kim@example.net", "body": "Mein Drucker klemmt."}
        assert sent(visitor, "/contact", message) == 201
        assert itservice.count("office", "form_message", "email = 'kim@example.net'") == 1
        assert sent(visitor, "/login", MARA) == 401
        assert "braucht die Website ein Cookie" in visitor.page.locator("#why").inner_text()
        assert_no_substitute(visitor)
        assert sent(visitor, "/cart", {"article": "Eine Maus"}) == 401
        assert "braucht die Website ein Cookie" in visitor.page.locator("#why").inner_text()
        assert_no_substitute(visitor, ["from=put"])
