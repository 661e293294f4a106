"""The state database and the way to every other one: one engine factory, one schema, one migration."""

from zusage.database.engines import create_engine, resolve_url
from zusage.database.schema import metadata
from zusage.database.types import JsonText, UtcDateTime

__all__ = ["JsonText", "UtcDateTime", "create_engine", "metadata", "resolve_url"]
