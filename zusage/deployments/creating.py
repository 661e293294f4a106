"""Making a deployment: a workspace with its declaration and bindings, databases with tables, synthetic data, files.

Everything lies in one folder on SQLite; with `urls` a store lies in a database of PostgreSQL or MariaDB instead, whose
address is kept in a file of its own that only its owner reads (bindings name references, never passwords).
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from zusage.database.engines import create_engine, sqlite_url
from zusage.deployments.people import Agreed
from zusage.deployments.registry import Deployment, UnknownDeployment, deployment, people_in
from zusage.founding import create_workspace
from zusage.keepers.consent.wording import shown_text, version_of
from zusage.registers.consents import Way, add_events, keep_text, new_event, person_of
from zusage.workspace import Workspace

#: where PostgreSQL (schema) and MariaDB (database) keep restricted rows; on SQLite it is a file beside the store
RESTRICTED = "zusage_restricted"


def create(
    name: str, folder: Path, *, size: str = "small", now: datetime, urls: Mapping[str, str] | None = None
) -> Workspace:
    """The deployment `name` in `folder`, filled with `size` synthetic data as they would lie there at `now`.

    `urls`: store → address of an empty database, where it is not to be SQLite. Raises `UnknownDeployment`, and
    `NoWorkspace` for a folder that holds a workspace already.
    """
    made, count = deployment(name), people_in(size)
    given = dict(urls or {})
    if unknown := set(given) - set(made.databases):
        known = ", ".join(made.databases)
        raise UnknownDeployment(f"{name} has no store '{min(unknown)}'", hint=f"its databases are {known}")
    workspace = create_workspace(folder, made.text("declaration.yaml"), stores_text(made, given))
    for name in ("logs.yaml", "inventory.yaml"):
        if (made.folder / name).exists():
            (folder / name).write_text(made.text(name), encoding="utf-8")
    for name in ("mails", "evidence"):
        if (made.folder / name).is_dir():
            shutil.copytree(made.folder / name, folder / name)
    engines = {store: _engine(folder, store, given) for store in made.databases}
    for store, metadata in made.databases.items():
        metadata.create_all(engines[store])
    made.fill(engines, folder, count, now)
    if consents := made.agreed(count, now):
        _record(workspace, consents, now)
    for engine in engines.values():
        engine.dispose()
    return workspace


def _record(workspace: Workspace, consents: Sequence[Agreed], now: datetime) -> None:
    """Puts the consents of invented people on record, in one group."""
    context, events = workspace.context, []
    with context.state.begin() as connection:
        for one in consents:
            words = shown_text(context.declaration, (one.purpose,), "de")
            text = keep_text(connection, words, "de", version_of(context.declaration), now)
            person = person_of(context.keys, "email", one.email)
            for yes, at in ((True, one.at), (False, one.withdrawn_at)):
                if at is not None:
                    way = Way.FORM if yes else Way.WITHDRAWAL
                    events.append(new_event(person, {one.purpose: yes}, text, way, at.replace(tzinfo=UTC)))
        add_events(connection, context.ledger, events, now)


def engine_of(folder: Path, store: str) -> Engine:
    """The host application's own engine on one of its databases."""
    address = folder / "urls" / store
    given = {store: address.read_text(encoding="utf-8")} if address.exists() else {}
    return _engine(folder, store, given)


def stores_text(made: Deployment, urls: Mapping[str, str]) -> str:
    """`stores.yaml`, with databases elsewhere in place of SQLite files."""
    text = made.text("stores.yaml")
    for store in urls:
        text = text.replace(f"url: data/{store}.db", f"url: file:urls/{store}")
        text = re.sub(rf"to: data/{store}-restricted\.db", f"to: {RESTRICTED}", text)
    return text


def _engine(folder: Path, store: str, urls: Mapping[str, str]) -> Engine:
    if store in urls:
        address = folder / "urls" / store
        address.parent.mkdir(mode=0o700, exist_ok=True)
        address.touch(mode=0o600)
        address.write_text(urls[store], encoding="utf-8")
        return create_engine(urls[store])
    path = folder / "data" / f"{store}.db"
    path.parent.mkdir(exist_ok=True)
    made = create_engine(sqlite_url(path))
    event.listen(made, "connect", _overwrite_deleted)
    return made


def _overwrite_deleted(connection: Any, _record: Any) -> None:
    """What a host erases itself leaves no bytes behind."""
    connection.execute("PRAGMA secure_delete=ON").close()
