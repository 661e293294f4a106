"""A chain of steps: deactivate, tell, erase; a login starts it anew. Conditions, chosen periods, anonymising."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine, text

from tests.keepers.retention.conftest import MakeContext, add_account, at, ids, sweep
from tests.support.smtp import SmtpServer
from zusage.keepers.context import Context
from zusage.keepers.retention import RetentionKeeper
from zusage.mail.delivery import deliver
from zusage.mail.smtp import SmtpTransport, Tls
from zusage.promises import ProofState, Result
from zusage.registers.consents import Way, add_events, keep_text, new_event, person_of

CHAIN = """
      - id: inactive
        from: last-login
        steps:
          - {keep: P30D, then: deactivate}
          - {keep: P24M, then: erase, notice: {before: P14D, template: goodbye}}
"""
DEACTIVATE = "recipes: {deactivate: {active: {constant: 0}}}"


def send(context: Context, server: SmtpServer, said: str) -> None:
    deliver(context.state, SmtpTransport(server.host, server.port, Tls.NONE, None, None), at(said))


def test_deactivate_tell_erase(
    any_url: str, store_engine: Engine, make_context: MakeContext, smtp_server: SmtpServer
) -> None:
    with store_engine.begin() as connection:
        add_account(connection, 1, at("2024-03-01T10:00"))
        add_account(connection, 2, at("2024-03-01T10:00"))
    context = make_context(any_url, CHAIN, DEACTIVATE)
    first = {each.action: each for each in sweep(context, at("2024-04-01T03:00"))}
    assert (first["deactivate"].result, first["deactivate"].hit) == (Result.DONE, 2)
    assert first["erase"].result is Result.NOTHING_FOUND
    again = {each.action: each for each in sweep(context, at("2024-04-02T03:00"))}
    assert again["deactivate"].result is Result.NOTHING_FOUND, "what is deactivated is not deactivated again"

    sweep(context, at("2026-02-14T03:00"))
    assert smtp_server.received == []
    send(context, smtp_server, "2026-02-14T03:05")
    assert smtp_server.received == [], "sixteen days before nobody is told"
    sweep(context, at("2026-02-17T03:00"))
    sweep(context, at("2026-02-18T03:00"))
    assert {act.action: act.count for act in RetentionKeeper().plan(context, at("2026-03-02T03:00")).acts}[
        "erase"
    ] == 0
    send(context, smtp_server, "2026-02-18T04:00")
    assert sorted(one.recipients[0] for one in smtp_server.received) == [
        "person1@example.org",
        "person2@example.org",
    ]
    assert "4. März 2026" in str(smtp_server.received[0].message["subject"])

    with store_engine.begin() as connection:
        connection.execute(
            text("UPDATE account SET last_login = :at, active = 1 WHERE id = 2"),
            {"at": at("2026-02-20T10:00").replace(tzinfo=None)},
        )
    sweep(context, at("2026-03-02T03:00"))
    assert ids(store_engine) == [1, 2], "the mail went out on 18 February: fourteen days are not over"
    done = {each.action: each for each in sweep(context, at("2026-03-05T03:00"))}
    assert done["erase"].hit == 1
    assert ids(store_engine) == [2]


def test_waiting_for_a_mail_that_never_goes_out_is_seen(
    any_url: str, store_engine: Engine, make_context: MakeContext
) -> None:
    with store_engine.begin() as connection:
        add_account(connection, 1, at("2024-03-01T10:00"))
    context = make_context(any_url, CHAIN, DEACTIVATE)
    sweep(context, at("2026-04-01T03:00"))
    assert ids(store_engine) == [1]
    promises = {promise.id: promise for promise in RetentionKeeper().promises(context.declaration)}
    proof = RetentionKeeper().prove(
        context, promises["retention/accounts/inactive/erase"], at("2026-04-01T04:00")
    )
    assert (proof.state, proof.count) == (ProofState.BROKEN, 1)


def test_conditions_by_the_stores_own_columns(
    any_url: str, store_engine: Engine, make_context: MakeContext
) -> None:
    rules = """
      - {id: without-consent, from: last-login, keep: P6M, then: erase, when: {no_consent: talent-pool}}
      - {id: with-consent, from: last-login, keep: P12M, then: erase, when: {consent: talent-pool}}
"""
    with store_engine.begin() as connection:
        connection.execute(text("ALTER TABLE account ADD COLUMN pool INTEGER NULL"))
        for number, pool in ((1, 1), (2, 0), (3, None)):
            add_account(connection, number, at("2025-04-01T10:00"))
            connection.execute(
                text("UPDATE account SET pool = :pool WHERE id = :id"), {"pool": pool, "id": number}
            )
    context = make_context(any_url, rules, "consents: {talent-pool: pool = 1}")
    sweep(context, at("2025-10-02T00:00"))
    assert ids(store_engine) == [1]
    sweep(context, at("2026-04-01T21:59"))
    assert ids(store_engine) == [1]
    sweep(context, at("2026-04-01T22:00"))
    assert ids(store_engine) == []


def answered(context: Context, person: bytes, yes: bool, when: datetime) -> None:
    """A person says yes or no to the talent pool."""
    with context.state.begin() as connection:
        words = keep_text(connection, b"pool", "en", "1", when)
        event = new_event(person, {"talent-pool": yes}, words, Way.FORM, when)
        add_events(connection, context.ledger, [event], when)


def test_conditions_by_the_register_of_consents(
    any_url: str, store_engine: Engine, make_context: MakeContext
) -> None:
    rules = """
      - {id: without-consent, from: last-login, keep: P6M, then: erase, when: {no_consent: talent-pool}}
      - {id: with-consent, from: last-login, keep: P12M, then: erase, when: {consent: talent-pool}}
"""
    with store_engine.begin() as connection:
        for number in (1, 2):
            add_account(connection, number, at("2025-04-01T10:00"))
    context = make_context(any_url, rules)
    person = person_of(context.keys, "email", "person1@example.org")
    answered(context, person, True, at("2025-04-01"))
    sweep(context, at("2025-10-02T00:00"))
    assert ids(store_engine) == [1]
    sweep(context, at("2026-04-01T21:59"))
    assert ids(store_engine) == [1]
    answered(context, person, False, at("2026-04-01T22:00"))
    sweep(context, at("2026-04-01T21:59:30"))
    assert ids(store_engine) == [1], "the withdrawal is still to come"
    sweep(context, at("2026-04-01T22:00"))
    assert ids(store_engine) == []


def test_a_period_that_was_chosen(any_url: str, store_engine: Engine, make_context: MakeContext) -> None:
    with store_engine.begin() as connection:
        connection.execute(text("ALTER TABLE account ADD COLUMN months INTEGER NULL"))
        for number, months in ((1, 3), (2, 12), (3, None)):
            add_account(connection, number, at("2025-01-15T10:00"))
            connection.execute(
                text("UPDATE account SET months = :m WHERE id = :id"), {"m": months, "id": number}
            )
    rules = "      - {id: chosen, from: last-login, keep: {chosen: storage}, then: erase}\n"
    context = make_context(any_url, rules, "chosen: {storage: {column: months, unit: months, default: 6}}")
    sweep(context, at("2025-04-15T23:00"))
    assert ids(store_engine) == [2, 3]
    sweep(context, at("2025-07-15T23:00"))
    assert ids(store_engine) == [2]
    sweep(context, at("2026-01-15T23:00"))
    assert ids(store_engine) == []


def test_anonymise_by_column_stays_unique(
    any_url: str, store_engine: Engine, make_context: MakeContext
) -> None:
    with store_engine.begin() as connection:
        connection.execute(text("CREATE UNIQUE INDEX ux_email ON account (email)"))
        for number in (1, 2):
            add_account(connection, number, at("2024-01-15T10:00"))
    rules = "      - {id: old, from: last-login, keep: P12M, then: anonymise}\n"
    more = "recipes: {anonymise: {email: {unique: gone-}, name: hash}}"
    context = make_context(any_url, rules, more)
    (done,) = sweep(context, at("2026-01-01"))
    assert (done.result, done.hit) == (Result.DONE, 2)
    with store_engine.connect() as connection:
        rows = [tuple(row) for row in connection.execute(text("SELECT email, name FROM account ORDER BY id"))]
    assert [row[0] for row in rows] == ["gone-1", "gone-2"]
    assert not any("Person" in row[1] for row in rows)
    (again,) = sweep(context, at("2026-01-02"))
    assert again.result is Result.NOTHING_FOUND


def test_some_columns_only(any_url: str, store_engine: Engine, make_context: MakeContext) -> None:
    rules = "      - {id: content, data: [content], from: last-login, keep: P12M, then: erase}\n"
    with store_engine.begin() as connection:
        connection.execute(text("ALTER TABLE account ADD COLUMN about VARCHAR(50) NULL"))
        add_account(connection, 1, at("2024-01-15T10:00"))
        connection.execute(text("UPDATE account SET about = 'mag Enten'"))
    context = make_context(any_url, rules, columns="email: contact, name: contact, about: content")
    (done,) = sweep(context, at("2026-01-01"))
    assert (done.action, done.hit) == ("blank", 1)
    with store_engine.connect() as connection:
        assert connection.execute(text("SELECT email, about FROM account")).one() == (
            "person1@example.org",
            None,
        )


CONTRACT = """
      - id: contract
        from: last-login
        keep: {until: contract}
        then: erase
        notice: {before: P14D, template: goodbye}
"""


def test_rows_that_only_an_end_dates_are_told_counted_and_erased(
    any_url: str, store_engine: Engine, make_context: MakeContext, smtp_server: SmtpServer
) -> None:
    with store_engine.begin() as connection:
        add_account(connection, 1, at("2026-03-01T10:00"))
    context = make_context(any_url, CONTRACT, "ends: {contract: last_login}", events="")
    plan = RetentionKeeper().plan(context, at("2026-03-02T03:00"))
    sweep(context, at("2026-03-02T03:00"))
    send(context, smtp_server, "2026-03-02T03:05")
    assert [one.recipients[0] for one in smtp_server.received] == ["person1@example.org"]
    sweep(context, at("2026-03-17T03:00"))
    assert ids(store_engine) == []
    assert plan.acts


def test_the_oldest_of_rows_that_only_an_end_dates(
    any_url: str, store_engine: Engine, make_context: MakeContext
) -> None:
    with store_engine.begin() as connection:
        add_account(connection, 1, at("2026-03-01T10:00"))
        add_account(connection, 2, at("2026-02-01T10:00"))
    rule = "      - {id: contract, from: last-login, keep: {until: contract}, then: erase}\n"
    context = make_context(any_url, rule, "ends: {contract: last_login}", events="")
    (act,) = RetentionKeeper().plan(context, at("2026-03-05T03:00")).acts
    assert (act.count, act.oldest) == (2, at("2026-02-01T10:00"))
