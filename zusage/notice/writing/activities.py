"""The section of one processing activity: Art. 13(1)(c)–(f), (2)(a), (e), (f) and Art. 14."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from zusage.declaration import Activity, DataCategory, Declaration, LegalBasis, RecipientUse
from zusage.declaration.parties import Transfer
from zusage.documents import Block, Heading, Items, Link, Paragraph, Run, Runs
from zusage.law.adequacy import Decision, adequate, official_link
from zusage.notice.writing import periods, rights
from zusage.notice.writing.words import Words


def section(declaration: Declaration, name: str, activity: Activity, words: Words) -> Iterator[Block]:
    """One activity from title to profiling."""
    here = f"activities.{name}"
    yield Heading(words.text(activity.title), anchor=name)
    if activity.text:
        yield Paragraph(words.text(activity.text), facts=(f"{here}.text",))
    yield Paragraph(words.say("subjects", names=words.listed(words.text(one) for one in activity.subjects)))
    yield Heading(words.say("purposes"), 3, f"{name}-purposes")
    yield Items(tuple(words.text(one.text) for one in activity.purposes), facts=(f"{here}.purposes",))
    yield Heading(words.say("data"), 3, f"{name}-data")
    yield Items(tuple(category(one, words) for one in activity.data), facts=(f"{here}.data",))
    yield from _bases(activity, words, name)
    yield from _ways_out(declaration, activity, words)
    yield from _sources(activity, words, name)
    yield from _recipients(declaration, activity, words, name)
    if activity.retention:
        yield Heading(words.say("retention"), 3, f"{name}-retention")
        said = [
            one
            for rule in activity.retention
            for one in periods.sentences(declaration, activity, rule, words)
        ]
        yield Items(tuple(said), facts=(f"{here}.retention",))
    yield from _provision(activity, words, name)
    if activity.measures:
        yield Heading(words.say("measures-here"), 3, f"{name}-security")
        yield Items(tuple(_measure(declaration, one, words) for one in activity.measures))


def _measure(declaration: Declaration, name: str, words: Words) -> str:
    """A measure by its title; where it is one of a recipient's, by whose."""
    one = declaration.measures[name]
    said = words.text(one.title)
    return (
        f"{said} ({declaration.recipients[one.recipient].called(words.language)})" if one.recipient else said
    )


def category(one: DataCategory, words: Words) -> str:
    """A data category; special ones are marked."""
    if one.special is None:
        return words.text(one.text)
    return words.say("criminal" if one.special == "criminal" else "special", name=words.text(one.text))


def _bases(activity: Activity, words: Words, name: str) -> Iterator[Block]:
    purposes = [one for one in activity.purposes if one.legal_bases]
    if (
        len(purposes) > 1
        and len({one.legal_bases for one in purposes}) == 1
        and len(purposes) == len(activity.purposes)
    ):
        said = [words.say("basis-all", bases=_named(purposes[0].legal_bases, words)) + "."]
    else:
        said = [
            words.say("basis", purpose=words.text(one.text), bases=_named(one.legal_bases, words))
            for one in purposes
        ]
    said += [
        words.say("basis", purpose=words.text(one.text), bases=words.cited(one.legal_basis))
        for one in activity.data
        if one.legal_basis
    ]
    if said:
        yield Heading(words.say("bases"), 3, f"{name}-bases")
        yield Items(tuple(said), facts=(f"activities.{name}.purposes.legal_bases",))


def _named(bases: Sequence[LegalBasis], words: Words) -> str:
    """Bases in a row, those with an interest at the end: what follows an interest would seem to belong to it."""
    return words.listed(map(words.basis, sorted(bases, key=lambda one: one.interest is not None)))


def _ways_out(declaration: Declaration, activity: Activity, words: Words) -> Iterator[Block]:
    """Where one can object or withdraw, and whom to write to: in each section that it concerns (Art. 13(2)(b), (c))."""
    used = {basis.citation for one in activity.purposes for basis in one.legal_bases}
    there = Link(words.say(rights.title(declaration)), "#objection")
    to = rights.objection_to(declaration)
    contact: tuple[Run, ...] = (words.say("ways-out-contact"), Link(to, f"mailto:{to}")) if to else ()
    if used & rights.INTERESTS or any(one.direct_marketing for one in activity.purposes):
        yield Paragraph((words.say("may-object"), there, *contact, "."))
    if any(basis.consent for one in activity.purposes for basis in one.legal_bases):
        yield Paragraph((words.say("may-withdraw"), there, *contact, "."))


def _sources(activity: Activity, words: Words, name: str) -> Iterator[Block]:
    if not activity.sources:
        return
    yield Heading(words.say("sources"), 3, f"{name}-sources")
    yield Paragraph(words.say("sources-intro"))
    yield Items(
        tuple(
            words.say("public-source", source=words.text(one.text))
            if one.publicly_accessible
            else words.text(one.text)
            for one in activity.sources
        ),
        facts=(f"activities.{name}.sources",),
    )


def _recipients(declaration: Declaration, activity: Activity, words: Words, name: str) -> Iterator[Block]:
    yield Heading(words.say("recipients"), 3, f"{name}-recipients")
    if not activity.recipients:
        yield Paragraph(words.say("no-recipients"))
    else:
        used = tuple(recipient(declaration, activity, use, words) for use in activity.recipients)
        yield Items(used, facts=(f"activities.{name}.recipients",))
    if activity.cookies:
        yield Paragraph((words.say("more-on-cookies"), Link(words.say("cookies"), "#cookies"), "."))
    services = [one for service in activity.services for one in declaration.recipients[service].services]
    if services:
        yield Paragraph(words.say("services", names=words.listed(services)))
    transfers = list(transfer_sentences(declaration, activity, words))
    if transfers:
        yield Heading(words.say("transfers"), 3, f"{name}-transfers")
        yield Items(tuple(transfers), facts=(f"activities.{name}.transfers",))


def recipient(declaration: Declaration, activity: Activity, use: RecipientUse, words: Words) -> str:
    """`Name, Ort, Land (Auftragsverarbeiter; nur: …)`."""
    one = declaration.recipients[use.to]
    country = one.seat
    where = [one.called(words.language), *([words.country(country)] if country and not one.category else [])]
    limits = [words.say(f"role-{one.role}")]
    if stands := use.servers_in or one.servers_in:
        limits.append(words.say("servers-in", country=words.place(stands)))
    if one.own_purposes:
        limits.append(words.say("own-purposes", purposes=words.text(one.own_purposes)))
        limits += [words.contract(one.contract)] if one.contract else []
    limits += _profiling(declaration, use, words)
    if use.data:
        named = {data.id: words.text(data.text) for data in activity.data}
        limits.append(words.say("only-data", data=words.listed(named[data] for data in use.data)))
    if use.when:
        limits.append(words.say("only-when", when=words.text(use.when)))
    if use.consent:
        limits.append(words.say("only-consent", consent=words.text(declaration.consents[use.consent].title)))
    members = [
        other.called(words.language)
        for other in declaration.recipients.values()
        if one.members_named and other.parent == use.to
    ]
    listed = f": {words.listed(members)}" if members else ""
    return f"{', '.join(where)}{listed} ({'; '.join(limits)})"


def _profiling(declaration: Declaration, use: RecipientUse, words: Words) -> Iterator[str]:
    """The mark of a provider that builds profiles; of a network's operator, for the controller's page there."""
    pages = [one for one in declaration.browser.presences.values() if one.recipient == use.to]
    operator = next((one.profiling for one in pages if one.profiling), None)
    if operator and use.consent is None:
        yield words.say("profiling-operator", purposes=words.text(operator))
    elif declaration.recipients[use.to].profiling:
        yield words.say("profiling-mark")


def transfer_sentences(declaration: Declaration, activity: Activity, words: Words) -> Iterator[Runs]:
    """Every transfer of the activity's recipients, with what covers it (Art. 13(1)(f))."""
    for name in dict.fromkeys([use.to for use in activity.recipients] + list(activity.services)):
        one = declaration.recipients[name]
        for transfer in one.transfers:
            yield transfer_sentence(one.called(words.language), transfer, words)


def transfer_sentence(name: str, transfer: Transfer, words: Words) -> Runs:
    """One transfer in one sentence, the decision that covers it, and where a copy of the safeguards is."""
    safeguards = words.listed(words.say(f"safeguard-{one}") for one in transfer.safeguards or ("none",))
    said = words.say("transfer", recipient=name, toward=words.toward(transfer.country), safeguards=safeguards)
    made: list[Run] = [said]
    if decision := decision_of(transfer, words.on):
        made += [
            " ",
            Link(decision_named(decision, words), official_link(decision.number, words.language)),
            ".",
        ]
    if transfer.copy_at:
        made.append(" " + words.say("copy-at", where=words.text(transfer.copy_at)))
    if transfer.copy_link:
        made += [" ", Link(words.say("copy-link", recipient=name), transfer.copy_link), "."]
    return tuple(made)


def decision_of(transfer: Transfer, on: date | None) -> Decision | None:
    """The adequacy decision that a transfer rests on by the law of a day."""
    if on is None or not {"adequacy", "dpf"} & set(transfer.safeguards):
        return None
    held = adequate(transfer.country, on, transfer.certified).decision
    return held if held and held.holds(on) else None


def decision_named(decision: Decision, words: Words) -> str:
    """`2013/65/EU vom 19. Dezember 2012, Neuseeland`."""
    values = {
        "number": decision.number.replace("/EC", "/EG") if words.language == "de" else decision.number,
        "date": words.day(decision.since),
        "country": words.country(decision.country),
    }
    return words.say("decision", **values)


def _provision(activity: Activity, words: Words, name: str) -> Iterator[Block]:
    provision, profiling = activity.provision, activity.profiling
    if provision:
        yield Heading(words.say("provision"), 3, f"{name}-provision")
        said = words.say(
            "provision-required" if provision.required else "provision-free",
            basis=words.say(f"provision-basis-{provision.basis}"),
        )
        if provision.consequence:
            said += " " + words.text(provision.consequence)
        yield Paragraph(said, facts=(f"activities.{name}.provision",))
        if provision.contract and provision.contract_link:
            yield Paragraph(
                (
                    words.say("contract-own"),
                    Link(words.text(provision.contract), provision.contract_link),
                    ".",
                )
            )
    if profiling:
        yield Heading(words.say("profiling"), 3, f"{name}-profiling")
        said = words.say("profiling-yes" if profiling.takes_place else "profiling-no")
        if profiling.automated_decision:
            said += " " + words.say("decision-yes")
        for more in (profiling.logic, profiling.consequences, profiling.human_review):
            said += f" {words.text(more)}" if more else ""
        yield Paragraph(said, facts=(f"activities.{name}.profiling",))
