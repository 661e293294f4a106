"""The declaration: a privacy notice as data. Terms follow the W3C Data Privacy Vocabulary and Art. 13, 14, 30 GDPR."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from zusage.declaration.activities import Activity
from zusage.declaration.base import Identifier, Part, Said
from zusage.declaration.browser import Browser, ConsentPurpose
from zusage.declaration.parties import Authority, Controller, JointController, Officer, Party, Recipient
from zusage.declaration.retention import RetentionRule
from zusage.declaration.rights import AgeLimit, Measure, OnBehalf, Rights


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
    on_behalf: OnBehalf | None = None
    measures: dict[Identifier, Measure] = Field(default_factory=dict)
    #: further passages of the notice that no other key holds (links to others, changes of the notice)
    passages: dict[Identifier, Said] = Field(default_factory=dict)
    time_zone: str = "Europe/Berlin"

    @model_validator(mode="after")
    def _references(self) -> Declaration:
        problems = list(_dangling(self))
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def rules(self) -> Iterator[tuple[str, Activity, RetentionRule]]:
        """Every retention rule with its activity and the activity's id."""
        for name, activity in self.activities.items():
            for rule in activity.retention:
                yield name, activity, rule


def _dangling(declaration: Declaration) -> Iterator[str]:
    """References that lead nowhere, as sentences with the key's path."""
    for name, activity in declaration.activities.items():
        where = f"activities.{name}"
        data = [category.id for category in activity.data]
        purposes = [purpose.id for purpose in activity.purposes]
        yield from _twice(f"{where}.data", data)
        yield from _twice(f"{where}.purposes", purposes)
        yield from _twice(f"{where}.retention", [rule.id for rule in activity.retention])
        for rule in activity.retention:
            yield from _unknown(f"{where}.retention.{rule.id}.data", rule.data, data)
            asked = rule.when and (rule.when.consent or rule.when.no_consent)
            yield from _unknown(f"{where}.retention.{rule.id}.when", [asked] if asked else [], declaration.consents)
        for use in activity.recipients:
            yield from _unknown(f"{where}.recipients.to", [use.to], declaration.recipients)
            yield from _unknown(f"{where}.recipients.data", use.data, data)
            yield from _unknown(f"{where}.recipients.purposes", use.purposes, purposes)
            yield from _unknown(f"{where}.recipients.consent", [use.consent] if use.consent else [], declaration.consents)
        for purpose in activity.purposes:
            asked_for = [basis.consent for basis in purpose.legal_bases if basis.consent]
            yield from _unknown(f"{where}.purposes.{purpose.id}.consent", asked_for, declaration.consents)
        yield from _unknown(f"{where}.services", activity.services, declaration.recipients)
        yield from _unknown(f"{where}.cookies", activity.cookies, declaration.browser.items)
        yield from _unknown(f"{where}.measures", activity.measures, declaration.measures)
    for name, item in declaration.browser.items.items():
        yield from _unknown(f"browser.items.{name}.consent", [item.consent] if item.consent else [], declaration.consents)
        yield from _unknown(f"browser.items.{name}.provider", [item.provider] if item.provider else [], declaration.recipients)
    for name, service in declaration.browser.services.items():
        yield from _unknown(f"browser.services.{name}.recipient", [service.recipient], declaration.recipients)
        yield from _unknown(f"browser.services.{name}.consent", [service.consent] if service.consent else [], declaration.consents)
    for name, measure in declaration.measures.items():
        yield from _unknown(f"measures.{name}.recipient", [measure.recipient] if measure.recipient else [], declaration.recipients)


def _twice(where: str, names: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            yield f"{where}: the id '{name}' is given twice"
        seen.add(name)


def _unknown(where: str, names: Iterable[str | None], known: Iterable[str]) -> Iterator[str]:
    known = set(known)
    for name in names:
        if name is not None and name not in known:
            yield f"{where}: there is no '{name}'"
