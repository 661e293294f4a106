"""References between parts of a declaration: each leads somewhere, each id is given once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from zusage.law.adequacy import within

if TYPE_CHECKING:  # the model calls this module to check itself
    from zusage.declaration.activities import Activity
    from zusage.declaration.model import Declaration
    from zusage.declaration.rights import Places

Path = tuple[str | int, ...]
#: key path, message, the name that leads nowhere, the names there are
Dangling = tuple[Path, str, str, tuple[str, ...]]


def dangling_references(declaration: Declaration) -> Iterator[Dangling]:
    """What is referred to but not there, and ids that are given twice."""
    for name, activity in declaration.activities.items():
        yield from _in_activity(declaration, ("activities", name), activity)
    consents, recipients = declaration.consents, declaration.recipients
    for name, purpose in consents.items():
        yield from _unknown(("consents", name, "tracking"), [purpose.tracking], consents)
        yield from _unknown(("consents", name, "advertisers"), purpose.advertisers, recipients)
    yield from _unknown(("browser", "choice"), [declaration.browser.choice], declaration.browser.items)
    for name, item in declaration.browser.items.items():
        where: Path = ("browser", "items", name)
        yield from _unknown((*where, "consent"), [item.consent], consents)
        yield from _unknown((*where, "provider"), [item.provider], recipients)
    for name, service in declaration.browser.services.items():
        where = ("browser", "services", name)
        yield from _unknown((*where, "recipient"), [service.recipient], recipients)
        yield from _unknown((*where, "consent"), [service.consent], consents)
    for name, presence in declaration.browser.presences.items():
        yield from _unknown(("browser", "presences", name, "recipient"), [presence.recipient], recipients)
    for name, measure in declaration.measures.items():
        yield from _unknown(("measures", name, "recipient"), [measure.recipient], recipients)
        for key, duty in (("places", measure.places), ("daily_copies", measure.daily_copies)):
            if duty is not None:
                yield from _unknown(
                    ("measures", name, key, "activities"), duty.activities, declaration.activities
                )
        if measure.places is not None:
            yield from _elsewhere(declaration, name, measure.places)
    for name, recipient in recipients.items():
        yield from _unknown(("recipients", name, "parent"), [recipient.parent], recipients)
    for name, activity in declaration.activities.items():
        for position, category in enumerate(activity.data):
            here = ("activities", name, "data", position, "of_class")
            yield from _unknown(here, [category.of_class], declaration.data_classes)
    for name, information in declaration.informations.items():
        yield from _unknown(
            ("informations", name, "activity"), [information.activity], declaration.activities
        )
    if declaration.on_behalf:
        yield from _unknown(("on_behalf", "classes"), declaration.on_behalf.classes, declaration.data_classes)
        yield from _unknown(
            ("on_behalf", "activities"), declaration.on_behalf.activities, declaration.activities
        )


def _in_activity(declaration: Declaration, where: Path, activity: Activity) -> Iterator[Dangling]:
    data = [category.id for category in activity.data]
    purposes = [purpose.id for purpose in activity.purposes]
    yield from _twice((*where, "data"), data)
    yield from _twice((*where, "purposes"), purposes)
    yield from _twice((*where, "retention"), [rule.id for rule in activity.retention])
    for position, rule in enumerate(activity.retention):
        here = (*where, "retention", position)
        yield from _unknown((*here, "data"), rule.data, data)
        yield from _unknown((*here, "purpose"), [rule.purpose], purposes)
        if rule.when:
            yield from _unknown((*here, "when", "consent"), [rule.when.consent], declaration.consents)
            yield from _unknown((*here, "when", "no_consent"), [rule.when.no_consent], declaration.consents)
    for position, use in enumerate(activity.recipients):
        here = (*where, "recipients", position)
        yield from _unknown((*here, "to"), [use.to], declaration.recipients)
        yield from _unknown((*here, "data"), use.data, data)
        yield from _unknown((*here, "purposes"), use.purposes, purposes)
        yield from _unknown((*here, "consent"), [use.consent], declaration.consents)
    for position, purpose in enumerate(activity.purposes):
        for number, basis in enumerate(purpose.legal_bases):
            here = (*where, "purposes", position, "legal_bases", number, "consent")
            yield from _unknown(here, [basis.consent], declaration.consents)
    for position, source in enumerate(activity.sources):
        yield from _unknown(
            (*where, "sources", position, "recipient"), [source.recipient], declaration.recipients
        )
    yield from _unknown((*where, "services"), activity.services, declaration.recipients)
    yield from _unknown((*where, "cookies"), activity.cookies, declaration.browser.items)
    yield from _unknown((*where, "measures"), activity.measures, declaration.measures)


def _elsewhere(declaration: Declaration, name: str, places: Places) -> Iterator[Dangling]:
    """Servers of a recipient in a country that a measure does not allow."""
    for activity_id in places.activities or tuple(declaration.activities):
        activity = declaration.activities.get(activity_id)
        for position, use in enumerate(activity.recipients if activity else ()):
            recipient = declaration.recipients.get(use.to)
            said = use.servers_in or (recipient.servers_in if recipient else None)
            if said is not None and not any(within(said, allowed) for allowed in places.countries):
                where: Path = ("recipients", use.to, "servers_in")
                if use.servers_in:
                    where = ("activities", activity_id, "recipients", position, "servers_in")
                allowed = ", ".join(places.countries)
                yield where, f"servers in {said}, but the measure '{name}' promises {allowed}", "", ()


def _twice(where: Path, names: list[str]) -> Iterator[Dangling]:
    seen: set[str] = set()
    for position, name in enumerate(names):
        if name in seen:
            yield (*where, position, "id"), f"the id '{name}' is given twice", "", ()
        seen.add(name)


def _unknown(where: Path, names: Iterable[str | None], known: Iterable[str]) -> Iterator[Dangling]:
    there = tuple(known)
    for name in names:
        if name is not None and name not in there:
            yield where, f"there is no '{name}'", name, there
