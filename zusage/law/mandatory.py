"""What Art. 13 and 14 GDPR and the acts beside them demand of a privacy notice, and under which condition."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, get_args

from zusage.findings import Severity
from zusage.law.citations import Citation, parse_id
from zusage.law.facts import LawError, Source, known, load, said, said_surely, source_of
from zusage.text import Text

#: Facts about a controller that decide what is owed. `asked-for-data`: the person is asked to give data (forms,
#: accounts, orders); `transfer-by-safeguard`: a transfer that rests on Art. 46, 47 or 49(1) second part; `objectable`:
#: a basis of Art. 6(1)(e) or (f), or direct marketing.
Condition = Literal[
    "always", "asked-for-data", "automated-decisions", "children", "consent", "consumers-over-ten", "device-access",
    "digital-service", "direct-marketing", "existing-customer-mail", "joint-controllers", "legitimate-interest",
    "new-purpose", "objectable", "officer", "processors", "recipients", "representative-needed", "special-categories",
    "transfer", "transfer-by-safeguard", "video",
]  # fmt: skip
Origin = Literal["subject", "elsewhere", "both"]


@dataclass(frozen=True, slots=True)
class MandatoryItem:
    """One thing a notice must say. `when`: all of these hold; `facts`: kinds of facts in which a notice shows it."""

    id: str
    citation: Citation | None
    title: Text
    origin: Origin
    when: tuple[Condition, ...]
    facts: tuple[str, ...]
    severity: Severity
    check: Text | None
    source: Source


@lru_cache(maxsize=1)
def mandatory_items() -> Mapping[str, MandatoryItem]:
    """All items by id, in the order of the law."""
    return {entry["id"]: _item(entry) for entry in load("mandatory")["items"]}


def mandatory_item(item_id: str) -> MandatoryItem:
    """The item with this id (`m-13-2-a-retention`). Raises `LawError` that names the nearest."""
    found: MandatoryItem = known("mandatory item", item_id, mandatory_items())
    return found


def owed(
    conditions: Collection[Condition], *, from_subject: bool = True, from_elsewhere: bool = False
) -> list[MandatoryItem]:
    """What a notice must say when these conditions hold ('always' does anyway), for data from the person (Art. 13)
    and, or, from elsewhere (Art. 14). Raises `LawError` for a condition that there is not."""
    unknown = set(conditions) - set(get_args(Condition))
    if unknown:
        raise LawError(
            f"there is no condition '{min(unknown)}'", hint=f"they are {', '.join(get_args(Condition))}"
        )
    there = {*conditions, "always"}
    origins = (
        {"both"} | ({"subject"} if from_subject else set()) | ({"elsewhere"} if from_elsewhere else set())
    )
    return [
        item for item in mandatory_items().values() if item.origin in origins and there.issuperset(item.when)
    ]


def _item(entry: Mapping[str, Any]) -> MandatoryItem:
    return MandatoryItem(
        id=entry["id"],
        citation=parse_id(entry["citation"]) if entry["citation"] else None,
        title=said_surely(entry, "title"),
        origin=entry["from"],
        when=tuple(entry["when"]),
        facts=tuple(entry["facts"]),
        severity=Severity(entry["severity"]),
        check=said(entry, "check"),
        source=source_of(entry, "mandatory"),
    )
