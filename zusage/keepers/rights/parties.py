"""`parties.yaml`: how customers and recipients are reached. Private, beside `stores.yaml`; without the file nobody is.

    customers:
      alpha: {name: Alpha GmbH, notice: "https://alpha.example/datenschutz", email: privacy@alpha.example, key: age1…}
    recipients:
      newsletter: {webhook: "https://hooks.news.example/privacy", secret: "env:NEWS_SECRET"}

A customer's key is an age recipient; without one nothing is sent, and a person is told.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from zusage.declaration.base import EmailAddress, Identifier, Part
from zusage.declaration.loading import load_model


class Customer(Part):
    """A customer on whose behalf data are processed; the key in the file is the value of the binding's tenant column."""

    name: str = Field(min_length=1)
    #: the customer's own privacy notice: a customer without one cannot be taken on
    notice: str = Field(pattern=r"^https://")
    email: EmailAddress
    key: str | None = Field(default=None, pattern=r"^age1[a-z0-9]{50,}$")
    #: since when a processing contract is in force (Art. 28(3)); the customer's documents are open from then on
    contract: date | None = None
    #: the services booked, by the ids of `on_behalf.services`
    services: tuple[Identifier, ...] = ()


class Told(Part):
    """How a recipient hears of erasures, corrections and restrictions (Art. 19)."""

    email: EmailAddress | None = None
    webhook: str | None = None
    #: `env:NAME` or `file:PATH`: the secret that signs the webhook
    secret: str | None = Field(default=None, pattern=r"^(env|file):")

    @model_validator(mode="after")
    def _signed(self) -> Told:
        if self.webhook is not None:
            if self.secret is None:
                raise ValueError("a webhook needs a 'secret' that signs it")
            parts = urlsplit(self.webhook)
            if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
                raise ValueError("a webhook is an https address")
        return self


class Application(Part):
    """The controller's own application: the secret under which it vouches for its logged-in users."""

    secret: str = Field(pattern=r"^(env|file):")


class Parties(Part):
    """The file as a whole."""

    application: Application | None = None
    customers: dict[str, Customer] = Field(default_factory=dict)
    recipients: dict[Identifier, Told] = Field(default_factory=dict)


def read_parties(folder: Path) -> Parties:
    """`parties.yaml` of a workspace, or nobody. Raises `BadInput`."""
    path = folder / "parties.yaml"
    return load_model(path, Parties) if path.exists() else Parties()
