"""Receipts: the structure of ISO/IEC TS 27560 with its mandatory fields, for the person and for nobody else."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from tests.keepers.consent.conftest import ADA, BEN, KEY, Publisher
from zusage.cli.main import run
from zusage_client.tokens import make_token

TEXT = {"type": "string", "minLength": 1}
#: the mandatory fields of a consent receipt (TS 27560, 6.2-6.5): header, processing, purposes, parties, events
RECEIPT: dict[str, Any] = {
    "type": "object",
    "required": ["record_metadata", "pii_processing", "party_identification", "event"],
    "additionalProperties": False,
    "properties": {
        "record_metadata": {
            "type": "object",
            "required": ["schema_version", "record_id", "pii_principal_id"],
            "properties": {
                "schema_version": {"const": "ISO/IEC TS 27560:2023"},
                "record_id": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
                "pii_principal_id": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
            },
        },
        "pii_processing": {
            "type": "object",
            "required": ["privacy_notice", "notice_version", "language", "words", "purposes"],
            "properties": {
                "privacy_notice": {"type": "string", "pattern": "^https?://"},
                "notice_version": TEXT,
                "language": {"enum": ["de", "en"]},
                "words": TEXT,
                "purposes": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": [
                            "purpose", "purpose_type", "lawful_basis", "pii_information", "pii_controllers", "storage_locations",
                            "recipients",
                            "retention_period", "jurisdiction", "withdrawal_method", "privacy_rights",
                        ],
                        "properties": {
                            "purpose": TEXT,
                            "lawful_basis": {"const": "gdpr:6(1)(a)"},
                            "pii_information": {"type": "array", "items": TEXT},
                            "pii_controllers": {"type": "array", "items": TEXT, "minItems": 1},
                            "storage_locations": {"type": "array", "items": TEXT, "minItems": 1},
                            "withdrawal_method": TEXT,
                            "privacy_rights": {"type": "array", "contains": {"const": "withdraw-consent"}},
                        },
                    },
                },
            },
        },
        "party_identification": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["party_id", "party_role", "party_name", "party_address", "party_contact"],
                "additionalProperties": TEXT,
            },
        },
        "event": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["event_time", "validity_duration", "entity_id", "event_type", "event_state"],
                "properties": {
                    "event_time": {"type": "string", "format": "date-time"},
                    "event_state": {"enum": ["given", "withdrawn"]},
                },
                "additionalProperties": TEXT,
            },
        },
    },
}  # fmt: skip


def account(publisher: Publisher, address: str) -> Any:
    token = make_token(KEY, {"kind": "email", "value": address}, publisher.now)
    said = publisher.client.get("/api/v1/account/consents", headers={"authorization": f"Bearer {token}"})
    assert said.status_code == 200, said.text
    return said.json()


def test_the_person_gets_a_receipt_of_each_step(
    publisher: Publisher, capsys: pytest.CaptureFixture[str]
) -> None:
    publisher.subscribe(ADA)
    publisher.confirm(ADA)
    publisher.at("2025-04-01T09:00")
    publisher.api("subjects/consents", {"do": "withdraw-all", "subject": {"kind": "email", "value": ADA}})
    given, withdrawn = account(publisher, ADA)
    for one in (given, withdrawn):
        jsonschema.validate(one, RECEIPT, format_checker=jsonschema.FormatChecker())
    purposes = {one["purpose_id"]: one for one in given["pii_processing"]["purposes"]}
    assert purposes["newsletter"]["pii_information"] == ["E-Mail-Adresse"]
    assert purposes["newsletter/articles"]["purpose_text"] == "Fachartikel"
    assert [one["event"][0]["event_state"] for one in (given, withdrawn)] == ["given", "withdrawn"]
    assert "Ich möchte den Newsletter erhalten." in given["pii_processing"]["words"]
    assert account(publisher, BEN) == []
    folder = str(publisher.workspace.folder)
    assert (
        run(["consent", "receipt", "-w", folder, "--language", "de", given["record_metadata"]["record_id"]])
        == 0
    )
    assert json.loads(capsys.readouterr().out) == given


def test_nobody_reads_a_receipt_without_being_the_person(publisher: Publisher) -> None:
    publisher.subscribe(ADA)
    publisher.confirm(ADA)
    assert publisher.client.get("/api/v1/account/consents").status_code == 401
    application = {"authorization": f"Bearer {make_token(KEY, {'application': True}, publisher.now)}"}
    assert publisher.client.get("/api/v1/account/consents", headers=application).status_code == 401
    assert publisher.client.get("/settings/receipt").status_code == 404


def test_the_browser_gets_the_receipt_of_its_own_choice(board: Publisher) -> None:
    own = {"origin": "https://nord.example", "sec-fetch-site": "same-origin"}
    assert board.client.get("/settings/receipt").status_code == 404
    said = board.client.post("/settings", data={"a": "save", "purpose": ["statistics"]}, headers=own)
    assert said.status_code == 303
    shown = board.client.get("/settings/receipt").json()
    assert len(shown) == 1
    jsonschema.validate(shown[0], RECEIPT, format_checker=jsonschema.FormatChecker())
    assert [one["purpose_id"] for one in shown[0]["pii_processing"]["purposes"]] == ["statistics"]
    board.client.post("/settings", data={"a": "save"}, headers=own)
    board.client.cookies.clear()
    assert board.client.get("/settings/receipt").status_code == 404
