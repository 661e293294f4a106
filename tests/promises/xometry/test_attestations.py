"""The marketplace's organisational promises: who receives what under which contract, and what covers transfers."""

from __future__ import annotations

import pytest

from tests.promises.scenario import Scenario
from tests.promises.vouching import assert_contract_gate, assert_vouched, cover_transfer, may, state, vouch

DAY, REVIEW, AFTER = "2022-07-02", "2023-07-02", "2023-07-03"


def gate(market: Scenario, recipient: str, activity: str) -> None:
    """Closed without a contract, open with one, closed after its end."""
    assert_contract_gate(
        market, recipient, activity, before="2022-07-01", filed=DAY, review=REVIEW, after=AFTER
    )


@pytest.mark.promise("xometry-059", attested=True)
def test_hosting_only_under_contract_and_for_stated_purposes(marketplace: Scenario) -> None:
    gate(marketplace, "aws", "access-data")
    assert "purpose" in may(marketplace, DAY, "aws", "access-data", "--purpose", "provider-analytics")


@pytest.mark.promise("xometry-061", attested=True)
def test_the_edge_speeds_up_and_protects_only(marketplace: Scenario) -> None:
    assert may(marketplace, "2022-07-01", "edge", "access-data") == ["no-contract", "transfer-not-covered"]
    gate(marketplace, "edge", "access-data")
    assert "purpose" in may(marketplace, DAY, "edge", "access-data", "--purpose", "advertising")


@pytest.mark.promise("xometry-062", attested=True)
def test_consent_data_are_at_the_consent_tool_only(marketplace: Scenario) -> None:
    gate(marketplace, "consent-tool", "consent-management")
    listed = marketplace.zusage(DAY, "contract", "list", "--json").json
    tool = next(one for one in listed if one["recipient"] == "consent-tool")
    assert (tool["name"], tool["country"], tool["role"]) == ("Usercentrics GmbH", "DE", "processor")
    assert "not-for-this-activity" in may(marketplace, DAY, "google", "consent-management")


@pytest.mark.promise("xometry-066", "xometry-120", attested=True)
def test_analysis_goes_to_five_processors_under_contract_and_nobody_else(marketplace: Scenario) -> None:
    gate(marketplace, "amplitude", "analysis")
    for recipient in ("google", "segment", "newrelic", "helphero"):
        assert "no-contract" in may(marketplace, DAY, recipient, "analysis")
        assert vouch(marketplace, DAY, f"contract/{recipient}") == 0
        assert "no-contract" not in may(marketplace, DAY, recipient, "analysis")
    assert may(marketplace, DAY, "sixth-host", "analysis") == ["unregistered"]
    refused = marketplace.zusage(
        DAY, "disclose", "sixth-host", "--activity", "analysis", "--by", "Dora", "--json"
    )
    assert (refused.code, refused.json["allowed"]) == (1, False)
    assert "not-for-this-activity" in may(marketplace, DAY, "lever", "analysis"), (
        "a contract for something else does not help"
    )


@pytest.mark.promise("xometry-121", "xometry-123", attested=True)
def test_tours_run_while_contract_adequacy_and_location_hold(marketplace: Scenario) -> None:
    cover_transfer(marketplace, DAY, "helphero", "nz")
    assert vouch(marketplace, DAY, "contract/helphero", until="2023-06-30") == 0
    assert may(marketplace, DAY, "helphero", "analysis") == ["measure-missing"]
    assert vouch(marketplace, DAY, "measure/tour-location", role="it") == 0
    assert may(marketplace, DAY, "helphero", "analysis") == []
    marketplace.zusage("2022-09-01", "attest", "measure/tour-location", "--by", "Ida", "--withdraw")
    assert may(marketplace, "2022-09-02", "helphero", "analysis") == ["measure-missing"], (
        "a second location: blocked"
    )
    assert "no-contract" in may(marketplace, "2023-07-01", "helphero", "analysis")


@pytest.mark.promise("xometry-070", attested=True)
def test_a_transfer_to_the_host_needs_its_safeguard(marketplace: Scenario) -> None:
    assert vouch(marketplace, "2025-07-01", "contract/aws") == 0
    assert may(marketplace, "2025-07-02", "aws", "access-data") == ["transfer-not-covered"]
    cover_transfer(marketplace, "2025-07-02", "aws", "us")
    made = marketplace.zusage("2025-07-03", "disclose", "aws", "--activity", "access-data", "--data", "access", "--by", "Ida", "--json")  # fmt: skip
    assert (made.code, made.json["allowed"]) == (0, True)


@pytest.mark.promise("xometry-074", "xometry-295", attested=True)
def test_clauses_need_supplementary_measures_on_file(marketplace: Scenario) -> None:
    bare = marketplace.zusage(
        "2025-07-01", "attest", "measure/supplementary-usa", "--by", "Dora", "--role", "dpo"
    )
    assert bare.code == 2, "clauses with an empty field for measures do not pass"
    for recipient in ("newrelic", "lever"):
        assert state(marketplace, "2025-07-01", f"transfer/{recipient}/us") == "due"
    roles = {"transfer/newrelic/us": "dpo", "transfer/lever/us": "dpo", "measure/supplementary-usa": "dpo"}
    assert_vouched(marketplace, roles, filed="2025-07-01", good="2026-06-30", over="2026-07-02")


@pytest.mark.promise("xometry-176", attested=True)
def test_advertising_reaches_seven_recipients_each_with_a_role(marketplace: Scenario) -> None:
    seven = ("activecampaign", "baidu", "microsoft", "google-ads", "meta", "leadforensics", "getsitecontrol")
    listed = {one["recipient"]: one for one in marketplace.zusage(DAY, "contract", "list", "--json").json}
    for recipient in seven:
        assert listed[recipient]["role"]
        assert listed[recipient]["country"]
        assert vouch(marketplace, DAY, f"contract/{recipient}") == 0
        assert "no-contract" not in may(marketplace, DAY, recipient, "analysis")
    assert may(marketplace, DAY, "eighth", "analysis") == ["unregistered"]
    declaration = marketplace.folder / "declaration.yaml"
    said = declaration.read_text(encoding="utf-8")
    declaration.write_text(said.replace("country: CN, role: controller", "country: CN"), encoding="utf-8")
    refused = marketplace.zusage(DAY, "contract", "list")
    assert refused.code == 2, "an entry without a role is not taken"
    assert "role" in refused.err


@pytest.mark.promise("xometry-182", attested=True)
def test_china_needs_more_than_clauses(marketplace: Scenario) -> None:
    assert vouch(marketplace, "2022-07-01", "contract/baidu") == 0
    cover_transfer(marketplace, "2022-07-01", "baidu", "cn")
    assert may(marketplace, "2022-07-01", "baidu", "analysis") == ["measure-missing"], (
        "clauses alone never suffice"
    )
    assert vouch(marketplace, "2022-07-02", "measure/supplementary-china") == 0
    assert may(marketplace, "2022-07-02", "baidu", "analysis") == []
    marketplace.zusage("2022-08-01", "attest", "measure/supplementary-china", "--by", "Dora", "--withdraw")
    assert may(marketplace, "2022-08-02", "baidu", "analysis") == ["measure-missing"], (
        "no effective measure: off"
    )
    for country, recipient in (("ru", "getsitecontrol"), ("in", "getsitecontrol"), ("cl", "google-ads")):
        assert state(marketplace, "2022-08-02", f"transfer/{recipient}/{country}") == "due"


@pytest.mark.promise("xometry-217", attested=True)
def test_communication_runs_over_two_processors(marketplace: Scenario) -> None:
    assert_contract_gate(marketplace, "calendly", "communication", before="2022-07-01", filed=DAY, review="2023-01-31", after="2023-02-01")  # fmt: skip
    assert vouch(marketplace, DAY, "contract/google") == 0
    assert "no-contract" not in may(marketplace, DAY, "google", "communication")
    assert may(marketplace, DAY, "other-mailbox", "communication") == ["unregistered"]
    assert "not-for-this-activity" in may(marketplace, DAY, "stripe", "communication")


@pytest.mark.promise("xometry-241", "xometry-253", attested=True)
def test_portal_data_go_to_registered_recipients_only(marketplace: Scenario) -> None:
    gate(marketplace, "stripe", "customer-portal")
    for portal in ("customer-portal", "partner-portal"):
        assert "no-contract" in may(marketplace, "2022-07-01", "aws", portal)
    assert vouch(marketplace, DAY, "contract/aws") == 0
    assert "no-contract" not in may(marketplace, DAY, "aws", "customer-portal")
    assert may(marketplace, DAY, "third-party", "customer-portal") == ["unregistered"]
    assert "not-for-this-activity" in may(marketplace, DAY, "bank", "customer-portal")
    assert may(marketplace, DAY, "manufacturers", "customer-portal", "--data", "orders") == []
    assert may(marketplace, DAY, "manufacturers", "customer-portal", "--data", "profile") == ["data"]
    assert may(marketplace, DAY, "other-bank", "partner-portal") == ["unregistered"]
    assert may(marketplace, DAY, "bank", "partner-portal") == ["no-contract"]
    assert vouch(marketplace, DAY, "contract/bank") == 0
    assert may(marketplace, DAY, "bank", "partner-portal") == []


@pytest.mark.promise("xometry-263", "xometry-264", attested=True)
def test_calls_run_on_one_service_set_to_europe(marketplace: Scenario) -> None:
    gate(marketplace, "google", "video-calls")
    assert may(marketplace, DAY, "other-calls", "video-calls") == ["unregistered"]
    bare = marketplace.zusage(AFTER, "attest", "measure/video-location", "--by", "Ida", "--role", "it")
    assert bare.code == 2, "without the exported setting nothing is filed"
    assert_vouched(
        marketplace, {"measure/video-location": "it"}, filed=AFTER, good="2024-07-02", over="2024-07-04"
    )
    marketplace.zusage("2024-07-05", "attest", "measure/video-location", "--by", "Ida", "--withdraw")
    assert "measure-missing" in may(marketplace, "2024-07-06", "google", "video-calls"), (
        "set to no preference"
    )


@pytest.mark.promise("xometry-292", "xometry-293", attested=True)
def test_application_data_reach_three_named_providers_in_the_eu(marketplace: Scenario) -> None:
    for recipient in ("google", "lever", "hr-software"):
        assert "no-contract" in may(marketplace, DAY, recipient, "applications")
        assert vouch(marketplace, DAY, f"contract/{recipient}") == 0
        assert "no-contract" not in may(marketplace, DAY, recipient, "applications")
    assert "measure-missing" in may(marketplace, DAY, "lever", "applications"), "no statement of location"
    assert vouch(marketplace, DAY, "measure/application-location", role="it") == 0
    assert "measure-missing" not in may(marketplace, DAY, "lever", "applications")
    assert may(marketplace, DAY, "fourth", "applications") == ["unregistered"]
    assert state(marketplace, AFTER, "measure/application-location") == "broken"
    declaration = marketplace.folder / "declaration.yaml"
    said = declaration.read_text(encoding="utf-8")
    declaration.write_text(
        said.replace("name: Personalwerk Software GmbH, country: DE", "country: DE"), encoding="utf-8"
    )
    assert marketplace.zusage(DAY, "write", "notice").code == 2, "a provider without a name: no notice"


@pytest.mark.promise("xometry-283", attested=True)
def test_paper_files_are_destroyed_with_a_record(marketplace: Scenario) -> None:
    bare = marketplace.zusage("2023-01-15", "attest", "measure/paper-files", "--by", "Hanna", "--role", "hr")
    assert bare.code == 2, "without the destruction record it is not done"
    assert_vouched(
        marketplace, {"measure/paper-files": "hr"}, filed="2023-01-15", good="2023-02-13", over="2023-02-16"
    )


@pytest.mark.promise("xometry-309", "xometry-315", attested=True)
def test_pages_in_networks(marketplace: Scenario) -> None:
    assert_vouched(
        marketplace, {"measure/page-roles": "it"}, filed="2025-07-01", good="2026-06-30", over="2026-07-02"
    )
    for network in ("meta", "linkedin"):
        assert vouch(marketplace, "2026-07-02", f"contract/{network}") == 0
        assert may(marketplace, "2026-07-02", network, "social-media") == ["transfer-not-covered"]
        cover_transfer(marketplace, "2026-07-02", network, "us")
        assert may(marketplace, "2026-07-02", network, "social-media") == []
