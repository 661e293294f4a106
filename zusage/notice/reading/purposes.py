"""Purposes: list items, table columns, "um … zu", "zum Zweck der …", nominalisations, and their English counterparts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from zusage.notice.reading.category_members import mostly_known
from zusage.notice.reading.clauses import INFINITIVE, TO_VERB, clause_end, clauses, spoken
from zusage.notice.reading.cookies import is_storage_row
from zusage.notice.reading.facts import Reading
from zusage.notice.reading.passages import Passage, holds
from zusage.notice.reading.phrases import enumeration, is_clause, squeezed, trimmed
from zusage.notice.reading.purpose_nouns import NO_PURPOSE, NOMINAL, nouns, parts, plausible, to_ends
from zusage.notice.reading.purposes_english import ENGLISH_VERBS, english, english_parts

_LEADS_TO_PURPOSES = re.compile(
    r"zwecke?n?\b[^:]{0,40}:?$|purposes?\b[^:]{0,40}:?$|folgende\w* zweck|following purposes|\bum:?$|nutzen (?:können|wir)[^:]{0,60}:|verwenden wir[^:]{0,60}:|dien(?:t|en)[^:]{0,20}:|\bto:$|use (?:this|the|your|it|personal)[^:]{0,60}:|used (?:to|for):|notwendig|nötig ist,? um|Dazu gehören|Hierzu zählen",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"\bDaten\b[^:]{0,90}(?:gespeichert|erhoben|verarbeitet|erfasst|übermittelt):?$|folgende[rn]? (?:\w+ )?(?:Daten|Informationen|Angaben)\b|(?:disclose|share|transfer|pass|provide|available|sent?)\w*\b[^:]{0,40}(?:to|with)(?: the following[^:]*)?:?$|\ban:$|\bRechte?\b:?|rights?:|Empfänger|recipients|Cookies?\b[^:]{0,40}:|following (?:\w+ )?(?:data|information)",
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
_UM = re.compile(r"(?<![\wäöü])[Uu]m\s(?=(?:(?!\sum\s)[^.;:]){1,400}?" + INFINITIVE + ")")
_ZWECK = re.compile(
    r"(?:[Zz]u(?:m|r| den| diesem)? Zwecke?n?|[Ff]ür(?: die)? Zwecke|[Zz]wecks|zu folgendem Zweck|Zweck(?:e)? (?:der|dieser|unserer) (?:Daten)?(?:[Vv]erarbeitung|[Ee]rhebung|[Nn]utzung|Speicherung)(?: \w+){0,4} (?:ist|sind)|dien(?:t|en)(?: (?:ausschließlich|insbesondere|allein|lediglich|vor allem|unter anderem|uns|dazu|auch|somit|primär|hier|hierbei|dabei|sie|diese|nur|ferner|zudem|außerdem|vorrangig|in erster Linie))*(?: dem Zweck,?)?(?: der| dem| den| zur)|"
    r"(?:Interesse|Interessen) (?:liegt|liegen|besteht|bestehen|folgt|folgen|ergibt sich|ergeben sich|resultiert)(?: (?:hierbei|dabei|insbesondere|hier))? (?:(?:in|aus) (?:der|dem|einer|einem)|im)|(?<![Ii]hr )(?<![Dd]ein )(?<![Ii]hrem )(?<![Ii]hres )[Ii]nteresse[ns]? an(?: der| dem| einer| einem| unsere[mr])?)\s(?P<what>[A-ZÄÖÜa-zäöü„][^.;:]{3,260})"
)
_SO_THAT = re.compile(
    r"\b(?:damit wir|Rechtsgrundlage(?: hierfür| dafür)? ist die)\s(?P<what>(?:(?<=wir\s)[^.;:,]{5,120}?(?=\skönnen\b|(?<=[a-zäöüß]en)[.,;]))|(?<=die\s)(?:Durchführung|Erfüllung|Anbahnung)\s(?:des|eines|der|Ihre[sr])\s[^.;:,(]{4,60}?(?=\s(?:gemäß|nach|gem\.|\()|[.,;]))"
)
_ZWECK_CLAUSE = re.compile(r"(?:dem|diesem|den) Zweck,\s(?=[^.;:]{3,300}?" + INFINITIVE + ")")
_ZWECKEN = re.compile(
    r"(?:zu|für)\s(?:(?:eigenen?|unseren? eigenen?|statistischen?|rein|ausschließlich|internen?|werblichen?)\s)*(?P<what>(?:[A-ZÄÖÜ][\wäöüß]*-(?:,| und| oder|/)\s)?[A-ZÄÖÜ][\wäöüß-]*?[zZ]wecken?|statistischen Zwecken|werblichen Zwecken)(?!\w)"
)
_HAPPENING = ("erfolgt", "geschieht", "beruht", "bdsg", "dsgvo", "ds-gvo")
_TO_CONTRACT = re.compile(r"mit der (?P<what>(?:Erfüllung|Durchführung|Anbahnung) eines Vertrage?s)")
_CITED = re.compile(r",?\s(?:gemäß\s|nach\s)?(?:Art|§)(?!\w)")
_NAMES_SERVICE = re.compile(r"Google|Facebook|Youtube|YouTube|LinkedIn|Matomo|Tracking$")


def purposes(passage: Passage) -> Iterator[Reading]:
    """The purposes that a passage states."""
    block = passage.block
    if block.kind in ("heading", "head") or passage.about("definitions") or is_storage_row(passage):
        return
    if passage.topic in _QUIET and not passage.about("purposes"):
        return
    if block.kind == "row":
        yield from _unique(_row(passage))
        return
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
    if passage.lead:
        return _led(passage.lead)
    return passage.about("purposes") and not passage.about("data")


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


def _item(passage: Passage) -> Iterator[Reading]:
    """An item of a list of purposes: one purpose, or its clauses with "zu"."""
    text = passage.text
    a, b = trimmed(text, 0, len(text))
    b = min(b, passage.sentences[0][1]) if passage.sentences else b
    if _BASIS_ONLY.match(text, a) or mostly_known(text):
        return
    if re.match(r"(?:Wir|We|Die Daten|Ihre Daten|Diese Daten|Your data)\b", text[a:b]):
        yield from _running(passage)
        yield from _in_section(text, a, b)
        return
    stop = re.search(
        r",\s(?:sofern|soweit|wenn|falls|unless|where|if)\s|\s\((?:Art|§|Legal|Rechtsgrundlage|auf Grundlage)|\s[–-]\s(?:Art|Rechtsgrundlage|legal)|;|:\s",
        text[a:b],
    )
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
        yield from english_parts(text, a, b, 0.85)
        return
    split = re.search(r"\ssowie\s(?=(?:der|zur|des|die|zum)\s[A-ZÄÖÜ])", body)
    if split and re.match(r"(?:zur|zum)\s", body):
        yield from nouns(text, a + 4, a + split.start(), 0.8)
        yield from nouns(text, a + split.end(), b, 0.8)
        return
    body = re.sub(r"^(?:in order to|to|zur|zum|für die|für)\s+", "", body, flags=re.IGNORECASE)
    if body and len(body.split()) <= 30:
        value = re.sub(
            r"\s\((?:(?:z[.․]\s?B[.․]|e[.․]g[.․]|insbesondere|etwa)[^)]*|[^(),]*,[^()]*)\)", "", spoken(body)
        )
        yield Reading("purpose", value, b - len(body), b, 0.85)


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
            and not re.search(r"Zweck|purpose|Art\.", sentence)
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
            yield from _german(passage, start, end)


def _for_purpose(text: str, start: int, end: int) -> Iterator[Reading]:
    """ "Zum Zweck der …", "dient der …", "zu Werbezwecken"."""
    for found in _ZWECK_CLAUSE.finditer(text, start, end):
        yield from clauses(text, found.end(), clause_end(text, found.end(), end))
    for found in _ZWECK.finditer(text, start, end):
        cited = _CITED.search(text, found.start("what"), found.end("what"))
        yield from nouns(text, found.start("what"), cited.start() if cited else found.end("what"), 0.75)
    for found in _ZWECKEN.finditer(text, start, end):
        if not re.match(r"(?:anderen|diesen|genannten|welchen|oben|folgenden|den |weiteren)", found["what"]):
            yield Reading(
                "purpose",
                _without_purpose(squeezed(found["what"])),
                found.start("what"),
                found.end("what"),
                0.65,
            )


def _german(passage: Passage, start: int, end: int) -> Iterator[Reading]:
    text, low = passage.text, passage.low[start:end]
    for found in _UM.finditer(text, start, end) if "um " in low else ():
        stop = clause_end(text, found.end(), end)
        yield from clauses(text, found.start(), stop)
    yield from _supported(text, start, end)
    yield from _able(text, start, end)
    for found in _HAPPENS.finditer(text, start, end) if holds(low, _HAPPENING) else ():
        name = "what" if found["what"] else "basis"
        if NOMINAL.match(found[name]) and plausible(found[name]):
            yield Reading("purpose", squeezed(found[name]), found.start(name), found.end(name), 0.65)
    for found in _SO_THAT.finditer(text, start, end) if holds(low, ("damit wir", "rechtsgrundlage")) else ():
        yield Reading("purpose", squeezed(found["what"]), found.start("what"), found.end("what"), 0.65)
    if "zweck" in low or "dien" in low or "interesse" in low:
        yield from _for_purpose(text, start, end)
    for found in _TO_CONTRACT.finditer(text, start, end) if "vertrag" in low else ():
        yield Reading("purpose", found["what"], found.start("what"), found.end("what"), 0.7)
    if passage.about("purposes"):
        yield from _in_section(text, start, end)
    if passage.topic == "retention" and re.search(r"so\s?lange|Dauer", text[start:end]):
        return
    if passage.topic in ("retention", "recipients", "rights") and not re.search(
        r"verarbeit|verwend|genutzt|nutzen|Zweck|erforderlich|unterstütz|weitergegeben|weitergeleitet|übermittelt",
        text[start:end],
    ):
        return
    yield from to_ends(text, start, end)


def _in_section(text: str, start: int, end: int) -> Iterator[Reading]:
    """What only a section on purposes tells: "nutzen … für A, B und C", examples in parentheses."""
    for found in re.finditer(
        r"\b(?:nutzen|verwenden|verarbeiten) [^.;:]{3,50}? für (?:die |den |das )?(?P<what>[A-ZÄÖÜ][^.;:]{4,200})",
        text[start:end],
    ):
        yield from nouns(text, start + found.start("what"), start + found.end("what"), 0.7)
    for inner in re.finditer(
        r"\((?:z[.․]\s?B[.․]|insbesondere|beispielsweise|bspw[.․])\s(?P<list>[^()]{4,240})\)",
        text[start:end],
    ):
        for a, b in enumeration(text, start + inner.start("list"), start + inner.end("list")):
            prefix = re.match(r"(?:für|zur|zum)\s(?:die\s|den\s|das\s)?", text[a:b])
            a += prefix.end() if prefix else 0
            if plausible(squeezed(text[a:b])):
                yield Reading("purpose", squeezed(text[a:b]), a, b, 0.7)


#: "Der Versand von Werbung erfolgt …", "§ 26 BDSG (Anbahnung eines Beschäftigungsverhältnisses)"
_HAPPENS = re.compile(
    r"(?:^|(?<=[.!?]\s))(?:Der|Die|Das)\s(?P<what>(?!Daten|Aufnahme|Server)[A-ZÄÖÜ][\w-]+\s(?:von|des|der|unsere[rs])\s[^.;:,()]{3,50}?)(?=\s(?:erfolgt|geschieht|beruht)\b)"
    r"|(?:BDSG(?:-neu)?|DS-?GVO)\s\((?P<basis>[^().;]{5,60})\)"
)
#: what others help with: "bei der Bereitstellung unserer Dienste unterstützen, beispielsweise beim Hosting, der Analyse …"
_HELPS = re.compile(r"\bbei (?:der|dem|den|unserer|unserem)\s(?P<what>[A-ZÄÖÜ][^.;:,]{3,80}?)\sunterstützen")
_HELPS_WITH = re.compile(
    r"(?:unterstützen,?\s(?:beispielsweise|etwa|insbesondere|wie|z[.․]\s?B[.․])|zuständig für [^.;:,]{0,40}\s(?:wie|beispielsweise|z[.․]\s?B[.․]))\s(?:beim\s|bei der\s|bei\s)?(?P<list>[^.;:]{5,240})"
)
#: what data enable: "Aufgrund dieser Informationen können wir Fehler beheben und …"
_ABLE = re.compile(
    r"^\W*(?:Aufgrund|Dadurch|Durch|Damit|So|Mit diesen|Mithilfe|Auf diese Weise|Hierdurch|Anhand)\b[^.;:]{0,80}?\b(?:können|möchten|wollen) wir\s(?P<list>[^.;:]{5,400})"
)
#: "Wir wollen damit Diebstähle aufklären und …"
_WANT = re.compile(
    r"\b[Ww]ir (?:wollen|möchten)\s(?:damit|dadurch|hierdurch|so|auf diese Weise)\s(?P<list>[^.;:(]{5,300})"
)
_ENDS_IN_VERB = re.compile(r"\s[a-zäöüß]{3,}(?:en|ern|eln)$")


def _supported(text: str, start: int, end: int) -> Iterator[Reading]:
    if "unterstützen" not in text[start:end] and "zuständig für" not in text[start:end]:
        return
    for found in _HELPS.finditer(text, start, end):
        yield from nouns(text, found.start("what"), found.end("what"), 0.7)
    for found in _HELPS_WITH.finditer(text, start, end):
        for a, b in enumeration(text, found.start("list"), found.end("list")):
            phrase = squeezed(text[a:b])
            if phrase[:1].isupper() and len(phrase.split()) <= 7 and not is_clause(phrase):
                yield Reading("purpose", phrase, a, b, 0.7)


def _able(text: str, start: int, end: int) -> Iterator[Reading]:
    """Members that end in an infinitive; one without joins the next ("Angebote und Dienste verbessern")."""
    found = _ABLE.search(text[start:end]) or _WANT.search(text[start:end])
    if found is None:
        return
    begin: int | None = None
    for a, b in enumeration(text, start + found.start("list"), start + found.end("list")):
        begin = a if begin is None else begin
        if _ENDS_IN_VERB.search(text[begin:b]):
            yield Reading("purpose", squeezed(text[begin:b]), begin, b, 0.65)
            begin = None


def _without_purpose(compound: str) -> str:
    """ "Abrechnungszwecken" is "Abrechnung"; "Werbezwecke" and "Personalzwecke" stay."""
    found = re.fullmatch(r"([A-ZÄÖÜ][a-zäöüß]+(?:ung|tion|ion))s?zwecken?|(Analyse)zwecken?", compound)
    return (found[1] or found[2]) if found else compound
