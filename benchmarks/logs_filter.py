"""`python -m benchmarks.logs_filter [--megabytes N]`: a truncated copy in order, against anonip, mawk, cat and wc.

Bar: at least 15 × anonip in at most 450 MB, the same bytes as anonip on plain addresses.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks._logs import anonip, best, heading, measure, row, write_lines

AWK = '{ n = split($1, p, "."); if (n == 4) $1 = p[1] "." p[2] "." p[3] ".0"; else $1 = "-"; print }'


def main() -> int:
    """Prints the table; 1 if the bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--times", type=int, default=2)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="zusage-bench-") as folder:
        log = Path(folder) / "access.log"
        write_lines(log, asked.megabytes * 1_000_000)
        size = log.stat().st_size
        heading(size)
        rival = anonip(log, 1)
        if rival:
            row("anonip 1.1", rival, size, rival)
        row("limit: cat", best(lambda: measure(["cat"], log), asked.times), size, rival)
        if shutil.which("mawk"):
            row(
                "mawk (IPv4 only, fails on everything else)",
                best(lambda: measure(["mawk", AWK], log), asked.times),
                size,
                rival,
            )
        filter_ = [str(Path(sys.executable).parent / "zusage"), "logs", "anonymise"]
        piped = best(lambda: measure(filter_, log), asked.times)
        row("zusage logs anonymise < log", piped, size, rival)
        two = best(lambda: measure([*filter_, "--processes", "2", str(log)]), asked.times)
        row("zusage logs anonymise --processes 2 log", two, size, rival)
        if rival is None:
            return 0
        ratio = rival.seconds / min(two.seconds, piped.seconds)
        print(f"ratio to anonip: {ratio:.1f} (bar 15), {two.megabytes:.0f} MB (bar 450)")
        return int(ratio < 15 or two.megabytes > 450)


if __name__ == "__main__":
    sys.exit(main())
