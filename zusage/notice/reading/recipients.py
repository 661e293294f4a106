"""Recipients: companies with their country and role, well-known names, and categories ("Steuerberater")."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from zusage.lexicon import Company, PhraseIndex, companies, company_named, service_named
from zusage.notice.reading.companies import company_names, country_after, country_before
from zusage.notice.reading.cookies import is_storage_row
from zusage.notice.reading.facts import Reading
from zusage.notice.reading.passages import Passage
from zusage.notice.reading.phrases import enumeration
from zusage.notice.reading.recipient_categories import categories_of_recipients
from zusage.notice.reading.recipient_roles import reading_of

_OFFICER = re.compile(
    r"(?:Datenschutzbeauftragte[rn]?|[Dd]ata [Pp]rotection (?:[Oo]fficer|[Ll]ead))(?: \w+){0,3} (?:ist|is)(?: (?:die|der|das|the|Herr|Frau))?\s$|(?:Vertret(?:er(?:in)?|ung)|[Rr]epresentative) (?:in der EU|nach Art|in the (?:EU|EEA|UK|Union|United Kingdom))[^.;]{0,40}$"
)
_ACTS = re.compile(
    r"^\s+(?:speichert|verarbeitet|erhält|gibt|überträgt|übermittelt|nutzt Ihre|processes|stores|receives)\b"
)
_CONTRACT = re.compile(
    r"^\s+(?:haben wir|wurde|besteht|ist|we have|has been|there is)\b[^.]{0,60}(?:[Vv]ertrag|[Vv]ereinbarung|agreement)"
)
_BY = re.compile(r"\b(?:durch|by|von)\s+$")
_CARRIES = re.compile(
    r"^\s+in (?:die|das|den)\b[^.]{0,30}übermittelt|^\s+(?:erbracht|bereitgestellt|betrieben|gehostet|verarbeitet|gespeichert|erhoben|erfasst|provided|hosted|processed|operated)\b"
)
#: "eine direkte Verbindung zu den Servern von Facebook, Google oder …"
_CONNECTED = re.compile(
    r"(?:[Vv]erbindung (?:zu|mit) (?:den |dem |einem )?Servern? (?:von|der|des)|connection (?:to|with) (?:the )?servers? (?:of|from)) (?:[A-Z][\w+-]*(?:, | oder | und | or | and ))*$"
)
#: "über unseren E-Mail-Dienstleister Brevo"
_OUR_PROVIDER = re.compile(
    r"\b(?:unser\w{0,2}|our) (?:[\w-]+ )?[\w-]*(?:[Dd]ienstleisters?|[Aa]uftragsverarbeiters?|provider|processor) $"
)
_NO_COMPANY = re.compile(r"-|\s[A-Z][\w-]+")
#: "Formagrid Inc. (Airtable), 799 Market Street"
_BRAND_AFTER = re.compile(r"\s\((?P<brand>[A-Z][\w.-]{2,20})\)(?=[,.;]|$)")
_ADDRESS = re.compile(r"^\s*\((?=[^)]{0,160}\d)")


@cache
def _short_names() -> PhraseIndex[Company]:
    return PhraseIndex(
        ((name, company) for company in companies().values() for name in (company.short, *company.also)),
        inflected=False,
    )


def recipients(passage: Passage) -> Iterator[Reading]:
    """All recipients of a passage: companies, well-known names, categories."""
    if passage.about("definitions", "dpo", "changes") or passage.topic in (
        "controller",
        "contact",
    ):
        return
    named: list[str] = []
    for reading in _with_form(passage):
        named.append(reading.value["name"])
        yield reading
    if is_storage_row(passage):
        return
    yield from _well_known(passage, named)
    if passage.block.kind != "heading":
        yield from categories_of_recipients(passage)


def _with_form(passage: Passage) -> Iterator[Reading]:
    text = passage.text
    for name in company_names(text):
        if (
            any(own and _is_own(_genitive(name.text), _genitive(own)) for own in passage.names)
            or passage.block.kind == "heading"
            or _OFFICER.search(text, max(0, name.start - 60), name.start)
        ):
            continue
        brand = _BRAND_AFTER.match(text, name.end)
        end = brand.end() if brand and service_named(brand["brand"]) else name.end
        country = country_after(text, end) or country_before(text, name.start)
        yield reading_of(passage, " ".join(text[name.start : end].split()), name.start, end, country, 0.92)


def _is_own(name: str, own: str) -> bool:
    """Whether a company's name is the controller's: the same, or its name before a legal form and nothing else."""
    rest = name.removeprefix(own).strip(" ,") if name.startswith(own) else None
    return name.endswith(own) or (
        rest is not None and len(rest.split()) <= 1 + rest.count("&") + rest.count(".")
    )


def _genitive(name: str) -> str:
    """A name without the -s of a genitive ("des Landesverbands … e. V.")."""
    return re.sub(r"s(?=\s|$)", "", name.casefold())


def _well_known(passage: Passage, named: list[str]) -> Iterator[Reading]:
    text = passage.text
    for hit in _short_names().find(text):
        written = text[hit.start : hit.end].strip(" (.")
        end = hit.start + len(written)
        if any(name in hit.entry.names or name.startswith(written) for name in named):
            continue
        after, before = text[end : end + 120], text[max(0, hit.start - 40) : hit.start]
        if _ADDRESS.match(after):
            inside = text[end : text.find(")", end) + 1 or end + 160]
            if any(company_named(name.text) or name for name in company_names(inside)):
                continue
            country = country_after(text, end + 2)
            if country:
                yield reading_of(passage, written, hit.start, end, country, 0.85)
        elif _CONTRACT.match(after) and before.rstrip().endswith(("Mit", "mit", "With", "with")):
            yield Reading(
                "recipient", {"name": written, "country": None, "role": "processor"}, hit.start, end, 0.85
            )
        elif (
            _ACTS.match(after)
            or (_BY.search(before) and _CARRIES.match(after))
            or _CONNECTED.search(text, max(0, hit.start - 120), hit.start)
            or (_OUR_PROVIDER.search(before) and not _NO_COMPANY.match(after))
        ):
            yield reading_of(passage, written, hit.start, end, None, 0.65)
    profiled = re.search(r"\bBei (?P<who>[A-Z][^.]{2,80}?) findet Profiling", text)
    if profiled:
        for a, b in enumeration(text, profiled.start("who"), profiled.end("who")):
            if text[a:b] not in named:
                yield Reading("recipient", {"name": text[a:b], "country": None, "role": None}, a, b, 0.65)
