"""Reading notices: milliseconds for one of 69 kB, memory, and the growth of time with length up to 10 MB.

Goals (issue 3): at most 200 ms on one core after import, at most 150 MB, time in proportion to the length. The rival is
the same text taken ten times: a ratio of 10 is linear.
"""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path

from zusage.notice.reading import document_of, read_facts

CORPUS = Path(__file__).resolve().parents[1] / "tests" / "notice" / "reading" / "corpus"
ONE = 69_000


def text_of(length: int) -> str:
    """German notices of the corpus, one after the other, up to `length` characters."""
    pieces = [path.read_text(encoding="utf-8") for path in sorted(CORPUS.glob("*/*.txt"))]
    joined = "\n\n".join(pieces)
    return (joined * (length // len(joined) + 1))[:length]


def seconds(text: str, times: int) -> float:
    """The least processor time of some runs."""
    best = float("inf")
    for _ in range(times):
        begin = time.process_time()
        read_facts(document_of(text))
        best = min(best, time.process_time() - begin)
    return best


def main() -> int:
    """Prints the figures; exit code 1 where a goal is missed by far."""
    seconds(text_of(20_000), 1)
    one = seconds(text_of(ONE), 5)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"69 kB: {one * 1000:.0f} ms, {memory:.0f} MB resident at most (goals: 200 ms, 150 MB)")
    before = one
    largest = 10_000_000 if "--large" in sys.argv else ONE * 10
    length = ONE * 10
    while length <= largest:
        taken = seconds(text_of(length), 1)
        print(f"{length / 1e6:.2f} MB: {taken:.2f} s, {taken / before:.1f} times as long as a tenth of it")
        before, length = taken, length * 10
    return 0 if one < 0.6 and memory < 150 else 1


if __name__ == "__main__":
    sys.exit(main())
