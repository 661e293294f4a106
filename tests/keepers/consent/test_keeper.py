"""The keeper: what a declaration promises about consent, what ends when, what is proven by looking again."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

import pytest
from fastapi.testclient import TestClient

from tests.keepers.consent.conftest import ADA, BEN, Publisher
from zusage.decisions import Question
from zusage.keepers.consent import service
from zusage.keepers.consent.banner import spec_from
from zusage.keepers.consent.evidencing import evidence, evidence_of
from zusage.keepers.consent.keeper import ConsentKeeper
from zusage.keepers.consent.rules import ConsentRule
from zusage.keepers.consent.service import Given, NoConsent, keep_templates
from zusage.ledger.merkle import included
from zusage.promises import ProofState
from zusage.registers.asks import ASKS
from zusage.registers.consents import EVENTS, TEXTS, Event, Way, milliseconds, new_event, person_of
from zusage.registers.mailings import RECIPIENTS
from zusage.registers.scans import Scan, file_scan
from zusage.server.app import create_app
from zusage.workspace import open_workspace


def proof(publisher: Publisher, id: str) -> ProofState:
    context, keeper = publisher.workspace.context, ConsentKeeper()
    promise = next(one for one in keeper.promises(context.declaration) if one.id == id)
    return keeper.prove(context, promise, publisher.now).state


def give(publisher: Publisher, address: str, *names: str, until: datetime | None = None) -> Event:
    given = Given("email", address, dict.fromkeys(names, True), Way.PAPER, "de", 30, until)
    return service.give(publisher.workspace.context, given, publisher.now)


def withdraw(publisher: Publisher, address: str, *names: str) -> None:
    service.withdraw(publisher.workspace.context, "email", address, names, "de", publisher.now)


def stored(publisher: Publisher) -> int:
    with publisher.workspace.state.connect() as connection:
        return len(connection.execute(EVENTS.select()).all())


def test_proofs_end_three_years_after_the_consent(publisher: Publisher) -> None:
    give(publisher, ADA, "calls")
    give(publisher, BEN, "calls")
    publisher.at("2026-03-01T09:00")
    withdraw(publisher, ADA, "calls")
    publisher.at("2029-03-01T22:00")
    publisher.sweep()
    assert stored(publisher) == 3
    assert proof(publisher, "consent/expiry") is ProofState.KEPT
    publisher.at("2029-03-01T23:30")
    assert proof(publisher, "consent/expiry") is ProofState.DUE
    publisher.at("2029-03-04T00:00")
    assert proof(publisher, "consent/expiry") is ProofState.BROKEN
    publisher.sweep()
    assert stored(publisher) == 1, "Ben's consent stands, and its proof with it"
    assert proof(publisher, "consent/expiry") is ProofState.KEPT
    assert publisher.may("calls", BEN)["allowed"]


def test_an_address_that_waits_too_long_breaks_the_promise(publisher: Publisher) -> None:
    id = "consent/unconfirmed/newsletter"
    publisher.subscribe(ADA)
    assert proof(publisher, id) is ProofState.KEPT
    publisher.at("2025-03-09T01:00")
    assert proof(publisher, id) is ProofState.DUE
    publisher.at("2025-03-11T01:00")
    assert proof(publisher, id) is ProofState.BROKEN
    publisher.sweep()
    assert proof(publisher, id) is ProofState.KEPT


def test_changed_words_break_the_promise(publisher: Publisher) -> None:
    give(publisher, ADA, "calls")
    assert proof(publisher, "consent/words") is ProofState.KEPT
    with publisher.workspace.state.begin() as connection:
        connection.execute(TEXTS.update().values(content=TEXTS.c.content + b"!"))
    assert proof(publisher, "consent/words") is ProofState.BROKEN


def test_each_event_is_proven_by_itself(publisher: Publisher) -> None:
    context = publisher.workspace.context
    event = give(publisher, ADA, "calls")
    found = evidence(context, event.id)
    assert found is not None
    member = found.membership
    assert member is not None
    assert member.holds
    assert included(member.commitment, member.index, member.size, member.path, member.root)
    shown = found.as_json()
    # whoever is shown the proof can make the commitment of what it says
    said = bytes.fromhex(shown["ledger"]["salt"]) + bytes.fromhex(shown["id"])
    said += milliseconds(event.at).to_bytes(8, "big") + (event.person or b"") + event.text + b"calls"
    said += event.way.to_bytes(2, "big")
    assert sha256(said).hexdigest() == shown["ledger"]["commitment"]
    assert (shown["type"], shown["way"], shown["language"], shown["notice_version"]) == (
        "consent",
        "paper",
        "de",
        "7",
    )
    assert "Rufen Sie mich an." in shown["words"]
    assert evidence(context, b"\0" * 16) is None
    with publisher.workspace.state.begin() as connection:
        connection.execute(EVENTS.update().values(answers="-calls"))
    changed = evidence(context, event.id)
    assert changed is not None
    assert changed.membership is not None
    assert not changed.membership.holds, "a changed event is not in the ledger's group"


def test_a_withdrawal_keeps_what_was_lawful_before(publisher: Publisher) -> None:
    give(publisher, ADA, "calls")
    publisher.at("2025-07-05T12:00")
    withdraw(publisher, ADA, "calls")
    context = publisher.workspace.context
    person = person_of(context.keys, "email", ADA)
    assert [one.type for one in evidence_of(context, person)] == ["consent", "withdrawal"]
    before = service.state_of(context, "email", ADA, datetime.fromisoformat("2025-07-04T00:00:00+00:00"))
    assert before["calls"].agreed
    assert not publisher.may("calls", ADA)["allowed"]


def test_the_person_chooses_the_end(publisher: Publisher) -> None:
    with pytest.raises(NoConsent, match="until"):
        give(publisher, ADA, "pool")
    give(publisher, ADA, "pool", until=datetime.fromisoformat("2025-09-01T00:00:00+00:00"))
    give(publisher, BEN, "pool", until=datetime.fromisoformat("2035-01-01T00:00:00+00:00"))
    publisher.at("2025-08-31T12:00")
    assert publisher.may("pool", ADA)["allowed"]
    publisher.at("2025-09-01T00:00")
    assert publisher.may("pool", ADA)["code"] == "expired"
    assert publisher.may("pool", BEN)["allowed"]
    publisher.at("2027-03-02T00:00")
    assert publisher.may("pool", BEN)["code"] == "expired", "no longer than the words say"


def test_without_an_age_nobody_agrees_to_what_needs_one(publisher: Publisher) -> None:
    context = publisher.workspace.context
    for age in (None, 15):
        given = Given("email", ADA, {"club": True}, Way.PAPER, "de", age)
        with pytest.raises(NoConsent, match="age"):
            service.give(context, given, publisher.now)
    assert stored(publisher) == 0
    service.give(context, Given("email", ADA, {"club": True}, Way.PARENT, "de", 15), publisher.now)
    assert publisher.may("club", ADA)["allowed"]


def test_a_scan_proves_or_breaks_what_is_promised_about_browsers(board: Publisher) -> None:
    item, service_, purpose = "consent/item/visits", "consent/service/stats", "consent/purpose/statistics"
    assert [proof(board, id) for id in (item, service_, purpose)] == [ProofState.UNBOUND] * 3

    def scanned(*findings: tuple[str, str, str]) -> None:
        with board.workspace.state.begin() as connection:
            file_scan(connection, Scan(board.now, "nord.example", ("before", "accept"), findings))

    scanned(("site/declared-never-seen", "note", "browser.items.visits"))
    assert [proof(board, id) for id in (item, service_, purpose)] == [ProofState.KEPT] * 3
    board.at("2025-03-02T09:00")
    scanned(("site/before-consent", "error", "before/cookie/_visits_17"))
    assert [proof(board, id) for id in (item, service_, purpose)] == [
        ProofState.BROKEN,
        ProofState.KEPT,
        ProofState.BROKEN,
    ]
    board.at("2025-03-03T09:00")
    scanned(("site/before-consent", "error", "reject/request/stats.example"))
    assert proof(board, item) is ProofState.KEPT
    assert proof(board, service_) is ProofState.BROKEN
    board.at("2025-07-01T09:00")
    assert proof(board, item) is ProofState.UNBOUND, "an old scan says nothing about the site of today"


def redeclare(publisher: Publisher, before: str, after: str) -> ConsentRule:
    """Publish another wording; what decides then."""
    path = publisher.workspace.folder / "declaration.yaml"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")
    return ConsentRule(open_workspace(publisher.workspace.folder).context)


def code(rule: ConsentRule, publisher: Publisher, question: Question) -> str:
    with publisher.workspace.state.connect() as connection:
        answer = rule(question, connection, publisher.now)
    assert answer is not None
    return answer.code


def test_other_words_are_not_covered_by_an_earlier_yes(publisher: Publisher) -> None:
    give(publisher, ADA, "calls")
    give(publisher, ADA, "pool", until=datetime.fromisoformat("2026-01-01T00:00:00+00:00"))
    rule = redeclare(publisher, "Rufen Sie mich an.", "Rufen Sie mich an und schreiben Sie mir.")
    ada = ("email", ADA)
    assert code(rule, publisher, Question("calls", subject=ada)) == "outdated"
    assert code(rule, publisher, Question("pool", subject=ada)) == "consent", "its words did not change"
    context = rule.context
    publisher.at("2025-03-02T09:00")
    service.give(context, Given("email", ADA, {"calls": True}, Way.PAPER, "de"), publisher.now)
    assert code(rule, publisher, Question("calls", subject=ada)) == "consent", "after a new act"
    person = person_of(context.keys, "email", ADA)
    assert [one.type for one in evidence_of(context, person)] == ["consent"] * 3, "what was there stays"


def test_a_service_that_came_later_is_not_in_what_was_agreed_to(board: Publisher) -> None:
    context, browser = board.workspace.context, b"\xab" * 16
    spec = spec_from(context.declaration)
    with context.state.begin() as connection:
        keep_templates(connection, spec, board.now)
        shown = bytes.fromhex(spec.template_hash("de"))
        event = new_event(browser, {"statistics": True}, shown, Way.ACCEPT_ALL, board.now)
        service.record_group(context, connection, [event], board.now)
    rule = redeclare(
        board,
        "    stats: {",
        "    later: {recipient: akademie, hosts: [later.example], consent: statistics}\n    stats: {",
    )
    assert code(rule, board, Question("stats", browser=browser.hex())) == "consent"
    assert code(rule, board, Question("later", browser=browser.hex())) == "outdated"
    assert code(rule, board, Question("stats", browser="00" * 16)) == "no-consent"
    board.at("2025-09-02T00:00")
    assert code(rule, board, Question("stats", browser=browser.hex())) == "expired", (
        "with the choice's cookie"
    )


def test_the_banner_asks_for_the_age_where_one_is_needed(board: Publisher) -> None:
    words = board.client.get("/settings").text
    assert "Ich bin mindestens" not in words
    rule = redeclare(board, "category: statistics}", "category: statistics, minimum_age: 18}")
    spec = spec_from(rule.context.declaration)
    assert spec.purposes[0].text.says("de") == "Wir zählen. Ich bin mindestens 18 Jahre alt."
    with TestClient(create_app(open_workspace(board.workspace.folder))) as client:
        assert "Wir zählen. Ich bin mindestens 18 Jahre alt." in client.get("/settings?lang=de").text


def test_all_of_it_on_postgresql(elsewhere: Publisher) -> None:
    elsewhere.subscribe(ADA)
    elsewhere.subscribe(BEN, tracking=True)
    elsewhere.confirm(ADA)
    said = elsewhere.mailing(ADA, BEN)
    assert [one["code"] for one in said["recipients"]] == ["consent", "unconfirmed"]
    assert elsewhere.client.post(elsewhere.link(elsewhere.mails(ADA)[-1], "unsubscribe")).status_code == 200
    elsewhere.at("2025-03-09T00:00")
    elsewhere.sweep()
    promises = list(ConsentKeeper().promises(elsewhere.workspace.declaration))
    assert promises
    unseen = {
        "consent/purpose/calls",
        "consent/purpose/pool",
        "consent/purpose/ringing",
        "consent/purpose/intranet-photo",
    }
    states = {promise.id: proof(elsewhere, promise.id) for promise in promises}
    assert {id for id, state in states.items() if state is ProofState.UNBOUND} == unseen, (
        "nobody can see phone calls"
    )
    assert set(states.values()) == {ProofState.KEPT, ProofState.UNBOUND}
    with elsewhere.workspace.state.connect() as connection:
        assert connection.execute(ASKS.select().where(ASKS.c.asked.is_not(None))).first() is None
    elsewhere.at("2028-03-03T00:00")
    elsewhere.sweep()
    assert stored(elsewhere) == 0


def test_a_mail_without_its_ground_breaks_the_promise(publisher: Publisher) -> None:
    publisher.subscribe(ADA)
    publisher.confirm(ADA)
    made = publisher.mailing(ADA)
    assert proof(publisher, "consent/purpose/newsletter") is ProofState.KEPT
    with publisher.workspace.state.begin() as connection:
        connection.execute(
            RECIPIENTS.update().where(RECIPIENTS.c.mailing == made["mailing"]).values(event=None)
        )
    assert proof(publisher, "consent/purpose/newsletter") is ProofState.BROKEN
