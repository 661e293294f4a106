"""1malx: nobody's résumé goes for inactivity without a mail that arrived; a login afterwards keeps it."""

from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage

import pytest

from tests.promises.scenario import Scenario

DPO = "dsb@stellenwald.example"


def person(board: Scenario, number: int, name: str) -> None:
    board.put(
        "board",
        "account",
        id=number,
        email=f"{name}@alt.example",
        first_name=name,
        last_login_at="2023-03-01T10:00",
        active=True,
    )
    board.put("board", "resume", id=number, account_id=number, title=f"CV {name}", visibility="private")


def bounce(board: Scenario, to: str) -> bytes:
    """A delivery status notification for the mail that went to an address."""
    for path in (board.folder / "mail" / "new").iterdir():
        sent = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        if to in str(sent["To"]):
            break
    else:
        raise AssertionError(f"no mail to {to}")
    report = EmailMessage()
    report["From"], report["To"], report["Subject"] = (
        "mailer-daemon@mx.example",
        "datenschutz@stellenwald.example",
        "Undelivered",
    )
    report.set_content("could not be delivered")
    report.make_mixed()
    report.replace_header("Content-Type", "multipart/report; report-type=delivery-status")
    status = EmailMessage()
    status["Content-Type"] = "message/delivery-status"
    status.set_payload(
        f"Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; {to}\nAction: failed\nStatus: 5.1.1\n"
    )
    headers = EmailMessage()
    headers["Content-Type"] = "text/rfc822-headers"
    headers.set_payload(f"Message-ID: {sent['Message-ID']}\n")
    boundary = "=-bounce"
    raw = (
        f"From: mailer-daemon@mx.example\nTo: datenschutz@stellenwald.example\nSubject: Undelivered\nMIME-Version: 1.0\n"
        f'Content-Type: multipart/report; report-type=delivery-status; boundary="{boundary}"\n\n'
        f"--{boundary}\nContent-Type: text/plain\n\ncould not be delivered\n"
        f"--{boundary}\nContent-Type: message/delivery-status\n\n{status.get_payload()}\n"
        f"--{boundary}\nContent-Type: text/rfc822-headers\n\n{headers.get_payload()}\n--{boundary}--\n"
    )
    return raw.encode()


@pytest.mark.promise("1malx-093")
def test_no_resume_goes_without_a_mail_that_arrived_and_a_login_keeps_it(jobboard: Scenario) -> None:
    for number, name in ((9001, "anna"), (9002, "berta"), (9003, "cora")):
        person(jobboard, number, name)
    jobboard.sweep("2025-02-14T03:00")
    jobboard.sweep("2025-02-15T03:00")
    for minute in ("00", "05", "10"):
        jobboard.zusage(f"2025-02-15T04:{minute}", "worker", "--once")
    for name in ("anna", "berta", "cora"):
        assert [one for one in jobboard.mails() if f"{name}@alt.example" in one], (
            "a mail with the set lead time"
        )
    jobboard.sweep("2025-02-16T03:00")
    place = jobboard.file("bounce.eml", "")
    place.write_bytes(bounce(jobboard, "berta@alt.example"))
    said = jobboard.zusage("2025-02-17", "request", "receive", str(place), "--json")
    assert said.json[0]["what"] == "bounce"
    jobboard.change(
        "board", "UPDATE account SET last_login_at = '2025-02-20 10:00:00.000000' WHERE id = 9003"
    )
    jobboard.sweep("2025-02-18T03:00")
    for minute in ("00", "05"):
        jobboard.zusage(f"2025-02-18T04:{minute}", "worker", "--once")
    assert any(DPO in one and "aufgeschoben" in email.message_from_string(one, policy=email.policy.default)["Subject"]
               for one in jobboard.mails() if DPO in one), "a person is told"  # fmt: skip
    jobboard.sweep("2025-03-03T03:00")
    jobboard.sweep("2025-03-20T03:00")
    assert jobboard.there("board", "resume", 9001) == [], "told in time, erased in time"
    assert jobboard.there("board", "resume", 9002) == [9002], "a mail that came back told nobody: put off"
    assert jobboard.there("board", "resume", 9003) == [9003], "a login after the mail cancels the erasure"
