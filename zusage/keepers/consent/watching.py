"""Whether a provider's page for opting out still answers: asked every seven days, where the declaration says so.

The only address that a worker asks for by itself, and none unless a recipient is declared with `opt_out_checked`.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from zusage.agenda import Handlers, OutsideWork, Then, schedule, unscheduled
from zusage.keepers.consent.fetching import Fetcher
from zusage.keepers.context import Context
from zusage.mail import Message, enqueue
from zusage.text import Text

LINK = "link"
#: how often a page for opting out is asked for
EVERY = timedelta(days=7)
_CHECK = "check"
_SUBJECT = Text(
    "Aufgabe: die Widerspruchsseite von {name} antwortet nicht",
    "Task: the opt-out page of {name} does not answer",
)
_TEXT = Text(
    "{address} antwortet nicht mit einer Seite ({status}). Die Datenschutzerklärung verweist darauf: bitte die Adresse"
    " berichtigen oder den Verweis streichen. Der Widerruf auf der eigenen Website wirkt unabhängig davon.",
    "{address} gives no page ({status}). The notice links to it: please correct the address or remove the link. The"
    " withdrawal on your own site works independently of it.",
)


def add_link_steps(handlers: Handlers, context: Context) -> None:
    """Register the step that asks for a page; it reaches out, and is never given up."""
    handlers.add_outside(
        LINK, lambda work: _check(context, work), name=_CHECK, recorded=False, persistent=True
    )


def checks_missing(connection: Connection, context: Context) -> bool:
    """Whether a page is to be asked for that was never put on the agenda."""
    return bool(unscheduled(connection, LINK, _watched(context)))


def begin_checks(connection: Connection, context: Context, now: datetime) -> None:
    """Put each page that is to be asked for on the agenda, where it is not yet."""
    for name in _watched(context):
        schedule(connection, LINK, name, now, {"recipient": name}, step=_CHECK)


def _watched(context: Context) -> list[str]:
    recipients = context.declaration.recipients.items()
    return [name for name, one in recipients if one.opt_out_checked and one.opt_out]


def _check(context: Context, work: OutsideWork) -> Then:
    """Ask for the page; where it gives none, whoever looks after data protection gets a task, the same day."""
    name = str(work.item.args["recipient"])
    again = Then(_CHECK, due=work.now + EVERY)
    if name not in _watched(context):
        return again  # not declared any more: nothing is asked; it may be declared again
    address = context.declaration.recipients[name].opt_out or ""
    with Fetcher() as fetcher:
        status = fetcher.get(address).status
    dead = status == 0 or status >= 400

    def told(connection: Connection) -> None:
        facts = {"recipient": name, "status": status}
        kind = "link/dead" if dead else "link/alive"
        context.ledger.append(connection, kind, facts, at=work.now, actor="worker")
        if dead and (to := context.officer()):
            enqueue(
                connection,
                _task(context, name, to, address, status),
                sender=context.sender(),
                now=work.now,
                key=f"link/{name}/{work.now:%Y%m%d}",
            )

    work.write(told)
    return again


def _task(context: Context, name: str, to: str, address: str, status: int) -> Message:
    language = context.declaration.languages[0]
    subject = _SUBJECT.says(language).format(name=context.declaration.recipients[name].name)
    text = _TEXT.says(language).format(address=address, status=status or "–")
    return Message(to, subject, text, "link/dead", language=language)
