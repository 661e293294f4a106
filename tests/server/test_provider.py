"""Logging in by an identity provider: a small one on this machine, and everything that one could try with its tokens."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient
from joserfc import jwk, jwt
from sqlalchemy import select, update
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.keepers.rights.conftest import Shop
from tests.promises.staging import served
from zusage import clock
from zusage.server.accounts import Role, account, create_account
from zusage.server.console.access import _attempts


@dataclass
class Provider:
    """Answers as OpenID Connect asks for; tests change what its tokens say."""

    key: Any = field(default_factory=lambda: jwk.ECKey.generate_key("P-256", {"kid": "one"}))
    signing: Any = None
    port: int = 0
    claims: dict[str, Any] = field(default_factory=dict)
    challenge: str = ""
    nonce: str = ""

    @property
    def issuer(self) -> str:
        """Its name and address."""
        return f"http://127.0.0.1:{self.port}"

    def app(self) -> Starlette:
        """Its endpoints; the authorization page is played by the test."""
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self.published),
                Route("/keys", self.keys),
                Route("/token", self.token, methods=["POST"]),
            ]
        )

    async def published(self, _: Request) -> Response:
        """Discovery."""
        names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        return JSONResponse(
            {"issuer": self.issuer} | {key: f"{self.issuer}/{name}" for key, name in names.items()}
        )

    async def keys(self, _: Request) -> Response:
        """The public key."""
        return JSONResponse(jwk.KeySet([self.key]).as_dict(private=False))

    async def token(self, request: Request) -> Response:
        """The ID token, for whoever shows the code, the secret and what the challenge was made of."""
        sent = await request.form()
        verifier = hashlib.sha256(str(sent["code_verifier"]).encode()).digest()
        proven = base64.urlsafe_b64encode(verifier).rstrip(b"=").decode() == self.challenge
        if sent["code"] != "good" or sent.get("client_secret") != "s3cret" or not proven:
            return JSONResponse({"error": "invalid_grant"}, 400)
        said = {
            "iss": self.issuer, "aud": "zusage", "sub": "u-17", "preferred_username": "olga", "groups": ["staff", "privacy"],
            "nonce": self.nonce, "exp": int((clock.now() + timedelta(minutes=5)).timestamp()),
        } | self.claims  # fmt: skip
        return JSONResponse(
            {"id_token": jwt.encode({"alg": "ES256", "kid": "one"}, said, self.signing or self.key)}
        )


@pytest.fixture
def provider() -> Iterator[Provider]:
    """A provider that listens."""
    made = Provider()
    with served(made.app()) as made.port:
        yield made


@pytest.fixture
def shop(
    make_shop: Callable[..., Shop], sqlite_url: str, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> Shop:
    """The shop, whose console trusts the provider."""
    monkeypatch.setenv("OIDC_SECRET", "s3cret")
    roles = "{privacy: dpo, support: clerk}"
    _attempts._filled.clear()
    return make_shop(
        sqlite_url,
        f"oidc: {{issuer: '{provider.issuer}', client_id: zusage, client_secret: 'env:OIDC_SECRET', roles: {roles}}}\n",
    )


def came_back(web: TestClient, provider: Provider, *, state: str | None = None, code: str = "good") -> Any:
    """Go to the provider, log in there, and come back; what the console answers."""
    sent = web.get("/console/oidc")
    assert sent.status_code == 303
    asked = {name: found[0] for name, found in parse_qs(urlsplit(sent.headers["location"]).query).items()}
    assert (asked["response_type"], asked["code_challenge_method"], asked["client_id"]) == (
        "code",
        "S256",
        "zusage",
    )
    assert asked["redirect_uri"] == "http://testserver/console/oidc/back"
    provider.challenge, provider.nonce = asked["code_challenge"], asked["nonce"]
    return web.get("/console/oidc/back", params={"state": state or asked["state"], "code": code})


def test_whoever_the_provider_vouches_for_is_logged_in(
    shop: Shop, web: TestClient, provider: Provider
) -> None:
    assert f"Anmelden über 127.0.0.1:{provider.port}" in web.get("/console/login").text
    said = came_back(web, provider)
    assert said.status_code == 200, said.text
    assert 'http-equiv="refresh"' in said.text
    page = web.get("/console/requests")
    assert "olga · Datenschutzbeauftragte" in page.text
    provider.claims = {"groups": "support", "preferred_username": "renamed"}
    assert came_back(web, provider).status_code == 200
    assert "olga · Sachbearbeitung" in web.get("/console/requests").text, (
        "the same account, its role as said now"
    )
    with shop.workspace.state.begin() as connection:
        assert len(list(connection.execute(select(account.c.id)))) == 1
        connection.execute(update(account).values(disabled=True))
    assert web.get("/console/requests").status_code == 303
    assert came_back(web, provider).status_code == 403, "disabled is disabled, whoever vouches"


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"}, {"aud": "somebody-else"}, {"iss": "https://evil.example"}, {"exp": 1}, {"exp": None},
        {"groups": ["staff"]}, {"groups": None}, {"sub": ""},
    ],
    ids=lambda claims: "-".join(f"{name}={value}" for name, value in claims.items()),
)  # fmt: skip
def test_a_token_that_does_not_hold_logs_nobody_in(
    web: TestClient, provider: Provider, claims: dict[str, Any]
) -> None:
    provider.claims = claims
    assert came_back(web, provider).status_code == 403
    assert web.get("/console/requests").status_code == 303


def test_an_answer_that_was_not_asked_for_logs_nobody_in(web: TestClient, provider: Provider) -> None:
    assert web.get("/console/oidc/back?state=x&code=good").status_code == 403, "no login was begun"
    assert came_back(web, provider, state="another").status_code == 403
    assert came_back(web, provider, code="bad").status_code == 403
    provider.signing = jwk.ECKey.generate_key("P-256", {"kid": "one"})
    assert came_back(web, provider).status_code == 403, "signed by somebody else"
    assert web.get("/console/requests").status_code == 303


def test_a_local_account_is_never_taken_over(shop: Shop, web: TestClient, provider: Provider) -> None:
    with shop.workspace.state.begin() as connection:
        create_account(connection, "olga", "lang genug und geheim", Role.DPO, clock.now())
    assert came_back(web, provider).status_code == 403
    provider.claims = {"preferred_username": "kim"}
    assert came_back(web, provider).status_code == 200
    web.cookies.clear()
    for password in ("", "provider:"):
        said = web.post("/console/login", data={"login": "kim", "password": password or "x"})
        assert said.status_code == 401, "an account of the provider has no password"
