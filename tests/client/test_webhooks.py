"""Webhooks as a recipient reads them: signed, dated, and done once."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from zusage_client.webhooks import Forged, Webhooks, sign_webhook

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
BODY = json.dumps(
    {"subject_request_id": "r1", "recipient": "mailer", "subject_request_type": "erasure"}
).encode()


def signed(body: bytes = BODY, at: datetime = NOW, secret: bytes = b"s3cret") -> dict[str, str]:
    """Headers as they come."""
    return {"Zusage-Signature": sign_webhook(secret, body, at)}


def test_an_act_told_twice_is_done_once() -> None:
    webhooks = Webhooks("s3cret")
    first = webhooks.read(signed(), BODY, NOW)
    retried = webhooks.read(signed(at=NOW + timedelta(hours=1)), BODY, NOW + timedelta(hours=1))
    assert (first.again, retried.again) == (False, True)
    assert first.key == retried.key == "r1.mailer"
    webhooks.forget(retried)
    assert not webhooks.read(signed(), BODY, NOW).again, "what failed is done when it is told once more"


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, BODY),
        ({"Zusage-Signature": "sha256=00"}, BODY),
        ({"Zusage-Signature": "t=x,sha256=00"}, BODY),
        ({"Zusage-Signature": "t=1²,sha256=00"}, BODY),
        (signed(secret=b"other"), BODY),
        (signed(), BODY.replace(b"erasure", b"objection")),
        (signed(at=NOW - timedelta(minutes=6)), BODY),
        (signed(at=NOW + timedelta(minutes=6)), BODY),
        (signed(b"[]"), b"[]"),
        (signed(b"x"), b"x"),
    ],
)  # fmt: skip
def test_nothing_forged_changed_or_replayed_later_is_read(headers: dict[str, str], body: bytes) -> None:
    with pytest.raises(Forged):
        Webhooks("s3cret").read(headers, body, NOW)


def test_a_signature_is_good_for_its_own_time_only() -> None:
    later = signed()["Zusage-Signature"].replace(str(int(NOW.timestamp())), str(int(NOW.timestamp()) + 3600))
    with pytest.raises(Forged, match="signature"):
        Webhooks("s3cret").read({"Zusage-Signature": later}, BODY, NOW + timedelta(hours=1))
