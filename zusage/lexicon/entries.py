"""Services, companies, cookies and authorities as typed entries, and how each is looked up by name."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache, lru_cache
from typing import Any

from zusage.lexicon.files import load
from zusage.text import Text


@dataclass(frozen=True, slots=True)
class Company:
    """A company: `names` are legal names, `short` and `also` what texts call it; countries are ISO 3166-1 codes."""

    id: str
    short: str
    names: tuple[str, ...]
    also: tuple[str, ...]
    country: str
    parent_country: str
    policy: str | None


@dataclass(frozen=True, slots=True)
class Service:
    """A product: `common_word` marks names that are ordinary words too."""

    name: str
    aliases: tuple[str, ...]
    company: str | None
    kind: str
    common_word: bool


@dataclass(frozen=True, slots=True)
class Cookie:
    """A cookie or storage item; `name` may hold `*`. `keep` is its usual lifetime in the vocabulary of facts."""

    name: str
    provider: str | None
    service: str | None
    keep: str
    category: str
    purpose: Text

    def matches(self, name: str) -> bool:
        """Whether `name` is this item."""
        return self.name == name or ("*" in self.name and fnmatchcase(name, self.name))


@dataclass(frozen=True, slots=True)
class Authority:
    """A supervisory authority under the names notices use. `id` is that of the law data (`DE-BY`)."""

    id: str
    names: tuple[str, ...]


def _texts(entry: dict[str, Any], key: str) -> tuple[str, ...]:
    return tuple(entry.get(key, ()))


@cache
def companies() -> dict[str, Company]:
    """All companies by id."""
    return {
        entry["id"]: Company(
            entry["id"], entry["short"], _texts(entry, "names"), _texts(entry, "also"),
            entry["country"], entry["parent_country"], entry.get("policy"),
        )
        for entry in load("companies")
    }  # fmt: skip


@cache
def services() -> tuple[Service, ...]:
    """All services, in the order of the file."""
    return tuple(
        Service(
            entry["name"],
            _texts(entry, "aliases"),
            entry.get("company"),
            entry["kind"],
            entry.get("word") == "yes",
        )
        for entry in load("services")
    )


@cache
def cookies() -> tuple[Cookie, ...]:
    """All cookies and storage items, in the order of the file."""
    return tuple(
        Cookie(
            entry["name"], entry.get("provider"), entry.get("service"), entry["keep"], entry["category"],
            Text(entry["purpose"]["de"], entry["purpose"]["en"]),
        )
        for entry in load("cookies")
    )  # fmt: skip


@cache
def authorities() -> tuple[Authority, ...]:
    """All supervisory authorities known by name."""
    return tuple(Authority(entry["id"], _texts(entry, "names")) for entry in load("parties")["authorities"])


@cache
def _cookie_names() -> dict[str, Cookie]:
    return {cookie.name: cookie for cookie in cookies()}


def cookie_named(name: str) -> Cookie | None:
    """The well-known cookie `name`: exactly, or by its pattern (`_ga_X1Y2Z3` is `_ga_*`)."""
    found = _cookie_names().get(name)
    if found:
        return found
    return _by_pattern(name)


@cache
def _patterns() -> tuple[Cookie, ...]:
    return tuple(cookie for cookie in cookies() if "*" in cookie.name)


@lru_cache(maxsize=1024)
def _by_pattern(name: str) -> Cookie | None:
    return next((cookie for cookie in _patterns() if cookie.matches(name)), None)


@cache
def _service_names() -> dict[str, Service]:
    return {
        name.casefold(): service
        for service in reversed(services())
        for name in (service.name, *service.aliases)
    }


def service_named(name: str) -> Service | None:
    """The service with this name or alias, case folded."""
    return _service_names().get(" ".join(name.split()).casefold())


@cache
def _company_names() -> dict[str, Company]:
    return {
        name.casefold().rstrip("."): company
        for company in companies().values()
        for name in (company.short, *company.also, *company.names)
    }


def company_named(name: str) -> Company | None:
    """The company with this legal or everyday name, case folded."""
    return _company_names().get(" ".join(name.split()).casefold().rstrip("."))
