"""Words for recipients in a text: those of the lexicon, and compounds and phrases that end like one."""

from __future__ import annotations

import re

from zusage.lexicon import Hit, recipient_ending, recipient_index
from zusage.lexicon.words import Strength

HEAD_NOUN = re.compile(
    r"(?:Anbieter|Dienstleister|Betreiber|Provider|Hersteller|Vermittler|Versender|Partner|Stellen|Unternehmen|Behörden|Provider|providers?|companies|partners|authorities|agencies|advisers|advisors)\b"
)


_NOUNS = re.compile(
    r"(?<![\w-])(?:(?!(?:delivering|providing|offering|improving|using|operating|performing|conducting|managing|supporting|running|maintaining|other|our|your|the|these|such|and|or|of|to|with|all|any|some|its|their|his|her|provide|offer|use|using|improve|deliver|for|from|in|on|by|as|are|is|be|you|we)\b)[a-z][a-z-]+\s){1,2}[a-z]{5,}(?![\w-])"
)
_COMPOUND = re.compile(r"(?<![\w-])[A-ZÄÖÜ][\wäöüß-]{4,}")


#: "customer support", "the user account"
_ATTRIBUTE = re.compile(
    r"(?<!s)\s(?:support|records?|orders?|rulings?|data|accounts?|relations\w*|experience|care|service|base|profiles?)\b"
)


def hits(sentence: str, language: str) -> list[Hit[Strength]]:
    """Words of the lexicon, and German compounds that end like one ("Rehabilitationseinrichtungen")."""
    found = list(recipient_index(language).find(sentence))
    for word in (_COMPOUND if language == "de" else _NOUNS).finditer(sentence):
        covered = any(hit.start < word.end() and word.start() < hit.end for hit in found)
        if not covered and recipient_ending().search(word.group().casefold()):
            found.append(Hit(word.start(), word.end(), "weak"))
    return sorted(hit for hit in found if not _ATTRIBUTE.match(sentence, hit.end))


def is_known(phrase: str, language: str) -> bool:
    """Whether a phrase holds a word for recipients."""
    return bool(hits(phrase, language)) or HEAD_NOUN.search(phrase) is not None
