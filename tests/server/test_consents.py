"""Consents over HTTP: where they may come from, how long they may be, and what a decision says without one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from tests.keepers.rights.conftest import Shop
from zusage.server.app import create_app
from zusage_client import Refused, Zusage
from zusage_client.account import sign
from zusage_client.tokens import make_token


@pytest.fixture
def application(web: TestClient) -> Iterator[Zusage]:
    """The shop's own application."""
    with Zusage("http://testserver", "app-s3cret", web._transport) as made:
        yield made


def test_a_choice_from_elsewhere_is_refused(web: TestClient) -> None:
    said = web.post("/api/v1/consents", content=b"{}", headers={"origin": "https://elsewhere.example"})
    assert said.status_code == 403


def test_what_is_too_long_is_refused(web: TestClient) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(64):
            yield b"x" * 4096

    own = {"origin": "http://testserver", "content-type": "application/json", "sec-fetch-site": "same-origin"}
    said = web.post("/api/v1/consents", content=endless(), headers=own)
    assert said.status_code == 413, said.text


def test_what_nobody_declared_is_refused_with_its_reason(web: TestClient, application: Zusage) -> None:
    said = application.may("mind-reading")
    assert (said.allowed, said.code) == (False, "undeclared")
    assert application.may("selling").code == "legal-basis"


def test_only_the_application_may_ask(web: TestClient, shop: Shop) -> None:
    """Nothing about anybody without the key – a browser's pseudonym or a user's token is none."""
    question = {"purpose": "news", "browser": "c" * 32}
    tokens = {
        "none": "",
        "a user's": sign("app-s3cret", "email", "ada@mail.example", shop.now),
        "another key's": make_token("other", {"application": True}, shop.now),
        "an old one": make_token("app-s3cret", {"application": True}, shop.now - timedelta(minutes=6)),
        "a far too long one": make_token("app-s3cret", {"application": True}, shop.now + timedelta(days=1)),
    }
    for name, token in tokens.items():
        headers = {"authorization": f"Bearer {token}"}
        for path, body in (("decisions", question), ("subjects/consents", {"do": "show"})):
            assert web.post(f"/api/v1/{path}", json=body, headers=headers).status_code == 401, (name, path)


def test_a_malformed_question_is_refused(web: TestClient, shop: Shop) -> None:
    token = make_token("app-s3cret", {"application": True}, shop.now)
    for body in (
        b"[" + b" " * 100_000, b"[" * 8000, b"null", b"{}", b'{"purpose": 7}', b'{"purpose": "a b"}',
        b'{"purpose": "news", "browser": "C"}', b'{"purpose": "news", "subject": {"kind": "email", "value": 7}}',
        b'{"purpose": "news", "subject": "ada"}', b'{"purpose": "news", "subject": {"kind": "email"}}',
    ):  # fmt: skip
        said = web.post("/api/v1/decisions", content=body, headers={"authorization": f"Bearer {token}"})
        assert said.status_code == 400, body[:60]


def test_each_refusal_is_on_record_and_permits_are_counted(shop: Shop) -> None:
    web = TestClient(create_app(shop.workspace))
    with web, Zusage("http://testserver", "app-s3cret", web._transport) as application:
        for _ in range(3):
            assert application.may("selling")
        assert not application.may("news", ("email", "ada@mail.example"))
        assert not application.may("news", ("email", "ada@mail.example"))
    with shop.workspace.state.connect() as connection:
        said = [(leaf.kind, leaf.facts) for leaf in shop.workspace.context.ledger.entries(connection)]
    refused = [facts for kind, facts in said if kind == "decision/refused"]
    assert refused == [{"purpose": "news", "code": "no-consent", "actor": "application"}] * 2
    assert [facts for kind, facts in said if kind == "decision/permitted"] == [{"selling": 3}]


def test_a_user_s_consent_is_given_shown_and_withdrawn(application: Zusage) -> None:
    ada, ben = ("email", "ada@mail.example"), ("email", "ben@mail.example")
    assert not application.may("news", ada)
    standing = application.consent(ada, {"news": True}, language="en")
    assert standing["news"]["agreed"] is True
    assert application.may("news", ada)
    assert not application.may("news", ben), "another person's consent is nobody else's"
    assert application.consents(ben) == {}
    assert application.withdraw(ada, "news")["news"]["agreed"] is False
    assert application.may("news", ada).code == "withdrawn", "from that instant"
    with pytest.raises(Refused, match="asks no consent"):
        application.consent(ada, {"mind-reading": True})


@pytest.mark.parametrize(
    "path", ["/rights", "/settings", "/api/v1/consents", "/api/v1/decisions", "/console/login"]
)
@pytest.mark.parametrize("announced", [True, False])
def test_no_route_reads_an_endless_body(web: TestClient, path: str, announced: bool) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(40):
            sent += 65_536
            yield b"x" * 65_536

    headers = {"content-type": "application/x-www-form-urlencoded", "origin": "http://testserver"}
    headers |= {"content-length": "2621440"} if announced else {}
    said = web.post(path, content=endless(), headers=headers)
    assert said.status_code == (401 if path == "/api/v1/decisions" else 413), said.text


def test_data_go_only_where_they_may(application: Zusage, shop: Shop) -> None:
    assert application.may_pass("nobody", "shop").code == "unregistered"
    with shop.workspace.state.connect() as connection:
        assert not [
            one for one in shop.workspace.context.ledger.entries(connection) if "disclosure" in one.kind
        ]
    refused = application.disclose("mailer", "news", subject=("email", "ada@mail.example"))
    assert not refused, "no contract is on file"
    with shop.workspace.state.connect() as connection:
        kinds = [one.kind for one in shop.workspace.context.ledger.entries(connection)]
    assert "disclosure/refused" in kinds
