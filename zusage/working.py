"""What a workspace's worker does: the regular duties and everything that falls due, wired to the agenda.

Regular duties are items like all others: each step does its duty once and says when the next one is due.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from zusage.agenda import Handlers, OutsideWork, Then, TickReport, Work, expire, schedule, tick, unscheduled
from zusage.keepers.announcing.breaches import add_breach_steps
from zusage.keepers.assessing.service import remind as remind_of_reviews
from zusage.keepers.attestation.service import REMINDER, remind
from zusage.keepers.consent.watching import add_link_steps, begin_checks, checks_missing
from zusage.keepers.logs.cases import expire_cases
from zusage.keepers.retention.tidying import expire_retention_records
from zusage.keepers.rights.inbox import add_inbox_steps, begin_tests, tests_missing
from zusage.keepers.rights.packages import expire_packages
from zusage.keepers.rights.steps import add_steps
from zusage.ledger import expire_years
from zusage.mail import deliver
from zusage.mail import expire as expire_mail
from zusage.registers.assessments import expire_assessments
from zusage.registers.audits import KEEP_AUDITS, expire_audits
from zusage.registers.disclosures import expire_disclosures
from zusage.registers.requests import expire_requests
from zusage.sealing.expiring import expire_openings
from zusage.workspace import Workspace

DUTY = "duty"
#: how often each regular duty comes
EVERY = {
    "sweep": timedelta(hours=1),
    "mail": timedelta(minutes=1),
    "seal": timedelta(minutes=10),
    "tidy": timedelta(days=1),
}
#: done items are forgotten after this time; the ledger remembers that they were done
FORGET_ITEMS = timedelta(days=90)
KEEP_MAIL_RECORD = timedelta(days=365)


def handlers(workspace: Workspace) -> Handlers:
    """Every step that this workspace's agenda may name."""
    made = Handlers()
    duties: dict[str, Callable[[OutsideWork], None]] = {
        "sweep": lambda work: sweep(workspace, work),
        "mail": lambda work: send_mail(workspace, work.now),
        "seal": lambda work: seal(workspace, work.now),
        "tidy": lambda work: tidy(workspace, work.now),
    }
    for name, duty in duties.items():
        # what a duty does is recorded by itself; and it is never given up
        made.add_outside(DUTY, _again(name, duty), name=name, recorded=False, persistent=True)
    made.add(REMINDER, lambda work: _remind(workspace, work))
    add_steps(made, workspace.context)
    add_inbox_steps(made, workspace.context)
    add_breach_steps(made, workspace.context)
    add_link_steps(made, workspace.context)
    return made


def begin(workspace: Workspace, now: datetime) -> None:
    """Put the regular duties on the agenda, where they are not yet."""
    with workspace.state.connect() as connection:
        missing = (
            unscheduled(connection, DUTY, EVERY)
            or tests_missing(connection, workspace.context)
            or checks_missing(connection, workspace.context)
        )
    if not missing:
        return  # as at almost every tick: nothing is locked
    with workspace.state.begin() as connection:
        for name in EVERY:
            schedule(connection, DUTY, name, now, step=name)
        begin_tests(connection, workspace.context, now)
        begin_checks(connection, workspace.context, now)


def tick_workspace(workspace: Workspace, now: datetime, owner: str, limit: int = 100) -> TickReport:
    """One tick: do up to `limit` steps that are due at `now`."""
    begin(workspace, now)
    return tick(workspace.state, handlers(workspace), now, owner, limit, ledger=workspace.context.ledger)


def sweep(workspace: Workspace, work: OutsideWork) -> None:
    """Every keeper plans and keeps what is due and approved."""
    for keeper in workspace.keepers:
        plan = keeper.plan(workspace.context, work.now)
        for _ in keeper.keep(workspace.context, plan, work.now):
            work.renew()


def send_mail(workspace: Workspace, now: datetime) -> None:
    """Deliver what waits in the outbox."""
    deliver(workspace.state, workspace.settings.mail.open(workspace.folder), now)


def seal(workspace: Workspace, now: datetime) -> None:
    """Seal the ledger's new entries."""
    workspace.context.ledger.seal(workspace.state, now)


def tidy(workspace: Workspace, now: datetime) -> None:
    """Our own records expire like everything else, and assessments are looked at again in time."""
    keep = timedelta(days=workspace.settings.mail.keep_days)
    with workspace.state.begin() as connection:
        expire(connection, now - FORGET_ITEMS)
        expire_mail(connection, now, keep_content=keep, keep_record=KEEP_MAIL_RECORD)
        expire_packages(connection, now)
        expire_requests(connection, now)
        expire_retention_records(connection, now)
        expire_disclosures(connection, now)
        expire_assessments(connection, now)
        expire_audits(connection, now - KEEP_AUDITS)
        expire_openings(connection, now)
        expire_cases(connection, now)
        remind_of_reviews(workspace.context, connection, now)
    expire_years(workspace.state, workspace.context.ledger, now)


def _again(name: str, duty: Callable[[OutsideWork], None]) -> Callable[[OutsideWork], Then]:
    def step(work: OutsideWork) -> Then:
        duty(work)
        return Then(name, due=work.now + EVERY[name])

    return step


def _remind(workspace: Workspace, work: Work) -> None:
    remind(workspace.context, work.connection, str(work.item.args["promise"]), work.now)
