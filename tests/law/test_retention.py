"""Statutory periods as they stood on the day of the event."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zusage.law.facts import LawError
from zusage.law.retention import all_statutory, statutory

BERLIN = ZoneInfo("Europe/Berlin")
#: id → period, start, kind
PERIODS = {
    "hgb-books": ("P10Y", "end_of_year", "keep"), "hgb-vouchers": ("P8Y", "end_of_year", "keep"),
    "hgb-vouchers-finance": ("P10Y", "end_of_year", "keep"), "hgb-letters": ("P6Y", "end_of_year", "keep"),
    "ao-books": ("P10Y", "end_of_year", "keep"), "ao-customs": ("P10Y", "end_of_year", "keep"),
    "ao-vouchers": ("P8Y", "end_of_year", "keep"), "ao-letters": ("P6Y", "end_of_year", "keep"),
    "ao-other": ("P6Y", "end_of_year", "keep"), "ao-third-party-data": ("P7Y", "end_of_year", "keep"),
    "ustg-invoices": ("P8Y", "end_of_year", "keep"), "ustg-private-recipient": ("P2Y", "end_of_year", "keep"),
    "estg-wage-account": ("P6Y", "end_of_year", "keep"), "lksg": ("P7Y", "event", "keep"),
    "milog": ("P2Y", "event", "keep"), "gwg": ("P5Y", "end_of_year", "keep"), "brao": ("P6Y", "end_of_year", "keep"),
    "stberg": ("P10Y", "end_of_year", "keep"), "bgb-630f": ("P10Y", "event", "keep"), "bmg-hotel": ("P1Y",
    "event", "keep"),
    "consent-phone": ("P5Y", "event", "keep"), "agg-15": ("P2M", "event", "claim"), "arbgg-61b": ("P3M", "event",
    "claim"),
    "kschg-claim": ("P3W", "event", "claim"), "bgb-regular": ("P3Y", "end_of_year", "claim"),
    "bgb-max-10": ("P10Y", "event", "claim"),
    "bgb-max-30": ("P30Y", "event", "claim"), "applications-practice": ("P6M", "event", "practice"),
    "hinschg": ("P3Y", "event", "erase"), "tdddg-billing": ("P6M", "event", "erase"), "tkg-subscriber": ("P1Y",
    "end_of_year", "erase"),
    "at-bao": ("P7Y", "end_of_year", "keep"), "ch-or": ("P10Y", "end_of_fiscal_year", "keep"),
}  # fmt: skip


@pytest.mark.parametrize(("period_id", "expected"), PERIODS.items())
def test_period_start_and_kind(period_id: str, expected: tuple[str, str, str]) -> None:
    found = statutory(period_id)
    assert (str(found.period), found.start, found.kind) == expected


def test_a_voucher_of_2025_is_kept_eight_years_from_the_end_of_the_year() -> None:
    end = statutory("hgb-vouchers").end(datetime(2025, 3, 15, 10, tzinfo=BERLIN))
    assert end == datetime(2034, 1, 1, tzinfo=BERLIN)


@pytest.mark.parametrize("period_id", ["hgb-vouchers", "ao-vouchers", "ustg-invoices"])
@pytest.mark.parametrize(
    ("event", "period"),
    [
        (date(2010, 6, 1), "P10Y"), (date(2014, 12, 31), "P10Y"),  # ten years had run out with 2024
        (date(2015, 1, 1), "P8Y"), (date(2020, 6, 1), "P8Y"),  # still running when the law changed: shortened
        (date(2024, 12, 31), "P8Y"), (date(2025, 1, 1), "P8Y"), (date(2030, 1, 1), "P8Y"),
    ],
)  # fmt: skip
def test_the_change_of_2025_and_its_transition(period_id: str, event: date, period: str) -> None:
    assert str(statutory(period_id).keep_at(event)) == period


def test_banks_keep_vouchers_ten_years() -> None:
    for period_id in ("hgb-vouchers", "ao-vouchers"):
        for year in (2016, 2025, 2026, 2030):
            assert str(statutory(period_id).keep_at(date(year, 5, 1), finance=True)) == "P10Y"
    assert statutory("hgb-vouchers-finance").keep_at(date(2026, 1, 1)) is None
    assert str(statutory("hgb-vouchers-finance").keep_at(date(2026, 1, 1), finance=True)) == "P10Y"


def test_invoices_of_banks_under_the_vat_act_are_shortened_a_year_later() -> None:
    invoices = statutory("ustg-invoices")
    assert str(invoices.keep_at(date(2015, 5, 1), finance=True)) == "P10Y"
    assert str(invoices.keep_at(date(2016, 5, 1), finance=True)) == "P8Y"
    assert str(invoices.keep_at(date(2026, 5, 1), finance=True)) == "P8Y"


def test_what_sets_no_number_gives_none() -> None:
    for period_id in ("bdsg-35", "gdpr-storage-limit", "gobd", "ao-suspension"):
        assert statutory(period_id).keep_at(date(2026, 1, 1)) is None
        assert statutory(period_id).end(datetime(2026, 1, 1, tzinfo=UTC)) is None


def test_what_is_not_applied_or_not_yet_in_force_gives_none() -> None:
    assert statutory("tkg-data-retention").keep_at(date(2026, 1, 1)) is None
    assert statutory("amlr").keep_at(date(2027, 7, 9)) is None
    assert str(statutory("amlr").keep_at(date(2027, 7, 10))) == "P5Y"
    assert statutory("consent-phone").keep_at(date(2021, 9, 30)) is None


def test_an_unknown_id_names_the_nearest() -> None:
    with pytest.raises(LawError, match="hgb-voucher'") as refused:
        statutory("hgb-voucher")
    assert "hgb-vouchers" in (refused.value.hint or "")


def test_wage_accounts_and_vouchers_are_two_things() -> None:
    paid = datetime(2025, 11, 30, 12, tzinfo=BERLIN)
    assert statutory("estg-wage-account").end(paid) == datetime(2032, 1, 1, tzinfo=BERLIN)
    assert statutory("hgb-vouchers").end(paid) == datetime(2034, 1, 1, tzinfo=BERLIN)


@given(st.sampled_from(sorted(all_statutory())), st.dates(date(1990, 1, 1), date(2060, 1, 1)), st.booleans())
def test_the_end_lies_after_the_event_and_by_the_start_rule(period_id: str, day: date, finance: bool) -> None:
    found = statutory(period_id)
    event = datetime(day.year, day.month, day.day, 12, tzinfo=BERLIN)
    end = found.end(event, finance)
    assert (end is None) == (found.keep_at(day, finance) is None)
    if end is None:
        return
    assert end > event
    local = end.astimezone(BERLIN)
    if found.start != "event":
        assert (local.month, local.day, local.hour) == (1, 1, 0)


def test_only_duties_are_called_duties() -> None:
    kinds = {found.kind for found in all_statutory().values()}
    assert kinds == {"keep", "erase", "claim", "practice"}
    assert statutory("log-files").kind == "practice"
    assert not statutory("log-files").source.verified
