"""Text for people in German and English (DESIGN, rule 12)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Language = Literal["de", "en"]
LANGUAGES: tuple[Language, ...] = ("de", "en")


@dataclass(frozen=True, slots=True)
class Text:
    """One thing said in German, English or both. At least one is not empty."""

    de: str = ""
    en: str = ""

    def __post_init__(self) -> None:
        if not self.de.strip() and not self.en.strip():
            raise ValueError("a text needs at least one language, 'de' or 'en'")

    def says(self, language: Language) -> str:
        """The text in `language`, or in the other one where this is missing."""
        return (self.de or self.en) if language == "de" else (self.en or self.de)

    def has(self, language: Language) -> bool:
        """Whether the text is really there in `language`."""
        return bool((self.de if language == "de" else self.en).strip())

    def __str__(self) -> str:
        return self.en or self.de

    def as_json(self) -> dict[str, str]:
        """The languages that are there, for `--json`."""
        return {language: value for language, value in (("de", self.de), ("en", self.en)) if value}

    @classmethod
    def read(cls, value: Any) -> Any:
        """A plain string stands for both languages; a mapping is taken by language. Used before validation."""
        if isinstance(value, str):
            return cls(de=value, en=value)
        if isinstance(value, Mapping):
            unknown = set(value) - set(LANGUAGES)
            if unknown:
                raise ValueError(f"languages are 'de' and 'en', not {', '.join(sorted(map(str, unknown)))}")
            return cls(**{str(key): str(said) for key, said in value.items()})
        return value
