"""Looking again: into the register for what is on record, into the filed scans for what really happens in browsers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, func, select

from zusage.declaration import Declaration
from zusage.keepers.consent.expiring import proofs_ended
from zusage.keepers.context import Context
from zusage.mail.outbox import CONTENT, OUTBOX
from zusage.promises import Basis, Promise, Proof, ProofState
from zusage.registers.asks import ASKS, Asked
from zusage.registers.consents import EVENTS, GROUPS, TEXTS
from zusage.registers.mailings import MAILINGS, RECIPIENTS
from zusage.registers.scans import Scan, newest_scans
from zusage.text import Text

#: how long after its time something may wait for the sweep before the promise is broken
GRACE = timedelta(days=1)
#: a scan that is older says nothing about the site of today
FRESH = timedelta(days=92)


def fresh_scans(context: Context, now: datetime) -> list[Scan]:
    """The newest scan of each site, as far as it says something about the site of today."""
    with context.state.connect() as connection:
        return [one for one in newest_scans(connection) if now - one.at <= FRESH]


def prove(context: Context, promise: Promise, scans: Sequence[Scan], now: datetime) -> Proof:
    """A fresh look at one promise; `scans` are those of `fresh_scans`."""
    if promise.kind in ("item", "service"):
        return _prove_device(promise, scans, now)
    looks: Mapping[str, Callable[[Context, Connection, Promise, datetime], Proof | None]] = {
        "record": _prove_words,
        "expiry": _prove_expiry,
        "unconfirmed": _prove_unconfirmed,
        "purpose": _prove_mails,
    }
    with context.state.connect() as connection:
        found = looks[promise.kind](context, connection, promise, now)
    return found or _prove_purpose(context.declaration, promise, scans, now)


def _prove_words(context: Context, connection: Connection, promise: Promise, now: datetime) -> Proof:
    """The database takes no event without words; the words still have their hash, each event its group."""
    texts = connection.execute(select(TEXTS.c.hash, TEXTS.c.content)).all()
    changed = sum(sha256(bytes(row.content)).digest()[:16] != bytes(row.hash) for row in texts)
    groups = connection.execute(select(func.count()).select_from(GROUPS)).scalar_one()
    newest = connection.execute(select(func.max(EVENTS.c.at))).scalar()
    if changed:
        said = Text(
            f"{changed} Wortlaute stimmen nicht mehr mit ihrer Prüfsumme",
            f"{changed} texts no longer match their hash",
        )
        return _proof(promise, ProofState.BROKEN, now, said, changed, found_by="register: consent_text")
    said = Text(
        f"{len(texts)} Wortlaute unverändert; {groups} Gruppen im Protokoll",
        f"{len(texts)} texts unchanged; {groups} groups in the ledger",
    )
    seen = {"texts": len(texts), "groups": int(groups), "any": newest is not None}
    return _proof(promise, ProofState.KEPT, now, said, evidence=seen)


def _prove_expiry(context: Context, connection: Connection, promise: Promise, now: datetime) -> Proof:
    declaration = context.declaration
    late = proofs_ended(connection, declaration, now - GRACE, 1000)
    if late:
        said = Text("Nachweise sind überfällig", "proofs are overdue")
        return _proof(promise, ProofState.BROKEN, now, said, len(late), found_by="register: consent_event")
    due = proofs_ended(connection, declaration, now, 1000)
    if due:
        said = Text(f"{len(due)} werden mit dem nächsten Lauf gelöscht", f"{len(due)} go with the next sweep")
        return _proof(promise, ProofState.DUE, now, said, len(due))
    return _proof(promise, ProofState.KEPT, now, Text("nichts ist älter", "nothing is older"))


def _prove_unconfirmed(context: Context, connection: Connection, promise: Promise, now: datetime) -> Proof:
    mine = (ASKS.c.purpose == promise.terms["purpose"]) & (ASKS.c.state == Asked.PENDING)
    over = select(func.count(), func.min(ASKS.c.due)).where(mine, ASKS.c.due <= now)
    count, oldest = connection.execute(over).one()
    if count and oldest < now - GRACE:
        said = Text(f"{count} Adressen sind überfällig", f"{count} addresses are overdue")
        return _proof(promise, ProofState.BROKEN, now, said, count, oldest, "register: consent_ask")
    if count:
        said = Text(f"{count} gehen mit dem nächsten Lauf", f"{count} go with the next sweep")
        return _proof(promise, ProofState.DUE, now, said, count, oldest)
    waiting = connection.execute(select(func.count()).where(mine)).scalar_one()
    said = Text(f"{waiting} warten in der Frist", f"{waiting} wait in time")
    return _proof(promise, ProofState.KEPT, now, said)


def _prove_mails(context: Context, connection: Connection, promise: Promise, now: datetime) -> Proof | None:
    """`broken` where a mail had no ground or no link; None where nothing speaks against it."""
    if promise.terms["asked"] == "banner":
        return None
    mine = MAILINGS.c.purpose == promise.terms["purpose"]
    groundless = (
        select(func.count())
        .select_from(RECIPIENTS.join(MAILINGS, RECIPIENTS.c.mailing == MAILINGS.c.id))
        .where(mine, RECIPIENTS.c.allowed, RECIPIENTS.c.code == "consent", RECIPIENTS.c.event.is_(None))
    )
    references = select("mailing/" + MAILINGS.c.id).where(mine)
    linkless = (
        select(func.count())
        .select_from(CONTENT.join(OUTBOX, CONTENT.c.mail == OUTBOX.c.id))
        .where(OUTBOX.c.reference.in_(references), CONTENT.c.unsubscribe.is_(None))
    )
    wrong = sum(int(connection.execute(query).scalar_one()) for query in (groundless, linkless))
    if not wrong:
        sent = connection.execute(select(func.count()).select_from(MAILINGS).where(mine)).scalar_one()
        grounds = Text(
            f"{sent} Sendungen, jede mit Grund und Link", f"{sent} mailings, each with ground and link"
        )
        return _proof(promise, ProofState.KEPT, now, grounds) if sent else None
    said = Text(f"{wrong} Sendungen ohne Grund oder Link", f"{wrong} mails without ground or link")
    return _proof(promise, ProofState.BROKEN, now, said, wrong, found_by="register: mailing")


def _prove_purpose(declaration: Declaration, promise: Promise, scans: Sequence[Scan], now: datetime) -> Proof:
    """The newest scans saw nothing of the purpose without consent."""
    names = _names_of(declaration, str(promise.terms["purpose"]))
    slipped = _breaches(scans, names)
    if slipped:
        return _slipped(promise, now, slipped)
    if names and not scans:
        return _unseen(promise, now)
    if not names and promise.terms["asked"] in ("form", "paper", "voice"):
        said = Text(
            "was die Anwendung darunter tut, ist hier nicht zu sehen; sie fragt vorher nach der Entscheidung",
            "what the application does under it is not seen here; it asks for the decision before",
        )
        return _proof(promise, ProofState.UNBOUND, now, said)
    said = Text("nichts ohne Einwilligung gesehen", "nothing seen without consent")
    return _proof(promise, ProofState.KEPT, now, said)


def _prove_device(promise: Promise, scans: Sequence[Scan], now: datetime) -> Proof:
    if not scans:
        return _unseen(promise, now)
    terms = promise.terms
    names = [f"{terms['kind']}/{terms['name']}"] if promise.kind == "item" else _requests(terms["hosts"])
    slipped = _breaches(scans, names)
    if slipped:
        return _slipped(promise, now, slipped)
    newest = max(one.at for one in scans)
    said = Text(f"im Browser gesehen am {newest:%d.%m.%Y}", f"seen in a browser on {newest:%Y-%m-%d}")
    until = min(one.at for one in scans) + FRESH
    return _proof(promise, ProofState.KEPT, now, said, basis=Basis.STORE, until=until)


def _unseen(promise: Promise, now: datetime) -> Proof:
    said = Text(
        "noch kein Scan abgelegt (`zusage scan site URL --file`)",
        "no scan filed (`zusage scan site URL --file`)",
    )
    return _proof(promise, ProofState.UNBOUND, now, said, basis=Basis.STORE)


def _slipped(promise: Promise, now: datetime, slipped: Sequence[tuple[str, str]]) -> Proof:
    codes = sorted({code for code, _ in slipped})
    said = Text(f"im Browser: {', '.join(codes)}", f"in the browser: {', '.join(codes)}")
    return _proof(
        promise, ProofState.BROKEN, now, said, len(slipped), found_by="site scan", basis=Basis.STORE,
        evidence={"seen": sorted(key for _, key in slipped)[:20]},
    )  # fmt: skip


def _breaches(scans: Iterable[Scan], names: Sequence[str]) -> list[tuple[str, str]]:
    """(code, key) of the errors that the scans found on these items and hosts; `*` stands for any run of characters."""
    patterns = [re.compile(re.escape(name).replace(r"\*", ".*")) for name in names]
    return [
        (code, key)
        for scan in scans
        for code, severity, key in scan.findings
        if severity == "error" and any(one.fullmatch(key.partition("/")[2]) for one in patterns)
    ]


def _names_of(declaration: Declaration, purpose: str) -> list[str]:
    browser = declaration.browser
    items = [one for one in browser.items.values() if one.consent == purpose]
    hosts = [host for one in browser.services.values() if one.consent == purpose for host in one.hosts]
    return [f"{one.kind}/{one.name}" for one in items] + _requests(hosts)


def _requests(hosts: Iterable[str]) -> list[str]:
    return [f"request/{host}" for host in hosts]


def _proof(
    promise: Promise, state: ProofState, now: datetime, text: Text, count: int = 0, oldest: datetime | None = None,
    found_by: str = "", *, basis: Basis = Basis.RECORD, evidence: Mapping[str, Any] | None = None,
    until: datetime | None = None,
) -> Proof:  # fmt: skip
    return Proof(
        promise.id, state, basis, now, text, count, oldest, until, found_by, evidence=dict(evidence or {})
    )
