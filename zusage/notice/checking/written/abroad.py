"""Where servers stand, and what is said to cover a transfer: one thing here, another there, or taken from another's text."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from zusage.findings import Finding, Severity
from zusage.law.adequacy import decisions
from zusage.law.countries import find_countries
from zusage.lexicon import Company, companies
from zusage.notice.checking.written.sheet import Sheet, found, lines
from zusage.notice.reading.document import Block

_SAFE = re.compile(
    r"Angemessenheitsbeschl|Angemessenheitsentscheid|angemessene[ns]? (?:Datens|S)chutzniveau|adequacy decision|adequate level",
    re.IGNORECASE,
)
#: "Entscheidung … über die Angemessenheit des Schutzes personenbezogener Daten in Neuseeland"
_DECIDED = re.compile(
    r"(?:Angemessenheit des Schutzes|adequate protection|adequacy of the protection)[^.]{0,40}\b(?:Daten|data)\b(?P<where>[^.]{0,60})"
)
_NUMBER = re.compile(r"(?<!\d)(?:\(E[UG]\) )?\d{4}/\d{1,4}(?:/(?:EU|EC|EG))?")
_INADEQUATE = re.compile(
    r"\bUSA\b[^.]{0,140}\b(?:unzureichend|kein angemessenes|unsicheres? Drittland|no adequate|inadequate)|(?:unzureichend|kein angemessenes)[^.]{0,80}\bUSA\b"
)
_TAKEN_BY = re.compile(
    r"(?:von|durch) (?P<who>[^.;]{2,70}?) (?:zusätzlich )?(?:ergriffen|getroffen|umgesetzt)\w*|(?:measures|steps) (?:taken|adopted) by (?P<who2>[^.;]{2,60})"
)
_SENT_BY = re.compile(
    r"\bdurch (?P<who>[A-Z][^.;]{2,40}?) in (?:die USA|Drittländer|ein Drittland) (?:übermittelt|übertragen)"
)
_SERVERS = re.compile(
    r"\b(?:Die )?Server (?:von|der) (?P<who>[^.;]{2,80}?)(?:,[^.;,]{0,40},)? (?:befinden sich|stehen|liegen) (?P<where>[^.;,]{4,80})|servers? of (?P<who2>[^.;]{2,60}?) (?:are|is) (?:located|situated) (?P<where2>[^.;,]{4,60})"
)
_WORLDWIDE = re.compile(
    r"\bweltweit\b[^.]{0,80}\b(?:weiter(?:ge)?geb|übermittel|verarbeit|gelesen|gespeichert|geteilt|zugreif)\w*|\b(?:weiter(?:ge)?geb|übermittel|verarbeit|gelesen|gespeichert|geteilt|zugreif)\w*[^.]{0,60}\bweltweit\b"
    r"|\b(?:countries (?:other than|outside) (?:your|the one)|anywhere in the world|worldwide)\b[^.]{0,100}\b(?:transfer|process|stor|shar)\w*|\b(?:transfer|process|stor|shar)\w*[^.]{0,100}\b(?:countries (?:other than|outside) (?:your|the one)|anywhere in the world|worldwide)\b"
)
_SECURED = re.compile(
    r"klauseln|Angemessenheit|Binding Corporate|clauses|adequacy|\bBCR\b|\bDPF\b|Data Privacy Framework|Art\.? ?4[4-9]",
    re.IGNORECASE,
)
_UNION = re.compile(r"[Ee]uropäischen Union|\bEU\b|European Union|\bEWR\b|\bEEA\b")


def check(sheet: Sheet) -> Iterator[Finding]:
    """Safeguards and places that do not fit together."""
    yield from _another_country(sheet)
    yield from _stale(sheet)
    yield from _strangers(sheet)
    yield from _here_and_there(sheet)
    yield from _worldwide(sheet)


def _another_country(sheet: Sheet) -> Iterator[Finding]:
    numbers = {one.number: one.country for one in decisions().values()}
    for block in sheet.document.blocks:
        if not _SAFE.search(block.text):
            continue
        sentences = [text for text, of in sheet.sentences if of is block]
        decided = {
            one.code
            for text in sentences
            for hit in _DECIDED.finditer(text)
            for one in find_countries(hit["where"])
        }
        decided |= {
            numbers[hit[0]] for text in sentences for hit in _NUMBER.finditer(text) if hit[0] in numbers
        }
        meant = {
            one.code for text in sentences if _SAFE.search(text) and not _DECIDED.search(text) and not _NUMBER.search(text)
            for one in find_countries(text)
        }  # fmt: skip
        if decided and meant and decided.isdisjoint(meant):
            yield found(
                "adequacy-of-another",
                Severity.ERROR,
                f"Der angeführte Beschluss gilt für {', '.join(sorted(decided))}, nicht für {', '.join(sorted(meant))}.",
                f"The decision that is cited is for {', '.join(sorted(decided))}, not for {', '.join(sorted(meant))}.",
                sheet.within(block, block.text),
                "gdpr:45(3)",
            )


def _stale(sheet: Sheet) -> Iterator[Finding]:
    framework = next(
        (one for one in decisions().values() if one.country == "US" and one.void_since is None), None
    )
    if (
        framework is None
        or sheet.on < framework.since
        or re.search(r"Data Privacy Framework|\bDPF\b|Datenschutzrahmen", sheet.document.text)
    ):
        return
    for said, block in sheet.sentences:
        if _INADEQUATE.search(said):
            yield found(
                "assessment-stale",
                Severity.NOTE,
                f"Für zertifizierte Empfänger in den USA gilt seit {framework.since} ein Angemessenheitsbeschluss.",
                f"For certified recipients in the USA an adequacy decision holds since {framework.since}.",
                sheet.within(block, said.strip()),
                "gdpr:45(3)",
                source=framework.number,
            )
            return


def _chapter(sheet: Sheet, block: Block) -> str:
    """What stands between the last section of the same title and this block: a text that is put together from the same
    parts says there what the part before the last one is about."""
    parts: list[str] = []
    left = False
    for one in reversed([one for one in sheet.document.blocks if one.start < block.start]):
        same = _alike(one.section, block.section)
        left = left or not same
        if left and same:
            break
        parts.append(one.text)
    return "\n".join(reversed(parts))


def _alike(one: str, other: str) -> bool:
    """The same title, or one that begins with the same long word."""
    first, second = one.split(" ")[0], other.split(" ")[0]
    return one == other or (len(first) > 10 and first == second)


def _named(text: str) -> list[Company]:
    return [one for one in companies().values() if re.search(rf"(?<!\w){re.escape(one.short)}(?!\w)", text)]


def _strangers(sheet: Sheet) -> Iterator[Finding]:
    """Somebody who takes measures for a transfer in a chapter that tells of no data going to them."""
    for said, block in sheet.sentences:
        hit = _TAKEN_BY.search(said) if re.search(r"klauseln|clauses|Schutzniveau|protection", said) else None
        hit = hit or _SENT_BY.search(said)
        if hit is None:
            continue
        around = _chapter(sheet, block).replace(said.strip(), "")
        for one in _named(next(who for who in hit.groups() if who)):
            others = around.replace(hit[0], "")
            if not re.search(rf"(?<!\w){re.escape(one.short)}(?!\w)", others):
                yield found(
                    "safeguard-of-stranger",
                    Severity.WARNING,
                    f"{one.short} soll die Übermittlung vornehmen oder schützen, erhält hier aber keine Daten.",
                    f"{one.short} is said to make or protect the transfer, but gets no data here.",
                    sheet.within(block, said.strip()),
                    "gdpr:13(1)(f)",
                )


def _here_and_there(sheet: Sheet) -> Iterator[Finding]:
    places: dict[str, dict[str, Block]] = defaultdict(dict)
    for said, block in sheet.sentences:
        for hit in _SERVERS.finditer(said):
            where = hit["where"] or hit["where2"]
            stand = {"EU"} if _UNION.search(where) else {one.code for one in find_countries(where)}
            for one in _named(hit["who"] or hit["who2"]):
                for region in stand:
                    places[one.short].setdefault(region, block)
    for name, regions in places.items():
        if "EU" in regions and "US" in regions:
            first, last = sorted((regions["EU"], regions["US"]), key=lambda one: one.number)
            yield found(
                "servers-here-and-there",
                Severity.WARNING,
                f"Die Server von {name} stehen in Zeile {first.number} anderswo als hier.",
                f"The servers of {name} stand elsewhere in line {first.number} than here.",
                sheet.within(last, last.text),
                "gdpr:13(1)(f)",
            )


def _worldwide(sheet: Sheet) -> Iterator[Finding]:
    """Data go anywhere, and nothing in the section covers it."""
    places = [
        (said, block)
        for said, block in sheet.sentences
        if _WORLDWIDE.search(said)
        and not _SECURED.search(sheet.section_text(block.section) if block.section else block.text)
    ]
    if places:
        said, block = places[0]
        where = lines(of.number for _, of in places)
        yield found(
            "transfer-worldwide",
            Severity.WARNING,
            f"„Weltweit“ nennt weder Länder noch Garantien (Zeilen {where}).",
            f"'Worldwide' names neither countries nor safeguards (lines {where}).",
            sheet.within(block, said.strip()),
            "gdpr:13(1)(f)",
            source="Art. 44 to 46 GDPR",
        )
