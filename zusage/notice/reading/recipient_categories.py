"""Recipients named as a category: "Steuerberater", "Dritte, die uns unterstützen", "with our bank"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from zusage.lexicon import Hit
from zusage.lexicon.words import Strength
from zusage.notice.reading.brands import brand_at, is_product
from zusage.notice.reading.companies import company_names
from zusage.notice.reading.facts import Reading
from zusage.notice.reading.passages import Passage, masked
from zusage.notice.reading.phrases import enumeration, is_clause, squeezed, trimmed
from zusage.notice.reading.receivers import receivers
from zusage.notice.reading.recipient_lists import (
    EXAMPLES,
    alternatives,
    in_item,
    listed_categories,
    slashed,
    with_names,
)
from zusage.notice.reading.recipient_roles import reading_of
from zusage.notice.reading.recipient_words import hits

#: in small letters
_DISCLOSES = re.compile(
    r"\b(?:weitergegeben|weitergeben|weiter gegeben|geben|gibt|übermittelt|übermitteln|übermittlung an|weitergeleitet|weiterleiten|leitet|leiten|offengelegt|offenlegen|offenlegung|offenbaren|zugänglich|bekannt ?(?:zu)?ge(?:ge)?ben|weitergabe|übergeben|bereitgestellt|zugriff|zugang|erhalten|empfangen|einsetzen|eingesetzt|beauftrag\w+|bedienen|arbeiten|empfänger\w*|verkauf\w*|teilen|eingesehen|sichtbar|vorgeschlagen|mitgeteilt|"
    r"einsicht|einblick|kenntnis|bekommen|bekommt|abtreten|abzutreten|abgetreten|herausgegeben|vorgelegt|ausgehändigt|"
    r"handed|given|release[ds]?|reported|share[ds]?|sharing|disclose[ds]?|disclosure|transfer(?:red)?|provide[ds]?|pass(?:ed)?|send|sent|recipients?|made available|access to|engage|rely on|processed by|forwarded|receive)\b",
)
_NEGATED = re.compile(
    r"\b(?:nicht an|keine(?:rlei)? (?:Weitergabe|[\w-]+ an|Übermittlung|personenbezogenen Daten an|Daten an|Informationen [^.]{0,40}an)|findet (?:\w+ )?nicht statt|erfolgt (?:\w+ )?nicht|nicht von|nicht weiter|nicht verkauft|weder|(?:do|does|will|are|shall|may|must) not (?:be )?(?:sell|sold|shared?|disclosed?|transfer(?:red)?|rent(?:ed)?|pass(?:ed)?|given|provided)|never (?:be )?(?:sell|sold|shared?))\b",
    re.IGNORECASE,
)
_RELATIVE = re.compile(
    r"^(?:\s(?:weiter(?:geben|gegeben|leiten)?|übermitteln|offenlegen)(?:\s\([^)]*\))?)?,\s*(?:die|der|das|welche[rs]?|who|which|that)\s[^.;:]{3,160}?(?=[.;:]|,\s*(?:beispielsweise|wie|insbesondere|z[.․]\s?B[.․]|such as|including|und|sowie|and)|$)"
)
#: "Schutz der Daten vor dem Zugriff durch Dritte": they are kept out
_KEPT_OUT = re.compile(
    r"\bvor\s(?:\S+\s){0,6}?(?:Zugriff\w*|Zugang|Einsicht\w*|Kenntnisnahme|Missbrauch|Verlust|Manipulation\w*|Veränderung\w*|Zerstörung)\b|\b(?:protect\w*|safeguard\w*|secur\w*)\b[^.;]{0,60}\b(?:against|from)\s",
    re.IGNORECASE,
)
_PERSONS = re.compile(
    r"(?:lediglich |nur |only )?(?P<who>(?:diejenigen |jene )?(?:Personen|Mitarbeiter(?:innen)?|Stellen|Abteilungen|employees|staff|persons|people)(?: (?!zählen|gehören|sind|werden|können|haben|are|may|will)\w+){0,2}?,? (?:weitergegeben, )?(?:die|welche|who|which|that)\s[^.;]{5,120}?)(?=[.;]|$)"
)
_ENGAGED_BY_US = re.compile(
    r"^(?:von (?:uns|mir) |dafür |hierfür |hierzu )?(?:beauftragte|eingesetzte|eingebundene)[nrsm]? (?=[A-ZÄÖÜ])"
)
#: "with service providers who help us, including:" names a category before its list
_INCLUDING = re.compile(
    r"\b(?:including|such as|insbesondere|namentlich|beispielsweise)(?:,? but not limited to)?\s?:\s*$"
)
#: "an Dritte nur, wenn:" leads to conditions, not to recipients
_ON_CONDITION = re.compile(
    r"\b(?:wenn|sofern|soweit|falls|if|when|where|unless|cases?|event that|circumstances|Fällen|Voraussetzungen|Gründen)\b[^:]{0,24}:\s*$"
)
#: "ausschließlich unsere Auftragsverarbeiter Vercel": the name counts
_CALLED = re.compile(
    r"(?:(?:ausschließlich|derzeit|aktuell|insbesondere|only|currently)\s)?(?:(?:unsere?n?|unser|our|die|den|der|the|externe[nr]?)\s)*"
    r"(?:(?:[\w-]*(?:[Dd]ienstleister|[Aa]uftragsverarbeiter|[Aa]nbieter|[Pp]rovider|[Hh]oster|[Pp]artner)\w*|processors?|(?:service )?providers?)\s)?"
)
_EXCEPT = re.compile(r"außer|ausgenommen|Ausnahme|unless|except")
#: data that come from somebody, not go to them
_OBTAINED = re.compile(
    r"\b(?:receive|obtain|collect)\b[^.;]{0,80}\bfrom\b(?!.*\b(?:to|with)\b)|(?:erhalten|beziehen) wir\b[^.;]{0,80}\bvon\b"
)
#: service providers are engaged, or "our payment processor collects"
_ENGAGED = re.compile(
    r"(?:verwenden|nutzen|arbeiten|bedienen|setzen|einsetzen)[^.;]{0,60}(?:Drittanbieter|Dienstleister|Dienstanbieter)|Drittanbieter zuständig|durch (?:unsere|externe|beauftragte|spezialisierte) (?:[\w-]*Dienstleister|Auftragsverarbeiter)|\bwir und unsere\b|\b(?:übernimmt|übernehmen|erledigt|erledigen|besorgt|besorgen)\b|"
    r"\bour (?:\w+ ){1,2}(?:collects?|processe?s?|receives?|stores?)\b|(?:use|engage|work with)[^.;]{0,40}(?:service providers|third[- ]part)",
    re.IGNORECASE,
)
_LEADS_TO_RECIPIENTS = re.compile(
    r"Empfänger|recipients|\b(?:Zugriff|Zugang)(?:sberechtigt\w*)?(?:\s(?:haben|hat|erhalten))?:$|(?:Weitergabe|Übermittlung|Offenlegung|Bekanntgabe)[^.:]{0,60}:$|folgende[nr]? (?:Stellen|Dienstleister|Dienste|Dritte|Kategorien von Empf|Unternehmen)|weiter(?:gegeben)?:|an:$|with:|"
    r"following (?:third parties|processors|categories of recipients|service providers)|(?:disclose|share|transfer|pass|provide|available|sent?)\w*\b[^:]{0,40}(?:to|with)(?: the following(?! (?:personal |categories of (?:personal )?)?(?:data|information))[^:]*)?:$"
)
_LISTED_TO = re.compile(
    r"\b(?:an|with|to):\s(?P<list>[^.;:]{5,300})|(?:Empfänger|Dritte\b|Dienstleister|Auftragsverarbeiter)\w*[^.;:]{0,60}?\b(?:können|sind)(?: z[.․]\s?B[.․]| vor allem| insbesondere| beispielsweise| unter anderem)?\s(?P<list2>[^.;:]{5,300}?)\s(?:sein|gehören)\b|(?:Zugriff|Zugang) (?:haben|erhalten)(?: nur| lediglich| ausschließlich)?\s(?P<list3>[^.;:]{5,200})|\bKategorien(?: von Empfängern)?(?: sind)?\s(?P<list6>(?!von|der|personen|besonderer)[^.;:]{5,200})|(?:Weitergabe|Übermittlung|Offenlegung|Bekanntgabe) (?:der Daten |Ihrer Daten |von Daten )?an (?!oben|Dritte\b|die oben|die genannten|den|das|Sie)(?P<list5>[^.;:]{5,160}?)(?=\s(?:zum|zur|erfolgt|findet|ist|sind)\b|[.;])|Empfänger\w*[^.;:]{0,40} sind\s(?P<list4>[^.;:]{5,200})|(?:Dritten|Empfängern|Dienstleistern|Stellen)\b[^.;:]{0,20} handelt es sich[^.;:]{0,30} um\s(?P<list7>[^.;:]{5,200}?)(?=,\s(?:deren|die|welche)\s|[.;:]|$)|\b(?:Dies|Das) betrifft\s(?:insbesondere |vor allem |beispielsweise )?(?P<list9>[^.;:]{5,300}?)(?=\s–\s|[.;:]|$)|\b(?:Dazu|Hierzu|Darunter) (?:gehören|zählen|fallen)\s(?:insbesondere |vor allem |beispielsweise |z․B․ )?(?P<list10>[^.;:]{5,300}?)(?=\s–\s|[.;:]|$)|\b(?:[Tt]hird[- ][Pp]art(?:y|ies)|[Rr]ecipients|[Pp]artners|[Pp]roviders|[Pp]rocessors|[Pp]arties)\b[^.;:]{0,90}?\s(?:may |can |currently )?(?:include|includes|are|comprise)\s(?P<list8>(?!bound|required|obliged|obligated|contractually|located|based|only|not|also|prohibited|responsible|subject|independent|permitted|listed|described|under|able|used|acting|those)[^.;:]{5,240}?)(?=\s(?:when|where|if|who|that|which|in order)\s|[.;:]|$)"
)


def categories_of_recipients(passage: Passage) -> Iterator[Reading]:
    text = passage.text
    led = bool(_LEADS_TO_RECIPIENTS.search(passage.lead)) and not _ON_CONDITION.search(passage.lead)
    section = led or (
        passage.topic == "recipients"
        and not _ON_CONDITION.search(passage.lead)
        and not _LEADS_ELSEWHERE.search(passage.lead)
        and not _FROM_OTHERS.search(passage.block.section)
    )
    bare = led or not passage.lead
    if passage.block.kind in ("row", "head"):
        yield from _cells(passage) if passage.block.kind == "row" else ()
        return
    if passage.about("rights", "links") and not section:
        return
    if section and passage.block.kind == "item":
        found = in_item(passage, bare=bare)
        if found:
            yield from found
            return
    negates = passage.has("nicht", "kein", "weder", " not ", "never")
    guards = passage.has(" vor ", "protect", "safeguard", "secur")
    for said, end in passage.sentences:
        start = said
        sentence = text[start:end]
        leads = sentence.rstrip().endswith(":")
        if leads and not (_ON_CONDITION.search(sentence) or _INCLUDING.search(sentence)):
            continue
        if guards and _KEPT_OUT.search(sentence):
            continue
        if negates and _NEGATED.search(sentence):
            excepted = _EXCEPT.search(sentence)
            if not excepted:
                continue
            start += excepted.end()
        discloses = bool(_DISCLOSES.search(passage.low, start, end))
        listed = (
            list(_in_sentence(passage, start, end, section=section, discloses=discloses))
            if section or discloses or "Dritte k" in sentence
            else []
        )
        yield from _together(listed, receivers(passage, start, end, said=said))


def _together(listed: list[Reading], framed: Iterable[Reading]) -> list[Reading]:
    """What words and what grammar tell of one sentence: where both tell of the same place, the longer phrase counts."""
    kept = list(listed)
    for reading in framed:
        beside = [one for one in kept if one.start < reading.end and reading.start < one.end]
        if any(one.end - one.start >= reading.end - reading.start for one in beside):
            continue
        kept = [one for one in kept if one not in beside]
        kept.append(reading)
    return kept


#: a section on data that come from others
_FROM_OTHERS = re.compile(
    r"(?:information|data|details)[^.]{0,40}\sfrom\s|(?:Daten|Informationen)[^.]{0,40}\s(?:von|aus)\s(?:Dritten|anderen)|erhalten wir|(?:receive|obtain|collect)[^.]{0,30} from",
    re.IGNORECASE,
)
#: a list of other things in a section on recipients
_LEADS_ELSEWHERE = re.compile(
    r"folgende\w* (?:\w+ )?(?:Daten|Informationen|Angaben|Rechte|Zwecke)|zweck|rechtsgrundlage|following (?:\w+ )?(?:data|information|purposes|rights)|\bum:?$|\bto:?$",
    re.IGNORECASE,
)


_BEGINS_CLAUSE = re.compile(r",\s(?:die|der|das|welche[rs]?)\s(?:\w+\s)?$")
_ENDS_IN_VERB = re.compile(r"\s[a-zäöüß]+$")


def _members_of(passage: Passage, start: int, end: int) -> list[tuple[int, int]]:
    """The members of an enumeration; what names nobody goes with the member before ("Anbieter von Diensten und Inhalten")."""
    members: list[tuple[int, int]] = []
    for a, b in (
        member for part in slashed(passage.text, start, end) for member in enumeration(passage.text, *part)
    ):
        named = hits(passage.text[a:b], passage.language) or company_names(passage.text[a:b])
        between = passage.text[members[-1][1] : a] if members else ""
        if members and _BEGINS_CLAUSE.search(between) and _ENDS_IN_VERB.search(passage.text, a, b):
            members[-1] = (members[-1][0], b)
            continue
        complement = members and re.search(
            r"\b(?:von|für|of|for|die|der|das|which|that)\b", passage.text[slice(*members[-1])]
        )
        if complement and not named:
            members[-1] = (members[-1][0], b)
        else:
            members.append((a, b))
    return members


#: where a list ends and a condition begins
_SO_FAR = re.compile(r",\s(?:soweit|sofern|wenn|falls|insofar|provided|if|to the extent)\b|[.;]")


def _from_list(passage: Passage, start: int, end: int, name: str) -> Iterator[Reading]:
    """The members of a list that a sentence announces."""
    text = passage.text
    stop = _SO_FAR.search(text, start, end)
    end = stop.start() if stop else end
    if name in ("list8", "list9", "list10"):
        yield from listed_categories(passage, start, end)
        return
    for a, b in _members_of(passage, start, end):
        aside = re.match(r"(?:\w+\s)?–[^–]{3,60}–\s", text[a:b])
        a += aside.end() if aside else 0
        phrase = _ENGAGED_BY_US.sub("", squeezed(text[a:b]))
        within = _CALLED.match(text, a, b)
        named = brand_at(text, within.end() if within else a, b, surely=False)
        if named:
            yield reading_of(passage, squeezed(text[slice(*named)]), *named, None, 0.75)
            continue
        for c, d in alternatives(text, a, b):
            phrase = _ENGAGED_BY_US.sub("", squeezed(text[c:d]))
            head = re.split(r",\s(?:die|der|das|welche[rs]?|which|who|that)\s", phrase)[0]
            if 0 < len(head.split()) <= 7 and not is_clause(head) and not company_names(phrase):
                yield reading_of(passage, phrase, c, d, None, 0.75)


def _in_sentence(
    passage: Passage, start: int, end: int, *, section: bool, discloses: bool
) -> Iterator[Reading]:
    text = passage.text
    sentence = text[start:end]
    listed = _LISTED_TO.search(sentence)
    if listed and (discloses or section or (listed["list2"] and listed.group().startswith("Dritte"))):
        name = next(key for key, value in listed.groupdict().items() if value)
        if section or name not in ("list9", "list10"):
            yield from _from_list(passage, start + listed.start(name), start + listed.end(name), name)
        examples = EXAMPLES.search(sentence, listed.end(name)) if section else None
        if examples:
            so_far = _SO_FAR.search(sentence, examples.end())
            stop = so_far.start() if so_far else len(sentence)
            yield from listed_categories(passage, start + examples.end(), start + stop)
        return
    people = _PERSONS.search(sentence) if discloses else None
    if people:
        value = re.sub(
            r" (?:weitergegeben|Zugriff|Zugang|Einsicht|(?:Ihre |die )?Daten),", ",", squeezed(people["who"])
        )
        yield reading_of(passage, value, start + people.start("who"), start + people.end("who"), None, 0.7)
    if not (discloses or section or _ENGAGED.search(sentence)):
        return
    last = 0
    for hit in hits(sentence, passage.language):
        if hit.start < last:
            continue
        if people and people.start() <= hit.start < people.end():
            continue
        # within a company's name, or what a company is to us ("unser IT-Dienstleister Nordwall Systems GmbH")
        if any(name.start - 1 <= hit.end and hit.start < name.end for name in company_names(sentence)):
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
        confidence = 0.7 if hit.entry == "strong" else 0.6
        yield from with_names(
            passage, reading_of(passage, value, start + begin, start + stop, None, confidence)
        )


#: "Dritte weiter, die …": the verb's particle within the phrase
_PARTICLE = re.compile(r"^(Dritten?|Dienstleister\w*) (?:weiter\w*|übermitteln|offenlegen)(?: \([^)]*\))?,")
_ADDRESSED = re.compile(
    r"(?:\b(?:an|durch|gegenüber|with|to|innerhalb)\b[^.;:]{0,28}|,|und|and|sowie|oder|or|\(|:)\s*$"
)


#: "von Krankenhäusern, niedergelassenen Ärzten oder …": a list of those whom data come from
_FROM_WHOM = re.compile(
    r"\b(?:von|from)\s(?:[A-Za-zÄÖÜäöüß-]+\s?){1,4}(?:,[^.;:,]{0,60})*(?:,|\bund|\boder|\bsowie|\band|\bor)\s(?:[a-zäöüß]+\s){0,2}$"
)


_IS_GIVEN = re.compile(
    r"(?:\s\([^)]*\))?\s(?:(?:können|dürfen) (?:[^.;:]{0,40} )?(?:erhalten|zugreifen)|erhalten (?:Ihre|die|diese|Daten)|haben Zugriff)\b"
)


#: "provide you with the required services": what is given
_PROVIDED_WITH = re.compile(
    r"\b[Pp]rovid\w*\s[^.;:]{0,60}\swith\s(?:the\s|our\s|these\s)?(?:\w+\s)?$|,\s(?:which|that)\s(?:connects?|matches|links?|brings?)\s[^.;:,]{0,60}$"
)


#: "je nachdem, welchen Dienstleister Sie wählen"
_WHICHEVER = re.compile(r"\b(?:welche[nrms]?|which|whichever)\s$")


def _receives(sentence: str, hit: Hit[Strength], *, section: bool, discloses: bool) -> bool:
    """Whether data go to whom the words name, and do not come from there."""
    before = sentence[max(0, hit.start - 30) : hit.start]
    if re.search(r"\b(?:from|von|bei)\b(?!\s(?:uns|mir)\b)[^.;:,]{0,24}$", before) and not re.search(
        r"\b(?:an|to|with)\b", before
    ):
        return False
    if (
        sentence[hit.end : hit.end + 1] == "-"
        or _WHICHEVER.search(before)
        or _FROM_WHOM.search(sentence[: hit.start])
    ):
        return False
    if _IS_GIVEN.match(sentence, hit.end):
        return True
    if _PROVIDED_WITH.search(sentence, 0, hit.start):
        return False
    if _OBTAINED.search(sentence[: hit.start]):
        return False
    if hit.entry == "strong":
        return True
    if "mit Ausnahme" in sentence:
        return False
    named = section and re.search(r"Empfänger|[Rr]ecipients", sentence)
    return bool(_ENGAGED.search(sentence) or (discloses and _ADDRESSED.search(before)) or named)


#: "über die Server unseres Providers"
_OWNED = re.compile(r"\b(?:Servern?|Systemen?|Rechenzentren)\s(?:unseres|des|eines|dieses)\s$")


def _is_noun(passage: Passage, sentence: str, start: int, end: int) -> bool:
    """Whether the words are a noun, and not what a company's name in parentheses stands for."""
    capital = sentence[start].isupper() or sentence[start:end].split()[-1][:1].isupper()
    if passage.language == "de" and not capital:
        return False
    if _OWNED.search(sentence, 0, start):
        return False
    opened = re.match(r"\s?\(", sentence[end : end + 2])
    return not (opened and company_names(sentence[end : sentence.find(")", end) + 1 or None]))


#: "third parties who act for us, including …"
_WHO_DO = re.compile(r"^\s(?:who|that|which)\s[^.;:,(]{5,160}?(?=[.;:,(]|\s(?:including|such as)\s|$)")


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
        clause = _RELATIVE.match(sentence[end:]) or _WHO_DO.match(sentence[end:])
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
        at = passage.text.find(masked(cell))
        if re.search(r"\s(?:who|that|which)\s|\((?:e\.g\.|such as|including)", cell):
            yield from listed_categories(passage, at, at + len(cell))
            continue
        for a, b in enumeration(passage.text, at, at + len(cell)):
            phrase = squeezed(passage.text[a:b])
            named = brand_at(passage.text, a, b, surely=False)
            if named:
                yield reading_of(passage, squeezed(passage.text[slice(*named)]), *named, None, 0.75)
            elif phrase and not is_clause(phrase) and len(phrase.split()) <= 8 and not is_product(phrase):
                yield reading_of(passage, phrase, a, b, None, 0.75)
