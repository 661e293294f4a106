"""The very words that are asked outside the banner, as they are shown, sent and kept; and what mails and pages say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from importlib import resources
from zoneinfo import ZoneInfo

from zusage.declaration import Declaration
from zusage.declaration.strict_yaml import parse
from zusage.text import Language


@lru_cache(maxsize=1)
def _words() -> Mapping[str, Mapping[str, str]]:
    text = resources.files("zusage.keepers.consent").joinpath("words.yaml").read_text("utf-8")
    words: Mapping[str, Mapping[str, str]] = parse(text, "words.yaml").data
    return words


def say(declaration: Declaration, language: str, key: str, **values: str) -> str:
    """A phrase in the person's language and the controller's form of address."""
    phrase = _words()[key]
    said = phrase["en"] if language == "en" else phrase.get(declaration.address, phrase["de"])
    return said.format(**values) if values else said


def day(declaration: Declaration, language: str, at: datetime) -> str:
    """An instant as a day where the controller is."""
    local = at.astimezone(ZoneInfo(declaration.time_zone))
    return f"{local:%d.%m.%Y}" if language == "de" else f"{local.day} {local:%B} {local.year}"


def version_of(declaration: Declaration) -> str:
    """The version of the notice; its date where it bears no number."""
    return declaration.version or declaration.as_of.isoformat()


def shown_text(
    declaration: Declaration, names: Iterable[str], language: Language, further: Iterable[str] = ()
) -> bytes:
    """The words of a consent: who asks, what for, topic by topic; `further` says what is particular to one case."""
    lines, told = [declaration.controller.name], set()
    for name in sorted(names):
        purpose, _, scope = name.partition("/")
        asked = declaration.consents[purpose]
        if purpose not in told:
            told.add(purpose)
            lines += [asked.title.says(language), asked.text.says(language)]
            if asked.minimum_age is not None:
                lines.append(say(declaration, language, "from-age", age=str(asked.minimum_age)))
        if scope in asked.topics:
            lines.append(f"– {asked.topics[scope].says(language)}")
    return "\n".join([*lines, *further]).encode()
