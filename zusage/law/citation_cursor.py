"""The grammar of one cited group: unit, sections, levels, lists and ranges. Works on a position that only moves on."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeVar

from zusage.law.laws import Unit, law_pattern

T = TypeVar("T")


def bounded(source: str, flags: int = 0) -> re.Pattern[str]:
    """A pattern in which runs of blanks are short: without that, a page of blanks would take quadratic time."""
    return re.compile(source.replace(r"\s*", r"\s{0,9}").replace(r"\s+", r"\s{1,9}"), flags)


def _r(source: str) -> re.Pattern[str]:
    return bounded(source, re.IGNORECASE)


UNIT = r"(?:(?P<sec>§§?|sections?|sect?\.?|(?-i:Paragraph(?:en)?))|(?P<art>artt?\.?|artikel[ns]?|articles?))(?=\s*\d)"
_UNIT = _r(rf"\s*(?<!\w){UNIT}")
_NUMBER = _r(r"\s*(?P<v>\d{1,4}(?:[a-eg-z](?!\w)|f(?![\w.]))?)(?![\w])")
_SPACED_LETTER = _r(r"\s(?P<v>[a-e])(?=\s+(?:Abs|Satz|S\.|Nr|(?-i:[A-ZÄÖÜ])))")
_GROUP_NAME = _r(
    r"[\s-]*(?:data\s+protection\s+)?(?:working\s+(?:party|group)|-?\s?datenschutz-?\s?gruppe|-?\s?gruppe)"
)
_ROMAN = r"(?-i:VIII|VII|VI|IV|IX|III|II|I|V|X)"
_ROMAN_PARAGRAPH = bounded(
    rf"\s+(?P<v>{_ROMAN})(?=\s+(?:\d\b|[Ll]it|Buchst|Nr|No|S\.|S\s|Satz|UAbs|Alt|Hs|[a-z]\)|[a-z]\s|i\.?\s?V|"
    r"(?:der|des|of)\s|[A-ZÄÖÜ][\w-]*[A-ZÄÖÜ]|Datenschutz)|\s*,\s*[IVX]+\s)(?:\s+(?P<s>\d)(?=\s))?"
)
_DOTTED = re.compile(r"\.(?P<p>\d{1,2})(?:\.(?P<l>[a-z]))?(?!\w)")
_PARAGRAPH = _r(
    rf"\s*,?\s*(?:abs(?:ätze|atz|\.)?|paragraphs?|paras?\.?|par\.)\s*(?:(?P<v>\d{{1,3}}[a-z]?(?!\w)|{_ROMAN}(?!\w))|(?P<one>l)(?!\w))"
)
_EMPTY_PARAGRAPH = _r(
    r"\s*,?\s*(?:abs(?:atz|\.)?|para(?:graph|\.)?)(?=\s*(?:lit|buchst|nr\.|satz|s\.|letter|point))"
)
_SENTENCE = _r(r"\s*,?\s*(?:s(?:ätze|atz|\.)?\.?|sentences?|sent\.|phrase|p\.|clause|cl\.)\s*(?P<v>\d)(?!\d)")
_DROPPED = _r(
    r"\s*,?\s*(?:(?:uabs\.?|unterabs(?:atz|\.)?|subpara(?:graph|\.)?|hs\.?|halbs(?:atz|\.)?|alt\.?|alternative|var\.?)\s*\d"
    r"|(?:erste|zweite|\d\.)\s*(?:hs|halbsatz|alt|alternative|var|ua?bs|unterabsatz)\b\.?)"
)
_NO = _r(
    r"\s*,?\s*(?:nr\.?|nummern?|nos?\.?|numbers?|ziff(?:ern?|\.)?|z(?=\s*\d))\s*(?P<v>\d{1,3}[a-z]?)(?!\w)"
)
_LETTER = _r(
    r"\s*,?\s*(?:lit(?:t|era|\.)?\.?|buchst(?:aben?|\.)?|bst\.?|ziff(?:er|\.)?(?=\s*[a-z]\b)|letters?|points?|let\.)\s*\(?\s*(?P<v>[a-z])(?!\w)(?:\s?\))?"
)
_PAREN = _r(r"\s*\(\s*(?P<v>\d{1,3}[a-z]?|[a-z])\s*\)")
_BARE_LETTER = bounded(r"\s*(?:(?<=\s)\d\s+)?(?P<v>[a-z])(?!\w)(?P<close>\.?\s?\))?")
_OPEN = _r(r"\s*(?:ff?\.?|et\s+seqq?\.?|und\s+folgende)(?![\w])")
_TO = _r(r"\s*(?:-|–|—|bis(?:\s+einschließlich)?|to|through)\s*(?=[\d(a-z])")
_SEPARATOR = _r(
    r"\s*(?:[,;/&]\s*(?:(?:und/oder|und|and/or|and|sowie|oder|or|bzw\.?)(?!\w)\s*)?"
    r"|(?:und/oder|und|and/or|and|sowie|oder|or|bzw\.?|beziehungsweise|respectively|as\s+well\s+as)(?!\w)\s*)"
)
_WITH = _r(
    r"\s*,?\s*(?:i\.?\s?V\.?\s?m\.?|in\s+verb(?:indung|\.)\s+mit|in\s+(?:conjunction|connection|combination)\s+with|read\s+with)\s*"
)
_AFTER_BARE = _r(r"\s*(?:$|[,;.)/&]|(?:und|and|sowie|oder|or|bzw|iVm|in\s+verbindung|in\s+conj)\b|i\.\s?V)")
_LEVEL_AHEAD = _r(r"\s*(?:abs(?:atz|\.)?\s*\d|para|\(\s*\d+\s*\)|nr\.?\s*\d|lit\.|ff?\.)")

_ROMANS = {roman: str(i) for i, roman in enumerate("I II III IV V VI VII VIII IX X".split(), 1)}


@lru_cache(maxsize=1)
def law_here() -> re.Pattern[str]:
    """A law at the position, with what may stand before it, a bracketed short name, or a second law after a slash."""
    name = law_pattern()
    return bounded(
        rf"\.?\s*,?\s*\(?\s*(?:(?:der|des|of\s+the|of|von|the)\s+)?(?P<law>{name})(?![\w])(?!-\w)\)?"
        rf"(?:\s*\(\s*(?:{name})\s*\))?(?P<more>(?:\s*/\s*(?:{name})(?!\w))*)",
    )


@dataclass(slots=True)
class Piece:
    """One cited place before its law is known."""

    start: int
    end: int
    section: str
    levels: tuple[str, ...] = ()
    sentence: int | None = None
    open: bool = False
    kind: str = "section"


@dataclass(slots=True)
class Group:
    """Places cited with one unit, and the laws named with them (none, one, or two after a slash)."""

    unit: Unit
    pieces: list[Piece]
    laws: tuple[str, ...] = ()
    end: int = 0


class Cursor:
    """A text and a position in it."""

    def __init__(self, text: str, position: int) -> None:
        self.text = text
        self.at = position

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """The pattern at the position, which then moves behind it; None leaves it where it is."""
        match = pattern.match(self.text, self.at)
        if match:
            self.at = match.end()
        return match

    def sees(self, pattern: re.Pattern[str]) -> bool:
        """Whether the pattern stands at the position."""
        return pattern.match(self.text, self.at) is not None

    def tries(self, attempt: Callable[[], T | None]) -> T | None:
        """What `attempt` returns; without result the position is as before."""
        before = self.at
        result = attempt()
        if result is None:
            self.at = before
        return result


def read_unit(cursor: Cursor) -> Unit | None:
    """`art` or `sec` where a unit with a number stands."""
    match = cursor.take(_UNIT)
    return None if match is None else "sec" if match["sec"] else "art"


def read_group(cursor: Cursor, unit: Unit, start: int) -> Group | None:
    """Sections with their levels behind a unit, as far as the list goes. None if no section number stands there."""
    pieces = _section(cursor, unit, start)
    if not pieces:
        return None
    while True:
        before = cursor.at
        more = _next(cursor, unit, pieces[-1])
        if not more:
            cursor.at = before
            break
        pieces += more
    return Group(unit, pieces, end=pieces[-1].end)


def takes_separator(cursor: Cursor) -> bool:
    """Moves over 'und', ',', 'i.V.m.' and the like."""
    return bool(cursor.take(_WITH) or cursor.take(_SEPARATOR))


def _section(cursor: Cursor, unit: Unit, start: int) -> list[Piece] | None:
    match = cursor.take(_NUMBER)
    if not match or cursor.sees(_GROUP_NAME):
        return None
    section = match["v"].lower()
    if unit == "sec" and section.isdigit() and (letter := cursor.take(_SPACED_LETTER)):
        section += letter["v"].lower()
    piece = Piece(start, cursor.at, section)
    if cursor.take(_OPEN):
        return [replace(piece, end=cursor.at, open=True)]
    if section.isdigit() and (
        last := cursor.tries(lambda: _range_end(cursor, _range_section(unit), int(section), 99))
    ):
        numbers = range(int(section), last + 1)
        return [replace(piece, section=str(number), end=cursor.at) for number in numbers]
    _dotted_or_roman(cursor, unit, piece)
    return _levels(cursor, piece)


@lru_cache(maxsize=2)
def _range_section(unit: Unit) -> re.Pattern[str]:
    return _r(
        rf"\s*(?:{'§' if unit == 'sec' else 'art(?:ikel|icle|[.])?'}\s*)?(?P<v>\d{{1,3}})(?![\w.]\w|\s*[.]\s*\d)(?!\w)"
    )


def _range_end(cursor: Cursor, value: re.Pattern[str], first: int, most: int) -> int | None:
    """The number behind 'bis' or a dash, if it makes a range with `first`."""
    if not cursor.take(_TO):
        return None
    match = cursor.take(value)
    last = int(match["v"]) if match else 0
    return last if first < last <= first + most else None


def _dotted_or_roman(cursor: Cursor, unit: Unit, piece: Piece) -> None:
    """`6.1.f` and `6 I 1`: a paragraph directly behind the section."""
    if unit == "art" and (match := cursor.take(_DOTTED)):
        piece.levels = (match["p"], *([match["l"]] if match["l"] else []))
        piece.kind = "letter" if match["l"] else "paragraph"
    elif match := cursor.take(_ROMAN_PARAGRAPH):
        piece.levels, piece.kind = (_ROMANS[match["v"]],), "paragraph"
        piece.sentence = int(match["s"]) if match["s"] else None
    piece.end = cursor.at


def _levels(cursor: Cursor, piece: Piece) -> list[Piece]:
    """Goes down paragraph, number and letter as long as they stand there; a range at the end makes several pieces."""
    while _level(cursor, piece):
        piece.end = cursor.at
    if piece.kind in ("paragraph", "number") and piece.levels[-1].isdigit():
        first = int(piece.levels[-1])
        if last := cursor.tries(lambda: _range_end(cursor, _NUMBER_ONLY, first, 20)):
            return _several(piece, [str(number) for number in range(first, last + 1)], cursor.at)
    if piece.kind == "letter" and (letter := cursor.tries(lambda: _range_letter(cursor, piece.levels[-1]))):
        letters = [chr(code) for code in range(ord(piece.levels[-1]), ord(letter) + 1)]
        return _several(piece, letters, cursor.at)
    if piece.kind in ("paragraph", "number") and cursor.take(_OPEN):
        piece.open, piece.end = True, cursor.at
    return [piece]


_NUMBER_ONLY = bounded(r"\s*(?:Abs\.?\s*)?\(?(?P<v>\d{1,2})\)?(?![\w.]\d)(?!\w)")
_RANGE_LETTER = _r(r"\s*(?:lit\.?|buchst\.?)?\s*\(?(?P<v>[a-z])\)?(?!\w)")


def _several(piece: Piece, values: list[str], end: int) -> list[Piece]:
    return [replace(piece, levels=(*piece.levels[:-1], value), end=end) for value in values]


def _range_letter(cursor: Cursor, first: str) -> str | None:
    match = cursor.take(_RANGE_LETTER) if cursor.take(_TO) else None
    return match["v"].lower() if match and match["v"].lower() > first else None


def _level(cursor: Cursor, piece: Piece) -> bool:
    """One more level, or something between levels that is dropped."""
    if piece.kind == "section" and (match := cursor.take(_PARAGRAPH)):
        piece.levels, piece.kind = (_paragraph(match),), "paragraph"
    elif piece.kind == "section" and cursor.take(_EMPTY_PARAGRAPH):
        piece.kind = "gap"
    elif match := cursor.take(_SENTENCE):
        piece.sentence = int(match["v"])
        piece.kind = "sentence" if piece.kind != "letter" else "letter"
        _skip_sentences(cursor)
    elif cursor.take(_DROPPED):
        pass
    elif piece.kind != "letter" and (match := cursor.take(_NO)):
        piece.levels, piece.kind = (*piece.levels, match["v"].lower()), "number"
    elif piece.kind != "letter" and (match := cursor.take(_LETTER)):
        piece.levels, piece.kind = (*piece.levels, match["v"].lower()), "letter"
    elif piece.kind != "letter" and (match := cursor.take(_PAREN)):
        kind = "letter" if match["v"].isalpha() else "number" if piece.levels else "paragraph"
        piece.levels, piece.kind = (*piece.levels, match["v"].lower()), kind
    else:
        return piece.kind in ("paragraph", "sentence", "number") and _bare_letter_of_level(cursor, piece)
    return True


def _paragraph(match: re.Match[str]) -> str:
    """The number of a paragraph: figures, a Roman number, or the letter l typed for the figure 1."""
    written = match["v"] or "1"
    return _ROMANS.get(written, written.lower())


def _skip_sentences(cursor: Cursor) -> None:
    """'S. 1 und 2', 'Satz 1, 2': further sentences are dropped like the first."""
    more = bounded(
        r"\s*(?:und|and|,|-|bis)\s*(?:S\.|Satz)?\s*\d(?!\w)(?=\s+(?:lit|Buchst|Nr|[A-ZÄÖÜ][\w-]*[A-ZÄÖÜ]))"
    )
    while cursor.take(more):
        pass


def _bare_letter_of_level(cursor: Cursor, piece: Piece) -> bool:
    """A letter without 'lit.' ('Abs. 1 f DSGVO', 'Abs. 1 f)'): only with a bracket, or before the law."""
    before = cursor.at
    match = cursor.take(_BARE_LETTER)
    if (
        match
        and (cursor.text[before].isspace() or cursor.text[before - 1] == ")")
        and (match["close"] or cursor.sees(law_here()))
    ):
        piece.levels, piece.kind = (*piece.levels, match["v"]), "letter"
        return True
    cursor.at = before
    return False


def _next(cursor: Cursor, unit: Unit, last: Piece) -> list[Piece] | None:
    """The next member of a list: as deep as it is marked, or as deep as the one before."""
    if not takes_separator(cursor) or cursor.sees(_UNIT):
        return None
    piece = Piece(_skip_blanks(cursor), cursor.at, last.section)
    upper = tuple(level for level in last.levels if not level.isalpha())
    if match := cursor.take(_PARAGRAPH):
        piece.levels, piece.kind = (_paragraph(match),), "paragraph"
    elif match := cursor.take(_LETTER):
        piece.levels, piece.kind = (*upper, match["v"].lower()), "letter"
    elif match := cursor.take(_NO):
        base = upper[:-1] if last.kind == "number" else upper
        piece.levels, piece.kind = (*base, match["v"].lower()), "number"
    elif match := cursor.take(_PAREN):
        if match["v"].isalpha():
            piece.levels, piece.kind = (*upper, match["v"].lower()), "letter"
        else:
            piece.levels, piece.kind = (match["v"].lower(),), "paragraph"
    else:
        return _next_bare(cursor, unit, last, piece)
    piece.end = cursor.at
    return _levels(cursor, piece)


def _next_bare(cursor: Cursor, unit: Unit, last: Piece, piece: Piece) -> list[Piece] | None:
    """A letter or number alone: 'lit. a, b und f', 'Abs. 1 und 2', 'Art. 13, 14 und 21'."""
    if last.kind == "letter" and (match := cursor.take(_BARE_LETTER)):
        if not (match["close"] or cursor.sees(_AFTER_BARE) or cursor.sees(law_here())):
            return None
        piece.levels, piece.kind = (*last.levels[:-1], match["v"]), "letter"
        piece.end = cursor.at
        return _levels(cursor, piece)
    before = cursor.at
    match = cursor.take(_NUMBER)
    if not match or len(match["v"]) > 3:
        return None
    no_paragraph = int(re.sub(r"\D", "", match["v"])) > _MOST_PARAGRAPHS
    if last.kind == "section" or last.open or no_paragraph or cursor.sees(_LEVEL_AHEAD):
        cursor.at = before
        made = _section(cursor, unit, piece.start)
        return made if made and (made[0].levels or _ends_well(cursor)) else None
    if last.kind not in ("paragraph", "number") or not _ends_well(cursor):
        return None
    piece.levels, piece.kind, piece.end = (*last.levels[:-1], match["v"].lower()), last.kind, cursor.at
    return _levels(cursor, piece)


#: '§§ 25 Abs. 1, 26': what is higher is another section, not another paragraph
_MOST_PARAGRAPHS = 12


#: a law that is not known by name: "BayEUG"
_A_LAW = bounded(r"\s+(?:[A-ZÄÖÜ][a-zäöüß]{1,6}){1,4}[A-ZÄÖÜ]{1,4}G?(?!\w)")


def _ends_well(cursor: Cursor) -> bool:
    """What follows a bare number shows that it was one of the list: a stop, another member, or the law."""
    return cursor.sees(_AFTER_BARE) or cursor.sees(law_here()) or cursor.sees(_OPEN) or cursor.sees(_A_LAW)


def _skip_blanks(cursor: Cursor) -> int:
    cursor.take(_BLANK)
    return cursor.at


_BLANK = re.compile(r"\s{1,9}")
