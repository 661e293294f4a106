"""A sweep that comes too seldom breaks promises by itself: the gap between "not before" and "not later" is too short for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from zusage.declaration import Declaration
from zusage.findings import Finding, Place, Severity
from zusage.keepers.retention.rules import SLACK, RuleStep, rule_steps
from zusage.law.duration import Duration
from zusage.text import Text


def interval_findings(declaration: Declaration, interval: timedelta) -> Iterator[Finding]:
    """Steps whose latest date comes sooner after their earliest than the next sweep may."""
    for step in rule_steps(declaration):
        gap = gap_of(step)
        if interval > gap:
            hours, need = gap.total_seconds() / 3600, interval.total_seconds() / 3600
            yield Finding(
                "retention/sweep-interval", Severity.ERROR,
                Text(f"{step.promise_id}: zwischen frühestem und spätestem Zeitpunkt liegen {hours:g} Stunden, der nächste "
                     f"Lauf kommt aber erst nach {need:g} Stunden.",
                     f"{step.promise_id}: {hours:g} hours lie between the earliest and the latest date, but the next sweep "
                     f"comes after {need:g} hours only."),
                Place(file="declaration.yaml", key=f"activities.{step.activity_id}.retention.{step.rule.id}"),
                instead=Text("öfter laufen lassen, oder within verlängern", "sweep more often, or lengthen within"),
            )  # fmt: skip


def gap_of(step: RuleStep) -> timedelta:
    """The shortest time between the step's earliest and latest date."""
    keep, within = step.step.keep, step.rule.within or Duration.parse(SLACK)
    if keep.at_least is not None and keep.at_most is not None:
        return timedelta(days=max(keep.at_most.least_days - keep.at_least.most_days, 0))
    return timedelta(days=within.least_days)
