"""The messaging platform's notice: absolute dates, the responsible company, nothing in the stores that it does not cover."""

from __future__ import annotations

import io

import pypdf
import pytest

from tests.promises.announcing import announce, sent
from tests.promises.publishing import edit, page, publish
from tests.promises.scenario import Scenario


@pytest.mark.promise("web1on1-001")
def test_the_date_is_absolute_and_survives_export(messaging: Scenario) -> None:
    assert publish(messaging, "2026-02-10T08:00")[0] == 0
    for now in ("2026-03-15T08:00", "2027-03-15T08:00"):
        for path in ("/notice", f"/notice?on={now[:10]}"):
            assert "10. Februar 2026" in page(messaging, now, path)[1], (now, path)
    target = messaging.folder / "notice.pdf"
    assert messaging.zusage("2027-03-15", "write", "notice", "-o", str(target), "--language", "de").code == 0
    text = "".join(one.extract_text() for one in pypdf.PdfReader(io.BytesIO(target.read_bytes())).pages)
    assert "10. Februar 2026" in text
    # without a date there is no notice
    edit(messaging, 'as_of: "2026-02-10"\n', "")
    assert messaging.zusage("2027-03-15", "write", "notice").code == 2


@pytest.mark.promise("web1on1-068")
def test_a_revision_is_a_version_with_its_date_and_the_old_one_stays(messaging: Scenario) -> None:
    assert publish(messaging, "2026-02-10T08:00")[0] == 0
    first = page(messaging, "2026-02-11T08:00", "/notice?on=2026-02-11")[1]
    edit(messaging, "name: ", "web: https://www.plauderwerk.example/neu\n  name: ") if "  web:" not in (
        messaging.folder / "declaration.yaml"
    ).read_text("utf-8") else edit(messaging, "  web: ", "  register_entry: HRB 4711\n  web: ")
    assert publish(messaging, "2026-05-31T08:00")[0] == 1
    edit(messaging, 'as_of: "2026-02-10"', 'as_of: "2026-06-01"')
    # not before its day
    assert "notice/date-in-future" in publish(messaging, "2026-05-31T08:00")[1]
    told = ("--activity", "account", "--effective", "2026-06-01")
    _, made = announce(
        messaging, "2026-05-10T09:00", "notice-change", "Ein Registereintrag kommt dazu.", *told
    )
    sent(messaging, "2026-05-10T10", made["id"])
    assert publish(messaging, "2026-06-01T08:00")[0] == 0
    assert "1. Juni 2026" in page(messaging, "2026-06-02T08:00", "/notice?on=2026-06-02")[1]
    assert page(messaging, "2026-06-02T08:00", "/notice?on=2026-05-31")[1] == first
    listed = page(messaging, "2026-06-02T08:00", "/notice/versions")[1]
    assert "2026-06-01" in listed
    assert "2026-02-10" in listed


@pytest.mark.promise("web1on1-003")
def test_the_responsible_company_stands_first_or_nothing_is_published(messaging: Scenario) -> None:
    said = messaging.zusage("2026-02-10", "write", "notice", "--format", "txt", "--language", "de").out
    identity = said.split("Verantwortlicher\n")[1].split("Datenschutzbeauftragter")[0]
    assert "@plauderwerk.example" in identity
    assert "Registereintrag" in identity or "Vertreten durch" in identity
    lines = (messaging.folder / "declaration.yaml").read_text("utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith("  address: {")]
    assert len(kept) == len(lines) - 1
    (messaging.folder / "declaration.yaml").write_text("".join(kept), encoding="utf-8")
    code, codes = publish(messaging, "2026-02-10T08:00")
    assert code == 1
    assert "declaration/controller-address" in codes
    assert page(messaging, "2026-02-11T08:00", "/notice?on=2026-02-11")[0] == 404


@pytest.mark.promise("web1on1-002")
def test_a_field_that_no_passage_covers_blocks_publication(messaging: Scenario) -> None:
    store = next(iter(_stores(messaging)))
    messaging.change(store, "ALTER TABLE message ADD COLUMN fahrzeugschein_foto VARCHAR(200)")
    refused = messaging.zusage("2026-02-10T08:00", "publish", "--by", "Dora", "--json")
    assert refused.code == 1
    assert "fahrzeugschein_foto" in refused.out
    messaging.change(store, "ALTER TABLE message DROP COLUMN fahrzeugschein_foto")
    assert publish(messaging, "2026-02-10T09:00")[0] == 0


def _stores(scenario: Scenario) -> list[str]:
    from zusage.deployments.registry import deployment

    return [name for name, made in deployment(scenario.name).databases.items() if "message" in made.tables]
