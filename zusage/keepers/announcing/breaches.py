"""A breach from the first hour: the 72-hour clock (Art. 33(1)), who is told, and the notification to the right authority.

Customers whose data were touched hear of it within the controller's own limit, each of its own part only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from zusage.agenda import Handlers, Then, Work, schedule
from zusage.documents import Document, Heading, Items, Paragraph
from zusage.keepers.announcing.filing import AGENDA, record, tell_officer, there
from zusage.keepers.announcing.persons import look_again
from zusage.keepers.announcing.service import Announcing, BadAnnouncement, announce
from zusage.keepers.context import Context
from zusage.law.authorities import Authority, authority, competent
from zusage.registers.announcements import Announcement
from zusage.registers.breaches import Breach, add_breach, breaches, change_breach
from zusage.text import Language, Text

#: Art. 33(1): counted in hours from when it was noticed, over nights and weekends
WITHIN = timedelta(hours=72)
_REMIND = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known when a breach is opened."""

    noticed_at: datetime
    facts: str
    measures: str
    categories: str = ""
    people: int | None = None
    risk: str = "normal"


def open_breach(
    context: Context, known: Facts, customers: Mapping[str, str], actor: str, now: datetime
) -> tuple[Breach, Announcement | None]:
    """Put a breach on file, start its clock, and tell the customers concerned. Raises `BadAnnouncement`."""
    if not known.facts.strip() or not known.measures.strip():
        raise BadAnnouncement("a breach says what happened and what is done about it")
    if known.noticed_at > now:
        raise BadAnnouncement("nobody notices a breach in the future")
    with context.state.begin() as connection:
        number = sum(one.noticed_at.year == known.noticed_at.year for one in breaches(connection)) + 1
        made = Breach(
            f"B{known.noticed_at:%y}-{number}", known.noticed_at, now, known.facts, known.categories, known.people,
            known.measures, known.risk, None, known.noticed_at + WITHIN, None, None, None, None,
            context.keys.pseudonym("actors", actor), None, None,
        )  # fmt: skip
        add_breach(connection, made)
        for step, due in (("remind", known.noticed_at + _REMIND), ("late", made.due + timedelta(seconds=1))):
            schedule(connection, AGENDA, f"{step}/{made.id}", due, {"breach": made.id}, step=step)
        facts = {"breach": made.id, "risk": made.risk, "customers": len(customers)}
        context.ledger.append(connection, "breach/opened", facts, at=now, actor=made.actor)
    if not customers:
        return made, None
    text = Text(
        f"Bemerkt: {known.noticed_at:%d.%m.%Y %H:%M} UTC\nWas geschah: {known.facts}\n"
        f"Betroffene Daten: {known.categories or '–'}\n"
        f"Was wir tun: {known.measures}",
        f"Noticed: {known.noticed_at:%Y-%m-%d %H:%M} UTC\nWhat happened: {known.facts}\n"
        f"Data concerned: {known.categories or '–'}\n"
        f"What we do: {known.measures}",
    )
    return made, announce(context, Announcing("breach", now, text, (), customers), actor, now)


def addressee(context: Context, chosen: str | None) -> tuple[Authority, list[Text]]:
    """The authority that the notification goes to, and what is wrong with the one that was chosen.

    Raises `LawError` for an unknown authority.
    """
    controller = context.declaration.controller
    declared = context.declaration.authority
    right = authority(declared.id) if declared and declared.id else None
    if right is None:
        right = competent(controller.address.country if controller.address else "DE", controller.land)
    assert right is not None
    picked = authority(chosen) if chosen else right
    if picked.id == right.id:
        return picked, []
    return picked, [
        Text(
            f"Für nicht öffentliche Stellen ist hier zuständig: {right.name.de}, nicht: {picked.name.de}.",
            f"Competent for private bodies here is {right.name.en}, not {picked.name.en}.",
        )
    ]


def notification(context: Context, one: Breach, to: Authority, language: Language) -> Document:
    """The notification of Art. 33(3), addressed; to be sent the way the authority asks for."""
    german = language == "de"
    dpo = context.declaration.dpo
    rows = (
        f"{'Bemerkt' if german else 'Noticed'}: {one.noticed_at:%Y-%m-%d %H:%M} UTC",
        f"{'Art der Verletzung' if german else 'Nature of the breach'}: {one.facts}",
        f"{'Kategorien von Daten' if german else 'Categories of data'}: {one.categories or '–'}",
        f"{'Betroffene Personen' if german else 'Data subjects'}: {one.people if one.people is not None else '?'}",
        f"{'Wahrscheinliche Folgen' if german else 'Likely consequences'}: {one.assessment or one.risk}",
        f"{'Maßnahmen' if german else 'Measures'}: {one.measures}",
        f"{'Datenschutzbeauftragte' if german else 'Data protection officer'}: {dpo.name if dpo else '–'}",
    )
    title = f"{'Meldung nach Art. 33 DSGVO' if german else 'Notification under Art. 33 GDPR'} {one.id}"
    return Document(
        title,
        language,
        (Paragraph(to.name.says(language)), Heading(context.declaration.controller.name), Items(rows)),
    )


def record_notified(context: Context, identifier: str, to: str, actor: str, now: datetime) -> None:
    """The notification went out."""
    with context.state.begin() as connection:
        change_breach(connection, identifier, authority=to, notified_at=now)
        one = breaches(connection, id=identifier)[0]
        facts = {"breach": identifier, "authority": to, "late": int(now > one.due)}
        by = context.keys.pseudonym("actors", actor)
        context.ledger.append(connection, "breach/notified", facts, at=now, actor=by)


def assess_breach(context: Context, identifier: str, risk: str, said: str, actor: str, now: datetime) -> None:
    """The risk for the persons, with its reasons: it decides who must be told (Art. 33(1), 34(1)). Raises `BadAnnouncement`."""
    if risk not in ("none", "normal", "high"):
        raise BadAnnouncement("a risk is none, normal or high")
    if not said.strip():
        raise BadAnnouncement("an assessment says its reasons, most of all where nobody is told (Art. 33(5))")
    facts = {"breach": identifier, "risk": risk}
    record(context, identifier, "breach/assessed", facts, actor, now, risk=risk, assessment=said.strip())


def record_persons_told(context: Context, identifier: str, actor: str, now: datetime) -> None:
    """The persons concerned were told another way than by mail from here (Art. 34). Raises `BadAnnouncement`."""
    record(
        context, identifier, "breach/persons-told", {"breach": identifier}, actor, now, persons_told_at=now
    )


def close_breach(context: Context, identifier: str, actor: str, now: datetime) -> None:
    """Nothing is left to do. Raises `BadAnnouncement` while somebody must still be told, or nobody assessed the risk."""
    one = there(context, identifier)
    if one.risk != "none" and one.notified_at is None:
        raise BadAnnouncement(
            "the authority was not notified yet", hint="or assess the risk as none, with reasons"
        )
    if one.risk == "high" and one.persons_told_at is None and one.withheld is None:
        raise BadAnnouncement(
            "the persons concerned were not told yet (Art. 34 GDPR)",
            hint="or say why they need not be (Art. 34(3))",
        )
    if one.assessment is None:
        raise BadAnnouncement("the risk was not assessed yet")
    record(context, identifier, "breach/closed", {"breach": identifier}, actor, now, closed_at=now)


def add_breach_steps(handlers: Handlers, context: Context) -> None:
    """Register reminders of the 72-hour clock, and the look at what became of messages to the persons."""
    handlers.add(AGENDA, lambda work: _remind(context, work, "breach-reminder"), name="remind")
    handlers.add(AGENDA, lambda work: _remind(context, work, "breach-late"), name="late")
    handlers.add(AGENDA, lambda work: look_again(context, work), name="told")


def _remind(context: Context, work: Work, what: str) -> Then | None:
    found = breaches(work.connection, id=str(work.item.args["breach"]))
    if found and found[0].notified_at is None and found[0].risk != "none":
        tell_officer(work.connection, context, found[0], what, work.now)
    return None
