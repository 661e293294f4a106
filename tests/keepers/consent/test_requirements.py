"""Each testable requirement on a German banner, and the test that shows it.

The requirements (c-01 …) are law data with their sources; where that file is at hand, none of them may be without a test
or without the room that it belongs to.
"""

from __future__ import annotations

import importlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from tests.keepers.consent.banner.sample import sample_spec
from zusage.keepers.consent.banner import render_first_layer, render_settings
from zusage.keepers.consent.banner.words import words
from zusage.text import LANGUAGES, Language
from zusage_client.consent import Choice, Visitor, ends

_LAW = Path(__file__).parents[4] / "shared/law/consent.yaml"
_BANNER = "tests.keepers.consent.banner"
SHOWN = {
    "c-01": f"{_BANNER}.test_blocking::test_eight_of_eight_are_silent_before_and_after_a_refusal",
    "c-02": f"{_BANNER}.test_blocking::test_eight_of_eight_are_silent_before_and_after_a_refusal",
    "c-05": "tests.keepers.consent.scan.test_comparing::test_recognition_of_devices_waits_for_consent",
    "c-06": f"{_BANNER}.test_first_layer::test_scrolling_waiting_and_leaving_are_no_choice",
    "c-07": f"{_BANNER}.test_first_layer::test_closing_refuses",
    "c-08": f"{_BANNER}.test_first_layer::test_both_are_one_click_and_neighbours_in_tab_order",
    "c-09": f"{_BANNER}.test_first_layer::test_accepting_and_refusing_look_the_same",
    "c-10": "tests.keepers.consent.test_requirements::test_labels_say_what_they_do",
    "c-11": "tests.keepers.consent.test_requirements::test_a_refusal_is_not_asked_for_again",
    "c-14": f"{_BANNER}.test_first_layer::test_it_says_who_how_many_where_and_how_to_withdraw",
    "c-15": "tests.keepers.consent.test_requirements::test_the_number_of_providers_is_that_of_the_list",
    "c-16": f"{_BANNER}.test_blocking::test_one_purpose_does_not_open_another",
    "c-17": f"{_BANNER}.test_first_layer::test_imprint_and_notice_are_reachable_without_a_choice",
    "c-18": f"{_BANNER}.test_first_layer::test_it_says_who_how_many_where_and_how_to_withdraw",
    "c-19": f"{_BANNER}.test_mapping::test_texts_are_the_declarations_own_and_in_its_form_of_address",
    "c-21": f"{_BANNER}.test_settings::test_withdrawing_takes_no_more_clicks_than_the_settings_need",
    "c-22": f"{_BANNER}.test_blocking::test_withdrawal_silences_and_removes",
    "c-23": "tests.keepers.consent.test_requirements::test_what_happened_before_a_withdrawal_stays_lawful_and_it_says_so",
    "c-24": f"{_BANNER}.test_recording::test_new_words_ask_again_and_keep_what_is_unchanged",
    "c-25": f"{_BANNER}.test_mapping::test_the_own_cookie_is_listed_with_its_lifetime",
    "c-26": f"{_BANNER}.test_recording::test_a_refusal_carries_no_identifier",
    "c-28": f"{_BANNER}.test_blocking::test_gpc_is_a_refusal_without_a_cookie_below_an_explicit_choice",
}
#: requirement → the room that keeps it, where it is not the browser's
ELSEWHERE = {
    "c-03": "notice checking", "c-04": "notice checking", "c-12": "notice checking", "c-13": "application forms",
    "c-20": "consent service", "c-27": "notice checking", "c-29": "consent service", "c-30": "consent service",
    "c-31": "consent service", "c-32": "consent service", "c-33": "consent service", "c-34": "consent service",
    "c-35": "notice checking", "c-36": "consent service", "c-37": "consent service", "c-38": "consent service",
    "c-39": "notice checking",
}  # fmt: skip


@pytest.mark.parametrize("id", sorted(SHOWN))
def test_the_test_is_there(id: str) -> None:
    module, _, name = SHOWN[id].partition("::")
    assert callable(getattr(importlib.import_module(module), name))


def test_no_requirement_is_forgotten() -> None:
    if not _LAW.is_file():
        pytest.skip("the law data file is not at hand; its requirements are named above")
    known = {entry["id"] for entry in yaml.safe_load(_LAW.read_text(encoding="utf-8"))["requirements"]}
    assert known == SHOWN.keys() | ELSEWHERE.keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_say_what_they_do(language: Language) -> None:
    """c-10: the consent says so; nothing reads like "OK"."""
    for address in ("Sie", "du"):
        said = words(sample_spec(address=address), language)
        assert any(
            word in said["accept"].casefold() for word in ("akzeptier", "accept", "einwillig", "consent")
        )
        assert any(word in said["reject"].casefold() for word in ("ablehn", "reject"))
        assert said["accept"].casefold() not in ("ok", "alles klar", "verstanden", "weiter")


def test_a_refusal_is_not_asked_for_again() -> None:
    """c-11: not on the next page, not on the next day; and it lives as long as a consent."""
    policy, now = sample_spec().policy, datetime(2026, 3, 1, tzinfo=UTC)
    refused = Choice({}, dict(policy.digests), day=now.date())
    agreed = Choice(dict(policy.digests), {}, browser="0f" * 16, day=now.date())
    assert not Visitor(Choice.parse(refused.format())).must_be_asked(policy)
    lives = [
        choice.set_cookie(policy, now).split("Max-Age=")[1].split(";")[0] for choice in (refused, agreed)
    ]
    assert lives[0] == lives[1]
    end = ends(policy.keep, now)
    assert end is not None
    assert timedelta(seconds=int(lives[0])) == end - now


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_number_of_providers_is_that_of_the_list(language: Language) -> None:
    """c-15: the count of layer 1 equals the providers listed one click away."""
    spec = sample_spec()
    listed = str(render_settings(spec, language, Visitor()))
    count = sum(vendor.name in listed for vendor in spec.vendors.values())
    first = str(render_first_layer(spec, language, Visitor()))
    assert f"{count} {'andere Anbieter' if language == 'de' else 'other providers'}" in first


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_happened_before_a_withdrawal_stays_lawful_and_it_says_so(language: Language) -> None:
    """c-23."""
    text = str(render_settings(sample_spec(), language, Visitor()))
    assert ("bleibt rechtmäßig" if language == "de" else "stays lawful") in text
