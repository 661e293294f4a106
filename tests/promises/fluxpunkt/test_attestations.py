"""The IT provider's organisational promises: contracts, balancing tests, settings of services, audits."""

from __future__ import annotations

import pytest

from tests.promises.publishing import edit, publish
from tests.promises.scenario import Scenario
from tests.promises.vouching import assert_contract_gate, assert_vouched, cover_transfer, may, state, vouch


@pytest.mark.promise("fluxpunkt-015", "fluxpunkt-063", "fluxpunkt-106", attested=True)
def test_balancing_is_on_file_and_renewed_after_24_months(itservice: Scenario) -> None:
    roles = {
        f"measure/{name}": "dpo"
        for name in ("benefit", "balancing-lookup", "balancing-partners", "balancing-logs")
    }
    without = itservice.zusage(
        "2026-02-02", "attest", "measure/balancing-lookup", "--by", "Oda", "--role", "dpo"
    )
    assert without.code == 2, "an empty balancing entry is not approved"
    assert_vouched(itservice, roles, filed="2026-02-02", good="2028-02-01", over="2028-02-03")


@pytest.mark.promise("fluxpunkt-017", "fluxpunkt-025", attested=True)
def test_rules_without_profiling_and_dated_measures(itservice: Scenario) -> None:
    roles = {"measure/no-profiling": "dpo", "measure/backup-encryption": "it"}
    assert_vouched(itservice, roles, filed="2026-05-05", good="2027-05-04", over="2027-05-06")
    declaration = itservice.folder / "declaration.yaml"
    said = declaration.read_text(encoding="utf-8")
    declaration.write_text(said.replace("keine bewertet Personen oder entscheidet", "eine bewertet Kunden von 0 bis 100, keine entscheidet"), encoding="utf-8")  # fmt: skip
    assert state(itservice, "2027-05-06", "measure/no-profiling") == "broken", (
        "a new rule waits for a named person"
    )


@pytest.mark.promise("fluxpunkt-036", attested=True)
def test_a_tls_result_counts_for_31_days(itservice: Scenario) -> None:
    assert_vouched(
        itservice, {"measure/tls-grade": "it"}, filed="2026-05-01", good="2026-05-31", over="2026-06-02"
    )
    itservice.zusage("2026-06-03", "attest", "measure/tls-grade", "--by", "Ida Infra", "--withdraw")
    assert state(itservice, "2026-06-03", "measure/tls-grade") == "broken", "the grade fell"


@pytest.mark.promise("fluxpunkt-093", "fluxpunkt-123", "fluxpunkt-125", "fluxpunkt-121", attested=True)
def test_analysis_only_under_a_contract_and_with_the_settings_on_file(itservice: Scenario) -> None:
    cover_transfer(itservice, "2026-05-01", "analytics", "us")
    assert_contract_gate(itservice, "analytics", "analysis", before="2026-05-02", filed="2026-05-03", review="2027-05-03", after="2027-05-04")  # fmt: skip
    roles = {f"measure/analytics-{name}": "it" for name in ("instructions", "settings", "shortening")}
    assert_vouched(itservice, roles, filed="2026-05-05", good="2027-05-04", over="2027-05-06")
    itservice.zusage("2027-05-07", "attest", "measure/analytics-settings", "--by", "Ida Infra", "--withdraw")
    assert state(itservice, "2027-05-07", "measure/analytics-settings") == "broken", (
        "signals were found switched on"
    )


@pytest.mark.promise("fluxpunkt-109", attested=True)
def test_no_traffic_over_the_edge_without_agreement_and_safeguard(itservice: Scenario) -> None:
    assert may(itservice, "2026-05-05", "edge", "webserver-logs") == ["no-contract", "transfer-not-covered"]
    document = itservice.file("evidence/av.txt")
    filing = ["contract", "file", "edge", "--document", str(document), "--by", "Oda", "--until", "2027-05-06"]
    assert itservice.zusage("2026-05-06", *filing).code == 0
    assert may(itservice, "2026-05-06", "edge", "webserver-logs") == ["transfer-not-covered"], (
        "a contract is no safeguard"
    )
    assert vouch(itservice, "2026-05-06", "transfer/edge/us") == 0
    assert may(itservice, "2026-05-06", "edge", "webserver-logs") == []
    assert "no-contract" in may(itservice, "2027-05-07", "edge", "webserver-logs")


@pytest.mark.promise("fluxpunkt-188", attested=True)
def test_an_audit_request_is_a_case_with_what_is_held_for_this_customer(itservice: Scenario) -> None:
    edit(itservice, 'as_of: "2026-01-20"', 'as_of: "2026-01-15"')
    customer = '  {0}: {{name: {1}, notice: "https://{0}.example/datenschutz", email: ds@{0}.example, contract: "2026-01-10", services: [{2}]}}\n'
    itservice.file("parties.yaml", "customers:\n" + customer.format("beispiel", "Beispiel GmbH", "hosting") + customer.format("muster", "Muster AG", "monitoring"))  # fmt: skip
    ask = ["partner", "audit", "beispiel", "--received", "2026-05-05", "--by", "Oda", "--json"]
    assert itservice.zusage("2026-05-05T09:00", *ask).code == 1, "no version of the measures is published"
    assert publish(itservice, "2026-01-15T08:00")[0] == 0
    assert vouch(itservice, "2026-05-01", "measure/backup-encryption", role="it") == 0
    assert vouch(itservice, "2025-05-01", "measure/tls-grade", role="it") == 0
    breaches = {}
    for number, whom in enumerate(("beispiel", "muster")):
        opened = itservice.zusage(f"2026-05-02T09:0{number}", "breach", "open", "--noticed", "2026-05-02T08:00", "--facts", "x", "--measures", "y", "--customer", whom, "--by", "Oda", "--json")  # fmt: skip
        breaches[whom] = opened.json["announcement"]
    made = itservice.zusage("2026-05-05T09:00", *ask)
    assert made.code == 0, made.err
    case = made.json
    assert (case["customer"], case["due"][:16], case["measures_as_of"]) == ("beispiel", "2026-06-05T22:00", "2026-01-15")  # fmt: skip
    kinds = [one["kind"] for one in case["evidence"]]
    assert kinds[:2] == ["measures", "processors"]
    held = [one for one in case["evidence"] if one.get("promise", "").endswith("backup-encryption")]
    assert len(held[0]["document_sha256"]) == 64
    assert "tls-grade" not in str(case), "what ran out is no evidence"
    assert [one["services"] for one in case["evidence"] if one["kind"] == "contract"] == [["hosting"]]
    assert breaches["beispiel"] in str(case)
    for other in (breaches["muster"], "muster", "Muster", "monitoring"):
        assert other not in str(case), "nothing that concerns another customer"
    assert itservice.zusage("2026-06-05", "partner", "audits").code == 0
    assert itservice.zusage("2026-06-07", "partner", "audits").code == 1, "late"
    answered = ["partner", "audits", "--answered", str(case["id"]), "--by", "Oda", "--json"]
    assert itservice.zusage("2026-06-04", *answered).json[0]["late"] is False
    assert itservice.zusage("2026-06-07", *answered).code == 2, "answered already"
    nobody = ["partner", "audit", "fremd", "--by", "Oda"]
    assert itservice.zusage("2026-05-05", *nobody).code == 2
    assert_vouched(itservice, {"measure/audits": "dpo"}, filed="2026-05-05", good="2027-05-04", over="2027-05-06")  # fmt: skip


@pytest.mark.promise("fluxpunkt-189", attested=True)
def test_contracts_are_concluded_after_a_check(itservice: Scenario) -> None:
    bare = itservice.zusage(
        "2026-05-05", "attest", "measure/contracts-checked", "--by", "Gesa", "--role", "management"
    )
    assert bare.code == 2, "no conclusion without the protocol of the check"
    roles = {"measure/contracts-checked": "management"}
    assert_vouched(itservice, roles, filed="2026-05-05", good="2027-05-04", over="2027-05-06")
