"""Rights, objection (apart and highlighted, Art. 21(4)), withdrawal, complaint, channels, time limits, ages."""

from __future__ import annotations

from collections.abc import Iterator

from zusage.declaration import Declaration
from zusage.declaration.rights import Channel, OwnDeadline
from zusage.documents import Block, Callout, Heading, Items, Link, Paragraph, Run
from zusage.law.authorities import Authority as KnownAuthority
from zusage.law.authorities import authority as known_authority
from zusage.law.authorities import list_of_authorities
from zusage.law.citations import LEGITIMATE_INTEREST, PUBLIC_TASK, Citation
from zusage.notice.writing.parties import address_lines, contact
from zusage.notice.writing.words import Words

INTERESTS = {PUBLIC_TASK, LEGITIMATE_INTEREST}


def sections(declaration: Declaration, words: Words) -> Iterator[Block]:
    """Everything a person can do, and how."""
    yield Heading(words.say("rights"), anchor="rights")
    yield Paragraph(words.say("rights-intro"))
    names = ["access", "rectification", "erasure", "restriction", "portability"]
    if any(one.profiling and one.profiling.takes_place for one in declaration.activities.values()):
        names.append("decision")
    yield Items(tuple(words.say(f"right-{name}") for name in names), facts=("rights",))
    yield from _objection(declaration, words)
    yield from _complaint(declaration, words)
    yield from _ways(declaration, words)
    if declaration.age_limits:
        yield Heading(words.say("age"), anchor="age")
        yield Items(
            tuple(
                words.say(
                    "age-parental" if one.parental_consent else "age-text",
                    what=words.text(one.for_what),
                    age=str(one.age),
                )
                for one in declaration.age_limits
            ),
            facts=("age_limits",),
        )


def _used(declaration: Declaration) -> set[Citation]:
    return {
        basis.citation
        for activity in declaration.activities.values()
        for purpose in activity.purposes
        for basis in purpose.legal_bases
    }


def rests_on_interest(declaration: Declaration) -> bool:
    """Whether anything rests on Art. 6(1)(e) or (f), so that Art. 21(1) applies."""
    return not _used(declaration).isdisjoint(INTERESTS)


def advertises(declaration: Declaration) -> bool:
    """Whether any purpose is direct marketing, so that Art. 21(2) applies."""
    return any(
        purpose.direct_marketing for one in declaration.activities.values() for purpose in one.purposes
    )


def rests_on_consent(declaration: Declaration) -> bool:
    """Whether anything rests on consent, so that Art. 7(3) applies."""
    return bool(declaration.consents) or Citation.parse_id("gdpr:6(1)(a)") in _used(declaration)


def title(declaration: Declaration) -> str:
    """The phrase that heads the section on objecting and withdrawing."""
    objecting = rests_on_interest(declaration) or advertises(declaration)
    if objecting and rests_on_consent(declaration):
        return "objection-withdrawal"
    return "objection" if objecting else "withdrawal"


def objection_to(declaration: Declaration) -> str | None:
    """Where an objection or a withdrawal goes."""
    return declaration.rights.objection_to or declaration.controller.email


def _objection(declaration: Declaration, words: Words) -> Iterator[Block]:
    """One section of its own for objecting and withdrawing, right after the list of rights (Art. 21(4))."""
    said: list[Block] = []
    if rests_on_interest(declaration):
        used = sorted(_used(declaration) & INTERESTS, key=lambda citation: citation.id)
        bases = words.listed(words.cited(citation) for citation in used)
        said.append(Paragraph(words.say("objection-interest", bases=bases)))
    if advertises(declaration):
        said.append(Paragraph(words.say("objection-marketing")))
    withdrawing = rests_on_consent(declaration)
    if not (said or withdrawing):
        return
    yield Heading(words.say(title(declaration)), anchor="objection")
    to = objection_to(declaration)
    if said:
        if to:
            said.append(Paragraph((words.say("objection-to"), Link(to, f"mailto:{to}"), ".")))
        yield Callout(tuple(said))
    if withdrawing:
        yield Paragraph(words.say("withdrawal-text"))
        settings = declaration.browser.settings
        if settings:
            yield Paragraph((words.say("withdrawal-here"), Link(words.say("withdrawal-link"), settings), "."))


def _complaint(declaration: Declaration, words: Words) -> Iterator[Block]:
    yield Heading(words.say("complaint"), anchor="complaint")
    authority = declaration.authority
    if authority is None:
        yield Paragraph(words.say("complaint-unnamed"))
        yield from _all_authorities(declaration, words)
        return
    if authority.id:
        known = known_authority(authority.id)
        place = f"{known.postcode} {known.city}" if known.postcode else known.city
        lines = [part for part in (official_name(known, words), known.street, place, known.web) if part]
    else:
        lines = [authority.name or "", *address_lines(authority, words)]
    yield Paragraph(words.say("complaint-text", authority=", ".join(lines) + "."), facts=("authority",))
    yield from contact(authority, words, with_address=False)
    yield from _all_authorities(declaration, words)


def _all_authorities(declaration: Declaration, words: Words) -> Iterator[Block]:
    """In Germany one may turn to any of many authorities: where they are listed."""
    address = declaration.controller.address
    if address and address.country == "DE":
        yield Paragraph((Link(words.say("authority-list"), list_of_authorities()), "."))


def official_name(known: KnownAuthority, words: Words) -> str:
    """The authority's own name; in English with a translation behind it."""
    own = known.name.de
    return own if words.language == "de" or own == known.name.en else f"{own} ({known.name.en})"


def _ways(declaration: Declaration, words: Words) -> Iterator[Block]:
    rights = declaration.rights
    if rights.channels or rights.deadlines:
        yield Heading(words.say("channels"), anchor="channels")
    if rights.channels:
        yield Items(tuple(_channel(one, words) for one in rights.channels), facts=("rights.channels",))
    yield Heading(words.say("deadlines"), 3, "deadlines")
    yield Paragraph(words.say("deadline-law"))
    if rights.deadlines:
        yield Items(tuple(_deadline(one, words) for one in rights.deadlines), facts=("rights.deadlines",))
    for limit in rights.limits:
        yield Paragraph(words.text(limit))


def _channel(one: Channel, words: Words) -> tuple[Run, ...]:
    name = words.say(f"channel-{one.kind}")
    if not one.accepted and one.reason:
        return (words.say("channel-refused", channel=name, reason=words.text(one.reason)),)
    if not one.to:
        return (name,)
    if one.kind == "email":
        return (f"{name}: ", Link(one.to, f"mailto:{one.to}"))
    return (f"{name}: ", Link(one.to, one.to) if one.kind == "web" else one.to)


def _deadline(one: OwnDeadline, words: Words) -> str:
    values = {"within": words.within(one.within)}
    if one.text:
        values["text"] = words.text(one.text)
        return words.say("deadline-other", **values)
    return words.say(f"deadline-{one.what}", **values)
