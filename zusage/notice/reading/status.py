"""The notice's own date."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zusage.notice.reading.facts import Reading
from zusage.notice.reading.passages import Passage

_MONTHS = {name: number for number, names in enumerate((
    ("januar", "jänner", "january", "jan"), ("februar", "feber", "february", "feb"), ("märz", "march", "mar"), ("april", "apr"),
    ("mai", "may"), ("juni", "june", "jun"), ("juli", "july", "jul"), ("august", "aug"), ("september", "sep", "sept"),
    ("oktober", "october", "oct", "okt"), ("november", "nov"), ("dezember", "december", "dec", "dez")), 1) for name in names}  # fmt: skip
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DATE = re.compile(
    rf"(?P<iso>\d{{4}}-\d{{2}}-\d{{2}})|(?P<d>\d{{1,2}})\.\s?(?P<m>\d{{1,2}})\.\s?(?P<y>\d{{4}})|(?P<d2>\d{{1,2}})(?:\.|st|nd|rd|th)?(?: of)? (?P<m2>{_MONTH})\.?,? (?P<y2>\d{{4}})|"
    rf"(?P<m3>{_MONTH})\.? (?P<d3>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y3>\d{{4}})|(?P<m4>{_MONTH})\.? (?P<y4>\d{{4}})|(?P<d6>\d{{1,2}})[-/](?P<m6>\d{{1,2}})[-/](?P<y6>\d{{4}})|(?P<m5>\d{{1,2}})/(?P<y5>\d{{4}})|(?P<rel>\d+ (?:months?|days?|weeks?|years?) ago|vor \d+ (?:Monaten|Tagen|Wochen|Jahren))",
    re.IGNORECASE,
)
_STATUS = re.compile(
    r"\bStand\b|zuletzt[^.]{0,40}(?:aktualisiert|geändert|überarbeitet)|letzte (?:Aktualisierung|Änderung)|(?:last|date last|most recently)[ -](?:updated|modified|revised|reviewed)|^\W*Updated|effective(?: (?:date|as of|from))?\b|[Ll]etzte Anpassung|zuletzt angepasst|[Ll]etzter Stand|Inkrafttreten|"
    r"version #|(?:version|fassung)(?: \d[\d.]*)?(?: vom| of| dated|:)|gültig (?:ab|seit)|in effect|as of\b|Letzte Überarbeitung|Datum:|wurde(?:n)? (?:zuletzt )?am|aktualisiert am|last change",
    re.IGNORECASE,
)
_STATUS_STEMS = (
    "stand", "aktualisiert", "aktualisierung", "änder", "überarbeit", "updat", "modif", "revis", "review", "effective", "version", "fassung", "gültig", "effect",
    "as of", "datum", "am ", "change",
)  # fmt: skip


def as_of(passage: Passage) -> Iterator[Reading]:
    """The notice's own date, where a word of status stands beside it."""
    text = passage.text
    if not passage.has(*_STATUS_STEMS) or not any(char.isdigit() for char in text):
        return
    for word in _STATUS.finditer(text):
        date = _DATE.search(text, word.start(), min(len(text), word.end() + 40))
        if not date or (date.start() - word.end() > 30):
            continue
        if text[word.start() - 1 : word.start()] == "(" and not re.search(
            r"Datenschutz|Erklärung|[Pp]olicy|[Nn]otice", text[: word.start()]
        ):
            continue
        if re.match(r"Stand(?:s)? der (?:Technik|Forschung)|as of (?:the|when)", text[word.start() :]):
            continue
        about = re.search(
            r"Datenschutz|Erklärung|notice|policy|statement|Stand|aktualisiert|geändert|angepasst|Anpassung|überarbeitet|Updated|Version|modified|revised|updated|reviewed|Fassung|effective",
            text,
            re.IGNORECASE,
        )
        if about and not re.search(
            r"Richtlinie \d|Verordnung|Beschluss|Entscheidung|decision|Regulation",
            text[max(0, word.start() - 80) : date.start()],
        ):
            yield Reading("as_of", _iso(date), date.start(), date.end(), 0.9)
            return


def _iso(date: re.Match[str]) -> str:
    if date["iso"]:
        return date["iso"]
    if date["rel"]:
        return date["rel"]
    for day, month, year in (("d", "m", "y"), ("d2", "m2", "y2"), ("d3", "m3", "y3"), ("d6", "m6", "y6")):
        if date[year]:
            number = int(date[month]) if date[month].isdigit() else _MONTHS[date[month].lower()]
            if number > 12:
                day, number = month, int(date[day])
            return f"{date[year]}-{number:02d}-{int(date[day]):02d}"
    month = date["m4"] or date["m5"]
    number = int(month) if month.isdigit() else _MONTHS[month.lower()]
    return f"{date['y4'] or date['y5']}-{number:02d}"
