"""Visits a site as four visitors: who has not chosen, who refused, who agreed, and who withdrew."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from zusage.findings import Finding, Severity, worst_first
from zusage.keepers.consent.scan.comparing import compare
from zusage.keepers.consent.scan.crawling import links_of, listed_pages
from zusage.keepers.consent.scan.declared import DeclaredSite
from zusage.keepers.consent.scan.launching import running_browser
from zusage.keepers.consent.scan.observed import STATES, Observation, State
from zusage.keepers.consent.scan.visiting import SETTLE, TABS, Visitor, Wish, visit_together, withdrawn
from zusage.text import Language


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
    insecure: bool = False,
) -> ScanReport:
    """Looks at a site in the given states and compares it with its declaration.

    `pages` are further addresses (relative ones are taken from `url`); `depth` follows links of the site that many steps
    (with its sitemap, if there is one), up to `limit` pages. `settle` is how long each page is watched, in milliseconds.
    Several pages are watched at the same time, in tabs. With `folder`, screenshots and one HAR for each visitor are written
    there. `now` is aware; lifetimes are counted from it. `resolve` maps hosts to addresses, `insecure` takes any certificate:
    both are for sites that are not yet published.
    Raises `MissingBrowser`, `MissingExtra` and `SiteUnreachable` where the start page cannot be opened.
    """
    site = declared.with_host(url)
    wish = Wish(now, settle, folder, language)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    looking = partial(_look, url, states, wish, pages, depth, limit, program, resolve, insecure)
    # a thread of its own: the browser's driver keeps an event loop, and the caller's may have one already
    with ThreadPoolExecutor(1, "zusage-scan") as thread:
        observations, version = thread.submit(looking).result()
    seen = tuple(observations[state] for state in STATES if state in states)
    findings = tuple(worst_first(compare(seen, site, now)))
    return ScanReport(url, now, seen, findings, version)


def _look(
    url: str,
    states: Sequence[State],
    wish: Wish,
    pages: Iterable[str],
    depth: int,
    limit: int,
    program: str | Path | None,
    resolve: Mapping[str, str] | None,
    insecure: bool,
) -> tuple[dict[State, Observation], str]:
    with running_browser(program, resolve=resolve, insecure=insecure) as browser:
        first = [state for state in STATES if state in states and state != "withdraw"]
        if "withdraw" in states and "accept" not in first:
            first.append("accept")
        visitors = [Visitor(browser, state, wish) for state in first]
        todo = _addresses(url, pages, visitors[0], depth, limit)
        _visit_all(todo, visitors, depth, limit)
        observations = {visitor.state: visitor.observation() for visitor in visitors}
        if "withdraw" in states:
            agreed = next(visitor for visitor in visitors if visitor.state == "accept")
            observations["withdraw"] = withdrawn(agreed, todo)
        for visitor in visitors:
            visitor.context.close()
        return observations, f"Chromium {browser.version}"


def _addresses(url: str, pages: Iterable[str], visitor: Visitor, depth: int, limit: int) -> list[str]:
    named = [url, *(urljoin(url, page) for page in pages)]
    if depth > 0:
        named += listed_pages(visitor.context, url)
    return list(dict.fromkeys(named))[:limit]


def _visit_all(todo: list[str], visitors: list[Visitor], depth: int, limit: int) -> None:
    """Every page in every first state; new links of the site join the list while `depth` allows."""
    site = urlsplit(todo[0]).netloc
    level, done = dict.fromkeys(todo, 0), 0
    while done < len(todo):
        batch = todo[done : done + TABS]
        visit_together(batch, visitors)
        done += len(batch)
        for address, page in zip(batch, visitors[0].tabs, strict=False):
            if level[address] < depth:
                for link in links_of(page, site):
                    if link not in level and len(todo) < limit:
                        level[link] = level[address] + 1
                        todo.append(link)
