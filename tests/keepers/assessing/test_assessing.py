"""Assessments: asked for by the threshold, filed, signed by both, reminded of, open again when the processing changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.keepers.rights.conftest import DECLARATION
from zusage.founding import create_workspace
from zusage.keepers.assessing import AssessingKeeper
from zusage.keepers.assessing.judging import standings
from zusage.keepers.assessing.service import BadAssessment, Filing, file_assessment, remind, sign
from zusage.ledger.leaves import ENTRIES
from zusage.mail.outbox import CONTENT
from zusage.promises import Proof, ProofState
from zusage.registers.assessments import assessment_by, expire_assessments
from zusage.workspace import Workspace, open_workspace

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
IMPACT = 'impact: {checked: "2026-01-10", criteria: [sensitive-data, vulnerable-persons]}'
WHOLE = {name: f"ganz {name}" for name in ("description", "necessity", "risks", "measures")}
BALANCE = {name: f"ganz {name}" for name in ("interest", "necessity", "balance")}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A shop whose advice on health reaches the threshold, and whose checks are to be balanced every year."""
    text = DECLARATION.replace("    risk: high", f"    risk: high\n    {IMPACT}")
    text = text.replace(
        "interest: {de: Sicherheit, en: safety}", "interest: {de: Sicherheit, en: safety}, balance_every: P1Y"
    )
    return create_workspace(tmp_path / "w", text, "stores: {}\n", "")


def proof(workspace: Workspace, promise: str, now: datetime = NOW) -> Proof:
    """A fresh look."""
    keeper = AssessingKeeper()
    known = {one.id: one for one in keeper.promises(workspace.declaration)}
    return keeper.prove(workspace.context, known[promise], now)


def filed(workspace: Workspace, kind: Any = "impact", subject: str = "health", **more: Any) -> str:
    """Put a whole assessment on file; its id."""
    content = more.pop("content", WHOLE if kind == "impact" else BALANCE)
    wanted = Filing(kind, subject, more.pop("result", "acceptable"), content, **more)
    return file_assessment(workspace.context, wanted, "dpo", NOW).id


def test_the_threshold_makes_the_promise_and_two_signatures_keep_it(workspace: Workspace) -> None:
    promised = {one.id for one in AssessingKeeper().promises(workspace.declaration)}
    assert promised == {"assessment/impact/health", "assessment/interest/shop/selling-checks"}
    assert proof(workspace, "assessment/impact/health").state is ProofState.DUE
    made = filed(workspace)
    assert "noch" not in proof(workspace, "assessment/impact/health").text.de
    for role, person, state in (("dpo", "Olga", ProofState.DUE), ("management", "Klara", ProofState.KEPT)):
        sign(workspace.context, made, role, person, NOW)
        assert proof(workspace, "assessment/impact/health").state is state, role
    seen = proof(workspace, "assessment/impact/health")
    assert seen.until == datetime(2028, 3, 2, 23, 0, tzinfo=UTC), "two years, the last day whole, by Berlin"
    late = proof(workspace, "assessment/impact/health", seen.until)
    assert (late.state, late.count) == (ProofState.BROKEN, 1)


def test_a_balance_is_signed_by_the_officer(workspace: Workspace) -> None:
    made = filed(workspace, "interest", "shop/selling-checks")
    with pytest.raises(BadAssessment, match="does not sign"):
        sign(workspace.context, made, "management", "Klara", NOW)
    sign(workspace.context, made, "dpo", "Olga", NOW)
    with pytest.raises(BadAssessment, match="already"):
        sign(workspace.context, made, "dpo", "Olga", NOW)
    assert proof(workspace, "assessment/interest/shop/selling-checks").state is ProofState.KEPT


@pytest.mark.parametrize(("result", "state"), [("consult", ProofState.DUE), ("refused", ProofState.BROKEN)])
def test_what_was_found_not_acceptable_is_not_kept(
    workspace: Workspace, result: str, state: ProofState
) -> None:
    made = filed(workspace, result=result)
    for role in ("dpo", "management"):
        sign(workspace.context, made, role, "P", NOW)
    assert proof(workspace, "assessment/impact/health").state is state


def test_changed_processing_is_assessed_anew(workspace: Workspace) -> None:
    made = filed(workspace)
    for role in ("dpo", "management"):
        sign(workspace.context, made, role, "P", NOW)
    path = workspace.folder / "declaration.yaml"
    path.write_text(path.read_text().replace("minutes of advice}", "minutes and recordings of advice}"))
    changed = open_workspace(workspace.folder)
    seen = proof(changed, "assessment/impact/health")
    assert (seen.state, seen.text.en) == (ProofState.BROKEN, "the processing has changed since")


@pytest.mark.parametrize(
    "wrong",
    [
        {"content": WHOLE | {"risks": "  "}},
        {"subject": "helth"},
        {"kind": "interest", "subject": "health"},
        {"review_at": NOW},
    ],
)
def test_what_is_incomplete_files_nothing(workspace: Workspace, wrong: dict[str, Any]) -> None:
    with pytest.raises(BadAssessment):
        filed(workspace, **wrong)
    with workspace.state.connect() as connection:
        assert all(one.newest is None for one in standings(workspace.declaration, connection, NOW))


def test_the_officer_is_reminded_once_before_and_once_after(workspace: Workspace) -> None:
    filed(workspace, review_at=NOW + timedelta(days=100))

    def subjects_at(days: int) -> list[str]:
        at = NOW + timedelta(days=days)
        with workspace.state.begin() as connection:
            remind(workspace.context, connection, at)
            return [
                row.subject for row in connection.execute(select(CONTENT.c.subject).order_by(CONTENT.c.mail))
            ]

    assert subjects_at(69) == []
    assert subjects_at(71) == subjects_at(99) == ["Überprüfung fällig am 10.06.2026: health"]
    assert subjects_at(101)[1:] == subjects_at(130)[1:] == ["Überprüfung überfällig seit 10.06.2026: health"]


def test_the_ledger_knows_what_was_signed_but_no_name_and_no_word(workspace: Workspace) -> None:
    made = filed(workspace, document=("folgen.pdf", b"all of it"))
    sign(workspace.context, made, "management", "Klara Kanarie", NOW)
    with workspace.state.connect() as connection:
        entries = {row.kind: row.bytes.decode() for row in connection.execute(select(ENTRIES))}
    assert made in entries["assessment/filed"]
    assert "document_sha256" in entries["assessment/filed"]
    assert made in entries["assessment/signed"]
    assert not any("Klara" in said or "ganz" in said for said in entries.values())


def test_only_what_was_replaced_expires(workspace: Workspace) -> None:
    first, second = filed(workspace), filed(workspace)
    with workspace.state.begin() as connection:
        assert expire_assessments(connection, NOW + timedelta(days=3 * 365)) == 0
        assert expire_assessments(connection, NOW + timedelta(days=7 * 365)) == 1
        left = {one for one in (first, second) if assessment_by(connection, one)}
        assert len(left) == 1
