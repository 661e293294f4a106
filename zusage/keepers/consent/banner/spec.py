"""What the banner shows and knows, once it is made from the declaration: plain data, hashed.

The *template hash* stands for everything a visitor could read before the click, in one language; a recorded consent
refers to it and can be rendered again. The *digest* of a purpose covers only the words its own consent rests on, so that a
change asks again for exactly what changed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any, Literal

from zusage.text import Language, Text
from zusage_client.consent import BrowserPolicy, DeclaredItem, DeclaredPurpose, DeclaredService

#: Grows when the banner's layout or wording changes in a way that a visitor could notice.
TEMPLATE_VERSION = "1"

#: Members of the European Economic Area and what notices write for all of them: no third countries.
EEA = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK EU EEA".split()
)


@dataclass(frozen=True, slots=True)
class Vendor:
    """Who receives data: a third party with its country and the countries it transfers to."""

    id: str
    name: str
    countries: tuple[str, ...] = ()
    #: countries without an adequacy decision that covers the transfer, as far as the declaration says
    risky: tuple[str, ...] = ()
    policy: str = ""
    #: countries for which no adequacy decision holds, whatever else covers the transfer
    unprotected: tuple[str, ...] = ()
    #: what it does with the data for itself, to whom it passes them on, what it infers: told before the choice
    own_purposes: Text | None = None
    passes_to: Text | None = None
    infers: Text | None = None
    #: marked as one that builds profiles
    profiling: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """A cookie or other item; `keep` is an ISO 8601 duration, `session` or `until-cleared`."""

    id: str
    name: str
    kind: str
    purpose: Text
    keep: str
    #: vendor id; empty for the controller itself
    vendor: str = ""
    #: the consent purpose it waits for; empty when strictly necessary
    consent: str = ""
    domains: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Service:
    """A third party's script, frame or pixel; `kind` as in the declaration."""

    id: str
    vendor: str
    kind: str
    hosts: tuple[str, ...] = ()
    consent: str = ""
    text: Text | None = None
    #: whether and how one can object to it, or withdraw
    objection: Text | None = None


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a visitor can agree to: `title` and the very `text` that is shown."""

    id: str
    title: Text
    text: Text
    category: str = "other"
    signals: tuple[str, ...] = ()


@dataclass(frozen=True)
class BannerSpec:
    """Everything of the banner. Paths are absolute on the site; `base` prefixes the service's own."""

    controller: str
    version: str
    languages: tuple[Language, ...]
    purposes: tuple[Purpose, ...] = ()
    vendors: Mapping[str, Vendor] = field(default_factory=dict)
    items: tuple[Item, ...] = ()
    services: tuple[Service, ...] = ()
    address: Literal["Sie", "du"] = "Sie"
    cookie: str = "zusage"
    keep: str = "P6M"
    base: str = ""
    notice: str = "/notice"
    imprint: str = ""
    origins: tuple[str, ...] = ()
    shared_domains: tuple[str, ...] = ()
    watch: bool = False
    #: scripts may store only what is declared and agreed to (`guard.js`)
    guard: bool = False
    #: names and pages of the recognised consent-management services whose settings are obeyed
    consent_services: tuple[tuple[str, str], ...] = ()

    @property
    def asks(self) -> bool:
        """Whether anything needs consent at all: without it there is no banner, only a quiet link."""
        return bool(self.purposes)

    @property
    def spans_domains(self) -> bool:
        """Whether the choice holds on several domains of the controller's own."""
        return self.asks and len(self.shared_domains) > 1

    def shared_domain(self, host: str) -> str:
        """Of the domains over which the choice is shared the one that `host` belongs to; empty for none."""
        return next((one for one in self.shared_domains if host == one or host.endswith(f".{one}")), "")

    def items_of(self, purpose: str) -> tuple[Item, ...]:
        """The items that wait for `purpose`; the strictly necessary ones for the empty string."""
        return tuple(item for item in self.items if item.consent == purpose)

    def services_of(self, purpose: str) -> tuple[Service, ...]:
        """The services that wait for `purpose`; the strictly necessary ones for the empty string."""
        return tuple(service for service in self.services if service.consent == purpose)

    def vendors_asked_for(self) -> tuple[Vendor, ...]:
        """The third parties that some consent would bring in, in the order of the declaration."""
        parts: tuple[Item | Service, ...] = (*self.items, *self.services)
        wanted = {part.vendor for part in parts if part.consent and part.vendor}
        return tuple(vendor for id, vendor in self.vendors.items() if id in wanted)

    def template(self, language: Language) -> bytes:
        """The canonical bytes of all that is shown in `language`; kept once, referred to by `template_hash`."""
        shown = {
            "template": TEMPLATE_VERSION,
            "language": language,
            "controller": self.controller,
            "version": self.version,
            "address": self.address,
            "keep": self.keep,
            "notice": self.notice,
            "imprint": self.imprint,
            "purposes": [_said(asdict(part), part, language) for part in self.purposes],
            "vendors": [asdict(vendor) for vendor in self.vendors.values()],
            "items": [_said(asdict(part), part, language) for part in self.items],
            "services": [_said(asdict(part), part, language) for part in self.services],
        }
        if self.spans_domains:
            shown["domains"] = list(self.shared_domains)
        return json.dumps(shown, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

    def template_hash(self, language: Language) -> str:
        """The first 128 bits of the SHA-256 of `template`, in hexadecimal."""
        if language not in self._hashes:
            self._hashes[language] = hashlib.sha256(self.template(language)).hexdigest()[:32]
        return self._hashes[language]

    @cached_property
    def _hashes(self) -> dict[Language, str]:
        """Made once a language: every posted choice is compared with them."""
        return {}

    @cached_property
    def asked_services(self) -> frozenset[str]:
        """The services that wait for a consent; made once, like all that every posted choice is compared with."""
        return frozenset(service.id for service in self.services if service.consent)

    @cached_property
    def policy(self) -> BrowserPolicy:
        """What applications need to obey: names, lifetimes, hosts and purposes, without any text."""
        purposes = tuple(DeclaredPurpose(part.id, self._digest(part), part.signals) for part in self.purposes)
        items = (
            DeclaredItem(
                part.id, part.name, part.kind, part.keep, part.consent or None, part.vendor, part.domains
            )
            for part in self.items
        )
        return BrowserPolicy(
            purposes, tuple(items), tuple(map(self._declared, self.services)), self.cookie, self.keep, self.base,
            self.shared_domains,
        )  # fmt: skip

    def _declared(self, service: Service) -> DeclaredService:
        vendor = self.vendors.get(service.vendor)
        countries = vendor.countries if vendor else ()
        digest = _digest([asdict(service), asdict(vendor) if vendor else None])
        consent = service.consent or None
        return DeclaredService(
            service.id, service.kind, service.hosts, consent, service.vendor, countries, digest
        )

    def _digest(self, purpose: Purpose) -> str:
        parts: tuple[Item | Service, ...] = (*self.items_of(purpose.id), *self.services_of(purpose.id))
        vendors = sorted({part.vendor for part in parts if part.vendor})
        return _digest([
            self.controller,
            asdict(purpose),
            [asdict(part) for part in parts],
            [asdict(self.vendors[id]) for id in vendors],
        ])  # fmt: skip


def _said(plain: dict[str, Any], part: object, language: Language) -> dict[str, Any]:
    """`plain` with the texts of `part` in one language."""
    texts = {key: value.says(language) for key in plain if isinstance(value := getattr(part, key), Text)}
    return plain | texts


def _digest(value: object) -> str:
    canonical = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:6]
