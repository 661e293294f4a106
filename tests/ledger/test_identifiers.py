"""What the ledger refuses because it looks like personal data, and what it must not refuse."""

from __future__ import annotations

import secrets
import uuid
from datetime import UTC, datetime

import pytest

from tests.support.canaries import Canaries
from zusage.keys import in_letters
from zusage.ledger import LooksPersonal, commit, opens, refuse_personal

_PLANTED = Canaries()
#: all but the date of birth, which cannot be told from any other date
_TELLING = [value for value in _PLANTED.values() if value != _PLANTED.birthday]
#: what no sentence may hold either; words cannot be told from a name, which is why such keys are few and listed
_NUMBERS = [_PLANTED.email, _PLANTED.phone, _PLANTED.iban, _PLANTED.address]


@pytest.mark.parametrize(
    ("key", "value"),
    [("reason", value) for value in _TELLING] + [("law", value) for value in _NUMBERS],
    ids=lambda text: text[:12],
)
def test_planted_values_are_refused_and_not_quoted(key: str, value: str) -> None:
    with pytest.raises(LooksPersonal) as caught:
        refuse_personal({"outer": [{"inner": 1, key: value}]})
    assert value not in str(caught.value)


@pytest.mark.parametrize(
    "value",
    ["0171/1234567", "DE89370400440532013000", "customer-10020030", "2001:db8::7", "fe80::1", "::1", "10.0.0.7",
     "a@b", "line\nend", "x" * 201, "file-20240131123.pdf", "1234567", "+49(30)555.0731"],
)  # fmt: skip
def test_refused(value: str) -> None:
    with pytest.raises(LooksPersonal):
        refuse_personal({"fact": value})


@pytest.mark.parametrize(
    "value",
    ["erased", "retention/applications/erase-after-6m", "hgb:257(1)(4)", "gdpr:17(1)(a)", "P6M", "2026-03-01",
     "2026-03-01T08:00:00.123456Z", "2026-03-01T08:00:00+00:00", "2026-01-01/2026-12-31", str(uuid.UUID(int=7 << 90)),
     "sha256:" + "0123456789abcdef" * 4, "1a2b3c4d5e6f7788", "UniqueViolation:23505:orders:fk_orders_customer_3",
     "OperationalError:1205", "applications", "main.job_applications", "5%", "A-Z_0.9", "Löschung", ""],
)  # fmt: skip
def test_allowed(value: str) -> None:
    refuse_personal({"fact": value, "counts": [5_000_000, 12], "deep": {"fact": value}})


def test_random_digests_and_pseudonyms_are_never_refused() -> None:
    for _ in range(2000):
        refuse_personal(
            {"version": secrets.token_hex(8), "sha256": secrets.token_hex(32), "id": secrets.token_hex(16)}
        )
        refuse_personal({"subject": "subjects-2026." + in_letters(secrets.token_bytes(16))})
        refuse_personal({"seen": commit("x")[0]})
    refuse_personal({"version": "1234567890123456"})
    for length in (24, 32):
        refuse_personal({"act": "act-" + "7" * length, "id": "7" * length})  # random ids without a letter
    with pytest.raises(LooksPersonal):
        refuse_personal({"act": "7" * 20})


def test_sentences_of_law_may_hold_spaces_but_no_identifiers() -> None:
    refuse_personal({"law": "§ 257 Abs. 1 Nr. 4 HGB"})
    for value in ("write to a@b", "call 030 5550731", "zwei\nZeilen"):
        with pytest.raises(LooksPersonal):
            refuse_personal({"law": value})


@pytest.mark.parametrize("key", ["Kanaria Quittenbaum", "a@b", "", "1x", "k" * 81, "n1234567"])
def test_keys_are_plain_names(key: str) -> None:
    with pytest.raises(LooksPersonal):
        refuse_personal({"facts": {key: 1}})


def test_a_commitment_says_nothing_without_its_salt() -> None:
    value = {"reason": "claim", "at": datetime(2026, 1, 1, tzinfo=UTC).isoformat()}
    commitment, salt = commit(value)
    assert opens(commitment, value, salt)
    assert not opens(commitment, {**value, "reason": "other"}, salt)
    assert not opens(commitment, value, bytes(32))
    assert commit(value)[0] != commitment
