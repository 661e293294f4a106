"""What a browser saw in one state: plain data, without any value of a cookie or a form."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

State = Literal["before", "reject", "accept", "withdraw"]
STATES: tuple[State, ...] = ("before", "reject", "accept", "withdraw")


@dataclass(frozen=True, slots=True, order=True)
class Stored:
    """A cookie or other item: `kind` as in the declaration (`cache` for the Cache API), `host` whose it is.

    `ends` is None for a session cookie and for storage without an end. `kept` is false where the browser refused it and only
    the attempt was seen. `by` names the script or response that set it, as far as known.
    """

    kind: str
    name: str
    host: str
    ends: datetime | None = None
    seen: datetime | None = None
    kept: bool = True
    http_only: bool = False
    secure: bool = False
    same_site: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Request:
    """A request that left, without its query. `kind` is the browser's resource type; `by` who started it."""

    host: str
    url: str
    kind: str
    page: str
    by: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Call:
    """A call that can recognise a device (canvas, audio, graphics hardware, fonts, media devices), and who made it."""

    api: str
    by: str
    page: str


@dataclass(frozen=True, slots=True)
class BannerLook:
    """The banner as a visitor meets it. `differences` names computed styles in which the two buttons differ."""

    accept: str = ""
    reject: str = ""
    settings: str = ""
    differences: tuple[str, ...] = ()
    ticked: tuple[str, ...] = ()
    imprint: bool = False
    own: bool = False


@dataclass(frozen=True, slots=True)
class Observation:
    """Everything of one state over all visited pages. `missed` names a state's step that could not be taken."""

    state: State
    pages: tuple[str, ...]
    stored: tuple[Stored, ...] = ()
    requests: tuple[Request, ...] = ()
    calls: tuple[Call, ...] = ()
    embeds: tuple[str, ...] = ()
    banner: BannerLook | None = None
    footer: bool = False
    missed: str = ""
    seconds: float = 0.0
    screenshots: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """JSON-ready; instants in ISO 8601."""
        made: dict[str, Any] = _plain(asdict(self))
        return made


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, list | tuple) else value
