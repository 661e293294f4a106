"""A visitor's choice as it stands in the one first-party cookie, and the signals of the browser below it.

`1.k.20260301.statistics~3fa9c1.marketing~99aa00.maps~01c2d3.0f3c…`: version, state (`k` kept on record, `p` still on its way to
the record), day, purposes agreed to and refused (each with the digest of the words that were shown), services that are
always allowed (likewise), and – only where something was agreed to – a random id that leads to the record. A refusal holds none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import lru_cache

from zusage_client.consent.lifetimes import ends
from zusage_client.consent.policy import BrowserPolicy

#: Longer values are not ours: a cookie is never evaluated, only matched.
MAXIMUM_LENGTH = 2000
_ANSWERS = r"(?:[a-z0-9-]+~[0-9a-f]{6}(?:_[a-z0-9-]+~[0-9a-f]{6})*)?"
_VALUE = re.compile(
    rf"1\.(?P<state>[kp])\.(?P<day>\d{{8}})\.(?P<on>{_ANSWERS})\.(?P<off>{_ANSWERS})"
    rf"\.(?P<services>{_ANSWERS})\.(?P<browser>(?:[0-9a-f]{{32}})?)"
)


class Signal(StrEnum):
    """What a browser says for its user without being asked; counts as a refusal, below an explicit choice."""

    GPC = "gpc"
    DNT = "dnt"


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen: purposes with the digest of the words they rest on, and services always allowed."""

    agreed: Mapping[str, str]
    refused: Mapping[str, str]
    services: Mapping[str, str] = field(default_factory=dict)
    browser: str = ""
    day: date = date(1970, 1, 1)
    #: recorded by the service; until then nothing that needs consent runs
    recorded: bool = True

    @classmethod
    def parse(cls, value: str) -> Choice | None:
        """The choice in a cookie's value; None for anything that is not exactly one."""
        found = _VALUE.fullmatch(value) if len(value) <= MAXIMUM_LENGTH else None
        if found is None:
            return None
        try:
            day = datetime.strptime(found["day"], "%Y%m%d").date()  # noqa: DTZ007 a day, no instant
        except ValueError:
            return None
        agreed, refused = _answers(found["on"]), _answers(found["off"])
        services = _answers(found["services"])
        if bool(found["browser"]) != bool(agreed or services) or agreed.keys() & refused.keys():
            return None
        return cls(agreed, refused, services, found["browser"], day, found["state"] == "k")

    def format(self) -> str:
        """The cookie's value. A choice that agrees to nothing carries no id, whatever it was given."""
        browser = self.browser if self.agreed or self.services else ""
        parts = (self.agreed, self.refused, self.services)
        answers = ("_".join(f"{id}~{digest}" for id, digest in part.items()) for part in parts)
        return ".".join(("1", "k" if self.recorded else "p", f"{self.day:%Y%m%d}", *answers, browser))

    def answers(self, policy: BrowserPolicy) -> dict[str, bool]:
        """Purpose → answer, only where the words that were shown are still the words of the policy."""
        return {
            purpose.id: answered is self.agreed
            for purpose in policy.purposes
            for answered in (self.agreed, self.refused)
            if answered.get(purpose.id) == purpose.digest
        }

    def set_cookie(
        self, policy: BrowserPolicy, now: datetime, *, secure: bool = True, domain: str = ""
    ) -> str:
        """A `Set-Cookie` header value: readable by the banner (no HttpOnly), host-only unless `domain` is given.

        A refusal lasts as long as an agreement. `now` is aware.
        """
        seconds = _seconds(policy.keep, now.date())
        parts = [f"{policy.cookie}={self.format()}", "Path=/", "SameSite=Lax"]
        parts += [f"Max-Age={seconds}"] if seconds is not None else []
        parts += [f"Domain={domain}"] if domain else []
        return "; ".join(parts + (["Secure"] if secure else []))


@lru_cache(maxsize=64)
def _seconds(keep: str, day: date) -> int | None:
    """How long a lifetime is that begins on a day; the time of day changes nothing."""
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    end = ends(keep, start)
    return None if end is None else int((end - start).total_seconds())


def _answers(text: str) -> dict[str, str]:
    return dict(part.split("~", 1) for part in text.split("_") if part)


@dataclass(frozen=True, slots=True)
class Visitor:
    """One request's visitor: the explicit choice, if there is one, and the browser's signal."""

    choice: Choice | None = None
    signal: Signal | None = None

    @property
    def agrees(self) -> bool:
        """Whether there is anything that could be withdrawn."""
        return self.choice is not None and bool(self.choice.agreed or self.choice.services)

    def allows(self, policy: BrowserPolicy, id: str) -> bool:
        """Whether a purpose or service may run now: agreed to in the present words, and on record."""
        if self.choice is None or not self.choice.recorded:
            return False
        service = next((service for service in policy.services if service.id == id), None)
        if service is not None and (
            service.purpose is None or self.choice.services.get(id) == service.digest
        ):
            return True
        return self.choice.answers(policy).get(service.purpose or id if service else id, False)

    def purposes(self, policy: BrowserPolicy) -> frozenset[str]:
        """The purposes that may run now."""
        return frozenset(purpose.id for purpose in policy.purposes if self.allows(policy, purpose.id))

    def must_be_asked(self, policy: BrowserPolicy) -> bool:
        """Whether the banner is due: a purpose without an answer in its present words, and no signal instead of one."""
        if self.choice is None:
            return self.signal is None and bool(policy.purposes)
        return self.choice.answers(policy).keys() != policy.digests.keys()


def visitor(headers: Mapping[str, str], policy: BrowserPolicy) -> Visitor:
    """Reads `Cookie`, `Sec-GPC` and `DNT` (header names in any case)."""
    lower = {name.lower(): value for name, value in headers.items()}
    signal = Signal.GPC if lower.get("sec-gpc") == "1" else Signal.DNT if lower.get("dnt") == "1" else None
    value = sent_cookies(lower.get("cookie", "")).get(policy.cookie)
    return Visitor(Choice.parse(value) if value else None, signal)


def sent_cookies(header: str) -> dict[str, str]:
    """Name → value of a `Cookie` header; the first of a name wins, and one malformed pair does not hide the others."""
    cookies: dict[str, str] = {}
    for pair in header.split(";"):
        name, equals, value = pair.strip().partition("=")
        if equals:
            cookies.setdefault(name, value)
    return cookies
