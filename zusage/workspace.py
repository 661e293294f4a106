"""A workspace: one controller's folder, opened and wired – declaration, stores, keys, state database, keepers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import model_validator
from sqlalchemy import Engine

from zusage.database.engines import create_engine, resolve_url, sqlite_url
from zusage.database.revision import only_this_version
from zusage.declaration import Declaration
from zusage.declaration.base import Part
from zusage.declaration.loading import load, load_model
from zusage.errors import ZusageError
from zusage.keepers.context import Context
from zusage.keepers.registry import keepers as all_keepers
from zusage.keys import KeyRing
from zusage.ledger import Ledger
from zusage.mail.settings import MailSettings
from zusage.promises import Keeper
from zusage.stores import open_stores


class NoWorkspace(ZusageError):
    """The folder is not a workspace, or not one that can be used yet."""


class Provider(Part):
    """`oidc:` in `workspace.yaml`: who may log in at the console besides local accounts (extra `[oidc]`)."""

    #: `https://login.example.com`; what it publishes under `/.well-known/openid-configuration` is believed
    issuer: str
    client_id: str
    #: a reference, `env:NAME` or `file:PATH`; none for a public client
    client_secret: str | None = None
    #: the claim whose values decide about the role, and which value gives which role; whoever has none stays outside
    claim: str = "groups"
    roles: dict[str, Literal["dpo", "management", "clerk", "auditor"]]

    @model_validator(mode="after")
    def _safe(self) -> Provider:
        if not self.issuer.startswith(("https://", "http://127.0.0.1", "http://localhost")):
            raise ValueError("an identity provider is reached over https")
        if self.client_secret and not self.client_secret.startswith(("env:", "file:")):
            raise ValueError("a secret is given as env:NAME or file:PATH")
        return self


class Settings(Part):
    """`workspace.yaml`: what is particular to this installation. Everything has a default."""

    #: the state database; a file beside the declaration by default, or `postgresql+psycopg://…`, `env:NAME`, `file:PATH`
    state: str | None = None
    mail: MailSettings = MailSettings()
    #: where our own pages are reached (`https://privacy.example.com`), for links in mails
    public_url: str | None = None
    #: the banner's script reports what slips through in browsers (`zusage status` shows it)
    watch: bool = False
    oidc: Provider | None = None


@dataclass(frozen=True, slots=True)
class Workspace:
    """An opened workspace. `context` is what keepers work with."""

    folder: Path
    settings: Settings
    context: Context
    keepers: Sequence[Keeper[Context]]

    @property
    def declaration(self) -> Declaration:
        """The controller's declaration."""
        return self.context.declaration

    @property
    def state(self) -> Engine:
        """The workspace's own database."""
        return self.context.state

    def keeper(self, name: str) -> Any:
        """The keeper called `name`. Raises `KeyError`."""
        return next(keeper for keeper in self.keepers if keeper.name == name)


def read_settings(folder: Path) -> Settings:
    """`workspace.yaml` of `folder`, or the defaults. Raises `BadInput`."""
    path = folder / "workspace.yaml"
    return load_model(path, Settings) if path.exists() else Settings()


def state_engine(folder: Path, settings: Settings) -> Engine:
    """The engine of the workspace's own database."""
    return create_engine(resolve_url(settings.state) if settings.state else sqlite_url(folder / "state.db"))


def open_workspace(folder: Path) -> Workspace:
    """The workspace in `folder`. Raises `NoWorkspace`, `BadInput`; touches no store yet."""
    if not (folder / "declaration.yaml").exists():
        raise NoWorkspace(
            f"there is no declaration.yaml in {folder.resolve()}",
            hint="go to the controller's folder, name it with --workspace, or make one with `zusage init`",
        )
    declaration = load(folder)
    settings = read_settings(folder)
    keys = KeyRing.open(folder / "keys")
    state = only_this_version(state_engine(folder, settings))
    context = Context(
        declaration=declaration,
        stores=open_stores(folder / "stores.yaml", declaration),
        state=state,
        ledger=Ledger(keys),
        keys=keys,
        mail=settings.mail,
        public_url=settings.public_url,
        folder=folder,
    )
    return Workspace(folder=folder, settings=settings, context=context, keepers=all_keepers())
