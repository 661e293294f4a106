"""A tree of files below one root: which files a selection means, and their removal.

A file is dated by its name, by its own time, or by a row of a side table. It is removed with `unlink`, never followed if
it is a link, and never outside the root.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath

from zusage.errors import StoreUnreachable, ZusageError
from zusage.findings import Finding, Place, Severity
from zusage.stores.bindings import FileBinding, FileStore
from zusage.stores.selection import ChosenPassed, Cut, Test
from zusage.text import Text

#: path → event → instant, as a side table has it
SideDates = Mapping[str, Mapping[str, datetime | None]]


class OutsideRoot(ZusageError):
    """A path that leads out of the store's root: nothing was removed."""


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file of a binding: its path below the root, what dates it, and whose it is by its name."""

    path: str
    dates: Mapping[str, datetime | date | None] = field(default_factory=dict)
    subjects: Mapping[str, str] = field(default_factory=dict)


class FileTree:
    """One store of the kind `files`."""

    kind = "files"

    def __init__(self, name: str, binding: FileStore, folder: Path) -> None:
        self.name = name
        self.binding = binding
        self.root = (folder / binding.root).resolve()

    def reach(self) -> None:
        """Whether the root is there. Raises `StoreUnreachable`."""
        if not self.root.is_dir() or not os.access(self.root, os.R_OK | os.X_OK):
            raise StoreUnreachable(
                f"the store '{self.name}' cannot be reached: its root is missing or closed; nothing was changed there",
                hint="is the volume mounted, and the root in stores.yaml right?",
            )

    def parts(self) -> Iterator[FileBinding]:
        """All file bindings of the store."""
        for bound in self.binding.activities.values():
            yield from bound

    def files(self, part: FileBinding, side: SideDates | None = None) -> Iterator[FoundFile]:
        """The files of a binding, in the order of their paths. Raises `StoreUnreachable`."""
        self.reach()
        named = re.compile(part.name) if part.name else None
        for path in sorted(self.root.glob(part.pattern)):
            if path.is_dir() and not path.is_symlink():
                continue
            relative = path.relative_to(self.root).as_posix()
            match = named.fullmatch(relative) if named else None
            groups = match.groupdict() if match else {}
            beside = (side or {}).get(relative, {})
            dates = {
                event: _dated(path, source, groups.get("date"), part.date_format, beside.get(event))
                for event, source in part.events.items()
            }
            subjects = {
                kind: groups[kind.replace("-", "_")]
                for kind in part.subject
                if groups.get(kind.replace("-", "_"))
            }
            yield FoundFile(relative, dates, subjects)

    def due(
        self, part: FileBinding, tests: tuple[Test, ...], side: SideDates | None = None
    ) -> Iterator[FoundFile]:
        """The files for which all tests have passed. A file that is not dated is never due."""
        for found in self.files(part, side):
            if all(passed(found, test) for test in tests):
                yield found

    def inside(self, path: str) -> Path:
        """The place of a path below the root, given relative or absolute. Raises `OutsideRoot`."""
        placed = self.root / path
        parent = placed.parent.resolve()
        if not parent.is_relative_to(self.root) or placed.name in ("", ".", ".."):
            raise OutsideRoot(f"a path in the store '{self.name}' leads out of its root")
        return parent / placed.name

    def remove(self, path: str) -> bool:
        """Remove a file, and folders that are empty without it; whether it was there. Raises `OutsideRoot`, `OSError`."""
        place = self.inside(path)
        try:
            place.unlink()
        except FileNotFoundError:
            return False
        for folder in place.parents:
            if folder == self.root:
                break
            try:
                folder.rmdir()  # refused as long as anything lies there: listing it for each file would take its square
            except OSError:
                break
        return True

    def preflight(self) -> list[Finding]:
        """Files that no date can be read from: they would stay for ever."""
        found: list[Finding] = []
        for part in self.parts():
            undated = sum(1 for each in self.files(part) if part.events and not any(each.dates.values()))
            if undated and "table" not in part.events.values():
                found.append(
                    Finding(
                        "store/undated-file", Severity.WARNING,
                        Text(f"{undated} Dateien zu {part.pattern} tragen kein lesbares Datum.",
                             f"{undated} files of {part.pattern} carry no date that can be read."),
                        Place(file=self.name, key=part.pattern),
                    )
                )  # fmt: skip
        return found

    def drift(self) -> list[Finding]:
        """Files below the root that no binding knows."""
        self.reach()
        patterns = [part.pattern for part in self.parts()]
        patterns += [self.binding.copies.pattern] if self.binding.copies else []
        known = {path for pattern in patterns for path in self.root.glob(pattern)}
        strays = [path for path in self.root.rglob("*") if path.is_file() and path not in known]
        if not strays:
            return []
        kinds = sorted({PurePosixPath(path.name).suffix or "(none)" for path in strays})
        return [
            Finding(
                "store/undeclared-files", Severity.WARNING,
                Text(f"{len(strays)} Dateien kennt keine Anbindung (Endungen: {', '.join(kinds[:8])}).",
                     f"No binding knows {len(strays)} files (endings: {', '.join(kinds[:8])})."),
                Place(file=self.name, key=self.binding.root),
            )
        ]  # fmt: skip


def passed(found: FoundFile, test: Test) -> bool:
    """Whether the test's period is over for a file."""
    if isinstance(test, ChosenPassed):
        return False
    dated = found.dates.get(test.event)
    if dated is None:
        return False
    older = any(before(dated, since) and before(dated, cut) for since, cut in test.earlier)
    return older or before(dated, test.cut)


def before(dated: datetime | date, cut: Cut) -> bool:
    """The date lies before the cut; a day alone is compared as a day."""
    return dated < cut.instant if isinstance(dated, datetime) else dated < cut.day


def _dated(
    path: Path, source: str, written: str | None, date_format: str, beside: datetime | None
) -> datetime | date | None:
    """What dates a file: its own time, its side table, or what its name says."""
    if source == "modified":
        return datetime.fromtimestamp(path.lstat().st_mtime, UTC)
    if source == "table":
        return beside
    if not written:
        return None
    try:
        read = datetime.strptime(written, date_format)  # noqa: DTZ007 the zone is UTC
    except ValueError:
        return None
    return read.replace(tzinfo=UTC) if "%H" in date_format else read.date()
