"""The consent keeper: what is promised about consents, what of our own records has ended, and a fresh look at both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from zusage.declaration import Declaration
from zusage.keepers.consent.expiring import erase_events, lapse, lapsed, proofs_ended, tidy
from zusage.keepers.consent.promising import EXPIRY, KEEPER, consent_promises
from zusage.keepers.consent.proving import fresh_scans, prove
from zusage.keepers.context import Context
from zusage.promises import Outcome, Plan, PlannedAct, Promise, Proof, Result
from zusage.registers.scans import Scan

#: so many events in one transaction
_BATCH = 5_000
_UNCONFIRMED = "consent/unconfirmed"


class ConsentKeeper:
    """Consents themselves are recorded by `service` and `asking`; here is the face that plans, erases and proves."""

    name = KEEPER

    def __init__(self) -> None:
        # a hundred promises about browsers are proven by the same scans: they are read once for one look
        self._scans: tuple[Context, datetime, list[Scan]] | None = None

    def promises(self, declaration: Declaration) -> Iterable[Promise]:
        """The record, its end, each purpose, each address that waits, each item and service in the browser."""
        return consent_promises(declaration)

    def plan(self, context: Context, now: datetime) -> Plan:
        """Events that ended three years ago, and questions whose time is over. Touches nothing."""
        declaration = context.declaration
        acts = []
        with context.state.connect() as connection:
            ended = proofs_ended(connection, declaration, now, _BATCH)
            waiting, oldest = lapsed(connection, now)
        if ended:
            acts.append(PlannedAct(EXPIRY, "", "consent_event", "erase", len(ended)))
        if waiting:
            acts.append(PlannedAct(_UNCONFIRMED, "", "consent_ask", "erase", waiting, oldest=oldest))
        return Plan(self.name, now, tuple(acts))

    def keep(self, context: Context, plan: Plan, now: datetime) -> Iterator[Outcome]:
        """Erase them, a batch a transaction; what has no more use goes with the last one."""
        planned = {act.target: act.count for act in plan.acts}
        with context.state.begin() as connection:
            hit = lapse(connection, now)
            left, _ = lapsed(connection, now)
            if hit:
                facts = {"target": "consent_ask", "erased": hit}
                context.ledger.append(connection, "consent/expired", facts, at=now, actor="worker")
        if hit or "consent_ask" in planned:
            yield _outcome(_UNCONFIRMED, "consent_ask", planned, hit, left)
        erased = 0
        while True:
            with context.state.begin() as connection:
                ids = proofs_ended(connection, context.declaration, now, _BATCH)
                done = erase_events(connection, ids)
                if done:
                    facts = {"target": "consent_event", "erased": done}
                    context.ledger.append(connection, "consent/expired", facts, at=now, actor="worker")
            erased += done
            if not done:
                break
        with context.state.begin() as connection:
            tidy(connection, context.declaration, now)
        if erased or "consent_event" in planned:
            yield _outcome(EXPIRY, "consent_event", planned, erased, 0)

    def prove(self, context: Context, promise: Promise, now: datetime) -> Proof:
        """Look again; all proofs of one instant rest on the same scans."""
        known = self._scans
        if known is None or known[0] is not context or known[1] != now:
            known = self._scans = context, now, fresh_scans(context, now)
        return prove(context, promise, known[2], now)


def _outcome(promise: str, target: str, planned: dict[str, int], hit: int, left: int) -> Outcome:
    result = Result.DONE if hit else Result.NOTHING_FOUND
    return Outcome(result, promise, "", target, "erase", planned.get(target, hit), hit, left)
