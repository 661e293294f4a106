"""A choice that a visitor brings along from another of the controller's own domains, judged before it counts here.

No identifier in an address and no third party's storage: the banner's script sends the choice in the body of the request
that follows a link, browsers say from which site, and what was agreed to counts only as far as the register has it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

from zusage.keepers.consent.banner.events import EventRefused
from zusage.keepers.consent.banner.spec import BannerSpec
from zusage_client.consent import Choice

#: where it is taken, below the base
HANDED_PATH = "/zusage-over"
_LOCAL = re.compile(r"/(?![/\\])[^\x00-\x20\\]*")


def is_handed_by_us(origin: str, spec: BannerSpec, own_origin: str) -> bool:
    """Whether the page at `origin` (as browsers say it) may hand a choice over to `own_origin`: both stand on domains over
    which the choice is declared to be shared, in the same scheme."""
    there, here = urlsplit(origin), urlsplit(own_origin)
    shared = spec.shared_domain(there.hostname or "") and spec.shared_domain(here.hostname or "")
    return bool(shared) and there.scheme == here.scheme


def local_path(to: str) -> str:
    """Where to go on; the start page for anything that could lead to another site."""
    return to if len(to) <= 2000 and _LOCAL.fullmatch(to) else "/"


def brought(value: str) -> Choice:
    """The choice that was brought along. Raises `EventRefused` for anything but one that is on record."""
    made = Choice.parse(value)
    if made is None or not made.recorded:
        raise EventRefused("malformed", "this is no choice that is on record")
    return made


def taken_over(made: Choice, spec: BannerSpec, own: Choice | None, agreed: Collection[str]) -> Choice:
    """The choice that holds here from now on.

    `agreed` are the purposes and services that the register has for the browser of `made`: what it does not have is a
    refusal. The later day wins; of two choices of one day nothing is left agreed to that one of them refuses.
    """
    policy = spec.policy
    digests = policy.digests
    yes = {id: digest for id, digest in made.agreed.items() if id in agreed and id in digests}
    no = {
        id: digest
        for id, digest in {**made.agreed, **made.refused}.items()
        if id in digests and id not in yes
    }
    known = {service.id for service in policy.services}
    services = {id: digest for id, digest in made.services.items() if id in agreed and id in known}
    if own is not None and own.day > made.day:
        return own
    if own is not None and own.day == made.day:
        no.update(own.refused)
        yes = {id: digest for id, digest in {**own.agreed, **yes}.items() if id not in no}
        services = _common(services, own.services)
    browser = made.browser or (own.browser if own else "")
    return Choice(yes, no, services, browser if yes or services else "", made.day)


def _common(one: Mapping[str, str], other: Mapping[str, str]) -> dict[str, str]:
    return {id: digest for id, digest in one.items() if other.get(id) == digest}
