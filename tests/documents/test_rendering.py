"""One document in every format: nothing is lost, nothing is taken for markup."""

from __future__ import annotations

import io
import json

import docx
import pypdf
import pytest

from zusage.documents import (
    FORMATS,
    Callout,
    Definitions,
    Document,
    Format,
    Heading,
    Items,
    Link,
    Paragraph,
    Table,
    render,
)
from zusage.notice.reading.plain import lines_of_markdown

WORDS = [
    "Übersicht",
    "Müller & Söhne #1",
    "Lebenslauf",
    "zweitens",
    "sechs Monate",
    "Widerspruch",
    "Begriff",
    "Sinn",
]


@pytest.fixture
def document() -> Document:
    return Document(
        title="Hinweise <für> alle",
        language="de",
        blocks=(
            Heading("Übersicht"),
            Paragraph(("Müller & Söhne #1, ", Link("schreiben", "mailto:post@example.com"))),
            Items(("Lebenslauf", "zweitens"), numbered=True),
            Table(("Daten", "Frist"), (("a | b", "sechs Monate"),), caption="Fristen"),
            Callout((Paragraph("Widerspruch"),), title="Art. 21"),
            Definitions((("Begriff", "Sinn"),)),
        ),
        meta={"Stand": "15. Januar 2026"},
        contents=True,
    )


def _text(content: bytes, format: Format) -> str:
    if format == "pdf":
        return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    if format == "docx":
        made = docx.Document(io.BytesIO(content))
        cells = [cell.text for table in made.tables for row in table.rows for cell in row.cells]
        return "\n".join([paragraph.text for paragraph in made.paragraphs] + cells)
    return content.decode().replace("&amp;", "&").replace("\\", "")


@pytest.mark.parametrize("format", FORMATS)
def test_no_word_is_lost(document: Document, format: Format) -> None:
    text = _text(render(document, format), format)
    for word in [*WORDS, "15. Januar 2026"]:
        assert word in text, (format, word)


def test_html_escapes_and_loads_nothing(document: Document) -> None:
    html = render(document, "html").decode()
    assert "Hinweise &lt;für&gt; alle" in html
    assert "<script" not in html
    assert 'lang="de"' in html
    assert "http" not in html.split("</style>")[1].replace("mailto", "")


def test_a_link_that_runs_code_leads_nowhere() -> None:
    bad = Document("t", "en", (Paragraph((Link("click", "javascript:alert(1)"),)),))
    assert "javascript" not in render(bad, "html").decode()


def test_json_keeps_the_structure(document: Document) -> None:
    content = json.loads(render(document, "json"))
    assert content["title"] == "Hinweise <für> alle"
    assert [block["block"] for block in content["blocks"]][:3] == ["heading", "paragraph", "items"]


def test_pdf_is_archivable(document: Document) -> None:
    reader = pypdf.PdfReader(io.BytesIO(render(document, "pdf")))
    metadata = reader.xmp_metadata
    assert metadata is not None
    assert "pdfaid" in str(metadata.rdf_root.toxml())


def test_an_address_that_is_its_own_text_can_be_copied_from_markdown() -> None:
    address = "https://example.org/rights/download/a1.__-_x*y_"
    document = Document("T", "de", (Paragraph(("Hier: ", Link(address, address))),))
    written = render(document, "md").decode()
    assert f"Hier: <{address}>" in written
    assert lines_of_markdown(written)[-2].text == f"Hier: {address}"
    assert f'<a href="{address}">{address}</a>' in render(document, "html").decode()
