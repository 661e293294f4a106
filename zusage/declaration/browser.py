"""What is stored on, or read from, a visitor's device (§ 25 TDDDG), and what may be asked consent for."""

from __future__ import annotations

from datetime import date
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
    #: whether and how one can object to it, or withdraw; shown in the privacy settings
    objection: Said | None = None
    #: the pages that hold it, where they are registered one by one
    pages: tuple[str, ...] = ()

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
    #: where it is asked: the banner's categories, a form of the application, or a mail (`request`)
    asked: Literal["banner", "form", "double-opt-in", "paper", "voice", "request"] = "banner"
    category: Literal["functional", "statistics", "marketing", "media", "other"] = "other"
    legal_basis: Cited | None = None
    #: the age from which a person may agree alone; below it a parent confirms (Art. 8 GDPR), without an age nobody may
    minimum_age: int | None = Field(default=None, ge=1, le=21)
    #: how long a consent is taken as valid before it is asked for again
    valid_for: Period | None = None
    #: the person names the day until which it holds, `valid_for` being the longest
    chosen_until: Flag = False
    #: Consent Mode signals that follow this purpose (`analytics_storage`, …)
    signals: tuple[str, ...] = ()
    #: what mails under it are about; each can be chosen by itself, and one added later is not covered
    topics: dict[Identifier, Said] = Field(default_factory=dict)
    #: addresses that nobody confirmed, and unanswered questions, are erased after this time; seven days if not said
    confirm_within: Period | None = None
    #: the consent under which openings and clicks of mails are followed person by person
    tracking: Identifier | None = None
    #: the hint on the right to object that customers see at a sale; with it, mails on own similar goods (§ 7(3) UWG)
    existing_customers: Said | None = None
    #: recipients whose goods may be advertised under it beside the controller's own
    advertisers: tuple[Identifier, ...] = ()
    #: holds only for the one case (`scope`) that was named when it was given
    per_case: Flag = False
    #: is used up by one use
    once: Flag = False
    #: advertising calls rest on it: each is recorded, and the proof is kept five years from it (§ 7a UWG)
    telephone: Flag = False
    #: carries the processing as a whole: withdrawing it asks for erasure as well (Art. 17(1)(b))
    erases: Flag = False

    @model_validator(mode="after")
    def _fits(self) -> ConsentPurpose:
        if self.once and not self.per_case:
            raise ValueError("a consent that is used up by one use names its case: 'per_case: true'")
        if self.per_case and self.asked == "banner":
            raise ValueError("a consent for a single case cannot be asked in the banner; see 'asked'")
        if self.telephone and self.asked == "banner":
            raise ValueError(
                "a consent to be called is not asked in the banner, which knows nobody; see 'asked'"
            )
        return self


class Beside(Part):
    """What must stand beside something on own pages: a warning by an address, a hint before a form is sent."""

    #: a text or address that a page shows, `form:/path` for forms that are sent there, or `textarea` for every form with
    #: a field for free text
    shows: str
    text: Said
    #: where the same place must also lead
    link: str | None = None


class ConsentService(Part):
    """A recognised consent-management service whose stored settings this site obeys (§ 26 TDDDG, EinwV)."""

    name: str
    #: where it is explained
    page: str | None = None


class Presence(Part):
    """A page of the controller's own in somebody else's network: who runs the network, and what was agreed (Art. 26)."""

    network: str
    page: str
    recipient: Identifier
    #: what the network's operator builds usage profiles for
    profiling: Said | None = None
    #: the day of the joint-controller arrangement, and where its essence stands
    arranged: date | None = None
    arrangement: str | None = None


class Browser(Part):
    """Everything on the visitor's device, and the sites it concerns."""

    origins: tuple[str, ...] = ()
    items: dict[Identifier, StorageItem] = Field(default_factory=dict)
    services: dict[Identifier, EmbeddedService] = Field(default_factory=dict)
    #: the item (a cookie) that keeps a visitor's answers; without one it is the cookie `zusage`
    choice: Identifier | None = None
    #: recognised consent-management services that are embedded, by a short name; none must be
    consent_services: dict[Identifier, ConsentService] = Field(default_factory=dict)
    #: pages that must stay reachable without a choice
    imprint: str | None = None
    #: own domains over which a choice holds: sub-domains share its cookie, links to another one bring it along
    shared_domains: tuple[str, ...] = ()
    #: scripts of the pages may store only what is declared, agreed to, and not longer than declared
    guard: Flag = False
    #: each choice in the banner is recorded together with the browser's user agent; as a rule that is more than a proof needs
    record_user_agent: Flag = False
    #: where everybody sees, changes and withdraws what they agreed to; the notice links to it
    settings: str | None = None
    #: where the notice, the measures and the list of providers are reached by everybody
    notice: str | None = None
    measures: str | None = None
    processors: str | None = None
    #: domains of the controller that the notice is for, subdomains included; every site under them links to it
    domains: tuple[str, ...] = ()
    #: routes of the platform that the notice is for (`/kampagnen`, `/ce/deliver`), where they are listed one by one
    routes: tuple[str, ...] = ()
    beside: tuple[Beside, ...] = ()
    #: what the notice says of browsers that signal an objection (Global Privacy Control, Do Not Track)
    tracking_signals: Literal["respected", "ignored"] | None = None
    presences: dict[Identifier, Presence] = Field(default_factory=dict)
