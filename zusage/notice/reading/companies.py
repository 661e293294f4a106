"""Names of companies by their legal forms, and the country that an address tells."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from zusage.law.countries import find_countries
from zusage.lexicon import legal_forms

_FORM = re.compile(
    r"(?<![\w.])(?:" + "|".join(re.escape(form) for form in legal_forms()) + r")(?![\w-])(?!\.\w)"
)
#: the words of a name, read backwards from its form
_WORD_BEFORE = re.compile(
    r"(?:[A-ZÄÖÜÉ0-9][\w.&'’+/:-]*|&|\+|–|-|[a-z][\w-]*\.(?:com|de|io|net|org|to|at|ch|eu|ai)|und|and|of|für|der|des|for|von|e-\w+)$"
)
#: forms whose names are phrases ("Verein der Freunde … e.V.")
_SOCIETY = re.compile(r"e\. ?V|eV|Stiftung|gGmbH|eG|K\.?d?\.?ö\.?R")
#: "… S.à r.l. et Cie, S.C.A."
_PARTNERS = re.compile(r"\set\sCie\.?(?:,?\sS\.\s?C\.\s?A\.)?")
#: names in small letters ("etracker GmbH"), and words that are none
_LOWER_NAME = re.compile(r"[a-z][a-z0-9.-]{3,20}")
_ORDINARY = frozenset(
    "der die das den dem des eine einer einen einem ein unsere unserer unseren ihre ihrer neue neuen ist sind wird war als oder und auch sowie durch nach über unter zwischen deren dessen dieser diese "
    "jede jeweilige jeweiligen genannte genannten deutsche deutschen gesamte gesamten andere anderen solche folgende folgenden with from that this which their such other the and of for von für bei mit aus "
    "gegenüber seitens wurde haben kann keine jener through via into under über within zwecks namens jener mittels sowohl beide beiden alle aller externe externen nachfolgend ehemals vormals firma".split()
)
_SMALL = frozenset(("und", "and", "of", "für", "der", "des", "for", "von", "–", "-", "&", "+"))
_NO_NAME = frozenset("ist sind war wird heißt namens".split()) | frozenset(
    "Die Der Das Den Dem Des Eine Ein Firma Anbieter Anbieters Anbieterin Unternehmen Gesellschaft Dienstleister Betreiber Betreiberin Betreibergesellschaft The A Our Your Company Provider Dienst "
    "Verantwortlicher Verantwortliche Verantwortlich Mit An Von Bei Durch Für Zur Zum Wir We By From With To Via Unser Unsere Unserem Hersteller Herstellers Dienstleisters Drittanbieters Hosters Hoster Inhaberin Inhaber "
    "Mutterkonzern Muttergesellschaft Tochterunternehmen Empfänger Empfängerin Auftragsverarbeiter Name Kontakt Impressum Es Sie Dieser Diese Dienstes Steuerberater Rechenzentrum Zahlungsdienstleister Versanddienstleister Vertragspartner "
    "Stelle In Im Wenn Hierfür Dazu Dafür Darüber Hinaus Newsletter-Dienstleister Webhoster Hosting-Anbieter Anbieterfirma Processor Recipient If Is Are".split()
)
#: what a company is to us, before its name ("unser IT-Dienstleister Nordwall Systems GmbH")
_ROLE = re.compile(
    r"(?:dienstleister|dienstleisters|dienstleisterin|anbieter|anbieters|provider|providers|betreiber|hoster|hosters|lieferant|versicherer)$",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"[^\W\d_]{2}|\d[A-ZÄÖÜ]|[A-ZÄÖÜ][\d&]")
_US_ZIP = re.compile(r"\b[A-Z]{2},?\s+\d{5}(?:-\d{4})?\b")
_GERMAN_CODE = re.compile(r"(?<!\d)(?:D-)?\d{5}\s+[A-ZÄÖÜ][a-zäöüß]{2,}")
_PREFIXED = re.compile(r"(?<!\w)(?P<land>A|CH|FL|L|D)-\d{4,5}\b")
_PREFIXES = {"A": "AT", "CH": "CH", "FL": "LI", "L": "LU", "D": "DE"}
_ADJECTIVES = {
    "deutsch": "DE", "österreichisch": "AT", "schweizerisch": "CH", "US-amerikanisch": "US", "amerikanisch": "US", "irisch": "IE", "französisch": "FR",
    "niederländisch": "NL", "britisch": "GB", "schwedisch": "SE", "German": "DE", "Austrian": "AT", "Swiss": "CH", "Irish": "IE", "French": "FR", "Dutch": "NL",
    "British": "GB", "American": "US", "US-based": "US",
}  # fmt: skip
_ADJECTIVE = re.compile(
    r"(?<!\w)(?P<word>"
    + "|".join(sorted(_ADJECTIVES, key=len, reverse=True))
    + r")(?:en|e|er|es)?\s+(?:[A-Za-zäöü-]+\s+){0,2}$"
)
_ADDRESS_END = re.compile(
    r"[)\n]|\.\s+[A-ZÄÖÜ][a-zäöü]+\s+(?:[a-zäöü]+|Sie|Daten)\s|\b(?:verarbeite|übermittel|bereitgestellt|erhoben|sowie|which|that|die Ihre)\b|;"
)


#: "Google Limited Use Policy"
_NO_FORM = re.compile(r"\s(?:Use|Liability|Edition|Partnership|Warranty|Time|Access|to)\b")


class Name(NamedTuple):
    """A company's name in a text."""

    text: str
    start: int
    end: int


@lru_cache(maxsize=512)
def company_names(text: str) -> list[Name]:
    """Names that end with a legal form, in order. Articles and words such as "Firma" before a name are left out."""
    found: list[Name] = []
    last = 0
    for form in _FORM.finditer(text):
        if form.start() < last or (form.group() == "Limited" and _NO_FORM.match(text, form.end())):
            continue
        start = _name_start(text, form.start(), last)
        # a floor and a postcode end like legal forms: "7. OG", "1016 AB"
        if start is None or not _LETTERS.search(text, start, form.start()):
            continue
        end = form.end()
        if (
            text[end : end + 1] == "."
            and text[end - 1] != "."
            and text[end + 1 : end + 2] in ("", " ", ")", ",")
        ):
            end = end + 1 if form.group() in ("Inc", "Ltd", "Corp") else end
        partners = _PARTNERS.match(text, end)
        end = partners.end() if partners else end
        found.append(Name(" ".join(text[start:end].split()), start, end))
        last = end
    return found


def _name_start(text: str, form: int, floor: int) -> int | None:
    start = form
    words = 0
    at = form
    while words < 8:
        stripped = at
        while stripped > floor and text[stripped - 1] in " \u00a0":
            stripped -= 1
        comma = stripped > floor and text[stripped - 1] == "," and words == 0
        if comma:
            stripped -= 1
        elif stripped > floor and text[stripped - 1] == ")" and words == 0:
            opened = text.rfind("(", max(floor, stripped - 40), stripped)
            if opened > 0:
                stripped = opened
                while stripped > floor and text[stripped - 1] == " ":
                    stripped -= 1
        begin = stripped
        while begin > floor and not text[begin - 1].isspace() and text[begin - 1] not in '(„“"|;,':
            begin -= 1
        word = text[begin:stripped]
        if words < 2 and _LOWER_NAME.fullmatch(word) and word not in _ORDINARY:
            start, at, words = begin, begin, words + 1
            if begin == floor or text[begin - 1] in '(„“"|;,:':
                break
            continue
        if not word or not _WORD_BEFORE.match(word) or word.endswith(":"):
            break
        if _ROLE.search(word) and start < form:
            break
        if word in _NO_NAME and not (words == 0 and _within_name(text[floor:begin])):
            break
        if word in ("der", "des", "von", "of", "for", "für") and not _SOCIETY.match(text, form):
            break
        if begin > floor and words and word.endswith(".") and len(word) > 4:
            break
        words += 1
        at = begin
        if word not in _SMALL:
            start = begin
        if begin > floor and text[begin - 1] in '(„“"|;,':
            break
    return start if start < form else None


def _within_name(before: str) -> bool:
    """Whether a noun before a legal form belongs to a name that begins before it ("Talkessel Rechenzentrum GmbH")."""
    found = re.search(r"(?P<word>[A-ZÄÖÜ][\w&.-]+)\s$", before)
    return found is not None and found["word"] not in _NO_NAME and not found["word"].endswith(".")


def country_after(text: str, end: int) -> str | None:
    """The country of the address that follows a name: named, or told by the form of its postcode; None if unknown."""
    stop = min(len(text), end + 220)
    other = next((name.start for name in company_names(text) if name.start > end + 6), stop)
    stop = min(stop, other)
    closing = _ADDRESS_END.search(text, end, stop)
    window = text[end : closing.start() if closing else stop]
    for mention in find_countries(window):
        before = window[: mention.start].rstrip()
        if (
            not before
            or before[-1] in ",(/-–"
            or before.endswith((" in", " aus", " of", " the", " mit Sitz in"))
            or _placed(before)
        ):
            return mention.code
    prefixed = _PREFIXED.search(window)
    if prefixed:
        return _PREFIXES[prefixed["land"]]
    if _US_ZIP.search(window) or re.search(r"\bUSA\b|United States|Vereinigte Staaten", window):
        return "US"
    return "DE" if _GERMAN_CODE.search(window) else None


def _placed(before: str) -> bool:
    return bool(re.search(r"\d|[A-Z][\w-]+$", before[-30:]))


def country_before(text: str, start: int) -> str | None:
    """The country that an adjective before a name tells ("des deutschen Herstellers …")."""
    found = _ADJECTIVE.search(text, max(0, start - 60), start)
    return _ADJECTIVES[found["word"]] if found else None
