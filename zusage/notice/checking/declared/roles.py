"""Who does what with the data: roles that do not fit what is done, providers named twice, decisions of another country,
measures of somebody else, joint controllers without an arrangement, questions that applicants must not be asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from zusage.declaration import Activity, Declaration
from zusage.declaration.parties import Recipient
from zusage.declaration.strict_yaml import KeyPath
from zusage.law.adequacy import decisions
from zusage.law.citations import LEGITIMATE_INTEREST
from zusage.lexicon import forbidden_question
from zusage.notice.checking.declared.issues import Issue
from zusage.text import Text

_EMPLOYMENT = "bdsg:26"


def check(declaration: Declaration, on: date) -> Iterator[Issue]:
    """Everything about roles that the law does not carry."""
    for name, recipient in declaration.recipients.items():
        yield from _own_purposes(("recipients", name), recipient)
        yield from _decision(("recipients", name), recipient)
    yield from _two_providers(declaration)
    yield from _presences(declaration)
    yield from _widgets(declaration)
    for name, activity in declaration.activities.items():
        where: KeyPath = ("activities", name)
        yield from _measures(declaration, activity, where)
        yield from _by_profile(activity, where)
        yield from _applicants(activity, where)


def _own_purposes(where: KeyPath, one: Recipient) -> Iterator[Issue]:
    if one.own_purposes is None:
        return
    purposes = one.own_purposes
    if one.role in ("processor", "sub-processor"):
        yield Issue(
            "own-purposes",
            (*where, "role"),
            Text(
                f"{one.name} verfolgt eigene Zwecke ({purposes.says('de')}) und ist damit kein Auftragsverarbeiter.",
                f"{one.name} pursues purposes of its own ({purposes.says('en')}) and so is no processor.",
            ),
            "gdpr:28(10)",
            Text("role: controller oder joint-controller", "role: controller or joint-controller"),
        )
    if one.role == "joint-controller" and not (one.contract and one.contract.concluded):
        yield _no_arrangement((*where, "contract"), one.name)
    if one.passes_to is None:
        yield Issue(
            "onward-recipients",
            where,
            Text(
                f"Es fehlt, an wen {one.name} Daten weitergibt.",
                f"It is not said to whom {one.name} passes data on.",
            ),
            "gdpr:13(1)(e)",
            Text("passes_to ergänzen", "add passes_to"),
        )


def _no_arrangement(where: KeyPath, name: str) -> Issue:
    return Issue(
        "arrangement",
        where,
        Text(
            f"Mit {name} ist keine Vereinbarung über die gemeinsame Verantwortung mit Datum erklärt.",
            f"No dated arrangement on joint control with {name} is declared.",
        ),
        "gdpr:26(1)",
    )


def _decision(where: KeyPath, one: Recipient) -> Iterator[Issue]:
    for position, transfer in enumerate(one.transfers):
        if transfer.decision is None:
            continue
        here = (*where, "transfers", position, "decision")
        held = next((known for known in decisions().values() if known.number == transfer.decision), None)
        if held is None:
            said = f"'{transfer.decision}'"
            yield Issue(
                "decision-unknown",
                here,
                Text(
                    f"Einen Angemessenheitsbeschluss {said} gibt es nicht.",
                    f"There is no adequacy decision {said}.",
                ),
                "gdpr:45",
            )
        elif held.country != transfer.country:
            yield Issue(
                "decision-country",
                here,
                Text(
                    f"Der Beschluss {held.number} gilt für {held.country}, nicht für {transfer.country} ({one.name}).",
                    f"Decision {held.number} is about {held.country}, not about {transfer.country} ({one.name}).",
                ),
                "gdpr:45",
            )


def _two_providers(declaration: Declaration) -> Iterator[Issue]:
    """The same product under two companies: the reader cannot tell who it is."""
    by_service: dict[str, dict[str, str]] = defaultdict(dict)
    for name, one in declaration.recipients.items():
        for service in one.services:
            by_service[service].setdefault(one.name, name)
    for service, names in by_service.items():
        if len(names) > 1:
            yield Issue(
                "service-two-providers",
                ("recipients", list(names.values())[-1], "services"),
                Text(
                    f"{service} steht unter verschiedenen Anbietern: {', '.join(names)}.",
                    f"{service} stands under different providers: {', '.join(names)}.",
                ),
                "gdpr:13(1)(e)",
            )


def _presences(declaration: Declaration) -> Iterator[Issue]:
    for name, one in declaration.browser.presences.items():
        recipient = declaration.recipients[one.recipient]
        if recipient.role == "joint-controller" and one.arranged is None:
            yield _no_arrangement(("browser", "presences", name), f"{recipient.name} ({one.network})")


def _widgets(declaration: Declaration) -> Iterator[Issue]:
    """What builds profiles is never strictly necessary: it waits for consent."""
    for name, one in declaration.browser.services.items():
        recipient = declaration.recipients[one.recipient]
        if one.necessary and recipient.profiling:
            yield Issue(
                "widget-without-consent",
                ("browser", "services", name, "necessary"),
                Text(
                    f"{recipient.name} bildet Profile; die Einbindung „{name}“ braucht Einwilligung.",
                    f"{recipient.name} builds profiles; the embed “{name}” needs consent.",
                ),
                "tdddg:25(1)",
                Text("consent statt necessary angeben", "name a 'consent' instead of 'necessary'"),
            )


def _measures(declaration: Declaration, activity: Activity, where: KeyPath) -> Iterator[Issue]:
    """Measures that belong to a provider which this section does not name."""
    there = {use.to for use in activity.recipients} | set(activity.services)
    for position, name in enumerate(activity.measures):
        owner = declaration.measures[name].recipient
        if owner and owner not in there:
            called = declaration.recipients[owner].name
            yield Issue(
                "measure-foreign",
                (*where, "measures", position),
                Text(
                    f"„{activity.title.says('de')}“ nennt eine Maßnahme von {called}, das dort kein Empfänger ist.",
                    f"“{activity.title.says('en')}” cites a measure of {called}, which is no recipient there.",
                ),
                "gdpr:46(1)",
            )


def _by_profile(activity: Activity, where: KeyPath) -> Iterator[Issue]:
    for position, purpose in enumerate(activity.purposes):
        bases = {basis.citation for basis in purpose.legal_bases}
        if purpose.by_profile and purpose.direct_marketing and LEGITIMATE_INTEREST in bases:
            yield Issue(
                "profile-marketing-basis",
                (*where, "purposes", position),
                Text(
                    f"„{purpose.text.says('de')}“ wirbt mit Interessenprofilen; das trägt nur eine Einwilligung.",
                    f"“{purpose.text.says('en')}” advertises with profiles of interests; only consent carries that.",
                ),
                "gdpr:6(1)(a)",
                Text("Einwilligung erfragen und nennen", "ask for consent and name it"),
            )


def _applicants(activity: Activity, where: KeyPath) -> Iterator[Issue]:
    """Fields of an application form that an employer must not ask for."""
    bases = [basis.citation.id for purpose in activity.purposes for basis in purpose.legal_bases]
    if not any(basis.startswith(_EMPLOYMENT) for basis in bases):
        return
    for position, category in enumerate(activity.data):
        for field in category.fields:
            if reason := forbidden_question(field):
                yield Issue(
                    "applicant-field",
                    (*where, "data", position, "fields"),
                    Text(
                        f"Nach „{field}“ darf im Bewerbungsverfahren nicht gefragt werden: {reason.says('de')}.",
                        f"An applicant must not be asked for “{field}”: {reason.says('en')}.",
                    ),
                    "bdsg:26(1)",
                )
