"""The messaging platform's organisational promises: providers under contract, threats, levels of protection."""

from __future__ import annotations

import pytest

from tests.promises.scenario import Scenario
from tests.promises.vouching import assert_contract_gate, assert_vouched, state


@pytest.mark.promise("web1on1-041", attested=True)
def test_storage_opens_with_the_contract_and_closes_with_its_end(messaging: Scenario) -> None:
    assert_contract_gate(messaging, "cloud", "customer-messages", before="2025-01-31", filed="2025-02-01", review="2026-02-01", after="2026-02-02")  # fmt: skip
    document = messaging.file("evidence/new.txt")
    filing = [
        "contract",
        "file",
        "cloud",
        "--document",
        str(document),
        "--by",
        "Kaja",
        "--until",
        "2027-02-01",
    ]
    assert messaging.zusage("2026-02-03", *filing).code == 0
    assert messaging.zusage("2026-05-01", "contract", "end", "cloud", "--by", "Kaja").code == 0
    assert state(messaging, "2026-05-02", "contract/cloud") == "broken"
    refused = messaging.zusage(
        "2026-05-02", "disclose", "cloud", "--activity", "customer-messages", "--by", "Kaja", "--json"
    )
    assert refused.code == 1


@pytest.mark.promise("web1on1-052", attested=True)
def test_each_of_the_four_threats_has_a_measure(messaging: Scenario) -> None:
    roles = {
        f"measure/{name}": "dpo" if name == "misuse" else "it"
        for name in ("loss", "misuse", "access", "disclosure")
    }
    assert_vouched(messaging, roles, filed="2025-02-01", good="2026-01-31", over="2026-02-02")
    messaging.zusage("2026-02-03", "attest", "measure/loss", "--by", "Kaja", "--withdraw")
    report = messaging.zusage(
        "2026-02-03", "prove", "--format", "json", "-o", str(messaging.folder / "report.json")
    )
    assert report.code == 1, "a threat with an overdue measure makes the report fail"


@pytest.mark.promise("web1on1-053", attested=True)
def test_levels_of_protection_are_reviewed_every_year(messaging: Scenario) -> None:
    bare = messaging.zusage("2025-02-01", "attest", "measure/levels", "--by", "Kaja", "--role", "dpo")
    assert bare.code == 2, "without the list of data classes nothing is filed"
    assert_vouched(
        messaging, {"measure/levels": "dpo"}, filed="2025-02-01", good="2026-01-31", over="2026-02-02"
    )
