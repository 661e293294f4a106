"""The declaration: a privacy notice as data. Terms follow the W3C Data Privacy Vocabulary and Art. 13, 14, 30 GDPR."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from zusage.declaration.activities import Activity
from zusage.declaration.base import DanglingReferences, Identifier, Part, Said
from zusage.declaration.browser import Browser, ConsentPurpose
from zusage.declaration.parties import Authority, Controller, JointController, Officer, Party, Recipient
from zusage.declaration.references import dangling_references
from zusage.declaration.retention import RetentionRule
from zusage.declaration.rights import AgeLimit, Information, Measure, OnBehalf, Rights

#: What a controller holds itself to beyond what the law asks of every notice: each is checked, and stops publication.
Standard = Literal[
    "balancing", "recipients-stated", "profiling-stated", "provider-links", "collected-links", "opt-out-links", "copies",
    "supplementary-measures", "need-of-data", "service-objection", "clear-purposes", "functions",
    "profiles-told", "profiling-marked", "eea-provider", "consequences", "withdrawal-link",
]  # fmt: skip


class Declaration(Part):
    """One controller's notice. `zusage: 1` names the format's version."""

    zusage: Literal[1]
    #: the languages the notice is published in, the first one decides
    languages: tuple[Literal["de", "en"], ...] = ("de",)
    #: how the reader is addressed in German
    address: Literal["Sie", "du"] = "Sie"
    as_of: date
    version: str | None = None
    controller: Controller
    representative: Party | None = None
    joint_controllers: tuple[JointController, ...] = ()
    dpo: Officer | None = None
    authority: Authority | None = None
    recipients: dict[Identifier, Recipient] = Field(default_factory=dict)
    activities: dict[Identifier, Activity] = Field(min_length=1)
    consents: dict[Identifier, ConsentPurpose] = Field(default_factory=dict)
    browser: Browser = Browser()
    rights: Rights = Rights()
    age_limits: tuple[AgeLimit, ...] = ()
    informations: dict[Identifier, Information] = Field(default_factory=dict)
    on_behalf: OnBehalf | None = None
    measures: dict[Identifier, Measure] = Field(default_factory=dict)
    #: further passages of the notice that no other key holds (links to others, changes of the notice)
    passages: dict[Identifier, Said] = Field(default_factory=dict)
    standards: tuple[Standard, ...] = ()
    #: classes of data that the notice distinguishes; each is covered by an activity from purpose to period
    data_classes: dict[Identifier, Said] = Field(default_factory=dict)
    #: functions that providers carry out: each has a provider, and each provider's function is one of them
    functions: tuple[Said, ...] = ()
    #: more processors than this are not "a limited number"; their list is linked
    most_processors: int | None = Field(default=None, ge=1)
    time_zone: str = "Europe/Berlin"

    @model_validator(mode="after")
    def _references(self) -> Declaration:
        dangling = list(dangling_references(self))
        if dangling:
            raise DanglingReferences(dangling)
        return self

    def rules(self) -> Iterator[tuple[str, Activity, RetentionRule]]:
        """Every retention rule with its activity and the activity's id."""
        for name, activity in self.activities.items():
            for rule in activity.retention:
                yield name, activity, rule
