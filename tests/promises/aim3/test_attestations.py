"""The ad server's organisational promises: register, servers, balancing, measures, reviews."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.promises.scenario import Scenario
from tests.promises.vouching import assert_vouched, state, vouch

GOALS = ("confidentiality", "integrity", "availability", "resilience")


def accounted(scene: Scenario, now: str) -> dict[str, Any]:
    """The accountability report of a day."""
    place = scene.folder / "report.json"
    place.unlink(missing_ok=True)
    said = scene.zusage(now, "prove", "--format", "json", "-o", str(place))
    assert place.exists(), said.err
    return dict(json.loads(place.read_text(encoding="utf-8"))["data"])


@pytest.mark.promise("aim3-007")
def test_each_activity_is_accounted_for_and_what_runs_beside_them_is_open(adserver: Scenario) -> None:
    day = "2026-06-30"
    five = {"contact-form", "customer-account", "access-log", "ad-statistics", "browser/login"}
    before = {one["id"]: one for one in accounted(adserver, day)["activities"]}
    assert five <= set(before)
    assert {before[name]["reviewed"] for name in five} == {None}, "what nobody reviewed has no date of review"
    assert vouch(adserver, "2026-06-15", "measure/accountability", role="dpo") == 0
    report = accounted(adserver, day)
    rows = {one["id"]: one for one in report["activities"]}
    for name in five:
        assert all(rows[name][key] for key in ("purposes", "bases", "kept")), rows[name]
        assert rows[name]["reviewed"].startswith("2026-06-15")
    assert "Art. 6" in rows["contact-form"]["bases"]
    assert "store/looks-personal" not in {one["code"] for one in report["open"]}

    adserver.change("platform", "CREATE TABLE raffle (id INTEGER PRIMARY KEY, email TEXT, phone TEXT)")
    adserver.file("inventory.yaml", "routes: [/gewinnspiel]\n")
    found = accounted(adserver, day)["open"]
    assert any("raffle" in one["place"] for one in found), found
    assert any(one["code"] == "deployment/route-out-of-scope" for one in found)


@pytest.mark.promise("aim3-007", attested=True)
def test_the_report_shows_each_activity_and_the_register_is_reviewed(adserver: Scenario) -> None:
    written = adserver.folder / "record.json"
    assert adserver.zusage("2026-06-30", "write", "record", "--format", "json", "-o", str(written)).code == 0
    said = json.dumps(json.loads(written.read_text(encoding="utf-8")), ensure_ascii=False)
    for title in ("Kontaktformular", "Kundenkonto", "Zugriffsprotokoll", "Statistik der Werbeauslieferung"):
        assert title in said
    assert_vouched(
        adserver, {"measure/accountability": "dpo"}, filed="2026-06-30", good="2027-06-29", over="2027-07-01"
    )


@pytest.mark.promise("aim3-014", "aim3-022", attested=True)
def test_locations_of_servers_are_vouched_for_every_year(adserver: Scenario) -> None:
    roles = {"measure/servers-in-eu": "it", "measure/form-host": "it"}
    assert_vouched(adserver, roles, filed="2026-01-15", good="2027-01-14", over="2027-01-16")
    declaration = adserver.folder / "declaration.yaml"
    said = declaration.read_text(encoding="utf-8")
    declaration.write_text(said.replace("nur auf eigenen virtuellen Servern in Deutschland", "auf Servern in Deutschland und den Niederlanden"), encoding="utf-8")  # fmt: skip
    assert state(adserver, "2027-01-16", "measure/form-host") == "broken"


@pytest.mark.promise("aim3-067", "aim3-071", attested=True)
def test_balancing_and_risk_of_the_access_log(adserver: Scenario) -> None:
    bare = adserver.zusage("2026-01-15", "attest", "measure/balancing-log", "--by", "Hugo", "--role", "dpo")
    assert bare.code == 2, "without the balancing test nothing is filed"
    assert_vouched(
        adserver, {"measure/balancing-log": "dpo"}, filed="2026-01-15", good="2028-01-14", over="2028-01-16"
    )
    assert_vouched(
        adserver, {"measure/risk-log": "dpo"}, filed="2028-01-16", good="2029-01-14", over="2029-01-17"
    )
    declaration = adserver.folder / "declaration.yaml"
    said = declaration.read_text(encoding="utf-8")
    declaration.write_text(said.replace("Maßnahmen folgen einer dokumentierten", "Maßnahmen folgen der erweiterten"), encoding="utf-8")  # fmt: skip
    assert state(adserver, "2029-01-17", "measure/risk-log") == "broken", "another scope, a new assessment"


@pytest.mark.promise("aim3-069", attested=True)
def test_no_decision_without_a_human(adserver: Scenario) -> None:
    assert_vouched(adserver, {"measure/no-automated-decision": "dpo"}, filed="2026-05-01", good="2027-04-30", over="2027-05-02")  # fmt: skip


@pytest.mark.promise("aim3-073", attested=True)
def test_an_expired_certificate_is_shown_as_expired(adserver: Scenario) -> None:
    assert_vouched(adserver, {"measure/physical-access": "it"}, filed="2026-02-01", good="2026-09-29", over="2026-10-01", until="2026-09-30")  # fmt: skip
    assert_vouched(
        adserver, {"measure/digital-access": "it"}, filed="2026-10-01", good="2027-09-29", over="2027-10-02"
    )


@pytest.mark.promise("aim3-075", attested=True)
def test_software_is_tested_every_thirty_days(adserver: Scenario) -> None:
    assert_vouched(
        adserver, {"measure/updates": "it"}, filed="2026-02-01", good="2026-03-02", over="2026-03-04"
    )


@pytest.mark.promise("aim3-081", attested=True)
def test_each_goal_has_a_current_measure(adserver: Scenario) -> None:
    roles = {f"measure/{goal}": "it" for goal in GOALS}
    assert_vouched(
        adserver, roles, filed="2026-01-15", good="2026-06-29", over="2026-07-01", until="2026-06-30"
    )
    adserver.zusage("2026-07-02", "attest", "measure/resilience", "--by", "Ida Infra", "--withdraw")
    states = [state(adserver, "2026-07-02", f"measure/{goal}") for goal in GOALS]
    assert states == ["kept", "kept", "kept", "broken"], "three covered goals are not four"


@pytest.mark.promise("aim3-082", attested=True)
def test_a_review_every_year_with_its_report(adserver: Scenario) -> None:
    bare = adserver.zusage("2026-01-15", "attest", "measure/review", "--by", "Hugo", "--role", "dpo")
    assert bare.code == 2, "a review without findings on file is none"
    assert_vouched(
        adserver, {"measure/review": "dpo"}, filed="2026-01-15", good="2027-01-14", over="2027-01-16"
    )
