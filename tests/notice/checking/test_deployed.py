"""What really runs is judged by the places that a measure promises, like stores and what is declared of recipients."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.declaration.conftest import SMALL
from zusage.declaration import Declaration
from zusage.declaration.inventory import Inventory
from zusage.declaration.loading import validate
from zusage.declaration.strict_yaml import parse
from zusage.notice.checking.deployed import check_deployed

MEASURE = """measures:
  sites: {title: {de: Orte, en: sites}, text: {de: nur dort, en: only there}, citation: "gdpr:32(1)", kind: organisational, places: {countries: [%s]%s}}
"""


def _codes(countries: str, of: str, server: dict[str, Any]) -> set[str]:
    text = SMALL.replace("consents:\n", MEASURE % (countries, of) + "consents:\n", 1)
    inventory = Inventory.model_validate({"servers": [{"name": "n1", "operator": "host", **server}]})
    found = check_deployed(validate(parse(text), Declaration), inventory, date(2026, 11, 24))
    return {one.code.removeprefix("deployment/") for one in found}


@pytest.mark.parametrize(
    ("countries", "of", "server", "wrong"),
    [
        ("DE", "", {"location": "NO"}, True),
        ("DE, NO", "", {"location": "NO"}, False),
        ("EEA", "", {"location": "NO"}, False),
        ("EU", "", {"location": "NO"}, True),
        ("DE", ", activities: [applications]", {"location": "US", "activities": ["applications"]}, True),
        ("DE", ", activities: [applications]", {"location": "US", "activities": ["letters"]}, False),
    ],
)
def test_a_server_stands_where_a_measure_promises(
    countries: str, of: str, server: dict[str, Any], wrong: bool
) -> None:
    assert ("place-not-allowed" in _codes(countries, of, server)) == wrong
