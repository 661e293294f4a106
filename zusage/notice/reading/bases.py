"""Legal bases: citations (found by `zusage.law.citations`), and bases stated in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from zusage.law.citations import Found, find_all
from zusage.notice.reading.facts import Reading
from zusage.notice.reading.passages import Passage

#: articles of the GDPR that are cited for definitions, rights and liability, not as a basis
_NO_BASIS = {"1", "2", "3", "4", "5", "7", "8", "11", *(str(number) for number in range(12, 24)), "24", "25", "27", "33", "34", "37", "38", "39",
             "51", "55", "56", "57", "58", "77", "78", "79", "80", "82", "83", "84"}  # fmt: skip
#: laws cited for other things than the processing of data
_NO_BASIS_LAWS = {"dir-95-46"}
#: definitions, periods of time and limitation, terms of business
_NO_BASIS_BGB = re.compile(
    r"(?:1[234]|26|30|12[1-9]|18[6-9]|19\d|20\d|21[0-8]|30[5-9]|310|31[2-9]\w?|35\d)\Z"
)
_NO_BASIS_BDSG = {"1", "2", "19", "34", "35", "37", "38", "40"}
_SENTENCE_ABOUT_LAW = re.compile(
    r"Vorschriften|Bestimmungen|Gesetze|Rechtsgrundlage|gilt\b|Einklang mit den|unterlieg|in accordance with the|provisions of|subject to|governed by|"
    r"auf (?:der )?Grundlage de[sr]|nach Maßgabe|richtet sich nach|soweit (?:anwendbar|diese)|anwendbar",
    re.IGNORECASE,
)
_INFORMS = re.compile(r"informieren|\binform\b|im Sinne|Begriff|within the meaning|as defined", re.IGNORECASE)
_STEMS = {
    "consent": ("einwillig", "zustimm", "einverständ", "consent", "agree", "erlaubnis", "permission", "willig", "stimm"), "contract": ("vertrag", "contract", "agreement"),
    "legal_obligation": ("gesetz", "rechtlich", "law", "legal", "statut", "regulat"), "legitimate_interest": ("berechtigt", "legitimate"),
}  # fmt: skip
_WORDS: tuple[tuple[str, str, re.Pattern[str]], ...] = (
    ("consent", "gdpr:6(1)(a)", re.compile(
        r"(?:mit|aufgrund|auf Grundlage|auf Basis|nach|nur bei|basierend auf|ohne Ihre|nur mit|erfordert|Ohne eine) (?:ausschließlich )?(?:einer |eine |Ihrer |Ihre |Ihr |deiner |der )?(?:gesonderten |vorherigen |ausdrücklichen? |freiwilligen |schriftlichen )?"
        r"(?:Einwilligung|Zustimmung|Einverständnis)(?!s?erklärung| (?:eines |der |des |ihrer |Ihrer )?(?:Eltern|Erziehungs|Sorge))|ausdrückliche Einwilligung|willigen Sie (?:in [^.;]{0,80} )?ein\b|willigst du|müssen Sie [^.;]{0,40}zustimmen|nur,? wenn (?:Sie|du) [^.;]{0,40}zustimm\w+|[Ss]timmst du [^.;]{0,40}\bzu\b|wenn du (?:dem )?zustimmst|stimmen Sie [^.;]{0,150} zu\b|Sie stimmen [^.;]{0,90} zu\b|(?:oder|wenn|sofern|soweit) Sie (?:[^.;,]{0,40} )?(?:eingewilligt|zugestimmt) haben|[Ww]enn Sie (?:[^.;,]{0,40} )?(?:zustimmen|einwilligen)|(?:einer|der) von (?:Ihnen|dir) (?:erteilten|gegebenen) (?:Einwilligung|Zustimmung)|(?:[Mm]it|[Aa]ufgrund|[Oo]hne) (?:Ihrem|Ihres|deinem|Ihr) (?:\w+en )?Einverständnis(?:ses)?\b|[Mm]it (?:Ihrer|deiner) Erlaubnis|ohne (?:Ihre|deine) Erlaubnis|"
        r"(?:eine|Ihre|in einer gesonderten) (?:Zustimmung|Einwilligung) (?:erteilen|erteilt|gegeben|ausgewiesen)|Ihre Einwilligung,? in die Verarbeitung|"
        r"only (?:after|with|upon) (?:your |prior )?consent\b|(?:with|based on|on the basis of|without|relies on|rely on|subject to|obtain|given) (?:your|the)(?: prior| explicit| express| specific| written)? consent(?! of (?:a|your|the|their)? ?(?:parent|guardian))|"
        r"(?:\band|\bor|,) (?:on )?your (?:explicit |prior )?consent\b|(?:if|where|when) you (?:have )?(?:consent|given us (?:your )?consent|agree)\b|you consent to|with your (?:prior )?permission", re.IGNORECASE)),
    ("contract", "gdpr:6(1)(b)", re.compile(
        r"(?:zur|für die) (?:Erfüllung|Durchführung|Abwicklung|Anbahnung) (?:eines|unseres|des|Ihres)[^.;,]{0,30} Vertrag(?:s|es|sverhältnisses)?[^.;]{0,60}(?:erforderlich|notwendig)|"
        r"wenn Sie mit [^.;]{0,40} einen Vertrag [^.;]{0,20}(?:anbahnen|abschließen)|(?:perform|performance of|fulfil|execute) (?:a|our|the|your)(?: \w+)? (?:contract|agreement)|"
        r"necessary (?:for|to perform) [^.;]{0,40}(?:contract|agreement)", re.IGNORECASE)),
    ("legal_obligation", "gdpr:6(1)(c)", re.compile(
        r"(?:gesetzlich|rechtlich) (?:(?:[\wäöüß-]+ ){0,4}verpflichtet|erforderlich|vorgeschrieben|vorgesehen)|(?:aufgrund|auf Grund) (?:gesetzlicher|rechtlicher) Vor(?:gaben|schriften)|(?:Erfüllung|aufgrund|Grundlage) (?:einer |von |unserer |der uns [a-zäöüß]+en )?(?:gesetzliche[rn]?|rechtliche[rn]?) (?:Verpflichtung(?:en)?|Pflichten?|Aufbewahrungspflichten|Anforderungen)|"
        r"gesetzlichen (?:oder|und) behördlichen Anforderungen|gesetzliche[rn]? [^.;,]{0,40}[Pp]flichten zu erfüllen|zwingt (?:uns|einen) der Gesetzgeber|comply with (?:a|our|any|the|applicable)?\s?(?:legal|statutory|law|regulatory)[^.;,]{0,30}|required (?:to do so )?by law|(?:fulfil|meet|satisfy)l? (?:our|any) (?:legal|statutory|regulatory) (?:obligations?|requirements?|duties)|legally (?:obliged|required|obligated)|legal obligations?", re.IGNORECASE)),
    ("legitimate_interest", "gdpr:6(1)(f)", re.compile(
        r"(?:unser(?:e[mnrs]?)?|überwiegend(?:e[mnrs]?)?|ein(?:e[mnrs]?)?|das|Wahrung (?:der|unserer)) (?:überwiegend(?:e[mnrs]?)? )?berechtigte[mnrs]? Interessen?|Wahrung (?:überwiegender )?berechtigter Interessen|"
        r"(?:our|a|the|on) legitimate (?:business )?interests?|legitimate interests? (?:in|of|to)", re.IGNORECASE)),
)  # fmt: skip


def citations(passage: Passage) -> Iterator[Reading]:
    """Citations that serve as a basis, as they are cited."""
    text = passage.text
    heading = passage.block.kind == "heading"
    if not ("§" in text or "rt" in text or "SGVO" in text or "G" in text):
        return
    for found in _found(text):
        citation = found.citation
        if heading and not (citation.law == "gdpr" and citation.section in ("6", "9", "49")):
            continue
        if citation.section is None:
            if _law_by_itself(passage, found.start):
                yield Reading("legal_basis", citation.id, found.start, found.end, 0.7)
        elif (
            (citation.law in _NO_BASIS_LAWS and passage.topic != "basis")
            or (citation.law == "gdpr" and citation.section in _NO_BASIS)
            or (citation.law == "bdsg" and citation.section in _NO_BASIS_BDSG)
            or (citation.law == "bgb" and _NO_BASIS_BGB.match(citation.section) and passage.topic != "basis")
        ):
            continue
        else:
            yield Reading("legal_basis", citation.id, found.start, found.end, 0.98)


@lru_cache(maxsize=512)
def _found(text: str) -> list[Found]:
    return find_all(text)


def _law_by_itself(passage: Passage, at: int) -> bool:
    """Whether a law named without a section is what the processing rests on."""
    if passage.about("definitions", "controller"):
        return False
    sentence = passage.sentence_at(at)
    return bool(
        _SENTENCE_ABOUT_LAW.search(sentence) or _SENTENCE_ABOUT_LAW.search(passage.lead)
    ) and not _INFORMS.search(sentence)


#: "Die Bereitstellung der Daten ist gesetzlich vorgeschrieben": no basis, but a duty of the person
_PROVIDED = re.compile(
    r"Bereitstellung (?:der|Ihrer|von|deiner)|(?:required|obliged) to provide|provision of", re.IGNORECASE
)


#: what a cell under "Legal basis" says without an article
_CELL_WORDS = (
    ("consent", "gdpr:6(1)(a)", re.compile(r"\b(?:consent|Einwilligung|Zustimmung)\b", re.IGNORECASE)),
    ("contract", "gdpr:6(1)(b)", re.compile(r"\b(?:contract\w*|Vertrag\w*|(?:vor)?vertragliche?\w*)\b", re.IGNORECASE)),
    ("legal_obligation", "gdpr:6(1)(c)", re.compile(r"\blegal (?:obligation|requirement|duty)|(?:rechtliche|gesetzliche)\w* (?:Verpflichtung|Pflicht)", re.IGNORECASE)),
    ("legitimate_interest", "gdpr:6(1)(f)", re.compile(r"legitimate (?:business )?interest|berechtigte\w* Interesse", re.IGNORECASE)),
)  # fmt: skip
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
            for basis, _, pattern in _CELL_WORDS:
                found = pattern.search(cell)
                if found:
                    yield basis, place + found.start(), place + found.end()


_LABEL = re.compile(r"(?:[Ll]egal|[Ll]awful) bas[ie]s\s?:\s|\bRechtsgrundlagen?\s?:\s")


def _labelled(passage: Passage) -> Iterator[tuple[str, int, int]]:
    """The bases that stand without an article behind their label ("Legal basis: contract")."""
    for label in _LABEL.finditer(passage.text):
        stop = re.compile(r"[.;)]").search(passage.text, label.end())
        end = min(stop.start() if stop else len(passage.text), label.end() + 70)
        if not any(label.end() <= found.start < end for found in _found(passage.text)):
            for basis, _, pattern in _CELL_WORDS:
                said = pattern.search(passage.text, label.end(), end)
                if said:
                    yield basis, said.start(), said.end()


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
    if not any(passage.has(*stems) for passage in section for stems in _STEMS.values()):
        return
    cited = {
        reading.value.replace("gdpr:6(f)", "gdpr:6(1)(f)")
        for passage in section
        for reading in citations(passage)
    }
    if cited & {"gdpr:9(2)(a)", "gdpr:49(1)(a)", "tdddg:25(1)", "ttdsg:25(1)"}:
        cited.add("gdpr:6(1)(a)")
    about_keeping = section[0].topic == "retention"
    told: set[str] = set()
    for passage in section:
        for basis, a, b in _in_cells(passage) if passage.block.kind == "row" else ():
            if basis not in told:
                told.add(basis)
                yield passage, Reading("legal_basis", basis, a, b, 0.8)
        for basis, a, b in _labelled(passage) if passage.has("basis", "bases", "grundlage") else ():
            if basis not in told:
                told.add(basis)
                yield passage, Reading("legal_basis", basis, a, b, 0.75)
    for basis, article, pattern in _WORDS:
        if basis in told or article in cited or (section[0].about("rights") and basis != "consent"):
            continue
        for passage in section:
            if passage.block.kind in ("heading", "head") or not passage.has(*_STEMS[basis]):
                continue
            found = pattern.search(passage.text)
            if found and basis == "legal_obligation" and _PROVIDED.search(passage.sentence_at(found.start())):
                continue
            if found and not (about_keeping and "pflichten" not in found.group()):
                yield passage, Reading("legal_basis", basis, found.start(), found.end(), 0.65)
                break
