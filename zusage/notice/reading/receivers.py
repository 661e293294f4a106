"""Who data go to by the grammar of the sentence: whoever they are passed on to, whoever gets, sees or handles them.

The verb's frame tells the place of the receiver; a list of nouns is asked only where the frame alone is too weak
("the crew of your vessel receives …", "sehen nur die Klinikleitung und die Personalabteilung").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from zusage.law.countries import find_countries
from zusage.lexicon import is_agent, legal_forms, names_data, service_named
from zusage.notice.reading.brands import is_brand
from zusage.notice.reading.companies import company_names
from zusage.notice.reading.facts import Reading
from zusage.notice.reading.passages import Passage, holds
from zusage.notice.reading.phrases import is_clause, squeezed
from zusage.notice.reading.receiver_frames import (
    ADDRESSED,
    EN_GOVERNS,
    EN_OBJECT,
    ENGLISH,
    ENGLISH_LISTS,
    GERMAN,
    GERMAN_GIVEN,
    GERMAN_LISTS,
    GOVERNED,
    PASSED,
    PASSES,
    TO,
    WITH,
)
from zusage.notice.reading.recipient_lists import with_names
from zusage.notice.reading.recipient_roles import reading_of

_DE_DET = (
    r"(?:(?i:der/die|die/der|den/die|dem/der|der|die|das|dem|den|des|ein(?:e[nmrs]?)?|unser(?:e[nmrs]?)?|Ihr(?:e[nmrs]?)?|ihr(?:e[nmrs]?)?|dein(?:e[nmrs]?)?|"
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
#: "mit der Lieferung beauftragte": nor does this, where a noun follows that names a trade
_DE_TASKED = r"(?:mit\s(?:der|dem|den)\s[A-ZÄÖÜ][\w-]+\s(?:von uns\s)?beauftragte[nrsm]?\s(?!Unternehmen\b|Stellen?\b|Personen\b|Dritten?\b|Firmen\b|Mitarbeiter|Dienstleister))"
_DE_ADJECTIVE = r"(?:(?!(?:und|oder|sowie|werden|wurden|haben|sowohl|ihnen|können|mittels|wegen|gegen|neben|zwischen|seitens)\s)(?:[a-zäöüß][a-zäöüß-]*(?:e|en|er|es|em)|[A-Z][\w-]*(?:ischen?|ischer|ische[sm])),?\s)"
#: "Hosting- und E-Mail-Dienstleister" is one phrase
_DE_NOUN = r"(?:(?:[A-ZÄÖÜ][\wäöüß-]*-(?:,\s|\s(?:und|oder|bzw\u2024)\s)){1,3})?[A-ZÄÖÜ][\wäöüß\ua789*/-]+"
_DE_AFTER = (
    r"(?:\s(?:der|des|deren|von|vom|für|aus|im|in|ohne|anderer|unserer|unseres|Ihrer|Ihres)\s(?!Auftrag\b)(?:von uns\s)?(?:(?:der|des|dem|den|die|das|unserer|unseres|Ihrer|Ihres|eines|einer)\s)?"
    r"(?:[a-zäöüß-]+(?:en|er)\s){0,2}[A-ZÄÖÜ\d][\wäöüß-]+(?:\s(?!(?:Daten|Informationen|Angaben|Zugriff|Zugang|Einsicht|Kenntnis|Ihre?[nmrs]?|Ihnen|Sie)\b)[A-ZÄÖÜ][\wäöüß-]+)?){0,2}"
)
_DE_NP = re.compile(
    rf"(?P<det>{_DE_DET}{{0,3}}{_DE_ENGAGED}?{_DE_TASKED}?{_DE_DET}?)(?P<np>{_DE_PARTICIPLE}?{_DE_ADJECTIVE}{{0,3}}(?P<head>jede[mr](?![a-zäöü])|(?!(?:Daten|Informationen|Angaben)\b){_DE_NOUN}(?:\s(?!(?:Daten|Informationen|Angaben|Zugriff|Zugang|Einsicht|Kenntnis|Ihre?[nmrs]?|Ihnen|Sie)\b){_DE_NOUN}){{0,2}}){_DE_AFTER})"
)
_EN_DET = r"(?:(?:(?i:the|that|this|a|an|our|your|their|its|his|her|any|all|these|those|such|certain|each|every|both|some|only|also|possibly|to|with|by)\s)*)"
_EN_WORD = r"(?!(?:but|does|do|did|not|nor|yet|acting|working|providing|assisting|helping|supporting|offering|performing|participating|together|along|including|respectively|whose|whom|while|until|once|during|through|upon|about|into|over|according|based|using|our|your|the|their|its|his|her|and|or|to|with|for|who|which|that|if|when|where|in|on|at|of|by|from|as|so|under|before|after|unless|is|are|was|were|be|may|can|will|would|us|you|them|it|we|this|because|without|within|via|outside|concerned|involved|responsible|only|just|then|receives?|stores?|sends?)\b)[\w’'&-]+"
#: "Health and Safety Authority"
_EN_BODY = r"[A-Z][\w’'-]+(?:\s[A-Z][\w’'-]+)*\s(?:and|for|of)\s(?:the\s)?[A-Z][\w’'-]+(?:\s[A-Z][\w’'-]+)+"
_EN_NP = re.compile(
    rf"(?P<det>{_EN_DET})(?P<np>(?P<head>{_EN_BODY}|{_EN_WORD}(?:\s{_EN_WORD}){{0,3}})(?:\s(?:of|at|in(?!\s(?:the event|order|connection|accordance|case|particular|addition|writing)\b))\s(?:(?:the|our|your|both|a)\s)?{_EN_WORD}(?:\s{_EN_WORD}){{0,2}})?)"
)
_JOIN = re.compile(
    r"(?:\s\([^)]{0,160}\))?(?:,\s(?:und|oder|sowie|and|or|as well as)?\s?|\s(?:und/oder|und|oder|sowie|bzw\u2024|beziehungsweise|and/or|and|or|as well as)\s)(?:auch\s(?:von\s|durch\s|an\s)?|ferner\s|also\s|gegebenenfalls\s|ggf\u2024\s|(?:to|with)\s)?"
)
#: "an der Bearbeitung beteiligt": the preposition belongs to another word
_TAKES_PART = re.compile(r"\s(?:beteilig|interessier|mitwirk|teilnehm|teilgenommen|gebunden|arbeite)")
#: "our insurer, Greenfields Mutual plc": the company is told by its name
_NAMED_NEXT = re.compile(r"[,:]\s[A-Z][\w&.-]+\s(?:[A-Z&][\w&.-]*\s)*[A-Za-z.]+")
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
    r"^(?:uns|Sie|sie|Ihnen|dir|mich|sich|ihm|ihr|them|us|you|it|him|her|me|they|others|anyone|everyone|each other|one|somebody)\b|^(?:Nutzer|Kunde|Besucher|Teilnehmer|Bewerber|Mitglied|Patient|Gast|Betroffene)(?:n|in|s)?$|^(?:users?|visitors?|data subjects?|subscribers?|website visitors?)$|^(?:Ihnen|Sie)$"
)
#: with a definite article: those whom the text has just named
_OF_BEFORE = frozenset(("Anbieter", "Anbietern", "jeweilige Anbieter", "jeweiligen Anbieter"))
#: what a preposition leads to that is nobody: places, times, things
_THINGS = re.compile(
    r"(?:[Pp]lattform|[Pp]ortal|App|Anwendung|Datenbank|System|Rechte?|[Ss]erver[ns]?|[Ww]ebsites?|[Ww]ebseiten?|[Ss]eiten?|Adressen?|Anschrift|Ländern?|Land|Staaten|Drittländern?|Ausland|Zeitpunkt|Stand|Ort|Ende|Anfang|Tag|Browser[ns]?|Gerät|Computer|Konto|Ausschluss|Zweck|"
    r"Grundlage|Zusammenhang|Rahmen|Umfang|Fall|Falle|Internet|Union|Anlass|Sicherheit|Datenschutz|Postfach|Cookies?|Formular|Newsletter|Telefon|Erfüllung|Durchführung|Einwilligung|Widerruf|Antrag|Gesetz|Vertrag)$|"
    r"(?i:\b(?:server|website|site|page|address|country|countries|states|union|area|time|date|device|browser|account|end|extent|request|form|email|newsletter|basis|purpose|purposes|law|contract|agreement|order|consent|data|information|details|records?|cookies?|software|means|way|internet|world|rights?|letter|post|mail|card|place|framework|clauses|article|decision|regulation|months?|days?|years?|weeks?|chat|channels?|inbox|mailbox|queue|databases?|systems?|drive|disk|cache|folder|memory|storage|terminal|network|app|apps)$)"
)
#: "Sentry (Functional Software, Inc.)": its legal name counts
_GIVEN_IN_FULL = re.compile(
    r"\s\([^)]{0,60}?(?:" + "|".join(re.escape(form) for form in legal_forms()) + r")(?![\w-])"
)
#: after "to": what is to be done
_INFINITIVE = re.compile(
    r"(?:provide|process|use|send|ensure|comply|improve|perform|fulfil|contact|offer|make|help|enable|protect|respond|deliver|receive|obtain|store|access|verify|prevent|maintain|manage|operate|support|"
    r"identify|communicate|allow|give|keep|handle|create|answer|analy[sz]e|display|show|personali[sz]e|track|monitor|detect|pay|bill|ship|market|develop|object|withdraw|request|exercise|be|do|have|get|see|"
    r"take|carry|secure|inform|collect|transfer|disclose|share|meet|run|fix|assist|administer|conduct|facilitate|complete|confirm|enforce|establish|defend|investigate|serve)\b"
)
#: how a notice calls its own controller
_CONTROLLER = frozenset(
    "Websitebetreiber Seitenbetreiber Betreiber Betreibers Betreiberin Verantwortliche Verantwortlichen Verantwortlicher Websitebetreiber Unternehmens Hauses controller company".split()
)


#: places in a sentence, members of a list and characters of one, that a real sentence stays below
_MOST, _FARTHEST = 40, 600


class _Member(NamedTuple):
    text: str
    head: str
    start: int
    end: int
    determiner: str


def receivers(passage: Passage, start: int, end: int, *, said: int | None = None) -> Iterator[Reading]:
    """The receivers that a sentence names by its grammar from `start` on; `said` is where the sentence itself begins."""
    for at, stop, surely in islice(_places(passage, start, end, start if said is None else said), _MOST):
        members = list(_members(passage.text, at, stop, passage.language))
        agents = [
            is_agent(_GENDERED.sub("", one.head), passage.language) or is_brand(one.text) for one in members
        ]
        for position, (one, agent) in enumerate(zip(members, agents, strict=True)):
            # beside an agent, an article suffices: "the vet and the farrier can see …"
            beside = (
                stop < end
                and bool(one.determiner.strip())
                and _joined(passage.text, members, agents, position)
            )
            if not agent and not beside and (not surely or not _plausible(one, passage.language)):
                if stop < end:
                    continue
                break
            again = stop < end and one.determiner.casefold().startswith(("dies", "these ", "those "))
            if not again and _somebody(passage, one):
                yield from with_names(
                    passage, reading_of(passage, one.text, one.start, one.end, None, 0.7 if agent else 0.6)
                )


def _joined(text: str, members: list[_Member], agents: list[bool], position: int) -> bool:
    """Whether the next member is an agent, and only "and" or "or" stands between."""
    if position + 1 >= len(members) or not agents[position + 1]:
        return False
    between = text[members[position].end : members[position + 1].start]
    return "," not in between and re.search(r"\b(?:und|oder|and|or)\b", between) is not None


def _plausible(one: _Member, language: str) -> bool:
    """Whether a phrase in a receiver's place may be one although no list knows its noun: with an article, or a name."""
    if language == "de":
        return bool(one.determiner.strip()) and not names_data(one.text)
    return (one.text[0].isupper() or "our " in one.determiner) and not names_data(one.text)


def _places(passage: Passage, start: int, end: int, said: int) -> Iterator[tuple[int, int, bool]]:
    """Where receivers may stand: offset, limit, and whether the frame alone is enough."""
    text, low = passage.text, passage.low[start:end]
    german = passage.language == "de"
    yield from _addressed(text, low, start, end, said, german=german)
    for frame in GERMAN if german else ENGLISH:
        if holds(low, frame.needs):
            for found in frame.pattern.finditer(text, start, end):
                yield found.end(), end, frame.surely
    for frame in (GERMAN_GIVEN, *GERMAN_LISTS) if german else ENGLISH_LISTS:
        if holds(low, frame.needs):
            for found in frame.pattern.finditer(text, start, end):
                for place in _last_phrases(found, text, passage.language):
                    if frame is not GERMAN_GIVEN or not _DE_OBJECT.match(text, place[0]):
                        yield place


def _addressed(
    text: str, low: str, start: int, end: int, said: int, *, german: bool
) -> Iterator[tuple[int, int, bool]]:
    """After "an", "to" and "with", where the sentence has a verb of passing on."""
    if german:
        if " an " in low and PASSES.search(text, said, end):
            for found in ADDRESSED.finditer(text, start, end):
                if not GOVERNED.search(text, start, found.start()):
                    yield found.end(), end, True
    elif " to " in low or " with " in low:
        passed = PASSED.search(text, said, end)
        for found in TO.finditer(text, max(start, passed.end()), end) if passed else ():
            if found["before"] and found["before"].casefold() in EN_GOVERNS:
                continue
            shared = found["to"] == "to" or WITH.search(text, said, found.start("to"))
            if found["before"] and found["to"] == "with" and _CONNECTS.search(text, start, found.start("to")):
                continue
            if shared and not EN_OBJECT.search(text, start, found.end()):
                yield found.end(), end, True


#: "our platform, which connects users with …": what it is for, not who gets data
_CONNECTS = re.compile(r",\s(?:which|that)\s(?:connects?|matches|links?|brings?)\s[^.;:,]{0,60}$")


def _last_phrases(found: re.Match[str], text: str, language: str) -> Iterator[tuple[int, int, bool]]:
    """The noun phrases that end where the group `list` ends: the longest enumeration before the verb."""
    begin, stop = found.span("list")
    for word in _WORD_START.finditer(text, begin, stop):
        members = list(_members(text, word.start(), stop, language))
        if members and members[-1].end >= len(text[:stop].rstrip()):
            yield word.start(), stop, False
            return


#: "Kassenwart:in", "Prüfer*innen"
_GENDERED = re.compile(r"[\ua789*/_(]-?in(?:nen)?\)?$")
_WORD_START = re.compile(r"(?<!\S)\S")
#: what is given, not to whom
_DE_OBJECT = re.compile(r"(?:unsere|die|das|Ihre|diese|eine|deine|alle|weitere)\s", re.IGNORECASE)


def _members(text: str, at: int, stop: int, language: str) -> Iterator[_Member]:
    """The noun phrases of an enumeration from `at`."""
    pattern = _DE_NP if language == "de" else _EN_NP
    stop = min(stop, at + _FARTHEST)
    for _ in range(_MOST):
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
        if is_brand(found["head"]) and not is_brand(value):
            value, last = found["head"], found.end("head")
        yield _Member(squeezed(value), found["head"], first, last, found["det"])
        join = _JOIN.match(text, last, stop)
        if join is None:
            return
        at = join.end()


def _somebody(passage: Passage, one: _Member) -> bool:
    if passage.language == "en" and not one.determiner.strip() and _INFINITIVE.match(one.text):
        return False
    head = one.head.rstrip("s") if passage.language == "en" else one.head
    return not (
        _PRONOUN.match(one.text)
        or (one.text in _OF_BEFORE and one.determiner.casefold().startswith(("die ", "der ", "den ", "dem ")))
        or one.text in _CONTROLLER
        or one.text == "Stelle"
        or _ANAPHOR.search(one.text)
        or _TAKES_PART.match(passage.text, one.end)
        or (service_named(one.text) is not None and not is_brand(one.text))
        or (is_brand(one.text) and _GIVEN_IN_FULL.match(passage.text, one.end) is not None)
        or _THINGS.search(one.head)
        or _THINGS.search(head)
        or is_clause(one.text.split(",")[0])
        or find_countries(one.text)
        or company_names(passage.text[one.start : one.end + 14])
        or (
            one.determiner
            and _NAMED_NEXT.match(passage.text, one.end)
            and company_names(passage.text[one.end : one.end + 60])
        )
        or any(name and name.casefold() in one.head.casefold() for name in passage.names)
    )
