"""Proof of identity, no oracle, channels, clocks, our own records, restored backups."""

from __future__ import annotations

import shutil
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text

from tests.keepers.rights.conftest import Shop
from tests.support.canaries import Canaries
from zusage.keepers.rights.identity import BadLink, confirm, prove_by_hand
from zusage.keepers.rights.intake import MAILS_A_DAY, BadRequest, ChannelRefused
from zusage.keepers.rights.keeper import RightsKeeper
from zusage.keepers.rights.lifecycle import BadDecision, Decision, acknowledge, decide, extend
from zusage.keepers.rights.replaying import replay
from zusage.registers.requests import (
    KEEP_IDENTITY,
    KEEP_ROW,
    REQUESTS,
    Kind,
    State,
    expire_requests,
    requests,
)

ADA = "ada@mail.example"


def test_a_mailbox_does_not_prove_a_customer_number_typed_beside_it(shop: Shop) -> None:
    request = shop.confirmed(
        Kind.ACCESS, "K-2", identity_kind="customer-number", reply_to="stranger@mail.example"
    )
    assert sum(one["hit"] for one in shop.outcomes(request).values()) == 0
    letter = shop.letter("stranger@mail.example", "Antwort")
    assert "nichts gefunden" in letter
    assert "Ben" not in letter


def test_a_mailbox_that_is_not_the_identity_proves_the_mailbox_only(shop: Shop) -> None:
    request = shop.confirmed(Kind.ACCESS, "ben@mail.example", reply_to="stranger@mail.example")
    assert sum(one["hit"] for one in shop.outcomes(request).values()) == 0


def test_a_link_counts_once_expires_and_is_stored_as_a_hash(shop: Shop) -> None:
    opened = shop.ask(Kind.ACCESS)
    token = opened.confirm_token
    assert token
    with shop.workspace.state.connect() as connection:
        row = connection.execute(select(REQUESTS)).mappings().one()
    assert token not in str(dict(row))
    confirm(shop.workspace.context, token, shop.now)
    with pytest.raises(BadLink):
        confirm(shop.workspace.context, token, shop.now)
    late = shop.ask(Kind.ACCESS)
    with pytest.raises(BadLink):
        confirm(shop.workspace.context, late.confirm_token or "", shop.now + timedelta(days=8))


def test_known_and_unknown_get_the_same_mail_and_the_same_state(shop: Shop) -> None:
    known, unknown = shop.ask(Kind.ACCESS), shop.ask(Kind.ACCESS, "noone@mail.example")
    shop.work()
    shop.work()

    def shape(address: str, reference: str) -> list[str]:
        found = []
        for mail in shop.mails(address):
            body = mail.get_body(("plain",))
            assert body is not None
            lines = body.get_content().replace(address, "X").replace(reference, "R").splitlines()
            found.append("\n".join(line for line in lines if "/rights/" not in line))
        return found

    first, second = (
        shape(ADA, known.request.reference),
        shape("noone@mail.example", unknown.request.reference),
    )
    assert first == second
    assert len(first) == 1
    assert shop.get(known.request).state == shop.get(unknown.request).state == State.AWAITING_IDENTITY
    assert shop.get(known.request).details == shop.get(unknown.request).details


def test_mails_to_one_address_are_capped_whoever_they_are_about(shop: Shop) -> None:
    for number in range(MAILS_A_DAY + 4):
        shop.ask(Kind.ACCESS, f"K-{number}", identity_kind="customer-number", reply_to="victim@mail.example")
    shop.work()
    shop.work()
    assert len(shop.mails("victim@mail.example")) == MAILS_A_DAY


def test_an_unconfirmed_request_lapses_and_forgets_who_asked(shop: Shop) -> None:
    opened = shop.ask(Kind.ACCESS, details={"text": "geheim"})
    shop.work(timedelta(days=8))
    one = shop.get(opened.request)
    assert (one.state, one.identity, one.reply_to, one.details) == (State.LAPSED, None, None, None)


def test_an_address_of_two_customers_is_stopped_and_not_merged(shop: Shop) -> None:
    shop.do("INSERT INTO customer VALUES (3, 'ada@mail.example', 'K-3', 'Adas Bruder', '')")
    request = shop.confirmed(Kind.ACCESS)
    assert request.state is State.AWAITING_DECISION
    assert (request.details or {})["shared"] is True
    with pytest.raises(BadDecision, match="two persons"):
        decide(shop.workspace.context, request.id, Decision("grant"), "Dora", shop.now)
    own = shop.confirmed(
        Kind.ACCESS, "K-1", identity_kind="customer-number", channel="letter", proof="signature"
    )
    decide(shop.workspace.context, own.id, Decision("grant"), "Dora", shop.now)
    shop.work()
    assert shop.outcomes(own)["customer"]["hit"] == 1


def test_high_risk_needs_more_than_a_mailbox(shop: Shop) -> None:
    shop.do("INSERT INTO advice VALUES (1, 'ada@mail.example', 'vertraulich')")
    request = shop.confirmed(Kind.ACCESS)
    assert request.state is State.AWAITING_DECISION
    with pytest.raises(BadDecision, match="proof"):
        decide(shop.workspace.context, request.id, Decision("grant"), "Dora", shop.now)
    prove_by_hand(shop.workspace.context, request.id, "document", "Dora", shop.now)
    shop.work()
    assert shop.get(request).state is State.ANSWERED
    assert shop.outcomes(request)["advice"]["hit"] == 1


def test_a_refused_channel_says_why(shop: Shop) -> None:
    with pytest.raises(ChannelRefused, match="Am Telefon"):
        shop.ask(Kind.ACCESS, channel="telephone")
    with pytest.raises(ChannelRefused, match="On the phone"):
        shop.ask(Kind.ACCESS, channel="telephone", language="en")
    with pytest.raises(ChannelRefused):
        shop.ask(Kind.ACCESS, channel="fax")
    assert shop.count("customer") == 2


@pytest.mark.parametrize("bad", ["ada", "a@b\r\nBcc: x@y.example", "", "a@b c.example"])
def test_an_address_that_is_none_files_nothing(shop: Shop, bad: str) -> None:
    with pytest.raises(BadRequest):
        shop.ask(Kind.ACCESS, bad)
    with shop.workspace.state.connect() as connection:
        assert requests(connection) == []


@pytest.mark.parametrize("bad", ["nobody", "a@b.example\r\nBcc: x@y.example"])
def test_a_reply_address_that_is_none_files_nothing(shop: Shop, bad: str) -> None:
    with pytest.raises(BadRequest):
        shop.ask(Kind.ACCESS, reply_to=bad)


def test_clocks_of_the_law_and_of_the_promise(shop: Shop) -> None:
    shop.now = datetime(2025, 3, 3, 9, 0, tzinfo=UTC)
    access = shop.ask(
        Kind.ACCESS, "K-1", identity_kind="customer-number", channel="letter", proof="signature"
    ).request
    erasure = shop.ask(
        Kind.ERASURE, "K-1", identity_kind="customer-number", channel="letter", proof="signature"
    ).request
    assert access.due.date().isoformat() == "2025-03-17"
    assert erasure.due.date().isoformat() == "2025-04-03"
    until = extend(shop.workspace.context, erasure.id, "viele Systeme", "Dora", shop.now).due
    assert until.date().isoformat() == "2025-06-03"
    with pytest.raises(BadDecision, match="once"):
        extend(shop.workspace.context, erasure.id, "noch mehr", "Dora", shop.now)
    with pytest.raises(BadDecision, match="month"):
        extend(shop.workspace.context, access.id, "zu spät", "Dora", datetime(2025, 4, 4, 1, 0, tzinfo=UTC))
    with pytest.raises(BadDecision, match="reason"):
        extend(shop.workspace.context, access.id, " ", "Dora", shop.now)


def test_reminder_escalation_and_lateness_are_never_silent(shop: Shop) -> None:
    shop.do("INSERT INTO advice VALUES (1, 'ada@mail.example', 'vertraulich')")
    request = shop.confirmed(Kind.ACCESS)
    keeper, context = RightsKeeper(), shop.workspace.context
    promise = next(one for one in keeper.promises(context.declaration) if one.id == "rights/access")
    assert keeper.prove(context, promise, shop.now).state == "due"
    shop.work(timedelta(days=10))
    assert "fällig" in str(shop.mails("dpo@kiesel.example")[-1]["Subject"])
    shop.work(timedelta(days=4))
    shop.work(timedelta(days=1))
    subjects = [str(mail["Subject"]) for mail in shop.mails("dpo@kiesel.example")]
    assert any(one.startswith("Dringend") for one in subjects)
    assert any(one.startswith("Überfällig") for one in subjects)
    proof = keeper.prove(context, promise, shop.now)
    assert (proof.state, proof.count) == ("broken", 1)
    decide(context, request.id, Decision("refuse", "not-identified", "Kein Nachweis."), "Dora", shop.now)
    shop.work()
    assert keeper.prove(context, promise, shop.now).state == "broken"


def test_confirming_receipt_stops_no_clock(shop: Shop) -> None:
    request = shop.confirmed(Kind.ERASURE)
    acknowledge(shop.workspace.context, request.id, "Rückfrage im Lager", "Dora", shop.now)
    shop.work()
    assert shop.get(request).due == request.due
    assert "Rückfrage im Lager" in shop.letter(ADA, "Eingang")


def test_the_register_forgets_in_time(shop: Shop) -> None:
    request = shop.confirmed(Kind.ACCESS)
    closed = shop.get(request).closed_at
    assert closed is not None
    with shop.workspace.state.begin() as connection:
        assert expire_requests(connection, closed + KEEP_IDENTITY) == (0, 0)
        assert expire_requests(connection, closed + KEEP_IDENTITY + timedelta(days=1)) == (1, 0)
    one = shop.get(request)
    assert (one.identity, one.reply_to, one.details) == (None, None, None)
    with shop.workspace.state.begin() as connection:
        assert expire_requests(connection, closed + KEEP_ROW + timedelta(days=1)) == (0, 1)


@pytest.mark.parametrize("forgotten", [False, True])
def test_after_a_restored_backup_nobody_erased_is_found_again(
    shop: Shop, sqlite_url: str, forgotten: bool
) -> None:
    path = sqlite_url.removeprefix("sqlite:///")
    with shop.engine.connect() as connection:
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    backup, made = f"{path}.backup", shop.now
    shutil.copy(path, backup)
    request = shop.confirmed(Kind.ERASURE)
    decide(shop.workspace.context, request.id, Decision("grant"), "Dora", shop.now)
    shop.work()
    assert shop.count("customer", "id = 1") == 0
    if forgotten:
        with shop.workspace.state.begin() as connection:
            expire_requests(connection, shop.now + KEEP_IDENTITY + timedelta(days=1))

    shop.engine.dispose()
    restore(shop, backup)
    assert shop.count("customer", "id = 1") == 1

    outcomes = replay(shop.workspace.context, shop.now, made)

    assert sum(one.hit for one in outcomes) >= 2
    assert shop.count("customer", "id = 1") == 0
    assert shop.count("newsletter", "email = 'ada@mail.example'") == 0
    assert shop.count("customer", "id = 2") == 1
    assert sum(one.hit for one in replay(shop.workspace.context, shop.now, made)) <= sum(
        one.hit for one in outcomes
    )
    assert shop.count("customer") == 1
    assert replay(shop.workspace.context, shop.now, shop.now + timedelta(days=1)) == []


def restore(shop: Shop, backup: str) -> None:
    """Bring the backup's bytes back into the live file, as SQLite's own backup does."""
    target = shop.engine.url.database
    assert target is not None
    source, live = sqlite3.connect(backup), sqlite3.connect(target)
    source.backup(live)
    source.close()
    live.close()


def test_nothing_that_is_recorded_names_a_person(shop: Shop, canaries: Canaries) -> None:
    shop.do(
        f"INSERT INTO customer VALUES (7, '{canaries.email}', 'K-7', '{canaries.name}', '')",
    )
    request = shop.confirmed(Kind.ERASURE, canaries.email, details={"text": canaries.street})
    decide(shop.workspace.context, request.id, Decision("grant"), "Dora", shop.now)
    shop.work()
    shop.work(timedelta(days=40))
    with shop.workspace.state.begin() as connection:
        expire_requests(connection, shop.now + KEEP_IDENTITY + timedelta(days=400))
        for table in ("ledger_entry", "agenda_item", "request", "request_outcome"):
            rows = str(connection.execute(text(f"SELECT * FROM {table}")).all())
            for value in (canaries.email, canaries.name, canaries.street):
                assert value not in rows, table
