"""Enumerations in running text: what stands in one row with categories of data is one too ("Name, Anschrift und Schuhgröße")."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from zusage.lexicon import category_index, is_agent
from zusage.lexicon.words import category_ending, is_general, weak_category_ending
from zusage.notice.reading.category_members import examples_in
from zusage.notice.reading.companies import company_names
from zusage.notice.reading.facts import Reading
from zusage.notice.reading.phrases import enumeration, is_clause, squeezed
from zusage.notice.reading.purposes_english import ENGLISH_VERBS

_DET = r"(?:(?:andere[nrs]?|sonstige[nrs]?|weitere[nrs]?|der|die|das|den|dem|des|eine?[nmrs]?|[Ii]hre?[nmrs]?|deine?[nmrs]?|alle|auch|ggf[.․]|evtl[.․]|etwa|insbesondere|wie|sowie)\s)*"
_ADJ = r"(?:(?!(?:andere[nrs]?|sonstige[nrs]?|weitere[nrs]?|wie|beispielsweise|etwa|sowie|darunter|insbesondere|werden|wurden|haben|können|erheben|verarbeiten|speichern|nutzen|verwenden|über|unter|wer|oder)\s)[a-zäöüß][\wäöüß-]*(?:e|en|er|es|em)\s){0,2}"
_NOUN = r"(?:[A-ZÄÖÜ][\wäöüß]*-(?:,| und| oder| sowie|/)\s)*[A-ZÄÖÜ][\wäöüß/&-]*[\wäöüß](?:\([a-z]{1,3}\))?"
_OF = rf"(?:\s(?:der|des|von|vom|Ihrer|Ihres|deiner|deines|einer|eines)\s{_ADJ}{_NOUN})"
_ANY = rf"(?:\s(?:der|des|von|vom|zu|zum|zur|über|im|in|am|an|aus|für|per|mit|bei|als|Ihrer|Ihres|einer|eines)\s(?:(?:den|dem|der|die|das|Ihrer|Ihren|Ihrem)\s)?{_ADJ}{_NOUN})"
_WHOLE = re.compile(rf"{_DET}(?P<np>{_ADJ}{_NOUN}{_ANY}{{0,2}})")
_FIRST = re.compile(rf"{_DET}(?P<np>{_ADJ}{_NOUN}{_OF}?)(?=\s[a-zäöüß(]|\Z)")
_LAST = re.compile(rf"(?:^|\s)(?P<np>{_ADJ}{_NOUN}{_OF}?)\Z")
_SMALL = (
    r"(?!(?:to|for|when|if|in|on|by|from|with|as|is|are|may|might|can|will|which|that|so|where|who|we|you|us|it|they|have|has|be|been|was|were|not|do|does|about|at|into|via|through|because|while|"
    r"until|unless|and|or|this|these|those|such|including|include|includes|other|any|your|the|a|an|our|their|his|her|of|used|required|necessary|then|than|how|what|whether|also|only|after|before|within|without|under|between|during|personal)\b)"
)
_WORD = rf"{_SMALL}[A-Za-z][\w'’/-]*"
_ENGLISH_DET = r"(?:(?:your|the|a|an|their|his|her|any)\s)?"
_ENGLISH_WHOLE = re.compile(
    rf"{_ENGLISH_DET}(?P<np>{_WORD}(?:\s{_WORD}){{0,3}}(?:\sof\s(?:your\s|the\s)?{_WORD}(?:\s{_WORD})?)?)"
)
_ENGLISH_FIRST = re.compile(
    rf"{_ENGLISH_DET}(?P<np>{_WORD}(?:\s{_WORD}){{0,3}}(?:\sof\s(?:your\s|the\s)?{_WORD})?)(?=\s(?:to|for|when|if|in|on|by|from|with|as|is|are|may|which|that|so|where|we|you|will|at|into|via|used)\b|\s?\(|\Z)"
)
_ENGLISH_LAST = re.compile(
    rf"(?:\b(?:your|their|a|an|the|including|include|includes|as|like)\s|:\s)(?P<np>{_WORD}(?:\s{_WORD}){{0,3}})\Z"
)
_ACTION = re.compile(
    r"[A-ZÄÖÜ]\w*(?:ung|tion|ieren)\b|(?:"
    + ENGLISH_VERBS
    + r"|[a-z]+ing\b)|(?:Zweck|Dienst|Cookie|Maßnahme|Recht|Gesetz|Server|Website|Webseite)\w*\b"
)
#: "per E-Mail, Telefon oder Fax"
_CHANNEL = re.compile(r"\b(?:[Pp]er|[Vv]ia|[Mm]ittels|by|through)\s(?:the\s|our\s)?$")
_PARENTHESIS = re.compile(r"\((?P<list>[^()]{3,260})\)")
_NO_LIST = re.compile(
    r"\s*(?:Art\.|§|Artikel|siehe|vgl|sog|nachfolgend|im Folgenden|hereinafter|see |„|\"|“)",
    re.IGNORECASE,
)


#: one of these is in every enumeration
JOINTS = (",", ";", " und ", " oder ", " sowie ", " and ", " or ", "(")


class _Member(NamedTuple):
    start: int
    end: int
    score: float
    taken: bool
    whole: bool


def chained(
    text: str, start: int, end: int, taken: list[tuple[int, int]], language: str
) -> Iterator[Reading]:
    """The members of enumerations in a sentence that are not taken yet, where enough of their neighbours are data.

    `taken` holds the spans that are read as categories already; what is found is added to it.
    """
    for inner in _PARENTHESIS.finditer(text, start, end):
        if not _NO_LIST.match(inner["list"]):
            if any(b in (inner.start(), inner.start() - 1) for _, b in taken):
                yield from _told(text, inner.start(), inner.end(), taken)
            else:
                yield from _runs(text, *inner.span("list"), taken, language, sure=True)
    yield from _runs(text, start, end, taken, language)


def _told(text: str, start: int, end: int, taken: list[tuple[int, int]]) -> Iterator[Reading]:
    """What stands in parentheses behind a category."""
    for reading in examples_in(text, start, end):
        span = (reading.start, reading.end)
        if all(span[1] <= left or span[0] >= right for left, right in taken):
            taken.append(span)
            yield reading


def _runs(
    text: str,
    start: int,
    end: int,
    taken: list[tuple[int, int]],
    language: str,
    *,
    sure: bool = False,
    told: bool = False,
) -> Iterator[Reading]:
    run: list[_Member] = []
    spans = enumeration(text, start, end)
    if len(spans) < 2:
        return
    for a, b in spans:
        paren = text.find(" (", a, b)
        whole = _phrase(text, a, paren if paren > 0 else b, taken, language, "whole")
        if whole is not None:
            run.append(whole)
            continue
        first = _phrase(text, a, b, taken, language, "first") if run else None
        if first is not None:
            run.append(first)
        if not sure or any(member.score == 1 for member in run):
            yield from _accepted(text, run, taken, language, told=told)
        last = _phrase(text, a, b, taken, language, "last")
        run = [last] if last is not None else []
    if not sure or any(member.score == 1 for member in run):
        yield from _accepted(text, run, taken, language, told=told)


_PATTERNS = {
    ("de", "whole"): _WHOLE, ("de", "first"): _FIRST, ("de", "last"): _LAST,
    ("en", "whole"): _ENGLISH_WHOLE, ("en", "first"): _ENGLISH_FIRST, ("en", "last"): _ENGLISH_LAST,
}  # fmt: skip


def _phrase(
    text: str, a: int, b: int, taken: list[tuple[int, int]], language: str, place: str
) -> _Member | None:
    """A member's noun phrase: the whole of it, or at its beginning or end, where an enumeration ends or begins within it."""
    pattern = _PATTERNS[language, place]
    if place == "last":
        begin = max(a, b - 90)
        found = pattern.search(text[begin:b])
        offset = begin
    else:
        found = (
            (pattern.fullmatch(text[a:b]) if place == "whole" and b - a < 110 else None)
            if place == "whole"
            else pattern.match(text[a : min(b, a + 110)])
        )
        offset = a
    if found is None:
        inside = [span for span in taken if a <= span[0] and span[1] <= b]
        if place == "whole" or not inside:
            return None
        left, right = inside[0] if place == "first" else inside[-1]
        return _Member(left, right, 1.0, True, False)
    left, right = offset + found.start("np"), offset + found.end("np")
    if any(left < d and c < right for c, d in taken):
        return _Member(left, right, 1.0, True, place == "whole")
    return _Member(left, right, likeness(squeezed(text[left:right])), False, place == "whole")


@lru_cache(maxsize=4096)
def likeness(phrase: str) -> float:
    """How much a phrase looks like a category of data, from 0 to 1."""
    head = phrase.split(" (")[0]
    hit = next(category_index().find(head), None)
    if hit is not None and (hit.end >= len(head) - 1 or hit.start == 0):
        return {"strong": 1.0, "weak": 0.6, "listed": 0.5}[hit.entry]
    lowered = head.casefold()
    if category_ending().search(lowered):
        return 1.0
    return 0.5 if weak_category_ending().search(lowered) else 0.0


#: what directly precedes an object that is data: "erheben wir", "we store"
_HANDED = re.compile(
    r"(?:erheben|erfassen|speichern|verarbeiten|übermitteln|bearbeiten|benötigen|erhalten|beschaffen)\s(?:wir|ich)\s(?:\w+\s){0,2}$|\b(?:[Ww]e|I)\s(?:\w+\s){0,2}(?:collect|store|hold|process|record|receive|ask for)\s(?:your\s)?$"
)


def _accepted(
    text: str,
    run: list[_Member],
    taken: list[tuple[int, int]],
    language: str,
    *,
    told: bool = False,
) -> Iterator[Reading]:
    known = [member for member in run if member.score > 0]
    actions = sum(_ACTION.match(text, member.start) is not None for member in run)
    if actions and (actions * 2 >= len(run) or not any(member.taken for member in run)):
        return
    least = 1.1 if any(member.score == 1 for member in run) else 1.5
    if told or (run and _HANDED.search(text, max(0, run[0].start - 50), run[0].start)):
        least = 0.5
    if len(run) < 2 or sum(member.score for member in run) < least or len(known) * 2 < len(run):
        return
    if _CHANNEL.search(text, max(0, run[0].start - 24), run[0].start):
        return
    for at, member in enumerate(run):
        if member.taken:
            continue
        phrase = squeezed(text[member.start : member.end])
        if is_general(phrase) or is_clause(phrase) or len(phrase) < 3:
            continue
        if member.score == 0:
            beside = (at > 0 and run[at - 1].score > 0) or (at + 1 < len(run) and run[at + 1].score > 0)
            if len(known) < 2 or not beside or (not member.whole and at == 0):
                continue
            if _ACTION.match(phrase) or is_agent(phrase, language) or company_names(phrase):
                continue
        stop = member.end
        if at == len(run) - 1 and member.whole and language == "de":
            shorter = _FIRST.match(text[member.start : stop])
            stop = member.start + shorter.end("np") if shorter else stop
        taken.append((member.start, stop))
        yield Reading(
            "data_category",
            squeezed(text[member.start : stop]),
            member.start,
            stop,
            0.65,
        )
