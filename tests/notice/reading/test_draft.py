"""A draft loads, says where every value comes from, and marks what is open."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from zusage.declaration import Declaration
from zusage.declaration.loading import load
from zusage.notice.reading import document_of, draft_declaration, load_document, read_facts
from zusage.notice.reading.draft_names import Names, slug
from zusage.notice.reading.noted_yaml import Noted, written

CORPUS = Path(__file__).parent / "corpus"
NOTICES = sorted(path for suffix in ("txt", "md", "html") for path in CORPUS.glob(f"*/*.{suffix}"))
NOTICE = """Datenschutz

Verantwortlicher

Möwe Optik GmbH
Deichstr. 4
24103 Kiel
E-Mail: datenschutz@moewe.example

Sehtest

Wir verarbeiten Name, E-Mail-Adresse und Gesundheitsdaten, um den Termin zu vereinbaren (Art. 6 Abs. 1 lit. b DSGVO).
Die Daten werden sechs Monate nach Abschluss der Behandlung gelöscht. Rechnungen unterliegen gesetzlichen Aufbewahrungsfristen und bleiben gespeichert.
Die Terminverwaltung betreibt die Nebelhorn Cloud, Inc. (9 Pier Road, Austin, TX 78701, USA) in unserem Auftrag.

Stand: 3. Juli 2024
"""


def drafted(text: str, folder: Path) -> tuple[str, Declaration]:
    document = document_of(text)
    yaml = draft_declaration(document, read_facts(document))
    path = folder / "declaration.yaml"
    path.write_text(yaml, encoding="utf-8")
    return yaml, load(path)


@pytest.mark.parametrize("path", NOTICES, ids=lambda path: str(path.stem))
def test_every_draft_loads(path: Path, tmp_path: Path) -> None:
    document = load_document(path)
    target = tmp_path / "declaration.yaml"
    target.write_text(draft_declaration(document, read_facts(document)), encoding="utf-8")
    declaration = load(target)
    assert declaration.controller.name not in ("", "TODO")
    assert declaration.activities


def test_what_the_text_says_stands_in_the_draft(tmp_path: Path) -> None:
    _, declaration = drafted(NOTICE, tmp_path)
    assert declaration.controller.name == "Möwe Optik GmbH"
    assert declaration.controller.email == "datenschutz@moewe.example"
    assert declaration.as_of.isoformat() == "2024-07-03"
    activity = declaration.activities["sehtest"]
    assert [purpose.text.de for purpose in activity.purposes] == ["den Termin vereinbaren"]
    assert [basis.citation.id for purpose in activity.purposes for basis in purpose.legal_bases] == [
        "gdpr:6(1)(b)"
    ]
    assert {(data.text.de, data.special) for data in activity.data} >= {
        ("Name", None),
        ("Gesundheitsdaten", "health"),
    }
    rule = activity.retention[0]
    assert str(rule.steps[0].keep.duration) == "P6M"
    assert (rule.since.event, rule.steps[0].then) == ("treatment-ended", "erase")
    recipient = declaration.recipients["nebelhorn-cloud-inc"]
    assert (recipient.country, recipient.role) == ("US", "processor")


def test_values_carry_their_quotation_and_line(tmp_path: Path) -> None:
    yaml, _ = drafted(NOTICE, tmp_path)
    assert re.search(r'name: "Möwe Optik GmbH"\s+# line 5: "Möwe Optik GmbH"', yaml)
    assert re.search(r'citation: .*gdpr:6\(1\)\(b\).*# line 12: "Art. 6 Abs. 1 lit. b DSGVO"', yaml)


def test_open_points_are_todos(tmp_path: Path) -> None:
    yaml, declaration = drafted(NOTICE, tmp_path)
    said = " ".join(text.says("de") for text in declaration.passages.values())
    assert "supervisory authority" in said
    assert "by which law?" in said
    assert "TODO" in yaml


def test_a_notice_that_says_next_to_nothing_still_loads(tmp_path: Path) -> None:
    yaml, declaration = drafted(
        "Wir nehmen den Schutz der Daten ernst und halten uns an das Gesetz.", tmp_path
    )
    assert declaration.controller.name == "TODO"
    assert "1970-01-01" in yaml


@pytest.mark.parametrize(
    ("text", "identifier"),
    [("Größe & Maß", "groesse-mass"), ("3-D-Druck", "item-3-d-druck"), ("„“", "item"), ("a" * 90, "a" * 60)],
)
def test_identifiers(text: str, identifier: str) -> None:
    assert slug(text, "item") == identifier


def test_identifiers_are_given_once() -> None:
    names = Names()
    assert [names.new("Name", "data") for _ in range(3)] == ["name", "name-2", "name-3"]


def test_yaml_keeps_texts_as_texts() -> None:
    text = written(
        {"a": Noted('say "no": #1', 'line 3: "x"'), "b": ["yes", "NO", "2024"], "c": {"de": "true"}}
    )
    assert '# line 3: "x"' in text
    assert '"NO"' in text
    assert '"yes"' in text
    assert '{de: "true"}' in text


PAGE = """<html lang="de"><body><h1>Datenschutzerklärung</h1><p>Stand: 3. Juli 2024</p>
<h2>1. Verantwortlicher</h2><p>Möwe Optik e.U.<br>Deichstr. 4a<br>4072 Alkoven<br>Österreich<br>E-Mail: post@moewe.example</p>
<h2>2. Website</h2>
<h3>2.1 Protokolle</h3><p>Wir verarbeiten IP-Adressen zur Abwehr von Angriffen. Rechtsgrundlage ist Art. 6 Abs. 1 lit. f DSGVO; unser
berechtigtes Interesse an der Sicherheit der Website überwiegt. Die Protokolle werden nach 7 Tagen gelöscht.
Auftragsverarbeiter ist die Nebelhorn Hosting GmbH; es besteht ein Vertrag zur Auftragsverarbeitung gemäß Art. 28 DSGVO.</p>
<h3>2.2 Newsletter</h3><p>Wir verarbeiten E-Mail-Adressen, um den Newsletter zu senden (Art. 6 Abs. 1 lit. a DSGVO). Wir speichern
sie bis zu Ihrem Widerruf. Den Versand übernimmt Google Analytics nicht.</p>
<h2>3. Speicherdauer</h2><p>Im Übrigen werden personenbezogene Daten gelöscht, sobald sie nicht mehr erforderlich sind.</p>
<h2>4. Cookies</h2><h3>Notwendige Cookies</h3>
<table><tr><th>Name</th><th>Zweck</th><th>Laufzeit</th></tr><tr><td>moewe_session</td><td>Anmeldung</td><td>Sitzung</td></tr></table>
<h2>5. Ihre Rechte</h2><p>Sie haben das Recht auf Auskunft (Art. 15 DSGVO). Zur Ausübung Ihrer Rechte: rechte@moewe.example.</p>
<h2>6. Beschwerde</h2><p>Österreichische Datenschutzbehörde<br>1030 Wien<br>E-Mail: dsb@dsb.gv.at</p></body></html>"""


def test_a_draft_takes_what_stands_around_the_facts(tmp_path: Path) -> None:
    document = document_of(PAGE, "html")
    path = tmp_path / "declaration.yaml"
    path.write_text(draft_declaration(document, read_facts(document)), encoding="utf-8")
    declaration = load(path)
    address = declaration.controller.address
    assert address is not None
    assert (address.street, address.postcode, address.city, address.country) == (
        "Deichstr. 4a", "4072", "Alkoven", "AT",
    )  # fmt: skip
    logs = declaration.activities["protokolle"]
    assert logs.title.says("de") == "Protokolle"
    assert [basis.citation.id for basis in logs.purposes[0].legal_bases] == ["gdpr:6(1)(f)"]
    assert logs.purposes[0].legal_bases[0].interest is not None
    assert logs.purposes[0].legal_bases[0].interest.says("de").startswith("die Sicherheit der Website")
    assert declaration.recipients["nebelhorn-hosting-gmbh"].contract is not None
    assert [one.to for one in declaration.rights.channels] == ["rechte@moewe.example"]
    session = declaration.browser.items["moewe-session"]
    assert (session.purpose.says("de"), session.necessary, session.consent) == ("Anmeldung", True, None)


def test_a_period_for_the_whole_notice_is_not_given_to_the_activity_above(tmp_path: Path) -> None:
    document = document_of(PAGE, "html")
    path = tmp_path / "declaration.yaml"
    path.write_text(draft_declaration(document, read_facts(document)), encoding="utf-8")
    declaration = load(path)
    assert [str(rule.steps[0].keep.until) for rule in declaration.activities["newsletter"].retention] == [
        "withdrawal"
    ]
    said = [text.says("de") for text in declaration.passages.values()]
    assert any("stated for the notice as a whole" in one for one in said)
    assert any("names no recipients for newsletter" in one for one in said)


def test_a_recipient_in_the_union_is_no_transfer(tmp_path: Path) -> None:
    text = NOTICE.replace(
        "(9 Pier Road, Austin, TX 78701, USA)",
        "(Kanal 1, 1012 AB Amsterdam, Niederlande); die Server stehen in den Niederlanden",
    )
    _, declaration = drafted(text, tmp_path)
    assert all(not one.transfers for one in declaration.recipients.values())


def test_an_identifier_ends_with_a_whole_word() -> None:
    assert (
        slug("Sie über den Start von Möwe und relevante Neuigkeiten informieren", "x")
        == "sie-ueber-den-start-von-moewe-und-relevante-neuigkeiten"
    )
