"""What in a list is a category of personal data: members with their remarks and examples in parentheses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zusage.lexicon import category_index
from zusage.lexicon.words import category_ending, is_vague
from zusage.notice.reading.facts import Reading
from zusage.notice.reading.phrases import enumeration, is_clause, squeezed, trimmed
from zusage.notice.reading.purposes_english import ENGLISH_VERBS

LEADS_ELSEWHERE = re.compile(
    r"zweck|purpose|\bum:?$|\bRechte?\b|\brights?\b|empfänger|recipient|Dienste:|Cookies?\b[^:]{0,40}:|rechtsgrundlage|legal bas|möglichkeiten|weiter(?:gegeben)?:|\ban:|Maßnahmen|\bwenn:|\b(?:receives?|erhalten|bekommen|erhält)\b[^:]{0,60}\b(?:data|Daten)\b|Voraussetzung|Beispiele|with:|\bto:$",
    re.IGNORECASE,
)
_INNER_LIST = re.compile(
    r"\((?:z[.․]\s?B[.․]|bspw[.․]|beispielsweise|insbesondere|insb[.․]|etwa|u[.․]a[.․]|wie|zum Beispiel|einschließlich|inkl[.․]|darunter|e[.․]g[.․],?|such as|including|for example,?|i[.․]e[.․])?\s*(?P<list>[^()]{2,240})\)"
)
#: examples of what people do, not of data ("Einloggen, Suchen")
_ACTIONS = re.compile(r"[A-ZÄÖÜ][a-zäöü]+(?:en|ern)\s*[,)]")
_NO_LIST = re.compile(
    r"^(?:(?:ggf|evtl)[.․]|in (?:anonymisierter|gekürzter|pseudonymisierter)|anonymisiert|pseudonymisiert|gekürzt\w*|optional|freiwillig\w*|Pflicht\w*|wird |werden |je nach|falls|sofern|soweit|zuvor|siehe|vgl|sog|nur |bei |für |beim |Name der|Website|Art\.|§|if |where |see |when |as |anonymised|truncated|voluntary|required|mandatory|HTTP|nachfolgend|im Folgenden|hereinafter)",
    re.IGNORECASE,
)


def member(text: str, start: int, end: int) -> Iterator[Reading]:
    phrase = text[start:end]
    inner = _INNER_LIST.search(phrase)
    head_end = end
    if inner:
        remark = inner["list"]
        single = (
            len(remark.split()) <= 2
            and "," not in remark
            and (phrase[inner.start() - 1 : inner.start()] == " ")
        )
        if (
            not single
            or not phrase.rstrip().endswith(")")
            or (
                _NO_LIST.match(remark)
                and not re.match(r"anonymi|pseudonymi|gekürzt|truncated|HTTP|Website", remark)
            )
        ):
            head_end = start + inner.start()
    a, b = trimmed(text, start, head_end)
    value = squeezed(text[a:b])
    if _noun_phrase(value):
        yield Reading("data_category", value, a, b, 0.85)
    if inner and head_end != end and not _NO_LIST.match(inner["list"]) and not _acts(inner["list"]):
        for c, d in enumeration(text, start + inner.start("list"), start + inner.end("list")):
            inside = squeezed(text[c:d])
            if _noun_phrase(inside) and (
                _known(inside)
                or (
                    re.match(r"[A-ZÄÖÜ][\w-]+(?:\s[\wäöü-]+){0,3}$|[a-zäöü]+e[rsn]?\s[A-ZÄÖÜ][\w-]+", inside)
                    and not re.search(r"(?:loggen|suchen|laden|passen|kaufen)$", inside)
                )
            ):
                yield Reading("data_category", inside, c, d, 0.7)


def _acts(listed: str) -> bool:
    """Whether a list in parentheses begins with an action, not with data."""
    return bool(_ACTIONS.match(listed)) and not _known(listed.split(",")[0])


def _noun_phrase(phrase: str) -> bool:
    words = phrase.split()
    if (
        re.fullmatch(r"[\w-]+(?:\.[\w-]+)*\.[a-z]{2,8}", phrase)
        or not re.search(r"[A-Za-zÄÖÜäöüß]{2}", phrase)
        or re.search(r"https?:|[\[\]{}<>]|^(?:\d+\. )?\w+ (?:19|20)\d\d$", phrase)
    ):
        return False
    return (
        bool(phrase)
        and len(words) <= 14
        and len(phrase) > 1
        and not is_vague(phrase)
        and not (is_clause(phrase) and len(words) > 3)
        and phrase.casefold() not in ("etc", "usw", "u.a", "ähnliches", "weitere", "o.ä")
    )


def _known(phrase: str) -> bool:
    return next(category_index().find(phrase), None) is not None or bool(
        category_ending().search(phrase.split()[-1].casefold() if phrase.split() else "")
    )


def mostly_known(text: str) -> bool:
    """Whether an item is a bare enumeration, most members of which the lexicon knows as data."""
    members = [text[a:b] for a, b in enumeration(text, 0, len(text))]
    if not members or len(text) > 200 or is_clause(text):
        return False
    known = sum(is_category(member) for member in members)
    return known * 2 >= len(members)


_ADJECTIVES = re.compile(r"(?:[a-zäöüß-]+(?:e|en|er|es|em|al|ed|ic)\s?){1,3}")
_DOES = re.compile(ENGLISH_VERBS, re.IGNORECASE)


def is_category(phrase: str) -> bool:
    """Whether the lexicon knows the whole phrase as data, or its ending tells so."""
    hit = next(category_index().find(phrase), None)
    before = phrase[: hit.start].strip() if hit else ""
    described = not before or (_ADJECTIVES.fullmatch(before) and not _DOES.match(before))
    whole = hit is not None and hit.end >= len(phrase) - 1 and bool(described)
    return (
        whole
        or bool(category_ending().search(phrase.casefold()))
        or bool(re.fullmatch(r"[A-Za-z-]+(?: [a-z-]+)? (?:data|information|details)", phrase))
    )
