"""A visitor of one state: opens pages in tabs, chooses, waits, and looks."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from zusage.errors import ZusageError
from zusage.keepers.consent.scan.choosing import choose, find_way_back, look_at_banner, withdraw
from zusage.keepers.consent.scan.observed import BannerLook, Observation, State
from zusage.keepers.consent.scan.recording import Recorder

#: Milliseconds: a page's own time to set what it sets late; and how long a button or a page may take.
SETTLE = 6000
PATIENCE = 15_000
#: milliseconds until a banner that a script builds stands
_BANNER = 500
#: milliseconds that a site has to obey a withdrawal before its next page is opened
_WITHDRAWING = 1000
#: pages that one visitor watches at the same time
TABS = 4
_SCROLLS = 6
#: pixels
_STEP = 1200


#: objects of a player that no browser has any more, but whose storage outlived every clearing of cookies
_FLASH = """() => [...document.querySelectorAll('object, embed')]
  .filter(one => /x-shockwave-flash/.test(one.type) || /\\.swf(\\?|#|$)/i.test(one.data || one.src))
  .map(one => (one.data || one.src || 'object').split('?')[0].replace(/(\\.swf)?$/i, '.swf'))"""


class SiteUnreachable(ZusageError):
    """The start page could not be opened."""

    exit_code = 3

    def __init__(self, url: str) -> None:
        super().__init__(f"{url} cannot be opened", hint="is the address right, and does the site answer?")


@dataclass(frozen=True, slots=True)
class Wish:
    """How to look: from which instant lifetimes are counted, how long, and where pictures go."""

    now: datetime
    settle: int
    folder: Path | None
    language: str


class Visitor:
    """One state's browser context with its tabs and notes."""

    def __init__(self, browser: Any, state: State, wish: Wish) -> None:
        kept = (
            {"record_har_path": wish.folder / f"{state}.har", "record_har_content": "omit"}
            if wish.folder
            else {}
        )
        self.context = browser.new_context(
            locale=wish.language, viewport={"width": 1280, "height": 800}, **kept
        )
        self.context.set_default_timeout(PATIENCE)
        self.recorder = Recorder(self.context, wish.now)
        self.wish = wish
        self.tabs: list[Any] = []
        self.begin(state)

    def begin(self, state: State) -> None:
        """A new chapter in the same browser."""
        self.state: State = state
        self.pages: list[str] = []
        self.embeds: set[str] = set()
        self.banner: BannerLook | None = None
        self.footer = False
        self.missed = ""
        self.seconds = 0.0
        self.screenshots: list[str] = []

    def tab(self, number: int) -> Any:
        """The tab with this number, opened and listened to when it is first asked for."""
        while len(self.tabs) <= number:
            page = self.context.new_page()
            self.recorder.watch(page)
            self.tabs.append(page)
        return self.tabs[number]

    def open(self, number: int, address: str) -> None:
        """Opens a page in a tab and does not wait for all of it. Raises `SiteUnreachable` for the very first one."""
        from playwright.sync_api import Error

        try:
            self.tab(number).goto(address, wait_until="commit")
        except Error as error:
            if not self.pages:
                raise SiteUnreachable(address) from error
        self.pages.append(address)

    def arrive(self, number: int) -> None:
        """Waits until the page in a tab is there; one that never ends loading is looked at as it is."""
        from playwright.sync_api import Error

        with contextlib.suppress(Error):
            self.tabs[number].wait_for_load_state("load")

    def choose(self) -> None:
        """Looks at the banner of the first page, and chooses as this visitor does; who withdrew has chosen."""
        page = self.tabs[0]
        self.banner = look_at_banner(page)
        if self.state in ("accept", "reject") and not choose(page, self.state, patience=PATIENCE):
            self.missed = f"no-{self.state}"

    def look(self, count: int) -> None:
        """Notes what the first `count` tabs hold now."""
        for number, page in enumerate(self.tabs[:count]):
            self.recorder.look(page)
            self.footer = self.footer or find_way_back(page) is not None
            self.embeds |= {
                frame.url.split("?")[0] for frame in page.frames[1:] if frame.url.startswith("http")
            }
            self.embeds |= set(page.evaluate(_FLASH))
            if self.wish.folder is not None:
                name = f"{self.state}-{len(self.pages) - count + number + 1}.png"
                page.screenshot(path=self.wish.folder / name)
                self.screenshots.append(name)

    def observation(self) -> Observation:
        """Everything noted so far, as data."""
        recorder = self.recorder
        return Observation(
            self.state, tuple(self.pages), recorder.stored(), recorder.requests(), recorder.calls(),
            tuple(sorted(self.embeds)), self.banner, self.footer, self.missed, round(self.seconds, 2),
            tuple(self.screenshots),
        )  # fmt: skip


def visit_together(addresses: Sequence[str], visitors: Sequence[Visitor]) -> None:
    """Opens some pages for all visitors, so that their waiting and their quiet time are spent once.

    Who is new chooses on the first page before opening any other. Raises `SiteUnreachable`.
    """
    started, opened = time.monotonic(), 0
    new = not visitors[0].pages
    chooses = any(visitor.state in ("accept", "reject") for visitor in visitors)
    if new and chooses:
        _open(addresses[:1], visitors, 0)
        visitors[0].tabs[0].wait_for_timeout(_BANNER)
        for visitor in visitors:
            visitor.choose()
        opened = 1
    _open(addresses[opened:], visitors, opened)
    _settle(
        [page for visitor in visitors for page in visitor.tabs[: len(addresses)]], visitors[0].wish.settle
    )
    for visitor in visitors:
        if new and not chooses:
            visitor.choose()
        visitor.look(len(addresses))
    for visitor in visitors:
        visitor.seconds += (time.monotonic() - started) / len(visitors)


def _open(addresses: Sequence[str], visitors: Sequence[Visitor], first: int) -> None:
    """Opens pages in tabs from the `first` on: all begin to load before any is waited for."""
    for number, address in enumerate(addresses, first):
        for visitor in visitors:
            visitor.open(number, address)
    for number in range(first, first + len(addresses)):
        for visitor in visitors:
            visitor.arrive(number)


def _settle(pages: Sequence[Any], milliseconds: int) -> None:
    """Scrolls through the pages and waits: what comes late or on scrolling is part of the visit."""
    started = time.monotonic()
    for step in range(1, _SCROLLS + 1):
        for page in pages:
            _scroll(page, wheel=step == 1)
        # many pages take their time to scroll: that is watched, too
        watched = (time.monotonic() - started) * 1000
        pages[0].wait_for_timeout(max(0, milliseconds * step / _SCROLLS - watched))


def _scroll(page: Any, *, wheel: bool) -> None:
    """Scrolls a page further: by the wheel, as a visitor does – or by script, as a turn of the wheel is only over once the
    browser has drawn, which it does once a second where a tab lies behind others."""
    from playwright.sync_api import Error

    if wheel:
        page.mouse.wheel(0, _STEP)
        return
    with contextlib.suppress(Error):  # a page that goes on to another while it is asked
        page.evaluate("step => scrollBy({top: step, behavior: 'instant'})", _STEP)


def withdrawn(agreed: Visitor, addresses: Sequence[str]) -> Observation:
    """The visitor who agreed goes the way back, refuses, and visits everything again."""
    started = time.monotonic()
    for page in agreed.tabs[1:]:
        page.goto("about:blank")
    page = agreed.tabs[0]
    page.goto(addresses[0], wait_until="load")
    could = withdraw(page, patience=PATIENCE)
    if could:
        page.wait_for_timeout(_WITHDRAWING)
    # what runs while the page is still open ends with it; from the next page on nothing may be left
    page.goto("about:blank")
    agreed.recorder.forget()
    agreed.begin("withdraw")
    for first in range(0, len(addresses), TABS):
        visit_together(addresses[first : first + TABS], [agreed])
    agreed.missed = "" if could else "no-withdraw"
    agreed.seconds = time.monotonic() - started
    return agreed.observation()
