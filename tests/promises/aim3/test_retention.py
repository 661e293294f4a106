"""aim3: enquiries, letters under a retention duty, accounts whose contract ended."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.promises.scene import Scene

MARA = "mara@enquiry.example"
LENA = "lena@enquiry.example"


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene.of("adserver", tmp_path / "w", "2026-03-01")


def _enquiry(scene: Scene, number: int, email: str, closed: str | None) -> None:
    scene.put("platform", "enquiry", id=number, email=email, name="Mara Beispiel", subject="Frage", message=f"von {email}",
              received_at="2026-03-02 09:00:00", closed_at=closed)  # fmt: skip
    scene.put("platform", "enquiry_mail", id=number, enquiry_id=number, sender=email, body=f"Nachtrag {email}",
              sent_at="2026-03-04 09:00:00")  # fmt: skip
    upload = scene.folder / "data" / "uploads" / f"a{number}.pdf"
    upload.parent.mkdir(parents=True, exist_ok=True)
    upload.write_text(f"Anhang von {email}")
    scene.put("platform", "attachment", id=number, mail_id=number, path=f"a{number}.pdf")
    scene.put("platform", "search_entry", id=number, enquiry_id=number, term=email)


@pytest.mark.promise("aim3-028")
def test_a_closed_enquiry_is_gone_and_an_open_one_is_whole(scene: Scene) -> None:
    _enquiry(scene, 9001, MARA, "2026-03-10 10:00:00")
    _enquiry(scene, 9002, LENA, None)
    assert scene.status("2026-03-11")["retention/contact/closed-enquiry"]["state"] == "broken"

    outcomes = scene.sweep("2026-03-11")

    assert scene.found_in("platform", MARA) == []
    assert not (scene.folder / "data" / "uploads" / "a9001.pdf").exists()
    for table in ("enquiry", "enquiry_mail", "attachment", "search_entry"):
        assert scene.count("platform", table, "id = 9002") == 1, table
    assert (scene.folder / "data" / "uploads" / "a9002.pdf").exists()
    assert sum(one["hit"] for one in outcomes if one["target"] == "enquiry") > 0
    shown = scene.zusage("ledger", "show", "--json", "--last", "100", at="2026-03-11")
    assert MARA not in shown.out
    assert '"hit"' in shown.out
    assert scene.status("2026-03-11")["retention/contact/closed-enquiry"]["state"] == "kept"


@pytest.mark.promise("aim3-029")
def test_a_letter_under_a_retention_duty_is_blocked_then_erased(scene: Scene) -> None:
    _enquiry(scene, 9003, MARA, "2026-03-10 10:00:00")
    scene.put("platform", "offer_letter", id=9003, enquiry_id=9003, email=MARA, body="Angebot für Mara",
              sent_at="2026-03-05 09:00:00", enquiry_closed_at="2026-03-10 10:00:00")  # fmt: skip

    scene.sweep("2026-03-11")

    # out of reach of the application's search, everything else of the enquiry gone
    assert scene.found_in("platform", MARA) == []
    looked = scene.zusage(
        "restricted", MARA, "--reason", "statutory-retention", "--by", "Ina Clerk", "--json", at="2026-03-11"
    )
    assert looked.code == 0
    assert [row["body"] for part in looked.json for row in part["rows"]] == ["Angebot für Mara"]
    shown = scene.zusage("ledger", "show", "--kind", "restricted/viewed", "--json", at="2026-03-11").json
    assert shown[-1]["facts"]["reason"] == "statutory-retention"
    # without a reason that the law knows there is no way in
    assert (
        scene.zusage("restricted", MARA, "--reason", "curiosity", "--by", "Ina Clerk", at="2026-03-11").code
        == 2
    )

    scene.sweep("2032-12-31")
    there = scene.zusage(
        "restricted", MARA, "--reason", "statutory-retention", "--by", "Ina Clerk", "--json", at="2032-12-31"
    )
    assert there.code == 0
    scene.sweep("2033-01-01")
    gone = scene.zusage(
        "restricted", MARA, "--reason", "statutory-retention", "--by", "Ina Clerk", "--json", at="2033-01-01"
    )
    assert gone.code == 1
    assert gone.json == []


@pytest.mark.promise("aim3-035")
def test_erasure_waits_for_the_contract_and_the_invoice_for_its_law(scene: Scene) -> None:
    email = "carla@kunde.example"
    scene.put("platform", "customer", id=9006, number="K-9006", company="Muster KG", email=email,
              created_at="2025-01-01 08:00:00", contract_ended_at="2026-06-30 22:00:00")  # fmt: skip
    scene.put("platform", "campaign", id=9006, customer_id=9006, title="Sommer", contact_email=email,
              started_at="2026-01-01 08:00:00")  # fmt: skip
    scene.put("platform", "invoice", id=9006, number="R-9006", customer_number="K-9006", recipient="Muster KG",
              email=email, amount=100, issued_at="2026-06-15 08:00:00")  # fmt: skip

    scene.sweep("2026-06-29")
    assert scene.count("platform", "campaign", "id = 9006") == 1
    scene.sweep("2026-07-02")
    assert scene.count("platform", "campaign", "id = 9006") == 0
    assert scene.count("platform", "invoice", "id = 9006") == 1
    scene.sweep("2034-12-31")
    assert scene.count("platform", "invoice", "id = 9006") == 1
    scene.sweep("2035-01-01")
    assert scene.count("platform", "invoice", "id = 9006") == 0
