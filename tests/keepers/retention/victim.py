"""What runs in a process of its own and is killed: a sweep of a small workspace, built anew from its files."""

from __future__ import annotations

import os
from multiprocessing.synchronize import Event
from pathlib import Path

from tests.keepers.retention.conftest import STORES, at, declaration
from zusage.database.engines import create_engine
from zusage.database.schema import metadata
from zusage.keepers.context import Context
from zusage.keepers.retention import RetentionKeeper
from zusage.keys import KeyRing
from zusage.ledger import Ledger
from zusage.mail.settings import MailSettings
from zusage.stores import open_stores

RULE = "      - {id: inactive, from: last-login, keep: P24M, then: erase}\n"
NOW = at("2026-06-01T03:00")
OPTIONS = "physical: none\n    batch: 20\n    batch_ms: 5"


def open_context(url: str, folder: Path) -> Context:
    """The workspace in `folder`, whose store is at `url`."""
    os.environ["ZUSAGE_TEST_STORE"] = url
    folder.mkdir(exist_ok=True)
    text = STORES.format(
        more="", options=OPTIONS, events="last-login: last_login", columns="email: contact, name: contact"
    )
    (folder / "stores.yaml").write_text(text, encoding="utf-8")
    said = declaration(RULE)
    keys = KeyRing.open(folder / "keys") if (folder / "keys").exists() else KeyRing.create(folder / "keys")
    state = create_engine(f"sqlite:///{folder / 'state.db'}")
    metadata.create_all(state)
    stores = open_stores(folder / "stores.yaml", said)
    return Context(said, stores, state, Ledger(keys), keys, MailSettings(), folder)


def sweep_until_killed(url: str, folder: Path, started: Event) -> None:
    """Sweeps until it is done, or killed."""
    context = open_context(url, folder)
    plan = RetentionKeeper().plan(context, NOW)
    started.set()
    for _ in RetentionKeeper().keep(context, plan, NOW):
        pass
