"""Runs every benchmark of this folder, or those named: `python -m benchmarks [NAME …]`.

Each is a module that can be run by itself (`python -m benchmarks.NAME`), measures Zusage and its rival in one run, and
prints the ratio. The command of each is printed before it.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main() -> int:
    """Runs them one after the other; exit code 1 if one failed."""
    there = [path.stem for path in sorted(HERE.glob("*.py")) if not path.stem.startswith("_")]
    wrong = 0
    for name in sys.argv[1:] or there:
        print(f"\n$ python -m benchmarks.{name}", flush=True)
        wrong += subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode != 0
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
