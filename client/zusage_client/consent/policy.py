"""The declared browser policy: which items and services a site has, and which purpose each waits for.

The service publishes it as JSON (`/api/v1/browser-policy`); applications load it once and keep it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import cached_property, lru_cache
from typing import Any

from zusage_client.consent.lifetimes import is_lifetime


class PolicyUnreadable(ValueError):
    """The JSON is not a browser policy; the message names the key."""


@dataclass(frozen=True, slots=True)
class DeclaredPurpose:
    """A purpose the banner asks for. `digest` covers the words that a consent rests on: they change, it changes."""

    id: str
    digest: str
    signals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeclaredItem:
    """Something on the device: `name` may hold `*`; `purpose` is None for what is strictly necessary."""

    id: str
    name: str
    kind: str
    keep: str
    purpose: str | None = None
    provider: str = ""
    domains: tuple[str, ...] = ()

    def matches(self, name: str) -> bool:
        """Whether a real name is this item's; `*` stands for any run of characters."""
        return _pattern(self.name).fullmatch(name) is not None


@dataclass(frozen=True, slots=True)
class DeclaredService:
    """A third party's script, frame or pixel and its hosts (`*.example.com` covers sub-domains)."""

    id: str
    kind: str
    hosts: tuple[str, ...] = ()
    purpose: str | None = None
    provider: str = ""
    countries: tuple[str, ...] = ()
    digest: str = ""

    def owns(self, host: str) -> bool:
        """Whether `host` (without port) is one of its hosts."""
        names = (own.partition(":")[0] for own in self.hosts)
        return any(host == own or (own.startswith("*.") and host.endswith(own[1:])) for own in names)


@lru_cache(maxsize=2048)
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part) for part in name.split("*")), re.DOTALL)


@dataclass(frozen=True)
class BrowserPolicy:
    """All of it. `cookie` names the choice's cookie, `keep` its lifetime, `base` the path prefix of the service."""

    purposes: tuple[DeclaredPurpose, ...] = ()
    items: tuple[DeclaredItem, ...] = ()
    services: tuple[DeclaredService, ...] = ()
    cookie: str = "zusage"
    keep: str = "P6M"
    base: str = ""
    shared_domains: tuple[str, ...] = ()

    @cached_property
    def digests(self) -> Mapping[str, str]:
        """Purpose id → digest of its words."""
        return {purpose.id: purpose.digest for purpose in self.purposes}

    def cookie_named(self, name: str) -> DeclaredItem | None:
        """The declared cookie with this name, exact names before patterns; None when it is undeclared."""
        return self.item_named("cookie", name)

    def item_named(self, kind: str, name: str) -> DeclaredItem | None:
        """The declared item of this kind with this name; None when it is undeclared."""
        found = [item for item in self.items if item.kind == kind and item.matches(name)]
        return min(found, key=lambda item: ("*" in item.name, -len(item.name)), default=None)

    def service_at(self, host: str) -> DeclaredService | None:
        """The declared service that owns this host."""
        return next((service for service in self.services if service.owns(host)), None)

    def as_json(self) -> dict[str, Any]:
        """A JSON-ready object; `from_json` reads it back."""
        return {field.name: _plain(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def from_json(cls, value: Any) -> BrowserPolicy:
        """Reads `as_json`. Raises `PolicyUnreadable` for unknown or missing keys and wrong types."""
        known = {field.name for field in fields(cls)}
        if not isinstance(value, Mapping) or set(value) - known:
            raise PolicyUnreadable(f"a browser policy has the keys {', '.join(sorted(known))}")
        made = dict(value)
        for key, kind in (
            ("purposes", DeclaredPurpose),
            ("items", DeclaredItem),
            ("services", DeclaredService),
        ):
            made[key] = tuple(_part(kind, key, part) for part in value.get(key, ()))
        made["shared_domains"] = tuple(value.get("shared_domains", ()))
        policy = cls(**made)
        wrong = [item.id for item in policy.items if not is_lifetime(item.keep)]
        if wrong or not is_lifetime(policy.keep):
            raise PolicyUnreadable(f"not a lifetime: {', '.join(wrong) or 'keep'}")
        return policy


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if isinstance(value, DeclaredPurpose | DeclaredItem | DeclaredService):
        return {key: _plain(part) for key, part in asdict(value).items()}
    return value


def _part(kind: type[Any], key: str, value: Any) -> Any:
    if not isinstance(value, Mapping):
        raise PolicyUnreadable(f"{key}: expected an object")
    try:
        return kind(**{name: tuple(part) if isinstance(part, list) else part for name, part in value.items()})
    except TypeError as error:
        raise PolicyUnreadable(f"{key}: {error}") from None
