"""One request's visitor and page: what may run, and what the page gets. The same for every kind of middleware.

A middleware asks `Treatment` three times: who visits, which headers may leave, and what the page becomes.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from secrets import token_urlsafe

from zusage_client.consent import (
    BrowserPolicy,
    Published,
    Visitor,
    content_security_policy,
    filter_response,
    inject,
    visitor,
)
from zusage_client.consent.choice import sent_cookies

log = logging.getLogger("zusage_client")

#: ends the name of the cookie in which the banner's script notes a service asked for this one time
ONCE = "-once"
#: where a page wants the link to the settings; without it the link stands before `</body>`
FOOTER_MARK = b"<!--zusage:footer-->"
_LANGUAGE = re.compile(rb"<html[^>]*\slang\s*=\s*[\"']?([A-Za-z]{2})", re.IGNORECASE)
_EMBED = re.compile(rb"class=\"[^\"]*\bzs-e\b")
#: headers that are no longer true once a page was changed for this visitor
_STALE = frozenset({"content-length", "etag", "last-modified", "content-md5", "digest"})
_NOTHING = BrowserPolicy()
#: what the filter did → why, as the service counts what slipped through
SLIPS = {"undeclared": "undeclared", "no-consent": "without consent", "shortened": "longer than declared"}

Header = tuple[str, str]
#: hears of each cookie that was held back or changed: (name, reason)
Hears = Callable[[str, str], None]


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Visit:
    """The visitor of one request. `published` is None while the service was never reached: then nothing is allowed.

    `cookie` is a `Set-Cookie` value with the choice, where the browser's own says more than what is on record.
    """

    published: Published | None
    visitor: Visitor
    nonce: str = ""
    once: str = ""
    cookie: str = ""

    def allows(self, id: str) -> bool:
        """Whether a purpose or service may run for this visitor now."""
        return self.published is not None and self.visitor.allows(self.published.policy, id)

    @property
    def browser(self) -> str | None:
        """The pseudonym under which this visitor's consents stand; None without a consent."""
        return (self.visitor.choice.browser or None) if self.visitor.choice else None

    def footer(self, language: str = "") -> str:
        """The way back to the settings, as markup, for pages that set it themselves."""
        if self.published is None:
            return ""
        return self.published.footer_for(self.visitor, self.published.language(language))

    def embed(
        self,
        service: str,
        source: str,
        title: str,
        *,
        language: str = "",
        preview: str = "",
        direct: str = "",
        content: str = "",
    ) -> str:
        """A two-click embed as markup (see `Published.embed`); only a link while the service was never reached."""
        if self.published is None:
            return (
                f'<a href="{escape(direct)}" rel="noreferrer">{escape(title)}</a>'
                if direct
                else escape(title)
            )
        return self.published.embed(
            language, service, source, title, preview=preview, direct=direct, content=content
        )


@dataclass(frozen=True, slots=True)
class Treatment:
    """How responses are treated.

    `necessary` are cookies that may leave while the policy was never loaded; with `report_only` undeclared cookies leave and
    are only reported to `hears`; `csp=False` leaves the content security policy to the application; `any_port` admits declared
    hosts on every port (demonstrations); `now` is asked for the time (aware).
    """

    necessary: Sequence[str] = ()
    report_only: bool = False
    csp: bool = True
    any_port: bool = False
    now: Callable[[], datetime] = _now
    hears: Hears | None = None

    def __post_init__(self) -> None:
        if self.now().tzinfo is None:
            raise ValueError("`now` gives aware instants")

    def visit(self, published: Published | None, headers: Mapping[str, str]) -> Visit:
        """Who asks. `headers` are the request's."""
        policy = published.policy if published else _NOTHING
        cookies = sent_cookies(_of(headers, "cookie"))
        nonce = token_urlsafe(16) if self.csp else ""
        once = cookies.get(f"{policy.cookie}{ONCE}", "").partition(".")[0]
        return Visit(published, visitor(headers, policy), nonce, once)

    def headers(
        self,
        visit: Visit,
        headers: Iterable[Header],
        sent: Mapping[str, str],
        slipped: Callable[[str, str, str], None] | None = None,
    ) -> list[Header]:
        """The response's headers as they may leave; `sent` are the request's; `slipped` hears of what did not leave so."""
        given = list(headers)
        cookies = [value for name, value in given if name.lower() == "set-cookie"]
        left = [(name, value) for name, value in given if name.lower() != "set-cookie"]
        if visit.published is None:
            passed = [value for value in cookies if value.partition("=")[0].strip() in self.necessary]
            acts = [
                (value.partition("=")[0].strip(), "no-policy") for value in cookies if value not in passed
            ]
        else:
            filtered = filter_response(
                cookies, visit.published.policy, visit.visitor, self.now(),
                cookie_header=_of(sent, "cookie"), report_only=self.report_only,
            )  # fmt: skip
            passed, acts = list(filtered.set_cookie), list(filtered.acts)
        for name, reason in acts:
            self._tell(name, reason)
            if slipped is not None and reason in SLIPS:
                slipped("cookie", name, SLIPS[reason])
        passed += [visit.cookie] if visit.cookie else []
        return left + [("set-cookie", value) for value in passed]

    def _tell(self, name: str, reason: str) -> None:
        log.info("cookie %r: %s", name[:80], reason)
        if self.hears is not None:
            self.hears(name, reason)

    def page_headers(self, visit: Visit, headers: Iterable[Header]) -> list[Header]:
        """The headers of a page that `page` changes: never shared between visitors, and under our policy."""
        left = [(name, value) for name, value in headers if name.lower() not in _STALE]
        names = {name.lower() for name, _ in left}
        if "cache-control" not in names:
            left.append(("cache-control", "private, no-cache"))
        left.append(("vary", "Cookie, Sec-GPC, DNT"))
        if self.csp:
            policy = visit.published.policy if visit.published else _NOTHING
            value = content_security_policy(
                policy, visit.visitor, visit.nonce, once=visit.once, any_port=self.any_port
            )
            left.append(("content-security-policy", value))
        return left

    def page(self, visit: Visit, body: bytes) -> bytes:
        """The page with the banner, where it is due, and the way back to the settings."""
        if visit.published is None:
            return body.replace(FOOTER_MARK, b"")
        found = _LANGUAGE.search(body)
        published = visit.published
        language = published.language(found[1].decode().lower() if found else "")
        footer = published.footer_for(visit.visitor, language)
        if FOOTER_MARK in body:
            body, footer = body.replace(FOOTER_MARK, footer.encode()), ""
        elif b'data-zs="settings"' in body:
            footer = ""
        return inject(
            body,
            head=published.head_for(visit.visitor, visit.nonce, embeds=bool(_EMBED.search(body))),
            first=published.first_for(visit.visitor, language),
            footer=f"<p>{footer}</p>" if footer else "",
        )


def is_page(headers: Iterable[Header]) -> bool:
    """Whether a response is an HTML page that can be read here (not compressed already)."""
    found = {name.lower(): value for name, value in headers}
    html = found.get("content-type", "").partition(";")[0].strip().lower() == "text/html"
    return html and found.get("content-encoding", "identity") == "identity"


def _of(headers: Mapping[str, str], name: str) -> str:
    return next((value for key, value in headers.items() if key.lower() == name), "")
