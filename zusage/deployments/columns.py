"""Columns as the host applications' tables use them; lengths are given because MariaDB asks for them."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, DateTime, ForeignKey, Integer, String


def key() -> Column[int]:
    """The primary key `id`."""
    return Column("id", Integer, primary_key=True)


def refers(name: str, target: str, *, optional: bool = False) -> Column[int]:
    """An indexed foreign key to `target` (`account.id`)."""
    return Column(name, ForeignKey(target), nullable=optional, index=True)


def word(name: str, length: int = 120, *, optional: bool = True) -> Column[str]:
    """A text."""
    return Column(name, String(length), nullable=optional)


def instant(name: str, *, optional: bool = True) -> Column[object]:
    """A timestamp without zone, in UTC."""
    return Column(name, DateTime, nullable=optional, index=True)


def flag(name: str, *, default: bool = False) -> Column[bool]:
    """True or false."""
    return Column(name, Boolean, nullable=False, default=default)


def number(name: str, *, optional: bool = True) -> Column[int]:
    """A whole number."""
    return Column(name, Integer, nullable=optional)
