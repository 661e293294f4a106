"""Reading never crashes, says what it cannot read, and takes time in proportion to the length."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zusage.errors import ZusageError
from zusage.notice.reading import UnreadableNotice, document_of, draft_declaration, read_facts

CORPUS = Path(__file__).parent / "corpus"
FRENCH = (
    "Politique de confidentialité\n\nLe responsable du traitement est la société Mouette SARL. Nous traitons vos données personnelles pour "
    "la gestion de votre commande et nous les conservons pendant trois ans. Vous avez le droit d'accès et de rectification de vos données."
)
PIECES = [
    "Wir verarbeiten ", "Ihre IP-Adresse", " und ", ", ", "(", ")", "Art. 6 Abs. 1 ", "lit. f DSGVO", " um ", " zu speichern", ".", ":", "\n", "\n\n", "- ",
    "Möwe GmbH", " nach 7 Tagen ", "gelöscht", " | ", "|---|---|", "Cookies", "_ga", "Google Analytics", "in die USA", "Standardvertragsklauseln", "Empfänger",
    "Zwecke", "zum Zweck der ", "we use your data to ", "z. B. ", "§ 25 TDDDG", "2 Jahre", "Recht auf Auskunft", "@", "https://", "\u00ad", "„", "“", "Session",
]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=3000))
def test_random_bytes(content: bytes) -> None:
    try:
        document = document_of(content)
        read_facts(document)
    except ZusageError as error:
        assert error.message


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=120))
def test_random_notices(pieces: list[str]) -> None:
    text = "".join(pieces)
    document = document_of(text)
    try:
        found = read_facts(document)
    except UnreadableNotice:
        return
    for fact in found:
        assert document.text[fact.start : fact.start + len(fact.quote)] == fact.quote
    draft_declaration(document, found)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["<p>", "</p>", "<table>", "<tr>", "<td>", "</table>", "<li>", "<ul>", "<h2>", "<div hidden>", "<!--", "-->", "<a href='mailto:a@b.example'>", "<script>", "</", "<", "&auml;", "Daten der Kunden", "Wir speichern die Daten"]), max_size=80))  # fmt: skip
def test_random_html(pieces: list[str]) -> None:
    document = document_of("".join(pieces), "html")
    try:
        found = read_facts(document)
    except UnreadableNotice:
        return
    for fact in found:
        assert document.text[fact.start : fact.start + len(fact.quote)] == fact.quote


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=2000))
def test_random_bytes_that_claim_to_be_a_pdf(content: bytes) -> None:
    with pytest.raises(ZusageError):
        document_of(b"%PDF-1.7\n" + content, "pdf")


def test_a_notice_in_french_is_said_to_be_unreadable() -> None:
    document = document_of(FRENCH)
    assert document.language is None
    with pytest.raises(UnreadableNotice, match="language"):
        read_facts(document)


def test_an_empty_notice_is_said_to_be_empty() -> None:
    with pytest.raises(UnreadableNotice, match="empty"):
        read_facts(document_of("  \n\n "))


@pytest.mark.parametrize(
    "piece",
    [
        "um ", "zu ", "und ", ", ", "(", "Art. ", "§ ", "a" * 50, "Wir geben ", "Daten, ", "die Daten der ", "Löschung ", "nicht mehr ", "in die ",
        "GmbH ", "A. B. ", "1 ", "zur Verarbeitung und ", "Einwilligung ", "to ", "and data, ", "session", "_a", "- -", "zuzuzu", "Cookies Session ",
        "erhalten die Bank, ", "share with our Bank and ",
    ],
)  # fmt: skip
def test_no_pathological_repetition(piece: str) -> None:
    text = "Wir verarbeiten Ihre Daten und speichern die Adresse. " + piece * (40_000 // len(piece))
    begin = time.process_time()
    read_facts(document_of(text))
    assert time.process_time() - begin < 8


def test_the_first_reading_takes_no_longer_than_the_next() -> None:
    """In a process of its own: what the first one builds was built by the import."""
    program = (
        "import time\nfrom zusage.notice.reading import document_of, read_facts\n"
        "from pathlib import Path\ntext = Path(__import__('sys').argv[1]).read_text('utf-8')\n"
        "def once():\n    begin = time.process_time()\n    read_facts(document_of(text))\n    return time.process_time() - begin\n"
        "first = once()\nprint(first / min(once() for _ in range(3)))\n"
    )
    longest = max(CORPUS.glob("*/*.txt"), key=lambda path: path.stat().st_size)
    said = subprocess.run(
        [sys.executable, "-c", program, str(longest)], capture_output=True, text=True, check=True
    )
    assert float(said.stdout) < 3, "without the preparation it is 10 and more"


def test_time_grows_with_length_and_not_faster() -> None:
    paragraph = (
        "Wir verarbeiten Ihre E-Mail-Adresse und Ihre IP-Adresse, um Ihre Anfrage zu beantworten (Art. 6 Abs. 1 lit. f DSGVO). Die Daten werden nach "
        "drei Monaten gelöscht und an die Nebelhorn GmbH, Am Kai 3, 20457 Hamburg, weitergegeben.\n\n"
    )

    def taken(times: int) -> float:
        begin = time.process_time()
        read_facts(document_of(paragraph * times))
        return time.process_time() - begin

    taken(20)
    small, large = taken(150), taken(1500)
    assert large < 10 * small * 2.5
