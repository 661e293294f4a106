"""What in a list is a category of personal data: members with their remarks and examples in parentheses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zusage.lexicon import category_index, service_named
from zusage.lexicon.words import category_ending, is_vague, weak_category_ending
from zusage.notice.reading.facts import Reading
from zusage.notice.reading.phrases import enumeration, is_clause, squeezed, trimmed
from zusage.notice.reading.purposes_english import ENGLISH_VERBS

LEADS_ELSEWHERE = re.compile(
    r"zweck|purpose|\bum:?$|\bRechte?\b|\brights?\b|empfänger|recipient|Dienste:|Cookies?\b[^:]{0,40}:|rechtsgrundlage|legal bas|möglichkeiten|weiter(?:gegeben)?:|\b(?:zu[rm]?|für):$|(?:\bus(?:e[sd]?|ing)|verwend\w+|nutz\w+)\b[^:]{0,50}\b(?:data|information|details|Daten|Angaben|Informationen)\b[^:]{0,30}:$|\ban:|Maßnahmen|(?:share|disclose|transfer|pass)\w*\b[^:]{0,60}\b(?:with|to) (?:the )?following (?!data|information|categories of data)[^:]{0,30}:$|\bwenn:|\b(?:receives?|erhalten|bekommen|erhält)\b[^:]{0,60}\b(?:data|Daten)\b|Voraussetzung|processors|Auftragsverarbeiter|Dienstleister|[Ss]ervice providers|on our behalf|in unserem Auftrag|so that (?:we|you)[^:]{0,20}:$|\bdamit wir[^:]{0,30}:$|in order to|erfolgt,$|\bdien(?:t|en)[^:]{0,20}:$|Grundlage|legal bas|Rechtsvorschrift|Gesetze\b|Vorschriften|\blaws\b|regulations|Beispiele|with:|(?<!restricted )(?<!limited )\bto:$",
    re.IGNORECASE,
)
_INNER_LIST = re.compile(
    r"\((?P<sign>(?:wie\s)?(?:z[.․]\s?B[.․]|bspw[.․]|beispielsweise|zum Beispiel),?|insbesondere|insb[.․]|etwa|u[.․]\s?a[.․]|wie|einschlie(?:ß|ss)lich|inkl[.․]|darunter|also|d[.․]h[.․]|e[.․]?g[.․]?,?(?=\s)|such as|including|includes|include|for example,?|for instance,?|i[.․]?e[.․]?,?(?=\s))?:?\s*(?P<list>(?:[^()]|\([^()]{1,40}\)){2,260})\)"
)
#: what begins so is no example of data ("e.g. from CCTV", "z. B. bei Gebühren")
_CIRCUMSTANCE = re.compile(
    r"(?:from|when|if|by|via|for|to|in|on|at|where|because|bei|beim|per|über|zur|zum|für|wenn|im|in|aus|durch|während|nach|von|mit)\s",
    re.IGNORECASE,
)
#: examples of what people do, not of data ("Einloggen, Suchen")
_ACTIONS = re.compile(r"[A-ZÄÖÜ][a-zäöü]+(?:en|ern)\s*[,)]")
_NO_LIST = re.compile(
    r"^(?:(?:ggf|evtl)[.․]|in (?:anonymisierter|gekürzter|pseudonymisierter)|anonymisiert|pseudonymisiert|gekürzt\w*|optional|freiwillig\w*|Pflicht\w*|wird |werden |je nach|falls|sofern|soweit|zuvor|siehe|vgl|sog|nur |bei |für |beim |Name der|Website|Art\.|§|if |where |see |when |as |anonymised|truncated|voluntary|required|mandatory|HTTP|nachfolgend|im Folgenden|hereinafter)",
    re.IGNORECASE,
)


def data_spans(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The members of an enumeration of data; English ones that share a noun stay together ("racial or ethnic origin")."""
    joined: list[tuple[int, int]] = []
    for a, b in enumeration(text, start, end):
        before = text[joined[-1][0] : joined[-1][1]] if joined else ""
        between = text[joined[-1][1] : a] if joined else ""
        if joined and (
            (_PREPOSITION.match(text, a, b) and "," not in between)
            or (_BARE_JOINT.fullmatch(between) and _shares_noun(before, text[a:b]))
            or _ABOUT_HOW.match(before)
        ):
            joined[-1] = (joined[-1][0], b)
        else:
            joined.append((a, b))
    return joined


#: "Dokumente aus der Beratung und (aus der Untersuchung)"
_PREPOSITION = re.compile(r"(?:aus|von|bei|über)\s(?:de[rmn]|Ihre[rmn]|[a-zäöüß]+e[nr])\s")
_BARE_JOINT = re.compile(r"\s(?:or|and|and/or)\s(?:the\s)?")
_ADJECTIVE = re.compile(r"[a-z-]+(?:al|ic|ary|ious|ive|ed|ate|ent|ant|ual|ish)")
#: "goods or services (provided)", "licences or permits (held)"
_SHARED_END = re.compile(
    r"\w+ (?:provided|held|made|received|used|given|sent|ordered|purchased|visited|viewed|attended|completed|submitted|collected|shared)\b"
)
#: "Results of internal assessments (and externally set tests)"
_OF_THINGS = re.compile(
    r"(?:records|details|copies|results|information|data|notes|references|evidence|type|types|categories) (?:of|about|on|to|relating to|regarding|concerning)\s",
    re.IGNORECASE,
)
_ABOUT_HOW = re.compile(
    r"(?:information|data|details) (?:about|on|regarding) (?:how|what|which|when|where|whether)\b",
    re.IGNORECASE,
)
#: "education (and training details)"
_SHARED_HEAD = re.compile(
    r"(?:[\w/-]+ ){1,4}(?:details|data|information|records|history|numbers?|dates?|names?|images|status|preferences|address(?:es)?|characteristics|settings|identifiers|activity|activities|behaviou?r|usage|statistics)\Z|(?:settings|version|versions|model|type)\Z",
    re.IGNORECASE,
)
_BEHIND = re.compile(r"\s\([^()]*\)?\Z")
_SHARED_COMPLEMENT = re.compile(r"\w+ (?:of|about|in relation to|relating to|regarding|from|between)\s")


#: "vehicle make (and model)"
_PAIR = re.compile(
    r"(?:[\w-]+ )?(?:make|brand|type):model|(?:[\w-]+ )?(?:question|terms):(?:answers?|conditions)"
)


def _shares_noun(before: str, after: str) -> bool:
    after = _BEHIND.sub("", after)
    if _PAIR.fullmatch(f"{before}:{after}"):
        return True
    if _OF_THINGS.match(before):
        return len(after.split()) <= 3 and not is_category(after)
    if before[1:] != before[1:].lower() or len(before.split()) != 1:
        return False
    known = is_category(before)
    if _ADJECTIVE.fullmatch(before.lower()) and not known:
        return True
    shared = _SHARED_END.match(after) or _SHARED_COMPLEMENT.match(after)
    return not known and bool(shared or (not before.endswith("s") and _SHARED_HEAD.match(after)))


_AND_SO_ON = re.compile(r",?\s(?:etc|usw|u[.․]\s?ä)[.․]?\Z")
#: what is no datum: "kein Bewegungsprofil", "Art. 6 …"
_NONE = re.compile(r"(?:kein(?:e[rns]?)?|no|not|processed|handled|retained|Art\.|Article|§|lit\.)\s")
#: what is done with the datum that follows ("Speicherung der Spot-Koordinate")
_HANDLING = re.compile(
    r"(?:(?:jeweils )?mit\s(?=[A-ZÄÖÜ])|(?:Speicherung|Erhebung|Erfassung|Verarbeitung|Abfrage|Collection of|Storage of)\s)(?:(?:der|des|von|Ihre[rs]|deine[rs]|your|the)\s)?(?=\w)"
)
#: what a datum is for, or how it came, behind it ("Standortdaten zur Erstellung von Orten", "images submitted to verify …")
_FOR_WHAT = re.compile(
    r"\s(?:zu[rm]\s(?=(?:[a-zäöüß]+en\s)?[A-ZÄÖÜ]\w+(?:ung|ion|eren|chutz)(?:/|\s(?:von|der|des|Ihre[rs]?|deine[rs]?)\b))|(?:(?:that you have )?(?:submitted|provided|uploaded|used|collected|sent|supplied)\s)to\s(?=[a-z]+\s)|collected via\s|für (?:die|den)\s)"
)


def _core(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without what is done with the datum, and without what it is for, where it is known as one before that."""
    handled = _HANDLING.match(text, start, end)
    if handled and end - handled.end() > 2:
        start = handled.end()
    aim = _FOR_WHAT.search(text, start, end)
    if aim and (is_category(text[start : aim.start()]) or " to" in aim.group()):
        end = aim.start()
    return start, end


def member(text: str, start: int, end: int) -> Iterator[Reading]:
    phrase = text[start:end]
    if _NONE.match(phrase.lstrip(" -–•·*")):
        return
    inner = _INNER_LIST.search(phrase)
    head_end = end
    if inner:
        remark = inner["list"]
        single = (
            inner["sign"] is None
            and len(remark.split()) <= 2
            and "," not in remark
            and (phrase[inner.start() - 1 : inner.start()] == " ")
            and (not is_category(remark) or remark.startswith("HTTP"))
            and service_named(remark) is None
            and not remark[:1].isdigit()
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
    named = _SUCH_AS.search(text, start, head_end)
    if named and named.start() > start + 2:
        yield from member(text, start, named.start())
        yield from member(text, named.end(), end)
        return
    a, b = trimmed(text, start, head_end)
    aside = _ASIDE.search(text, a, b)
    a, b = _core(text, a, aside.start() if aside else b)
    rest = _AND_SO_ON.search(text[a:b])
    b -= len(rest[0]) if rest else 0
    value = squeezed(text[a:b])
    if _noun_phrase(value):
        yield Reading("data_category", value, a, b, 0.85)
    if inner and head_end != end and not _NO_LIST.match(inner["list"]) and not _acts(inner["list"]):
        yield from _examples(
            text,
            start + inner.start("list"),
            start + inner.end("list"),
            bool(inner["sign"]),
        )


#: "weitere Angaben wie (Bildungsziele)"
_SUCH_AS = re.compile(
    r",?\s(?:wie (?:etwa |beispielsweise |zum Beispiel |z[.․]\s?B[.․]\s)?(?=(?:Ihre?[nmr]? |der |die |das |den )?[A-ZÄÖÜ])|such as |including |einschlie(?:ß|ss)lich |inklusive )"
)
#: ", both declared and suspected", " – nur falls angegeben"
_ASIDE = re.compile(
    r",?\s(?:both\s|[–—]\s|- (?=[a-zäöü]))|,\s(?:die|das|der)\s(?:für|zur|zum)\s.{3,80}(?:erforderlich|notwendig|nötig)|,?\s(?:(?:strictly |that are )?(?:necessary|required|needed)) (?:for|to)\s"
)


def examples_in(text: str, start: int, end: int) -> Iterator[Reading]:
    """The categories that parentheses name, which stand from `start` to `end` behind another."""
    inner = _INNER_LIST.search(text, start, end)
    if inner is None or (inner["sign"] is None and "," not in inner["list"]):
        return
    if not _NO_LIST.match(inner["list"]) and not _acts(inner["list"]):
        yield from _examples(text, *inner.span("list"), bool(inner["sign"]))


#: "(gesetzlich oder privat)"
_LONE_ADJECTIVE = re.compile(
    r"(?:nicht )?[a-zäöüß]+(?:lich|isch|ig|at|ell|iv|bar|sam|männlich|weiblich)(?:e|er|en|es)?|männlich|weiblich|divers"
)


_BESIDE = re.compile(r"\s[–—]\s")


def _examples(text: str, start: int, end: int, told: bool) -> Iterator[Reading]:
    """What stands in parentheses behind a category: all of it where a word says that these are examples, else what looks like data."""
    if not told and _CIRCUMSTANCE.match(text, start, end):
        return
    for c, d in data_spans(text, start, end):
        beside = _BESIDE.search(text, c, d)
        d = beside.start() if beside else d
        inside = squeezed(text[c:d])
        if _NONE.match(inside) or service_named(inside) is not None:
            continue
        if not _noun_phrase(inside) or _CIRCUMSTANCE.match(inside) or _LONE_ADJECTIVE.fullmatch(inside):
            continue
        if (
            (told and len(inside.split()) <= 6 and not _LOADING.search(inside))
            or _known(inside)
            or _weakly_known(inside)
            or (
                re.match(
                    r"[A-ZÄÖÜ][\w-]+(?:\s[\wäöü-]+){0,3}$|[a-zäöü]+e[rsn]?\s[A-ZÄÖÜ][\w-]+",
                    inside,
                )
                and not _LOADING.search(inside)
            )
        ):
            yield Reading("data_category", inside, c, d, 0.7)


_LOADING = re.compile(r"(?:loggen|suchen|laden|passen|kaufen)$")


def _acts(listed: str) -> bool:
    """Whether a list in parentheses begins with an action, not with data."""
    return bool(_ACTIONS.match(listed)) and not _known(listed.split(",")[0])


def _noun_phrase(phrase: str) -> bool:
    words = phrase.split()
    if (
        re.fullmatch(r"[\w-]+(?:\.[\w-]+)*\.[a-z]{2,8}", phrase)
        or not re.search(r"[A-Za-zÄÖÜäöüß]{2}", phrase)
        or re.search(r"https?:|[\[\]{}<>]|^(?:\d+\. )?\w+ (?:19|20)\d\d$|@\w", phrase)
        or re.match(r"(?:to|um|damit|so that|in order to) [a-zA-ZÄÖÜ]", phrase)
    ):
        return False
    return (
        bool(phrase)
        and len(words) <= 14
        and len(phrase) > 1
        and not is_vague(phrase)
        and not (is_clause(phrase) and len(words) > 3)
        and phrase.casefold().rstrip(".\u2024") not in ("etc", "usw", "u.a", "ähnliches", "weitere", "o.ä")
    )


def _known(phrase: str) -> bool:
    return next(category_index().find(phrase), None) is not None or bool(
        category_ending().search(phrase.split()[-1].casefold() if phrase.split() else "")
    )


def _weakly_known(phrase: str) -> bool:
    return bool(weak_category_ending().search(phrase.casefold()))


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
    if hit and hit.entry == "listed":
        hit = None
    described = not before or (_ADJECTIVES.fullmatch(before) and not _DOES.match(before))
    whole = hit is not None and hit.end >= len(phrase) - 1 and bool(described)
    return (
        whole
        or bool(category_ending().search(phrase.casefold()))
        or bool(re.fullmatch(r"[A-Za-z-]+(?: [a-z-]+)? (?:data|information|details)", phrase))
    )
