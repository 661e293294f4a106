"""Filing the ground of a case: refused where the basis is not declared, or does not carry the case for this person.

Art. 6(1)(b) holds for who is, or asks to become, a party to the contract – not for somebody's employee, a journalist, a
visitor; a consent must be on record; Art. 6(1)(f) must be declared with its interest.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from zusage.declaration import Activity
from zusage.declaration.activities import LegalBasis
from zusage.keepers.context import Context
from zusage.law.citations import Citation
from zusage.registers.consents import events_of, person_of, standing
from zusage.registers.grounds import Ground, add_ground
from zusage.text import Text

#: how the person stands to the controller → whether a contract, or steps before one, can carry processing
RELATIONS = {
    "customer": True, "prospect": True, "applicant": True, "supplier": True, "employee": True,
    "customer-staff": False, "press": False, "visitor": False, "other": False,
}  # fmt: skip
#: relations that rest on a contract already concluded: its number belongs to the case
_CONCLUDED = ("customer", "supplier", "employee")
_CONTRACT = Citation.parse_id("gdpr:6(1)(b)")
_CONSENT = (Citation.parse_id("gdpr:6(1)(a)"), Citation.parse_id("gdpr:9(2)(a)"))


@dataclass(frozen=True, slots=True)
class Case:
    """A case, or a step of it: its own number, the basis claimed, and how the person stands to us."""

    activity: str
    number: str
    bases: tuple[str, ...]
    relation: str = "other"
    step: str = ""
    contract: str = ""
    subject: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a ground is not filed: a stable code, a sentence, and the bases that may be asked for instead."""

    code: str
    text: Text
    instead: tuple[str, ...] = ()


def file_ground(context: Context, case: Case, person: str, now: datetime) -> list[Refusal]:
    """File the ground of a case; or record the refusal and return why."""
    actor = context.keys.pseudonym("actors", person)
    declared = case.activity in context.declaration.activities
    facts = {"activity": case.activity if declared else "undeclared", "bases": list(case.bases)[:4]}
    with context.state.begin() as connection:
        against = list(_refusals(context, connection, case, now))
        if against:
            codes = {"codes": [one.code for one in against]}
            context.ledger.append(connection, "ground/refused", facts | codes, at=now, actor=actor)
            return against
        consented = _consented(context, connection, case, now)
        add_ground(
            connection,
            Ground(
                secrets.token_hex(12), case.activity, key_of(context, case.number), case.step, case.bases[0],
                case.relation, consented, now, actor,
            ),
        )  # fmt: skip
        context.ledger.append(connection, "ground/filed", facts, at=now, actor=actor)
    return []


def refusals(context: Context, case: Case, now: datetime) -> list[Refusal]:
    """Everything that stands against a ground; empty if it can be filed. Records nothing."""
    with context.state.connect() as connection:
        return list(_refusals(context, connection, case, now))


def key_of(context: Context, number: str) -> str:
    """The pseudonym under which a case is on file."""
    return context.keys.pseudonym("grounds", number)


def _refusals(context: Context, connection: Connection, case: Case, now: datetime) -> Iterator[Refusal]:
    activity = context.declaration.activities.get(case.activity)
    if activity is None:
        yield Refusal(
            "unknown-activity",
            Text("Diese Verarbeitung ist nicht erklärt.", "This activity is not declared."),
        )
        return
    declared = [basis for purpose in activity.purposes for basis in purpose.legal_bases]
    ways = tuple(dict.fromkeys(basis.citation.id for basis in declared))
    if not declared:
        yield Refusal(
            "no-ground",
            Text("Die Verarbeitung hat keine Rechtsgrundlage.", "The activity has no legal basis."),
        )
        return
    if len(case.bases) != 1:
        text = Text("Ein Fall trägt genau eine Rechtsgrundlage.", "A case bears exactly one legal basis.")
        yield Refusal("not-one-basis", text, ways)
        return
    yield from _carried(context, connection, case, activity, now)


def _carried(
    context: Context, connection: Connection, case: Case, activity: Activity, now: datetime
) -> Iterator[Refusal]:
    """Whether the one basis claimed is declared, and carries the case for this person."""
    claimed = Citation.parse_id(case.bases[0])
    declared = [basis for purpose in activity.purposes for basis in purpose.legal_bases]
    others = tuple(
        dict.fromkeys(basis.citation.id for basis in declared if basis.citation not in (claimed, _CONTRACT))
    )
    if claimed not in [basis.citation for basis in declared]:
        text = Text(
            f"{claimed.text('de')} ist für diese Verarbeitung nicht erklärt.",
            f"{claimed.text('en')} is not declared for this activity.",
        )
        yield Refusal("basis-not-declared", text, others)
    elif claimed == _CONTRACT and not RELATIONS[case.relation]:
        text = Text(
            "Die Person ist nicht Vertragspartei und fragt keinen Vertrag an; eine andere Grundlage ist nötig.",
            "The person is no party to a contract and asks for none; another basis is needed.",
        )
        yield Refusal("not-a-party", text, others)
    elif claimed == _CONTRACT and case.relation in _CONCLUDED and not case.contract:
        text = Text(
            "Es fehlt der Vertrag, den der Fall betrifft.", "The contract that the case is about is missing."
        )
        yield Refusal("no-contract", text, others)
    elif claimed in _CONSENT and _consented(context, connection, case, now) is None:
        text = Text("Eine Einwilligung ist nicht verzeichnet.", "No consent is on record.")
        yield Refusal("no-consent", text, others)


def _asked(case: Case, activity: Activity) -> list[LegalBasis]:
    claimed = Citation.parse_id(case.bases[0])
    return [
        basis
        for purpose in activity.purposes
        for basis in purpose.legal_bases
        if basis.citation == claimed and basis.consent and case.step in ("", purpose.id)
    ]


def _consented(context: Context, connection: Connection, case: Case, now: datetime) -> datetime | None:
    """When the consent was given that a case rests on; None where it rests on another basis, or there is none."""
    activity = context.declaration.activities[case.activity]
    if Citation.parse_id(case.bases[0]) not in _CONSENT or case.subject is None:
        return None
    stands = standing(events_of(connection, person_of(context.keys, *case.subject), now))
    for basis in _asked(case, activity):
        found = stands.get(str(basis.consent))
        if found and found.holds(now):
            return found.since
    return None
