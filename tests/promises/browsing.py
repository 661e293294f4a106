"""A deployment as a visitor meets it: the Zusage service, the host application behind its middleware, stand-ins for other
people's services, and a real Chromium – on this machine, under the names of the declaration, encrypted.

A `Scene` is one such world; each `Visitor` is a browser profile of its own. Clocks: `scene.at("2022-07-01T10:00")` sets the
clock of service and application; cookies live by the browser's own clock, so `visitor.later(days=1)` does to them what the
browser would have done by then: drops those whose `Expires` is past, and brings the others nearer to their end.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
from playwright.sync_api import Browser, BrowserContext, Error, Page, Request

from tests.promises.left_behind import Asked, Cookie
from tests.promises.scenario import Answer, Scenario, at
from tests.promises.staging import register_application, running_chromium, served
from tests.support.browser import stored_cookies
from zusage import clock
from zusage.clock import VARIABLE
from zusage.declaration.loading import load
from zusage.deployments.office import credentials
from zusage.deployments.standins import Edge, Hit, StandIns, self_signed, standing_in
from zusage.deployments.standins.behaving import stand_ins as stand_ins_of
from zusage.server.app import create_app as create_service
from zusage.workspace import open_workspace
from zusage_client import Zusage

#: a page is quiet when nothing was under way for so long (milliseconds)
_QUIET = 250
_PATIENCE = 15_000
#: seconds after which a request is no longer waited for
_LOST = 2.0
#: device → user agent, width, height, touch
DEVICES = {
    "desktop": ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36", 1280, 800, False),
    "phone": ("Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/156.0 Mobile Safari/537.36", 390, 844, True),
    "tablet": ("Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1", 820, 1180, True),
    "tv": ("Mozilla/5.0 (SMART-TV; Linux; Tizen 8.0) AppleWebKit/537.36 Version/8.0 TV Safari/537.36", 1920, 1080, False),
}  # fmt: skip
MakeApp = Callable[[Path, Zusage], Any]


@dataclass
class Scene:
    """A running deployment. `hosts` are the controller's own names, the first one the default of a visit."""

    scenario: Scenario
    hosts: tuple[str, ...]
    stand_ins: StandIns
    edge: Edge
    browser: Browser
    port: int
    service: str
    zusage: Zusage
    resolved: dict[str, str]
    #: writes down what the service has only counted, as it does by itself every now and then
    flush: Callable[[], None]
    #: starts service and application anew, with the declaration as it lies there now
    restart: Callable[[], None]
    visitors: list[Visitor] = field(default_factory=list)

    def at(self, said: str) -> None:
        """Sets the clock of service, application and stand-ins."""
        os.environ[VARIABLE] = at(said).isoformat()

    def visitor(self, device: str = "desktop", **options: Any) -> Visitor:
        """A new visitor with an empty browser; `options` are Playwright's of a context."""
        agent, width, height, touch = DEVICES[device]
        context = self.browser.new_context(
            locale="de-DE", timezone_id="Europe/Berlin", user_agent=agent,
            viewport={"width": width, "height": height}, has_touch=touch, **options,
        )  # fmt: skip
        context.set_default_timeout(_PATIENCE)
        made = Visitor(self, context)
        self.visitors.append(made)
        return made

    def url(self, path: str = "/", host: str = "") -> str:
        """An address of the site."""
        return f"https://{host or self.hosts[0]}{path}"

    def redeclare(self, old: str, new: str) -> None:
        """Another version of the declaration, in force from now on; browsers stay as they are."""
        path = self.scenario.folder / "declaration.yaml"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        self.restart()

    def staff(self, role: str) -> httpx2.Client:
        """One of the controller's own people, signed on."""
        headers = {"authorization": credentials(self.scenario.folder, role), "host": self.hosts[0]}
        return httpx2.Client(base_url=f"https://127.0.0.1:{self.port}", verify=False, headers=headers)

    def reported(self) -> set[str]:
        """What browsers reported so far, as `zusage status` says it: `cookie _ga longer-than-declared`."""
        self.zusage.report()
        self.flush()
        said = self.scenario.zusage(self.now(), "status", "--json", "--language", "en").json["findings"]
        return {
            f"{name} {kind.strip('()')} {one['code'].removeprefix('browser/')}"
            for one in said
            for name, kind in [one["message"]["en"].split(" ")[:2]]
        }

    def reports(self, *slips: str) -> bool:
        """Whether browsers report all of this: a report is a beacon, and comes when it comes."""
        for _ in range(20):
            if self.reported().issuperset(slips):
                return True
            time.sleep(0.2)
        return False

    def now(self) -> str:
        """The instant of service and application, as `Scenario` takes it."""
        return (os.environ.get(VARIABLE) or datetime.now(UTC).isoformat()).removesuffix("+00:00")

    def scan(self, *arguments: str) -> Answer:
        """`zusage scan site` of the running site, as JSON."""
        resolve = [part for host, where in self.resolved.items() for part in ("--resolve", f"{host}={where}")]
        return self.scenario.zusage(
            self.now(), "scan", "site", self.url(), "--insecure", "--settle", "1.2", "--json",
            *resolve, *arguments,
        )  # fmt: skip


class Visitor:
    """One person's browser."""

    def __init__(self, scene: Scene, context: BrowserContext) -> None:
        self.scene, self.context = scene, context
        self._asked: list[Asked] = []
        self._under_way: dict[Request, float] = {}
        self._moved = time.monotonic()
        self._hits = len(scene.stand_ins.hits)
        context.on("request", self._begins)
        context.on("requestfinished", self._ends)
        context.on("requestfailed", self._ends)
        self.page: Page = context.new_page()

    def _begins(self, request: Request) -> None:
        page = request.frame.page.url if not request.service_worker else ""
        self._asked.append(Asked(datetime.now(UTC), request.url, request.headers.get("referer", ""), page))
        self._moved = time.monotonic()
        # of what pages send to others while they go away the browser does not always tell the end
        if urlsplit(request.url).hostname in self.scene.hosts:
            self._under_way[request] = self._moved

    def _ends(self, request: Request) -> None:
        self._under_way.pop(request, None)
        self._moved = time.monotonic()

    # -- what a visitor does ----------------------------------------------------------------------------------------

    def visit(self, path: str = "/", host: str = "") -> Visitor:
        """Opens a page and waits until it is quiet."""
        self.page.goto(self.scene.url(path, host), wait_until="load")
        return self.idle()

    def visit_all(self, paths: Sequence[str], host: str = "") -> Visitor:
        """Opens one page after the other."""
        for path in paths:
            self.visit(path, host)
        return self

    def idle(self) -> Visitor:
        """Waits until choices are on record and nothing is under way."""
        until = time.monotonic() + _PATIENCE / 1000
        while time.monotonic() < until:
            self.page.wait_for_timeout(50)
            quiet = (time.monotonic() - self._moved) * 1000 > _QUIET
            waits = [begun for begun in self._under_way.values() if time.monotonic() - begun < _LOST]
            if quiet and not waits and not self._queued():
                return self
        raise AssertionError(f"never quiet: {[request.url for request in self._under_way]}")

    def _queued(self) -> bool:
        asks = "() => { try { return !!localStorage.getItem('zusage-queue') && navigator.onLine } catch { return false } }"
        try:
            return bool(self.page.evaluate(asks))
        except Error:
            return True  # the page is just being replaced

    def banner(self) -> bool:
        """Whether the banner is on the page."""
        return self.page.locator("#zs").count() > 0

    def press(self, what: str) -> Visitor:
        """A button of the banner: accept, reject, settings, close."""
        self.page.locator(f"#zs [data-zs={what}]").click()
        return self if what == "settings" else self.idle()

    def accept_all(self) -> Visitor:
        """One click on the banner."""
        return self.press("accept")

    def reject(self) -> Visitor:
        """One click on the banner."""
        return self.press("reject")

    def settings(self) -> Visitor:
        """Opens the settings by the link in the footer."""
        # by keyboard: a frame that is still being laid out takes a click of the mouse that was not meant for it
        self.page.locator("a[data-zs=settings]").last.press("Enter")
        self.page.locator("dialog[open]").wait_for()
        return self

    def choose(self, *purposes: str, services: Sequence[str] = ()) -> Visitor:
        """Ticks exactly these purposes and services in the settings, and saves."""
        if not self.page.locator("dialog[open]").count():
            self.settings()
        for kind, wanted in (("purpose", purposes), ("service", services)):
            for box in self.page.locator(f"dialog [name={kind}]").all():
                box.set_checked(box.get_attribute("value") in wanted)
        self.page.locator("dialog button[value=save]").click()
        return self.idle()

    def withdraw(self) -> Visitor:
        """Everything, by one click in the footer."""
        # by keyboard, as in `settings`
        self.page.locator("a[data-zs=withdraw]").last.press("Enter")
        return self.idle()

    def activate(self, content: str, how: str = "once") -> Visitor:
        """Loads one embed: `once`, or `always` for its provider."""
        self.page.locator(f"figure[data-content={content}] [data-zs={how}]").click()
        return self.idle()

    def clear(self) -> Visitor:
        """Clears the browser's storage, as its own settings offer it: cookies and what pages keep."""
        for host in self.scene.hosts:
            self.page.goto(self.scene.url("/impressum", host))
            self.page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
        self.context.clear_cookies()
        return self

    def later(self, *, restart: bool = False, **duration: float) -> Visitor:
        """Lets time pass (arguments of `timedelta`) with the page closed; with `restart` the browser was closed, too."""
        gone = timedelta(**duration)
        kept = stored_cookies(self.context)
        self.context.clear_cookies()
        moved = [
            one | {"expires": one["expires"] - gone.total_seconds()} if one["expires"] > 0 else one
            for one in kept
        ]
        alive = [one for one in moved if one["expires"] > time.time() or (one["expires"] < 0 and not restart)]
        self.context.add_cookies(alive)
        for page in self.context.pages:
            page.close()
        self.page = self.context.new_page()
        return self

    # -- what is there ----------------------------------------------------------------------------------------------

    def cookies(self) -> dict[str, Cookie]:
        """Every cookie of every host, by name."""
        return {
            one["name"]: Cookie(
                one["name"],
                one["value"],
                one["domain"].lstrip("."),
                datetime.fromtimestamp(one["expires"], UTC) if one["expires"] > 0 else None,
            )
            for one in stored_cookies(self.context)
        }

    def storage(self) -> dict[str, str]:
        """Local and session storage of the page and its frames, by key."""
        found: dict[str, str] = {}
        for frame in self.page.frames:
            if frame.url.startswith("http"):
                found |= frame.evaluate("() => ({...localStorage, ...sessionStorage})")
        return found

    def names(self) -> set[str]:
        """The names of everything that is stored, without the banner's own."""
        own = self.scene.zusage.policy().cookie
        return {name for name in {*self.cookies(), *self.storage()} if not name.startswith(own)}

    def everything_asked(self) -> list[Asked]:
        """Every request that this browser made or tried so far."""
        return list(self._asked)

    def asked(self) -> list[Asked]:
        """Those to others."""
        return [one for one in self._asked if one.host and one.host not in self.scene.hosts]

    def reached(self, service: str = "") -> list[Hit]:
        """What reached the stand-ins (or one of them) since this visitor came."""
        hits = self.scene.stand_ins.hits[self._hits :]
        return [hit for hit in hits if not service or hit.service == service]

    def services(self) -> set[str]:
        """The declared services that were reached. (A browser also calls its maker by itself: no page has to do with that.)"""
        return {hit.service for hit in self.reached() if hit.service}

    def forget(self) -> Visitor:
        """Counts requests from here on."""
        self._hits = len(self.scene.stand_ins.hits)
        self._asked.clear()
        return self


@contextmanager
def browsing(
    scenario: Scenario, make: MakeApp, hosts: Sequence[str], *, now: str = "", cookies: bool = True
) -> Iterator[Scene]:
    """The scene of a deployment: `make` is its `create_app`, `hosts` the names it answers to; without `cookies` its visitors
    have told their browser to take none."""
    before = os.environ.get(VARIABLE)
    if now:
        os.environ[VARIABLE] = at(now).isoformat()
    with ExitStack() as stack:
        stack.callback(_restore, before)
        key = register_application(scenario.folder)
        declaration = load(scenario.folder)
        certificate = self_signed(scenario.folder / "tls", hosts, datetime.now(UTC))
        service, flush = _service(stack, scenario.folder)
        stand_ins = stack.enter_context(standing_in(declaration, certificate))
        zusage = Zusage(f"http://127.0.0.1:{service}", key, now=clock.now)
        edge = Edge(make(scenario.folder, zusage))
        port = stack.enter_context(served(edge, certificate))
        own = dict.fromkeys(hosts, f"127.0.0.1:{port}")
        others = dict.fromkeys(stand_ins.hosts(), f"127.0.0.1:{stand_ins.port}")
        rules = ", ".join(
            f"MAP {host} {where}"
            for host, where in {**own, **others, "*": f"127.0.0.1:{stand_ins.port}"}.items()
        )
        browser = stack.enter_context(running_chromium(scenario.folder / "browser", rules, cookies=cookies))
        base = f"http://127.0.0.1:{service}"
        scene = Scene(
            scenario,
            tuple(hosts),
            stand_ins,
            edge,
            browser,
            port,
            base,
            zusage,
            own | others,
            flush,
            lambda: _restarted(stack, scene, make, key),
        )
        yield scene
        for visitor in scene.visitors:
            visitor.context.close()


def _service(stack: ExitStack, folder: Path) -> tuple[int, Callable[[], None]]:
    """The service of a workspace: its port, and what writes down what it has only counted."""
    application = create_service(open_workspace(folder))
    return stack.enter_context(served(application)), application.state.slips.flush


def _restarted(stack: ExitStack, scene: Scene, make: MakeApp, key: str) -> None:
    port, scene.flush = _service(stack, scene.scenario.folder)
    scene.service = f"http://127.0.0.1:{port}"
    scene.zusage = Zusage(scene.service, key, now=clock.now)
    scene.edge.app = make(scene.scenario.folder, scene.zusage)
    scene.stand_ins.services = stand_ins_of(load(scene.scenario.folder))


def _restore(before: str | None) -> None:
    os.environ.pop(VARIABLE, None)
    if before is not None:
        os.environ[VARIABLE] = before
