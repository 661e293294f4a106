"""How long what is kept, from when, and what happens then."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from zusage.notice.reading.durations import Period, periods
from zusage.notice.reading.facts import Reading
from zusage.notice.reading.passages import Passage, holds
from zusage.notice.reading.phrases import squeezed, trimmed

_KEEPS = re.compile(
    r"speicher|aufbewahr|aufzubewahr|gelöscht|löschen|Löschung|gelöscht|löscht|vorgehalten|vorhalten|anonymisier|gesperrt|archivier|vernichte|Aufbewahrung|inaktiv|deaktivier|verfällt|Ablauffrist|entfernt|überschrieben|behalten|Löschfrist|Speicherfrist|bewahren|\bheben\b|aufheb|aufgehoben|vernichten|"
    r"retain|retention|\bstored?\b|\bkeep\b|\bkept\b|delete|erase|anonymi[sz]e|archive|destroyed|purge|hold your|held for|destroy|overwritten|removed",
    re.IGNORECASE,
)
_THEN = (
    ("anonymise", re.compile(r"anonymisiert|anonymisieren|anonymi[sz]ed?\b", re.IGNORECASE)),
    ("restrict", re.compile(r"gesperrt|eingeschränkt|Einschränkung|restricted|blocked|sperren", re.IGNORECASE)),
    ("deactivate", re.compile(r"inaktiv|deaktivier\w*|deactivat\w*", re.IGNORECASE)),
    ("erase", re.compile(r"gelöscht|löschen|löscht|Löschung|vernichtet|entfernt|überschrieben|delet\w+|eras\w+|destroy\w*|remov\w+|purge\w*", re.IGNORECASE)),
    ("archive", re.compile(r"archivier\w+|archived?\b", re.IGNORECASE)),
)  # fmt: skip
_NOT_THEN = re.compile(
    r"(?:nicht|keine|der|not|before) (?:vor(?:her|zeitig)? )?(?:Löschung|gelöscht|löschen|delet\w+|erased?)|Löschung entgegenst",
    re.IGNORECASE,
)
_FROM: tuple[tuple[str, re.Pattern[str]], ...] = tuple((start, re.compile(pattern, re.IGNORECASE)) for start, pattern in (
    ("end of calendar year", r"Ende(?:s)? des (?:Kalender)?[Jj]ahres|Schluss des (?:Kalender)?[Jj]ahres|end of the (?:calendar |fiscal |financial )?year"),
    ("end of calendar month", r"Ende des Kalendermonats|end of the (?:calendar )?month"),
    ("application procedure ended", r"(?:Abschluss|Beendigung|Ende) des (?:Bewerbungs|Auswahl|Besetzungs)\w*|(?:end|conclusion|completion) of the (?:application|recruit\w+|hiring)"),
    ("rejection", r"(?:Absage|Ablehnung|negativen Einstellungsentscheidung|Zugang der Absage|rejection)"),
    ("last login", r"letzte[nr]? (?:Anmeldung|Login)|nicht [^.]{0,40}angemeldet|last (?:login|log-in|sign-in)|inactiv\w+"),
    ("contract ended", r"(?:Beendigung|Ende|Ablauf|Kündigung) (?:des|der|Ihres|unserer)[^.;,]{0,40}(?:Vertrag\w*|Geschäftsbeziehung|Mitgliedschaft|Beschäftigung\w*|Kundenbeziehung|Abonnements|Behandlung\w*)|Vertragsende|Vertragsbeendigung|(?:end|termination) of (?:the|your|our)[^.;,]{0,30}(?:contract|relationship|membership|subscription|employment|agreement)"),
    ("treatment ended", r"Abschluss der Behandlung|Behandlungsende|end of (?:the )?treatment"),
    ("consent given", r"Erteilung der Einwilligung|consent (?:was |is )?given"),
    ("withdrawal", r"(?:nach|seit) (?:Ihrem |dem )?Widerruf|after (?:you )?withdraw\w*"),
    ("event ended", r"nach (?:der |Ende der )?Veranstaltung|after the event"),
    ("tour", r"nach (?:der |Ihrer )?(?:Führung|Tour|Reise|Fahrt|Überfahrt)|after the (?:tour|voyage|trip|journey|crossing)"),
    ("appointment", r"nach (?:dem |Ihrem )?Termin|after the appointment"),
    ("request handled", r"(?:Abschluss|Erledigung|Beantwortung|Bearbeitung|Abschluß)[^.;,]{0,30}(?:Anfrage|Anliegens|Vorgangs|Konversation)|abschließender Bearbeitung|(?:request|enquiry|inquiry) (?:has been|is) (?:answered|handled|closed|resolved)"),
    ("collection", r"(?:ab|nach|seit|from|after) (?:der |ihrer |dem |the |their )?(?:Erhebung|Erfassung|Aufzeichnung|Aufnahme|Zugriff|Besuch|collection|recording|visit)"),
    ("order", r"nach (?:der |Ihrer )?Bestellung|after (?:the|your) (?:order|purchase)"),
    ("deletion of the account", r"Löschung (?:des|Ihres) (?:Kunden|Benutzer|Nutzer)?[Kk]ontos|account (?:is |was )?(?:closed|deleted)|clos(?:e|ing|ure)[^.]{0,12} account"),
))  # fmt: skip
#: one of these stands in every sentence that states the keep (in small letters)
_STEMS_OF = {
    "purpose": ("erforderlich", "nötig", "notwendig", "benötig", "gebraucht", "zweck", "need", "necess", "require", "relevant", "bearbeit", "beantwort", "klärung", "erledig",
                "abschluss", "geklärt", "geschlossen", "abgeschlossen", "answered", "dealt", "ceases", "resolved", "closed", "handled", "solange"),
    "statutory": ("gesetz", "aufbewahrungspflicht", "rechtlich", "statut", "legal", "mandatory", "tax", "commercial", "law", "retention"),
    "contract": ("dauer", "laufzeit", "solange", "so lange", "vertrag", "kündigung", "beendigung", "ende ", "konto", "profil", "account", "as long as", "while", "until", "duration", "term",
                 "life", "contract"),
    "until_withdrawal": ("widerruf", "abmeld", "abbestell", "abgemeldet", "austrag", "newsletter", "einwilligung", "gelöscht", "until", "as long as"),
    "until_objection": ("widers", "object"), "session": ("dauer", "zeit des", "sitzung", "session", "visit"), "until_cleared": ("bis ", "until"),
}  # fmt: skip
#: keeps that no duration tells
_WORDS: tuple[tuple[str, re.Pattern[str]], ...] = tuple((keep, re.compile(pattern, re.IGNORECASE)) for keep, pattern in (
    ("purpose", (r"(?:sobald|wenn|soweit|bis|sofern|nachdem|until|once|when|as soon as|if)[^.;]{0,170}(?:nicht mehr|nicht länger|no longer)[^.;]{0,70}(?:erforderlich|benötigt|notwendig|gebraucht|needed|required|necessary|relevant|need it)|"
                r"(?:so\s?lange|as long as|for as long as|only as long as|so lange wie)[^.;]{0,120}(?:(?<!gesetzlich )erforderlich|nötig|notwendig|benötig\w*|necessary|needed|required|need it|need (?:them|your|the))(?! ist, um gesetz)|"
                r"(?:für|über) (?:die|den)[^.;]{0,40}(?:Zweck\w*|Dauer)[^.;]{0,60}(?:erforderlich|notwendig)|(?:Zweck\w*)[^.;]{0,80}(?:entfällt|entfallen|erreicht|erfüllt|wegfällt|erledigt|weggefallen)|Wegfall des (?:jeweiligen )?(?:Speicher|Verarbeitungs)?[Zz]wecks?|Entfallen? des [^.;]{0,20}[Zz]weck\w*|"
                r"[Nn]ach (?:abschließender|vollständiger|endgültiger) (?:Bearbeitung|Beantwortung|Klärung|Erledigung)|(?:nach|mit|sobald)[^.;]{0,25}(?:Abschluss|Erledigung|Beantwortung|Bearbeitung) (?:der|Ihrer|des|Ihres|Deiner)[^.;,]{0,40}(?:Anfrage|Anliegens|Vorgangs|Konversation|Kommunikation)|sobald [^.;]{0,60}(?:abschließend geklärt|erledigt|geschlossen wurde|beantwortet|abgeschlossen|geklärt)|(?:request|enquiry|inquiry|conversation|matter|issue) (?:has been|is) (?:fully )?(?:answered|dealt with|resolved|closed|handled)|"
                r"until (?:the|this|that|its) purposes? (?:ceases?|ends?|no longer)|(?:only )?for (?:as long as|the (?:time|period))[^.;]{0,50}(?:necessary|needed|required)|[Ll]öschen (?:die |alle )?(?:personenbezogenen? )?Daten, (?:die|welche) [^.;]{0,90}nicht mehr (?:erforderlich|benötigt|notwendig)|solange und soweit")),
    ("statutory", (r"gesetzliche[nrms]?(?: (?:und|oder) [\w-]+| vorgeschriebene[nr]?| zwingenden| bestehenden?| handels- und steuerrechtliche[nrm]?)? ?(?:Aufbewahrungs|Speicher|Verjährungs|Löschungs|Dokumentations)(?:-?(?: oder| und) (?:Speicher)?\w+)?(?:pflicht\w*|frist\w*|dauer|vorschrift\w*|zeit\w*|grund|gründe\w*|-)|"
                  r"gesetzlich zwingenden Aufbewahrungsfristen|keine (?:gesetzlichen|rechtlichen) Pflichten entgegenstehen|Ablauf [^.;]{0,40}Verjährungsfrist|durch (?:gesetzliche|rechtliche) Vorschriften[^.;]{0,80}vorgesehen|gesetzlich[^.;]{0,30} zur (?:Speicherung|Aufbewahrung) verpflichtet|(?:steuer|handels)\S*(?: und (?:steuer|handels)\S*)?(?:rechtliche[nr]?|gesetzliche[nr]?) (?:Aufbewahrungs|Vorgaben|Vorschriften|Pflichten)\w*|gesetzlich (?:vorgeschriebene[nr]?|erforderlich|vorgesehene[nr]?)[^.;]{0,30}(?:Aufbewahr\w*|Dauer|Fristen?)?|Aufbewahrungspflicht(?:en)?(?= (?:existier|besteh|unterworf|entgegensteh))|nur so lange gespeichert wie gesetzlich|gemäß gesetzlicher Anforderungen|Ablauf (?:der )?gesetzlicher (?:Aufbewahrungs)?fristen|"
                  r"(?:statutory|legal|mandatory|tax|commercial(?: and tax)?)(?: law)?(?:,? (?:and|or) [\w-]+)? (?:retention|storage|record-keeping|record keeping|archiving)[^.;,]{0,20}(?:periods?|obligations?|requirements?|duties|duty)?|(?:as |for as long as |longer )?(?:is )?required (?:to do so )?by (?:applicable )?law|retention (?:obligations|periods) (?:under|imposed|prescribed)|to comply with our legal obligations")),
    ("contract", (r"(?:für die|während der|auf die|bis zum Ende der|über die) (?:gesamte[nr]? )?(?:Dauer|Laufzeit) (?:der|des|eines|einer|Ihrer|Ihres|unserer|deiner|Deiner)[^.;,]{0,60}?(?:Vertrag\w*|[Bb]eziehung\w*|verhältnis\w*|Mitgliedschaft|Beschäftigung\w*|Nutzung\w*|Registrierung|Abonnements|Kontos|Kundenkontos|Zusammenarbeit|Schul\w+|Betreuung\w*|Ausbildung\w*)|"
                 r"(?:so\s?lange|solange)[^.;]{0,60}(?:Konto|Kundenkonto|Vertrag(?!lich)\w*|Mitglied\w*|Benutzerkonto|registriert|Geschäftsbeziehung|Account|angemeldet sind)[^.;]{0,30}(?:besteht|sind|bestehen|führen|bist|haben|unterhalten)?|(?:nicht mehr|noch) (?:zur|für die) Vertrags(?:abwicklung|durchführung|erfüllung)|(?:zur|für die) Vertrags(?:abwicklung|durchführung|erfüllung)[^.;]{0,60}nicht mehr|bis zu[rm]? (?:Kündigung|Beendigung|Ende) (?:der|des|Ihres|Ihrer|Deiner)[^.;]{0,40}(?:Vertrag\w*|verhältnis\w*|Mitgliedschaft|Geschäftsbeziehung|Abonnement\w*)|bis zur Löschung (?:des|Ihres|deines) (?:\w*[Kk]ontos|Profils|Accounts)|"
                 r"(?:as long as|while|until|for as long as)[^.;]{0,40}(?:you have an? (?:active )?(?:account|membership)|you (?:are|remain) (?:a )?(?:customer|member|registered)|your account (?:is|remains) (?:active|open)|account exists|delete your account|close your account|subscription is active)|for the (?:duration|term|life) of (?:the|our|your)[^.;]{0,40}(?:contract|relationship|agreement|membership|subscription|employment)|after the contract(?:ual relationship)? ends|duration of (?:the|our|your)[^.;]{0,30}(?:contract|relationship|membership|subscription|employment)")),
    ("until_withdrawal", (r"bis (?:auf|zum|zu einem|zu Ihrem|zu deinem) Widerruf|bis (?:Sie|du|zum Zeitpunkt)[^.;]{0,60}(?:Einwilligung|Zustimmung)[^.;]{0,20} widerruf\w*|(?:widerrufen|widerruf)[^.;]{0,60}(?:werden|wird)[^.;]{0,90}(?:gelöscht|Löschung)|bis (?:Sie|du)[^.;]{0,30}(?:abmelden|abbestellen|austragen|abgemeldet)|(?:gelöscht|löschen)[^.;]{0,60} sobald[^.;]{0,90}Einwilligung\w*[^.;]{0,20}widerrufen|(?:abmelden|abbestellen);? (?:danach|anschließend) löschen|sobald (?:Sie|du)[^.;]{0,40}(?:abgemeldet|abbestellt|abmelde\w*|widerrufen)|bis zur (?:Abmeldung|Abbestellung|Austragung)|solange (?:Sie|du) den Newsletter abonniert|Newsletter[^.;]{0,30}abonniert haben|"
                         r"[Nn]ach (?:erfolgter |Ihrer |der |deiner )?(?:Abmeldung|Abbestellung|Austragung)[^.;]{0,90}gelöscht|(?:auf|aufgrund)[^.;]{0,20} Ihrer Einwilligung verarbeitet wurden,[^.;]{0,60}gelöscht|In diesem Falle? werden [^.;]{0,60}gelöscht|until (?:you )?(?:withdraw|revoke|unsubscribe|opt out)|until (?:your )?consent is (?:withdrawn|revoked)|as long as you (?:are subscribed|remain subscribed)|until withdrawal")),
    ("until_objection", r"bis (?:zum|zu einem|zu Ihrem) Widerspruch|bis (?:Sie|du)[^.;]{0,20}Widerspruch\w*[^.;]{0,60}(?:ausüben|einlegen|ausübst|einlegst)|bis (?:Sie|du)[^.;]{0,40}widersprech\w*|until (?:you )?object|(?:widersprechen|Widerspruchs?)[^.;]{0,80}(?:anonymisiert|gelöscht)"),
    ("session", r"(?:für die|während der) Dauer (?:Ihre[rs]|der|des) (?:Teilnahme|Sitzung|Besuchs|jeweiligen Sitzung|Nutzungsvorgangs)|(?:für|nur für) die Zeit des (?:Videoanrufs|Besuchs)|nach (?:dem )?Ende der (?:jeweiligen )?(?:Sitzung|Browsersitzung|Session)|wenn die (?:jeweilige )?Sitzung beendet|(?:end|duration) of (?:the|your|each) (?:browser )?(?:session|visit)"),
    ("until_cleared", r"bis (?:Sie|du)[^.;]{0,60}(?:ändern oder löschen|selbst löschen|löschen|lösch(?:st|t)|zur Löschung auffordern)|bis (?:Sie|du) uns zur Löschung|until you (?:delete|remove|clear)(?! your account)"),
))  # fmt: skip
_STEMS = ("speicher", "aufbewahr", "aufzubewahr", "lösch", "vorgehalten", "vorhalten", "anonymisier", "gesperrt", "archiv", "vernicht", "inaktiv", "deaktiv", "verfällt",
          "ablauffrist", "entfernt", "überschrieb", "behalten", "bewahren", "heben", "aufgehoben", "retain", "retention", "store", "keep", "kept", "delet", "erase", "anonymi", "destroy", "purge", "held",
          "hold", "overwrit", "remov")  # fmt: skip
_COOKIE = re.compile(r"\bCookies?\b|\bcookies?\b")
_SUBJECT = re.compile(
    r"^(?P<np>[^.;:]{3,140}?)\s(?:werden|wird|bleiben|verbleiben|verfällt|sind|are|is|will be|may be|müssen)\b"
)
#: "In diesem Fall werden die betroffenen Daten so lange gespeichert"
_INVERTED = re.compile(
    r"(?:^|[,;]\s)(?:[A-ZÄÖÜa-zäöü][^.;:,]{2,90}[,\s]\s?)?(?:werden|wird)\s(?P<np>(?:die |Ihre |diese |deine |der |das |alle )?(?:[a-zäöüß]+e[nrs]? ){0,3}[A-ZÄÖÜ][\wäöüß-]+(?: (?:und|sowie|oder) [A-ZÄÖÜ][\wäöüß-]+)?)\s(?:[a-zäöüß]+ ){0,4}[^.;:]{0,80}?(?:gespeichert|gelöscht|aufbewahrt|gesperrt|anonymisiert|vernichtet|vorgehalten)"
)
_OBJECT = re.compile(
    r"(?:speichern|löschen|bewahren|archivieren|behalten|verarbeiten|retain|store|keep|delete|erase)\s(?:wir\s|we\s)?(?P<np>[^.;:]{3,90}?)(?:\s(?:für|bis|nach|so\s?lange|solange|nur|spätestens|auf|in|over|for|until|as|after|once|when|sobald|wenn|maximal|mindestens|grundsätzlich|regelmäßig|automatisch|unverzüglich|\d)\b|,|$)"
)


def retentions(passage: Passage) -> Iterator[Reading]:
    """The periods a passage states, by duration and in words."""
    block = passage.block
    if block.kind in ("heading", "head") or passage.about("definitions", "changes", "dpo", "authority"):
        return
    if block.kind == "row":
        yield from _row(passage)
        return
    if (
        passage.topic != "retention"
        and not passage.has(*_STEMS)
        and not re.search(r"dauer|frist", passage.lead)
    ):
        return
    seen: set[tuple[str, str]] = set()
    for start, end in passage.sentences:
        for reading in _in_sentence(passage, start, end):
            key = (reading.value["keep"], reading.value["data"])
            if key not in seen:
                seen.add(key)
                yield reading


def _in_sentence(passage: Passage, start: int, end: int) -> Iterator[Reading]:
    sentence = passage.text[start:end]
    about = passage.topic == "retention" or re.search(r"dauer|frist", passage.lead)
    low = passage.low[start:end]
    if not about and not (holds(low, _STEMS) and _KEEPS.search(sentence)):
        return
    if _COOKIE.search(sentence) and not re.search(r"\b(?:Daten|data|Protokoll\w*)\b", sentence):
        return
    found = [period for period in periods(sentence) if _is_keeping(sentence, period)]
    for period in found:
        yield _reading(passage, start, end, period.value, period.start, period.end, 0.88)
    if (
        passage.about("rights", "security", "links")
        and not found
        and not re.search(r"gelöscht|löschen wir|delete", sentence)
    ):
        return
    for keep, pattern in _WORDS:
        if not holds(low, _STEMS_OF[keep]):
            continue
        said = pattern.search(sentence)
        if not said or (
            found
            and keep not in ("contract", "until_withdrawal", "until_objection")
            and _explained(sentence, found, said)
        ):
            continue
        if keep == "purpose" and re.search(r"Vertrags(?:abwicklung|durchführung|erfüllung)", said.group()):
            continue
        if keep == "statutory" and not (
            passage.topic == "retention"
            or _TELLS_OF_KEEPING.search(sentence[: said.start()] + sentence[said.end() :])
        ):
            continue
        yield _reading(passage, start, end, keep, said.start(), said.end(), 0.72)


_TELLS_OF_KEEPING = re.compile(
    r"lösch|gelöscht|speicher|aufbewahr|aufzubewahr|entgegen|delet|retain|retention|store|keep|kept|archiv|Frist",
    re.IGNORECASE,
)


def _explained(sentence: str, found: list[Period], said: re.Match[str]) -> bool:
    """Whether words and a duration tell the same period ("gesetzliche Aufbewahrungspflichten, die 6-10 Jahre betragen")."""
    between = min(abs(period.start - said.end()) for period in found)
    return between < 100 and not re.search(
        r"spätestens|anschließend|danach|at the latest|; |sobald", sentence
    )


def _is_keeping(sentence: str, period: Period) -> bool:
    around = sentence[max(0, period.start - 90) : period.end + 70]
    if _COOKIE.search(around) and not re.search(r"\b(?:Daten|data)\b", around):
        return False
    if re.search(
        r"(?:\balle|\bevery|\bjede[ns]?)\s*$",
        sentence[max(0, period.start - 8) : period.start],
        re.IGNORECASE,
    ):
        return False
    if re.search(
        r"(?:unter|under|vor|mindestens|über|over|at least)\s*$",
        sentence[max(0, period.start - 12) : period.start],
    ) and re.search(r"alt\b|Lebensjahr|years of age|years old|Kinder|children", around):
        return False
    if re.match(r"\s*(?:alt\b|of age|old\b|Lebensjahr)", sentence[period.end :]) or re.search(
        r"(?:age of|Alter von|under|unter)\s*$", sentence[: period.start]
    ):
        return False
    return not (
        re.search(
            r"beantwort|bestätig|antwort|respond|reply|acknowledg|informieren Sie|ankündig|benachrichtigt|werden Sie informiert|\byou are (?:told|notified|informed)",
            sentence,
        )
        and not _KEEPS.search(sentence)
    )


def _reading(
    passage: Passage, start: int, end: int, keep: str, said_start: int, said_end: int, confidence: float
) -> Reading:
    sentence = passage.text[start:end]
    clause_start, clause_end = _clause(sentence, said_start, said_end)
    value: dict[str, Any] = {
        "keep": keep,
        "from": _start_of(sentence[clause_start:clause_end]),
        "data": _data_of(passage, sentence),
        "then": _then(sentence[clause_start:clause_end]),
    }
    left, right = trimmed(passage.text, start + clause_start, start + clause_end)
    return Reading("retention", value, left, right, confidence)


def _clause(sentence: str, start: int, end: int) -> tuple[int, int]:
    """The part of a sentence between semicolons that states the period."""
    left = sentence.rfind(";", 0, start) + 1
    right = sentence.find(";", end)
    return left, len(sentence) if right < 0 else right


def _start_of(clause: str) -> str | None:
    return next((start for start, pattern in _FROM if pattern.search(clause)), None)


def _then(clause: str) -> str | None:
    if _NOT_THEN.search(clause):
        return None
    return next((then for then, pattern in _THEN if pattern.search(clause)), None)


def _data_of(passage: Passage, sentence: str) -> str:
    for pattern in (_OBJECT, _INVERTED, _SUBJECT):
        found = pattern.search(sentence)
        if found:
            left, right = trimmed(found["np"], 0, len(found["np"]))
            phrase = squeezed(found["np"][left:right])
            if re.search(r"[A-ZÄÖÜ]|data|information|logs?|records", phrase) and len(phrase.split()) <= 16:
                return phrase
    if "Ihre Daten" in sentence or "Daten" not in sentence:
        return passage.block.section or "Daten"
    return "Daten"


_AS_NEEDED = re.compile(r"so lange wie nötig|solange erforderlich|as long as necessary", re.IGNORECASE)


def _row(passage: Passage) -> Iterator[Reading]:
    """A table's cell under "Speicherdauer", or one that tells a period; what is kept stands in the other cells."""
    block = passage.block
    if any("ookie" in column for column in block.columns) or (
        passage.about("cookies") and len(block.cells) > 2
    ):
        return
    if (
        block.columns
        and any(re.search(r"^(?:cookie )?name$", column.strip(), re.IGNORECASE) for column in block.columns)
        and not any("aten" in column or "ata" in column for column in block.columns)
    ):
        return
    titled = next(
        (
            at
            for at, column in enumerate(block.columns)
            if re.search(
                r"dauer|frist|löschung|aufbewahr|retention|period|kept|storage", column, re.IGNORECASE
            )
        ),
        None,
    )
    position = 0
    for at, cell in enumerate(block.cells):
        where = passage.text.find(cell, position) if cell else -1
        if where < 0:
            continue
        position = where + len(cell)
        found = periods(cell)
        worded = [(keep, said) for keep, pattern in _WORDS if (said := pattern.search(cell))]
        needed = _AS_NEEDED.search(cell)
        if needed and not any(keep == "purpose" for keep, _ in worded):
            worded.append(("purpose", needed))
        if at != titled and not (found and len(cell) < 90 and at > 0) and not (worded and at > 0):
            continue
        data = _row_data(block.columns, block.cells, at)
        for period in found:
            value = {"keep": period.value, "from": _start_of(cell), "data": data, "then": _then(cell)}
            yield Reading("retention", value, where + period.start, where + period.end, 0.85)
        for keep, said in worded:
            if found and keep in ("statutory", "purpose") and len(cell) < 80:
                continue
            value = {"keep": keep, "from": _start_of(cell), "data": data, "then": _then(cell)}
            yield Reading("retention", value, where + said.start(), where + said.end(), 0.75)


def _row_data(columns: tuple[str, ...], cells: tuple[str, ...], at: int) -> str:
    for column, cell in zip(columns, cells, strict=False):
        if (
            re.search(r"daten|data|kategorie|categor|information|record", column, re.IGNORECASE)
            and cell
            and cell != cells[at]
        ):
            return cell
    return next((cell for place, cell in enumerate(cells) if cell and place != at), "Daten")
