"""Cookies and other items on the device (§ 25 TDDDG), embedded services, consents."""

from __future__ import annotations

from collections.abc import Iterator

from zusage.declaration import Declaration, EmbeddedService, Recipient, StorageItem
from zusage.declaration.browser import Presence
from zusage.documents import Block, Heading, Items, Link, Paragraph, Run, Runs, Table
from zusage.law.citations import Citation
from zusage.notice.writing.parties import address_lines
from zusage.notice.writing.words import Words


def sections(declaration: Declaration, words: Words) -> Iterator[Block]:
    """The cookie table, embedded services and the consents that are asked for."""
    browser = declaration.browser
    if browser.items or browser.services:
        yield Heading(words.say("cookies"), anchor="cookies")
        asked, needed = (words.cited(Citation.parse_id(one)) for one in ("tdddg:25(1)", "tdddg:25(2)(2)"))
        yield Paragraph(words.say("cookies-intro", asked=asked, needed=needed))
    if browser.tracking_signals:
        yield Paragraph(words.say(f"signals-{browser.tracking_signals}"))
    if browser.items:
        yield cookie_table(declaration, words)
    if browser.services:
        yield Heading(words.say("embedded"), 3, "embedded")
        yield Items(tuple(_service(declaration, one, words) for one in browser.services.values()))
    if browser.presences:
        yield Heading(words.say("presences"), anchor="presences")
        yield Paragraph(words.say("presences-intro"))
        yield Items(tuple(_presence(declaration, one, words) for one in browser.presences.values()))
    if declaration.consents:
        yield Heading(words.say("consents"), anchor="consents")
        yield Paragraph(words.say("consents-intro"))
        yield Items(tuple(_consents(declaration, words)), facts=("consents",))
        if browser.record_user_agent:
            yield Paragraph(words.say("consents-agent"))


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


def _service(declaration: Declaration, one: EmbeddedService, words: Words) -> Runs:
    recipient = declaration.recipients[one.recipient]
    who = ", ".join([recipient.name, *address_lines(recipient, words)])
    said = f"{words.listed(recipient.services) or recipient.name} ({who})"
    if one.text:
        said += f": {words.text(one.text)}"
    if recipient.profiling:
        said += f". {words.say('profiling-mark')}"
    if one.consent:
        said += f" ({words.say('only-consent', consent=words.text(declaration.consents[one.consent].title))})"
    if one.objection:
        said += f". {words.text(one.objection)}"
    if one.pages:
        said += f". {words.say('on-pages', pages=words.listed(one.pages))}"
    return (said, *_links(recipient, words))


def _links(recipient: Recipient, words: Words) -> Iterator[Run]:
    """Where a provider says itself what it does, what it collects, and how one opts out."""
    for key, address in (
        ("link-policy", recipient.policy),
        ("link-collected", recipient.collected),
        ("link-opt-out", recipient.opt_out),
    ):
        if address:
            yield "; "
            yield Link(words.say(key, recipient=recipient.name), address)


def _presence(declaration: Declaration, one: Presence, words: Words) -> Runs:
    recipient = declaration.recipients[one.recipient]
    said: list[Run] = [Link(one.network, one.page), f" ({recipient.name})", *_links(recipient, words)]
    if one.profiling:
        said.append(f"; {words.say('profiling-operator', purposes=words.text(one.profiling))}")
    if one.arranged:
        arranged = words.say("arranged", date=words.day(one.arranged))
        said += ["; ", Link(arranged, one.arrangement) if one.arrangement else arranged]
    return tuple(said)


def _consents(declaration: Declaration, words: Words) -> Iterator[str]:
    for one in declaration.consents.values():
        said = f"{words.text(one.title)}: {words.text(one.text)}"
        if one.minimum_age:
            said += f" ({words.say('minimum-age', age=str(one.minimum_age))})"
        yield said
