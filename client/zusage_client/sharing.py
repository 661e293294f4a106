"""A choice that holds on several domains of a controller: what was withdrawn on one of them stands on no other either.

Each domain has a cookie of its own. Where there are several, the page of a visitor who agreed is therefore compared with the
record of the service before it is made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from zusage_client.client import Zusage
from zusage_client.consent import BrowserPolicy, Choice
from zusage_client.errors import Refused, ServiceUnreachable
from zusage_client.visits import Visit


def must_compare(visit: Visit, headers: Mapping[str, str]) -> bool:
    """Whether this request is for a page of a visitor who agreed, on one of several domains. `headers` are the request's."""
    if visit.published is None or not visit.browser or len(visit.published.policy.shared_domains) < 2:
        return False
    return any(name.lower() == "accept" and "text/html" in value for name, value in headers.items())


def as_recorded(zusage: Zusage, visit: Visit, origin: str, now: datetime) -> Visit:
    """The visit with what stands on record; its `cookie` tells the browser where that is less than its own.

    `origin` is the site's own (`https://shop.example`), `now` aware. Where the service does not answer, the choice stands.
    """
    choice = visit.visitor.choice
    if choice is None or visit.published is None:
        return visit
    try:
        stands = zusage.consents(("browser", choice.browser))
    except (ServiceUnreachable, Refused):
        return visit
    agreed = {name for name, one in stands.items() if one["agreed"]}
    if {*choice.agreed, *choice.services} <= agreed:
        return visit
    policy = visit.published.policy
    left = _without(choice, agreed)
    scheme, _, host = origin.partition("://")
    cookie = left.set_cookie(policy, now, secure=scheme == "https", domain=_domain(policy, host))
    return replace(visit, visitor=replace(visit.visitor, choice=left), cookie=cookie)


def _without(choice: Choice, agreed: set[str]) -> Choice:
    yes = {name: digest for name, digest in choice.agreed.items() if name in agreed}
    no = {name: digest for name, digest in choice.agreed.items() if name not in agreed}
    services = {name: digest for name, digest in choice.services.items() if name in agreed}
    browser = choice.browser if yes or services else ""
    return replace(choice, agreed=yes, refused={**choice.refused, **no}, services=services, browser=browser)


def _domain(policy: BrowserPolicy, host: str) -> str:
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdecimal() else host
    return next((one for one in policy.shared_domains if name == one or name.endswith(f".{one}")), "")
