"""The notice (Art. 13, 14): a short overview, then every section in full. Layered, highlighted, dated, identified."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date

from zusage.declaration import Activity, Declaration
from zusage.documents import Block, Document, Heading, Items, Link, Paragraph, Runs, Table
from zusage.law.citations import Citation
from zusage.notice.writing import activities, browser, parties, periods, rights
from zusage.notice.writing.words import Words
from zusage.text import Language


def notice(declaration: Declaration, language: Language, on: date) -> Document:
    """The privacy notice in `language`; laws under the names they bore on that day."""
    words = Words.of(declaration, language, on)
    blocks: list[Block] = []
    blocks.extend(_overview(declaration, words))
    blocks.extend(parties.sections(declaration, words))
    for name, activity in declaration.activities.items():
        blocks.extend(activities.section(declaration, name, activity, words))
    blocks.extend(browser.sections(declaration, words))
    blocks.extend(rights.sections(declaration, words))
    blocks.extend(_rest(declaration, words))
    return Document(
        title=_title(declaration, words),
        language=language,
        blocks=tuple(blocks),
        meta=identification(declaration, words),
        contents=True,
    )


def _title(declaration: Declaration, words: Words) -> str:
    """`Datenschutzerklärung nach DSGVO und TDDDG – Name`: the laws it is given under, as they are called."""
    laws = ["gdpr", "tdddg"] if declaration.browser.items or declaration.browser.services else ["gdpr"]
    named = words.listed(words.cited(Citation(law)) for law in laws)
    return f"{words.say('title-notice', laws=named)} – {declaration.controller.name}"


def identification(declaration: Declaration, words: Words) -> dict[str, str]:
    """What identifies a version: its date, its name, the digest of what is declared."""
    meta = {words.say("status"): words.day(declaration.as_of)}
    if declaration.version:
        meta[words.say("version")] = declaration.version
    return meta | {words.say("digest"): digest(declaration)}


def digest(declaration: Declaration) -> str:
    """SHA-256 over the declaration's canonical JSON, 16 hex digits: the same facts, the same digest."""
    return hashlib.sha256(declaration.model_dump_json(by_alias=True).encode()).hexdigest()[:16]


def _overview(declaration: Declaration, words: Words) -> Iterator[Block]:
    yield Heading(words.say("overview"), anchor="overview")
    yield Paragraph(words.say("overview-intro"))
    columns = tuple(map(words.say, ("col-activity", "col-keep")))
    rows = (_row(declaration, name, one, words) for name, one in declaration.activities.items())
    yield Table(columns, tuple(rows), caption=words.say("overview-table"))


def _row(declaration: Declaration, name: str, activity: Activity, words: Words) -> tuple[Runs, ...]:
    steps = (step for rule in activity.retention for step in rule.steps if step.then != "notify")
    kept = (periods.period(declaration, step, words) for step in steps)
    return (
        (Link(words.text(activity.title), f"#{name}"),),
        "; ".join(dict.fromkeys(kept)) or "–",
    )


def _rest(declaration: Declaration, words: Words) -> Iterator[Block]:
    behalf = declaration.on_behalf
    if behalf:
        yield Heading(words.say("on-behalf"), anchor="on-behalf")
        yield Paragraph(words.text(behalf.text), facts=("on_behalf",))
        if behalf.categories:
            yield Items(tuple(map(words.text, behalf.categories)))
        if behalf.contract and behalf.contract_link:
            yield Paragraph(
                (words.say("contract-link"), Link(words.text(behalf.contract), behalf.contract_link), ".")
            )
        if behalf.pass_on_within:
            yield Paragraph(words.say("pass-on", within=words.within(behalf.pass_on_within)))
    if declaration.measures:
        yield Heading(words.say("measures"), anchor="measures")
        said = (f"{words.text(one.title)}: {words.text(one.text)}" for one in declaration.measures.values())
        yield Items(tuple(said), facts=("measures",))
        if declaration.browser.measures:
            yield Paragraph((Link(words.say("measures-link"), declaration.browser.measures), "."))
    if declaration.browser.processors:
        yield Heading(words.say("providers"), anchor="providers")
        there = Link(words.say("providers-link"), declaration.browser.processors)
        yield Paragraph((words.say("providers-intro"), there, "."))
    if declaration.passages:
        yield Heading(words.say("further"), anchor="further")
        for passage in declaration.passages.values():
            yield Paragraph(words.text(passage), facts=("passages",))
    yield Heading(words.say("status"), anchor="status")
    yield Paragraph(words.say("status-text", date=words.day(declaration.as_of)), facts=("as_of",))
