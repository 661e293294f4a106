"""The demonstration's mailbox: a person asks, reads the mail there, and follows its link."""

from __future__ import annotations

import re

from fastapi.testclient import TestClient

from tests.keepers.rights.conftest import Shop
from zusage.server import mailbox
from zusage.server.app import create_app


def test_a_mail_is_read_and_its_link_followed(shop: Shop) -> None:
    app = create_app(shop.workspace)
    app.include_router(mailbox.router)
    with TestClient(app, base_url="http://testserver", follow_redirects=False) as web:
        assert "Noch keine Mail" in web.get("/mailbox").text
        asked = web.post(
            "/rights", data={"kind": "access", "email": "ada@mail.example", "text": "<b>bitte</b>"}
        )
        assert asked.status_code == 303
        found = re.search(r'href="(/mailbox/\w+)"', web.get("/mailbox").text)
        assert found, "nobody waits for the worker"
        mail = web.get(found[1]).text
        link = re.search(r'href="https?://[^/"]+(/rights/confirm/[^"]+)"', mail)
        assert link
        assert "An: ada@mail.example" in mail
        assert web.get(link[1]).status_code == 200
        assert web.get("/mailbox/none").status_code == 404


def test_a_real_workspace_has_no_mailbox_and_no_provider_unless_told(web: TestClient) -> None:
    assert web.get("/mailbox").status_code == 404
    assert web.get("/console/oidc").status_code == 404
    assert "/console/oidc" not in web.get("/console/login").text
