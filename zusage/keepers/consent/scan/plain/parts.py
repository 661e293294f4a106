"""What a page holds: links, forms, scripts and frames, its text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

_SILENT = {"script", "style", "noscript"}


@dataclass(frozen=True, slots=True)
class PageLink:
    """A link: absolute address, its words, `rel` and `class` values."""

    href: str
    text: str
    marks: frozenset[str]
    line: int


@dataclass(slots=True)
class Parts:
    """The parts of one page. `embeds` are (host or service id, element) of what comes from elsewhere."""

    links: list[PageLink] = field(default_factory=list)
    forms: list[str] = field(default_factory=list)
    embeds: list[tuple[str, str]] = field(default_factory=list)
    text: str = ""


def parts_of(html: str, base: str) -> Parts:
    """What is on a page that was found at `base`."""
    reader = _Reader(base)
    reader.feed(html)
    reader.close()
    reader.parts.text = " ".join("".join(reader.said).split())
    return reader.parts


class _Reader(HTMLParser):
    def __init__(self, base: str) -> None:
        super().__init__(convert_charrefs=True)
        self.base, self.own = base, urlsplit(base).hostname or ""
        self.parts = Parts()
        self.said: list[str] = []
        self.link: tuple[str, frozenset[str], int, list[str]] | None = None
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.silent += tag in _SILENT
        if tag == "a" and "href" in given:
            marks = frozenset(f"{given.get('rel', '')} {given.get('class', '')}".split())
            self.link = (urljoin(self.base, given["href"].strip()), marks, self.getpos()[0], [])
        elif tag == "form":
            self.parts.forms.append(urljoin(self.base, given.get("action") or self.base))
        elif tag in ("script", "iframe", "img", "link") or "data-zusage" in given:
            self._embed(tag, given)
        self.said.append(" ")

    def _embed(self, tag: str, given: dict[str, str]) -> None:
        source = given.get("src") or given.get("data-src") or (given.get("href", "") if tag == "link" else "")
        host = urlsplit(urljoin(self.base, source)).hostname or "" if source else ""
        if host and host != self.own:
            self.parts.embeds.append((host, tag))
        elif service := given.get("data-zusage"):
            self.parts.embeds.append((service, tag))

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in _SILENT and self.silent > 0
        if tag == "a" and self.link:
            href, marks, line, words = self.link
            self.parts.links.append(PageLink(href, " ".join("".join(words).split()), marks, line))
            self.link = None

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.said.append(data)
        if self.link:
            self.link[3].append(data)


_FORM = re.compile(r"<form\b(?P<given>[^>]*)>(?P<inside>.*?)</form>", re.IGNORECASE | re.DOTALL)
_ACTION = re.compile(r"action=[\"']?([^\"'\s>]*)", re.IGNORECASE)
_BUTTON = re.compile(r"<button\b|<input[^>]*type=[\"']?submit", re.IGNORECASE)


def message_forms(html: str) -> list[str]:
    """What each form with a field for free text says before its button."""
    return [
        _BUTTON.split(form["inside"], maxsplit=1)[0]
        for form in _FORM.finditer(html)
        if "<textarea" in form["inside"].lower()
    ]


def before_button(html: str, page: str, path: str) -> str:
    """What a form that is sent to `path` (`*` at its end for anything below) says before its button; empty without one."""
    for form in _FORM.finditer(html):
        action = _ACTION.search(form["given"])
        sent = urlsplit(urljoin(page, action[1] if action else page)).path
        if sent == path or (path.endswith("*") and sent.startswith(path[:-1])):
            return _BUTTON.split(form["inside"], maxsplit=1)[0] or " "
    return ""
