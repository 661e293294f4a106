"""What an access answer says beside the copy (Art. 15(1)(a)–(h), (2)): only what concerns this person, from the declaration.

Recipients that are on record are named with country and day; where none is recorded, the declared ones are named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import Connection

from zusage.declaration.activities import Activity
from zusage.documents import Block, Heading, Items, Paragraph, Table
from zusage.keepers.context import Context
from zusage.keepers.rights.finding import databases, disclosures, on_behalf, subject_of_request
from zusage.keepers.rights.lasting import ends
from zusage.keepers.rights.letters import day, say
from zusage.law.citations import Citation
from zusage.law.facts import LawError
from zusage.law.retention import statutory
from zusage.notice.writing.periods import sentences
from zusage.notice.writing.words import Words
from zusage.registers.disclosures import Disclosure
from zusage.registers.requests import Request
from zusage.text import Language


def particulars(
    context: Context, connection: Connection, request: Request, concerned: Sequence[str], now: datetime
) -> Iterator[Block]:
    """Everything that Art. 15 asks for about the activities in `concerned`."""
    language = cast(Language, request.language)
    subject = subject_of_request(context, request)
    words = Words(language, context.declaration.address)
    until: dict[tuple[str, str], datetime] = {}
    for database in databases(context):
        until |= ends(context.declaration, database, subject.known, now, on_behalf(context))
    yield Heading(say(context, language, "concerned"))
    for name in concerned:
        activity = context.declaration.activities[name]
        yield Heading(activity.title.says(language), level=3)
        yield Items(tuple(_lines(context, activity, words, _latest(until, name), now)))
    yield from _recipients(context, language, concerned, disclosures(connection, context, subject))
    yield from _automated(context, language, concerned)
    yield Paragraph(say(context, language, "your-rights"))


def _latest(until: Mapping[tuple[str, str], datetime], activity: str) -> datetime | None:
    return max((end for (name, _), end in until.items() if name == activity), default=None)


def _lines(
    context: Context, activity: Activity, words: Words, until: datetime | None, now: datetime
) -> Iterator[str]:
    language = words.language
    bases = [
        f"{purpose.text.says(language)}"
        + "".join(f" ({basis.citation.text(language)})" for basis in purpose.legal_bases)
        for purpose in activity.purposes
    ]
    yield f"{say(context, language, 'col-purpose')}: {'; '.join(bases)}"
    yield f"{say(context, language, 'col-categories')}: " + "; ".join(
        one.text.says(language) for one in activity.data
    )
    stored = [
        said for rule in activity.retention for said in sentences(context.declaration, activity, rule, words)
    ]
    yield f"{say(context, language, 'col-storage')}: {' '.join(stored)}"
    yield f"{say(context, language, 'col-source')}: {_source(context, activity, language)}"
    if until is not None and until > now:
        law = ", ".join(
            sorted({step.keep.statutory or "" for rule in activity.retention for step in rule.steps} - {""})
        )
        later = say(
            context,
            language,
            "erasure-later",
            until=day(context, language, until),
            reason=law_name(law, language),
        )
    else:
        later = say(context, language, "erasure-possible")
    yield f"{say(context, language, 'col-erasure')}: {later}"


def law_name(names: str, language: Language) -> str:
    """Statutory periods as they are cited: `hgb-letters` is § 257 HGB."""
    said = []
    for name in filter(None, names.split(", ")):
        try:
            said.append(statute(name, language))
        except LawError:
            said.append(name)
    return ", ".join(dict.fromkeys(said))


def _source(context: Context, activity: Activity, language: Language) -> str:
    said = [one.text.says(language) for one in activity.sources]
    origins = {one.origin for one in activity.data}
    if "provided" in origins:
        said.append(say(context, language, "from-you"))
    if "observed" in origins or "derived" in origins:
        said.append(say(context, language, "observed"))
    return "; ".join(said)


def _recipients(
    context: Context, language: Language, concerned: Sequence[str], disclosed: Sequence[Disclosure]
) -> Iterator[Block]:
    declared = context.declaration.recipients
    columns = tuple(say(context, language, key) for key in ("col-recipient", "col-country", "col-day"))
    rows = [
        (declared[one.recipient].name, declared[one.recipient].country or "", day(context, language, one.at))
        for one in disclosed
        if one.recipient in declared
    ]
    known = {one.recipient for one in disclosed}
    for name in concerned:
        for use in context.declaration.activities[name].recipients:
            if use.to not in known:
                known.add(use.to)
                rows.append((declared[use.to].name, declared[use.to].country or "", "–"))
    yield Heading(say(context, language, "recipients-known"))
    if rows:
        yield Table(columns, tuple(dict.fromkeys(rows)))
    else:
        yield Paragraph(say(context, language, "none"))
    covered = [
        f"{declared[name].name} ({transfer.country}): {', '.join(transfer.safeguards) or say(context, language, 'none')}"
        for name in sorted(known & set(declared))
        for transfer in declared[name].transfers
    ]
    if covered:
        yield Heading(say(context, language, "transfers"))
        yield Items(tuple(covered))


def _automated(context: Context, language: Language, concerned: Sequence[str]) -> Iterator[Block]:
    yield Heading(say(context, language, "automated"))
    said = []
    for name in concerned:
        found = context.declaration.activities[name].profiling
        if found is not None and found.takes_place:
            parts = (found.logic, found.consequences, found.human_review)
            said.append("; ".join(part.says(language) for part in parts if part is not None))
    yield Items(tuple(said)) if said else Paragraph(say(context, language, "none"))


def statute(name: str, language: Language) -> str:
    """The law behind a statutory period. Raises `LawError`."""
    found = statutory(name)
    return found.citation.text(language) if isinstance(found.citation, Citation) else found.law
