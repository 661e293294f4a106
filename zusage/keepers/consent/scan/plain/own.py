"""Own sites, page by page: notice and imprint linked, controller as declared, no form, script or frame that is not
declared there, links to others marked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from urllib.parse import parse_qs, urlsplit

from zusage.declaration import Declaration
from zusage.declaration.browser import Beside
from zusage.findings import Finding, Place, Rule, Severity
from zusage.keepers.consent.fetching import Fetcher
from zusage.keepers.consent.scan.plain.parts import PageLink, Parts, before_button, message_forms, parts_of
from zusage.text import Text

#: forms that come from here: choices and requests
_OURS = {"/settings", "/rights"}
#: parameters that tell who a visitor is
_IDS = re.compile(r"(?:^|_)(?:u?id|uid|user|session|sid|token|email|q|query|search)(?:$|_)", re.IGNORECASE)


def check_pages(
    declaration: Declaration, starts: Sequence[str], fetcher: Fetcher, status: str = "", *, limit: int = 20
) -> list[Finding]:
    """Findings about own pages from these addresses on, links of the same host followed, at most `limit` pages a host.

    The notice that they link to must bear `status`, its date as it is written; empty: any.
    """
    found: list[Finding] = []
    for start in starts:
        host = urlsplit(start).hostname or ""
        if not _declared(declaration, host):
            said = Text(f"{host} gehört zu keiner erklärten Domain.", f"{host} is under no declared domain.")
            found.append(_finding("undeclared-domain", said, start))
        found += _site(declaration, start, fetcher, limit, status)
    return list(dict.fromkeys(found))


def _finding(code: str, said: Text, page: str, citation: str = "gdpr:13") -> Finding:
    return Finding(f"site/{code}", Severity.ERROR, said, Place(page), Rule(code, citation))


def _declared(declaration: Declaration, host: str) -> bool:
    browser = declaration.browser
    domains = {*browser.domains, *browser.shared_domains}
    origins = {urlsplit(origin).hostname for origin in browser.origins}
    return host in origins or any(host == one or host.endswith(f".{one}") for one in domains)


def _site(
    declaration: Declaration, start: str, fetcher: Fetcher, limit: int, status: str
) -> Iterator[Finding]:
    own, todo, done = urlsplit(start).netloc, [start], set[str]()
    while todo and len(done) < limit:
        page = todo.pop(0)
        if page in done:
            continue
        done.add(page)
        answer = fetcher.get(page)
        if answer.status == 0 or answer.status >= 400:
            if page == start:
                said = Text(f"{page} antwortet nicht.", f"{page} does not answer.")
                yield _finding("dead-page", said, page)
            continue
        parts = parts_of(answer.text, answer.url)
        yield from _page(declaration, page, parts, fetcher, first=page == start)
        yield from _in_scope(declaration, page)
        yield from _version(declaration, page, parts, fetcher, status)
        yield from _beside(declaration, page, answer.text, parts)
        todo += [
            link.href.partition("#")[0].partition("?")[0]
            for link in parts.links
            if urlsplit(link.href).netloc == own and urlsplit(link.href).scheme in ("http", "https")
        ]


def _page(
    declaration: Declaration, page: str, parts: Parts, fetcher: Fetcher, *, first: bool
) -> Iterator[Finding]:
    notice = declaration.browser.notice
    if notice and not any(link.href.rstrip("/") == notice.rstrip("/") for link in parts.links):
        said = Text(f"{page} verweist nicht auf {notice}.", f"{page} does not link to {notice}.")
        yield _finding("notice-link", said, page)
    for joint in declaration.joint_controllers:
        there = any(joint.web and link.href.startswith(joint.web) for link in parts.links)
        if joint.web and not (there and fetcher.get(joint.web).status == 200):
            said = Text(f"{page} verweist nicht auf die Erklärung von {joint.name} ({joint.web}).",
                        f"{page} does not link to the notice of {joint.name} ({joint.web}).")  # fmt: skip
            yield _finding("notice-link", said, page, "gdpr:26(2)")
    if first:
        yield from _imprint(declaration, page, parts, fetcher)
    yield from _forms(declaration, page, parts)
    yield from _embeds(declaration, page, parts)
    for link in parts.links:
        yield from _outward(declaration, page, link)


def _in_scope(declaration: Declaration, page: str) -> Iterator[Finding]:
    """A route that is served and stands outside the routes that the notice is for."""
    routes, path = declaration.browser.routes, urlsplit(page).path or "/"
    if routes and path not in routes:
        said = Text(f"{page} steht nicht im Geltungsbereich.", f"{page} stands outside the notice's scope.")
        yield _finding("route-out-of-scope", said, page)


def _version(
    declaration: Declaration, page: str, parts: Parts, fetcher: Fetcher, status: str
) -> Iterator[Finding]:
    """The notice that a page links to answers and bears the date in force."""
    notice = declaration.browser.notice
    linked = [link.href for link in parts.links if notice and link.href.rstrip("/") == notice.rstrip("/")]
    if not (linked and status):
        return
    answer = fetcher.get(linked[0])
    if answer.status != 200:
        said = Text(f"{page}: {notice} antwortet nicht.", f"{page}: {notice} does not answer.")
        yield _finding("dead-link", said, page)
    elif status not in parts_of(answer.text, answer.url).text:
        said = Text(
            f"{page} führt nicht zur Fassung vom {status}.",
            f"{page} does not lead to the version of {status}.",
        )
        yield _finding("old-version", said, page)


def _beside(declaration: Declaration, page: str, html: str, parts: Parts) -> Iterator[Finding]:
    """What must stand beside an address, or in a form before it can be sent."""
    for one in declaration.browser.beside:
        where = html
        if one.shows == "textarea":
            lacking = [each for each in message_forms(html) if not _says(each, page, one)]
            if lacking:
                told = Text(f"{page}: In einem Formular mit Nachrichtenfeld fehlt: {one.text.says('de')}",
                            f"{page}: missing in a form with a message field: {one.text.says('en')}")  # fmt: skip
                yield _finding("hint-missing", told, page)
            continue
        if one.shows.startswith("form:"):
            where = before_button(html, page, one.shows.removeprefix("form:"))
        elif one.shows not in html:
            continue
        if not where:
            continue
        if not _says(where, page, one):
            told = Text(f"{page}: Bei {one.shows} fehlt: {one.text.says('de')}",
                        f"{page}: missing beside {one.shows}: {one.text.says('en')}")  # fmt: skip
            yield _finding("hint-missing", told, page)
        if one.link and not any(
            urlsplit(link.href).path == one.link or link.href == one.link for link in parts.links
        ):
            told = Text(f"{page}: Bei {one.shows} fehlt der Weg {one.link}.",
                        f"{page}: the way {one.link} is missing beside {one.shows}.")  # fmt: skip
            yield _finding("hint-missing", told, page)


def _says(where: str, page: str, one: Beside) -> bool:
    said = " ".join(parts_of(where, page).text.split())
    return any(text and text in said for text in (one.text.de, one.text.en))


def _imprint(declaration: Declaration, page: str, parts: Parts, fetcher: Fetcher) -> Iterator[Finding]:
    """The imprint answers with telephone, e-mail and address, and its controller is the declared one."""
    linked = next(
        (link.href for link in parts.links if re.search(r"impressum|imprint", link.href, re.IGNORECASE)), None
    )
    answer = fetcher.get(linked) if linked else None
    if answer is None or answer.status != 200:
        said = Text(f"{page}: Das Impressum ist nicht erreichbar.", f"{page}: the imprint cannot be reached.")
        yield _finding("imprint", said, page, "ddg:5(1)")
        return
    text, controller = parts_of(answer.text, answer.url).text, declaration.controller
    digits = re.sub(r"\D", "", text)
    phone = re.sub(r"\D", "", (controller.phone or "").removeprefix("+49"))
    if "@" not in text or (phone and phone not in digits):
        said = Text(
            f"{page}: Im Impressum fehlen Telefon oder E-Mail.",
            f"{page}: the imprint lacks telephone or e-mail.",
        )
        yield _finding("imprint", said, page, "ddg:5(1)")
    address = controller.address
    wanted = [controller.name, *([address.street, address.postcode, address.city] if address else [])]
    for part in wanted:
        if part not in text:
            said = Text(
                f"{page}: Das Impressum nennt nicht „{part}“.", f"{page}: the imprint does not name “{part}”."
            )
            yield _finding("controller-differs", said, page, "gdpr:13(1)(a)")


def _forms(declaration: Declaration, page: str, parts: Parts) -> Iterator[Finding]:
    declared = {path for one in declaration.activities.values() for path in one.forms}
    if not declared:
        return
    for action in parts.forms:
        path = urlsplit(action).path or "/"
        if path not in _OURS and not any(fnmatchcase(path, one) for one in declared):
            said = Text(f"Das Formular {path} auf {page} steht in keinem Abschnitt.",
                        f"The form {path} on {page} stands in no section.")  # fmt: skip
            yield _finding("undeclared-form", said, page)


def _embeds(declaration: Declaration, page: str, parts: Parts) -> Iterator[Finding]:
    services, path = declaration.browser.services, urlsplit(page).path or "/"
    for source, element in dict.fromkeys(parts.embeds):
        id = source if source in services else next(
            (name for name, one in services.items() if any(source == host or (host.startswith("*.") and source.endswith(host[1:]))
                                                           for host in one.hosts)), None)  # fmt: skip
        if id is None:
            if not _declared(declaration, source):
                said = Text(f"{page} lädt {source} ({element}), das nicht erklärt ist.",
                            f"{page} loads {source} ({element}), which is not declared.")  # fmt: skip
                yield _finding("undeclared-host", said, page, "tdddg:25(1)")
        elif services[id].pages and page not in services[id].pages and path not in services[id].pages:
            called = declaration.recipients[services[id].recipient].name
            said = Text(f"{page} bindet {id} ({called}) ein, ist dafür aber nicht verzeichnet.",
                        f"{page} embeds {id} ({called}) but is not registered for it.")  # fmt: skip
            yield _finding("unregistered-page", said, page)


def _outward(declaration: Declaration, page: str, link: PageLink) -> Iterator[Finding]:
    """A link to somebody else's site is marked as such and tells nothing of the visitor; an own one is not marked."""
    parts = urlsplit(link.href)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return
    own = _declared(declaration, parts.hostname) or parts.netloc == urlsplit(page).netloc
    if own and "external" in link.marks:
        said = Text(f"{link.href} ist als fremd gekennzeichnet.", f"{link.href} is marked as external.")
        yield _finding("internal-marked", said, page, "gdpr:5(1)(a)")
    if own:
        return
    if "external" not in link.marks:
        said = Text(
            f"{link.href} ist nicht als fremd gekennzeichnet.", f"{link.href} is not marked as external."
        )
        yield _finding("external-unmarked", said, page, "gdpr:5(1)(a)")
    if told := sorted(name for name in parse_qs(parts.query) if _IDS.search(name)):
        said = Text(
            f"{link.href} gibt weiter: {', '.join(told)}.", f"{link.href} passes on: {', '.join(told)}."
        )
        yield _finding("external-tells", said, page, "gdpr:5(1)(c)")
