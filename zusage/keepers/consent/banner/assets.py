"""The files a page loads: scripts with their configuration, style sheets, the words of the dialog – each under a name
that holds the hash of its content, so that browsers may keep it for ever."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from markupsafe import Markup

from zusage.keepers.consent.banner import minifying
from zusage.keepers.consent.banner.handing import HANDED_PATH
from zusage.keepers.consent.banner.information import information
from zusage.keepers.consent.banner.rendering import (
    render_dialog,
    third_parties,
)
from zusage.keepers.consent.banner.spec import BannerSpec
from zusage.keepers.consent.banner.words import say, words
from zusage_client.consent import DeclaredService, Visitor, ends
from zusage_client.consent.lifetimes import parts

#: Where a choice is posted, below the base.
EVENTS_PATH = "/api/v1/consents"
REPORTS_PATH = "/api/v1/slips"
_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
_JAVASCRIPT = "text/javascript; charset=utf-8"
_CSS = "text/css; charset=utf-8"
_HTML = "text/html; charset=utf-8"
_STYLES = (("zusage", "banner"), ("zusage-more", "settings"))
FOR_EVER = "public, max-age=31536000, immutable"
REVALIDATED = "no-cache"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file: its path below the site, bytes, media type and `Cache-Control`."""

    path: str
    body: bytes
    media_type: str
    cache_control: str = FOR_EVER


@dataclass(frozen=True, slots=True)
class Assets:
    """All files by path, and the names of those that pages refer to.

    `first` is what a page with the banner loads, `core` what any other page loads; `/zusage.js` answers with `first`
    for pages whose server knows nothing of the visitor.
    """

    files: Mapping[str, Asset]
    core: str
    first: str
    style: str
    rest: str
    guard: str = ""

    def head(
        self, spec: BannerSpec, state: Visitor, *, nonce: str = "", walled: bool = False, embeds: bool = False
    ) -> Markup:
        """The elements for `<head>`: on a returning visit one small script, with the banner also its style.

        `walled` says that the page stands under a policy made from the visitor's choice (it is loaded anew when that
        grows), `embeds` that it holds placeholders. With a `nonce` the banner's style is set in: on a slow line that spares
        the visitor a round trip before anything can be seen.
        """
        asked = spec.asks and state.must_be_asked(spec.policy)
        made = [self._script(self.guard, nonce)] if self.guard else []
        made += [self._style(self.style, nonce)] if asked or embeds else []
        made += [Markup('<link rel="stylesheet" href="{}">').format(self.rest)] if embeds else []
        if spec.asks:
            made.append(
                Markup('<script src="{}" defer{}{}></script>').format(
                    self.first if asked else self.core,
                    Markup(' nonce="{}"').format(nonce) if nonce else "",
                    Markup(" data-wall") if walled else "",
                )
            )
        return Markup().join(made)

    def _script(self, path: str, nonce: str) -> Markup:
        """A script that stands before everything else: no `defer`."""
        admitted = Markup(' nonce="{}"').format(nonce) if nonce else ""
        return Markup('<script src="{}"{}></script>').format(path, admitted)

    def _style(self, path: str, nonce: str) -> Markup:
        if not nonce:
            return Markup('<link rel="stylesheet" href="{}">').format(path)
        # our own style sheet: nothing in it can end the element
        text = Markup(self.files[path].body.decode())
        return Markup('<style nonce="{}" data-href="{}">{}</style>').format(nonce, path, text)


@cache
def _source(name: str) -> str:
    return files(__package__).joinpath("static", name).read_text(encoding="utf-8")


#: what our scripts share and nobody else needs; the order is the naming
_SHARED = (
    "read", "value", "memory", "held", "apply", "cookie", "trust", "me", "wake", "activate", "revoked", "signals", "acks",
    "put", "send", "record", "pending", "show", "act", "signal", "going",
)  # fmt: skip
#: bundle or part → what is set into the core, or wrapped to be loaded later
_PARTS = {"core": "waking", "first": "choice"}
_LATER = "(C=>{const D=document,Z=window.zusage;C=Object.assign(Z.config,C);%s})(/*CONFIG*/)"


@cache
def _script(name: str) -> str:
    """A script as it is served: a bundle of the core and one part, a part by itself, or a file."""
    if name in _PARTS:
        return minifying.script(
            _source("core.js").replace("/*PART*/", _source(f"{_PARTS[name]}.js")), _SHARED
        )
    source = _source(f"{name}.js")
    return minifying.script(_LATER % source if name in _PARTS.values() else source, _SHARED)


def build_assets(spec: BannerSpec) -> Assets:
    """Makes every file for a banner; pure but for reading the package's own sources."""
    made: dict[str, Asset] = {}

    def add(stem: str, ending: str, body: str, media_type: str) -> str:
        digest = hashlib.sha256(body.encode()).hexdigest()[:8]
        path = f"{spec.base}/{stem}.{digest}.{ending}"
        made[path] = Asset(path, body.encode(), media_type)
        return path

    def script(name: str, configuration: Mapping[str, Any]) -> str:
        configured = _configured(name, configuration)
        return add("zusage" if name == "core" else f"zusage-{name}", "js", configured, _JAVASCRIPT)

    style, rest = (add(stem, "css", minifying.style(_source(f"{name}.css")), _CSS) for stem, name in _STYLES)
    data = {
        language: add(
            f"zusage-{language}", "html", minifying.markup(str(render_dialog(spec, language))), _HTML
        )
        for language in spec.languages
    }
    chosen = _choice_configuration(spec)
    more = {"j": data, "x": [style, rest], "i": removals(spec)}
    common = _core_configuration(spec) | {"f": script("settings", more)}
    signals = {purpose.id: list(purpose.signals) for purpose in spec.purposes if purpose.signals}
    if signals:
        common["m"] = script("signals", signals)
    if spec.watch or spec.spans_domains:
        common["w"] = add("zusage-watch", "js", _beside(spec), _JAVASCRIPT)
    common["b"] = script("bar", _bar_configuration(spec, style))
    core = script("core", common | {"h": script("choice", chosen)})
    first = script("first", common | chosen | {"v": script("waking", {})})
    guard = script("guard", _guard_configuration(spec)) if spec.guard else ""
    alias = f"{spec.base}/zusage.js"
    made[alias] = Asset(alias, made[first].body, _JAVASCRIPT, REVALIDATED)
    feed = f"{spec.base}/zusage-information.json"
    made[feed] = Asset(feed, _compact(information(spec)).encode(), "application/json", REVALIDATED)
    return Assets(made, core, first, style, rest, guard)


def _configured(name: str, configuration: Mapping[str, Any]) -> str:
    # "</" cannot end the script element should somebody inline the file
    return _script(name).replace("/*CONFIG*/", _compact(configuration).replace("</", "<\\/"))


def _beside(spec: BannerSpec) -> str:
    """What runs beside the banner on every page: watch mode, and the way of a choice to other own domains."""
    made = [_configured("watch", _watch_configuration(spec))] if spec.watch else []
    if spec.spans_domains:
        over = {"d": list(spec.shared_domains), "o": spec.base + HANDED_PATH}
        made.append(_configured("over", over))
    return "\n".join(made)


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _core_configuration(spec: BannerSpec) -> dict[str, Any]:
    policy = spec.policy
    made: dict[str, Any] = {"c": spec.cookie, "k": f"{spec.cookie}-queue", "p": dict(policy.digests)}
    return made | {"s": {service.id: _service_key(service) for service in policy.services}}


def _service_key(service: DeclaredService) -> list[str]:
    """[purpose, digest]; only an embed can be allowed on its own, so only an embed needs the digest of its words."""
    return [service.purpose or "", *([service.digest] if service.kind == "embed" else [])]


def _choice_configuration(spec: BannerSpec) -> dict[str, Any]:
    end = ends(spec.keep, _EPOCH)
    # without an end the cookie lives as long as a browser allows
    seconds = int((end - _EPOCH).total_seconds()) if end else 400 * 86_400
    # matched with the host, a full stop before it; no host has such an end where nothing is shared
    domain = rf"\.(?:{'|'.join(map(re.escape, spec.shared_domains))})$" if spec.shared_domains else "$^"
    hashes = {language: spec.template_hash(language) for language in spec.languages}
    return {"a": seconds, "e": domain, "t": hashes, "u": spec.base + EVENTS_PATH}


def removals(spec: BannerSpec) -> dict[str, list[list[str]]]:
    """What a withdrawal removes: purpose (or service) → [kind, name pattern, domains…]."""
    made = {purpose.id: [_removal(item) for item in spec.items_of(purpose.id)] for purpose in spec.purposes}
    for service in spec.services:
        own = [
            _removal(item)
            for item in spec.items
            if item.vendor == service.vendor and item.consent == service.consent
        ]
        made[service.id] = own if service.consent else []
    return {id: items for id, items in made.items() if items}


def _removal(item: Any) -> list[str]:
    return [item.kind, item.name, *(domain.lstrip("*.") for domain in item.domains)]


def _watch_configuration(spec: BannerSpec) -> dict[str, Any]:
    owners = [
        [service.id if service.consent else "", *(host.partition(":")[0] for host in service.hosts)]
        for service in spec.services
    ]
    necessary = [item.name for item in spec.items_of("") if item.kind == "cookie"]
    return {"o": owners, "i": removals(spec), "q": necessary, "r": spec.base + REPORTS_PATH, "c": spec.cookie}


def _guard_configuration(spec: BannerSpec) -> dict[str, Any]:
    policy = spec.policy
    digests = {service.id: service.digest for service in policy.services}
    items = []
    for item in policy.items:
        end = parts(item.keep)
        own = [
            one.id for one in policy.services if one.provider == item.provider and one.purpose == item.purpose
        ]
        items.append([item.kind, item.name, *(end or (None, None)), item.purpose or "", own])
    return {
        "i": items,
        "p": dict(policy.digests),
        "s": digests,
        "c": spec.cookie,
        "r": spec.base + REPORTS_PATH,
    }


def _bar_configuration(spec: BannerSpec, style: str) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for language in spec.languages:
        said = words(spec, language)
        made[language] = {
            key: said[key] for key in ("title", "accept", "reject", "settings", "notice", "imprint")
        } | {
            "intro": say(spec, language, "intro"),
            "purposes": [purpose.title.says(language) for purpose in spec.purposes],
            "rest": f"{third_parties(spec, language)} {say(spec, language, 'freedom', link=said['link'])}",
            "close": said["close_refuse"],
        }
    links = {"notice": spec.notice} | ({"imprint": spec.imprint} if spec.imprint else {})
    return {"w": made, "x": style, "l": links}
