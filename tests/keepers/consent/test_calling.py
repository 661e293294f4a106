"""Consents to advertising calls: each call is on record, and the proof is kept five years from the last (§ 7a UWG)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.keepers.consent.conftest import ADA, BEN, Publisher
from zusage.cli.main import run
from zusage.keepers.consent.evidencing import evidence_of
from zusage.registers.consents import person_of


def ask(publisher: Publisher, do: str, address: str, status: int = 200, **more: Any) -> Any:
    return publisher.api(
        "subjects/consents", {"do": do, "subject": {"kind": "email", "value": address}} | more, status
    )


def proofs(publisher: Publisher, address: str) -> list[str]:
    context = publisher.workspace.context
    found = evidence_of(context, person_of(context.keys, "email", address))
    assert all(one.membership is not None and one.membership.holds for one in found)
    return [one.type for one in found]


def test_each_call_renews_how_long_the_proof_is_kept(publisher: Publisher) -> None:
    """c-38."""
    for address in (ADA, BEN):
        ask(publisher, "give", address, answers={"ringing": True}, way="voice")
    given = ask(publisher, "show", ADA)["ringing"]
    publisher.at("2025-06-01T09:00")
    assert ask(publisher, "call", ADA, purposes=["ringing"])["ringing"] == given, (
        "the consent stands as before"
    )
    assert run(["consent", "call", "-w", str(publisher.workspace.folder), ADA, "ringing"]) == 0
    publisher.at("2025-06-02T09:00")
    for address in (ADA, BEN):
        ask(publisher, "withdraw", address, purposes=["ringing"])
    # Ben was never called: his proof could go five years after his consent, Ada's five years after her last call
    publisher.at("2030-02-28T09:00")
    publisher.sweep()
    assert proofs(publisher, BEN) == ["consent", "withdrawal"]
    publisher.at("2030-03-02T09:00")
    publisher.sweep()
    assert proofs(publisher, BEN) == []
    publisher.at("2030-05-31T09:00")
    publisher.sweep()
    assert proofs(publisher, ADA) == ["consent", "use", "use", "withdrawal"]
    publisher.at("2030-06-02T09:00")
    publisher.sweep()
    assert proofs(publisher, ADA) == []


def test_without_a_consent_that_stands_nobody_may_call(publisher: Publisher) -> None:
    assert "no consent" in ask(publisher, "call", ADA, 422, purposes=["ringing"])["detail"]
    ask(publisher, "give", ADA, answers={"ringing": True})
    publisher.at("2025-03-02T09:00")
    ask(publisher, "withdraw", ADA, purposes=["ringing"])
    publisher.at("2025-03-03T09:00")
    assert "withdrawn" in ask(publisher, "call", ADA, 422, purposes=["ringing"])["detail"]
    assert proofs(publisher, ADA) == ["consent", "withdrawal"], "no call is on record"


@pytest.mark.parametrize("purpose", ["newsletter", "nothing"])
def test_other_consents_permit_no_call(publisher: Publisher, purpose: str) -> None:
    ask(publisher, "call", ADA, 422, purposes=[purpose])
