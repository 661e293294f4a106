"""Visits a site as four visitors: who has not chosen, who refused, who agreed, and who withdrew."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from zusage.errors import ZusageError
from zusage.findings import Finding, Severity, worst_first
from zusage.keepers.consent.scan.choosing import choose, find_way_back, look_at_banner, withdraw
from zusage.keepers.consent.scan.comparing import compare
from zusage.keepers.consent.scan.crawling import links_of, listed_pages
from zusage.keepers.consent.scan.declared import DeclaredSite
from zusage.keepers.consent.scan.launching import running_browser
from zusage.keepers.consent.scan.observed import STATES, Observation, State
from zusage.keepers.consent.scan.recording import Recorder
from zusage.text import Language


class SiteUnreachable(ZusageError):
    """The start page could not be opened."""

    exit_code = 3

    def __init__(self, url: str) -> None:
        super().__init__(f"{url} cannot be opened", hint="is the address right, and does the site answer?")


#: Milliseconds: a page's own time to set what it sets late; and how long a button or a page may take.
SETTLE = 6000
PATIENCE = 15_000
_SCROLLS = 6


@dataclass(frozen=True, slots=True)
class ScanReport:
    """What was seen in each state, and what is wrong with it."""

    url: str
    at: datetime
    observations: tuple[Observation, ...]
    findings: tuple[Finding, ...]
    browser: str = ""

    def observed(self, state: State) -> Observation:
        """One state's observation. Raises `KeyError` where the state was not visited."""
        for observation in self.observations:
            if observation.state == state:
                return observation
        raise KeyError(state)

    @property
    def exit_code(self) -> int:
        """1 where a finding is an error."""
        return int(any(finding.severity is Severity.ERROR for finding in self.findings))

    def summary(self, language: Language) -> str:
        """A line for each state, with its counts."""
        return "\n".join(_SUMMARY[language].format(**_counts(seen)) for seen in self.observations)

    def write(self, folder: Path) -> None:
        """The report as `report.json`, beside the screenshots and HAR files."""
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(self.as_json(), ensure_ascii=False, indent=2)
        (folder / "report.json").write_text(text + "\n", encoding="utf-8")

    def as_json(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "url": self.url,
            "at": self.at.isoformat(),
            "browser": self.browser,
            "observations": [observation.as_json() for observation in self.observations],
            "findings": [finding.as_json() for finding in self.findings],
        }


_SUMMARY: dict[Language, str] = {
    "de": "{state}: {pages} Seiten, {stored} gespeicherte Einträge, {requests} Anfragen an {hosts} Hosts, {calls} "
    "Abfragen von Gerätemerkmalen, {seconds:.1f} s",
    "en": "{state}: {pages} pages, {stored} stored items, {requests} requests to {hosts} hosts, {calls} device "
    "recognition calls, {seconds:.1f} s",
}


def _counts(seen: Observation) -> dict[str, Any]:
    return {
        "state": seen.state,
        "pages": len(seen.pages),
        "stored": len(seen.stored),
        "requests": len(seen.requests),
        "hosts": len({request.host for request in seen.requests}),
        "calls": len(seen.calls),
        "seconds": seen.seconds,
    }


@dataclass(frozen=True, slots=True)
class _Wish:
    declared: DeclaredSite
    now: datetime
    settle: int
    folder: Path | None
    language: str


@dataclass(slots=True)
class _Visitor:
    """One state's browser context with its notes."""

    state: State
    context: Any
    page: Any
    recorder: Recorder
    pages: list[str] = field(default_factory=list)
    embeds: set[str] = field(default_factory=set)
    banner: Any = None
    footer: bool = False
    missed: str = ""
    seconds: float = 0.0
    screenshots: list[str] = field(default_factory=list)

    def observation(self) -> Observation:
        recorder = self.recorder
        return Observation(
            self.state, tuple(self.pages), recorder.stored(), recorder.requests(), recorder.calls(),
            tuple(sorted(self.embeds)), self.banner, self.footer, self.missed, round(self.seconds, 2),
            tuple(self.screenshots),
        )  # fmt: skip


def scan_site(
    url: str,
    declared: DeclaredSite,
    states: Sequence[State] = STATES,
    *,
    now: datetime,
    pages: Iterable[str] = (),
    depth: int = 0,
    limit: int = 20,
    settle: int = SETTLE,
    folder: Path | None = None,
    program: str | Path | None = None,
    language: str = "de-DE",
    resolve: Mapping[str, str] | None = None,
) -> ScanReport:
    """Looks at a site in the given states and compares it with its declaration.

    `pages` are further addresses (relative ones are taken from `url`); `depth` follows links of the site that many steps
    (with its sitemap, if there is one), up to `limit` pages. `settle` is how long each page is watched, in milliseconds.
    With `folder`, screenshots and one HAR per state are written there. `now` is aware; lifetimes are counted from it.
    Raises `MissingBrowser`, `MissingExtra` and `SiteUnreachable` where the start page cannot be opened.
    """
    site = declared.with_host(url)
    wish = _Wish(site, now, settle, folder, language)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    with running_browser(program, resolve=resolve) as browser:
        first = [state for state in STATES if state in states and state != "withdraw"]
        if "withdraw" in states and "accept" not in first:
            first.append("accept")
        visitors = [_visitor(browser, state, wish) for state in first]
        todo = _addresses(url, pages, visitors[0], depth, limit)
        _visit_all(todo, visitors, wish, url, depth, limit)
        observations = {visitor.state: visitor.observation() for visitor in visitors}
        if "withdraw" in states:
            agreed = next(visitor for visitor in visitors if visitor.state == "accept")
            observations["withdraw"] = _withdrawn(agreed, todo, wish)
        for visitor in visitors:
            visitor.context.close()
        version = f"Chromium {browser.version}"
    seen = tuple(observations[state] for state in STATES if state in states)
    findings = tuple(worst_first(compare(seen, site, now)))
    return ScanReport(url, now, seen, findings, version)


def _visitor(browser: Any, state: State, wish: _Wish) -> _Visitor:
    har = (
        {"record_har_path": wish.folder / f"{state}.har", "record_har_content": "omit"} if wish.folder else {}
    )
    context = browser.new_context(locale=wish.language, viewport={"width": 1280, "height": 800}, **har)
    context.set_default_timeout(PATIENCE)
    recorder = Recorder(context, wish.now)
    page = context.new_page()
    recorder.watch(page)
    return _Visitor(state, context, page, recorder)


def _addresses(url: str, pages: Iterable[str], visitor: _Visitor, depth: int, limit: int) -> list[str]:
    named = [url, *(urljoin(url, page) for page in pages)]
    if depth > 0:
        named += listed_pages(visitor.context, url)
    return list(dict.fromkeys(named))[:limit]


def _visit_all(
    todo: list[str], visitors: list[_Visitor], wish: _Wish, url: str, depth: int, limit: int
) -> None:
    """Every page in every first state; new links of the site join the list while `depth` allows."""
    level = dict.fromkeys(todo, 0)
    for address in todo:
        _visit_together(address, visitors, wish)
        if level[address] < depth:
            for link in links_of(visitors[0].page, urlsplit(url).netloc):
                if link not in level and len(todo) < limit:
                    level[link] = level[address] + 1
                    todo.append(link)


def _visit_together(address: str, visitors: list[_Visitor], wish: _Wish) -> None:
    """Opens one page for all visitors, so that its quiet time is spent once."""
    started = time.monotonic()
    for visitor in visitors:
        _open(visitor, address)
        if len(visitor.pages) == 1:
            _first_page(visitor)
    _settle([visitor.page for visitor in visitors], wish.settle)
    for visitor in visitors:
        _look(visitor, wish)
        visitor.seconds += (time.monotonic() - started) / len(visitors)


def _first_page(visitor: _Visitor) -> None:
    """Looks at the banner, and makes this visitor's choice."""
    visitor.page.wait_for_timeout(500)
    visitor.banner = look_at_banner(visitor.page)
    if visitor.state in ("accept", "reject") and not choose(visitor.page, visitor.state, patience=PATIENCE):
        visitor.missed = f"no-{visitor.state}"


def _open(visitor: _Visitor, address: str) -> None:
    from playwright.sync_api import Error

    try:
        visitor.page.goto(address, wait_until="load")
    except Error as error:
        if not visitor.pages:
            raise SiteUnreachable(address) from error
    visitor.pages.append(address)


def _settle(pages: list[Any], milliseconds: int) -> None:
    """Scrolls through the pages and waits: what comes late or on scrolling is part of the visit."""
    for _ in range(_SCROLLS):
        for page in pages:
            page.mouse.wheel(0, 1200)
        pages[0].wait_for_timeout(milliseconds / _SCROLLS)


def _look(visitor: _Visitor, wish: _Wish) -> None:
    visitor.recorder.look(visitor.page)
    visitor.footer = visitor.footer or find_way_back(visitor.page) is not None
    visitor.embeds |= {
        frame.url.split("?")[0] for frame in visitor.page.frames[1:] if frame.url.startswith("http")
    }
    if wish.folder is not None:
        name = f"{visitor.state}-{len(visitor.pages)}.png"
        visitor.page.screenshot(path=wish.folder / name)
        visitor.screenshots.append(name)


def _withdrawn(agreed: _Visitor, todo: list[str], wish: _Wish) -> Observation:
    """The visitor who agreed goes the way back, and visits everything again."""
    started = time.monotonic()
    agreed.page.goto(todo[0], wait_until="load")
    made = _Visitor("withdraw", agreed.context, agreed.page, agreed.recorder)
    if not withdraw(agreed.page, patience=PATIENCE):
        made.missed = "no-withdraw"
    agreed.page.wait_for_timeout(1000)
    # what runs while the page is still open ends with it; from the next page on nothing may be left
    agreed.page.goto("about:blank")
    agreed.recorder.forget()
    for address in todo:
        _open(made, address)
        _settle([made.page], wish.settle)
        _look(made, wish)
    made.seconds = time.monotonic() - started
    return made.observation()
