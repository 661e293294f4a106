"""The banner for the applications in front of the service: rendered once, in pieces that they set into their pages.

The client knows which piece a visitor's page gets (`zusage_client.consent.published`); every word of it is rendered here.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from zusage.keepers.consent.banner.assets import Assets
from zusage.keepers.consent.banner.rendering import render_embed, render_first_layer, render_footer_link
from zusage.keepers.consent.banner.spec import BannerSpec
from zusage.text import Language
from zusage_client.consent import Choice, Signal, Visitor

#: where a page's own value belongs
NONCE = "@nonce@"


def render_pieces(spec: BannerSpec, assets: Assets) -> dict[str, Any]:
    """The body of `GET /api/v1/browser-policy`, with its `version`: a hash of everything else. Pure."""
    made: dict[str, Any] = {
        "languages": list(spec.languages),
        "policy": spec.policy.as_json(),
        "head": _heads(spec, assets, NONCE),
        "plain": _heads(spec, assets, ""),
        "first": {
            language: str(render_first_layer(spec, language, Visitor())) for language in spec.languages
        },
        "footer": {language: _footers(spec, language) for language in spec.languages},
        "embeds": {language: _embeds(spec, language) for language in spec.languages},
    }
    canonical = json.dumps(made, ensure_ascii=False, sort_keys=True).encode()
    return {"version": hashlib.sha256(canonical).hexdigest()[:32], **made}


def _heads(spec: BannerSpec, assets: Assets, nonce: str) -> dict[str, str]:
    """By whether the visitor is asked, and whether the page holds embeds."""
    answered = Visitor(Choice({}, dict(spec.policy.digests)))
    return {
        name + suffix: str(assets.head(spec, state, nonce=nonce, walled=bool(nonce), embeds=bool(suffix)))
        for name, state in (("asked", Visitor()), ("later", answered))
        for suffix in ("", "+embeds")
    }


def _footers(spec: BannerSpec, language: Language) -> dict[str, str]:
    """By the browser's signal, and for who has agreed."""
    states = {"": Visitor(), "agreed": Visitor(Choice(dict(spec.policy.digests), {}))}
    states |= {signal.value: Visitor(signal=signal) for signal in Signal}
    return {which: str(render_footer_link(spec, language, state)) for which, state in states.items()}


def _embeds(spec: BannerSpec, language: Language) -> dict[str, Any]:
    """Placeholders by service; `optional` holds the parts that stand only where the page gives a value."""
    made: dict[str, Any] = {}
    for service in spec.services:
        if service.kind != "embed" or not service.consent:
            continue
        bare = str(render_embed(spec, language, service.id, "@source@", "@title@"))
        full = str(
            render_embed(
                spec, language, service.id, "@source@", "@title@",
                preview="@preview@", direct="@direct@", content="@content@",
            )
        )  # fmt: skip
        optional = {
            "preview": '<img src="@preview@" alt="" loading="lazy">',
            "content": ' data-content="@content@"',
            "direct": full[full.index('<a href="@direct@"') : full.index("</figure>")],
        }
        left = full
        for part in optional.values():
            left = left.replace(part, "")
        assert left == bare, "a part of the placeholder is not where it was"
        made[service.id] = {"html": full, "optional": optional}
    return made
