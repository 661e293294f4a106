"""Where a notice says one thing here and another there, or attributes what is not theirs."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from zusage.findings import Finding, Severity
from zusage.law.adequacy import eea
from zusage.lexicon import Company, companies, company_named, cookie_named, fold, service_named, topics_of
from zusage.notice.checking.written.sheet import Sheet, found
from zusage.notice.checking.written.wording import placeholders
from zusage.notice.reading.facts import Fact

_ONLY_EU = re.compile(
    r"(?:ausschließlich|nur|only|exclusively|solely)\b[^.]{0,80}"
    r"\b(?:EU|EWR|Europäischen? Union|Deutschland|European Union|EEA|Germany)\b"
)
#: a part of the data only: of one service, of the app, of an account ("Alle in der App gespeicherten Inhalte …")
_OF_A_PART = re.compile(
    r"\b(?:[Aa]ll(?:e|er)? (?:in|auf|über|bei) (?:der|dem|unserer?|unserem)|[Ii]nhalte|[Dd]okumente|in (?:der|our|the) App|App-Daten|Kontodaten|Backups?|content|documents|backups?)\b"
)
#: copies for a restore are kept longer than what they copy
_COPIES = re.compile(r"[Bb]ackup|Sicherungskopie|Datensicherung|[Aa]rchiv")
_AS_RECIPIENT = re.compile(
    r"Auftragsverarbeit|Dienstleister|Empfänger|übermittelt|weitergegeben|[Pp]rocessors?\b|recipient|share[ds]? with|contracting party"
)
_ANONYMOUS = re.compile(r"anonymisiert|anonymi[sz]ed|gekürzt", re.IGNORECASE)
_IDENTIFIER = re.compile(
    r"\b(?:Geräte-?ID|Nutzer-?ID|User-?ID|Device-?ID|Client-?ID|Werbe-?ID|advertising id)\b", re.IGNORECASE
)


def check(sheet: Sheet) -> Iterator[Finding]:
    """Contradictions and attributions that cannot be right."""
    yield from _two_periods(sheet)
    yield from _only_here(sheet)
    yield from _cookies(sheet)
    yield from _unlisted_services(sheet)
    yield from _not_anonymous(sheet)


def _two_periods(sheet: Sheet) -> Iterator[Finding]:
    periods: dict[tuple[str, str], list[Fact]] = defaultdict(list)
    for fact in sheet.of("retention"):
        data = fold(str(fact.value.get("data") or ""))
        # where a sentence names no data, the heading stands in for it
        if data == fold(fact.section) or _COPIES.search(sheet.line(fact.line)):
            continue
        if len(data) > 5 and str(fact.value.get("keep", "")).startswith("P"):
            periods[data, str(fact.value.get("then"))].append(fact)
    for facts in periods.values():
        different = {fact.value["keep"] for fact in facts}
        starts = {fact.value.get("from") for fact in facts}
        # two periods in one sentence are told apart there: "within 90 days, except for …"
        if len(different) > 1 and len(starts) == 1 and len({fact.line for fact in facts}) > 1:
            said = ", ".join(sorted(different))
            yield found(
                "two-periods",
                Severity.WARNING,
                f"Für dieselben Daten stehen verschiedene Fristen: {said}.",
                f"Different periods are given for the same data: {said}.",
                sheet.at(facts[-1]),
                "gdpr:5(1)(a)",
            )


def _only_here(sheet: Sheet) -> Iterator[Finding]:
    abroad = [
        fact
        for fact in sheet.of("transfer")
        if fact.value.get("country") is not None and not eea(fact.value["country"], sheet.on)
    ]
    if not abroad:
        return
    for said, block in sheet.sentences:
        hit = _ONLY_EU.search(said)
        stays = re.search(r"verarbeite|gespeichert|Server|process|stored|hosted", said)
        if hit and stays and not _OF_A_PART.search(said):
            country = abroad[0].value["country"]
            yield found(
                "only-eu-contradiction",
                Severity.WARNING,
                f"„{hit[0]}“ widerspricht der Übermittlung nach {country} (Zeile {abroad[0].line}).",
                f"“{hit[0]}” contradicts the transfer to {country} (line {abroad[0].line}).",
                sheet.within(block, said),
                "gdpr:13(1)(f)",
            )
            return


def _cookies(sheet: Sheet) -> Iterator[Finding]:
    for fact in sheet.of("cookie"):
        known = cookie_named(str(fact.value.get("name")))
        provider = fact.value.get("provider")
        owner = companies().get(known.provider) if known and known.provider else None
        said = company_named(str(provider)) if provider else None
        if owner and said and owner.id != said.id and owner.short.lower() not in str(provider).lower():
            yield found(
                "cookie-provider",
                Severity.WARNING,
                f"„{fact.value['name']}“ gehört üblicherweise zu {owner.short}, nicht zu {provider}.",
                f"'{fact.value['name']}' usually belongs to {owner.short}, not to {provider}.",
                sheet.at(fact),
            )


def _unlisted_services(sheet: Sheet) -> Iterator[Finding]:
    recipients = " ".join(str(fact.value.get("name")) for fact in sheet.of("recipient")).lower()
    if not recipients:
        return
    told = {
        company.id
        for fact in sheet.of("third_party_service")
        if _names_recipients(sheet, fact) and (company := _company_of(fact))
    }
    seen: set[str] = set()
    for fact in sheet.of("third_party_service"):
        company = _company_of(fact)
        if placeholders(sheet.line(fact.line)) or (company and company.id in told) or _run_here(sheet, fact):
            continue
        # "Zendesk" names Zendesk
        if company and str(fact.value).casefold() == company.short.casefold():
            continue
        service = service_named(str(fact.value))
        written_whole = service is not None and fold(service.name) in fold(str(fact.value))
        if company is None or company.id in seen or not written_whole:
            continue
        seen.add(company.id)
        if not any(name.lower() in recipients for name in (company.short, *company.names, *company.also)):
            yield found(
                "service-without-recipient",
                Severity.WARNING,
                f"„{fact.value}“ wird eingesetzt; {company.short} ist nirgends als Empfänger genannt.",
                f"'{fact.value}' is used; {company.short} is nowhere named as a recipient.",
                sheet.at(fact),
                "gdpr:13(1)(e)",
            )


#: programs that sites run themselves unless they say otherwise
_RUN_BY_ANYBODY = frozenset(("Matomo", "Mautic", "Jitsi Meet", "Nextcloud", "BigBlueButton"))
_ELSEWHERE = re.compile(r"Cloud|hosted by|gehostet (?:bei|von)")
_OWN_SERVER = re.compile(
    r"eigene[nrm]? Server|auf unseren? Server|selbst (?:gehostet|betrieben)|self-?hosted|(?:our|its) own server|on our servers?",
    re.IGNORECASE,
)


def _run_here(sheet: Sheet, fact: Fact) -> bool:
    """Whether a program runs on the controller's own servers: then nobody gets anything."""
    near = sheet.section_text(fact.section) if fact.section else sheet.line(fact.line)
    by_anybody = str(fact.value) in _RUN_BY_ANYBODY and not _ELSEWHERE.search(near)
    return by_anybody or bool(_OWN_SERVER.search(sheet.line(fact.line)))


def _company_of(fact: Fact) -> Company | None:
    service = service_named(str(fact.value))
    return companies().get(service.company) if service and service.company else None


def _names_recipients(sheet: Sheet, fact: Fact) -> bool:
    """Whether a service stands where recipients are named: under such a heading, or as a processor."""
    headings = next((one.headings for one in sheet.document.blocks if one.number == fact.line), ())
    return any("recipients" in topics_of(heading) for heading in headings) or bool(
        _AS_RECIPIENT.search(sheet.line(fact.line))
    )


def _not_anonymous(sheet: Sheet) -> Iterator[Finding]:
    sections: dict[str, list[Fact]] = defaultdict(list)
    for fact in sheet.of("data_category"):
        sections[fact.section].append(fact)
    for facts in sections.values():
        masked = [fact for fact in facts if _ANONYMOUS.search(fact.quote) and "IP" in fact.quote]
        naming = [fact for fact in facts if _IDENTIFIER.search(fact.quote)]
        if masked and naming:
            yield found(
                "not-anonymous",
                Severity.WARNING,
                f"Eine anonymisierte IP-Adresse neben „{naming[0].quote}“ macht die Daten nicht anonym.",
                f"An anonymised IP address beside “{naming[0].quote}” does not make the data anonymous.",
                sheet.at(masked[0]),
                "gdpr:4(1)",
                source="Recital 26 GDPR",
            )
