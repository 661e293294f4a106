"""Transfers to countries, with the safeguard the section states for each; and "data stay in the EU"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from zusage.law.countries import find_countries
from zusage.notice.reading.companies import company_names
from zusage.notice.reading.facts import Reading
from zusage.notice.reading.passages import Passage, holds

#: stems of moving or keeping data somewhere, in small letters
_MOVES = (
    "übermitt", "übertrag", "transferier", "drittland", "drittländ", "drittst", "server", "gespeichert",
    "verarbeitet", "verarbeiten", "gehostet", "hosten", "rechenzentr", "standort", "ausland", "weitergegeben", "bekanntgegeben",
    "bekannt gegeben", "betrieben", "datenschutzniveau", "verarbeitung findet", "verarbeitung erfolgt", "transfer", "stored", "stores",
    "store ", "based in", "sitz in", "mit sitz", "sitzt in", "processed", "processes", "processing", "process ", "hosted", "located", "data cent", "third countr",
)  # fmt: skip


def _moves(text: str) -> bool:
    return holds(text.lower(), _MOVES)


_ASSESSED = re.compile(
    r"(?:werden|wird) (?:vom|von|als) [^.]{0,60}(?:Gerichtshof|unzureichend|Land mit einem)|unsicheres Drittland|Überwachung|Behörden? zu Kontroll|surveillance|Court of Justice|Entscheidung der Europäischen|gemäß der Richtlinie|decision of the European",
    re.IGNORECASE,
)
_SAFEGUARDS: tuple[tuple[str, re.Pattern[str]], ...] = tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in (
    ("dpf", r"Data Privacy Framework|\bDPF\b|Datenschutzrahmen|EU-US-Datenschutz"),
    ("privacy_shield", r"Privacy[- ]Shield"),
    ("scc", r"Standardvertragsklauseln|Standarddatenschutzklauseln|Standardschutzklauseln|Standard-?Vertragsklauseln|EU-Standardvertrag|standard (?:contractual|data protection) clauses|model clauses|\bSCCs?\b"),
    ("bcr", r"Binding Corporate Rules|verbindliche[nr]? internen? (?:Datenschutz|Unternehmens)|\bBCRs?\b"),
    ("adequacy", r"Angemessenheitsbeschl|Angemessenheitsentscheid|angemessenes? (?:Datens)?[Ss]chutzniveau (?:bietet|aufweist|verfügt)|adequacy decision|adequacy finding|adequate level of (?:data )?protection|angemessene[ns]? Datenschutzniveau besteht"),
    ("consent", r"Art(?:\.|ikel)? ?49 Abs(?:\.|atz) ?1|Art(?:icle|\.) 49\(1\)\(a\)|ausdrückliche[nr]? Einwilligung [^.]{0,60}(?:Übermittlung|Drittland)|explicit consent [^.]{0,40}transfer"),
))  # fmt: skip
_TELLING = (
    "shield",
    "framework",
    "angemessenheits",
    "adequacy",
    "vertragsklauseln",
    "datenschutzklauseln",
    "contractual clauses",
)
_SAFEGUARD_STEMS = (
    "privacy", "dpf", "rahmen", "standard", "eu-us", "scc", "model clause", "binding", "bcr", "verbindlich", "angemessen", "adequa", "schutzniveau", "art", "einwilligung",
    "consent",
)  # fmt: skip
_EU = re.compile(
    r"(?:[Ss]ervers?:|innerhalb|in(?:nerhalb)? (?:den )?(?:Mitgliedstaaten )?|in der|within|in)\s?(?:(?:der|den Mitgliedstaaten der|the|Mitgliedstaaten der) )?(?P<eu>[Ee]uropäischen Union|EU(?:-Region|-Rechenzentr\w+|-Server\w*|\sregion|\sdata cent\w+|\sservers)?\b|European Union|(?:EWR|EEA)\b|[Ee]uropäischen Wirtschaftsraum\w*|European Economic Area)"
)
_OUTSIDE = re.compile(r"(?:außerhalb|ausserhalb|outside(?: of)?)(?: des| der| the)?[^.,;]{0,24}$")
#: "outside the UK and the EEA": where data leave, not where they go
_BEYOND = re.compile(
    r"\b(?:außerhalb|ausserhalb|outside(?: of)?)(?:\s(?:des|der|von|the|and|und|oder|or|bzw[.․]|EU|EEA|EWR|Schweiz|UK|Switzerland|Europäischen|Wirtschaftsraum\w*|Union|European|Economic|Area)[,/]?)*\s?$"
)
#: in a section on transfers: what they rest on
_AGREED_TO = re.compile(
    r"(?:mit|aufgrund|auf Grundlage|nach) (?:Ihrer|einer|deiner) (?:ausdrücklichen |vorherigen )?(?:Einwilligung|Zustimmung)|(?:with|on the basis of) your (?:explicit |express )?consent"
)
_AGREED = re.compile(
    r"zwischen der[^.]{0,20}$|between the[^.]{0,10}$|Rat[^.]{0,30}$|Kommission[^.]{0,30}$|Recht[^.]{0,20}$"
)
_NO_TRANSFER = re.compile(
    r"(?:findet nicht statt|erfolgt (?:grundsätzlich )?nicht|(?:keine|nicht)[^.]{0,30}(?:Übermittlung|Drittl)|no transfer|not (?:be )?transfer)",
    re.IGNORECASE,
)
_ADDRESS_NUMBER = re.compile(
    r"\d{4,5}|\d+[a-z]?,|Straße|Street|Avenue|Road|Parkway|P\.?O\.? Box|GmbH|Inc\.|Ltd|Limited|LLC",
    re.IGNORECASE,
)
_NATIONAL = re.compile(
    r"(?:Anrufer|Kunden|Nutzer|Besucher|Bürger|Einwohner|customers|residents|citizens|users|callers|Aufsichtsbehörde[^.]{0,30}|Gericht\w*|Recht\w*) (?:aus|in|of|from) (?:der |den |the )?$|(?:laws? of|governed by|Bundesrepublik|Recht der) ?(?:the )?$"
)
_HOSTED_HERE = re.compile(r"Bundesrepublik $")


def transfers(section: Sequence[Passage]) -> Iterator[tuple[Passage, Reading]]:
    """The countries to which a section says data go, each with its safeguard (or none)."""
    mentions = [(passage, *found) for passage in section for found in _mentions(passage)]
    # a safeguard named with its country tells of a transfer, too ("Für die Schweiz liegt ein Angemessenheitsbeschluss vor")
    if not mentions and not any(passage.has(*_TELLING) for passage in section):
        return
    leaves_for_us = any(code == "US" for _, code, _, _ in mentions)
    covered: dict[str, list[tuple[str, Passage, int, int]]] = {}
    general: list[tuple[str, Passage, int, int]] = []
    for passage in section:
        for start, end in passage.sentences:
            sentence = passage.text[start:end]
            low = passage.low[start:end]
            if not any(stem in low for stem in _SAFEGUARD_STEMS):
                continue
            safeguards = [name for name, pattern in _SAFEGUARDS if pattern.search(sentence)]
            if not safeguards and passage.topic == "transfer" and _AGREED_TO.search(sentence):
                safeguards = ["consent"]
            if not safeguards or passage.block.kind == "heading":
                continue
            named = {code for code, _, _ in _countries(sentence, 0)}
            for name in safeguards:
                if name == "adequacy" and "dpf" in safeguards:
                    continue
                where = (name, passage, start, end)
                # these frameworks are for one country; what stands beside them in general is for it where data go there
                framed = not named and ("dpf" in safeguards or "privacy_shield" in safeguards)
                implied = {"US"} if framed and (name in ("dpf", "privacy_shield") or leaves_for_us) else named
                for code in _meant(implied, name, sentence):
                    covered.setdefault(code, []).append(where)
                if not implied:
                    general.append(where)
    yield from _paired(mentions, covered, general)


def _meant(named: set[str], safeguard: str, sentence: str) -> set[str]:
    """The countries that a sentence's safeguard is for: the first one, where a decision on another is cited after it."""
    if safeguard == "adequacy" and len(named) > 1:
        first = _countries(sentence, 0)
        return {first[0][0]} if first else named
    return named


def _paired(
    mentions: list[tuple[Passage, str, int, int]],
    covered: dict[str, list[tuple[str, Passage, int, int]]],
    general: list[tuple[str, Passage, int, int]],
) -> Iterator[tuple[Passage, Reading]]:
    codes = list(dict.fromkeys([code for _, code, _, _ in mentions] + list(covered)))
    for code in codes:
        first = next(
            ((passage, start, end) for passage, found, start, end in mentions if found == code), None
        )
        if code in ("EU", "EEA"):
            if first:
                yield (
                    first[0],
                    Reading("transfer", {"country": code, "safeguard": None}, first[1], first[2], 0.85),
                )
            continue
        own = covered.get(code, [])
        if not own and code not in _AT_HOME:
            own = [where for where in general if where[0] != "adequacy"] or general
        if not own:
            if first:
                yield (
                    first[0],
                    Reading("transfer", {"country": code, "safeguard": None}, first[1], first[2], 0.85),
                )
            continue
        for safeguard in dict.fromkeys(where[0] for where in own):
            _, passage, start, end = next(where for where in own if where[0] == safeguard)
            if code not in covered and first:
                passage, start, end = first
            told = safeguard in ("privacy_shield", "dpf") or (code in covered and code not in _AT_HOME)
            if not first and not told and not _moves(passage.text):
                continue
            yield passage, Reading("transfer", {"country": code, "safeguard": safeguard}, start, end, 0.85)


_SEAT = re.compile(r",\s[A-ZÄÖÜ][\w.-]+(?:[\s-][A-ZÄÖÜ][\w.-]+){0,2}\s?\(")
#: "auf US-Servern"
_US_SERVER = re.compile(r"\bUS-(?:Server|Rechenzentr|Anbieter|Dienstleister|Cloud)\w*")
#: countries within the EEA need no safeguard
_AT_HOME = frozenset(
    "DE AT BE BG HR CY CZ DK EE FI FR GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO".split()
)


def _mentions(passage: Passage) -> Iterator[tuple[str, int, int]]:
    """Countries in sentences that move data there, but not those of addresses, nationalities and courts."""
    if (
        passage.block.kind == "heading"
        or passage.about("definitions", "authority")
        or passage.topic in ("controller", "dpo", "rights")
    ):
        return
    text = passage.text
    for start, end in _clauses(passage):
        sentence = text[start:end]
        if (
            not _moves(sentence)
            or _ASSESSED.search(sentence)
            or (_NO_TRANSFER.search(sentence) and "ausgeschlossen" not in sentence)
        ):
            continue
        yield from _countries(sentence, start)
        for found in _EU.finditer(sentence):
            before = sentence[: found.start("eu")]
            if (
                _OUTSIDE.search(before)
                or _AGREED.search(before)
                or not re.search(
                    r"gespeichert|verarbeitet|Server|gehostet|hosten|betrieben|located|stored|processed|hosted|Rechenzentr|data cent",
                    sentence,
                )
            ):
                continue
            economic = (
                found["eu"].startswith(("EWR", "EEA"))
                or "irtschafts" in found["eu"]
                or "Economic" in found["eu"]
            )
            yield ("EEA" if economic else "EU"), start + found.start(), start + found.end()
            break


def _clauses(passage: Passage) -> Iterator[tuple[int, int]]:
    """The sentences, cut at semicolons: "… in der EU; eine Übermittlung in Drittländer findet nicht statt"."""
    for start, end in passage.sentences:
        begin = start
        for cut in re.finditer(r";\s", passage.text[start:end]):
            yield begin, start + cut.start()
            begin = start + cut.end()
        yield begin, end


def _countries(sentence: str, offset: int) -> list[tuple[str, int, int]]:
    found: list[tuple[str, int, int]] = [
        ("US", offset + server.start(), offset + server.end()) for server in _US_SERVER.finditer(sentence)
    ]
    names = company_names(sentence)
    for mention in find_countries(sentence):
        if any(name.start <= mention.start < name.end for name in names):
            continue
        before, after = sentence[: mention.start], sentence[mention.end : mention.end + 14]
        if _BEYOND.search(before):
            continue
        if _NATIONAL.search(before) and not _HOSTED_HERE.search(before):
            continue
        if before.count("(") > before.count(")") and re.search(
            r"(?<![A-Za-z])\d(?![^(]*:)", before[before.rfind("(") :]
        ):
            continue
        if (
            re.search(r",\s*$", before)
            and _ADDRESS_NUMBER.search(before[-60:].rpartition("(")[2])
            and not re.search(r"in die|nach|to the", before[-60:])
        ):
            continue
        if re.search(r"(?:^|\s)(?:[A-Z]{1,2}-)?\d{4,5}\s*$", before):
            continue
        # "Hostpoint AG, Rapperswil (Schweiz)": its seat
        named = max((name.end for name in names if name.end <= mention.start), default=mention.start)
        if _SEAT.fullmatch(sentence, named, mention.start):
            continue
        if re.match(
            r"\s(?:Extension|Addendum|International Data Transfer|Bridge|GDPR|Data Protection|adequacy|(?:and\s\w+\s)?laws?\b)",
            sentence[mention.end :],
        ):
            continue
        if after.startswith(("-", "-Behörden")) or re.match(r"\s+(?:GmbH|Inc|Ltd|Limited|AG|SE|B\.V)", after):
            continue
        found.append((mention.code, offset + mention.start, offset + mention.end))
    return found
