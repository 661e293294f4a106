"""Who data go to by the grammar of the sentence: whoever they are passed on to, whoever gets, sees or handles them.

The verb's frame tells the place of the receiver; a list of nouns is asked only where the frame alone is too weak
("the crew of your vessel receives …", "sehen nur die Klinikleitung und die Personalabteilung").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from zusage.law.countries import find_countries
from zusage.lexicon import company_named, is_agent, names_data, service_named
from zusage.notice.reading.companies import company_names
from zusage.notice.reading.facts import Reading
from zusage.notice.reading.passages import Passage
from zusage.notice.reading.phrases import is_clause, squeezed
from zusage.notice.reading.recipient_roles import reading_of

_DE_DET = (
    r"(?:(?i:der|die|das|dem|den|des|ein(?:e[nmrs]?)?|unser(?:e[nmrs]?)?|Ihr(?:e[nmrs]?)?|ihr(?:e[nmrs]?)?|dein(?:e[nmrs]?)?|"
    r"dies(?:e[nmrs]?)|jen(?:e[nmrs])|jed(?:e[nmr])|alle[nr]?|sämtliche[nr]?|beide[nr]?|solche[nr]?|etwaige[nr]?|deren|dessen|"
    r"bestimmte[nrs]?|jeweilige[nrs]?|jeweils|weiteren|genannte[nr]?|folgende[nr]?|lediglich|nur|ausschließlich|auch|außerdem|ggf\u2024|gegebenenfalls)\s)"
)
#: "mit der Lieferung beauftragte", "Stellen anbietende", "im Bereich Personalverwaltung tätige"
_DE_PARTICIPLE = (
    r"(?:(?:(?:mit|von|in|im|für|bei|zur|zum)\s(?:(?:der|dem|den|die|das|Bereich)\s)?(?:[A-ZÄÖÜ][\w-]+\s)(?:[A-ZÄÖÜ][\w-]+\s)?"
    r"[a-zäöüß]+(?:te|ten|tes|ter|ende[nrs]?|ene[nrs]?|tige[nrs]?)\s)|[A-ZÄÖÜ][a-zäöü]+\s[a-zäöüß]+end(?:e|en|er|es|em)\s)"
)
#: "von uns beauftragte": says nothing about who it is
_DE_ENGAGED = r"(?:(?:von (?:uns|mir|ihm)\s|dafür\s|hierfür\s|hierzu\s|damit\s)?(?:beauftragte|eingesetzte|eingebundene|ausgewählte)[nrsm]?\s)"
_DE_ADJECTIVE = r"(?:(?!(?:und|oder|sowie|werden|wurden|haben|sowohl|ihnen|können|mittels|wegen|gegen|neben|zwischen|seitens)\s)(?:[a-zäöüß][a-zäöüß-]*(?:e|en|er|es|em)|[A-Z][\w-]*(?:ischen?|ischer|ische[sm])),?\s)"
_DE_NOUN = r"[A-ZÄÖÜ][\wäöüß\ua789*/-]+"
_DE_AFTER = (
    r"(?:\s(?:der|des|deren|von|vom|für|aus|im|in|ohne|anderer|unserer|unseres|Ihrer|Ihres)\s(?!Auftrag\b)(?:von uns\s)?(?:(?:der|des|dem|den|die|das|unserer|unseres|Ihrer|Ihres|eines|einer)\s)?"
    r"(?:[a-zäöüß-]+(?:en|er)\s){0,2}[A-ZÄÖÜ\d][\wäöüß-]+){0,2}"
)
_DE_NP = re.compile(
    rf"(?P<det>{_DE_DET}{{0,3}}{_DE_ENGAGED}?{_DE_DET}?)(?P<np>{_DE_PARTICIPLE}?{_DE_ADJECTIVE}{{0,3}}(?P<head>jede[mr](?![a-zäöü])|(?!(?:Daten|Informationen|Angaben)\b){_DE_NOUN}(?:\s(?!(?:Daten|Informationen|Angaben|Zugriff|Zugang|Einsicht|Kenntnis|Ihre?[nmrs]?|Ihnen|Sie)\b){_DE_NOUN}){{0,2}}){_DE_AFTER})"
)
_EN_DET = r"(?:(?:(?:the|a|an|our|your|their|its|his|her|any|all|these|those|such|certain|each|every|both|some|only|also|possibly|to|with|by)\s)*)"
_EN_WORD = r"(?!(?:our|your|the|their|its|his|her|and|or|to|with|for|who|which|that|if|when|where|in|on|at|of|by|from|as|so|under|before|after|unless|is|are|was|were|be|may|can|will|would|us|you|them|it|we|this|because|without|within|via|outside|concerned|involved|responsible|receives?|stores?|sends?)\b)[\w’'&-]+"
_EN_NP = re.compile(
    rf"(?P<det>{_EN_DET})(?P<np>(?P<head>{_EN_WORD}(?:\s{_EN_WORD}){{0,3}})(?:\s(?:of|at|in)\s(?:(?:the|our|your|both|a)\s)?{_EN_WORD}(?:\s{_EN_WORD}){{0,2}})?)"
)
_JOIN = re.compile(
    r"(?:\s\([^)]{0,160}\))?(?:,\s(?:und|oder|sowie|and|or|as well as)?\s?|\s(?:und/oder|und|oder|sowie|bzw\u2024|beziehungsweise|and/or|and|or|as well as)\s)(?:auch\s(?:von\s|durch\s|an\s)?|ferner\s|also\s|gegebenenfalls\s|ggf\u2024\s|(?:to|with)\s)?"
)
#: "an der Bearbeitung beteiligt": the preposition belongs to another word
_TAKES_PART = re.compile(r"\s(?:beteilig|interessier|mitwirk|teilnehm|teilgenommen|gebunden|arbeite)")
_ANAPHOR = re.compile(
    r"\b(?:genannte[nrms]?|weiteren?|weitere|andere|anderen|folgende[nr]?)\s(?:Empfänger|Stellen)\w*$|\b(?:abovementioned|said|following|these|above)\b",
    re.IGNORECASE,
)
_RELATIVE = re.compile(
    r",\s(?:die|der|das|welche[rs]?)\s[^.;:]{5,160}?(?=[.;:]|,\s(?!und\s)|\s(?:weiter|übermittelt|weitergegeben)[.;]|$)"
)
#: "erhalten die Lehrkräfte Zugriff, die …"
_GRANTED = re.compile(r"\s(?:Zugriff|Zugang|Einsicht)(?=,\s(?:die|der|das|welche)\s)")
_RELATED = re.compile(r"(?:Dritte[nr]?|Personen|Stellen|Abteilungen|Mitarbeiter(?:n|innen)?|Unternehmen)")
_PRONOUN = re.compile(
    r"^(?:uns|Sie|sie|Ihnen|dir|mich|sich|ihm|ihr|them|us|you|it|him|her|me|they|others|anyone|everyone|each other|one|somebody)\b|^(?:Ihnen|Sie)$"
)
#: what a preposition leads to that is nobody: places, times, things
_THINGS = re.compile(
    r"(?:[Pp]lattform|[Pp]ortal|App|Anwendung|Datenbank|System|Rechte?|[Ss]erver[ns]?|[Ww]ebsites?|[Ww]ebseiten?|[Ss]eiten?|Adressen?|Anschrift|Ländern?|Land|Staaten|Drittländern?|Ausland|Zeitpunkt|Stand|Ort|Ende|Anfang|Tag|Stelle|Browser[ns]?|Gerät|Computer|Konto|Ausschluss|Zweck|"
    r"Grundlage|Zusammenhang|Rahmen|Umfang|Fall|Falle|Internet|Union|Anlass|Sicherheit|Datenschutz|Postfach|Cookies?|Formular|Newsletter|Telefon|Erfüllung|Durchführung|Einwilligung|Widerruf|Antrag|Gesetz|Vertrag)$|"
    r"(?i:\b(?:server|website|site|page|address|country|countries|states|union|area|time|date|device|browser|account|end|extent|request|form|email|newsletter|basis|purpose|purposes|law|contract|agreement|order|consent|data|information|details|records?|cookies?|software|means|way|internet|world|rights?|letter|post|mail|card|place|framework|clauses|article|decision|regulation|months?|days?|years?|weeks?)$)"
)
#: how a notice calls its own controller
_CONTROLLER = frozenset(
    "Betreiber Betreibers Betreiberin Verantwortliche Verantwortlichen Verantwortlicher Websitebetreiber Unternehmens Hauses controller company".split()
)
_NOUNS_WITH_AN = re.compile(
    r"(?:Interessen?|Rechte?|Teilnahme|Anforderungen|Erinnerung|Anpassung|Bedarf|Beteiligung|Anspruch|Ansprüche|Freude|Mitgliedschaft|Mangel|Arbeit|Anschluss|Zustimmung|Zahl|Anzahl|Menge|Reihe|Vielzahl|Minimum|Maß)\s$"
)

_DE_PASSES = re.compile(
    r"\b(?:weiter\s?(?:gegeben|geben|geleitet|leiten|zuleiten|zugeben|gereicht|reichen)|(?:über|zu)mittel[nt]|übermittel[nt]|übermitteln|übermittle|übertragen|übergeben|übersende[nt]|versende[nt]|gesende[nt]|gesandt|geschickt|gemeldet|melden|meldet|"
    r"(?:herausge|aus|be)händig\w*|heraus(?:gegeben|geben)?|Weitergabe|Übermittlung|Weiterleitung|Offenlegung|Bekanntgabe|offen(?:gelegt|legen|zulegen)|abtreten|abzutreten|abgetreten|geben|gibt|leiten|leitet|reichen|vergeben|freigegeben|weiter)\b"
)
_DE_ADDRESSED = re.compile(r"(?<![\w-])an\s(?=\S)")
_DE_GIVEN = re.compile(
    r"(?P<list>(?<!\S)(?:\S+\s){1,9}?)(?:öffentlich\s|nicht\s|zunächst\s|anonymisiert\s){0,2}(?:zugänglich|zur Verfügung gestellt|zur Verfügung stellen|vorgeschlagen|mitgeteilt|mitteilen|offengelegt|offenlegen|vorgelegt|vorlegen|bekannt ?gegeben|anvertraut|überlassen)\b"
)
_DE_HANDS = r"(?:übergeben|überlassen|überreichen|melden|legen|geben|teilen|schicken|senden|stellen|nennen|übermitteln|zeigen)"
#: "melden wir (sie) dem Landratsamt", "Der Lehrkraft legen wir den Namen vor"
_DE_HAND_OVER = re.compile(
    rf"\b{_DE_HANDS}\s(?:wir|ich)\s(?:(?:sie|diese|diesen|es|ihn|Ihre \w+|die \w+|den \w+|Namen und \w+)\s)?(?=(?:der|dem|unser(?:em|er)|ein(?:em|er))\s)|"
    rf"(?:^|(?<=[.!?]\s))(?=(?:Der|Dem|Unserem|Unserer|Einem|Einer)\s[^.;:]{{3,90}}?\s{_DE_HANDS}\s(?:wir|ich)\s)"
)
_DE_ENABLES = re.compile(
    r"ermöglich\w*\s(?:es\s)?(?=(?:\S+\s){0,3}\S+,\s[^.;]{3,120}\b(?:ein|zu|ab)\s?zu\s?\w+|\S+,\s[^.;]{3,120}einzusehen)"
)
_DE_VISIBLE = re.compile(
    r"\bfür\s(?=[^.;:]{3,120}\b(?:sichtbar|einsehbar|zugänglich|freigegeben|freischalten|abrufbar|auffindbar)\b)"
)
_DE_WITHIN = re.compile(
    r"\b(?:innerhalb|unter|zwischen)\s(?=[^.;:,]{3,80}\s(?:weltweit\s)?(?:weitergegeben|ausgetauscht|geteilt|übermittelt)\b)"
)
_DE_TOGETHER = re.compile(
    r"\b(?:teilen|geteilt|Kooperation|kooperieren|Zusammenarbeit)\b[^.;:]{0,60}?\bmit\s|\bmit\s(?=[^.;:,]{3,60}\s(?:geteilt|genutzt werden)\b)"
)
_DE_BY = re.compile(
    r"\b(?:von|vom|durch)\s(?=[^.;:]{3,140}?\b(?:eingesehen|gelesen|aufgerufen|abgerufen|angezeigt|heruntergeladen|entgegengenommen|mitgelesen)\b)"
)
_DE_HANDLED = re.compile(
    r"\b(?:von|durch|vom)\s(?=(?:unser|ein|extern|spezialisiert|Dritt|Dienst)[^.;:]|(?<=vom\s)[A-ZÄÖÜ])(?=(?:[^.;:,]{3,80}?)\s(?:erhoben|verarbeitet|gespeichert|erbracht|betrieben|verwaltet|gehostet|geprüft|zugestellt|durchgeführt|erledigt|übernommen)\b)"
)
_DE_ACCESS = re.compile(
    r"\b(?:Zugriff|Zugang|Einsicht|Einblick)\s(?:darauf\s|hierauf\s|auf [^.;:,]{3,60}?\s)?(?:haben|hat|erhalten|nehmen|bekommen)\s(?:\w+\s){0,2}?(?=(?:die|der|das|unser\w*|dein\w*|Ihr\w*|[A-ZÄÖÜ])\S*)"
)
_DE_SEES = re.compile(
    r"\b(?:(?:sehen|sieht|erhält|erhalten|bekommt|bekommen|erfährt|erfahren|führt|führen|wickelt|verlangt|verlangen)\s(?:für uns\s|dabei\s|dann\s|zudem\s)?(?:nur|lediglich|ausschließlich|außerdem|auch)?\s?(?=(?:die|der|das|unser\w*|ein|eine)\s)|"
    r"(?:erledigt|erledigen|übernimmt|übernehmen|besorgt|besorgen)\s(?:für uns\s|dabei\s)?(?=\S)|nimmt\s(?=[^.;:]{3,120}\sentgegen\b))"
)
_DE_SUBJECT = re.compile(
    r"(?:^|(?<=[.;:!?]\s)|,\s|\b(?:Zudem|Außerdem|Auch|Ferner|Nur|nur|Lediglich|lediglich|bekommen|erhalten)\s)(?P<list>(?:(?:die|der|das|den|dem|unser\w*|ein|eine|einige|alle|zuständige\w*|diejenigen|jene)\s)?[^.;:,]{3,90}?(?:,\s(?:die|der|das)\s[^.;:,]{5,80},)?)\s(?:(?:können|kann|dürfen|darf)\s[^.;:]{0,80}\b(?:einsehen|zugreifen|abrufen|sehen|erhalten)\b|(?:erhält|erhalten|bekommt|bekommen|empfängt|sieht|sehen)\s(?=(?:Ihre|deine|die|diese|den|nur|außerdem|zudem|folgende|eine|von uns|alle|keine anderen)\b)|(?:haben|hat|nehmen|nimmt|erhalten|erhält)\s[^.;:]{0,60}(?:Zugriff|Zugang|Einsicht|Kenntnis|Einblick)\b|nimmt\s[^.;:]{3,60}\sentgegen\b)",
    re.IGNORECASE,
)
#: "können Dritte, die …, auf Ihren Lebenslauf zugreifen"
_DE_MAY = re.compile(
    r"\b(?:können|kann|dürfen|darf)\s(?=[^.;:]{3,160}\b(?:zugreifen|einsehen|abrufen|ansehen|mitlesen)\b)"
)
#: "die Nutzung dieser Angaben durch Personen, die …"
_DE_USE_BY = re.compile(
    r"\b(?:Nutzung|Verwendung|Zugriff|Zugriffe|Abruf|Einsichtnahme|Kenntnisnahme)\b[^.;:,]{0,30}\b(?:Daten|Informationen|Angaben|Inhalte)\sdurch\s(?=\S)"
)
_DE_SUBORDINATE = re.compile(
    r"\b(?P<list>(?:der|die|das|unser\w*|ein|eine)\s[^.;:,]{3,60})\sverwende(?:t|n)\s[^.;:]{2,40}\s(?:Daten|Informationen)\b"
)
_DE_USES = re.compile(
    r"\bverwende(?:t|n)\s(?P<list>(?:der|die|das|unser\w*)\s[^.;:]{3,80}?)\s(?:Ihre|die|diese|deine)\s(?:\w+\s)?(?:Daten|Informationen|Angaben)\b"
)

_EN_PASSES = (
    r"(?:shar(?:e|es|ed|ing)|disclos(?:e|es|ed|ing|ure)|pass(?:ed|es|ing)?|hand(?:ed|s)?|giv(?:e|es|en)|sen[dt]s?|transfer(?:red|s)?|release[ds]?|forward(?:ed|s)?|report(?:ed|s)?|provide[ds]?|supply|supplied|sell|sold|"
    r"deliver(?:ed)?|submit(?:ted)?|assign(?:ed)?|refer(?:red)?|made available|make available|available|visible|accessible|shown|show|disclosable|goes|go)"
)
_EN_PASSED = re.compile(rf"\b{_EN_PASSES}\b")
_EN_TO = re.compile(
    r"(?<!access )(?<!in order )(?<!relating )(?<!subject )(?<!due )(?<!according )(?<!able )\b(?:to|with)\s(?=\S)"
)
_EN_GETS = re.compile(
    r"(?:^|(?<=[.;:!?]\s)|,\s(?:and\s|but\s)?|\b(?:Only|only|and|by)\s)(?P<list>[^.;:]{3,110}?)(?:\s(?:who|which|that)\s[^.;:,]{3,60}?)?\s(?:(?:may|can|will|would|could|also|only|then|each|all|shall|might)\s){0,2}(?:receives?|gets?|inspects?|examines?|(?:is|are|be) (?:also )?(?:given|told|shown)(?! to)|has access|have access|looks? at|sees?|views?|inspects?)\s(?=\S)"
)
#: "a laboratory, which receives …"
_EN_RELATIVE = re.compile(
    r"(?P<list>[^.;:,]{3,90}),\s(?:which|who)\s(?:then\s|also\s|only\s)?(?:receives?|gets?|sees?|is given|are given|has access|have access)\b"
)
_EN_BY = re.compile(
    r"\b(?:collected|processed|handled|stored|taken|operated|run|hosted|maintained|managed|delivered|printed|carried out|performed|provided|administered|seen|viewed|read|accessed|checked|reviewed|audited|moderated|answered)\s(?:for us\s|on our behalf\s|directly\s|exclusively\s)?by\s(?=\S)"
)


class _Member(NamedTuple):
    text: str
    head: str
    start: int
    end: int
    determiner: str


def receivers(passage: Passage, start: int, end: int) -> Iterator[Reading]:
    """The receivers that one sentence names by its grammar."""
    for at, stop, surely in _places(passage, start, end):
        for one in _members(passage.text, at, stop, passage.language):
            agent = is_agent(one.head, passage.language)
            if not agent and (not surely or not _plausible(one, passage.language)):
                if stop < end:
                    continue
                break
            again = stop < end and one.determiner.casefold().startswith(("dies", "these ", "those "))
            if not again and _somebody(passage, one):
                yield reading_of(passage, one.text, one.start, one.end, None, 0.7 if agent else 0.6)


def _plausible(one: _Member, language: str) -> bool:
    """Whether a phrase in a receiver's place may be one although no list knows its noun: with an article, or a name."""
    if language == "de":
        return bool(one.determiner.strip()) and not names_data(one.text)
    return (one.text[0].isupper() or "our " in one.determiner) and not names_data(one.text)


def _places(passage: Passage, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
    """Where receivers may stand: offset, limit, and whether the frame alone is enough."""
    text = passage.text
    if passage.language == "en":
        passed = _EN_PASSED.search(text, start, end)
        for found in _EN_TO.finditer(text, passed.end(), end) if passed else ():
            yield found.end(), end, True
        for found in _EN_BY.finditer(text, start, end):
            yield found.end(), end, False
        for pattern in (_EN_GETS, _EN_RELATIVE):
            for found in pattern.finditer(text, start, end):
                yield from _last_phrases(found, text)
        return
    if _DE_PASSES.search(text, start, end):
        for found in _DE_ADDRESSED.finditer(text, start, end):
            if not _NOUNS_WITH_AN.search(text, start, found.start()):
                yield found.end(), end, True
    for pattern in (_DE_HAND_OVER, _DE_ENABLES, _DE_VISIBLE, _DE_WITHIN, _DE_TOGETHER, _DE_BY):
        for found in pattern.finditer(text, start, end):
            yield found.end(), end, True
    for pattern in (_DE_HANDLED, _DE_ACCESS, _DE_SEES, _DE_MAY, _DE_USE_BY):
        for found in pattern.finditer(text, start, end):
            yield found.end(), end, False
    for found in _DE_GIVEN.finditer(text, start, end):
        for place in _last_phrases(found, text):
            if not _DE_OBJECT.match(text, place[0]):
                yield place
    for pattern in (_DE_SUBJECT, _DE_SUBORDINATE, _DE_USES):
        for found in pattern.finditer(text, start, end):
            yield from _last_phrases(found, text)


def _last_phrases(found: re.Match[str], text: str) -> Iterator[tuple[int, int, bool]]:
    """The noun phrases that end where the group `list` ends: the longest enumeration before the verb."""
    begin, stop = found.span("list")
    for word in re.finditer(r"(?:^|(?<=\s))\S", text[begin:stop]):
        at = begin + word.start()
        members = list(_members(text, at, stop, "de" if found.re in _GERMAN else "en"))
        if members and members[-1].end >= len(text[:stop].rstrip()):
            yield at, stop, False
            return


#: what is given, not to whom
_DE_OBJECT = re.compile(r"(?:unsere|die|das|Ihre|diese|eine|deine|alle|weitere)\s", re.IGNORECASE)
_GERMAN = frozenset((_DE_GIVEN, _DE_SUBJECT, _DE_SUBORDINATE, _DE_USES))


def _members(text: str, at: int, stop: int, language: str) -> Iterator[_Member]:
    """The noun phrases of an enumeration from `at`."""
    pattern = _DE_NP if language == "de" else _EN_NP
    while True:
        found = pattern.match(text, at, stop)
        if found is None:
            return
        first, last = found.span("np")
        value = text[first:last]
        opened = _GRANTED.match(text, last, stop)
        related = (opened or _RELATED.fullmatch(found["head"])) and _RELATIVE.match(
            text, opened.end() if opened else last
        )
        if related:
            value, last = value + related.group(), related.end()
        yield _Member(squeezed(value), found["head"], first, last, found["det"])
        join = _JOIN.match(text, last, stop)
        if join is None:
            return
        at = join.end()


def _somebody(passage: Passage, one: _Member) -> bool:
    head = one.head.rstrip("s") if passage.language == "en" else one.head
    return not (
        _PRONOUN.match(one.text)
        or one.text in _CONTROLLER
        or _ANAPHOR.search(one.text)
        or _TAKES_PART.match(passage.text, one.end)
        or (service_named(one.text) is not None or company_named(one.text) is not None)
        or _THINGS.search(one.head)
        or _THINGS.search(head)
        or is_clause(one.text.split(",")[0])
        or find_countries(one.text)
        or company_names(passage.text[one.start : one.end + 14])
        or any(name and name.casefold() in one.head.casefold() for name in passage.names)
    )
