"""A clock that is set back: nothing goes early by it, nobody is told twice, and the ledger stays consistent."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text

from tests.keepers.retention.conftest import SCHEMA, MakeContext, add_account, at, ids, sweep
from tests.keepers.retention.test_chain import CHAIN, DEACTIVATE, send
from tests.support.smtp import SmtpServer
from zusage.database.engines import create_engine
from zusage.ledger import Verdict, Wanted, verify


def test_a_clock_set_back_erases_nothing_early_and_tells_nobody_twice(
    sqlite_url: str, make_context: MakeContext, smtp_server: SmtpServer, tmp_path: Path
) -> None:
    engine = create_engine(sqlite_url)
    with engine.begin() as connection:
        for statement in SCHEMA:
            connection.execute(text(statement))
        add_account(connection, 1, at("2024-02-01T10:00"))
        add_account(connection, 2, at("2024-03-01T10:00"))
    context = make_context(sqlite_url, CHAIN, DEACTIVATE)
    sweep(context, at("2026-01-20T03:00"))
    send(context, smtp_server, "2026-01-20T04:00")
    assert [one.recipients[0] for one in smtp_server.received] == ["person1@example.org"]
    sweep(context, at("2026-02-17T03:00"))
    send(context, smtp_server, "2026-02-17T04:00")
    assert ids(engine) == [2], "told four weeks ago, and due"
    assert len(smtp_server.received) == 2

    for back in ("2025-06-01T03:00", "2026-02-03T03:00"):
        assert all(each.hit == 0 for each in sweep(context, at(back)))
        send(context, smtp_server, back)
    assert ids(engine) == [2]
    assert len(smtp_server.received) == 2, "nobody is told twice"
    sweep(context, at("2026-03-02T03:00"))
    assert ids(engine) == [2], (
        "told on 17 February: fourteen days are not over, whatever the clock said in between"
    )
    done = {each.action: each.hit for each in sweep(context, at("2026-03-05T03:00"))}
    assert done["erase"] == 1
    assert ids(engine) == []
    with context.state.connect() as connection:
        entries = list(context.ledger.entries(connection, Wanted(kind="retention/done")))
    erased = [entry for entry in entries if entry.facts["action"] == "erase"]
    assert sum(int(entry.facts["hit"]) for entry in erased) == 2, "each counted once"
    assert context.ledger.seal(context.state, at("2026-02-01")) is not None
    assert verify(context.state, context.keys.public_key).verdict is Verdict.CONSISTENT
