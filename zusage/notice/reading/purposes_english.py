"""Purposes in English: "we use your data to …", "for the purpose of …"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zusage.notice.reading.facts import Reading
from zusage.notice.reading.phrases import squeezed, trimmed

ENGLISH_VERBS = (
    r"(?:create|manage|process|prevent|provide|send|improve|develop|respond|answer|communicate|analy[sz]e|detect|protect|operate|maintain|personali[sz]e|deliver|comply|contact|"
    r"fulfill?|verify|notify|inform|show|enforce|monitor|ensure|understand|measure|offer|support|administer|conduct|investigate|market|track|keep|make|perform|carry|handle|resolve|test|"
    r"remember|display|tailor|customi[sz]e|identify|diagnose|secure|defend|establish|collect|evaluate|organi[sz]e|arrange|issue|ship|bill|invoice|authenticate|update|run|meet|help|host|optimi[sz]e|promote|record|collect|recommend|determine|assess|plan|review|confirm|check|offer|advertise|target|learn|enable|allow|give|let|build|schedule|complete|facilitate|recruit|hire|pay|enter|reply|match|speed|block|count|limit|select|train|register|thank|claim|invite|raise|fundraise|set up|take|follow up|find|gain|obtain|seek|safeguard|treat|care|book|reserve|trace|recover|audit|report|publish|discuss|negotiate|correspond|attribute|engage|encourage|integrate|back up|restore|administrate|understand|gather|distinguish|recognise|recognize|simplify|increase|reduce|minimi[sz]e|maximi[sz]e|enhance|expand|assess|estimate|ascertain|guarantee|settle|debit|refund|personali[sz]e|calculate|prepare|supply|assist|fix|troubleshoot|draw up|deter|share|mitigate|cooperate|address|demonstrate|look up|connect)\b"
)
_ENGLISH_TO = re.compile(
    r"(?:(?<![\w-])in order to|(?<![\w-])(?:so|in order) that (?:we|they|I) (?:can|may|could|are able to)|(?:use[ds]?|us(?:e|ing)|process(?:ed|es|ing)?|collect(?:ed|s|ing)?|needed|need(?=\s(?!to\b))|necessary|required|helps? us|allows? us|enables? us|store[ds]?|serves?|share[ds]?|retain(?:ed)?|set|contact you|do this|rely on [^.;:]{3,30}|cookies|information|data|it|them|this|address|details)(?:\s[^.;:]{0,60}?)?\sto)\s(?P<what>"
    + ENGLISH_VERBS
    + r"[^.;:]{2,220})",
    re.IGNORECASE,
)
_ENGLISH_FOR = re.compile(
    r"(?:for (?:the )?(?:following )?(?:sole |exclusive |limited )?purposes? of|for the performance of|used for|(?:mandatory|essential) for|use (?:(?! to )[^.;:]){0,40} for|process [^.;:]{0,50} for|needed for|necessary for|purposes? (?:of (?:the |this )?processing )?(?:is|are))\s(?P<what>(?!(?:the purposes?|which|these purposes|this purpose|that purpose|as long|example)\b)[a-z][^.;:]{2,200})|for\s(?:our |its |their )?(?:own )?(?P<what2>(?!(?:the following|following|these|those|other|any|all|such|this|which|our|your|own|the|several|various|certain|different|what)\b)(?:[a-z]+,?\s)?(?:[a-z]+\s(?:and|or)\s)?[a-z-]+(?: [a-z-]+)? purposes)\b",
    re.IGNORECASE,
)
_ENGLISH_MORE = re.compile(
    r"(?:(?:[,;]\s(?:and\s|or\s)?|\sand\s)to\s(?P<verb>)|interests? in\s)(?P<what>(?:(?<=to\s)"
    + ENGLISH_VERBS
    + r"|(?<=in\s)[a-z]+ing\b)[^.;:()]{2,120})"
)
_ENGLISH_ORDER = re.compile(r"(?<![\w-])in order to\s(?P<what>" + ENGLISH_VERBS + r"[^.;:]{2,220})")
_ENGLISH_FIRST = re.compile(
    r"(?:^|(?<=[.!?]\s))\W*To\s(?P<what>" + ENGLISH_VERBS + r"[^.;:,]{2,80}?)(?=,|\s(?:you|we)\s)"
)
_ENGLISH_STOP = re.compile(
    r"\sin order to\b|\susing\s|\ssuch as\s|\son our behalf|,?\sand for\s|\s(?:\(Art|pursuant|on the basis|based on|under Art|in accordance|if you|when you|where you|unless|until|which|as long|as set out|as described|before|provided that|is based|are based|for as long|after which|because)\b|\s\(|,\s(?:namely|which|who|where|if|unless|as|including|such as|for example|in particular|because|we|you|provided|and we|but|so that|based)\b|\s[–-]\s"
)
_ENGLISH_NO = re.compile(
    r"^(?:what\b|which\b|fulfill? (?:the|these|those|our) purposes|with your (?:prior )?(?:consent|permission)|subject to|where (?:you|we)|(?:our |a )?public task|collecting (?:that|this|your|the)|(?:\w+ ){0,4}(?:patients|customers|clients|users|members) is\b|(?:the )?relevant purpose|provide (?:us|certain|some|the following|your|any|such)\b|reasons of|following purposes|purposes?\b|the establishment|establishment|defen[cs]e|exercise|object|withdraw|the purposes|us\b|you\b|be\b|a limited|as long|our website$|any|these|change|do so|know|see|learn|read|find|make sure that you|make a complaint|lodge|contact us|delete cookies|disable|receive a copy)",
    re.IGNORECASE,
)


def english(text: str, start: int, end: int) -> Iterator[Reading]:
    for found in _ENGLISH_ORDER.finditer(text, start, end):
        yield from english_parts(text, found.start("what"), found.end("what"), 0.75)
    for found in _ENGLISH_FIRST.finditer(text, start, end):
        yield from english_parts(text, found.start("what"), found.end("what"), 0.7)
    for found in _ENGLISH_MORE.finditer(text, start, end):
        yield from english_parts(text, found.start("what"), found.end("what"), 0.65)
    for found in _ENGLISH_TO.finditer(text, start, end):
        yield from english_parts(text, found.start("what"), found.end("what"), 0.75)
    for found in _ENGLISH_FOR.finditer(text, start, end):
        name = "what" if found["what"] else "what2"
        yield from english_parts(text, found.start(name), found.end(name), 0.7)


_ENABLED = re.compile(r"\W*(?:to\s)?(?:allow|enable|permit|help|assist)\sus\s(?:to\s|in\s)?|be able to\s")
_VERB = re.compile(r"\W*(?:to\s)?" + ENGLISH_VERBS, re.IGNORECASE)
#: where the next of several actions begins; what they share stays together ("maintain and improve the Service")
_BEFORE_VERB = re.compile(
    r"(?:,\s(?:and\s|or\s)?|\s(?:and|or)\s)(?:to\s)?(?!(?:support|review|report|claim|test|record|contact|plan|book|order) (?:requests?|tickets?|cases?|enquiries|queries|forms?|data|details|records|updates?)\b)(?="
    + ENGLISH_VERBS
    + r")|,\s(?:and\s|or\s)?(?=(?:with|where|if|unless|subject)\s)"
)
_BETWEEN = re.compile(
    r",\s(?:and\s|or\s)?(?:to\s)?(?=[a-z]+(?:ing)?\s)|\s(?:and|or)\s(?:to\s)?(?=" + ENGLISH_VERBS + r")"
)
_NO_OBJECT = re.compile(
    r"\W*(?:to\s)?" + ENGLISH_VERBS + r"(?:(?:,\s|\s(?:and|or)\s|,\s(?:and|or)\s)" + ENGLISH_VERBS + r")*\W*",
    re.IGNORECASE,
)


#: "quality control and staff training"
_TWO_TASKS = re.compile(
    r"\W*([a-z-]{4,} [a-z-]*(?:control|training|prevention|detection|management|marketing|processing|analysis|analytics|reporting|administration|support|planning|monitoring|security|research)) and ([a-z-]{4,} (?!purposes)[a-z-]{4,})\W*"
)


def english_parts(text: str, start: int, end: int, confidence: float) -> Iterator[Reading]:
    stop = _ENGLISH_STOP.search(text, start, end)
    # "count which issues are read": the verb's own clause
    if stop and stop.group() == " which" and " " not in text[start : stop.start()].strip():
        stop = _ENGLISH_STOP.search(text, stop.end(), end)
    cut = stop.start() if stop else end
    enabled = _ENABLED.match(text, start, cut)
    start = enabled.end() if enabled else start
    begin = start
    pieces: list[tuple[int, int]] = []
    verbal = _VERB.match(text, start, cut) is not None
    for split in (_BEFORE_VERB if verbal else _BETWEEN).finditer(text[start:cut]):
        if len(text[begin : start + split.start()].split()) < 2 or (
            verbal and _NO_OBJECT.fullmatch(text, begin, start + split.start())
        ):
            continue
        pieces.append((begin, start + split.start()))
        begin = start + split.end()
    pieces.append((begin, cut))
    pair = _TWO_TASKS.fullmatch(text, *pieces[0]) if len(pieces) == 1 and not verbal else None
    for a, b in (pair.span(1), pair.span(2)) if pair else pieces:
        enabled = _ENABLED.match(text, a, b)
        c, d = trimmed(text, enabled.end() if enabled else a, b)
        phrase = re.sub(r"^[Tt]o\s", "", squeezed(text[c:d]))
        phrase = re.sub(r",?\s(?:and|or)?,?$", "", phrase)
        if 0 < len(phrase.split()) <= 24 and len(phrase) > 3 and not _ENGLISH_NO.match(phrase):
            yield Reading("purpose", phrase, c, d, confidence)
