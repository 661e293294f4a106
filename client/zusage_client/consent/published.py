"""What the service publishes for the applications in front of it: the policy, and the banner rendered in pieces.

A piece is markup with marks such as `@nonce@` where this page's own values belong. Everything is the same for all
visitors; which pieces a page gets is decided here, from the visitor's choice.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import urlsplit

from zusage_client.consent.choice import Visitor
from zusage_client.consent.policy import BrowserPolicy, PolicyUnreadable

_MARK = re.compile(r"@(nonce|source|title|preview|direct|content)@")
_TEXTS = ("head", "plain", "first", "footer", "embeds")


@dataclass(frozen=True, slots=True)
class Published:
    """Policy and pieces of one version; the first of `languages` is the controller's own.

    `head` (for pages under our content security policy) and `plain` (for others) map `asked`, `asked+embeds`, `later` and
    `later+embeds` to elements; `first` maps a language to the first layer, `footer` to the way back by signal, `embeds` to
    placeholders by service with those parts that a page may leave out.
    """

    version: str
    languages: tuple[str, ...]
    policy: BrowserPolicy
    head: Mapping[str, str]
    plain: Mapping[str, str]
    first: Mapping[str, str]
    footer: Mapping[str, Mapping[str, str]]
    embeds: Mapping[str, Mapping[str, Mapping[str, Any]]]

    @classmethod
    def from_json(cls, value: Any) -> Published:
        """Reads the body of `GET /api/v1/browser-policy`. Raises `PolicyUnreadable`."""
        if not isinstance(value, Mapping) or not all(isinstance(value.get(key), Mapping) for key in _TEXTS):
            raise PolicyUnreadable(f"expected an object with {', '.join(_TEXTS)}")
        languages = tuple(str(one) for one in value.get("languages") or ())
        if not languages or not isinstance(value.get("version"), str):
            raise PolicyUnreadable("expected 'languages' and 'version'")
        policy = BrowserPolicy.from_json(value.get("policy"))
        return cls(value["version"], languages, policy, *(value[key] for key in _TEXTS))

    def language(self, wanted: str) -> str:
        """`wanted` where the banner speaks it, else the controller's own."""
        return wanted if wanted in self.languages else self.languages[0]

    def head_for(self, visitor: Visitor, nonce: str, *, embeds: bool) -> str:
        """The elements for `<head>`; with a `nonce` those for a page under our policy."""
        asked = "asked" if visitor.must_be_asked(self.policy) else "later"
        pieces = self.head if nonce else self.plain
        return fill(pieces.get(f"{asked}+embeds" if embeds else asked, ""), {"nonce": nonce})

    def first_for(self, visitor: Visitor, language: str) -> str:
        """The first layer, where this visitor is to be asked."""
        return self.first.get(language, "") if visitor.must_be_asked(self.policy) else ""

    def footer_for(self, visitor: Visitor, language: str) -> str:
        """The way back to the settings; who has agreed gets the link that withdraws, too."""
        signal = visitor.signal.value if visitor.signal and visitor.choice is None else ""
        return self.footer.get(language, {}).get("agreed" if visitor.agrees else signal, "")

    def embed(
        self,
        language: str,
        service: str,
        source: str,
        title: str,
        *,
        preview: str = "",
        direct: str = "",
        content: str = "",
    ) -> str:
        """A two-click embed: `source` is the frame's address, `title` says what it shows, `preview` an image of this very
        site, `direct` the content's address at the provider, `content` a short id for the record.

        Raises `KeyError` for a service without a placeholder, `ValueError` for a preview from elsewhere.
        """
        if urlsplit(preview).netloc or urlsplit(preview).scheme:
            raise ValueError(
                "the preview must come from this site: a foreign one is the request to be prevented"
            )
        piece = self.embeds[self.language(language)][service]
        direct = direct if urlsplit(direct).scheme in ("", "http", "https") else ""
        values = {"source": source, "title": title, "preview": preview, "direct": direct, "content": content}
        markup = str(piece["html"])
        for name, part in piece["optional"].items():
            if not values.get(name):
                markup = markup.replace(part, "")
        return fill(markup, values)


def fill(piece: str, values: Mapping[str, str]) -> str:
    """A piece with its marks replaced, each value escaped."""
    return _MARK.sub(lambda found: escape(values.get(found[1], "")), piece)
