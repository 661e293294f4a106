"""One unit of work: lines in, sealed segments and partials out, published together or not at all.

Files are written and synced under names that nobody knows; they exist for everybody else from the moment at which one
database transaction records segments, partials and how far the log was read. A crash before it leaves files that the
next run removes, and the lines are read again; after it, everything stands.
"""

from __future__ import annotations

import errno
import secrets
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from zusage.errors import ZusageError
from zusage.keepers.logs.routing import Place, Routed, Router
from zusage.keepers.logs.scanning import Counted, Partial, Scan, Where, connect, day_of
from zusage.keepers.logs.sources import Journal, Position
from zusage.keepers.logs.tables import log_batch, log_partial, log_segment
from zusage.keepers.logs.vault import Vault
from zusage.sealing.keyholders import Holders
from zusage.sealing.segments import Head, SegmentWriter, read_head
from zusage.sealing.shares import make_shares, segment_key, sync_file, sync_folder

#: Lines are published at the latest when so many bytes of them are gathered, or so many segments are open.
UNIT_BYTES = 256 << 20
UNIT_SEGMENTS = 200
UNIT_ROWS = 600_000


class SealingFailed(ZusageError):
    """A unit could not be published: nothing of it stands, and nothing was taken from the log."""


@dataclass(frozen=True, slots=True)
class Published:
    """What one publication came to. `lines` = `counted` + `malformed` + `unsealed`."""

    batch: str
    lines: int
    counted: int
    malformed: int
    unsealed: int
    segments: int
    bytes: int
    newest: datetime | None


@dataclass(slots=True)
class _Segment:
    id: str
    writer: SegmentWriter
    lines: int = 0
    malformed: int = 0


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A batch that is being counted."""

    lines: bytes
    now: datetime
    scan: Scan
    counted: Future[Counted]


class Unit:
    """Gathers routed batches of one source until `publish`. Use as a context: what was not published is removed."""

    def __init__(self, vault: Vault, where: Where, keys: Holders) -> None:
        self._vault, self._where, self._keys = vault, where, keys
        spill, threads = vault.folder / "spill", vault.binding.threads
        # one thread for each scan: several batches side by side cost less than one batch in several threads
        self._scan = Scan(vault.format, vault.policy, where, connect(vault.binding.memory, 1, spill))
        self._scan.begin()
        self._scans = [self._scan.beside() for _ in range(threads)]
        self._idle, self._counting = list(self._scans), deque[_Waiting]()
        self._router = Router(vault.format, vault.policy, where)
        self._counters = ThreadPoolExecutor(threads, "zusage-count")
        self._sealer = ThreadPoolExecutor(1, "zusage-seal")
        self._sealing: Future[None] | None = None
        self._start()

    def _start(self) -> None:
        self._segments: dict[Place, _Segment] = {}
        self._lines = self._counted = self._malformed = self._unsealed = self._rows = self.bytes = 0

    def __enter__(self) -> Unit:
        return self

    def __exit__(self, *_: object) -> None:
        self._counters.shutdown()
        with suppress(OSError, ZusageError):
            self._settle()
        self._abandon()
        self._sealer.shutdown()
        for scan in (*self._scans, self._scan):
            scan.close()

    @property
    def full(self) -> bool:
        """Whether it is time to publish."""
        return self.bytes >= UNIT_BYTES or len(self._segments) >= UNIT_SEGMENTS or self._rows >= UNIT_ROWS

    @property
    def newest(self) -> datetime | None:
        """The newest hour among the lines gathered."""
        self._finish_counting()
        return max((hour for hour, _ in self._segments), default=None)

    def add(self, lines: bytes, now: datetime) -> None:
        """Count and seal a run of whole lines, while further ones are read. Raises `SealingFailed`, then or later."""
        if not self._idle:
            self._finish_one()
        scan = self._idle.pop()
        self._counting.append(_Waiting(lines, now, scan, self._counters.submit(scan.count, lines)))
        self.bytes += len(lines)

    def _finish_counting(self) -> None:
        while self._counting:
            self._finish_one()

    def _finish_one(self) -> None:
        """The batch that was added first: counted, it is routed, kept and handed to the sealing thread."""
        batch = self._counting.popleft()
        counted = batch.counted.result()
        self._route(batch, batch.lines, counted, exact=bool(counted.undeclared))
        self._idle.append(batch.scan)

    def _route(self, batch: _Waiting, lines: bytes, counted: Counted, *, exact: bool) -> None:
        routed = self._router.route(lines, counted, batch.now, exact=exact)
        if routed is None:
            self._halves(batch, lines)
            return
        self._rows += batch.scan.keep()
        self._take(routed, counted.lines)

    def _halves(self, batch: _Waiting, lines: bytes) -> None:
        """Where the two readings differ: smaller runs, down to the line they differ on, which is malformed then."""
        middle = lines.rfind(b"\n", 0, len(lines) // 2) + 1 or lines.find(b"\n") + 1
        if 0 < middle < len(lines):
            for half in (lines[:middle], lines[middle:]):
                self._route(batch, half, batch.scan.count(half), exact=True)
            return
        routed = self._router.each_line(lines, batch.now)
        for place, count in routed.lines.items():
            routed.malformed[place] = routed.malformed.get(place, 0) + count
        routed.lines.clear()
        self._take(routed, lines.count(b"\n"))

    def _take(self, routed: Routed, lines: int) -> None:
        self._settle()
        for place in routed.pieces:
            segment = self._segment(place)
            segment.lines += routed.lines.get(place, 0)
            segment.malformed += routed.malformed.get(place, 0)
        self._sealing = self._sealer.submit(self._seal, routed)
        self._lines += lines
        self._counted += sum(routed.lines.values())
        self._malformed += lines - sum(routed.lines.values()) - routed.unsealed
        self._unsealed += routed.unsealed

    def _seal(self, routed: Routed) -> None:
        for place, pieces in routed.pieces.items():
            for piece in pieces:
                self._segments[place].writer.write(piece)

    def _settle(self) -> None:
        """Wait for the sealing thread; what went wrong there goes wrong here."""
        pending, self._sealing = self._sealing, None
        if pending is not None:
            try:
                pending.result()
            except OSError as error:
                raise _failed(error) from error

    def _segment(self, place: Place) -> _Segment:
        found = self._segments.get(place)
        if found is None:
            try:
                found = self._segments[place] = _Segment(*self._new_writer(place))
            except OSError as error:
                raise _failed(error) from error
        return found

    def _new_writer(self, place: Place) -> tuple[str, SegmentWriter]:
        hour, customer = place
        segment, policy = secrets.token_hex(16), self._vault.policy
        own = self._keys.customers.get(customer)
        part, wrapped = make_shares(
            segment,
            self._keys.roles,
            policy.quorum or len(self._keys.roles),
            (policy.customer_role, own) if policy.customer_role and own else None,
        )
        folder = self._vault.sealed / day_of(hour, self._vault.zone)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        key = segment_key(segment, part, self._vault.key_store.create(segment, folder.name))
        head = Head(segment, tuple(wrapped), policy.quorum or len(self._keys.roles))
        return segment, SegmentWriter(folder / f"{secrets.token_hex(16)}.part", head, key)

    def _abandon(self) -> None:
        for segment in self._segments.values():
            with suppress(OSError):
                segment.writer.abandon()
        with suppress(OSError):
            self._vault.key_store.destroy([segment.id for segment in self._segments.values()])
        self._start()

    def publish(self, now: datetime, moved: Sequence[tuple[Journal, Position]] = ()) -> Published | None:
        """Make everything durable and record it, with how far the logs were read; None if there was nothing.

        Raises `SealingFailed`; then nothing stands and the unit is empty.
        """
        self._finish_counting()
        self._settle()
        if not self._lines and not self.bytes:
            return None
        try:
            partials = self._write_partials()
            sizes = self._close_segments()
            assert sum(each.lines for each in partials) == self._counted, "statistics and lines differ"
        except OSError as error:
            self._abandon()
            raise _failed(error) from error
        published = Published(
            secrets.token_hex(16), self._lines, self._counted, self._malformed, self._unsealed,
            len(self._segments), self.bytes, self.newest,
        )  # fmt: skip
        with self._vault.state.begin() as connection:
            self._record(connection, published, partials, sizes, now)
            for journal, position in moved:
                journal.save(connection, position, now)
        self._start()
        return published

    def _write_partials(self) -> list[Partial]:
        draft = self._vault.statistics / "draft"
        draft.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = []
        for partial in self._scan.write(draft, self._vault.zone):
            folder = self._vault.statistics / f"day={partial.day}" / f"customer={partial.customer}"
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            sync_file(partial.path)
            path = partial.path.rename(folder / partial.path.name)
            sync_folder(folder)
            made.append(Partial(partial.day, partial.customer, path, partial.lines))
        return made

    def _close_segments(self) -> dict[str, int]:
        sizes, folders = {}, set()
        for segment in self._segments.values():
            sizes[segment.id] = segment.writer.close()
            path = segment.writer.path.rename(segment.writer.path.with_suffix(".seg"))
            segment.writer.path = path
            assert read_head(path).segment == segment.id
            folders.add(path.parent)
        for folder in folders:
            sync_folder(folder)
        self._vault.key_store.sync(folder.name for folder in folders)
        return sizes

    def _record(
        self,
        connection: Connection,
        published: Published,
        partials: list[Partial],
        sizes: dict[str, int],
        now: datetime,
    ) -> None:
        vault, common = self._vault, {"activity": self._vault.name, "batch": published.batch}
        segments = [
            {
                **common, "id": each.id, "customer": customer, "hour": hour, "lines": each.lines,
                "malformed": each.malformed, "file": str(each.writer.path.relative_to(vault.folder)),
                "size": sizes[each.id], "sealed_at": now, "recorded_at": min(hour, now),
            }
            for (hour, customer), each in self._segments.items()
        ]  # fmt: skip
        rows = [
            {
                **common, "id": secrets.token_hex(16), "customer": each.customer, "day": each.day,
                "lines": each.lines, "file": str(each.path.relative_to(vault.folder)), "made_at": now,
            }
            for each in partials
        ]  # fmt: skip
        if segments:
            connection.execute(log_segment.insert(), segments)
        if rows:
            connection.execute(log_partial.insert(), rows)
        counts = {
            "lines": published.lines, "counted": published.counted, "malformed": published.malformed,
            "unsealed": published.unsealed, "bytes": published.bytes,
        }  # fmt: skip
        connection.execute(
            log_batch.insert().values(id=published.batch, activity=vault.name, at=now, **counts)
        )
        facts = {"batch": published.batch, "segments": len(segments), "partials": len(rows), **counts}
        vault.record(connection, "logs/taken-in", facts, now)


def _failed(error: OSError) -> SealingFailed:
    said = "the disk is full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else type(error).__name__
    return SealingFailed(
        f"lines could not be sealed ({said}); nothing of them was recorded, and nothing was taken from the log",
        hint="make room and run it again",
    )
