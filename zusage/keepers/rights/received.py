"""Who received the person's data (Art. 15(1)(c), (2)): by name, country and day where that is on file, with the safeguard
that covered a transfer on that very day.

A transfer that nothing on file covers is no empty line: the person is told that it is being cleared up, and `uncovered`
names it for the officer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from zusage.declaration import Recipient
from zusage.declaration.parties import Transfer
from zusage.documents import Block, Heading, Items, Paragraph, Table
from zusage.keepers.context import Context
from zusage.keepers.rights.letters import day, say
from zusage.law.adequacy import transfer_allowed
from zusage.registers.disclosures import Disclosure
from zusage.text import Language

_COLUMNS = ("col-recipient", "col-country", "col-categories", "col-first", "col-last")


def recipients_of(
    context: Context, language: Language, concerned: Sequence[str], disclosed: Sequence[Disclosure], now: datetime
) -> Iterator[Block]:  # fmt: skip
    """The table of recipients and, where data went to third countries, what covers it."""
    yield Heading(say(context, language, "recipients-known"))
    rows = _rows(context, language, concerned, disclosed)
    if rows:
        columns = tuple(say(context, language, key) for key in _COLUMNS)
        yield Table(columns, tuple(dict.fromkeys(rows)))
    else:
        yield Paragraph(say(context, language, "none"))
    covered = tuple(
        dict.fromkeys(
            _covered(context, language, *one) for one in _transfers(context, concerned, disclosed, now)
        )
    )
    if covered:
        yield Heading(say(context, language, "transfers"))
        yield Items(covered)


def uncovered(
    context: Context, concerned: Sequence[str], disclosed: Sequence[Disclosure], now: datetime
) -> list[str]:
    """Recipients to whom a transfer went, or may go, that no safeguard on file covers on its day."""
    return sorted(
        {
            name
            for name, recipient, transfer, at in _transfers(context, concerned, disclosed, now)
            if _safeguard(recipient, transfer, at, "en") is None
        }
    )


def _rows(
    context: Context, language: Language, concerned: Sequence[str], disclosed: Sequence[Disclosure]
) -> list[tuple[str, ...]]:
    """One row a recipient: who, where, which categories, first and last day; declared ones without entry come last."""
    declared = context.declaration.recipients
    received: dict[tuple[str, str], list[Disclosure]] = {}
    for one in disclosed:
        if one.recipient in declared:
            known = declared[one.recipient]
            called = known.called(language)
            name = f"{one.named} ({called})" if one.named else called
            received.setdefault((name, one.country or known.country or ""), []).append(one)
    rows: list[tuple[str, ...]] = []
    for (name, country), made in received.items():
        said = [each for one in made for each in _categories(context, language, one)]
        first, last = min(one.at for one in made), max(one.at for one in made)
        rows.append(
            (
                name,
                country,
                ", ".join(dict.fromkeys(said)),
                *(day(context, language, at) for at in (first, last)),
            )
        )
    seen = {one.recipient for one in disclosed}
    for activity in concerned:
        for use in context.declaration.activities[activity].recipients:
            if use.to not in seen:
                seen.add(use.to)
                rows.append(
                    (declared[use.to].called(language), declared[use.to].country or "", "–", "–", "–")
                )
    return rows


def _categories(context: Context, language: Language, one: Disclosure) -> list[str]:
    """Which data went, in words: what was recorded, else all that is declared for the recipient."""
    activity = context.declaration.activities.get(one.activity)
    if activity is None:
        return one.categories.split()
    declared = {category for use in activity.recipients if use.to == one.recipient for category in use.data}
    names = set(one.categories.split()) or declared
    return [category.text.says(language) for category in activity.data if not names or category.id in names]


def _transfers(
    context: Context, concerned: Sequence[str], disclosed: Sequence[Disclosure], now: datetime
) -> Iterator[tuple[str, Recipient, Transfer, datetime]]:
    """Each transfer that happened, on its day, and each that the activities concerned provide for, as of now."""
    declared = context.declaration.recipients
    happened = {one.recipient for one in disclosed}
    for one in disclosed:
        for transfer in declared[one.recipient].transfers if one.recipient in declared else ():
            yield one.recipient, declared[one.recipient], transfer, one.at
    for activity in concerned:
        for use in context.declaration.activities[activity].recipients:
            for transfer in declared[use.to].transfers if use.to not in happened else ():
                yield use.to, declared[use.to], transfer, now


def _covered(
    context: Context, language: Language, name: str, recipient: Recipient, transfer: Transfer, at: datetime
) -> str:
    why = _safeguard(recipient, transfer, at, language)
    said = why if why is not None else say(context, language, "transfer-open")
    return f"{recipient.name} ({transfer.country}, {day(context, language, at)}): {said}"


def _safeguard(recipient: Recipient, transfer: Transfer, at: datetime, language: Language) -> str | None:
    """What covered the transfer on that day, in words; None where nothing did."""
    for word in transfer.safeguards or ("none",):
        verdict = transfer_allowed(transfer.country, word, at.date(), transfer.certified)
        if verdict.allowed:
            return verdict.reason.says(language)
    return None
