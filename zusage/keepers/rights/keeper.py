"""The rights keeper: what the declaration promises about requests, and whether the register shows that it was kept.

Requests themselves run on the agenda, step by step; this is the face that plans and proves them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from zusage.declaration import Declaration
from zusage.keepers.context import Context
from zusage.keepers.rights.deadlines import RIGHT_OF, acknowledge_by
from zusage.keepers.rights.promising import KEEPER, rights_promises
from zusage.promises import Basis, Outcome, Plan, PlannedAct, Promise, Proof, ProofState
from zusage.registers.notifications import CUSTOMER, RECIPIENT, Notification, notifications
from zusage.registers.requests import Request, State, requests
from zusage.text import Text

#: requests that ended longer ago than this say nothing about how promises are kept today
LOOK_BACK = timedelta(days=365)


class RightsKeeper:
    """Its acts are steps of the agenda: `plan` says what waits, `keep` has nothing left to do."""

    name = KEEPER

    def promises(self, declaration: Declaration) -> Iterable[Promise]:
        """Each right, each channel, each own deadline, passing on, telling recipients."""
        return rights_promises(declaration)

    def plan(self, context: Context, now: datetime) -> Plan:
        """Open requests by promise, with the oldest of each. Touches nothing."""
        acts = []
        with context.state.connect() as connection:
            waiting = [one for one in requests(connection) if one.open]
        for promise in self.promises(context.declaration):
            mine = [one for one in waiting if promise.kind == "right" and _concerns(promise, one)]
            if mine:
                oldest = min(one.received_at for one in mine)
                act = PlannedAct(promise.id, "", "requests", "answer", len(mine), oldest=oldest)
                acts.append(act)
        return Plan(self.name, now, tuple(acts))

    def keep(self, context: Context, plan: Plan, now: datetime) -> Iterator[Outcome]:
        """Nothing: `zusage request run` and the worker carry requests out, step by step."""
        return iter(())

    def prove(self, context: Context, promise: Promise, now: datetime) -> Proof:
        """`broken` where something is overdue or was late within a year, `due` where something waits, else `kept`."""
        with context.state.connect() as connection:
            on_file = [one for one in requests(connection) if _recent(one.closed_at, now)]
            told = notifications(connection)
        if promise.kind in ("pass-on", "recipients"):
            role = CUSTOMER if promise.kind == "pass-on" else RECIPIENT
            return _prove_told(promise, [one for one in told if one.role == role], now)
        if promise.kind == "channel":
            return _prove_channel(promise, on_file, now)
        mine = [one for one in on_file if _concerns(promise, one) and one.state is not State.LAPSED]
        return _prove_answers(context, promise, mine, now)


def _recent(closed: datetime | None, now: datetime) -> bool:
    return closed is None or closed > now - LOOK_BACK


def _concerns(promise: Promise, request: Request) -> bool:
    rights = promise.terms.get("rights") or ()
    return not rights or RIGHT_OF[request.kind] in rights


def _prove_answers(context: Context, promise: Promise, mine: Sequence[Request], now: datetime) -> Proof:
    late: list[datetime] = []
    waiting: list[datetime] = []
    for one in mine:
        due, done = _limit(context, promise, one)
        if done is None and one.open:
            (late if now > due else waiting).append(due)
        elif done is not None and done > due:
            late.append(due)
    said = Text(f"{len(waiting)} offen, alle in der Frist", f"{len(waiting)} open, all in time")
    return _in_time(promise, now, late, waiting, said, len(mine))


def _in_time(
    promise: Promise,
    now: datetime,
    late: Sequence[datetime],
    waiting: Sequence[datetime],
    open_: Text,
    done: int,
) -> Proof:
    """Whether everything was done by its limit: `late` and `waiting` are the limits of what was not."""
    if late:
        text = Text(f"{len(late)} zu spät oder überfällig", f"{len(late)} late or overdue")
        return _proof(promise, ProofState.BROKEN, now, text, len(late), min(late))
    if waiting:
        return _proof(promise, ProofState.DUE, now, open_, len(waiting), min(waiting))
    text = Text(f"{done} in einem Jahr, alle in der Frist", f"{done} in a year, all in time")
    return _proof(promise, ProofState.KEPT, now, text)


def _limit(context: Context, promise: Promise, one: Request) -> tuple[datetime, datetime | None]:
    """By when, and when it was done."""
    if promise.kind == "acknowledge":
        said = (one.details or {}).get("acknowledged_at")
        done = datetime.fromisoformat(said) if isinstance(said, str) else one.closed_at
        if done is None and one.extended_to is not None:
            done = (
                one.received_at
            )  # the notice of an extension acknowledges as well; it went out in time or not at all
        return acknowledge_by(context.declaration, one.kind, one.received_at), done
    return one.due, one.closed_at


def _prove_channel(promise: Promise, on_file: Sequence[Request], now: datetime) -> Proof:
    kind, accepted = promise.terms["channel"], promise.terms["accepted"]
    mine = [one for one in on_file if one.channel == kind and _concerns(promise, one)]
    if mine and not accepted:
        text = Text("angenommen, obwohl abgelehnt", "taken although refused")
        return _proof(promise, ProofState.BROKEN, now, text, len(mine), min(one.received_at for one in mine))
    text = Text(f"{len(mine)} Anfragen in einem Jahr", f"{len(mine)} requests in a year")
    return _proof(promise, ProofState.KEPT, now, text)


def _prove_told(promise: Promise, mine: Sequence[Notification], now: datetime) -> Proof:
    recent = [one for one in mine if one.queued_at > now - LOOK_BACK]
    late = [one.due for one in recent if (one.sent_at or now) > one.due]
    waiting = [one.due for one in recent if one.sent_at is None and one.due >= now]
    said = Text(f"{len(waiting)} noch nicht unterrichtet", f"{len(waiting)} not told yet")
    return _in_time(promise, now, late, waiting, said, len(recent))


def _proof(
    promise: Promise,
    state: ProofState,
    now: datetime,
    text: Text,
    count: int = 0,
    oldest: datetime | None = None,
) -> Proof:
    return Proof(promise.id, state, Basis.RECORD, now, text, count, oldest, found_by="register: request")
