"""The IT provider: erasure on demand meets duties and claims; a refusal names a ground of the law."""

from __future__ import annotations

import pytest

from tests.promises.scenario import PERSON, Scenario


def mail(service: Scenario, number: int, kind: str, body: str) -> int:
    """A mail thread of Jan Muster with one mail."""
    service.put("office", "thread", id=number, subject="Auftrag", correspondent="jan@example.net", **{"class": kind}, sent_at="2026-03-02", last_message_at="2026-03-02")  # fmt: skip
    service.put(
        "office", "mail", id=number, thread_id=number, sender="jan@example.net", recipient="b", body=body
    )
    return number


@pytest.mark.promise("fluxpunkt-048")
def test_an_erasure_is_refused_on_a_listed_ground_only(itservice: Scenario) -> None:
    mail(itservice, 9001, "none", "Beweis")
    reference = itservice.ask("2026-05-05", "erasure", "jan@example.net")
    refuse = ["request", "decide", reference, "refuse", "--by", PERSON]
    assert itservice.zusage("2026-05-05", *refuse, "--text", "kein Interesse").code == 2
    assert itservice.zusage("2026-05-05", *refuse, "--ground", "kein Interesse").code == 2
    assert itservice.request("2026-05-05", reference)["state"] == "awaiting-decision"
    assert (
        itservice.zusage(
            "2026-05-05",
            *refuse,
            "--ground",
            "legal-claims",
            "--text",
            "Die E-Mail ist Beweis im Anspruch R-2.",
        ).code
        == 0
    )
    assert itservice.grant("2026-05-06", reference)["state"] == "refused"
    written = itservice.folder / "answer.txt"
    assert itservice.zusage("2026-05-06", "request", "answer", reference, "--to", str(written)).code == 0
    letter = written.read_text(encoding="utf-8")
    assert "Art. 17" in letter
    assert "Baden-Württemberg" in letter, "the right to complain, with the authority"
    assert itservice.there("office", "thread", 9001) == [9001]


@pytest.mark.promise("fluxpunkt-166")
def test_what_hangs_on_a_document_under_a_duty_is_blocked_and_the_rest_erased(itservice: Scenario) -> None:
    order, remark = mail(itservice, 9001, "letter", "Bestellung"), mail(itservice, 9002, "none", "Bemerkung")
    itservice.sweep("2026-03-10T03:00")
    reference = itservice.ask("2026-05-05", "erasure", "jan@example.net")
    done = itservice.grant("2026-05-05", reference)
    assert done["state"] == "answered", done
    assert itservice.there("office", "thread", order, remark) == [], (
        "the order is out of sight, the remark is gone"
    )
    assert itservice.count("office", "mail", "body = 'Bemerkung'") == 0
    blocked = itservice.blocked("2026-05-06", "jan@example.net")
    rows = [row for one in blocked for row in one["rows"] if one["table"] == "restricted.thread"]
    assert [row["correspondent"] for row in rows] == ["jan@example.net"]
    kept = [one for one in done["outcomes"] if one["target"].endswith("thread") and one["until"]]
    assert [one["until"][:10] for one in kept] in (["2032-12-31"], ["2033-01-01"]), done["outcomes"]
    itservice.sweep("2033-01-01T03:00")
    assert itservice.blocked("2033-01-01T04:00", "jan@example.net") == []
