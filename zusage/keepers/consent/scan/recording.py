"""Writes down what a browser context does: requests with their initiators, cookies tried and kept, storage, calls."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from zusage.keepers.consent.scan.observed import Call, Request, Stored
from zusage_client.consent.filtering import lifetime_end

_READ_STORAGE = """async () => {
  // what a script has just written is known to the whole browser once the page was asked for it
  try { document.cookie; } catch { /* a document without cookies */ }
  const list = async read => { try { return await read(); } catch { return []; } };
  return {
    origin: location.origin,
    'local-storage': await list(() => Object.keys(localStorage)),
    'session-storage': await list(() => Object.keys(sessionStorage)),
    'indexed-db': await list(async () => (await indexedDB.databases()).map(d => d.name)),
    cache: await list(() => caches.keys()),
  };
}"""
_STORAGES = ("local-storage", "session-storage", "indexed-db", "cache")
#: WebGL's UNMASKED_VENDOR and UNMASKED_RENDERER
_HARDWARE = {"37445", "37446"}
#: how many measured words or read plugin lists are more than a page needs
_FONTS, _PLUGINS = 40, 3


class Recorder:
    """Everything of one browser context (one visitor in one state). `now` is the instant that lifetimes are counted from."""

    def __init__(self, context: Any, now: datetime) -> None:
        self._context = context
        self._now = now
        self._requests: dict[tuple[str, str], Request] = {}
        self._attempts: dict[tuple[str, str, str], Stored] = {}
        self._found: dict[tuple[str, str, str], Stored] = {}
        self._writers: dict[tuple[str, str], str] = {}
        self._calls: set[Call] = set()
        self._many: Counter[tuple[str, str, str]] = Counter()
        self._urls: dict[str, str] = {}
        self._headers: list[tuple[str, str]] = []
        name = "__zusage_report__"
        context.expose_binding(name, self._note)
        context.add_init_script(files(__package__).joinpath("probe.js").read_text(encoding="utf-8"))

    def watch(self, page: Any) -> None:
        """Listens to a page and all its frames from now on."""
        session = self._context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.requestWillBeSent", lambda event: self._request(event, page))
        session.on("Network.webSocketCreated", lambda event: self._socket(event, page))
        session.on("Network.responseReceivedExtraInfo", self._response)

    def _request(self, event: dict[str, Any], page: Any) -> None:
        url = event["request"]["url"]
        self._urls[event["requestId"]] = url
        if urlsplit(url).scheme in ("http", "https"):
            kind = str(event.get("type", "other")).lower()
            self._add(url, "beacon" if kind == "ping" else kind, page, event.get("initiator"))

    def _socket(self, event: dict[str, Any], page: Any) -> None:
        self._add(event["url"], "websocket", page, event.get("initiator"))

    def _add(self, url: str, kind: str, page: Any, initiator: Any) -> None:
        parts = urlsplit(url)
        bare = f"{parts.scheme}://{parts.netloc}{parts.path}"
        made = Request(parts.hostname or "", bare, kind, _bare(page.url), _initiator(initiator))
        self._requests.setdefault((bare, kind), made)

    def _response(self, event: dict[str, Any]) -> None:
        header = next((said for name, said in event["headers"].items() if name.lower() == "set-cookie"), "")
        # this event may come before the one that tells the request's address
        self._headers += [(event["requestId"], line) for line in header.split("\n") if line]

    def _resolve(self) -> None:
        for request, line in self._headers:
            url = self._urls.get(request, "")
            pair, *attributes = line.split(";")
            name = pair.partition("=")[0].strip()
            said = {
                key.strip().lower(): value.strip()
                for key, _, value in (part.partition("=") for part in attributes)
            }
            host = said.get("domain", "").lstrip(".") or urlsplit(url).hostname or ""
            made = Stored(
                "cookie", name, host, self._end(said), self._now, False, "httponly" in said, "secure" in said,
                said.get("samesite", ""), _bare(url),
            )  # fmt: skip
            self._attempts.setdefault(("cookie", name, host), made)
        self._headers.clear()

    def _end(self, said: dict[str, str]) -> datetime | None:
        return lifetime_end(";".join(f"{key}={value}" for key, value in said.items()), self._now)

    def _note(self, source: Any, text: str) -> None:
        try:
            said = json.loads(text)
            what, name, by, page = (str(said[key]) for key in ("what", "name", "by", "page"))
        except (ValueError, KeyError, TypeError):
            return  # a page may call the binding with anything
        if what == "call":
            self._calls.add(Call(name, by, page))
        elif what == "hardware" and name in _HARDWARE:
            self._calls.add(Call("graphics-hardware", by, page))
        elif what in ("fonts", "plugins"):
            self._many[what, by, page] += 1
        else:
            self._writers.setdefault((what, name), by)

    def look(self, page: Any) -> None:
        """Reads cookies and the storages of every frame now."""
        for frame in page.frames:
            self._storages(frame)
        self._resolve()
        # the browser's clock dates its cookies; what counts is how long they stay from `now` on
        browser_now = page.evaluate("Date.now()") / 1000
        for cookie in self._context.cookies():
            name, host, end = cookie["name"], cookie["domain"].lstrip("."), cookie["expires"]
            attempt = self._attempts.get(("cookie", name, host))
            ends = self._now + timedelta(seconds=end - browser_now) if end and end > 0 else None
            by = attempt.by if attempt else self._writers.get(("cookie", name), "")
            self._found["cookie", name, host] = Stored(
                "cookie", name, host, ends, self._now, True, cookie["httpOnly"], cookie["secure"],
                cookie.get("sameSite", ""), by,
            )  # fmt: skip

    def _storages(self, frame: Any) -> None:
        from playwright.sync_api import Error

        try:
            read = frame.evaluate(_READ_STORAGE)
        except Error:
            return  # the frame went away, or shows no document of the web
        host = urlsplit(read["origin"]).hostname or ""
        for kind in _STORAGES:
            what = "storage" if kind.endswith("storage") else kind
            for name in read[kind]:
                by = self._writers.get((what, name), "")
                self._found[kind, name, host] = Stored(kind, name, host, None, self._now, by=by)

    def forget(self) -> None:
        """Starts a new chapter: what was seen so far no longer counts (after a withdrawal)."""
        self._requests.clear()
        self._headers.clear()
        self._attempts.clear()
        self._found.clear()
        self._calls.clear()
        self._many.clear()

    def stored(self) -> tuple[Stored, ...]:
        """What was kept, and what was only tried."""
        self._resolve()
        tried = {
            key: item for key, item in self._attempts.items() if key not in self._found and not _removes(item)
        }
        return tuple(
            sorted((tried | self._found).values(), key=lambda item: (item.kind, item.name, item.host))
        )

    def requests(self) -> tuple[Request, ...]:
        """Every request that left, once."""
        return tuple(sorted(self._requests.values()))

    def calls(self) -> tuple[Call, ...]:
        """Calls that can recognise a device; measuring fonts counts from a number no page needs."""
        limits = {"fonts": _FONTS, "plugins": _PLUGINS}
        many = {
            Call(what, by, page) for (what, by, page), count in self._many.items() if count >= limits[what]
        }
        return tuple(sorted(self._calls | many))


def _removes(item: Stored) -> bool:
    return item.ends is not None and item.seen is not None and item.ends <= item.seen


def _bare(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path}" if parts.netloc else ""


def _initiator(initiator: Any) -> str:
    if not isinstance(initiator, dict):
        return ""
    stack = initiator.get("stack")
    while stack:
        for call in stack.get("callFrames", ()):
            if call.get("url", "").startswith("http"):
                return _bare(call["url"])
        stack = stack.get("parent")
    return _bare(initiator.get("url", ""))
