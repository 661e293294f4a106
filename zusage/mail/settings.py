"""How this workspace sends mail: the `mail:` part of `workspace.yaml`."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from zusage.database.engines import resolve_reference
from zusage.mail.smtp import SmtpTransport, Tls
from zusage.mail.transport import MaildirTransport, MailTransport

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class MailSettings(BaseModel):
    """`transport: maildir` (the default) puts messages into a folder and needs no server; `smtp` sends them.

    `password` is a reference (`env:NAME` or `file:PATH`). Without TLS only a server on this machine is spoken to.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    transport: Literal["maildir", "smtp"] = "maildir"
    #: the sender of everything we write; by default the declaration's contact address
    sender: str | None = None
    #: where `maildir` puts messages, relative to the workspace
    folder: str = "mail"
    host: str = "localhost"
    port: int = Field(default=587, ge=1, le=65535)
    tls: Literal["starttls", "implicit", "none"] = "starttls"
    user: str | None = None
    password: str | None = None
    #: how long a sent message's address and text are kept, in days
    keep_days: int = Field(default=7, ge=0, le=365)

    @model_validator(mode="after")
    def _safe(self) -> MailSettings:
        if self.transport == "smtp" and self.tls == "none" and self.host not in _LOOPBACK:
            raise ValueError("mail leaves this machine only over TLS: tls: starttls or implicit")
        if self.password and not self.password.startswith(("env:", "file:")):
            raise ValueError("a password is given as env:NAME or file:PATH")
        return self

    def open(self, workspace: Path) -> MailTransport:
        """The transport these settings describe. Raises `BadUrl` if the password's reference leads nowhere."""
        if self.transport == "maildir":
            return MaildirTransport(workspace / self.folder)
        password = resolve_reference(self.password, folder=workspace) if self.password else None
        return SmtpTransport(self.host, self.port, Tls(self.tls), self.user, password)
