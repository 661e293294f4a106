"""`Zusage`: one object by which an application talks to its Zusage, made once and kept as long as the application runs."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import TracebackType
from typing import Any
from urllib.parse import quote

import httpx2

from zusage_client.account import Account, sign
from zusage_client.consent import BrowserPolicy, PolicyUnreadable, Published
from zusage_client.errors import Refused, ServiceUnreachable
from zusage_client.passing import MOST, Call, Returned, returned_headers, said, sent_headers
from zusage_client.tokens import make_token

log = logging.getLogger("zusage_client")

Subject = tuple[str, str]
POLICY_PATH = "/api/v1/browser-policy"
#: files with the hash of their content in their name are kept here; so many at most
_MOST_FILES = 64
#: so many different things are noted between two reports
_MOST_SLIPS = 50
#: seconds before a service that did not answer is asked for the policy again
_PAUSE = 5.0
#: a token is used for so long, and good for a minute more
_USED = timedelta(minutes=4)


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether something may be done now, and why: a stable `code`, and the reason by language. True when it may."""

    allowed: bool
    code: str
    reason: Mapping[str, str]

    def __bool__(self) -> bool:
        return self.allowed


_UNREACHABLE = Decision(
    False,
    "unreachable",
    {
        "de": "Der Dienst ist nicht erreichbar; ohne Auskunft keine Verarbeitung.",
        "en": "The service cannot be reached; without an answer nothing is done.",
    },
)


def _now() -> datetime:
    return datetime.now(UTC)


class Zusage:
    """The client. `key` is the secret of `application:` in `parties.yaml`; without one only public things can be asked.

    `transport` may be given in tests; `refresh` says how long a policy is used before the service is asked whether it is
    still the one; `now` (aware) dates tokens. Safe to use from several threads.
    """

    def __init__(
        self,
        base_url: str,
        key: str | None = None,
        transport: Any = None,
        *,
        timeout: float = 5.0,
        refresh: timedelta = timedelta(minutes=1),
        now: Callable[[], datetime] = _now,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self._key, self._now, self._refresh = key, now, refresh.total_seconds()
        self._transport = transport
        # many visitors share this client: it must never keep a cookie of one of them
        nobody = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
        self._client = httpx2.Client(
            base_url=self.base_url, transport=transport, timeout=timeout, trust_env=False, cookies=nobody
        )
        self._lock = threading.Lock()
        self._published: Published | None = None
        self._look_again = 0.0
        self._slips: set[tuple[str, str, str]] = set()
        self._files: dict[str, Returned] = {}
        self._token: tuple[str, datetime] | None = None

    def close(self) -> None:
        """Close the connections, after what is still to be reported."""
        self.report()
        self._client.close()

    def __enter__(self) -> Zusage:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # -- the browser ------------------------------------------------------------------------------------------------

    @property
    def is_fresh(self) -> bool:
        """Whether `published` answers without asking the service."""
        return time.monotonic() < self._look_again

    def published(self) -> Published | None:
        """Policy and banner; the last known while the service does not answer, None where it never did."""
        if self.is_fresh or not self._lock.acquire(blocking=self._published is None):
            return self._published
        try:
            if not self.is_fresh:
                self._ask_for_policy()
                self.report()
        finally:
            self._lock.release()
        return self._published

    def _ask_for_policy(self) -> None:
        known = {"if-none-match": f'"{self._published.version}"'} if self._published else {}
        try:
            answer = self._client.get(POLICY_PATH, headers=known)
            if answer.status_code == 200:
                self._published = Published.from_json(answer.json())
            elif answer.status_code != 304:
                raise ServiceUnreachable(f"the service answered {answer.status_code}")
            self._look_again = time.monotonic() + self._refresh
        except (httpx2.HTTPError, ServiceUnreachable, PolicyUnreadable, ValueError) as error:
            log.warning("no browser policy from the service: %s", type(error).__name__)
            self._look_again = time.monotonic() + _PAUSE

    def slipped(self, kind: str, name: str, why: str) -> None:
        """Note something that the application would have let through; the service hears of it with the next refresh.

        `kind` is `cookie` (or another kind of item), `why` is `undeclared`, `without consent` or `longer than declared`.
        """
        if len(self._slips) < _MOST_SLIPS:
            self._slips.add((kind, name, why))

    def report(self) -> None:
        """Tell the service now what slipped through; it happens by itself with each refresh."""
        if self._key is None or self._published is None:
            return
        noted, self._slips = self._slips, set()
        try:
            for kind, name, why in noted:
                self._ask("/api/v1/slips", {"v": 1, "kind": kind, "name": name, "why": why})
        except (ServiceUnreachable, Refused) as error:
            log.warning("what slipped through could not be reported: %s", type(error).__name__)

    def policy(self) -> BrowserPolicy:
        """The declared browser policy. Raises `ServiceUnreachable` where the service never answered."""
        published = self.published()
        if published is None:
            raise ServiceUnreachable("the service has not answered yet")
        return published.policy

    def pass_on(self, call: Call) -> Returned:
        """Pass a visitor's request for one of the service's public paths on; 413 for a body above `passing.MOST`, 503 where
        the service does not answer."""
        if len(call.body) > MOST:
            return said(413, "too large")
        kept = self._files.get(call.target) if call.method == "GET" else None
        if kept is not None:
            return kept
        cookie = self._published.policy.cookie if self._published else "zusage"
        headers = sent_headers(call.headers, cookie)
        headers["host"] = call.origin.partition("://")[2]
        headers["x-forwarded-proto"] = call.origin.partition("://")[0]
        if self._key is not None:
            facts = {"origin": call.origin, "network": call.network}
            headers["zusage-forwarded"] = make_token(self._key, facts, self._now())
        try:
            answer = self._send(call.method, call.target, headers=headers, content=call.body)
        except ServiceUnreachable:
            return said(503, "the service does not answer")
        returned = Returned(
            answer.status_code, returned_headers(answer.headers.multi_items()), answer.content
        )
        lasting = "immutable" in answer.headers.get("cache-control", "")
        if call.method == "GET" and answer.status_code == 200 and lasting and len(self._files) < _MOST_FILES:
            self._files[call.target] = returned
        return returned

    # -- decisions and consents -------------------------------------------------------------------------------------

    def may(self, purpose: str, subject: Subject | None = None, browser: str | None = None) -> Decision:
        """Whether a purpose may be served now for a subject (kind, value) or a browser's pseudonym, and why.

        "No" where the service does not answer. Raises `Refused` for a wrong key or question.
        """
        asked: dict[str, Any] = {"purpose": purpose}
        if subject is not None:
            asked["subject"] = {"kind": subject[0], "value": subject[1]}
        if browser is not None:
            asked["browser"] = browser
        try:
            made = self._ask("/api/v1/decisions", asked)
        except ServiceUnreachable:
            return _UNREACHABLE
        return Decision(bool(made["allowed"]), str(made["code"]), dict(made["reason"]))

    def consent(
        self,
        subject: Subject,
        answers: Mapping[str, bool],
        *,
        language: str = "de",
        way: str = "form",
        age: int | None = None,
        until: datetime | None = None,
    ) -> Mapping[str, Any]:
        """Record what a user of the application answered (purpose → yes or no), durably; what stands now.

        `way` is `form`, `paper`, `voice` or `parent`; `until` (aware) is the end that the person chose, where the purpose
        lets them. Raises `Refused`, `ServiceUnreachable`.
        """
        asked = {"do": "give", "answers": dict(answers), "language": language, "way": way, "age": age}
        if until is not None:
            asked["until"] = until.isoformat()
        return self._ask("/api/v1/subjects/consents", asked | _named(subject))

    def withdraw(self, subject: Subject, *purposes: str, language: str = "de") -> Mapping[str, Any]:
        """Withdraw consents with effect from now; what stands then. Raises `Refused`, `ServiceUnreachable`."""
        asked = {"do": "withdraw", "purposes": list(purposes), "language": language}
        return self._ask("/api/v1/subjects/consents", asked | _named(subject))

    def calls(self, subject: Subject, *purposes: str) -> Mapping[str, Any]:
        """Record that a person is about to be called under consents to advertising calls (§ 7a UWG); what stands.

        Raises `Refused` where one does not stand now – then nobody may call – and `ServiceUnreachable`.
        """
        asked = {"do": "call", "purposes": list(purposes)}
        return self._ask("/api/v1/subjects/consents", asked | _named(subject))

    def consents(self, subject: Subject) -> Mapping[str, Any]:
        """Where a user stands: purpose → {agreed, since, way}. Raises `Refused`, `ServiceUnreachable`."""
        standing: Mapping[str, Any] = self._ask("/api/v1/subjects/consents", {"do": "show"} | _named(subject))
        return standing

    def may_pass(
        self,
        recipient: str,
        activity: str,
        *,
        purpose: str = "",
        categories: Sequence[str] = (),
        subject: Subject | None = None,
        named: str | None = None,
        country: str | None = None,
        record: bool = False,
    ) -> Decision:
        """Whether data of an activity may go to a recipient of the declaration now; with `record` that they go.

        "No" where the service does not answer. The reason is that of the first obstacle. Raises `Refused`.
        """
        asked: dict[str, Any] = {
            "recipient": recipient, "activity": activity, "purpose": purpose, "categories": list(categories),
            "named": named, "country": country, "check": not record,
        }  # fmt: skip
        try:
            said = self._ask("/api/v1/disclosures", asked | (_named(subject) if subject else {}))
        except ServiceUnreachable:
            return _UNREACHABLE
        if said["allowed"]:
            return Decision(
                True, "may-go", {"de": "Die Daten dürfen weitergegeben werden.", "en": "The data may go."}
            )
        against = said["obstacles"][0]
        return Decision(False, str(against["code"]), dict(against["text"]))

    def enter(
        self, operation: str | None, purpose: str, actor: str, subject: Subject | None = None
    ) -> Decision:
        """Whether an operation on personal data may be done now, on record when this returns; `operation` is a word of
        Art. 4(2) GDPR, None for an attempt to do without (`zusage_client.gate`).

        "No" where the service does not answer: what cannot be recorded is not done. Raises `Refused`.
        """
        asked = {"operation": operation, "purpose": purpose, "actor": actor}
        try:
            said = self._ask("/api/v1/operations", asked | (_named(subject) if subject else {}))
        except ServiceUnreachable:
            return _UNREACHABLE
        return Decision(bool(said["allowed"]), str(said["code"]), dict(said["reason"]))

    def account(self, kind: str, value: str) -> Account:
        """A logged-in user's account: what is stored, and requests that ask nobody. Raises `Refused` without a key."""
        if self._key is None:
            raise Refused(401, "an account needs the application's key")
        return Account(self.base_url, sign(self._key, kind, value, self._now()), self._transport)

    def disclose(self, recipient: str, activity: str, **more: Any) -> Decision:
        """`may_pass` with `record`: data go only where this is true, and the person can be told to whom they went."""
        return self.may_pass(recipient, activity, record=True, **more)

    def inform(self, name: str, address: str, case: str, **facts: str) -> Mapping[str, Any]:
        """`POST /api/v1/informations`: a person is told what the declaration says, once for each case; the receipt.

        What depends on it may begin once this returned. Raises `Refused`, `ServiceUnreachable`.
        """
        asked = {"name": name, "address": address, "case": case, "facts": facts}
        return self._ask("/api/v1/informations", asked)

    def subscribe(self, purpose: str, address: str, **more: Any) -> Mapping[str, Any]:
        """`POST /api/v1/subscriptions` (docs/consents.md): a mail goes out in which the address is to be confirmed.

        `more` is `language`, `topics`, `tracking`, `age`, `parent`, `until`. Raises `Refused`, `ServiceUnreachable`.
        """
        return self._ask("/api/v1/subscriptions", {"purpose": purpose, "address": address} | more)

    def ask_person(self, purpose: str, address: str, **more: Any) -> Mapping[str, Any]:
        """`POST /api/v1/consent-requests` (docs/consents.md): a person is asked by mail; no answer is a no.

        `more` is `language`, `scope`, `recipient`, `data`, `reference`, `within`, `until`. Raises `Refused`,
        `ServiceUnreachable`.
        """
        return self._ask("/api/v1/consent-requests", {"purpose": purpose, "address": address} | more)

    def question(self, id: str) -> Mapping[str, Any]:
        """Where a question to a person stands: `state`, `consent`, `words` … Raises `Refused`, `ServiceUnreachable`."""
        return self._ask(f"/api/v1/consent-requests/{quote(id, safe='')}", None)

    def use_consent(self, id: str) -> Mapping[str, Any]:
        """Says that what a person was asked for is done now: {allowed, code, consent}. A consent for one use is used up by it.
        Raises `Refused`, `ServiceUnreachable`."""
        return self._ask(f"/api/v1/consent-requests/{quote(id, safe='')}/use", {})

    def mailing(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """`POST /api/v1/mailings` (docs/consents.md). Raises `Refused`, `ServiceUnreachable`."""
        return self._ask("/api/v1/mailings", body)

    def _ask(self, path: str, body: Mapping[str, Any] | None) -> Mapping[str, Any]:
        headers = {"content-type": "application/json"}
        if self._key is not None:
            headers["authorization"] = f"Bearer {self._bearer(self._key)}"
        method, content = ("GET", b"") if body is None else ("POST", json.dumps(body).encode())
        answer = self._send(method, path, headers=headers, content=content)
        if answer.status_code >= 500:
            raise ServiceUnreachable(f"the service answered {answer.status_code}")
        if answer.status_code >= 400:
            raise Refused(answer.status_code, answer.text)
        found: Mapping[str, Any] = answer.json() if answer.content else {}
        return found

    def _bearer(self, key: str) -> str:
        """The application's own token; made anew before it runs out."""
        now, kept = self._now(), self._token
        if kept is None or not kept[1] <= now < kept[1] + _USED:
            kept = self._token = make_token(key, {"application": True}, now), now
        return kept[0]

    def _send(
        self, method: str, target: str, *, headers: Mapping[str, str], content: bytes
    ) -> httpx2.Response:
        try:
            return self._client.request(method, target, headers=dict(headers), content=content)
        except httpx2.HTTPError as error:
            raise ServiceUnreachable(type(error).__name__) from None


def _named(subject: Subject) -> dict[str, Any]:
    return {"subject": {"kind": subject[0], "value": subject[1]}}
