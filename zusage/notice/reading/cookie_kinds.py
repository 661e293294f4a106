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
    r"bis zu[mr]? (?:Leeren|Leerung|Löschung|Löschen|manuellen)|\b(?:permanent|persistent|dauerhaft|unbegrenzt|unbefristet|never expires?|local storage|localstorage|kein Ablauf|no expiry)\b|until (?:deleted|cleared|removed|you (?:delete|clear)|deletion)|"
    r"bis (?:Sie|du) (?:sie|diese|oder)[^.;]{0,40} lösch\w+|(?:so lange|solange)[^.;]{0,60} (?:löschen|gelöscht)|bis (?:Sie|du)[^.;]{0,30} löschen",
    re.IGNORECASE,
)
_GENERIC = re.compile(
    r"(?<![\w-])(?P<name>(?:(?:technisch notwendige|sitzungsbasierte|dauerhafte|temporäre|permanente|persistente|transiente|[Ss]ession|[Pp]ersistent|[Pp]ermanent|[Tt]ransient)[rsn]? )(?:Cookies?|cookies?)|"
    r"(?:[A-Za-zÄÖÜäöü]+(?:[- ](?:out|in|id))?-){1,2}Cookies?|(?:[Ss]ession|[Pp]ersistent) cookies?|Opt[ -]out[ -][Cc]ookie)(?![\w-])",
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
_SO_CALLED = re.compile(r"sogenannte[nrs]?|so genannte|so-called|\bsog\.|auch bekannt als", re.IGNORECASE)
_NOT_A_KIND = re.compile(
    r"^(?:Browser|Drittanbieter|Third-Party|Third|First-Party|Internet|HTTP)-?", re.IGNORECASE
)


#: a kind that is in use: "verwendet ausschließlich technisch notwendige Session-Cookies", "analytics cookies, where you …"
_KIND = (
    r"(?P<name>(?:(?:(?:technisch|unbedingt|zwingend) )?(?:notwendige|erforderliche|essenzielle|essentielle|funktionale)[rsn]? )?"
    r"(?:[A-Za-zÄÖÜäöü]+-){1,2}[Cc]ookies?)(?![\w-])"
)
_IN_USE = re.compile(
    r"\b(?:verwende[nt]?|nutz(?:en|t)|setz(?:en|t)|speicher[nt]|gesetzt|eingesetzt|verwendet|uses?|set|place|store)\b[^.;:]{0,50}?\s(?<![\w-])"
    + _KIND
    + r"(?! (?:nicht|zu)\b)"
)
_SET_BY = re.compile(
    r"(?<![\w-])"
    + _KIND
    + r"[^.;:,]{0,40}\s(?:gesetzt|eingesetzt|verwendet|gespeichert|are set|is set|are used)\b"
)
_NOT_USED = re.compile(
    r"\b(?:kein\w*|nicht|weder|ohne|no|not|never|without|don[’']t|deaktivier\w*|ablehn\w*|können|may|can|could)\b",
    re.IGNORECASE,
)


def _used(passage: Passage, start: int, end: int) -> Iterator[Reading]:
    """Kinds of cookies that a sentence says are in use; "we set no tracking cookies" names none."""
    text = passage.text
    if _NOT_USED.search(text, start, end):
        return
    for pattern in (_IN_USE, _SET_BY):
        found = pattern.search(text, start, end)
        name = squeezed(found["name"]) if found else ""
        if found and not _NOT_A_KIND.match(name) and not name.startswith("Cookie"):
            name = _PLAIN_KIND.sub("", name)
            keep = "session" if _OF_A_SESSION.search(name) else None
            value = {"name": name, "provider": None, "keep": keep}
            yield Reading("cookie", value, found.end("name") - len(name), found.end("name"), 0.55)
            return


#: with a kind of its own, the adjective says nothing more: "technisch notwendige Session-Cookies"
_PLAIN_KIND = re.compile(r"^[a-zäöüß ]+ (?=(?:Session|Sitzungs)-)")
_OF_A_SESSION = re.compile(r"\b(?:[Ss]ession|Sitzungs)[- ]")


def keep_of(text: str) -> str | None:
    """A lifetime in words, in the vocabulary of facts: `session`, `until_cleared` or a duration."""
    stripped = text.strip()
    if not stripped:
        return None
    if _SESSION.search(stripped) and not periods(stripped):
        return "session"
    found = periods(stripped)
    if found:
        return found[0].value
    return "until_cleared" if _STAYS.search(stripped) else None


def kept(name: str, keep: str | None) -> str | None:
    """A lifetime told beside a kind of cookies; "survives when the browser is closed" does not make it one session's."""
    lasting = name.lower().startswith(("persist", "permanent", "dauerhaft"))
    return None if lasting and keep == "session" else keep


def kinds(passage: Passage) -> Iterator[Reading]:
    """Kinds of cookies ("Session-Cookies") where something is said of them: how long they stay, or that they are so called."""
    text = passage.text
    for at, (start, end) in enumerate(passage.sentences):
        sentence = text[start:end]
        if re.search(r"\bsowohl\b|\bboth\b", sentence):
            continue
        following = text[slice(*passage.sentences[at + 1])] if at + 1 < len(passage.sentences) else ""
        of_them = following if _OF_THEM.match(following) else ""
        told = False
        for found in _GENERIC.finditer(sentence):
            name = found["name"]
            if _NOT_A_KIND.match(name) or re.match(
                r"\s(?:called|named|namens|mit dem Namen)\s", sentence[found.end() :]
            ):
                continue
            keep = keep_of(sentence)
            keep = None if keep == "session" and not _ENDS.search(sentence) else keep
            if keep is None and of_them and _ENDS.search(of_them):
                keep = keep_of(of_them)
            if keep or _SO_CALLED.search(sentence[: found.start()]) or name.lower().startswith("opt"):
                keep = kept(name, "session" if name.lower().startswith(("session", "sitzung")) else keep)
                told = True
                stays = keep or ("until_cleared" if name.lower().startswith("opt") else None)
                yield Reading(
                    "cookie",
                    {"name": name, "provider": None, "keep": stays},
                    start + found.start(),
                    start + found.end(),
                    0.6,
                )
        if not told:
            yield from _used(passage, start, end)
