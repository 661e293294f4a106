"""Making a workspace: its files, keys and state database. Apart from opening one, which must be quick."""

from __future__ import annotations

from pathlib import Path

from zusage.database.migrations import migrate
from zusage.declaration.loading import load
from zusage.keys import KeyRing
from zusage.workspace import NoWorkspace, Workspace, open_workspace, read_settings, state_engine


def create_workspace(
    folder: Path, declaration: str, stores: str = "stores: {}\n", settings: str = ""
) -> Workspace:
    """Make a workspace in `folder` from the texts of its files; refuses a folder that holds one already.

    Raises `BadInput` where a text does not load; then the folder is left without keys and database.
    """
    if (folder / "declaration.yaml").exists():
        raise NoWorkspace(f"there is a declaration.yaml in {folder} already", hint="choose an empty folder")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "declaration.yaml").write_text(declaration, encoding="utf-8")
    (folder / "stores.yaml").write_text(stores, encoding="utf-8")
    if settings:
        (folder / "workspace.yaml").write_text(settings, encoding="utf-8")
    load(folder)
    KeyRing.create(folder / "keys")
    migrate(state_engine(folder, read_settings(folder)))
    return open_workspace(folder)
