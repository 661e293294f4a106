"""The role a text states for a recipient, and a recipient as a reading."""

from __future__ import annotations

import re
from functools import lru_cache

from zusage.notice.reading.facts import Reading
from zusage.notice.reading.passages import Passage

_PROCESSOR = re.compile(
    r"in unserem Auftrag|in unserem Namen|Auftragsverarbeit|Auftragsdatenverarbeit|AV-Vertrag|AVV\b|weisungsgebunden|unseren (?:An)?[Ww]eisungen|on our behalf|as (?:our |a |data )?processors?\b|data processing agreement|Art(?:\.|ikel)? 28\b|auf unsere Weisung|our instructions|processing agreement",
    re.IGNORECASE,
)
_CONTROLLER = re.compile(
    r"(?:in )?eigener Verantwort|eigenverantwortlich|als eigenständige[rn]? Verantwortliche|für eigene Zwecke|independent controller|separate controller|own (?:responsibility|purposes)|as (?:a |an independent )controller|gemeinsam(?:e|en)? Verantwortlich|joint controller",
    re.IGNORECASE,
)


def role_of(passage: Passage, at: int) -> str | None:
    """The role stated in the passage for a recipient at this place: the sentence first, then the whole passage."""
    return _role_in(passage.sentence_at(at)) or _role_in(passage.text)


@lru_cache(maxsize=1024)
def _role_in(text: str) -> str | None:
    if _PROCESSOR.search(text):
        return "processor"
    return "controller" if _CONTROLLER.search(text) else None


def reading_of(
    passage: Passage, name: str, start: int, end: int, country: str | None, confidence: float
) -> Reading:
    role = (
        role_of(passage, start) if confidence >= _NAMED or country else _role_in(passage.sentence_at(start))
    )
    return Reading("recipient", {"name": name, "country": country, "role": role}, start, end, confidence)


#: readings of organisations by name; a role stated anywhere in the passage is theirs
_NAMED = 0.8
