"""What single sentences, lists and tables are read as. All companies are invented."""

from __future__ import annotations

from typing import Any

import pytest

from zusage.notice.reading import Fact, document_of, read_facts

FILLER_DE = "\n\nDieser Absatz steht nur da, damit die Sprache erkannt wird und der Text nicht zu kurz ist."
FILLER_EN = (
    "\n\nThis paragraph is only here so that the language of the text is known and it is not too short."
)


def facts(text: str) -> list[Fact]:
    return read_facts(document_of(text))


def values(text: str, kind: str) -> list[Any]:
    return [fact.value for fact in facts(text) if fact.type == kind]


def test_quotes_are_verbatim_and_lines_and_sections_are_right() -> None:
    text = (
        "Kontakt\n\nSchreiben Sie uns an datenschutz@moewe.example, wenn Sie Fragen haben.\n\nFristen\n\nLogdaten werden nach 7 Tagen gelöscht."
        + FILLER_DE
    )
    for fact in facts(text):
        assert text[fact.start : fact.start + len(fact.quote)] == fact.quote
        assert text.split("\n")[fact.line - 1].find(fact.quote) >= 0
    mail = next(fact for fact in facts(text) if fact.type == "contact")
    assert (mail.value, mail.line, mail.section) == ("datenschutz@moewe.example", 3, "Kontakt")


def test_stated_twice_in_a_section_is_one_fact_and_in_two_sections_two() -> None:
    text = (
        "Logs\n\nWir speichern die IP-Adresse. Die IP-Adresse wird gekürzt gespeichert.\n\nAnalyse\n\nAuch hier wird die IP-Adresse verarbeitet."
        + FILLER_DE
    )
    assert values(text, "data_category").count("IP-Adresse") == 2


@pytest.mark.parametrize(
    ("text", "basis"),
    [
        ("Rechtsgrundlage ist Art. 6 Abs. 1 S. 1 lit. f DSGVO.", ["gdpr:6(1)(f)"]),
        (
            "Die Verarbeitung beruht auf § 25 Abs. 2 Nr. 2 TDDDG und Art. 6 Abs. 1 lit. c DSGVO.",
            ["tdddg:25(2)(2)", "gdpr:6(1)(c)"],
        ),
        ("We rely on Article 6(1)(a) GDPR for this processing of your data.", ["gdpr:6(1)(a)"]),
        ("Sie haben das Recht auf Auskunft (Art. 15 DSGVO) über Ihre Daten.", []),
        ("Wir geben die Daten nur mit Ihrer Einwilligung weiter und nicht ohne diese.", ["consent"]),
    ],
)
def test_legal_bases(text: str, basis: list[str]) -> None:
    assert values(text + (FILLER_EN if "We" in text else FILLER_DE), "legal_basis") == basis


def test_a_basis_in_words_does_not_repeat_the_article() -> None:
    text = (
        "Newsletter\n\nWir senden den Newsletter nur mit Ihrer Einwilligung (Art. 6 Abs. 1 lit. a DSGVO)."
        + FILLER_DE
    )
    assert values(text, "legal_basis") == ["gdpr:6(1)(a)"]


@pytest.mark.parametrize(
    ("text", "keep", "start", "then"),
    [
        ("Die Protokolle werden nach sieben Tagen gelöscht.", "P7D", None, "erase"),
        ("Wir bewahren Rechnungen 6 bis 10 Jahre auf.", "P6Y/P10Y", None, None),
        (
            "Bewerbungen löschen wir sechs Monate nach Abschluss des Bewerbungsverfahrens.",
            "P6M",
            "application procedure ended",
            "erase",
        ),
        (
            "Die Daten werden drei Monate nach Ende des Kalendermonats gelöscht.",
            "P3M",
            "end of calendar month",
            "erase",
        ),
        (
            "Nach 14 Monaten werden die Ereignisdaten anonymisiert und nicht mehr gespeichert.",
            "P14M",
            None,
            "anonymise",
        ),
        (
            "Wir löschen die Daten, sobald sie für den Zweck nicht mehr erforderlich sind.",
            "purpose",
            None,
            "erase",
        ),
        ("Ihre Daten werden für die Dauer der Mitgliedschaft gespeichert.", "contract", None, None),
        (
            "Die Adresse bleibt gespeichert, bis Sie Ihre Einwilligung widerrufen.",
            "until_withdrawal",
            None,
            None,
        ),
        ("Server logs are deleted after 30 days.", "P30D", None, "erase"),
        ("We keep your profile for as long as you have an account.", "contract", None, None),
    ],
)
def test_retention(text: str, keep: str, start: str | None, then: str | None) -> None:
    found = values(text + (FILLER_EN if " are " in text or "We " in text else FILLER_DE), "retention")
    assert [(value["keep"], value["from"], value["then"]) for value in found] == [(keep, start, then)]


def test_an_answer_in_a_month_is_a_deadline_and_an_age_is_no_period() -> None:
    text = (
        "Wir beantworten Ihre Anfrage innerhalb von vier Wochen. Kinder unter 16 Jahren dürfen ohne ihre Eltern keine Daten übermitteln."
        + FILLER_DE
    )
    assert values(text, "deadline")[0]["within"] == "P4W"
    assert values(text, "age_limit") == [16]
    assert values(text, "retention") == []


def test_companies_with_country_and_role() -> None:
    text = (
        "Empfänger\n\nDie Daten werden von der Nebelhorn Cloud GmbH, Am Kai 3, 20457 Hamburg, und von Foghorn Analytics, Inc., 9 Pier Road, "
        "Austin, TX 78701, USA, in unserem Auftrag verarbeitet." + FILLER_DE
    )
    assert values(text, "recipient") == [
        {"name": "Nebelhorn Cloud GmbH", "country": "DE", "role": "processor"},
        {"name": "Foghorn Analytics, Inc.", "country": "US", "role": "processor"},
    ]


def test_the_controller_is_no_recipient_of_its_own_data() -> None:
    text = (
        "Verantwortlicher\n\nVerantwortlich ist die Möwe Optik GmbH, Deichstr. 4, 24103 Kiel.\n\nEmpfänger\n\nDie Möwe Optik GmbH gibt Daten an Steuerberater weiter."
        + FILLER_DE
    )
    assert values(text, "controller") == ["Möwe Optik GmbH"]
    assert [value["name"] for value in values(text, "recipient")] == ["Steuerberater"]


def test_nothing_is_disclosed_where_the_text_denies_it() -> None:
    assert (
        values(
            "Eine Weitergabe der Daten an Dritte findet nicht statt, auch nicht an Banken." + FILLER_DE,
            "recipient",
        )
        == []
    )


@pytest.mark.parametrize(
    ("text", "moves"),
    [
        (
            "Die Daten werden in die USA übermittelt. Grundlage der Übermittlung in die USA sind Standardvertragsklauseln.",
            [("US", "scc")],
        ),
        (
            "Die Server stehen in der Schweiz und in Deutschland, wo die Daten gespeichert werden.",
            [("CH", None), ("DE", None)],
        ),
        ("Die Server befinden sich in der Europäischen Union.", [("EU", None)]),
        ("Daten werden nicht außerhalb der Europäischen Union verarbeitet.", []),
        (
            "Ihre Daten werden nach Japan übermittelt; für Japan besteht ein Angemessenheitsbeschluss.",
            [("JP", "adequacy")],
        ),
    ],
)
def test_transfers(text: str, moves: list[tuple[str, str | None]]) -> None:
    assert [(value["country"], value["safeguard"]) for value in values(text + FILLER_DE, "transfer")] == moves


def test_an_address_is_no_transfer() -> None:
    text = (
        "Wir nutzen dazu die Dienste der Foghorn Analytics, Inc. (9 Pier Road, Austin, TX 78701, USA), die Daten verarbeitet."
        + FILLER_DE
    )
    assert values(text, "transfer") == []


def test_a_cookie_table_in_pipe_form() -> None:
    text = (
        "Cookies\n\n| Name | Anbieter | Zweck | Laufzeit |\n|---|---|---|---|\n| moewe_sid | Möwe Optik | Anmeldung | Sitzung |\n| _ga, _gid | Google | Statistik | 2 Jahre |"
        + FILLER_DE
    )
    assert values(text, "cookie") == [
        {"name": "moewe_sid", "provider": "Möwe Optik", "keep": "session"},
        {"name": "_ga", "provider": "Google", "keep": "P2Y"},
        {"name": "_gid", "provider": "Google", "keep": "P2Y"},
    ]


def test_a_cookie_table_run_together() -> None:
    text = (
        "Cookies\n\nNameZweckSpeicherdauerAnbieter\nmoewe_cartSpeichert den Inhalt des Warenkorbs.30 TageMöwe\n"
        "FogVisitorIDErkennt wiederkehrende Besucher:innen, um sie zu zählen.bis zum Leeren des BrowserspeichersFoghorn"
        + FILLER_DE
    )
    assert values(text, "cookie") == [
        {"name": "moewe_cart", "provider": "Möwe", "keep": "P30D"},
        {"name": "FogVisitorID", "provider": "Foghorn", "keep": "until_cleared"},
    ]
    assert values(text, "purpose") == []


def test_rights_in_an_enumeration_and_by_what_one_can_do() -> None:
    text = (
        "Ihre Rechte\n\nSie haben das Recht auf Auskunft, Berichtigung, Löschung und Datenübertragbarkeit. Sie können der Werbung jederzeit widersprechen."
        + FILLER_DE
    )
    assert values(text, "right") == ["access", "rectification", "erasure", "portability", "objection"]
    assert values(
        "Ihr Kundenkonto können Sie jederzeit löschen, wenn Sie es nicht mehr brauchen." + FILLER_DE, "right"
    ) == ["erasure"]


def test_a_named_authority_stands_for_an_unnamed_one() -> None:
    text = (
        "Beschwerde\n\nSie können sich bei einer Aufsichtsbehörde beschweren, zum Beispiel beim Landesbeauftragten für den Datenschutz Niedersachsen."
        + FILLER_DE
    )
    assert values(text, "authority") == ["Landesbeauftragten für den Datenschutz Niedersachsen"]
    assert values("Sie können sich bei einer Aufsichtsbehörde beschweren." + FILLER_DE, "authority") == [
        "unnamed"
    ]


def test_lists_of_data_with_parentheses_and_elliptic_compounds() -> None:
    text = (
        "Datenkategorien\n\n- Kontaktdaten (z. B. Name, E-Mail-Adresse)\n- Besuchs- und Nutzungsdaten\n- Datum und Uhrzeit des Zugriffs\n"
        "- Dauer und Ort der Teilnahme, Profilbild\n- IP-Adresse (anonymisiert)" + FILLER_DE
    )
    assert values(text, "data_category") == [
        "Kontaktdaten", "Name", "E-Mail-Adresse", "Besuchs- und Nutzungsdaten", "Datum und Uhrzeit des Zugriffs",
        "Dauer und Ort der Teilnahme", "Profilbild", "IP-Adresse (anonymisiert)",
    ]  # fmt: skip


def test_a_list_of_purposes_and_infinitives() -> None:
    text = (
        "Zwecke\n\nWir verarbeiten Ihre Daten, um Fehler zu erkennen und zu beheben sowie um Ihnen einen Newsletter zu senden."
        + FILLER_DE
    )
    assert values(text, "purpose") == ["Fehler erkennen und beheben", "Ihnen einen Newsletter senden"]
    text = (
        "We use your data for the following purposes:\n\n- to process payments\n- to improve our product and develop new features"
        + FILLER_EN
    )
    assert values(text, "purpose") == ["process payments", "improve our product", "develop new features"]


def test_definitions_state_nothing() -> None:
    text = (
        "1. Begriffsbestimmungen\n\nCookies speichern zum Beispiel Ihre IP-Adresse für 30 Tage.\n\n2. Logs\n\nWir speichern den Browsertyp."
        + FILLER_DE
    )
    assert values(text, "data_category") == ["Browsertyp"]
    assert values(text, "retention") == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Stand: 3. Juli 2024", "2024-07-03"), ("Last updated: March 9, 2025", "2025-03-09"), ("Stand dieser Erklärung: Mai 2023", "2023-05"),
        ("Diese Datenschutzerklärung wurde zuletzt am 01.12.2023 geändert.", "2023-12-01"),
    ],
)  # fmt: skip
def test_the_notices_own_date(text: str, value: str) -> None:
    assert values(text + (FILLER_EN if "Last" in text else FILLER_DE), "as_of") == [value]


def test_profiling_and_provision() -> None:
    assert values(
        "Automatisierte Entscheidungen oder Profiling finden bei uns nicht statt und sind nicht geplant."
        + FILLER_DE,
        "profiling",
    ) in ([False], [])
    assert values("Es findet keine automatisierte Entscheidungsfindung statt." + FILLER_DE, "profiling") == [
        False
    ]
    assert values("Aus Ihren Daten werden Nutzungsprofile erstellt." + FILLER_DE, "profiling") == [True]
    assert values("Die Angabe Ihrer Telefonnummer ist freiwillig." + FILLER_DE, "must_provide") == [False]
    assert values(
        "You must provide your address, or we cannot deliver your order to you." + FILLER_EN, "must_provide"
    ) == [True]


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (
            "authority",
            "Sie können sich beim Unabhängigen Landeszentrum für Datenschutz Schleswig-Holstein (ULD) beschweren.",
            ["Unabhängigen Landeszentrum für Datenschutz Schleswig-Holstein (ULD)"],
        ),
        (
            "cookie",
            "Cookies\n\nDas Portal verwendet ausschließlich technisch notwendige Session-Cookies.",
            [{"name": "Session-Cookies", "provider": None, "keep": None}],
        ),
        ("cookie", "Cookies\n\nWir setzen keine Tracking-Cookies ein.", []),
        (
            "cookie",
            "Cookies\n\nWe set strictly necessary and analytics cookies. You can reject marketing cookies in your browser.",
            [
                {"name": "strictly necessary cookies", "provider": None, "keep": None},
                {"name": "analytics cookies", "provider": None, "keep": None},
            ],
        ),
        (
            "cookie",
            "Cookies\n\nMit Ihrer Einwilligung setzen wir Statistik-Cookies; Werbe-Cookies gibt es hier nicht.",
            [{"name": "Statistik-Cookies", "provider": None, "keep": None}],
        ),
        (
            "controller",
            "Inhalte\n\nBilder werden mit dem Redaktionssystem Plumea verwaltet, betrieben von der Plumea GmbH, Berlin.",
            [],
        ),
        (
            "controller",
            "Verantwortlich ist:\n\nJana Felsing (Privatperson)\nDomgasse 4\n24937 Flensburg",
            ["Jana Felsing"],
        ),
    ],
)
def test_authorities_kinds_of_cookies_and_who_runs_what(kind: str, text: str, expected: list[Any]) -> None:
    assert values(text + FILLER_DE, kind) == expected


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            "Zugriff:\n- der Teamarzt auf sportmedizinische Dokumente,\n- Administratoren.",
            ["Teamarzt", "Administratoren"],
        ),
        (
            "Der Browser stellt eine Verbindung zu den Servern von Facebook, Google oder Instagram her.",
            ["Facebook", "Google", "Instagram"],
        ),
        (
            "Wir geben Ihre Daten an das mit der Lieferung beauftragte Versandunternehmen weiter.",
            ["Versandunternehmen"],
        ),
        ("Empfänger\n\n- Keine Weitergabe an sonstige Dritte zu Werbezwecken", []),
    ],
)
def test_who_is_named_as_a_recipient_and_who_is_not(text: str, names: list[str]) -> None:
    assert [value["name"] for value in values(text + FILLER_DE, "recipient")] == names
