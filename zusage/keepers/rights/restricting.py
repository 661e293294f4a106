"""Lifting a restriction (Art. 18(3)): the person is told first; only then do the rows come back."""

from __future__ import annotations

from datetime import datetime, timedelta

from zusage.agenda import OutsideWork, Then, schedule
from zusage.decisions.version import bump
from zusage.keepers.context import Context
from zusage.keepers.rights import letters
from zusage.keepers.rights.finding import databases
from zusage.keepers.rights.intake import AGENDA
from zusage.keepers.rights.lifecycle import BadDecision
from zusage.registers.requests import Kind, Request, State, change_request, request_by
from zusage.registers.suppressions import end_waiting
from zusage.stores.restriction import unrestrict_subject

#: the person hears of it this long before
NOTICE = timedelta(days=7)


def announce(context: Context, request_id: str, told: bool, actor: str, now: datetime) -> datetime:
    """Tell the person and put the lifting on the agenda; returns when. `told`: a letter went out by hand.

    Raises `BadDecision` where there is no restriction, or nobody would hear of its end.
    """
    with context.state.begin() as connection:
        request = request_by(connection, id=request_id)
        if request is None or request.kind is not Kind.RESTRICTION or request.state is not State.ANSWERED:
            raise BadDecision("only a restriction that was carried out can be lifted")
        if request.reply_to is None and not told:
            raise BadDecision(
                "the person must be told before (Art. 18(3) GDPR)", hint="send a letter, then say so: --told"
            )
        due = now + NOTICE
        letters.lifting(connection, context, request, letters.day(context, request.language, due), now)
        schedule(connection, AGENDA, f"lift/{request.id}", due, {"request": request.id}, step="lift")
        by = context.keys.pseudonym("actors", actor)
        context.ledger.append(
            connection, "request/lifting-announced", {"request": request.id}, at=now, actor=by
        )
    return due


def lift(context: Context, work: OutsideWork, request: Request) -> Then | None:
    """Bring the rows back. Running twice brings nothing twice."""
    back = [one for database in databases(context) for one in unrestrict_subject(database, request.id)]
    with context.state.begin() as connection:
        details = dict(request.details or {}) | {"lifted_at": work.now.isoformat()}
        change_request(connection, request.id, details=details)
        end_waiting(connection, request.id)
        facts = {"request": request.id, "rows": sum(one.count for one in back)}
        context.ledger.append(connection, "request/lifted", facts, at=work.now, actor="worker")
        bump(connection)
    return None
