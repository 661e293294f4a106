"""One citation of a law: its id, how it is printed, and whether there is such a place."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date

from zusage.errors import ZusageError
from zusage.law.laws import Law, Part, Unit, called_on, laws
from zusage.text import Language, Text

_ID = re.compile(
    r"(?P<law>[a-z][a-z0-9-]*)(?::(?P<section>[0-9]{1,4}[a-z]?)(?P<levels>(?:\((?:[0-9]{1,3}[a-z]?|[a-z])\))*))?"
)
_LEVEL = re.compile(r"\(([0-9]+[a-z]?|[a-z])\)")


class CitationError(ZusageError):
    """A text that is no citation, or cites nothing that could be told."""


@dataclass(frozen=True, slots=True)
class Citation:
    """A place in a law. Equal when the id is equal.

    `section` is the article or section (`6`, `61b`), None for the law as a whole; `levels` go down from there as they
    are cited: paragraph, number, letter. `sentence`, `open` ("ff.") and `unit` (as cited, Art. or §) only inform.
    """

    law: str
    section: str | None = None
    levels: tuple[str, ...] = ()
    sentence: int | None = field(default=None, compare=False)
    open: bool = field(default=False, compare=False)
    unit: Unit | None = field(default=None, compare=False)

    @classmethod
    def parse_id(cls, text: str) -> Citation:
        """Reads `gdpr:6(1)(f)`, `tdddg:25(2)(2)`, `bdsg`. Raises `CitationError`."""
        match = _ID.fullmatch(text)
        if not match:
            raise CitationError(
                f"{text[:60]!r} is no citation", hint="for example gdpr:6(1)(b) or tdddg:25(2)(2)"
            )
        if match["law"] not in laws():
            raise CitationError(
                f"there is no law '{match['law']}' in the law data", hint=_nearest(match["law"])
            )
        return cls(match["law"], match["section"], tuple(_LEVEL.findall(match["levels"] or "")))

    @property
    def id(self) -> str:
        """The stable id: `gdpr:6(1)(f)`."""
        place = f":{self.section}" if self.section else ""
        return f"{self.law}{place}{''.join(f'({level})' for level in self.levels)}"

    def __str__(self) -> str:
        return self.id

    @property
    def paragraph(self) -> str | None:
        """The paragraph, where one is cited."""
        return self._of("paragraph")

    @property
    def number(self) -> str | None:
        """The number, where one is cited (Art. 4 Nr. 7, § 25 Abs. 2 Nr. 2)."""
        return self._of("number")

    @property
    def letter(self) -> str | None:
        """The letter, where one is cited."""
        return self._of("letter")

    def _of(self, kind: str) -> str | None:
        return next((level for named, level in self.kinds() if named == kind), None)

    def kinds(self) -> list[tuple[str, str]]:
        """Each level with what it is: 'paragraph', 'number' or 'letter'."""
        part = _part_of(self)
        numbered = part is not None and part.numbers > 0
        found: list[tuple[str, str]] = []
        for level in self.levels:
            if level.isalpha():
                found.append(("letter", level))
            else:
                found.append(("number" if found or numbered else "paragraph", level))
        return found

    def within(self, other: Citation) -> bool:
        """Whether this place is `other` or lies in it: `gdpr:6(1)(f)` within `gdpr:6`."""
        if self.law != other.law or other.section not in (None, self.section):
            return False
        return self.levels[: len(other.levels)] == other.levels

    def text(self, language: Language) -> str:
        """'Art. 6 Abs. 1 lit. f DSGVO', '§ 25 Abs. 2 Nr. 2 TDDDG'; 'Art. 6(1)(f) GDPR', '§ 25(2) No. 2 TDDDG'."""
        cited = laws()[self.law]
        name = cited.short.says(language)
        if self.section is None:
            return name
        sign = "Art." if (self.unit or cited.unit) == "art" else "§"
        levels = _german(self) if language == "de" else _english(self)
        following = " ff." if self.open and language == "de" else " et seq." if self.open else ""
        return f"{sign} {self.section}{levels}{following} {name}"

    @property
    def current(self) -> Citation:
        """The same place in the law that is in force where only the name changed (TTDSG to TDDDG); else itself."""
        return self.on(date.max)

    def on(self, day: date) -> Citation:
        """The same place in the law that held it on a day (TTDSG before 14 May 2024, TDDDG since)."""
        there = called_on(self.law, day)
        return self if there == self.law else replace(self, law=there)

    @property
    def is_vague(self) -> bool:
        """Whether it names a list of grounds without saying which (Art. 6 DSGVO as a legal basis)."""
        return self.id.partition(":")[2] in laws()[self.law].vague


@dataclass(frozen=True, slots=True)
class Existence:
    """Whether a cited place exists; false in a condition when it does not, with the reason."""

    reason: Text | None = None

    def __bool__(self) -> bool:
        return self.reason is None


def parse_id(text: str) -> Citation:
    """See `Citation.parse_id`."""
    return Citation.parse_id(text)


def exists(citation: Citation) -> Existence:
    """Whether the place is there, as far as the data know the law. Says what is wrong: too high a number, a point
    without its paragraph, an article of a law that has sections. Places the data do not know count as existing."""
    cited = laws()[citation.law]
    reason = _wrong_unit(citation, cited) or _wrong_section(citation, cited) or _wrong_levels(citation)
    return Existence(reason)


def _wrong_unit(citation: Citation, cited: Law) -> Text | None:
    if citation.unit is None or citation.unit == cited.unit:
        return None
    name = cited.short
    if cited.unit == "art":
        return Text(
            f"Die {name.de} hat Artikel, keine Paragrafen.", f"The {name.en} has articles, not sections."
        )
    return Text(f"{name.de} hat Paragrafen, keine Artikel.", f"{name.en} has sections, not articles.")


def _wrong_section(citation: Citation, cited: Law) -> Text | None:
    if citation.section is None or cited.last is None:
        return None
    number = int(re.sub(r"\D", "", citation.section))
    unknown = citation.section not in cited.parts if cited.id == "gdpr" else not 1 <= number <= cited.last
    if not unknown:
        return None
    sign = "Art." if cited.unit == "art" else "§"
    return Text(
        f"{sign} {citation.section} {cited.short.de} gibt es nicht; das Gesetz endet mit {sign} {cited.last}.",
        f"There is no {sign} {citation.section} {cited.short.en}; the act ends with {sign} {cited.last}.",
    )


def _wrong_levels(citation: Citation) -> Text | None:
    part = _part_of(citation)
    if part is None or not citation.levels:
        return None
    where = replace(citation, levels=(), sentence=None, open=False)
    first, *rest = citation.levels
    if part.numbers:
        return (
            None
            if first.isdigit() and 1 <= int(first) <= part.numbers
            else _no_such(where, part.numbers, "number")
        )
    if first.isalpha():
        if part.paragraphs and 0 not in part.points:
            return Text(
                f"Bei {citation.text('de')} fehlt der Absatz.", f"{citation.text('en')} misses its paragraph."
            )
        return _beyond(where, 0, part, first)
    if not part.paragraphs:
        return None if int(re.sub(r"\D", "", first)) == 1 else _no_such(where, 1, "paragraph")
    if not first.isdigit() or not 1 <= int(first) <= part.paragraphs:
        return _no_such(where, part.paragraphs, "paragraph")
    return _beyond(where, int(first), part, rest[0]) if rest else None


def _beyond(where: Citation, paragraph: int, part: Part, point: str) -> Text | None:
    """Whether a point lies behind the last one of its paragraph, or stands where there are none."""
    last = part.points.get(paragraph)
    place = replace(where, levels=(str(paragraph),) if paragraph else ())
    if last is None:
        known_whole = where.law == "gdpr"
        german, english = (
            f"{place.text('de')} hat keine Aufzählung.",
            f"{place.text('en')} has no list of points.",
        )
        return Text(german, english) if known_whole and point.isalpha() else None
    if last.startswith("#"):
        number = re.sub(r"\D", "", point)
        return _no_such(place, int(last[1:]), "number") if number and int(number) > int(last[1:]) else None
    return _no_such(place, last, "letter") if point.isdigit() or point > last else None


_LEVEL_NAMES = {
    "paragraph": Text("Absatz", "paragraph"),
    "number": Text("Nummer", "number"),
    "letter": Text("Buchstabe", "point"),
}


def _no_such(place: Citation, last: int | str, kind: str) -> Text:
    name = _LEVEL_NAMES[kind]
    return Text(
        f"{place.text('de')} endet mit {name.de} {last}.", f"{place.text('en')} ends with {name.en} {last}."
    )


def _part_of(citation: Citation) -> Part | None:
    cited = laws().get(citation.law)
    return cited.parts.get(citation.section) if cited and citation.section else None


def _german(citation: Citation) -> str:
    words = {"paragraph": "Abs.", "number": "Nr.", "letter": "lit."}
    return _with_sentence(
        citation, [(kind, f" {words[kind]} {level}") for kind, level in citation.kinds()], " S. {}"
    )


def _english(citation: Citation) -> str:
    parts = [
        (kind, f" No. {level}" if kind == "number" else f"({level})") for kind, level in citation.kinds()
    ]
    return _with_sentence(citation, parts, " sentence {} ")


def _with_sentence(citation: Citation, parts: list[tuple[str, str]], form: str) -> str:
    """The levels in a row, the sentence after the paragraph."""
    if citation.sentence is None:
        return "".join(text for _, text in parts)
    after = 1 if parts and parts[0][0] == "paragraph" else 0
    texts = [text for _, text in parts]
    texts.insert(after, form.format(citation.sentence))
    return "".join(texts).rstrip()


def _nearest(law_id: str) -> str:
    near = [known for known in laws() if known[0] == law_id[0]]
    return f"known laws are {', '.join(near or list(laws())[:8])}"


#: the two bases that a person may object to (Art. 21(1) GDPR)
PUBLIC_TASK, LEGITIMATE_INTEREST = parse_id("gdpr:6(1)(e)"), parse_id("gdpr:6(1)(f)")
