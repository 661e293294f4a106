"""The content security policy of a page, from the banner's declaration and the visitor's choice."""

from __future__ import annotations

import zusage_client.consent as client
from zusage.keepers.consent.banner.spec import BannerSpec
from zusage_client.consent import Visitor


def content_security_policy(
    spec: BannerSpec, choice: Visitor, nonce: str = "", *, once: str = "", any_port: bool = False
) -> str:
    """The header's value: nothing but the site itself, what is strictly necessary, and what this visitor agreed to.

    `once` names a service that the visitor asked for this one time (the cookie `zusage-once`), `any_port` as in the
    client.
    """
    return client.content_security_policy(spec.policy, choice, nonce, once=once, any_port=any_port)
