"""Cookies and browser-storage items: from tables (also run together), from lists, from sentences, and by their kind."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zusage.lexicon import company_named, cookie_named, service_named
from zusage.notice.reading.cookie_kinds import keep_of, kept, kinds
from zusage.notice.reading.durations import periods
from zusage.notice.reading.facts import Reading
from zusage.notice.reading.passages import Passage
from zusage.notice.reading.phrases import squeezed

_KEEP_END = re.compile(
    r"(?P<keep>(?:Session|Sitzung|session|Persistent|Permanent|dauerhaft)(?:,\s*bis zu[mr]? [A-ZÄÖÜ]\w+ (?:des|der) Browser-?[Ss]peichers)?|[Bb]is zu[mr]? (?:Leeren|Leerung|Löschung|Löschen|Sitzungsende)(?: (?:des|Ihres|der) Browser-?[Ss]peichers|(?: des)? Browser-?[Cc]aches?)?|"
    r"(?:ca\. )?(?:\d{1,4}|eine?|zwei|drei|sechs|zwölf|one|two) (?:Sekunden?|Minuten?|Stunden?|Tage?n?|Wochen?|Monate?n?|Jahre?n?|seconds?|minutes?|hours?|days?|weeks?|months?|years?))"
    # "nach 7 Tagen." ends a sentence: "n." is no provider
    r"(?P<provider>(?!(?:e?n|e|s)\b)[A-Za-zÄÖÜ][\w .,&-]{1,40})?\s*$"
)
#: how far from a line's end lifetime and provider stand
_LONGEST_END = 110
_PURPOSE_START = re.compile(
    r"(?:[A-ZÄÖÜ](?!wird|dient|speichert|enthält)[a-zäöüß]{2,}|wird|dient|speichert|enthält|used|stores|contains)(?=[\s,-])|(?:Zur|Zum|In|Es|To|We|A)(?=\s)"
)
_NAME_LIKE = re.compile(
    r"(?<![\w@/.:-])(?:[_.$]{0,2}[A-Za-z][\w$.-]*_[\w$*<>-]*|_{1,2}[A-Za-z][\w*-]*|[A-Z]{2,}(?:SESSID|ID|_[A-Z_]+)|[a-z]+(?:[A-Z][a-z]+)+|[A-Z]{3,}SESSIONID|[A-Z]{3,10}|[a-z]{2,}(?:[-:.][a-z]+)+\*?|[A-Z][a-z]+(?:[A-Z][a-z]+)+)(?![\w@/])"
)
_COOKIE_WORD = re.compile(r"\b[Cc]ookies?\b|[Ll]ocal ?[Ss]torage|Session ?Storage|Browserspeicher")
_NAME_COLUMN = re.compile(
    r"^(?:cookie[ -]?)?name|^cookies?$|bezeichnung|^titel$|^item|^key$|schlüssel", re.IGNORECASE
)
_KEEP_COLUMN = re.compile(
    r"dauer|laufzeit|ablauf|gültig|lebens|duration|lifetime|expir|retention|period|storage time|max",
    re.IGNORECASE,
)
_PROVIDER_COLUMN = re.compile(
    r"anbieter|provider|domain|herausgeber|host|set by|party|verantwortlich|dienst|service|vendor|empfänger",
    re.IGNORECASE,
)
_RUN_TOGETHER_HEAD = re.compile(
    r"^(?:Cookie|Name)(?:name|-Name)?(?:Zweck|Anbieter|Speicherdauer|Laufzeit|Purpose|Provider|Duration|Beschreibung|Description)\w*$"
)
#: "im Cookie cookie-consent", "a cookie called …"
_CALLED = re.compile(r"[Cc]ookies?\s(?:(?:called|named|namens|mit dem Namen)\s)?[„“\"'`]?$")
#: "a session cookie called …"
_OF_SESSION = re.compile(r"(?:[Ss]ession|Sitzungs)[- ]?[Cc]ookies?\s[^,;.]{0,24}$")
#: "cookie-preference – speichert deine Auswahl, 30 Tage"
_NAME_AND_REMARK = re.compile(
    r"\W*(?:(?:Cookie-?)?[Nn]ame:\s)?(?P<name>[\w.$*-]*[a-z0-9][_-][\w.$*-]+|[a-z]+[A-Z]\w+|[A-Z]{4,}\w*)\s(?:[–-]|\()"
)
_KINDS_FOLLOW = re.compile(
    r"(?:Arten|Kategorien|Typen|Gruppen) von Cookies|(?:types|kinds|categories) of cookies", re.IGNORECASE
)
_LABEL = re.compile(r"\W*(?P<label>[A-ZÄÖÜ][\w -]{2,40}):\s")


def cookies(passage: Passage) -> Iterator[Reading]:
    """The items a passage names, each with provider and lifetime where stated."""
    block = passage.block
    if block.kind == "head" or (block.kind == "heading" and not block.cells):
        if block.kind == "heading" and "ookie" in block.text:
            yield from kinds(passage)
        return
    if block.kind == "row" and block.cells:
        yield from _row(passage)
        return
    text = passage.text
    if passage.about("cookies") or "ookie" in passage.lead or _ends_in_lifetime(text, passage.low):
        found = list(_run_together(passage))
        if found:
            yield from found
            return
    if (
        (passage.has("ookie", "storage", "browserspeicher") and _COOKIE_WORD.search(text))
        or passage.about("cookies")
        or "ookie" in passage.lead
    ):
        yield from _named(passage)
    of_kind = list(kinds(passage)) if "ookie" in text else []
    if of_kind:
        yield from of_kind
        return
    if passage.block.kind == "item" and _ITEMS_FOLLOW.search(passage.lead):
        yield from _listed(passage)
        return
    label = _LABEL.match(text)
    if (
        label
        and _KINDS_FOLLOW.search(passage.lead)
        and not re.match(r"\W*(?:Bitte|Please|Hinweis|Note)\b", text)
    ):
        yield Reading(
            "cookie",
            {"name": label["label"], "provider": None, "keep": kept(label["label"], keep_of(text))},
            label.start("label"),
            len(text),
            0.6,
        )


#: "Folgende Cookies werden verwendet:", "Essential cookies include:", but not how to manage them in one's browser
_ITEMS_FOLLOW = re.compile(
    r"^(?!.*(?:[Dd]eaktiv|[Ll]ösch|[Vv]erwalt|[Vv]erhinder|[Bb]rowser|manage|disable|block|delete|opt.?out|\bto\s?:|\bum\s?:|\bfor\s?:|\bwe can\s?:)).*\b[Cc]ookies\b[^.]{0,60}:\s*$"
)
_LISTED = re.compile(r"\W*(?P<name>[A-Za-zÄÖÜ_][\w .*-]{1,40}?)(?=\s?[:(–—]|\s-\s|\sset\s|\szur?m?\s|,|\.?$)")


def _listed(passage: Passage) -> Iterator[Reading]:
    """An item of a list of cookies that has no technical name: "Session authentication cookies (to keep you logged in)"."""
    text = passage.text
    found = _LISTED.match(text)
    if not found or len(text) >= 240 or "http" in text or len(found["name"].split()) > 4:
        return
    if re.search(r"\b(?:keine|no|not)\b[^.;]{0,20}\b[Cc]ookies?\b", text):
        return
    if next(_named(passage), None) is None and not re.match(r"(?:um|to|zur?|for)\s", found["name"]):
        yield Reading(
            "cookie",
            {
                "name": found["name"],
                "provider": None,
                "keep": kept(found["name"], keep_of(text[found.end() :])),
            },
            found.start("name"),
            found.end("name"),
            0.6,
        )


_UNITS = ("sekund", "minut", "stund", "tag", "woche", "monat", "jahr", "second", "hour", "day", "week", "month", "year", "sitzung", "session", "ersist", "ermanent", "dauerhaft", "bis zu")  # fmt: skip


def _ends_in_lifetime(text: str, low: str) -> re.Match[str] | None:
    """Lifetime and provider at the end of a line, as in a row of a table that lost its separators."""
    start = max(0, len(text) - _LONGEST_END)
    ending = low[start:]
    return _KEEP_END.search(text, start) if any(unit in ending for unit in _UNITS) else None


def is_storage_row(passage: Passage) -> bool:
    """Whether a passage is a row of a table of cookies, run together or not: its purposes are the cookies' own."""
    known = passage.memo.get("storage row")
    if known is None:
        block = passage.block
        if block.kind == "row":
            known = (
                any("ookie" in column for column in block.columns) or next(_row(passage), None) is not None
            )
        else:
            known = block.kind == "paragraph" and next(_run_together(passage), None) is not None
        passage.memo["storage row"] = known
    return known


def names_in(cell: str) -> list[str]:
    """The names in a cell: split at commas and blanks between names, without quotes and notes in parentheses."""
    cleaned = re.sub(r"\s*\([^)]{0,60}\)", "", cell).strip(" \"'„“”`")
    parts = [part.strip(" \"'„“”`") for part in re.split(r"\s*[,;]\s*|\s+(?:und|and|/)\s+|\n", cleaned)]
    return [part for part in parts if part and len(part) <= 60]


def _row(passage: Passage) -> Iterator[Reading]:
    columns, cells = passage.block.columns, passage.block.cells
    name_at = next((at for at, title in enumerate(columns) if _NAME_COLUMN.search(title.strip())), None)
    keep_at = next((at for at, title in enumerate(columns) if _KEEP_COLUMN.search(title)), None)
    cookie_table = (
        passage.about("cookies") or any("ookie" in title for title in columns) or "ookie" in passage.lead
    )
    if name_at is None and cookie_table and keep_at is not None and columns:
        name_at = next(
            (at for at in range(len(columns)) if at < len(cells) and cookie_named(cells[at].strip())), 0
        )
    if name_at is None or name_at >= len(cells):
        return
    known = any(cookie_named(name) for name in names_in(cells[name_at]))
    if not (cookie_table or known) or (keep_at is None and not _is_listing(passage, columns, name_at)):
        return
    provider_at = next(
        (
            at
            for at, title in enumerate(columns)
            if _PROVIDER_COLUMN.search(title) and at not in (name_at, keep_at)
        ),
        None,
    )
    keep = keep_of(cells[keep_at], cell=True) if keep_at is not None and keep_at < len(cells) else None
    provider = (
        cells[provider_at].strip() or None if provider_at is not None and provider_at < len(cells) else None
    )
    for name in names_in(cells[name_at]):
        start = max(0, passage.text.find(name))
        yield Reading(
            "cookie",
            {"name": name, "provider": provider, "keep": keep},
            start,
            len(passage.text.rstrip(" |")),
            0.95,
        )


def _is_listing(passage: Passage, columns: tuple[str, ...], name_at: int) -> bool:
    """Whether a table without lifetimes lists cookies: under a heading on them, each with its kind or purpose."""
    return passage.about("cookies") and any(
        re.search(
            r"zweck|purpose|typ|art\b|kategorie|categor|beschreib|descri|funktion", title, re.IGNORECASE
        )
        for at, title in enumerate(columns)
        if at != name_at
    )


def _run_together(passage: Passage) -> Iterator[Reading]:
    """A row of a table that lost its separators: name, purpose, lifetime and provider in one string."""
    text = passage.text.strip()
    if _RUN_TOGETHER_HEAD.match(text) or passage.block.kind == "item":
        return
    ending = _ends_in_lifetime(text, text.lower())
    if not ending or not ending["provider"] or ending.start() < 2:
        return
    names_end = _name_end(text, ending.start())
    if names_end is None:
        return
    offset = passage.text.find(text)
    for name in names_in(text[:names_end]):
        at = offset + text.find(name)
        value = {
            "name": name,
            "provider": squeezed(ending["provider"]).strip(" ."),
            "keep": keep_of(ending["keep"], cell=True),
        }
        yield Reading("cookie", value, at, offset + len(text), 0.93)


def _name_end(text: str, stop: int) -> int | None:
    """Where the name ends and the purpose begins: the first word that starts a phrase."""
    best = 0
    for match in _PURPOSE_START.finditer(text, 1, min(stop, 70)):
        if text[match.start() - 1] == " " and match.start() > 1 and text[match.start() - 2] not in ".;":
            continue
        best = match.start()
        break
    if not best or best > 60 or re.search(r"\s(?:ist|sind|wird|werden|is|are)\s", text[:best]):
        return None
    name = text[:best].strip()
    return best if name and (len(name.split()) <= 4) else None


def _named(passage: Passage) -> Iterator[Reading]:
    """Names of items in a list or a sentence: well-known ones, and what looks like a name where cookies are spoken of."""
    text = passage.text
    seen: set[str] = set()
    told = (
        "ookie" in passage.lead
        or (passage.about("cookies") and re.match(r"\W*(?:Cookie-?)?[Nn]ame:", text))
        or (passage.topics == ("cookies",) and passage.block.kind == "item")
    )
    led = _NAME_AND_REMARK.match(text) if told else None
    if led and len(text) < 200:
        value = {"name": led["name"], "provider": _provider_in(text, led["name"]), "keep": keep_of(text)}
        yield Reading("cookie", value, led.start("name"), len(text), 0.8)
        return
    for start, end in passage.sentences:
        sentence = text[start:end]
        speaks = (
            bool(_COOKIE_WORD.search(sentence))
            or (passage.block.kind == "item" and not passage.about("data"))
            or passage.topics == ("cookies",)
        )
        if not speaks:
            continue
        for found in _NAME_LIKE.finditer(text, start, end):
            name = found.group().rstrip(".-")
            called = "-" in name and _CALLED.search(text, start, found.start()) is not None
            if name in seen or not (called or _is_name(name, text, found.start())):
                continue
            seen.add(name)
            of_session = _OF_SESSION.search(text, start, found.start())
            clause = _own_part(text, start, end, found) if passage.block.kind != "item" else text
            yield Reading(
                "cookie",
                {
                    "name": name,
                    "provider": _provider_in(clause, name),
                    "keep": "session" if of_session else keep_of(clause),
                },
                found.start(),
                found.start() + len(name),
                0.85,
            )


def _own_part(text: str, start: int, end: int, name: re.Match[str]) -> str:
    """What a sentence says of one of several names, each with its lifetime after it; else the whole sentence."""
    following = [
        other.start() for other in _NAME_LIKE.finditer(text, name.end(), end) if "_" in other.group()
    ]
    stop = following[0] if following else end
    own = text[name.start() : stop]
    each = len(periods(text[start:end])) > 1 and periods(own)
    return own if each or (following and keep_of(own) and keep_of(text[stop:end])) else text[start:end]


def _is_name(name: str, text: str, at: int) -> bool:
    if name.lower().endswith("cookie") or len(name) < 3:
        return bool(cookie_named(name)) and len(name) >= 3
    known = cookie_named(name)
    quoted = at > 0 and text[at - 1] in "„“\"'`"
    # "session-replay tools" is no item of the kind "session-*"
    if known and "*" in known.name and "_" not in name and re.match(r"\s[a-z]+s\b", text[at + len(name) :]):
        return False
    if known:
        return (
            "_" in name or name.isupper() or any(char.isupper() for char in name[1:]) or "-" in name or quoted
        )
    if "." in name and re.search(r"\.(?:de|com|net|org|eu|at|ch|io)$", name):
        return False
    return (
        "_" in name.strip("_*")
        or (name.startswith("_") and len(name) > 2)
        or name.endswith(("SESSID", "SESSIONID"))
    )


def _provider_in(clause: str, name: str) -> str | None:
    """A provider named beside an item: "(Google, 2 Jahre)", "von Matomo gesetzt"."""
    rest = clause.replace(name, " ")
    for found in re.finditer(
        r"(?:\(|von |by |Anbieter:? |Provider:? |– |- )(?P<who>[A-Z][\w.&-]*(?: [A-Z][\w.&-]*){0,3})", rest
    ):
        for words in range(len(found["who"].split()), 0, -1):
            who = " ".join(found["who"].split()[:words])
            if company_named(who) or service_named(who):
                return who
    return None
