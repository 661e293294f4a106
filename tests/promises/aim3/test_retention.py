"""The ad server: closed enquiries go, letters under a duty are blocked, accounts go without a new request."""

from __future__ import annotations

import pytest

from tests.promises.scenario import PERSON, Scenario


def enquiry(server: Scenario, number: int, email: str, closed: str | None, *kinds: str) -> int:
    """An enquiry with a mail for each kind, an attachment at the first, and an index entry."""
    server.put("platform", "enquiry", id=number, name="Mara", email=email, body="Frage", received_at="2026-03-02", closed_at=closed)  # fmt: skip
    for place, kind in enumerate(kinds):
        server.put("platform", "enquiry_mail", id=number * 10 + place, enquiry_id=number, sender=email, body=f"{kind} text", kind=kind, sent_at="2026-03-04")  # fmt: skip
    server.file(f"files/enquiries/{number}.pdf")
    server.put("platform", "enquiry_file", id=number, mail_id=number * 10, path=f"enquiries/{number}.pdf")
    server.put("platform", "enquiry_index", id=number, enquiry_id=number, term="Banner")
    return number


def left_of_enquiry(server: Scenario, number: int) -> list[str]:
    """Where an enquiry still is in the live tables and files."""
    left = ["enquiry"] * bool(server.there("platform", "enquiry", number))
    left += ["mail"] * len(server.there("platform", "enquiry_mail", number * 10, number * 10 + 1))
    left += ["index"] * bool(server.there("platform", "enquiry_index", number))
    left += ["file"] * (server.folder / f"files/enquiries/{number}.pdf").exists()
    return left


@pytest.mark.promise("aim3-028")
def test_a_closed_enquiry_is_gone_everywhere(adserver: Scenario) -> None:
    closed = enquiry(adserver, 9001, "mara@example.net", "2026-03-10T10:00", "mail", "mail")
    still_open = enquiry(adserver, 9002, "ben@example.net", None, "mail", "mail")
    adserver.put("platform", "enquiry_count", id=1, month="2026-03", enquiries=2)
    adserver.sweep("2026-03-10T03:00")
    assert len(left_of_enquiry(adserver, closed)) == 5
    adserver.sweep("2026-03-11T03:00")
    assert left_of_enquiry(adserver, closed) == []
    assert len(left_of_enquiry(adserver, still_open)) == 5
    assert adserver.count("platform", "enquiry_mail", "sender = 'mara@example.net'") == 0
    assert adserver.in_bytes("mara@example.net") == [], "gone means gone"
    assert adserver.count("platform", "enquiry_count") == 1, "a count without a name remains"


@pytest.mark.promise("aim3-029")
def test_a_letter_under_a_duty_is_blocked_and_goes_when_the_law_ends(adserver: Scenario) -> None:
    number = enquiry(adserver, 9003, "offer@example.net", "2026-03-10T10:00", "mail", "letter")
    adserver.sweep("2026-03-11T03:00")
    assert left_of_enquiry(adserver, number) == [], "normal search finds nothing"
    blocked = adserver.blocked("2026-03-11T09:00", "offer@example.net")
    assert [(one["table"], [row["body"] for row in one["rows"]]) for one in blocked] == [("restricted.enquiry_mail", ["letter text"])]  # fmt: skip
    without_reason = adserver.zusage("2026-03-11T09:05", "restricted", "offer@example.net", "--by", PERSON)
    assert without_reason.code == 2
    adserver.sweep("2032-12-31T12:00")
    assert adserver.blocked("2032-12-31T13:00", "offer@example.net")
    adserver.sweep("2033-01-01T03:00")
    assert adserver.blocked("2033-01-01T09:00", "offer@example.net") == []


@pytest.mark.promise("aim3-035")
def test_account_data_go_when_contract_and_law_end_without_a_new_request(adserver: Scenario) -> None:
    adserver.put("platform", "customer", id=9006, company="K-6", name="Kim", email="k6@example.net", contract_ended_at="2026-06-30T20:00")  # fmt: skip
    adserver.put("platform", "campaign", id=9006, customer_id=9006, title="Sommer")
    adserver.put("platform", "creative", id=9006, campaign_id=9006, path="creatives/9006.png")
    adserver.put("platform", "invoice", id=9006, customer_id=9006, number="W-6", recipient="Kim", address="Weg", cents=1, issued_at="2026-06-15")  # fmt: skip
    adserver.sweep("2026-06-30T12:00")
    assert adserver.there("platform", "campaign", 9006) == [9006]
    adserver.sweep("2026-07-01T03:00")
    assert adserver.there("platform", "campaign", 9006) == []
    assert adserver.there("platform", "creative", 9006) == []
    assert adserver.there("platform", "customer", 9006) == []
    assert adserver.there("platform", "invoice", 9006) == [9006]
    adserver.sweep("2034-12-31T12:00")
    assert adserver.there("platform", "invoice", 9006) == [9006]
    adserver.sweep("2035-01-01T03:00")
    assert adserver.there("platform", "invoice", 9006) == []
