"""The telephone directory of somebody else: asked for one number, with the caller's consent and on record, and believed only
where it answers for exactly this number.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from zusage.deployments.hosting import Host
from zusage_client import ClientError

RECIPIENT = "directory-de"
SOURCE = "Telefonverzeichnis Süd"
ADDRESS = "https://auskunft.telefonverzeichnis.example/numbers"


class Answer(Protocol):
    """What a directory says: a status, and a listed number with its name."""

    status_code: int

    def json(self) -> Mapping[str, Any]:
        """The entry."""
        ...


class Directory(Protocol):
    """Where numbers are looked up."""

    def get(self, url: str, *, params: dict[str, str]) -> Answer:
        """The entry of one number; status 404 where it is not listed."""
        ...


def listed_name(host: Host, directory: Directory | None, number: str) -> str | None:
    """The name that the directory lists for this very number; None without consent, record or entry."""
    if directory is None or host.zusage is None or not host.may("lookup", phone=number):
        return None
    try:
        told = host.zusage.disclose(RECIPIENT, "calls", categories=["call"], subject=("phone", number))
    except ClientError:
        return None
    if not told:
        return None
    answer = directory.get(ADDRESS, params={"number": number})
    if answer.status_code != 200:
        return None
    entry = answer.json()
    # directories also suggest neighbours and switchboards of similar numbers
    return str(entry["name"]) if entry.get("number") == number and entry.get("name") else None
