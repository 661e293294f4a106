"""What the banner posts when somebody chooses, and the one place that judges it.

Nothing of it is trusted: purposes, services, template and method are checked against the declaration, the browser sends
no time, and a refusal that carries an identifier is refused itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal, cast, get_args
from urllib.parse import urlsplit

from zusage.errors import ZusageError
from zusage.keepers.consent.banner.spec import BannerSpec
from zusage.text import Language
from zusage_client.consent import Choice, Signal

Method = Literal["accept-all", "reject-all", "close", "selection", "always", "once", "service"]
Refusal = Literal["oversized", "malformed", "forged", "outdated"]
#: Bytes; a declaration with thirty purposes needs less than 3,000.
MAXIMUM_BYTES = 8192
_ID = re.compile(r"[0-9a-f]{32}")
_CONTENT = re.compile(r"[A-Za-z0-9_-]{1,64}")
_KEYS = {"v", "id", "template", "language", "method", "purposes", "services", "signal", "browser"}
_METHODS = frozenset(get_args(Method))
_SIGNALS: dict[str, Signal | None] = {"": None} | {signal.value: signal for signal in Signal}
_STATUS: dict[Refusal, int] = {"oversized": 413, "malformed": 400, "forged": 422, "outdated": 409}


class EventRefused(ZusageError):
    """A posted event is not taken. `reason` is stable; `status` is the HTTP status; the message holds no posted value."""

    def __init__(self, reason: Refusal, message: str, *, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.reason = reason
        self.status = _STATUS[reason]


@dataclass(frozen=True, slots=True)
class ConsentEvent:
    """A choice as it was made, checked against the template that was shown.

    `id` is random and only there to take the event once; `browser` is the pseudonym that leads a consent to its
    withdrawal, empty for a refusal; `purposes` holds every purpose of the banner (none for `once`), `services` those
    allowed or withdrawn on their own; `content` names the single embed of a `once`.
    """

    id: str
    template: str
    language: Language
    method: Method
    purposes: Mapping[str, bool]
    services: Mapping[str, bool]
    signal: Signal | None
    browser: str
    content: str = ""

    @property
    def agrees(self) -> bool:
        """Whether anything was agreed to."""
        return any(self.purposes.values()) or any(self.services.values())

    def choice(self, spec: BannerSpec, day: date) -> Choice:
        """The choice that the visitor's cookie should hold once this is on record; `day` is the server's."""
        digests = spec.policy.digests
        always = {
            service.id: service.digest for service in spec.policy.services if self.services.get(service.id)
        }
        agreed = {id: digests[id] for id, yes in self.purposes.items() if yes}
        refused = {id: digests[id] for id, yes in self.purposes.items() if not yes}
        made = Choice(agreed, refused, always, self.browser, day)
        return made if agreed or always else replace(made, browser="")


def validate_event(payload: bytes, spec: BannerSpec, *, archived: Iterable[BannerSpec] = ()) -> ConsentEvent:
    """Reads a posted event. Pure.

    `archived` are earlier versions that may still stand open in a browser: an event is judged by the version whose
    template hash it names. Raises `EventRefused`: `oversized`, `malformed` (not the format of docs/banner.md), `forged`
    (names something that this template did not show), `outdated` (a template that nobody knows any more).
    """
    if len(payload) > MAXIMUM_BYTES:
        raise EventRefused("oversized", f"an event has at most {MAXIMUM_BYTES} bytes")
    event = _shape(_parse(payload))
    shown = next((one for one in (spec, *archived) if _shows(one, event)), None)
    if shown is None:
        raise EventRefused(
            "outdated", "the template is not known", hint="load the page anew and choose again"
        )
    _check(event, shown)
    return event


def _parse(payload: bytes) -> dict[str, Any]:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({key for key, _ in pairs}) != len(pairs):
            raise ValueError("a key twice")
        return dict(pairs)

    try:
        value = json.loads(payload.decode("utf-8"), object_pairs_hook=once)
    except (ValueError, RecursionError):
        raise EventRefused("malformed", "the body is not a JSON object in UTF-8 with distinct keys") from None
    if not isinstance(value, dict) or not _KEYS <= value.keys() <= _KEYS | {"content"}:
        raise EventRefused(
            "malformed", f"an event has the keys {', '.join(sorted(_KEYS))}, and may have content"
        )
    return value


def _shape(value: dict[str, Any]) -> ConsentEvent:
    content = value.get("content", "")
    good = {
        "v": value["v"] == 1 and not isinstance(value["v"], bool),
        "id": _is(value["id"], _ID),
        "template": _is(value["template"], _ID),
        "language": value["language"] in ("de", "en"),
        "method": isinstance(value["method"], str) and value["method"] in _METHODS,
        "purposes": _are_answers(value["purposes"]),
        "services": _are_answers(value["services"]),
        "signal": isinstance(value["signal"], str) and value["signal"] in _SIGNALS,
        "browser": value["browser"] == "" or _is(value["browser"], _ID),
        "content": content == "" or _is(content, _CONTENT),
    }
    if not all(good.values()):
        key = next(key for key, fine in good.items() if not fine)
        raise EventRefused("malformed", f"'{key}' is not as the format asks", hint="see docs/banner.md")
    return ConsentEvent(
        value["id"],
        value["template"],
        cast(Language, value["language"]),
        cast(Method, value["method"]),
        value["purposes"],
        value["services"],
        _SIGNALS[value["signal"]],
        value["browser"],
        content,
    )


def _is(value: object, form: re.Pattern[str]) -> bool:
    return isinstance(value, str) and form.fullmatch(value) is not None


def _are_answers(said: object) -> bool:
    return isinstance(said, dict) and len(said) <= 200 and {bool}.issuperset(map(type, said.values()))


def _shows(spec: BannerSpec, event: ConsentEvent) -> bool:
    return event.language in spec.languages and spec.template_hash(event.language) == event.template


def _check(event: ConsentEvent, spec: BannerSpec) -> None:
    def forged(message: str) -> EventRefused:
        return EventRefused("forged", message)

    if not event.services.keys() <= spec.asked_services:
        raise forged("a service was answered that this banner does not ask for")
    if event.method == "once":
        if event.purposes or len(event.services) != 1 or event.browser:
            raise forged("'once' answers one service, no purpose, and carries no identifier")
        return
    if event.content:
        raise forged("only 'once' names a content")
    if event.purposes.keys() != spec.policy.digests.keys():
        raise forged("exactly the purposes of this banner must be answered")
    if event.method == "service" and not spec.consent_services:
        raise forged("no consent-management service is embedded here")
    if event.method == "accept-all" and not all(event.purposes.values()):
        raise forged("'accept-all' agrees to every purpose")
    if event.method in ("reject-all", "close") and event.agrees:
        raise forged("a refusal agrees to nothing")
    if event.agrees and not event.browser:
        raise forged("a consent carries the pseudonym by which it can be withdrawn")


def is_same_origin(headers: Mapping[str, str], spec: BannerSpec, own_origin: str) -> bool:
    """Whether a post comes from the controller's own pages: by `Sec-Fetch-Site` and `Origin`.

    `own_origin` is the origin this server is reached at. Without either header (no browser) the answer is no.
    """
    lower = {name.lower(): value for name, value in headers.items()}
    site, origin = lower.get("sec-fetch-site"), lower.get("origin")
    if origin is None:
        return site == "same-origin"
    if origin == own_origin:
        return site in (None, "same-origin", "same-site")
    return origin in map(_origin, spec.origins)


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
