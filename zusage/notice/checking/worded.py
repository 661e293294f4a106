"""A controller's own wording against the declaration: what a text of its own no longer states, and what it adds.

The generated section is the measure. A fact, a link or a consequence that it states and the own text does not, and a
company or a country that the own text names and the declaration does not there, stop publication.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from zusage.declaration import Activity, Declaration
from zusage.documents import Block, Callout, Document, Items, Link, Paragraph, render
from zusage.documents.model import plain_text, runs
from zusage.findings import Finding, Place, Severity
from zusage.law.countries import find_countries
from zusage.lexicon import companies, services
from zusage.notice.checking.readback import unstated
from zusage.notice.checking.written.wording import frame_texts
from zusage.notice.reading import document_of, read_facts
from zusage.notice.reading.companies import company_names
from zusage.notice.writing.catalogue import write
from zusage.notice.writing.rights import advertises, rests_on_consent, rests_on_interest
from zusage.notice.writing.wording import Wording, reworded, sections
from zusage.text import Language, Text

#: a word that points somewhere: without a target it points nowhere
_HERE = re.compile(r"\b(?:hier|here)\b", re.IGNORECASE)


def check_wording(declaration: Declaration, wording: Wording, on: date) -> list[Finding]:
    """What is wrong with the own texts, by the law of `on`. Raises `WordingError` where a section is not there."""
    found: list[Finding] = []
    for language in declaration.languages:
        if not wording.anchors(language):
            continue
        made = write(declaration, "notice", language, on)
        for anchor in wording.anchors(language):
            own = reworded(made, wording, anchor)
            found += _section(declaration, made, own, anchor, wording.path(language, anchor))
    return found


def _section(
    declaration: Declaration, made: Document, own: Document, anchor: str, file: str
) -> Iterator[Finding]:
    was, now = _blocks(made, anchor), _blocks(own, anchor)
    yield from _links(was, now, file)
    yield from _unstated(declaration, made, own, file)
    yield from _names(declaration, was, now, file)
    yield from _countries(was, now, file)
    if activity := declaration.activities.get(anchor):
        yield from _consequence(activity, now, made.language, file)
    if anchor == "objection":
        yield from _apart(declaration, own, now, file)
    yield from _announced(now, file)
    for quote in frame_texts(_text(now)):
        yield _finding(
            "frame-text",
            f"Text des Rahmens einer Website: „{quote}“",
            f"text of a site's frame: '{quote}'",
            file,
        )


def _finding(code: str, german: str, english: str, file: str) -> Finding:
    return Finding(f"wording/{code}", Severity.ERROR, Text(german, english), Place(file))


def _blocks(document: Document, anchor: str) -> list[Block]:
    return next(blocks for heading, blocks in sections(document) if heading and heading.anchor == anchor)


def _links_of(blocks: list[Block]) -> list[Link]:
    found: list[Link] = []
    for block in blocks:
        if isinstance(block, Callout):
            found += _links_of(list(block.blocks))
        texts = (
            (block.text,) if isinstance(block, Paragraph) else block.items if isinstance(block, Items) else ()
        )
        found += [run for text in texts for run in runs(text) if isinstance(run, Link)]
    return found


def _text(blocks: list[Block]) -> str:
    """What a section says, one block a line."""
    said: list[str] = []
    for block in blocks:
        if isinstance(block, Callout):
            said.append(_text(list(block.blocks)))
        elif isinstance(block, Paragraph):
            said.append(plain_text(block.text))
        elif isinstance(block, Items):
            said += [plain_text(item) for item in block.items]
    return "\n".join(said)


def _links(was: list[Block], now: list[Block], file: str) -> Iterator[Finding]:
    there = {link.href for link in _links_of(now)}
    for link in _links_of(was):
        if link.href not in there:
            yield _finding(
                "link-missing",
                f"Der Verweis „{link.text}“ ({link.href}) fehlt.",
                f"The link '{link.text}' ({link.href}) is missing.",
                file,
            )
    for block in now:
        texts = (
            (block.text,) if isinstance(block, Paragraph) else block.items if isinstance(block, Items) else ()
        )
        for text in texts:
            bare = " ".join(run for run in runs(text) if isinstance(run, str))
            if _HERE.search(bare):
                yield _finding("no-target", "„hier“ führt nirgendwohin.", "'here' leads nowhere.", file)


def _announced(now: list[Block], file: str) -> Iterator[Finding]:
    """A colon with nothing after it: the list that it announces is not there."""
    for block, following in zip(now, [*now[1:], None], strict=True):
        announces = isinstance(block, Paragraph) and plain_text(block.text).rstrip().endswith(":")
        if announces and not (isinstance(following, Items) and following.items):
            yield _finding(
                "empty-list", "Die angekündigte Aufzählung fehlt.", "The list announced is missing.", file
            )


def _unstated(declaration: Declaration, made: Document, own: Document, file: str) -> Iterator[Finding]:
    language = made.language
    before = {one.message for one in _missing(declaration, language, made)}
    for one in _missing(declaration, language, own):
        if one.message not in before:
            yield replace(
                one, code="wording/not-stated", severity=Severity.ERROR, place=Place(file, key=one.place.key)
            )


def _missing(declaration: Declaration, language: Language, document: Document) -> list[Finding]:
    return unstated(declaration, language, read_facts(document_of(render(document, "html"), "html")))


def _names(declaration: Declaration, was: list[Block], now: list[Block], file: str) -> Iterator[Finding]:
    """Companies and products that the section is not about, and another company of the same house."""
    said, meant = _text(now), _text(was)
    own = {declaration.controller.name, *(one.name for one in declaration.joint_controllers)}
    for name in dict.fromkeys(one.text for one in company_names(said)):
        if name not in meant and not any(name in one for one in own):
            yield _foreign(name, file)
    known = {short for one in companies().values() for short in (one.short, *one.also)}
    known |= {one.name for one in services() if not one.common_word}
    known |= {name for one in declaration.recipients.values() for name in one.services}
    for name in sorted(known):
        if len(name) > 3 and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", said) and name not in meant:
            yield _foreign(name, file)


def _foreign(name: str, file: str) -> Finding:
    return _finding(
        "foreign-name",
        f"„{name}“ ist in diesem Abschnitt nicht erklärt.",
        f"'{name}' is not declared in this section.",
        file,
    )


def _countries(was: list[Block], now: list[Block], file: str) -> Iterator[Finding]:
    """Countries that the section does not name, and a server placed elsewhere than declared."""
    meant = {one.code for one in find_countries(_text(was))}
    for one in find_countries(_text(now)):
        if one.code not in meant:
            yield _finding(
                "foreign-country",
                f"Das Land {one.code} ist in diesem Abschnitt nicht erklärt.",
                f"The country {one.code} is not declared in this section.",
                file,
            )
    stands = set(re.findall(r"Server: [^);\n]+|servers: [^);\n]+", _text(was)))
    for place in sorted(stands):
        if place not in _text(now):
            yield _finding(
                "location", f"Es fehlt oder weicht ab: {place}", f"Missing or different: {place}", file
            )


def _consequence(activity: Activity, now: list[Block], language: Language, file: str) -> Iterator[Finding]:
    provision = activity.provision
    if provision and provision.consequence and provision.consequence.says(language) not in _text(now):
        said = provision.consequence.says(language)
        yield _finding(
            "consequence", f"Es fehlt die Folge: {said}", f"The consequence is missing: {said}", file
        )


def _apart(declaration: Declaration, own: Document, now: list[Block], file: str) -> Iterator[Finding]:
    """Objection and withdrawal stand here, and apart from all other information (Art. 21(4))."""
    alone = replace(own, blocks=tuple(now))
    facts = read_facts(document_of(render(alone, "html"), "html"))
    there = {fact.value for fact in facts if fact.type == "right"}
    objecting = rests_on_interest(declaration) or advertises(declaration)
    for due, right in ((objecting, "objection"), (rests_on_consent(declaration), "withdraw_consent")):
        if due and right not in there:
            yield _finding(
                "right-missing", f"Hier fehlt das Recht: {right}", f"The right is missing here: {right}", file
            )
    for fact in facts:
        if fact.type in (
            "recipient",
            "retention",
            "transfer",
            "data_category",
            "cookie",
            "third_party_service",
        ):
            yield _finding(
                "not-apart",
                f"Der Hinweis auf Widerspruch und Widerruf enthält anderes: {fact.quote}",
                f"The section on objection and withdrawal holds something else: {fact.quote}",
                file,
            )
