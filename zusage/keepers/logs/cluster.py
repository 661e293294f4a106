# ruff: noqa: S608 - the SQL is made of our own expressions; file names go through `quoted`
"""Counting many files at once: the function that counts here is mapped over pieces of them, here or on a cluster.

A piece is a run of whole lines of one file; its counts depend on nothing else, and counts add up. So two machines, or
twenty, give the same figures as one, in whatever order, and a piece whose worker died is simply counted again. The
cluster is Dask distributed (extra `[cluster]`); its workers need the files under the same paths and the extra `[logs]`.
"""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zusage.declaration.logs import LogPolicy
from zusage.errors import MissingExtra
from zusage.keepers.logs.anonymise import whole_lines
from zusage.keepers.logs.extraction import column, quoted
from zusage.keepers.logs.figures import period_sql
from zusage.keepers.logs.formats import declared_format
from zusage.keepers.logs.scanning import BUCKETS, Scan, Where, connect

PIECE = 256 << 20
_BATCH = 16 << 20


@dataclass(frozen=True, slots=True)
class Piece:
    """The lines that begin in [start, end) of a plain file."""

    path: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Task:
    """What is the same for all pieces. `salt` keys the lower bounds, so that a piece counted twice is counted alike."""

    policy: str
    where: Where
    zone: str
    salt: int
    memory_mb: int = 200
    threads: int = 1


@dataclass(frozen=True, slots=True)
class Counted:
    """The counts of one piece: Parquet files as bytes, by day and customer."""

    piece: Piece
    lines: int
    counted: int
    partials: tuple[tuple[str, str, bytes], ...]


def pieces_of(paths: Iterable[Path], size: int = PIECE) -> list[Piece]:
    """Files cut into pieces of about `size` bytes."""
    pieces = []
    for path in paths:
        length = path.stat().st_size
        pieces += [Piece(str(path), start, min(start + size, length)) for start in range(0, length, size)]
    return pieces


def task_of(policy: LogPolicy, where: Where, zone: str, memory_mb: int = 200, threads: int = 1) -> Task:
    """A task for the lines of one source."""
    return Task(policy.model_dump_json(), where, zone, secrets.randbits(63), memory_mb, threads)


def count_piece(piece: Piece, task: Task) -> Counted:
    """Counts one piece. The one function, here and on every worker; reads the piece and writes nothing that stays."""
    policy = LogPolicy.model_validate_json(task.policy)
    duck = connect(task.memory_mb, task.threads)
    scan = Scan(declared_format(policy), policy, task.where, duck, salt=task.salt)
    lines = counted = 0
    try:
        scan.begin()
        for run in _runs(piece):
            found = scan.count(run)
            counted += sum(found.valid.values())
            lines += found.lines
            scan.keep()
        with tempfile.TemporaryDirectory(prefix="zusage-count-") as folder:
            partials = tuple(
                (each.day, each.customer, each.path.read_bytes())
                for each in scan.write(Path(folder), task.zone)
            )
    finally:
        scan.close()
    return Counted(piece, lines, counted, partials)


def _runs(piece: Piece) -> Iterable[bytes]:
    """Whole lines of a piece in runs; a line belongs to the piece in which it begins."""
    with Path(piece.path).open("rb") as file:
        position = piece.start
        if piece.start:
            file.seek(piece.start - 1)
            position += len(file.readline()) - 1
        file.seek(position)
        for run in whole_lines(file, _BATCH):
            if position + len(run) <= piece.end:
                yield run if run.endswith(b"\n") else run + b"\n"
                position += len(run)
                continue
            if position < piece.end:
                last = run.find(b"\n", max(piece.end - position - 1, 0)) + 1 or len(run)
                yield run[:last] if run[:last].endswith(b"\n") else run[:last] + b"\n"
            return


def count_here(pieces: Sequence[Piece], task: Task) -> list[Counted]:
    """Counts pieces one after the other in this process."""
    return [count_piece(piece, task) for piece in pieces]


def count_on_cluster(pieces: Sequence[Piece], task: Task, client: Any) -> list[Counted]:
    """Counts pieces on the workers of a `distributed.Client`. A piece whose worker dies goes to another one.

    Raises what `count_piece` raises on a worker, and `distributed.KilledWorker` where a piece kills several of them.
    """
    futures = client.map(count_piece, pieces, task=task, pure=False, retries=2)
    counted: list[Counted] = client.gather(futures)
    return counted


def cluster_client(address: str) -> Any:
    """A client of the scheduler at `address` (`tcp://…`, `tls://…`). Raises `MissingExtra`."""
    try:
        from distributed import Client
    except ImportError:
        raise MissingExtra("cluster", "counting on a cluster") from None
    return Client(address, set_as_default=False)  # type: ignore[no-untyped-call]


def add_up(
    counted: Iterable[Counted], policy: LogPolicy, statistic: str, zone: str = "UTC"
) -> list[tuple[Any, ...]]:
    """All pieces together, sorted: (period, customer, *dimensions, count, bytes, least, and with timings milliseconds and
    buckets); days and months are those of `zone`."""
    shown = ", ".join(column(name) for name in policy.all_statistics()[statistic].dimensions)
    buckets = "".join(f", sum(t{limit})::BIGINT" for limit in BUCKETS)
    times = f", sum(ms)::BIGINT{buckets}" if policy.timings else ""
    period = period_sql(policy.all_statistics()[statistic].per, zone)
    duck = connect()
    rows: list[tuple[Any, ...]] = []
    with tempfile.TemporaryDirectory(prefix="zusage-count-") as folder:
        names: list[str] = []
        for each in counted:
            for _, customer, content in each.partials:
                path = Path(folder) / f"{len(names)}.parquet"
                path.write_bytes(content)
                names.append(f"SELECT {quoted(customer)} AS customer, * FROM {quoted(str(path))}")
        if names:
            query = (
                f"SELECT {period} AS period, customer, {shown}, sum(n)::BIGINT, sum(bytes)::BIGINT, max(least){times}"
                f" FROM ({' UNION ALL BY NAME '.join(names)}) WHERE statistic = {quoted(statistic)} GROUP BY ALL ORDER BY ALL"
            )
            rows = duck.execute(query).fetchall()
    duck.close()
    return rows
