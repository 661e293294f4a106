"""Whether the consents on record are still those that the ledger was told of: each event against its group's commitments,
each group against the root in its ledger entry, the words against their hash.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from typing import Any, Literal

from sqlalchemy import Connection, select

from zusage.ledger.leaves import ENTRIES
from zusage.ledger.merkle import root
from zusage.registers.consents import EVENTS, GROUPS, TEXTS, event_of
from zusage.text import Text

_LEAF = 32
_SAID = {
    "consent": Text("die Einwilligung {0} wurde nach ihrer Aufzeichnung geändert",
                    "consent {0} was changed after it was recorded"),
    "group": Text("die Gruppe zum Eintrag {0} passt nicht mehr zu ihm", "the group of entry {0} no longer fits it"),
    "words": Text("der Wortlaut {0} wurde geändert", "the words {0} were changed"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Altered:
    """A record that is no longer what was recorded. `id` is that of the consent, of the group's ledger entry, or the hash of
    the words, as `zusage consent proof` shows them."""

    kind: Literal["consent", "group", "words"]
    id: str

    def says(self) -> Text:
        """In a sentence."""
        said = _SAID[self.kind]
        return Text(said.de.format(self.id), said.en.format(self.id))

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {"kind": self.kind, "id": self.id, "says": self.says().as_json()}


def altered(connection: Connection) -> Iterator[Altered]:
    """Everything on record that was changed since, with a fixed number of statements; reads every event.

    Where a group's ledger entry has expired, its events are still compared with the group.
    """
    for row in connection.execute(select(TEXTS.c.hash, TEXTS.c.content)):
        if sha256(bytes(row.content)).digest()[:16] != bytes(row.hash):
            yield Altered("words", bytes(row.hash).hex())
    stated = select(GROUPS, ENTRIES.c.bytes.label("said")).outerjoin(ENTRIES, ENTRIES.c.id == GROUPS.c.entry)
    groups: dict[int, tuple[bytes, bytes]] = {}
    for row in connection.execute(stated.order_by(GROUPS.c.id)):
        groups[row.id] = bytes(row.salt), bytes(row.leaves)
        said = None if row.said is None else json.loads(bytes(row.said))["facts"].get("root")
        if said is not None and said != root(_leaves(bytes(row.leaves))).hex():
            yield Altered("group", row.entry)
    events = connection.execute(select(EVENTS).order_by(EVENTS.c.group))
    for number, rows in groupby(events, key=lambda row: row.group):
        salt, packed = groups.get(number, (b"", b""))
        known = set(_leaves(packed))
        for row in rows:
            event = event_of(row)
            if event.commitment(salt) not in known:
                yield Altered("consent", event.id.hex())


def _leaves(packed: bytes) -> list[bytes]:
    return [packed[start : start + _LEAF] for start in range(0, len(packed), _LEAF)]
