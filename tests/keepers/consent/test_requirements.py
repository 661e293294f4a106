"""Each testable requirement on a German banner, and the test that shows it.

The requirements (c-01 …) are law data with their sources; none of them may be without a test.
"""

from __future__ import annotations

import importlib
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.declaration.conftest import SMALL
from tests.keepers.consent.banner.sample import sample_spec
from tests.keepers.consent.conftest import Publisher
from zusage.declaration import Declaration
from zusage.declaration.loading import validate
from zusage.declaration.strict_yaml import parse
from zusage.errors import ZusageError
from zusage.keepers.consent.banner import render_first_layer, render_settings
from zusage.keepers.consent.banner.words import words
from zusage.keepers.consent.evidencing import evidence
from zusage.law.consent_rules import consent_rules
from zusage.notice.checking.declared import check_declaration
from zusage.text import LANGUAGES, Language
from zusage_client.consent import Choice, Visitor, ends

_BANNER = "tests.keepers.consent.banner"
SHOWN = {
    "c-01": f"{_BANNER}.test_blocking::test_eight_of_eight_are_silent_before_and_after_a_refusal",
    "c-02": f"{_BANNER}.test_blocking::test_eight_of_eight_are_silent_before_and_after_a_refusal",
    "c-03": "tests.notice.checking.test_declared::test_what_is_missing_or_void_is_found",
    "c-04": "tests.keepers.consent.test_requirements::test_only_consent_or_necessity_opens_a_device",
    "c-05": "tests.keepers.consent.scan.test_comparing::test_recognition_of_devices_waits_for_consent",
    "c-06": f"{_BANNER}.test_first_layer::test_scrolling_waiting_and_leaving_are_no_choice",
    "c-07": f"{_BANNER}.test_first_layer::test_closing_refuses",
    "c-08": f"{_BANNER}.test_first_layer::test_both_are_one_click_and_neighbours_in_tab_order",
    "c-09": f"{_BANNER}.test_first_layer::test_accepting_and_refusing_look_the_same",
    "c-10": "tests.keepers.consent.test_requirements::test_labels_say_what_they_do",
    "c-11": "tests.keepers.consent.test_requirements::test_a_refusal_is_not_asked_for_again",
    "c-12": f"{_BANNER}.test_first_layer::test_it_is_a_named_region_first_in_the_page_and_takes_no_focus",
    "c-13": "tests.promises.fluxpunkt.test_cookies::test_functional_cookies_come_with_login_or_basket",
    "c-14": f"{_BANNER}.test_first_layer::test_it_says_who_how_many_where_and_how_to_withdraw",
    "c-15": "tests.keepers.consent.test_requirements::test_the_number_of_providers_is_that_of_the_list",
    "c-16": f"{_BANNER}.test_blocking::test_one_purpose_does_not_open_another",
    "c-17": f"{_BANNER}.test_first_layer::test_imprint_and_notice_are_reachable_without_a_choice",
    "c-18": f"{_BANNER}.test_first_layer::test_it_says_who_how_many_where_and_how_to_withdraw",
    "c-19": f"{_BANNER}.test_mapping::test_texts_are_the_declarations_own_and_in_its_form_of_address",
    "c-20": "tests.keepers.consent.test_keeper::test_each_event_is_proven_by_itself",
    "c-21": f"{_BANNER}.test_settings::test_one_click_gives_everything_and_one_click_takes_everything_back",
    "c-22": f"{_BANNER}.test_blocking::test_withdrawal_silences_and_removes",
    "c-23": "tests.keepers.consent.test_requirements::test_what_happened_before_a_withdrawal_stays_lawful_and_it_says_so",
    "c-24": f"{_BANNER}.test_recording::test_new_words_ask_again_and_keep_what_is_unchanged",
    "c-25": f"{_BANNER}.test_mapping::test_the_own_cookie_is_listed_with_its_lifetime",
    "c-26": f"{_BANNER}.test_recording::test_a_refusal_carries_no_identifier",
    "c-27": "tests.law.test_outdated::test_found_from_its_day_on",
    "c-28": f"{_BANNER}.test_blocking::test_gpc_is_a_refusal_without_a_cookie_below_an_explicit_choice",
    "c-29": f"{_BANNER}.test_managed::test_it_is_said_visibly_and_none_is_preferred",
    "c-30": f"{_BANNER}.test_managed::test_stored_settings_are_obeyed_and_no_banner_asks",
    "c-31": f"{_BANNER}.test_managed::test_it_is_said_visibly_and_none_is_preferred",
    "c-32": f"{_BANNER}.test_managed::test_what_must_be_known_before_is_handed_over_as_data",
    "c-33": f"{_BANNER}.test_managed::test_what_must_be_known_before_is_handed_over_as_data",
    "c-34": "tests.keepers.consent.test_mailings::test_a_child_is_signed_up_by_a_parent",
    "c-35": "tests.notice.checking.test_declared::test_what_is_missing_or_void_is_found",
    "c-36": "tests.keepers.consent.test_requirements::test_staff_agree_in_a_form_that_is_kept_with_purpose_and_withdrawal",
    "c-37": "tests.keepers.consent.test_mailings::test_only_the_confirmed_address_gets_the_issue",
    "c-38": "tests.keepers.consent.test_calling::test_each_call_renews_how_long_the_proof_is_kept",
    "c-39": "tests.keepers.consent.test_requirements::test_no_consent_to_the_notice_or_the_terms_as_a_whole",
}


def loaded(text: str) -> Declaration:
    return validate(parse(text, "declaration.yaml"), Declaration)


@pytest.mark.parametrize("id", sorted(SHOWN))
def test_the_test_is_there(id: str) -> None:
    module, _, name = SHOWN[id].partition("::")
    assert callable(getattr(importlib.import_module(module), name))


def test_no_requirement_is_forgotten() -> None:
    assert SHOWN.keys() == consent_rules().keys()


def test_only_consent_or_necessity_opens_a_device() -> None:
    """c-04: no item or service rests on anything else, such as a legitimate interest; c-03: and none on both."""
    for said in ("", "necessary: true\n      consent: talent-pool", "legitimate_interest: true"):
        with pytest.raises(ZusageError):
            loaded(SMALL.replace("necessary: true", said))
    service = "  services:\n    stats: {recipient: host, hosts: [stats.example]}\nrights:"
    with pytest.raises(ZusageError):
        loaded(SMALL.replace("rights:", service))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ich stimme der Datenschutzerklärung zu.", True),
        ("I agree to the privacy policy.", True),
        ("Ich akzeptiere die AGB.", True),
        ("Wir dürfen Ihre Bewerbung länger behalten; mehr in der Datenschutzerklärung.", False),
        ("I agree that my application is kept longer.", False),
    ],
)
def test_no_consent_to_the_notice_or_the_terms_as_a_whole(text: str, found: bool) -> None:
    """c-39."""
    declaration = loaded(SMALL.replace("Wir dürfen Ihre Bewerbung länger behalten.", text))
    codes = [one.code for one in check_declaration(declaration, date(2026, 3, 1))]
    assert ("declaration/blanket-consent" in codes) is found


def test_staff_agree_in_a_form_that_is_kept_with_purpose_and_withdrawal(publisher: Publisher) -> None:
    """c-36 (§ 26(2) BDSG): written or electronic, with the purpose and the right to withdraw in the words."""
    subject = {"kind": "staff", "value": "4711"}
    asked = {"do": "give", "subject": subject, "answers": {"intranet-photo": True}, "way": "paper"}
    given = publisher.api("subjects/consents", asked)["intranet-photo"]
    shown = evidence(publisher.workspace.context, bytes.fromhex(given["consent"]))
    assert shown is not None
    said = shown.as_json()
    assert (said["way"], said["answers"]) == ("paper", {"intranet-photo": True})
    assert "Foto im Intranet" in said["words"]
    assert "jederzeit widerrufen" in said["words"]


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
