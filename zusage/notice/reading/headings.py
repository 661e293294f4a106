"""Which lines of a plain text are headings, where nothing marks them as such."""

from __future__ import annotations

import re
from collections.abc import Sequence

from zusage.lexicon import legal_forms, topics_of

_ITEM = re.compile(r"\s*(?:[-–—•·▪●○◦*‣►✓]\s*|\(?\d{1,2}\)\s|\(?[a-z]\)\s)")
_NUMBERED = re.compile(
    r"(?P<arabic>\d{1,2}(?:\.\d{1,2})*)(?:\.|\)|:)?\s+\S|(?P<roman>[IVX]{1,5})(?:\.|\))\s+\S|(?P<letter>[A-Z])(?:\.|\))\s+\S|§\s*(?P<para>\d{1,2})\s"
)
_ADDRESS = re.compile(
    r"^(?:[A-Z]{1,2}-)?\d{4,5}\s+[A-ZÄÖÜ]|(?:str\.|straße|strasse|gasse|weg|platz|allee|ring|damm|ufer|Street|St\.|Road|Avenue|Lane)\s*\d"
    r"|^\d{1,5}\s+[A-Z]\w+\s+(?:Street|St|Road|Rd|Avenue|Ave|Lane|Drive|Way|Suite)\b|^[A-ZÄÖÜ]\w+\s+\d{1,4}[a-z]?$"
)
_CONTACT = re.compile(
    r"@|\bTel(?:efon\b|\.|:)|\bPhone\b\s*:|\bFax\b|^\W*(?:E-?Mail|Website|Web|Internet)\s*:|USt|HRB|HRA|Geschäftsführ|Registergericht|"
    r"https?://|www\.|\[email|Vertreten durch|^\W*(?:Inhaber|Vorstand|Datum|Stand)\s*:",
    re.IGNORECASE,
)
_SPOKEN = re.compile(r"\b(?:ist|sind|wird|werden|wurde|haben|hat|können|kann|is|are|will|may|has|have)\b")
_LOWER_START = re.compile(r"[a-zäöü]")
_FORMS = re.compile(r"(?<!\w)(?:" + "|".join(re.escape(form) for form in legal_forms()) + r")(?![\w.]*\w)")
_CELLS = re.compile(
    r"(?:\d (?:Monate?|Jahre?|Tage?|Wochen?|Stunden?|Minuten?|months?|years?|days?)|[Bb]rowserspeichers|[Ss]itzung|[Ss]ession)[A-Z]\w*(?: \w+)?$|^Name[A-Z]\w+[a-z][A-Z]"
)
_UNFINISHED = re.compile(
    r"\b(?:auf|von|für|und|zu|mit|bei|of|for|to|with|and|by|from)$|^(?:Wir|Sie|We|You|I)\s|^(?:Updated|Created|Last\s|- Created)"
)
#: a line of a list of facts ("Laufzeit: 2 Jahre"), which is no heading
_FACT = re.compile(
    r"^\W*(?:(?:Cookie-?)?Name|Cookie|Zwecke?|Anbieter|Provider|Laufzeit|Speicherdauer|Dauer|Typ|Type|Purpose|Expiry|Duration|Kategorie|Category|Empfänger|Rechtsgrundlagen?|Daten|Domain|Host)\s?:\s\S"
)
#: an authority at the head of its address, and the street beneath it
_OFFICE = re.compile(r"beauftragte|behörde|Landesamt|Authority|Commissioner|Ombudsman")
_HOUSE = re.compile(
    r"(?:[Ss]tra(?:ß|ss)e|[Ss]tr\.|[Gg]asse|[Ww]eg|[Pp]latz|[Aa]llee|[Rr]ing|[Dd]amm|[Uu]fer|[Mm]arkt|Street|Road|Lane|House)\s\d|^(?:Postfach|P\.?O\.? Box)\s\d|^\d{1,4}\s[A-Z]"
)
_LONGEST = 120
_MOST_WORDS = 15


def is_item(text: str) -> bool:
    """Whether a line begins like an item of a list."""
    return bool(_ITEM.match(text))


def numbered_level(text: str) -> int | None:
    """The depth that a heading's own number tells: 1 for `2.` or `IV.`, 2 for `2.3`; None without a number."""
    match = _NUMBERED.match(text)
    if not match:
        return None
    if match["arabic"]:
        return match["arabic"].count(".") + 1
    return 1


#: "a. Art und Umfang der Verarbeitung", "b) Zweck"
_LETTERED = re.compile(r"[a-z][.)]\s+(?=[A-ZÄÖÜ])")


def is_lettered(text: str) -> bool:
    """Whether a line begins with a small letter as its number."""
    return bool(_LETTERED.match(text))


def _lettered_heading(text: str, following: str) -> bool:
    """A line with a letter for its number stands above a section if it tells a topic, or a long text follows it."""
    title = _LETTERED.sub("", text)
    if title.endswith((".", ";", ",", ":")) or len(title.split()) > 10 or _SPOKEN.search(title):
        return False
    if "§" in title or "Art." in title:
        return False
    return not is_lettered(following) and (bool(topics_of(title)) or len(following) > 80)


def looks_like_heading(lines: Sequence[str], at: int) -> bool:
    """Whether the line `at` stands above what follows: short, no sentence, no address, no item, and not the last."""
    text = lines[at].strip()
    if not text or len(text) > _LONGEST or len(text.split()) > _MOST_WORDS:
        return False
    if is_lettered(text):
        return _lettered_heading(text, _following(lines, at) or text)
    if _is_body(text):
        return False
    following = _following(lines, at)
    if following is None:
        return False
    if _FORMS.search(text) and (not topics_of(text) or ":" in text) and "?" not in text:
        return False
    if _UNFINISHED.search(text) and not text.endswith("?"):
        return False
    if text.endswith(":"):
        return _colon_heading(text, following)
    if text.endswith("!"):
        return len(following) > 2 * len(text)
    if _after_lead_in(lines, at, text) or _names_controller(lines, at, text):
        return False
    if _OFFICE.search(text) and _HOUSE.search(following) and len(following) < 60:
        return False
    if topics_of(text) or numbered_level(text) or text.endswith("?"):
        return not (
            _SPOKEN.search(text)
            and not text.endswith("?")
            and len(text.split()) > 9
            and not numbered_level(text)
        )
    short = len(following) < 90
    if (short and (_ADDRESS.search(following) or _CONTACT.search(following))) or _near_address(lines, at):
        return False
    return not (_SPOKEN.search(text) and len(text.split()) > 6) and (
        len(following) > 40 or is_item(following) or len(following.split()) <= _MOST_WORDS
    )


_NUMBER = re.compile(r"\s*(\d{1,2})[.)]\s+\S")


def in_numbered_list(lines: Sequence[str], at: int) -> bool:
    """Whether a line is one of a list numbered from 1 whose lines follow each other directly, below one with a colon."""
    number = _NUMBER.match(lines[at])
    if number is None or len(lines[at]) > 400:
        return False
    first = at - int(number[1]) + 1
    if first < 1 or any(_numbered(lines, first + step) != step + 1 for step in range(int(number[1]))):
        return False
    before = lines[first - 1].strip() or (lines[first - 2].strip() if first > 1 else "")
    return before.endswith(":") and _numbered(lines, first + 1) == 2


def _numbered(lines: Sequence[str], at: int) -> int:
    found = _NUMBER.match(lines[at]) if at < len(lines) else None
    return int(found[1]) if found else 0


def _is_body(text: str) -> bool:
    if _LOWER_START.match(text) or (text[0] in "„\"“'(|[<" and not text.endswith("?")):
        return True
    if (is_item(text) and not _NUMBERED.match(text)) or _CELLS.search(text):
        return True
    if _FACT.match(text):
        return True
    if " | " in text or text.endswith((".", ";", ",", "…")) or _CONTACT.search(text):
        return not (text.endswith(("etc.", "u.a.")))
    return bool(_ADDRESS.search(text)) and not numbered_level(text)


def _following(lines: Sequence[str], at: int) -> str | None:
    for step in range(at + 1, min(at + 6, len(lines))):
        if lines[step].strip():
            return lines[step].strip()
    return None


def _colon_heading(text: str, following: str) -> bool:
    """`What we do:` above a paragraph is a heading; `We collect:` above a list, or `Register:` above a word, is not."""
    if len(text.split()) > 6 or is_item(following) or len(following) < 50:
        return False
    return bool(topics_of(text)) or text.split()[0] in (
        "Was",
        "Um",
        "Wie",
        "Wer",
        "Warum",
        "Wozu",
        "What",
        "How",
        "Why",
        "Who",
    )


def _after_lead_in(lines: Sequence[str], at: int, text: str) -> bool:
    """Whether the line stands in a list that lost its bullets: short lines directly after one that ends with a colon."""
    step = at - 1
    while step >= 0 and at - step <= 40:
        before = lines[step].strip()
        if not before or is_item(before):
            return False
        if before.endswith(":"):
            told = topics_of(text)
            return not (
                numbered_level(text)
                or (told and (told[0] == "controller" or len(_following(lines, at) or "") > 80))
            )
        if len(before) > _LONGEST or before.endswith("."):
            return False
        step -= 1
    return False


def _names_controller(lines: Sequence[str], at: int, text: str) -> bool:
    """Whether the line stands directly under "Who is responsible?" and so is the name, not a heading."""
    for step in range(at - 1, max(-1, at - 3), -1):
        before = lines[step].strip()
        if before:
            return (
                topics_of(before)[:1] == ("controller",)
                and len(before) < 90
                and not topics_of(text)
                and not numbered_level(text)
            )
    return False


def _near_address(lines: Sequence[str], at: int) -> bool:
    """Whether the line stands in an address: an address or a contact in the line before it."""
    before = lines[at - 1].strip() if at else ""
    if not before or is_item(before) or not (_ADDRESS.search(before) or _CONTACT.search(before)):
        return False
    following = _following(lines, at) or ""
    return not (len(lines[at].split()) <= 5 and not _ADDRESS.search(lines[at]) and len(following) > 80)
