"""How many rows a batch takes: so many that nearly all transactions stay under the time that a live table may wait.

A row's price is that of the dearer batches lately, not of the last one: on a busy machine one batch in ten takes three times as
long, and a size that is right on average is then wrong too often. What any batch costs, however small, is taken off first –
fewer rows would not make it less.
"""

from __future__ import annotations

from collections import deque

#: batches that are remembered, and the share of them that must have stayed below what is reckoned with
_REMEMBERED = 24
_SHARE = 0.92
#: of the time allowed, what is aimed at, and what is left for rows at least where overhead eats the rest
_AIM, _LEAST = 0.8, 0.3
_GROWTH, _SHRINKING = 1.5, 0.4


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
        self._prices.append(max(took - overhead, 0.1) / max(rows, 1))
        self._overheads.append(overhead)
        aim = max(_AIM * self._allowed - _high(self._overheads), _LEAST * self._allowed)
        factor = min(_GROWTH, max(_SHRINKING, aim / _high(self._prices) / self.size))
        self.size = int(min(self._most, max(self._least, self.size * factor)))
        return self.size


def _high(seen: deque[float]) -> float:
    """What all but the few highest stayed below."""
    ordered = sorted(seen)
    return ordered[min(int(len(ordered) * _SHARE), len(ordered) - 1)]
