"""What another format cannot hold, as findings."""

from __future__ import annotations

from zusage.findings import Finding, Place, Severity
from zusage.text import Text


def lost(format: str, key: str, german: str, english: str) -> Finding:
    """`key` of the declaration does not survive in `format`."""
    return Finding(
        code=f"exchange/{format}-cannot-hold",
        severity=Severity.WARNING,
        message=Text(german, english),
        place=Place(key=key),
    )


def repaired(key: str, german: str, english: str) -> Finding:
    """Something in a foreign document was not as its schema wants and was taken in all the same."""
    return Finding("exchange/repaired", Severity.WARNING, Text(german, english), Place(key=key))


def left_out(key: str, german: str, english: str) -> Finding:
    """Something in a foreign document could not be taken in."""
    return Finding("exchange/left-out", Severity.WARNING, Text(german, english), Place(key=key))
