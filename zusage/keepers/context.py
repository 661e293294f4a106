"""What a keeper is given to work with: the controller's workspace, wired once by `zusage.workspace`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from zusage.declaration import Declaration
from zusage.keys import KeyRing
from zusage.ledger import Ledger
from zusage.mail.settings import MailSettings
from zusage.stores import Stores


@dataclass(frozen=True, slots=True)
class Context:
    """`state` is the workspace's own database (registers, agenda, ledger); `stores` are the controller's."""

    declaration: Declaration
    stores: Stores
    state: Engine
    ledger: Ledger
    keys: KeyRing
    mail: MailSettings
    folder: Path
    #: where our own pages are reached, for links in mails; by default the first declared origin
    public_url: str | None = None
