"""What an access answer says beside the copy (Art. 15(1)(a)–(h), (2)): only what concerns this person, from the declaration.

Recipients that are on record are named with country and day; where none is recorded, the declared ones are named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import Connection

from zusage.declaration.activities import Activity
from zusage.documents import Block, Heading, Items, Paragraph
from zusage.keepers.context import Context
from zusage.keepers.rights.finding import (
    Origin,
    databases,
    disclosures_for,
    on_behalf,
    origins,
    subject_of_request,
)
from zusage.keepers.rights.lasting import ends, has_end
from zusage.keepers.rights.letters import day, say
from zusage.keepers.rights.received import recipients_of
from zusage.law.citations import Citation
from zusage.law.facts import LawError
from zusage.law.retention import statutory
from zusage.notice.writing.periods import sentences
from zusage.notice.writing.words import Words
from zusage.registers.requests import Request
from zusage.text import Language


def particulars(
    context: Context, connection: Connection, request: Request, concerned: Sequence[str], now: datetime
) -> Iterator[Block]:
    """Everything that Art. 15 asks for about the activities in `concerned`."""
    language = cast(Language, request.language)
    words = Words(language, context.declaration.address)
    until: dict[tuple[str, str], datetime] = {}
    came_from: Sequence[Origin] = ()
    if _rows_say_more(context, now):
        subject = subject_of_request(context, request)
        for database in databases(context):
            until |= ends(context.declaration, database, subject.known, now, on_behalf(context))
        came_from = origins(context, subject)
    yield Heading(say(context, language, "concerned"))
    for name in concerned:
        activity = context.declaration.activities[name]
        yield Heading(activity.title.says(language), level=3)
        mine = [one for one in came_from if one.activity == name]
        yield Items(tuple(_lines(context, activity, words, _latest(until, name), mine, now)))
    yield from recipients_of(context, language, concerned, disclosures_for(connection, context, request), now)
    yield from _automated(context, language, concerned)
    yield Paragraph(say(context, language, "your-rights"))


def _rows_say_more(context: Context, now: datetime) -> bool:
    """Whether the person's rows date a period of law, or say where they came from."""
    return any(
        part.provenance is not None or has_end(context.declaration, activity, part, now)
        for database in databases(context)
        for activity, parts in database.binding.activities.items()
        for part in parts
    )


def _latest(until: Mapping[tuple[str, str], datetime], activity: str) -> datetime | None:
    return max((end for (name, _), end in until.items() if name == activity), default=None)


def _lines(
    context: Context, activity: Activity, words: Words, until: datetime | None, origins_: Sequence[Origin],
    now: datetime,
) -> Iterator[str]:  # fmt: skip
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
    if stored:
        yield f"{say(context, language, 'col-storage')}: {' '.join(stored)}"
    yield f"{say(context, language, 'col-source')}: {_source(context, activity, language, origins_)}"
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


def _source(context: Context, activity: Activity, language: Language, origins_: Sequence[Origin]) -> str:
    """What the rows themselves say of their source; else what the declaration says of the activity."""
    known = [f"{one.source}, {day(context, language, one.at)}" if one.at else one.source for one in origins_]
    said = known or [one.text.says(language) for one in activity.sources]
    kinds = {one.origin for one in activity.data}
    if "provided" in kinds:
        said.append(say(context, language, "from-you"))
    if "observed" in kinds or "derived" in kinds:
        said.append(say(context, language, "observed"))
    return "; ".join(said)


def _automated(context: Context, language: Language, concerned: Sequence[str]) -> Iterator[Block]:
    yield Heading(say(context, language, "automated"))
    said = []
    for name in concerned:
        found = context.declaration.activities[name].profiling
        if found is not None and (found.takes_place or found.logic is not None):
            parts = (found.logic, found.consequences, found.human_review)
            said.append("; ".join(part.says(language) for part in parts if part is not None))
    yield Items(tuple(said)) if said else Paragraph(say(context, language, "none"))


def statute(name: str, language: Language) -> str:
    """The law behind a statutory period. Raises `LawError`."""
    found = statutory(name)
    return found.citation.text(language) if isinstance(found.citation, Citation) else found.law
