"""The notice sentence by sentence, each with the promises that stand behind it: what is said, beside what keeps it.

A sentence is matched by where it stands (section and heading) and what it names (a recipient, a measure, a consent, a
cookie, a right). One that nothing stands behind informs and promises nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from zusage.declaration import Declaration
from zusage.documents import Callout, Definitions, Document, Heading, Items, Paragraph, Table, plain_text
from zusage.documents.model import Block
from zusage.law.citations import Citation
from zusage.notice.writing import periods
from zusage.notice.writing.words import Words
from zusage.promises import Promise
from zusage.text import Language

Promises = Mapping[str, Promise]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, list item or table row. `level` is 2 or 3 for headings, else 0; `promises` by id."""

    text: str
    level: int = 0
    anchor: str = ""
    item: bool = False
    promises: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a sentence stands: the section's anchor, and what of it the last heading is about."""

    section: str
    part: str


def sentences(document: Document, declaration: Declaration, promises: Promises) -> list[Sentence]:
    """Every sentence of the notice with the ids of the promises behind it, in the order of the text."""
    behind = _Behind(declaration, promises, document.language)
    return list(_walk(document.blocks, behind))


def _walk(blocks: Iterable[Block], behind: _Behind) -> Iterator[Sentence]:
    place = _Place("", "")
    for one in blocks:
        if isinstance(one, Heading):
            place = (
                _Place(one.anchor, "") if one.level == 2 else _Place(place.section, _part(place, one.anchor))
            )
            yield Sentence(one.text, min(one.level, 3), one.anchor)
        else:
            for text, item in _texts(one):
                yield Sentence(text, item=item, promises=tuple(dict.fromkeys(behind.find(text, place))))


def _part(place: _Place, anchor: str) -> str:
    return anchor.removeprefix(f"{place.section}-")


def _texts(block: Block) -> Iterator[tuple[str, bool]]:
    match block:
        case Paragraph():
            yield plain_text(block.text), False
        case Items():
            yield from ((plain_text(one), True) for one in block.items)
        case Definitions():
            yield from ((f"{plain_text(term)}: {plain_text(said)}", True) for term, said in block.pairs)
        case Table():
            yield from ((" · ".join(map(plain_text, row)), True) for row in block.rows)
        case Callout():
            for child in block.blocks:
                yield from _texts(child)


class _Behind:
    """Finds the promises behind a sentence."""

    def __init__(self, declaration: Declaration, promises: Promises, language: Language) -> None:
        self.declaration, self.promises, self.language = declaration, promises, language
        self.words = Words.of(declaration, language, declaration.as_of)

    def find(self, text: str, place: _Place) -> Iterator[str]:
        """Ids of promises, those that fit best first."""
        if place.section in self.declaration.activities:
            yield from self._of_activity(text, place)
            return
        match place.section:
            case "overview":
                yield from self._overview(text)
            case "cookies":
                yield from self._cookies(text)
            case "consents":
                yield from self._consents(text)
            case "rights" | "objection":
                yield from self._rights(text)
            case "complaint":
                yield from self._there("rights/complaint")
            case "channels":
                yield from self._channels(text, place)
            case "measures":
                yield from self._measures(text)

    def _overview(self, text: str) -> Iterator[str]:
        first = text.partition(" · ")[0]
        for name, one in self.declaration.activities.items():
            if self.words.text(one.title) == first:
                yield from self._below(f"retention/{name}/", f"logs/{name}/expire")

    def _of_activity(self, text: str, place: _Place) -> Iterator[str]:
        name = place.section
        match place.part:
            case "retention":
                yield from self._retention(text, name)
            case "recipients" | "transfers" | "sources":
                yield from self._recipients(text, place.part)
            case "security":
                yield from self._measures(text)
            case "bases":
                yield from self._bases(text, name)
            case "purposes":
                yield from self._there(
                    *(f"logs/{name}/{what}" for what in ("purposes", "sealed", "statistics"))
                )
            case "data":
                yield from self._there(f"logs/{name}/fields")
            case "profiling":
                yield from self._there(f"assessment/impact/{name}")
        yield from self._rights(text)

    def _there(self, *ids: str) -> Iterator[str]:
        yield from (one for one in ids if one in self.promises)

    def _below(self, *starts: str) -> Iterator[str]:
        yield from (one for one in self.promises if one.startswith(starts))

    def _retention(self, text: str, name: str) -> Iterator[str]:
        """The rule that says it; where the controller wrote its own words, every rule of the activity."""
        activity = self.declaration.activities[name]
        for rule in activity.retention:
            if text in periods.sentences(self.declaration, activity, rule, self.words):
                start = f"retention/{name}/{rule.id}"
                yield from (one for one in self.promises if one == start or one.startswith(f"{start}/"))
                yield from self._below(f"logs/{name}/expire", f"logs/{name}/backup")
                return
        yield from self._below(f"retention/{name}/", f"logs/{name}/expire", f"logs/{name}/backup")

    def _recipients(self, text: str, part: str) -> Iterator[str]:
        named = [name for name, one in self.declaration.recipients.items() if one.name in text]
        # the longest name that is there, not its beginning: `Google` within `Google Ireland Limited`
        longest = max((len(self.declaration.recipients[name].name) for name in named), default=0)
        for name in named:
            if len(self.declaration.recipients[name].name) < longest:
                continue
            if part != "transfers":
                yield from self._there(f"attestation/contract/{name}")
                services = self.declaration.browser.services.items()
                yield from self._there(
                    *(f"consent/service/{key}" for key, one in services if one.recipient == name)
                )
            yield from self._below(f"attestation/transfer/{name}/")

    def _bases(self, text: str, name: str) -> Iterator[str]:
        for purpose in self.declaration.activities[name].purposes:
            if self.words.text(purpose.text) in text:
                asked = [one.consent for one in purpose.legal_bases if one.consent]
                yield from self._there(*(f"consent/purpose/{one}" for one in asked))
                yield from self._there(f"assessment/interest/{name}/{purpose.id}")

    def _cookies(self, text: str) -> Iterator[str]:
        first = text.partition(" · ")[0]
        for name, item in self.declaration.browser.items.items():
            if item.name == first:
                yield from self._there(f"consent/item/{name}")
        if " · " not in text:
            yield from self._recipients(text, "recipients")

    def _consents(self, text: str) -> Iterator[str]:
        for name, one in self.declaration.consents.items():
            if text.startswith(self.words.text(one.title)):
                yield from self._there(f"consent/purpose/{name}", f"consent/unconfirmed/{name}")

    def _rights(self, text: str) -> Iterator[str]:
        for name, promise in self.promises.items():
            cited = promise.keeper == "rights" and promise.reference and name.count("/") == 1
            if cited and _cites(text, Citation.parse_id(promise.reference).text(self.language)):
                yield name

    def _channels(self, text: str, place: _Place) -> Iterator[str]:
        if place.part == "deadlines":
            yield from self._below("rights/access", "rights/erasure", "rights/question", "rights/deadline/")
            return
        for name in self._below("rights/channel/"):
            label = self.promises[name].text.says(self.language).partition(": ")[2].rstrip(".")
            if label and text.startswith(label):
                yield name

    def _measures(self, text: str) -> Iterator[str]:
        for name, one in self.declaration.measures.items():
            if text.startswith(self.words.text(one.title)):
                yield from self._there(f"attestation/measure/{name}", f"places/{name}", f"copies/{name}")


def _cites(text: str, citation: str) -> bool:
    """Whether a citation stands in a text, not as the beginning of another: `Art. 1` is not `Art. 15`."""
    bare = citation.removesuffix(" DSGVO").removesuffix(" GDPR")
    at = text.find(bare)
    while at >= 0:
        after = text[at + len(bare) : at + len(bare) + 1]
        if not after.isdigit():
            return True
        at = text.find(bare, at + 1)
    return False
