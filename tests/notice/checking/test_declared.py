"""A declaration is judged item by item, by the law of a day; each finding names its rule and its line."""

from __future__ import annotations

from datetime import date

import pytest

from tests.declaration.conftest import SMALL
from zusage.declaration import Declaration
from zusage.declaration.loading import validate
from zusage.declaration.strict_yaml import parse
from zusage.findings import Finding
from zusage.notice.checking.declared import check_declaration

ON = date(2026, 11, 24)
#: nothing is wrong with this one
SOUND = SMALL.replace('citation: "gdpr:6(1)(b)"', 'citation: "gdpr:6(1)(b)"}, {citation: "gdpr:9(2)(b)"').replace(
    "    subjects: [{de: Bewerber",
    "    provision: {required: false}\n    subjects: [{de: Bewerber",
).replace(
    "recipients:\n  host:",
    "authority: {id: DE-BY}\ndpo: {name: Ina, email: dsb@beispielwerk.example}\nrecipients:\n  host:",
    1,
).replace(
    "consents:\n",
    "    measures: []\nconsents:\n",
)  # fmt: skip


def _check(text: str, on: date = ON) -> list[Finding]:
    document = parse(text, "declaration.yaml")
    return check_declaration(validate(document, Declaration), on, document)


def _codes(text: str, on: date = ON) -> list[str]:
    return [finding.code.removeprefix("declaration/") for finding in _check(text, on)]


def test_a_sound_declaration_has_no_finding() -> None:
    assert _codes(SOUND.replace("        data: [cv]\n        keep: P6M", "        keep: P6M")) == []


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (
            "  address: {street: Ringweg 4, postcode: 80331, city: München, country: DE}\n",
            "",
            "controller-address",
        ),
        ("authority: {id: DE-BY}\n", "", "authority"),
        ("dpo: {name: Ina, email: dsb@beispielwerk.example}\n", "", "dpo"),
        (
            'legal_bases: [{citation: "gdpr:6(1)(b)"}, {citation: "gdpr:9(2)(b)"}]',
            "legal_bases: []",
            "legal-basis",
        ),
        ('{citation: "gdpr:6(1)(b)"}', '{citation: "gdpr:6(1)(f)"}', "interest"),
        ('{citation: "gdpr:6(1)(b)"}', '{citation: "gdpr:6(1)(a)"}', "consent-not-asked"),
        (', {citation: "gdpr:9(2)(b)"}', "", "special-category"),
        ('{citation: "gdpr:6(1)(b)"}', '{citation: "gdpr:6(9)(b)"}', "citation"),
        ("    provision: {required: false}\n", "", "provision"),
        ("    provision: {required: false}\n", "    provision: {required: true}\n", "consequence"),
        ("    contract: {kind: art-28, concluded: 2024-05-01}\n", "", "processing-contract"),
        ("    country: NO\n", "    country: US\n", "transfer-missing"),
        ("within: P14D", "within: P2M", "deadline-too-long"),
        ("name: Beispielwerk GmbH", "name: TODO", "todo"),
        ("text: {de: Lebenslauf, en: CV}", "text: {de: Lebenslauf}", "translation"),
        ("de: Anmeldung, en: login", "de: nach dem TTDSG, en: by the TTDSG", "outdated"),
        ("name: sid", "name: _ga", "cookie-not-necessary"),
        ("    - {kind: email, to: datenschutz@beispielwerk.example}\n", "", "channel"),
    ],
)
def test_what_is_missing_or_void_is_found(old: str, new: str, code: str) -> None:
    assert old in SOUND
    codes = _codes(SOUND.replace(old, new, 1))
    assert code in codes
    assert code not in _codes(SOUND)


@pytest.mark.parametrize(
    ("safeguard", "on", "covered"),
    [
        ("dpf", date(2023, 7, 9), False),
        ("dpf", date(2023, 7, 11), True),
        ("scc", date(2026, 1, 1), True),
        ("none", date(2026, 1, 1), False),
    ],
)
def test_a_transfer_is_judged_by_the_law_of_the_day(safeguard: str, on: date, covered: bool) -> None:
    certified = "false" if safeguard == "none" else "true"
    transfer = f"    transfers: [{{country: US, safeguards: [{safeguard}], certified: {certified}}}]\n"
    text = SOUND.replace("    country: NO\n", "    country: US\n" + transfer)
    assert ("transfer-not-covered" not in _codes(text, on)) == covered


def test_a_finding_names_file_line_key_rule_and_way_out() -> None:
    finding = next(
        f
        for f in _check(SOUND.replace(', {citation: "gdpr:9(2)(b)"}', ""))
        if f.code.endswith("special-category")
    )
    assert finding.place.file == "declaration.yaml"
    assert finding.place.key == "activities.applications.data[1]"
    line = SOUND.replace(', {citation: "gdpr:9(2)(b)"}', "").splitlines()[(finding.place.line or 0) - 1]
    assert "Gesundheitsdaten" in line
    assert finding.rule is not None
    assert finding.rule.citation == "gdpr:9(2)"


def test_two_periods_for_the_same_data_are_found_and_two_conditions_are_not() -> None:
    again = "      - {id: again, data: [cv], keep: P9M, from: procedure-ended, then: erase}\n"
    once = "      - {id: once, data: [cv], keep: P7M, from: procedure-ended, then: erase}\n"
    assert "two-periods" in _codes(
        SOUND.replace("consents:\n", again + once + "consents:\n", 1).replace("    measures: []\n", "")
    )
    assert "two-periods" not in _codes(SOUND)
