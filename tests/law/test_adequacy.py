"""Was this transfer covered on that day?"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zusage.law.adequacy import adequate, decisions, eea, organisations, transfer_allowed
from zusage.law.countries import countries
from zusage.law.facts import LawError

TODAY = date(2026, 11, 24)
EU = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()


def test_the_eea() -> None:
    assert [code for code in countries() if eea(code)] == sorted([*EU, "IS", "LI", "NO"])
    assert eea("EU")
    assert eea("EEA")
    assert not eea("CH")
    assert not eea("GB")
    assert eea("GB", date(2020, 12, 31))
    assert not eea("GB", date(2021, 1, 1))
    assert not eea("HR", date(2013, 6, 30))
    with pytest.raises(LawError):
        eea("XX")


@pytest.mark.parametrize(
    ("country", "since", "number"),
    [
        ("AD", date(2010, 10, 19), "2010/625/EU"), ("AR", date(2003, 6, 30), "2003/490/EC"), ("BR",
        date(2026, 1, 26), "(EU) 2026/179"),
        ("CA", date(2001, 12, 20), "2002/2/EC"), ("CH", date(2000, 7, 26), "2000/518/EC"), ("FO",
        date(2010, 3, 5), "2010/146/EU"),
        ("GG", date(2003, 11, 21), "2003/821/EC"), ("IL", date(2011, 1, 31), "2011/61/EU"), ("IM",
        date(2004, 4, 28), "2004/411/EC"),
        ("JE", date(2008, 5, 8), "2008/393/EC"), ("JP", date(2019, 1, 23), "(EU) 2019/419"), ("KR",
        date(2021, 12, 17), "(EU) 2022/254"),
        ("NZ", date(2012, 12, 19), "2013/65/EU"), ("UY", date(2012, 8, 21), "2012/484/EU"),
    ],
)  # fmt: skip
def test_decisions_by_their_first_day(country: str, since: date, number: str) -> None:
    assert adequate(country, since - timedelta(days=1)).answer == "no"
    answer = adequate(country, since)
    assert answer.answer in ("yes", "partial")
    assert answer.decision is not None
    assert (answer.since, answer.decision.number) == (since, number)
    assert adequate(country, TODAY).answer == answer.answer


def test_limited_decisions_say_to_what() -> None:
    assert {item.country for item in decisions().values() if item.limit} == {
        "BR",
        "CA",
        "IL",
        "JP",
        "KR",
        "US",
    }
    canada = adequate("CA", TODAY)
    assert canada.answer == "partial"
    assert canada.limit is not None
    assert "PIPEDA" in canada.limit.en
    assert canada.limit.en in canada.reason.en


def test_the_united_kingdom() -> None:
    assert adequate("GB", date(2020, 6, 1)).answer == "yes"
    assert adequate("GB", date(2021, 3, 1)).answer == "yes"  # the bridge of the trade agreement
    assert adequate("GB", date(2025, 12, 28)).answer == "yes"  # prolonged, not lapsed
    assert adequate("GB", date(2031, 12, 27)).answer == "yes"
    lapsed = adequate("GB", date(2031, 12, 28))
    assert lapsed.answer == "no"
    assert lapsed.until == date(2031, 12, 27)


@pytest.mark.parametrize(
    ("on", "certified", "answer"),
    [
        (date(2015, 10, 5), True, "yes"), (date(2015, 10, 6), True, "no"), (date(2016, 7, 11), True, "no"),
        (date(2016, 7, 12), True, "yes"), (date(2020, 7, 15), True, "yes"), (date(2020, 7, 16), True, "no"),
        (date(2023, 7, 9), True, "no"), (date(2023, 7, 10), True, "yes"), (date(2023, 7, 10), None, "partial"),
        (date(2023, 7, 10), False, "no"), (TODAY, True, "yes"), (TODAY, None, "partial"), (TODAY, False, "no"),
    ],
)  # fmt: skip
def test_the_united_states_through_three_regimes(on: date, certified: bool | None, answer: str) -> None:
    assert adequate("US", on, certified).answer == answer


def test_no_decision_names_the_void_one() -> None:
    reason = adequate("US", date(2022, 1, 1)).reason
    assert "Privacy Shield" in reason.en
    assert "16.7.2020" in reason.de
    assert adequate("IN", TODAY).answer == "no"


@pytest.mark.parametrize("regime", ["privacy_shield", "privacy-shield", "safe-harbor", "safe-harbour"])
def test_void_regimes_cover_nothing_today(regime: str) -> None:
    verdict = transfer_allowed("US", regime, TODAY, certified=True)
    assert not verdict.allowed
    assert "void since" in verdict.reason.en
    assert "unwirksam" in verdict.reason.de


def test_the_framework_by_day_and_certificate() -> None:
    assert transfer_allowed("US", "dpf", date(2023, 7, 10), certified=True).allowed
    assert not transfer_allowed("US", "dpf", date(2023, 7, 9), certified=True).allowed
    assert not transfer_allowed("US", "dpf", TODAY, certified=False).allowed
    unknown = transfer_allowed("US", "dpf", TODAY)
    assert unknown.allowed
    assert unknown.conditions
    assert not transfer_allowed("IN", "dpf", TODAY, certified=True).allowed


def test_privacy_shield_on_its_last_day() -> None:
    assert transfer_allowed("US", "privacy-shield", date(2020, 7, 15), certified=True).allowed
    assert not transfer_allowed("US", "privacy-shield", date(2020, 7, 16), certified=True).allowed
    assert not transfer_allowed("US", "privacy-shield", date(2024, 1, 1), certified=True).allowed


@pytest.mark.parametrize(
    ("decision", "concluded", "on", "allowed"),
    [
        ("2010/87/EU", None, date(2022, 12, 27), True),
        ("2010/87/EU", None, date(2022, 12, 28), False),
        ("2010/87/EU", date(2020, 3, 1), date(2022, 12, 27), True),
        ("2010/87/EU", date(2021, 9, 27), date(2022, 1, 1), False),
        ("2004/915/EG", None, TODAY, False),
        ("2001/497/EC", None, date(2019, 1, 1), True),
        ("(EU) 2021/914", None, TODAY, True),
        ("2021/914", None, date(2021, 6, 26), False),
        ("2021/915", None, TODAY, False),
        (None, None, TODAY, True),
        (None, None, date(2019, 1, 1), True),
        (None, None, date(2000, 1, 1), False),
        (None, date(2019, 1, 1), TODAY, False),
        (None, date(2023, 1, 1), TODAY, True),
    ],
)
def test_standard_clauses_by_edition(
    decision: str | None, concluded: date | None, on: date, allowed: bool
) -> None:
    verdict = transfer_allowed("IN", "scc", on, decision=decision, concluded=concluded)
    assert verdict.allowed is allowed
    assert verdict.citation == "gdpr:46(2)(c)"


def test_clauses_that_there_are_not() -> None:
    with pytest.raises(LawError, match="2019/1"):
        transfer_allowed("IN", "scc", TODAY, decision="2019/1")


def test_within_the_eea_nothing_is_needed() -> None:
    for code in (*EU, "NO", "EU", "EEA"):
        assert transfer_allowed(code, None, TODAY).allowed
        assert transfer_allowed(code, "none", TODAY).citation == "gdpr:1(3)"


def test_without_safeguard() -> None:
    assert not transfer_allowed("IN", None, TODAY).allowed
    assert not transfer_allowed("US", "none", TODAY).allowed
    assert transfer_allowed("CH", "none", TODAY).allowed


@pytest.mark.parametrize(
    ("safeguard", "citation"),
    [
        ("bcr", "gdpr:46(2)(b)"),
        ("consent", "gdpr:49(1)(a)"),
        ("contract", "gdpr:49(1)(b)"),
        ("legal-claims", "gdpr:49(1)(e)"),
    ],
)
def test_instruments_hold_under_conditions(safeguard: str, citation: str) -> None:
    verdict = transfer_allowed("IN", safeguard, TODAY)
    assert (verdict.allowed, verdict.citation) == (True, citation)
    assert verdict.conditions
    assert verdict.exceptional == citation.startswith("gdpr:49")


def test_the_patent_organisation_is_no_country() -> None:
    found = organisations()["adq-epo"]
    assert found.holds(TODAY)
    assert not found.holds(date(2025, 7, 14))
    assert found.country == ""


def test_an_unknown_safeguard_is_refused() -> None:
    with pytest.raises(LawError, match="hope"):
        transfer_allowed("US", "hope", TODAY)


@given(
    st.sampled_from(sorted(countries())),
    st.dates(date(1995, 1, 1), date(2040, 1, 1)),
    st.sampled_from([True, False, None]),
)
def test_answers_are_consistent(code: str, on: date, certified: bool | None) -> None:
    answer = adequate(code, on, certified)
    by_decision = transfer_allowed(code, "adequacy", on, certified)
    assert by_decision.allowed == (answer.answer != "no")
    assert answer.reason.de
    assert answer.reason.en
    if answer.answer == "yes" and answer.decision:
        assert answer.decision.holds(on)
    if certified and answer.answer == "no":
        assert adequate(code, on, None).answer == "no"
