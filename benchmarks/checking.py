"""How right the findings on real notices are, and how many of their recorded defects are found.

The notices (`../shared/notices`) are not part of the project; what a person judged about them is
(`tests/notice/checking/judged`): `visible.tsv` holds the recorded defects that a program can see, `wrong.tsv` the findings that
a specialist would call wrong. Goals (issue 3): at least 60 % of those defects found, at least 95 % of the findings right.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from zusage.findings import Finding
from zusage.notice.checking.written import check_notice
from zusage.notice.reading import document_of, read_facts

ROOT = Path(__file__).resolve().parents[1]
NOTICES = ROOT.parent / "shared" / "notices"
JUDGED = ROOT / "tests" / "notice" / "checking" / "judged"
#: the day whose law counts
ON = date(2026, 11, 24)
_LINES = re.compile(r"\blines? (\d+(?:, \d+)*)")


@dataclass(frozen=True)
class Defect:
    """A recorded defect: the notice, its id there, its line (None: the whole notice), the codes that name it."""

    notice: str
    id: str
    line: int | None
    codes: frozenset[str]


@dataclass(frozen=True)
class Score:
    """What was found of a notice's visible defects, and what was reported wrongly."""

    notice: str
    visible: tuple[Defect, ...]
    missed: tuple[Defect, ...]
    reported: tuple[Finding, ...]
    wrong: tuple[Finding, ...]


def _rows(name: str) -> Iterator[list[str]]:
    for row in (JUDGED / name).read_text(encoding="utf-8").splitlines():
        if row and not row.startswith("#"):
            yield row.split("\t")


def defects() -> list[Defect]:
    """The recorded defects that a program can see."""
    return [
        Defect(notice, id, None if line == "-" else int(line), frozenset(codes.split()))
        for notice, id, line, codes in _rows("visible.tsv")
    ]


def _judged_wrong() -> set[tuple[str, str, int | None]]:
    return {(notice, code, None if line == "-" else int(line)) for notice, code, line in _rows("wrong.tsv")}


def _code(finding: Finding) -> str:
    return finding.code.removeprefix("notice/")


def _names(finding: Finding, defect: Defect) -> bool:
    """Whether a finding names a defect: by its code, and in its line, in one that it lists, or of the whole notice."""
    if _code(finding) not in defect.codes:
        return False
    listed = {int(one) for hit in _LINES.finditer(finding.message.says("en")) for one in hit[1].split(", ")}
    near = finding.place.line is None or defect.line is None or abs(finding.place.line - defect.line) <= 1
    return near or defect.line in listed


def score(notice: str) -> Score:
    """The findings on one of the real notices against what was judged."""
    document = document_of((NOTICES / f"{notice}.txt").read_bytes())
    reported = tuple(check_notice(document, read_facts(document), ON))
    visible = tuple(one for one in defects() if one.notice == notice)
    missed = tuple(one for one in visible if not any(_names(finding, one) for finding in reported))
    wrong = _judged_wrong()
    return Score(
        notice, visible, missed, reported,
        tuple(one for one in reported if (notice, _code(one), one.place.line) in wrong),
    )  # fmt: skip


def scores() -> list[Score]:
    """All real notices that were judged."""
    return [score(notice) for notice in sorted({one.notice for one in defects()})]


def main() -> int:
    """Prints both shares for each notice and the defects that were missed; exit code 1 below a goal."""
    if not NOTICES.is_dir():
        print("the real notices are not at hand (../shared/notices)")
        return 0
    all_scores = scores()
    print(f"{'notice':12} {'visible':>8} {'found':>6} {'':>6} {'reported':>9} {'right':>6}")
    for one in all_scores:
        found, right = len(one.visible) - len(one.missed), len(one.reported) - len(one.wrong)
        shares = found / len(one.visible), right / len(one.reported)
        print(
            f"{one.notice:12} {len(one.visible):8} {found:6} {shares[0]:6.0%} {len(one.reported):9} {right:6} {shares[1]:6.1%}"
        )
    visible, missed = sum(len(one.visible) for one in all_scores), sum(len(one.missed) for one in all_scores)
    reported, wrong = sum(len(one.reported) for one in all_scores), sum(len(one.wrong) for one in all_scores)
    found_share, right_share = 1 - missed / visible, 1 - wrong / reported
    print(
        f"{'all':12} {visible:8} {visible - missed:6} {found_share:6.0%} {reported:9} {reported - wrong:6} {right_share:6.1%}"
    )
    for one in all_scores:
        print(
            f"missed in {one.notice}: "
            + ", ".join(f"{lost.id} ({' '.join(sorted(lost.codes))})" for lost in one.missed)
        )
    return 0 if found_share >= 0.6 and right_share >= 0.95 else 1


if __name__ == "__main__":
    sys.exit(main())
