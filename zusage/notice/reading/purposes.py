"""Purposes: list items, table columns, "um … zu", "zum Zweck der …", nominalisations, and their English counterparts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zusage.lexicon import category_index
from zusage.notice.reading.cookies import is_storage_row
from zusage.notice.reading.facts import Reading
from zusage.notice.reading.passages import Passage
from zusage.notice.reading.phrases import enumeration, is_clause, squeezed, trimmed

_LEADS_TO_PURPOSES = re.compile(
    r"zwecke?n?\b[^:]{0,40}:?$|purposes?\b[^:]{0,40}:?$|folgende\w* zweck|following purposes|\bum:?$|nutzen (?:können|wir)[^:]{0,60}:|verwenden wir[^:]{0,60}:|dien(?:t|en)[^:]{0,20}:|\bto:$|use (?:this|the|your|it|personal)[^:]{0,60}:|used (?:to|for):|notwendig|nötig ist,? um|Dazu gehören|Hierzu zählen",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"\bDaten\b[^:]{0,90}(?:gespeichert|erhoben|verarbeitet|erfasst|übermittelt):?$|folgende[rn]? (?:\w+ )?(?:Daten|Informationen|Angaben)\b|\bRechte?\b:?|rights?:|Empfänger|recipients|Cookies?\b[^:]{0,40}:|following (?:\w+ )?(?:data|information)",
    re.IGNORECASE,
)
_QUIET = (
    "definitions",
    "changes",
    "security",
    "links",
    "authority",
    "dpo",
    "transfer",
    "controller",
    "profiling",
    "provision",
)
_INFINITIVE = r"(?:zu\s(?!können)(?:[a-zäöüß]+(?:en|ern|eln|n)|sein|tun)|[a-zäöüß]{2,12}?zu[a-zäöüß]+(?:en|ern|eln)|[a-zäöüß]+en(?=\szu\skönnen))(?:\szu\skönnen)?(?![\wäöüß])"
_TO_VERB = re.compile(_INFINITIVE)
#: verbs whose object is the infinitive clause that follows: one purpose together
_ENABLING = re.compile(
    r"(?:Möglichkeit|Gelegenheit) zu (?:geben|bieten|verschaffen)$|(?:dabei|dazu) zu (?:helfen|befähigen)$|zu (?:ermöglichen|erlauben|gestatten|helfen)$"
)
_PROTECTS = re.compile(
    r"technische[nr]? und organisatorische|Maßnahmen|\bzu schützen\b|Verschlüsselung|Sicherheitslücke|unbefugte|security measures|safeguard your|protect (?:your|the) (?:personal )?(?:data|information)"
)
_UM = re.compile(r"(?<![\wäöü])um\s(?=(?:(?!\sum\s)[^.;:]){1,400}?" + _INFINITIVE + ")")
_DAMIT = re.compile(r"(?<![\wäöü])(?:damit|sodass|so dass)\s(?P<what>[^.;:]{6,160}?)(?=[.;:]|$)")
_NOUN_START = r"(?:(?:der|des|die|den|dem|das|einer|eines|eine|Ihrer|Ihres|Ihre|unserer|unseres|unsere|deiner|deines)\s)?"
_ZWECK = re.compile(
    r"(?:[Zz]u(?:m|r| den| diesem)? Zwecke?n?|[Ff]ür(?: die)? Zwecke|[Zz]wecks|zu folgendem Zweck|Zweck(?:e)? (?:der|dieser|unserer) (?:Daten)?(?:[Vv]erarbeitung|[Ee]rhebung|[Nn]utzung|Speicherung)(?: \w+){0,4} (?:ist|sind)|dien(?:t|en)(?: (?:ausschließlich|insbesondere|allein|lediglich|vor allem|unter anderem|uns|dazu|auch|somit|primär|hier|hierbei|dabei|sie|diese|nur|ferner|zudem|außerdem|vorrangig|in erster Linie))*(?: dem Zweck,?)?(?: der| dem| den| zur)|"
    r"(?:Interesse|Interessen) (?:liegt|liegen|besteht|bestehen)(?: (?:hierbei|dabei|insbesondere|hier))? (?:in (?:der|dem|einer|einem)|im)|[Ii]nteressen? an(?: der| dem| einer| einem)?)\s(?P<what>[A-ZÄÖÜa-zäöü„][^.;:]{3,260})"
)
_ZWECKEN = re.compile(
    r"(?:zu|für)\s(?:(?:eigenen?|unseren? eigenen?|statistischen?|rein|ausschließlich|internen?|werblichen?)\s)*(?P<what>(?:[A-ZÄÖÜ][\wäöüß]*-(?:,| und| oder|/)\s)?[A-ZÄÖÜ][\wäöüß-]*?[zZ]wecken?|statistischen Zwecken|werblichen Zwecken)(?!\w)"
)
_ZUR = re.compile(
    r"(?<![\wäöü])(?:[Zz]ur|[Ff]ür die|[Ff]ür den|[Ff]ür eine|[Ff]ür einen|[Ff]ür das|[Ff]ür|[Zz]um|[Zz]u einer|[Ii]m Rahmen der|[Ii]m Rahmen des)\s(?P<what>(?:[a-zäöüß-]+(?:e|en|er|es|em)\s){0,2}(?:[A-ZÄÖÜ][\wäöüß:/-]*-\s?(?:,|und|oder|bzw[.․]|sowie)\s)?(?:(?:Betriebs?|Versands?|Schutz(?:es)?|Marketing|Hostings?|Abschluss(?:es)?|Einzugs?|Nachweis(?:es)?|Kontrolle|Analysen?|Werbung|Statistik(?:en)?|Kommunikation|Speichern|Sammeln|Versenden|Remarketing|Networkings?|Teilnahme|Erwerbs?|Vertragsschluss(?:es)?|Support|Service|Verhindern|Verfolgen|Nachverfolgen|Anzeigen|Empfangs?|Pflege|Suche|Abwehr|Sicherheit|Einladung)(?![\wäöüß])|[A-ZÄÖÜ][\wäöüß:/-]*"
    r"(?:ung|ungen|tion|tionen|analyse|analysen|abwicklung|schutz|erkennung|betrieb|versand|service|support|marketing|werbung|zwecke|sicherheit|pflege|suche|abwehr|erbringung|gestaltung|management|forschung|messung|wahrung|verfolgung|Betrieb|Versand|Schutz|Marketing|Hosting|Zwecke|Abschluss|Einzug|einzug|nachweis|Nachweis|Kontrolle|kontrolle|buchhaltung|statistik|Statistik|Analyse|Werbung|Kommunikation|kommunikation|pflichten|Speichern|Sammeln|Versenden|Remarketing|Networking|Teilnahme|Erwerb|Beitragseinzug|einzugs|Vertragsschluss|Kontaktaufnahme|aufnahme)(?![\wäöüß]))[^.;:]{0,160})"
)
_STOP = re.compile(
    r"\s(?:werden|wird|ist|sind|wurde|wurden|erforderlich|notwendig|verwendet|verarbeitet|genutzt|gespeichert|erhoben|eingesetzt|benötigt|benötigen|verarbeiten|nutzen|verwenden|speichern|erheben|setzen|übermitteln|erfolgt|dient|dienen|kann|können|haben|weiter|gemäß|nach Art|auf (?:Grundlage|Basis)|aufgrund|gem\.|sofern|soweit|wenn|sobald|bis|unter Verwendung|mittels|ein\b|einsetzen|beitragen|übertragen|wir|gelöscht|gehört|gehören|greifen|nicht mehr|verweisen|entstanden|zwingend|www|zulässig|weitergegeben|bereitgestellt|i\.S\.d\.|im Sinne|möchten|verantwortlich|verpflichtet|geschlossen|abgeschlossen|entfällt|unterstützen|anfallen|übermittelte|zugestimmt|auf die|aufweisen|öffentlich|bekannt|berücksichtigt|weitergeleitet|veröffentlicht|bei uns|an (?:die|den|das|diese)\b|zusammenhängt)\b|\s(?:zum|zu den|für die) Zwecke?n?\b|\s\((?:Art|§|vgl|siehe)|,\s(?:unabhängig|die|der|das|welche|wobei|sofern|soweit|wenn|da|weil|um|dass|ob|indem|also|z\.B|insbesondere|es sei|wozu|wofür|sondern|so)\b|\s[–-]\s"
)
_NO_PURPOSE = re.compile(
    r"^(?:keine\b|(?:automatischen? )?Entscheidungsfindung|Widerspruchs|detaillierte Darstellung|Auftrags(?:daten)?verarbeitung|Geheimhaltung|Verhaltensweisen|Herstellung einer Verbindung|Nutzung (?:unserer|dieser|der)|Verfügbarkeit|etwaigen|Aufbewahrung|Übermittlung von personen|Profil|Verarbeitung(?:en)?\b(?! (?:Ihrer|deiner|der) (?:Anfrage|Bestellung|Bewerbung))|Verfügung|Zeit\b|Speicherung\b$|Einwilligung|Nutzung$|Übermittlung$|Datenverarbeitung|Löschung|Auskunft|Berichtigung|Einschränkung|Ausübung|Geltendmachung|Verteidigung|Zukunft|Person|Folge|Beschwerde|Aufsicht|Dauer|Daten|Datenschutz|Website$|Seite|Kenntnis|Verfügung|Wahl|Anwendung|Anbieter|Informationen$|Zustimmung|Bereitstellung (?:der|von|personenbezogener) (?:personenbezogene[rn] )?Daten|Datenübermittlung|Registrierung$|Verantwortung|Weitergabe|Offenlegung|Übertragung$|Erhebung|Verwendung$|Sie\b|Ihre Rechte|Ihre Person|diesen|diesem|dieser|folgende|genannten|die oben|oben|Fall\b|Zwecke[n]?$|den genannten|welche|Einhaltung dieser)"
)
_ENGLISH_VERBS = (
    r"(?:create|manage|process|prevent|provide|send|improve|develop|respond|answer|communicate|analy[sz]e|detect|protect|operate|maintain|personali[sz]e|deliver|comply|contact|"
    r"fulfil|verify|notify|inform|show|enforce|monitor|ensure|understand|measure|offer|support|administer|conduct|investigate|market|track|keep|make|perform|carry|handle|resolve|test|"
    r"remember|display|tailor|customi[sz]e|identify|diagnose|secure|defend|establish|collect|evaluate|organi[sz]e|arrange|issue|ship|bill|invoice|authenticate|update|run|meet|help|host|optimi[sz]e|promote|record|collect|recommend|determine|assess|plan|review|confirm|check|offer|advertise|target|learn|enable|allow|give|let|build|schedule|complete|facilitate|recruit|hire|pay|enter|reply|match|speed|block|count|limit|select|train|register|fix|troubleshoot|share)\b"
)
_ENGLISH_TO = re.compile(
    r"(?:(?<![\w-])in order to|(?:use[ds]?|us(?:e|ing)|process(?:ed|es|ing)?|collect(?:ed|s|ing)?|need(?:ed)?|necessary|required|helps? us|allows? us|enables? us|store[ds]?|serves?|share[ds]?|retain(?:ed)?|set|contact you|do this|rely on [^.;:]{3,30}|cookies|information|data|it|them|this|address|details)(?:\s[^.;:]{0,60}?)?\sto)\s(?P<what>"
    + _ENGLISH_VERBS
    + r"[^.;:]{2,220})",
    re.IGNORECASE,
)
_ENGLISH_FOR = re.compile(
    r"(?:for (?:the )?(?:following )?(?:sole |exclusive |limited )?purposes? of|for the performance of|used for|use [^.;:]{0,40} for|process [^.;:]{0,50} for|needed for|necessary for|purposes? (?:of (?:the |this )?processing )?(?:is|are))\s(?P<what>(?!(?:the purposes?|which|these purposes|this purpose|that purpose|as long|example)\b)[a-z][^.;:]{2,200})|for\s(?P<what2>(?!(?:the following|following|these|those|other|any|all|such|this|which|our|your|the|several|various|certain|different|what)\b)(?:[a-z]+\s(?:and|or)\s)?[a-z-]+(?: [a-z-]+)? purposes)\b",
    re.IGNORECASE,
)
_ENGLISH_MORE = re.compile(
    r"(?:[,;]\s(?:and\s|or\s)?to\s(?P<verb>)|interests? in\s)(?P<what>(?:(?<=to\s)"
    + _ENGLISH_VERBS
    + r"|(?<=in\s)[a-z]+ing\b)[^.;:()]{2,120})"
)
_ENGLISH_STOP = re.compile(
    r"\s(?:\(Art|pursuant|on the basis|based on|under Art|in accordance|if you|when you|where you|unless|until|which|as long|as set out|as described|before|provided that|is based|are based|for as long|after which|because)\b|\s\(|,\s(?:which|who|where|if|unless|as|including|such as|for example|in particular|because|we|you|provided|and we|but|so that|based)\b|\s[–-]\s"
)
_ENGLISH_NO = re.compile(
    r"^(?:the establishment|establishment|defen[cs]e|exercise|object|withdraw|the purposes|us\b|you\b|be\b|a limited|as long|our website$|any|these|change|do so|know|see|learn|read|find|make sure that you|make a complaint|lodge|contact us|delete cookies|disable|receive a copy)",
    re.IGNORECASE,
)


def purposes(passage: Passage) -> Iterator[Reading]:
    """The purposes that a passage states."""
    block = passage.block
    if block.kind in ("heading", "head") or passage.about("definitions") or is_storage_row(passage):
        return
    if passage.topic in _QUIET and not passage.about("purposes"):
        return
    if block.kind == "row":
        yield from _unique(_row(passage))
        return
    if block.kind == "item" and _announced(passage):
        yield from _unique(_item(passage))
        return
    yield from _unique(_running(passage))


def _unique(readings: Iterator[Reading]) -> Iterator[Reading]:
    seen: list[tuple[int, int]] = []
    words: set[str] = set()
    for reading in readings:
        if any(a <= reading.start and reading.end <= b for a, b in seen) or reading.value.casefold() in words:
            continue
        seen.append((reading.start, reading.end))
        words.add(reading.value.casefold())
        yield reading


def _announced(passage: Passage) -> bool:
    if passage.lead:
        return bool(_LEADS_TO_PURPOSES.search(passage.lead)) and not _ELSEWHERE.search(passage.lead)
    return passage.about("purposes") and not passage.about("data")


def _item(passage: Passage) -> Iterator[Reading]:
    """An item of a list of purposes: one purpose, or its clauses with "zu"."""
    text = passage.text
    a, b = trimmed(text, 0, len(text))
    b = min(b, passage.sentences[0][1]) if passage.sentences else b
    stop = re.search(
        r"\s\((?:Art|§|Legal|Rechtsgrundlage|auf Grundlage)|\s[–-]\s(?:Art|Rechtsgrundlage|legal)|;|:\s",
        text[a:b],
    )
    if stop and stop.start() > 4:
        b = a + stop.start()
    a, b = trimmed(text, a, b)
    body = text[a:b]
    if body.lower().startswith("um ") or _TO_VERB.search(body):
        clauses = list(_clauses(text, a, b))
        if clauses:
            yield from clauses
            return
    if re.match(r"(?:in order to |to )?" + _ENGLISH_VERBS, body, re.IGNORECASE):
        yield from _english_parts(text, a, b, 0.85)
        return
    body = re.sub(r"^(?:in order to|to|zur|zum|für die|für)\s+", "", body, flags=re.IGNORECASE)
    if body and len(body.split()) <= 30:
        yield Reading("purpose", _spoken(body), b - len(body), b, 0.85)


def _row(passage: Passage) -> Iterator[Reading]:
    block = passage.block
    if (
        any("ookie" in column for column in block.columns)
        or passage.about("cookies")
        or any(re.fullmatch(r"name", column.strip(), re.IGNORECASE) for column in block.columns)
    ):
        return
    at = 0
    for column, cell in zip(block.columns, block.cells, strict=False):
        place = passage.text.find(cell, at) if cell else -1
        if place < 0:
            continue
        at = place + len(cell)
        if not re.search(r"zweck|purpose|verarbeitungstätigkeit|wofür|why", column, re.IGNORECASE):
            continue
        if any(hit.entry == "strong" for hit in category_index().find(cell)) and not re.search(
            r"ung\b|tion\b|ing\b", cell
        ):
            continue
        stop = re.search(r"[.:]\s", cell)
        end = place + (stop.start() if stop else len(cell))
        slashed = cell[: end - place]
        if _NAMES_SERVICE.search(cell) or (
            len(block.cells) < len(block.columns)
            and re.fullmatch(r"[A-ZÄÖÜ][\w-]+", cell.strip())
            and not _NOMINAL.match(cell.strip())
        ):
            continue
        parts = _parts(passage.text, place, end) if len(slashed) < 90 or "," in slashed else [(place, end)]
        if re.search(r"\bvon Verträgen|\bof\b", slashed) and len(parts) > 2:
            parts = [(place, end)]
        for a, b in parts:
            for c, d in _slashes(passage.text, a, b):
                phrase = squeezed(passage.text[c:d])
                if phrase and not re.fullmatch(r"[\d\W]+", phrase) and len(phrase) > 3:
                    yield Reading("purpose", phrase, c, d, 0.75)


def _slashes(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    begin = start
    for cut in re.finditer(r"\s/\s", text[start:end]):
        yield trimmed(text, begin, start + cut.start())
        begin = start + cut.end()
    yield trimmed(text, begin, end)


def _running(passage: Passage) -> Iterator[Reading]:
    for start, end in passage.sentences:
        sentence = passage.text[start:end]
        if passage.about("rights") and re.search(r"[Rr]echt|[Rr]ight|Widerspr|object|verlangen", sentence):
            continue
        if _PROTECTS.search(sentence) and not re.search(r"Zweck|purpose|Art\.", sentence):
            continue
        if re.search(
            r"(?:Sie können|You can|you may)[^.]{0,40} (?:verhindern|deaktivieren|disable|prevent|löschen)",
            sentence,
        ):
            continue
        if passage.language == "en":
            yield from _english(passage.text, start, end)
        else:
            yield from _german(passage, start, end)


def _german(passage: Passage, start: int, end: int) -> Iterator[Reading]:
    text = passage.text
    for found in _UM.finditer(text, start, end):
        stop = _clause_end(text, found.end(), end)
        yield from _clauses(text, found.start(), stop)
    for found in _ZWECK.finditer(text, start, end):
        yield from _nouns(text, found.start("what"), found.end("what"), 0.75)
    for found in _ZWECKEN.finditer(text, start, end):
        if not re.match(r"(?:anderen|diesen|genannten|welchen|oben|folgenden|den |weiteren)", found["what"]):
            yield Reading(
                "purpose",
                _without_purpose(squeezed(found["what"])),
                found.start("what"),
                found.end("what"),
                0.65,
            )
    for found in re.finditer(
        r"mit der (?P<what>(?:Erfüllung|Durchführung|Anbahnung) eines Vertrage?s)", text[start:end]
    ):
        yield Reading("purpose", found["what"], start + found.start("what"), start + found.end("what"), 0.7)
    if passage.about("purposes"):
        for found in re.finditer(
            r"\b(?:nutzen|verwenden|verarbeiten) [^.;:]{3,50}? für (?P<what>[A-ZÄÖÜ][^.;:]{4,200})",
            text[start:end],
        ):
            yield from _nouns(text, start + found.start("what"), start + found.end("what"), 0.7)
        for inner in re.finditer(
            r"\((?:z[.․]\s?B[.․]|insbesondere|beispielsweise|bspw[.․])\s(?P<list>[^()]{4,240})\)",
            text[start:end],
        ):
            for a, b in enumeration(text, start + inner.start("list"), start + inner.end("list")):
                if _plausible(squeezed(text[a:b])):
                    yield Reading("purpose", squeezed(text[a:b]), a, b, 0.7)
    if passage.topic in ("retention", "recipients", "rights") and not re.search(
        r"verarbeit|verwend|genutzt|nutzen|Zweck|erforderlich|unterstütz|weitergegeben|weitergeleitet|übermittelt",
        text[start:end],
    ):
        return
    for found in _ZUR.finditer(text, start, end):
        if re.search(
            r"\bnicht\s(?:\w+\s)?$|\bkein\w*\s(?:\w+\s)?$",
            text[max(start, found.start() - 24) : found.start()],
        ):
            continue
        if not _NO_PURPOSE.match(found["what"]):
            yield from _nouns(text, found.start("what"), found.end("what"), 0.6)


def _without_purpose(compound: str) -> str:
    """ "Abrechnungszwecken" is "Abrechnung"; "Werbezwecke" and "Personalzwecke" stay."""
    found = re.fullmatch(r"([A-ZÄÖÜ][a-zäöüß]+(?:ung|tion|ion))s?zwecken?|(Analyse)zwecken?", compound)
    return (found[1] or found[2]) if found else compound


def _clause_end(text: str, start: int, end: int) -> int:
    """The end of an infinitive clause: after its last "zu" verb, as long as the clause goes on with commas and "und"."""
    stop = end
    for verb in _TO_VERB.finditer(text, start, end):
        following = text[verb.end() : verb.end() + 14]
        if not _GOES_ON.match(following):
            return verb.end()
        if _TO_VERB.search(text, verb.end(), end) is None:
            return _relative_end(text, verb.end(), end) if _RELATIVE.match(following) else verb.end()
    return stop


_GOES_ON = re.compile(r"\s?,|\s(?:und|oder|sowie|bzw[.․])\s")
_RELATIVE = re.compile(r"\s?,\s(?:die|wie|auf|ob|dass)\s")
_NEXT_CLAUSE = re.compile(r"\s*(?:,\s*(?:und\s|oder\s|sowie\s)?|und\s|oder\s|sowie\s|bzw[.․]\s)")


def _relative_end(text: str, start: int, end: int) -> int:
    found = re.search(r"[.;:(]|,\s(?:und|sowie|um|damit|wenn|sofern)\s", text[start + 1 : end])
    return start + 1 + found.start() if found else end


def _clauses(text: str, start: int, end: int) -> Iterator[Reading]:
    """The purposes of "um A zu tun, B zu lassen und C zu sein": split after each verb, where more than the verb follows."""
    pieces = list(_clause_pieces(text, start, end))
    for a, b in pieces:
        c, d = trimmed(text, a, b)
        if text[c:d].lower().startswith("um "):
            c += 3
        value = _spoken(text[c:d])
        if value and 1 < len(value.split()) <= 32 and (_TO_VERB.search(text[c:d]) or len(pieces) == 1):
            yield Reading("purpose", value, c, d, 0.8)


def _clause_pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    begin = start
    for verb in _TO_VERB.finditer(text, start, end):
        following = _NEXT_CLAUSE.match(text, verb.end(), end)
        next_verb = _TO_VERB.search(text, verb.end(), end)
        if verb.start() < begin or following is None or next_verb is None:
            continue
        if "," in following.group() and _ENABLING.search(text[begin : verb.end()]):
            continue
        comma = text.find(",", following.end(), next_verb.start())
        if _RELATIVE.match(text[verb.end() : verb.end() + 14]) and comma >= 0:
            yield begin, comma
            begin = comma + 1
        elif "," in following.group() or re.search(r"[A-ZÄÖÜ\d]", text[following.end() : next_verb.start()]):
            if text[following.end() : next_verb.start()].strip():
                yield begin, verb.end()
                begin = following.end()
    yield begin, end


def _spoken(clause: str) -> str:
    """A clause as a purpose: "Fehler zu erkennen und zu beheben" → "Fehler erkennen und beheben"."""
    value = re.sub(r"^um\s+", "", squeezed(clause), flags=re.IGNORECASE)
    value = re.sub(
        r"^(?:z[.․]B[.․]|dadurch|hierdurch|in unserem Auftrag|insbesondere|auch|hiermit|so|damit|ggf[.․]|beispielsweise)\s",
        "",
        value,
    )
    value = re.sub(r"\s\((?:einschließlich|inkl[.․]|z[.․]\s?B[.․]|insbesondere|wie)\b[^)]*\)", "", value)
    value = re.sub(r"\s(?:hierdurch|dadurch|hierbei|dabei)(?=\s)", "", value)
    value = re.sub(r"\szu können$", "", value)
    value = re.sub(r"(?<=\s)zu (?=[a-zäöüß]+(?:en|ern|eln|n|tun|sein)\b)", "", value)
    value = re.sub(
        r"\b((?:ab|an|auf|aus|bei|be|dar|durch|ein|entgegen|fest|fort|heraus|her|hin|mit|nach|sicher|um|unter|vor|weiter|wieder|zurück|zusammen|zur|bereit|wahr|statt|teil|los|nieder|hoch|frei|vorweg|auszu|kennen|weg)|zu)zu([a-zäöüß]+(?:en|ern|eln))\b",
        r"\1\2",
        value,
    )
    return value.strip(" ,")


def _nouns(text: str, start: int, end: int, confidence: float) -> Iterator[Reading]:
    stop = _STOP.search(text, start, end)
    cut = stop.start() if stop else end
    closing = text.find(")", start, cut)
    if closing >= 0 and "(" not in text[start:closing]:
        cut = closing
    if text.count("(", start, cut) > text.count(")", start, cut):
        closing = text.find(")", cut)
        cut = closing + 1 if 0 < closing < end + 60 else text.rfind("(", start, cut)
    for a, b in _parts(text, start, cut):
        prefix = re.match(r"(?:zur|zum|zu|für|bei|der|die|dem|den|das|einer|eines)\s", text[a:b])
        a += prefix.end() if prefix else 0
        phrase = squeezed(text[a:b])
        if _plausible(phrase):
            yield Reading("purpose", phrase, a, b, confidence)


def _parts(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Members of an enumeration of purposes. A member stands by itself where it begins with an action ("Versand …"); a bare
    one shares the complement of the next ("Prüfung und Beantwortung Ihrer Anfrage")."""
    joined: list[tuple[int, int]] = []
    for a, b in _members(text, start, end):
        if joined:
            before = text[joined[-1][0] : joined[-1][1]]
            shares = (
                _BARE.fullmatch(before)
                and re.fullmatch(r"\s*(?:und|oder|bzw[.․]|sowie)\s*", text[joined[-1][1] : a])
                and len(text[a:b].split()) > 1
            )
            if shares or not (_NOMINAL.match(text[a:b]) or re.match(r"(?:für|zur|zum|die|der)\s", text[a:b])):
                joined[-1] = (joined[-1][0], b)
                continue
        joined.append((a, b))
    return joined


def _members(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The enumeration, cut also at "bzw. die …"."""
    members: list[tuple[int, int]] = []
    begin = start
    for cut in re.finditer(r"\sbzw[.․]\s(?=(?:die|der|für|zur)\s)", text[start:end]):
        members += enumeration(text, begin, start + cut.start())
        begin = start + cut.end()
    return members + enumeration(text, begin, end)


#: an action as a noun, perhaps with an adjective before it
_NOMINAL = re.compile(
    r"(?:[a-zäöüß-]+e[nrsm]?\s){0,2}(?:[A-ZÄÖÜ][\wäöüß]*-\s?(?:und|oder|,)\s)?(?:(?:Betriebs?|Versands?|Schutz(?:es)?|Marketing|Hostings?|Abschluss(?:es)?|Einzugs?|Nachweis(?:es)?|Kontrolle|Analysen?|Werbung|Statistik(?:en)?|Kommunikation|Speichern|Sammeln|Versenden|Remarketing|Networkings?|Teilnahme|Erwerbs?|Vertragsschluss(?:es)?|Support|Service|Verhindern|Verfolgen|Nachverfolgen|Anzeigen|Empfangs?|Pflege|Suche|Abwehr|Sicherheit|Einladung)(?![\wäöüß])|[A-ZÄÖÜ0-9][\wäöüß:/-]*"
    r"(?:ung|ungen|tion|tionen|analysen?|schutz|betrieb|versand|service|support|marketing|werbung|zwecken?|sicherheit|pflege|suche|abwehr|management|forschung|hosting|abwicklung|"
    r"kommunikation|anfragen?|nachweis|kontrolle|buchhaltung|statistik|einzug|Einzug|Betrieb|Schutz|Versand|Erwerb|Sammeln|Speichern|Verhindern|Verfolgen|Nachverfolgen|Anzeigen|Schutz|Abschluss|"
    r"Hosting|Support|Service|Marketing|Kontrolle|Nachweis|Teilnahme|aufnahme|annahme|bestellung|Empfang|Networking|Einladung|ing)(?![\wäöüß]))"
)
_BARE = re.compile(
    r"(?:[a-zäöüß-]+e[nrsm]?\s){0,2}[A-ZÄÖÜ][\wäöüß-]*(?:ung|tion|en|Abwehr|Betrieb|Abschluss)"
)
_NAMES_SERVICE = re.compile(r"Google|Facebook|Youtube|YouTube|LinkedIn|Matomo|Tracking$")


def _plausible(phrase: str) -> bool:
    words = phrase.split()
    return (
        0 < len(words) <= 20
        and len(phrase) > 3
        and not _NO_PURPOSE.match(phrase)
        and not is_clause(phrase.split(",")[0])
        and any(char.isupper() for char in phrase)
    )


def _english(text: str, start: int, end: int) -> Iterator[Reading]:
    for found in _ENGLISH_MORE.finditer(text, start, end):
        yield from _english_parts(text, found.start("what"), found.end("what"), 0.65)
    for found in _ENGLISH_TO.finditer(text, start, end):
        yield from _english_parts(text, found.start("what"), found.end("what"), 0.75)
    for found in _ENGLISH_FOR.finditer(text, start, end):
        name = "what" if found["what"] else "what2"
        yield from _english_parts(text, found.start(name), found.end(name), 0.7)


def _english_parts(text: str, start: int, end: int, confidence: float) -> Iterator[Reading]:
    stop = _ENGLISH_STOP.search(text, start, end)
    cut = stop.start() if stop else end
    begin = start
    pieces: list[tuple[int, int]] = []
    for split in re.finditer(
        r",\s(?:and\s|or\s)?(?:to\s)?(?=[a-z]+(?:ing)?\s)|\s(?:and|or)\s(?:to\s)?(?=" + _ENGLISH_VERBS + r")",
        text[start:cut],
    ):
        if len(text[begin : start + split.start()].split()) < 2:
            continue
        pieces.append((begin, start + split.start()))
        begin = start + split.end()
    pieces.append((begin, cut))
    for a, b in pieces:
        c, d = trimmed(text, a, b)
        phrase = re.sub(r"^to\s", "", squeezed(text[c:d]))
        if 0 < len(phrase.split()) <= 24 and len(phrase) > 3 and not _ENGLISH_NO.match(phrase):
            yield Reading("purpose", phrase, c, d, confidence)
