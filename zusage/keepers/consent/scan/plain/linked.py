"""Whether the links of the notice lead anywhere, encrypted, and to whom they say; and whether own pages are up to date."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from zusage.declaration import Declaration
from zusage.findings import Finding, Place, Rule, Severity
from zusage.keepers.consent.fetching import Fetched, Fetcher
from zusage.keepers.consent.scan.plain.parts import parts_of
from zusage.text import Text


def check_links(declaration: Declaration, html: str, fetcher: Fetcher, file: str) -> list[Finding]:
    """Findings about every outward link of a notice's page (`html`, shown as `file`)."""
    base = declaration.browser.notice or declaration.controller.web or "https://notice.invalid/"
    found: list[Finding] = []
    seen: set[str] = set()
    for link in parts_of(html, base).links:
        address = link.href.partition("#")[0]
        if urlsplit(address).scheme not in ("http", "https") or address in seen or address == base:
            continue
        seen.add(address)
        place = Place(file, link.line, quote=f"{link.text}: {link.href}")
        found += _answer(fetcher.get(address), place, own=_own(declaration, address))
    return found


def check_own_version(declaration: Declaration, fetcher: Fetcher, status: str) -> Iterator[Finding]:
    """Own pages beside the notice that are not the version in force: `status` is how its date is written."""
    browser = declaration.browser
    for key, address in (("measures", browser.measures), ("processors", browser.processors)):
        if address is None:
            continue
        answer = fetcher.get(address)
        if answer.status == 200 and status not in " ".join(parts_of(answer.text, address).text.split()):
            yield _finding(
                "old-version",
                Text(
                    f"{address} zeigt nicht die Fassung vom {status}.",
                    f"{address} does not show the version of {status}.",
                ),
                Place("declaration.yaml", key=f"browser.{key}"),
                "gdpr:5(1)(a)",
            )


def _own(declaration: Declaration, address: str) -> bool:
    host = urlsplit(address).hostname or ""
    domains = {*declaration.browser.domains, *declaration.browser.shared_domains}
    return any(host == one or host.endswith(f".{one}") for one in domains)


def _answer(answer: Fetched, place: Place, *, own: bool) -> Iterator[Finding]:
    if answer.status == 0 or answer.status >= 400:
        said = str(answer.status or "–")
        yield _finding(
            "dead-link",
            Text(
                f"{answer.asked} antwortet nicht mit einer Seite ({said}).",
                f"{answer.asked} gives no page ({said}).",
            ),
            place,
        )
        return
    if urlsplit(answer.url).scheme != "https":
        yield _finding(
            "not-encrypted",
            Text(f"{answer.asked} antwortet ohne HTTPS.", f"{answer.asked} answers without HTTPS."),
            place,
        )
    if not own and _site(answer.url) != _site(answer.asked):
        yield _finding(
            "led-elsewhere",
            Text(f"{answer.asked} führt zu {answer.url}.", f"{answer.asked} leads to {answer.url}."),
            place,
        )


def _site(address: str) -> str:
    """The last two labels of a host: near enough to tell another site."""
    return ".".join((urlsplit(address).hostname or "").split(".")[-2:])


def _finding(code: str, said: Text, place: Place, citation: str = "gdpr:12(1)") -> Finding:
    return Finding(f"site/{code}", Severity.ERROR, said, place, Rule(code, citation))
