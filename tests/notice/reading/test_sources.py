"""Every kind of source becomes lines and blocks, and no words are lost."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from zusage.notice.reading import Document, UnreadableNotice, document_of, load_document, read_facts

CORPUS = Path(__file__).parent / "corpus"


def headings(document: Document) -> list[str]:
    return [block.text.strip() for block in document.blocks if block.kind == "heading"]


def test_every_line_of_a_text_is_in_a_block_with_its_number() -> None:
    text = (CORPUS / "held_out" / "schweiz.txt").read_text(encoding="utf-8")
    document = document_of(text)
    assert document.text == text.rstrip("\n") or document.text == text
    lines = text.split("\n")
    assert {block.number for block in document.blocks} == {
        at for at, line in enumerate(lines, 1) if line.strip()
    }
    for block in document.blocks:
        assert lines[block.number - 1] == block.text
        assert document.text[block.start : block.start + len(block.text)] == block.text
        assert document.line_at(block.start) == block.number


def test_headings_are_told_from_addresses_sentences_and_list_items() -> None:
    document = document_of(
        "Datenschutz\n\nVerantwortlicher\n\nNordlicht Optik GmbH\nDeichstr. 4\n24103 Kiel\nTelefon: 0431 555 11\n\n"
        "Welche Daten verarbeiten wir?\n\nWir verarbeiten folgende Daten:\n- Name\n- Sehstärke\n\n2.1 Speicherdauer\n\nWir löschen die Daten nach 3 Jahren.\n"
    )
    assert headings(document) == [
        "Datenschutz",
        "Verantwortlicher",
        "Welche Daten verarbeiten wir?",
        "2.1 Speicherdauer",
    ]
    assert [block.kind for block in document.blocks if block.text.startswith("-")] == ["item", "item"]


def test_short_lines_after_a_colon_are_a_list_that_lost_its_bullets() -> None:
    document = document_of(
        "Server-Logs\nDer Server speichert folgende Daten:\nIP-Adresse\nBrowsertyp\nDatum und Uhrzeit\n\nDie Daten werden nach 7 Tagen gelöscht."
    )
    assert [block.text for block in document.blocks if block.kind == "item"] == [
        "IP-Adresse",
        "Browsertyp",
        "Datum und Uhrzeit",
    ]


def test_markdown_gives_heading_paths_and_tables_with_columns() -> None:
    document = document_of(
        "# Datenschutz\n\nDie **Möwe** verarbeitet Daten, siehe [Impressum](https://example.org/impressum).\n\n## Cookies\n\n### Tabelle\n\n| Name | Dauer |\n|---|---|\n| `sid` | Sitzung |\n",
        "markdown",
    )
    row = next(block for block in document.blocks if block.kind == "row" and block.columns)
    assert row.headings == ("Datenschutz", "Cookies", "Tabelle")
    assert row.columns == ("Name", "Dauer")
    assert "Die Möwe verarbeitet Daten, siehe Impressum (https://example.org/impressum)." in document.text


def test_html_in_windows_1252_with_lists_tables_soft_hyphens_and_hidden_parts() -> None:
    document = load_document(CORPUS / "held_out" / "oesterreich.html")
    assert "Bergkräuter Handels GesmbH" in document.text
    assert "Kreditkartendaten" in document.text
    assert "Wir verwenden Cookies!" not in document.text
    assert "Google Analytics" not in document.text
    assert "Start" not in document.text
    assert document.dropped["hidden"] == 1
    assert document.dropped["navigation"] == 1
    assert document.dropped["script"] >= 1
    row = next(block for block in document.blocks if block.cells[:1] == ("PHPSESSID",))
    assert row.columns == ("Cookie", "Anbieter", "Laufzeit")
    assert row.headings == ("Datenschutzerklärung", "Cookies und Web-Analyse")


def test_nested_lists_and_cells_keep_every_word() -> None:
    document = document_of(
        "<ul><li>Daten der Anmeldung<ul><li>Name</li><li>Schuhgröße <b>links</b></li></ul> und mehr</li></ul>"
        "<table><tr><td>Anbieter</td><td>Möwe&nbsp;GmbH<br>Kiel</td></tr></table><details><summary>Fristen</summary>drei Jahre</details>",
        "html",
    )
    words = set(document.text.replace("|", " ").split())
    assert {
        "Anmeldung",
        "Name",
        "Schuhgröße",
        "links",
        "mehr",
        "Möwe",
        "GmbH",
        "Kiel",
        "Fristen",
        "drei",
        "Jahre",
    } <= words


def test_bytes_in_windows_1252_without_a_word_about_it() -> None:
    document = document_of(
        "Verantwortlich für Ihre Daten ist die Möwe GmbH, Große Straße 1.".encode("cp1252"), "text"
    )
    assert "für Ihre Daten ist die Möwe GmbH, Große Straße 1" in document.text


def test_pdf(tmp_path: Path) -> None:
    pypdf = pytest.importorskip("pypdf", reason="the extra 'read' is not installed")
    path = tmp_path / "notice.pdf"
    path.write_bytes(_pdf("We retain server logs for 30 days. Contact: privacy@moewe.example"))
    assert pypdf is not None
    document = load_document(path)
    assert "server logs for 30 days" in document.text
    assert document.language == "en"


PRINTED = """\
Verantwortlich ist die Ulmenhof Werkzeug GmbH, Ulmenweg 3, 01067 Dresden, Deutschland, E-Mail: kontakt\\@ulmenhof.example.

= Server-Protokolle
Wir verarbeiten Ihre IP-Adresse zum Zweck der Abwehr von Angriffen. Rechtsgrundlage ist Art. 6 Abs. 1 lit. f DSGVO; unser
berechtigtes Interesse ist der sichere Betrieb der Website. Wir löschen die Protokolle nach 7 Tagen.

= Ihre Rechte
Sie haben das Recht auf Auskunft (Art. 15 DSGVO), Berichtigung (Art. 16 DSGVO), Löschung (Art. 17 DSGVO), Einschränkung der
Verarbeitung (Art. 18 DSGVO) und Datenübertragbarkeit (Art. 20 DSGVO).

= Beschwerde
Sie können sich bei der Sächsischen Datenschutz- und Transparenzbeauftragten beschweren (Art. 77 DSGVO).
"""


@pytest.mark.parametrize(
    ("columns", "size"), [(1, "15cm, height: 21cm"), (2, "15cm, height: 6cm"), (1, "8cm, height: 8cm")]
)
def test_a_printed_page_reads_like_its_text(columns: int, size: str) -> None:
    """Columns, justified lines with divided words, headers and footers on each page."""
    typst = pytest.importorskip("typst", reason="the extra 'pdf' is not installed")
    pytest.importorskip("pypdf", reason="the extra 'read' is not installed")
    source = (
        f"#set page(width: {size}, margin: 1.2cm, columns: {columns}, header: [Ulmenhof Werkzeug #h(1fr) Datenschutz], "
        'footer: context [Fassung 7 #h(1fr) #counter(page).display("1 / 1", both: true)])\n'
        f'#set text(lang: "de", hyphenate: true, size: 10pt)\n#set par(justify: true)\n{PRINTED}'
    )
    printed = document_of(typst.compile(source.encode()))
    plain = document_of(PRINTED.replace("\\@", "@").replace("= ", "## "), "markdown")
    assert {(fact.type, str(fact.value)) for fact in read_facts(printed)} >= {
        (fact.type, str(fact.value)) for fact in read_facts(plain)
    }
    assert "E-Mail" in printed.text
    assert "Datenschutz- und" in printed.text
    if size != "15cm, height: 21cm":
        assert "Fassung" not in printed.text
        assert printed.dropped["header or footer"] >= 4


def test_a_damaged_pdf_is_refused() -> None:
    with pytest.raises(UnreadableNotice, match="PDF"):
        document_of(b"%PDF-1.7 and then nothing of the kind")


def test_binary_content_is_refused() -> None:
    with pytest.raises(UnreadableNotice, match="no text"):
        document_of(bytes(range(256)) * 40 + b"\0" * 40)


def _pdf(text: str) -> bytes:
    """A smallest PDF with one line of text."""
    stream = f"BT /F1 12 Tf 40 700 Td ({text}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out = io.BytesIO(b"")
    out.write(b"%PDF-1.4\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    for place in places:
        out.write(b"%010d 00000 n \n" % place)
    out.write(b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))
    return out.getvalue()
