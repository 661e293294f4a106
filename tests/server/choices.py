"""Choices as the banner posts them, and a controller whose banner they answer."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

from tests.keepers.consent.banner.declared import DECLARED
from zusage.founding import create_workspace
from zusage.keepers.consent.banner import spec_from
from zusage.workspace import Workspace

KEY = "app-s3cret"
OWN = {"origin": "http://testserver", "content-type": "application/json", "sec-fetch-site": "same-origin"}


def make_controller(folder: Path, state: str = "") -> Workspace:
    """A controller with a banner and an application; `state` is a database's address where it is not SQLite's."""
    made = create_workspace(folder, DECLARED, settings=f'state: "{state}"\n' if state else "")
    (made.folder / "app.secret").write_text(KEY)
    (made.folder / "parties.yaml").write_text('application: {secret: "file:app.secret"}\n')
    return made


def choice(workspace: Workspace, **changed: Any) -> dict[str, Any]:
    """A consent to statistics with a fresh id."""
    template = spec_from(workspace.declaration).template_hash("de")
    return {
        "v": 1, "id": secrets.token_hex(16), "template": template, "language": "de", "method": "selection", "services": {},
        "purposes": {"statistics": True, "marketing": False}, "signal": "", "browser": secrets.token_hex(16),
    } | changed  # fmt: skip
