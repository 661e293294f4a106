"""Outdated things are found, sound ones are left alone."""

from __future__ import annotations

import time
from datetime import date, timedelta

import pytest

from zusage.findings import Severity
from zusage.law.citations import parse_id
from zusage.law.outdated import all_outdated, find_outdated, outdated, outdated_citation

TODAY = date(2026, 11, 24)
#: id → texts in which it stands
HITS = {
    "ttdsg": ["§ 25 Abs. 1 TTDSG", "Telekommunikation-Telemedien-Datenschutz-Gesetz", "Section 25 (1) TTDSG"],
    "tmg": ["Angaben gemäß § 5 TMG", "des Telemediengesetzes", "§ 7 Abs. 1 TMG"],
    "tmg-15": ["nach § 15 Abs. 3 TMG", "Section 15 (3) TMG", "§ 15 Absatz 3 des Telemediengesetzes"],
    "tmg-13": ["§ 13 Abs. 7 TMG", "§ 13 TMG"],
    "bdsg-neu": ["§ 26 Abs. 1 BDSG-neu", "BDSG n.F.", "BDSG (neu)"],
    "bdsg-old": ["§ 34 BDSG a.F."],
    "bdsg-old-sections": ["§ 4a BDSG", "§ 4f Abs. 1 BDSG", "§ 6b BDSG", "§ 28a BDSG"],
    "bdsg-11": ["Vertrag nach § 11 BDSG"],
    "bdsg-28": ["§ 28 Abs. 1 Satz 1 Nr. 2 BDSG"],
    "bdsg-32": ["§ 32 Abs. 1 S. 1 BDSG"],
    "bdsg-26-1": ["§ 26 Abs. 1 BDSG", "§ 26 Abs. 1 S. 1 BDSG-neu", "Section 26 (1) BDSG"],
    "bdsg-38-ten": ["mindestens zehn Personen ständig mit der automatisierten Verarbeitung"],
    "rstv": ["Verantwortlich nach § 55 Abs. 2 RStV"],
    "tkg-88": ["§ 88 Abs. 2 TKG"],
    "tkg-old-privacy": ["Grundlage ist § 105 TKG", "§ 96 Abs. 1 TKG", "§§ 91 TKG"],
    "tkg-109": ["§ 109 TKG"],
    "uwg-7-2-3": ["§ 7 Abs. 2 Nr. 3 UWG"],
    "dir-95-46": ["Richtlinie 95/46/EG", "Directive 95/46/EC"],
    "reg-45-2001": ["Verordnung (EG) Nr. 45/2001"],
    "netzdg": ["nach dem NetzDG"],
    "gobs": ["gemäß GDPdU"],
    "dsg-2000": ["§ 8 DSG 2000"],
    "dsg-ch-old": ["Art. 11 VDSG", "DSG vom 19. Juni 1992"],
    "ten-years-vouchers": [
        "Rechnungen bewahren wir zehn Jahre auf",
        "10 Jahre für Buchungsbelege",
        "invoices for 10 years",
    ],
    "privacy-shield": [
        "unter dem EU-US-Privacy-Shield zertifiziert",
        "Privacy Shield",
        "www.privacyshield.gov",
    ],
    "safe-harbour": ["Safe-Harbor-Abkommen", "safe harbour"],
    "scc-old": ["Beschluss 2010/87/EU", "2004/915/EG"],
    "uk-expiry": ["Für das Vereinigte Königreich gilt der Beschluss bis zum 27. Juni 2025"],
    "auftragsdatenverarbeitung": ["Vertrag zur Auftragsdatenverarbeitung", "ADV-Vertrag"],
    "verantwortliche-stelle": ["Verantwortliche Stelle ist"],
    "verfahrensverzeichnis": ["öffentliches Verfahrensverzeichnis"],
    "sperrung": ["Löschung oder Sperrung Ihrer personenbezogenen Daten"],
    "besondere-arten": ["besondere Arten personenbezogener Daten"],
    "vorabkontrolle": ["Vorabkontrolle"],
    "telemedien": ["unsere Telemedien", "Telemediendienste"],
    "consent-by-use": [
        "Durch die Nutzung unserer Webseite erklären Sie sich einverstanden",
        "By using our site you agree",
    ],
    "dnt-ignored": ["Auf Do-Not-Track-Signale reagieren wir nicht", "we do not respond to Do Not Track"],
    "wp29": ["Artikel-29-Datenschutzgruppe", "Article 29 Working Party"],
    "duesseldorfer-kreis": ["Beschluss des Düsseldorfer Kreises"],
    "sdtb-name": ["Sächsischer Datenschutzbeauftragter"],
    "dpc-address": ["21 Fitzwilliam Square South"],
    "cbp-nl": ["College bescherming persoonsgegevens"],
    "os-platform": ["https://ec.europa.eu/consumers/odr/", "Plattform zur Online-Streitbeilegung"],
    "google-inc": ["Google Inc., 1600 Amphitheatre Parkway", "Google, Inc."],
    "facebook-ireland": ["Facebook Ireland Ltd., 4 Grand Canal Square"],
    "facebook-inc": ["Facebook, Inc., 1 Hacker Way"],
    "instagram-inc": ["Instagram Inc."],
    "twitter-company": ["Twitter International Company", "Twitter Inc."],
    "linkedin-us": ["LinkedIn Corporation, 2029 Stierlin Court"],
    "xing-company": ["XING AG, Dammtorstraße 29"],
    "oath": ["Oath (EMEA) Limited", "Verizon Media EMEA Limited"],
    "affilinet": ["affilinet GmbH"],
    "webtrekk": ["Webtrekk GmbH"],
    "sofort": ["Sofort GmbH, Theresienhöhe 12", "Sofortüberweisung"],
    "newsletter2go": ["Newsletter2Go GmbH"],
    "wirecard": ["Wirecard Bank AG"],
    "automattic-us": ["Automattic Inc."],
    "aws-us": ["Amazon Web Services, Inc."],
    "facebook-pixel": ["Facebook-Pixel", "Facebook Pixel"],
    "facebook-analytics": ["Facebook Analytics"],
    "twitter": ["unser Twitter-Kanal"],
    "sendinblue": ["Sendinblue GmbH"],
    "piwik": ["Piwik"],
    "etracker": ["eTracker"],
    "universal-analytics": ["Universal Analytics", "UA-1234567-1", "_anonymizeIp()"],
    "ga-ip-switch": [
        "Google Analytics nur mit aktivierter IP-Anonymisierung",
        "Google Analytics with activated IP-Anonymization",
    ],
    "ua-cookies": ["_gid", "_gat"],
    "adwords": ["Google AdWords Conversion", "Google Adwords"],
    "doubleclick": ["DoubleClick by Google"],
    "google-plus": ["Google+", "Google Plus"],
    "google-optimize": ["Google Optimize"],
    "g-suite": ["G Suite"],
    "typekit": ["Adobe Typekit"],
    "fabric": ["Fabric Crashlytics"],
    "addthis": ["AddThis-Plugin"],
    "flash-cookies": ["Flash-Cookies"],
    "internet-explorer": ["im Internet Explorer"],
    "skype": ["per Skype"],
    "office-365": ["Office 365"],
    "giropay": ["giropay"],
}
SOUND = [
    "§ 25 Abs. 1 TDDDG", "Angaben gemäß § 5 DDG", "TMGI", "§ 15 Abs. 3 UWG", "Art. 13 DSGVO", "§ 26 BDSG.",
    "§ 4 BDSG", "§ 38 BDSG",
    "§ 12 BDSG", "§ 34 BDSG", "§ 28 BDSG", "§ 33 BDSG", "§ 26 Abs. 4 BDSG",
    "mindestens 20 Personen ständig mit der automatisierten",
    "§ 18 Abs. 2 MStV", "§ 3 TDDDG", "§ 165 TKG", "§ 172 TKG", "§ 7 Abs. 2 Nr. 2 UWG", "§ 7 Abs. 3 UWG",
    "Verordnung (EU) 2016/679",
    "2018/1725", "gemäß GoBD", "§ 1 DSG", "revDSG", "Rechnungen bewahren wir acht Jahre auf",
    "Data Privacy Framework",
    "sicherer Hafenmeister", "2021/914", "Für das Vereinigte Königreich gilt der Beschluss bis zum 27. Dezember 2031",
    "Auftragsverarbeitung", "AV-Vertrag", "Verantwortlicher ist", "Verzeichnis von Verarbeitungstätigkeiten",
    "Einschränkung der Verarbeitung",
    "Sperrung des Kontos", "besondere Kategorien personenbezogener Daten", "Folgenabschätzung", "digitale Dienste",
    "Mit Klick auf Zustimmen willigen Sie ein", "Wir achten Do-Not-Track-Signale",
    "Europäischer Datenschutzausschuss",
    "Sächsische Datenschutz- und Transparenzbeauftragte", "6 Pembroke Row", "Autoriteit Persoonsgegevens",
    "Verbraucherschlichtungsstelle",
    "Google Ireland Limited", "Google LLC", "Meta Platforms Ireland Limited", "unser Kanal auf X",
    "X Internet Unlimited Company",
    "LinkedIn Ireland Unlimited Company", "NEW WORK SE", "Yahoo EMEA Limited", "AWIN AG", "wir löschen sofort",
    "Klarna Bank AB (publ)",
    "Brevo", "Piwik PRO", "Matomo", "etracker", "Google Analytics 4", "G-ABC1234567", "_ga", "_ga_ABC",
    "Google Ads", "doubleclick.net",
    "Google Maps", "Google Workspace", "use.typekit.net", "Firebase Crashlytics", "AddToAny", "Session-Cookies",
    "Microsoft Edge",
    "Skype for Business", "Microsoft 365", "PayPal", "Aut O'Mattic A8C Ireland Ltd.", "Amazon Web Services EMEA SARL",
]  # fmt: skip


def ids(text: str, on: date = TODAY) -> list[str]:
    return [match.entry.id for match in find_outdated(text, on)]


def test_every_entry_is_tried() -> None:
    assert set(HITS) == set(all_outdated())


@pytest.mark.parametrize(
    ("entry_id", "text"), [(entry, text) for entry, texts in HITS.items() for text in texts]
)
def test_found_from_its_day_on(entry_id: str, text: str) -> None:
    assert entry_id in ids(text)
    assert entry_id in ids(f"Wir schreiben hier: {text}, wie bekannt.")
    assert entry_id not in ids(text, outdated(entry_id).since - timedelta(days=1))
    assert entry_id in ids(text, outdated(entry_id).since)


@pytest.mark.parametrize("text", SOUND)
def test_sound_words_are_left_alone(text: str) -> None:
    assert ids(text) == []


def test_the_quotation_is_the_place() -> None:
    text = "Wir setzen Cookies nach § 15 Abs. 3 TMG und nutzen den Facebook-Pixel."
    assert [text[match.start : match.end] for match in find_outdated(text, TODAY)] == [
        "§ 15 Abs. 3 TMG",
        "Facebook-Pixel",
    ]


def test_both_names_in_one_breath_are_harmless() -> None:
    assert ids("§ 25 Abs. 1 TTDSG/TDDDG") == []
    assert ids("§ 25 Abs. 1 TDDDG (bisher § 25 Abs. 1 TTDSG)") == []


def test_employment_with_the_right_basis_beside_it_is_sound() -> None:
    assert ids("Art. 6 Abs. 1 lit. b DSGVO, § 26 Abs. 1 BDSG") == []
    assert ids("Art. 6 Abs. 1 lit. f DSGVO, § 26 Abs. 1 BDSG") == ["bdsg-26-1"]


def test_a_company_hides_its_product() -> None:
    assert ids("Twitter International Company") == ["twitter-company"]


@pytest.mark.parametrize(
    ("text", "past"),
    [
        ("Der Privacy Shield ist seit 2020 unwirksam.", True),
        ("das frühere TMG", True),
        ("Facebook Ireland Ltd. (heute Meta Platforms Ireland Limited)", True),
        ("The Privacy Shield was invalidated in 2020.", True),
        ("Der Anbieter ist nach dem Privacy Shield zertifiziert.", False),
        ("Wir nutzen Google Optimize.\n\nFrüher gab es anderes.", False),
    ],
)
def test_what_is_said_to_be_past_is_marked(text: str, past: bool) -> None:
    assert [match.said_to_be_past for match in find_outdated(text, TODAY)] == [past]


def test_by_citation_the_most_precise_counts() -> None:
    found = outdated_citation(parse_id("tmg:15(3)"), TODAY)
    assert found is not None
    assert (found.id, found.severity) == ("tmg-15", Severity.ERROR)
    assert outdated_citation(parse_id("tmg:5"), TODAY) == outdated("tmg")
    assert outdated_citation(parse_id("tmg:5"), date(2024, 5, 13)) is None
    assert outdated_citation(parse_id("gdpr:6(1)(f)"), TODAY) is None


@pytest.mark.parametrize(
    "piece",
    [
        "Sächsische ",
        "nicht ",
        "Durch die Nutzung unserer ",
        "10 Jahre ",
        "by using ",
        "UK ",
        "Art. 29 ",
        "Fabric ",
    ],
)
def test_long_texts_take_no_longer_than_they_must(piece: str) -> None:
    text = piece * (60_000 // len(piece))
    before = time.process_time()
    find_outdated(text, TODAY)
    assert time.process_time() - before < 5
