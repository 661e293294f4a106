"""Transfers to third countries: which adequacy decision held on which day, and was a transfer covered (Art. 44-49 GDPR).

All answers are for one day. A regime that a court voided covered transfers up to the day before the judgment, and none
since: there was no period of grace in either case.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Literal

from zusage.law.countries import country, country_name
from zusage.law.facts import LawError, Source, known, load, said, source_of
from zusage.text import Language, Text

Answer = Literal["yes", "no", "partial"]
_ALWAYS = date.max
_REGIMES = {"dpf": "adq-us", "privacy-shield": "adq-us-privacy-shield", "safe-harbour": "adq-us-safe-harbour"}
_SPELLINGS = {"safe-harbor": "safe-harbour", "privacy-shield": "privacy-shield", "": "none"}


@dataclass(frozen=True, slots=True)
class Decision:
    """An adequacy decision: it holds from `since` to `until`, both included. `void_since` where a court ended it."""

    id: str
    country: str
    number: str
    name: Text | None
    since: date
    until: date | None
    limit: Text | None
    needs_certificate: bool
    void_since: date | None
    judgment: str | None
    note: Text | None
    source: Source

    def holds(self, on: date) -> bool:
        """Whether the decision was in force on that day."""
        return self.since <= on <= (self.until or _ALWAYS)


@dataclass(frozen=True, slots=True)
class Adequacy:
    """The answer for a country and a day. `partial`: only within `limit`. `decision` is None inside the EEA."""

    answer: Answer
    country: str
    on: date
    reason: Text
    decision: Decision | None = None

    @property
    def since(self) -> date | None:
        """The decision's first day."""
        return self.decision.since if self.decision else None

    @property
    def until(self) -> date | None:
        """The decision's last day; None where it has no end."""
        return self.decision.until if self.decision else None

    @property
    def limit(self) -> Text | None:
        """What the decision is limited to."""
        return self.decision.limit if self.decision else None


@dataclass(frozen=True, slots=True)
class TransferVerdict:
    """Whether a transfer was covered on a day, why, by which article, and what a person must still see to."""

    allowed: bool
    reason: Text
    citation: str
    conditions: tuple[Text, ...] = ()
    decision: Decision | None = None
    #: rests on Art. 49: for single cases, never for what happens regularly
    exceptional: bool = False


@lru_cache(maxsize=1)
def decisions() -> Mapping[str, Decision]:
    """All adequacy decisions for countries, past and present, by id."""
    return {entry["id"]: _decision(entry) for entry in load("adequacy")["decisions"]}


@lru_cache(maxsize=1)
def organisations() -> Mapping[str, Decision]:
    """Adequacy decisions for international organisations, by id: they attach to the organisation, to no country."""
    return {entry["id"]: _decision(entry) for entry in load("adequacy")["organisations"]}


def _decision(entry: Mapping[str, Any]) -> Decision:
    void = entry.get("void", {})
    return Decision(
        id=entry["id"],
        country=entry.get("country", ""),
        number=entry["decision"],
        name=said(entry, "name"),
        since=entry["since"],
        until=entry.get("until"),
        limit=said(entry, "limit"),
        needs_certificate=entry.get("certified", False),
        void_since=void.get("since"),
        judgment=void.get("judgment"),
        note=said(entry, "note"),
        source=source_of(entry, "adequacy"),
    )


def official_link(number: str, language: Language) -> str:
    """The address of a Commission decision on EUR-Lex: `2013/65/EU` and `(EU) 2023/1795` alike.

    Raises `LawError` for what is no such number.
    """
    found = re.search(r"(?P<year>(?:19|20)\d\d)/(?P<number>\d{1,4})", number)
    if not found:
        raise LawError(f"'{number}' is no number of a decision", hint="for example 2013/65/EU")
    celex = f"3{found['year']}D{int(found['number']):04d}"
    return f"https://eur-lex.europa.eu/legal-content/{language.upper()}/TXT/?uri=CELEX:{celex}"


def eea(code: str, on: date | None = None) -> bool:
    """Whether data stay under the GDPR there: EU, Iceland, Liechtenstein, Norway; the regions 'EU' and 'EEA' too.

    With `on`: on that day, so the United Kingdom up to the end of 2020. Raises `LawError` for an unknown code.
    """
    if code in ("EU", "EEA"):
        return True
    country(code)
    area = load("adequacy")["eea"]
    if code in area["left"]:
        return on is not None and on <= area["left"][code]["until"]
    return (code in area["eu"] or code in area["efta"]) and (
        on is None or on >= area["joined"].get(code, date.min)
    )


def within(code: str, area: str) -> bool:
    """Whether a country (or region) lies in another one: itself, in the `EU`, or in the `EEA`. Raises `LawError`."""
    if code == area:
        return True
    if area == "EEA":
        return eea(code)
    return area == "EU" and code in load("adequacy")["eea"]["eu"]


def adequate(code: str, on: date, certified: bool | None = None) -> Adequacy:
    """Whether the level of protection in a country was recognised as adequate on a day.

    `certified` says for the USA whether the recipient was on the list of the framework of that day; None if unknown,
    then the answer is 'partial'. Raises `LawError` for an unknown country.
    """
    name = Text(country_name(code, "de"), country_name(code, "en"))
    if eea(code, on) or _bridged(code, on):
        return Adequacy(
            "yes", code, on, Text(f"Innerhalb des EWR: {name.de}.", f"Inside the EEA: {name.en}.")
        )
    held = next((item for item in decisions().values() if item.country == code and item.holds(on)), None)
    if held is None:
        return Adequacy("no", code, on, _why_none(code, name, on), _last_before(code, on))
    if held.needs_certificate and certified is False:
        reason = Text(
            f"Der Empfänger ist nicht zertifiziert. {_limit(held).de}",
            f"The recipient is not certified. {_limit(held).en}",
        )
        return Adequacy("no", code, on, reason, held)
    answer: Answer = "yes" if held.limit is None or (held.needs_certificate and certified) else "partial"
    reason = Text(
        f"Angemessenheitsbeschluss {held.number.replace('/EC', '/EG')} vom {_german(held.since)} ({name.de})."
        + (f" {held.limit.de}" if held.limit and answer == "partial" else ""),
        f"Adequacy decision {held.number} of {held.since.isoformat()} ({name.en})."
        + (f" {held.limit.en}" if held.limit and answer == "partial" else ""),
    )
    return Adequacy(answer, code, on, reason, held)


def transfer_allowed(
    code: str,
    safeguard: str | None,
    on: date,
    certified: bool | None = None,
    *,
    decision: str | None = None,
    concluded: date | None = None,
) -> TransferVerdict:
    """Whether a transfer to a country was covered on a day by the safeguard named.

    `safeguard` is a word of the declaration (`scc`, `dpf`, `bcr`, `consent`, `none` …), or `privacy-shield` and
    `safe-harbour`; None is `none`. For `scc`, `decision` tells which clauses ('2010/87/EU', '2021/914') and `concluded`
    when they were agreed: without either the clauses of 2021 are meant. Raises `LawError` for unknown words.
    """
    word = (safeguard or "").replace("_", "-").lower()
    word = _SPELLINGS.get(word, word)
    entry = known("safeguard", word, load("adequacy")["safeguards"])
    state = adequate(code, on, certified)
    if state.answer == "yes" and word not in ("privacy-shield", "safe-harbour"):
        return TransferVerdict(
            True, state.reason, "gdpr:45" if state.decision else "gdpr:1(3)", (), state.decision
        )
    if word in _REGIMES:
        return _by_regime(decisions()[_REGIMES[word]], code, on, certified)
    if word == "adequacy":
        conditions = (state.limit,) if state.answer == "partial" and state.limit else ()
        return TransferVerdict(state.answer != "no", state.reason, "gdpr:45", conditions, state.decision)
    if word == "scc":
        refused = _refused_clauses(on, decision, concluded)
        if refused:
            return TransferVerdict(False, refused, entry["citation"])
    if word == "none":
        return TransferVerdict(False, _nothing(state), entry["citation"])
    return _by_instrument(entry, code)


def _by_regime(regime: Decision, code: str, on: date, certified: bool | None) -> TransferVerdict:
    """Safe Harbour, Privacy Shield, Data Privacy Framework: the right country, the right days, a certificate."""
    name = regime.name or Text(regime.number, regime.number)
    if code != regime.country:
        reason = Text(f"{name.de} gilt nur für die USA.", f"{name.en} covers only the USA.")
        return TransferVerdict(False, reason, "gdpr:45", (), regime)
    if not regime.holds(on):
        return TransferVerdict(False, _out_of_time(regime, name, on), "gdpr:45", (), regime)
    if certified is False:
        reason = Text(
            f"Der Empfänger ist nicht zertifiziert: {name.de}.", f"The recipient is not certified: {name.en}."
        )
        return TransferVerdict(False, reason, "gdpr:45", (), regime)
    conditions = (regime.limit,) if certified is None and regime.limit else ()
    reason = Text(f"{name.de}, Beschluss {regime.number}.", f"{name.en}, decision {regime.number}.")
    return TransferVerdict(True, reason, "gdpr:45", conditions, regime)


def _out_of_time(regime: Decision, name: Text, on: date) -> Text:
    if on < regime.since:
        return Text(
            f"{name.de} gilt erst seit dem {_german(regime.since)}.",
            f"{name.en} has been in force only since {regime.since.isoformat()}.",
        )
    ended = regime.void_since or regime.until or on
    return Text(
        f"{name.de} ist seit dem {_german(ended)} unwirksam (EuGH {regime.judgment}).",
        f"{name.en} has been void since {ended.isoformat()} (CJEU {regime.judgment}).",
    )


def _refused_clauses(on: date, number: str | None, concluded: date | None) -> Text | None:
    """Why clauses do not cover a transfer on a day: not a transfer tool, not yet adopted, repealed, run out."""
    clauses = [entry for entry in load("adequacy")["scc"] if _meant(entry, number, concluded or on)]
    if not clauses and number:
        raise LawError(f"there are no standard contractual clauses '{number}'", hint="for example 2021/914")
    if not clauses:
        return Text(
            "Standardvertragsklauseln gab es noch nicht.", "There were no standard contractual clauses yet."
        )
    found = clauses[-1]
    called = found["decision"]
    if found.get("no_transfer"):
        return Text(
            f"Die Klauseln {called} regeln die Auftragsverarbeitung (Art. 28 Abs. 7 DSGVO) und decken keine Übermittlung.",
            f"The clauses {called} govern processing on behalf (Art. 28(7) GDPR) and cover no transfer.",
        )
    if on < found["since"]:
        return Text(f"Die Klauseln {called} gab es noch nicht.", f"The clauses {called} did not exist yet.")
    if "repealed" in found and concluded and concluded >= found["repealed"]:
        return Text(
            f"Die Klauseln {called} waren schon aufgehoben, als sie vereinbart wurden.",
            f"The clauses {called} had been repealed when they were agreed.",
        )
    if "void" in found and on >= found["void"]:
        return Text(
            f"Verträge mit den Klauseln {called} gelten seit dem 28. Dezember 2022 nicht mehr als Garantie.",
            f"Contracts on the clauses {called} have been no safeguard since 28 December 2022.",
        )
    return None


def _meant(entry: Mapping[str, Any], number: str | None, day: date) -> bool:
    """Whether an entry is the clauses meant: by number, else those that there were on the day they were agreed."""
    if number is None:
        since: date = entry["since"]
        return since <= day and "no_transfer" not in entry
    bare = number.replace("(EU)", "").strip().split("/")[:2]
    called: str = entry["decision"].replace("(EU)", "").strip()
    return bare == called.split("/")[:2] or number == str(entry["id"])


def _by_instrument(entry: Mapping[str, Any], code: str) -> TransferVerdict:
    name = said(entry, "name") or Text("?", "?")
    condition = said(entry, "condition")
    reason = Text(
        f"{name.de[0].upper()}{name.de[1:]} ({country_name(code, 'de')}).",
        f"{name.en[0].upper()}{name.en[1:]} ({country_name(code, 'en')}).",
    )
    conditions = (condition,) if condition else ()
    return TransferVerdict(
        True, reason, entry["citation"], conditions, exceptional=entry.get("exception", False)
    )


def _nothing(state: Adequacy) -> Text:
    return Text(
        f"Es ist keine Garantie benannt. {state.reason.de}", f"No safeguard is named. {state.reason.en}"
    )


def _bridged(code: str, on: date) -> bool:
    """The United Kingdom from January to June 2021: by the trade agreement no third country."""
    left = load("adequacy")["eea"]["left"].get(code)
    return left is not None and bool(on <= left["bridge_until"])


def _last_before(code: str, on: date) -> Decision | None:
    """The decision that had ended before that day, if there was one."""
    ended = [item for item in decisions().values() if item.country == code and item.until and item.until < on]
    return ended[-1] if ended else None


def _why_none(code: str, name: Text, on: date) -> Text:
    ended = _last_before(code, on)
    if ended and ended.void_since:
        called = ended.name or Text(ended.number, ended.number)
        return Text(
            f"Am {_german(on)} galt kein Angemessenheitsbeschluss ({name.de}); {called.de} ist seit dem "
            f"{_german(ended.void_since)} unwirksam.",
            f"No adequacy decision held on {on.isoformat()} ({name.en}); {called.en} has been void since "
            f"{ended.void_since.isoformat()}.",
        )
    return Text(
        f"Am {_german(on)} galt kein Angemessenheitsbeschluss ({name.de}).",
        f"No adequacy decision held on {on.isoformat()} ({name.en}).",
    )


def _limit(decision: Decision) -> Text:
    return decision.limit or Text(decision.number, decision.number)


def _german(day: date) -> str:
    return f"{day.day}.{day.month}.{day.year}"
