"""Third-party services, SDKs and products: by the lexicon, and by how notices introduce what they use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from zusage.lexicon import PhraseIndex, Service, company_named, legal_forms, service_named, services
from zusage.notice.reading.cookies import is_storage_row
from zusage.notice.reading.facts import Reading
from zusage.notice.reading.passages import Passage
from zusage.notice.reading.phrases import enumeration, is_clause, squeezed

_FORM_AFTER = re.compile(
    r",?\s*(?:\w+ ){0,3}?(?:" + "|".join(re.escape(form) for form in legal_forms()) + r")(?![\w-])"
)
_NEGATED = re.compile(
    r"\b(?:ausgeschlossen|verzichten (?:wir )?auf|nutzen (?:wir )?kein|verwenden (?:wir )?kein|setzen (?:wir )?kein|kein(?:e|en)? (?:Einsatz|Verbindung zu|Google|Facebook)|do not use|don't use|not use any|Außer Betracht)\b",
    re.IGNORECASE,
)
_PROFILING = re.compile(r"\bBei [A-Z][^.]{0,80} findet Profiling")
_INTRODUCED = re.compile(
    r"(?:(?:verwenden|nutzen|setzen|benutzen|use)(?: wir)?(?: auf [^.;,]{0,60}?| hierf[üu]r| dafür| dazu| hierzu| zur? [^.;,]{0,50}?| für [^.;,]{0,50}?)? (?:den |das |die |unter anderem |ferner |the )?"
    r"(?:(?:Open-Source-|Web)?(?:Analyse|Analysed|Online-|Cloud-|Newsletter-|CRM-|Chat-)?(?:[Tt]ool|[Dd]ienst|[Ss]oftware|[Pp]lugin|Plug-in|Plattform|System|[Ll]ösung|Programm|Service|Videodienst|service|tool|plugin|platform|plug-in|Kartendienst|Webanalysedienst|Ticketsystem|Newsletterdienst|Webanalyse-Tool)|))\s*"
    r"[„“\"]?(?P<name>[A-Z][\w.+-]*(?:[ -][A-Z0-9][\w.+-]*){0,3})[“”\"]?(?=,? (?:ein|eine|als|zur|zum|um|für|to|for|der|die|das|von|a|an|which|mit|with|des)\b|,|\s\(|\.|$)"
)
_WITH_NOUN = re.compile(
    r"(?:[Tt]ool|[Dd]ienst(?:e|es|s)?|[Ss]oftware|[Pp]lugins?|Plug-in|Plattform(?:en)?|Dienstleister|Anbieters?|Anbieter|Produkt|service|tool|plugin|platform|software|system|Newsletter-System|Buchungssystem|Ticketsystem|Bewerbermanagementsystem|Lernplattform|Schulverwaltungssoftware|Praxissoftware|Praxisverwaltungssystem|Kassensystem|Shopsystem|provider)\s+"
    r"[„“\"]?(?P<name>[A-Z][\w.+-]*(?:[ -][A-Z0-9][\w.+-]*){0,3})[“”\"]?"
)
_A_SERVICE_OF = re.compile(
    r"(?<![\w-])[„“\"]?(?P<name>[A-Z][\w.+-]*(?:[ -][A-Z0-9][\w.+-]*){0,3})[“”\"]?(?:\s?\([^)]{0,40}\))?(?: bereit| zur Verfügung)?,? (?:ein(?:em|en)? |dem |einer |eine |a |an |ist ein )?(?:[\w-]+ )?(?:[Dd]ienst|Webanalysedienst|Analysedienst|Kartendienst|[\w-]*dienst|Produkt|Angebot|Tool|[\w-]*service|[\w-]*tool|Software|[\w-]*plattform|service|product|tool|platform)(?:leistung)? (?:der|des|von|of|provided by|offered by|by|from)\b"
)
#: "third-party apps such as Strava or Komoot"
_AS_EXAMPLES = re.compile(
    r"\b(?:[Aa]pps?|[Tt]ools?|services|platforms|integrations|Diensten?|Plattformen|Portalen?|Anbietern?|Schnittstellen)\s(?:such as|like|wie|etwa|z[.․]\s?B[.․])\s(?P<list>[A-Z][\w.+-]*(?:[ -][A-Z][\w.+-]*){0,2}(?:(?:, | or | and | oder | und )[A-Z][\w.+-]*(?:[ -][A-Z][\w.+-]*){0,2}){0,6})"
)
#: "Hotelprogramm Protel": the noun before the name
_SOME_SOFTWARE = re.compile(
    r"[A-ZÄÖÜ][\wäöüß-]*(?:[Pp]rogramm|[Ss]oftware|[Ss]ystem|[Tt]ool|dienst|[Pp]lattform|[Pp]ortal|lösung|-App)s?\s(?=[A-Z])"
)
_NO_SERVICE = re.compile(
    r"^(?:Sie|Ihre?|Wir|Die|Der|Das|Daten|Cookies?|Website|Webseite|Seite|Dieser?|Diese|Personen\w*|Informationen|Unternehmen|Dritte\w*|EU|USA|Kunden|Nutzer|Google|Our|You|We|The|This|Your|Drittanbieter\w*|SSL|TLS|HTTPS|IP|JavaScript|PDF|Zur|Zum|Für|Bei|In|Im|Art|E-Mail|Websites?|Webseiten?|Kunden-?\w*|Web|Analyse|Server|Technische|Externe|Interne|Internet|Social|Session|Local|Formular\w*|Kontakt\w*|Verarbeitung\w*|Technologien|Dienstleister\w*|Auftragsverarbeiter\w*|Verschlüsselung\w*|Schriftarten|Newsletter|Protokoll\w*|Systeme?|Adresse\w*|CDN|Dienste?|Platform|Service|Services|Site|Sites|Application|Software|Apps?|Products?|Users?|Terms|Privacy|Policy|Company|Controller|Customers?|Account|Personal|Third|Information|If|When|To|As|By|It|At|On|All|Any|Each|Such|These|Those|Kontaktdaten|Plattform|Engineering|Development|Entwicklung\w*)$"
)


#: ordinary words, in small letters
_ORDINARY = frozenset(
    "exchange outlook clarity doodle framer photon snowflake whereby workable postmark paddle padlet papertrail outgrow turnstile teachable barzahlen kleinanzeigen papierkram meetup sentry stripe "
    "twitch telegram resend discord cohere jetpack confluence perplexity amplitude samedi workday nextdoor liftoff intercom honeybadger gemini mistral whisper basecamp airship käufersiegel".split()
)


@cache
def _index() -> PhraseIndex[Service]:
    phrases: list[tuple[str, Service]] = []
    for service in services():
        for name in (service.name, *service.aliases):
            phrases.append((name, service))
            single = not service.common_word and " " not in name and len(name) >= 6
            if single and name != name.lower() and name.lower() not in _ORDINARY:
                phrases.append((name.lower(), service))
    return PhraseIndex(phrases, inflected=False)


def third_party_services(passage: Passage) -> Iterator[Reading]:
    """The services that a passage names as used."""
    if passage.about("definitions", "changes", "links") or passage.topic == "transfer":
        return
    text = passage.text
    if (
        len(text) < 300
        and passage.has("kein", "ausge", "verzicht", "not use", "don't use", "außer betracht")
        and _NEGATED.search(text)
    ):
        return
    seen: set[str] = set()
    table = is_storage_row(passage)
    for hit in _index().find(text):
        written = squeezed(text[hit.start : hit.end]).strip(" .(")
        written = written if ")" in written else written.replace("(", "")
        if written in seen or not _counts(passage, hit.entry, hit.start, hit.end, table):
            continue
        seen.add(written)
        end = hit.start + len(text[hit.start : hit.end].rstrip(" (."))
        yield Reading("third_party_service", written, hit.start, end, 0.9)
    if not table and passage.block.kind != "heading" and passage.has(*_USES):
        yield from _introduced(text, seen)
        yield from _examples(text, seen)
        yield from _beside(passage, seen)


#: one of these (in small letters) stands where a service is introduced
_USES = (
    "tool", "dienst", "software", "plug", "plattform", "service", "platform", "anbieter", "provider", "system", "nutz", "verwend", "setzen", "use", "produkt", "product",
)  # fmt: skip


def _introduced(text: str, seen: set[str]) -> Iterator[Reading]:
    """Names that the lexicon does not know, by how they are introduced; they are added to `seen`."""
    for pattern, confidence in ((_INTRODUCED, 0.65), (_WITH_NOUN, 0.65), (_A_SERVICE_OF, 0.75)):
        for found in pattern.finditer(text):
            noun = _SOME_SOFTWARE.match(found["name"])
            name = found["name"][noun.end() :] if noun else found["name"]
            if name.split()[-1] in legal_forms() or any(name in other or other in name for other in seen):
                continue
            if not _plausible(name, text, found.end("name")):
                continue
            seen.add(name)
            yield Reading(
                "third_party_service", name, found.end("name") - len(name), found.end("name"), confidence
            )


def _examples(text: str, seen: set[str]) -> Iterator[Reading]:
    """Names given as examples of services, which the lexicon need not know."""
    for found in _AS_EXAMPLES.finditer(text):
        for a, b in enumeration(text, found.start("list"), found.end("list")):
            name = text[a:b]
            if name not in seen and _plausible(name, text, b):
                seen.add(name)
                yield Reading("third_party_service", name, a, b, 0.65)


def _counts(passage: Passage, service: Service, start: int, end: int, table: bool) -> bool:
    text = passage.text
    if (
        _FORM_AFTER.match(text, end)
        or text[start - 1 : start] in ("@", ".", "_")
        or (
            text[start - 1 : start] == "/"
            and not re.search(r"(?<![\w.])[A-Z]\w*/$", text[max(0, start - 30) : start])
        )
        or text[end : end + 1] in ("@", "_")
        or re.match(r"\.(?:com|de|net|org|io|eu)\b", text[end : end + 5])
        or _ONES_PAGE.match(text, end)
        or _ONES_PROFILES.search(text, 0, start)
    ):
        return False
    company = company_named(service.name)
    if table and company is not None and " " not in service.name:
        return False
    if table and re.search(
        r"(?:\d+ \w+|speichers|Session|Sitzung)\s*$", text[max(0, start - 24) : start].rstrip()
    ):
        return False
    if service.kind in ("shipping", "credit") or (company is not None and _PROFILING.search(text)):
        return False
    if (
        company is not None
        and company.short == service.name
        and re.search(
            r"\b(?:von|durch|of|by) $" if service.kind == "hosting" else r"\b(?:von|durch|bei|of|by) $",
            text[max(0, start - 8) : start],
        )
        and not re.match(r"\s?\(", text[end : end + 2])
        and not re.search(r"[Dd]ienst|[Tt]ool|service", text[max(0, start - 24) : start])
    ):
        return False
    if service.common_word:
        return (
            _beside_another(text, start, end)
            or bool(
                re.search(
                    r"(?:nutzen|verwenden|setzen|Dienst|Tool|Software|Anbieter|use|using|via|über|per|mit|von|bei|service|\||\()\s*[„“\"]?$",
                    text[max(0, start - 24) : start],
                )
            )
            or bool(
                re.match(r"\s\((?!www)|\s[–—-]\s|:\s", text[end : end + 5])
                and re.search(r"(?:^\W*|[,/;:]\s?)$", text[max(0, start - 3) : start])
            )
        )
    return True


#: "LinkedIn URL": what somebody has there
_ONES_PAGE = re.compile(
    r"[ -](?:URL|ID|[Uu]sernames?|[Hh]andles?|[Pp]rofiles?|[Pp]rofil-?\w*|[Aa]ccounts?|[Ll]inks?|-?Nutzername\w*)\b(?! (?:besuchen|page))"
)


#: "Social-Media-Profile (Instagram, optional TikTok)": those of whoever is asked
_ONES_PROFILES = re.compile(
    r"(?:Profile?|Accounts?|Handles?|Kontakte|profiles?|accounts?|handles?)\s\([^()]*$"
)


def _beside_another(text: str, start: int, end: int) -> bool:
    return bool(
        re.match(r"(?:,| und| and| sowie| oder|-Kontakte| \()", text[end : end + 10])
        and re.search(r"(?:,|und|and|sowie|oder) $", text[max(0, start - 8) : start])
    ) or bool(re.match(r"-[A-Z]", text[end : end + 2]))


def _plausible(name: str, text: str, end: int) -> bool:
    if re.search(r"isch(?:e[nrsm]?)?$|\.$", name.split()[0]) or name.endswith("."):
        return False
    if " " in name and re.search(r"(?:ung|heit|keit|ikation|isation)$", name.split()[0]):
        return False
    if _NO_SERVICE.match(name.split()[0]) or len(name) < 3 or _FORM_AFTER.match(text, end):
        return False
    if name.isupper() and len(name) < 4:
        return False
    ordinary = re.match(r"^[A-ZÄÖÜ][a-zäöüß]+$", name)
    if ordinary and re.search(
        r"(?:ung|ungen|heit|keit|tion|tionen|daten|mittel|ismus|ment|schaft|ieren|ten|ern|nis|dienst|dienste|er)$",
        name,
    ):
        return False
    return not company_named(name) or service_named(name) is not None


def _beside(passage: Passage, seen: set[str]) -> Iterator[Reading]:
    """Unknown names in an enumeration of known services: "Wir nutzen A, B und C"."""
    text = passage.text
    for start, end in passage.sentences:
        used = re.search(
            r"\b(?:nutzen|verwenden|setzen|Dienste von|use|using)\b(?: wir)?(?: die Dienste)?(?: von)?",
            text[start:end],
        )
        if not used:
            continue
        members = enumeration(text, start + used.end(), end)
        names = [text[a:b] for a, b in members]
        if len(members) < 3 or sum(bool(service_named(name)) for name in names) < 2:
            continue
        for (a, b), name in zip(members, names, strict=True):
            if (
                name not in seen
                and len(name.split()) <= 3
                and re.match(r"[A-Za-z][\w .+-]+$", name)
                and not service_named(name)
                and not is_clause(name)
                and not re.search(r"\b(?:für|zur|um|for|to)\b", name)
            ):
                seen.add(name)
                yield Reading("third_party_service", name, a, b, 0.7)
