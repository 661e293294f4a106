"""The job board's notice covers what the tables hold, and its periods are those that are kept."""

from __future__ import annotations

import pytest

from tests.promises.publishing import edit, page, publish
from tests.promises.scenario import Scenario


@pytest.mark.promise("1malx-001")
def test_a_field_that_no_category_covers_blocks_publication(jobboard: Scenario) -> None:
    jobboard.change("board", "ALTER TABLE account ADD COLUMN schuhgroesse VARCHAR(10)")
    refused = jobboard.zusage("2026-02-02T08:00", "publish", "--by", "Dora", "--json")
    assert refused.code == 1
    assert "schuhgroesse" in refused.out
    assert jobboard.zusage("2026-02-02T08:10", "publish", "--versions", "--json").json == []
    jobboard.change("board", "ALTER TABLE account DROP COLUMN schuhgroesse")
    assert publish(jobboard, "2026-02-02T09:00") == (0, [])


@pytest.mark.promise("1malx-092")
def test_a_changed_period_needs_a_new_dated_version(jobboard: Scenario) -> None:
    assert publish(jobboard, "2026-02-02T08:00")[0] == 0
    assert "24 Monate" in page(jobboard, "2026-02-03T08:00", "/notice?on=2026-02-03")[1]
    edit(jobboard, "P24M", "P36M")
    code, codes = publish(jobboard, "2026-03-01T08:00")
    assert code == 1
    assert "notice/changed-without-date" in codes
    edit(jobboard, 'as_of: "2026-02-01"', 'as_of: "2026-03-01"')
    assert publish(jobboard, "2026-03-01T08:10")[0] == 0
    assert "36 Monate" in page(jobboard, "2026-03-02T08:00", "/notice?on=2026-03-02")[1]
    old = page(jobboard, "2026-03-02T08:00", "/notice?on=2026-02-15")[1]
    assert "24 Monate" in old
    assert "36 Monate" not in old
