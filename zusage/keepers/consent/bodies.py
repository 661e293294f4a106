"""What a mailing may say: a link to end it in every part, nothing that loads by itself, personal marks only by consent."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser
from urllib.parse import quote

from zusage.keepers.consent.service import NoConsent

PLACE = "{unsubscribe}"
_LINK = re.compile(r"https?://[^\s\"'<>{}]+")
_HREF = re.compile(r"(href\s*=\s*)([\"'])(https?://[^\"'<>{}]+)\2", re.IGNORECASE)
#: attributes that make a mail program fetch something when the mail is opened
_FETCHING = frozenset(
    {"src", "srcset", "background", "poster", "data", "lowsrc", "dynsrc", "action", "codebase"}
)
_FETCHING_TAGS = frozenset({"script", "iframe", "frame", "object", "embed", "link", "base", "form", "meta"})
_REMOTE_STYLE = re.compile(r"url\s*\(\s*['\"]?\s*(?!cid:|data:)|@import", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Tracking:
    """How openings and clicks are followed of those who agreed: a pixel (`https://…{id}…`) and a link parameter."""

    pixel: str | None = None
    parameter: str | None = None


@dataclass(frozen=True, slots=True)
class Body:
    """The parts of an issue. `text` and `html` hold the place of the link that ends it."""

    subject: str
    text: str
    html: str | None = None


class _Looking(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _FETCHING_TAGS:
            self.found.append(tag)
        self._style = tag == "style"
        for name, value in attrs:
            said = (value or "").strip().lower()
            own = said.startswith(("cid:", "data:")) or not said
            if (name in _FETCHING and not own) or (name == "style" and _REMOTE_STYLE.search(said)):
                self.found.append(f"{tag} {name}")

    def handle_data(self, data: str) -> None:
        if self._style and _REMOTE_STYLE.search(data):
            self.found.append("style")


def check_body(body: Body, tracking: Tracking | None) -> None:
    """Raises `NoConsent` for a part without the place of the link, for markup that loads something, for bad tracking."""
    hint = f"write {PLACE} where the link to unsubscribe belongs, in text and HTML"
    if PLACE not in body.text or not body.text.replace(PLACE, "").strip():
        raise NoConsent("a mail without a link to unsubscribe is not sent", hint=hint)
    if body.html is not None:
        if PLACE not in body.html:
            raise NoConsent("a mail without a link to unsubscribe is not sent", hint=hint)
        looking = _Looking()
        looking.feed(body.html)
        if looking.found:
            raise NoConsent(
                f"the HTML loads something when it is opened ({looking.found[0]})",
                hint="attach pictures in the markup (data:) or leave them out; openings are followed by 'tracking' only",
            )
    if (
        tracking
        and tracking.pixel
        and ("{id}" not in tracking.pixel or not tracking.pixel.startswith("https://"))
    ):
        raise NoConsent("a pixel is an https address with {id}")


def filled(body: Body, link: str, tracking: Tracking | None, mark: str | None) -> Body:
    """The body of one person: with their link, and with `mark` in pixel and links where there is one."""
    text, html = body.text, body.html
    if tracking and mark:
        if tracking.parameter:
            text = _LINK.sub(lambda found: _marked(found[0], tracking.parameter, mark), text)
        if html is not None:
            html = _marked_html(html, tracking, mark)
    return Body(
        body.subject,
        text.replace(PLACE, link),
        None if html is None else html.replace(PLACE, escape(link)),
    )


def _marked_html(html: str, tracking: Tracking, mark: str) -> str:
    if tracking.parameter:
        html = _HREF.sub(
            lambda found: f"{found[1]}{found[2]}{_marked(found[3], tracking.parameter, mark)}{found[2]}", html
        )
    if not tracking.pixel:
        return html
    pixel = f'<img src="{escape(tracking.pixel.replace("{id}", mark))}" width="1" height="1" alt="">'
    place = html.lower().rfind("</body>")
    return html + pixel if place < 0 else html[:place] + pixel + html[place:]


def _marked(link: str, parameter: str | None, mark: str) -> str:
    address, hash_, fragment = link.partition("#")
    joint = "&" if "?" in address else "?"
    return f"{address}{joint}{quote(parameter or '')}={mark}{hash_}{fragment}"
