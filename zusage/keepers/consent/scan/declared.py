"""What the site may do, by its declaration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from zusage.declaration import Declaration
from zusage.keepers.consent.banner import BannerSpec, spec_from
from zusage_client.consent import BrowserPolicy


@dataclass(frozen=True, slots=True)
class DeclaredSite:
    """Items, services and purposes with the controller's own hosts; `providers` maps recipient id to its name,
    `countries` to where it is or transfers to."""

    policy: BrowserPolicy
    hosts: frozenset[str] = frozenset()
    providers: Mapping[str, str] = field(default_factory=dict)
    countries: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    asks: bool = True

    def owns(self, host: str) -> bool:
        """Whether a host is the controller's own, or below one."""
        return any(host == own or host.endswith(f".{own}") for own in self.hosts)

    def with_host(self, url: str) -> DeclaredSite:
        """The same, with the scanned host among the own ones."""
        host = urlsplit(url).hostname or ""
        return DeclaredSite(self.policy, self.hosts | {host}, self.providers, self.countries, self.asks)


def declared_site(spec: BannerSpec) -> DeclaredSite:
    """From a banner's data."""
    hosts = {urlsplit(origin).hostname or "" for origin in spec.origins} | set(spec.shared_domains)
    return DeclaredSite(
        spec.policy,
        frozenset(hosts - {""}),
        {id: vendor.name for id, vendor in spec.vendors.items()},
        {id: vendor.countries for id, vendor in spec.vendors.items()},
        spec.asks,
    )


def declared_from(declaration: Declaration) -> DeclaredSite:
    """From the declaration's `browser` part and its banner purposes."""
    return declared_site(spec_from(declaration))
