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
