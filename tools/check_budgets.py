"""Measures what Zusage costs against `budgets.toml`: `python -m tools.check_budgets [PART …]`.

Parts: `structure`, `licences`, `install` (the wheel in a fresh environment), `speed` (of that installation). Prints
each figure beside its limit; exit code 1 if one is over.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools import check_licences, check_structure
from tools.measuring import CoreInstallation, server_figures, status_seconds, wall_seconds

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Figure:
    """One measured number and the most it may be."""

    what: str
    measured: float
    limit: float
    unit: str

    @property
    def fits(self) -> bool:
        """Whether the budget is kept."""
        return self.measured <= self.limit

    def __str__(self) -> str:
        verdict = "ok" if self.fits else "OVER"
        return f"{self.what:<44}{self.measured:>9.2f} of {self.limit:>6.2f} {self.unit:<9}{verdict}"


def install(budgets: dict[str, Any]) -> Iterator[Figure]:
    """How many packages and how much disk the core takes."""
    core = CoreInstallation.fresh()
    yield Figure("core: packages", core.packages(), budgets["install"]["packages"], "packages")
    yield Figure("core: disk with bytecode", core.megabytes(), budgets["install"]["megabytes"], "MB")


def speed(budgets: dict[str, Any]) -> Iterator[Figure]:
    """How long people wait, in the fresh core installation."""
    limits, core = budgets["speed"], CoreInstallation.fresh()
    yield Figure("zusage --help", wall_seconds([core.zusage, "--help"]), limits["help_seconds"], "s")
    if core.offers("demo") and core.offers("status"):
        yield Figure("zusage status, small demo", status_seconds(core), limits["status_seconds"], "s")
    if core.offers("demo") and core.offers("serve"):
        seconds, megabytes = server_figures(core)
        yield Figure("zusage serve until healthy", seconds, limits["healthy_seconds"], "s")
        yield Figure("zusage serve: memory", megabytes, limits["server_megabytes"], "MB")


MEASURED: dict[str, Callable[[dict[str, Any]], Iterator[Figure]]] = {"install": install, "speed": speed}
READ: dict[str, Callable[[], Iterator[str]]] = {
    "structure": lambda: iter(check_structure.problems()),
    "licences": lambda: check_licences.problems(),
}


def main() -> int:
    """Parses the arguments, measures, prints; gives the exit code."""
    parser = argparse.ArgumentParser(description="What Zusage costs, against budgets.toml.")
    parser.add_argument("parts", nargs="*", choices=[[], *READ, *MEASURED], metavar="PART")
    chosen = parser.parse_args().parts or [*READ, *MEASURED]
    budgets = tomllib.loads((ROOT / "budgets.toml").read_text(encoding="utf-8"))
    broken = 0
    for part in chosen:
        if part in READ:
            wrong = list(READ[part]())
            broken += len(wrong)
            print("\n".join(wrong) if wrong else f"{part}: ok")
        else:
            for figure in MEASURED[part](budgets):
                broken += not figure.fits
                print(figure, flush=True)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
