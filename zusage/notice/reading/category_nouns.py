"""Categories of personal data in running text: nouns of the lexicon, compounds, clauses, and their neighbours."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zusage.lexicon import category_index, is_agent
from zusage.lexicon.words import category_ending, is_general
from zusage.notice.reading.category_chains import JOINTS, chained, likeness
from zusage.notice.reading.category_members import (
    LEADS_ELSEWHERE,
    data_spans,
    is_category,
    member,
)
from zusage.notice.reading.companies import company_names
from zusage.notice.reading.facts import Reading
from zusage.notice.reading.passages import Passage, holds
from zusage.notice.reading.phrases import is_clause, squeezed, trimmed

#: within a sentence, before its colon
_LISTS_DATA = re.compile(
    r"folgende|nachstehende|besteht aus|bestehen aus|following|Dabei handelt|handelt es sich|Dies sind|Das sind|(?:erheben|erfassen|verarbeiten|speichern) wir|werden (?:erhoben|erfasst|gespeichert|protokolliert|verarbeitet)|we (?:may )?(?:collect|process|store)|umfass|includes?\b|gehören",
    re.IGNORECASE,
)
#: stems of collecting, in small letters
_COLLECTS = (
    "erheb", "erhob", "bearbeit", "beschaff", "nutzt", "verwendet", "erfass", "verarbeit", "speicher", "übermittel", "protokollier", "nutzen", "verwende",
    "angeb", "angabe", "gibt ", "geben", "fertig", "eingegeben", "benötig", "übertrag", "bewahr", "lösch", "kept", "keep",
    "delet", "retain", "mitgeteilt", "bereitgestellt", "umfass", "handelt es sich", "gehören", "aufgezeichnet", "daten",
    "information", "weitergegeben", "collect", "erhält", "erhalten", "hinterleg", "anleg", "process", "stor", "record", "provid", "receiv", "includ",
    "erfrag", "fragen", "brauch", "legen wir", "vorgelegt", "nennen", "melde", "machen", "erfährt", "erfahren", "verlang", "halten wir", "führen", "send", "go to", "goes to", "pass ", "made by", "ask ", "ask for", "take ", "taken", "need", "publish", "seh", "sieh", "heben", "aufgehoben", "veröffentlich", "use", "log", "submit", "enter", "transmit", "information", "data",
)  # fmt: skip
_CLAUSED = re.compile(
    r"(?<![\w-])(?P<np>(?:Informationen|Daten|Angaben)(?: darüber)?, (?:die Sie(?: uns)?\s[^.;:(),]{0,110}?(?:angeb|bereitstell|eingeb|übermittel|hinterl|mitteil|identifizier|hochlad|angegeben|eingegeben|bereitgestellt|übermittelt|mitgeteilt|zur Verfügung gestellt)\w*(?: haben)?|wie Sie\s[^.;:(),]{5,110}?(?:en|st|t)))(?=[.;:(),]|$|\swieder\b)|"
    r"(?<![\w-])(?P<about>(?!(?:Daten|Informationen|Angaben) zur (?!\w*[Nn]utzung|Kontakt)[A-ZÄÖÜ]\w*(?:ung|nahme)\b|Daten aus\b)(?:Informationen|Angaben|Daten) (?:(?:zu|über|aus|im Zusammenhang mit) (?:Ihre[mnrs]?|die|den|der|das|dem|deine[mnrs]?)|zu(?=\s[A-ZÄÖÜ][a-zäöüß]+en\b)|zur|zum)\s(?!Verfügung|Inhalt|Verarbeitung|Zweck)(?:[a-zäöü]+e[nrs]? )?[A-ZÄÖÜ][\w-]+(?: (?:der|des|von|in|im|auf) (?:[a-zäöü]+ )?[A-ZÄÖÜ][\w-]+){0,2}(?: (?:und|oder) (?:der|des|Ihrer|Ihres) [A-ZÄÖÜ][\w-]+)?)|"
    r"(?P<how>(?:information|data|details) (?:about|on|regarding) (?:how|what|which|when|where|whether)\b[^.;:()]{5,110}?)(?=[.;:()]|$|,? and (?:other|any)\b|,)|"
    r"(?P<of>(?:details|records|copies|particulars) of (?!our|how|these|this|those|such|your rights|the processing|each|what|which|how|recipients)(?:your |any |the )?[a-z][^.;:,()]{3,60}?)(?=[.;:,()]|$| (?:and|is|are|which|that|when|in order|to|for|if|where|including|such|because|I|we|with) )|"
    r"(?P<en>(?:information|data|details) (?:about|on(?! (?:our|your|their|request|behalf|the basis))|regarding|relating to|concerning|you (?:provide|submit|enter|give)) [^.;:,()]{3,70}?)(?=[.;:,()]|$| (?:and|is|are|which|that|when|in order|to|through|via|when) )",
)
#: "Hierbei kann es sich um Daten handeln, die Sie in ein Formular eingeben"
_HANDLED = re.compile(
    r"\bum (?P<noun>Daten|Informationen|Angaben) handeln,? (?P<which>die (?:Sie|du) [^.;:(),]{5,90}?(?:eingeben|angeben|mitteilen|übermitteln|hochladen|eingibst|angibst))(?=[.;,)]|$)"
)
#: "Uhrzeit des (Seitenaufrufs)"
_OF_WHAT = re.compile(
    r"\b(?:Uhrzeit|Datum|Zeitpunkt|Dauer|Anzahl|Häufigkeit|Inhalte?|Art|Höhe|Umfang|Zeiten|Ort) (?:des|der|Ihre[rs]|deine[rs]|von)\s$"
)
_GIVEN = re.compile(
    r"(?<![\w-])(?P<given>von (?:Ihnen|ihnen|dir) (?:gemacht|mitgeteilt|übersandt|gesendet|angegeben)en (?:Daten|Informationen|Angaben))|(?P<np>(?:von Ihnen|im [A-Z]\w+|in Form von [A-Z]\w+[^.;,]{0,20}|durch (?:das |die )?Cookies?|auf Ihr [A-Z]\w+|mit Ihrem \w+)[^.;,()]{0,30} (?:bereitgestellt|angegeben|übermittelt|eingegeben|veröffentlicht|anfallend|erhoben|bezogen|in Verbindung stehend|erzeugt|hochgeladen)en (?:[a-zäöü]+ )?(?:Daten|Informationen|Angaben)[^.;,()]{0,0})"
)
_ADJECTIVE_BEFORE = re.compile(
    r"(?:(?<=[\s(/])|^)(?P<words>(?!(?:der|den|dem|die|das|des|eine[nmrs]?|keine[nmrs]?|ihre[nmrs]?|deine[nmrs]?|unsere[nmrs]?|meine[nmrs]?|seine[nmrs]?|diese[nmrs]?|jene[nmrs]?|weitere[nmrs]?|andere[nmrs]?|alle[nmrs]?|solche[nmrs]?|welche[nmrs]?|folgende[nmrs]?|jede[nmrs]?|einige[nmrs]?|"
    r"bestimmte[nmrs]?|sonstige[nmrs]?|etwaige[nmrs]?|jeweilige[nmrs]?|personenbezogene[nmrs]?|persönliche[nmrs]?|genannte[nmrs]?|notwendige[nmrs]?|erforderliche[nmrs]?|oben|werden|wurden|haben|können|wenn|deren|über|unter|außer|oder|aber|wie|je|volle[nmrs]?|erheben|verarbeiten|speichern|nutzen|verwenden|übermitteln|erfassen|ohne|entsprechende[nmrs]?|einer|gleiche[nmrs]?|verschiedene[nmrs]?|möglicherweise|beispielsweise|gegebenenfalls|insbesondere|lediglich|anhand|wer|zählen|gehören|umfassen|beinhalten|enthalten|betreffen|sogenannte[nrs]?|gewählte[nrs]?|möchten|sollten|müssen|fertigen|generieren|erstellen|machen|veröffentlichen|bekommen|brauchen|benötigen|kennen|sehen|führen|verwalten|dokumentieren|prüfen|erfragen|notieren|sammeln|empfangen|bearbeiten|beschaffen|senden|bitten|vermeide|unseren|(?:mitgeteilt|eingetragen|angegeben|übermittelt|gespeichert|erhoben|bereitgestellt|verarbeitet|hinterlegt|betroffen|eingegeben|benötigt|genannt|anfallend)e[nrs]?)\s)[a-zäöüß-]{4,}(?:e|en|er|es|em)\s)$"
)
_ENGLISH = re.compile(
    r"(?<![\w-])(?P<np>(?:(?!(?:whose|request|requests|accessible|stores|holds|processes|collects|uses|shares|keeps|sends|discloses|transfers|receives|provides|contains|personal|your|our|the|this|that|such|these|those|any|all|other|more|further|certain|some|which|collect|process|use|share|provide|store|of|and|or|as|for|to|with|is|are|a|an|no|additional|following|collected|provided|sensitive|relevant|necessary|about|in|on|from|by|same|new|customer's|receive|retain|delete|keep|transfer|disclose|access|protect|combine|combining|aggregate|eu-us|privacy|can|may|will|must|should|could|inspect|sell|sells|view|see|small|large|limited|number|we|you|it|has|have|their|its|his|non-personal|identifiable|obtain|log|only|into|related|linked|aggregated|what|how|when|also|correct|update|data|international|most|between|processing|stored|up|hold|holds|held|maintain|maintains|law|regarding|relating|concerning|handle|much|important|many|using|used|make|makes)\s)[a-z][\w-]*\s){1,2}(?:data|information|details|records|identifiers?|address(?:es)?|numbers?))(?![\w-])(?!\s(?:deletion|erasure|portability|protection|controller|subject|processing|processor|privacy|security|breach|act\b|regulation|commissioner))"
)
_WORD = re.compile(r"(?<![\w-])[A-ZÄÖÜ][\w-]{6,}")
#: "Besuchs- und (Nutzungsdaten)"
_ELLIPTIC = re.compile(r"(?:[A-ZÄÖÜ][\wäöüß]+-(?:(?:,| und| oder| sowie| bzw[.․])\s|/))+$")
_OWNED = re.compile(r"\b(?:[Dd]eine?[nmrs]?|[Ii]hre?[nmrs]?|your)\s$")
#: what belongs to somebody and is still no category by itself
_NOT_OWNED = re.compile(
    r"(?:Bestellung|Bewerbung|Beiträge|Kommentare|Bewertung|Kundenkonto|Abonnement|Termin|Korrespondenz|Krankenkasse|Krankenversicherung|Nachricht|Laufzeit|Warenkorb|Beruf|Webbrowser|Interaktion|Interessen|Präferenzen|Profils?\\b|preferences|interests|"
    r"orders?|posts?|comments?|messages?|references|contributions|reviews?|ratings|title|photos|education|race|religion|user)\w*",
)
#: a singular whose plural is a category
_UPON = re.compile(r"\b(?:from|upon|after|since|until|on|of|acknowledges?)\s(?:the\s)?$")
_OTHER_SENSE = re.compile(
    r"\w*abrechnung|Interesses?|Aufnahme|Rechnung|Kommentar|Note|Klasse|interest|comment"
)
#: "Geburtsdatum des Kindes", "Anschrift der Gewinner"
_WHOSE = re.compile(
    r"\s(?:des|der|Ihres|Ihrer|eines|einer)\s(?:[a-zäöüß]+en\s)?(?P<who>[A-ZÄÖÜ][a-zäöüß]{2,})(?![\w-])"
)
_DENIED = re.compile(r"\b(?:keine|no|kein|ohne|without)\s$")
#: where lines about visits are kept, which are no datum themselves: "in sogenannten (Server-Logfiles)"
_KEPT_IN = re.compile(
    r"\b(?:in|als)\s(?:(?:de[mnr]|eine[mnr]?|sog[.․]|so\s?genannte[nmr]?|Form von)\s)*[„“\"(]?$|\((?:sog[.․]\s|so\s?genannte\s)?[„“\"]?$"
)
_LINES = re.compile(r"(?:(?:web)?server)?-?log-?(?:files?|datei(?:en)?|protokolle?)", re.IGNORECASE)
#: what is done with how people behave, which tells an aim: "Analyse des (Nutzerverhaltens)"
_ANALYSED = re.compile(r"\b(?:Analyse|Auswertung|Messung)\s(?:des|Ihres|deines|von)\s$")
_TO_ANALYSE = re.compile(r"s?\s(?:zu analysieren|auszuwerten|zu messen)")
#: "email address(es)"
_PLURAL = re.compile(r"\((?:s|es|n|en|r|e)\)")
#: "Browsertyp und (-version)", "Zugriffsdatum und (-uhrzeit)"
_HALF = re.compile(
    r"\s(?:und|oder|sowie)\s-[a-zäöüß]{3,}(?:\sder\s\w+(?:anfrage|abruf)s?)?|\sdes\s[a-zäöüß]+en\s(?:Rechners|Endgerät(?:e?s)|Computers|Geräte?s|Clients)\b"
)
_JOINT = re.compile(
    r"\s*(?:,|und|and|oder|or|sowie|/|,\s*(?:and|und))\s+(?:(?:Ihre?[nmrs]?|your|the|die|der|den|deine?[nmrs]?)\s+)?(?:[a-zäöüß]+e[nrs]?\s)?"
)
_BUT_NOT = re.compile(
    r"rkennung$|(?:geschäfts|öffnungs|lade|antwort|büro|sprech)zeiten|(?:ablauf|verfalls|liefer)datum|schutz|grundverordnung|verarbeitungs|beauftragt|datenschutz|übermittlung|datenverarbeitung",
)
_NOT_ABOUT_DATA = re.compile(
    r"Verantwortlicher? (?:im Sinne|ist)|Registergericht|\bUSt|Impressum|Hinweise zu|\bimprint\b|Kontaktdaten[^.]{0,80}(?:entnehmen|finden|erreich)|(?:unter|über|an) (?:den|die) (?:\w+en ){0,2}Kontaktdaten|Dessen Kontaktdaten|Kontaktdaten (?:des|der|unsere[sr]) (?:Datenschutz|Verantwort|Aufsicht|Behörd)|"
    r"using (?:the|our) contact (?:details|information)|contact (?:details|information) (?:below|above|provided|set out|given|listed|at\b|are\b)|\bour contact (?:details|information)|keine sensiblen Daten"
)


#: one of these, in small letters, stands in every sentence that tells of the controller itself, or what is not held
_OF_OTHERS = ("verantwortlich", "registergericht", "ust", "impressum", "hinweise", "imprint", "kontaktdaten", "contact", "sensibl")  # fmt: skip
_DENIALS = ("nicht", "kein", "not ", "n't", "never")
#: "werden von uns nicht gespeichert", "we do not collect"
_NOT_HELD = re.compile(
    r"\bnicht (?:von uns |bei uns |dauerhaft )?(?:gespeichert|erhoben|erfasst|verarbeitet)(?=[.,;)]|$)|(?:werden|wird) keine[nr]? [^.;,]{3,60}(?:gespeichert|erhoben|erfasst|verarbeitet)|\b(?:erheben|speichern|verarbeiten|erfassen) (?:wir )?(?:\w+ )?keine|\b(?:do not|don't|never|does not) (?:knowingly |intentionally )?(?:collect|store|process|keep|request|ask for|hold|record)\b"
)


def running(passage: Passage, after: int = 0) -> Iterator[Reading]:
    """Nouns and enumerations in sentences; of those that begin at `after` or later."""
    for start, end in passage.sentences:
        if start < after:
            continue
        sentence = passage.text[start:end]
        low = passage.low[start:end]
        if (
            holds(low, _COLLECTS)
            and not (holds(low, _OF_OTHERS) and _NOT_ABOUT_DATA.search(sentence))
            and not (holds(low, _DENIALS) and _NOT_HELD.search(sentence))
        ):
            yield from _sentence(passage, start, end)


#: "Erhoben werden Testergebnisse und Bearbeitungszeit."
_FIRST = re.compile(
    r"\s*(?:(?:Dabei|Hierbei|Es|Dazu|Insbesondere) )?(?:werden )?(?:[Ee]rhoben|[Ee]rfasst|[Gg]espeichert|[Vv]erarbeitet|[Pp]rotokolliert|[Aa]ufgezeichnet)(?:(?:,| und) \w+){0,2} werden (?:dabei |hierbei |insbesondere |nur |lediglich )?(?P<list>(?!Ihre (?:personen|Daten)|die Daten|Daten|personenbezogene|diese|Cookies)[^.;:()]{4,200})"
)


#: "we record the rider's name, age and weight", "merken wir uns Ausweisnummer, Medium und Rückgabedatum"
_ASKED = re.compile(
    r"\b(?:[Ww]e|[Oo]wners|[Yy]ou)\s(?:may\s|also\s|only\s)?(?:collect|record|ask for|ask you for|hold|give us|provide us with|send us)\s(?P<list>(?:your|the|their|an?)\s[^.;:()]{5,200}?)(?=[.;:(]|,?\s(?:in order|so that|to [a-z]+|when|until|if|for the)\s|$)|"
    r"\b(?:speichern|erheben|erfassen|notieren|merken|erfragen)\s(?:wir|ich)\s(?:uns\s|dabei\s|dazu\s|hierfür\s)?(?P<list2>(?!Daten|personenbezogene|Ihre Daten|die Daten)(?:(?:den|die|das|Ihr\w*|dein\w*)\s)?[A-ZÄÖÜ][^.;:()]{5,200}?)(?=[.;:(]|,\s(?:um|damit|sofern|soweit|wenn|die|der|das|und,)\s|\s(?:zum|zur|um|für)\s|$)"
)


def _free(taken: list[tuple[int, int]], a: int, b: int) -> bool:
    return all(b <= left or a >= right for left, right in taken)


def _phrased(text: str, start: int, end: int, taken: list[tuple[int, int]]) -> Iterator[Reading]:
    """Data told by a clause or by what they are about ("Angaben zum Gerät"); adds to what is taken."""
    for pattern in (_CLAUSED, _GIVEN):
        for found in pattern.finditer(text, start, end):
            name = next(key for key, value in found.groupdict().items() if value)
            a, b = trimmed(text, *found.span(name))
            if _free(taken, a, b) and _specific(text[a:b]) and not text.endswith("ohne ", start, a):
                taken.append((a, b))
                yield Reading("data_category", squeezed(text[a:b]), a, b, 0.7)
                for more in _MORE.finditer(text, b, end):
                    if more.start() == taken[-1][1] and _free(taken, *more.span("np")):
                        taken.append(more.span("np"))
                        yield Reading("data_category", squeezed(more["np"]), *more.span("np"), 0.65)
    handled = _HANDLED.search(text, start, end)
    if handled:
        said = f"{handled['noun']}, {squeezed(handled['which'])}"
        yield Reading("data_category", said, handled.start("noun"), handled.end(), 0.7)


def _sentence(passage: Passage, start: int, end: int) -> Iterator[Reading]:
    text = passage.text
    taken: list[tuple[int, int]] = []

    def free(a: int, b: int) -> bool:
        return _free(taken, a, b)

    yield from _phrased(text, start, end, taken)
    first = _FIRST.match(text, start, end)
    for a, b in data_spans(text, first.start("list"), first.end("list")) if first else ():
        if free(a, b) and not is_clause(text[a:b]):
            taken.append((a, b))
            yield from member(text, a, b)
    asked = _ASKED.search(text, start, end)
    wanted = data_spans(text, *asked.span("list" if asked["list"] else "list2")) if asked else []
    if len(wanted) > 1 and any(likeness(text[a:b]) for a, b in wanted):
        for a, b in wanted:
            if free(a, b) and not is_clause(text[a:b]) and len(text[a:b].split()) <= 5:
                taken.append((a, b))
                yield from member(text, a, b)
    colon = text.find(":", start, end)
    if (
        colon > 0
        and not company_names(text[colon:end])
        and _LISTS_DATA.search(text[start : colon + 1])
        and not LEADS_ELSEWHERE.search(text[start : colon + 1])
    ):
        for a, b in data_spans(text, colon + 1, end):
            if free(a, b):
                taken.append((a, b))
                yield from member(text, a, b)
    weak = 0
    for a, b, strong in _hits(passage, start, end):
        weak += not strong
        if free(a, b) and strong:
            taken.append((a, b))
            value = squeezed(text[a:b])
            if passage.language == "de" and _GENITIVE.search(text, max(start, a - 60), a):
                value = _S_OF_GENITIVE.sub("", value)
            yield Reading("data_category", value, a, b, 0.8)
    if (taken or weak > 1) and holds(passage.low[start:end], JOINTS):
        yield from chained(text, start, end, taken, passage.language)


#: "Angaben zum Einkommen, (zum Arbeitgeber) und (zur Anzahl der Personen)"
_MORE = re.compile(
    r"(?:,| und| sowie| oder)\s(?:zum|zur|zu den|über (?:den|die|das))\s(?P<np>(?:[a-zäöü]+en )?[A-ZÄÖÜ][\w-]+(?: (?:der|des|von|in|im|auf) (?:[a-zäöü]+ )?[A-ZÄÖÜ][\w-]+){0,2})"
)


#: "Analyse Ihres Nutzerverhaltens" names "Nutzerverhalten"
_GENITIVE = re.compile(r"\b(?:des|eines|[Ii]hres|deines|unseres|seines|dieses)\s(?:[a-zäöüß]+en\s){0,2}$")
_S_OF_GENITIVE = re.compile(r"(?<=[a-zäöüß]{3})(?<=[bdfgklmnprt])(?:(?<=[bdfgklpt])e)?s\Z")


_UNSPECIFIC = re.compile(
    r"Datenschutz|Ihre Rechte|your rights|^(?:Informationen|Daten|Angaben) (?:über|zu) (?:Sie|Ihnen|uns)$|^(?:information|data|details) (?:about|on|relating to|regarding|concerning) (?:you|us|our|pupils|students|parents|children|people|individuals|prospective|current|past|any|other|third|persons|customers|users|visitors|employees|staff|patients|clients|members|the following)\b|data protection|Verarbeitung|how we|our (?:processing|privacy)|Widerspruch|Aufsichtsbehörde|Cookies?\b"
)


def _specific(phrase: str) -> bool:
    return not _UNSPECIFIC.search(phrase) and len(phrase.split()) <= 22


def _compounds(sentence: str, language: str, covered: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Words that are not in the lexicon and have a telling ending."""
    if language == "de":
        for found in _WORD.finditer(sentence):
            word = found.group()
            if (
                any(a <= found.start() < b for a, b in covered)
                or _BUT_NOT.search(word.lower())
                or not (category_ending().search(word.casefold()) or word.endswith("-ID"))
            ):
                continue
            if is_general(word) or sentence[found.end() : found.end() + 1] == "-":
                continue
            elliptic = _ELLIPTIC.search(sentence, max(0, found.start() - 80), found.start())
            a = elliptic.start() if elliptic else _with_adjective(sentence, found.start())
            yield a, found.end()
    else:
        for found in _ENGLISH.finditer(sentence.lower()):
            if not any(found.start() < b and a < found.end() for a, b in covered):
                yield found.span()


def _told_of(sentence: str, start: int, end: int) -> bool:
    """Whether a word of the lexicon is only the place where data are kept, or the aim of an analysis."""
    word = sentence[start:end]
    if _LINES.fullmatch(word):
        return _KEPT_IN.search(sentence, max(0, start - 40), start) is not None
    if "erhalten" in word:
        return bool(_ANALYSED.search(sentence, max(0, start - 24), start) or _TO_ANALYSE.match(sentence, end))
    return False


def _hits(passage: Passage, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
    """Words of the lexicon, extended by their adjectives, and compounds with a telling ending."""
    text = passage.text
    sentence = text[start:end]
    covered: list[tuple[int, int]] = []
    for hit in category_index().find(sentence):
        covered.append((hit.start, hit.end))
        if _DENIED.search(sentence, max(0, hit.start - 12), hit.start):
            continue
        if _told_of(sentence, hit.start, hit.end):
            continue
        if _OTHER_SENSE.fullmatch(sentence, hit.start, hit.end) or (
            sentence[hit.start : hit.end] == "receipt" and _UPON.search(sentence, 0, hit.start)
        ):
            continue
        elliptic = _ELLIPTIC.search(sentence, max(0, hit.start - 80), hit.start)
        extended = (
            _with_adjective(sentence, hit.start)
            if passage.language == "de"
            else _attributed(sentence, hit.start)
        )
        whole = _OF_WHAT.search(sentence, max(0, hit.start - 34), hit.start)
        a = elliptic.start() if elliptic else whole.start() if whole else extended
        whose = _WHOSE.match(sentence, hit.end) if passage.language == "de" else None
        b = whose.end() if whose and is_agent(whose["who"], "de") else hit.end
        plural = _PLURAL.match(sentence, b) or _HALF.match(sentence, b)
        b = plural.end() if plural else b
        if sentence[max(0, hit.start - 1) : hit.start] in ("-", "„", "“", '"', "«") or (
            sentence[b : b + 1] == "-" and sentence[b + 1 : b + 2].isalpha()
        ):
            continue
        owned = _OWNED.search(sentence, max(0, a - 8), a) is not None and not _NOT_OWNED.match(
            sentence, hit.start
        )
        yield (
            start + a,
            start + b,
            hit.entry == "strong" or (owned and hit.entry == "weak") or elliptic is not None,
        )
    for a, b in _compounds(sentence, passage.language, covered):
        yield start + a, start + b, True


#: "your business (email address)", ", mobile (phone number)"
_ATTRIBUTES = re.compile(
    r"(?:\b(?:your|the|a|an|any|and|or|including|collect|receive|hold|store|process|use|keep|share)|[,:(])\s(?P<words>(?:(?!(?:your|the|a|an|any|and|or|of|we|you|their|its|our|is|are|to|for|with|such|as|other|certain|some|personal|this|these|that|from|in|on|by|collects?|receives?|stores?|uses?|process(?:es)?|following|relevant|same|full|only|including)\s)[a-z][a-z-]+\s){1,2})$"
)


def _attributed(sentence: str, start: int) -> int:
    found = _ATTRIBUTES.search(sentence, max(0, start - 48), start)
    if found:
        return start - len(found["words"])
    shared = _SHARING.search(sentence, max(0, start - 40), start)
    return start - len(shared["words"]) if shared and not is_category(shared["bare"]) else start


#: "such as (device and) usage information"
_SHARING = re.compile(
    r"(?:[,:(]|\b(?:your|the|include|includes|including|as|collect|some|certain))\s(?P<words>(?P<bare>(?!(?:your|the|information|data|details|other|use|store|process)\b)[a-z]{3,14}) (?:and|or) )$"
)


def _with_adjective(sentence: str, start: int) -> int:
    found = _ADJECTIVE_BEFORE.search(sentence, max(0, start - 40), start)
    return start - len(found["words"]) if found else start
