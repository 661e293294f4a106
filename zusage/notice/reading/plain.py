"""Plain text and Markdown to lines: headings, list items, tables in pipe form."""

from __future__ import annotations

import re
from collections.abc import Sequence

from zusage.lexicon import topics_of
from zusage.notice.reading.document import Line
from zusage.notice.reading.headings import (
    in_numbered_list,
    is_item,
    is_lettered,
    looks_like_heading,
    numbered_level,
)

_RULE = re.compile(r"\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)+\|?\s*")
_UNDERLINE = re.compile(r"(?:={3,}|-{3,})\s*")
_HASHES = re.compile(r"(#{1,6})\s+(.+?)\s*#*\s*")
_LINK = re.compile(r"!?\[([^\]\n]{1,300})\]\(<?([^)\s>]{1,500})>?(?:\s+\"[^\"]{0,200}\")?\)")
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^\s<>]{1,500})>")
_EMPHASIS = re.compile(
    r"(?<![\w*])(\*{1,3})(?=\S)([^*\n]{1,500}?)(?<=\S)\1(?![\w*])|(?<!\w)(_{1,2})(?=\S)([^_\n]{1,500}?)(?<=\S)\3(?!\w)"
)
#: what columns of notices are called
_TITLE = re.compile(
    r"(?:Cookie|Name|Bezeichnung|Anbieter|Dienst|Zweck|Beschreibung|Speicherdauer|Laufzeit|Gültigkeit|Ablauf|Dauer|Frist|Löschfrist|Aufbewahrung|Daten|Kategorie|"
    r"Rechtsgrundlage|Empfänger|Typ|Art|Land|Sitz|Provider|Purpose|Description|Expiry|Expires|Duration|Lifetime|Retention|Type|Domain|Data|Category|Legal basis|Recipient|Country|"
    r"Service|Vendor|Storage)\w*(?:[ -/][\w-]+){0,3}$",
    re.IGNORECASE,
)
_RUN_ON = re.compile(r"([A-ZÄÖÜ][a-zäöüß]{4,40})(?=(?:Sie|Wir|Die|Der|Das|Ihre|Unsere|We|You|Our|The)\s)")


def lines_of_text(text: str) -> list[Line]:
    """The lines of a plain text, with what looks like a heading, an item or a table row marked as such."""
    raw = text.split("\n")
    found: list[Line] = []
    level = 0
    for at, line in enumerate(raw):
        table = _row(raw, at)
        if table:
            found.append(table)
        elif in_numbered_list(raw, at) or (
            is_item(line)
            and not (
                (numbered_level(line.strip()) or is_lettered(line.strip())) and looks_like_heading(raw, at)
            )
        ):
            found.append(Line(line, "item"))
        elif looks_like_heading(raw, at):
            own = numbered_level(line.strip())
            level = own or level
            found.append(Line(line, "heading", own or level + 1))
        else:
            found.append(Line(line, "item" if _in_bare_list(raw, at) else "paragraph"))
    return found


def run_on_heading(text: str) -> str | None:
    """A heading run together with its first sentence ("SpeicherdauerWir löschen …"), if the line begins with one."""
    match = _RUN_ON.match(text)
    return match[1] if match and topics_of(match[1]) else None


#: characters that a backslash makes plain (CommonMark 2.4), kept out of the way of emphasis meanwhile
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
#: every mark that could be escaped
_MARKS = re.compile(r"[!-/:-@\[-`{-~]")
_HIDDEN_MARK = re.compile("[\ue021-\ue07e]")


def lines_of_markdown(text: str) -> list[Line]:
    """The lines of a Markdown text; marks of emphasis and links are resolved, one line stays one line."""
    raw = text.split("\n")
    found: list[Line] = []
    fenced = False
    for at, line in enumerate(raw):
        if line.lstrip().startswith("```"):
            fenced = not fenced
        hashes = _HASHES.fullmatch(line.strip())
        following = raw[at + 1].strip() if at + 1 < len(raw) else ""
        if fenced or line.lstrip().startswith("```"):
            found.append(Line(line))
        elif hashes:
            found.append(Line(_unmarked(hashes[2]), "heading", len(hashes[1])))
        elif (
            line.strip()
            and following
            and _UNDERLINE.fullmatch(following)
            and "|" not in line
            and not is_item(line)
        ):
            found.append(Line(_unmarked(line), "heading", 1 if following[0] == "=" else 2))
        elif _UNDERLINE.fullmatch(line.strip()):
            found.append(Line(""))
        else:
            table = _row(raw, at)
            if table:
                found.append(
                    Line(_unmarked(table.text), table.kind, 0, tuple(_unmarked(cell) for cell in table.cells))
                )
            else:
                found.append(Line(_unmarked(line), "item" if is_item(line) else "paragraph"))
    return found


def is_markdown(text: str) -> bool:
    """Whether a text has Markdown headings."""
    return len(re.findall(r"(?m)^#{1,6} \S", text[:200_000])) >= 2


def _hidden(text: str) -> str:
    """A text whose marks are none: shifted into the private area of Unicode for as long as others are looked for."""
    return _MARKS.sub(lambda mark: chr(0xE000 + ord(mark[0])), text)


def _unmarked(text: str) -> str:
    without_links = _LINK.sub(lambda link: link[1] if link[1] == link[2] else f"{link[1]} ({link[2]})", text)
    bare = _AUTOLINK.sub(lambda link: _hidden(link[1]), without_links)
    hidden = _ESCAPED.sub(lambda mark: _hidden(mark[1]), bare)
    plain = _EMPHASIS.sub(lambda mark: mark[2] or mark[4], hidden)
    return _HIDDEN_MARK.sub(lambda mark: chr(ord(mark[0]) - 0xE000), plain)


def _row(raw: Sequence[str], at: int) -> Line | None:
    """The line as a table's head or row, or None. A table in pipe form has a rule line, or two bars in each line."""
    line = raw[at].strip()
    if "|" not in line:
        return Line(raw[at], "row", 0, (line,)) if line and _broken(raw, at) else None
    if _RULE.fullmatch(line):
        return Line(raw[at], "row")
    following = raw[at + 1].strip() if at + 1 < len(raw) else ""
    bars = line.count(" | ") + line.startswith("|") + line.endswith("|")
    if not bars:
        return None
    cells = tuple(cell.strip() for cell in line.strip("|").split("|"))
    if line.startswith("|") and at and raw[at - 1].strip() and "|" not in raw[at - 1]:
        cells = ("", *cells)
    head = _RULE.fullmatch(following) or _titles(raw, at, cells)
    return Line(raw[at], "head" if head else "row", 0, cells)


def _titles(raw: Sequence[str], at: int, cells: Sequence[str]) -> bool:
    """Whether the first line of a table without a rule line holds the titles of its columns."""
    above = raw[at - 1] if at else ""
    following = raw[at + 1] if at + 1 < len(raw) else ""
    return (
        " | " not in above
        and following.count(" | ") >= len(cells) - 1
        and sum(_TITLE.match(cell) is not None for cell in cells) * 2 > len(cells)
    )


def _broken(raw: Sequence[str], at: int) -> bool:
    """Whether the line is the first cell of a row that breaks after it: rows before, a bar at the next line's beginning."""
    if at == 0 or at + 1 >= len(raw) or "|" not in raw[at - 1] or not raw[at + 1].lstrip().startswith("|"):
        return False
    return not (at + 2 < len(raw) and _RULE.fullmatch(raw[at + 2].strip()))


def _in_bare_list(raw: Sequence[str], at: int) -> bool:
    """A short line without a full stop in a run that follows a line ending with a colon: an item without its bullet."""
    text = raw[at].strip()
    if not text or len(text) > 120 or text.endswith((".", ":")):
        return False
    for step in range(at - 1, max(-1, at - 40), -1):
        before = raw[step].strip()
        if not before or is_item(before):
            return False
        if before.endswith(":"):
            return True
        if len(before) > 120 or before.endswith("."):
            return False
    return False
