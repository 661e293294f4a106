"""Reading a notice in German or English: source → document (blocks) → facts → draft declaration.

Deterministic rules over the lexicon: no models, no network. `load_document`/`document_of` take text, Markdown, HTML and
PDF; `read_facts` gives the facts in the gold format; `draft_declaration` a `declaration.yaml` with open points marked.
"""

from zusage.notice.reading.document import Block, Document, UnreadableNotice
from zusage.notice.reading.draft import draft_declaration
from zusage.notice.reading.evaluate import Evaluation, Score, evaluate
from zusage.notice.reading.facts import UNSURE, Fact
from zusage.notice.reading.loading import document_of, load_document
from zusage.notice.reading.reading import read_facts

#: one sentence for each thing that is read
_FIRST = (
    "Verantwortlich ist die Möwe GmbH, Am Kai 3, 20457 Hamburg, möwe@kai.example. Wir verarbeiten nach Art. 6 Abs. 1 lit. f DSGVO "
    "Ihre IP-Adresse, um Angriffe abzuwehren, und löschen sie nach 7 Tagen. Empfänger ist die Google Ireland Limited in Irland. "
    "Google Analytics setzt mit Ihrer Einwilligung die Cookies _ga und kai_besuch für 2 Jahre. Sie haben das Recht auf Auskunft.\n\n"
    "Cookies\n\nkai_wahlSpeichert die Auswahl der Fähre6 MonateMöwe\n\nBeschwerden nimmt die Aufsichtsbehörde in Hamburg entgegen."
)


def _prepare() -> None:
    """Reads a few sentences: patterns and the lexicon's indexes are made by the first reading, and it should take no longer
    than the next."""
    read_facts(document_of(_FIRST))


_prepare()

__all__ = [
    "UNSURE",
    "Block",
    "Document",
    "Evaluation",
    "Fact",
    "Score",
    "UnreadableNotice",
    "document_of",
    "draft_declaration",
    "evaluate",
    "load_document",
    "read_facts",
]
