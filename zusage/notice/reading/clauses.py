"""Purposes as infinitive clauses: "um Fehler zu erkennen und zu beheben"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zusage.notice.reading.facts import Reading
from zusage.notice.reading.phrases import squeezed, trimmed

INFINITIVE = r"(?:zu\s(?!können)(?:[a-zäöüß]+(?:en|ern|eln|n)(?!\s[A-ZÄÖÜ][a-zäöü])|sein|tun)|[a-zäöüß]{2,12}?zu[a-zäöüß]+(?:en|ern|eln)|[a-zäöüß]+en(?=\szu\skönnen))(?:\szu\skönnen)?(?![\wäöüß])"
TO_VERB = re.compile(INFINITIVE)
#: verbs whose object is the infinitive clause that follows: one purpose together
_ENABLING = re.compile(
    r"(?:Möglichkeit|Gelegenheit) zu (?:geben|bieten|verschaffen)$|(?:dabei|dazu) zu (?:helfen|befähigen)$|zu (?:ermöglichen|erlauben|gestatten|helfen)$"
)


def clause_end(text: str, start: int, end: int) -> int:
    """The end of an infinitive clause: after its last "zu" verb, as long as the clause goes on with commas and "und"."""
    stop = end
    for verb in TO_VERB.finditer(text, start, end):
        following = text[verb.end() : verb.end() + 14]
        if not _GOES_ON.match(following):
            return verb.end()
        if TO_VERB.search(text, verb.end(), end) is None:
            return _relative_end(text, verb.end(), end) if _RELATIVE.match(following) else verb.end()
    return stop


_GOES_ON = re.compile(r"\s?,|\s(?:und|oder|sowie|bzw[.․])\s")
_RELATIVE = re.compile(r"\s?,\s(?:die|wie|auf|ob|dass|welche[nrsm]?|wer|was|wann|wo)\s")
_NEXT_CLAUSE = re.compile(r"\s*(?:,\s*(?:und\s|oder\s|sowie\s)?|und\s|oder\s|sowie\s|bzw[.․]\s)")


def _relative_end(text: str, start: int, end: int) -> int:
    found = re.search(r"[.;:(]|,\s(?:und|sowie|um|damit|wenn|sofern)\s", text[start + 1 : end])
    return start + 1 + found.start() if found else end


#: what is said beside a purpose, after its verb
_ASIDE = re.compile(
    r",?\s(?:beispielsweise|etwa|z[.․]\s?B|zum Beispiel|insbesondere|indem|wobei|sofern|soweit|wenn|falls)\b"
)


def clauses(text: str, start: int, end: int) -> Iterator[Reading]:
    """The purposes of "um A zu tun, B zu lassen und C zu sein": split after each verb, where more than the verb follows."""
    pieces = list(_clause_pieces(text, start, end))
    for a, b in pieces:
        c, d = trimmed(text, a, b)
        if text[c:d].lower().startswith("um "):
            c += 3
        verbs = list(TO_VERB.finditer(text, c, d))
        aside = _ASIDE.search(text, verbs[-1].end(), d) if verbs else None
        d = aside.start() if aside else d
        value = spoken(text[c:d])
        if re.match(r"(?:unsere |die |überwiegende )*berechtigten? Interessen\b", value):
            continue
        if value and 1 < len(value.split()) <= 32 and (TO_VERB.search(text[c:d]) or len(pieces) == 1):
            yield Reading("purpose", value, c, d, 0.8)


def _clause_pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    begin = start
    for verb in TO_VERB.finditer(text, start, end):
        following = _NEXT_CLAUSE.match(text, verb.end(), end)
        next_verb = TO_VERB.search(text, verb.end(), end)
        if verb.start() < begin or following is None or next_verb is None:
            continue
        if (
            "," in following.group()
            and not text.startswith("um ", following.end())
            and _ENABLING.search(text[begin : verb.end()])
        ):
            continue
        comma = text.find(",", following.end(), next_verb.start())
        if _RELATIVE.match(text[verb.end() : verb.end() + 14]) and comma >= 0:
            yield begin, comma
            begin = comma + 1
            continue
        if (
            re.match(r"\s?,\s(?:dass|ob|welche[nrsm]?|wie|wer|wann|wo)\s", text[verb.end() : verb.end() + 14])
            and begin < verb.start()
        ):
            objectless = len(text[begin : verb.end()].split()) < 3
            comma = text.find(",", verb.end() + 2, next_verb.start())
            if objectless and comma >= 0:
                yield begin, comma
                begin = comma + 1
                continue
        told = re.match(
            r"\s?,\s(?:dass|ob|welche[nrsm]?|wie|wer)\s", text[next_verb.end() : next_verb.end() + 14]
        )
        if told and not text[following.end() : next_verb.start()].strip():
            yield begin, verb.end()
            begin = following.end()
            continue
        between = text[following.end() : next_verb.start()].strip()
        if between and ("," in following.group() or re.search(r"[A-ZÄÖÜ\d]", between)):
            yield begin, verb.end()
            begin = following.end()
    yield begin, end


def spoken(clause: str) -> str:
    """A clause as a purpose: "Fehler zu erkennen und zu beheben" → "Fehler erkennen und beheben"."""
    value = re.sub(r"^um\s+", "", squeezed(clause), flags=re.IGNORECASE)
    value = re.sub(
        r"^(?:z[.․]B[.․]|dadurch|hierdurch|in unserem Auftrag|insbesondere|auch|hiermit|so|damit|ggf[.․]|beispielsweise|unter anderem(?: auch)?)\s",
        "",
        value,
    )
    value = re.sub(r"\s\((?:einschließlich|inkl[.․]|z[.․]\s?B[.․]|insbesondere|wie)\b[^)]*\)", "", value)
    value = re.sub(r"\s(?:hierdurch|dadurch|hierbei|dabei)(?=\s)", "", value)
    value = re.sub(
        r"\s(?:aufgrund|auf (?:der )?Grundlage|auf Basis|gemäß|nach)\s[^,]{0,60}?Art\. .{1,60}?DS-?GVO(?=\s)",
        "",
        value,
    )
    value = re.sub(r"\szu können$", "", value)
    value = re.sub(r"(?<=\s)zu (?=[a-zäöüß]+(?:en|ern|eln|n|tun|sein)\b)", "", value)
    value = re.sub(
        r"\b((?:ab|an|auf|aus|bei|be|dar|durch|ein|entgegen|fest|fort|heraus|her|hin|mit|nach|sicher|um|unter|vor|weiter|wieder|zurück|zusammen|zur|bereit|wahr|statt|teil|los|nieder|hoch|frei|vorweg|auszu|kennen|weg)|zu)zu([a-zäöüß]+(?:en|ern|eln))\b",
        r"\1\2",
        value,
    )
    return value.strip(" ,")
