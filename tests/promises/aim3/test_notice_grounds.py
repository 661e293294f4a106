"""The ad server: contract as a basis holds for the person who has the contract, not for who sees adverts."""

from __future__ import annotations

import pytest

from tests.promises.scenario import PERSON, Scenario


@pytest.mark.promise("aim3-066")
def test_a_contract_carries_only_its_own_party(adserver: Scenario) -> None:
    def file(activity: str, *more: str) -> list[str]:
        said = adserver.zusage(
            "2026-05-05",
            "ground",
            "file",
            activity,
            "mara",
            "--basis",
            "gdpr:6(1)(b)",
            *more,
            "--by",
            PERSON,
            "--json",
        )
        assert said.code == (0 if said.json["filed"] else 1)
        return [one["code"] for one in said.json["refusals"]]

    assert file("customer-account", "--relation", "customer", "--contract", "N-5") == []
    assert file("customer-account", "--relation", "prospect") == []
    assert file("customer-account", "--relation", "customer") == ["no-contract"]
    assert file("customer-account", "--relation", "visitor") == ["not-a-party"]
    assert file("ad-statistics", "--relation", "visitor") == ["basis-not-declared"]
    shown = adserver.zusage("2026-05-06", "ground", "show", "mara", "--json").json
    assert {(one["activity"], one["basis"]) for one in shown} == {("customer-account", "gdpr:6(1)(b)")}
