"""How rights of Art. 12–22 are exercised here: channels, own deadlines, age limits, processing for customers, measures."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from zusage.declaration.base import Cited, Country, EmailAddress, Flag, Identifier, Part, Period, Said

Right = Literal[
    "access", "rectification", "erasure", "restriction", "portability", "objection", "no-automated-decision",
    "withdraw-consent", "complaint", "question",
]  # fmt: skip


class Channel(Part):
    """A way to make a request – or one that is refused, with the reason the person is told."""

    kind: Literal["web", "email", "letter", "in-person", "telephone", "account", "fax", "chat"]
    to: str | None = None
    accepted: Flag = True
    rights: tuple[Right, ...] = ()
    #: proof of identity that this channel asks for
    identity: Literal["none", "mailbox", "account", "document", "signature"] = "mailbox"
    reason: Said | None = None

    @model_validator(mode="after")
    def _reasoned(self) -> Channel:
        if not self.accepted and self.reason is None:
            raise ValueError("a refused channel needs the 'reason' that the person is told")
        return self


class OwnDeadline(Part):
    """A time limit the controller sets itself; where the law's is shorter, the law's counts."""

    what: Literal[
        "acknowledge",
        "answer",
        "erase",
        "rectify",
        "inform-recipients",
        "stop-marketing",
        "breach-notice",
        "other",
    ]
    within: Period
    rights: tuple[Right, ...] = ()
    text: Said | None = None


class Route(Part):
    """Where questions of one kind go: who answers them, by when, and at which address they arrive."""

    text: Said
    #: who is responsible, and who stands in
    owner: EmailAddress
    deputy: EmailAddress | None = None
    #: mail to this address is of this kind
    inbox: EmailAddress | None = None
    #: other mail arrives there as well: only what concerns data protection becomes a case
    general: Flag = False
    #: own time limit, in working days of the controller's Land
    working_days: int | None = Field(default=None, ge=1, le=30)
    #: nobody but the data protection officer sees a case until it is assigned
    confidential: Flag = False
    #: a test mail goes to the inbox every week; one that does not arrive raises an alarm
    tested: Flag = False


class Rights(Part):
    """Channels, deadlines and particulars of the rights."""

    #: activities whose account holders are told of a changed notice before it is published
    changes_told: tuple[Identifier, ...] = ()
    #: kind of question (`privacy`, `provider`, …) → where it goes; the first one is for all that name none
    routes: dict[Identifier, Route] = Field(default_factory=dict)

    channels: tuple[Channel, ...] = ()
    deadlines: tuple[OwnDeadline, ...] = ()
    #: in the person's interest refused or narrowed, with the law that allows it
    limits: tuple[Said, ...] = ()
    #: where objections go (Art. 21), shown apart and highlighted (Art. 21(4))
    objection_to: EmailAddress | None = None


class AgeLimit(Part):
    """A minimum age: below it, nothing is collected, or only with the holder of parental responsibility."""

    age: int = Field(ge=1, le=21)
    for_what: Said
    parental_consent: Flag = False
    country: Country | None = None
    legal_basis: Cited | None = None


class HostedService(Part):
    """A service with possible access to customers' data, and the categories of processing (Art. 30(2)(b))."""

    title: Said
    categories: tuple[Said, ...] = Field(min_length=1)


class OnBehalf(Part):
    """Processing on behalf of customers (Art. 28, 30(2)): what is done for them, and what their requests get."""

    text: Said
    categories: tuple[Said, ...] = ()
    contract: Said | None = None
    #: classes of data that belong to customers: they appear in no activity for purposes of our own
    classes: tuple[Identifier, ...] = ()
    #: where the contract is to be read
    contract_link: str | None = None
    #: a person's request is passed on within this time
    pass_on_within: Period | None = None
    #: a customer's audit request is answered within this time (our own term; without one, a month)
    audits_within: Period | None = None
    activities: tuple[Identifier, ...] = ()
    #: what customers can book that may touch their data, each with its categories of processing
    services: dict[Identifier, HostedService] = Field(default_factory=dict)


class Places(Part):
    """Where data may lie, and nowhere else: stores, their copies, and the servers of recipients."""

    #: countries, or `EU`, `EEA`
    countries: tuple[Country, ...] = Field(min_length=1)
    #: of these activities; empty for all
    activities: tuple[Identifier, ...] = ()


class DailyCopies(Part):
    """Every day a whole copy of the databases of these activities (empty: all) is made, and is there and intact `by` then."""

    #: local time of day by which the day's copy is there; without it somebody is told at once
    by: str = Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    activities: tuple[Identifier, ...] = ()


class Archive(Part):
    """Data that only a retention duty still needs are sealed, and opened by one role with the approval of others only."""

    #: the role that may open a record, on a ground that a law knows
    role: Identifier
    #: the roles whose approval it takes each time
    approved_by: tuple[Identifier, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _apart(self) -> Archive:
        if len({self.role, *self.approved_by}) <= len(self.approved_by):
            raise ValueError("a role is named twice; nobody approves what they ask for themselves")
        return self


class Information(Part):
    """What a person is told at an event, and until when; `{placeholders}` are filled from the case."""

    activity: Identifier
    title: Said
    text: Said
    #: how long after the event at most; a month where data come from somebody else (Art. 14(3)(a))
    within: Period
    #: purposes that may not run for the person before
    guards: tuple[Identifier, ...] = ()


class Measure(Part):
    """A technical or organisational measure (Art. 32). `attest_every` makes it a promise somebody must vouch for."""

    title: Said
    text: Said
    kind: Literal["technical", "organisational", "contractual", "training", "certification", "register"]
    citation: Cited | None = None
    attest_every: Period | None = None
    #: the role that vouches (`dpo`, `management`, `it`)
    attested_by: Identifier | None = None
    #: what must be filed with the attestation
    document: Said | None = None
    recipient: Identifier | None = None
    #: looked at in `stores.yaml`: a store, copy or server elsewhere is refused
    places: Places | None = None
    #: looked at in the folders of copies
    daily_copies: DailyCopies | None = None
    #: looked at in the restricted places of databases
    archive: Archive | None = None
