"""Blocks with what the extractors need to know: topic, sentences, the lead-in of a list, the section's number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from zusage.lexicon import topics_of
from zusage.lexicon.words import lists_category, names_category
from zusage.notice.reading.document import Block, Document
from zusage.notice.reading.phrases import is_clause

_ABBREVIATIONS = frozenset(
    "z.b b z a u d h e.g i.e e.v ev art abs lit nr s sog bzw ca usw etc ggf evtl inkl vgl dr prof str st ltd inc co corp no "
    "vs i.s.d i.s.v bspw insb gem dipl ing tel mind max buchst ziff idr i.d.r u.a d.h o.ä s.o s.u z.t rev approx mr mrs ms".split()
)
_STOP = re.compile(
    r"[.!?](?:[\"“”»)]|\s*\(\d\))?(?=\s+[„\"“«(]?[A-ZÄÖÜ0-9])|[.!?](?=[A-ZÄÖÜ][a-zäöüß]{2,}\s)"
)
_LAST_WORD = re.compile(r"([\w.]+)$")
_MONTHS = re.compile(
    r"\s+(?:Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember|Quartal|Jahr)"
)


#: "im Rahmen des 12. Stiftungspreises"
_ORDINAL = re.compile(r"\b(?:dem|der|des|den|das|die|zum|zur|am|beim|im)\s\d{1,2}$")


#: stands for a full stop that ends no sentence, and for a colon within a word, so that patterns need not tell them apart
DOT, COLON = "\u2024", "\ua789"
_MASKED = re.compile(
    r"\b(?:z\.\s?B\.|d\.\s?h\.|u\.\s?a\.|i\.\s?d\.\s?R\.|v\.\s?a\.|o\.\s?g\.|e\.g\.|i\.e\.|bzw\.|ggf\.|evtl\.|inkl\.|bspw\.|sog\.|ca\.|idR\.|insb\.|etc\.(?=[,;)\s]+[a-zäöü,)])|"
    r"approx\.|max\.|mind\.|vgl\.)|(?<=[a-zäöü]):(?=in(?:nen)?\b)"
)


def masked(text: str) -> str:
    """A line in which stops of abbreviations and colons of gendered words are replaced, at the same length."""
    return _MASKED.sub(lambda found: found.group().replace(".", DOT).replace(":", COLON), text)


def unmasked(value: Any) -> Any:
    """A value with its own stops and colons again."""
    if isinstance(value, str):
        return value.replace(DOT, ".").replace(COLON, ":")
    if isinstance(value, dict):
        return {key: unmasked(part) for key, part in value.items()}
    return value


def holds(low: str, stems: Iterable[str]) -> bool:
    """Whether one of the stems is in a text in small letters: asked so often that a plain loop pays."""
    for stem in stems:  # noqa: SIM110
        if stem in low:
            return True
    return False


@dataclass(frozen=True, slots=True)
class Passage:
    """One block as the extractors see it. Offsets they return are within `text`."""

    block: Block
    text: str
    part: int
    topics: tuple[str, ...]
    lead: str
    sentences: tuple[tuple[int, int], ...]
    language: str
    low: str
    names: frozenset[str] = field(default_factory=frozenset)
    #: whether an item stands in a list most of whose items name data
    among_data: bool = False
    #: whether a label told what the text is about ("Zweck: …"), and has been cut off
    labelled: bool = False
    #: answers that several extractors ask for
    memo: dict[str, bool] = field(default_factory=dict, compare=False, hash=False)

    @property
    def topic(self) -> str:
        """What the section is about, or an empty text."""
        return self.topics[0] if self.topics else ""

    def has(self, *parts: str) -> bool:
        """Whether one of these (in small letters) is in the text: the cheap question before a costly pattern."""
        return holds(self.low, parts)

    def about(self, *topics: str) -> bool:
        """Whether the section is about one of these."""
        own = self.topics
        if own:
            for topic in topics:
                if topic in own:
                    return True
        return False

    def sentence_at(self, at: int) -> str:
        """The sentence at an offset; the whole text where none is."""
        start, end = next((span for span in self.sentences if span[0] <= at < span[1]), (0, len(self.text)))
        return self.text[start:end]


def sentences_of(text: str) -> tuple[tuple[int, int], ...]:
    """The sentences of a line, as offsets. Abbreviations, dates, section numbers and initials do not end one."""
    found: list[tuple[int, int]] = []
    start = 0
    for stop in _STOP.finditer(text):
        before = _LAST_WORD.search(text, max(start, stop.start() - 24), stop.start())
        word = before[1] if before else ""
        if text[stop.start()] == "." and (
            word.lower() in _ABBREVIATIONS
            or (len(word) == 1 and word.isalpha())
            or word.lower().rsplit(".", 1)[-1] in ("b", "v", "a", "h", "e", "g")
        ):
            continue
        if (
            word.isdigit()
            and len(word) <= 2
            and (
                _MONTHS.match(text, stop.end())
                or _ORDINAL.search(text, max(start, stop.start() - 9), stop.start())
            )
        ):
            continue
        if text[start : stop.end()].strip():
            found.append((start, stop.end()))
        start = stop.end()
    if text[start:].strip():
        found.append((start, len(text)))
    return tuple(found)


def passages_of(document: Document) -> Iterator[Passage]:
    """Every block of the document as a passage. Sections of definitions are left out: they state nothing."""
    part = 0
    lead = ""
    previous: Block | None = None
    among = False
    defining: str | None = None
    for at, block in enumerate(document.blocks):
        text = masked(block.text)
        if block.kind == "heading" or (previous is not None and previous.headings != block.headings):
            part += 1
            lead = ""
        topics = _topics(block)
        if block.kind != "item":
            among = False
        elif previous is None or previous.kind != "item":
            among = _names_data(document.blocks, at)
        defining = _defining(block, defining)
        if defining is None:
            for piece, cut, told in _labelled(block, text, topics):
                yield Passage(
                    piece, cut, part, told, lead, sentences_of(cut), document.language or "de", cut.lower(),
                    among_data=among, labelled=piece.kind == "item" and piece.start > block.start,
                )  # fmt: skip
        if block.kind in ("paragraph", "item") and (
            text.rstrip().endswith((":", " um", " to")) or _runs_into_list(document.blocks, at)
        ):
            lead = _last_sentence(text)
        elif lead and block.kind == "paragraph" and len(text) < 160 and not is_clause(text):
            pass
        elif block.kind == "paragraph" and not (
            lead and previous and block.number == previous.number + 1 and _LABELLED.match(text)
        ):
            lead = ""
        previous = block


def _labelled(
    block: Block, text: str, topics: tuple[str, ...]
) -> Iterator[tuple[Block, str, tuple[str, ...]]]:
    """The pieces of a block; where it begins with a label that tells its topic ("Verarbeitete Datenarten: …"), what
    follows the label as items of that topic."""
    label = _TOPIC_LABEL.match(text) if block.kind in ("item", "paragraph") else None
    told = topics_of(label["label"]) if label else ()
    others = told[:1] == ("recipients",) and topics[:1] == ("source",)
    if label is None or others or not told or told[0] not in _LABELS:
        for piece, cut in _pieces(block, text):
            yield piece, cut, topics
        return
    start = label.end()
    for end in (
        [*(found.end() for found in _SEMICOLON.finditer(text, start)), len(text)]
        if told[0] == "purposes"
        else [len(text)]
    ):
        if text[start:end].strip():
            part = replace(block, text=block.text[start:end], start=block.start + start, kind="item")
            yield part, text[start:end], told
        start = end


_LABELS = ("data", "purposes", "recipients", "retention", "source")
_TOPIC_LABEL = re.compile(
    r"(?:\(\d{1,2}\))?\W*(?P<label>[A-ZÄÖÜ](?:[\w ,-]|\((?:e|n|en|s)\)){3,50}):\s+(?=\S)"
)
_SEMICOLON = re.compile(r";\s+")


def _pieces(block: Block, text: str) -> Iterator[tuple[Block, str]]:
    """A block as it is; one of many thousand characters in pieces, so that time stays in proportion to the length."""
    if len(text) <= _LONGEST:
        yield block, text
        return
    start = 0
    while start < len(text):
        stop = min(start + _LONGEST, len(text))
        if stop < len(text):
            end = max(text.rfind(". ", start, stop) + 1, text.rfind(" ", stop - 200, stop))
            stop = end if end > start else stop
        yield replace(block, text=block.text[start:stop], start=block.start + start), text[start:stop]
        start = stop


def _runs_into_list(blocks: Sequence[Block], at: int) -> bool:
    """Whether a paragraph breaks off before a list: it leads to the list as if it ended with a colon."""
    text = blocks[at].text.rstrip()
    following = blocks[at + 1] if at + 1 < len(blocks) else None
    return (
        blocks[at].kind == "paragraph"
        and following is not None
        and following.kind == "item"
        and len(text) > 20
        and (text[-1:].isalpha() or text[-1:] == ",")
    )


_LONGEST = 5000
_LABELLED = re.compile(r"\W*[A-ZÄÖÜ][\w -]{2,40}:\s")


#: "Dazu gehören insbesondere:" says only together with the sentence before what a list is of
_REFERS_BACK = re.compile(
    r"\s*(?:Dazu|Hierzu|Darunter|Dies|Das|Diese|Dabei|These|This|They|It)\b(?: [\w.]+){0,3}?\s?(?:gehör|zähl|fallen|fällt|sind|umfass|betriff|handelt|includ|are|is\b)"
)


def _last_sentence(text: str) -> str:
    sentences = sentences_of(text)
    if not sentences:
        return text.strip()
    start = sentences[-1][0]
    if len(sentences) > 1 and _REFERS_BACK.match(text, start):
        start = sentences[-2][0]
    return text[start:].strip()


_HEAD = re.compile(
    r"\W*(?:(?:der|die|das|den|Ihre?|ihre?|deine?|your|the|any|an?)\s)?(?P<head>[^,(:;–]{3,60}?)(?:\s(?:wie|such as|including)\s|[,(:;–.]|\s(?:und|and|oder|or)\s|\Z)"
)


def _names_data(blocks: Sequence[Block], at: int) -> bool:
    """Whether most items of the list that begins at `at` begin with a category of data."""
    known = total = 0
    for block in blocks[at : at + 30]:
        if block.kind != "item":
            break
        head = _HEAD.match(block.text)
        total += 1
        known += head is not None and lists_category(head["head"].strip())
    return total > 2 and known * 2 > total


#: a part of a section on data by whose they are, or how they come
_WHOSE = re.compile(
    r"(?:From|About|Of|For|Automatically|Directly|Von|Bei|Für|Zu|Automatisch|Über) ?\b|[\w/-]+ (?:&|und|and) [\w/-]+\Z"
)
_NUMBER = re.compile(r"^(?:[\d.]+|[A-Za-z][.)])\s+")


def _topics(block: Block) -> tuple[str, ...]:
    """The topics of the nearest heading that has any; a heading without one does not inherit purposes or data."""
    if not block.headings:
        return ()
    own = topics_of(block.headings[-1])
    if own:
        return own
    if names_category(_NUMBER.sub("", block.headings[-1])):
        return ("data",)
    above = topics_of(block.headings[-2]) if len(block.headings) > 1 else ()
    if above[:1] == ("data",) and block.kind == "item" and _WHOSE.match(_NUMBER.sub("", block.headings[-1])):
        return ("data",)
    inherited = [topic for heading in reversed(block.headings[:-1]) for topic in topics_of(heading)]
    return tuple(
        topic for topic in inherited if topic in ("rights", "security", "definitions", "changes", "cookies")
    )[:2]


def _defining(block: Block, before: str | None) -> str | None:
    """The heading of definitions that the block stands under, or None."""
    for heading in block.headings:
        if "definitions" in topics_of(heading)[:1]:
            return heading
    return before if before and before in block.headings else None
