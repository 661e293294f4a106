"""Recipients named as a category: "Steuerberater", "Dritte, die uns unterstützen", "with our bank"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zusage.law.countries import find_countries
from zusage.lexicon import Hit, recipient_ending, recipient_index
from zusage.lexicon.words import Strength
from zusage.notice.reading.companies import company_names
from zusage.notice.reading.facts import Reading
from zusage.notice.reading.passages import Passage
from zusage.notice.reading.phrases import enumeration, is_clause, squeezed, trimmed
from zusage.notice.reading.recipient_roles import reading_of

_DISCLOSES = re.compile(
    r"\b(?:weitergegeben|weitergeben|weiter gegeben|geben|gibt|übermittelt|übermitteln|Übermittlung an|weitergeleitet|weiterleiten|leitet|leiten|offengelegt|offenlegen|Offenlegung|offenbaren|zugänglich|bekannt ?gegeben|Weitergabe|übergeben|bereitgestellt|Zugriff|Zugang|erhalten|empfangen|einsetzen|eingesetzt|beauftrag\w+|bedienen|arbeiten|Empfänger\w*|verkauf\w*|teilen|eingesehen|sichtbar|vorgeschlagen|mitgeteilt|"
    r"share[ds]?|sharing|disclose[ds]?|disclosure|transfer(?:red)?|provide[ds]?|pass(?:ed)?|send|sent|recipients?|made available|access to|engage|rely on|processed by|forwarded|receive)\b",
    re.IGNORECASE,
)
_NEGATED = re.compile(
    r"\b(?:nicht an|keine(?:rlei)? (?:Weitergabe|Übermittlung|personenbezogenen Daten an|Daten an|Informationen [^.]{0,40}an)|findet (?:\w+ )?nicht statt|erfolgt (?:\w+ )?nicht|nicht von|nicht weiter|nicht verkauft|(?:do|does|will|are) not (?:be )?(?:sell|sold|share|disclose|transfer|rent|pass)|never (?:sell|share))\b",
    re.IGNORECASE,
)
_RELATIVE = re.compile(
    r"^(?:\s(?:weiter(?:geben|gegeben|leiten)?|übermitteln|offenlegen)(?:\s\([^)]*\))?)?,\s*(?:die|der|das|welche[rs]?|who|which|that)\s[^.;:]{3,160}?(?=[.;:]|,\s*(?:beispielsweise|wie|insbesondere|z[.․]\s?B[.․]|such as|including|und|sowie|and)|$)"
)
_PERSONS = re.compile(
    r"(?:lediglich |nur |only )?(?P<who>(?:diejenigen |jene )?(?:Personen|Mitarbeiter(?:innen)?|Stellen|Abteilungen|employees|staff|persons|people)(?: (?!zählen|gehören|sind|werden|können|haben|are|may|will)\w+){0,2}?,? (?:weitergegeben, )?(?:die|welche|who|which|that)\s[^.;]{5,120}?)(?=[.;]|$)"
)
_HEAD_NOUN = re.compile(
    r"(?:Anbieter|Dienstleister|Betreiber|Provider|Hersteller|Vermittler|Versender|Partner|Stellen|Unternehmen|Behörden|Provider|providers?|companies|partners|authorities|agencies|advisers|advisors)\b"
)


#: data that come from somebody, not go to them
_OBTAINED = re.compile(
    r"\b(?:receive|obtain|collect)\b[^.;]{0,80}\bfrom\b(?!.*\b(?:to|with)\b)|(?:erhalten|beziehen) wir\b[^.;]{0,80}\bvon\b"
)
#: service providers are engaged, or "our payment processor collects"
_ENGAGED = re.compile(
    r"(?:verwenden|nutzen|arbeiten|bedienen|setzen|einsetzen)[^.;]{0,60}(?:Drittanbieter|Dienstleister|Dienstanbieter)|Drittanbieter zuständig|\bwir und unsere\b|\b(?:übernimmt|übernehmen|erledigt|erledigen|besorgt|besorgen)\b|"
    r"\bour (?:\w+ ){1,2}(?:collects?|processe?s?|receives?|stores?)\b|(?:use|engage|work with)[^.;]{0,40}(?:service providers|third[- ]part)",
    re.IGNORECASE,
)
_LEADS_TO_RECIPIENTS = re.compile(
    r"Empfänger|recipients|folgende[nr]? (?:Stellen|Dienstleister|Dienste|Dritte|Kategorien von Empf|Unternehmen)|weiter(?:gegeben)?:|an:$|with:|"
    r"following (?:third parties|processors|categories of recipients|service providers)|(?:disclose|share|transfer|pass|provide|available|sent?)\w*\b[^:]{0,40}(?:to|with)(?: the following[^:]*)?:$"
)
#: "Die Kurverwaltung erhält die Angaben …"
_GETS = re.compile(
    r"(?:^|[.;]\s|\b(?:erhält|erhalten) )(?:Die|Der|Das|die|der|das|Unsere?|unsere?)\s(?P<np>(?!Daten|Angaben|Einwilligung|Newsletter|Nutzer|Betroffene|Informationen|Kunden?\b|Aufbewahrung)[A-ZÄÖÜ][\wäöüß-]+(?:\s[A-ZÄÖÜ][\w-]+)?)(?:\s(?:erhält|erhalten|bekommt|bekommen)\b(?= (?:die|Ihre|diese|nur|von|außerdem|zudem|folgende|deine)))"
)
#: "diese erhält der Vermieter"
_GOES_TO = re.compile(
    r"\b(?:erhält|erhalten|bekommt|bekommen)\s(?:der|die|das|unsere?)\s(?P<np>(?!Daten|Angaben|Informationen|Kunden?\b|Nutzer|Betroffene)[A-ZÄÖÜ][\wäöüß-]+)(?=[.;,]|$)"
)
_LISTED_TO = re.compile(
    r"\b(?:an|with|to):\s(?P<list>[^.;:]{5,300})|Empfänger\w*[^.;:]{0,60}?\b(?:können|sind)(?: z[.․]\s?B[.․]| vor allem| insbesondere| beispielsweise| unter anderem)?\s(?P<list2>[^.;:]{5,300}?)\s(?:sein|gehören)\b|(?:Zugriff|Zugang) (?:haben|erhalten)(?: nur| lediglich| ausschließlich)?\s(?P<list3>[^.;:]{5,200})|\bKategorien(?: von Empfängern)?(?: sind)?\s(?P<list6>(?!von|der|personen|besonderer)[^.;:]{5,200})|(?:Weitergabe|Übermittlung|Offenlegung|Bekanntgabe) (?:der Daten |Ihrer Daten |von Daten )?an (?!oben|Dritte\b|die oben|die genannten|den|das|Sie)(?P<list5>[^.;:]{5,160}?)(?=\s(?:zum|zur|erfolgt|findet|ist|sind)\b|[.;])|Empfänger\w*[^.;:]{0,40} sind\s(?P<list4>[^.;:]{5,200})"
)
_PASSED_ON = re.compile(
    r"(?<![\w-])(?:an (?:den|die|das|unsere[ns]?|einen?|deren|ein)|für(?: alle)?)\s(?P<np>(?:[a-zäöüß]+e[nrs]? ){0,2}[A-ZÄÖÜ][\w-]+(?:\s[A-ZÄÖÜ][\w-]+){0,3}(?: (?:der|des) [A-ZÄÖÜ][\w-]+)?)\s(?:weiter(?:gegeben|geleitet|geben|leiten)?|übermittelt|übermitteln|übertragen|übergeben|gemeldet|melden|sichtbar|einsehbar|zugänglich)\b"
)
_SHARED_WITH = re.compile(
    r"\b(?:share|disclose|pass)(?:d|s|ed)?\b[^.;:]{0,60}?\b(?:with|to)\s(?P<list>[^.;:]{3,200})"
)
#: "von anderen Nutzern eingesehen", "can be seen by other members"
_SEEN_BY = re.compile(
    r"\bvon\s(?P<np>(?!Ihnen\b|uns\b|dir\b|Google|der\b|dem\b|einem\b|einer\b)(?:[a-zäöüßI]\w*\s){0,2}(?:[A-ZÄÖÜ][\wäöüß-]+|jedem)(?:\sim Internet)?)\s(?:eingesehen|gelesen|aufgerufen|abgerufen)\b|"
    r"\b(?:seen|viewed|read|accessed) by\s(?P<np2>(?:other|any|all)\s[a-z]+(?:\s[a-z]+)?)(?=[.,;]| and\b)"
)
_NOBODY = re.compile(
    r"^(?:\w+ )?(?:Websites?|Webseiten?|Server|Sie|uns|Drittland|Drittländer|Stelle|Dritte|Webserver|Browser|E-Mail|Anbieter)\w*$|server$"
)


def categories_of_recipients(passage: Passage) -> Iterator[Reading]:
    text = passage.text
    led = bool(_LEADS_TO_RECIPIENTS.search(passage.lead))
    section = led or (passage.topic == "recipients" and not _LEADS_ELSEWHERE.search(passage.lead))
    bare = led or not passage.lead
    if passage.block.kind == "row":
        yield from _cells(passage)
        return
    if passage.about("rights", "links") and not section:
        return
    if section and passage.block.kind == "item":
        found = list(_members(passage, 0, len(text), bare=bare))
        if found:
            yield from found
            return
    for start, end in passage.sentences:
        sentence = text[start:end]
        discloses = bool(_DISCLOSES.search(sentence))
        if (
            not (section or discloses)
            or (
                _NEGATED.search(sentence)
                and not re.search(r"außer|ausgenommen|Ausnahme|unless|except", sentence)
            )
            or sentence.rstrip().endswith(":")
        ):
            continue
        yield from _in_sentence(passage, start, end, section=section, discloses=discloses)
        yield from _addressed(passage, start, end)


def _addressed(passage: Passage, start: int, end: int) -> Iterator[Reading]:
    """Whoever data are passed on to, by name or noun: "an den Landesverband weitergeleitet", "shared with our insurer"."""
    for found in _SHARED_WITH.finditer(passage.text, start, end):
        yield from _english_list(passage, found.start("list"), found.end("list"))
    for found in _SEEN_BY.finditer(passage.text, start, end):
        a, b = trimmed(passage.text, *found.span("np" if found["np"] else "np2"))
        yield reading_of(passage, squeezed(passage.text[a:b]), a, b, None, 0.6)
    for found in _GETS.finditer(passage.text, start, end):
        if not company_names(passage.text[found.start("np") : found.end("np") + 12]):
            yield reading_of(passage, squeezed(found["np"]), found.start("np"), found.end("np"), None, 0.65)
    for found in _GOES_TO.finditer(passage.text, start, end):
        if not company_names(passage.text[found.start("np") : found.end("np") + 12]):
            yield reading_of(passage, squeezed(found["np"]), found.start("np"), found.end("np"), None, 0.65)
    for found in _PASSED_ON.finditer(passage.text, start, end):
        a, b = trimmed(passage.text, *found.span("np"))
        if not _NOBODY.match(passage.text[a:b]) and not company_names(passage.text[a : b + 12]):
            yield reading_of(passage, squeezed(passage.text[a:b]), a, b, None, 0.65)


def _english_list(passage: Passage, start: int, end: int) -> Iterator[Reading]:
    """ "with HM Revenue, with our mailing house and our bank": names, and what is ours."""
    text = passage.text
    for a, b in enumeration(text, start, end):
        phrase = re.sub(r"^(?:with|to)\s(?:our\s|the\s)?", "", squeezed(text[a:b]))
        ours = bool(re.search(r"\bour\s$", text[max(start, b - len(phrase) - 5) : b - len(phrase)]))
        if 0 < len(phrase.split()) <= 5 and not is_clause(phrase) and (phrase[0].isupper() or ours):
            yield reading_of(passage, phrase, b - len(phrase), b, None, 0.65)


#: where a list item's enumeration ends and its explanation begins
_EXPLAINS = re.compile(
    r"\s–\s|:\s|\.\s|\s(?:zur|zum|für|for|who|that|which)\s|\s(?:involved|engaged|located|based)\b|\s\(|,\s(?:die|der|das|welche[rs]?|sofern|soweit|wenn|falls|where|if|when|as)\s"
)
#: a list of other things in a section on recipients
_LEADS_ELSEWHERE = re.compile(
    r"folgende\w* (?:\w+ )?(?:Daten|Informationen|Angaben|Rechte|Zwecke)|zweck|rechtsgrundlage|following (?:\w+ )?(?:data|information|purposes|rights)|\bum:?$|\bto:?$",
    re.IGNORECASE,
)


def _members(passage: Passage, start: int, end: int, *, bare: bool) -> Iterator[Reading]:
    """A list item under a heading of recipients: each member of its enumeration, up to the first clause.

    Without `bare`, another sentence leads to the list, and only words known for recipients count.
    """
    text = passage.text
    companies = company_names(text[start:end])
    if companies and "," not in text[start:end]:
        return
    end = text.find("(", start, end) if companies and "(" in text[start:end] else end
    explains = _EXPLAINS.search(text, start + 3, end)
    for a, b in enumeration(text, start, explains.start() if explains else end):
        phrase = squeezed(text[a:b])
        if len(phrase) < 3 or len(phrase.split()) > 7 or is_clause(phrase):
            continue
        if any(a < start + name.end and start + name.start < b for name in companies) or (
            companies and find_countries(phrase)
        ):
            continue
        if (
            (bare and not companies and phrase[0].isupper())
            or _hits(phrase, passage.language)
            or _HEAD_NOUN.search(phrase)
        ):
            yield reading_of(passage, phrase, a, b, None, 0.75)


def _members_of(passage: Passage, start: int, end: int) -> list[tuple[int, int]]:
    """The members of an enumeration; what names nobody goes with the member before ("Anbieter von Diensten und Inhalten")."""
    members: list[tuple[int, int]] = []
    for a, b in enumeration(passage.text, start, end):
        named = _hits(passage.text[a:b], passage.language) or company_names(passage.text[a:b])
        complement = members and re.search(
            r"\b(?:von|für|of|for|die|der|das|which|that)\b", passage.text[slice(*members[-1])]
        )
        if complement and not named:
            members[-1] = (members[-1][0], b)
        else:
            members.append((a, b))
    return members


def _in_sentence(
    passage: Passage, start: int, end: int, *, section: bool, discloses: bool
) -> Iterator[Reading]:
    text = passage.text
    sentence = text[start:end]
    listed = _LISTED_TO.search(sentence)
    if listed and (discloses or section):
        name = next(key for key, value in listed.groupdict().items() if value)
        for a, b in _members_of(passage, start + listed.start(name), start + listed.end(name)):
            phrase = squeezed(text[a:b])
            head = re.split(r",\s(?:die|der|das|welche[rs]?|which|who|that)\s", phrase)[0]
            if 0 < len(head.split()) <= 7 and not is_clause(head) and not company_names(phrase):
                yield reading_of(passage, phrase, a, b, None, 0.75)
        return
    people = _PERSONS.search(sentence) if discloses else None
    if people:
        value = re.sub(r" (?:weitergegeben|(?:Ihre |die )?Daten),", ",", squeezed(people["who"]))
        yield reading_of(passage, value, start + people.start("who"), start + people.end("who"), None, 0.7)
    if not (discloses or section or _ENGAGED.search(sentence)):
        return
    last = 0
    for hit in _hits(sentence, passage.language):
        if hit.start < last:
            continue
        if people and people.start() <= hit.start < people.end():
            continue
        if any(name.start <= hit.start < name.end for name in company_names(sentence)):
            continue
        if not _is_noun(passage, sentence, hit.start, hit.end) or not _receives(
            sentence, hit, section=section, discloses=discloses
        ):
            continue
        if (
            last
            and sentence[last : hit.start].strip() == "("
            and sentence[hit.start :].startswith("Auftragsverarbeiter")
        ):
            continue
        begin, stop = _whole(sentence, hit.start, hit.end)
        last = stop
        value = _PARTICLE.sub(r"\1,", squeezed(sentence[begin:stop]))
        yield reading_of(
            passage, value, start + begin, start + stop, None, 0.7 if hit.entry == "strong" else 0.6
        )


_NOUNS = re.compile(
    r"(?<![\w-])(?:(?!other|our|your|the|these|such|and|or|of|to|with|all|any|some)[a-z][a-z-]+\s){1,2}[a-z]{5,}(?![\w-])"
)
_COMPOUND = re.compile(r"(?<![\w-])[A-ZÄÖÜ][\wäöüß-]{4,}")


def _hits(sentence: str, language: str) -> list[Hit[Strength]]:
    """Words of the lexicon, and German compounds that end like one ("Rehabilitationseinrichtungen")."""
    found = list(recipient_index().find(sentence))
    for word in (_COMPOUND if language == "de" else _NOUNS).finditer(sentence):
        covered = any(hit.start < word.end() and word.start() < hit.end for hit in found)
        if not covered and recipient_ending().search(word.group().casefold()):
            found.append(Hit(word.start(), word.end(), "weak"))
    return sorted(found)


#: "Dritte weiter, die …": the verb's particle within the phrase
_PARTICLE = re.compile(r"^(Dritten?|Dienstleister\w*) (?:weiter\w*|übermitteln|offenlegen)(?: \([^)]*\))?,")
_ADDRESSED = re.compile(
    r"(?:\b(?:an|durch|gegenüber|with|to|innerhalb)\b[^.;:]{0,28}|,|und|and|sowie|oder|or|\(|:)\s*$"
)


#: "von Krankenhäusern, niedergelassenen Ärzten oder …": a list of those whom data come from
_FROM_WHOM = re.compile(
    r"\b(?:von|from)\s(?:[A-Za-zÄÖÜäöüß-]+\s?){1,4}(?:,[^.;:]{0,60})*(?:,|\bund|\boder|\bsowie|\band|\bor)\s(?:[a-zäöüß]+\s){0,2}$"
)


_IS_GIVEN = re.compile(
    r"(?:\s\([^)]*\))?\s(?:(?:können|dürfen) (?:[^.;:]{0,40} )?(?:erhalten|zugreifen)|erhalten (?:Ihre|die|diese|Daten)|haben Zugriff)\b"
)


def _receives(sentence: str, hit: Hit[Strength], *, section: bool, discloses: bool) -> bool:
    """Whether data go to whom the words name, and do not come from there."""
    before = sentence[max(0, hit.start - 30) : hit.start]
    if re.search(r"\b(?:from|von|bei)\b(?!\s(?:uns|mir)\b)[^.;:,]{0,24}$", before) and not re.search(
        r"\b(?:an|to|with)\b", before
    ):
        return False
    if sentence[hit.end : hit.end + 1] == "-" or _FROM_WHOM.search(sentence[: hit.start]):
        return False
    if _IS_GIVEN.match(sentence, hit.end):
        return True
    if _OBTAINED.search(sentence[: hit.start]):
        return False
    if hit.entry == "strong":
        return True
    if "mit Ausnahme" in sentence:
        return False
    named = section and re.search(r"Empfänger|[Rr]ecipients", sentence)
    return bool(_ENGAGED.search(sentence) or (discloses and _ADDRESSED.search(before)) or named)


def _is_noun(passage: Passage, sentence: str, start: int, end: int) -> bool:
    """Whether the words are a noun, and not what a company's name in parentheses stands for."""
    capital = sentence[start].isupper() or sentence[start:end].split()[-1][:1].isupper()
    if passage.language == "de" and not capital:
        return False
    opened = re.match(r"\s?\(", sentence[end : end + 2])
    return not (opened and company_names(sentence[end : sentence.find(")", end) + 1 or None]))


def _whole(sentence: str, start: int, end: int) -> tuple[int, int]:
    """The phrase with adjectives before it and a relative clause after it ("Dritte, die uns … unterstützen")."""
    adjective = re.search(
        r"(?:(?<=\s)|^)(?P<words>(?:(?!(?:der|den|dem|die|das|des|eine[nmrs]?|ihre[nmrs]?|unsere[nmrs]?|diese[nmrs]?|weitere[nr]?|alle[nr]?|solche[nr]?|the|our|your|other|these|and|or|to|with|such|our|of|by|from|as|for|following|folgende[nr]?|genannte[nr]?|eingesetzte[nr]?|beauftragte[nrs]?|allem|einige[nr]?|bestimmte[nr]?)\s)[a-zäöüß-]+(?:e|en|er|es|em|al|ed|ing|ive)\s){1,2})$",
        sentence[:start],
    )
    if adjective and not re.search(
        r"(?:werden|wurden|haben|können|sowie|externe?n? oder|weitergegeben|übermitteln|geben|leiten|zwischen|gegen|neben|wegen|using|being|including|through)\s$",
        adjective["words"],
    ):
        start -= len(adjective["words"])
    official = re.search(
        r"(?:(?:der|die|das|den|dem)\s)(?P<word>[A-ZÄÖÜ][a-zäöüß]+(?:e|es|er|en)\s)$", sentence[:start]
    )
    if official:
        start -= len(official["word"])
    word = sentence[start:end]
    if re.search(r"^(?:Dritte|Dienstleister|Unternehmen|third parties)", word.lstrip(), re.IGNORECASE):
        clause = _RELATIVE.match(sentence[end:])
        if clause:
            end += clause.end()
    return trimmed(sentence, start, end)


def _cells(passage: Passage) -> Iterator[Reading]:
    """The cells of a column titled "Empfänger"."""
    block = passage.block
    for column, cell in zip(block.columns, block.cells, strict=False):
        if (
            not re.search(
                r"empfänger|recipient|dienstleister|anbieter|provider|processor|auftragsverarbeiter|unternehmen",
                column,
                re.IGNORECASE,
            )
            or not cell
        ):
            continue
        if any(re.search(r"ookie", title) for title in block.columns) or company_names(cell):
            continue
        at = passage.text.find(cell)
        for a, b in enumeration(passage.text, at, at + len(cell)):
            phrase = squeezed(passage.text[a:b])
            if phrase and not is_clause(phrase) and len(phrase.split()) <= 8:
                yield reading_of(passage, phrase, a, b, None, 0.75)
