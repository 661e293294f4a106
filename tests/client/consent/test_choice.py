"""The choice's cookie: what is written can be read, and nothing else is believed."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zusage_client.consent import (
    BrowserPolicy,
    Choice,
    DeclaredPurpose,
    DeclaredService,
    Signal,
    Visitor,
    visitor,
)

POLICY = BrowserPolicy(
    (DeclaredPurpose("statistics", "aaaaaa"), DeclaredPurpose("media", "bbbbbb")),
    services=(
        DeclaredService("films", "embed", ("video.example",), "media", digest="cccccc"),
        DeclaredService("fonts", "font", ("fonts.example",)),
    ),
)
_IDS = st.from_regex(r"[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,5})?", fullmatch=True)
_ANSWERS = st.dictionaries(_IDS, st.from_regex(r"[0-9a-f]{6}", fullmatch=True), max_size=4)


@given(
    agreed=_ANSWERS,
    refused=_ANSWERS,
    services=_ANSWERS,
    recorded=st.booleans(),
    day=st.dates(date(2020, 1, 1), date(2099, 1, 1)),
)
def test_what_is_written_is_read(
    agreed: dict[str, str], refused: dict[str, str], services: dict[str, str], recorded: bool, day: date
) -> None:
    refused = {id: digest for id, digest in refused.items() if id not in agreed}
    browser = "0f" * 16 if agreed or services else ""
    choice = Choice(agreed, refused, services, browser, day, recorded)
    assert Choice.parse(choice.format()) == choice


@given(st.text(max_size=80))
def test_anything_else_is_no_choice(text: str) -> None:
    found = Choice.parse(text)
    assert found is None or found.format() == text


@pytest.mark.parametrize(
    "value",
    [
        "",
        "1.k.20260301...",
        "2.k.20260301....",
        "1.k.20261301....",
        "1.k.20260301.media~bbbbbb...",
        "1.k.20260301.media~bbbbbb.media~bbbbbb.." + "0f" * 16,
        "1.k.20260301..media~bbbbbb.." + "0f" * 16,
        "1.k.20260301.<b>~bbbbbb...x",
        "1.k.20260301." + "_".join(f"p{n}~aaaaaa" for n in range(300)) + "..." + "0f" * 16,
    ],
)
def test_forged_values_are_no_choice(value: str) -> None:
    assert Choice.parse(value) is None


def test_a_refusal_never_carries_an_id() -> None:
    choice = Choice({}, {"media": "bbbbbb"}, browser="0f" * 16, day=date(2026, 3, 1))
    assert choice.format() == "1.k.20260301..media~bbbbbb.."


def _visitor(cookie: str = "", **headers: str) -> Visitor:
    return visitor(
        {"cookie": cookie} | {name.replace("_", "-"): said for name, said in headers.items()}, POLICY
    )


def test_only_what_was_agreed_to_in_the_present_words_is_allowed() -> None:
    value = "zusage=1.k.20260301.statistics~aaaaaa_media~000000..." + "0f" * 16
    state = _visitor(f"other=x; broken; {value}")
    assert state.purposes(POLICY) == {"statistics"}
    assert state.must_be_asked(POLICY)
    assert state.allows(POLICY, "fonts")
    assert not state.allows(POLICY, "films")
    assert not state.allows(POLICY, "nobody")


def test_a_service_can_be_allowed_by_itself_in_its_present_words() -> None:
    refused = "..statistics~aaaaaa_media~bbbbbb."
    assert _visitor(f"zusage=1.k.20260301{refused}films~cccccc." + "0f" * 16).allows(POLICY, "films")
    assert not _visitor(f"zusage=1.k.20260301{refused}films~dddddd." + "0f" * 16).allows(POLICY, "films")


def test_nothing_is_allowed_before_it_is_on_record() -> None:
    value = "zusage=1.p.20260301.statistics~aaaaaa.media~bbbbbb.." + "0f" * 16
    assert _visitor(value).purposes(POLICY) == frozenset()
    assert not _visitor(value).must_be_asked(POLICY)


def test_signals_stand_for_a_refusal_below_an_explicit_choice() -> None:
    assert _visitor(Sec_GPC="1").signal is Signal.GPC
    assert _visitor(DNT="1").signal is Signal.DNT
    assert not _visitor(Sec_GPC="1").must_be_asked(POLICY)
    assert _visitor(Sec_GPC="0").must_be_asked(POLICY)
    agreed = "zusage=1.k.20260301.statistics~aaaaaa.media~bbbbbb.." + "0f" * 16
    assert _visitor(agreed, Sec_GPC="1").allows(POLICY, "statistics")


def test_the_cookie_lives_as_long_as_declared() -> None:
    now = datetime(2026, 8, 31, 12, tzinfo=UTC)
    header = Choice({}, {"media": "bbbbbb"}, day=now.date()).set_cookie(POLICY, now)
    seconds = (datetime(2027, 2, 28, 12, tzinfo=UTC) - now).total_seconds()
    assert f"Max-Age={seconds:.0f}" in header
    assert "Secure" in header
    assert "Domain" not in header


def test_the_policy_travels_as_json() -> None:
    assert BrowserPolicy.from_json(POLICY.as_json()) == POLICY
    with pytest.raises(ValueError, match="keys"):
        BrowserPolicy.from_json({"unknown": 1})
    with pytest.raises(ValueError, match="lifetime"):
        BrowserPolicy.from_json({"keep": "6 months"})
    with pytest.raises(ValueError, match="items"):
        BrowserPolicy.from_json({"items": [{"name": "x"}]})
