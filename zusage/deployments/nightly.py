"""What the host's nightly job does: a whole copy of a database of the day, with digests, and bringing it back."""

from __future__ import annotations

import hashlib
import io
import sqlite3
import tarfile
import tempfile
from contextlib import closing
from datetime import date
from pathlib import Path

SUMS = "SHA256SUMS"


def back_up(folder: Path, database: str, day: date) -> Path:
    """A copy of `data/DATABASE.db` as of now in `backups/`, complete also while somebody writes; its place."""
    target = folder / "backups" / f"{database}-{day:%Y-%m-%d}.tar"
    target.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        copied = Path(place) / f"{database}.db"
        _copy(folder / "data" / f"{database}.db", copied)
        content = copied.read_bytes()
    unfinished = target.with_suffix(".part")
    with tarfile.open(unfinished, "w") as archive:
        _add(archive, f"{database}.db", content)
        _add(archive, SUMS, f"{hashlib.sha256(content).hexdigest()}  {database}.db\n".encode())
    unfinished.replace(target)
    return target


def bring_back(folder: Path, database: str, day: date) -> None:
    """Puts the copy of a day in the database's place. Raises `ValueError` where it is not what was copied."""
    with tarfile.open(folder / "backups" / f"{database}-{day:%Y-%m-%d}.tar") as archive:
        found = {member.name: archive.extractfile(member) for member in archive}
        content, sums = (found[name].read() for name in (f"{database}.db", SUMS))  # type: ignore[union-attr]
    if hashlib.sha256(content).hexdigest() not in sums.decode():
        raise ValueError("the copy is damaged")
    live = folder / "data" / f"{database}.db"
    for rest in live.parent.glob(f"{database}.db-*"):
        rest.unlink()
    live.write_bytes(content)


def _copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(target)) as other:
        one.backup(other)


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    said = tarfile.TarInfo(name)
    said.size = len(content)
    archive.addfile(said, io.BytesIO(content))
