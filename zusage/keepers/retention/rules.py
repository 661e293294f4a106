"""Retention rules step by step: each step is one promise with a stable id and a sentence in two languages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from zusage.declaration import Activity, Declaration, RetentionRule, Step
from zusage.declaration.logs import LOG_EVENTS
from zusage.law.retention import statutory
from zusage.notice.writing.periods import sentences
from zusage.notice.writing.words import Words
from zusage.promises import Promise
from zusage.text import Text

KEEPER = "retention"
#: actions that end in the row, or its personal columns, being gone
ERASING = ("erase", "anonymise")
#: how long a sweep may take after a period's end where the rule does not say: 24 hours
SLACK = "PT24H"


@dataclass(frozen=True, slots=True)
class RuleStep:
    """One step of one rule, and the promise it makes."""

    activity_id: str
    activity: Activity
    rule: RetentionRule
    number: int

    @property
    def step(self) -> Step:
        """The step itself."""
        return self.rule.steps[self.number]

    @property
    def promise_id(self) -> str:
        """`retention/ACTIVITY/RULE`, with the action behind it where a rule has several steps."""
        base = f"retention/{self.activity_id}/{self.rule.id}"
        if len(self.rule.steps) == 1:
            return base
        same = [number for number, step in enumerate(self.rule.steps) if step.then == self.step.then]
        name = f"{base}/{self.step.then}"
        return name if len(same) == 1 else f"{name}-{same.index(self.number) + 1}"


def rule_steps(declaration: Declaration) -> Iterator[RuleStep]:
    """Every step of every rule, in declared order; what access logs date themselves is kept by the logs keeper."""
    for activity_id, activity, rule in declaration.rules():
        if of_logs(activity, rule):
            continue
        for number in range(len(rule.steps)):
            yield RuleStep(activity_id, activity, rule, number)


def of_logs(activity: Activity, rule: RetentionRule) -> bool:
    """Whether a rule is about sealed log lines or their statistics."""
    return activity.logs is not None and rule.since.event in LOG_EVENTS


def backup_id(activity_id: str, rule: RetentionRule) -> str:
    """The promise about backup copies of a rule's data."""
    return f"retention/{activity_id}/{rule.id}/backup"


def promises(declaration: Declaration) -> Iterator[Promise]:
    """One promise for each step, one for each rule about backups."""
    for each in rule_steps(declaration):
        yield Promise(
            id=each.promise_id,
            keeper=KEEPER,
            kind="retention",
            text=_said(declaration, each),
            reference=_reference(each),
            activity=each.activity_id,
            terms=_terms(each),
        )
    for activity_id, activity, rule in declaration.rules():
        if rule.backup is not None and not of_logs(activity, rule):
            title = activity.title
            yield Promise(
                id=backup_id(activity_id, rule),
                keeper=KEEPER,
                kind="backup",
                text=Text(
                    f"{title.says('de')}: Sicherungskopien enthalten gelöschte Daten höchstens noch {rule.backup.text('de')}.",
                    f"{title.says('en')}: backup copies hold erased data for {rule.backup.text('en')} at most.",
                ),
                reference="gdpr:5(1)(e)",
                activity=activity_id,
                terms={"backup": str(rule.backup)},
            )


def _said(declaration: Declaration, each: RuleStep) -> Text:
    alone = each.rule.model_copy(update={"steps": (each.step,), "text": None, "backup": None})
    german, english = (
        " ".join(sentences(declaration, each.activity, alone, Words.of(declaration, language)))
        for language in ("de", "en")
    )
    title = each.activity.title
    return Text(f"{title.says('de')}: {german}", f"{title.says('en')}: {english}")


def _reference(each: RuleStep) -> str:
    if each.step.keep.statutory:
        citation = statutory(each.step.keep.statutory).citation
        return citation.id if citation else "gdpr:5(1)(e)"
    return "gdpr:17(1)(a)" if each.step.then in ERASING else "gdpr:5(1)(e)"


def _terms(each: RuleStep) -> dict[str, object]:
    return {
        "data": sorted(each.rule.data),
        "from": each.rule.since.event,
        "start": each.rule.since.start,
        "step": each.step.model_dump(mode="json", exclude_none=True),
        "when": each.rule.when.model_dump(mode="json", exclude_none=True) if each.rule.when else {},
        "within": str(each.rule.within) if each.rule.within else SLACK,
    }
