"""A tree of files below one root."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from zusage.errors import StoreUnreachable
from zusage.findings import Finding
from zusage.stores.bindings import FileBinding, FileStore


class FileTree:
    """One store of the kind `files`."""

    kind = "files"

    def __init__(self, name: str, binding: FileStore, folder: Path) -> None:
        self.name = name
        self.binding = binding
        self.root = folder / binding.root

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

    def preflight(self) -> list[Finding]:
        """Nothing to say yet."""
        return []

    def drift(self) -> list[Finding]:
        """Nothing to say yet."""
        return []
