"""The filter: lines in, the same lines out, in the same order, with their addresses cut. A drop-in for a log pipe.

Fails closed: a column that holds no address becomes `-`; a line that has fewer columns than named loses what it has
in its last one. Needs no extra. Two processes share the work; nothing is written anywhere but to the output.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from typing import BinaryIO

from zusage.errors import ZusageError
from zusage.keepers.logs.addresses import NOTHING, Cuts

#: How much is taken from a pipe or file at once.
CHUNK = 4 << 20
#: A "line" longer than this without an end is not a line; it is passed on with its head cut.
LONGEST = 64 << 20


class BadColumn(ZusageError):
    """Columns are counted from 1."""


class Anonymiser:
    """Cuts the addresses in `columns` (1-based, separated by one space) of whole lines."""

    def __init__(self, columns: Sequence[int] = (1,), v4: int = 24, v6: int = 48) -> None:
        if not columns or min(columns) < 1:
            raise BadColumn("name columns from 1 on", hint="--column 1 is the first")
        self._columns = sorted(set(columns))
        self._cuts = Cuts(v4, v6)

    def lines(self, chunk: bytes) -> bytes:
        """`chunk`, a run of whole lines (the last one may lack its end), with addresses cut."""
        if self._columns == [1]:
            return self._first_column(chunk)
        return b"\n".join([self._line(line) if line else line for line in chunk.split(b"\n")])

    def _first_column(self, chunk: bytes) -> bytes:
        cuts = self._cuts
        cut_lines: list[bytes] = []
        add = cut_lines.append
        for line in chunk.split(b"\n"):
            if line:
                parts = line.split(b" ", 1)
                parts[0] = cuts[parts[0]]
                add(b" ".join(parts))
            else:
                add(line)
        return b"\n".join(cut_lines)

    def _line(self, line: bytes) -> bytes:
        parts = line.split(b" ", self._columns[-1])
        for column in self._columns:
            if column <= len(parts):
                parts[column - 1] = self._cuts[parts[column - 1]]
            else:
                parts[-1] = NOTHING
        return b" ".join(parts)


_worker: Anonymiser | None = None


def _start_worker(columns: Sequence[int], v4: int, v6: int) -> None:
    global _worker
    _worker = Anonymiser(columns, v4, v6)


def _work(chunk: bytes) -> bytes:
    assert _worker is not None
    return _worker.lines(chunk)


def anonymise(
    source: BinaryIO,
    target: BinaryIO,
    *,
    columns: Sequence[int] = (1,),
    v4: int = 24,
    v6: int = 48,
    processes: int = 1,
) -> int:
    """Copy `source` to `target` with the addresses in `columns` cut; returns how many bytes were read.

    With `processes` > 1, chunks are cut side by side and written in order. Raises `BadColumn` and what the streams
    raise.
    """
    here = Anonymiser(columns, v4, v6)
    if processes <= 1:
        return _copy(source, target, here.lines)
    with ProcessPoolExecutor(processes, initializer=_start_worker, initargs=(columns, v4, v6)) as pool:
        return _copy_in_order(source, target, lambda chunk: pool.submit(_work, chunk), 2 * processes)


def _copy(source: BinaryIO, target: BinaryIO, cut: Callable[[bytes], bytes]) -> int:
    read = 0
    for chunk in whole_lines(source, CHUNK):
        read += len(chunk)
        target.write(cut(chunk))
        target.flush()
    return read


def _copy_in_order(
    source: BinaryIO, target: BinaryIO, submit: Callable[[bytes], Future[bytes]], ahead: int
) -> int:
    read = 0
    waiting: deque[Future[bytes]] = deque()
    for chunk in whole_lines(source, CHUNK):
        read += len(chunk)
        waiting.append(submit(chunk))
        while len(waiting) > ahead:
            target.write(waiting.popleft().result())
    while waiting:
        target.write(waiting.popleft().result())
    target.flush()
    return read


def whole_lines(source: BinaryIO, size: int) -> Iterator[bytes]:
    """`source` in runs of whole lines of about `size` bytes; the last run may lack its line end.

    From a pipe, what is there is passed on at once, so that a live log does not wait for a full chunk.
    """
    read_some: Callable[[int], bytes] = getattr(source, "read1", source.read)
    rest: list[bytes] = []
    held = 0
    while chunk := read_some(size):
        end = chunk.rfind(b"\n")
        if end < 0 and held < LONGEST:
            rest.append(chunk)
            held += len(chunk)
            continue
        whole, rest_now = (chunk[: end + 1], chunk[end + 1 :]) if end >= 0 else (chunk, b"")
        yield b"".join([*rest, whole]) if rest else whole
        rest, held = ([rest_now], len(rest_now)) if rest_now else ([], 0)
    if rest:
        yield b"".join(rest)
