"""Citations in running text: a cursor that walks forward once, so that time is linear in the text.

The grammar is that of German and English notices: `Art. 6 Abs. 1 S. 1 lit. f DSGVO`, `Artikel 6 Absatz 1 Buchstabe f)
DS-GVO`, `Art. 6(1)(f) GDPR`, `§ 25 II Nr. 2 TDDDG`, `art. 6.1.f RGPD`, lists (`lit. a, b und f`), ranges (`Art. 15 bis
22`), a law named once for several articles (`Art. 6 Abs. 1 lit. a, Art. 9 Abs. 2 lit. a DSGVO`), before or after them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from html import unescape
from typing import NamedTuple

from zusage.law.citation_cursor import (
    UNIT,
    Cursor,
    Group,
    Piece,
    bounded,
    law_here,
    read_group,
    read_unit,
    takes_separator,
)
from zusage.law.citation_model import Citation, CitationError
from zusage.law.laws import law_pattern, laws, named

_BLANKS = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2007": " ", "\u2011": "-"})
_ENTITY = re.compile(r"&(?:sect|nbsp|#160|#167|#xa0|#xa7);|\u00ad", re.IGNORECASE)
#: 'point (f) of Article 6(1)', 'points (a) and (b) of Article 6(1)'
_REVERSED = bounded(
    r"(?<!\w)points?\s+(?P<letters>\(?[a-z]\)?(?:\s*(?:,|and|or)\s*\(?[a-z]\)?){0,6})\s+of\s+(?=art(?:icle)?\.?\s*\d)",
    re.IGNORECASE,
)
_OTHER_LAW = bounded(
    r"\.?\s*(?:(?:der|des|of\s+the|of)\s+)?(?P<name>(?:[A-Za-zÄÖÜäöü]+-)*[A-ZÄÖÜ][A-Za-zÄÖÜäöü-]*[A-ZÄÖÜ]\w*)(?!\w)"
)
_OTHER_TEXT = bounded(
    r"\s+(?:der|des|dieser|dieses|unserer|of\s+(?:the|this|these|our))\s+(?:\w+\s+)?(?:\w+-)?(?:\w*gesetze?s|vertrag|vereinbarung|richtlinie|"
    r"verfassung|charta|nutzungsbedingungen|agb|directive|constitution|agreement|terms|convention|contract|beschluss|"
    r"decision|charter|statute|policy|law)",
    re.IGNORECASE,
)
_GAP_WORDS = bounded(
    r"\s*(?:gemäß|gem\.|nach|aus|auf|pursuant\s+to|under|according\s+to)\s+(?=§|art)", re.IGNORECASE
)


class Found(NamedTuple):
    """A citation and where it stands: `text[start:end]` is the quotation."""

    start: int
    end: int
    citation: Citation


def parse(text: str, law: str | None = "gdpr") -> Citation:
    """The one citation that `text` consists of. Raises `CitationError` where there is none, or more than one."""
    found = [item.citation for item in find_all(text, law)]
    if len(set(found)) != 1:
        what = "no citation is read in" if not found else f"{len(set(found))} citations are read in"
        raise CitationError(f"{what} {text[:60]!r}", hint="for example 'Art. 6 Abs. 1 lit. f DSGVO'")
    return found[0]


def find_all(text: str, law: str | None = "gdpr") -> list[Found]:
    """All citations of a text in their order, laws named without a section included (`bdsg`).

    `law` is what an article belongs to where no law is named with it, None to leave such articles out. Sections (§)
    without a law are left out: they may belong to anything. Several points in one phrase are several citations.
    """
    plain, offsets = _plain(text)
    found: list[Found] = []
    position = 0
    while match := _start().search(plain, position):
        items, position = _read_from(plain, match, law)
        found += [_without_outer_bracket(plain, item) for item in items]
    if offsets is None:
        return found
    return [Found(offsets[item.start], offsets[item.end], item.citation) for item in found]


def _plain(text: str) -> tuple[str, list[int] | None]:
    """The text with ordinary blanks, without soft hyphens and entities; offsets where it became shorter."""
    if not _ENTITY.search(text):
        return text.translate(_BLANKS), None
    pieces: list[str] = []
    offsets: list[int] = []
    position = 0
    for match in _ENTITY.finditer(text):
        pieces.append(text[position : match.start()])
        offsets += range(position, match.start())
        if match[0] != "\u00ad":
            pieces.append(unescape(match[0]))
            offsets.append(match.start())
        position = match.end()
    pieces.append(text[position:])
    return "".join(pieces).translate(_BLANKS), [*offsets, *range(position, len(text) + 1)]


def _without_outer_bracket(text: str, found: Found) -> Found:
    """'(Art. 6 Abs. 1 lit. f)': a bracket that was opened before the quotation is not part of it."""
    quote = text[found.start : found.end]
    if not quote.endswith(")") or quote.count(")") <= quote.count("("):
        return found
    before = text[max(0, found.start - 120) : found.start]
    return found._replace(end=found.end - 1) if before.count("(") > before.count(")") else found


@lru_cache(maxsize=1)
def _start() -> re.Pattern[str]:
    """Where a citation may begin: a unit with a number, a law, or a point of an article."""
    name = law_pattern()
    return bounded(
        rf"(?<![\w&])(?:(?P<law>{name})(?!\w)(?!-\w)(?P<short>\s*\(\s*(?:{name})\s*\))?"
        rf"|(?P<points>(?i:points?)\s+\(?[a-z]\)?\s)|(?P<unit>(?i:{UNIT})))"
    )


def _read_from(text: str, match: re.Match[str], law: str | None) -> tuple[list[Found], int]:
    """What begins at a match of `_start`, and where reading goes on."""
    cursor = Cursor(text, match.start())
    front: tuple[str, ...] = ()
    if match["law"]:
        cursor.at = match.end()
        front = named(match["law"])
        cursor.take(_COLON)
        if not _unit_follows(cursor, front):
            return _law_alone(match, front), match.end()
    if match["points"]:
        reversed_points = cursor.take(_REVERSED)
        if not reversed_points:
            return [], match.end()
        items, end = _chain(cursor, match.start(), (), law)
        return _with_points(items, reversed_points["letters"]), end
    return _chain(cursor, match.start(), front, law)


_COLON = bounded(r"\s*:?\s*")


def _unit_follows(cursor: Cursor, front: tuple[str, ...]) -> bool:
    """Whether a unit that fits the law in front stands at the position: 'GDPR Art. 6', 'BDSG § 26'."""
    before = cursor.at
    unit = read_unit(cursor)
    cursor.at = before
    return unit is not None and any(laws()[name].unit == unit for name in front)


def _law_alone(match: re.Match[str], names: tuple[str, ...]) -> list[Found]:
    """A law without a section; short names that are words elsewhere are none."""
    if len(names) != 1 or (not laws()[names[0]].alone and len(match["law"]) < 8):
        return []
    return [Found(match.start(), match.end(), Citation(names[0]))]


def _with_points(items: list[Found], letters: str) -> list[Found]:
    """The points named in front belong to the first article behind them."""
    if not items:
        return []
    first, *rest = items
    points: list[str] = re.findall(r"(?<![a-z])[a-z](?![a-z])", letters)
    made = [
        Found(
            first.start,
            first.end,
            Citation(first.citation.law, first.citation.section, (*first.citation.levels, point)),
        )
        for point in points
    ]
    return made + rest


def _chain(
    cursor: Cursor, start: int, front: tuple[str, ...], default: str | None
) -> tuple[list[Found], int]:
    """Groups joined by 'und', ',', 'i.V.m.': a law named behind the last belongs to all that have none."""
    groups: list[Group] = []
    begin = start
    while (unit := read_unit(cursor)) is not None:
        if groups:
            begin = _unit_start(cursor.text, cursor.at, begin)
        group = read_group(cursor, unit, begin)
        if group is None:
            break
        groups.append(group)
        _read_laws(cursor, group)
        while more := cursor.tries(lambda: _further_with_law(cursor, groups[-1])):
            groups.append(more)
        before = begin = cursor.at
        if not takes_separator(cursor):
            break
        cursor.take(_GAP_WORDS)
        if not _UNIT_HERE.match(cursor.text, cursor.at):
            cursor.at = before
            break
    _resolve(groups, front, default)
    end = max((group.end for group in groups), default=start)
    return [found for group in groups for found in _founds(group)], max(end, cursor.at, start + 1)


_UNIT_HERE = bounded(rf"\s*(?i:{UNIT})")


def _unit_start(text: str, after_unit: int, begin: int) -> int:
    """Where the unit that ends at `after_unit` begins: behind the joiner that begins at `begin`."""
    match = re.compile(rf".*?(?=(?i:{UNIT}))", re.DOTALL).match(text, begin, after_unit + 8)
    return match.end() if match else after_unit


def _read_laws(cursor: Cursor, group: Group) -> None:
    """The laws behind a group; an unknown law leaves it unresolved ('?') unless it is a misspelt GDPR."""
    explained = _EXPLAINED.match(cursor.text, cursor.at)
    match = law_here().match(cursor.text, explained.end() if explained else cursor.at)
    if match:
        cursor.at = match.end() - (match[0].endswith(")") and "(" not in match[0])
        written = [match["law"], *(name.strip() for name in match["more"].split("/") if name.strip())]
        found = [_fitting(named(name), group.unit) for name in written]
        group.laws = tuple(dict.fromkeys(found))
        _stretch(group, cursor.at)
        return
    if _OTHER_TEXT.match(cursor.text, cursor.at):
        group.laws = ("?",)
        return
    other = _OTHER_LAW.match(cursor.text, cursor.at)
    if other:
        group.laws = ("gdpr",) if group.unit == "art" and _nearly_gdpr(other["name"]) else ("?",)
        if group.laws == ("gdpr",):
            cursor.at = other.end()
            _stretch(group, cursor.at)


#: 'Art. 17 (Löschung) DSGVO'
_EXPLAINED = bounded(r"\s*\((?!\d|\w\))[^()\n]{3,40}\)(?=\s)")


def _stretch(group: Group, end: int) -> None:
    """The law belongs to the quotation of the last place, and of those that share it (a range)."""
    last = group.pieces[-1].start
    for piece in group.pieces:
        if piece.start == last:
            piece.end = end
    group.end = end


def _fitting(names: tuple[str, ...], unit: str) -> str:
    """Of laws with the same short name the one that counts in this unit ('DSG'); else the first."""
    return next((name for name in names if laws()[name].unit == unit), names[0] if names else "?")


def _nearly_gdpr(name: str) -> bool:
    """One letter wrong in DSGVO or GDPR ('DS-GMO')."""
    letters = name.upper().replace("-", "")
    return any(
        len(letters) == len(right) and sum(a != b for a, b in zip(letters, right, strict=True)) <= 1
        for right in ("DSGVO", "GDPR")
    ) or sorted(letters) in (sorted("DSGVO"), sorted("GDPR"))


def _further_with_law(cursor: Cursor, before: Group) -> Group | None:
    """'§§ 147 AO, 257 HGB': a bare number behind a law goes on only if a law follows it."""
    if not before.laws or not takes_separator(cursor) or _UNIT_HERE.match(cursor.text, cursor.at):
        return None
    cursor.take(_COLON)
    group = read_group(cursor, before.unit, cursor.at)
    if group is None or not law_here().match(cursor.text, cursor.at):
        return None
    _read_laws(cursor, group)
    return group


def _resolve(groups: list[Group], front: tuple[str, ...], default: str | None) -> None:
    """Groups without a law take the one behind them, else the one in front, else the default for articles."""
    behind = ""
    for group in reversed(groups):
        if group.laws:
            behind = group.laws[0]
        elif behind and behind != "?" and laws()[behind].unit == group.unit:
            group.laws = (behind,)
    for group in groups:
        if group.laws:
            front = front or group.laws
            continue
        fitting = [name for name in front if name != "?" and laws()[name].unit == group.unit]
        if fitting:
            group.laws = (fitting[0],)
        elif group.unit == "art" and default:
            group.laws = (default,)


def _founds(group: Group) -> Iterator[Found]:
    """The citations of a group whose law is known."""
    for piece in group.pieces:
        for name in group.laws:
            if name != "?":
                yield Found(piece.start, piece.end, _citation(piece, name, group))


#: the GDPR has no paragraph 1f: 'Art. 6 Abs. 1f DSGVO' is point (f) of paragraph 1
_RUN_IN = re.compile(r"(\d)([a-k])")


def _citation(piece: Piece, name: str, group: Group) -> Citation:
    levels = piece.levels
    if name == "gdpr" and levels and (run_in := _RUN_IN.fullmatch(levels[0])):
        levels = (run_in[1], run_in[2], *levels[1:])
    return Citation(name, piece.section, levels, piece.sentence, piece.open, group.unit)
