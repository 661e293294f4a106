"""Purposes as nouns: "zur Abwicklung Ihrer Bestellung", "für den Versand des Newsletters"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zusage.notice.reading.facts import Reading
from zusage.notice.reading.phrases import enumeration, is_clause, squeezed

_ZUR = re.compile(
    r"(?<![\wäöü])(?<!\bes )(?:[Zz]ur|[Ff]ür die|[Ff]ür den|[Ff]ür eine|[Ff]ür einen|[Ff]ür (?:Ihre|deine|unsere)[nr]?|[Ff]ür das|[Ff]ür|[Zz]um|[Zz]u einer|[Ii]m Rahmen der|[Ii]m Rahmen des)\s(?P<what>(?:[a-zäöüß-]+(?:e|en|er|es|em)(?:,?\s|\sund\s)){0,3}(?:[A-ZÄÖÜ][\wäöüß:/-]*-\s?(?:,|und|oder|bzw[.․]|sowie)\s)?(?:(?:Betriebs?|Versands?|Schutz(?:es)?|Marketing|Hostings?|Abschluss(?:es)?|Einzugs?|Nachweis(?:es)?|Kontrolle|Analysen?|Werbung|Statistik(?:en)?|Kommunikation|Speichern|Sammeln|Versenden|Remarketing|Networkings?|Teilnahme|Erwerbs?|Vertragsschluss(?:es)?|Support|Service|Verhindern|Verfolgen|Nachverfolgen|Anzeigen|Empfangs?|Pflege|Suche|Abwehr|Sicherheit|Einladung|Auswahl|Abgleich|Aufbau|Ausbau|Austausch|Erhalt|Vertrieb)(?![\wäöüß])|[A-ZÄÖÜ][\wäöüß:/-]*"
    r"(?:ung|ungen|tion|tionen|analyse|analysen|abwicklung|schutz|erkennung|betrieb|versand|service|support|marketing|werbung|zwecke|sicherheit|pflege|suche|abwehr|erbringung|gestaltung|management|forschung|messung|wahrung|verfolgung|Betrieb|Versand|Schutz|Marketing|Hosting|Zwecke|Abschluss|Einzug|einzug|nachweis|Nachweis|Kontrolle|kontrolle|buchhaltung|statistik|Statistik|Analyse|Werbung|Kommunikation|kommunikation|pflichten|Speichern|Sammeln|Versenden|Remarketing|Networking|Teilnahme|Erwerb|Beitragseinzug|einzugs|Vertragsschluss|Kontaktaufnahme|aufnahme)(?![\wäöüß])))"
)
_STOP = re.compile(
    r"\s(?:werden|wird|ist|sind|wurde|wurden|erforderlich|notwendig|verwendet|verarbeitet|genutzt|gespeichert|erhoben|eingesetzt|benötigt|benötigen|verarbeiten|nutzen|verwenden|speichern|erheben|setzen|übermitteln|erfolgt|dient|dienen|kann|können|haben|weiter|gemäß|nach Art|auf (?:Grundlage|Basis)|aufgrund|gem\.|sofern|soweit|wenn|sobald|bis|unter Verwendung|mittels|ein\b|einsetzen|beitragen|übertragen|wir|gelöscht|[a-zäöüß]+iert|[a-zäöüß]*überwacht|ge[a-zäöüß]+t|gehört|gehören|arbeiten|bedienen|betreiben|greifen|nicht mehr|verweisen|entstanden|zwingend|nötig|unbedingt|dringend|technisch (?:notwendig|erforderlich)|www|zulässig|(?<!des )(?<!der )(?<!die )(?<!das )(?<!den )(?<!dem )von uns|weitergegeben|bereitgestellt|i\.S\.d\.|im Sinne|möchten|verantwortlich|verpflichtet|geschlossen|abgeschlossen|entfällt|unterstützen|anfallen|übermittelte|zugestimmt|auf die|aufweisen|öffentlich|bekannt|berücksichtigt|weitergeleitet|veröffentlicht|bei uns|jederzeit|widersprechen|(?:wie )?z[.․]\s?B[.․]|zum Beispiel|wie beispielsweise|wie etwa|(?:benötigt|notwendig|erforderlich)e[nrsm]?\s(?=[A-ZÄÖÜ])|(?:das|die|den|der)\s(?:hierfür|dafür|sog[.․]|sogenannte)|ausgewertet|an (?:die|den|das|diese)\b|zusammenhängt)\b|\s(?:zum|zu den|für die) Zwecke?n?\b|(?<=[zZ]wecken)\s(?:zur|zum)\b|\s\((?:Art|§|vgl|siehe)|,\s(?:unabhängig|(?<!Zweck, )(?:den|dem)\s(?:Sie|wir|du|das|die|der|uns|es)\b|(?:dessen|deren)\s|(?:die|der|das)(?!\s(?:[a-zäöü]+\s)?[A-ZÄÖÜ]\w*(?:ung|ion|heit|keit|schutz|betrieb|abwehr|pflege|werbung|forschung)s?\b)|welche|wobei|sofern|soweit|wenn|da|weil|um|dass|ob|indem|also|z\.B|insbesondere|es sei|wozu|wofür|sondern|so)\b|\s[–-]\s"
)
NO_PURPOSE = re.compile(
    r"^(?:die Dauer\b|Zwecke?\b,?|Erreichung (?:der|des|dieser|ihrer) (?:[a-zäöüß]+en )?Zweck|Erfüllung (?:der|dieser|des|ihrer) (?:[a-zäöüß]+en )?(?:Zweck|Aufgaben\b$)|Informationen\b|(?:[a-zäöü]+e[nr]? )?(?:Speicherung|Aufbewahrung)\b|keine\b|(?:automatischen? )?Entscheidungsfindung|Widerspruchs|detaillierte Darstellung|Auftrags(?:daten)?verarbeitung|Geheimhaltung|Verhaltensweisen|Herstellung einer Verbindung|Nutzung (?:unserer|dieser|der|(?:Ihrer|von|deiner) (?:personenbezogene[rn] )?Daten)|Wahrung (?:der |unserer |von |seiner )?(?:im Rahmen einer Interessens?abwägung )?(?:überwiegenden )?(?:berechtigte[nr]?|Interessen)|Zweckbestimmung|Drittland|Voraussetzung|Widerruf|Rechtsgrundlage|Funktion(?:en)?$|Verfügbarkeit|etwaigen|Aufbewahrung|Übermittlung von personen|Profil|(?:Vertrags|Geschäfts|Kunden)(?:beziehung|verhältnis)\w*|Verarbeitung(?:en)?\b(?! (?:Ihrer|deiner|der) (?:Anfrage|Bestellung|Bewerbung))|Verfügung|Zeit\b|Speicherung\b$|Einwilligung|Nutzung$|Übermittlung$|Datenverarbeitung|Löschung|Auskunft|Berichtigung|Einschränkung|Ausübung|Geltendmachung|Verteidigung|Zukunft|Person|Folge|Beschwerde|Aufsicht|Dauer|Daten|Datenschutz|Website$|Seite|Kenntnis|Verfügung|Wahl|Anwendung|Anbieter|Informationen$|Zustimmung|Bereitstellung (?:der|von|personenbezogener) (?:personenbezogene[rn] )?Daten|Datenübermittlung|Registrierung$|Verantwortung|Weitergabe|Offenlegung|Übertragung$|Erhebung|Verwendung$|Sie\b|Ihre Rechte|Ihre Person|diesen|diesem|dieser|folgende|genannten|die oben|oben|(?:den |diesen )?Fall\b|Zwecke[n]?$|den genannten|welche|Einhaltung dieser)"
)
#: an action as a noun, perhaps with an adjective before it
NOMINAL = re.compile(
    r"(?:[a-zäöüß-]+e[nrsm]?\s){0,2}(?:[A-ZÄÖÜ][\wäöüß]*-\s?(?:und|oder|,)\s)?(?:(?:Betriebs?|Versands?|Schutz(?:es)?|Marketing|Hostings?|Abschluss(?:es)?|Einzugs?|Nachweis(?:es)?|Kontrolle|Analysen?|Werbung|Statistik(?:en)?|Kommunikation|Speichern|Sammeln|Versenden|Remarketing|Networkings?|Teilnahme|Erwerbs?|Vertragsschluss(?:es)?|Support|Service|Verhindern|Verfolgen|Nachverfolgen|Anzeigen|Empfangs?|Pflege|Suche|Abwehr|Sicherheit|Einladung|Auswahl|Abgleich|Aufbau|Ausbau|Austausch|Erhalt|Vertrieb)(?![\wäöüß])|[A-ZÄÖÜ0-9][\wäöüß:/-]*"
    r"(?:ung|ungen|tion|tionen|analysen?|schutz|betrieb|versand|service|support|marketing|werbung|zwecken?|sicherheit|pflege|suche|abwehr|management|forschung|hosting|abwicklung|"
    r"kommunikation|anfragen?|nachweis|kontrolle|buchhaltung|statistik|einzug|Einzug|Betrieb|Schutz|Versand|Erwerb|Sammeln|Speichern|Verhindern|Verfolgen|Nachverfolgen|Anzeigen|Schutz|Abschluss|"
    r"Hosting|Support|Service|Marketing|Kontrolle|Nachweis|Teilnahme|aufnahme|annahme|bestellung|Empfang|Networking|Einladung|ing)(?![\wäöüß]))"
)
_BARE = re.compile(
    r"(?!Kommunikation|Information\b|Werbung|Dokumentation|Abrechnung)(?:[a-zäöüß-]+e[nrsm]?\s){0,2}(?:[A-ZÄÖÜ][\wäöüß-]*(?:ung|tion|en|pflege|suche|kontrolle)|Abwehr|Betrieb|Abschluss|Pflege|Suche|Angebot|Kontrolle|Analyse)"
)
#: actions that need an object: before "und Abwicklung von Verträgen" they share it
OPEN_ACTION = re.compile(
    r"(?:Anbahnung|Vermittlung|Begründung|Vorbereitung|Durchführung|Abwicklung|Beendigung|Prüfung|Überprüfung|Bearbeitung|Beantwortung|Erstellung|Planung|Organisation|Verwaltung|Betreuung|Pflege|Aufrechterhaltung|Bereitstellung|Verbesserung|Optimierung|Erfüllung|Geltendmachung|Ausübung|Verteidigung|Erkennung|Behebung|Beseitigung|Verhinderung|Vermeidung|Aufklärung|Verfolgung|Sicherstellung|Gewährleistung|Analyse|Auswertung|Messung|Gestaltung|Entwicklung|Weiterentwicklung|Erbringung|Einhaltung|Durchsetzung|Überwachung|Kontrolle|Steuerung|Wartung|Sicherung|Abschluss|Erfassung|Erhebung|Speicherung|Nutzung|Anzeige|Schaltung|Personalisierung|Ausspielung)"
)
_WITH_OBJECT = re.compile(r"[A-ZÄÖÜ]\w+\s(?:der|des|von|eine[rs]|Ihre[rs]|deine[rs]|unsere[rs]|meine[rs])\s")


def to_ends(text: str, start: int, end: int) -> Iterator[Reading]:
    """ "zur Abwicklung …", "für den Versand …": each up to the next one of its kind."""
    matches = list(_ZUR.finditer(text, start, end))
    for at, found in enumerate(matches):
        if re.search(
            r"\bnicht\s(?:\w+\s)?$|\bkein\w*\s(?:\w+\s)?$",
            text[max(start, found.start() - 24) : found.start()],
        ):
            continue
        if NO_PURPOSE.match(text[found.start("what") :][:60]):
            continue
        stop = re.compile(r"[.;:]").search(text, found.end(), end)
        limit = min(
            found.end() + 160,
            stop.start() if stop else end,
            matches[at + 1].start() if at + 1 < len(matches) else end,
        )
        yield from nouns(text, found.start("what"), limit, 0.6)


def nouns(text: str, start: int, end: int, confidence: float) -> Iterator[Reading]:
    stop = _STOP.search(text, start, end)
    cut = stop.start() if stop else end
    closing = text.find(")", start, cut)
    if closing >= 0 and "(" not in text[start:closing]:
        cut = closing
    if text.count("(", start, cut) > text.count(")", start, cut):
        closing = text.find(")", cut)
        cut = closing + 1 if 0 < closing < end + 60 else text.rfind("(", start, cut)
    paren = text.find(" (", start, cut)
    if paren > start + 3 and (
        _FOR_EXAMPLE.match(text, paren + 2) or is_clause(text[paren : text.find(")", paren) + 1 or cut])
    ):
        cut = paren
    for a, b in parts(text, start, cut):
        b = a + len(_LOOSE_END.sub("", text[a:b]))
        prefix = re.match(r"(?:zur|zum|zu|für|bei|der|die|dem|den|das|einer|eines)\s", text[a:b])
        a += prefix.end() if prefix else 0
        shorter = _REMARK.search(text[a:b])
        phrase = squeezed(text[a : a + shorter.start()] if shorter else text[a:b])
        if plausible(phrase):
            yield Reading("purpose", phrase, a, b, confidence)


#: a conjunction to nothing
_LOOSE_END = re.compile(r"\s(?:und|oder|sowie|bzw[.․]|beziehungsweise|insbesondere|auch|nur|and|or)\Z")
#: a verb's particle at the end of a phrase
_REMARK = re.compile(r"\s(?:ab|an|auf|aus|ein|her|vor|weiter|zurück|heran|hinzu)\Z")


_FOR_EXAMPLE = re.compile(r"(?:z[.․]\s?B[.․]|beispielsweise|etwa|e[.․]g)\s(?=[A-ZÄÖÜ])")
#: what looks like an action and is what comes of it: it stands with the noun before ("unserer Inhalte und Leistungen")
_RESULT = re.compile(
    r"(?:Dienstl|L)eistungen|Bestellungen|Rechnungen|Einstellungen|Bewertungen|Veranstaltungen"
)


def parts(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Members of an enumeration of purposes. A member stands by itself where it begins with an action ("Versand …"); a bare
    one shares the complement of the next ("Prüfung und Beantwortung Ihrer Anfrage")."""
    joined: list[tuple[int, int]] = []
    members = _members(text, start, end)
    for at, (a, b) in enumerate(members):
        if joined and _open_row(text, members, at):
            joined[-1] = (joined[-1][0], b)
            continue
        if joined:
            before = text[joined[-1][0] : joined[-1][1]]
            shares = (
                _BARE.fullmatch(before)
                and re.fullmatch(r"\s*(?:und|oder|bzw[.․]|sowie)\s*", text[joined[-1][1] : a])
                and len(text[a:b].split()) > 1
                and not re.match(r"(?:zur|zum|für)\s", text[a:b])
            )
            if (
                shares
                or _RESULT.fullmatch(text, a, b)
                or not (NOMINAL.match(text[a:b]) or re.match(r"(?:für|zur|zum|die|der)\s", text[a:b]))
            ):
                joined[-1] = (joined[-1][0], b)
                continue
        joined.append((a, b))
    return joined


def _open_row(text: str, members: list[tuple[int, int]], at: int) -> bool:
    """Whether a member goes on a row of actions that share the object of the last ("Anbahnung, Durchführung und Abwicklung von …")."""
    (c, d), (a, b) = members[at - 1], members[at]
    if not OPEN_ACTION.fullmatch(text, c, d) or not re.fullmatch(r",\s|\s(?:und|oder|sowie)\s", text[d:a]):
        return False
    if _WITH_OBJECT.match(text, a, b):
        return True
    return (
        at + 1 < len(members) and bool(OPEN_ACTION.fullmatch(text, a, b)) and _open_row(text, members, at + 1)
    )


def _members(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The enumeration, cut also at "bzw. die …"."""
    members: list[tuple[int, int]] = []
    begin = start
    for cut in re.finditer(r"\sbzw[.․]\s(?=(?:die|der|für|zur)\s)", text[start:end]):
        members += enumeration(text, begin, start + cut.start())
        begin = start + cut.end()
    return members + enumeration(text, begin, end)


_NAMES_DATA = re.compile(r"(?:[A-ZÄÖÜ][\wäöüß-]*(?:daten|nummern?|adressen?|unterlagen))(?![\wäöüß])")


def plausible(phrase: str) -> bool:
    words = phrase.split()
    return (
        0 < len(words) <= 20
        and len(phrase) > 3
        and not NO_PURPOSE.match(phrase)
        and not _NAMES_DATA.match(phrase)
        and not is_clause(phrase.split(",")[0])
        and any(char.isupper() for char in phrase)
    )
