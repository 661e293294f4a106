"""Disclosures go when nobody can be asked about them any more."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from zusage.database.engines import create_engine
from zusage.database.schema import metadata
from zusage.registers.disclosures import Disclosure, add_disclosure, disclosures_of, expire_disclosures


def test_a_disclosure_stays_until_the_end_of_the_third_calendar_year_after_its_own(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'state.db'}")
    metadata.create_all(engine)
    with engine.begin() as connection:
        for number, when in enumerate(
            (datetime(2022, 12, 31, 23, tzinfo=UTC), datetime(2023, 1, 1, tzinfo=UTC))
        ):
            add_disclosure(
                connection,
                Disclosure(f"d{number}", "tax-office", "invoices", "", "duty", "p.abc", when, "a.b"),
            )
        assert expire_disclosures(connection, datetime(2025, 12, 31, 23, tzinfo=UTC)) == 0
        assert expire_disclosures(connection, datetime(2026, 1, 1, tzinfo=UTC)) == 1
        assert [one.id for one in disclosures_of(connection, "p.abc")] == ["d1"]
