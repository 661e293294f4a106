"""What all parts of the declaration share: strictness, identifiers, texts, durations, citations, countries."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    Strict,
    WithJsonSchema,
)

from zusage.errors import ZusageError
from zusage.law.citations import Citation
from zusage.law.countries import is_country
from zusage.law.duration import Duration
from zusage.text import Text

_IDENTIFIER = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"


class Part(BaseModel):
    """A part of the declaration: unknown keys are errors, values do not change after loading."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        arbitrary_types_allowed=True,
        coerce_numbers_to_str=True,
        populate_by_name=False,
        # only what is loaded as a whole builds its validator: opening a workspace stays quick
        defer_build=True,
    )


class DanglingReferences(ValueError):
    """References that lead nowhere: (key path, message, the name, the names there are)."""

    def __init__(self, dangling: list[tuple[tuple[str | int, ...], str, str, tuple[str, ...]]]) -> None:
        super().__init__("; ".join(message for _, message, _, _ in dangling))
        self.dangling = dangling


#: `true` or `false`, nothing else: `NO` is Norway.
Flag = Annotated[bool, Strict()]


#: `lower-case-words-joined-by-hyphens`, stable: promises, bindings and approvals refer to it.
Identifier = Annotated[str, Field(pattern=_IDENTIFIER, max_length=80, examples=["server-logs"])]

_TEXT_SCHEMA: dict[str, Any] = {
    "anyOf": [
        {"type": "string"},
        {
            "type": "object",
            "properties": {"de": {"type": "string"}, "en": {"type": "string"}},
            "additionalProperties": False,
            "minProperties": 1,
        },
    ]
}

#: A text for people: a string (the same in both languages) or `{de: …, en: …}`.
Said = Annotated[
    Text,
    BeforeValidator(Text.read),
    PlainSerializer(lambda text: text.de if text.de == text.en else text.as_json()),
    WithJsonSchema(_TEXT_SCHEMA),
]


def _parsed(parse: Callable[[str], Any], value: Any) -> Any:
    """`parse` for texts; its refusal becomes one that the model reports with the place."""
    if not isinstance(value, str):
        return value
    try:
        return parse(value)
    except ZusageError as error:
        raise ValueError(str(error)) from None


def _read_duration(value: Any) -> Any:
    return _parsed(Duration.parse, value)


#: An ISO 8601 duration with whole numbers: `P7D`, `P6M`, `PT72H`.
Period = Annotated[
    Duration,
    BeforeValidator(_read_duration),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "pattern": "^P", "examples": ["P7D", "P6M", "PT72H"]}),
]


def _read_citation(value: Any) -> Any:
    return _parsed(Citation.parse_id, value)


#: A citation id: `gdpr:6(1)(f)`, `tdddg:25(2)(2)`, `hgb:257(1)(4)`.
Cited = Annotated[
    Citation,
    BeforeValidator(_read_citation),
    PlainSerializer(lambda citation: citation.id),
    WithJsonSchema({"type": "string", "pattern": "^[a-z0-9]+:", "examples": ["gdpr:6(1)(b)"]}),
]

_REGIONS = {"EU", "EEA"}


def _known_country(value: str) -> str:
    if value in _REGIONS or is_country(value):
        return value
    raise ValueError(f"expected an ISO 3166 code of two capital letters, such as DE or NO, not {value!r}")


#: ISO 3166-1 alpha-2, or `EU`/`EEA` where a notice names no single country.
Country = Annotated[str, AfterValidator(_known_country), Field(examples=["DE", "NO", "US"])]

_EMAIL = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>.]+")


def _plausible_email(value: str) -> str:
    if not _EMAIL.fullmatch(value):
        raise ValueError(f"expected an e-mail address, not {value!r}")
    return value


EmailAddress = Annotated[str, AfterValidator(_plausible_email), Field(examples=["privacy@example.com"])]
