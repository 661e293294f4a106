"""The supervisory authority that a notice names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from zusage.lexicon import Authority, PhraseIndex, authorities
from zusage.notice.reading.facts import Reading
from zusage.notice.reading.passages import Passage
from zusage.notice.reading.phrases import squeezed

_UNNAMED = re.compile(
    r"(?:einer|eine|der|die|bei der|zuständigen?|jeweiligen?|den)? ?(?:zuständige[nr]? |für uns zuständige[nr]? |jeweiligen? )?(?:Datenschutz-?)?[Aa]ufsichtsbehörden?\b|"
    r"(?:a|the|your|any|your local|the competent|the relevant|a competent)\s?(?:local |competent |relevant |national |data protection )*(?:supervisory|data protection) authorit(?:y|ies)|(?:zuständigen?\s)?(?:Datenschutzbehörde|(?:Landes|Bundes)?[Bb]ehörde für (?:den )?Datenschutz)"
)
_NAMED_AUTHORITY = re.compile(
    r"(?:(?:Der|Die|den|dem|der|des)\s)?(?:Bayerische[nrs]?|Hessische[nr]?|Sächsische[nr]?|Hamburgische[nr]?|Berliner|Thüringer|Österreichische[nr]?|Unabhängige[ns]?|Niedersächsische[nr]?)?\s?"
    r"(?:(?:Landes|Bundes)beauftragte[nr]?|Landesamt|Landeszentrum|Datenschutzzentrum|Beauftragte[nr]?) für (?:den |die )?(?:Datenschutz\w*)(?: und(?: die| das Recht auf| für das Recht auf)? (?:Informationsfreiheit|Akteneinsicht))?"
    r"(?: (?:des Landes |der Freien (?:und )?Hansestadt |in )?[A-ZÄÖÜ][a-zäöüß]+(?:-[A-ZÄÖÜ][a-zäöüß]+)?)?|(?:[A-Z][\w-]+\s){0,3}(?:State\s)?Commissioner for (?:the )?Data Protection(?: and (?:the )?Freedom of Information)?|[A-Z]\w+ State Office for Data Protection Supervision|(?:Office of the )?Commissioner for (?:the )?(?:Personal Data Protection|Protection of Personal Data|the Protection of Personal Data)(?: (?:of|in) (?:the Republic of )?[A-Z][a-z]+)?|Aufsichtsbehörde des (?:Freistaates|Landes) [A-ZÄÖÜ][a-zäöüß]+(?:-[A-ZÄÖÜ][a-zäöüß]+)?"
)


#: before "Datenschutzbehörde", which is a name in Austria only
_SOME = re.compile(
    r"\b(?:zuständige[nr]?|eine[rn]?|jeweilige[nr]?|dortige[nr]?|lokale[nr]?|nationale[nr]?|europäische[nr]?|örtliche[nr]?|andere[nr]?)\s$"
)
_AUTHORITY_STEMS = (
    "behörd", "beauftragt", "authorit", "commission", "landesamt", "zentrum", "edöb", "bfdi", "baylda", "lfdi", "lda ", "ldi ", "lfd ", "uld", "cnil", "cnpd", "ico", "aepd",
    "ombudsman", "garante", "attorney", "ftc", "datatilsynet", "integritets", "autoriteit", "autorité", "protection agency", " dpa", "datenschutzstelle", "uodo", "urząd",
)  # fmt: skip


@cache
def _authority_index() -> PhraseIndex[Authority]:
    return PhraseIndex(
        ((name, authority) for authority in authorities() for name in authority.names), inflected=False
    )


#: "the Nigeria Data Protection Commission": authorities of any country by how they are called
_ABROAD = re.compile(
    r"(?:[A-Z][\w’'-]+\s){0,4}?(?:Data Protection|Data Privacy|Privacy Protection|Privacy|Information)(?:\s(?:and|of|&|[A-Z][\w’'-]+)){0,4}?\s"
    r"(?:Commission(?:er)?|Authority|Agency|Office|Board|Ombudsman|Inspectorate|Supervisor|Registrar|Tribunal)\b(?:(?:’s|'s)\sOffice)?(?:\s(?:of|for)\s(?:the\s)?[A-Z][\w-]+)?"
)
#: "Zuständige Aufsichtsbehörde: Landesärztekammer Nordrhein"
_ANNOUNCED = re.compile(
    r"(?:[Aa]ufsichtsbehörde|[Ss]upervisory [Aa]uthority)[^.:;,]{0,60}?(?::|\bist\b|\bis\b)\s(?:(?:die|der|das|the)\s)?(?P<name>[A-ZÄÖÜ][\w.&-]+(?:\s(?:für|und|der|des|die|den|das|of|for|and|the|[A-ZÄÖÜ][\w.&-]+)){1,10})"
)
#: "Belgian DPA", and what it is called in short beside it
_A_DPA = re.compile(r"\b(?!The\b|Your\b|Our\b|Local\b|National\b|EU\b)(?P<name>[A-Z][a-z]{3,} DPA)\b")
_BREACH = re.compile(
    r"\bbreach|registered (?:with|by) the|registration (?:with|number)|Datenpanne|Verletzung des Schutzes|Schutzverletzung",
    re.IGNORECASE,
)


def authority(passage: Passage) -> Iterator[Reading]:
    """Supervisory authorities by name; "unnamed" where only "a supervisory authority" is mentioned."""
    if not passage.has(*_AUTHORITY_STEMS):
        return
    found = list(_known(passage.text)) or list(_called(passage.text))
    if found and _BREACH.search(passage.text):
        return
    yield from found
    if not found and passage.block.kind != "heading":
        unnamed = _UNNAMED.search(passage.text)
        if unnamed and re.search(r"[Bb]eschwer|[Cc]ompla|wenden|Rechte?\b|contact", passage.text):
            yield Reading("authority", "unnamed", unnamed.start(), unnamed.end(), 0.8)


def _known(text: str) -> Iterator[Reading]:
    """The authorities of the lexicon, each under its longest name: with what stands before it and belongs to it."""
    seen: set[str] = set()
    for hit in _authority_index().find(text):
        if hit.entry.id in seen or (hit.entry.id == "AT" and _SOME.search(text, 0, hit.start)):
            continue
        seen.add(hit.entry.id)
        start, end = hit.start, hit.end
        longer = next(
            (one for one in _ABROAD.finditer(text) if one.start() < start and one.end() >= end), None
        )
        if longer and not re.match(r"(?:The|In|At|With)\s", longer.group()):
            start, end = longer.span()
        own = _ITS_COUNTRY.search(text, 0, start)
        start = own.start("word") if own else start
        end = _with_short(text, end)
        yield Reading("authority", _nominative(squeezed(text[start:end]), text[:start]), start, end, 0.95)


#: "(LfDI BW)", "(ICO)": how it is called in short, within its name as written
_SHORT = re.compile(
    r"\s\((?!Art\b|EU\b|UK\b|DSGVO\b|GDPR\b)(?=[^()]*[A-ZÄÖÜ]{2})[A-Z][\wÄÖÜ-]{1,7}(?:\s[A-Z][\wäöü-]{1,9})?\)"
)


def _nominative(name: str, before: str) -> str:
    """ "der Landesbeauftragte …" without its article is "Landesbeauftragter …"."""
    masculine = re.search(r"\b(?:ist|:|durch)\s(?:aktuell\s|derzeit\s)?der\s$", before)
    return re.sub(r"^((?:Landes|Bundes)?[Bb]eauftragte)(?=\s)", r"\1r", name) if masculine else name


def _with_short(text: str, end: int) -> int:
    """The end of an authority's name with the abbreviation in parentheses after it."""
    short = _SHORT.match(text, end)
    return short.end() if short else end


_ITS_COUNTRY = re.compile(r"\b(?P<word>(?:[Öö]sterreichische[nr]?|Liechtensteinische[nr]?)\s)$")


def _called(text: str) -> Iterator[Reading]:
    """An authority that the lexicon does not know, by its office or by its announcement."""
    for found in _NAMED_AUTHORITY.finditer(text):
        if "etrieblich" in text[max(0, found.start() - 15) : found.start()]:
            continue
        value = re.sub(r"^(?:Der|Die|den|dem|der|des)\s", "", found.group()).strip()
        yield Reading("authority", squeezed(value), found.end() - len(value), found.end(), 0.85)
        return
    abroad = _ABROAD.search(text)
    if abroad and re.search(r"[Cc]ompla|supervis|lodge|contact|regulator|wenden|[Bb]eschwer", text):
        name = re.sub(r"^(?:The|In|At|With)\s", "", abroad.group())
        yield Reading("authority", squeezed(name), abroad.end() - len(name), abroad.end(), 0.8)
        return
    for short in _A_DPA.finditer(text):
        yield Reading("authority", short["name"], *short.span("name"), 0.75)
    told = _ANNOUNCED.search(text)
    if told and not re.search(r"Bundesland|Ihres|unseres|Wohnsitz|Sitz", told.group()):
        name = re.sub(r"(?:\s(?:für|und|der|des|die|den|das|of|for|and|the))+$", "", told["name"]).rstrip(".")
        yield Reading("authority", squeezed(name), told.start("name"), told.start("name") + len(name), 0.75)
