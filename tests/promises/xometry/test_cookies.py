"""Each cookie of the notice's tables, in a real browser: only after its own purpose, by its own provider, no longer than
promised, holding what is promised, gone after withdrawal; and what happens when a provider does otherwise.

The site is walked as different visitors once; every promise then looks at its own item. The notice's `uc_…` items are the
banner's own, see `test_choice.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from tests.promises.browsing import Scene, Visitor
from tests.promises.left_behind import Cookie
from tests.promises.scenario import at
from tests.promises.xometry.conftest import START
from zusage.deployments.standins import Misbehaviour
from zusage_client.consent import ends

pytestmark = pytest.mark.browser
promise = pytest.mark.promise
PAGES = ("/", "/preise", "/videos", "/kontakt")
PURPOSES = ("statistics", "maps", "videos", "tours", "marketing", "marketing-china")
#: the clock of a test machine and of its browser
TOLERANCE = timedelta(seconds=5)
RANDOM = r"[0-9a-f]{16}"
TIME = r"1\d{12}"
#: sections of the notice → the purposes they are asked for by
SECTIONS = {
    "analysis": ("statistics",),
    "maps, videos, tours": ("maps", "videos", "tours"),
    "marketing": ("marketing", "marketing-china"),
}


@dataclass(frozen=True)
class Item:
    """One row of the notice's tables: what it may hold, and something it may not."""

    name: str
    purpose: str
    keep: str
    provider: str
    service: str
    holds: str = RANDOM
    never: str = "ada@example.org"
    #: where it lies: the site itself, or a host of the provider
    home: str = "www.spanwerk.example"
    kind: str = "cookie"

    @property
    def foreign(self) -> bool:
        """Whether it lies at the provider."""
        return self.home != "www.spanwerk.example"


STORAGE = "local-storage"
ITEMS = (
    (promise("xometry-092"), Item("_ga", "statistics", "P6M", "Google", "tag-manager")),
    (promise("xometry-093"), Item("_gid", "statistics", "PT24H", "Google", "tag-manager")),
    (promise("xometry-094"), Item("_gcl_au", "marketing", "P3M", "Google", "google-ads")),
    (promise("xometry-096"), Item("IDE", "marketing", "P6M", "Google", "google-ads", home="doubleclick.net")),
    (promise("xometry-096"), Item("ANID", "marketing", "P6M", "Google", "google-ads", home="google.com")),
    (promise("xometry-097"), Item("NID", "maps", "P6M", "Google", "maps", r"hl=[a-z]{2}&num=\d+&safe=[01]", home="google.com")),
    (promise("xometry-098"), Item("SID", "maps", "P6M", "Google", "maps", home="google.com")),
    (promise("xometry-098"), Item("HSID", "maps", "P6M", "Google", "maps", home="google.com")),
    (promise("xometry-099"), Item("amplitude_id", "statistics", "P6M", "Amplitude", "amplitude")),
    (promise("xometry-100"), Item("amplitude_idundefined", "statistics", "session", "Amplitude", "amplitude")),
    (promise("xometry-103"), Item("JSESSIONID", "statistics", "session", "New Relic", "newrelic", home="nr-data.net")),
    (promise("xometry-104"), Item("NREUM", "statistics", "session", "New Relic", "newrelic", rf"s={TIME}&r=[0-9a-f]+", "s=1656669600000&u=4711")),
    (promise("xometry-105"), Item("ajs_user_id", "statistics", "P6M", "Segment", "segment")),
    (promise("xometry-130"), Item("VISITOR_INFO1_LIVE", "videos", "P6M", "Google", "youtube", home="youtube.com")),
    (promise("xometry-131"), Item("YSC", "videos", "session", "Google", "youtube", home="youtube.com")),
    (promise("xometry-146"), Item("ac_enable_tracking", "marketing", "P1M", "ActiveCampaign", "activecampaign", "1")),
    (promise("xometry-147"), Item("prism_4711", "marketing", "P1M", "ActiveCampaign", "activecampaign")),
    (promise("xometry-148"), Item("HMACCOUNT_BFESS", "marketing-china", "until-cleared", "Baidu", "baidu", home="baidu.com")),
    (promise("xometry-149"), Item("Hm_lvt_4711", "marketing-china", "P6M", "Baidu", "baidu")),
    (promise("xometry-150"), Item("Hm_lpvt_4711", "marketing-china", "session", "Baidu", "baidu")),
    (promise("xometry-151"), Item("_uetsid", "marketing", "P1D", "Microsoft", "bing")),
    (promise("xometry-152"), Item("_uetvid", "marketing", "P6M", "Microsoft", "bing")),
    (promise("xometry-154"), Item("MUID", "marketing", "P6M", "Microsoft", "bing", home="bing.com")),
    (promise("xometry-155"), Item("_fbp", "marketing", "P3M", "Meta", "meta-pixel")),
    (promise("xometry-156"), Item("bcookie", "marketing", "P6M", "LinkedIn", "linkedin", home="linkedin.com")),
    (promise("xometry-157"), Item("li_gc", "marketing", "P6M", "LinkedIn", "linkedin", r".+yes", home="linkedin.com")),
    (promise("xometry-158"), Item("lang", "marketing", "session", "LinkedIn", "linkedin", "[a-z]{2}-[a-z]{2}", home="linkedin.com")),
    (promise("xometry-159"), Item("lidc", "marketing", "P1D", "LinkedIn", "linkedin", home="linkedin.com")),
    (promise("xometry-160"), Item("AnalyticsSyncHistory", "marketing", "P1D", "LinkedIn", "linkedin", TIME, home="linkedin.com")),
    (promise("xometry-161"), Item("UserMatchHistory", "marketing", "P1D", "LinkedIn", "linkedin", TIME, home="linkedin.com")),
)  # fmt: skip


@dataclass(frozen=True)
class Walk:
    """What one visitor's browser held after all pages, and which services it had reached."""

    names: frozenset[str]
    cookies: Mapping[str, Cookie]
    at: datetime
    storage: Mapping[str, str]
    services: frozenset[str]


def _walked(visitor: Visitor) -> Walk:
    visitor.visit_all(PAGES)
    storage: dict[str, str] = {}
    for path in ("/videos", "/"):
        storage |= visitor.visit(path).storage()
    return Walk(
        frozenset(visitor.names() | storage.keys()),
        visitor.cookies(),
        datetime.now(UTC),
        storage,
        frozenset(visitor.services()),
    )


@pytest.fixture(scope="module")
def walks(running_site: Scene) -> Callable[[str], Walk]:
    """The walk as `nobody` (no choice), `refused`, a purpose alone, `everything`, `withdrawn`, `overlong`; each made once."""
    made: dict[str, Walk] = {}

    def walk(who: str) -> Walk:
        if who not in made:
            before, now = running_site.stand_ins.wrong, running_site.now()
            running_site.at(START)
            running_site.stand_ins.wrong = _overlong() if who == "overlong" else Misbehaviour()
            visitor = running_site.visitor().visit("/")
            if who == "refused":
                visitor.reject()
            elif who in PURPOSES:
                visitor.choose(who)
            elif who in ("everything", "withdrawn", "overlong"):
                visitor.accept_all()
            if who == "withdrawn":
                visitor.visit_all(PAGES).withdraw().forget()
            made[who] = _walked(visitor)
            running_site.visitors.remove(visitor)
            visitor.context.close()
            running_site.stand_ins.wrong = before
            running_site.at(now)
        return made[who]

    return walk


def _overlong() -> Misbehaviour:
    """Everything two years, what ends with the session a day."""
    lifetimes = {_declared_name(item.name): "P1D" if item.keep == "session" else "P2Y" for _, item in ITEMS}
    return Misbehaviour(lifetimes=lifetimes)


def _declared_name(name: str) -> str:
    return re.sub(r"_4711$", "*", name) if name.startswith("Hm") else name.replace("4711", "*")


@pytest.fixture(scope="module")
def register(running_site: Scene) -> Mapping[str, dict[str, str]]:
    """The cookie table of the notice as `zusage write cookies` gives it, by name."""
    written = running_site.scenario.zusage(
        START, "write", "cookies", "--format", "json", "--language", "en"
    ).json
    table = next(block for block in written["blocks"] if block["block"] == "table")
    rows = [dict(zip(table["columns"], row, strict=True)) for row in table["rows"]]
    return {row["Name"]: row for row in rows}


@pytest.fixture(scope="module")
def overlong_findings(running_site: Scene, walks: Callable[[str], Walk]) -> set[str]:
    """What `zusage scan site` names where every provider wants two years, and what browsers reported of it."""
    walks("overlong")
    running_site.at(START)
    running_site.stand_ins.wrong = _overlong()
    pages = [part for page in PAGES[1:] for part in ("--page", page)]
    report = running_site.scan("--state", "accept", *pages)
    assert report.code == 1, report.err
    return {
        finding["place"]["key"].rpartition("/")[2]
        for finding in report.json["findings"]
        if finding["code"] == "site/longer-lifetime"
    }


@pytest.fixture(scope="module")
def aged(running_site: Scene) -> Mapping[str, set[str]]:
    """What is still in the browser of somebody who agreed and never came again, once a lifetime is over."""
    running_site.at(START)
    running_site.stand_ins.wrong = Misbehaviour()
    visitor = running_site.visitor().visit("/").accept_all().visit_all(PAGES)
    before = set(visitor.cookies())
    assert {item.name for _, item in ITEMS} <= before
    left = {"session": set(visitor.later(minutes=1, restart=True).cookies())}
    passed = timedelta(minutes=1)
    for keep, days in (("P1D", 1), ("P1M", 31), ("P3M", 92), ("P6M", 184)):
        visitor.later(days=days, minutes=1, seconds=-passed.total_seconds())
        passed = timedelta(days=days, minutes=1)
        left[keep] = set(visitor.cookies())
    running_site.visitors.remove(visitor)
    visitor.context.close()
    assert left["session"], "what has a date of its own outlives the session"
    return left | {"PT24H": left["P1D"]}


def _within(item: Item, walk: Walk) -> bool:
    """Whether an item ends in time. Scripts count by the browser's clock, a provider's host by its own, here in 2022."""
    cookie = walk.cookies[item.name]
    begin = at(START) if item.foreign else walk.at
    limit = ends(item.keep, begin)
    if limit is None or cookie.ends is None:
        return cookie.ends is None or item.keep == "until-cleared"
    return cookie.ends - walk.at <= limit - begin + TOLERANCE


@pytest.mark.parametrize("item", [pytest.param(item, marks=mark, id=item.name) for mark, item in ITEMS])
def test_an_item_of_the_table(
    item: Item,
    walks: Callable[[str], Walk],
    register: Mapping[str, dict[str, str]],
    overlong_findings: set[str],
    aged: Mapping[str, set[str]],
) -> None:
    for who in ("nobody", "refused", *(other for other in PURPOSES if other != item.purpose)):
        assert item.name not in walks(who).names, f"{item.name} is there as {who}"
        assert item.service not in walks(who).services, f"{item.service} was reached as {who}"
    for who in (item.purpose, "everything"):
        cookie = walks(who).cookies[item.name]
        assert cookie.domain == item.home
        assert re.fullmatch(item.holds, cookie.value), cookie.value
        assert _within(item, walks(who)), cookie
    assert not re.fullmatch(item.holds, item.never)
    withdrawn = walks("withdrawn")
    assert item.service not in withdrawn.services
    assert item.foreign or item.name not in withdrawn.names
    assert register[_declared_name(item.name)]["Provider"].startswith(item.provider)
    if item.keep != "until-cleared":
        assert item.name not in aged[item.keep]
        # a provider that wants more is cut by the site where it can, and named by the check where it cannot
        cut = _within(item, walks("overlong"))
        assert cut is not item.foreign
        assert (item.name in overlong_findings) is item.foreign


def services_of(site: Scene, *purposes: str) -> set[str]:
    """The declared services that wait for these purposes."""
    return {id for id, one in site.stand_ins.services.items() if one.service.consent in purposes}


@pytest.mark.promise("xometry-115")
@pytest.mark.parametrize("section", SECTIONS)
def test_only_the_section_agreed_to_starts(site: Scene, section: str, walks: Callable[[str], Walk]) -> None:
    for who in ("nobody", "refused"):
        assert (walks(who).names, walks(who).services) == (frozenset(), frozenset())
    visitor = site.visitor().visit("/").choose(*SECTIONS[section])
    visitor.visit_all(PAGES)
    assert visitor.services() == services_of(site, *SECTIONS[section])
    mine = {item.name for _, item in ITEMS if item.purpose in SECTIONS[section]}
    others = {item.name for _, item in ITEMS} - mine
    assert mine <= visitor.names()
    assert not others & visitor.names()


@pytest.mark.promise("xometry-091")
def test_with_consent_only_names_of_the_table_are_stored(
    site: Scene, someone: Visitor, walks: Callable[[str], Walk]
) -> None:
    declared = site.zusage.policy().items
    table = {item.name for _, item in ITEMS}
    assert not table & walks("nobody").names
    for walk in (walks("everything"), walks("overlong")):
        assert table <= walk.names
        assert not [name for name in walk.names if not any(one.matches(name) for one in declared)]
    site.stand_ins.wrong = Misbehaviour(extra={"tag-manager": [("cookie", "_clck")]})
    someone.visit("/").accept_all()
    assert "_ga" in someone.names()
    assert "_clck" not in someone.names()
    assert site.reports("_clck cookie undeclared")


@pytest.mark.promise("xometry-118")
def test_no_cookie_lives_longer_than_its_period(site: Scene, walks: Callable[[str], Walk]) -> None:
    walk, checked = walks("everything"), 0
    for cookie in walk.cookies.values():
        item = site.zusage.policy().cookie_named(cookie.name)
        assert item is not None, cookie
        limits = [
            end - begin for begin in (walk.at, at("2022-07-01T10:00")) if (end := ends(item.keep, begin))
        ]
        assert (
            cookie.ends is None
            or item.keep == "until-cleared"
            or cookie.ends - walk.at <= max(limits) + TOLERANCE
        )
        checked += 1
    assert checked > len(ITEMS) - 5
    clean = site.scan("--state", "accept", "--page", "/preise")
    assert not [one for one in clean.json["findings"] if one["code"] == "site/longer-lifetime"]
    site.stand_ins.wrong = Misbehaviour(lifetimes={"MUID": "P13M"})
    found = site.scan("--state", "accept", "--page", "/preise")
    assert found.code == 1
    named = [one["place"]["key"] for one in found.json["findings"] if one["code"] == "site/longer-lifetime"]
    assert named == ["accept/cookie/MUID"]
