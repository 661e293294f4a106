"""Paths of bindings: from a row over foreign keys to a column. See `zusage.stores.bindings` for how they are written."""

from __future__ import annotations

import re
from dataclasses import dataclass

from zusage.errors import ZusageError

_NAME = r"[A-Za-z_][\w$]*"
_HOP = re.compile(
    rf"(?:\(\s*({_NAME}(?:\s*,\s*{_NAME})*)\s*\)|({_NAME}))"
    rf"(?:\s*->\s*({_NAME}(?:\.{_NAME})?)\s*\(\s*({_NAME}(?:\s*,\s*{_NAME})*)\s*\))?\s*"
)


class BadPath(ZusageError):
    """A path in `stores.yaml` that cannot be read, or leads nowhere in the database."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One step: by these columns to the row they refer to; `table` and `targets` where the database declares no key."""

    columns: tuple[str, ...]
    table: str | None = None
    targets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ColumnPath:
    """Hops and the column at their end."""

    hops: tuple[Hop, ...]
    column: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference that the database does not declare: `note(author)->person(id)`."""

    table: str
    columns: tuple[str, ...]
    to: str
    targets: tuple[str, ...]


def parse_path(text: str) -> ColumnPath:
    """Reads `email`, `application_id.applicant_id.email`, `(tenant, number).email`, `author->person(id).email`.

    Raises `BadPath`.
    """
    hops: list[Hop] = []
    rest = text.strip()
    while True:
        match = _HOP.match(rest)
        if not match:
            raise _unreadable(text)
        many, one, table, targets = match.groups()
        hops.append(Hop(_names(many or one), table, _names(targets) if targets else ()))
        rest = rest[match.end() :]
        if not rest:
            break
        if not rest.startswith("."):
            raise _unreadable(text)
        rest = rest[1:].lstrip()
    last = hops.pop()
    if len(last.columns) != 1 or last.table:
        raise _unreadable(text)
    return ColumnPath(tuple(hops), last.columns[0])


def parse_reference(text: str) -> Reference:
    """Reads `note(author)->person(id)`. Raises `BadPath`."""
    match = re.fullmatch(
        rf"\s*({_NAME})\s*\(\s*([\w\s,$]+)\)\s*->\s*({_NAME})\s*\(\s*([\w\s,$]+)\)\s*", text, re.ASCII
    )
    if not match:
        raise BadPath(f"{text!r} is no reference", hint="write it like note(author)->person(id)")
    table, columns, to, targets = match.groups()
    return Reference(table, _names(columns), to, _names(targets))


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(","))


def _unreadable(text: str) -> BadPath:
    return BadPath(
        f"{text!r} is no path", hint="write it like email, author_id.email or (tenant, number).email"
    )
