"""What leaves the server for a visitor: cookies by declaration and choice, and the banner set into pages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from zusage_client.consent.choice import Visitor, sent_cookies
from zusage_client.consent.lifetimes import ends
from zusage_client.consent.policy import BrowserPolicy, DeclaredItem

_BODY = re.compile(rb"<body(?=[\s>])[^>]*>", re.IGNORECASE)
_HEAD_END = re.compile(rb"</head\s*>", re.IGNORECASE)
_BODY_END = re.compile(rb"</body\s*>", re.IGNORECASE)
#: browsers cut at 400 days anyway; a hundred years keep the arithmetic in range
_LONGEST = 100 * 366 * 86_400
#: RFC 6265 octets (in quotes also comma, blank and escapes) without angle brackets: a value is a token, never markup
_PLAIN_VALUE = re.compile(r'[!#-+\--:=?-\[\]-~]*|"[ !#-:=?-~]*"')
_MAXIMUM = 4096


@dataclass(frozen=True, slots=True)
class Filtered:
    """The `Set-Cookie` values that may leave, and what was held back or changed: (cookie name, reason).

    Reasons: `undeclared`, `no-consent`, `malformed`, `shortened` (left, with the declared lifetime), `expired`
    (a cookie of a purpose without consent that the browser still has; it is told to drop it).
    """

    set_cookie: tuple[str, ...]
    acts: tuple[tuple[str, str], ...]


def filter_response(
    set_cookie: Iterable[str],
    policy: BrowserPolicy,
    visitor: Visitor,
    now: datetime,
    *,
    cookie_header: str = "",
    report_only: bool = False,
) -> Filtered:
    """Decides on each `Set-Cookie` value of a response, and expires what the browser should no longer have.

    With `report_only`, undeclared cookies leave and are only reported; those without consent never leave. `now` is
    aware; declared lifetimes are counted from it.
    """
    kept: list[str] = []
    acts: list[tuple[str, str]] = []
    for value in set_cookie:
        name, passed, reason = _decide(value, policy, visitor, now, report_only)
        if passed is not None:
            kept.append(passed)
        if reason:
            acts.append((name, reason))
    fresh = {value.partition("=")[0].strip() for value in kept}
    for name in sent_cookies(cookie_header):
        item = policy.cookie_named(name)
        if item and item.purpose and name not in fresh and not visitor.allows(policy, item.purpose):
            kept += _expiring(name, item)
            acts.append((name, "expired"))
    return Filtered(tuple(kept), tuple(acts))


def _decide(
    value: str, policy: BrowserPolicy, visitor: Visitor, now: datetime, report_only: bool
) -> tuple[str, str | None, str]:
    pair, _, attributes = value.partition(";")
    name, equals, content = (part.strip() for part in pair.partition("="))
    if not equals or not name or len(value) > _MAXIMUM or not _PLAIN_VALUE.fullmatch(content):
        return name, None, "malformed"
    if name == policy.cookie:
        return name, value, ""
    item = policy.cookie_named(name)
    if item is None:
        return name, value if report_only or _removes(attributes, now) else None, "undeclared"
    if _removes(attributes, now):
        return name, value, ""
    if item.purpose and not visitor.allows(policy, item.purpose):
        return name, None, "no-consent"
    shortened = _shortened(pair, attributes, item, now)
    return name, shortened or value, "shortened" if shortened else ""


def _removes(attributes: str, now: datetime) -> bool:
    end = lifetime_end(attributes, now)
    return end is not None and end <= now


def lifetime_end(attributes: str, now: datetime) -> datetime | None:
    """When a cookie with these attributes ends; `Max-Age` goes before `Expires`; None for a session cookie."""
    found: dict[str, str] = {}
    for part in attributes.split(";"):
        key, _, said = part.strip().partition("=")
        found[key.lower()] = said.strip()
    if re.fullmatch(r"-?\d{1,12}", found.get("max-age", "")):
        seconds = int(found["max-age"])
        return now if seconds <= 0 else now + timedelta(seconds=min(seconds, _LONGEST))
    try:
        end = parsedate_to_datetime(found["expires"].replace("-", " "))
    except (KeyError, ValueError, IndexError):
        return None
    return end if end.tzinfo else end.replace(tzinfo=now.tzinfo)


def _shortened(pair: str, attributes: str, item: DeclaredItem, now: datetime) -> str | None:
    """The cookie with its declared lifetime, where it wanted to stay longer."""
    end = lifetime_end(attributes, now)
    limit = ends(item.keep, now)
    if end is None or item.keep == "until-cleared" or (limit is not None and end <= limit):
        return None
    others = [part for part in attributes.split(";") if part.strip() and not _dates(part)]
    life = [] if limit is None else [f" Max-Age={int((limit - now).total_seconds())}"]
    return ";".join([pair, *others, *life])


def _dates(part: str) -> bool:
    return part.strip().lower().startswith(("max-age=", "expires="))


def _expiring(name: str, item: DeclaredItem) -> list[str]:
    """`Set-Cookie` values that remove a cookie: host-only and for each declared domain."""
    gone = f"{name}=; Path=/; Max-Age=0"
    return [gone, *(f"{gone}; Domain={domain.lstrip('.*')}" for domain in item.domains)]


def inject(page: bytes, *, head: str = "", first: str = "", footer: str = "") -> bytes:
    """Sets the banner into an HTML page: `head` before `</head>`, `first` right after `<body>`, `footer` before `</body>`.

    A page without these tags gets nothing set in that place: what is no page stays as it is.
    """
    for pattern, text, after in ((_HEAD_END, head, False), (_BODY, first, True), (_BODY_END, footer, False)):
        found = pattern.search(page) if text else None
        if found:
            place = found.end() if after else found.start()
            page = page[:place] + text.encode() + page[place:]
    return page
