"""Processing activities of Art. 30: purposes, subjects, data, bases, sources, recipients, retention."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from zusage.declaration.base import Cited, Flag, Identifier, Part, Period, Said
from zusage.declaration.logs import LogPolicy
from zusage.declaration.parties import RecipientUse
from zusage.declaration.retention import RetentionRule
from zusage.law.impact import Criterion

Special = Literal[
    "racial-or-ethnic-origin", "political-opinions", "beliefs", "trade-union", "genetic", "biometric", "health",
    "sex-life", "criminal",
]  # fmt: skip


class LegalBasis(Part):
    """A legal basis (Art. 6, 9, 49 …). `interest` is required for Art. 6(1)(f): which interest (Art. 13(1)(d))."""

    citation: Cited
    interest: Said | None = None
    #: for consent: the consent purpose asked for (`consents` of the declaration)
    consent: Identifier | None = None
    #: for Art. 6(1)(f): when the interests were last balanced, and with what result (kept on file, Art. 5(2))
    balanced: date | None = None
    balancing: Said | None = None
    #: how often the balancing is looked at again and signed; makes it a promise
    balance_every: Period | None = None
    text: Said | None = None


class Purpose(Part):
    """A purpose and the legal bases it rests on."""

    id: Identifier
    text: Said
    legal_bases: tuple[LegalBasis, ...] = ()
    #: purposes that advertise directly: an objection ends them at once (Art. 21(2), (3))
    direct_marketing: Flag = False
    #: works with profiles of a person's interests: carried by consent only where it advertises
    by_profile: Flag = False


class DataCategory(Part):
    """A category of personal data, as the notice calls it."""

    id: Identifier
    text: Said
    #: Art. 9 and 10
    special: Special | None = None
    #: the person gave it (portable, Art. 20), it was observed, derived, or came from others
    origin: Literal["provided", "observed", "derived", "third-party"] = "provided"
    #: must it be provided, and what follows if not (Art. 13(2)(e))
    required: Flag | None = None
    fields: tuple[str, ...] = ()
    #: the class of data it belongs to (`data_classes` of the declaration)
    of_class: Identifier | None = None
    #: what the purpose needs these data for, where they need not be provided (Art. 5(1)(c))
    need: Said | None = None
    #: the basis of just these data, where it is another than the purpose's
    legal_basis: Cited | None = None
    #: nobody can be recognised in them: before a notice goes out that says so, their rows are looked at
    anonymous: Flag = False


class Provision(Part):
    """Whether data must be provided (Art. 13(2)(e))."""

    required: Flag
    basis: Literal["statute", "contract", "to-conclude-contract", "none"] = "none"
    consequence: Said | None = None
    #: the contract that the notice refers to for details, and where a person reads the version concluded with them
    contract: Said | None = None
    contract_link: str | None = None


class Profiling(Part):
    """Automated decisions including profiling (Art. 22): the logic involved, significance and consequences."""

    takes_place: Flag
    automated_decision: Flag = False
    logic: Said | None = None
    consequences: Said | None = None
    human_review: Said | None = None


class Source(Part):
    """Where data come from if not from the person (Art. 14(2)(f))."""

    text: Said
    publicly_accessible: Flag = False
    recipient: Identifier | None = None


class Impact(Part):
    """The threshold check of Art. 35: which criteria hold. From them follows whether an impact assessment is needed."""

    criteria: tuple[Criterion, ...] = ()
    #: when somebody last looked
    checked: date
    #: what speaks for or against, where the criteria alone do not say it
    reason: Said | None = None
    #: how often an assessment is looked at again (Art. 35(11)); two years where nothing is said
    review_every: Period | None = None


class Activity(Part):
    """One processing activity. Its id is the key in `activities`."""

    title: Said
    text: Said | None = None
    purposes: tuple[Purpose, ...] = Field(min_length=1)
    #: categories of data subjects (Art. 30(1)(c))
    subjects: tuple[Said, ...] = Field(min_length=1)
    data: tuple[DataCategory, ...] = Field(min_length=1)
    sources: tuple[Source, ...] = ()
    recipients: tuple[RecipientUse, ...] = ()
    #: said expressly: nobody else gets these data
    no_recipients: Flag = False
    retention: tuple[RetentionRule, ...] = ()
    provision: Provision | None = None
    profiling: Profiling | None = None
    impact: Impact | None = None
    #: services used on the way (embedded maps, analytics), by recipient id
    services: tuple[Identifier, ...] = ()
    cookies: tuple[Identifier, ...] = ()
    measures: tuple[Identifier, ...] = ()
    #: where its forms are sent (`/contact`, `/jobs/*/apply`)
    forms: tuple[str, ...] = ()
    #: `low`: control of a mailbox suffices to be answered; `high`: more proof of identity is asked
    risk: Literal["low", "normal", "high"] = "normal"
    #: processed on behalf of customers (Art. 28): requests are passed on, never answered
    on_behalf: Flag = False
    logs: LogPolicy | None = None
    #: what the DPO should know but the notice does not say
    note: Said | None = None
