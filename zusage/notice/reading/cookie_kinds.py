"""Kinds of cookies without a name of their own ("Session-Cookies"), and how long a cookie stays, in words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zusage.notice.reading.durations import periods
from zusage.notice.reading.facts import Reading
from zusage.notice.reading.passages import Passage
from zusage.notice.reading.phrases import squeezed

_SESSION = re.compile(
    r"\b(?:Session|Sitzung(?:s?(?:ende|dauer))?|session|Browsersitzung|Schließen des Browsers|Ende der (?:Browser-?)?[Ss]itzung|browser is closed|close (?:your|the) browser|closing (?:of )?(?:the|your) browser|Browser geöffnet|Browser schließen|Ende (?:Ihres|des) Besuch|nach der Abmeldung)",
    re.IGNORECASE,
)
_STAYS = re.compile(
    r"bis (?:zu[mr]? )?(?:Leeren|Leerung|Löschung|Löschen|manuelle)|\b(?:permanent|persistent|dauerhaft|unbegrenzt|unbefristet|never expires?|kein Ablauf|no expiry)\b|until (?:deleted|cleared|removed|you (?:delete|clear)|deletion)|"
    r"bis (?:Sie|du) (?:sie|diese|oder)[^.;]{0,40} lösch\w+|(?:so lange|solange)[^.;]{0,60} (?:löschen|gelöscht)|bis (?:Sie|du)[^.;]{0,30} löschen",
    re.IGNORECASE,
)
#: in a cell for the lifetime, where an item is kept says for how long
_STORED_THERE = re.compile(r"\blocal ?storage\b", re.IGNORECASE)

#: what tells kinds of cookies apart, before the noun; "andere", "diese" or "solche" do not
_DE_KIND = (
    r"(?:(?:(?:technisch|unbedingt|zwingend|absolut|strikt|rein)\s)?(?:nicht\s)?(?:(?:un)?notwendig|(?:nicht-?)?erforderlich|essenziell|essentiell|funktional|funktionell|optional|technisch|statistisch|analytisch|sitzungsbasiert|"
    r"dauerhaft|temporär|permanent|persistent|transient|eigen|sitzungsbezogen|einwilligungspflichtig|zustimmungspflichtig|werblich|sicherheitsrelevant|leistungsbezogen|domainübergreifend)(?:e[nrs]?)\s)"
)
_EN_KIND = (
    r"(?:(?:(?:strictly|absolutely|technically|purely)\s)?(?:non-?)?(?:necessary|essential|required|functional|functionality|performance|analytics?|analytical|statistics?|statistical|marketing|advertising|advertisement|"
    r"targeting|tracking|preferences?|security|session|persistent|permanent|temporary|first[- ]party|third[- ]party|optional|authentication|login|technical|social media|"
    r"measurement|personali[sz]ation|remarketing|retargeting|operational|flash|opt[ -]out))"
)
_COMPOUND = r"(?:(?:[A-Za-zÄÖÜäöü]+(?:[- ](?:out|in|id))?-){1,2}[Cc]ookies?)"
#: "Analyse- und Marketing-Cookies", "necessary and analytics cookies": what stands before the last one
_DE_BEFORE = r"(?:(?:[A-ZÄÖÜ][a-zäöü]+-(?:,\s|\s(?:und|oder|sowie|bzw\u2024)\s)){1,4})?"
_EN_BEFORE = rf"(?:{_EN_KIND}(?:\s{_EN_KIND})?(?:,\s(?:and\s|or\s)?|\s(?:and|or|and/or)\s)){{0,4}}"
_NOUN = r"[Cc]ookies?"
_KIND = re.compile(
    rf"(?<![\w-])(?:(?P<de>(?:{_DE_KIND}{{0,2}}{_DE_BEFORE}{_COMPOUND}|{_DE_KIND}{{1,2}}{_NOUN}(?:\svon\sDritt\w+)?|[Cc]ookies\svon\sDritt(?:anbietern|en)))|"
    rf"(?P<en>{_EN_BEFORE}(?:{_EN_KIND}\s){{1,3}}{_NOUN}))(?![\w-])",
    re.IGNORECASE,
)
#: a sentence on the cookies of the one before
_OF_THEM = re.compile(
    r"[\s.”“\"']*(?:Solche|Diese|Sie|Alle|These|Such|They|All)\s(?:[Cc]ookies\s)?(?:werden|are|is|expire|verfallen|sind)\b"
)
#: a session that ends, not one that only is spoken of
_ENDS = re.compile(
    r"\b(?:Ende|Beendigung|Beenden|Schlie(?:ß|ss)|schlie(?:ß|ss)|Abmeld|nach|bis|Dauer|während|gelöscht|lösch|clos|end|expir|delet|remov|until|duration|during|only)\w*[^.;]{0,60}(?:[Ss]ession|[Ss]itzung|[Bb]rowser|Besuch|visit)|"
    r"(?:[Ss]ession|[Ss]itzung|[Bb]rowser|Besuch|visit)\w*[^.;]{0,60}\b(?:Ende|ende|beende|Schlie|schlie|gelöscht|lösch|verfall|clos|end(?:s|ed|e)?\b|expir|delet|remov|geöffnet|open)"
)
_NOT_A_KIND = re.compile(r"^(?:Browser|Internet|HTTP|Einwilligungs|Zustimmungs)-?", re.IGNORECASE)
_NOT_USED = re.compile(
    r"\b(?:kein\w*|weder|ohne|no|never|without|neither|nor|(?:sowohl|both)(?=[^.;]{0,40}(?:dauerhaft|persistent|permanent)))\b(?!\s(?:Einwilligung|Zustimmung|consent)\b)|\b(?:nicht|not|don[’']t|doesn[’']t)\b(?!-|\s(?:only|nur|unbedingt|zwingend|technisch|notwendige\w?|erforderliche\w?|strictly|necessary|be\sturned|be\sdisabled|be\sswitched))",
    re.IGNORECASE,
)
#: what whoever reads may do about them in the browser
_MANAGED = re.compile(
    r"\b(?:können|kannst|möchten) (?:Sie|du)\b|\b(?:[Ss]ie|du) (?:können|kannst)\b|\b(?:you|[Uu]sers?) (?:can|may|wish to|might)\b[^.;]{0,40}\b(?:set|config|chang|choos|control|manag|delet|clear|prevent|turn|remov|adjust)|\b(?:deaktivier|ablehn|verhinder|blockier|disabl|block(?:s|ed|ing)?\b|refus|reject|opt-?out\b(?! cookie))|^\s*(?:To|Um|If|Wenn|Falls)\s[^.;]{0,80}\b(?:disable|delete|manage|deaktivieren|löschen|verwalten)",
    re.IGNORECASE,
)
_NAMED_SO = re.compile(r"\s(?:called|named|namens|mit dem Namen)\s")
#: "analytics cookies (_ga, _gid)"
_ITS_NAME = re.compile(r"\s\(_?\w+_\w+|\s\(_\w+")
#: "Notwendige Cookies:" before a list of them
_LEADS = re.compile(r"^\W*(?:[\w-]+\s){0,3}[Cc]ookies?:\s*$")
_ENDING = re.compile(r"(?<=[a-zäöüß]{3}e)[nr](?=\s)")


def keep_of(text: str, *, cell: bool = False) -> str | None:
    """A lifetime in words, in the vocabulary of facts: `session`, `until_cleared` or a duration. In a `cell` for
    lifetimes "local storage" is one, too."""
    stripped = text.strip()
    if not stripped:
        return None
    if _SESSION.search(stripped) and not periods(stripped):
        return "session"
    found = periods(stripped)
    if found:
        return found[0].value
    stays = _STAYS.search(stripped) or (cell and _STORED_THERE.search(stripped))
    return "until_cleared" if stays else None


def kept(name: str, keep: str | None) -> str | None:
    """A lifetime told beside a kind of cookies; "survives when the browser is closed" does not make it one session's."""
    lasting = name.lower().startswith(("persist", "permanent", "dauerhaft"))
    return None if lasting and keep == "session" else keep


def kinds(passage: Passage) -> Iterator[Reading]:
    """Kinds of cookies ("Session-Cookies", "analytics cookies") that a passage says are in use; "we set no tracking
    cookies" names none, nor does "you may reject them"."""
    text = passage.text
    if passage.block.kind == "heading":
        whole = _KIND.fullmatch(_NUMBER.sub("", text).rstrip())
        if whole and passage.about("cookies"):
            begin = text.find(whole.group())
            yield _kind(whole.group(), begin, begin + len(whole.group()), None)
        return
    found: list[Reading] = []
    for at, (start, end) in enumerate(passage.sentences):
        following = text[slice(*passage.sentences[at + 1])] if at + 1 < len(passage.sentences) else ""
        found.extend(_in_sentence(passage, start, end, following if _OF_THEM.match(following) else ""))
    # "Notwendige Cookies: Session-Cookie für die Anmeldung": the label says no more than what stands behind it
    label = passage.block.kind == "item" and len(found) > 1 and text[found[0].end : found[0].end + 1] == ":"
    yield from found[1:] if label else found


_NUMBER = re.compile(r"^(?:[\divx]{1,4}[.)]|[a-z][.)])(?:[\d.]*)\s+", re.IGNORECASE)


_OF_A_SESSION = re.compile(r"\b(?:[Ss]ession|[Ss]itzungs)[- ]?[Cc]ookie")
#: "Die Session-Daten werden beim Abmelden gelöscht"
_SESSION_DATA = re.compile(
    r"\b(?:Session|Sitzungs|session)[- ]?(?:[Dd]aten|data)\b[^.;]{0,80}\b(?:gelöscht|deleted|removed|cleared)\b"
)


def _in_sentence(passage: Passage, start: int, end: int, of_them: str) -> Iterator[Reading]:
    text = passage.text
    sentence = text[start:end]
    if _LEADS.search(sentence):
        return
    mentioned = list(_KIND.finditer(text, start, end)) if "ookie" in sentence else []
    if not mentioned:
        return
    told = keep_of(sentence) or ""
    ended = told != "session" or _ENDS.search(sentence)
    keep = told if told and ended else None
    if keep is None and _SESSION_DATA.search(text):
        keep = "session" if _OF_A_SESSION.search(sentence) else None
    if keep is None and of_them and _ENDS.search(of_them):
        keep = keep_of(of_them)
    for one in mentioned:
        opts = one.group().lower().startswith(("opt out", "opt-out"))
        if (
            _NAMED_SO.match(text, one.end())
            or _ITS_NAME.match(text, one.end())
            or _NOT_A_KIND.match(one.group())
        ):
            continue
        if _is_shut(text, start, end, one.start()) and not (opts and keep):
            continue
        for name, a, b in _names_of(one):
            yield _kind(name, a, b, ("until_cleared" if opts and not keep else keep))


_PART = re.compile(r";\s|\s[–—]\s|,\s(?:sondern|but|aber|jedoch)\s")


def _is_shut(text: str, start: int, end: int, at: int) -> bool:
    """Whether the part of a sentence around a kind says that it is not in use, or how to be rid of it."""
    begin = start
    stop = end
    for cut in _PART.finditer(text, start, end):
        if cut.start() >= at:
            stop = cut.start()
            break
        begin = cut.end()
    return _NOT_USED.search(text, begin, stop) is not None or _MANAGED.search(text, begin, stop) is not None


def _kind(name: str, start: int, end: int, keep: str | None) -> Reading:
    name = _PLAIN_KIND.sub("", _ENDING.sub("", squeezed(name)))
    return Reading("cookie", {"name": name, "provider": None, "keep": kept(name, keep)}, start, end, 0.6)


#: with a kind of its own, the adjective says nothing more: "technisch notwendige Session-Cookies"
_PLAIN_KIND = re.compile(r"^[a-zäöüß ]+ (?=(?:Session|Sitzungs)-)")


def _names_of(found: re.Match[str]) -> Iterator[tuple[str, int, int]]:
    """Each kind of "necessary and analytics cookies" and of "Analyse- und Marketing-Cookies"."""
    text, start = found.group(), found.start()
    noun = re.search(r"[Cc]ookies?", text)
    parts = list(
        re.finditer(
            r"(?:,\s(?:and\s|or\s|und\s|oder\s)?|\s(?:und|oder|sowie|bzw\u2024|and/or|and|or)\s)", text
        )
    )
    begin = 0
    for cut in parts:
        word = text[begin : cut.start()]
        yield (
            f"{word}{noun.group() if noun else ''}" if word.endswith("-") else f"{word} cookies",
            start + begin,
            start + cut.start(),
        )
        begin = cut.end()
    yield text[begin:], start + begin, start + len(text)
