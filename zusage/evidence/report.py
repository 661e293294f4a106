"""The evidence report: every promise, its proof and what the proof rests on, with the ledger's checkpoint, signed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

from zusage.documents import Block, Callout, Document, Heading, Items, Paragraph, Table
from zusage.evidence.accounting import accounts, unaccounted
from zusage.evidence.looking import Look
from zusage.promises import Basis, Promise, Proof, ProofState
from zusage.text import Language, Text
from zusage.workspace import Workspace

_SAID: dict[str, Text] = {
    "title": Text("Nachweis der Datenschutz-Zusagen", "Evidence of the promises of the privacy notice"),
    "intro": Text(
        "Jede Zeile ist eine Zusage der Datenschutzerklärung. Der Stand wurde durch erneuten Blick auf die angegebene "
        "Grundlage festgestellt: Speicher (die Daten selbst), Aufzeichnung (geprüftes Protokoll) oder Bestätigung "
        "(eine Person steht dafür ein, bis zum genannten Tag).",
        "Each row is a promise of the privacy notice. Its state was found by looking again at the basis given: store "
        "(the data themselves), record (verified ledger) or attestation (a person vouches, until the day given).",
    ),
    "summary": Text("Ergebnis", "Result"),
    "state": Text("Stand", "State"),
    "promise": Text("Zusage", "Promise"),
    "basis": Text("Grundlage", "Basis"),
    "seen": Text("Gesehen", "Seen"),
    "number": Text("Anzahl", "Number"),
    "promises": Text("Zusagen", "Promises"),
    "advice": Text(
        "Zusage informiert und weist nach; es ersetzt keine Rechtsberatung.",
        "Zusage informs and proves; it does not give legal advice.",
    ),
    "activities": Text("Verarbeitungstätigkeiten", "Activities"),
    "activity": Text("Tätigkeit", "Activity"),
    "purposes": Text("Zwecke", "Purposes"),
    "bases": Text("Rechtsgrundlage", "Legal basis"),
    "kept-for": Text("Speicherdauer", "Kept for"),
    "reviewed": Text("Zuletzt geprüft", "Last review"),
    "never": Text("noch nie", "never"),
    "open": Text("Offen: gefunden, aber keiner Tätigkeit zugeordnet", "Open: found, but part of no activity"),
    "kept": Text("gehalten", "kept"),
    "broken": Text("verletzt", "broken"),
    "due": Text("fällig", "due"),
    "unbound": Text("ohne Anbindung", "unbound"),
    "unreachable": Text("nicht erreichbar", "unreachable"),
    "store": Text("Speicher", "store"),
    "record": Text("Aufzeichnung", "record"),
    "attestation": Text("Bestätigung", "attestation"),
}


def evidence_report(workspace: Workspace, look: Look, language: Language, meta: dict[str, str]) -> Document:
    """The report as a document. `meta` (checkpoint, software, declaration digest) goes into its foot."""

    def said(key: str) -> str:
        return _SAID[key].says(language)

    counts = [(said(state), str(count)) for state, count in look.counts().items() if count]
    rows = [
        (
            said(proof.state.value if proof else "unreachable"),
            f"{promise.text.says(language)} [{promise.id}]",
            said(proof.basis.value) if proof else "–",
            _seen(proof, language),
        )
        for promise, proof in look.rows()
    ]
    fine = look.exit_code == 0
    return Document(
        title=said("title"),
        language=language,
        blocks=(
            Paragraph(f"{workspace.declaration.controller.name} · {look.at:%Y-%m-%d %H:%M} UTC"),
            Paragraph(said("intro")),
            Callout((Table((said("state"), said("number")), tuple(counts), numeric=(said("number"),)),),
                    kind="good" if fine else "bad", title=said("summary")),
            *_accountability(workspace, look, language, said),
            Heading(said("promises")),
            Table((said("state"), said("promise"), said("basis"), said("seen")), tuple(rows)),
            Paragraph(said("advice")),
        ),
        meta=meta,
        data={
            "at": look.at.isoformat(), "counts": look.counts(), "promises": [as_record(*row) for row in look.rows()],
            "activities": [
                asdict(one) | {"reviewed": one.reviewed and one.reviewed.isoformat()}
                for one in accounts(workspace, language, look.at)
            ],
            "open": [{"code": one.code, "place": str(one.place)} for one in unaccounted(workspace, look.at)],
        },
    )  # fmt: skip


def _accountability(
    workspace: Workspace, look: Look, language: Language, said: Callable[[str], str]
) -> Iterator[Block]:
    """Each activity with purpose, basis, period and last review; what runs without being one stands as open."""
    rows = [
        (
            one.title,
            one.purposes,
            one.bases,
            one.kept,
            f"{one.reviewed:%Y-%m-%d}" if one.reviewed else said("never"),
        )
        for one in accounts(workspace, language, look.at)
    ]
    yield Heading(said("activities"))
    yield Table(tuple(map(said, ("activity", "purposes", "bases", "kept-for", "reviewed"))), tuple(rows))
    found = [f"{one.message.says(language)} ({one.place})" for one in unaccounted(workspace, look.at)]
    if found:
        yield Callout((Items(tuple(found)),), kind="bad", title=said("open"))


def _seen(proof: Proof | None, language: Language) -> str:
    if proof is None:
        return "–"
    parts = [proof.text.says(language)]
    if proof.oldest:
        parts.append(("ältester Fall: " if language == "de" else "oldest: ") + f"{proof.oldest:%Y-%m-%d}")
    if proof.until and proof.basis is Basis.ATTESTATION:
        parts.append(("gültig bis " if language == "de" else "valid until ") + f"{proof.until:%Y-%m-%d}")
    return "; ".join(parts)


def as_record(promise: Promise, proof: Proof | None) -> dict[str, Any]:
    """One promise with its proof as a JSON-ready record; the same in `status --json`, report and console."""
    record: dict[str, Any] = {
        "id": promise.id, "keeper": promise.keeper, "kind": promise.kind, "activity": promise.activity,
        "reference": promise.reference, "text": promise.text.as_json(), "version": promise.version,
    }  # fmt: skip
    if proof is None:
        return record | {"state": "unreachable"}
    return record | {
        "state": proof.state.value, "basis": proof.basis.value, "at": proof.at.isoformat(), "count": proof.count,
        "seen": proof.text.as_json(), "store": proof.store, "found_by": proof.found_by,
        "oldest": proof.oldest and proof.oldest.isoformat(), "until": proof.until and proof.until.isoformat(),
        "evidence": dict(proof.evidence), "broken": proof.state is ProofState.BROKEN,
    }  # fmt: skip
