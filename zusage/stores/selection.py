"""Which rows or files a rule's step concerns now: the same description for plan, keep and prove.

Made by the retention keeper from a rule and an instant, read by each kind of store in its own terms: a set-based WHERE
in a database, a walk over names in a file tree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from zusage.stores.bindings import End


@dataclass(frozen=True, slots=True)
class Cut:
    """An event lies far enough back when it is before `instant` (UTC) – or, if only its day is known, before `day`."""

    instant: datetime
    day: date


@dataclass(frozen=True, slots=True)
class Passed:
    """The period since an event has passed. `end`: the binding may date the end of a contract or purpose apart."""

    event: str
    cut: Cut
    end: End | None = None
    #: what was collected before the first cut keeps the shorter period of its day: due before the second cut already
    earlier: tuple[tuple[Cut, Cut], ...] = ()


@dataclass(frozen=True, slots=True)
class ChosenPassed:
    """The period that the subject chose has passed: for each number of units its own cut."""

    event: str
    chosen: str
    cuts: Mapping[int, Cut] = field(default_factory=dict)


Test = Passed | ChosenPassed


@dataclass(frozen=True, slots=True)
class Condition:
    """The rule concerns only rows for which this is so (see `zusage.declaration.Condition`)."""

    consent: str | None = None
    no_consent: str | None = None
    named: str | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """Another rule still needs the row: its event has happened, its condition holds, its period has not passed."""

    rule: str
    test: Test
    when: Condition | None = None
    #: the law or reason, for the plan and the journal
    why: str = ""


@dataclass(frozen=True, slots=True)
class Noticed:
    """The person was told: a mail for `promise`, queued after the event, went out before `until`."""

    promise: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Selection:
    """Rows for which all of `due` have passed and `when` holds, that nothing keeps.

    `kept_by`: rules that protect a row while their period runs. `only_kept`: the other way round – only rows that one of
    them protects (they are restricted, not erased). `noticed`: only where the mail went out.
    """

    due: tuple[Test, ...]
    at: datetime
    when: Condition | None = None
    kept_by: tuple[Kept, ...] = ()
    only_kept: bool = False
    noticed: Noticed | None = None
    #: a hold does not keep these rows: the rule is a ceiling
    over_holds: bool = False
