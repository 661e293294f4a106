"""Purposes: list items, table columns, "um … zu", "zum Zweck der …", nominalisations, and their English counterparts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from zusage.lexicon import category_index, topics_of
from zusage.notice.reading.category_members import mostly_known
from zusage.notice.reading.clauses import TO_VERB, clauses, spoken
from zusage.notice.reading.cookies import is_storage_row
from zusage.notice.reading.facts import Reading
from zusage.notice.reading.passages import Passage, holds
from zusage.notice.reading.phrases import enumeration, is_clause, squeezed, trimmed
from zusage.notice.reading.purpose_lists import (
    ON_GROUNDS,
    after_basis,
    after_label,
    after_recipient,
    told_by_commas,
)
from zusage.notice.reading.purpose_nouns import NO_PURPOSE, NOMINAL, nouns, parts
from zusage.notice.reading.purposes_english import ENGLISH_VERBS, english, english_parts
from zusage.notice.reading.purposes_german import german, in_section

_LEADS_TO_PURPOSES = re.compile(
    r"so (?:that )?(?:we|I) can[^:]{0,20}:$|\berfolgt,$|(?:erheben|verarbeiten|nutzen|verwenden) wir[^:]{0,60},$|zwecke?n?\b[^:]{0,40}:?$|purposes?\b[^:]{0,40}:?$|folgende\w* zweck|following purposes|\bum:?$|nutzen (?:können|wir)[^:]{0,60}:|verwenden wir[^:]{0,60}:|dien(?:t|en)[^:]{0,20}:|(?<!restricted )(?<!limited )\bto:$|\b(?:zu[rm]?|für):$|use (?:this|the|your|it|personal|that|these)[^:]{0,60}:|used (?:to|for):|notwendig|nötig ist,? um|Dazu gehören|Hierzu zählen",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"\b(?:Daten|Angaben|Informationen)\b[^:]*\b(?:[Dd]azu|[Hh]ierzu|[Dd]arunter) (?:gehören|zählen|fallen)|\bDaten\b[^:]{0,90}(?:gespeichert|erhoben|verarbeitet|erfasst|übermittelt):?$|folgende[rn]? (?:\w+ )?(?:Daten|Informationen|Angaben)\b|(?:disclose|share|transfer|pass|provide|available|sent?)\w*\b[^:]{0,40}(?:to|with)(?: the following[^:]*)?:?$|\ban:$|handelt es sich (?:\w+ ){0,2}um:?$|\bRechte?\b:?|rights?(?: to)?:|Empfänger|recipients|Cookies?\b[^:]{0,40}:|following (?:\w+ )?(?:data|information)",
    re.IGNORECASE,
)
_QUIET = (
    "definitions",
    "changes",
    "security",
    "links",
    "authority",
    "dpo",
    "transfer",
    "controller",
    "profiling",
)
_PROTECTS = re.compile(
    r"technische[nr]? und organisatorische|Maßnahmen|\bzu schützen\b|Verschlüsselung|Sicherheitslücke|unbefugte|security measures|safeguard your|protect (?:your|the) (?:personal )?(?:data|information)"
)
_GUARDING = (
    "maßnahm",
    "schütz",
    "verschlüss",
    "sicherheitsl",
    "unbefugt",
    "security",
    "safeguard",
    "protect",
    "organisatorisch",
)
_NAMES_SERVICE = re.compile(r"Google|Facebook|Youtube|YouTube|LinkedIn|Matomo|Tracking$")


def purposes(passage: Passage) -> Iterator[Reading]:
    """The purposes that a passage states."""
    block = passage.block
    if block.kind in ("heading", "head") or passage.about("definitions") or is_storage_row(passage):
        return
    if passage.topic in _QUIET and not passage.about("purposes") and not _below_purposes(passage):
        return
    if block.kind == "row":
        yield from _unique(_row(passage))
        return
    if block.kind == "item" and passage.topic in ("recipients", "services"):
        yield from _unique(after_recipient(passage))
    if block.kind == "item" and passage.topic == "basis":
        yield from _unique(after_basis(passage))
    if (block.kind == "item" and (_announced(passage) or _is_activity(passage))) or _bare(passage):
        yield from _unique(_item(passage))
        return
    yield from _unique(_running(passage))


def _unique(readings: Iterator[Reading]) -> Iterator[Reading]:
    seen: list[tuple[int, int]] = []
    words: set[str] = set()
    for reading in readings:
        if any(a <= reading.start and reading.end <= b for a, b in seen) or reading.value.casefold() in words:
            continue
        seen.append((reading.start, reading.end))
        words.add(reading.value.casefold())
        yield reading


def _bare(passage: Passage) -> bool:
    """A line under a heading of purposes that is nothing but a noun phrase ("Reichweitenmessung.")."""
    text = passage.text.strip()
    return (
        passage.block.kind == "paragraph"
        and passage.topic == "purposes"
        and not passage.lead
        and 3 < len(text) < 140
        and ":" not in text
        and len(passage.sentences) == 1
        and text[0].isupper()
        and not is_clause(text)
        and not re.search(r"\b(?:Verarbeitung Ihrer|personenbezogene|personal data)\b", text)
    )


def _announced(passage: Passage) -> bool:
    if passage.labelled and passage.topic == "purposes":
        return True
    if passage.topic == "rights":
        return False
    if passage.lead:
        return _led(passage.lead) or (
            passage.topic == "purposes" and not _ELSEWHERE.search(passage.lead) and not passage.about("data")
        )
    return (passage.about("purposes") and not passage.about("data")) or _below_purposes(passage)


_DOING = re.compile(r"\W*(?:[A-Z][a-z]+ing\s|(?:To\s)?" + ENGLISH_VERBS + ")")


def _below_purposes(passage: Passage) -> bool:
    """An item that names an action, in a part of a section on purposes with a heading of its own."""
    above = passage.block.headings[:-1]
    if passage.about("data", "retention", "recipients", "rights", "cookies") or not any(
        "purposes" in topics_of(heading) for heading in above
    ):
        return False
    text = passage.text.lstrip(" -–•·*")
    return bool(_DOING.match(text) if passage.language == "en" else NOMINAL.match(text))


_ACTIVITIES = re.compile(
    r"Beispiele|Leistungen|Tätigkeiten|Aufgaben|[Hh]ierzu (?:gehören|zählen)|[Dd]azu (?:gehören|zählen)|services include|activities",
    re.IGNORECASE,
)


def _is_activity(passage: Passage) -> bool:
    """An item that names an action, in a list of examples or activities."""
    led = _ACTIVITIES.search(passage.lead) is not None and not re.search(r"Daten\b|data\b", passage.lead)
    return led and NOMINAL.match(passage.text.lstrip(" -–•·*")) is not None


@lru_cache(maxsize=256)
def _led(lead: str) -> bool:
    """Whether a sentence leads to a list of purposes."""
    return bool(_LEADS_TO_PURPOSES.search(lead)) and not _ELSEWHERE.search(lead)


_STOPS = re.compile(
    r",\s(?:sofern|soweit|wenn|falls|unless|where|if)\s|\s\((?:Art|§|Legal|Rechtsgrundlage|auf Grundlage)|\s[–-]\s(?:Art|Rechtsgrundlage|legal)|;|:\s"
)


def _item(passage: Passage) -> Iterator[Reading]:
    """An item of a list of purposes: one purpose, or its clauses with "zu"."""
    text = passage.text
    a, b = trimmed(text, 0, len(text))
    b = min(b, passage.sentences[0][1]) if passage.sentences else b
    if _BASIS_ONLY.match(text, a) or (
        mostly_known(text) and not (_one_only(text, a, b) and passage.topic == "purposes")
    ):
        return
    if re.match(r"(?:Wir|We|Die Daten|Ihre Daten|Diese Daten|Your data)\b", text[a:b]):
        yield from _running(passage)
        yield from in_section(text, a, b)
        return
    stop = _STOPS.search(text[a:b])
    if stop and stop.group() == ": ":
        yield from after_label(text, a + stop.end(), b)
    if stop and stop.start() > 4:
        b = a + stop.start()
    a, b = trimmed(text, a, b)
    body = text[a:b]
    if body.lower().startswith("um ") or TO_VERB.search(body):
        found = list(clauses(text, a, b))
        if found:
            yield from found
            return
    if re.match(r"(?:in order to |to )?" + ENGLISH_VERBS, body, re.IGNORECASE):
        dash = re.search(r"\s[—–]\s", body)
        b = a + dash.start() if dash else b
        yield from english_parts(text, a, b, 0.85)
        return
    split = re.search(r"\ssowie\s(?=(?:der|zur|des|die|zum)\s[A-ZÄÖÜ])", body)
    if split and re.match(r"(?:zur|zum)\s", body):
        yield from nouns(text, a + 4, a + split.start(), 0.8)
        yield from nouns(text, a + split.end(), b, 0.8)
        return
    body = re.sub(r"^(?:in order to|to|for the|for|zur|zum|für die|für)\s+", "", body, flags=re.IGNORECASE)
    several = list(
        told_by_commas(text, b - len(body), b)
        if passage.labelled or stop
        else _comma_list(text, b - len(body), b)
    )
    if len(several) > 1:
        yield from several
        return
    yield from _whole(body, b)


def _whole(body: str, b: int) -> Iterator[Reading]:
    """An item's text, which ends at `b`, as one purpose: without grounds, examples and remarks."""
    grounds = ON_GROUNDS.search(body)
    example = re.search(r",\s(?:z[.․]\s?B[.․]|e[.․]g[.․]|beispielsweise|for example)\s", body)
    end = min(
        (found.start() for found in (grounds, example) if found and found.start() > 4), default=len(body)
    )
    b -= len(body) - end
    body = body[:end]
    if body and len(body.split()) <= 30:
        value = re.sub(
            r"\s\((?:(?:Vertrag|Einwilligung|[Bb]erechtigtes Interesse|[Cc]onsent|[Cc]ontract|[Ll]egitimate interests?)|(?:z[.․]\s?B[.․]|e[.․]g[.․]|insbesondere|etwa)[^)]*|[^(),]*,[^()]*)\)",
            "",
            spoken(body),
        )
        yield Reading("purpose", value, b - len(body), b, 0.85)


def _one_only(text: str, start: int, end: int) -> bool:
    """Whether an item names one thing, and that is no datum by itself ("aggregated usage statistics")."""
    return len(enumeration(text, start, end)) == 1 and category_index().get(text[start:end]) is None


#: nouns that look like an action and are none
_THING = re.compile(
    r"(?:situation|information|funktion|position|version|station|region|option|institution)(?:en)?\Z",
    re.IGNORECASE,
)


def _comma_list(text: str, start: int, end: int) -> Iterator[Reading]:
    """The purposes of an item that names several with commas between; none where it names one, or a clause."""
    grounds = ON_GROUNDS.search(text, start, end)
    members = parts(text, start, grounds.start() if grounds else end)
    if len(members) < 2 or "," not in text[members[0][1] : members[-1][0]]:
        return
    if all(
        NOMINAL.match(text, a, b) and not is_clause(text[a:b]) and not _THING.search(text[a:b])
        for a, b in members
    ):
        for a, b in members:
            said = re.sub(r"\s\((?![A-ZÄÖÜ]{2,6}\))[^()]*\)?$", "", squeezed(text[a:b]))
            yield Reading("purpose", said, a, b, 0.8)


#: a list by legal bases: "Einwilligung (Art. 6 …)" names none of its purposes
_BASIS_ONLY = re.compile(
    r"(?:Einwilligung|Interessenabwägung|(?:Gesetzliche|Rechtliche) (?:Vorgaben|Verpflichtung(?:en)?|Pflichten?)|Berechtigtes? Interessen?|Consent|Legitimate interests?|Legal obligations?|Contract)\s*(?:\(|\Z|:)"
)


_PURPOSE_COLUMN = re.compile(r"zweck|purpose|verarbeitungstätigkeit|wofür|why", re.IGNORECASE)
_ACTIVITY_COLUMN = re.compile(
    r"zweck|purpose|wofür|why|verarbeitungstätigkeit|^(?:verarbeitung|vorgang|tätigkeit|processing|activity)$",
    re.IGNORECASE,
)


def _purposes_column(columns: Sequence[str]) -> re.Pattern[str]:
    """What the title of a column of purposes looks like; activities count beside their legal bases, where no other does."""
    grounded = any(re.search(r"rechtsgrundlage|legal basis", title, re.IGNORECASE) for title in columns)
    apart = any(_PURPOSE_COLUMN.search(title) for title in columns)
    return _ACTIVITY_COLUMN if grounded and not apart else _PURPOSE_COLUMN


def _row(passage: Passage) -> Iterator[Reading]:
    block = passage.block
    if (
        any("ookie" in column for column in block.columns)
        or passage.about("cookies")
        or any(re.fullmatch(r"name", column.strip(), re.IGNORECASE) for column in block.columns)
    ):
        return
    at = 0
    for column, cell in zip(block.columns, block.cells, strict=False):
        place = passage.text.find(cell, at) if cell else -1
        if place < 0:
            continue
        at = place + len(cell)
        if not _purposes_column(block.columns).search(column.strip()):
            continue
        if mostly_known(cell) and not re.search(r"[a-zäöü](?:ung|tion|ing)\b", cell):
            continue
        stop = re.search(r"[.:]\s", cell)
        end = place + (stop.start() if stop else len(cell))
        condition = re.search(r",\s(?:if|when|where|wenn|sofern|soweit|falls)\s", cell)
        end = min(end, place + condition.start()) if condition and condition.start() > 4 else end
        slashed = cell[: end - place]
        if re.match(r"(?:in order )?to\s" + ENGLISH_VERBS, cell, re.IGNORECASE):
            yield from english_parts(passage.text, place, end, 0.8)
            continue
        if _NAMES_SERVICE.search(cell) or (
            len(block.cells) < len(block.columns)
            and re.fullmatch(r"[A-ZÄÖÜ][\w-]+", cell.strip())
            and not NOMINAL.match(cell.strip())
        ):
            continue
        pieces = parts(passage.text, place, end) if len(slashed) < 90 or "," in slashed else [(place, end)]
        if re.search(r"\bvon Verträgen|\bof\b", slashed) and len(pieces) > 2:
            pieces = [(place, end)]
        for a, b in pieces:
            for c, d in _slashes(passage.text, a, b):
                phrase = re.sub(r"^(?:in order )?to\s", "", squeezed(passage.text[c:d]))
                if phrase and not re.fullmatch(r"[\d\W]+", phrase) and len(phrase) > 3:
                    yield Reading("purpose", phrase, c, d, 0.75)


def _slashes(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    begin = start
    for cut in re.finditer(r"\s/\s", text[start:end]):
        yield trimmed(text, begin, start + cut.start())
        begin = start + cut.end()
    yield trimmed(text, begin, end)


def _label(passage: Passage) -> Iterator[Reading]:
    """A label run in before its paragraph ("Beantwortung Ihrer Anfragen: Wenn Sie …")."""
    found = _RUN_IN.match(passage.text)
    if (
        found
        and passage.topic not in ("recipients", "retention", "rights", "source")
        and len(found["label"].split()) <= 8
    ):
        label = found["label"]
        if NOMINAL.match(label) and not is_clause(label) and not NO_PURPOSE.match(label):
            yield Reading("purpose", squeezed(label), found.start("label"), found.end("label"), 0.6)


_RUN_IN = re.compile(r"\s*(?P<label>[A-ZÄÖÜ][^.:;,()]{6,70})[.:]\s+(?=[A-ZÄÖÜ])")


def _running(passage: Passage) -> Iterator[Reading]:
    if passage.language == "de" and passage.block.kind == "paragraph":
        yield from _label(passage)
    for start, end in passage.sentences:
        sentence = passage.text[start:end]
        if (passage.topic == "provision" and re.search(r"bereit|angeben|verpflichtet|provide", sentence)) or (
            passage.about("rights") and re.search(r"[Rr]echt|[Rr]ight|[Ww]iderspr|object|verlangen", sentence)
        ):
            continue
        if (
            holds(passage.low[start:end], _GUARDING)
            and _PROTECTS.search(sentence)
            and not re.search(r"Zweck|purpose|Art\.|Interesse", sentence)
        ):
            continue
        if re.search(
            r"(?:Sie können|You can|you may)[^.]{0,40} (?:verhindern|deaktivieren|disable|prevent|löschen)",
            sentence,
        ):
            continue
        if passage.language == "en":
            yield from english(passage.text, start, end)
        else:
            yield from german(passage, start, end)
