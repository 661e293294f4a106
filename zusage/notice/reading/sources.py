"""Where data come from, if not from the person (Art. 14 GDPR): persons, bodies, companies, registers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zusage.lexicon import is_agent, names_data, service_named
from zusage.notice.reading.companies import company_names
from zusage.notice.reading.facts import Reading
from zusage.notice.reading.passages import Passage, holds
from zusage.notice.reading.phrases import enumeration, is_clause, squeezed

_I = re.IGNORECASE
_OF = r"(?:\b(?:von|vom|aus|bei|beim|from)\s)"
_GET = r"(?<![a-zäöü])(?:erhalten|beziehen|erheben|bekommen|stammen|erlangen|gewinnen|obtain\w*|receive\w*|collect\w*|get)"
#: each with the phrase that names the source
_FRAMES: tuple[re.Pattern[str], ...] = tuple(re.compile(pattern, _I) for pattern in (
    rf"{_GET}\b[^.;]{{0,70}}?{_OF}(?P<what>(?:[^.;:]|\.(?=[\w,])){{3,140}})",
    r"(?:von|aus|über)\s(?P<what>(?:Dritten|anderen Diensten|öffentlich(?:e|en)? (?:zugängliche[nr]? )?[^.;,]{3,60}|Auskunfteien)[^.;:]{0,50})[^.;]{0,30}(?:erhalten|erhoben|bezogen|zur Verfügung gestellt|importiert|übermittelt|unternommen|abgerufen)",
    r"(?:die|welche|das|dass) wir (?:[^.;,]{0,40} )?(?:von|aus)\s(?P<what>[^.;:]{3,240}?)\s(?:zulässigerweise (?:\([^()]*\) )?|Sie betreffende [\w ]{0,30})?(?:erhalten|erhoben|bezogen|gewonnen|entnommen|entnehmen|beziehen)\b",
    r"entnehmen wir\b[^.;]{0,50}?\saus\s(?P<what>[^.;:]{3,80})",
    r"(?:Datenquellen|Quellen) sind (?P<what>(?:[^.;]|\.(?=\w)){3,140})",
    r"\b(?:fragen|rufen|holen|fordern) wir\b[^.;]{0,60}?\s(?:bei|beim|von|vom|aus)\s(?P<what>(?-i:(?:[a-zäöüß]+ ){0,3}[A-ZÄÖÜ])[\w-]+(?: (?-i:[A-ZÄÖÜ]{2})\w+)?)[^.;]{0,90}\s(?:ab|an|ein|nach)\b",
    r"(?:über|bei|von|from|via)\s(?P<what>[^.;:]{3,80}?),?\s(?:von denen|von dem|von der|bei denen|from which|from whom) (?:wir|we)\b[^.;]{0,60}(?:erhalten|beziehen|erheben|receive|obtain)",
))  # fmt: skip
#: who hands data to us, as the subject of a sentence
_HANDS: tuple[re.Pattern[str], ...] = (
    re.compile(r"\b[Ff]rom (?P<what>[A-Z][\w.]+(?: [A-Z]\w+)?),? we (?:also |may )?(?:read|receive|obtain|get|collect|import)\b"),
    re.compile(r"(?:^|[.,;:]\s(?:in this case )?)\W*(?P<what>[A-Z][\w.]+(?: [A-Z]\w+){0,3}) (?:then )?(?:sends|gives|provides|passes|forwards|transmits|supplies) (?:us|to us)\b"),
    re.compile(r"(?:können|kann) uns (?:auch |ggf[.․] )?(?P<what>[a-zäöü]* ?[A-ZÄÖÜ][^.;:,]{3,60}?)(?:, (?:bei denen|die|von denen)[^,.;]{3,60},)? (?:\w+ )?(?:Daten|Angaben|Informationen|Befunde|Unterlagen) (?:zur Verfügung stellen|übermitteln|mitteilen|übersenden)"),
)  # fmt: skip
_OBTAINED = (
    "erhalten", "bezieh", "erheb", "bekomm", "stamm", "erlang", "gewinn", "obtain", "receive", "collect", "get", "erhoben", "bezogen", "zur verfügung", "importiert",
    "übermittel", "quelle", "herkunft", "source", "entnehmen", "fragen wir", "rufen wir", "holen wir", "unternommen", "sends us", "gives us", "provides us", "passes us", "können uns", "we read", "we import",
)  # fmt: skip
_NOT_SOURCE = re.compile(
    r"^(?:(?:Direkt |Directly )?(?:von |from )?(?:Ihnen|Dir|you)\b|by \w+ing\b|uns|us\b|your (?:device|browser|computer|use|visit|account)|Ihrem (?:Gerät|Browser|Endgerät|Computer|Besuch)|"
    r"Ihrer (?:Registrierung|Anmeldung|Nutzung|Bestellung)|der betroffenen Person|den Betroffenen|der Registrierung|jedem|denen|dort\b|when|time|our|wem|which|this|diesem|dieser|individuals directly|"
    r"minors|child|Kindern|Minderjährigen|(?:a |the )?(?:wide )?(?:variety|number|range) of|the person|users?\b|visitors\b|anyone|persons under)",
    _I,
)
_NOUN = (
    r"quelle|auskunftei|verzeichnis|register\b|portal|plattform|telefonb|source|platform|social media|soziale[nr]? medien|publicly|third part|partner|provider|regist|agenc|network|employer|broker|compan|"
    r"authorit|bank\b|banks\b|bureau|vendor|contractor|hospital|nurse|doctor|dentist|\bgp\b|school|landlord|insurer|director|\blists?\b|database|advertis|referr|physician|clinic"
)
_SOURCE_NOUN = re.compile(_NOUN, _I)
_SOURCE_TALK = re.compile(
    r"Quelle|Herkunft|Dritten|öffentlich|Auskunftei|andere[nr]? (?:Stelle|Dienst)|nicht (?:direkt )?(?:bei|von) Ihnen|third part|publicly|public(?:ly available)? |source|platform|social media|soziale Medien|partners|providers|register|Verzeichnis|Datenquellen|Arbeitgeber|employer|Empfehlung|referr|Vermittler|broker|Krankenkasse|Erziehungsberechtigten|überweisend|Ärzt|Krankenh|Netzbetreiber|Lieferant|Vermieter|Vorversicher|Behörde|Amt\b|Bank\b|GP\b|hospital|nurse|doctor|\bbank\b|agenc|insurer|school|portal",
    _I,
)
_TAIL = re.compile(
    r"\s(?:und |oder )?(?:erhalten|erlangen|an uns|erhoben|bezogen|zur Verfügung|importiert|übermittelt|verarbeitet|verwenden|speichern|nutzen|about you|where|if|when|in order|through|via|"
    r"to\s[a-z]+\b|um\s|soweit|sofern|wenn)\b.*$",
    _I,
)
#: what nobody gets from there, and what the reader handed on
_DENIED = re.compile(
    r"\bnot (?:knowingly|intentionally|collect|obtain|receive)|nicht (?:wissentlich|bewusst)|keine (?:personenbezogenen )?Daten (?:von|aus)|^\W*Interne\b|(?:Sie|you) [^.;]{0,60}(?:an uns übermittelt|passed (?:on )?to us)",
    _I,
)
_WE_GET = re.compile(
    r"(?:erhalten|beziehen|bekommen|erheben) wir|wir (?:\w+ ){0,2}(?:erhalten|beziehen|bekommen)|\bwe (?:\w+ ){0,2}(?:receive|obtain|collect|get)\b",
    _I,
)


def sources(passage: Passage) -> Iterator[Reading]:
    """Where data come from, if not from the person."""
    if passage.about("definitions", "rights", "security", "minors") or passage.block.kind == "heading":
        return
    if passage.block.kind == "row":
        yield from _column(passage)
        return
    listed = passage.topic == "source" or bool(_FROM_OTHERS.search(passage.block.section))
    if listed and passage.block.kind == "item":
        labelled = list(_labelled(passage))
        if labelled:
            yield from labelled
            return
    if not passage.has(*_OBTAINED) and not (listed and passage.block.kind == "item"):
        return
    given = passage.about("recipients") and not re.search(r"\b(?:from|von|aus)\b", passage.block.section)
    for start, end in passage.sentences:
        sentence = passage.text[start:end]
        if not listed and not holds(passage.low[start:end], _OBTAINED):
            continue
        if _DENIED.search(sentence) or (given and not _WE_GET.search(sentence)):
            continue
        told = False
        for a, b in _spans(passage, start, end):
            told = True
            yield from _enumerated(passage, a, b)
        if (
            not told
            and listed
            and len(passage.sentences) == 1
            and passage.block.kind == "item"
            and len(sentence.split()) <= 30
            and not is_clause(sentence)
        ):
            yield from _enumerated(passage, start, end)


def _spans(passage: Passage, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The places of a sentence that name sources."""
    text = passage.text
    for frame in (*_FRAMES, *_HANDS):
        for found in frame.finditer(text, start, end):
            phrase = found["what"]
            told = (
                passage.topic == "source"
                or "uellen sind" in found.group()
                or bool(_SOURCE_TALK.search(phrase))
            )
            if not (told or _somebody(phrase, passage.language)):
                continue
            cut = _TAIL.search(phrase)
            at = found.start("what")
            stop = at + (cut.start() if cut else len(phrase))
            such = _SUCH_AS.search(phrase, cut.start()) if cut else None
            if such:
                yield at + such.end(), at + len(phrase)
            also = _ALSO_FROM.search(text, at, end) if frame is _FRAMES[0] else None
            while stop < end and text[stop].isalnum() and text[stop - 1].isalnum():
                stop += 1
            yield at, min(stop, also.start()) if also else stop
            if also:
                yield also.end(), end


_SUCH_AS = re.compile(r",?\s\(?(?:such as|including|wie|z[.․]\s?B[.․])\s")


def _somebody(phrase: str, language: str) -> bool:
    """Whether a phrase begins with persons, a body, a company or a service that data may come from."""
    head = re.split(
        r"[,(]|\s(?:und|oder|sowie|and|or|if|wenn|sofern|um|to|through|via|die|der|which|who)\s", phrase
    )[0].strip()
    return (
        bool(head)
        and not _NOT_SOURCE.match(head)
        and (is_agent(head, language) or bool(company_names(head)) or service_named(head) is not None)
    )


#: "Laborwerte erhalten wir von Laboren, Vorbefunde von Ihrem Arzt"
_ALSO_FROM = re.compile(
    r"(?:,|\sund|\ssowie|\sand)\s(?:and |und )?(?:[^.;:,]{2,50}?\s)??(?:von|vom|from|bei|beim)\s"
)


def _enumerated(passage: Passage, start: int, end: int) -> Iterator[Reading]:
    for a, b in _with_examples(passage.text, start, end):
        phrase = squeezed(passage.text[a:b])
        bare = re.sub(
            r"^(?:beim?|vo[nm]|aus|from|über)\s(?:(?:the|your|dem|der|den|Ihre[mnr]?)\s)?", "", phrase
        )
        if re.search(r"\b\d", bare):  # the address of the one before
            return
        if not bare or _NOT_SOURCE.match(phrase) or len(bare.split()) > 8 or is_clause(bare) or "://" in bare:
            continue
        if is_agent(bare, passage.language) or _named(bare):
            at = b - len(bare) if passage.text[a:b].endswith(bare) else a
            yield Reading("source", bare, at, b, 0.65)


def _named(phrase: str) -> bool:
    return bool(re.search(r"[A-ZÄÖÜ]|\w\.\w", phrase) or _SOURCE_NOUN.search(phrase))


def _with_examples(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The members of an enumeration; "directories such as A and B" is the directories, A and B."""
    example = re.search(
        r",?\s\(?(?:wie|such as|z[.․]\s?B[.․]|including|etwa)\s(?:beispielsweise\s|zum Beispiel\s|z[.․]\s?B[.․]\s)?",
        text[start:end],
    )
    if example is None:
        yield from enumeration(text, start, end)
        return
    yield from enumeration(text, start, start + example.start())
    yield from enumeration(text, start + example.end(), end)


#: a heading above what others gave
_FROM_OTHERS = re.compile(
    r"(?:from|by) (?:third|other|external)|third[- ]party sources|von Dritten|aus (?:anderen|dritten|öffentlichen)|other sources",
    _I,
)
_LABEL = re.compile(
    r"\s*(?:[-–—•·▪●○◦*‣►✓]\s*)?(?P<who>[^:;.,()]{3,50}?)\s*(?:\((?P<more>[^)]*)\)\s*)?(?::|\s[–—])\s"
)


def _labelled(passage: Passage) -> Iterator[Reading]:
    """The source that an item begins with ("Credit bureaus: scores"), and those that follow as its members."""
    label = _LABEL.match(passage.text)
    if (
        label is None
        or _NOT_SOURCE.match(label["who"])
        or re.search(r"\b(?:you|Sie|Ihnen)\b", label["who"], _I)
    ):
        return
    who = squeezed(label["who"])
    if re.search(r"(?:data|information|daten|angaben|informationen)$", who, _I):
        return
    apart = bool(_FROM_OTHERS.search(passage.block.section))
    if names_data(who) or not (
        is_agent(who, passage.language)
        or _SOURCE_NOUN.search(who)
        or (apart and (company_names(who) or service_named(who) or len(who.split()) <= 2))
    ):
        return
    yield Reading("source", who, label.start("who"), label.end("who"), 0.65)
    rest = re.compile(r"(?:e[.․]g[.․],?|z[.․]\s?B[.․]|such as)\s", _I).match(passage.text, label.end())
    for a, b in enumeration(passage.text, rest.end() if rest else label.end(), len(passage.text)):
        phrase = squeezed(passage.text[a:b])
        if len(phrase.split()) > 8 or names_data(phrase) or is_clause(phrase):
            continue
        if is_agent(phrase, passage.language) or (_SOURCE_NOUN.search(phrase) and not apart):
            yield Reading("source", phrase, a, b, 0.6)


def _column(passage: Passage) -> Iterator[Reading]:
    for column, cell in zip(passage.block.columns, passage.block.cells, strict=False):
        if cell and re.search(r"\bQuelle|Herkunft|\bsource", column, _I):
            at = passage.text.find(cell)
            for a, b in enumeration(passage.text, at, at + len(cell)):
                yield Reading("source", squeezed(passage.text[a:b]), a, b, 0.8)
