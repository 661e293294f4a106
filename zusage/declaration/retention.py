"""Retention rules: how long which data are kept, from which event, and what happens then (Art. 5(1)(e), 13(2)(a)).

A rule has an event that starts it and one or more steps counted from that same event, never from one another: clamped
months are not chained. Where a statute keeps a row longer than a promise does, the row is restricted at the promised
date and erased at the statutory one; the stated principle is: *erase what nothing needs, block what a law still needs*.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from zusage.declaration.base import Identifier, Part, Period, Said
from zusage.errors import ZusageError
from zusage.law.retention import statutory

Action = Literal["erase", "anonymise", "restrict", "deactivate", "archive", "notify"]
Start = Literal["event", "end_of_month", "end_of_year"]
End = Literal["purpose", "contract", "withdrawal", "objection", "session"]


def _known_period(value: str) -> str:
    try:
        return statutory(value).id
    except ZusageError as error:
        raise ValueError(str(error)) from None


#: an id of the law's data: `ustg-invoices`, `hgb-letters`
StatutoryId = Annotated[str, AfterValidator(_known_period), Field(examples=["ustg-invoices"])]


class Keep(Part):
    """How long. Exactly one of the five ways.

    `at_least`/`at_most`: a range of law or promise – not erased before the first, gone after the second.
    `statutory`: id of the law data (`ustg-invoices`), its period and start rule. `until`: as long as purpose, contract,
    consent or the absence of an objection lasts – the binding says which column dates that end. `chosen`: the subject
    chose the period; the binding says which column holds it.
    """

    duration: Period | None = None
    at_least: Period | None = None
    at_most: Period | None = None
    statutory: StatutoryId | None = None
    until: End | None = None
    chosen: Identifier | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Keep:
        ways = [
            self.duration is not None,
            self.at_least is not None or self.at_most is not None,
            self.statutory is not None,
            self.until is not None,
            self.chosen is not None,
        ]
        if sum(ways) != 1:
            raise ValueError(
                "say how long in exactly one way: a duration, a range, 'statutory', 'until' or 'chosen'"
            )
        return self


def _read_keep(value: Any) -> Any:
    """Short forms: `P6M`, `P6Y/P10Y`, `contract`."""
    if not isinstance(value, str):
        return value
    if value in ("purpose", "contract", "withdrawal", "objection", "session"):
        return {"until": value}
    if "/" in value:
        at_least, at_most = value.split("/", 1)
        return {"at_least": at_least, "at_most": at_most}
    return {"duration": value}


Kept = Annotated[Keep, BeforeValidator(_read_keep)]


class Since(Part):
    """What starts the period: an event of the binding (`collected`, `last-login`, `contract-ended`)."""

    event: Identifier
    #: counted from the event itself, or from the end of the calendar month or year in which it falls
    start: Start = "event"
    text: Said | None = None


def _read_since(value: Any) -> Any:
    return {"event": value} if isinstance(value, str) else value


class Notice(Part):
    """A mail that goes out before a step; the step waits until it went out."""

    before: Period
    template: Identifier


class Step(Part):
    """At the end of `keep`, counted from the rule's event, do `then`."""

    keep: Kept
    then: Action
    notice: Notice | None = None
    #: for `anonymise` and `deactivate`: the binding's named recipe, by default the action's own name
    recipe: Identifier | None = None


class Condition(Part):
    """The rule holds only for subjects or rows for which this is so. Exactly one."""

    consent: Identifier | None = None
    no_consent: Identifier | None = None
    #: a named condition that the binding defines over its columns
    named: Identifier | None = None

    @model_validator(mode="after")
    def _one(self) -> Condition:
        if sum(value is not None for value in (self.consent, self.no_consent, self.named)) != 1:
            raise ValueError("a condition is one of 'consent', 'no_consent' or 'named'")
        return self


class Ceiling(Part):
    """Nothing stays longer than the rule says, not even under a hold; whoever looks after the case hears of it `warn` before."""

    warn: Period


class RetentionRule(Part):
    """One rule of an activity. One step may be written in the rule itself (`keep`, `then`)."""

    id: Identifier
    #: which data categories of the activity; empty for all of them
    data: tuple[Identifier, ...] = ()
    since: Annotated[Since, BeforeValidator(_read_since), Field(alias="from")]
    steps: tuple[Step, ...] = Field(min_length=1)
    when: Condition | None = None
    #: how long copies may stay in backups after the act
    backup: Period | None = None
    #: how long after the period's end the act may take at the latest; 24 hours if not said
    within: Period | None = None
    #: the law behind the period, where it is one (`agg-15`), for explanation
    reason: Said | None = None
    text: Said | None = None
    #: also over holds
    ceiling: Ceiling | None = None
    #: the one purpose of the activity that rows under this rule are kept for: who objects to it ends just this
    purpose: Identifier | None = None
    #: against an objection, rows may stay for this period in which claims can be made (`agg-15`)
    claim: StatutoryId | None = None

    #: keys of the one step, taken in the rule itself
    short_keys: ClassVar[tuple[str, ...]] = ("keep", "then", "notice", "recipe")

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: Any) -> Any:
        if isinstance(value, dict) and "steps" not in value and ("keep" in value or "then" in value):
            value = dict(value)
            step = {name: value.pop(name) for name in cls.short_keys if name in value}
            value["steps"] = (step,)
        return value
