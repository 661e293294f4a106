"""The report as a file, signed: Ed25519 over its bytes, beside it as FILE.sig; anybody checks it with the public key."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from zusage import __version__
from zusage.documents import Format, render
from zusage.errors import ZusageError
from zusage.evidence.looking import Look
from zusage.evidence.report import evidence_report
from zusage.text import Language
from zusage.workspace import Workspace


class BadSignature(ZusageError):
    """The report or its signature was changed, or another key signed it."""

    exit_code = 1


@dataclass(frozen=True, slots=True)
class WrittenReport:
    """Where report and signature lie, and the report's digest."""

    report: Path
    signature: Path
    sha256: str


def write_report(
    workspace: Workspace, seen: Look, language: Language, format: str, output: Path | None
) -> WrittenReport:
    """Write and sign the evidence report; by default into `evidence/` of the workspace, named by the instant."""
    checkpoint = workspace.context.ledger.seal(workspace.state, seen.at)
    meta = {
        "Zusage": __version__,
        "Declaration": f"{workspace.declaration.as_of} sha256:{_digest(workspace.folder / 'declaration.yaml')[:16]}",
        "Ledger": checkpoint.line if checkpoint else "empty",
        "Key": workspace.context.keys.signing_key_id,
    }
    content = render(evidence_report(workspace, seen, language, meta), cast(Format, format))
    path = output or workspace.folder / "evidence" / f"{seen.at:%Y-%m-%dT%H%M%SZ}.{format}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    signature = path.with_name(path.name + ".sig")
    signature.write_text(
        f"{workspace.context.keys.signing_key_id} {base64.b64encode(workspace.context.keys.sign(content)).decode()}\n"
    )
    return WrittenReport(path, signature, hashlib.sha256(content).hexdigest())


def verify_report(workspace: Workspace, path: Path) -> None:
    """Check a report against its signature. Raises `BadSignature`."""
    key_id, _, signature = path.with_name(path.name + ".sig").read_text().strip().partition(" ")
    if not workspace.context.keys.verify(key_id, path.read_bytes(), base64.b64decode(signature)):
        raise BadSignature(f"{path} does not carry a valid signature of this workspace")


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
