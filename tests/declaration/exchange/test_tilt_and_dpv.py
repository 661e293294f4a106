"""Exchange: valid documents out, real documents in, losses said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import rdflib

from tests.declaration.conftest import SMALL
from zusage.declaration import Declaration
from zusage.declaration.exchange import from_tilt, to_dpv, to_tilt
from zusage.declaration.loading import validate
from zusage.declaration.strict_yaml import BadInput, Document, parse

SHARED = Path(__file__).resolve().parents[4] / "shared" / "tilt"
needs_tilt = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the TILT schema and documents are not beside the project"
)


@pytest.fixture
def declaration() -> Declaration:
    return validate(parse(SMALL), Declaration)


def test_what_tilt_cannot_hold_is_listed(declaration: Declaration) -> None:
    content, lost = to_tilt(declaration, "de", "https://beispielwerk.example/datenschutz")
    assert [one["category"] for one in content["dataDisclosed"]] == ["Lebenslauf", "Gesundheitsdaten"]
    assert content["dataDisclosed"][0]["legalBases"][0]["reference"] == "GDPR-6-1-b"
    keys = {finding.place.key for finding in lost}
    assert {"browser", "consents", "rights.deadlines", "activities.applications.retention.pool"} <= keys


@needs_tilt
def test_the_export_is_valid_tilt(declaration: Declaration) -> None:
    schema = json.loads((SHARED / "tilt-schema.json").read_text("utf-8"))
    text = SMALL.replace(
        "recipients:\n  host:", "dpo: {name: Ina, email: dsb@beispielwerk.example}\nrecipients:\n  host:", 1
    )
    content, _ = to_tilt(validate(parse(text), Declaration), "de", "https://beispielwerk.example/datenschutz")
    errors = [
        f"{list(e.path)}: {e.message[:80]}" for e in jsonschema.Draft7Validator(schema).iter_errors(content)
    ]
    assert errors == []


@needs_tilt
@pytest.mark.parametrize("name", ["example", "amazon.de.tilt", "die-linke.de.tilt", "signal.org.tilt"])
def test_real_documents_come_in_though_they_violate_the_schema(name: str) -> None:
    data, findings = from_tilt(json.loads((SHARED / f"{name}.json").read_text("utf-8")), name)
    declaration = validate(Document(name, data), Declaration)
    assert declaration.controller.name
    assert declaration.activities
    if name == "die-linke.de.tilt":
        assert any("instead of its code" in finding.message.en for finding in findings)


def test_out_and_in_again_keeps_controller_categories_bases_and_periods(declaration: Declaration) -> None:
    content, _ = to_tilt(declaration, "de", "https://beispielwerk.example")
    data, _ = from_tilt(content)
    again = validate(Document("again", data), Declaration)
    assert again.controller.name == declaration.controller.name
    assert again.controller.address == declaration.controller.address
    assert {c.text.de for one in again.activities.values() for c in one.data} == {
        "Lebenslauf",
        "Gesundheitsdaten",
    }
    bases = {b.citation.id for one in again.activities.values() for p in one.purposes for b in p.legal_bases}
    assert bases == {"gdpr:6(1)(b)"}
    periods = {
        str(s.keep.duration) for one in again.activities.values() for r in one.retention for s in r.steps
    }
    assert {"P6M", "P12M"} <= periods


@pytest.mark.parametrize(
    "content", [[], "text", {}, {"controller": 7}, {"controller": {}, "dataDisclosed": {"category": []}}]
)
def test_anything_else_is_an_error_or_an_open_point_never_a_crash(content: Any) -> None:
    try:
        data, _ = from_tilt(content)
    except BadInput as refused:
        assert "TILT" in str(refused)
    else:
        assert validate(Document("x", data), Declaration).activities


def test_dpv_is_json_ld_that_can_be_read_without_a_network(declaration: Declaration) -> None:
    content, lost = to_dpv(declaration, "https://beispielwerk.example/privacy#")
    graph = rdflib.Graph().parse(data=json.dumps(content), format="json-ld")
    dpv = rdflib.Namespace("https://w3id.org/dpv#")
    processes = list(graph.subjects(rdflib.RDF.type, dpv.Process))
    assert [str(one) for one in processes] == ["https://beispielwerk.example/privacy#activities/applications"]
    assert (None, rdflib.RDF.type, rdflib.URIRef("https://w3id.org/dpv/legal/eu/gdpr#A6-1-b")) in graph
    assert len(list(graph.objects(processes[0], dpv.hasPersonalData))) == 2
    assert "browser" in {finding.place.key for finding in lost}
