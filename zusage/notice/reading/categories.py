"""Categories of personal data: list items, table columns, enumerations, and nouns in running text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zusage.lexicon import category_index
from zusage.lexicon.words import category_ending, is_general
from zusage.notice.reading.companies import company_names
from zusage.notice.reading.cookies import is_storage_row
from zusage.notice.reading.facts import Reading
from zusage.notice.reading.passages import Passage
from zusage.notice.reading.phrases import enumeration, is_clause, squeezed, trimmed

_LEADS_TO_DATA = re.compile(
    r"(?:folgende|nachfolgende|nachstehende|diese)[rn]?\s(?:\w+\s){0,2}?(?:\w*[Dd]aten\w*|Informationen|Angaben|Kategorien|Datenarten)|(?:Daten|Informationen|Angaben|Datenkategorien)\b[^:]{0,60}:$|Dies sind:|Das sind:|Dabei handelt es sich (?:insbesondere )?um|(?:erheben|erfassen|verarbeiten|speichern) wir[^:]{0,60}:|"
    r"(?:werden|wird)[^:]{0,80}(?:erhoben|erfasst|gespeichert|übermittelt|verarbeitet|protokolliert)[^:]{0,20}:|(?:following|these)\s(?:\w+\s){0,3}(?:data|information|details|categories)|(?:we|may) (?:collect|process|store|receive|record|ask for)[^:]{0,60}:|(?:data|information|details)\b[^:]{0,50}(?:collected|process\w*|includes?|such as|are)?:$|includes?:$",
    re.IGNORECASE,
)
_LEADS_ELSEWHERE = re.compile(
    r"zweck|purpose|\bum:?$|\bRechte?\b|\brights?\b|empfänger|recipient|Dienste:|Cookies?\b[^:]{0,40}:|rechtsgrundlage|legal bas|möglichkeiten|weiter(?:gegeben)?:|\ban:|Maßnahmen|\bwenn:|Voraussetzung|Beispiele|with:|\bto:$",
    re.IGNORECASE,
)
_COLLECTS = re.compile(
    r"erheb|erhob|erfass|verarbeit|speicher|übermittel|protokollier|nutzen|verwende|angeb|Angabe|eingegeben|benötig|übertrag|bewahr|lösch|kept|keep|delet|retain|mitgeteilt|bereitgestellt|umfass|handelt es sich|gehören|aufgezeichnet|Daten|Information|weitergegeben|collect|process|stor|record|provid|receiv|includ|use|log|submit|enter|transmit|information|data",
    re.IGNORECASE,
)
_INNER_LIST = re.compile(
    r"\((?:z[.․]\s?B[.․]|bspw[.․]|beispielsweise|insbesondere|insb[.․]|etwa|u[.․]a[.․]|wie|zum Beispiel|einschließlich|inkl[.․]|darunter|e[.․]g[.․],?|such as|including|for example,?|i[.․]e[.․])?\s*(?P<list>[^()]{2,240})\)"
)
#: examples of what people do, not of data ("Einloggen, Suchen")
_ACTIONS = re.compile(r"[A-ZÄÖÜ][a-zäöü]+(?:en|ern)\s*[,)]")
_NO_LIST = re.compile(
    r"^(?:anonymisiert|pseudonymisiert|gekürzt\w*|optional|freiwillig\w*|Pflicht\w*|wird |werden |je nach|falls|sofern|soweit|zuvor|siehe|vgl|sog|nur |bei |für |beim |Name der|Website|Art\.|§|if |where |see |when |as |anonymised|truncated|voluntary|required|mandatory|HTTP|nachfolgend|im Folgenden|hereinafter)",
    re.IGNORECASE,
)
_EXAMPLES = re.compile(
    r"(?:,\s*)?\b(?:wie(?: zum Beispiel| z[.․]\s?B[.․]| beispielsweise| etwa)?|z[.․]\s?B[.․]|zum Beispiel|beispielsweise|insbesondere|namentlich|einschließlich|nämlich|darunter|also|such as|including(?: but not limited to)?|for example,?|e[.․]g[.․],?|in particular|namely|like)\s+(?P<list>[^.:;()]{3,400})"
)
_CLAUSED = re.compile(
    r"(?<![\w-])(?P<np>(?:Informationen|Daten|Angaben)(?: darüber)?, (?:die Sie(?: uns)?\s[^.;:(),]{0,110}?(?:angeb|bereitstell|eingeb|übermittel|hinterl|mitteil|identifizier|hochlad|angegeben|eingegeben|bereitgestellt|übermittelt|mitgeteilt|zur Verfügung gestellt)\w*(?: haben)?|wie Sie\s[^.;:(),]{5,110}?(?:en|st|t)))(?=[.;:(),]|$|\swieder\b)|"
    r"(?<![\w-])(?P<about>(?:Informationen|Angaben|Daten) (?:(?:zu|über|aus|im Zusammenhang mit) (?:Ihre[mnrs]?|die|den|der|das|dem|deine[mnrs]?)|zur|zum)\s(?!Verfügung|Inhalt|Verarbeitung|Zweck)(?:[a-zäöü]+en )?[A-ZÄÖÜ][\w-]+(?: (?:der|des|von|in|im|auf) (?:[a-zäöü]+ )?[A-ZÄÖÜ][\w-]+){0,2})|"
    r"(?P<en>(?:information|data|details) (?:about|on|regarding|relating to|concerning|you (?:provide|submit|enter|give)) [^.;:,()]{3,70}?)(?=[.;:,()]|$| (?:and|is|are|which|that|when|in order|to) )",
)
_GIVEN = re.compile(
    r"(?<![\w-])(?P<np>(?:von Ihnen|im [A-Z]\w+|in Form von [A-Z]\w+[^.;,]{0,20}|durch (?:das |die )?Cookies?|auf Ihr [A-Z]\w+|mit Ihrem \w+)[^.;,()]{0,30} (?:bereitgestellt|angegeben|übermittelt|eingegeben|veröffentlicht|anfallend|erhoben|bezogen|in Verbindung stehend|erzeugt|hochgeladen)en (?:[a-zäöü]+ )?(?:Daten|Informationen|Angaben)[^.;,()]{0,0})"
)
_ADJECTIVE_BEFORE = re.compile(
    r"(?:(?<=[\s(/])|^)(?P<words>(?!(?:der|den|dem|die|das|des|eine[nmrs]?|keine[nmrs]?|ihre[nmrs]?|deine[nmrs]?|unsere[nmrs]?|meine[nmrs]?|seine[nmrs]?|diese[nmrs]?|jene[nmrs]?|weitere[nmrs]?|andere[nmrs]?|alle[nmrs]?|solche[nmrs]?|welche[nmrs]?|folgende[nmrs]?|jede[nmrs]?|einige[nmrs]?|"
    r"bestimmte[nmrs]?|sonstige[nmrs]?|etwaige[nmrs]?|jeweilige[nmrs]?|personenbezogene[nmrs]?|persönliche[nmrs]?|genannte[nmrs]?|notwendige[nmrs]?|erforderliche[nmrs]?|oben|werden|wurden|haben|können|wenn|deren|über|unter|außer|oder|aber|wie|je|volle[nmrs]?|erheben|verarbeiten|speichern|nutzen|verwenden|übermitteln|erfassen|ohne|entsprechende[nmrs]?|einer|gleiche[nmrs]?|verschiedene[nmrs]?|möglicherweise|beispielsweise|gegebenenfalls|insbesondere|lediglich|anhand|wer|zählen|gehören|umfassen|beinhalten|enthalten|betreffen|sogenannte[nrs]?|möchten|sollten|müssen|unseren)\s)[a-zäöüß-]{4,}(?:e|en|er|es|em)\s)$"
)
_ENGLISH = re.compile(
    r"(?<![\w-])(?P<np>(?:(?!(?:personal|your|our|the|this|that|such|these|those|any|all|other|more|further|certain|some|which|collect|process|use|share|provide|store|of|and|or|as|for|to|with|is|are|a|an|no|additional|following|collected|provided|sensitive|relevant|necessary|about|in|on|from|by|same|new|customer's|receive|retain|delete|keep|transfer|disclose|access|protect|combine|combining|aggregate|we|you|it|has|have|their|its|his|non-personal|identifiable|obtain|log|only|into|related|linked|aggregated|what|how|when|also|correct|update|data|international|most|between|processing|stored|up)\s)[a-z][\w-]*\s){1,2}(?:data|information|details|records|identifiers?|address(?:es)?|numbers?))(?![\w-])"
)
_WORD = re.compile(r"(?<![\w-])[A-ZÄÖÜ][\w-]{6,}")
_JOINT = re.compile(
    r"\s*(?:,|und|and|oder|or|sowie|/|,\s*(?:and|und))\s+(?:(?:Ihre?[nmrs]?|your|the|die|der|den|deine?[nmrs]?)\s+)?(?:[a-zäöüß]+e[nrs]?\s)?"
)
_BUT_NOT = re.compile(
    r"rkennung$|schutz|Grundverordnung|Verarbeitungs|beauftragt|Datenschutz|übermittlung|Datenverarbeitung",
    re.IGNORECASE,
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
_NOT_ABOUT_DATA = re.compile(
    r"Verantwortlicher? (?:im Sinne|ist)|Registergericht|\bUSt|Impressum|Hinweise zu|\bimprint\b"
)
_LABEL = re.compile(r"^\s*(?:[-–—•·▪●○◦*‣]\s*)?(?P<label>[^:;.]{3,70}):\s+(?P<list>\S.*)$")


def categories(passage: Passage) -> Iterator[Reading]:
    """The categories that a passage names."""
    block = passage.block
    if (
        block.kind in ("heading", "head")
        or passage.topic in _QUIET
        or passage.about("definitions")
        or is_storage_row(passage)
    ):
        return
    if block.kind == "row":
        yield from _unique(_row(passage))
        return
    text = passage.text
    if block.kind == "item" and _announced(passage):
        found = list(_list_item(passage, 0, len(text)))
        if found:
            yield from _unique(iter(found))
            return
    if passage.about("data") and block.kind == "paragraph" and _bare_list(text):
        yield from _unique(_list_item(passage, 0, len(text)))
        return
    yield from _unique(_running(passage))


def _unique(readings: Iterator[Reading]) -> Iterator[Reading]:
    seen: set[str] = set()
    for reading in readings:
        if reading.value.casefold() not in seen:
            seen.add(reading.value.casefold())
            yield reading


def _announced(passage: Passage) -> bool:
    """Whether a list is one of data: by the sentence that leads to it, else by its section."""
    if passage.lead:
        if _LEADS_ELSEWHERE.search(passage.lead) and not re.search(
            r"folgende[rn]? (?:\w+ )?(?:Daten|Informationen|Angaben)|following (?:\w+ )?(?:data|information)",
            passage.lead,
        ):
            return False
        return bool(_LEADS_TO_DATA.search(passage.lead)) or passage.about("data")
    return passage.about("data")


def _bare_list(text: str) -> bool:
    """A paragraph that is nothing but an enumeration."""
    return len(text) < 900 and not is_clause(re.sub(r"\([^)]*\)", "", text)) and ("," in text or ";" in text)


def _list_item(passage: Passage, start: int, end: int) -> Iterator[Reading]:
    """The members of an item; what stands in parentheses or after a colon are members too, where it is a list."""
    text = passage.text
    label = _LABEL.match(text, start, end) if start == 0 else None
    if label and len(label["label"].split()) <= 7 and not re.search(r"https?$", label["label"]):
        a, b = trimmed(text, *label.span("label"))
        yield from _member(text, a, b)
        stop = re.search(r"\.\s+[A-ZÄÖÜ]", text[label.start("list") :])
        yield from _list_item_rest(
            text, label.start("list"), label.start("list") + stop.start() if stop else end
        )
        return
    stop_at = next((b for a, b in passage.sentences if a <= start < b), end)
    if is_clause(
        re.sub(
            r"\([^)]*\)|,\s*(?:die|der|das|welche[rs]?|that|which|who|von der|aus denen|von dem|auf|ob|wie|sofern|soweit|wenn|if|where)\b[^,;]*(?:,|$)",
            "",
            text[start:stop_at],
        )
    ):
        yield from _running(passage)
        return
    yield from _list_item_rest(text, start, stop_at)


def _list_item_rest(text: str, start: int, end: int) -> Iterator[Reading]:
    relative = re.search(
        r",\s*(?:die|der|das|welche[rs]?|that|which|who|von der|aus denen|von dem)\s", text[start:end]
    )
    if (
        relative
        and text[start : start + relative.start()].count(",") == 0
        and "(" not in text[start : start + relative.start()]
    ):
        a, b = trimmed(text, start, end)
        if len(text[a:b].split()) <= 24:
            yield Reading("data_category", squeezed(text[a:b]), a, b, 0.75)
            return
    condition = re.search(r",?\s(?:sofern|soweit|falls|wenn|if|where|when)\s", text[start:end])
    stop = start + condition.start() if condition else end
    examples = _EXAMPLES.search(text, start, stop)
    if (
        examples
        and examples.start() > start + 3
        and text.count("(", start, examples.start()) == text.count(")", start, examples.start())
    ):
        for a, b in (
            *enumeration(text, start, examples.start()),
            *enumeration(text, examples.start("list"), min(stop, examples.end("list"))),
        ):
            yield from _member(text, a, b)
        return
    for a, b in enumeration(text, start, stop):
        yield from _member(text, a, b)


def _member(text: str, start: int, end: int) -> Iterator[Reading]:
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
            or _NO_LIST.match(remark)
            and not re.match(r"anonymi|pseudonymi|gekürzt|truncated|HTTP|Website", remark)
        ):
            head_end = start + inner.start()
    a, b = trimmed(text, start, head_end)
    value = squeezed(text[a:b])
    if _noun_phrase(value):
        yield Reading("data_category", value, a, b, 0.85)
    if inner and head_end != end and not _NO_LIST.match(inner["list"]) and not _ACTIONS.match(inner["list"]):
        for c, d in enumeration(text, start + inner.start("list"), start + inner.end("list")):
            inside = squeezed(text[c:d])
            if _noun_phrase(inside) and (
                _known(inside)
                or re.match(r"[A-ZÄÖÜ][\w-]+(?:\s[\wäöü-]+){0,3}$|[a-zäöü]+e[rsn]?\s[A-ZÄÖÜ][\w-]+", inside)
                and not re.search(r"(?:loggen|suchen|laden|passen|kaufen)$", inside)
            ):
                yield Reading("data_category", inside, c, d, 0.7)


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
        and not is_general(phrase)
        and not (is_clause(phrase) and len(words) > 3)
        and phrase.casefold() not in ("etc", "usw", "u.a", "ähnliches", "weitere", "o.ä")
    )


def _known(phrase: str) -> bool:
    return next(category_index().find(phrase), None) is not None or bool(
        category_ending().search(phrase.split()[-1].casefold() if phrase.split() else "")
    )


def _row(passage: Passage) -> Iterator[Reading]:
    """Cells of columns about data; without column titles none."""
    block = passage.block
    if any("ookie" in column for column in block.columns) or passage.about("cookies"):
        return
    at = 0
    for column, cell in zip(block.columns, block.cells, strict=False):
        place = passage.text.find(cell, at) if cell else -1
        if place < 0:
            continue
        at = place + len(cell)
        about_data = re.search(r"daten|data|information|angaben", column, re.IGNORECASE) and not re.search(
            r"dauer|frist|zweck|purpose|retention|schutz|period|empfänger|recipient|grund|quelle|source",
            column,
            re.IGNORECASE,
        )
        shifted = len(block.cells) < len(block.columns) or not block.columns
        if (
            not about_data
            and shifted
            and at > len(block.cells[0])
            and not re.search(r"\d (?:Tag|Monat|Jahr)", cell)
        ):
            about_data = any(hit.entry == "strong" for hit in category_index().find(cell[:80]))  # type: ignore[assignment]
        if about_data:
            stop = re.search(r"\.\s+[A-ZÄÖÜ]|\s(?:Wir|We)\s", cell)
            if is_clause(cell[: stop.start()] if stop else cell) and len(cell.split()) > 12:
                continue
            for a, b in enumeration(passage.text, place, place + (stop.start() if stop else len(cell))):
                yield from _member(passage.text, a, b)


def _running(passage: Passage) -> Iterator[Reading]:
    """Nouns and enumerations in sentences."""
    for start, end in passage.sentences:
        sentence = passage.text[start:end]
        if _COLLECTS.search(sentence) and not _NOT_ABOUT_DATA.search(sentence):
            yield from _sentence(passage, start, end)


def _sentence(passage: Passage, start: int, end: int) -> Iterator[Reading]:
    text = passage.text
    taken: list[tuple[int, int]] = []

    def free(a: int, b: int) -> bool:
        return all(b <= left or a >= right for left, right in taken)

    for pattern in (_CLAUSED, _GIVEN):
        for found in pattern.finditer(text, start, end):
            name = next(key for key, value in found.groupdict().items() if value)
            a, b = trimmed(text, *found.span(name))
            if free(a, b) and _specific(text[a:b]):
                taken.append((a, b))
                yield Reading("data_category", squeezed(text[a:b]), a, b, 0.7)
    colon = text.find(":", start, end)
    if (
        colon > 0
        and not company_names(text[colon:end])
        and _LEADS_TO_DATA.search(text[start : colon + 1])
        and not _LEADS_ELSEWHERE.search(text[start : colon + 1])
    ):
        for a, b in enumeration(text, colon + 1, end):
            if free(a, b):
                taken.append((a, b))
                yield from _member(text, a, b)
    for a, b, strong in _hits(passage, start, end):
        if free(a, b) and strong:
            taken.append((a, b))
            yield Reading("data_category", squeezed(text[a:b]), a, b, 0.8)
    yield from _neighbours(text, start, end, taken)


def _specific(phrase: str) -> bool:
    return (
        not re.search(
            r"Datenschutz|Ihre Rechte|your rights|^(?:Informationen|Daten|Angaben) (?:über|zu) (?:Sie|Ihnen|uns)$|data protection|Verarbeitung|how we|our (?:processing|privacy)|Widerspruch|Aufsichtsbehörde|Cookies?\b",
            phrase,
        )
        and len(phrase.split()) <= 22
    )


def _hits(passage: Passage, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
    """Words of the lexicon and compounds with a telling ending, extended by their adjectives."""
    text = passage.text
    sentence = text[start:end]
    covered: list[tuple[int, int]] = []
    for hit in category_index().find(sentence):
        covered.append((hit.start, hit.end))
        a = _with_adjective(sentence, hit.start)
        b = hit.end
        if (
            sentence[max(0, hit.start - 1) : hit.start] == "-"
            or sentence[b : b + 1] == "-"
            and sentence[b + 1 : b + 2].isalpha()
        ):
            continue
        yield start + a, start + b, hit.entry == "strong"
    if passage.language == "de":
        for found in _WORD.finditer(sentence):
            word = found.group()
            if (
                any(a <= found.start() < b for a, b in covered)
                or _BUT_NOT.search(word)
                or not category_ending().search(word.casefold())
            ):
                continue
            if is_general(word) or sentence[found.end() : found.end() + 1] == "-":
                continue
            elliptic = re.search(r"[A-ZÄÖÜ][\wäöüß]+-(?:,| und| oder| sowie)\s$", sentence[: found.start()])
            a = elliptic.start() if elliptic else _with_adjective(sentence, found.start())
            yield start + a, start + found.end(), True
    else:
        for found in _ENGLISH.finditer(sentence):
            if not any(found.start() < b and a < found.end() for a, b in covered):
                yield start + found.start(), start + found.end(), True


def _with_adjective(sentence: str, start: int) -> int:
    found = _ADJECTIVE_BEFORE.search(sentence, max(0, start - 40), start)
    return start - len(found["words"]) if found else start


def _neighbours(text: str, start: int, end: int, taken: list[tuple[int, int]]) -> Iterator[Reading]:
    """Members of an enumeration beside known categories: "Name, Anschrift und Schuhgröße"."""
    if not taken:
        return
    for hit in category_index().find(text[start:end]):
        a, b = start + hit.start, start + hit.end
        if hit.entry == "weak" and all(b <= left or a >= right for left, right in taken):
            if any(_JOINT.fullmatch(text, b, left) for left, _ in taken if left >= b) or any(
                _JOINT.fullmatch(text, right, a) for _, right in taken if right <= a
            ):
                taken.append((a, b))
                yield Reading("data_category", squeezed(text[a:b]), a, b, 0.7)
    for a, b in enumeration(text, start, end):
        if any(a < right and left < b for left, right in taken):
            continue
        phrase = squeezed(text[a:b])
        words = phrase.split()
        beside = any(0 <= left - b <= 14 or 0 <= a - right <= 14 for left, right in taken)
        weak = next(category_index().find(phrase), None)
        shaped = weak is not None and len(words) <= 4
        noun = len(words) <= 3 and bool(
            re.match(
                r"(?:[a-zäöüß]+e[rsn]?\s)?[A-ZÄÖÜ][\wäöüß/-]{2,}(?:\s(?:der|des|von)\s[A-ZÄÖÜ]\w+)?$", phrase
            )
        )
        between = sum(1 for left, _ in taken if left >= b) and sum(1 for _, right in taken if right <= a)
        if re.match(r"[A-ZÄÖÜ]\w*(?:ung|tion|ieren)\b", phrase) and weak is None:
            continue
        if (
            beside
            and not is_clause(phrase)
            and (shaped or (noun and between and len(taken) >= 2))
            and not is_general(phrase)
            or (shaped and beside)
        ):
            if is_general(phrase) and weak is None:
                continue
            taken.append((a, b))
            hit = weak
            left, right = (a + hit.start, a + hit.end) if hit and len(words) > 2 else (a, b)
            yield Reading("data_category", squeezed(text[left:right]), left, right, 0.65)
