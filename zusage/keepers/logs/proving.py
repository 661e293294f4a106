# ruff: noqa: S608 - the SQL is made of our own expressions; file names go through `quoted`
"""A fresh look at logs: at the files that are there, at the key store, at the backups, at the record."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from zusage.keepers.logs.binding import NotBound
from zusage.keepers.logs.expiring import EVENTS, due, raw_due, raw_overdue, results_due
from zusage.keepers.logs.extraction import quoted
from zusage.keepers.logs.promising import FIELDS, OPENED, PURPOSES, SEALED, TRUNCATED
from zusage.keepers.logs.scanning import BUCKETS, columns_of, connect
from zusage.keepers.logs.sources import files_of
from zusage.keepers.logs.tables import log_batch, log_partial, log_segment
from zusage.keepers.logs.vault import Surroundings, Vault, open_vault
from zusage.law.duration import Duration
from zusage.law.periods import retention_end
from zusage.ledger import Wanted
from zusage.promises import Basis, Promise, Proof, ProofState
from zusage.sealing.expiring import oldest_kept
from zusage.sealing.keyholders import listed
from zusage.sealing.openings import APPROVE_WITHIN
from zusage.sealing.rooms import key_of
from zusage.sealing.segments import MAGIC, DamagedSegment, SegmentReader, read_head
from zusage.sealing.shares import KeyMissing, segment_key
from zusage.sealing.tables import seal_opening
from zusage.text import Text

_ADDRESS = r"(?:^|[^0-9.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?:$|[^0-9.])"
#: how long after the period's end a run may take where the rule does not say
_SLACK = timedelta(hours=24)

Seen = tuple[ProofState, Text, dict[str, Any]]


def prove(surroundings: Surroundings, promise: Promise, now: datetime) -> Proof:
    """Look again at one promise about logs."""
    _, activity, what, *rest = promise.id.split("/")
    try:
        vault = open_vault(surroundings, activity)
    except NotBound:
        said = Text("an keinen Ort gebunden (logs.yaml)", "bound nowhere (logs.yaml)")
        return Proof(promise.id, ProofState.UNBOUND, Basis.STORE, now, said)
    rule = rest[0] if rest else ""
    looks: Mapping[str, Callable[[], Seen]] = {
        FIELDS: lambda: _fields(vault),
        TRUNCATED: lambda: _statistics(vault),
        SEALED: lambda: _sealed(vault),
        OPENED: lambda: _opened(vault, now),
        PURPOSES: lambda: _purposes(vault),
        "expire": lambda: _expired(vault, rule, now),
        "backup": lambda: _backups(vault, promise, now),
    }
    state, said, seen = looks[what]()
    basis = Basis.RECORD if what in (OPENED, PURPOSES, FIELDS) else Basis.STORE
    return Proof(
        promise.id, state, basis, now, said, store=f"logs:{activity}", found_by=seen.pop("found_by", ""),
        count=seen.pop("count", 0), oldest=seen.pop("oldest", None), evidence=seen,
    )  # fmt: skip


def _fields(vault: Vault) -> Seen:
    """Every line is accounted for: counted, or malformed and kept out of the statistics."""
    query = select(log_batch).where(log_batch.c.activity == vault.name)
    with vault.state.connect() as connection:
        rows = connection.execute(query).all()
    lines, counted = sum(row.lines for row in rows), sum(row.counted for row in rows)
    malformed, unsealed = sum(row.malformed for row in rows), sum(row.unsealed for row in rows)
    evidence = {
        "lines": lines, "counted": counted, "malformed": malformed, "not_sealed": unsealed,
        "fields": list(vault.policy.fields or vault.format.fields),
    }  # fmt: skip
    if lines != counted + malformed + unsealed:
        return (
            ProofState.BROKEN,
            Text("Zeilen fehlen in der Rechnung", "lines are unaccounted for"),
            {**evidence, "count": 1},
        )
    said = Text(
        f"{lines} Zeilen übernommen, {malformed + unsealed} ohne das erklärte Format",
        f"{lines} lines taken in, {malformed + unsealed} without the declared form",
    )
    return ProofState.KEPT, said, {**evidence, "found_by": "log_batch"}


#: What counting itself adds to a partial.
_OWN_COLUMNS = {"statistic", "hour", "n", "bytes", "least", "ms", *(f"t{limit}" for limit in BUCKETS)}


def _statistics(vault: Vault) -> Seen:
    """No stored partial holds an address, a query string, or a column that is not declared."""
    with vault.state.connect() as connection:
        query = select(log_partial.c.file).where(
            log_partial.c.activity == vault.name, log_partial.c.erased_at.is_(None)
        )
        files = [vault.folder / name for name in connection.scalars(query)]
    missing = [path for path in files if not path.exists()]
    there = [path for path in files if path.exists()]
    declared = columns_of(vault.policy)
    allowed = _OWN_COLUMNS | declared
    leaks, columns = 0, set()
    if there:
        duck = connect(vault.binding.memory, vault.binding.threads)
        source = f"read_parquet([{', '.join(quoted(str(path)) for path in there)}], union_by_name=true, hive_partitioning=false)"
        columns = {row[0] for row in duck.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()}
        texts = [
            f"regexp_matches(coalesce(\"{name}\", ''), '{_ADDRESS}')" for name in sorted(columns & declared)
        ]
        if texts:
            found = duck.execute(f"SELECT count(*) FROM {source} WHERE {' OR '.join(texts)}").fetchall()
            leaks = int(found[0][0])
        duck.close()
    evidence = {
        "partials": len(there),
        "missing": len(missing),
        "rows_with_address": leaks,
        "found_by": "read_parquet",
    }
    extra = sorted(columns - allowed)
    if leaks or extra or missing:
        said = Text("die Statistiken sind nicht, wie zugesagt", "the statistics are not as promised")
        return (
            ProofState.BROKEN,
            said,
            {**evidence, "columns": extra, "count": leaks + len(extra) + len(missing)},
        )
    return (
        ProofState.KEPT,
        Text(f"{len(there)} Dateien ohne Adressen", f"{len(there)} files without addresses"),
        evidence,
    )


def _sealed(vault: Vault) -> Seen:
    """Every segment is there, sealed to the declared roles; nothing else lies beside them."""
    with vault.state.connect() as connection:
        query = select(log_segment).where(
            log_segment.c.activity == vault.name, log_segment.c.erased_at.is_(None)
        )
        rows = connection.execute(query).all()
        holders = [each for each in listed(connection) if each.in_force]
    wrong, readable = 0, set[str]()
    for row in rows:
        try:
            head = read_head(vault.folder / row.file)
        except (OSError, DamagedSegment):
            wrong += 1
            continue
        roles = {share.role for share in head.shares if share.index}
        wrong += head.segment != row.id or (row.held_for is None and not roles >= set(vault.policy.opened_by))
        readable.add(row.id)
    keyless = len(readable - vault.key_store.segments()) if readable else 0
    known = {vault.folder / row.file for row in rows}
    strangers = [path for path in vault.sealed.rglob("*") if path.is_file() and path not in known]
    left = [path for path in strangers if path.suffix == ".part" or not path.read_bytes().startswith(MAGIC)]
    unheld = [role for role in vault.policy.opened_by if role not in {each.role for each in holders}]
    raw = sum(
        1 for source in vault.binding.sources for _, live in files_of(vault.path(source.path)) if not live
    )
    evidence: dict[str, Any] = {
        "segments": len(rows), "wrong": wrong, "without_key": keyless, "left_over": len(strangers),
        "roles_without_key": unheld, "raw_rotated_files": raw, "found_by": "segment heads",
    }  # fmt: skip
    if unheld and not rows:
        said = Text("noch kein Schlüssel für jede Rolle hinterlegt", "not every role has a key yet")
        return ProofState.DUE, said, {**evidence, "count": len(unheld)}
    if wrong or keyless or left or unheld:
        said = Text("nicht alles ist versiegelt, wie zugesagt", "not everything is sealed as promised")
        return ProofState.BROKEN, said, {**evidence, "count": wrong + keyless + len(left) + len(unheld)}
    return ProofState.KEPT, Text(f"{len(rows)} Segmente versiegelt", f"{len(rows)} segments sealed"), evidence


def _opened(vault: Vault, now: datetime) -> Seen:
    """Every opening on record has its request and an approval of each role before it, if these are not cut off yet."""
    known = retention_end(
        oldest_kept(now), vault.policy.approve_within or APPROVE_WITHIN, "event", vault.zone
    )
    approved: dict[str, set[str]] = {}
    requested: set[str] = set()
    wrong = used = refused = 0
    needed = vault.policy.quorum or len(vault.policy.opened_by)
    for entry in _acts(vault):
        facts = entry.facts
        opening = facts.get("opening", "")
        if entry.kind == "logs/opening-requested":
            requested.add(opening)
        elif entry.kind == "logs/opening-approved":
            approved.setdefault(opening, set()).add(facts["role"])
        elif entry.kind == "logs/opened":
            used += 1
            roles = approved.get(opening, set()) & set(vault.policy.opened_by)
            wrong += entry.at >= known and (opening not in requested or len(roles) < needed)
        elif entry.kind == "logs/refused":
            refused += 1
    with vault.state.connect() as connection:
        query = select(seal_opening.c.id).where(
            seal_opening.c.room == key_of(vault), seal_opening.c.state == "opened"
        )
        on_file = len(connection.execute(query).all())
    evidence = {"openings": used, "without_approval": wrong, "refused": refused, "found_by": "ledger"}
    if wrong or on_file > used:
        said = Text("eine Öffnung ohne die nötigen Zustimmungen", "an opening without the approvals it takes")
        return ProofState.BROKEN, said, {**evidence, "count": wrong + max(0, on_file - used)}
    return (
        ProofState.KEPT,
        Text(f"{used} Öffnungen, alle mit Zustimmung", f"{used} openings, all approved"),
        evidence,
    )


def _purposes(vault: Vault) -> Seen:
    reads = [entry.facts for entry in _acts(vault) if entry.kind == "logs/read"]
    wrong = sum(facts.get("purpose") not in vault.policy.uses for facts in reads)
    evidence = {"reads": len(reads), "found_by": "ledger"}
    if wrong:
        said = Text("gelesen für einen nicht erklärten Zweck", "read for a purpose that is not declared")
        return ProofState.BROKEN, said, {**evidence, "count": wrong}
    return (
        ProofState.KEPT,
        Text(f"{len(reads)} Zugriffe, alle zweckgebunden", f"{len(reads)} reads, all for declared purposes"),
        evidence,
    )


def _acts(vault: Vault) -> Iterator[Any]:
    with vault.state.connect() as connection:
        for entry in vault.ledger.entries(connection, Wanted()):
            if entry.kind.startswith("logs/") and entry.facts.get("activity") == vault.name:
                yield entry


def _expired(vault: Vault, rule: str, now: datetime) -> Seen:
    """Nothing that should be gone is there: in the catalogue, on the disk, in the key store, as a rotated raw file."""
    with vault.state.connect() as connection:
        found = next((each for each in due(connection, vault, now) if each.rule == rule), None)
        results = results_due(connection, vault, now)
        raw = raw_due(connection, vault, now)
        erased = set(connection.scalars(select(log_segment.c.id).where(log_segment.c.erased_at.is_not(None))))
    if found is None:
        return ProofState.UNBOUND, Text("keine Frist, die hier läuft", "no period that runs here"), {}
    stale = raw_overdue(vault, now) if EVENTS[found.event] is log_segment else []
    shares = vault.key_store.segments() & erased
    over = len(found.rows) + (len(results) + len(raw) if EVENTS[found.event] is log_segment else 0)
    evidence = {
        "due": len(found.rows), "held": dict(found.held), "results_due": len(results), "raw_files_due": len(raw),
        "shares_left": len(shares), "raw_files_with_old_lines": len(stale), "found_by": EVENTS[found.event].name,
    }  # fmt: skip
    late = found.oldest is not None and now >= found.oldest + _SLACK
    if shares or late or stale:
        said = Text(f"{over + len(stale)} überfällig", f"{over + len(stale)} overdue")
        return (
            ProofState.BROKEN,
            said,
            {**evidence, "count": over + len(shares) + len(stale), "oldest": found.oldest},
        )
    if over:
        return (
            ProofState.DUE,
            Text(f"{over} fällig", f"{over} due"),
            {**evidence, "count": over, "oldest": found.oldest},
        )
    return ProofState.KEPT, Text("nichts Fälliges vorhanden", "nothing due is there"), evidence


def _backups(vault: Vault, promise: Promise, now: datetime) -> Seen:
    """Segments in the backups whose time has come do not open, and no copy of a log is older than promised."""
    if not vault.binding.backups:
        said = Text("kein Sicherungsordner gebunden", "no backup folder is bound")
        return ProofState.UNBOUND, said, {}
    missing = [name for name in vault.binding.backups if not vault.path(name).is_dir()]
    if missing:
        said = Text("ein gebundener Sicherungsordner ist nicht da", "a bound backup folder is not there")
        return ProofState.UNBOUND, said, {"missing": len(missing)}
    keep = Duration.parse(str(promise.terms["backup"]))
    names = [Path(source.path).name for source in vault.binding.sources]
    opened = copies = old = unopenable = 0
    oldest: datetime | None = None
    with vault.state.connect() as connection:
        live = set(connection.scalars(select(log_segment.c.id).where(log_segment.c.erased_at.is_(None))))
    for folder in vault.binding.backups:
        for path in [each for each in vault.path(folder).rglob("*") if each.is_file()]:
            segment = _segment_of(path)
            if segment is None and not any(_is_copy_of(path.name, name) for name in names):
                continue
            copies += 1
            if segment is not None and segment not in live:
                can_open = opens(vault, path, segment)
                opened += can_open
                unopenable += not can_open
                continue
            written = datetime.fromtimestamp(path.stat().st_mtime, now.tzinfo)
            if retention_end(written, keep, "event", vault.zone) <= now:
                old += 1
                oldest = min(oldest or written, written)
    evidence = {
        "copies": copies, "older_than_promised": old, "expired_but_openable": opened, "shredded": unopenable,
        "found_by": "opening copies", "count": old + opened, "oldest": oldest,
    }  # fmt: skip
    if old or opened:
        return (
            ProofState.BROKEN,
            Text(f"{old + opened} Kopien zu alt", f"{old + opened} copies too old"),
            evidence,
        )
    said = Text(
        f"{copies} Kopien geprüft, {unopenable} abgelaufene lassen sich nicht öffnen",
        f"{copies} copies checked, {unopenable} expired ones cannot be opened",
    )
    return ProofState.KEPT, said, evidence


def _segment_of(path: Path) -> str | None:
    try:
        return read_head(path).segment
    except (DamagedSegment, OSError):
        return None


def _is_copy_of(name: str, log: str) -> bool:
    return re.fullmatch(re.escape(log) + r"([.-].*)?", name) is not None


def opens(vault: Vault, path: Path, segment: str) -> bool:
    """Whether a copied segment could still be opened: tried with what the server has.

    Without the key store's share nobody can; with it, the roles' shares in the head would do.
    """
    try:
        share = vault.key_store.read(segment)
    except KeyMissing:
        return False
    if read_head(path).shares:
        return True
    try:
        next(SegmentReader(path, segment_key(segment, b"", share)).blocks(), b"")
    except DamagedSegment:
        return False
    return True
