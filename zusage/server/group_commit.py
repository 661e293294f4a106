"""Group commit: many requests wait together for one durable transaction.

A writer thread takes what has come in while the last transaction ran, writes it, and only then tells everybody who
waits. Nobody is answered before the data are on disk; nobody pays for a transaction of their own.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Sequence
from typing import Generic, TypeAlias, TypeVar

ItemT = TypeVar("ItemT")
#: seconds: how long a group waits for others at most
_LONGEST = 0.01
#: what is to be written, and who waits for it where
_Waiting: TypeAlias = tuple[ItemT, asyncio.AbstractEventLoop, asyncio.Future[None]]


class Overloaded(RuntimeError):
    """More waits than may wait: the caller answers 503 and the browser tries again."""


class GroupCommit(Generic[ItemT]):
    """Writes items in groups with `write`, which commits or raises; one call at a time, in a thread of its own.

    A group that cannot be written is tried again in halves, so that only the items that are to blame fail – unless the error
    is one of `hopeless`, which no item is to blame for (the database is away). An item alone is tried once more after an
    error of `crossed`: another process wrote the same in between, and now it can be seen.
    """

    def __init__(
        self,
        write: Callable[[Sequence[ItemT]], None],
        *,
        most: int = 512,
        waiting: int = 20_000,
        hopeless: type[Exception] | tuple[type[Exception], ...] = (),
        crossed: type[Exception] | tuple[type[Exception], ...] = (),
    ) -> None:
        self.write = write
        self.most = most
        self.hopeless = hopeless
        self.crossed = crossed
        self.waiting = waiting
        self._waiting: list[_Waiting[ItemT]] = []
        #: at how many waiting items the writer wants to be woken; 0 while it writes
        self._needed = 0
        self._thread: threading.Thread | None = None
        self._changed = threading.Condition()

    async def add(self, item: ItemT) -> None:
        """Returns when `item` is durably written. Raises what `write` raised for it, or `Overloaded`."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        with self._changed:
            if len(self._waiting) >= self.waiting:
                raise Overloaded
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="group-commit", daemon=True)
                self._thread.start()
            self._waiting.append((item, loop, done))
            # waking a thread costs more than all the rest: only when it has something to do
            if len(self._waiting) == self._needed:
                self._changed.notify()
        await done

    def close(self) -> None:
        """Write what waits, then stop."""
        with self._changed:
            thread, self._thread = self._thread, None
            self._changed.notify()
        if thread is not None:
            thread.join(timeout=10)

    def _run(self) -> None:
        expected, took = 1, 0.0
        while group := self._next(expected, took):
            start = time.monotonic()
            self._write(group)
            took = time.monotonic() - start
            # who was just answered comes again soon, if many do: then one transaction may as well serve them all
            expected = min(len(group) + len(self._waiting), self.most)

    def _next(self, expected: int, took: float) -> list[_Waiting[ItemT]]:
        """What waits, as soon as anything does; nothing where that is all. For as many as are `expected` it waits a moment,
        never longer than the last transaction `took`: nobody who comes alone waits for anybody."""
        with self._changed:
            self._until(1, None)
            self._until(expected, min(took, _LONGEST))
            self._needed = 0
            group = self._waiting[: self.most]
            del self._waiting[: len(group)]
        return group

    def _until(self, needed: int, seconds: float | None) -> None:
        me, self._needed = threading.current_thread(), needed
        # a writer that is no longer the one was closed
        self._changed.wait_for(lambda: self._thread is not me or len(self._waiting) >= needed, seconds)

    def _write(self, group: list[_Waiting[ItemT]]) -> None:
        failure = self._attempt(group)
        if len(group) == 1 and isinstance(failure, self.crossed):
            failure = self._attempt(group)
        if failure is None or len(group) == 1 or isinstance(failure, self.hopeless):
            _answer(group, failure)
            return
        # one of them cannot be written: the others must not suffer for it
        middle = len(group) // 2
        self._write(group[:middle])
        self._write(group[middle:])

    def _attempt(self, group: Sequence[_Waiting[ItemT]]) -> Exception | None:
        try:
            self.write([item for item, _, _ in group])
        except Exception as error:  # noqa: BLE001 whoever waits hears of it
            return error
        return None


def _answer(group: Sequence[_Waiting[ItemT]], failure: Exception | None) -> None:
    by_loop: dict[asyncio.AbstractEventLoop, list[asyncio.Future[None]]] = {}
    for _, loop, done in group:
        by_loop.setdefault(loop, []).append(done)
    for loop, futures in by_loop.items():
        # whoever closed their loop has left; the writer goes on for everybody else
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(_tell, futures, failure)


def _tell(futures: list[asyncio.Future[None]], failure: BaseException | None) -> None:
    for done in futures:
        if done.done():
            continue
        if failure is None:
            done.set_result(None)
        else:
            done.set_exception(failure)
