"""Errors of databases as codes: class, constraint, table – never the message, which quotes rows (DESIGN, rule 5)."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy.exc import DBAPIError

_CONSTRAINT = re.compile(r"^(UNIQUE|NOT NULL|CHECK|FOREIGN KEY) constraint failed(?:: ([\w., ]{1,200}))?$")


def failure_code(error: BaseException) -> str:
    """What went wrong, such as `IntegrityError:23503:fk_orders_customer`, safe to log and to keep.

    Holds the class of the error and, where the driver names them, SQLSTATE or error number, table, column and
    constraint. Nothing of the message is taken over, but for SQLite's fixed sentences about constraints.
    """
    if not isinstance(error, DBAPIError):
        return type(error).__name__
    original: Any = error.orig
    parts: list[str] = [type(original).__name__]
    diagnosis = getattr(original, "diag", None)
    if diagnosis is not None:
        named = (diagnosis.sqlstate, diagnosis.table_name, diagnosis.column_name, diagnosis.constraint_name)
        parts += [str(part) for part in named if part]
    elif original is not None and original.args:
        first = original.args[0]
        found = _CONSTRAINT.match(str(first))
        if isinstance(first, int):
            parts.append(str(first))
        elif found:
            parts += [part for part in found.groups() if part]
        elif name := getattr(original, "sqlite_errorname", None):
            parts.append(str(name))
    return ":".join(part.replace(" ", "_") for part in parts)
