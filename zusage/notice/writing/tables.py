"""Cookie table, transfer table and deletion concept as documents of their own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from zusage.declaration import Activity, Declaration, RetentionRule, Step
from zusage.declaration.parties import Transfer
from zusage.documents import Block, Document, Heading, Items, Link, Paragraph, Runs, Table
from zusage.law.adequacy import official_link, transfer_allowed
from zusage.notice.writing import browser, periods
from zusage.notice.writing.notice import identification
from zusage.notice.writing.words import Words
from zusage.text import Language


def cookies(declaration: Declaration, language: Language, on: date) -> Document:
    """Cookies, storage, embedded services and consents."""
    words = Words.of(declaration, language, on)
    blocks = tuple(browser.sections(declaration, words)) or (Paragraph(words.say("none")),)
    return Document(words.say("cookies-title"), language, blocks, identification(declaration, words))


def transfers(declaration: Declaration, language: Language, on: date) -> Document:
    """Every transfer with its safeguards, and whether the law covered it on that day."""
    words = Words.of(declaration, language, on)
    columns = tuple(map(words.say, ("col-recipient", "col-country", "col-safeguard", "col-valid")))
    rows = tuple(
        (
            one.called(words.language),
            words.country(transfer.country),
            _safeguards(transfer, words),
            _covered(transfer, on, words),
        )
        for one in declaration.recipients.values()
        for transfer in one.transfers
    )
    title = words.say("transfers-title")
    block: Block = Table(columns, rows, caption=title) if rows else Paragraph(words.say("none"))
    intro = Paragraph(words.say("transfers-as-of", date=words.day(on)))
    agreed = tuple(_clauses(declaration, words))
    return Document(title, language, (intro, block, *agreed), identification(declaration, words))


def _clauses(declaration: Declaration, words: Words) -> Iterator[Block]:
    """The standard contractual clauses agreed with each recipient, each under the recipient's own anchor."""
    for name, one in declaration.recipients.items():
        agreed = [transfer for transfer in one.transfers if transfer.clauses]
        if agreed:
            yield Heading(words.say("clauses-with", recipient=one.name), anchor=name)
            yield Items(tuple(_clause(transfer, words) for transfer in agreed))


def _clause(transfer: Transfer, words: Words) -> Runs:
    clauses = transfer.clauses
    assert clauses is not None
    said = [words.country(transfer.country)]
    if clauses.module:
        said.append(words.say("clauses-module", module=str(clauses.module)))
    if clauses.concluded:
        said.append(words.say("clauses-since", date=words.day(clauses.concluded)))
    text = words.say("clauses-decision", decision=clauses.decision)
    return (", ".join(said) + ": ", Link(text, official_link(clauses.decision, words.language)))


def deletion_concept(declaration: Declaration, language: Language, on: date) -> Document:
    """The deletion concept: each data type with start event, period, deletion class and backups (DIN 66398)."""
    words = Words.of(declaration, language, on)
    names = (
        "col-activity",
        "col-data-type",
        "col-start",
        "col-period",
        "col-action",
        "col-class",
        "col-backup",
    )
    rows = tuple(_rows(declaration, words))
    blocks: list[Block] = [Paragraph(words.say("deletion-intro"))]
    blocks.append(Table(tuple(map(words.say, names)), rows, caption=words.say("retention")))
    classes = sorted({(row[3], row[5]) for row in rows})
    blocks.append(Heading(words.say("classes"), anchor="classes"))
    head = (words.say("col-class"), words.say("col-period"))
    blocks.append(
        Table(head, tuple((name, period) for period, name in classes), caption=words.say("classes"))
    )
    return Document(words.say("deletion-title"), language, tuple(blocks), identification(declaration, words))


def _safeguards(transfer: Transfer, words: Words) -> str:
    return words.listed(words.say(f"safeguard-{one}") for one in transfer.safeguards or ("none",))


def _covered(transfer: Transfer, on: date, words: Words) -> str:
    verdicts = [
        transfer_allowed(transfer.country, safeguard, on, certified=transfer.certified)
        for safeguard in transfer.safeguards or ("none",)
    ]
    covering = next((verdict for verdict in verdicts if verdict.allowed), None)
    if covering is not None:
        return words.say("covered", reason=words.text(covering.reason))
    return words.say("not-covered", reason="; ".join(words.text(verdict.reason) for verdict in verdicts))


def _rows(declaration: Declaration, words: Words) -> Iterator[tuple[str, ...]]:
    for _, activity, rule in declaration.rules():
        for step in rule.steps:
            yield _row(declaration, activity, rule, step, words)


def _row(
    declaration: Declaration, activity: Activity, rule: RetentionRule, step: Step, words: Words
) -> tuple[str, ...]:
    period = periods.period(declaration, step, words)
    return (
        words.text(activity.title),
        periods.types_of(activity, rule, words),
        periods.event(rule, words),
        period,
        words.say(f"act-{step.then}"),
        words.say("class-until")
        if step.keep.until or step.keep.chosen
        else f"{period}, {words.say(f'class-start-{rule.since.start}')}",
        words.period(rule.backup) if rule.backup else "–",
    )
