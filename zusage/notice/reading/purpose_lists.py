"""Purposes behind a label: "Zweck: A, B, C", "Security: To protect …", "Legitimate interests: preventing abuse"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zusage.notice.reading.facts import Reading
from zusage.notice.reading.passages import Passage
from zusage.notice.reading.phrases import enumeration, is_clause, squeezed, trimmed
from zusage.notice.reading.purpose_nouns import NOMINAL, OPEN_ACTION, nouns, parts
from zusage.notice.reading.purposes_english import ENGLISH_VERBS, english_parts

_COMMA = re.compile(r"\s*[,;]\s+|\s/\s")
#: a remark in parentheses: "(Vertrag)", "(z. B. Versand)"
_REMARK = re.compile(r"\s\((?![A-ZÄÖÜ]{2,6}\))[^()]*\)")
#: what follows tells the ground of a purpose, not another one
ON_GROUNDS = re.compile(r",?\s(?:auf (?:der )?(?:Basis|Grundlage)|aufgrund|gemäß|gem\.)\s")
_NOUN = re.compile(
    r"(?:[a-zäöüß-]+(?:e|en|er|es|em)\s){0,3}[A-ZÄÖÜ][\w„“/-]+|[a-z]+ing\b|[A-Z][a-z]+(?:\s[a-z-]+){0,5}\Z"
)


def told_by_commas(text: str, start: int, end: int) -> Iterator[Reading]:
    """The purposes of a label's list, which need no telling ending; none where it names one, or a clause."""
    grounds = ON_GROUNDS.search(text, start, end)
    members = [
        piece
        for a, b in parts(text, start, grounds.start() if grounds else end)
        for piece in _cut(text, a, b)
    ]
    if len(members) < 2 or not _COMMA.search(text, members[0][1] - 1, members[-1][0]):
        return
    for a, b in members:
        said = _REMARK.sub("", squeezed(text[a:b]))
        if is_clause(said) or len(said.split()) > 14 or not _NOUN.match(said):
            return
    for a, b in members:
        said = re.sub(r"^(?:zur|zum|für (?:die|den|das)|für)\s", "", _REMARK.sub("", squeezed(text[a:b])))
        yield Reading("purpose", said, a, b, 0.8)


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A member cut at commas that stand outside of parentheses; a row of actions with one object stays together."""
    begin = start
    for comma in _COMMA.finditer(text, start, end):
        if text.count("(", start, comma.start()) > text.count(")", start, comma.start()):
            continue
        if OPEN_ACTION.fullmatch(text[begin : comma.start()].strip()):
            continue
        yield trimmed(text, begin, comma.start())
        begin = comma.end()
    a, b = trimmed(text, begin, end)
    if a < b:
        yield a, b


_TO_DO = re.compile(r"\s*(?:In order to|in order to|To|to)\s(?P<what>" + ENGLISH_VERBS + r"[^.;:]{3,200})")


def after_label(text: str, start: int, end: int) -> Iterator[Reading]:
    """What stands behind the colon of an item: "Communication: To contact you or respond to your inquiries"."""
    found = _TO_DO.match(text, start, end)
    if found:
        yield from english_parts(text, *found.span("what"), 0.8)


#: an item of a list by legal bases, and what it says behind the basis
_BASIS = re.compile(
    r"\W*(?:Your )?(?:[Cc]onsent|[Cc]ontract(?:ual)?|[Ll]egal|[Ll]egitimate|[Pp]erformance|[Vv]ital|[Pp]ublic|(?:Ihre |Deine )?Einwilligung|Vertrag|Vertragserfüllung|Rechtliche|Gesetzliche|Berechtigte[sn]?)(?:\s[\w/]+){0,3}"
    r"\s*(?:\((?:e[.․]g[.․],?\s|z[.․]\s?B[.․]\s)?(?P<inner>[^()]{6,160})\)|[:–-]\s(?P<what>[^.;:(]{6,200}))"
)
_GERUND = re.compile(r"(?:for\s)?[a-z]+ing\b")
_BEFORE_GERUND = re.compile(r"(?:,\s(?:and\s|or\s)?|\s(?:and|or)\s)(?=[a-z]{3,}ing\s)")


_ENGLISH_NOMINAL = re.compile(
    r"(?:[Cc]ompliance|[Pp]revention|[Pp]rotection|[Pp]rovision|[Pp]erformance|[Ff]ulfill?ment|[Pp]rocessing|[Oo]peration|[Dd]elivery|[Ii]mprovement|[Dd]etection|[Aa]dministration) (?:of|with|against)\s"
)


def after_basis(passage: Passage) -> Iterator[Reading]:
    """What an item of a list by legal bases names as done: "Legitimate interests (improving features, preventing abuse)"."""
    text = passage.text
    found = _BASIS.match(text)
    if found is None:
        return
    start, end = found.span("inner" if found["inner"] else "what")
    to_do = _TO_DO.match(text, start, end)
    if to_do:
        yield from english_parts(text, *to_do.span("what"), 0.75)
    elif _GERUND.match(text, start, end):
        begin = start
        for cut in [*_BEFORE_GERUND.finditer(text, start, end), None]:
            a, b = trimmed(text, begin, cut.start() if cut else end)
            yield Reading("purpose", re.sub(r"^for\s", "", squeezed(text[a:b])), a, b, 0.75)
            begin = cut.end() if cut else end
    elif passage.language == "en" and _ENGLISH_NOMINAL.match(text, start, end):
        a, b = trimmed(text, start, end)
        yield Reading("purpose", squeezed(text[a:b]), a, b, 0.7)
    elif passage.language == "de" and NOMINAL.match(text, start, end):
        yield from nouns(text, start, end, 0.7)


_RECIPIENT = re.compile(r"\W*[A-Z][^:]{2,60}:\s+(?P<what>[^.;:(]{6,160})")
_ENGLISH_TASKS = re.compile(
    r"(?:[a-z-]+,?\s(?:and\s)?){1,6}(?:management|processing|analytics|monitoring|hosting|delivery|marketing|support|storage|detection|prevention|tracking|measurement|reporting|optimi[sz]ation)\s*\Z"
)


#: how it is done, before what is done: "anonymised site analytics"
_HOW = re.compile(
    r"(?:(?:anonymi[sz]ed|pseudonymi[sz]ed|aggregated|secure|[a-z]+-(?:free|based|friendly))(?:\s|\Z))+"
)


def after_recipient(passage: Passage) -> Iterator[Reading]:
    """What a recipient is for, behind its name: "Codehaus Ltd (IE): Speicherung von Tickets", "Shopping: order management"."""
    text = passage.text
    found = _RECIPIENT.match(text)
    if found is None or is_clause(found["what"]):
        return
    start, end = found.span("what")
    if passage.language == "de" and NOMINAL.match(text, start, end):
        yield from nouns(text, start, end, 0.65)
    elif passage.language == "en" and _ENGLISH_TASKS.match(found["what"]):
        for a, b in enumeration(text, start, end):
            how = _HOW.match(text, a, b)
            a = how.end() if how else a
            if a < b:
                yield Reading("purpose", squeezed(text[a:b]), a, b, 0.65)
