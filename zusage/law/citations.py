"""Citations of laws in German and English notices: found, parsed, printed, checked.

`Citation` is the value; `parse_id` reads `gdpr:6(1)(f)`, `parse` one citation in prose, `find_all` all of a text;
`exists` says whether there is such a place and, if not, why.
"""

from zusage.law.citation_model import (
    LEGITIMATE_INTEREST,
    PUBLIC_TASK,
    Citation,
    CitationError,
    Existence,
    exists,
    parse_id,
)
from zusage.law.citation_reader import Found, find_all, parse

__all__ = [
    "LEGITIMATE_INTEREST",
    "PUBLIC_TASK",
    "Citation",
    "CitationError",
    "Existence",
    "Found",
    "exists",
    "find_all",
    "parse",
    "parse_id",
]
