"""Tokens by which an application shows that it holds the key it shares with its Zusage: payload, dot, HMAC-SHA-256.

The key signs; it is never sent. A token is good for a few minutes.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

#: how long a token is good for
GOOD_FOR = timedelta(minutes=5)
#: a token that says it is good for longer than this is none
LONGEST = timedelta(minutes=15)


def make_token(secret: str, content: Mapping[str, Any], now: datetime) -> str:
    """A token with this content, good from `now` (aware) for `GOOD_FOR`."""
    filled = {**content, "exp": int((now + GOOD_FOR).timestamp())}
    payload = base64.urlsafe_b64encode(json.dumps(filled, sort_keys=True).encode()).rstrip(b"=").decode()
    return f"{payload}.{hmac.new(secret.encode(), payload.encode(), sha256).hexdigest()}"


def read_token(secret: str, token: str, now: datetime) -> dict[str, Any] | None:
    """What a token says; None for one that is forged, malformed, too old, or good for too long."""
    payload, _, signature = token.partition(".")
    if not token.isascii():
        return None
    if not hmac.compare_digest(hmac.new(secret.encode(), payload.encode(), sha256).hexdigest(), signature):
        return None
    try:
        said = json.loads(base64.urlsafe_b64decode(payload + "=="))
        left = int(said["exp"]) - now.timestamp()
    except (ValueError, KeyError, TypeError, binascii.Error):
        return None
    return said if isinstance(said, dict) and 0 < left <= LONGEST.total_seconds() else None
