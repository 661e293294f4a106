"""The phrases of the written documents, in German (`Sie` or `du`) and English, and how values are said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib import resources
from typing import Literal

from zusage.declaration import Declaration, LegalBasis
from zusage.declaration.parties import ProcessorContract
from zusage.declaration.strict_yaml import parse
from zusage.law.citations import Citation
from zusage.law.countries import country_name
from zusage.law.duration import Duration
from zusage.text import Language, Text

_MONTHS = {
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split(),
    "en": "January February March April May June July August September October November December".split(),
}
_REGIONS = {"EU": Text("die Europäische Union", "the European Union"),
            "EEA": Text("den Europäischen Wirtschaftsraum", "the European Economic Area")}  # fmt: skip


@lru_cache(maxsize=1)
def _phrases() -> Mapping[str, Mapping[str, str]]:
    file = resources.files("zusage.notice.writing").joinpath("phrases.yaml")
    data: Mapping[str, Mapping[str, str]] = parse(file.read_text("utf-8"), "phrases.yaml").data
    return data


@dataclass(frozen=True, slots=True)
class Words:
    """Says phrases and values in one language and form of address."""

    language: Language
    address: Literal["Sie", "du"] = "Sie"
    #: laws are called as they were called on this day; as they are today where there is none
    on: date | None = None

    @classmethod
    def of(cls, declaration: Declaration, language: Language, on: date | None = None) -> Words:
        """In the declaration's form of address."""
        return cls(language, declaration.address, on)

    def say(self, key: str, **values: str) -> str:
        """The phrase `key`, filled in. Raises `KeyError` for a phrase that is not there."""
        phrase = _phrases()[key]
        template = phrase["en"] if self.language == "en" else phrase.get(self.address, phrase["de"])
        return template.format(**values) if values else template

    def text(self, said: Text) -> str:
        """The declaration's own words."""
        return said.says(self.language)

    def period(self, duration: Duration) -> str:
        """A duration in words: 30 days stay 30 days."""
        return duration.text(self.language)

    def within(self, duration: Duration) -> str:
        """A duration after "innerhalb von" / "within": German wants the dative."""
        return duration.text(self.language, case="dative")

    def day(self, on: date) -> str:
        """`22. November 2026` / `22 November 2026`."""
        month = _MONTHS[self.language][on.month - 1]
        return f"{on.day}. {month} {on.year}" if self.language == "de" else f"{on.day} {month} {on.year}"

    def country(self, code: str) -> str:
        """A country's or region's name."""
        return _REGIONS[code].says(self.language) if code in _REGIONS else country_name(code, self.language)

    def toward(self, code: str) -> str:
        """Where data go, with the words that a country's name takes: `nach Kanada`, `in die Vereinigten Staaten`."""
        own = f"toward-{code}"
        return self.say(own) if own in _phrases() else self.say("toward", country=self.country(code))

    def place(self, code: str) -> str:
        """Where servers stand: `EU`, `USA` as people say it, else the country's name."""
        return {"US": "USA"}.get(code, code if code in _REGIONS else self.country(code))

    def contract(self, contract: ProcessorContract) -> str:
        """A contract by its kind and the day it was concluded."""
        kind = self.say(f"contract-{contract.kind}")
        return (
            self.say("contract-since", kind=kind, date=self.day(contract.concluded))
            if contract.concluded
            else kind
        )

    def listed(self, names: Iterable[str]) -> str:
        """`a, b und c`."""
        names = list(names)
        if len(names) < 2:
            return "".join(names)
        return ", ".join(names[:-1]) + self.say("and") + names[-1]

    def cited(self, citation: Citation) -> str:
        """A citation under the law's name of the day."""
        return (citation.on(self.on) if self.on else citation).text(self.language)

    def basis(self, basis: LegalBasis) -> str:
        """A legal basis with its interest (Art. 13(1)(d))."""
        citation = self.cited(basis.citation)
        if basis.interest:
            return self.say("basis-interest", citation=citation, interest=self.text(basis.interest))
        if basis.text:
            return self.say("basis-text", citation=citation, text=self.text(basis.text))
        return citation
