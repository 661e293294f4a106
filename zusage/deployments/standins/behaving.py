"""What each stand-in sets and sends: read from the declaration, with the contents such items have in real life."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib.resources import files
from secrets import token_hex
from typing import Any

from zusage.declaration import Declaration
from zusage.declaration.browser import EmbeddedService, StorageItem
from zusage_client.consent import ends
from zusage_client.consent.lifetimes import parts

#: item name → what kind of content it has; anything else is a random id
_CONTENTS = {
    "_gat_UA*": "flag",
    "ac_enable_tracking": "flag",
    "amplitude_unsent": "queue",
    "amplitude_unsent_identify": "queue",
    "NREUM": "navigation",
    "NID": "preferences",
    "_uetsid_exp": "end",
    "_uetvid_exp": "end",
    "lang": "language",
    "li_gc": "consent",
    "AnalyticsSyncHistory": "time",
    "UserMatchHistory": "time",
    "OptanonConsent": "consent",
    "OptanonAlertBoxClosed": "time",
}
#: what a provider sets only when its own banner is answered, in its frame
_ASKED = frozenset({"OptanonConsent", "OptanonAlertBoxClosed"})
#: service → its script, where it does something of its own
_SCRIPTS = {"optimizely": "experiments.js", "calendly": "calendar.js"}
#: browsers keep no cookie longer
_LONGEST = 400 * 86_400


@dataclass
class Misbehaviour:
    """What a stand-in does otherwise than declared: another lifetime or content by item name, further items by service.

    A further item is `(kind, name)`; it is kept like any other of the service.
    """

    lifetimes: dict[str, str] = field(default_factory=dict)
    contents: dict[str, str] = field(default_factory=dict)
    extra: dict[str, list[tuple[str, str]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Setting:
    """One item as a stand-in sets it. `domain` is the provider's own, where the item does not lie at the site."""

    name: str
    kind: str
    content: str
    keep: str
    domain: str = ""

    def header(self, said: str, now: datetime) -> str:
        """As a `Set-Cookie` value of the provider's own host."""
        end = ends(self.keep, now)
        seconds = int((end - now).total_seconds()) if end else _LONGEST if self.keep == "until-cleared" else 0
        life = f"; Max-Age={seconds}" if seconds else ""
        return f"{self.name}={said}; Path=/; Domain={self.domain}; Secure; SameSite=None{life}"


@dataclass(frozen=True)
class StandIn:
    """One declared service. `declared` are the items that are its own by provider and purpose."""

    id: str
    service: EmbeddedService
    declared: Mapping[str, StorageItem]

    def settings(self, wrong: Misbehaviour) -> list[Setting]:
        """Everything it sets: the declared items, and what `wrong` adds."""
        made = [self._setting(item, wrong) for item in self.declared.values()]
        made += [
            Setting(name, kind, "id", "P1D", self._home(kind)) for kind, name in wrong.extra.get(self.id, ())
        ]
        return made

    def _setting(self, item: StorageItem, wrong: Misbehaviour) -> Setting:
        keep = wrong.lifetimes.get(item.name, str(item.keep))
        content = wrong.contents.get(item.name) or _CONTENTS.get(item.name, "id")
        domain = item.domains[0].lstrip("*.") if item.domains else self._home(item.kind)
        return Setting(concrete(item.name), item.kind, content, keep, domain)

    def _home(self, kind: str) -> str:
        """Frames and pixels run on their own host, scripts in the site's page."""
        return self.service.hosts[0] if kind == "cookie" and self.service.kind in ("embed", "pixel") else ""

    def script(self, wrong: Misbehaviour) -> str:
        """The script a page of the site loads."""
        here = [setting for setting in self.settings(wrong) if not setting.domain]
        return self._code(here)

    def frame(self, wrong: Misbehaviour) -> str:
        """The page inside its frame: the same script fills the frame's own storage."""
        here = [one for one in self.settings(wrong) if one.kind != "cookie" or one.name in _ASKED]
        script = self._code(here)
        return (
            f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{self.id}</title>'
            f"<p>{self.id}</p><script>{script}</script></html>"
        )

    def _code(self, here: Iterable[Setting]) -> str:
        made = _source(_SCRIPTS.get(self.id, "tag.js"))
        return made.replace("/*CONFIG*/", json.dumps(self._configuration(here)))

    def _configuration(self, here: Iterable[Setting]) -> dict[str, Any]:
        homes = [
            host
            for host in self.service.hosts
            if any(
                host.endswith(domain.lstrip("*."))
                for item in self.declared.values()
                for domain in item.domains
            )
        ]
        talks = dict.fromkeys([*homes, self.service.hosts[-1]])
        items = [[item.kind, item.name, item.content, *_life(item.keep)] for item in here]
        return {"id": self.id, "talks": [f"https://{host}/collect" for host in talks], "items": items}

    def cookies(self, host: str, sent: str, wrong: Misbehaviour, now: datetime) -> list[str]:
        """`Set-Cookie` values of an answer from `host` to a browser that sent the cookies `sent`."""
        there = {pair.partition("=")[0].strip() for pair in sent.split(";")}
        return [
            item.header(content(item, now), now)
            for item in self.settings(wrong)
            if item.domain
            and item.name not in _ASKED
            and (host == item.domain or host.endswith(f".{item.domain}"))
            and item.name not in there
        ]


def _life(keep: str) -> tuple[int, int]:
    """Months and seconds as a script counts them by the browser's clock; both 0 for a session."""
    return (0, _LONGEST) if keep == "until-cleared" else parts(keep) or (0, 0)


def content(setting: Setting, now: datetime) -> str:
    """What the provider's host writes into its own cookie."""
    made = {
        "id": token_hex(8),
        "flag": "1",
        "time": str(int(now.timestamp() * 1000)),
        "language": "de-de",
        "consent": "2.1.1669852800.yes",
        "preferences": "hl=de&num=20&safe=1",
    }
    return made.get(setting.content, setting.content)


def concrete(name: str) -> str:
    """A real name for a declared pattern."""
    stem = name.rstrip("*")
    return name if stem == name else stem + ("4711" if stem.endswith("_") else "_4711")


def stand_ins(declaration: Declaration) -> dict[str, StandIn]:
    """One for each declared service with a host, by id. An item belongs to the first service of its provider and purpose."""
    made: dict[str, StandIn] = {}
    taken: set[str] = set()
    for id, service in declaration.browser.services.items():
        if not service.hosts:
            continue
        own = {
            name: item
            for name, item in declaration.browser.items.items()
            if item.provider == service.recipient and item.consent == service.consent and name not in taken
        }
        taken |= own.keys()
        made[id] = StandIn(id, service, own)
    return made


@cache
def _source(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
