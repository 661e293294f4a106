"""HTML: one accessible page without scripts, printable, with its own small style sheet."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib import resources

from markupsafe import Markup, escape

from zusage.documents.model import (
    Block,
    Callout,
    Definitions,
    Document,
    Heading,
    Items,
    Link,
    Paragraph,
    Runs,
    Strong,
    Table,
    runs,
)

#: a table with as many columns takes more than the width of a text
_WIDE = 6
_CONTENTS = {"de": "Inhalt", "en": "Contents"}


def to_html(document: Document) -> str:
    """A whole page: `<!doctype html>` to `</html>`, style included, no scripts, nothing loaded from elsewhere."""
    return Markup(
        '<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{title}</title>\n'
        "<style>{style}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    ).format(language=document.language, title=document.title, style=_style(), body=body(document))


@cache
def _style() -> Markup:
    return Markup(resources.files("zusage.documents").joinpath("templates/document.css").read_text("utf-8"))


def body(document: Document) -> Markup:
    """What stands between the page's head and foot: for pages that bring their own frame."""
    parts = [Markup("<main>"), Markup("<h1>{}</h1>").format(document.title)]
    if document.contents:
        parts.append(_contents(document))
    parts.extend(block(one) for one in document.blocks)
    if document.meta:
        rows = Markup("").join(
            Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(*pair) for pair in document.meta.items()
        )
        parts.append(Markup('<footer><dl class="meta">{}</dl></footer>').format(rows))
    parts.append(Markup("</main>"))
    return Markup("\n").join(parts)


def anchor_of(heading: Heading) -> str:
    """The heading's anchor: its own, or made from its words."""
    return heading.anchor or re.sub(r"[^\w]+", "-", heading.text.lower()).strip("-")


def inline(text: Runs) -> Markup:
    """Running text, escaped."""
    if isinstance(text, str):
        return escape(text)
    said = Markup("")
    for run in runs(text):
        if isinstance(run, Link):
            said += Markup('<a href="{}">{}</a>').format(_safe(run.href), run.text)
        elif isinstance(run, Strong):
            said += Markup("<strong>{}</strong>").format(run.text)
        else:
            said += escape(run)
    return said


def _safe(href: str) -> str:
    """Only addresses that a person may click: no `javascript:`."""
    return href if re.match(r"(https?://|mailto:|tel:|#|/|\.)", href) else "#"


def block(one: Block) -> Markup:
    """One block."""
    match one:
        case Heading():
            level = min(max(one.level, 2), 6)
            return Markup('<h{level} id="{anchor}">{text}</h{level}>').format(
                level=level, anchor=anchor_of(one), text=one.text
            )
        case Paragraph():
            return Markup("<p>{}</p>").format(inline(one.text))
        case Items():
            tag = "ol" if one.numbered else "ul"
            items = Markup("").join(Markup("<li>{}</li>").format(inline(item)) for item in one.items)
            return Markup("<{tag}>{items}</{tag}>").format(tag=tag, items=items)
        case Definitions():
            pairs = Markup("").join(
                Markup("<dt>{}</dt><dd>{}</dd>").format(inline(term), inline(said))
                for term, said in one.pairs
            )
            return Markup("<dl>{}</dl>").format(pairs)
        case Table():
            return _table(one)
        case Callout():
            title = Markup('<p class="callout-title">{}</p>').format(one.title) if one.title else Markup("")
            inner = Markup("\n").join(block(child) for child in one.blocks)
            return Markup('<div class="callout {}">{}{}</div>').format(one.kind, title, inner)


def _contents(document: Document) -> Markup:
    items = Markup("").join(
        Markup('<li><a href="#{}">{}</a></li>').format(anchor_of(one), one.text)
        for one in document.blocks
        if isinstance(one, Heading) and one.level == 2
    )
    label = _CONTENTS[document.language]
    return Markup('<nav aria-label="{0}"><p class="nav-title">{0}</p><ol>{1}</ol></nav>').format(label, items)


def _table(one: Table) -> Markup:
    caption = Markup("<caption>{}</caption>").format(one.caption) if one.caption else Markup("")
    head = Markup("").join(Markup('<th scope="col">{}</th>').format(column) for column in one.columns)
    # put together as plain text: every cell is escaped already, and a package may have thousands of rows
    marks = ['<td class="number">' if column in one.numeric else "<td>" for column in one.columns]
    rows = Markup("".join(f"<tr>{_cells(marks, row)}</tr>" for row in one.rows))
    # a region that can be scrolled by keyboard on narrow screens
    return Markup(
        '<div class="{kind}" tabindex="0" role="region" aria-label="{label}"><table>{caption}'
        "<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    ).format(
        kind="table wide" if len(one.columns) >= _WIDE else "table",
        label=one.caption or one.columns[0], caption=caption, head=head, rows=rows,
    )  # fmt: skip


def _cells(marks: Sequence[str], row: Sequence[Runs]) -> str:
    return "".join(f"{mark}{inline(cell)}</td>" for mark, cell in zip(marks, row, strict=True))
