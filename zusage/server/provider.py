"""Logging in by an identity provider (OpenID Connect Core 1.0): code with PKCE, nonce, and an ID token that is checked.

Nothing is asked of the provider before somebody wants to log in. Extra `[oidc]`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import httpx2

from zusage.database.engines import resolve_reference
from zusage.errors import ZusageError
from zusage.server.accounts import Role
from zusage.workspace import Provider, Workspace

#: signatures that are taken; `none` and shared secrets never are
ALGORITHMS = ["RS256", "ES256"]
_SLACK = timedelta(minutes=2)
_TIMEOUT = 10.0


class NotVouched(ZusageError):
    """The provider does not vouch for this login, or did not answer. Nobody is logged in."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One login on its way, kept in the browser that began it; `state`, `nonce` and `verifier` (PKCE) bind the answer to it."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def begin(cls) -> Attempt:
        """A new attempt."""
        return cls(*(secrets.token_urlsafe(32) for _ in range(3)))

    @classmethod
    def read(cls, said: str | None) -> Attempt:
        """From the cookie's value. Raises `NotVouched`."""
        parts = (said or "").split(".")
        if len(parts) != 3 or not all(parts):
            raise NotVouched("this login was not begun here, or too long ago", hint="log in anew")
        return cls(*parts)

    def __str__(self) -> str:
        return f"{self.state}.{self.nonce}.{self.verifier}"


@dataclass(frozen=True, slots=True)
class Vouched:
    """Whom the provider vouches for."""

    subject: str
    login: str
    role: Role


class IdentityProvider:
    """One workspace's provider."""

    def __init__(self, settings: Provider, workspace: Workspace) -> None:
        self.settings, self.workspace = settings, workspace
        self.issuer = settings.issuer.rstrip("/")

    def address(self, attempt: Attempt, back: str) -> str:
        """Where the browser is sent. Raises `NotVouched` where the provider does not answer."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(attempt.verifier.encode()).digest()).rstrip(b"=")
        asked = {
            "response_type": "code", "client_id": self.settings.client_id, "redirect_uri": back, "scope": "openid email profile",
            "state": attempt.state, "nonce": attempt.nonce, "code_challenge": challenge.decode(),
            "code_challenge_method": "S256",
        }  # fmt: skip
        return f"{self._published()['authorization_endpoint']}?{urlencode(asked)}"

    def vouched(self, attempt: Attempt, state: str, code: str, back: str, now: datetime) -> Vouched:
        """Whom the provider vouches for, after the browser came back with `state` and `code`. Raises `NotVouched`."""
        if not code or not hmac.compare_digest(state.encode(), attempt.state.encode()):
            raise NotVouched("this answer does not belong to a login that was begun here", hint="log in anew")
        published = self._published()
        claims = self._claims(self._token(published, attempt, code, back), published)
        return self._judge(claims, attempt, now)

    def _published(self) -> Mapping[str, Any]:
        found = self._ask("GET", f"{self.issuer}/.well-known/openid-configuration")
        if found.get("issuer", "").rstrip("/") != self.issuer:
            raise NotVouched(
                "the identity provider says that it is another one", hint="workspace.yaml: oidc.issuer"
            )
        return found

    def _token(self, published: Mapping[str, Any], attempt: Attempt, code: str, back: str) -> str:
        sent = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": back, "client_id": self.settings.client_id,
            "code_verifier": attempt.verifier,
        }  # fmt: skip
        if self.settings.client_secret:
            sent["client_secret"] = resolve_reference(
                self.settings.client_secret, folder=self.workspace.folder
            )
        return str(self._ask("POST", str(published["token_endpoint"]), sent).get("id_token", ""))

    def _claims(self, token: str, published: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            from joserfc import jwk, jwt
            from joserfc.errors import JoseError
        except ImportError:
            raise NotVouched(
                "logging in by an identity provider needs an extra", hint="pip install 'zusage[oidc]'"
            ) from None
        keys = self._ask("GET", str(published["jwks_uri"]))
        try:
            return dict(jwt.decode(token, jwk.KeySet.import_key_set(keys), algorithms=ALGORITHMS).claims)  # type: ignore[arg-type]
        except (JoseError, ValueError, KeyError):
            raise NotVouched("the identity provider's token is not signed by it") from None

    def _judge(self, claims: Mapping[str, Any], attempt: Attempt, now: datetime) -> Vouched:
        audience = claims.get("aud")
        if str(claims.get("iss", "")).rstrip("/") != self.issuer:
            raise NotVouched("the token is of another issuer")
        if self.settings.client_id not in (audience if isinstance(audience, list) else [audience]):
            raise NotVouched("the token is meant for somebody else")
        if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), attempt.nonce.encode()):
            raise NotVouched("the token belongs to another login")
        ends = claims.get("exp")
        if not isinstance(ends, int | float) or ends <= (now - _SLACK).timestamp():
            raise NotVouched("the token has run out")
        subject = str(claims.get("sub", ""))
        if not subject:
            raise NotVouched("the token names nobody")
        login = str(claims.get("preferred_username") or claims.get("email") or subject)
        return Vouched(subject, login, self._role(claims))

    def _role(self, claims: Mapping[str, Any]) -> Role:
        said = claims.get(self.settings.claim)
        held = {str(one) for one in (said if isinstance(said, list) else [said])}
        role = next((role for value, role in self.settings.roles.items() if value in held), None)
        if role is None:
            raise NotVouched(
                "you have no role in this console",
                hint=f"a value of the claim '{self.settings.claim}' gives one",
            )
        return Role(role)

    def _ask(self, method: str, url: str, sent: Mapping[str, str] | None = None) -> Mapping[str, Any]:
        """One question to the provider: JSON, over https (or on this machine), never led elsewhere."""
        if not url.startswith(("https://", "http://127.0.0.1", "http://localhost")):
            raise NotVouched("the identity provider is reached over https only")
        try:
            answer = httpx2.request(
                method, url, data=dict(sent) if sent else None, timeout=_TIMEOUT, follow_redirects=False
            )
            found = answer.json() if answer.status_code == 200 else None
        except (httpx2.HTTPError, ValueError):
            found = None
        if not isinstance(found, dict):
            raise NotVouched("the identity provider does not answer as it should")
        return found
