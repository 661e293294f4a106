"""The job board's providers – data centre, mailing house, customer service – and the one way out to all of them.

What goes to a provider is in the register of disclosures before it goes; what cannot be recorded stays here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from zusage.deployments.hosting import Host
from zusage_client.outgoing import Send, way_out

HOSTING, MAILING, SUPPORT = "hosting", "mailing", "support"


def out(host: Host) -> Send:
    """The only way to a provider: nothing else in the application knows where the trays are."""

    def deliver(recipient: str, content: Mapping[str, Any]) -> None:
        """What a provider gets lies in its tray, from where it is fetched."""
        tray = host.folder / "providers" / recipient
        tray.mkdir(parents=True, exist_ok=True)
        number = len(list(tray.iterdir())) + 1
        (tray / f"{number}.json").write_text(
            json.dumps(content, ensure_ascii=False, default=str), encoding="utf-8"
        )

    return way_out(host.zusage, deliver)
