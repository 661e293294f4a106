"""Every version of the notice that was ever published, unchanged, with its date and the time it was in force.

Holds no personal data but the controller's own; kept as long as anybody may ask what was promised.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    false,
    insert,
    select,
)

from zusage.database.schema import metadata
from zusage.database.types import UtcDateTime

PUBLICATIONS = Table(
    "publication",
    metadata,
    Column("id", Integer, primary_key=True),
    #: the status date that the text itself bears
    Column("as_of", Date, nullable=False, unique=True),
    Column("version", String(80)),
    #: SHA-256 over all texts, 16 hexadecimal digits
    Column("digest", String(16), nullable=False),
    Column("published_at", UtcDateTime, nullable=False),
    #: recipients that the text names, by id, joined by blanks
    Column("recipients", Text, nullable=False, server_default=""),
    #: everybody concerned was told of what changed before it came into force
    Column("told", Boolean, nullable=False, server_default=false()),
)
TEXTS = Table(
    "publication_text",
    metadata,
    Column("publication", Integer, ForeignKey("publication.id", ondelete="CASCADE"), primary_key=True),
    #: `notice`, or a document that goes with it: `measures`, `processors`
    Column("document", String(20), primary_key=True),
    Column("language", String(2), primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

#: how long which rule kept data in that version: rows collected under it do not get a longer period by a later one
RULES = Table(
    "publication_rule",
    metadata,
    Column("publication", Integer, ForeignKey("publication.id", ondelete="CASCADE"), primary_key=True),
    Column("promise", String(200), primary_key=True),
    #: the step's `keep` as JSON
    Column("keep", Text, nullable=False),
)

#: texts by document and language
Texts = Mapping[tuple[str, str], bytes]


@dataclass(frozen=True, slots=True)
class Publication:
    """One published version; in force from its status date until the next one's."""

    id: int
    as_of: date
    version: str | None
    digest: str
    published_at: datetime
    recipients: str = ""
    told: bool = False

    def names(self, recipient: str) -> bool:
        """Whether the published text names a recipient, by its id."""
        return recipient in self.recipients.split()


def add_publication(
    connection: Connection,
    as_of: date,
    version: str | None,
    digest: str,
    texts: Texts,
    recipients: Iterable[str],
    now: datetime,
    *,
    keeps: Mapping[str, str],
    told: bool = False,
) -> int:
    """Put a version on file with its texts, in the caller's transaction; returns its number."""
    values = {
        "as_of": as_of,
        "version": version,
        "digest": digest,
        "published_at": now,
        "recipients": " ".join(recipients),
        "told": told,
    }
    number = int(
        connection.execute(insert(PUBLICATIONS).values(values).returning(PUBLICATIONS.c.id)).scalar_one()
    )
    rows = [
        {"publication": number, "document": document, "language": language, "content": content}
        for (document, language), content in texts.items()
    ]
    connection.execute(insert(TEXTS), rows)
    if keeps:
        kept = [{"publication": number, "promise": promise, "keep": keep} for promise, keep in keeps.items()]
        connection.execute(insert(RULES), kept)
    return number


def publications(connection: Connection) -> list[Publication]:
    """All versions, the newest first."""
    rows = connection.execute(select(PUBLICATIONS).order_by(PUBLICATIONS.c.as_of.desc()))
    return [Publication(**row._mapping) for row in rows]


def in_force(connection: Connection, on: date) -> Publication | None:
    """The version in force on a day; None before the first one."""
    return next((one for one in publications(connection) if one.as_of <= on), None)


def keeps_of(connection: Connection, number: int) -> dict[str, str]:
    """How long a version's rules kept data: promise → `keep` as JSON."""
    rows = connection.execute(select(RULES.c.promise, RULES.c.keep).where(RULES.c.publication == number))
    return {row.promise: row.keep for row in rows}


def text_of(connection: Connection, number: int, language: str, document: str = "notice") -> bytes | None:
    """The text of a version exactly as it was published; in the other language where this one is missing."""
    statement = select(TEXTS.c.language, TEXTS.c.content).where(
        TEXTS.c.publication == number, TEXTS.c.document == document
    )
    found = {row.language: bytes(row.content) for row in connection.execute(statement)}
    return found.get(language) or next(iter(found.values()), None)
