"""1malx: security and service notices reach everybody once, without advertising; a sale waits until users were told."""

from __future__ import annotations

import pytest

from tests.promises.announcing import announce, may, sent
from tests.promises.asking import Desk
from tests.promises.scenario import PERSON, Scenario

ANNA = "anna@bewerberin.example"


@pytest.fixture
def desk(jobboard: Scenario) -> Desk:
    jobboard.put("board", "account", email=ANNA, first_name="Anna", last_name="Beispiel", active=True)
    return Desk(jobboard)


@pytest.mark.promise("1malx-030")
def test_a_security_notice_reaches_who_wants_no_advertising_and_is_none(desk: Desk) -> None:
    scene = desk.scenario
    objection = desk.file("2025-05-01", "marketing-objection", ANNA)
    desk.run("2025-05-01")
    assert desk.show("2025-05-02", objection)["state"] == "answered"
    text = "Bitte setzen Sie Ihr Kennwort neu: Wir haben die Anmeldung gegen Angriffe gehärtet."
    code, made = announce(scene, "2025-06-01T09:00", "security", text, "--activity", "accounts")
    assert code == 0
    standing = sent(scene, "2025-06-01T09", made["id"])
    assert standing["arrived"] == standing["told"] > 1
    assert all(str(one["sent_at"]).startswith("2025-06-01") for one in standing["parties"]), (
        "a delivery record each"
    )
    assert ANNA not in str(standing), "without addresses"
    got = [one for one in desk.mails(ANNA) if "Kennwort neu" in one]
    assert len(got) == 1
    for advert in ("Jetzt upgraden auf Premium!", "Sichern Sie sich 20 % Rabatt.", "Buy now: special offer"):
        refused, _ = announce(
            scene, "2025-06-02T09:00", "service", f"{text} {advert}", "--activity", "accounts"
        )
        assert refused == 2, advert
    sent(scene, "2025-06-02T10", made["id"])
    assert len([one for one in desk.mails(ANNA) if "Kennwort neu" in one]) == 1, (
        "once, and no advert rode along"
    )


@pytest.mark.promise("1malx-063")
def test_a_sale_is_blocked_until_every_user_was_told(desk: Desk) -> None:
    scene = desk.scenario
    seller = ("--named", "Käuferin AG", "--subject", f"email={ANNA}")
    assert "unannounced" in may(scene, "2025-06-30T12:00", "successor", "accounts", *seller)
    refused = scene.zusage(
        "2025-07-01T12:00",
        "disclose",
        "successor",
        "--activity",
        "accounts",
        *seller,
        "--by",
        PERSON,
        "--json",
    )
    assert refused.code == 1, "neither mail nor banner: the sale stays blocked"
    late, _ = announce(scene, "2025-07-02T09:00", "transfer", "Käuferin AG übernimmt.", "--activity", "accounts", "--recipient",
                       "successor", "--effective", "2025-07-01")  # fmt: skip
    assert late == 2, "told before, not after"
    text = "Die Käuferin AG übernimmt zum 1. Juli 2025 unseren Dienst. Sie können Ihr Konto vorher löschen."
    code, made = announce(scene, "2025-06-01T09:00", "transfer", text, "--activity", "accounts", "--recipient", "successor",
                          "--effective", "2025-07-01")  # fmt: skip
    assert code == 0
    assert "unannounced" in may(scene, "2025-06-01T09:01", "successor", "accounts", *seller), (
        "written is not sent"
    )
    standing = sent(scene, "2025-06-01T10", made["id"])
    assert standing["told"] == standing["arrived"] == scene.count("board", "account")
    assert max(str(one["sent_at"]) for one in standing["parties"]) < "2025-07-01"
    assert any("Käuferin AG" in one for one in desk.mails(ANNA))
    assert "not-yet" in may(scene, "2025-06-15T09:00", "successor", "accounts", *seller)
    assert not {"unannounced", "not-yet"} & set(
        may(scene, "2025-07-01T09:00", "successor", "accounts", *seller)
    )
