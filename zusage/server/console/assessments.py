"""Assessments: which processing needs one, what is on file, who signed, when it is looked at again; filing and signing."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from zusage import clock
from zusage.keepers.assessing.judging import ROLES, standings
from zusage.keepers.assessing.service import Filing, file_assessment, sign, subject_of
from zusage.keepers.assessing.subjects import PARTS, required_roles, subjects, suggested
from zusage.law.impact import impact_criteria
from zusage.registers.assessments import Kind, Result, assessment_by, signatures
from zusage.server.accounts import Login, Role
from zusage.server.console.access import changing, logged_in
from zusage.server.pages import pages_of

router = APIRouter(prefix="/assessments")
_FILES = changing(Role.DPO, Role.MANAGEMENT)


def _reader(login: Annotated[Login, Depends(logged_in)]) -> Login:
    if login.role is Role.CLERK:
        raise HTTPException(403, "no access")
    return login


@router.get("")
def listed(request: Request, _: Annotated[Login, Depends(_reader)]) -> Response:
    """Every activity with its threshold check, every legitimate interest, and how its assessment stands."""
    workspace = request.app.state.workspace
    with workspace.state.connect() as connection:
        rows = standings(workspace.declaration, connection, clock.now())
    # what is owed first, what nobody checked last
    rows.sort(key=lambda one: (one.state is None, one.subject.verdict is None))
    parts = {kind: [one for one in rows if one.subject.kind == kind] for kind in PARTS}
    return pages_of(request).answer(
        request,
        "console/assessments.html",
        [one.as_json() for one in rows],
        parts=parts,
        criteria=impact_criteria(),
        suggested=suggested,
        roles=ROLES,
    )


@router.get("/new/{kind}/{subject:path}")
def form(request: Request, kind: Kind, subject: str, login: Annotated[Login, Depends(_reader)]) -> Response:
    """The form to assess one activity or purpose, filled with what was said last time."""
    workspace, now = request.app.state.workspace, clock.now()
    about = subject_of(workspace.declaration, kind, subject)
    with workspace.state.connect() as connection:
        rows = standings(workspace.declaration, connection, now)
    before = next(one.newest for one in rows if one.subject == about)
    if login.role is Role.AUDITOR:
        raise HTTPException(403, "your role may not do this")
    values: dict[str, Any] = {
        "about": about, "names": PARTS[kind], "before": before.content if before else {},
        "criteria": impact_criteria(), "suggested": suggested(about.activity),
    }  # fmt: skip
    return pages_of(request).render(request, "console/assessment_form.html", **values)


@router.post("")
async def filed(request: Request, login: Annotated[Login, _FILES]) -> Response:
    """File it; the parts come as `part-NAME`. Raises `BadAssessment` for what is missing."""
    sent = {name: str(value) for name, value in (await request.form()).items()}
    kind, result = sent.get("kind", ""), sent.get("result", "")
    if kind not in PARTS or result not in ("acceptable", "consult", "refused"):
        raise HTTPException(422, "kind or result is unknown")
    content = {name: sent.get(f"part-{name}", "") for name in PARTS[kind]}
    review = _midnight(request, sent["review"]) if sent.get("review") else None
    wanted = Filing(kind, sent.get("subject", ""), _result(result), content, review)
    made = file_assessment(request.app.state.workspace.context, wanted, login.login, clock.now())
    return RedirectResponse(f"/console/assessments/{made.id}", 303)


def _result(said: str) -> Result:
    return "consult" if said == "consult" else "refused" if said == "refused" else "acceptable"


def _midnight(request: Request, day: str) -> datetime:
    try:
        chosen = date.fromisoformat(day)
    except ValueError:
        raise HTTPException(422, "the review is a day: 2028-03-01") from None
    return datetime.combine(chosen, time(), pages_of(request).zone).astimezone(UTC)


@router.get("/{identifier}")
def shown(request: Request, identifier: str, login: Annotated[Login, Depends(_reader)]) -> Response:
    """One assessment with its parts and signatures, and the form to sign it."""
    workspace = request.app.state.workspace
    with workspace.state.connect() as connection:
        found, given = assessment_by(connection, identifier), signatures(connection).get(identifier, [])
    if found is None:
        raise HTTPException(404)
    asked = required_roles(workspace.declaration, found.kind)
    signed = {one.role for one in given}
    about = [
        each
        for each in subjects(workspace.declaration)
        if (each.kind, each.id) == (found.kind, found.subject)
    ]
    values: dict[str, Any] = {
        "one": found, "about": about[0] if about else None, "given": given, "names": PARTS[found.kind], "roles": ROLES,
        "missing": [role for role in asked if role not in signed],
        "may_sign": login.role.value in asked and login.role.value not in signed,
    }  # fmt: skip
    return pages_of(request).render(request, "console/assessment.html", **values)


@router.post("/{identifier}/signature")
def signed(
    request: Request,
    identifier: str,
    login: Annotated[Login, _FILES],
    person: Annotated[str, Form(min_length=1, max_length=200)],
) -> Response:
    """Sign in the role of the login. Raises `BadAssessment` where this role does not sign, or did already."""
    sign(request.app.state.workspace.context, identifier, login.role.value, person, clock.now())
    return RedirectResponse(f"/console/assessments/{identifier}", 303)
