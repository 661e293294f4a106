"""Rights of the data subject (Art. 7(3), 15–22, 77 GDPR): stated by name, in an enumeration, or as something one can do."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zusage.notice.reading.facts import Reading
from zusage.notice.reading.passages import DOT, Passage, holds

_I = re.IGNORECASE
#: one of these stands in every sentence that states the right (in small letters)
_STEMS_OF = {
    "access": ("auskunft", "auskünft", "access", "right", "copy", "zugriff", "zugreif"), "rectification": ("berichtig", "korr", "rect", "update", "amend"),
    "erasure": ("lösch", "vergessen", "delet", "eras", "forgotten"), "restriction": ("einschränk", "sperr", "restrict"),
    "portability": ("gängig", "transfer", "übertrag", "portab", "herausgabe", "strukturiert", "structured", "erhalt"), "objection": ("widers", "object", "opt", "verbieten"),
    "withdraw_consent": ("widerruf", "zurück", "abmeldung", "abbestellung", "opt", "withdraw", "revoke", "abmelden", "abbestellen", "unsubscribe"), "complaint": ("beschwer", "complain", "wenden"), "no_automated_decision": ("automat",),
}  # fmt: skip
#: said by name, anywhere
_NAMED: tuple[tuple[str, re.Pattern[str]], ...] = tuple((right, re.compile(pattern, _I)) for right, pattern in (
    ("access", (r"Recht (?:auf|zur?) (?:Bestätigung und |unentgeltliche |kostenlose )?Auskunft|Auskunftsrecht|Auskunftsanfragen|Auskunft [^.;]{0,90}(?:verlangen|erhalten|anfordern|ersuchen)|"
               r"right (?:of|to) (?:access|know|be informed)|rights? of access|right to ask us (?:to provide|for) |(?:request|obtain|you (?:may |can )?have|right to have|ask (?:us )?for) (?:access to|a copy of)[^.;]{0,40}(?:data|information)|(?:you (?:can|may|have)[^.;]{0,40} |^\W*(?:to )?)access (?:to )?(?:your|the|any) (?:own )?personal (?:data|information)|"
               r"Zugriff[^.;]{0,60}anfordern|können Sie den Zugriff|auf Ihre personenbezogenen Daten zugreifen")),
    ("rectification", (r"Recht auf (?:[^.;,]{0,40} )?Berichtigung|Berichtigungsrecht|Berichtigung [^.;]{0,90}(?:verlangen|fordern)|right (?:to|of) (?:rectification|rectify|correct(?:ion)?)|"
                      r"(?:correct|rectify|update|amend) (?:any )?(?:your|inaccurate|incorrect|incomplete)|Ungenauigkeiten korrigieren|(?:[Uu]nrichtige|[Ff]alsche|[Ff]ehlerhafte) (?:Daten|Angaben) [^.;]{0,40}(?:berichtig|korrigier)|die Korrektur Ihrer")),
    ("erasure", (r"Recht auf (?:[^.;,]{0,40} )?Löschung|Löschungsrecht|Recht auf Vergessenwerden|(?:die |sofortige |unverzügliche )?Löschung [^.;]{0,110}(?:verlangen|\bfordern|beantragen)|right (?:to|of) (?:erasure|erase|delet(?:e|ion)|be forgotten)|"
                r"\b(?:request|ask)\b[^.;]{0,40}(?:deletion|erasure|to delete|that we delete)|(?:want|wish|would like) (?:us )?[^.;]{0,50}(?:deleted|removed|erased)\b[^.;]{0,30}contact|(?:Löschersuchen|Löschbegehren|Löschverlangen) (?:geltend|stellen|richten|an uns)|(?<!we )(?<!will )delete your (?:personal )?(?:data|information|account)|Recht, [^.;]{0,30}Löschung")),
    ("restriction", r"Recht auf (?:[^.;,]{0,60} )?(?:Einschränkung|Sperrung)|Einschränkungsrecht|Einschränkung der Verarbeitung [^.;]{0,60}(?:verlangen|fordern)|right (?:to|of) (?:restriction|restrict)|restrict (?:or limit )?(?:the|our) processing"),
    ("portability", r"Recht auf (?:Datenübertragbarkeit|Datenportabilität|Übertragbarkeit|Datenherausgabe)|Recht auf Erhalt der Daten|(?:in einem|einem) (?:strukturierten, |üblichen, )?gängigen|Datenübertragbarkeit|Datenherausgabe und|right (?:to|of) (?:data )?portability|structured, commonly used|data portability|(?:request|ask for) (?:the |a )?transfer of your (?:personal )?(?:data|information)"),
    ("objection", (r"(?<!kein )Widerspruchsrecht|Recht auf Widerspruch|Recht[^.;]{0,180}Widerspruch (?:[^.;]{0,60} )?(?:einzulegen|zu erheben)|Widerspruch (?:gegen [^.;]{0,80} )?(?:einlegen|erheben)|Widerspruchsmöglichkeit|"
                  r"(?:Verarbeitung|Nutzung|Verwendung|Zusendung|Werbung|Zwecke|Speicherung)[^.;]{0,90}(?:zu )?widersprechen|jederzeit widersprechen|right (?:to|of) object|object to (?:the |our |this |such )?(?:processing|use)|können die Nutzung jederzeit verbieten|right to opt[- ]out|"
                  r"(?:wenn|dass) Sie [^.;]{0,60} widersprechen|Sie nicht (?:vorher |zuvor )?widersprechen")),
    ("withdraw_consent", (r"(?:Einwilligung|Zustimmung|Einverständnis)(?:en|serklärung)?[^.;]{0,170}(?:widerrufen|widerrufbar|zu widerrufen|zurück(?:zu)?nehmen|zurückziehen|Widerruf(?!en))|(?:Recht auf|Recht zum) Widerruf|Widerrufsrecht|Recht[^.;]{0,60}Widerruf (?:Ihrer|einer|der|Ihrer erteilten) Einwilligung|"
                         r"(?:widerrufen|Widerruf) [^.;]{0,40}Einwilligung|withdraw(?:al of)? (?:your|the|that|any|my)?\s?consent|revoke (?:your|any) consent|consent [^.;]{0,60}(?:withdrawn|withdraw|revoked)|jederzeit[^.;]{0,70} widerrufen|jederzeit[^.;]{0,80}(?:abmelden|abbestellen)|Abmelden können (?:Sie|du)|(?:können|kannst) (?:Sie|du)[^.;]{0,60}(?:abmelden|abbestellen)|(?:Abmeldung|Abbestellung)[^.;]{0,60} jederzeit möglich|unsubscribe [^.;]{0,30}(?:at any time|by )|(?:may|can) opt[- ]out [^.;]{0,60}(?:at any time|by (?:replying|clicking|following|contacting|writing|e-?mailing))|(?:may|can) (?:be )?(?:withdraw|withdrawn|revoke|revoked) (?:it |this )?at any time|Einwilligung zur Datenverarbeitung widerrufen, werden Ihre Daten gelöscht")),
    ("complaint", (r"(?:Recht|Möglichkeit)[^.;]{0,90}(?:Beschwerde|zu beschweren)|Beschwerderecht|Beschwerde[^.;]{0,60}(?:einlegen|einreichen|einzureichen|erheben|Aufsichtsbehörde)|(?:Aufsichtsbehörde|Datenschutzbehörde)[^.;]{0,120}beschweren|bei[m]? [^.;]{0,110} (?:zu )?beschweren|"
                  r"Beschwerden? [^.;]{0,130}entgegen|[Bb]eschweren (?:können|kannst|dürfen) |Beschwerden (?:nimmt|richten|können|sind)|complaints? (?:may|can|should) be (?:addressed|made|sent|lodged|directed|submitted)|Zuständig für Beschwerden|(?:lodge|file|make|submit|raise) a complaint|right to complain|complain to|^\W*complaints? to\b|an (?:das|die|den|eine)[^.;]{0,90}(?:[Aa]ufsicht|[Bb]ehörde|[Bb]eauftragte\w* für)[^.;]{0,110} (?:zu )?wenden")),
    ("no_automated_decision", r"Recht,? nicht einer [^.;]{0,60}automatisierten|Keine automatisierte Entscheidung im Einzelfall|keiner [^.;]{0,60}automatisierten [^.;]{0,60}Entscheidung [^.;]{0,60}unterworfen|right (?:not to be subject|to not be subject|related to automated)|not to be subject to (?:a decision|automated)"),
))  # fmt: skip
#: nouns in an enumeration of rights
_LISTED: tuple[tuple[str, re.Pattern[str]], ...] = tuple((right, re.compile(pattern)) for right, pattern in (
    ("access", r"\bAuskunft\b|\b[Aa]ccess\b|\bcopy of\b|\bobtain information\b"),
    ("rectification", r"\bBerichtigung\b|\bberichtigen\b|\bKorrektur\b|\b[Rr]ectif\w+|\b[Cc]orrect(?:ion|ed)?\b"),
    ("erasure", r"\bLöschung\b|\blöschen\b|\b[Ee]ras(?:ure|e|ed)\b|\b[Dd]elet(?:ion|e|ed)\b|\bremove\b"),
    ("restriction", r"\bEinschränkung(?: der Verarbeitung)?\b|\beinschränken\b|\bSperrung\b|\b[Rr]estrict(?:ion)?\b"),
    ("portability", r"\bDatenübertragbarkeit\b|(?:gängigen|übertragbaren)[^.;]{0,40} Format|Übertragung Ihrer Daten|\bDatenportabilität\b|\bportable format\b|\b[Pp]ortability\b|\bport\b"),
    ("objection", r"\bWiderspruch\b|\bwidersprechen\b|\b[Oo]bject(?:ion)?\b"),
    ("withdraw_consent", r"\bWiderruf\b|\b[Ww]ithdraw(?:al)?\b"),
    ("complaint", r"\bBeschwerde\b|\b[Cc]omplain(?:t)?\b"),
))  # fmt: skip
_ENUMERATES = re.compile(
    r"Rechte? (?:auf|zur?|zum)\b|folgende Rechte|Rechte:|rights? (?:to|of)\b|following rights|Rechte der|a right under [^.;,]{0,40} to\b|(?:können|kannst|dürfen)\b[^.;]{0,160}\bverlangen|Sie können [^.;]{0,200}(?:löschen|berichtigen|einschränken) lassen|[Yy]ou (?:can|may)(?: also)? (?:ask|request)\b|entitled to|Anspruch auf",
    _I,
)
_ENUMERATING = ("recht", "right", "können", "kannst", "dürfen", "can ", "may ", "entitled", "anspruch")
#: what one can do with one's account, outside of a section on rights
_DOABLE: tuple[tuple[str, re.Pattern[str]], ...] = tuple((right, re.compile(pattern)) for right, pattern in (
    ("access", r"(?:können|kannst) [^.;]{0,80}(?:jederzeit )?(?:einsehen|einzusehen)|(?:können|kannst) (?:Sie )?jederzeit auf Ihr (?:Profil|Konto)[^.;]{0,30}zugreifen"),
    ("rectification", r"(?:können|kannst) [^.;]{0,160}(?:korrigieren|berichtigen)"),
    ("erasure", r"(?:Konto|Kundenkonto|Profil|Benutzerkonto|Nutzerkonto|Account)s? (?:können|kannst) (?:Sie|du) (?:jederzeit )?(?:selbst )?löschen|Sie können (?:Ihr|Ihren)[^.;]{0,24}(?:[Kk]onto|Profil|Account)[^.;]{0,80} löschen|[Dd]u kannst dein \w*[Kk]onto[^.;]{0,60} löschen|(?:können|kannst) (?:Sie|du) [^.;]{0,40}(?:Konto|Profil|Lebenslauf)[^.;]{0,150}(?:löschen|entfernen)|Löschung des (?:Kundenkontos|Kontos|Benutzerkontos)|Löschung\S* [^.;]{0,30}wünschen"),
))  # fmt: skip
_STEMS = ("recht", "right", "rectif", "amend", "abmeld", "abbestell", "opt out", "opt-out", "transfer of your", "löschersuchen", "löschbegehren", "wenden", "widers", "widerru", "auskunft", "löschung", "löschen", "beschwer", "complain", "withdraw", "consent", "access", "object", "zugriff",
          "zugreif", "korrektur", "korrig", "correct", "delet", "eras", "portab", "einsehen", "berichtig", "einschränk", "restrict", "übertrag", "verbieten", "verlangen", "zurückn", "zurückz", "gängig", "strukturiert", "entfernen", "revoke", "abmelden", "abbestellen", "unsubscribe")  # fmt: skip
_COOKIE = re.compile(r"\bCookies?\b")
_NO = re.compile(r"(?:kein|nicht)\s+$")
#: a sentence that only points to where rights are explained
_REFERS = re.compile(
    r"^\s*(?:Zusätzliche |Weitere |Ausführliche(?:re)? |Nähere )?(?:Informationen|Hinweise|Details|Angaben)\b[^.]{0,120}\b(?:erhalten|finden|entnehmen)\b|(?:obigen|ausführlichen|nachstehenden|folgenden) Hinweise|Im Folgenden finden Sie|^\s*(?:Further|More|Additional) information",
    _I,
)
#: "bis Sie der Speicherung widersprechen"
_ONLY_MET = re.compile(r"\bbis (?:Sie|du)[^.;,]{0,40}$", _I)
#: "statt der Löschung die Einschränkung verlangen"
_INSTEAD = re.compile(r"\b(?:statt|anstelle) (?:der|einer) Löschung")
_CONDITION = re.compile(r"^(?:Wenn|Sofern|Falls|Soweit|If|Where)\b")


def rights(passage: Passage) -> Iterator[Reading]:
    """The rights that a passage states."""
    if passage.about("definitions", "changes") and not passage.about("rights"):
        return
    if not passage.has(*_STEMS):
        return
    text = passage.text
    seen: set[str] = set()
    for start, end in passage.sentences:
        for reading in _in_sentence(passage, text, start, end):
            if reading.value not in seen:
                seen.add(reading.value)
                yield reading


def _in_sentence(passage: Passage, text: str, start: int, end: int) -> Iterator[Reading]:
    low = passage.low[start:end]
    if not holds(low, _STEMS):
        return
    sentence = _calm(text[start:end])
    if _REFERS.search(sentence):
        return
    if (
        passage.topic == "retention"
        and not _SAYS_ONE_MAY.search(sentence)
        and "sofern Sie nicht" not in sentence
    ):
        return
    only_cookies = bool(_COOKIE.search(sentence)) and not re.search(
        r"Einwilligung|[Cc]onsent|Entscheidung", sentence
    )
    for right, pattern in _NAMED:
        if not holds(low, _STEMS_OF[right]) or (only_cookies and right != "objection"):
            continue
        found = pattern.search(sentence)
        if found and _states(passage, sentence, right, found):
            yield Reading("right", right, start + found.start(), start + found.end(), 0.92)
    if only_cookies:
        return
    for right, found in _in_list(passage, sentence, low):
        yield Reading("right", right, start + found.start(), start + found.end(), 0.85)
    if not _CONDITION.match(sentence):
        for right, pattern in _DOABLE:
            found = pattern.search(sentence)
            if found:
                yield Reading("right", right, start + found.start(), start + found.end(), 0.7)


def _states(passage: Passage, sentence: str, right: str, found: re.Match[str]) -> bool:
    """Whether words that name a right state it in their sentence."""
    before, said = sentence[: found.start()], found.group()
    if _NO.search(before) or (re.match(r"\W*ob\b", sentence) and right != "complaint"):
        return False
    if passage.block.kind == "heading" and not re.search(r"[Rr]echt|[Rr]ight", said):
        return False
    if right == "objection":
        return not _ONLY_MET.search(before)
    if right != "withdraw_consent":
        return True
    if "opt" in said[:9].lower() and not passage.has("consent", "opted in"):
        return False
    return not re.search(r"\b(?:sobald|falls)\b", sentence) or bool(
        re.search(r"k[aö]nn|[Rr]echt\b", sentence)
    )


def _in_list(passage: Passage, sentence: str, low: str) -> Iterator[tuple[str, re.Match[str]]]:
    """The rights that an enumeration, or an item of a list, names by a noun."""
    enumerates = _ENUMERATES.search(sentence) if holds(low, _ENUMERATING) else None
    listed = _item_of_rights(passage)
    several = passage.topic == "rights" and sum(bool(said.search(sentence)) for _, said in _LISTED) > 2
    if not (enumerates or listed or several):
        return
    origin = enumerates.start() if enumerates and not listed else 0
    asked = re.match(r"\W*(?:ob|das Bestehen|the existence|whether)\b", sentence)
    for right, pattern in _LISTED:
        if asked and right != "complaint":
            continue
        found = pattern.search(sentence, origin)
        apart = right in ("complaint", "withdraw_consent") and passage.topic != "rights" and not enumerates
        if found and not apart:
            yield right, found


#: stops of citations, and those within addresses
_CITED = re.compile(r"\b(Art|Abs|Nr|lit|Buchst|Ziff|S)\.(?=\s?[\da-z])")
_WITHIN = re.compile(r"(?<=\w)\.(?=\w)")


def _calm(sentence: str) -> str:
    """A sentence, as long as it was, without the stops of citations; one in capitals in small letters."""
    sentence = _INSTEAD.sub(lambda found: " " * len(found.group()), sentence)
    sentence = _WITHIN.sub(DOT, _CITED.sub(lambda found: found[1] + DOT, sentence))
    capitals = sum(map(str.isupper, sentence))
    if capitals > 32 and capitals * 10 > sum(map(str.isalpha, sentence)) * 8:
        return "".join(char.lower() if len(char.lower()) == 1 else char for char in sentence)
    return sentence


#: in a section on retention a right is stated, not only met on the way ("until you withdraw")
_SAYS_ONE_MAY = re.compile(
    r"\bRecht\b|zu beantragen|können Sie|Sie können|kannst|jederzeit|\bright\b|you (?:may|can)\b|Löschersuchen|contact us",
    _I,
)


def _item_of_rights(passage: Passage) -> bool:
    """An item of a list of rights: by the sentence that leads to it, else by its section."""
    led = (
        bool(re.search(r"Rechte?\b|\brights?\b", passage.lead))
        or (passage.topic == "rights" and bool(_ONE_MAY.search(passage.lead)))
        if passage.lead
        else passage.topic == "rights"
    )
    listed = passage.block.kind in ("item", "row") or bool(_HEADED.match(passage.text))
    return listed and led and len(passage.text) < 200


_ONE_MAY = re.compile(
    r"\b(?:you|Sie|du)\b[^.;]{0,60}\b(?:may|can|ask|können|dürfen|kannst|darfst|verlangen)\b", _I
)
#: "Rectification — …" in a list that lost its bullets
_HEADED = re.compile(r"\W*[A-ZÄÖÜ][\w -]{3,40}(?::|\s[–—])\s")
