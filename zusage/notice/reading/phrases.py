"""Noun phrases and enumerations: splitting lists, trimming articles, telling a phrase from a clause."""

from __future__ import annotations

import re
from functools import lru_cache

from zusage.lexicon import category_index
from zusage.lexicon.words import category_ending

_LEAD = re.compile(
    r"\s*(?:(?:[-–—•·▪●○◦*‣►✓]|\(?\d{1,2}[.)]|\(?[a-z]\))\s*)?"
    r"(?:(?:und|oder|sowie|bzw[.․]|beziehungsweise|and/or|and|or|as well as|insbesondere|namentlich|beispielsweise|etwa|z[.․]\s?B[.․]|"
    r"ggf[.․]|gegebenenfalls|evtl[.․]|eventuell|auch|u[.․]a[.․]|unter anderem|wie zum Beispiel|zum Beispiel|wie|such as|including|for example|"
    r"e[.․]g[.․]|i[.․]e[.․]|d[.․]h[.․]|optional|freiwillig|in particular|außerdem|ferner|zudem|falls vorhanden|soweit angegeben|einschließlich|inkl[.․]|"
    r"jeweils|lediglich|nur|sogenannte[nr]?|so genannte[nr]?|possibly|where applicable|if applicable)[,:]?\s+"
    r"|(?:der|die|das|den|dem|des|ein|eine|einen|einem|einer|eines|ihr|ihre|ihren|ihrem|ihrer|ihres|dein|deine|deinen|deiner|deinem|"
    r"unser|unsere|unseren|unserer|unserem|unseres|sein|seine|seinen|seiner|diese|dieser|diesen|dieses|deren|dessen|the|a|an|your|our|their|its|his|her|"
    r"any|these|this|those|weitere|weiteren|alle|gültige|sämtliche|etwaige|some|certain|jeweilige|jeweiligen)\s+)*",
    re.IGNORECASE,
)
_SPLIT = re.compile(
    r"\s*;\s*(?:und\s+|oder\s+|and\s+|or\s+|sowie\s+)?|\s*,\s*(?:und\s+|oder\s+|sowie\s+|and/or\s+|and\s+|or\s+|as well as\s+)?"
    r"|\s+(?:und/oder|sowie|und|oder|and/or|as well as|and|or)\s+"
)
_ELLIPTIC = re.compile(r"-\s*$")
#: "des ersten (und letzten Besuchs)"
_OPEN_ADJECTIVE = re.compile(
    r"\b(?:der|des|den|die|dem|eine[nrsm]?|unsere[nrsm]?)\s(?:[a-zäöüß]+(?:en|er|em|e),?\s)?[a-zäöüß]+(?:en|er|em)$"
)
#: "Informationen über Art (und Inhalt des Vertrags)"
_OF_ITS_KIND = re.compile(r"\b(?:über|zu|von) (?:Art|Umfang|Inhalt|Zeit|Zeitpunkt|Dauer|Ort|Höhe)$")
#: "Datum der Ankunft (und der Abreise)"
_OF_THE = re.compile(r"\b(?:Datum|Zeitpunkt|Tag|Uhrzeit|Ort|Dauer|Höhe) (?:der|des) [A-ZÄÖÜ]\w+$")
_GENITIVE = re.compile(r"(?:der|des)\s[A-ZÄÖÜ]")
#: "gemerkte und (erledigte Ausflüge)"
_LONE_ADJECTIVE = re.compile(r"(?:^|[,;]\s|:\s)\s*[a-zäöüß]{4,}(?:e|en|er|es|em)\s*$")
_ADJECTIVE_AND_NOUN = re.compile(r"[a-zäöüß]{4,}(?:e|en|er|es|em)\s[A-ZÄÖÜ]")
#: a member that ends with a complement to which a bare noun may be joined ("Kommunikation per E-Mail, Chat")
_COMPLEMENTED = re.compile(
    r"\b(?:aus|per|im Rahmen von|zu)\s(?:Ihren\s|deinen\s)?[A-ZÄÖÜ][\w-]+(?:, [A-ZÄÖÜ][\w-]+)*$"
)
_RUN = re.compile(r"^(?:Tag|Grund|Datum|Uhrzeit|Zeit|Zeitpunkt|Dauer|Ort|Anzahl|Häufigkeit|Art|Umfang|Inhalt|Beginn|Ende|Menge|Höhe|date|time|duration|number|"
                  r"frequency|type|version|amount|length|start|end|place)$", re.IGNORECASE)  # fmt: skip
_COMPLEMENT = re.compile(
    r"^\S+(?:\s+\S+)?\s+(?:der|des|von|vom|zu|zur|zum|aus|bei|Ihrer|Ihres|deiner|deines|of|for|the)\s",
    re.IGNORECASE,
)
_TAIL = " \t.,;:!–-"
_FINITE = re.compile(
    r"\b(?:ist|sind|wird|werden|wurde|wurden|hat|haben|kann|können|muss|müssen|soll|sollen|darf|dürfen|möchten|dient|dienen|erfolgt|"
    r"erfolgen|handelt|finden|findet|gilt|gelten|geht|gehen|erheben|verarbeiten|speichern|nutzen|verwenden|is|are|was|were|will|may|can|must|has|have|"
    r"should|we|We|wir|Wir|Sie|you|erfassen|übermitteln|löschen)\b|^um\s|\szu\s[a-zäöü]+en\b|\b[a-zäöü]{2,7}zu[a-zäöü]{3,}en\b"
)


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without bullets, conjunctions and articles before, and punctuation after it."""
    match = _LEAD.match(text, start, end)
    if match:
        start = match.end()
    while start < end and text[start] in ' \t,;:–-„"“(':
        start += 1
    while end > start and text[end - 1] in _TAIL:
        end -= 1
    while end > start and text[end - 1] == ")" and text.count("(", start, end) < text.count(")", start, end):
        end -= 1
    return start, end


def is_clause(text: str) -> bool:
    """Whether a phrase has a finite verb or a subject pronoun: no noun phrase."""
    return bool(_FINITE.search(text))


def enumeration(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The members of an enumeration, trimmed. Parentheses stay with their member; elliptic compounds
    ("Besuchs- und Nutzungsdaten"), "Datum und Uhrzeit" and "Dauer und Ort der Teilnahme" stay together."""
    cuts: list[tuple[int, int]] = []
    depth = 0
    at = start
    for split in _SPLIT.finditer(text, start, end):
        depth += _depth(text, at, split.start())
        at = split.start()
        if depth <= 0:
            cuts.append(split.span())
    members: list[tuple[int, int]] = []
    begin = start
    for cut_start, cut_end in [*cuts, (end, end)]:
        if cut_start < begin:
            continue
        piece = text[begin:cut_start]
        rest = text[cut_end:end]
        together = (
            _ELLIPTIC.search(piece)
            or _OPEN_ADJECTIVE.search(piece)
            or _OF_ITS_KIND.search(piece)
            or (_OF_THE.search(piece) and _GENITIVE.match(rest))
            or (_LONE_ADJECTIVE.search(piece) and _ADJECTIVE_AND_NOUN.match(rest))
            or (rest.startswith(("-", "–")) and "," not in text[cut_start:cut_end])
        )
        if together and cut_start < end:
            continue
        members.append((begin, cut_start))
        begin = cut_end
    spans = [trimmed(text, *member) for member in _joined(text, members)]
    return [span for span in spans if span[0] < span[1]]


def _depth(text: str, start: int, end: int) -> int:
    return text.count("(", start, end) - text.count(")", start, end)


def _joined(text: str, members: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Runs such as "Zeitpunkt, Dauer und Ort der Teilnahme" and "Datum und Uhrzeit" as one member."""
    result: list[tuple[int, int]] = []
    run: list[tuple[int, int]] = []
    continued = False
    for member in members:
        start, end = trimmed(text, *member)
        word = text[start:end]
        of_it = re.match(r"\s*(?:deren|dessen)\s", text[member[0] : member[1]]) is not None
        if result and (of_it or (continued and _RUN.match(word))):
            result[-1], continued = (result[-1][0], member[1]), True
            continue
        continued = False
        if _RUN.match(word):
            run.append(member)
            continue
        first = word.split(" ", 1)[0] if word else ""
        if result and not run and _COMPLEMENTED.search(text[result[-1][0] : result[-1][1]]) and _joins(word):
            result[-1] = (result[-1][0], member[1])
            continue
        if run and _RUN.match(first) and _COMPLEMENT.match(word):
            result.append((run[0][0], member[1]))
        else:
            result.extend(_dates(text, run))
            result.append(member)
        run = []
    result.extend(_dates(text, run))
    return result


def _joins(word: str) -> bool:
    """Whether a bare noun rather continues a complement than names a category of its own."""
    noun = re.sub(r"^ggf[.․]\s", "", word)
    known = next(category_index().find(noun), None)
    return (
        bool(re.fullmatch(r"[A-ZÄÖÜ][\wäöüß-]+", noun))
        and not (known and known.entry == "strong")
        and not category_ending().search(noun.casefold())
    )


def _dates(text: str, run: list[tuple[int, int]]) -> list[tuple[int, int]]:
    words = {text[start:end].strip(" .").casefold() for start, end in run}
    if len(run) == 2 and words <= {"datum", "uhrzeit", "zeit", "date", "time", "zeitpunkt"}:
        return [(run[0][0], run[-1][1])]
    return run


@lru_cache(maxsize=16384)
def squeezed(text: str) -> str:
    """A value without doubled blanks and without blanks around it."""
    return " ".join(text.split())
