"""Versions of the notice: what was collected under an older one keeps its period where a later one is longer.

A shorter period counts for everything (the mail before the step comes first, as always). A longer one counts for older
data only where everybody concerned was told before. A rule that differs from the published notice does not run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from itertools import pairwise
from zoneinfo import ZoneInfo

from zusage.declaration import Declaration
from zusage.declaration.retention import Keep
from zusage.keepers.context import Context
from zusage.keepers.retention.rules import RuleStep, rule_steps
from zusage.registers.publications import Publication, keeps_of, publications
from zusage.stores.selection import Cut, Passed, Test


def keeps(declaration: Declaration) -> dict[str, str]:
    """How long each rule keeps data, as it is published: promise → `keep` as JSON."""
    return {each.promise_id: _keep(each.step.keep) for each in rule_steps(declaration)}


def _keep(keep: Keep) -> str:
    return keep.model_dump_json(exclude_none=True)


@dataclass(frozen=True, slots=True)
class EarlierPeriods:
    """What older versions said: promise → [(collected before, keep)], and promises that differ from the newest."""

    older: Mapping[str, list[tuple[Cut, Keep]]] = field(default_factory=dict)
    unpublished: frozenset[str] = frozenset()

    @classmethod
    def of(cls, context: Context) -> EarlierPeriods:
        """Of a workspace, by its register of publications; nothing where none was ever published."""
        with context.state.connect() as connection:
            versions = publications(connection)
            if not versions:
                return cls()
            said = [(one, keeps_of(connection, one.id)) for one in versions]
        now = keeps(context.declaration)
        newest = said[0][1]
        unpublished = frozenset(name for name, keep in now.items() if name in newest and newest[name] != keep)
        zone = ZoneInfo(context.declaration.time_zone)
        older = {name: list(_older(name, said, zone)) for name in now if len(said) > 1}
        return cls({name: found for name, found in older.items() if found}, unpublished)

    def apply(self, step: RuleStep, test: Test, test_of: Callable[[RuleStep], Test | None]) -> Test:
        """The test, with the cuts of older versions where they are shorter than today's."""
        found = self.older.get(step.promise_id)
        if not found or not isinstance(test, Passed) or test.end is not None:
            return test
        made: list[tuple[Cut, Cut]] = []
        for since, keep in found:
            earlier = test_of(_with(step, keep))
            if isinstance(earlier, Passed) and earlier.end is None and earlier.cut.instant > test.cut.instant:
                made.append((since, earlier.cut))
        return replace(test, earlier=tuple(made)) if made else test


def _older(
    name: str, said: Sequence[tuple[Publication, Mapping[str, str]]], zone: ZoneInfo
) -> list[tuple[Cut, Keep]]:
    """From the newest version back: until a change of which everybody was told, each older period counts for its data."""
    found: list[tuple[Cut, Keep]] = []
    for (later, after), (_, before) in pairwise(said):
        if name not in before or later.told:
            break
        if before[name] != after.get(name):
            found.append((_midnight(later.as_of, zone), Keep.model_validate_json(before[name])))
    return found


def _midnight(day: date, zone: ZoneInfo) -> Cut:
    return Cut(datetime.combine(day, time(), zone).astimezone(UTC), day)


def _with(step: RuleStep, keep: Keep) -> RuleStep:
    steps = tuple(
        one.model_copy(update={"keep": keep}) if number == step.number else one
        for number, one in enumerate(step.rule.steps)
    )
    return replace(step, rule=step.rule.model_copy(update={"steps": steps}))
