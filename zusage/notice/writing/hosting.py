"""The text for customers' own notices: what is stored on their behalf, and for how long – from the same declaration."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from zusage.declaration import Activity, Declaration
from zusage.documents import Block, Document, Heading, Items, Paragraph
from zusage.notice.writing import periods
from zusage.notice.writing.notice import identification
from zusage.notice.writing.words import Words
from zusage.text import Language


def hosted(declaration: Declaration, language: Language, on: date) -> Document:
    """What a customer may put into its own notice about the processing that we do for it."""
    words = Words.of(declaration, language, on)
    own = set(declaration.on_behalf.activities) if declaration.on_behalf else set()
    blocks = [
        block
        for name, activity in declaration.activities.items()
        if activity.on_behalf or name in own
        for block in _activity(declaration, activity, words)
    ]
    return Document(
        words.say("hosted-title"),
        language,
        tuple(blocks) or (Paragraph(words.say("none")),),
        identification(declaration, words),
    )


def _activity(declaration: Declaration, activity: Activity, words: Words) -> Iterator[Block]:
    yield Heading(words.text(activity.title))
    said = [words.text(one.text) for one in activity.data]
    yield Paragraph(words.say("hosted-by", controller=declaration.controller.name, data=words.listed(said)))
    kept = [
        one for rule in activity.retention for one in periods.sentences(declaration, activity, rule, words)
    ]
    yield Items(tuple(kept))
