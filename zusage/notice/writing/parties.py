"""The sections on controller, representative, joint controllers and data protection officer (Art. 13(1)(a), (b))."""

from __future__ import annotations

from collections.abc import Iterator

from zusage.declaration import Declaration
from zusage.declaration.parties import Contact, Party
from zusage.documents import Block, Heading, Items, Link, Paragraph, Run
from zusage.notice.writing.words import Words
from zusage.text import Language


def sections(declaration: Declaration, words: Words) -> Iterator[Block]:
    """Who is responsible and how they are reached."""
    controller = declaration.controller
    yield Heading(words.say("controller"), anchor="controller")
    yield Paragraph(words.say("controller-intro"), facts=("controller",))
    yield from _party(controller, words)
    if controller.represented_by:
        yield Paragraph(words.say("represented", names=words.listed(controller.represented_by)) + ".")
    if controller.register_entry:
        yield Paragraph(words.say("register-entry", entry=controller.register_entry) + ".")
    if declaration.browser.imprint:
        imprint = Link(words.say("imprint"), declaration.browser.imprint)
        yield Paragraph((words.say("imprint-intro"), imprint, "."))
    if declaration.representative:
        yield Heading(words.say("representative"), anchor="representative")
        yield Paragraph(words.say("representative-intro"), facts=("representative",))
        yield from _party(declaration.representative, words)
    for joint in declaration.joint_controllers:
        yield Heading(words.say("joint"), anchor="joint-controllers")
        yield Paragraph(words.say("joint-intro", name=joint.name), facts=("joint_controllers",))
        yield Paragraph(words.text(joint.arrangement))
        yield from _party(joint, words)
    if declaration.dpo:
        yield Heading(words.say("dpo"), anchor="dpo")
        yield Paragraph(words.say("dpo-intro"), facts=("dpo",))
        if declaration.dpo.name:
            yield Paragraph(declaration.dpo.name)
        yield from contact(declaration.dpo, words)


def sender(declaration: Declaration, language: Language) -> str:
    """Who writes, in one line: legal name, address, and who represents the controller now."""
    words, controller = Words.of(declaration, language), declaration.controller
    said = ", ".join([controller.name, *address_lines(controller, words)])
    if controller.represented_by:
        said += ". " + words.say("represented", names=words.listed(controller.represented_by)) + "."
    return said


def _party(party: Party, words: Words) -> Iterator[Block]:
    yield Paragraph(", ".join([party.name, *address_lines(party, words)]))
    yield from contact(party, words, with_address=False)


def address_lines(party: Contact, words: Words) -> list[str]:
    """Street, place, country."""
    address = party.address
    if address is None:
        return []
    return [address.street, f"{address.postcode} {address.city}", words.country(address.country)]


def contact(party: Contact, words: Words, *, with_address: bool = True) -> Iterator[Block]:
    """A list of the ways to reach a party."""
    ways: list[tuple[Run, ...]] = []
    if with_address and party.address:
        ways.append((", ".join(address_lines(party, words)),))
    if party.email:
        ways.append((words.say("email"), Link(party.email, f"mailto:{party.email}")))
    if party.phone:
        ways.append(
            (
                words.say("phone"),
                Link(party.phone, "tel:" + "".join(c for c in party.phone if c in "+0123456789")),
            )
        )
    if party.web:
        ways.append((words.say("web"), Link(party.web, party.web)))
    if ways:
        yield Items(tuple(ways))
