"""The ad server's notice: dated versions, the operator's full identity, laws in force, tools that it must name."""

from __future__ import annotations

import pytest

from tests.promises.conftest import MakeScenario
from tests.promises.publishing import checked, edit, page, publish
from tests.promises.scenario import Scenario


@pytest.fixture
def adserver(scenario: MakeScenario) -> Scenario:
    made = scenario("adserver")
    edit(made, 'as_of: "2026-01-12"', 'as_of: "2026-03-01"')
    return made


@pytest.mark.promise("aim3-083")
def test_the_page_bears_the_date_of_its_version_and_earlier_ones_stay(adserver: Scenario) -> None:
    assert publish(adserver, "2026-03-01T08:00") == (0, [])
    edit(adserver, "Ihre Anfrage bearbeiten", "Ihre Anfrage beantworten")
    # changed without a new date: reported, nothing published
    code, codes = publish(adserver, "2026-07-11T08:00")
    assert code == 1
    assert "notice/changed-without-date" in codes
    edit(adserver, 'as_of: "2026-03-01"', 'as_of: "2026-07-11"')
    assert publish(adserver, "2026-07-11T08:00") == (0, [])

    status, text = page(adserver, "2027-01-01T08:00", "/notice?on=2027-01-01")
    assert status == 200
    assert "Stand: 11. Juli 2026" in text
    listed = adserver.zusage("2027-01-01", "publish", "--versions", "--json").json
    assert [one["as_of"] for one in listed] == ["2026-07-11", "2026-03-01"]
    status, earlier = page(adserver, "2027-01-01T08:00", "/notice?on=2026-07-10")
    assert "Stand: 1. März 2026" in earlier
    assert "Ihre Anfrage bearbeiten" in earlier
    assert "Ihre Anfrage beantworten" in text
    assert page(adserver, "2027-01-01T08:00", "/notice?on=2026-02-28")[0] == 404


@pytest.mark.promise("aim3-084")
def test_a_new_tool_makes_the_notice_out_of_date_until_a_new_version(adserver: Scenario) -> None:
    assert publish(adserver, "2026-03-01T08:00")[0] == 0
    edit(adserver, "  tax: {name: Steuerberatung,", "  chat: {name: Plauderfix GmbH, country: DE, role: processor, contract: {kind: art-28}}\n"
         "  tax: {name: Steuerberatung,")  # fmt: skip
    edit(
        adserver,
        "    recipients: [{to: hosting}]\n    measures: [form-host]",
        "    recipients: [{to: hosting}, {to: chat}]\n    measures: [form-host]",
    )
    checked = adserver.zusage("2026-04-02", "publish", "--check", "--json")
    assert checked.code == 1
    outdated = [one for one in checked.json if one["code"] == "notice/out-of-date"]
    assert len(outdated) == 1
    assert "Plauderfix GmbH" in outdated[0]["message"]["en"]
    edit(adserver, 'as_of: "2026-03-01"', 'as_of: "2026-04-02"')
    assert publish(adserver, "2026-04-02T09:00")[0] == 0
    after = adserver.zusage("2026-04-03", "publish", "--check", "--json")
    assert [one for one in after.json if one["code"] == "notice/out-of-date"] == []
    assert "Plauderfix GmbH" in page(adserver, "2026-04-03T08:00", "/notice?on=2026-04-03")[1]
    assert "Plauderfix GmbH" not in page(adserver, "2026-04-03T08:00", "/notice?on=2026-03-15")[1]


@pytest.mark.promise("aim3-002")
@pytest.mark.parametrize(
    ("gone", "code"),
    [
        ("  imprint: https://www.windrose.example/impressum\n", "declaration/imprint"),
        ("address", "declaration/controller-address"),
        ("name", "name"),
    ],
)
def test_operator_and_imprint_stand_in_the_notice_or_it_is_not_made(
    adserver: Scenario, gone: str, code: str
) -> None:
    written = adserver.zusage("2026-03-01", "write", "notice", "--format", "txt", "--language", "de").out
    identity = written.split("Datenschutzbeauftragter")[0]
    for part in ("Windrose Media GmbH & Co. KG", "windrose.example", "Hamburg"):
        assert part in identity, part
    assert "https://www.windrose.example/impressum" in page(adserver, "2026-03-01T08:00", "/notice")[1]
    text = (adserver.folder / "declaration.yaml").read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    kept = (
        [line for line in lines if line != gone and not line.startswith(f"  {gone}: ")]
        if gone != "name"
        else [line for line in lines if not line.startswith("  name: Windrose")]
    )
    assert len(kept) == len(lines) - 1
    (adserver.folder / "declaration.yaml").write_text("".join(kept), encoding="utf-8")
    refused = adserver.zusage("2026-03-01T09:00", "publish", "--by", "Dora", "--json")
    assert refused.code != 0
    assert code in refused.out + refused.err
    listed = adserver.zusage("2026-03-01T10:00", "publish", "--versions", "--json")
    assert listed.code == 2 or listed.json == []


@pytest.mark.promise("aim3-064")
def test_a_law_out_of_force_is_reported_with_its_successor(adserver: Scenario) -> None:
    text = adserver.zusage("2026-03-01", "write", "notice", "--format", "md", "--language", "de").out
    fine = adserver.file("notice.md", text)
    stale = adserver.file(
        "stale.md",
        text.replace("## Ihre Rechte", "Es gilt auch das Telemediengesetz (TMG).\n\n## Ihre Rechte", 1),
    )

    def outdated(path: str) -> list[str]:
        return [
            one["instead"]["de"] for one in checked(path, "2026-03-01") if one["code"] == "notice/outdated"
        ]

    assert outdated(str(fine)) == []
    assert [said for said in outdated(str(stale)) if "DDG" in said]
