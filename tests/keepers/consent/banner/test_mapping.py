"""From the declaration to the banner: nothing is lost, nothing is invented."""

from __future__ import annotations

import pytest

from tests.keepers.consent.banner.declared import DECLARED
from zusage.declaration import Declaration
from zusage.declaration.loading import validate
from zusage.declaration.strict_yaml import parse
from zusage.keepers.consent.banner import render_first_layer, render_settings, spec_from
from zusage_client.consent import BrowserPolicy, Visitor


def _declaration(old: str = "", new: str = "") -> Declaration:
    assert old in DECLARED
    return validate(parse(DECLARED.replace(old, new) if old else DECLARED, "declaration.yaml"), Declaration)


def test_what_is_asked_in_the_banner_and_nothing_else() -> None:
    spec = spec_from(_declaration())
    assert [purpose.id for purpose in spec.purposes] == ["statistics", "marketing"]
    assert set(spec.vendors) == {"zaehlwerk", "adwind"}
    assert (spec.imprint, spec.version, spec.keep) == ("/impressum", "7", "P3M")
    assert spec.vendors["adwind"].risky == ("US",)


def test_the_own_cookie_is_listed_with_its_lifetime() -> None:
    spec = spec_from(_declaration())
    own = next(item for item in spec.items if item.name == "zusage")
    assert (own.keep, own.consent) == ("P3M", "")
    declared = (
        "  items:\n    choice: {name: zusage, purpose: {de: merkt, en: keeps}, keep: P6M, necessary: true}\n"
    )
    spec = spec_from(_declaration("  items:\n", declared))
    assert [item.keep for item in spec.items if item.name == "zusage"] == ["P6M"]
    assert spec.keep == "P6M"


def test_texts_are_the_declarations_own_and_in_its_form_of_address() -> None:
    spec = spec_from(_declaration())
    german, english = (str(render_settings(spec, language, Visitor())) for language in ("de", "en"))
    for words in ("Wir zählen Seitenaufrufe.", "13 Monate", "Adwind Inc.", "Vereinigte Staaten"):
        assert words in german
    for words in ("We count page views.", "13 months", "United States", "until the browser is closed"):
        assert words in english
    first = str(render_first_layer(spec, "de", Visitor()))
    assert "Du kannst" in first
    assert "Sie " not in first
    polite = str(render_first_layer(spec_from(_declaration("address: du\n", "")), "de", Visitor()))
    assert "Sie können" in polite


def test_markup_in_a_declaration_stays_text() -> None:
    spec = spec_from(
        _declaration("title: {de: Statistik, en: Statistics}", "title: '<script>alert(1)</script>'")
    )
    for made in (render_first_layer(spec, "de", Visitor()), render_settings(spec, "de", Visitor())):
        assert "<script>" not in made
        assert "&lt;script&gt;" in made


def test_a_policy_that_is_no_web_address_becomes_no_link() -> None:
    spec = spec_from(_declaration("https://adwind.example/privacy", "javascript:alert(1)"))
    assert "javascript:" not in str(render_settings(spec, "de", Visitor()))


def test_the_policy_for_applications_holds_every_item_and_service() -> None:
    policy = spec_from(_declaration()).policy
    assert BrowserPolicy.from_json(policy.as_json()) == policy
    found = policy.cookie_named("_zw_3")
    assert found is not None
    assert (found.keep, found.purpose) == ("P13M", "statistics")
    service = policy.service_at("video.example")
    assert service is not None
    assert service.countries == ("US",)


@pytest.mark.parametrize("language", ["de", "en"])
def test_without_a_purpose_there_is_nothing_to_ask(language: str) -> None:
    text = DECLARED[: DECLARED.index("consents:")] + "browser: {}\n"
    spec = spec_from(validate(parse(text, "declaration.yaml"), Declaration))
    assert not spec.asks
    assert render_first_layer(spec, "de" if language == "de" else "en", Visitor()) == ""
