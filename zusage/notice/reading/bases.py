"""Legal bases: citations (found by `zusage.law.citations`), and bases stated in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from zusage.law.citations import Found, find_all, parse_id
from zusage.notice.reading.basis_words import ARTICLES, CELL_WORDS, IN_RIGHTS, STEMS, WORDS
from zusage.notice.reading.facts import Reading
from zusage.notice.reading.passages import Passage, holds

#: articles of the GDPR that are cited for definitions, rights and liability, not as a basis
_NO_BASIS = {"1", "2", "3", "4", "5", "7", "8", "11", *(str(number) for number in range(12, 24)), "24", "25", "27", "33", "34", "37", "38", "39",
             "51", "55", "56", "57", "58", "77", "78", "79", "80", "82", "83", "84"}  # fmt: skip
#: laws cited for other things than the processing of data
_NO_BASIS_LAWS = {"dir-95-46", "gewo"}
#: definitions, periods of time and limitation, terms of business
_NO_BASIS_BGB = re.compile(
    r"(?:1[234]|26|30|12[1-9]|18[6-9]|19\d|20\d|21[0-8]|30[5-9]|310|31[2-9]\w?|35\d)\Z"
)
_NO_BASIS_BDSG = {"1", "2", "19", "34", "35", "37", "38", "40"}
_SENTENCE_ABOUT_LAW = re.compile(
    r"Vorschriften|Bestimmungen|Gesetze|Rechtsgrundlage|gilt\b|Einklang mit den|unterlieg|in accordance with the|provisions of|subject to|governed by|"
    r"compl(?:y|ies) with the|obligations under|auf (?:der )?Grundlage de[sr]|nach Maßgabe|richtet sich nach|soweit (?:anwendbar|diese)|anwendbar",
    re.IGNORECASE,
)
_INFORMS = re.compile(r"informieren|\binform\b|im Sinne|Begriff|within the meaning|as defined", re.IGNORECASE)


def citations(passage: Passage) -> Iterator[Reading]:
    """Citations that serve as a basis, as they are cited."""
    text = passage.text
    heading = passage.block.kind == "heading"
    if any(_IMPRINT.search(title) for title in passage.block.headings):
        return
    if not ("§" in text or "rt" in text or "SGVO" in text or "G" in text):
        return
    for found in _found(text):
        citation = found.citation
        if heading and not (citation.law == "gdpr" and citation.section in ("6", "9", "49")):
            continue
        if citation.section is None:
            if citation.law not in _NO_BASIS_LAWS and _law_by_itself(passage, found.start):
                yield Reading("legal_basis", citation.id, found.start, found.end, 0.7)
        elif (
            (citation.law in _NO_BASIS_LAWS and passage.topic != "basis")
            or (citation.law == "gdpr" and citation.section in _NO_BASIS)
            or (citation.law == "bdsg" and citation.section in _NO_BASIS_BDSG)
            or (citation.law == "bgb" and _NO_BASIS_BGB.match(citation.section) and passage.topic != "basis")
            or _only_explains(passage, found)
        ):
            continue
        else:
            yield Reading("legal_basis", citation.id, found.start, found.end, 0.98)


_IMPRINT = re.compile(r"\b(?:Impressum|Imprint|Anbieterkennzeichnung)\b", re.IGNORECASE)
#: what stands before an article that is cited for what a word means
_EXPLAINED = re.compile(
    r"im Sinne (?:des|der|von) $|(?:besondere[nrs]? (?:Daten)?[Kk]ategorien?|special categor(?:y|ies))(?: \w+){0,4} \(?$"
)
_NOT_NEEDED = re.compile(
    r"(?:keine|no) (?:[\w-]+ )?(?:Einwilligung|consent)|\bkein\w*\b[^.;]{0,90}Einwilligung[^.;]{0,30}(?:bedürfte|bedarf|erfordert)|(?:Einwilligung|consent)[^.;]{0,90}(?:nicht (?:erforderlich|notwendig|nötig)|not (?:required|necessary|needed))",
    re.IGNORECASE,
)
_CONSENTS = {"gdpr:6(1)(a)", "ttdsg:25(1)", "tdddg:25(1)", "ttdsg:25", "tdddg:25"}


def _only_explains(passage: Passage, found: Found) -> bool:
    """Whether an article is cited for a word's meaning, or as a consent that is not needed."""
    before = passage.text[max(0, found.start - 80) : found.start]
    if found.citation.id in _CONSENTS:
        sentence = (
            passage.sentence_at(found.start).replace("Art.", "").replace("Abs.", "").replace("lit.", "")
        )
        return bool(_NOT_NEEDED.search(sentence))
    return (found.citation.law, found.citation.section) != ("gdpr", "6") and bool(_EXPLAINED.search(before))


@lru_cache(maxsize=512)
def _found(text: str) -> list[Found]:
    text = _CAPITALS.sub(lambda told: told.group().lower().capitalize(), text) if "ABS." in text else text
    found = find_all(text)
    return [*found, *_elliptic(text, found)] if "lit. " in text else found


_CAPITALS = re.compile(r"\b(?:ART|ABS|SATZ|NR|LIT)\.(?:\s[A-Z]\b(?: (?:ODER|UND|BZW\.) [A-Z]\b)?)?")
_POINT = re.compile(r"(?<![\w.])lit\. (?P<point>[a-f])\b\)?(?= ?[(,;.]| (?:und|oder|bzw)\b)")


def _elliptic(text: str, found: list[Found]) -> Iterator[Found]:
    """Points of Art. 6(1) that are named after one with its article ("Art. 6 Abs. 1 lit. b DSGVO, ggf. lit. a")."""
    for told in _POINT.finditer(text):
        before = [item for item in found if item.start < told.start()]
        if any(item.end > told.start() for item in before) or not before:
            continue
        last = before[-1]
        if last.citation.id.startswith("gdpr:6(1)(") and told.start() - last.end < 120:
            yield Found(told.start(), told.end(), parse_id(f"gdpr:6(1)({told['point']})"))


def _law_by_itself(passage: Passage, at: int) -> bool:
    """Whether a law named without a section is what the processing rests on."""
    if passage.about("definitions", "controller"):
        return False
    sentence = passage.sentence_at(at)
    if _INFORMS.search(sentence):
        return False
    if _SENTENCE_ABOUT_LAW.search(sentence):
        return True
    led = bool(_SENTENCE_ABOUT_LAW.search(passage.lead))
    return led and not any(found.citation.section and found.start < at for found in _found(passage.text))


#: "Die Bereitstellung der Daten ist gesetzlich vorgeschrieben": no basis, but a duty of the person
_PROVIDED = re.compile(
    r"Bereitstellung (?:der|Ihrer|von|deiner)|(?:required|obliged) to provide|provision of", re.IGNORECASE
)


_BASIS_COLUMN = re.compile(
    r"legal (?:basis|bases|justification|ground)|lawful bas|rechtsgrundlage", re.IGNORECASE
)


def _in_cells(passage: Passage) -> Iterator[tuple[str, int, int]]:
    """The bases that the cell of a row under such a title states in words."""
    at = 0
    for column, cell in zip(passage.block.columns, passage.block.cells, strict=False):
        place = passage.text.find(cell, at) if cell else -1
        if place < 0:
            continue
        at = place + len(cell)
        if _BASIS_COLUMN.search(column) and not next(iter(_found(cell)), None):
            for basis, pattern in CELL_WORDS:
                found = pattern.search(cell)
                if found:
                    yield basis, place + found.start(), place + found.end()


_LABEL = re.compile(
    r"(?:(?P<list>(?:legal|lawful) (?:basis|ground)\b[^.:;]{0,80} includes?:?)|(?:legal|lawful) (?:basis|ground)\b[^.:;]{0,100}(?::| is| are)|\bbasis:)\s|\bRechtsgrundlagen?\b[^.:;]{0,40}(?::|\sist|\ssind)\s|"
    r"(?P<several>(?:legal|lawful) (?:bases|grounds)|(?:folgende\w*|nachstehende\w*) Rechtsgrundlagen)\b[^.:;]{0,60}:\s",
    re.IGNORECASE,
)
_STOP = re.compile(r"\.(?=\s|$)|[;)]")


def _labelled(passage: Passage) -> Iterator[tuple[str, int, int]]:
    """The bases that stand without an article behind their label ("Legal basis: contract")."""
    text = passage.text
    for label in _LABEL.finditer(text):
        many = label["several"] or label["list"]
        stop = None if label["several"] else _STOP.search(text, label.end())
        end = min(stop.start() if stop else len(text), label.end() + (600 if many else 90))
        over = next((b for a, b in passage.sentences if a <= label.end() < b), end)
        cited = (found.start for found in _found(text) if found.citation.section)
        if not any(label.end() <= at < max(end, over) for at in cited):
            yield from _cell_words(text, label.end(), end)


def _cell_words(text: str, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    for basis, pattern in CELL_WORDS:
        said = pattern.search(text, start, end)
        if said:
            yield basis, said.start(), said.end()


#: the head of an item: what stands before its explanation
_HEAD = re.compile(
    r"\s*(?:[-–—•·▪●○◦*‣►✓]\s*|\(?(?:\d{1,2}|[a-z])[.)]\s*)?(?P<head>[^:;,(–—.]{3,60}?)\s*(?:[:,(–—.]|\s-\s|$)"
)


def _listed(passage: Passage) -> Iterator[tuple[str, int, int]]:
    """The basis at the head of an item, or of a heading, where bases are listed ("Consent: for newsletters")."""
    block = passage.block
    if block.kind == "heading":
        above = block.headings[:-1]
        listed = bool(above) and bool(_BASIS_COLUMN.search(above[-1])) and len(passage.text.split()) <= 4
    else:
        listed = block.kind in ("item", "paragraph") and bool(
            _BASIS_COLUMN.search(passage.lead)
            or (
                passage.topic == "basis"
                and (block.kind == "item" or (_HEADED.match(passage.text) or _OPENS.match(passage.text)))
            )
        )
    head = _HEAD.match(passage.text) if listed else None
    if not listed or next(iter(_found(passage.text)), None):
        return
    if head:
        yield from _cell_words(passage.text, head.start("head"), head.end("head"))
        return
    for basis, start, end in _cell_words(passage.text, 0, 45):  # "Explicit consent so that we …"
        if start < 20:
            yield basis, start, end


_OPENS = re.compile(
    r"(?:Your |The |Our )?(?:Explicit )?(?:consent|contract|legitimate interests?|legal obligations?)\b(?! (?:is|are|may|can|which|will))",
    re.IGNORECASE,
)
_HEADED = re.compile(r"[A-Z][\w ]{3,50}(?::|\s[–—(-])")


def in_words(passages: Iterable[Passage]) -> Iterator[tuple[Passage, Reading]]:
    """Bases stated in words, in sections that do not cite the same basis."""
    section: list[Passage] = []
    listed = list(passages)
    apart = len({passage.part for passage in listed}) > 1
    for passage in listed:
        if section and (passage.part != section[0].part or not apart):
            yield from _section_in_words(section)
            section = []
        section.append(passage)
    yield from _section_in_words(section)


def _section_in_words(section: list[Passage]) -> Iterator[tuple[Passage, Reading]]:
    if not section or section[0].about("security", "changes", "definitions", "links"):
        return
    if not any(passage.has(*stems) for passage in section for stems in STEMS.values()):
        return
    cited = {
        reading.value.replace("gdpr:6(f)", "gdpr:6(1)(f)").removeprefix("uk")
        for passage in section
        for reading in citations(passage)
    }
    if cited & {"gdpr:9(2)(a)", "gdpr:49(1)(a)", "tdddg:25(1)", "ttdsg:25(1)"}:
        cited.add("gdpr:6(1)(a)")
    told: set[str] = set()
    for passage in section:
        for basis, a, b in _stated(passage):
            if basis not in told:
                told.add(basis)
                yield passage, Reading("legal_basis", basis, a, b, 0.8)
    for basis, pattern in WORDS:
        if basis not in told and ARTICLES[basis] not in cited:
            yield from _first_said(section, basis, pattern)


def _stated(passage: Passage) -> Iterator[tuple[str, int, int]]:
    """The bases in places that are there for them: a column, a label, a list."""
    if passage.block.kind == "row":
        yield from _in_cells(passage)
        return
    yield from _listed(passage)
    if passage.has("basis", "bases", "grundlage", "ground"):
        yield from _labelled(passage)


def _first_said(
    section: list[Passage], basis: str, pattern: re.Pattern[str]
) -> Iterator[tuple[Passage, Reading]]:
    """The first place of a section that states a basis in words."""
    if section[0].about("rights") and basis != "consent":
        if basis not in IN_RIGHTS:
            return
        pattern = IN_RIGHTS[basis]
    for passage in section:
        if passage.block.kind in ("heading", "head") or not passage.has(*STEMS[basis]):
            continue
        for start, end in passage.sentences:
            if not holds(passage.low[start:end], STEMS[basis]):
                continue
            for found in pattern.finditer(passage.text, start, end):
                if _is_basis(passage, basis, found):
                    yield passage, Reading("legal_basis", basis, found.start(), found.end(), 0.65)
                    return


#: processing that was restricted, and consent that is not needed
_NO_CONSENT = re.compile(
    r"eingeschränkt|restricted|(?:kein\w*|no) (?:Einwilligung|consent)|nicht erforderlich", re.IGNORECASE
)


def _is_basis(passage: Passage, basis: str, found: re.Match[str]) -> bool:
    """Whether words that may state a basis do so in their sentence."""
    if passage.topic == "retention" and basis != "consent":
        return basis == "legal_obligation" and bool(_DUTIES.search(found.group()))
    sentence = passage.sentence_at(found.start())
    if basis == "legal_obligation":
        return not _PROVIDED.search(sentence)
    return not (basis == "consent" and passage.topic == "rights" and _NO_CONSENT.search(sentence))


_DUTIES = re.compile(r"pflichten|obligations|requirements", re.IGNORECASE)
