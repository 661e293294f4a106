"""The post room: letters are scanned and indexed, unless the sender objects to electronic capture.

Such a letter gets an index entry with the place where its paper lies, and nothing else: no picture, no text, no copy.
"""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Form

from zusage.deployments.hosting import Here, now, put_row
from zusage.deployments.itservice.schema import letter

router = APIRouter()
_OBJECTS = re.compile(
    r"widerspr(eche|icht|uch).{0,60}(elektronisch|digital)\w*\s+erfass", re.IGNORECASE | re.DOTALL
)


@router.post("/letters", status_code=201)
def register(
    host: Here,
    sender: Annotated[str, Form(max_length=120)],
    opening: Annotated[str, Form(max_length=4000)],
    place: Annotated[str, Form(max_length=120)],
    email: Annotated[str, Form(max_length=160)] = "",
    kind: Annotated[str, Form(max_length=20, alias="class")] = "none",
) -> dict[str, int | bool]:
    """Register a letter. `opening` is what the clerk reads on its first page, and is kept nowhere itself."""
    objects = bool(_OBJECTS.search(opening))
    row = {
        "sender": sender,
        "email": email or None,
        "class": kind,
        "storage_place": place,
        "received_at": now(),
    }
    row |= {"objected_at": now() if objects else None, "clerk": "poststelle@strompfad.example"}
    with host.engines["office"].begin() as connection:
        key = put_row(connection, letter, **row)
        if not objects:
            path = f"letters/{key}.pdf"
            (host.folder / "documents" / path).write_text(f"%PDF-1.4\n{opening}\n", encoding="utf-8")
            connection.execute(letter.update().where(letter.c.id == key).values(scan=path))
    return {"letter": key, "scanned": not objects}
