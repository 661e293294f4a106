"""Who used which function when, and whether it worked: under a pseudonym, and never what was written or read.

The key of the pseudonyms lies beside the application; the log is taken in, sealed and expired by Zusage (`usage-log`).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from pathlib import Path

from zusage import clock
from zusage.deployments.hosting import Host

_LOG, _KEY = "weblogs/usage.log", "weblogs/usage.key"


def note(host: Host, person: int, function: str, status: int) -> None:
    """One line: pseudonym, time, function (`/login`), result as an HTTP status."""
    path = host.folder / _LOG
    path.parent.mkdir(exist_ok=True)
    stamp = clock.now().strftime("%d/%b/%Y:%H:%M:%S +0000")
    with path.open("a", encoding="ascii") as file:
        file.write(f'{pseudonym(host.folder, person)} [{stamp}] "USE {function} HTTP/1.1" {status}\n')


def pseudonym(folder: Path, person: int) -> str:
    """A user's pseudonym in the log: whoever has not the key cannot tell whose it is."""
    place = folder / _KEY
    place.parent.mkdir(exist_ok=True)
    if not place.exists():
        place.touch(mode=0o600)
        place.write_bytes(secrets.token_bytes(32))
    digest = hmac.new(place.read_bytes(), str(person).encode(), hashlib.sha256).digest()
    return "u" + "".join(chr(97 + byte % 16) for byte in digest[:12])
