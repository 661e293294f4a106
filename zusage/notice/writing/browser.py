"""Cookies and other items on the device (§ 25 TDDDG), embedded services, consents."""

from __future__ import annotations

from collections.abc import Iterator

from zusage.declaration import Declaration, EmbeddedService, StorageItem
from zusage.documents import Block, Heading, Items, Paragraph, Table
from zusage.notice.writing.words import Words


def sections(declaration: Declaration, words: Words) -> Iterator[Block]:
    """The cookie table, embedded services and the consents that are asked for."""
    browser = declaration.browser
    if browser.items or browser.services:
        yield Heading(words.say("cookies"), anchor="cookies")
        yield Paragraph(words.say("cookies-intro"))
    if browser.items:
        yield cookie_table(declaration, words)
    if browser.services:
        yield Heading(words.say("embedded"), 3, "embedded")
        yield Items(tuple(_service(declaration, one, words) for one in browser.services.values()))
    if declaration.consents:
        yield Heading(words.say("consents"), anchor="consents")
        yield Paragraph(words.say("consents-intro"))
        yield Items(tuple(_consents(declaration, words)), facts=("consents",))


def cookie_table(declaration: Declaration, words: Words) -> Table:
    """Every item with provider, purpose, lifetime and whether it waits for consent."""
    columns = ("col-name", "col-provider", "col-purpose", "col-keep", "col-kind", "col-consent")
    return Table(
        tuple(map(words.say, columns)),
        tuple(_row(declaration, one, words) for one in declaration.browser.items.values()),
        caption=words.say("cookie-table"),
    )


def lifetime(one: StorageItem, words: Words) -> str:
    """How long an item stays, in words."""
    return words.say(one.keep) if isinstance(one.keep, str) else words.period(one.keep)


def _row(declaration: Declaration, one: StorageItem, words: Words) -> tuple[str, ...]:
    own = declaration.controller.name
    provider = declaration.recipients[one.provider].name if one.provider else own
    return (
        one.name, provider, words.text(one.purpose), lifetime(one, words), words.say(f"kind-{one.kind}"),
        words.say("necessary") if one.consent is None else words.text(declaration.consents[one.consent].title),
    )  # fmt: skip


def _service(declaration: Declaration, one: EmbeddedService, words: Words) -> str:
    recipient = declaration.recipients[one.recipient]
    said = f"{words.listed(recipient.services) or recipient.name} ({recipient.name})"
    if one.text:
        said += f": {words.text(one.text)}"
    if one.consent:
        said += f" ({words.say('only-consent', consent=words.text(declaration.consents[one.consent].title))})"
    return said


def _consents(declaration: Declaration, words: Words) -> Iterator[str]:
    for one in declaration.consents.values():
        said = f"{words.text(one.title)}: {words.text(one.text)}"
        if one.minimum_age:
            said += f" ({words.say('minimum-age', age=str(one.minimum_age))})"
        yield said
