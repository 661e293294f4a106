"""What counts of a choice that a visitor brings along from another own domain."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.keepers.consent.banner.sample import sample_spec
from zusage.keepers.consent.banner import EventRefused
from zusage.keepers.consent.banner.handing import brought, is_handed_by_us, local_path, taken_over
from zusage_client.consent import Choice

SPEC = sample_spec()
DIGESTS = dict(SPEC.policy.digests)
DAY = date(2026, 3, 1)
ALL = frozenset(DIGESTS)


def chosen(*yes: str, day: date = DAY, browser: str = "ab" * 16) -> Choice:
    """Somebody who agreed to these purposes and refused the others."""
    agreed = {id: DIGESTS[id] for id in DIGESTS if id in yes}
    refused = {id: DIGESTS[id] for id in DIGESTS if id not in yes}
    return Choice(agreed, refused, {}, browser if yes else "", day)


@pytest.mark.parametrize(
    ("made", "own", "agreed"),
    [
        (chosen("statistics"), None, {"statistics"}),
        (chosen(), None, set()),
        (chosen("statistics", day=DAY + timedelta(days=1)), chosen(), {"statistics"}),
        (chosen(day=DAY + timedelta(days=1)), chosen("statistics"), set()),
        (chosen("statistics"), chosen(day=DAY + timedelta(days=1)), set()),
        # of one day: nobody knows which was later, and a no wins
        (chosen("statistics", "media"), chosen("media"), {"media"}),
        (chosen(), chosen("media"), set()),
    ],
)
def test_the_later_day_wins_and_of_one_day_the_no(made: Choice, own: Choice | None, agreed: set[str]) -> None:
    found = taken_over(made, SPEC, own, ALL)
    assert {id for id, yes in found.answers(SPEC.policy).items() if yes} == agreed
    assert found.answers(SPEC.policy).keys() == ALL
    assert bool(found.browser) == bool(agreed)
    assert Choice.parse(found.format()) == found


def test_what_the_register_does_not_have_is_a_refusal() -> None:
    made = chosen("statistics", "media")
    assert taken_over(made, SPEC, None, {"media"}).agreed.keys() == {"media"}
    nothing = taken_over(made, SPEC, None, ())
    assert (nothing.agreed, nothing.browser) == ({}, "")


def test_what_this_banner_does_not_know_is_left_behind() -> None:
    made = Choice({"elsewhere": "abcdef"}, {"other": "abcdef"}, {"unknown": "abcdef"}, "ab" * 16, DAY)
    found = taken_over(made, SPEC, None, {"elsewhere", "unknown"})
    assert (dict(found.agreed), dict(found.refused), dict(found.services), found.browser) == ({}, {}, {}, "")


@pytest.mark.parametrize("value", ["", "x", chosen("media").format().replace(".k.", ".p."), "1" * 3000])
def test_only_a_choice_on_record_is_brought_along(value: str) -> None:
    with pytest.raises(EventRefused):
        brought(value)


@pytest.mark.parametrize(
    ("to", "where"),
    [
        ("/kontakt?a=1#b", "/kontakt?a=1#b"), ("/", "/"), ("//evil.example", "/"), ("/\\evil.example", "/"),
        ("https://evil.example", "/"), ("", "/"), ("/a\r\nset-cookie: x", "/"), ("/" + "a" * 3000, "/"),
    ],
)  # fmt: skip
def test_it_leads_on_within_the_site_alone(to: str, where: str) -> None:
    assert local_path(to) == where


@pytest.mark.parametrize(
    ("there", "here", "good"),
    [
        ("https://one.example", "https://two.example", True),
        ("https://www.one.example", "https://shop.two.example", True),
        ("http://one.example", "https://two.example", False),
        ("https://evil.example", "https://two.example", False),
        ("https://evilone.example", "https://two.example", False),
        ("https://one.example", "https://elsewhere.example", False),
        ("null", "https://two.example", False),
        ("", "https://two.example", False),
    ],
)
def test_only_own_domains_hand_over(there: str, here: str, good: bool) -> None:
    spec = sample_spec(shared_domains=("one.example", "two.example"))
    assert is_handed_by_us(there, spec, here) is good
