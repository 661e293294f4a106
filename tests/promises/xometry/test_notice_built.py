"""The marketplace's notice is built only from complete, consistent facts: each thing that is missing stops it by name."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import pytest

from tests.promises.announcing import announce, sent
from tests.promises.publishing import edit, page, publish, refused, said_in
from tests.promises.scenario import Scenario

NOW = "2026-03-01T08:00"
_ROLES = {
    "google-ads": "role: joint-controller, services: [Google Ads",
    "baidu": "role: controller, services: [Baidu",
    "linkedin": "role: joint-controller, services: [LinkedIn Insight",
    "microsoft": "role: controller, services: [Bing",
}


@dataclass(frozen=True)
class Flaw:
    """A change of the declaration, what is reported, and what the report names."""

    old: str
    new: str
    code: str
    names: str
    #: what the notice in order says (on the page `at`)
    shown: tuple[str, ...] = field(default=())
    at: str = "/notice"


_PROMISES = {
    "xometry-064": Flaw(
        ', balanced: "2026-01-15", balancing:', ", text:", "declaration/balancing", "Website ausliefern",
        ("sichere und schnelle Website",),
    ),
    "xometry-075": Flaw(
        ', copy_link: "https://datenschutz.spanwerk.example/transfers#calendly"', "", "declaration/copy", "Calendly LLC",
        ("Vereinbarte Klauseln (Calendly LLC)", 'href="https://datenschutz.spanwerk.example/transfers#calendly"'),
    ),
    "xometry-090": Flaw(
        ', collected: "https://amplitude.com/docs/data"', "", "declaration/collected-link", "Amplitude",
        ('href="https://amplitude.com/docs/data"', 'href="https://support.google.com/analytics/answer/11593727"'),
    ),
    "xometry-114": Flaw(
        ', passes_to: {de: "Werbetreibende und Websitebetreiber im Netzwerk von Google", '
        'en: "advertisers and publishers in Google\'s network"}', "", "declaration/onward-recipients", "Google Ireland Limited",
        ("Google Ireland Limited gibt sie weiter an: Werbetreibende und Websitebetreiber im Netzwerk von Google.",),
        "/settings",
    ),
    "xometry-125": Flaw(
        "decision: 2013/65/EU", "decision: 2002/2/EC", "declaration/decision-country", "CA",
        ("2013/65/EU vom 19. Dezember 2012, Neuseeland", "CELEX:32013D0065"),
    ),
    "xometry-133": Flaw(
        "  amplitude: {name:", "  maps-usa: {name: Google LLC, country: US, role: processor, services: [Google Maps], "
        'contract: {kind: art-28, concluded: "2025-01-20"}, transfers: [{country: US, safeguards: [dpf], certified: true}], '
        "function: {de: Karten, en: maps}}\n  amplitude: {name:",
        "declaration/service-two-providers", "Google LLC", ("Google Maps", "Google Ireland Limited"),
    ),
    "xometry-169": Flaw(
        'infers: {de: "Interessen aus Ihrem Verhalten', 'text: {de: "Interessen aus Ihrem Verhalten', "declaration/inference",
        "Baidu", ("Baidu, Inc leitet ab: Interessen aus Ihrem Verhalten auf vielen Websites, mit künstlicher Intelligenz",),
        "/settings",
    ),
    "xometry-171": Flaw(
        ', policy: "https://www.baidu.com/duty/yinsiquan.html"', "", "declaration/policy-link", "Baidu",
        ('href="https://www.baidu.com/duty/yinsiquan.html"', 'href="https://www.linkedin.com/legal/privacy-policy"',
         'href="https://privacy.microsoft.com/privacystatement"', 'href="https://www.facebook.com/privacy/policy"'),
    ),
    "xometry-174": Flaw(
        ', passes_to: {de: "Werbetreibende", en: advertisers}, infers: {de: "Interessen aus Ihrem Verhalten auf vielen Websites,'
        ' mit künstlicher Intelligenz, gespeichert in einem Profil", en: "interests inferred from your browsing across many '
        'sites, with artificial intelligence, stored in a profile"}}\n  calendly', "}\n  calendly",
        "declaration/onward-recipients", "LinkedIn", ("LinkedIn Ireland Unlimited Company gibt sie weiter an: Werbetreibende.",),
        "/settings",
    ),
    "xometry-177": Flaw(
        "name: LinkedIn Ireland Unlimited Company, country: IE", "name: LinkedIn Corporation, country: US",
        "declaration/parent-company", "LinkedIn Ireland Unlimited Company (IE)",
        ("LinkedIn Insight Tag und LinkedIn (LinkedIn Ireland Unlimited Company)",),
    ),
    "xometry-204": Flaw(
        "purpose: {de: unterscheidet Besucher, en: tells visitors apart}, keep: P6M, consent: statistics}\n    segment-user",
        "purpose: {de: speichert eine eindeutige ID eines Besuchers, en: stores a unique ID of a visitor}, keep: P6M, "
        "consent: statistics}\n    segment-user", "declaration/item-purpose", "ajs_anonymous_id", ("ajs_anonymous_id",),
    ),
    "xometry-307": Flaw(
        ', opt_out: "https://www.linkedin.com/psettings/guest-controls/retargeting-opt-out"', "", "declaration/opt-out-link",
        "LinkedIn", ('href="https://www.facebook.com/adpreferences"', "guest-controls/retargeting-opt-out"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    "promise",
    [
        pytest.param("xometry-064", marks=pytest.mark.promise("xometry-064")),
        pytest.param("xometry-075", marks=pytest.mark.promise("xometry-075")),
        pytest.param("xometry-090", marks=pytest.mark.promise("xometry-090")),
        pytest.param("xometry-114", marks=pytest.mark.promise("xometry-114")),
        pytest.param("xometry-125", marks=pytest.mark.promise("xometry-125")),
        pytest.param("xometry-133", marks=pytest.mark.promise("xometry-133")),
        pytest.param("xometry-169", marks=pytest.mark.promise("xometry-169")),
        pytest.param("xometry-171", marks=pytest.mark.promise("xometry-171")),
        pytest.param("xometry-174", marks=pytest.mark.promise("xometry-174")),
        pytest.param("xometry-177", marks=pytest.mark.promise("xometry-177")),
        pytest.param("xometry-204", marks=pytest.mark.promise("xometry-204")),
        pytest.param("xometry-307", marks=pytest.mark.promise("xometry-307")),
    ],
)
def test_a_notice_without_it_is_not_built_and_the_gap_is_named(marketplace: Scenario, promise: str) -> None:
    flaw = _PROMISES[promise]
    text = page(marketplace, NOW, flaw.at)[1]
    for shown in flaw.shown:
        assert shown in text, shown
    edit(marketplace, flaw.old, flaw.new)
    assert said_in(refused(marketplace, NOW), flaw.code, flaw.names)


@pytest.mark.parametrize(
    ("promise", "name"),
    [
        pytest.param("xometry-112", "google-ads", marks=pytest.mark.promise("xometry-112")),
        *(pytest.param("xometry-173", name, marks=pytest.mark.promise("xometry-173")) for name in _ROLES),
    ],
)
def test_who_pursues_purposes_of_its_own_is_no_processor(
    marketplace: Scenario, promise: str, name: str
) -> None:
    called = {"google-ads": "Google Ireland Limited", "baidu": "Baidu, Inc", "linkedin": "LinkedIn Ireland Unlimited",
              "microsoft": "Microsoft Ireland Operations Limited"}[name]  # fmt: skip
    record = marketplace.zusage(NOW, "write", "record", "--format", "txt", "--language", "de").out
    told = re.search(
        rf"{re.escape(called)}[^\n]*?eigene Zwecke: Werbung, Marktforschung; [^;)]*\d{{4}}", record
    )
    assert told, called
    printed = told[0].rpartition(called)[2]
    assert "gemeinsam Verantwortlicher" in printed or "in eigener Verantwortung" in printed
    assert re.search(
        r"(Vereinbarung nach Art\. 26 DSGVO|anderer Vertrag), geschlossen am \d+\. \w+ \d{4}", printed
    )
    role = _ROLES[name]
    edit(marketplace, role, "role: processor, " + role.split(", ", 1)[1])
    assert said_in(refused(marketplace, NOW), "declaration/own-purposes", called)


@pytest.mark.promise("xometry-001")
def test_the_laws_in_title_and_text_are_those_of_the_day(marketplace: Scenario) -> None:
    def built(day: str) -> str:
        return marketplace.zusage(day, "write", "notice", "--as-of", day, "--language", "de").out

    before, after = built("2024-05-13"), built("2024-05-14")
    assert "<title>Datenschutzerklärung nach DSGVO und TTDSG – " in before
    assert "§ 25 Abs. 1 TTDSG" in before
    assert "TDDDG" not in before.replace("TTDSG", "")
    assert "<title>Datenschutzerklärung nach DSGVO und TDDDG – " in after
    assert "§ 25 Abs. 2 Nr. 2 TDDDG" in after
    assert "TTDSG" not in after
    # a published text is due anew when a law it names gets another name
    edit(marketplace, 'as_of: "2026-02-20"', 'as_of: "2024-05-13"')
    assert publish(marketplace, "2024-05-13T08:00")[0] == 0
    assert "TTDSG" in page(marketplace, "2024-05-13T09:00", "/notice?on=2024-05-13")[1]
    same_day = marketplace.zusage("2024-05-13T10:00", "publish", "--check", "--json").json
    assert not said_in(same_day, "notice/law-changed")
    next_day = marketplace.zusage("2024-05-14T10:00", "publish", "--check", "--json").json
    assert said_in(next_day, "notice/law-changed")
    edit(marketplace, 'as_of: "2024-05-13"', 'as_of: "2024-05-14"')
    made = announce(marketplace, "2024-05-13T11:00", "notice-change", "Ein Gesetz heißt ab morgen anders.",
                    "--activity", "customer-portal", "--activity", "partner-portal", "--effective", "2024-05-14")[1]  # fmt: skip
    sent(marketplace, "2024-05-13T12", made["id"])
    assert publish(marketplace, "2024-05-14T10:00")[0] == 0
    assert "TTDSG" not in page(marketplace, "2024-05-14T11:00", "/notice?on=2024-05-14")[1]
