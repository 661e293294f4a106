"""The filter: lines in, the same lines out, in the same order, with their addresses cut. A drop-in for a log pipe.

Fails closed: a column that holds no address becomes `-`; a line that has fewer columns than named loses what it has
in its last one. Needs no extra. Two processes share the work; nothing is written anywhere but to the output.
"""

from __future__ import annotations

import errno
import fcntl
import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from io import RawIOBase
from pathlib import Path
from typing import BinaryIO

from zusage.errors import ZusageError
from zusage.keepers.logs.addresses import NOTHING, Cuts

#: How much is taken from a pipe or file at once.
CHUNK = 1 << 20
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
    source: BinaryIO | RawIOBase,
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
    from concurrent.futures.process import ProcessPoolExecutor

    with ProcessPoolExecutor(processes, initializer=_start_worker, initargs=(columns, v4, v6)) as pool:
        return _copy_in_order(source, target, lambda chunk: pool.submit(_work, chunk), 2 * processes)


def _copy(source: BinaryIO | RawIOBase, target: BinaryIO, cut: Callable[[bytes], bytes]) -> int:
    read = 0
    for chunk in whole_lines(source, CHUNK):
        read += len(chunk)
        target.write(cut(chunk))
        target.flush()
    return read


def _copy_in_order(
    source: BinaryIO | RawIOBase, target: BinaryIO, submit: Callable[[bytes], Future[bytes]], ahead: int
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


def whole_lines(source: BinaryIO | RawIOBase, size: int) -> Iterator[bytes]:
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


def anonymise_file(
    source: Path,
    target: BinaryIO,
    *,
    columns: Sequence[int] = (1,),
    v4: int = 24,
    v6: int = 48,
    processes: int = 2,
) -> int:
    """As `anonymise`, for a file: each process reads its own pieces, so that only results travel. Keeps the order."""
    Anonymiser(columns, v4, v6)
    size = source.stat().st_size
    pieces = [(str(source), start, min(start + CHUNK, size)) for start in range(0, size, CHUNK)]
    workers: list[_Worker] = []
    try:
        for number in range(processes):
            workers.append(
                _Worker(pieces[number::processes], (columns, v4, v6), [each.pipe for each in workers])
            )
        for number in range(len(pieces)):
            workers[number % processes].pass_on(target)
        target.flush()
    finally:
        for worker in workers:
            worker.end()
    return size


class WorkerLost(ZusageError):
    """A process of the filter died; the output ends where its piece would have begun."""


class _Worker:
    """A process that cuts every n-th piece and hands the lines over through a pipe, without a detour through Python."""

    def __init__(
        self,
        pieces: Sequence[tuple[str, int, int]],
        how: tuple[Sequence[int], int, int],
        earlier: Sequence[int],
    ) -> None:
        self.pipe, end = os.pipe()
        fcntl.fcntl(end, fcntl.F_SETPIPE_SZ, 1 << 20)
        # no process may hold a reading end but this one: when it dies, the others find their pipe broken and end too
        inherited = [*earlier, self.pipe]
        from multiprocessing import get_context

        context = get_context("fork")
        self._process = context.Process(target=_cut_pieces, args=(pieces, how, end, inherited), daemon=True)
        self._process.start()
        os.close(end)

    def pass_on(self, target: BinaryIO) -> None:
        """The next piece to `target`. Raises `WorkerLost`."""
        head = self._read(8)
        left = int.from_bytes(head, "big")
        try:
            target.flush()
            where = target.fileno()
        except (OSError, ValueError):
            where = -1
        while left:
            moved = self._splice(where, left) if where >= 0 else 0
            if not moved:
                where = -1
                moved = target.write(self._read(min(left, 1 << 20)))
            left -= moved

    def _splice(self, where: int, size: int) -> int:
        """Moves bytes inside the kernel; 0 where the target cannot do that (a terminal, a file opened for appending)."""
        try:
            return os.splice(self.pipe, where, size)
        except OSError as error:
            if error.errno == errno.EINVAL:
                return 0
            raise

    def _read(self, size: int) -> bytes:
        parts = []
        while size:
            part = os.read(self.pipe, size)
            if not part:
                raise WorkerLost(
                    "a process of the filter died", hint="run it again; nothing but the output was written"
                )
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def end(self) -> None:
        """Close the pipe and wait for the process."""
        os.close(self.pipe)
        self._process.join(5)
        if self._process.is_alive():
            self._process.kill()


def _cut_pieces(
    pieces: Sequence[tuple[str, int, int]],
    how: tuple[Sequence[int], int, int],
    pipe: int,
    inherited: Sequence[int],
) -> None:
    for each in inherited:
        os.close(each)
    _start_worker(*how)
    for piece in pieces:
        cut = _work_on_piece(*piece)
        left = memoryview(len(cut).to_bytes(8, "big") + cut)
        while left:
            try:
                left = left[os.write(pipe, left) :]
            except BrokenPipeError:
                return


def _work_on_piece(path: str, start: int, end: int) -> bytes:
    """The lines that begin in [start, end) of a file, cut. A line belongs to the piece in which it begins."""
    with Path(path).open("rb", buffering=0) as file:
        if start:
            file.seek(start - 1)
            text = file.read(end - start + 1)
            # what comes before the first line end belongs to the piece before
            first = text.find(b"\n") + 1
            if not first:
                return b""
            text = text[first:]
        else:
            text = file.read(end - start)
        if text and not text.endswith(b"\n"):
            file.seek(end)
            rest = [text]
            while more := file.read(1 << 16):
                line_end = more.find(b"\n") + 1
                rest.append(more[:line_end] if line_end else more)
                if line_end:
                    break
            text = b"".join(rest)
    return _work(text) if text else b""
