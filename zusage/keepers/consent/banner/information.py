"""What a consent-management service must be able to tell people before they agree, as data (§ 3(2), 18, 19 EinwV).

The same words as in the banner: who asks, what is stored or read, for which purposes, for how long, and how to withdraw.
"""

from __future__ import annotations

from typing import Any

from zusage.keepers.consent.banner.rendering import settings_path
from zusage.keepers.consent.banner.spec import BannerSpec, Item, Purpose, Service
from zusage.text import Text

_FUTURE = Text(
    "Der Widerruf wirkt für die Zukunft; was bis dahin geschah, bleibt rechtmäßig.",
    "A withdrawal takes effect for the future; what happened before stays lawful.",
)


def information(spec: BannerSpec) -> dict[str, Any]:
    """The feed, JSON-ready, with every text in every language. Pure."""
    return {
        "controller": spec.controller,
        "version": spec.version,
        "languages": list(spec.languages),
        "information": {"notice": spec.notice, "imprint": spec.imprint},
        "choice": {"cookie": spec.cookie, "keep": spec.keep},
        "withdrawal": {"at": settings_path(spec), "effect": _FUTURE.as_json()},
        "consent_services": [name for name, _ in spec.consent_services],
        "purposes": [_purpose(spec, one) for one in spec.purposes],
    }


def _purpose(spec: BannerSpec, one: Purpose) -> dict[str, Any]:
    items, services = spec.items_of(one.id), spec.services_of(one.id)
    parts: tuple[Item | Service, ...] = (*items, *services)
    vendors = dict.fromkeys(part.vendor for part in parts if part.vendor)
    return {
        "id": one.id,
        "title": one.title.as_json(),
        "text": one.text.as_json(),
        "stored": [
            {"name": item.name, "kind": item.kind, "keep": item.keep, "for": item.purpose.as_json()}
            for item in items
        ],
        "hosts": sorted({host for service in services for host in service.hosts}),
        "recipients": [
            {"name": vendor.name, "countries": list(vendor.countries), "policy": vendor.policy}
            for vendor in map(spec.vendors.__getitem__, vendors)
        ],
    }
