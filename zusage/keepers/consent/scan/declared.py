"""What the site may do, by its declaration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
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
    #: domains of companies of the group, which are registered with their controller
    affiliates: frozenset[str] = frozenset()

    def may_hold(self, host: str) -> bool:
        """Whether an own cookie may lie at a host: the controller's, or one of its group."""
        name = host.lstrip(".")
        return self.owns(name) or any(name == one or name.endswith(f".{one}") for one in self.affiliates)

    def owns(self, host: str) -> bool:
        """Whether a host is the controller's own, or below one."""
        return any(host == own or host.endswith(f".{own}") for own in self.hosts)

    def with_host(self, url: str) -> DeclaredSite:
        """The same, with the scanned host among the own ones."""
        host = urlsplit(url).hostname or ""
        return replace(self, hosts=self.hosts | {host})


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
    group = {domain for recipient in declaration.recipients.values() for domain in recipient.domains}
    return replace(declared_site(spec_from(declaration)), affiliates=frozenset(group))
