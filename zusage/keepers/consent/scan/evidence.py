"""Reads what the EDPS Website Evidence Collector wrote (`inspection.json`), as an observation like our own."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from zusage.errors import ZusageError
from zusage.keepers.consent.scan.observed import Observation, Request, State, Stored


class EvidenceUnreadable(ZusageError):
    """The file is no inspection of the Website Evidence Collector."""


def read_wec(path: Path, state: State = "before") -> Observation:
    """One inspection. The collector visits without choosing, or after what its user clicked: `state` says which.

    Raises `EvidenceUnreadable` naming the file and what is missing.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise EvidenceUnreadable(
            f"{path}: cannot be read as JSON", hint="give the collector's inspection.json"
        ) from None
    if not isinstance(found, dict) or "uri_ins" not in found or "cookies" not in found:
        raise EvidenceUnreadable(
            f"{path}: 'uri_ins' and 'cookies' are missing", hint="give the collector's inspection.json"
        )
    start = _instant(found.get("start_time"))
    page = str(found["uri_ins"])
    pages = tuple(dict.fromkeys([page, *map(str, found.get("browsing_history", ()))]))
    requests = {request.url: request for request in _requests(found, page)}
    return Observation(
        state, pages, tuple(_stored(found, start)), tuple(sorted(requests.values())), seconds=_seconds(found)
    )


def _instant(text: Any) -> datetime:
    try:
        made = datetime.fromisoformat(str(text))
    except ValueError:
        return datetime(1970, 1, 1, tzinfo=UTC)
    return made if made.tzinfo else made.replace(tzinfo=UTC)


def _seconds(found: Mapping[str, Any]) -> float:
    return (_instant(found.get("end_time")) - _instant(found.get("start_time"))).total_seconds()


def _stored(found: Mapping[str, Any], start: datetime) -> Iterator[Stored]:
    for cookie in found["cookies"]:
        days = cookie.get("expiresDays")
        end = (
            None
            if cookie.get("session") or not isinstance(days, int | float)
            else start + timedelta(days=days)
        )
        log = cookie.get("log") or {}
        stack = log.get("stack") or [{}]
        yield Stored(
            "cookie", str(cookie["name"]), str(cookie.get("domain", "")).lstrip("."), end, start, True,
            bool(cookie.get("httpOnly")), bool(cookie.get("secure")), str(cookie.get("sameSite", "")),
            str(stack[0].get("fileName", "")) if isinstance(stack[0], Mapping) else "",
        )  # fmt: skip
    for origin, items in (found.get("localStorage") or {}).items():
        for name in items:
            yield Stored("local-storage", str(name), urlsplit(origin).hostname or "", None, start)


def _requests(found: Mapping[str, Any], page: str) -> Iterator[Request]:
    for beacon in found.get("beacons", ()):
        yield _request(str(beacon["url"]), "beacon", page)
    requests = (found.get("hosts") or {}).get("requests") or {}
    for host in (*requests.get("thirdParty", ()), *requests.get("firstParty", ())):
        yield _request(f"https://{host}/", "other", page)


def _request(url: str, kind: str, page: str) -> Request:
    parts = urlsplit(url)
    return Request(parts.hostname or "", f"{parts.scheme}://{parts.netloc}{parts.path}", kind, page)
