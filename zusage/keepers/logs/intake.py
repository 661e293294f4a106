"""Taking logs in: every bound source, from where reading stopped, across rotation, crash and restart."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from zusage.keepers.logs.binding import LogSource
from zusage.keepers.logs.live import show
from zusage.keepers.logs.publishing import Published, Unit
from zusage.keepers.logs.scanning import Where
from zusage.keepers.logs.sources import Journal, LogFile, Position, batches, files_of
from zusage.keepers.logs.vault import Vault
from zusage.sealing.keyholders import holders

#: Purpose of the key under which the beginnings of logs are remembered.
JOURNAL_KEY = "log_journal"
#: Lines from a pipe or the network are published when so many bytes of them are there.
STREAM_BYTES = 16 << 20


@dataclass(slots=True)
class Taken:
    """What a run took in."""

    lines: int = 0
    counted: int = 0
    malformed: int = 0
    unsealed: int = 0
    segments: int = 0
    bytes: int = 0
    removed: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def add(self, published: Published | None) -> None:
        """Count a publication in."""
        if published:
            for name in ("lines", "counted", "malformed", "unsealed", "segments", "bytes"):
                setattr(self, name, getattr(self, name) + getattr(published, name))


def take_in(vault: Vault, now: datetime) -> Taken:
    """Take in everything new in the bound sources. Raises `NoKeyholder`, `SealingFailed`, `Busy`, `StoreUnreachable`."""
    taken = Taken()
    with vault.alone():
        vault.tidy()
        with vault.state.connect() as connection:
            keys = holders(vault, connection)
        for source in vault.binding.sources:
            path = vault.path(source.path)
            if not path.exists() and not files_of(path):
                taken.missing.append(source.path)
                continue
            with Unit(vault, where_of(vault, source), keys) as unit:
                for file, is_live in files_of(path):
                    _take_file(vault, unit, (source, file, is_live), taken, now)
    return taken


def where_of(vault: Vault, source: LogSource) -> Where:
    """What the binding says of a source, for the scan."""
    return Where(source.site, source.customer, vault.binding.customers)


def _take_file(
    vault: Vault, unit: Unit, which: tuple[LogSource, Path, bool], taken: Taken, now: datetime
) -> None:
    source, path, live = which
    journal = Journal(vault.name, source.path, vault.keys.secret(JOURNAL_KEY))
    with vault.state.connect() as connection:
        try:
            file = journal.recognise(path, live, journal.positions(connection))
        except FileNotFoundError:
            # rotated on between listing and opening: it is found under its new name next time
            return
    position = file.taken
    for lines, position in batches(file):
        unit.add(lines, now)
        show(vault, lines, now)
        if unit.full:
            file = _publish(journal, unit, file, position, taken, now)
    file = _publish(journal, unit, file, position, taken, now)
    tail = None if live or file.compressed or file.size <= position else file.size
    if file.position and tail != file.position.tail_size:
        with vault.state.begin() as connection:
            journal.save(connection, journal.moved_on(file, position, None, tail), now)
    if source.remove_raw and not live and tail is None and file.position:
        path.unlink(missing_ok=True)
        taken.removed.append(path.name)


def _publish(
    journal: Journal, unit: Unit, file: LogFile, position: int, taken: Taken, now: datetime
) -> LogFile:
    if not unit.bytes:
        return file
    moved: Position = journal.moved_on(file, position, unit.newest, None)
    taken.add(unit.publish(now, [(journal, moved)]))
    return LogFile(file.path, file.live, file.device, file.inode, file.size, moved)


def take_stream(
    vault: Vault,
    source: LogSource,
    chunks: Iterable[bytes],
    now: Callable[[], datetime],
    *,
    every: int = STREAM_BYTES,
) -> Taken:
    """Take in lines that are no file (a pipe, the network): published whenever `every` bytes are there and at the end.

    `now` is asked at every publication, because a stream may run for months. What was not published when the process
    dies is lost, as with every pipe.
    """
    taken = Taken()
    with vault.alone():
        vault.tidy()
        with vault.state.connect() as connection:
            keys = holders(vault, connection)
        with Unit(vault, where_of(vault, source), keys) as unit:
            for lines in chunks:
                unit.add(lines if lines.endswith(b"\n") else lines + b"\n", now())
                show(vault, lines, now())
                if unit.full or unit.bytes >= every:
                    taken.add(unit.publish(now()))
            taken.add(unit.publish(now()))
    return taken
