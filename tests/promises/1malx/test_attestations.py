"""The job board's organisational promises: contracts, measures, servers in Germany."""

from __future__ import annotations

import pytest

from tests.promises.scenario import Scenario
from tests.promises.vouching import assert_contract_gate, assert_vouched, may, state, vouch

THREATS = ("loss", "access", "use", "change", "disclosure")


@pytest.mark.promise("1malx-049", attested=True)
def test_no_provider_without_a_contract_in_force(jobboard: Scenario) -> None:
    assert_contract_gate(jobboard, "hosting", "accounts", before="2025-01-31", filed="2025-02-01", review="2026-02-01", after="2026-02-02")  # fmt: skip
    assert vouch(jobboard, "2025-02-02", "measure/servers-in-germany", role="it") == 0
    assert may(jobboard, "2025-02-03", "hosting", "accounts") == []
    assert may(jobboard, "2025-02-03", "hosting", "accounts", "--purpose", "provider-analytics") == [
        "purpose"
    ]
    assert may(jobboard, "2025-02-02", "cheap-cloud", "accounts") == ["unregistered"]


@pytest.mark.promise("1malx-095", attested=True)
def test_each_threat_has_a_measure_with_owner_and_review(jobboard: Scenario) -> None:
    roles = {f"measure/{threat}": "dpo" if threat == "use" else "it" for threat in THREATS}
    assert_vouched(jobboard, roles, filed="2025-02-01", good="2025-12-01", over="2026-02-02")  # fmt: skip
    jobboard.zusage("2026-02-02", "attest", "measure/loss", "--by", "Dora Datenschutz", "--withdraw")
    assert state(jobboard, "2026-02-02", "measure/loss") == "broken"
    assert (
        jobboard.zusage("2026-02-02", "prove", "--format", "json", "-o", str(jobboard.folder / "r.json")).code
        == 1
    )
