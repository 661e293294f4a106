"""Data packages: JSON, CSV and a readable page in one archive, encrypted at rest, as a download that expires and is counted.

The link's token is derived from the request under the key for tokens and never stored; the package is encrypted under a
key derived from that token. A copy of the database, or a backup, opens nothing.
"""

from __future__ import annotations

import base64
import csv
import hmac
import io
import json
import secrets
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, cast

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Connection, delete, insert, select, update

from zusage.documents import Document, Heading, Table, render
from zusage.errors import ZusageError
from zusage.keepers.context import Context
from zusage.keepers.rights.letters import say
from zusage.registers.requests import PACKAGES, Request
from zusage.text import Language

#: a package can be downloaded for so long
KEPT = timedelta(days=14)
#: and so often
MOST_DOWNLOADS = 10
#: cells that a spreadsheet would take for a formula
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class NoPackage(ZusageError):
    """There is nothing to download under this link (any more)."""


@dataclass(frozen=True, slots=True)
class Package:
    """A package that waits for download."""

    token: str
    expires_at: datetime


#: activity → table → rows
Data = Mapping[str, Mapping[str, Sequence[Mapping[str, Any]]]]


def download_token(context: Context, request_id: str) -> str:
    """The link's token: the same for the same request, known to nobody without the key."""
    digest = hmac.new(context.keys.secret("tokens"), f"package/{request_id}".encode(), sha256).digest()
    return f"{request_id}.{base64.urlsafe_b64encode(digest[:18]).decode()}"


def make_package(
    context: Context, request: Request, data: Data, now: datetime, files: Mapping[str, bytes] | None = None
) -> Callable[[Connection], None]:
    """The package of a request, encrypted; what is returned puts it on file. A second one replaces the first."""
    plain = archive(context, request, data, files or {})
    nonce = secrets.token_bytes(12)
    key = _key(download_token(context, request.id))
    content = nonce + AESGCM(key).encrypt(nonce, plain, request.id.encode())
    values = {"request": request.id, "content": content, "sha256": sha256(plain).hexdigest(), "downloads": 0}

    def keep(connection: Connection) -> None:
        connection.execute(delete(PACKAGES).where(PACKAGES.c.request == request.id))
        connection.execute(insert(PACKAGES).values(made_at=now, expires_at=now + KEPT, **values))

    return keep


def package_of(connection: Connection, context: Context, request_id: str, now: datetime) -> Package | None:
    """The package of a request that can still be downloaded."""
    statement = select(PACKAGES.c.expires_at).where(
        PACKAGES.c.request == request_id, PACKAGES.c.expires_at > now
    )
    expires = connection.execute(statement).scalar()
    return Package(download_token(context, request_id), expires) if expires else None


def take_package(context: Context, token: str, now: datetime) -> bytes:
    """The archive behind a download link; counted and recorded. Raises `NoPackage`."""
    request_id = token.partition(".")[0]
    if not hmac.compare_digest(token, download_token(context, request_id)):
        raise _gone()
    with context.state.begin() as connection:
        row = connection.execute(select(PACKAGES).where(PACKAGES.c.request == request_id)).first()
        if row is None or row.expires_at <= now or row.downloads >= MOST_DOWNLOADS:
            raise _gone()
        counted = update(PACKAGES).where(PACKAGES.c.request == request_id).values(downloads=row.downloads + 1)
        connection.execute(counted)
        facts = {"request": request_id, "download": row.downloads + 1}
        context.ledger.append(connection, "request/downloaded", facts, at=now, actor="subject")
    return AESGCM(_key(token)).decrypt(row.content[:12], row.content[12:], request_id.encode())


def open_package(context: Context, token: str) -> bytes | None:
    """The archive for ourselves, to send it on: not counted as a download. None where there is none."""
    request_id = token.partition(".")[0]
    with context.state.connect() as connection:
        row = connection.execute(select(PACKAGES.c.content).where(PACKAGES.c.request == request_id)).first()
    if row is None:
        return None
    return AESGCM(_key(token)).decrypt(row.content[:12], row.content[12:], request_id.encode())


def expire_packages(connection: Connection, now: datetime) -> int:
    """Erase packages whose time is over; returns how many."""
    return connection.execute(delete(PACKAGES).where(PACKAGES.c.expires_at <= now)).rowcount


def archive(context: Context, request: Request, data: Data, files: Mapping[str, bytes]) -> bytes:
    """A zip archive: data.json with its schema, one CSV a table, a page to read, and the person's files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        # for programs: a person reads the page
        made.writestr("data.json", json.dumps(data, ensure_ascii=False, default=str))
        made.writestr("schema.json", json.dumps(_schema(data)))
        for activity, tables in data.items():
            for table, rows in tables.items():
                made.writestr(f"{activity}/{table}.csv", _csv(rows))
        made.writestr("data.html", render(_page(context, request, data), "html"))
        for name, content in files.items():
            made.writestr(name, content)
    return out.getvalue()


def safe_cell(value: Any) -> str:
    """A value for a spreadsheet: what looks like a formula is marked as text."""
    said = "" if value is None else str(value)
    return f"'{said}" if said.startswith(_FORMULA) and not _number(said) else said


def _number(said: str) -> bool:
    try:
        float(said)
    except ValueError:
        return False
    return True


def _csv(rows: Sequence[Mapping[str, Any]]) -> str:
    out = io.StringIO()
    columns = list(rows[0]) if rows else []
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([safe_cell(row.get(column)) for column in columns] for row in rows)
    return out.getvalue()


def _schema(data: Data) -> dict[str, Any]:
    """JSON Schema of the package: which tables and columns there are."""
    tables = {
        activity: {
            "type": "object",
            "properties": {
                table: {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {column: {} for column in (rows[0] if rows else ())},
                    },
                }
                for table, rows in held.items()
            },
        }
        for activity, held in data.items()
    }
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "properties": tables}


def _page(context: Context, request: Request, data: Data) -> Document:
    language = cast(Language, request.language)
    blocks: list[Heading | Table] = []
    for activity, tables in data.items():
        declared = context.declaration.activities.get(activity)
        blocks.append(
            Heading(
                declared.title.says(language) if declared else say(context, language, f"title-{activity}")
            )
        )
        for table, rows in tables.items():
            if rows:
                columns = tuple(rows[0])
                shown = tuple(
                    tuple("" if row.get(c) is None else str(row[c]) for c in columns) for row in rows
                )
                blocks.append(Table(columns, shown, caption=table))
    return Document(request.reference, language, tuple(blocks))


def _key(token: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"zusage/package").derive(token.encode())


def _gone() -> NoPackage:
    return NoPackage(
        "there is nothing to download here (any more)", hint="make a new request for a fresh copy"
    )
