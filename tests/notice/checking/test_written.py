"""Notices of our own, judged by hand: what must be found, and – as important – what must not."""

from __future__ import annotations

import json
import re
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zusage.cli.main import run
from zusage.notice.checking.sarif import to_sarif
from zusage.notice.checking.written import check_notice
from zusage.notice.reading import UnreadableNotice, document_of, read_facts

ON = date(2026, 11, 24)
WRAPPED = """\
# Datenschutzerklärung

Stand: 1. März 2026

## Verantwortlicher

Verantwortlich ist die Ulmenhof Werkzeug GmbH, Ulmenweg 3, 01067 Dresden, Deutschland, E-Mail: kontakt@ulmenhof.example.
Unseren Datenschutzbeauftragten erreichen Sie unter dsb@ulmenhof.example.

## Server-Protokolle

Wir verarbeiten Ihre IP-Adresse zum Zweck der Abwehr von Angriffen. Rechtsgrundlage ist Art. 6 Abs. 1 lit. f DSGVO; unser
berechtigtes Interesse ist der sichere Betrieb der Website. Wir löschen die Protokolle nach 7 Tagen.

## Bewerbungen

Wir verarbeiten Ihren Lebenslauf zur Auswahl von Bewerbern. Rechtsgrundlage ist Art. 6 Abs. 1 lit. b DSGVO. Wir löschen die
Unterlagen sechs Monate nach Abschluss des Verfahrens. Die Angaben sind freiwillig.

## Ihre Rechte

Sie haben das Recht auf Auskunft (Art. 15 DSGVO), Berichtigung (Art. 16 DSGVO), Löschung (Art. 17 DSGVO), Einschränkung der
Verarbeitung (Art. 18 DSGVO) und Datenübertragbarkeit (Art. 20 DSGVO).

## Widerspruchsrecht

Sie können der Verarbeitung nach Art. 6 Abs. 1 lit. f DSGVO aus Gründen, die sich aus Ihrer besonderen Situation ergeben,
jederzeit widersprechen (Art. 21 DSGVO).

## Beschwerde

Sie können sich bei der Sächsischen Datenschutz- und Transparenzbeauftragten beschweren (Art. 77 DSGVO).
"""


#: what checks look for, in pieces
WORDS = [
    "Cookies", "Browser", "deaktivieren", "weltweit", "weitergegeben", "Einwilligung", "§ 25 TTDSG", "§ 7 UWG", "Grundlage", "Art. 6 Abs. 1 lit. f DSGVO", ".", ":", "\n\n",
    "## Empfänger\n", "Google Analytics", "IP-Adresse", "anonymisiert", "keine Rückschlüsse", "bis zum Leeren", "solange erforderlich gespeichert", "Aufbewahrungsfristen",
    "[NAME]", "⟨x⟩", "Widerspruch", "Werbung", "besonderen Situation", "Auftragsverarbeitung", "eigene Zwecke", "hier", "klicken Sie", "Stand: 1. Mai 2020", "2013/65/EU", "Kanada",
]  # fmt: skip
#: one paragraph, one line
SOUND = re.sub(r"(?<=[^\n])\n(?=[^\n#])", " ", WRAPPED)


def _codes(text: str, on: date = ON) -> list[str]:
    document = document_of(text, "markdown")
    return [
        finding.code.removeprefix("notice/") for finding in check_notice(document, read_facts(document), on)
    ]


def test_a_sound_notice_has_no_finding() -> None:
    assert _codes(SOUND) == []


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("Stand: 1. März 2026\n", "", "status-missing"),
        (", Ulmenweg 3, 01067 Dresden, Deutschland", "", "address-missing"),
        ("die Ulmenhof Werkzeug GmbH, ", "", "controller-missing"),
        (" und Datenübertragbarkeit (Art. 20 DSGVO)", "", "right-missing-portability"),
        ("## Beschwerde\n\nSie können sich bei der Sächsischen Datenschutz- und Transparenzbeauftragten beschweren (Art. 77 DSGVO).\n",
         "", "right-missing-complaint"),
        ("der Sächsischen Datenschutz- und Transparenzbeauftragten", "einer Aufsichtsbehörde", "authority-unnamed"),
        ("## Widerspruchsrecht\n\n", "", "objection-not-apart"),
        ("Art. 6 Abs. 1 lit. b DSGVO", "Art. 6 Abs. 1 lit. a DSGVO (Einwilligung)", "withdrawal-missing"),
        ("Art. 6 Abs. 1 lit. b DSGVO", "Art. 6 Abs. 1 DSGVO", "basis-without-letter"),
        ("Art. 6 Abs. 1 lit. b DSGVO", "Art. 6 Abs. lit. b DSGVO", "citation"),
        ("(Art. 77 DSGVO)", "(Art. 77 DSGVO, § 25 TTDSG)", "outdated"),
        ("Wir verarbeiten Ihren Lebenslauf", "Durch die Nutzung unserer Website stimmen Sie der Verarbeitung zu. Wir verarbeiten Ihren Lebenslauf",
         "consent-by-use"),
        ("kontakt@ulmenhof.example", "[email protected]", "placeholder"),
        ("Wir löschen die Unterlagen", "Eine Übermittlung in ein Drittland erfolgt grundsätzlich nicht. Wir löschen die Unterlagen",
         "transfer-hedged"),
        ("jederzeit widersprechen (Art. 21 DSGVO)", "der Direktwerbung jederzeit widersprechen (Art. 21 DSGVO)",
         "marketing-objection-conditional"),
        ("## Bewerbungen\n", "## Empfänger\n\n## Bewerbungen\n", "empty-section"),
        ("Wir löschen die Unterlagen", "Wir übermitteln Daten auf Grundlage des Privacy Shield an die Example Inc. in den USA. Wir löschen die Unterlagen",
         "outdated"),
        ("(Art. 77 DSGVO)", "(Art. 77 DSGVO). Näheres finden Sie hier", "reference-without-target"),
        ("## Ihre Rechte\n\nSie haben das Recht auf Auskunft (Art. 15 DSGVO), Berichtigung (Art. 16 DSGVO), Löschung (Art. 17 DSGVO), Einschränkung der Verarbeitung (Art. 18 DSGVO) und Datenübertragbarkeit (Art. 20 DSGVO).",
         "## Ihre Rechte\n\nSie haben folgende Rechte:", "empty-list"),
        ("Unseren Datenschutzbeauftragten erreichen Sie unter dsb@ulmenhof.example.", "\n\nFragen beantwortet unser Datenschutzbeauftragter.", "dpo-unreachable"),
        ("Wir löschen die Protokolle", "Außerdem setzen wir Cookies ein, um Besucher wiederzuerkennen. Wir löschen die Protokolle", "cookies-without-basis"),
        ("Wir verarbeiten Ihren Lebenslauf", "Wir verarbeiten Gesundheitsdaten und Ihren Lebenslauf", "special-without-basis"),
        ("## Ihre Rechte\n", "## Soziale Medien\n\nWir betreiben Seiten bei Facebook und Instagram.\n\n## Ihre Rechte\n", "joint-without-arrangement"),
        (" Die Angaben sind freiwillig.", "", "provision-missing"),
        ("## Ihre Rechte\n", "## Helfer\n\nDie Server von Google befinden sich in der Europäischen Union.\n\n## Mehr Helfer\n\nDie Server von Google stehen in den USA.\n\n## Ihre Rechte\n",
         "servers-here-and-there"),
        ("## Ihre Rechte\n", "## Ausland\n\nKanada verfügt über ein angemessenes Datenschutzniveau. Grundlage ist der Beschluss 2013/65/EU der Kommission.\n\n## Ihre Rechte\n",
         "adequacy-of-another"),
        ("## Ihre Rechte\n", "## USA\n\nDie USA gelten als Land mit unzureichendem Datenschutzniveau.\n\n## Ihre Rechte\n", "assessment-stale"),
        ("Wir löschen die Unterlagen", "Einerseits prüfen wir sie selbst. Wir löschen die Unterlagen", "half-sentence"),
        ("Wir löschen die Unterlagen", "Ab dem 25. Mai 2018 gilt die Datenschutz-Grundverordnung. Wir löschen die Unterlagen", "transition-over"),
        ("jederzeit widersprechen (Art. 21 DSGVO)", "widersprechen (Art. 21 DSGVO), etwa der Direktwerbung. Der Widerspruch setzt Gründe aus Ihrer besonderen Situation voraus",
         "marketing-objection-conditional"),
        ("Wir verarbeiten Ihren Lebenslauf", "Wenn Sie die Seite weiterhin nutzen, stimmen Sie der neuen Fassung zu. Wir verarbeiten Ihren Lebenslauf", "consent-by-use"),
        ("Ulmenweg 3, 01067 Dresden, Deutschland", "⟨Anschrift⟩", "placeholder"),
        ("Ulmenweg 3, 01067 Dresden, Deutschland", "[STRASSE UND ORT EINTRAGEN]", "placeholder"),
        ("Wir verarbeiten Ihren Lebenslauf", "Durch Ihre Bewerbung willigen Sie ein, dass wir Ihre Daten an Partner weitergeben. Wir verarbeiten Ihren Lebenslauf", "consent-by-doing"),
        ("Wir löschen die Unterlagen", "Der Versand von Angeboten erfolgt auf Grundlage des § 7 UWG. Wir löschen die Unterlagen", "basis-not-data-protection"),
        ("Wir löschen die Unterlagen", "Das Speichern von Cookies beruht auf § 25 TDDDG. Wir löschen die Unterlagen", "terminal-by-half"),
        ("Art. 6 Abs. 1 lit. b DSGVO", "Art. 6 Abs. 1 lit. b DSGVO oder Art. 6 Abs. 1 lit. c DSGVO", "basis-either-or"),
        ("## Ihre Rechte\n", "## Statistik\n\nDer Dienst zählt im Wege der Auftragsverarbeitung. Der Anbieter nutzt die Daten auch für eigene Zwecke.\n\n## Ihre Rechte\n", "processor-with-own-ends"),
        ("## Ihre Rechte\n", "## Hotline\n\nAnrufe werden zur Dokumentation aufgezeichnet.\n\n## Ihre Rechte\n", "recording-without-consent"),
        ("## Ihre Rechte\n", "## Statistik\n\nWir setzen Google Analytics ein. Rechtsgrundlage ist Art. 6 Abs. 1 lit. f DSGVO; unser berechtigtes Interesse ist die Verbesserung der Website.\n\n## Ihre Rechte\n", "tracking-on-interest"),
        ("## Ihre Rechte\n", "## Cookies\n\nMit Ihrer Einwilligung setzen wir dauerhafte Cookies.\n\n## Ihre Rechte\n", "cookie-duration-missing"),
        ("## Ihre Rechte\n", "## Cookies\n\nWir verwenden Cookies, um Besucher wiederzuerkennen. Sie können Cookies in Ihrem Browser deaktivieren.\n\n## Ihre Rechte\n", "browser-as-choice"),
        ("## Ihre Rechte\n", "## Signale\n\nAuf Do-Not-Track-Signale reagieren wir nicht.\n\n## Ihre Rechte\n", "signal-ignored"),
        ("Wir verarbeiten Ihre IP-Adresse zum Zweck der Abwehr von Angriffen.", "Wir verarbeiten Ihre IP-Adresse zum Zweck der Abwehr von Angriffen. Diese Daten lassen keine Rückschlüsse auf eine Person zu.", "address-is-personal"),
        ("## Ihre Rechte\n", "## Messung\n\nWir bilden pseudonyme Profile. Ein Personenbezug ist damit ausgeschlossen.\n\n## Ihre Rechte\n", "pseudonym-is-personal"),
        ("## Ihre Rechte\n", "## Newsletter\n\nWir verarbeiten Ihre E-Mail-Adresse für den Newsletter. Die Daten werden gelöscht, sobald sie nicht mehr erforderlich sind.\n\n## Ihre Rechte\n", "retention-formula"),
        ("Wir löschen die Unterlagen sechs Monate", "Gesetzliche Aufbewahrungspflichten bleiben unberührt. Wir löschen die Unterlagen sechs Monate", "duty-unnamed"),
        ("## Ihre Rechte\n", "## Konzern\n\nIhre Daten können weltweit weitergegeben werden.\n\n## Ihre Rechte\n", "transfer-worldwide"),
        ("## Ihre Rechte\n", "## Ausland\n\nEs ist nicht ausgeschlossen, dass Daten in die USA gelangen.\n\n## Ihre Rechte\n", "transfer-open"),
        ("Sie haben das Recht auf Auskunft", "Eine Auskunft erhalten Sie auf schriftlichen Antrag, nur schriftlich. Sie haben das Recht auf Auskunft", "form-demanded"),
        ("der Sächsischen Datenschutz- und Transparenzbeauftragten", "der Aufsichtsbehörde des Freistaates Sachsen", "authority-unnamed"),
        ("Stand: 1. März 2026\n", "Stand: 1. März 2022. Grundlage ist auch das TTDSG.\n", "status-overtaken"),
    ],
)  # fmt: skip
def test_a_defect_is_found(old: str, new: str, code: str) -> None:
    assert old in SOUND
    assert code in _codes(SOUND.replace(old, new, 1))


@pytest.mark.parametrize(
    "harmless",
    [
        "Das Privacy Shield ist seit dem 16. Juli 2020 unwirksam; wir stützen nichts darauf.",
        "Das TDDDG (früher TTDSG) gilt für den Zugriff auf Ihr Endgerät.",
        "Durch die Nutzung von TLS schützen wir die Übertragung.",
        "Sie können der Direktwerbung jederzeit ohne Angabe von Gründen widersprechen.",
        "Eine Übermittlung in ein Drittland findet nicht statt.",
        "Cookies setzen wir nicht.",
        "Wir setzen nur notwendige Cookies ein.",
        "Die Liste der Behörden finden Sie hier: https://www.bfdi.bund.de/anschriften.",
        "Wir führen Seiten in Ordnern; Facebook nutzen wir nicht.",
        "Neuseeland verfügt über ein angemessenes Datenschutzniveau, Beschluss 2013/65/EU.",
        "Einerseits prüfen wir von Hand, andererseits mit Stichproben.",
        "Wer das Mikrofon aktiv einschaltet: das Einschalten gilt als Einwilligung durch eine ausdrückliche Handlung.",
        "Ein Verweis: [Datenschutz der Stadt](https://stadt.example/datenschutz).",
        "Anrufe zeichnen wir nicht auf.",
        "Die Daten in der App liegen ausschließlich auf Servern in Deutschland.",
        "Rechnungen bewahren wir wegen gesetzlicher Aufbewahrungspflichten acht Jahre auf (§ 147 AO).",
        "Der Beschluss beruht auf der Richtlinie 95/46/EG über die Angemessenheit des Schutzes in Kanada.",
        "Die Rechte können Sie schriftlich oder per E-Mail geltend machen, auch einen schriftlichen Antrag auf Auskunft.",
        "In Backups liegen die Protokolle bis zu 21 Tage.",
    ],
)
def test_a_right_sentence_is_left_alone(harmless: str) -> None:
    assert _codes(SOUND.replace("## Ihre Rechte\n", f"{harmless}\n\n## Ihre Rechte\n", 1)) == []


def _without(old: str, new: str) -> list[str]:
    assert old in SOUND
    return _codes(SOUND.replace(old, new, 1))


def test_an_address_in_lines_counts_and_an_authoritys_does_not() -> None:
    lines = "die Ulmenhof Werkzeug e.U.\n\nUlmenweg 3\n\n4072 Alkoven\n\nÖsterreich\n\nE-Mail: kontakt@ulmenhof.example."
    address = "die Ulmenhof Werkzeug GmbH, Ulmenweg 3, 01067 Dresden, Deutschland, E-Mail: kontakt@ulmenhof.example."
    assert "address-missing" not in _without(address, lines)
    only = "die Ulmenhof Werkzeug GmbH, E-Mail: kontakt@ulmenhof.example."
    with_authority = SOUND.replace(address, only).replace(
        "Transparenzbeauftragten beschweren", "Transparenzbeauftragten, 01067 Dresden, beschweren"
    )
    assert "address-missing" in _codes(with_authority)


def test_a_person_needs_no_legal_form() -> None:
    assert "legal-form-missing" not in _without("die Ulmenhof Werkzeug GmbH", "Erika Ulmen")


def test_nobody_misses_an_officer_who_is_said_not_to_be_due() -> None:
    officer = "Unseren Datenschutzbeauftragten erreichen Sie unter dsb@ulmenhof.example."
    told = "Einen Datenschutzbeauftragten haben wir nicht bestellt, weil das Gesetz ihn nicht verlangt."
    assert "dpo-unreachable" not in _without(officer, told)


def test_a_service_among_the_recipients_is_one() -> None:
    told = "## Empfänger\n\nDienstleister sind: Vercel (Hosting) und Resend (E-Mail-Versand).\n\n## Ihre Rechte\n"
    assert "service-without-recipient" not in _without("## Ihre Rechte\n", told)


@pytest.mark.parametrize(
    ("text", "left_alone"),
    [
        ("Wir setzen Matomo auf eigenem Server ein. Empfänger ist die Nebelhorn GmbH, Kiel.", "service-without-recipient"),
        ("Für Anfragen nutzen wir Zendesk. Empfänger ist die Nebelhorn GmbH, Kiel.", "service-without-recipient"),
        ("Gespräche werden nicht aufgezeichnet.", "recording-without-consent"),
        ("Wir verwenden ein Cookie für den Warenkorb, das mit dem Schließen des Browsers verschwindet.", "cookies-without-basis"),
        ("Wir geben Daten nur dann an Dritte weiter, wenn ein Gesetz es verlangt.", "recipient-vague"),
    ],
)  # fmt: skip
def test_a_specialist_would_not_dispute_it(text: str, left_alone: str) -> None:
    assert left_alone not in _without("## Ihre Rechte\n", f"## Mehr\n\n{text}\n\n## Ihre Rechte\n")


def test_another_law_is_said_and_not_judged_by_this_one() -> None:
    swiss = "# Datenschutzerklärung\n\nVerantwortlich ist die Möwe AG, Seeweg 1, 8001 Zürich, Schweiz. Wir bearbeiten Personendaten nach dem DSG. Sie können beim EDÖB Anzeige erstatten."
    codes = _codes(swiss)
    assert "other-law" in codes
    assert not [
        code for code in codes if code.startswith(("right-missing", "legal-basis", "basis-", "retention"))
    ]
    assert "other-law" not in _codes(swiss + " Daneben gilt die DSGVO.")


def test_an_interest_that_the_purpose_lets_one_guess_is_no_error() -> None:
    named = "unser berechtigtes Interesse ist der sichere Betrieb der Website."
    document = document_of(SOUND.replace(f"; {named}", "."), "markdown")
    (found,) = [
        one
        for one in check_notice(document, read_facts(document), ON)
        if one.code == "notice/interest-missing"
    ]
    assert found.severity.value == "warning"


def test_a_link_in_a_page_is_a_target() -> None:
    page = '<html lang="de"><body><h1>Datenschutz</h1><p>Wir schützen Ihre Daten. Näheres finden Sie <a href="{}">hier</a>.</p></body></html>'
    for target, found in (("/cookies", False), ("https://a.example/b", False), ("", True)):
        document = document_of(page.format(target), "html")
        codes = [one.code for one in check_notice(document, read_facts(document), ON)]
        assert ("notice/reference-without-target" in codes) is found, target


def test_every_line_of_what_is_outdated_is_told() -> None:
    twice = SOUND.replace("(Art. 77 DSGVO)", "(Art. 77 DSGVO, § 25 TTDSG)").replace(
        "(Art. 20 DSGVO)", "(Art. 20 DSGVO, § 25 TTDSG)"
    )
    document = document_of(twice, "markdown")
    found = [one for one in check_notice(document, read_facts(document), ON) if one.code == "notice/outdated"]
    assert len(found) == 1
    assert re.search(r"Auch in Zeile \d+", found[0].message.says("de"))


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=80))
def test_checking_never_fails(words: list[str]) -> None:
    document = document_of("Wir verarbeiten Ihre Daten. " + " ".join(words))
    try:
        facts = read_facts(document)
    except UnreadableNotice:
        return
    for one in check_notice(document, facts, ON):
        assert one.message.de
        assert one.message.en


@pytest.mark.parametrize(
    "piece",
    ["gesetzliche Aufbewahrungs", "Art. 6 Abs. 1 lit. b oder ", "durch die Registrierung ", "weltweit ", "Browser ", "Cookies ", "[NAME ", "⟨ ", "für eigene ", "§ 25 Abs. 2 ",
     "nicht ausgeschlossen ", "berechtigtes Interesse an ", "Datenschutzbeauftragte nicht ", "folgende: "],
)  # fmt: skip
def test_checking_takes_no_longer_for_what_recurs(piece: str) -> None:
    said = document_of("Wir verarbeiten Ihre Daten. " + piece * (30_000 // len(piece)))
    document = replace(said, language="de")
    facts = read_facts(document)
    begin = time.process_time()
    check_notice(document, facts, ON)
    assert time.process_time() - begin < 4


def test_the_law_of_the_day_counts() -> None:
    text = SOUND.replace("(Art. 77 DSGVO)", "(Art. 77 DSGVO, § 25 TTDSG)")
    assert "outdated" in _codes(text, date(2024, 5, 14))
    assert "outdated" not in _codes(text, date(2024, 5, 13))


def test_the_command_prints_json_and_sarif_and_exits_with_one_on_errors(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    notice = tmp_path / "notice.md"
    notice.write_text(SOUND, encoding="utf-8")
    assert run(["check", str(notice), "--as-of", "2026-11-24"]) == 0
    notice.write_text(SOUND.replace("kontakt@ulmenhof.example", "[email protected]"), encoding="utf-8")
    capsys.readouterr()
    assert run(["check", str(notice), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert "notice/placeholder" in [one["code"] for one in found]
    assert run(["check", str(notice), "--sarif"]) == 1
    sarif = json.loads(capsys.readouterr().out)
    assert sarif["version"] == "2.1.0"
    assert sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] >= 1


def test_sarif_of_nothing_is_an_empty_run() -> None:
    assert to_sarif([], "en")["runs"][0]["results"] == []
