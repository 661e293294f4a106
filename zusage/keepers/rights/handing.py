"""Handing out: the copy of Art. 15(3) or what the person provided (Art. 20), as an encrypted package.

With the rows go the files they name and the person's consents. Third persons in free text are masked. Where a table
seems to reach people and nobody declared it, nothing is handed out: the answer would not be whole, and for such data no
purpose is on file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from zusage.declaration.activities import Activity
from zusage.keepers.context import Context
from zusage.keepers.rights import masking
from zusage.keepers.rights.acts import Act, Write
from zusage.keepers.rights.finding import Subject, databases, on_behalf
from zusage.keepers.rights.packages import make_package
from zusage.promises import Outcome, Result
from zusage.registers.consents import Way, events_of, person_of
from zusage.registers.requests import Kind, Request
from zusage.stores.files.tree import FileTree, OutsideRoot
from zusage.stores.subjects import ExportedTable, export_subject, undeclared_data

#: what the package calls the consents on file with us
CONSENTS = "consents"

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Copy:
    """What is handed out: activity → table → rows, the files they name, the acts, how many places were masked."""

    data: Mapping[str, Mapping[str, Rows]]
    files: Mapping[str, bytes]
    acts: tuple[Act, ...]


def hand_out(
    context: Context,
    request: Request,
    subject: Subject,
    now: datetime,
    renew: Callable[[], None],
    write: Write,
) -> list[Act]:
    """Make the package, have it kept encrypted (`write`), and say what is in it."""
    if request.kind is Kind.ACCESS and (missing := _undeclared(context)):
        return missing
    made = copy_of(context, subject, now, portable=request.kind is Kind.PORTABILITY, renew=renew)
    if made.data:
        write(make_package(context, request, made.data, now, made.files))
    return list(made.acts)


def _undeclared(context: Context) -> list[Act]:
    acts = []
    for database in databases(context):
        found = undeclared_data(database)
        if found:
            outcome = Outcome(
                Result.NOT_COVERED, "request/export", database.name, str(found[0].place.key or ""), "export",
                left=len(found), reason=found[0].code,
            )  # fmt: skip
            acts.append(Act("", outcome))
    return acts


def copy_of(
    context: Context, subject: Subject, now: datetime, *, portable: bool, renew: Callable[[], None]
) -> Copy:
    """The person's data from every bound database, their files and consents, third persons masked."""
    exported: list[ExportedTable] = []
    for database in databases(context):
        renew()
        exported += export_subject(database, subject.known, on_behalf(context))
    hide = _hider(context, subject, exported)
    data: dict[str, dict[str, Rows]] = {}
    files: dict[str, bytes] = {}
    acts, masked = [], 0
    for one in exported:
        rows = _handed_out(context, one, portable)
        masked += hide(one, rows)
        if rows:
            data.setdefault(one.activity, {}).setdefault(one.table, []).extend(rows)
            files |= _files(context, one, rows)
        acts.append(_act(one.activity, one.store, one.table, "export", len(rows)))
    given = _consents(context, subject, now)
    if given:
        data[CONSENTS] = {"given": given}
        acts.append(_act(CONSENTS, "", "given", "export", len(given)))
    if masked:
        acts.append(_act("", "", "copy", "mask", masked))
    return Copy(data, files, tuple(acts))


def _handed_out(context: Context, one: ExportedTable, portable: bool) -> Rows:
    """The rows of a table: all of them, or for portability what the person provided on consent or contract."""
    activity = context.declaration.activities[one.activity]
    columns = list(one.rows[0]) if one.rows else []
    if not portable:
        return [dict(row) for row in one.rows]
    if one.restricted or not is_portable(activity):
        return []
    wanted = {category.id for category in activity.data if category.origin == "provided"}
    derived = set(one.part.statements) if one.part is not None else set()
    names = [name for name in columns if one.categories.get(name) in wanted and name not in derived]
    return [{name: row[name] for name in names} for row in one.rows] if names else []


def is_portable(activity: Activity) -> bool:
    """Whether an activity rests on consent or contract (Art. 20(1)(a))."""
    bases = {basis.citation.id for purpose in activity.purposes for basis in purpose.legal_bases}
    return bool(bases & {"gdpr:6(1)(a)", "gdpr:6(1)(b)", "gdpr:9(2)(a)"})


def _hider(
    context: Context, subject: Subject, exported: list[ExportedTable]
) -> Callable[[ExportedTable, Rows], int]:
    """A function that masks third persons in rows, in place, and says in how many places."""
    text = "\n".join(masking.texts_of(exported))
    if not text:
        return lambda one, rows: 0
    controller = context.declaration.controller
    hosts = [urlsplit(origin).hostname or "" for origin in context.declaration.browser.origins]
    domains = {host.removeprefix("www.") for host in hosts} | {(controller.email or "").rpartition("@")[2]}
    own = masking.own_of(subject.known, exported, domains - {""})
    names = masking.names_in(databases(context), text, own)

    def hide(one: ExportedTable, rows: Rows) -> int:
        count = 0
        for column in one.part.free_text if one.part is not None else ():
            for row in rows:
                if isinstance(row.get(column), str):
                    row[column], hit = masking.mask(row[column], names, own)
                    count += hit
        return count

    return hide


def _files(context: Context, one: ExportedTable, rows: Rows) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for column, store in one.part.files.items() if one.part is not None else ():
        tree = context.stores[store]
        if not isinstance(tree, FileTree):
            continue
        for row in rows:
            path = _inside(tree, row.get(column))
            if path is not None and path.is_file():
                name = path.relative_to(tree.root).as_posix()
                found[f"files/{one.activity}/{name}"] = path.read_bytes()
    return found


def _inside(tree: FileTree, said: object) -> Path | None:
    """The place of a stored path; None for one that leads out of the store: such a file is nobody's to hand out."""
    try:
        return tree.inside(str(said)) if said else None
    except OutsideRoot:
        return None


def _consents(context: Context, subject: Subject, now: datetime) -> Rows:
    """What the person agreed to and refused, as the register of consents has it."""
    rows: Rows = []
    with context.state.connect() as connection:
        for each in subject.known:
            person = person_of(context.keys, each.kind, each.value)
            for event in events_of(connection, person, now):
                way = Way(event.way % 100).name.lower() if event.way % 100 in set(Way) else str(event.way)
                told = {} if event.agent is None else {"user_agent": event.agent}
                rows += [
                    {"purpose": purpose, "agreed": yes, "at": event.at.isoformat(), "way": way} | told
                    for purpose, yes in event.answers.items()
                ]
    return rows


def _act(activity: str, store: str, table: str, action: str, count: int) -> Act:
    result = Result.DONE if count else Result.NOTHING_FOUND
    return Act(activity, Outcome(result, f"request/{action}", store, table, action, count, count, 0))
