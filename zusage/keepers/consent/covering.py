"""Whether words that somebody agreed to cover what is asked today: a change never widens a consent without a new act.

Words are kept by their hash and never change, so that what was read once need not be read again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Connection, select

from zusage.declaration import ConsentPurpose
from zusage.registers.consents import TEXTS
from zusage.text import Language


@dataclass(frozen=True, slots=True)
class Shown:
    """Words as they were shown: in which language, and their bytes (lines, or a banner's template)."""

    language: Language
    content: bytes

    def covers(self, name: str, asked: ConsentPurpose) -> bool:
        """Whether a purpose stood there in the very words that it has today."""
        said = asked.text.says(self.language)
        template = _template(self.content)
        if template is None:
            return said in self.content.decode()
        # after the purpose's own words may stand what else was said, such as the age
        return any(one["id"] == name and one["text"].startswith(said) for one in template["purposes"])

    def names(self, service: str) -> bool:
        """Whether a banner's template named this service; other words name none."""
        template = _template(self.content)
        return template is None or any(one["id"] == service for one in template["services"])


_MOST = 512
_known: dict[bytes, Shown] = {}


def shown(connection: Connection, digest: bytes) -> Shown | None:
    """The words behind a hash; None for a hash that is none."""
    found = _known.get(digest)
    if found is None:
        row = connection.execute(
            select(TEXTS.c.language, TEXTS.c.content).where(TEXTS.c.hash == digest)
        ).first()
        if row is None:
            return None
        if len(_known) >= _MOST:
            _known.clear()
        found = _known[digest] = Shown(cast(Language, row.language), bytes(row.content))
    return found


@lru_cache(maxsize=64)
def _template(content: bytes) -> dict[str, Any] | None:
    if not content.startswith(b"{"):
        return None
    try:
        value = json.loads(content)
    except ValueError:
        return None
    return value if isinstance(value, dict) and {"purposes", "services"} <= value.keys() else None
