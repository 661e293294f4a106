"""Who: controller, representative, data protection officer, authority, recipients and their safeguards."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from zusage.declaration.base import Cited, Country, EmailAddress, Flag, Identifier, Part, Period, Said
from zusage.text import Language

Safeguard = Literal[
    "adequacy",
    "dpf",
    "scc",
    "bcr",
    "code-of-conduct",
    "certification",
    "consent",
    "contract",
    "legal-claims",
    "none",
]
RecipientRole = Literal["processor", "controller", "joint-controller", "authority", "sub-processor"]


class Address(Part):
    """A postal address."""

    street: str
    postcode: str
    city: str
    country: Country


class Contact(Part):
    """How a party is reached for privacy matters. At least one way is given."""

    email: EmailAddress | None = None
    phone: str | None = None
    web: str | None = None
    address: Address | None = None


class Party(Contact):
    """A legal or natural person with a name."""

    name: str = Field(min_length=1)


class Controller(Party):
    """The controller (Art. 4(7) GDPR): full legal name with its form, and who represents it."""

    represented_by: tuple[str, ...] = ()
    register_entry: str | None = None
    #: German Land (`BY`, `BE`, …): decides the authority and the public holidays.
    land: Literal[
        "BW", "BY", "BE", "BB", "HB", "HH", "HE", "MV", "NI", "NW", "RP", "SL", "SN", "ST", "SH", "TH"
    ] | None = None  # fmt: skip
    #: banks, insurers and securities institutions keep vouchers ten years (EGAO Art. 97 § 19a(3))
    financial_institution: Flag = False


class JointController(Party):
    """A joint controller (Art. 26) and the essence of the arrangement, which must be made available."""

    arrangement: Said


class Officer(Contact):
    """The data protection officer (Art. 37). A name is not required, a way to reach them is."""

    name: str | None = None
    external: Flag = False

    @model_validator(mode="after")
    def _reachable(self) -> Officer:
        if not (self.email or self.phone or self.address or self.web):
            raise ValueError("the data protection officer needs a way to be reached (Art. 13(1)(b) GDPR)")
        return self


class Authority(Contact):
    """The supervisory authority: `id` of the law data (`DE-BY`), or a name as written."""

    id: str | None = None
    name: str | None = None

    @model_validator(mode="after")
    def _named(self) -> Authority:
        if not (self.id or self.name):
            raise ValueError("give the authority's 'id' (such as DE-BY) or its 'name'")
        return self


class ProcessorContract(Part):
    """A contract under Art. 28(3), or an arrangement of another kind, and when it was concluded."""

    kind: Literal["art-28", "art-26", "other"] = "art-28"
    concluded: date | None = None
    #: how often a person must vouch for it anew
    attest_every: Period | None = None
    #: who looks after it here: complaints about the contractor go there
    owner: EmailAddress | None = None


class Clauses(Part):
    """Standard contractual clauses as they were agreed with a recipient: the decision, the module, the day."""

    decision: str = "2021/914"
    module: Literal[1, 2, 3, 4] | None = None
    concluded: date | None = None


class Transfer(Part):
    """A transfer to a third country (Art. 44 ff.) and what covers it."""

    country: Country
    safeguards: tuple[Safeguard, ...] = ()
    #: for `dpf`: whether the recipient is certified; checked by attestation
    certified: Flag | None = None
    #: for `adequacy`: the decision relied on (`2013/65/EU`), where it is to be checked against the country
    decision: str | None = None
    #: for `scc`: which clauses, which module, agreed when
    clauses: Clauses | None = None
    #: where a copy of the safeguards is to be had (Art. 13(1)(f))
    copy_at: Said | None = None
    #: the same as an address: the notice links to it
    copy_link: str | None = None
    occasion: Said | None = None


class Recipient(Party):
    """A recipient or category of recipients (Art. 13(1)(e)), kept once, referred to by activities."""

    #: a category ("tax adviser") rather than one organisation
    category: Flag = False
    #: what a category is called in each language; `name` in all of them if not said
    title: Said | None = None
    country: Country | None = None
    role: RecipientRole
    contract: ProcessorContract | None = None
    transfers: tuple[Transfer, ...] = ()
    #: product names under which the service is known ("Example Analytics")
    services: tuple[str, ...] = ()
    policy: str | None = None
    #: who told whom: how the recipient hears of erasures and corrections (Art. 19)
    notify: Literal["webhook", "email", "task", "none"] = "task"
    parent: Identifier | None = None
    text: Said | None = None
    #: a category whose members are listed by name (recipients with this `parent`)
    members_named: Flag = False
    #: gets nothing before everybody concerned was told of it by an announcement and its day has come
    announced: Flag = False
    #: used from this day on; announced before
    since: date | None = None
    #: what it does for us ("hosting", "customer support"), for the list of providers by function
    function: Said | None = None
    #: where its servers stand (a country, `EU` or `EEA`): compared with the inventory
    servers_in: Country | None = None
    #: what it uses the data for itself: it is then no processor
    own_purposes: Said | None = None
    #: whom it passes data on to, by category
    passes_to: Said | None = None
    #: it builds profiles of visitors with what it gets; marked in notice and banner
    profiling: Flag = False
    #: what it infers about a person ("interests, by browsing across sites")
    infers: Said | None = None
    #: domains that it runs as a company of our group: our own cookies may lie there, too
    domains: tuple[str, ...] = ()
    #: its page for objecting or opting out; its complete list of what is collected
    opt_out: str | None = None
    #: the worker asks for the page `opt_out` every seven days and raises a task where it is gone; it calls out for this
    opt_out_checked: Flag = False
    collected: str | None = None

    def called(self, language: Language) -> str:
        """What it is called in a language: an organisation by its name, a category by its title."""
        return self.title.says(language) if self.title else self.name

    @property
    def seat(self) -> str | None:
        """The country it is in: as declared, else that of its address."""
        return self.country or (self.address.country if self.address else None)


class RecipientUse(Part):
    """That an activity discloses data to a recipient: which data, for what, on which basis."""

    to: Identifier
    data: tuple[Identifier, ...] = ()
    purposes: tuple[Identifier, ...] = ()
    legal_bases: tuple[Cited, ...] = ()
    #: disclosed only when this holds ("if you pay by card"); shown as written
    when: Said | None = None
    #: disclosed only after the subject agreed to this consent purpose
    consent: Identifier | None = None
    #: where its servers for this activity stand, if elsewhere than in general
    servers_in: Country | None = None
