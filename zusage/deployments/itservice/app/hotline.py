"""The paid support hotline: out of hours a call may be recorded, after an announcement and the caller's key 1.

Calls that are under way live in memory; the announcement is the declared text, kept word for word with each consent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from secrets import token_hex
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, HTTPException

from zusage import clock
from zusage.deployments.hosting import Here, Host, now, put_row
from zusage.deployments.itservice.schema import recording
from zusage_client import ClientError

router = APIRouter()
_OPENS, _CLOSES, _ZONE = time(9), time(17), ZoneInfo("Europe/Berlin")
ANNOUNCEMENT = "announcement.de.txt"
CLERK = "hotline@strompfad.example"
_calls: dict[str, Call] = {}


@dataclass
class Call:
    """A call under way: whose, and what is on tape so far (nothing before a yes)."""

    caller: str
    recorded: bool = False


def is_open() -> bool:
    """Monday to Friday, 9 to 17 h in Stuttgart."""
    local = clock.now().astimezone(_ZONE)
    return local.weekday() < 5 and _OPENS <= local.time() < _CLOSES


@router.post("/calls", status_code=201)
def incoming(host: Here, caller: Annotated[str, Form(max_length=40)]) -> dict[str, str | None]:
    """A call comes in: in business hours nothing is asked, otherwise what is to be announced comes with it."""
    key = token_hex(8)
    _calls[key] = Call(caller)
    return {"call": key, "announcement": None if is_open() else announcement(host)}


@router.post("/calls/{key}/pressed")
def pressed(host: Here, key: str, digit: Annotated[str, Form(max_length=1)]) -> dict[str, str | bool]:
    """What the caller pressed after the announcement: 1 agrees; everything else goes on without a recording."""
    call = _under_way(key)
    if is_open():
        raise HTTPException(409, "in business hours calls are not recorded")
    if digit == "1" and host.zusage is not None:
        try:
            host.zusage.consent(("phone", call.caller), {"recording": True}, way="voice")
            call.recorded = host.may("recording", phone=call.caller)
        except ClientError:
            call.recorded = False
    said = (
        ""
        if call.recorded
        else "Ihr Anruf wird nicht aufgezeichnet. Ohne Aufpreis erreichen Sie uns ab 9 Uhr."
    )
    return {"recorded": call.recorded, "said": said}


@router.post("/calls/{key}/ended", status_code=204)
def ended(host: Here, key: str) -> None:
    """The call is over: what was recorded is filed, of every other call nothing is left."""
    call = _under_way(key)
    del _calls[key]
    if not call.recorded:
        return
    path = f"recordings/{key}.ogg"
    (host.folder / "documents" / path).write_text("synthetic\n", encoding="utf-8")
    row = {"caller": call.caller, "path": path, "clerk": CLERK, "recorded_at": now(), "case_id": None}
    with host.engines["desk"].begin() as connection:
        put_row(connection, recording, **row)


def announcement(host: Host) -> str:
    """The announcement on file."""
    return (host.folder / "documents" / ANNOUNCEMENT).read_text(encoding="utf-8").strip()


def _under_way(key: str) -> Call:
    if key not in _calls:
        raise HTTPException(404, "there is no such call")
    return _calls[key]
