"""Supervisory authorities: which one is competent, and which one a notice means.

In Germany the authority of the Land of the controller's main establishment supervises companies (BDSG § 40); a person
may complain to any (GDPR Art. 77).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from zusage.law.facts import LawError, Source, load, said, said_surely, source_of
from zusage.law.holidays import land_code
from zusage.text import Text


@dataclass(frozen=True, slots=True)
class Authority:
    """A supervisory authority. `private` says whether it supervises ordinary companies."""

    id: str
    name: Text
    short: str
    country: str
    land: str | None
    street: str | None
    postcode: str | None
    city: str | None
    po_box: str | None
    web: str
    email: str | None
    phone: str | None
    private: bool
    aliases: tuple[str, ...]
    former: tuple[str, ...]
    note: Text | None
    source: Source

    @property
    def region(self) -> str:
        """`DE-BY` or `AT`: what a declaration may call it by."""
        return f"{self.country}-{self.land}" if self.land else self.country

    @property
    def url(self) -> str:
        """Its web page."""
        return f"https://www.{self.web}" if self.web.count(".") == 1 else f"https://{self.web}"

    @property
    def address(self) -> str | None:
        """Street, postcode and city in one line; None where the data hold none."""
        return f"{self.street}, {self.postcode} {self.city}" if self.street else None


def list_of_authorities() -> str:
    """The address of the list of all German authorities."""
    return str(load("authorities")["all_german"])


class Mention(NamedTuple):
    """An authority named in a text. `former` tells that the name or address is one it no longer has."""

    start: int
    end: int
    authority: Authority
    former: bool


class NoAuthority(NamedTuple):
    """A body named in a text that takes no complaints, and why."""

    start: int
    end: int
    id: str
    note: Text


@lru_cache(maxsize=1)
def authorities() -> Mapping[str, Authority]:
    """All authorities by id (`baylda`, `ldi-nrw`, `dsb-at`)."""
    return {entry["id"]: _authority(entry) for entry in load("authorities")["authorities"]}


def _authority(entry: Mapping[str, Any]) -> Authority:
    return Authority(
        id=entry["id"],
        name=said_surely(entry, "name"),
        short=entry["short"],
        country=entry["country"],
        land=entry.get("land"),
        street=entry.get("street"),
        postcode=entry.get("postcode"),
        city=entry.get("city"),
        po_box=entry.get("po_box"),
        web=entry["web"],
        email=entry.get("email"),
        phone=entry.get("phone"),
        private=entry.get("private", True),
        aliases=tuple(entry["aliases"]),
        former=tuple(entry.get("former", ())),
        note=said(entry, "note"),
        source=source_of(entry, "authorities"),
    )


def authority(id_or_region: str) -> Authority:
    """The authority with this id (`baylda`), or for companies in this region (`DE-BY`, `AT`). Raises `LawError`.

    A Land needs its `DE-`: BE alone is Belgium, not Berlin.
    """
    if id_or_region in authorities():
        return authorities()[id_or_region]
    country, _, land = id_or_region.partition("-")
    found = competent(country, land or None)
    if found is None:
        german = [f"DE-{id_or_region}"] if competent("DE", id_or_region) else []
        near = german or [known for known in authorities() if known[:2] == id_or_region[:2].lower()]
        raise LawError(
            f"there is no supervisory authority '{id_or_region}'",
            hint=f"give a region such as DE-BY or AT, or one of {', '.join(near or list(authorities())[:6])}",
        )
    return found


def competent(country: str, land: str | None = None) -> Authority | None:
    """The authority that supervises companies established there; None where it cannot be told (Germany without Land)."""
    if land is not None:
        try:
            land = land_code(land)
        except LawError:
            return None
    return next(
        (
            item
            for item in authorities().values()
            if item.private and item.country == country and item.land == land
        ),
        None,
    )


def find_authority(written: str) -> Authority | None:
    """The authority that a name as written means ('BayLDA', 'Landesamt für Datenschutzaufsicht'); None if unknown."""
    found = find_authorities(written)
    return found[0].authority if found else None


def find_authorities(text: str) -> list[Mention]:
    """Every authority named in a text by name, abbreviation, web address or former address, in the text's order.

    Of names that overlap the longest counts; an abbreviation is found only in its own spelling.
    """
    names = _names()
    found = []
    for match in _pattern().finditer(text):
        written = match[0]
        authority_id, former = names.get(_key(written)) or names[written]
        found.append(Mention(match.start(), match.end(), authorities()[authority_id], former))
    return found


def find_no_authorities(text: str) -> list[NoAuthority]:
    """Bodies named in a text that are no place to complain to (the German conference, the European Board)."""
    found: list[NoAuthority] = []
    for entry in load("authorities")["no_authorities"]:
        names = "|".join(_source(alias) for alias in sorted(entry["aliases"], key=len, reverse=True))
        found += [
            NoAuthority(match.start(), match.end(), entry["id"], said_surely(entry, "note"))
            for match in re.finditer(rf"(?<![\w.-])(?:{names})(?![\w-])", text)
        ]
    return sorted(found, key=lambda item: item.start)


@lru_cache(maxsize=1)
def _names() -> Mapping[str, tuple[str, bool]]:
    """Spelling (lower case where it is no abbreviation) → id, and whether it is a former one."""
    found: dict[str, tuple[str, bool]] = {}
    for item in authorities().values():
        for name in item.former:
            found.setdefault(_key(name), (item.id, True))
        for name in (item.name.de, item.name.en, *item.aliases):
            found.setdefault(_key(name), (item.id, False))
    return found


def _key(name: str) -> str:
    plain = " ".join(name.replace("\u00a0", " ").split())
    return plain if _is_short(plain) else plain.lower()


def _is_short(name: str) -> bool:
    return " " not in name and "." not in name and sum(map(str.isupper, name)) > 1


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    spellings = {
        name
        for item in authorities().values()
        for name in (item.name.de, item.name.en, *item.aliases, *item.former)
    }
    names = "|".join(
        _source(name) if _is_short(name) else f"(?i:{_source(name)})"
        for name in sorted(spellings, key=lambda name: (-len(name), name))
    )
    return re.compile(rf"(?<![\w-])(?:{names})(?![\w-])")


def _source(name: str) -> str:
    return re.escape(name).replace(r"\ ", r"\s{1,9}")
