"""How many rows a batch takes: so many that nearly all transactions stay under the time that a live table may wait.

A row's price is that of the dearer batches lately: on a busy machine one batch in ten takes three times as long, and a size
that is right on average is then wrong too often. Where the last one was dearer still, the next is small enough to end in time
even so. What any batch usually costs, however small, is taken off first – fewer rows would not make it less.
"""

from __future__ import annotations

from collections import deque
from statistics import median

#: batches that are remembered, and the share of them that must have stayed below what is reckoned with
_REMEMBERED = 24
_SHARE = 0.92
#: of the time allowed: what is aimed at, what the next batch may take at the last one's price, and what is left for rows at
#: least where overhead eats the rest
_AIM, _NEARLY, _LEAST = 0.75, 0.9, 0.25
_GROWTH, _SHRINKING = 2.0, 0.2


class Pace:
    """The size of the next batch, between `least` and `most` rows. `allowed`: milliseconds of a transaction."""

    def __init__(self, size: int, allowed: float, least: int, most: int) -> None:
        self.size = size
        self._allowed = allowed
        self._least, self._most = least, most
        self._prices: deque[float] = deque(maxlen=_REMEMBERED)
        self._overheads: deque[float] = deque(maxlen=_REMEMBERED)

    def note(self, rows: int, took: float, overhead: float) -> int:
        """After a full batch: it took so many milliseconds, `overhead` of them whatever its size. Returns the next size."""
        self._overheads.append(overhead)
        price = max(took - median(self._overheads), 0.1) / max(rows, 1)
        self._prices.append(price)
        wanted = min(self._left(_AIM) / _high(self._prices), self._left(_NEARLY) / price)
        factor = min(_GROWTH, max(_SHRINKING, wanted / self.size))
        self.size = int(min(self._most, max(self._least, self.size * factor)))
        return self.size

    def _left(self, share: float) -> float:
        """Milliseconds for rows, where this share of the time allowed is to be used."""
        return max(share * self._allowed - median(self._overheads), _LEAST * self._allowed)


def _high(seen: deque[float]) -> float:
    """What all but the few highest stayed below."""
    ordered = sorted(seen)
    return ordered[min(int(len(ordered) * _SHARE), len(ordered) - 1)]
