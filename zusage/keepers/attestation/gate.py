"""The gate to recipients: data leave only to who is declared, for what is declared, under a contract in force (Art. 28, 44).

A refusal says what is missing, so that it can be filed; each permit and refusal stands in the ledger.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from zusage.declaration import RecipientUse
from zusage.declaration.loading import did_you_mean
from zusage.keepers.attestation.keeper import AttestationKeeper
from zusage.keepers.context import Context
from zusage.promises import Promise, ProofState
from zusage.registers.announcements import obstacles_to
from zusage.registers.consents import events_of, person_of, standing
from zusage.registers.disclosures import Disclosure, add_disclosure
from zusage.registers.publications import in_force, publications
from zusage.text import Text

#: kind of promise → what stands against a disclosure while nobody vouches for it
_CODES = {"processor": "no-contract", "transfer": "transfer-not-covered"}


@dataclass(frozen=True, slots=True)
class Shipment:
    """What is to go where: recipient and activity by id, for which purpose, which data categories (all if none), of whom."""

    recipient: str
    activity: str
    purpose: str = ""
    categories: tuple[str, ...] = ()
    subject: tuple[str, str] | None = None
    #: who exactly gets it, where the declared recipient is a category, and in which country
    named: str | None = None
    country: str | None = None
    #: the customer on whose behalf it is done, who may have objected to this recipient
    customer: str | None = None


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why something may not go: a stable code, and what to do about it."""

    code: str
    text: Text


def obstacles(context: Context, shipment: Shipment, now: datetime) -> list[Obstacle]:
    """Everything that stands against a disclosure now; empty if it may go."""
    return list(_obstacles(context, shipment, now))


def disclose(context: Context, shipment: Shipment, person: str, now: datetime) -> list[Obstacle]:
    """Record a disclosure that may go; or record the refusal and return what stands against it."""
    against = obstacles(context, shipment, now)
    actor = context.keys.pseudonym("actors", person)
    known = shipment.subject and context.keys.pseudonym("disclosures", ":".join(shipment.subject))
    facts = {
        "recipient": shipment.recipient[:80],
        "activity": shipment.activity[:80],
        "purpose": shipment.purpose[:80],
    }
    with context.state.begin() as connection:
        if against:
            codes = {"codes": [one.code for one in against]}
            context.ledger.append(
                connection, "disclosure/refused", _codes(context, facts) | codes, at=now, actor=actor
            )
        else:
            add_disclosure(
                connection,
                Disclosure(
                    secrets.token_hex(12), shipment.recipient, shipment.activity, " ".join(shipment.categories),
                    shipment.purpose, known, now, actor, shipment.named, shipment.country,
                ),
            )  # fmt: skip
            context.ledger.append(connection, "disclosure/made", facts, at=now, actor=actor)
    return against


def _codes(context: Context, facts: dict[str, str]) -> dict[str, str]:
    """Only names that stand in the declaration are recorded: a refused name could be a person's."""
    declaration = context.declaration
    return {
        "recipient": facts["recipient"] if facts["recipient"] in declaration.recipients else "undeclared",
        "activity": facts["activity"] if facts["activity"] in declaration.activities else "undeclared",
    }


def _obstacles(context: Context, shipment: Shipment, now: datetime) -> Iterator[Obstacle]:
    declaration = context.declaration
    recipient = declaration.recipients.get(shipment.recipient)
    activity = declaration.activities.get(shipment.activity)
    if recipient is None:
        way = did_you_mean(shipment.recipient, declaration.recipients)
        yield Obstacle(
            "unregistered",
            Text("Dieser Empfänger ist nicht erklärt.", f"This recipient is not declared. {way}".strip()),
        )
        return
    if activity is None:
        yield Obstacle(
            "unknown-activity",
            Text("Diese Verarbeitung ist nicht erklärt.", "This activity is not declared."),
        )
        return
    if recipient.category and shipment.subject is not None and not shipment.named:
        yield Obstacle(
            "unnamed",
            Text("Eine betroffene Person kann verlangen, den Empfänger selbst zu erfahren (EuGH C-154/21): wer genau?",
                 "A data subject may ask for the recipient itself (CJEU C-154/21): who exactly?"),
        )  # fmt: skip
    uses = [use for use in activity.recipients if use.to == shipment.recipient]
    if not uses and shipment.recipient not in activity.services:
        yield Obstacle(
            "not-for-this-activity",
            Text(f"{recipient.name} ist für diese Verarbeitung nicht als Empfänger erklärt.",
                 f"{recipient.name} is not declared as a recipient of this activity."),
        )  # fmt: skip
    yield from _announced(context, shipment.recipient, shipment.customer, now)
    yield from _agreed(context, uses, shipment, now)
    yield from _beyond(uses, shipment, [purpose.id for purpose in activity.purposes])
    yield from _unvouched(context, shipment.recipient, now)


def _announced(context: Context, recipient: str, customer: str | None, now: datetime) -> Iterator[Obstacle]:
    """A recipient that the notice in force does not name yet, or that is to be used only later."""
    declared = context.declaration.recipients[recipient]
    if declared.announced:
        with context.state.connect() as connection:
            for code, why in obstacles_to(connection, recipient, customer, now):
                yield Obstacle(code, why)
    if declared.since and now.date() < declared.since:
        yield Obstacle(
            "not-yet",
            Text(f"Dieser Empfänger wird erst ab {declared.since} eingesetzt.",
                 f"This recipient is used only from {declared.since}."),
        )  # fmt: skip
    with context.state.connect() as connection:
        published = in_force(connection, now.date())
    if published and not published.names(recipient):
        yield Obstacle(
            "not-announced",
            Text(f"Die veröffentlichte Erklärung vom {published.as_of} nennt diesen Empfänger noch nicht.",
                 f"The published notice of {published.as_of} does not name this recipient yet."),
        )  # fmt: skip


def _agreed(
    context: Context, uses: Sequence[RecipientUse], shipment: Shipment, now: datetime
) -> Iterator[Obstacle]:
    """A consent that was given to a notice which did not name this recipient yet never widens to it.

    Whether there is one is decided where it is asked (`decisions`), and so is a single case.
    """
    needed = {
        use.consent
        for use in uses
        if not shipment.purpose or shipment.purpose in (use.purposes or (shipment.purpose,))
    }
    if shipment.subject is None or None in needed:
        return
    asked = [one for one in needed if one is not None and not context.declaration.consents[one].per_case]
    if not asked or len(asked) < len(needed):
        return
    with context.state.connect() as connection:
        stands = standing(events_of(connection, person_of(context.keys, *shipment.subject), now))
        given = [stands[one].at for one in asked if one in stands and stands[one].holds(now)]
        versions = publications(connection)
    if not given:
        return
    latest = max(given)
    read = next((one for one in versions if one.published_at <= latest and one.as_of <= latest.date()), None)
    if read is not None and not read.names(shipment.recipient):
        yield Obstacle(
            "consent-older",
            Text(f"Die Erklärung vom {read.as_of}, zu der die Einwilligung vom {latest:%Y-%m-%d} gehört, nannte ihn nicht.",
                 f"The consent of {latest:%Y-%m-%d} was given to the notice of {read.as_of}, which did not name this recipient."),
        )  # fmt: skip


def _beyond(uses: Sequence[RecipientUse], shipment: Shipment, purposes: Sequence[str]) -> Iterator[Obstacle]:
    """Purposes and data that are not declared for this recipient."""
    allowed = {purpose for use in uses for purpose in use.purposes} or set(purposes)
    if shipment.purpose and shipment.purpose not in allowed:
        yield Obstacle(
            "purpose",
            Text(
                "Dieser Zweck ist für den Empfänger nicht erklärt.",
                "This purpose is not declared for the recipient.",
            ),
        )
    declared = {category for use in uses for category in use.data}
    if declared and (extra := [one for one in shipment.categories if one not in declared]):
        yield Obstacle(
            "data",
            Text(
                f"Nicht erklärt für den Empfänger: {', '.join(extra)}.",
                f"Not declared for the recipient: {', '.join(extra)}.",
            ),
        )


def _unvouched(context: Context, recipient: str, now: datetime) -> Iterator[Obstacle]:
    """Contracts, safeguards and measures about the recipient that nobody vouches for now."""
    keeper = AttestationKeeper()
    measures = {
        f"attestation/measure/{name}"
        for name, measure in context.declaration.measures.items()
        if measure.recipient == recipient
    }
    for promise in keeper.promises(context.declaration):
        if promise.id in measures or _concerns(promise, recipient):
            proof = keeper.prove(context, promise, now)
            if proof.state is not ProofState.KEPT:
                kind = "measure-missing" if promise.id in measures else _CODES[promise.kind]
                yield Obstacle(
                    kind,
                    Text(f"{promise.id}: {proof.text.says('de')}", f"{promise.id}: {proof.text.says('en')}"),
                )


def _concerns(promise: Promise, recipient: str) -> bool:
    return promise.id == f"attestation/contract/{recipient}" or promise.id.startswith(
        f"attestation/transfer/{recipient}/"
    )
