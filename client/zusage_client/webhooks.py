"""Webhooks of Zusage to a recipient (Art. 19): signed, dated, and told once more until they are acknowledged.

webhooks = Webhooks(secret)

@app.post("/privacy")
def privacy(request):
    told = webhooks.read(request.headers, request.body, now)   # raises Forged: answer 401
    if not told.again:
        erase(told.content["subject_identities"])
    return 204
"""

from __future__ import annotations

import hmac
import json
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from zusage_client.errors import ClientError

SIGNATURE = "zusage-signature"
#: how far the clocks of sender and receiver may differ, and how long a message may be on its way
TOLERANCE = timedelta(minutes=5)
#: acts that are remembered as done
_MOST_KNOWN = 10_000


class Forged(ClientError):
    """Not signed under the shared secret, too old, or not as the format asks: nothing of it may be believed."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a webhook says. `key` stands for the act; `again` is true where this receiver has read it before."""

    key: str
    content: Mapping[str, Any]
    again: bool


def sign_webhook(secret: bytes, body: bytes, now: datetime) -> str:
    """The value of `Zusage-Signature`: `t=` and the seconds since 1970, `sha256=` and the HMAC of time, dot and body."""
    seconds = int(now.timestamp())
    return f"t={seconds},sha256={_mac(secret, seconds, body)}"


def _mac(secret: bytes, seconds: int, body: bytes) -> str:
    return hmac.new(secret, f"{seconds}.".encode() + body, sha256).hexdigest()


class Webhooks:
    """Reads what comes to one address. A receiver of several processes keeps `Told.key` in its own database."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        self._known: OrderedDict[str, None] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Told:
        """What was told. Raises `Forged`; `now` is aware."""
        lower = {name.lower(): value for name, value in headers.items()}
        self._check(lower.get(SIGNATURE, ""), body, now)
        try:
            content = json.loads(body)
            key = f"{content['subject_request_id']}.{content['recipient']}"
        except (ValueError, KeyError, TypeError, RecursionError):
            raise Forged("not a message of Zusage") from None
        with self._lock:
            again = key in self._known
            self._known[key] = None
            if len(self._known) > _MOST_KNOWN:
                self._known.popitem(last=False)
        return Told(key, content, again)

    def _check(self, said: str, body: bytes, now: datetime) -> None:
        parts = dict(part.partition("=")[::2] for part in said.split(","))
        seconds = parts.get("t", "")
        if not seconds.isdecimal() or len(seconds) > 12 or not said.isascii():
            raise Forged("the message is not signed")
        if not hmac.compare_digest(parts.get("sha256", ""), _mac(self._secret, int(seconds), body)):
            raise Forged("the signature is not that of the shared secret")
        if abs(now.timestamp() - int(seconds)) > TOLERANCE.total_seconds():
            raise Forged("the message is too old")

    def forget(self, told: Told) -> None:
        """The act did not succeed: it is done when it is told once more."""
        with self._lock:
            self._known.pop(told.key, None)
