"""What an answer says was done and what stays: by processing and kind of data, as a person reads it – never table by table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Row

from zusage.documents import Block, Heading, Items, Paragraph, Table
from zusage.keepers.context import Context
from zusage.keepers.rights.explaining import law_name
from zusage.keepers.rights.finding import databases
from zusage.keepers.rights.handing import CONSENTS
from zusage.keepers.rights.letters import day, has_words, say
from zusage.law.citations import Citation
from zusage.registers.holds import Hold, holds_in_force
from zusage.registers.requests import Request
from zusage.text import Language

#: what keeps rows without a law that is named in the declaration
_HOLD = "hold"


def acts(
    context: Context, connection: Connection, request: Request, rows: Sequence[Row[Any]], now: datetime
) -> Iterator[Block]:
    """One line for each processing and result, with the kinds of data; then what stays, by which law, until when."""
    language = request.language
    columns = tuple(
        say(context, language, key) for key in ("col-activity", "col-categories", "col-result", "col-count")
    )
    groups: dict[tuple[str, str], list[Row[Any]]] = {}
    for row in rows:
        if row.hit:
            groups.setdefault((row.activity, _result(row)), []).append(row)
    shown = tuple(
        (
            title(context, activity, language), _categories(context, mine, language), say(context, language, result),
            str(sum(row.hit for row in mine)),
        )
        for (activity, result), mine in groups.items()
    )  # fmt: skip
    if shown:
        yield Heading(say(context, language, "done"))
        yield Table(columns, shown, numeric=columns[3:])
    stays = tuple(_stays(context, connection, request, [row for row in rows if row.left], now))
    if stays:
        yield Heading(say(context, language, "retained"))
        yield Paragraph(say(context, language, "retained-intro"))
        yield Items(stays)


def _result(row: Row[Any]) -> str:
    """The word for what was done to the rows that were hit."""
    acted = f"acted-{row.action}"
    return acted if has_words(acted) else f"result-{row.result}"


def title(context: Context, activity: str, language: str) -> str:
    """What an activity is called, and what we keep ourselves."""
    found = context.declaration.activities.get(activity)
    if found is not None:
        return found.title.says(cast(Language, language))
    return say(context, language, "title-consents") if activity == CONSENTS else activity


def _categories(context: Context, rows: Iterable[Row[Any]], language: str) -> str:
    """The kinds of data in the tables of these rows, in the declaration's words and order; `–` where none is bound."""
    tables = {(row.store, row.activity, row.target.removeprefix("restricted.")) for row in rows}
    bound = {
        (activity, category)
        for database in databases(context)
        for activity, parts in database.binding.activities.items()
        for part in parts
        if (database.name, activity, part.table) in tables
        for category in part.columns.values()
    }
    declared = context.declaration.activities
    names = [
        one.text.says(cast(Language, language))
        for activity in dict.fromkeys(name for _, name, _ in sorted(tables))
        if activity in declared
        for one in declared[activity].data
        if (activity, one.id) in bound
    ]
    return ", ".join(dict.fromkeys(names)) or "–"


def _stays(
    context: Context, connection: Connection, request: Request, rows: Sequence[Row[Any]], now: datetime
) -> Iterator[str]:
    language = request.language
    holds = holds_in_force(connection, now) if any(_HOLD in row.reason for row in rows) else []
    groups: dict[tuple[str, str], list[Row[Any]]] = {}
    for row in rows:
        groups.setdefault((row.activity, row.reason), []).append(row)
    for (activity, reason), mine in groups.items():
        standing = [one for one in holds if _concerns(one, request, mine)] if _HOLD in reason else []
        ends = [row.until for row in mine] + [one.ends_at for one in standing]
        until = (
            None if any(one.ends_at is None for one in standing) else max(filter(None, ends), default=None)
        )
        yield say(
            context, language, "retained-row", activity=title(context, activity, language),
            categories=_categories(context, mine, language), count=str(sum(row.left for row in mine)),
            reason=_reason(context, reason, standing, cast(Language, language)),
            until=day(context, language, until) if until else say(context, language, "open-end"),
        )  # fmt: skip


def _concerns(hold: Hold, request: Request, rows: Sequence[Row[Any]]) -> bool:
    if hold.scope == "subject":
        return (hold.identity or "").casefold() == (request.identity or "").casefold()
    if hold.scope == "activity":
        return any(hold.activity == row.activity for row in rows)
    return any((hold.store, hold.target) == (row.store, row.target) for row in rows)


def _reason(context: Context, reason: str, holds: Sequence[Hold], language: Language) -> str:
    """The law behind what stays: a period of law, the law of a hold – never its matter –, or why it cannot go alone."""
    said = []
    for one in reason.split(", "):
        if one == _HOLD and holds:
            said += [Citation.parse_id(hold.law).text(language) for hold in holds]
        elif has_words(f"kept-{one}"):
            said.append(say(context, language, f"kept-{one}"))
        else:
            said.append(law_name(one, language))
    return ", ".join(dict.fromkeys(said))
