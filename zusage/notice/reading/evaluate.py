"""How well a reading agrees with gold facts: precision, recall and F1 for each type, and the worst misses.

A fact is found when the type is the same, the normalised values agree and the lines differ by at most two. Values are
compared without case, articles, possessives and inflectional endings; durations as durations (`P12M` is `P1Y`,
`PT24H` is `P1D`, as a reader would take them); a retention by its period, a transfer by country and safeguard, a cookie
by name and lifetime, a recipient by name.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from zusage.errors import ZusageError
from zusage.lexicon import fold
from zusage.notice.reading.facts import FACT_TYPES, Fact
from zusage.notice.reading.loading import load_document
from zusage.notice.reading.reading import read_facts

_WORD = re.compile(r"\w+")
_SMALL = frozenset(
    "der die das den dem des ein eine einen einem einer eines ihr ihre ihren ihrem ihrer ihres unser unsere unseren unserer unserem "
    "unseres dein deine deinen deiner zu the a an your our to sein seine und and sowie oder or ihnen sie können kann its his her their".split()
)
_TOLERANCE = 2
_DURATION = re.compile(
    r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?"
)


@dataclass(slots=True)
class Score:
    """Counts of one type: found and right, found but wrong, missed."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def f1(self) -> float:
        total = 2 * self.right + self.wrong + self.missed
        return 2 * self.right / total if total else 1.0

    def add(self, other: Score) -> None:
        """Adds another's counts."""
        self.right += other.right
        self.wrong += other.wrong
        self.missed += other.missed


@dataclass(slots=True)
class Evaluation:
    """Scores by notice and type, and what was missed or wrong, as (notice, kind, line, type, value)."""

    by_notice: dict[str, dict[str, Score]] = field(default_factory=dict)
    misses: list[tuple[str, str, int, str, str]] = field(default_factory=list)

    def totals(self) -> dict[str, Score]:
        """The scores of each type over all notices."""
        totals: dict[str, Score] = {}
        for scores in self.by_notice.values():
            for name, score in scores.items():
                totals.setdefault(name, Score()).add(score)
        return {name: totals[name] for name in FACT_TYPES if name in totals}

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "types": {name: _score_json(score) for name, score in self.totals().items()},
            "notices": {
                notice: {name: _score_json(score) for name, score in scores.items()}
                for notice, scores in self.by_notice.items()
            },
            "misses": [
                {"notice": notice, "kind": kind, "line": line, "type": name, "value": value}
                for notice, kind, line, name, value in self.misses
            ],
        }


def _score_json(score: Score) -> dict[str, Any]:
    return {
        "right": score.right, "wrong": score.wrong, "missed": score.missed,
        "precision": round(score.precision, 3), "recall": round(score.recall, 3), "f1": round(score.f1, 3),
    }  # fmt: skip


def evaluate(folder: Path) -> Evaluation:
    """Reads every `NAME.txt` (or .md, .html, .pdf) in `folder` beside a `NAME.facts.json` and compares.

    Raises `ZusageError` when there is no such pair.
    """
    evaluation = Evaluation()
    for gold_path in sorted(folder.glob("*.facts.json")):
        name = gold_path.name.removesuffix(".facts.json")
        source = next(
            (
                path
                for suffix in (".txt", ".md", ".html", ".pdf")
                if (path := folder / f"{name}{suffix}").exists()
            ),
            None,
        )
        if source is None:
            continue
        gold = json.loads(gold_path.read_text(encoding="utf-8"))
        evaluation.by_notice[name] = compare(name, read_facts(load_document(source)), gold, evaluation.misses)
    if not evaluation.by_notice:
        raise ZusageError(f"there are no gold facts in {folder}", hint="put NAME.txt beside NAME.facts.json")
    return evaluation


def compare(
    name: str,
    found: Iterable[Fact],
    gold: Sequence[dict[str, Any]],
    misses: list[tuple[str, str, int, str, str]],
) -> dict[str, Score]:
    """The scores of one notice; what does not agree is appended to `misses`."""
    scores: dict[str, Score] = {}
    open_facts: dict[tuple[str, Any], list[Fact]] = {}
    for fact in found:
        open_facts.setdefault((fact.type, normal(fact.type, fact.value)), []).append(fact)
    for entry in gold:
        score = scores.setdefault(entry["type"], Score())
        candidates = open_facts.get((entry["type"], normal(entry["type"], entry["value"])), [])
        match = next((fact for fact in candidates if abs(fact.line - entry["line"]) <= _TOLERANCE), None)
        if match:
            candidates.remove(match)
            score.right += 1
        else:
            score.missed += 1
            misses.append((name, "missed", entry["line"], entry["type"], shown(entry["value"])))
    for (kind, _), facts in open_facts.items():
        for fact in facts:
            scores.setdefault(kind, Score()).wrong += 1
            misses.append((name, "wrong", fact.line, kind, shown(fact.value)))
    return scores


def normal(kind: str, value: Any) -> Any:
    """A value such that two that mean the same are equal."""
    if kind == "retention":
        return tuple(sorted(duration(part) for part in str(value["keep"]).split("/")))
    if kind == "transfer":
        return value["country"], value["safeguard"]
    if kind == "cookie":
        return _name(value["name"]), duration(str(value["keep"]))
    if kind == "recipient":
        return words(value["name"])
    if kind == "deadline":
        return duration(value["within"])
    if kind == "authority":
        # with its abbreviation or without, it is the same authority: "Information Commissioner's Office (ICO)"
        return words(re.sub(r"\s\([^()]*[A-ZÄÖÜ]{2}[^()]*\)$", "", str(value)))
    if kind == "contact":
        text = str(value).casefold().rstrip("/")
        return re.sub(r"[^\d+]", "", text) if re.fullmatch(r"[\d\s()+/.-]+", text) else text
    if kind in (
        "data_category",
        "purpose",
        "source",
        "controller",
        "dpo",
        "third_party_service",
    ):
        return words(str(value))
    return value


def duration(text: str) -> str:
    """A duration in one form: whole days and below in seconds, months and years in months; other words as they are."""
    match = _DURATION.fullmatch(text)
    if not match or text == "P":
        return text
    years, months, weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    small = ((weeks * 7 + days) * 24 + hours) * 3600 + minutes * 60 + seconds
    return f"{years * 12 + months}M{small}"


def words(text: str) -> tuple[str, ...]:
    """The words of a phrase without articles, possessives and endings."""
    return tuple(fold(word) for word in _WORD.findall(text) if word.casefold() not in _SMALL)


def _name(text: str) -> str:
    return "".join(text.split()).casefold().rstrip("s")


def shown(value: Any) -> str:
    """A fact's value in one line: a text as it is, anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def worst(evaluation: Evaluation, most: int = 40) -> list[tuple[str, str, int, str, str]]:
    """The misses of the types that agree least, first."""
    totals = evaluation.totals()
    ranked = sorted(evaluation.misses, key=lambda miss: totals[miss[3]].f1 if miss[3] in totals else 0.0)
    taken: Counter[str] = Counter()
    chosen: list[tuple[str, str, int, str, str]] = []
    for miss in ranked:
        if taken[miss[3]] < 8 and len(chosen) < most:
            taken[miss[3]] += 1
            chosen.append(miss)
    return chosen
