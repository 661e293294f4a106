"""Sets, not rows: a sweep takes a + b·⌈rows/batch⌉ statements; and erased values are gone from the files."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, event, text

from tests.keepers.retention.conftest import SCHEMA, MakeContext, at, ids, sweep
from zusage.database.engines import create_engine
from zusage.keepers.retention import RetentionKeeper
from zusage.keepers.retention.approving import approve
from zusage.promises import PlannedAct, ProofState, Result
from zusage.stores.sql.database import Database
from zusage.stores.sql.physical import residue, sqlite_files

RULE = "      - {id: inactive, from: last-login, keep: P24M, then: erase}\n"
NOW = at("2026-06-01T03:00")
BATCH = 50


def fill(engine: Engine, count: int) -> None:
    old = at("2024-01-15T10:00").replace(tzinfo=None)
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO account (id, email, name, last_login) VALUES (:id, :email, 'Quirin Abendroth', :at)"
            ),
            [{"id": n, "email": f"quirin{n}@abendroth.example", "at": old} for n in range(1, count + 1)],
        )
        connection.execute(
            text("INSERT INTO message (id, account_id, body) VALUES (:id, :a, 'Zimtstern-Geheimnis')"),
            [{"id": n, "a": n} for n in range(1, count + 1)],
        )


def test_statements_grow_with_the_batches_only(
    any_url: str, store_engine: Engine, make_context: MakeContext
) -> None:
    context = make_context(any_url, RULE, options=f"physical: none\n    batch: {BATCH}\n    batch_ms: 100000")
    database = context.stores["main"]
    assert isinstance(database, Database)
    database.install_journal()
    seen: list[str] = []

    def listen(*arguments: object) -> None:
        seen.append(str(arguments[2]))

    for writing in (True, False):
        event.listen(
            database.engine(writing=writing),
            "before_cursor_execute",
            lambda *arguments: seen.append(arguments[2]),
        )
    hits: list[int] = []

    def progress(act: PlannedAct, hit: int) -> None:
        hits.append(hit)

    counts, batches = [], []
    for rows in (BATCH - 1, 4 * BATCH - 1, 20 * BATCH - 1):
        fill(store_engine, rows)
        plan = RetentionKeeper().plan(context, NOW)
        approve(context, plan, [plan.acts[0].promise], "Dora", NOW)
        plan = RetentionKeeper().plan(context, NOW)
        with context.stores["main"].reading() as connection:  # type: ignore[attr-defined]
            database.schema(connection)
        seen.clear()
        hits.clear()
        (outcome,) = RetentionKeeper(progress).keep(context, plan, NOW)
        assert outcome.hit == rows
        counts.append(len(seen))
        batches.append(len(hits))
        assert ids(store_engine) == []
    each = (counts[1] - counts[0]) / (batches[1] - batches[0])
    assert each == (counts[2] - counts[1]) / (batches[2] - batches[1])
    assert each <= 9
    assert batches[2] <= 20


def test_gone_means_gone_from_the_files(sqlite_url: str, make_context: MakeContext) -> None:
    engine = _sqlite(sqlite_url)
    fill(engine, 300)
    engine.dispose()
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    planted = ["quirin7@abendroth.example", "Quirin Abendroth", "Zimtstern-Geheimnis"]
    assert min(residue(sqlite_files(path), planted).values()) > 0
    context = make_context(sqlite_url, RULE, options="physical: vacuum")
    (done,) = sweep(context, NOW)
    assert done.result is Result.DONE
    context.stores["main"].close()  # type: ignore[attr-defined]
    assert residue(sqlite_files(path), planted) == dict.fromkeys(planted, 0)


def test_deleted_bytes_are_zeroed_even_without_a_physical_step(
    sqlite_url: str, make_context: MakeContext
) -> None:
    engine = create_engine(sqlite_url, keep_journal_mode=True)
    with engine.begin() as connection:
        _schema(connection)
    fill(engine, 300)
    engine.dispose()
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    sweep(make_context(sqlite_url, RULE, options="physical: none"), NOW)
    assert residue([path], ["Zimtstern-Geheimnis"]) == {"Zimtstern-Geheimnis": 0}


def test_outside_its_window_the_physical_step_is_left_for_later(
    sqlite_url: str, make_context: MakeContext
) -> None:
    engine = _sqlite(sqlite_url)
    fill(engine, 10)
    engine.dispose()
    context = make_context(sqlite_url, RULE, options="physical: {policy: vacuum, window: '02:00-04:00'}")
    sweep(context, NOW)  # 05:00 in Berlin
    with context.state.connect() as connection:
        steps = [
            entry.facts["step"]
            for entry in context.ledger.entries(connection)
            if entry.kind == "retention/physical"
        ]
    assert steps == ["later"]


def test_what_was_put_off_is_done_with_the_next_sweep(sqlite_url: str, make_context: MakeContext) -> None:
    engine = _sqlite(sqlite_url)
    fill(engine, 10)
    engine.dispose()
    context = make_context(sqlite_url, RULE, options="physical: {policy: vacuum, window: '02:00-04:00'}")
    sweep(context, NOW)
    sweep(context, at("2026-06-02T01:00"))
    with context.state.connect() as connection:
        steps = [
            entry.facts["step"]
            for entry in context.ledger.entries(connection)
            if entry.kind == "retention/physical"
        ]
    assert steps == ["later", "vacuum"]


def test_a_proof_names_the_statement_and_the_oldest(
    any_url: str, store_engine: Engine, make_context: MakeContext
) -> None:
    fill(store_engine, 3)
    context = make_context(any_url, RULE)
    promise = next(iter(RetentionKeeper().promises(context.declaration)))
    proof = RetentionKeeper().prove(context, promise, NOW)
    assert (proof.state, proof.count, proof.oldest) == (ProofState.BROKEN, 3, at("2024-01-15T10:00"))
    assert proof.found_by.startswith("SELECT count(*)")
    assert "@" not in proof.found_by


def _sqlite(url: str) -> Engine:
    engine = create_engine(url)
    with engine.begin() as connection:
        _schema(connection)
    return engine


def _schema(connection: Connection) -> None:
    for statement in SCHEMA:
        connection.execute(text(statement))
