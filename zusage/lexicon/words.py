"""The words of notices: what headings mean, which nouns are categories of data or of recipients, legal forms."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Literal

from zusage.lexicon.files import load
from zusage.lexicon.phrases import PhraseIndex, fold, words_of

#: how sure a word is what it seems: `strong` by itself, `weak` beside another or as somebody's own ("your age"),
#: `listed` only in a list
Strength = Literal["strong", "weak", "listed"]


def _both(entry: dict[str, list[str]]) -> list[str]:
    return [*entry.get("de", ()), *entry.get("en", ())]


def _key(phrase: str) -> tuple[str, ...]:
    return tuple(words_of(phrase).keys)


@cache
def _topics() -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((topic, tuple(_both(words))) for topic, words in load("words")["topics"].items())


@lru_cache(maxsize=4096)
def topics_of(heading: str) -> tuple[str, ...]:
    """What a heading or a column's title tells its section is about, the most telling first (`purposes`, `cookies` …)."""
    folded = " ".join(heading.casefold().split())
    whole = "=" + _NUMBER.sub("", folded).rstrip(" :?!.")
    return tuple(
        topic
        for topic, words in _topics()
        if any(word == whole if word[0] == "=" else word in folded for word in words)
    )


_NUMBER = re.compile(r"^(?:[\divx]+[.)]?|[a-z][.)]|§\s?\d+)(?:[\d.]*)\s+")


@cache
def _general_categories() -> frozenset[tuple[str, ...]]:
    return frozenset(_key(word) for word in _both(load("categories")["general"]))


@cache
def category_index() -> PhraseIndex[Strength]:
    """Categories of personal data: phrases that are one by themselves (`strong`) or beside another (`weak`)."""
    strength: dict[tuple[str, ...], Strength] = {
        **dict.fromkeys(map(_key, _both(load("categories")["listed"])), "listed"),
        **dict.fromkeys(_general_categories(), "weak"),
    }
    return PhraseIndex(
        (word, strength.get(_key(word), "strong"))
        for group in load("categories")["groups"]
        for word in _both(group)
    )


@cache
def _grouped() -> frozenset[tuple[str, ...]]:
    return frozenset(_key(word) for group in load("categories")["groups"] for word in _both(group))


def is_general(phrase: str) -> bool:
    """Whether a noun phrase is never a category ("personenbezogene Daten", "this information")."""
    key = _key(phrase)
    return key in _general_categories() and key not in _grouped()


_VAGUE = re.compile(
    r"daten|information|angaben|einstellung|adresse|inhalte|dokument|unterlagen|data\b|contact us|\bfile\b",
    re.IGNORECASE,
)


def is_vague(phrase: str) -> bool:
    """Whether even in a list of data a noun phrase says nothing ("weitere Daten"); "Inhalt" or "Bild" do there."""
    return is_general(phrase) and _VAGUE.search(phrase) is not None


@cache
def category_ending() -> re.Pattern[str]:
    """Matches the end of compounds that are categories ("Wettkampfdaten", "Versicherungsnummern")."""
    return re.compile(r"[a-zäöüß](?:" + "|".join(load("categories")["endings"]["de"]) + r")\Z")


@cache
def weak_category_ending() -> re.Pattern[str]:
    """Matches the end of compounds that are categories where data are listed ("Haushaltsgröße", "Arbeitsort")."""
    return re.compile(r"[a-zäöüß-](?:" + "|".join(load("categories")["weak_endings"]["de"]) + r")\Z")


@cache
def _special_words() -> dict[tuple[str, ...], str]:
    return {
        _key(word): group["special"]
        for group in load("categories")["groups"]
        if "special" in group
        for word in _both(group)
    }


def special_category(phrase: str) -> str | None:
    """The special category of Art. 9 or 10 GDPR that `phrase` names, in the declaration's words (`health`, …)."""
    key = _key(phrase)
    for length in range(len(key), 0, -1):
        for at in range(len(key) - length + 1):
            found = _special_words().get(key[at : at + length])
            if found:
                return found
    return None


@cache
def recipient_index(language: str) -> PhraseIndex[Strength]:
    """Categories of recipients in `de` or `en`; `weak` ones count only where something is disclosed to them."""
    parties = load("parties")
    weak = {_key(word) for word in parties["weak"][language]}
    return PhraseIndex(
        (word, "weak" if _key(word) in weak else "strong") for word in parties["recipients"][language]
    )


@cache
def recipient_ending() -> re.Pattern[str]:
    """Matches the end of compounds that are categories of recipients ("Unfallversicherungsträger")."""
    endings = load("parties")["recipient_endings"]
    return re.compile(
        r"[a-zäöüß](?:" + "|".join(endings["de"]) + r")(?:n|en|s)?\Z|\s(?:" + "|".join(endings["en"]) + r")\Z"
    )


@cache
def _agent_ending(language: str) -> re.Pattern[str]:
    return re.compile(r"(?:" + "|".join(load("parties")["agent_endings"][language]) + r")\Z")


@cache
def _no_agent(language: str) -> re.Pattern[str]:
    words = [re.escape(word.casefold()) for word in load("parties")["no_agents"][language]]
    ends = [word for word in words if len(word) > 5]
    return re.compile(r"(?:" + "|".join(ends) + r")\Z|\A(?:" + "|".join(words) + r")\Z")


@lru_cache(maxsize=4096)
def is_agent(phrase: str, language: str) -> bool:
    """Whether a noun phrase names persons or a body, by its last word ("Braumeisterin", "harbour master", "our bank")."""
    last = phrase.split()[-1].casefold() if phrase.split() else ""
    known = any(hit.end == len(phrase) for hit in recipient_index(language).find(phrase))
    if known or recipient_ending().search(phrase.casefold()):
        return True
    return (
        len(last) > 3 and bool(_agent_ending(language).search(last)) and not _no_agent(language).search(last)
    )


@lru_cache(maxsize=4096)
def names_data(phrase: str) -> bool:
    """Whether a noun phrase names a category of personal data, not somebody."""
    return any(hit.entry == "strong" for hit in category_index().find(phrase)) or bool(
        category_ending().search(phrase.split(",")[0].casefold())
    )


@lru_cache(maxsize=1024)
def names_category(phrase: str) -> bool:
    """Whether the whole of a phrase is a category of data by itself ("Stammdaten", "Payment details")."""
    return category_index().get(phrase) == "strong" or (
        len(phrase.split()) <= 4
        and bool(category_ending().search(phrase.casefold()))
        and not is_general(phrase)
    )


@lru_cache(maxsize=1024)
def lists_category(phrase: str) -> bool:
    """Whether the whole of a phrase is a category where data are listed ("Beruf", "Occupation")."""
    return category_index().get(phrase) is not None or names_category(phrase)


@cache
def legal_forms() -> tuple[str, ...]:
    """Legal forms of companies in Europe and the USA, the longest first."""
    return tuple(sorted(load("parties")["forms"], key=len, reverse=True))


__all__ = [
    "Strength",
    "category_ending",
    "category_index",
    "fold",
    "is_agent",
    "is_general",
    "is_vague",
    "legal_forms",
    "lists_category",
    "names_category",
    "names_data",
    "recipient_ending",
    "recipient_index",
    "special_category",
    "topics_of",
    "weak_category_ending",
]
