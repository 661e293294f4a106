"""The decision route: may this purpose be served for this browser or subject now – asked by the controller's application.

Permits are counted and written down now and then; each refusal is on record before it is answered, many in one transaction.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from fastapi import APIRouter
from sqlalchemy.exc import OperationalError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from zusage import clock
from zusage.decisions import Answer, Decision, Decisions, Question, Rule, VersionReader
from zusage.keepers.attestation.rules import TransferRule
from zusage.keepers.consent.rules import ConsentRule
from zusage.keepers.informing import InformationRule
from zusage.keepers.retention.claims import ClaimRule
from zusage.keepers.rights.rules import RightsRule
from zusage.registers.consents import is_browser
from zusage.server.applications import NOT_OWN, application_of
from zusage.server.entrance import header, read_body
from zusage.server.group_commit import GroupCommit, Overloaded
from zusage.workspace import Workspace

router = APIRouter()
_MOST = 8192
#: a purpose, or after a slash one of its topics or single cases
_PURPOSE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,79}(?:/[A-Za-z0-9_.:-]{1,80})?")
_KIND = re.compile(r"[a-z][a-z0-9-]{0,39}")
_ANSWERS: dict[int | str, dict[str, Any]] = {
    400: {"description": "malformed"},
    401: {"description": NOT_OWN},
    413: {"description": "too large"},
    503: {"description": "overloaded; try again"},
}


class Deciding:
    """The decisions of a workspace, made once for the application."""

    def __init__(self, workspace: Workspace) -> None:
        context = workspace.context
        rules: list[Rule] = [
            ConsentRule(context),
            RightsRule(context),
            TransferRule(context),
            InformationRule(context),
            ClaimRule(context),
        ]
        self._reader = VersionReader(workspace.state)
        self.decisions = Decisions(workspace.state, rules, context.ledger, reader=self._reader)
        self.refusals: GroupCommit[tuple[Question, Decision]] = GroupCommit(
            self._record, hopeless=OperationalError
        )
        # a look at a database elsewhere may take its time, and would keep everybody else waiting
        self._near = workspace.state.dialect.name == "sqlite"

    def _record(self, refused: Sequence[tuple[Question, Decision]]) -> None:
        self.decisions.record_refusals(refused, clock.now())

    async def decide(self, question: Question) -> Decision:
        """The decision; a refusal is on record when this returns. Raises `Overloaded`."""
        now = clock.now()
        if self._near:
            decision = self.decisions.decide(question, now)
        else:
            decision = await run_in_threadpool(self.decisions.decide, question, now)
        if not decision.allowed:
            await self.refusals.add((question, decision))
        return decision

    def flush(self) -> None:
        """Write the counts of permits down."""
        self.decisions.flush(clock.now())

    def close(self) -> None:
        """Write down what waits."""
        self.refusals.close()
        self.flush()
        self._reader.close()


@router.post("/api/v1/decisions", responses=_ANSWERS, tags=["decisions"])
async def decide(request: Request) -> Response:
    """May this purpose be served for this browser or subject now, and why.

    The body is `{"purpose": …, "subject": {"kind": …, "value": …}, "browser": …}`; subject and browser may be left out.
    """
    if not application_of(request).is_own(header(request.scope, b"authorization")[:2000]):
        return JSONResponse({"error": NOT_OWN}, 401)
    body = await read_body(request, _MOST)
    asked = read_question(body) if len(body) <= _MOST else None
    if asked is None:
        return JSONResponse({"error": "expected {purpose, subject?: {kind, value}, browser?}"}, 400)
    try:
        made = await request.app.state.deciding.decide(asked)
    except (Overloaded, OperationalError):
        return JSONResponse({"error": "busy"}, 503, {"retry-after": "1"})
    return Response(_said(made.allowed, made.reason, made.version), media_type="application/json")


@lru_cache(maxsize=4096)
def _said(allowed: bool, reason: Answer, version: int) -> bytes:
    """A decision as JSON: many questions have the same answer."""
    said = {
        "allowed": allowed,
        "code": reason.code,
        "reason": reason.reason.as_json(),
        "citation": reason.citation,
        "version": version,
    }
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def read_question(body: bytes) -> Question | None:
    """The question of a body; None for anything else."""
    try:
        value = json.loads(body)
        purpose, subject, browser = value["purpose"], value.get("subject"), value.get("browser")
        known = None if subject is None else (subject["kind"], subject["value"])
        if not _PURPOSE.fullmatch(purpose) or (browser is not None and not is_browser(browser)):
            return None
        if known and not (
            _KIND.fullmatch(known[0]) and 0 < len(known[1]) <= 320 and isinstance(known[1], str)
        ):
            return None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return Question(purpose, "application", (), known, browser)
