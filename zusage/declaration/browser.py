"""What is stored on, or read from, a visitor's device (§ 25 TDDDG), and what may be asked consent for."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from zusage.declaration.base import Cited, Flag, Identifier, Part, Period, Said

StorageKind = Literal[
    "cookie", "local-storage", "session-storage", "indexed-db", "pixel", "fingerprint", "other"
]


class StorageItem(Part):
    """A cookie or other item in the browser. `name` may hold `*` for a varying part (`_ga_*`)."""

    name: str = Field(min_length=1)
    kind: StorageKind = "cookie"
    #: recipient id of who sets it; none for the controller itself
    provider: Identifier | None = None
    purpose: Said
    #: how long it stays: a duration, `session`, or `until-cleared`
    keep: Period | Literal["session", "until-cleared"]
    #: strictly necessary under § 25(2) TDDDG; otherwise the consent purpose it waits for
    necessary: Flag = False
    consent: Identifier | None = None
    domains: tuple[str, ...] = ()
    legal_basis: Cited | None = None

    @model_validator(mode="after")
    def _necessary_or_asked(self) -> StorageItem:
        if self.necessary == (self.consent is not None):
            raise ValueError(
                "an item is either 'necessary: true' or names the 'consent' purpose it waits for"
            )
        return self


class EmbeddedService(Part):
    """A script, frame or pixel of somebody else that pages load, by recipient id, and the hosts it talks to."""

    recipient: Identifier
    kind: Literal["script", "embed", "pixel", "font", "captcha", "other"] = "script"
    hosts: tuple[str, ...] = ()
    necessary: Flag = False
    consent: Identifier | None = None
    text: Said | None = None

    @model_validator(mode="after")
    def _necessary_or_asked(self) -> EmbeddedService:
        if self.necessary == (self.consent is not None):
            raise ValueError(
                "a service is either 'necessary: true' or names the 'consent' purpose it waits for"
            )
        return self


class ConsentPurpose(Part):
    """Something a person can say yes to: by name, with the very text that is shown, and how it is asked."""

    title: Said
    text: Said
    #: where it is asked: the banner's categories, or a form of the application
    asked: Literal["banner", "form", "double-opt-in", "paper", "voice"] = "banner"
    category: Literal["functional", "statistics", "marketing", "media", "other"] = "other"
    legal_basis: Cited | None = None
    minimum_age: int | None = None
    #: how long a consent is taken as valid before it is asked for again
    valid_for: Period | None = None
    #: Consent Mode signals that follow this purpose (`analytics_storage`, …)
    signals: tuple[str, ...] = ()


class Browser(Part):
    """Everything on the visitor's device, and the sites it concerns."""

    origins: tuple[str, ...] = ()
    items: dict[Identifier, StorageItem] = Field(default_factory=dict)
    services: dict[Identifier, EmbeddedService] = Field(default_factory=dict)
    #: pages that must stay reachable without a choice
    imprint: str | None = None
    #: shared over the controller's own domains
    shared_domains: tuple[str, ...] = ()
