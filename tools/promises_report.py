"""Prints which promises the tests have shown, per notice and owner: `python tools/promises_report.py`.

Reads `build/promises.json`, written by the test run, and the catalogue beside the checkout (`../shared/promises`) for
the totals; without the catalogue only what was tested is counted. Exit code 1 if a promise failed, 2 without a report.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
REPORT = ROOT / "build/promises.json"
OWNERS = ROOT.parent / "shared/promises/owners.tsv"
COLUMNS = ("passed", "attested", "failed", "skipped", "untested")


def owners(path: Path) -> dict[str, str]:
    """Which piece of work keeps which promise, by id; empty without the catalogue."""
    if not path.is_file():
        return {}
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()[1:] if line)
    return {row[0]: row[1] for row in rows}


def table(shown: Mapping[str, str], owned: Mapping[str, str]) -> list[tuple[str, str, Counter[str]]]:
    """Counts by status for each notice and owner, then the totals of each notice, owner and all."""
    cells: dict[tuple[str, str], Counter[str]] = {}
    for id_ in sorted({*shown, *owned}):
        status, owner = shown.get(id_, "untested"), owned.get(id_, "?")
        notice = id_.rpartition("-")[0]
        for key in ((notice, owner), (notice, "all"), ("all", owner), ("all", "all")):
            cells.setdefault(key, Counter())[status] += 1
    rank = sorted(cells, key=lambda key: (key[0] == "all", key[0], key[1] == "all", key[1]))
    return [(notice, owner, cells[notice, owner]) for notice, owner in rank]


def show(rows: Iterable[tuple[str, str, Counter[str]]]) -> None:
    """Prints the table."""
    print(f"{'notice':<11}{'owner':<9}" + "".join(f"{name:>10}" for name in (*COLUMNS, "total")))
    for notice, owner, counts in rows:
        numbers = [counts[name] for name in COLUMNS] + [counts.total()]
        print(f"{notice:<11}{owner:<9}" + "".join(f"{number:>10}" for number in numbers))


def main() -> int:
    """Parses the arguments, prints, and gives the exit code."""
    parser = argparse.ArgumentParser(description="Which promises the tests have shown.")
    parser.add_argument("--list", choices=COLUMNS, help="print the ids in this state")
    parser.add_argument("--owner", help="only the promises of one owner")
    parser.add_argument("--report", type=Path, default=REPORT)
    arguments = parser.parse_args()
    if not arguments.report.is_file():
        print(f"{arguments.report} is not there; run the tests first (make test)", file=sys.stderr)
        return 2
    shown: dict[str, str] = json.loads(arguments.report.read_text(encoding="utf-8"))
    owned = owners(OWNERS)
    if arguments.owner:
        owned = {id_: owner for id_, owner in owned.items() if owner == arguments.owner}
        shown = {id_: status for id_, status in shown.items() if id_ in owned}
    if arguments.list:
        print(
            "\n".join(id_ for id_ in sorted({*shown, *owned}) if shown.get(id_, "untested") == arguments.list)
        )
    else:
        show(table(shown, owned))
        failed = [id_ for id_, status in shown.items() if status == "failed"]
        if failed:
            print("failed: " + ", ".join(sorted(failed)))
    return 1 if "failed" in shown.values() else 0


if __name__ == "__main__":
    sys.exit(main())
