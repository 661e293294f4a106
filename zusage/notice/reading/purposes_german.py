"""Purposes in German sentences: "um … zu", "zum Zweck der …", "dient der …", "damit wir … können"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zusage.notice.reading.clauses import INFINITIVE, clause_end, clauses
from zusage.notice.reading.facts import Reading
from zusage.notice.reading.passages import Passage, holds
from zusage.notice.reading.phrases import enumeration, is_clause, squeezed
from zusage.notice.reading.purpose_nouns import NOMINAL, nouns, plausible, to_ends

_UM = re.compile(
    r"(?<![\wäöü])[Uu]m\s(?=(?:(?!\sum\s)(?:[^.;:]|(?<=Art)\.|(?<=Abs)\.|(?<=lit)\.|(?<= S)\.)){1,400}?"
    + INFINITIVE
    + ")"
)
#: "Um die Löschung zu beantragen, schreiben Sie …" is no purpose of the controller's
_FOR_YOU_TO_DO = re.compile(
    r"Um\s[^.;:,]{3,120},\s(?:\w+ ){0,2}?(?:(?:wenden|senden|löschen|klicken|besuchen|schreiben|kontaktieren|gehen|rufen|nehmen|nutzen|verwenden|richten) Sie|schreib|genügt|reicht)"
)
_ZWECK = re.compile(
    r"(?:[Zz]u(?:m|r| den| diesem)? Zwecke?n?|[Ff]ür(?: die)? Zwecke|(?<![\wäöü])[Zz]wecks|zu folgendem Zweck|Zweck(?:e)? (?:der|dieser|unserer) (?:Daten)?(?:[Vv]erarbeitung|[Ee]rhebung|[Nn]utzung|Speicherung)(?: \w+){0,4} (?:ist|sind)|dien(?:t|en)(?: (?:ausschlie(?:ß|ss)lich|insbesondere|allein|lediglich|vor allem|unter anderem|uns|dazu|auch|somit|primär|hier|hierbei|dabei|sie|diese|nur|ferner|zudem|außerdem|vorrangig|in erster Linie))*(?: dem Zweck,?)?(?: der| dem| den| zur| einer| einem|(?=\s[a-zäöüß]+en\s[A-ZÄÖÜ]))|"
    r"(?:Interesse|Interessen) (?:liegt|liegen|besteht|bestehen|folgt|folgen|ergibt sich|ergeben sich|resultiert)(?: (?:hierbei|dabei|insbesondere|hier))? (?:(?:in|aus) (?:der|dem|einer|einem)|im)|(?<![Ii]hr )(?<![Dd]ein )(?<![Ii]hrem )(?<![Ii]hres )(?:[Ii]nteresse[ns]?|[Ii]nteressen? (?:des|der|unsere[sr]) [A-ZÄÖÜ]\w+) an(?: der| dem| einer| einem| unsere[mr])?)\s(?!Wahrung [^.;:]{0,110}Interessen an\b)(?P<what>[A-ZÄÖÜa-zäöü„][^.;:]{3,260})"
)
_SO_THAT = re.compile(
    r"\b(?:[Dd]amit wir|Rechtsgrundlage(?: hierfür| dafür)? ist (?:die|der))\s(?P<what>(?:(?<=wir\s)[^.;:,]{5,120}?(?=\skönnen\b|(?<=[a-zäöüß]en)[.,;]))|(?:(?<=die\s)|(?<=der\s))(?:Durchführung|Erfüllung|Anbahnung|Abschluss)(?: und (?:die )?(?:Durchführung|Erfüllung|Abwicklung))?\s(?:des|eines|der|Ihre[sr])\s[^.;:,(]{4,60}?(?=\s(?:gemäß|nach|gem\.|\()|[.,;]))"
)
_ZWECK_CLAUSE = re.compile(
    r"(?:(?:dem|diesem|den) Zweck|[Zz]wecke? (?:\w+ ){0,3}ist(?: es)?|\bdazu(?: (?!verpflicht|berechtig|gesetzlich|rechtlich|angehalten)\w+){0,2}|\bdabei(?: \w+)?|berechtigte[ns]? Interesses?(?: daran)?|[Ii]nteresse (?:\w+ ){0,3}(?:besteht|liegt) (?:\w+ )?darin|(?:ermöglich|erlaub)\w+ es (?:uns|Ihnen|dir)),\s(?=[^.;:]{3,300}?"
    + INFINITIVE
    + ")"
)
_ZWECKEN = re.compile(
    r"(?:zu|für)\s(?:(?:eigenen?|unseren? eigenen?|statistischen?|rein|ausschließlich|internen?|werblichen?)\s)*(?P<what>(?:[A-ZÄÖÜ][\wäöüß]*-(?:,| und| oder|/)\s)?[A-ZÄÖÜ][\wäöüß-]*?[zZ]wecken?|statistischen Zwecken|werblichen Zwecken)(?!\w)"
)
_HAPPENING = ("erfolgt", "geschieht", "beruht", "bdsg", "dsgvo", "ds-gvo")
_TO_CONTRACT = re.compile(r"mit der (?P<what>(?:Erfüllung|Durchführung|Anbahnung) eines Vertrage?s)")
#: what leads to a list of data, whose items say what data are for only in passing
_OF_DATA = re.compile(
    r"(?:folgende|nachstehende)\w* (?:\w+ ){0,2}(?:\w*[Dd]aten|Informationen|Angaben|Kategorien)[^:]{0,60}:$|\b(?:erheben|erfassen|speichern|verarbeiten) wir[^:]{0,60}:$"
)
_CITED = re.compile(r",?\s(?:gemäß\s|nach\s)?(?:Art|§)(?!\w)")


#: "keine Weitergabe an Dritte zu (Werbezwecken)"
_NOT_FOR = re.compile(r"\b(?:[Kk]eine[rns]?|nicht)\b[^.,;:]{0,70}$")


def _for_purpose(text: str, start: int, end: int) -> Iterator[Reading]:
    """ "Zum Zweck der …", "dient der …", "zu Werbezwecken"."""
    for found in _ZWECK_CLAUSE.finditer(text, start, end):
        yield from clauses(text, found.end(), clause_end(text, found.end(), end))
    for found in _ZWECK.finditer(text, start, end):
        cited = _CITED.search(text, found.start("what"), found.end("what"))
        yield from nouns(text, found.start("what"), cited.start() if cited else found.end("what"), 0.75)
    for found in _ZWECKEN.finditer(text, start, end):
        if (
            _NOT_FOR.search(text, max(start, found.start() - 80), found.start())
            and "es sei denn" not in text[found.end() : end]
        ):
            continue
        if not re.match(r"(?:anderen|diesen|genannten|welchen|oben|folgenden|den |weiteren)", found["what"]):
            yield Reading(
                "purpose",
                _without_purpose(squeezed(found["what"])),
                found.start("what"),
                found.end("what"),
                0.65,
            )


def german(passage: Passage, start: int, end: int) -> Iterator[Reading]:
    text, low = passage.text, passage.low[start:end]
    for found in _UM.finditer(text, start, end) if "um " in low else ():
        if _FOR_YOU_TO_DO.match(text, found.start(), end):
            continue
        stop = clause_end(text, found.end(), end)
        yield from clauses(text, found.start(), stop)
    yield from _supported(text, start, end)
    yield from _able(text, start, end)
    for found in _HAPPENS.finditer(text, start, end) if holds(low, _HAPPENING) else ():
        name = "what" if found["what"] else "basis"
        if (
            NOMINAL.match(found[name])
            and plausible(found[name])
            and not re.search(r"Verpflichtung$|Interesse", found[name])
        ):
            yield Reading("purpose", squeezed(found[name]), found.start(name), found.end(name), 0.65)
    for found in _SO_THAT.finditer(text, start, end) if holds(low, ("damit wir", "rechtsgrundlage")) else ():
        yield Reading("purpose", squeezed(found["what"]), found.start("what"), found.end("what"), 0.65)
    if (
        "zweck" in low
        or "dien" in low
        or "interesse" in low
        or "dazu" in low
        or "dabei" in low
        or " es uns," in low
    ):
        yield from _for_purpose(text, start, end)
    for found in _TO_CONTRACT.finditer(text, start, end) if "vertrag" in low else ():
        yield Reading("purpose", found["what"], found.start("what"), found.end("what"), 0.7)
    if passage.about("purposes"):
        yield from in_section(text, start, end)
    if passage.topic == "retention" and re.search(r"so\s?lange|Dauer", text[start:end]):
        return
    if passage.topic in ("retention", "recipients", "rights") and not re.search(
        r"verarbeit|verwend|genutzt|nutzen|Zweck|erforderlich|unterstütz|weitergegeben|weitergeleitet|übermittelt|geben wir|weiter\.",
        text[start:end],
    ):
        return
    if passage.block.kind == "item" and _OF_DATA.search(passage.lead):
        for remark in re.finditer(r"\([^()]{6,120}\)", text[start:end]):
            yield from to_ends(text, start + remark.start() + 1, start + remark.end() - 1)
        return
    yield from to_ends(text, start, end)


def in_section(text: str, start: int, end: int) -> Iterator[Reading]:
    """What only a section on purposes tells: "nutzen … für A, B und C", examples in parentheses."""
    for found in re.finditer(
        r"\b(?:nutzen|verwenden|verarbeiten) [^.;:]{3,50}? für (?:die |den |das )?(?P<what>[A-ZÄÖÜ][^.;:]{4,200})",
        text[start:end],
    ):
        yield from nouns(text, start + found.start("what"), start + found.end("what"), 0.7)
    for inner in re.finditer(
        r"\((?:z[.․]\s?B[.․]|insbesondere|beispielsweise|bspw[.․])\s(?P<list>[^()]{4,240})\)",
        text[start:end],
    ):
        for a, b in enumeration(text, start + inner.start("list"), start + inner.end("list")):
            prefix = re.match(r"(?:für|zur|zum)\s(?:die\s|den\s|das\s)?", text[a:b])
            a += prefix.end() if prefix else 0
            if plausible(squeezed(text[a:b])) and not re.match(r"(?:in|im|bei|auf|durch|aus)\s", text[a:b]):
                yield Reading("purpose", squeezed(text[a:b]), a, b, 0.7)


#: "Der Versand von Werbung erfolgt …", "§ 26 BDSG (Anbahnung eines Beschäftigungsverhältnisses)"
_HAPPENS = re.compile(
    r"(?:^|(?<=[.!?]\s))(?:Der|Die|Das)\s(?P<what>(?!Daten|Aufnahme|Server)[A-ZÄÖÜ][\w-]+\s(?:von|des|der|unsere[rs])\s[^.;:,()]{3,50}?)(?=\s(?:erfolgt|geschieht|beruht)\b)"
    r"|(?:BDSG(?:-neu)?|DS-?GVO)\s\((?P<basis>[^().;–]{5,60}?)(?:\s–[^()]*)?\)"
)
#: what others help with: "bei der Bereitstellung unserer Dienste unterstützen, beispielsweise beim Hosting, der Analyse …"
_HELPS = re.compile(r"\bbei (?:der|dem|den|unserer|unserem)\s(?P<what>[A-ZÄÖÜ][^.;:,]{3,80}?)\sunterstützen")
_HELPS_WITH = re.compile(
    r"(?:unterstützen,?\s(?:beispielsweise|etwa|insbesondere|wie|z[.․]\s?B[.․])|zuständig für [^.;:,]{0,40}\s(?:wie|beispielsweise|z[.․]\s?B[.․]))\s(?:beim\s|bei der\s|bei\s)?(?P<list>[^.;:]{5,240})"
)
#: what data enable: "Aufgrund dieser Informationen können wir Fehler beheben und …"
_ABLE = re.compile(
    r"^\W*(?:Aufgrund|Dadurch|Durch|Damit|So|Mit diesen|Mithilfe|Auf diese Weise|Hierdurch|Anhand)\b[^.;:]{0,80}?\b(?:können|möchten|wollen) wir\s(?P<list>[^.;:]{5,400})"
)
#: "Wir wollen damit Diebstähle aufklären und …"
_WANT = re.compile(
    r"\b[Ww]ir (?:wollen|möchten)\s(?:damit|dadurch|hierdurch|so|auf diese Weise)\s(?P<list>[^.;:(]{5,300})"
)
_ENDS_IN_VERB = re.compile(r"\s[a-zäöüß]{3,}(?:en|ern|eln)$")


def _supported(text: str, start: int, end: int) -> Iterator[Reading]:
    if "unterstützen" not in text[start:end] and "zuständig für" not in text[start:end]:
        return
    for found in _HELPS.finditer(text, start, end):
        yield from nouns(text, found.start("what"), found.end("what"), 0.7)
    for found in _HELPS_WITH.finditer(text, start, end):
        for a, b in enumeration(text, found.start("list"), found.end("list")):
            phrase = squeezed(text[a:b])
            if phrase[:1].isupper() and len(phrase.split()) <= 7 and not is_clause(phrase):
                yield Reading("purpose", phrase, a, b, 0.7)


def _able(text: str, start: int, end: int) -> Iterator[Reading]:
    """Members that end in an infinitive; one without joins the next ("Angebote und Dienste verbessern")."""
    found = _ABLE.search(text[start:end]) or _WANT.search(text[start:end])
    if found is None:
        return
    begin: int | None = None
    for a, b in enumeration(text, start + found.start("list"), start + found.end("list")):
        begin = a if begin is None else begin
        if _ENDS_IN_VERB.search(text[begin:b]):
            yield Reading("purpose", squeezed(text[begin:b]), begin, b, 0.65)
            begin = None


def _without_purpose(compound: str) -> str:
    """ "Abrechnungszwecken" is "Abrechnung"; "Werbezwecke" and "Personalzwecke" stay."""
    found = re.fullmatch(r"([A-ZÄÖÜ][a-zäöüß]+(?:ung|tion|ion))s?zwecken?|(Analyse)zwecken?", compound)
    return (found[1] or found[2]) if found else compound
