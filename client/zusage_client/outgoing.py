"""The way out to providers: what goes to one is on record before it goes, and what cannot be recorded stays here.

An application that hands data to providers through nothing else can say for each of them which data of which person it got.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from zusage_client.client import Subject, Zusage
from zusage_client.errors import ClientError

#: hands the content over to a recipient, by its id in the declaration
Deliver = Callable[[str, Mapping[str, Any]], None]


class NotRecorded(ClientError):
    """Nothing went out: the disclosure may not be made now, or could not be put on record."""


class Send(Protocol):
    """Hands data of one person to a provider; `content` is data category → what of it goes. Raises `NotRecorded`."""

    def __call__(
        self,
        recipient: str,
        activity: str,
        content: Mapping[str, Any],
        subject: Subject,
        *,
        purpose: str = "",
    ) -> None: ...


def way_out(zusage: Zusage | None, deliver: Deliver) -> Send:
    """The only holder of `deliver`: it is called after the register has the entry, with the recorded categories only."""

    def send(
        recipient: str, activity: str, content: Mapping[str, Any], subject: Subject, *, purpose: str = ""
    ) -> None:
        if zusage is None or not content:
            raise NotRecorded("nothing can be put on record")
        categories = sorted(content)
        recorded = zusage.disclose(
            recipient, activity, purpose=purpose, categories=categories, subject=subject
        )
        if not recorded:
            raise NotRecorded(f"{recorded.code}: {recorded.reason['en']}")
        deliver(recipient, {category: content[category] for category in categories})

    return send
