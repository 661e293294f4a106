"""Which language a text is in: German, English, or another one that the reader says it cannot read."""

from __future__ import annotations

import re
from typing import Literal

_WORDS = {
    "de": frozenset(
        "und der die das den dem des ist sind wird werden wir sie ihre ihrer ihren ihr uns unsere unserer nicht mit für von "
        "auf zur zum bei nach oder durch sowie daten eine einer einen auch wenn dass haben können im am du deine".split()
    ),
    "en": frozenset(
        "the and of to we you your our is are be will may with for from by on this that or which have has not data "
        "personal information in as at it us can any".split()
    ),
    "fr": frozenset(
        "le la les des et nous vous votre vos nos est sont données pour par une dans sur ou qui que pas au aux".split()
    ),
    "es": frozenset(
        "el los las y de que en una con por para su sus datos del se no al como más nuestro usted".split()
    ),
    "it": frozenset(
        "il lo gli e di che per una con dati del della dei nel sono non si al come suoi nostro noi".split()
    ),
    "nl": frozenset(
        "de het een en van wij uw onze voor met zijn worden niet dat aan bij door gegevens ons deze kan".split()
    ),
    "pl": frozenset(
        "i w na do z się nie jest oraz danych które przez dla lub od że po są przetwarzania".split()
    ),
}
_WORD = re.compile(r"[^\W\d_]+")
_SAMPLE = 20_000


def language_of(text: str) -> Literal["de", "en"] | None:
    """`de` or `en` by the commonest small words; None for another language or too little text to tell."""
    counts = dict.fromkeys(_WORDS, 0)
    words = 0
    for found in _WORD.finditer(text, 0, min(len(text), _SAMPLE)):
        words += 1
        word = found.group().lower()
        for language, known in _WORDS.items():
            if word in known:
                counts[language] += 1
    best = max(counts, key=lambda language: counts[language])
    if words < 3 or counts[best] < max(1, words // 25):
        return _by_letters(text)
    return best if best in ("de", "en") else None  # type: ignore[return-value]


def _by_letters(text: str) -> Literal["de", "en"] | None:
    """For lists without sentences: umlauts and the words of data protection decide."""
    lowered = text[:_SAMPLE].lower()
    german = sum(lowered.count(part) for part in ("datenschutz", "ä", "ö", "ü", "ß", "adresse", "cookie-"))
    english = sum(lowered.count(part) for part in ("privacy", "address", "data", "cookies", "information"))
    if german == english == 0:
        return None
    return "de" if german >= english else "en"
