"""Opening the stores of a workspace: bindings read and checked, nothing touched yet."""

from __future__ import annotations

from pathlib import Path

from zusage.declaration import Declaration
from zusage.stores.bindings import SqlStore
from zusage.stores.files.tree import FileTree
from zusage.stores.loading import load_bindings
from zusage.stores.sql.database import Database
from zusage.stores.store import Store, Stores


def open_stores(path: Path, declaration: Declaration) -> Stores:
    """The stores that `path` (`stores.yaml`) binds. Raises `BadInput`; connects to nothing."""
    bindings = load_bindings(path, declaration)
    folder = path.parent
    opened: dict[str, Store] = {}
    for name, binding in bindings.stores.items():
        if isinstance(binding, SqlStore):
            opened[name] = Database(name, binding, folder)
        else:
            opened[name] = FileTree(name, binding, folder)
    return Stores(bindings, opened)
