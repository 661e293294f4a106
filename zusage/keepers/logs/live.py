"""The live view: errors and attacks while they last, for operations. Only where the declaration says how long.

Two small files an hour: lines with a status from 400 on, their addresses truncated and their queries cut; and addresses
with many of them, whole, because a ban needs them (`zusage logs live --addresses`, one a line, for fail2ban or a
firewall set). Both are removed when the declared period has run out, at the next intake or expiry.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from zusage.keepers.logs.addresses import NOTHING, truncate
from zusage.keepers.logs.extraction import clean, path_of
from zusage.keepers.logs.vault import Vault
from zusage.law.periods import retention_end

#: So many refused requests of one address within an hour put it into the ban feed.
MANY = 20
_FORM = "%Y-%m-%dT%H"


def show(vault: Vault, lines: bytes, now: datetime) -> None:
    """Add what went wrong in these lines to the view. Does nothing where none is declared."""
    if vault.policy.live_view is None:
        return
    fmt = vault.format
    errors: dict[datetime, list[bytes]] = {}
    refused: dict[datetime, Counter[bytes]] = {}
    # a quick look first: most lines are no errors
    text = fmt.readable(lines)
    for line in text.split(b"\n"):
        parsed = fmt.parse(line) if re.search(rb"[ :\"][45][0-9]{2}[ ,\"}]", line) else None
        if parsed is None or not parsed.get("status", b"0").startswith((b"4", b"5")):
            continue
        hour = fmt.hour(parsed["time"])
        assert hour is not None
        address = parsed.get("address", NOTHING)
        cut = truncate(address, vault.policy.truncate_v4, vault.policy.truncate_v6)
        path = clean(path_of(parsed)).encode()
        errors.setdefault(hour, []).append(b" ".join((parsed["time"], cut, parsed["status"], path)))
        if parsed["status"].startswith(b"4") and cut != NOTHING:
            refused.setdefault(hour, Counter())[address] += 1
    for hour, found in errors.items():
        _append(_path(vault, hour, "errors"), b"\n".join(found) + b"\n")
    for hour, counts in refused.items():
        rows = b"".join(b"%s %d\n" % (address, count) for address, count in counts.items() if count)
        _append(_path(vault, hour, "addresses"), rows)
    forget(vault, now)


def recent(vault: Vault, now: datetime) -> list[str]:
    """Errors of the declared period, oldest first: time, truncated address, status, path."""
    return [
        line
        for path in _current(vault, now, "errors")
        for line in path.read_text("utf-8", "replace").splitlines()
    ]


def banned(vault: Vault, now: datetime) -> list[str]:
    """Addresses with at least `MANY` refused requests in one hour of the declared period."""
    found = set()
    for path in _current(vault, now, "addresses"):
        counts: Counter[str] = Counter()
        for line in path.read_text("ascii", "replace").splitlines():
            address, _, count = line.rpartition(" ")
            counts[address] += int(count) if count.isdigit() else 0
        found |= {address for address, count in counts.items() if count >= MANY}
    return sorted(found)


def forget(vault: Vault, now: datetime) -> int:
    """Remove what is older than declared; returns how many files."""
    over = [path for path in (vault.folder / "live").glob("*.*") if _over(vault, path, now)]
    for path in over:
        path.unlink(missing_ok=True)
    return len(over)


def _current(vault: Vault, now: datetime, kind: str) -> list[Path]:
    return [path for path in sorted((vault.folder / "live").glob(f"*.{kind}")) if not _over(vault, path, now)]


def _over(vault: Vault, path: Path, now: datetime) -> bool:
    if vault.policy.live_view is None:
        return True
    hour = datetime.strptime(path.stem, _FORM).replace(tzinfo=UTC)
    return retention_end(min(hour, now), vault.policy.live_view, "event", vault.zone) <= now


def _path(vault: Vault, hour: datetime, kind: str) -> Path:
    folder = vault.folder / "live"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / f"{hour.strftime(_FORM)}.{kind}"


def _append(path: Path, content: bytes) -> None:
    path.touch(mode=0o600)
    with path.open("ab") as file:
        file.write(content)
