"""What a draft takes from the lines around a fact: the controller's address, the interest that is pursued, a cookie's
purpose in its row, a contract beside a processor, the way for requests."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from zusage.law.countries import find_countries
from zusage.lexicon import topics_of
from zusage.notice.reading.document import Block, Document
from zusage.notice.reading.facts import Fact
from zusage.notice.reading.noted_yaml import Noted

#: how many lines below the controller's name an address may end
_REACH = 7
_TOWN = re.compile(
    r"(?:(?P<country>DE?|AT?|CH|FL|LI)-)?(?<!\d)(?P<postcode>\d{4,5})[ \t]+(?P<city>[A-ZÄÖÜ][\wäöüß.-]*(?:[ /(][A-ZÄÖÜa-zäöüß][\wäöüß.)-]*){0,3})"
)
_STREET = re.compile(
    r"(?P<street>[A-ZÄÖÜ][\wäöüß.-]*(?:\s[A-Za-zÄÖÜäöüß.-]+){0,3}\s\d{1,4}(?:\s?[-–/]\s?\d{1,4})?(?:\s?[a-z](?![\w]))?)\W*$"
)
_LETTERS = {"D": "DE", "A": "AT", "FL": "LI"}
_INTEREST = re.compile(
    r"berechtigte[snm]? Interesse[ns]? (?:(?P<at>an|am) |(?:liegt|besteht)(?: dabei| hier)? (?P<within>in|darin),? |(?:ist|sind) )(?P<what>[^.;()\n]{6,140})"
    r"|[Bb]erechtigte[sn]? Interesse[n]? \([^)]{4,60}\) (?P<at2>zur|zum|an) (?P<what2>[^.;()\n]{6,140})"
    r"|legitimate interests? (?:in|is|are|lies in)(?: the| an| a)? (?P<what3>[^.;()\n]{6,140})"
)
#: a definition or a general clause, not an interest that is pursued
_NO_INTEREST = re.compile(
    r"^(?:de[rs] Verantwortlichen|Dritte|uns(?:er)?\b|erforderlich|notwendig|gegeben|the controller|necessary)"
)
_CONTRACT = re.compile(
    r"Auftragsverarbeitungsvertr\w+|Vertr\w+ (?:zur|über (?:die )?)Auftragsverarbeitung|AV-?Vertr\w+|Art\.? ?28(?: Abs\.? ?3)? DS-?GVO|data processing agreement|processor under contract|Article 28",
    re.IGNORECASE,
)
_OPEN = re.compile(r"abzuschließen|erforderlich|wird (?:noch )?geschlossen|to be concluded")


def note_of(block: Block, quote: str) -> str:
    """The comment behind a value that stands in a block."""
    return f'line {block.number}: "{" ".join(quote.split())}"'


def address(document: Document, controller: Fact) -> dict[str, Any]:
    """The postal address of the controller as its name's line or the ones below it state it; empty if there is none."""
    near = [block for block in document.blocks if 0 <= block.number - controller.line <= _REACH]
    for at, block in enumerate(near):
        town = _TOWN.search(block.text)
        if town is None:
            continue
        before = block.text[: town.start()].rstrip(" ,;|–-")
        street = _STREET.search(before) or (_STREET.search(near[at - 1].text) if at else None)
        country = _country(town, near[at : at + 3])
        if street is None or country is None:
            return {}
        said = {
            "street": street["street"].strip(),
            "postcode": town["postcode"],
            "city": town["city"].strip(" ,"),
            "country": country,
        }
        return {"address": {"street": Noted(said.pop("street"), note_of(block, town[0]))} | said}
    return {}


def _country(town: re.Match[str], lines: Sequence[Block]) -> str | None:
    if town["country"]:
        letter = town["country"]
        return _LETTERS.get(letter, letter)
    rest = "\n".join(block.text for block in lines)
    named = next(iter(find_countries(rest[town.start() :])), None)
    if named is not None:
        return named.code
    return "DE" if len(town["postcode"]) == 5 else None


def interest(document: Document, fact: Fact, language: str) -> Any:
    """The interest that a basis under Art. 6(1)(f) rests on, from the sentences of its section; None if none is told."""
    around = [
        block
        for block in document.blocks
        if block.number == fact.line or (fact.section and block.section == fact.section)
    ]
    for block in sorted(around, key=lambda one: abs(one.number - fact.line)):
        for hit in _INTEREST.finditer(block.text):
            what = next(hit[name] for name in ("what", "what2", "what3") if hit[name]).strip(" ,:")
            what = re.sub(
                r"\s(?:gemäß|nach|gem\.|im Sinne|iSd|i\.S\.d\.)\s.*$|,? (?:and|und) .*Art.*$", "", what
            )
            what = _as_a_title(what, hit["at"] or hit["at2"])
            if len(what) > 5 and not _NO_INTEREST.match(what) and "Art" not in what:
                return {language: Noted(what, note_of(block, hit[0]))}
    return None


def _as_a_title(what: str, after: str | None) -> str:
    """The words after "Interesse an …" as they can stand alone: "der Abwehr" as "die Abwehr", "dem Betrieb" as "Betrieb"."""
    if after in ("zur", "zum", "am"):
        return what
    if after == "an" and what.startswith("der "):
        return "die " + what[4:]
    if after == "an" and what.startswith("dem "):
        return what[4:]
    return f"an {what}" if after == "an" and re.match(r"eine[mnr]\b", what) else what


def item_purpose(document: Document, fact: Fact, language: str) -> Any:
    """What a cookie is for, as its row says; None where the table has no such column."""
    block = next((one for one in document.blocks if one.number == fact.line), None)
    if block is None or not block.columns or len(block.columns) != len(block.cells):
        return None
    for title, cell in zip(block.columns, block.cells, strict=True):
        if cell.strip() and re.search(
            r"zweck|purpose|beschreibung|description|funktion", title, re.IGNORECASE
        ):
            return {language: Noted(cell.strip(), note_of(block, cell))}
    return None


def is_necessary(document: Document, fact: Fact) -> bool:
    """Whether a cookie stands under a heading that calls its like necessary."""
    block = next((one for one in document.blocks if one.number == fact.line), None)
    return block is not None and bool(
        re.search(
            r"notwendig|essenziell|erforderlich|necessary|essential|required", block.section, re.IGNORECASE
        )
    )


def among_processors(document: Document, recipient: Fact) -> bool:
    """Whether a recipient stands under a heading on processors: then its role is told."""
    block = next((one for one in document.blocks if one.number == recipient.line), None)
    return block is not None and bool(re.search(r"[Pp]rocessors|[Aa]uftragsverarbeiter", block.section))


def contract(document: Document, recipient: Fact) -> dict[str, Any]:
    """The contract on processing that is said to exist beside a processor's name; empty if none is."""
    if recipient.value["role"] != "processor":
        return {}
    for block in document.blocks:
        near = block.number == recipient.line or (
            recipient.section
            and block.section == recipient.section
            and 0 <= block.number - recipient.line <= 2
        )
        hit = _CONTRACT.search(block.text) if near else None
        if hit and not _OPEN.search(block.text, hit.end(), hit.end() + 40):
            return {"contract": {"kind": Noted("art-28", note_of(block, hit[0]))}}
    return {}


def channels(document: Document, facts: Sequence[Fact]) -> Iterator[dict[str, Any]]:
    """Addresses that stand where the rights are explained or where one is told how to use them."""
    sections = {block.number: block for block in document.blocks}
    of_authority = {fact.line + more for fact in facts if fact.type == "authority" for more in range(_REACH)}
    seen: set[str] = set()
    for fact in facts:
        block = sections.get(fact.line)
        to = str(fact.value)
        if (
            fact.type != "contact"
            or "@" not in to
            or block is None
            or to in seen
            or fact.line in of_authority
        ):
            continue
        told = re.search(r"Rechte|Ausübung|Anfragen|Auskunft|your rights|exercise|request", block.text)
        if told or any("rights" in topics_of(heading) for heading in block.headings):
            seen.add(to)
            yield {"kind": "email", "to": Noted(to, note_of(block, fact.quote))}
