"""Column types that mean the same on every database."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, String, Text
from sqlalchemy.types import TypeDecorator, TypeEngine


def mariadb_types() -> Any:
    """SQLAlchemy's types and statements of MariaDB, loaded with its extra only: a server on others has no room for them."""
    from sqlalchemy.dialects import mysql

    return mysql


class UtcDateTime(TypeDecorator[datetime]):
    """An instant with microseconds: aware in, aware and in UTC out. A naive datetime is refused with `ValueError`.

    PostgreSQL keeps `timestamptz`; SQLite and MariaDB keep the UTC wall time, so that texts and times compare rightly.
    """

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name in ("mysql", "mariadb"):
            return dialect.type_descriptor(mariadb_types().DATETIME(fsp=6))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone; a naive datetime is ambiguous twice a year")
        instant = value.astimezone(UTC)
        return instant if dialect.name == "postgresql" else instant.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class ExactText(TypeDecorator[str]):
    """A text of limited length that compares byte by byte, on MariaDB too."""

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        plain: Any = self.impl
        if dialect.name in ("mysql", "mariadb"):
            exact = mariadb_types().VARCHAR(plain.length, charset="utf8mb4", collation="utf8mb4_bin")
            return dialect.type_descriptor(exact)
        return dialect.type_descriptor(plain)


class JsonText(TypeDecorator[Any]):
    """A JSON value as text with sorted keys: the same bytes on every database, comparable and hashable."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        if value is None:
            return None
        return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)
