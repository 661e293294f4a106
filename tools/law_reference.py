"""`docs/law-reference.md`, written from the law data, so that what can be named in a declaration is what there is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from zusage.law.adequacy import decisions
from zusage.law.authorities import authorities
from zusage.law.countries import country_name
from zusage.law.deadlines import all_limits
from zusage.law.facts import Source, load
from zusage.law.holidays import laender
from zusage.law.laws import laws
from zusage.law.retention import all_statutory

_HEAD = """# Law reference

Written by `make docs` from the data files in `zusage/law/data`. What each rule is used for: [law.md](law.md). A source
with a question mark was not looked up; check it before you rely on it. Zusage informs; it gives no legal advice.
"""


def reference() -> str:
    """The whole page."""
    return "\n".join([_HEAD, *_statutory(), *_limits(), *_transfers(), *_authorities(), *_laws()]) + "\n"


def _statutory() -> Iterator[str]:
    yield "## Statutory periods\n"
    yield "`keep: {statutory: ID}` in a retention rule. *keep*: duty to keep; *erase*: gone then at the latest; *claim*:"
    yield "limitation, a reason to keep but never a duty; *practice*: no statute.\n"
    yield from _table(
        ("id", "law", "what", "period", "counted from", "kind", "source"),
        (
            (
                f"`{item.id}`",
                item.law,
                item.documents.en,
                str(item.period or "–"),
                f"{item.start.replace('_', ' ')}{': ' + item.event.en if item.event else ''}",
                item.kind,
                _source(item.source),
            )
            for item in all_statutory().values()
        ),
    )


def _limits() -> Iterator[str]:
    yield "\n## Time limits\n"
    yield from _table(
        ("id", "what", "within", "from", "counted by", "law", "source"),
        (
            (
                f"`{item.id}`",
                item.what.en,
                f"{item.within or 'at once'}{f' (+ {item.extension})' if item.extension else ''}",
                item.event.en,
                "Reg. 1182/71" if item.rule == "eu" else "BGB",
                item.citation.text("en"),
                _source(item.source),
            )
            for item in all_limits().values()
        ),
    )


def _transfers() -> Iterator[str]:
    yield "\n## Adequacy decisions\n"
    yield from _table(
        ("country", "decision", "from", "to", "limited to", "source"),
        (
            (
                f"{country_name(item.country, 'en')} ({item.country})",
                item.number + (f", {item.name.en}" if item.name else ""),
                str(item.since),
                f"{item.until or ''}{f' (void: {item.judgment})' if item.judgment else ''}",
                item.limit.en if item.limit else "",
                _source(item.source),
            )
            for item in decisions().values()
        ),
    )
    yield "\n## Safeguards of transfers\n"
    yield from _table(
        ("word", "what", "article"),
        (
            (f"`{word}`", entry["name"]["en"], f"`{entry['citation']}`")
            for word, entry in load("adequacy")["safeguards"].items()
        ),
    )


def _authorities() -> Iterator[str]:
    yield "\n## Supervisory authorities\n"
    yield f"`authority: {{id: DE-BY}}`. Länder: {', '.join(f'{code} {name.en}' for code, name in laender().items())}.\n"
    yield from _table(
        ("region", "id", "name", "web", "for companies", "source"),
        (
            (
                item.region,
                f"`{item.id}`",
                f"{item.name.de} ({item.short})",
                item.web,
                "yes" if item.private else "no",
                _source(item.source),
            )
            for item in authorities().values()
        ),
    )


def _laws() -> Iterator[str]:
    yield "\n## Laws\n"
    yield "A citation id is the law, a colon, the article or section, and each level below in brackets: `gdpr:6(1)(f)`,"
    yield "`tdddg:25(2)(2)`, `hgb:257(1)(4)`.\n"
    yield from _table(
        ("id", "German", "English", "counts in"),
        (
            (
                f"`{item.id}`",
                f"{item.short.de}, {item.name.de}",
                item.name.en,
                "Art." if item.unit == "art" else "§",
            )
            for item in laws().values()
        ),
    )


def _source(source: Source) -> str:
    return f"{source.title}, {source.as_of}{'' if source.verified else ' ?'}"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', '/') for cell in row)} |"
