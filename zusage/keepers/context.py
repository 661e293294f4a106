"""What a keeper is given to work with: the controller's workspace, wired once by `zusage.workspace`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from zusage.declaration import Declaration
from zusage.keys import KeyRing
from zusage.ledger import Ledger
from zusage.mail import Sender
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

    def link(self, path: str) -> str:
        """A link to our own pages: the public URL, else the first declared origin, else the local server."""
        origins = self.declaration.browser.origins
        return (self.public_url or (origins[0] if origins else "http://localhost:8000")).rstrip("/") + path

    def officer(self) -> str | None:
        """Whom we tell what is amiss: the data protection officer, else the controller; None where neither has an address."""
        dpo = self.declaration.dpo
        return (dpo.email if dpo else None) or self.declaration.controller.email

    def sender(self) -> Sender:
        """Who writes mails: as set in `workspace.yaml`, else the controller's own address."""
        controller = self.declaration.controller
        return Sender(
            self.mail.sender or controller.email or "privacy@localhost.localdomain", controller.name
        )
