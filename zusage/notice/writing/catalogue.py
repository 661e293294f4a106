"""The documents that can be written, by name: `zusage write NAME`."""

from __future__ import annotations

from datetime import date
from typing import Literal, get_args

from zusage.declaration import Declaration
from zusage.documents import Document
from zusage.notice.writing.hosting import hosted
from zusage.notice.writing.notice import notice
from zusage.notice.writing.records import measures, processors, record
from zusage.notice.writing.tables import cookies, deletion_concept, transfers
from zusage.notice.writing.wording import Wording, reworded
from zusage.text import Language

DocumentName = Literal[
    "notice", "record", "cookies", "deletion-concept", "transfers", "processors", "measures", "hosted"
]
DOCUMENTS: tuple[DocumentName, ...] = get_args(DocumentName)


def write(
    declaration: Declaration, name: DocumentName, language: Language, on: date, wording: Wording | None = None
) -> Document:
    """The document called `name` in `language`, by the law of the day `on`; the notice with the controller's own `wording`."""
    writers = {
        "notice": notice, "record": record, "cookies": cookies, "deletion-concept": deletion_concept,
        "transfers": transfers, "processors": processors, "measures": measures, "hosted": hosted,
    }  # fmt: skip
    made = writers[name](declaration, language, on)
    return reworded(made, wording) if wording and name == "notice" else made
