"""Categories of personal data: list items, table columns, enumerations, and nouns in running text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from zusage.lexicon import category_index
from zusage.notice.reading.category_members import (
    LEADS_ELSEWHERE,
    data_spans,
    is_category,
    member,
    mostly_known,
)
from zusage.notice.reading.category_nouns import running
from zusage.notice.reading.cookies import is_storage_row
from zusage.notice.reading.facts import Reading
from zusage.notice.reading.passages import Passage
from zusage.notice.reading.phrases import is_clause, squeezed, trimmed

_LEADS_TO_DATA = re.compile(
    r"(?:folgende|nachfolgende|nachstehende|diese)[rn]?\s(?:\w+\s){0,2}?(?:\w*[Dd]aten\w*|Informationen|Angaben|Kategorien|Datenarten)|(?:Daten|Informationen|Angaben|Datenkategorien)\b[^:]{0,60}:$|Dies sind:|Das sind:|Dabei handelt es sich (?:insbesondere )?um|(?:erheben|erfassen|verarbeiten|speichern) wir[^:]{0,60}:|"
    r"(?:werden|wird)[^:]{0,80}(?:erhoben|erfasst|gespeichert|übermittelt|verarbeitet|protokolliert)[^:]{0,20}:|(?:following|these)\s(?:\w+\s){0,3}(?:data|information|details|categories)|(?:we|may) (?:collect|process|store|receive|record|ask for)[^:]{0,60}:|(?:data|information|details)\b[^:]{0,50}(?:collected|process\w*|includes?|such as|are)?:$|\b(?:includ\w*|contain\w*|comprise\w*|umfass\w*|enthalten|enthält)\b[^:]{0,40}:$|"
    r"\b(?:erheb(?:en|t)|erhoben|erfass(?:en|t)|(?:ge)?speicher[nt]|(?:ver|be)arbeite[nt]|protokollier(?:en|t)|sammel[nt]|gesammelt|übermittel[nt]|beschaff(?:en|t))\b[^:]{0,120}:$|\b(?:collect(?:s|ed)?|process(?:es|ed)?|stored?s?|records?|receives?|gather|obtain|hold)\b[^:]{0,120}:$|betrifft[^:]{0,30}:$",
    re.IGNORECASE,
)
_EXAMPLES = re.compile(
    r"(?:,\s*)?\b(?:wie(?: zum Beispiel| z[.․]\s?B[.․]| beispielsweise| etwa)?|z[.․]\s?B[.․]|zum Beispiel|beispielsweise|insbesondere|namentlich|einschließlich|nämlich|darunter|also|such as|including(?: but not limited to)?|for example,?|e[.․]g[.․],?|in particular|namely|like)\s+(?P<list>(?:[^.:;()]|\([^()]{1,120}\)){3,400})"
)
_QUIET = (
    "definitions",
    "changes",
    "security",
    "links",
    "authority",
    "dpo",
    "rights",
    "controller",
    "contact",
    "transfer",
)
_NAME_OF_COOKIE = re.compile(r"\W*(?:Cookie-?)?[Nn]ame:")
_LABEL = re.compile(r"^\s*(?:[-–—•·▪●○◦*‣]\s*)?(?P<label>[^:;.]{3,70}?)\s?:\s+(?P<list>\S.*)$")


#: labels of what is no data, whatever the section ("Rechtsgrundlage: Art. 6 …")
_OF_ANOTHER_TOPIC = re.compile(
    r"\W*(?:(?:Gesetzliche |Rechtliche )?(?:Rechts)?[Gg]rundlagen?(?: der \w+)?|Legal [Bb]as[ie]s|Lawful [Bb]as[ie]s|Legal grounds?|Voraussetzung(?:en)?|Drittland\w*|Widerrufs?\w*|Verantwortlicher?|Controller):\s|\W*(?:(?:The|Your|Das|Ihr) )?(?:[Rr]ight to|Recht auf|Recht zu)\s"
)
#: what a label says of the datum behind it
_REMARK_LABEL = re.compile(
    r"(?:[Oo]ptional|[Ff]reiwillig|Pflicht\w*|[Rr]equired|[Mm]andatory|[Vv]oluntary)\w*(?: \w+)?\Z"
)


def categories(passage: Passage) -> Iterator[Reading]:
    """The categories that a passage names."""
    block = passage.block
    if (
        block.kind in ("heading", "head")
        or (passage.topic in _QUIET and not passage.about("data"))
        or passage.about("definitions")
        or is_storage_row(passage)
        or _OF_ANOTHER_TOPIC.match(passage.text)
    ):
        return
    if block.kind == "row":
        yield from _unique(_row(passage))
        return
    text = passage.text
    if passage.about("cookies") and _NAME_OF_COOKIE.match(text):
        return
    listed = block.kind == "item" or (block.kind == "paragraph" and passage.lead and _bare_phrases(text))
    if listed and _announced(passage):
        found = list(_list_item(passage, 0, len(text)))
        if found:
            yield from _unique(iter(found))
            return
    told = passage.lead or passage.about("data")
    if block.kind == "item" and told and not _LEADS_AWAY.search(passage.lead) and mostly_known(text):
        yield from _unique(_list_item(passage, 0, len(text)))
        return
    label = _LABEL.match(text) if block.kind == "paragraph" else None
    if label and is_category(label["label"].strip()) and not is_clause(label["list"][:80]):
        yield from _unique(_list_item(passage, 0, len(text)))
        return
    if label and is_category(label["label"].strip()) and is_clause(label["list"][:120]):
        yield from _unique(_labelled(passage, label))
        return
    if passage.about("data") and block.kind == "paragraph" and _bare_list(text):
        yield from _unique(_list_item(passage, 0, len(text)))
        return
    yield from _unique(running(passage))


def _labelled(passage: Passage, label: re.Match[str]) -> Iterator[Reading]:
    """A paragraph that tells of the category before its colon ("Kommunikationsdaten: Wenn Sie uns schreiben, …")."""
    a, b = trimmed(passage.text, *label.span("label"))
    yield Reading("data_category", squeezed(passage.text[a:b]), a, b, 0.75)
    yield from running(passage)


def _unique(readings: Iterator[Reading]) -> Iterator[Reading]:
    seen: set[str] = set()
    for reading in readings:
        if reading.value.casefold() not in seen:
            seen.add(reading.value.casefold())
            yield reading


_LEADS_AWAY = re.compile(
    LEADS_ELSEWHERE.pattern
    + r"|\bnicht\b|\bkeine\b|\bnot\b|\bnever\b|Verantwortlich|Diensteanbieter|Datenschutzbeauftragt|\bcontroller\b",
    re.IGNORECASE,
)


def _announced(passage: Passage) -> bool:
    """Whether a list is one of data: by the sentence that leads to it, else by its section."""
    among = passage.among_data and not passage.about("recipients", "rights", "cookies", "services")
    if not passage.lead:
        return passage.about("data") or among
    led = _led(passage.lead)
    if led is None:
        return (passage.about("data") or among) and not _LEADS_AWAY.search(passage.lead)
    return led


#: "folgende Daten", "the following categories of information"
_NAMES_A_LIST = re.compile(
    r"folgende[rn]? (?:\w+ ){0,3}?(?:\w*[Dd]aten|Informationen|Angaben|Kategorien (?:personenbezogener|von \w*[Dd]aten|Ihrer))\b|following (?!receive|have|get)(?:\w+ ){0,3}?(?:data|information|details|categories of (?:\w+ )?(?:data|information))\b"
)


#: "Dabei handelt es sich insbesondere um:" says what data are, not what for
_IT_IS = re.compile(r"handelt es sich (?:\w+ ){0,2}um:?$")


@lru_cache(maxsize=256)
def _led(lead: str) -> bool | None:
    """Whether a sentence leads to a list of data (or to one of other things); None if it does not say."""
    named = _NAMES_A_LIST.search(lead)
    if named is None and not _IT_IS.search(lead) and LEADS_ELSEWHERE.search(lead):
        return False
    return True if _LEADS_TO_DATA.search(lead) else None


def _bare_phrases(text: str) -> bool:
    """A paragraph without a verb directly below a sentence with a colon: an item without its mark."""
    return len(text) < 400 and not is_clause(_without_remarks(text)) and ":" not in text


def _bare_list(text: str) -> bool:
    """A paragraph that is nothing but an enumeration."""
    return len(text) < 900 and not is_clause(re.sub(r"\([^)]*\)", "", text)) and ("," in text or ";" in text)


def _list_item(passage: Passage, start: int, end: int) -> Iterator[Reading]:
    """The members of an item; what stands in parentheses or after a colon are members too, where it is a list."""
    text = passage.text
    label = _LABEL.match(text, start, end) if start == 0 else None
    if (
        label
        and len(label["label"].split()) <= 7
        and not re.search(r"https?$", label["label"])
        and label["label"].count("(") == label["label"].count(")")
    ):
        a, b = trimmed(text, *label.span("label"))
        if not _REMARK_LABEL.match(text[a:b]):
            yield from member(text, a, b)
        stop = re.search(r"\.\s+[A-ZÄÖÜ]", text[label.start("list") :])
        if is_clause(
            _without_remarks(
                text[label.start("list") : label.start("list") + (stop.start() if stop else 200)]
            )[:90]
        ):
            yield from running(passage)
            return
        yield from _list_item_rest(
            text,
            label.start("list"),
            label.start("list") + stop.start() if stop else end,
        )
        return
    stop_at = next((b for a, b in passage.sentences if a <= start < b), end)
    if _ABOUT_YOU.match(text, start, stop_at):
        a, b = trimmed(text, start, stop_at)
        yield Reading("data_category", squeezed(text[a:b]), a, b, 0.7)
        return
    if is_clause(_BESIDES.sub("", text[start:stop_at])):
        yield from running(passage)
        return
    yield from _list_item_rest(text, start, stop_at)
    yield from running(passage, after=stop_at)


#: what stands beside the phrase of an item: remarks and relative clauses
_BESIDES = re.compile(
    r"\([^)]*\)|\s(?:whose|(?:to|from|with|for|about) which)\s.*|,\s*(?:die|der|das|dessen|deren|welche[rs]?|that|which|who|to which|from which|von der|aus denen|von dem|an (?:die|den|welche)|mit denen|(?:von|über|auf|mit) (?:welche[nmr]|die|der)|auf|ob|wie|wann|wer|welche[nrs]?|whether|when|how|what|until|bis|sofern|soweit|wenn|if|where|damit|sodass|so dass)\b[^,;]*(?:,|$)"
)
#: "Information gathered through forms you have filled out": one category, though it has a verb
_ABOUT_YOU = re.compile(
    r"\W*(?:any |other )?(?:information|data|details|records|content|documents|answers|files|messages|notes|correspondence|copies|evidence) (?:(?!\b(?:includ\w+|such|e\.g|we (?:may|will|use|also))\b)[^.;:,(]){4,90}\b(?:you(?:r|'ve)?|that|which)\b(?:(?!\b(?:includ\w+|such|we (?:may|will|use|also))\b)[^.;:,(]){2,90}\.?\s*\Z",
    re.IGNORECASE,
)
#: what one may know, asked as a question: "…, wann wir Sie worüber unterrichtet haben"
_QUESTION = re.compile(
    r",\s(?:und\s|and\s|sowie\s)?(?P<what>(?:wann|ob|wie (?:oft|lange|viele?|groß)|(?:auf |nach )?welche[nrs]?|wer|worüber|whether|when we|how (?:often|long|many|much))\s[^,;:()]{5,110}?)(?=,|;|\.?\s*$|\s(?:und|sowie|and)\s(?:ob|wann|wie|welche|whether|how)\b)"
)


def _without_remarks(text: str) -> str:
    """A text, as long as it was, with blanks for what stands in parentheses."""
    return re.sub(r"\([^()]*\)", lambda found: "(" + " " * (len(found[0]) - 2) + ")", text)


_RELATIVE = re.compile(
    r",\s*(?:die|der|das|dessen|deren|(?:von |über |auf |mit |aus )?welche[nmrs]?|that|which|who|von der|aus denen|von dem|über die|an die|mit denen)\s|\s(?:(?:to|from|with|for|about) which|whose)\s"
)


_CONDITION = re.compile(
    r",?\s(?:sofern|soweit|falls|wenn|if|where|when|damit|sodass|so that)\s|,\s(?:bis Sie|bis du|until you|um)\s|,?\snur,?\s(?:wenn|falls|sofern)\s"
)


def _list_item_rest(text: str, start: int, end: int) -> Iterator[Reading]:
    relative = _RELATIVE.search(text[start:end])
    if (
        relative
        and text[start : start + relative.start()].count(",") == 0
        and "(" not in text[start : start + relative.start()]
    ):
        a, b = trimmed(text, start, end)
        if len(text[a:b].split()) <= 24:
            yield Reading("data_category", squeezed(text[a:b]), a, b, 0.75)
            return
    questions = list(_QUESTION.finditer(text, start, end))
    for found in questions:
        yield Reading("data_category", squeezed(found["what"]), *found.span("what"), 0.65)
    end = questions[0].start() if questions else end
    condition = _CONDITION.search(_without_remarks(text[start:end]))
    stop = start + condition.start() if condition else end
    examples = _EXAMPLES.search(text, start, stop)
    if (
        examples
        and examples.start() > start + 3
        and text.count("(", start, examples.start()) == text.count(")", start, examples.start())
    ):
        for a, b in (
            *data_spans(text, start, examples.start()),
            *data_spans(text, examples.start("list"), min(stop, examples.end("list"))),
        ):
            yield from member(text, a, b)
        return
    for a, b in data_spans(text, start, stop):
        yield from member(text, a, b)


def _row(passage: Passage) -> Iterator[Reading]:
    """Cells of columns about data; without column titles none."""
    block = passage.block
    if any("ookie" in column for column in block.columns) or passage.about("cookies"):
        return
    at = 0
    data_before = False
    for column, cell in zip(block.columns, block.cells, strict=False):
        place = passage.text.find(cell, at) if cell else -1
        if place < 0:
            continue
        at = place + len(cell)
        about_data = re.search(r"daten|data|information|angaben", column, re.IGNORECASE) and not re.search(
            r"dauer|frist|zweck|purpose|\bwhy\b|wofür|wozu|retention|schutz|period|empfänger|recipient|grund|quelle|source",
            column,
            re.IGNORECASE,
        )
        exemplified = data_before and re.search(r"example|beispiel|detail", column, re.IGNORECASE)
        about_data = bool(about_data or exemplified)
        data_before = about_data
        shifted = len(block.cells) < len(block.columns) or not block.columns
        if (
            not about_data
            and shifted
            and at > len(block.cells[0])
            and not re.search(r"\d (?:Tag|Monat|Jahr)", cell)
        ):
            about_data = any(hit.entry == "strong" for hit in category_index().find(cell[:80]))
        if about_data:
            stop = re.search(r"\.\s+[A-ZÄÖÜ]|\s(?:Wir|We)\s", cell)
            if is_clause(cell[: stop.start()] if stop else cell) and len(cell.split()) > 12:
                continue
            for a, b in data_spans(passage.text, place, place + (stop.start() if stop else len(cell))):
                yield from member(passage.text, a, b)
