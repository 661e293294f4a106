"""The records of Art. 30(1) and (2), the list of processors and the description of measures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from zusage.declaration import Activity, Declaration, Recipient
from zusage.documents import Block, Definitions, Document, Heading, Items, Paragraph, Table, plain_text
from zusage.notice.writing import activities, periods
from zusage.notice.writing.notice import identification
from zusage.notice.writing.parties import address_lines
from zusage.notice.writing.words import Words
from zusage.text import Language


def record(declaration: Declaration, language: Language, on: date) -> Document:
    """The record of processing activities (Art. 30(1)); processing for customers follows as Art. 30(2)."""
    words = Words.of(declaration, language, on)
    blocks: list[Block] = [*_responsible(declaration, words)]
    for activity in declaration.activities.values():
        if not activity.on_behalf:
            blocks.extend(_activity(declaration, activity, words))
    own = [one for one in declaration.activities.values() if one.on_behalf]
    if own or declaration.on_behalf:
        blocks.append(Heading(words.say("record-processor-title"), anchor="on-behalf"))
        blocks.extend(_on_behalf(declaration, own, words))
    return Document(
        title=words.say("record-title"),
        language=language,
        blocks=tuple(blocks),
        meta=identification(declaration, words),
        data=declaration.model_dump(mode="json", by_alias=True),
        contents=True,
    )


def processors(declaration: Declaration, language: Language, on: date) -> Document:
    """Every processor and sub-processor with contract and what it is used for."""
    words = Words.of(declaration, language, on)
    chosen = {
        name: one
        for name, one in declaration.recipients.items()
        if one.role in ("processor", "sub-processor")
    }
    columns = tuple(
        map(
            words.say,
            (
                "col-function",
                "col-recipient",
                "col-role",
                "col-country",
                "col-contract",
                "col-safeguard",
                "col-used-for",
            ),
        )
    )
    rows = tuple(_processor(declaration, name, one, words) for name, one in chosen.items())
    if not any(one.function for one in chosen.values()):
        columns, rows = columns[1:], tuple(row[1:] for row in rows)
    block: Block = (
        Table(columns, rows, caption=words.say("processors-title")) if rows else Paragraph(words.say("none"))
    )
    return Document(words.say("processors-title"), language, (block,), identification(declaration, words))


def measures(declaration: Declaration, language: Language, on: date) -> Document:
    """The description of technical and organisational measures (Art. 32)."""
    words = Words.of(declaration, language, on)
    pairs = tuple((words.text(one.title), words.text(one.text)) for one in declaration.measures.values())
    block: Block = Definitions(pairs) if pairs else Paragraph(words.say("none"))
    return Document(words.say("measures-title"), language, (block,), identification(declaration, words))


def reviews(declaration: Declaration, language: Language, last: Mapping[str, date]) -> Items:
    """When somebody last vouched for each measure (its id → the day), for the page with the measures."""
    words = Words.of(declaration, language)
    return Items(
        tuple(
            f"{words.text(declaration.measures[name].title)}: {words.say('reviewed', date=words.day(day))}"
            for name, day in last.items()
        )
    )


def _responsible(declaration: Declaration, words: Words) -> Iterator[Block]:
    controller, dpo = declaration.controller, declaration.dpo
    yield Heading(words.say("controller"), anchor="controller")
    ways = [one for one in (controller.email, controller.phone) if one]
    pairs = [
        (words.say("controller"), ", ".join([controller.name, *address_lines(controller, words), *ways]))
    ]
    if declaration.representative:
        pairs.append((words.say("representative"), declaration.representative.name))
    pairs += [(words.say("joint"), joint.name) for joint in declaration.joint_controllers]
    if dpo:
        reached = [part for part in (dpo.name, dpo.email, dpo.phone) if part]
        pairs.append((words.say("dpo"), ", ".join([*reached, *address_lines(dpo, words)])))
    yield Definitions(tuple(pairs))


def _activity(declaration: Declaration, activity: Activity, words: Words) -> Iterator[Block]:
    yield Heading(words.text(activity.title))
    columns = (words.say("record-item"), words.say("record-content"))
    used = [activities.recipient(declaration, activity, use, words) for use in activity.recipients]
    moved = [plain_text(one) for one in activities.transfer_sentences(declaration, activity, words)]
    kept = [
        one for rule in activity.retention for one in periods.sentences(declaration, activity, rule, words)
    ]
    guarded = [
        words.text(declaration.measures[one].title) for one in activity.measures or declaration.measures
    ]
    bases = dict.fromkeys(words.basis(basis) for one in activity.purposes for basis in one.legal_bases)
    content = (
        ("purposes", [words.text(one.text) for one in activity.purposes]),
        ("bases", list(bases)),
        ("record-subjects", [words.text(one) for one in activity.subjects]),
        ("data", [activities.category(one, words) for one in activity.data]),
        ("record-recipients", used),
        ("record-transfers", moved),
        ("record-limits", kept),
        ("record-measures", guarded),
    )
    yield Table(
        columns,
        tuple(
            (words.say(key), "; ".join(one.removesuffix(".") for one in said) or words.say("none"))
            for key, said in content
        ),
    )


def _on_behalf(declaration: Declaration, own: list[Activity], words: Words) -> Iterator[Block]:
    behalf = declaration.on_behalf
    if behalf:
        yield Paragraph(words.text(behalf.text))
        if behalf.contract:
            yield Paragraph(words.text(behalf.contract))
        if behalf.categories:
            yield Heading(words.say("record-categories"), 3)
            yield Items(tuple(map(words.text, behalf.categories)))
        if behalf.services:
            yield Heading(words.say("record-services"), 3)
            yield Items(
                tuple(
                    f"{words.text(one.title)}: {words.listed(map(words.text, one.categories))}"
                    for one in behalf.services.values()
                )
            )
    for activity in own:
        yield from _activity(declaration, activity, words)


def customers(
    declaration: Declaration, language: Language, booked: Iterable[tuple[str, str, Iterable[str]]]
) -> list[Block]:
    """For the record of Art. 30(2): each customer's name, contact and the services booked, by their ids.

    Raises `KeyError` for a service without an entry.
    """
    words = Words.of(declaration, language)
    services = declaration.on_behalf.services if declaration.on_behalf else {}
    rows = tuple(
        (name, contact, words.listed(words.text(services[one].title) for one in chosen) or words.say("none"))
        for name, contact, chosen in booked
    )
    heads = (words.say("record-customer"), words.say("email").strip(": "), words.say("record-booked"))
    return [Heading(words.say("record-customer"), 3), Table(heads, rows)] if rows else []


def _processor(declaration: Declaration, name: str, one: Recipient, words: Words) -> tuple[str, ...]:
    contract = words.contract(one.contract) if one.contract else words.say("none")
    used = [
        words.text(activity.title)
        for activity in declaration.activities.values()
        if name in activity.services or any(use.to == name for use in activity.recipients)
    ]
    parent = declaration.recipients[one.parent].called(words.language) if one.parent else ""
    called = one.called(words.language)
    shown = words.say("sub-of", name=called, parent=parent) if parent else called
    if one.since:
        shown += words.say("used-from", date=words.day(one.since))
    country = one.seat
    safeguards = dict.fromkeys(
        words.say(f"safeguard-{held}")
        for transfer in one.transfers
        for held in transfer.safeguards or ("none",)
    )
    return (
        words.text(one.function) if one.function else "–",
        shown,
        words.say(f"role-{one.role}"),
        words.country(country) if country else "–",
        contract,
        "; ".join(safeguards) or "–",
        "; ".join(used) or "–",
    )
