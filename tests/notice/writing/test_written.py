"""What is declared is written, in both languages and every document; and what is written is read again."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

import zusage.deployments
from tests.declaration.conftest import SMALL
from zusage.declaration import Declaration
from zusage.declaration.loading import load, validate
from zusage.declaration.strict_yaml import parse
from zusage.documents import render
from zusage.notice.checking.readback import agreement, own_words, stated_facts, unstated
from zusage.notice.reading import document_of, read_facts
from zusage.notice.writing.catalogue import DOCUMENTS, write
from zusage.text import LANGUAGES, Language

ON = date(2026, 11, 24)
FOLDER = Path(zusage.deployments.__file__).parent
WRITTEN = sorted(path.parent.name for path in FOLDER.glob("*/declaration.yaml"))


def _small() -> Declaration:
    return validate(parse(SMALL), Declaration)


def _text(name: str, language: Language) -> str:
    return render(write(_small(), name, language, ON), "md").decode()  # type: ignore[arg-type]


def test_the_notice_says_everything_that_is_declared() -> None:
    text = _text("notice", "de")
    for said in (
        "Beispielwerk GmbH, Ringweg 4, 80331 München, Deutschland",
        "Auswahl von Bewerbern: Art. 6 Abs. 1 lit. b DSGVO",
        "Gesundheitsdaten (besondere Kategorie nach Art. 9 DSGVO)",
        "Nordhafen Hosting AS, Norwegen (Auftragsverarbeiter; nur: Lebenslauf)",
        "Ohne Einwilligung in „Talentpool“ gilt: Lebenslauf speichern wir 6 Monate ab Abschluss des Verfahrens",
        "In Sicherungskopien bleiben die Daten danach höchstens 21 Tage",
        "| sid | Beispielwerk GmbH | Anmeldung | Sitzung | Cookie | nicht nötig (unbedingt erforderlich) |",
        "Nicht möglich per Telefon: Am Telefon lässt sich niemand sicher erkennen.",
        "Wir antworten innerhalb von 14 Tagen.",
        "Stand: 15. Januar 2026",
    ):
        assert said in text, said


def test_every_document_comes_in_both_languages_and_mixes_none() -> None:
    for name in DOCUMENTS:
        german, english = _text(name, "de"), _text(name, "en")
        assert german != english
        assert "Speicherdauer" not in english
        assert "Storage period" not in german


def test_the_right_to_object_stands_apart_where_it_is_due() -> None:
    text = SMALL.replace(
        '[{citation: "gdpr:6(1)(b)"}]', '[{citation: "gdpr:6(1)(f)", interest: Personalplanung}]'
    )
    document = write(validate(parse(text), Declaration), "notice", "de", ON)
    html = render(document, "html").decode()
    callout = html.split('class="callout important"')[1].split("</div>")[0]
    assert "besonderen Situation" in callout
    assert ">Widerspruchsrecht (Art. 21 DSGVO)" in html
    assert "callout" not in render(write(_small(), "notice", "de", ON), "html").decode().split("</style>")[1]


def test_the_record_holds_every_item_of_article_30_and_the_data() -> None:
    content = json.loads(render(write(_small(), "record", "en", ON), "json"))
    table = next(block for block in content["blocks"] if block["block"] == "table")
    items = [row[0] for row in table["rows"]]
    assert items == [
        "Purposes of the processing", "Legal basis", "Categories of data subjects", "Categories of personal data",
        "Categories of recipients", "Transfers and safeguards", "Envisaged time limits for erasure",
        "Technical and organisational measures",
    ]  # fmt: skip
    assert content["data"]["controller"]["name"] == "Beispielwerk GmbH"


def test_the_deletion_concept_gives_each_rule_its_class() -> None:
    text = _text("deletion-concept", "en")
    assert (
        "| Applications | CV | the end of the procedure | 6 months | erasure | 6 months, from event | – |"
        in text
    )


@pytest.mark.parametrize(
    ("on", "covered"), [(date(2019, 1, 1), True), (date(2021, 1, 1), False), (date(2024, 1, 1), True)]
)
def test_the_transfer_table_judges_by_the_law_of_the_day(on: date, covered: bool) -> None:
    shield = "    transfers: [{country: US, safeguards: [%s], certified: true}]\n"
    safeguard = "dpf" if on.year >= 2023 else "adequacy"
    text = SMALL.replace("    role: processor\n", "    role: processor\n" + shield % safeguard)
    table = render(write(validate(parse(text), Declaration), "transfers", "en", on), "md").decode()
    row = next(line for line in table.splitlines() if line.startswith("| Nordhafen"))
    assert ("| yes: " in row) == covered


def test_the_same_facts_have_the_same_digest_and_others_another() -> None:
    def digest(text: str) -> str:
        return list(write(validate(parse(text), Declaration), "notice", "de", ON).meta.values())[-1]

    assert digest(SMALL) == digest(SMALL + "\n# a comment\n")
    assert digest(SMALL) != digest(SMALL.replace("P6M", "P5M"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("format", ["md", "html"])
@pytest.mark.parametrize("name", WRITTEN)
def test_what_is_written_is_read_again(name: str, format: str, language: Language) -> None:
    declaration = load(FOLDER / name / "declaration.yaml")
    content = render(write(declaration, "notice", language, ON), format)  # type: ignore[arg-type]
    read = read_facts(document_of(content, "markdown" if format == "md" else "html"))
    stated, there = agreement(stated_facts(declaration, language), read)
    # what the controller's own texts say beside the declared facts is no invention of the reader
    own = document_of(own_words(declaration, language), "text")
    _, mine = agreement(stated_facts(declaration, language), read_facts(own))
    there = frozenset(key for key in there if key in stated or key not in mine)
    f1 = 2 * len(stated & there) / (len(stated) + len(there))
    assert f1 >= 0.98, (f1, sorted(stated - there), sorted(there - stated))


def test_an_own_wording_is_told_what_it_leaves_out() -> None:
    declaration = _small()
    whole = render(write(declaration, "notice", "de", ON), "md").decode()
    assert unstated(declaration, "de", read_facts(document_of(whole, "markdown"))) == []
    cut = "\n".join(line for line in whole.splitlines() if "21 Tage" not in line)
    found = unstated(declaration, "de", read_facts(document_of(cut, "markdown")))
    assert [finding.code for finding in found] == ["notice/not-stated"]
    assert "P21D" in found[0].message.en


def test_a_category_of_recipients_is_called_in_each_language() -> None:
    declaration = load(FOLDER / "messaging" / "declaration.yaml")
    german, english = (
        render(write(declaration, "notice", language, ON), "md").decode() for language in ("de", "en")
    )
    assert "Behörden und Gerichte (Behörde)" in german
    assert "authorities and courts (public authority)" in english
    assert "Behörden und Gerichte" not in english
