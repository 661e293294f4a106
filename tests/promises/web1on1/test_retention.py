"""The messaging platform: tenants choose the period; demos, enquiries and applications have theirs."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from tests.promises.scenario import Scenario


def tenant(platform: Scenario, number: int, months: int | None, ended: str | None = None) -> int:
    """A tenant with one contact and one conversation."""
    platform.put("service", "tenant", id=number, name=f"Autohaus {number}", retention_months=months, contract_ended_at=ended)  # fmt: skip
    platform.put(
        "service", "contact", id=number, tenant_id=number, name="Kim", email=f"kim{number}@example.net"
    )
    platform.put("service", "conversation", id=number, contact_id=number, topic="Reifen")
    return number


def message(platform: Scenario, number: int, of: int, sent: str) -> int:
    """A message with a file and an index entry."""
    platform.put("service", "message", id=number, conversation_id=of, body="hallo", sent_at=sent)
    platform.file(f"files/messages/{number}.jpg")
    platform.put("service", "message_file", id=number, message_id=number, path=f"messages/{number}.jpg")
    platform.put("service", "message_index", id=number, message_id=number, term="Reifen")
    return number


def left_of_message(platform: Scenario, number: int) -> bool:
    """Whether a message is left: all or nothing."""
    parts = [
        bool(platform.there("service", table, number))
        for table in ("message", "message_file", "message_index")
    ]
    parts.append((platform.folder / f"files/messages/{number}.jpg").exists())
    assert len(set(parts)) == 1, parts
    return parts[0]


@pytest.mark.promise("web1on1-013")
def test_each_tenant_decides_how_long(messaging: Scenario) -> None:
    twelve, twenty_four = tenant(messaging, 91, 12), tenant(messaging, 92, 24)
    old = message(messaging, 9001, twelve, "2024-02-28T10:00")
    fresh = message(messaging, 9002, twelve, "2024-09-02T10:00")
    same_age = message(messaging, 9003, twenty_four, "2024-02-28T10:00")
    messaging.sweep("2025-03-01T03:00")
    assert [left_of_message(messaging, one) for one in (old, fresh, same_age)] == [False, True, True]
    with pytest.raises(IntegrityError):
        tenant(messaging, 93, None)
    messaging.change(
        "service", "UPDATE tenant SET contract_ended_at = '2025-04-01 10:00:00.000000' WHERE id = 92"
    )
    messaging.sweep("2025-04-02T03:00")
    assert not left_of_message(messaging, same_age)
    assert messaging.there("service", "contact", 91, 92) == [91]
    assert left_of_message(messaging, fresh)


@pytest.mark.promise("web1on1-023")
def test_demo_data_go_after_the_follow_up(messaging: Scenario) -> None:
    messaging.put("office", "demo", id=9001, name="Clara", email="clara@example.net", requested_at="2025-03-01", held_at="2025-03-10T10:00")  # fmt: skip
    messaging.put("office", "demo", id=9002, name="Otto", email="otto@example.net", requested_at="2025-03-01", held_at="2025-03-10T10:00", contract_at="2025-04-01")  # fmt: skip
    messaging.sweep("2025-06-08T03:00")
    assert messaging.there("office", "demo", 9001, 9002) == [9001, 9002]
    messaging.sweep("2025-06-10T03:00")
    assert messaging.there("office", "demo", 9001, 9002) == [9002], "a contract followed: the record moves on"
    assert messaging.count("office", "subscriber", "email = 'clara@example.net'") == 0
    answer = messaging.zusage("2025-03-11", "disclose", "support-tools", "--activity", "demo", "--purpose", "news", "--check", "--json")  # fmt: skip
    assert "purpose" in [one["code"] for one in answer.json["obstacles"]], "a newsletter is another purpose"


@pytest.mark.promise("web1on1-026")
def test_a_closed_enquiry_is_only_counted_after_a_year(messaging: Scenario) -> None:
    messaging.put("office", "enquiry", id=9001, name="Ben", email="ben@example.net", phone="+49 1", body="Preis?", topic="Preise", closed_at="2025-03-06T10:00")  # fmt: skip
    messaging.sweep("2025-09-01T03:00")
    assert messaging.count("office", "enquiry", "id = 9001 AND name = 'Ben'") == 1, "the agent still sees it"
    messaging.sweep("2026-03-07T03:00")
    nameless = (
        "id = 9001 AND name IS NULL AND email IS NULL AND phone IS NULL AND body IS NULL AND topic = 'Preise'"
    )
    assert messaging.count("office", "enquiry", nameless) == 1
    declaration = messaging.folder / "declaration.yaml"
    said = declaration.read_text(encoding="utf-8")
    declaration.write_text(said.replace("keep: P12M, then: anonymise, recipe: count-only", "then: anonymise, recipe: count-only"), encoding="utf-8")  # fmt: skip
    refused = messaging.zusage("2026-03-07", "sweep", "--json")
    assert refused.code == 2, "without a period the case type cannot be used"
    assert "keep" in refused.err


@pytest.mark.promise("web1on1-031")
def test_applications_go_unless_the_pool_was_agreed_to(messaging: Scenario) -> None:
    for number, agreed in ((9001, None), (9002, "2025-04-01T10:00")):
        messaging.put("office", "applicant", id=number, name="Clara", email=f"c{number}@example.net", rejected_at="2025-04-01T10:00", pool_agreed_at=agreed)  # fmt: skip
        messaging.put("office", "paper", id=number, applicant_id=number, path=f"applications/{number}.pdf")
    messaging.sweep("2025-09-30T03:00")
    assert messaging.there("office", "applicant", 9001, 9002) == [9001, 9002]
    messaging.sweep("2025-10-02T03:00")
    assert messaging.there("office", "applicant", 9001, 9002) == [9002]
    assert messaging.there("office", "paper", 9001, 9002) == [9002]
    messaging.sweep("2026-04-01T03:00")
    assert messaging.there("office", "applicant", 9002) == [9002]
    messaging.sweep("2026-04-02T03:00")
    assert messaging.there("office", "applicant", 9002) == []


@pytest.mark.promise("web1on1-031")
def test_a_renewed_agreement_begins_anew(messaging: Scenario) -> None:
    messaging.put("office", "applicant", id=9001, name="Clara", email="c@example.net", rejected_at="2025-04-01T10:00", pool_agreed_at="2025-04-01T10:00")  # fmt: skip
    messaging.change(
        "office", "UPDATE applicant SET pool_agreed_at = '2026-03-20 10:00:00.000000' WHERE id = 9001"
    )
    messaging.sweep("2026-04-02T03:00")
    assert messaging.there("office", "applicant", 9001) == [9001]
