"""Salts for commitments: random bytes, fetched from the system many at a time.

Each fetch lets other threads go first; at thousands of choices a second that is most of what a choice costs.
"""

from __future__ import annotations

import os
import threading
from collections import deque

SIZE = 16
_AT_ONCE = 256
_there: deque[bytes] = deque()
_lock = threading.Lock()


def fresh_salt() -> bytes:
    """16 random bytes that nobody else gets."""
    while True:
        try:
            return _there.popleft()
        except IndexError:
            with _lock:
                if not _there:
                    chance = os.urandom(SIZE * _AT_ONCE)
                    _there.extend(chance[start : start + SIZE] for start in range(0, len(chance), SIZE))


# two processes must not share what lies there
os.register_at_fork(after_in_child=_there.clear)
