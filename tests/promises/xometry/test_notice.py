"""The marketplace's notice: versions that stay retrievable, transfers by the law of the day, no empty headings."""

from __future__ import annotations

import pytest

from tests.promises.announcing import announce, sent
from tests.promises.publishing import checked, edit, page, publish
from tests.promises.scenario import Scenario


@pytest.mark.promise("xometry-316")
def test_every_version_stays_retrievable_unchanged(marketplace: Scenario) -> None:
    assert publish(marketplace, "2026-02-20T08:00")[0] == 0
    first = page(marketplace, "2026-02-21T08:00", "/notice?on=2026-02-21")[1]
    assert "20. Februar 2026" in first
    edit(marketplace, "Spanwerk Marktplatz GmbH", "Spanwerk Handel GmbH")
    code, codes = publish(marketplace, "2026-09-01T08:00")
    assert (code, "notice/changed-without-date" in codes) == (1, True)
    edit(marketplace, 'as_of: "2026-02-20"', 'as_of: "2026-09-01"')
    made = announce(marketplace, "2026-08-20T09:00", "notice-change", "Ab dem 1. September heißen wir anders.",
                    "--activity", "customer-portal", "--activity", "partner-portal", "--effective", "2026-09-01")[1]  # fmt: skip
    sent(marketplace, "2026-08-20T10", made["id"])
    assert publish(marketplace, "2026-09-01T08:10")[0] == 0
    assert page(marketplace, "2026-12-01T08:00", "/notice?on=2026-08-31")[1] == first
    assert "Spanwerk Handel GmbH" in page(marketplace, "2026-12-01T08:00", "/notice?on=2026-12-01")[1]


@pytest.mark.promise("xometry-072")
def test_the_level_of_protection_in_the_usa_is_that_of_the_day(marketplace: Scenario) -> None:
    def row(as_of: str) -> str:
        said = marketplace.zusage(
            "2026-02-20", "write", "transfers", "--format", "md", "--language", "en", "--as-of", as_of
        )
        return next(line for line in said.out.splitlines() if line.startswith("| Cloudflare Germany GmbH"))

    edit(marketplace, 'transfers: [{country: US, safeguards: [dpf, scc], certified: true, clauses: {decision: "2021/914", module: 2, '
         'concluded: "2025-02-01"}, copy_link: "https://datenschutz.spanwerk.example/transfers#edge"}], text: {de: "kürzere',
         'transfers: [{country: US, safeguards: [dpf], certified: true}], text: {de: "kürzere')  # fmt: skip
    assert "| no: " in row("2022-07-01")
    assert "| yes: " in row("2023-09-01")
    assert "Data Privacy Framework" in row("2023-09-01")
    edit(marketplace, "transfers: [{country: US, safeguards: [dpf], certified: true}], text: {de: \"kürzere",
         "transfers: [{country: US, safeguards: [dpf], certified: false}], text: {de: \"kürzere")  # fmt: skip
    assert "| no: " in row("2023-09-01")


@pytest.mark.promise("xometry-314")
def test_an_empty_heading_is_an_error_with_its_section(marketplace: Scenario) -> None:
    text = marketplace.zusage("2026-02-20", "write", "notice", "--format", "md", "--language", "de").out
    empty = marketplace.file(
        "empty.md",
        text.replace("## Ihre Rechte", "## Soziale Netzwerke\n\n### Empfänger\n\n## Ihre Rechte", 1),
    )
    filled = marketplace.file(
        "filled.md",
        text.replace(
            "## Ihre Rechte",
            "## Soziale Netzwerke\n\n### Empfänger\n\nLinkedIn Ireland Unlimited Company.\n\n## Ihre Rechte",
            1,
        ),
    )

    def codes(path: str) -> list[tuple[str, str]]:
        return [(one["code"], one["severity"]) for one in checked(path, "2026-02-20")]

    assert ("notice/empty-section", "error") in codes(str(empty))
    assert "notice/empty-section" not in [code for code, _ in codes(str(filled))]
