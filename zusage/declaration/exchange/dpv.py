"""A declaration as JSON-LD in the terms of the W3C Data Privacy Vocabulary 2.x. The context is inline: nothing is fetched."""

from __future__ import annotations

from typing import Any

from zusage.declaration.activities import Activity, LegalBasis
from zusage.declaration.exchange.losses import lost
from zusage.declaration.model import Declaration
from zusage.declaration.parties import Recipient
from zusage.findings import Finding
from zusage.text import Text

_CONTEXT = {
    "dpv": "https://w3id.org/dpv#",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "dct": "http://purl.org/dc/terms/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_ROLES = {
    "processor": "dpv:DataProcessor",
    "sub-processor": "dpv:DataSubProcessor",
    "controller": "dpv:ThirdParty",
    "joint-controller": "dpv:JointDataControllers",
    "authority": "dpv:Authority",
}
_BASES = {
    "gdpr:6(1)(a)": "A6-1-a",
    "gdpr:6(1)(b)": "A6-1-b",
    "gdpr:6(1)(c)": "A6-1-c",
    "gdpr:6(1)(d)": "A6-1-d",
    "gdpr:6(1)(e)": "A6-1-e",
    "gdpr:6(1)(f)": "A6-1-f",
    **{f"gdpr:9(2)({x})": f"A9-2-{x}" for x in "abcdefghij"},
}


def to_dpv(declaration: Declaration, base: str) -> tuple[dict[str, Any], list[Finding]]:
    """The JSON-LD document and what the vocabulary has no term for. `base` is the IRI that local ids hang on."""
    graph = [_controller(declaration, base)]
    graph += [_recipient(name, one, base) for name, one in declaration.recipients.items()]
    graph += [_process(name, one, base) for name, one in declaration.activities.items()]
    graph += [
        {
            "@id": f"{base}measures/{name}",
            "@type": "dpv:TechnicalOrganisationalMeasure",
            "rdfs:label": _labels(one.title),
        }
        for name, one in declaration.measures.items()
    ]
    return {"@context": _CONTEXT, "@graph": graph}, _losses(declaration)


def _labels(text: Text) -> list[dict[str, str]]:
    return [{"@value": said, "@language": language} for language, said in text.as_json().items()]


def _controller(declaration: Declaration, base: str) -> dict[str, Any]:
    controller = declaration.controller
    said: dict[str, Any] = {
        "@id": f"{base}controller",
        "@type": "dpv:DataController",
        "dpv:hasName": controller.name,
    }
    if controller.email:
        said["dpv:hasContact"] = controller.email
    if declaration.dpo:
        contact = declaration.dpo.email or declaration.dpo.phone or ""
        said["dpv:hasDataProtectionOfficer"] = {
            "@type": "dpv:DataProtectionOfficer",
            "dpv:hasContact": contact,
        }
    said["dct:modified"] = {"@value": declaration.as_of.isoformat(), "@type": "xsd:date"}
    return said


def _recipient(name: str, one: Recipient, base: str) -> dict[str, Any]:
    said: dict[str, Any] = {
        "@id": f"{base}recipients/{name}",
        "@type": [_ROLES[one.role], "dpv:Recipient"],
        "dpv:hasName": one.name,
    }
    country = one.seat
    return said | ({"dpv:hasCountry": country} if country else {})


def _process(name: str, one: Activity, base: str) -> dict[str, Any]:
    here = f"{base}activities/{name}"
    bases = [basis for purpose in one.purposes for basis in purpose.legal_bases]
    return {
        "@id": here,
        "@type": "dpv:Process",
        "rdfs:label": _labels(one.title),
        "dpv:hasDataController": {"@id": f"{base}controller"},
        "dpv:hasDataSubject": [
            {"@type": "dpv:DataSubject", "rdfs:label": _labels(subject)} for subject in one.subjects
        ],
        "dpv:hasPurpose": [
            {
                "@id": f"{here}/purposes/{purpose.id}",
                "@type": "dpv:Purpose",
                "rdfs:label": _labels(purpose.text),
            }
            for purpose in one.purposes
        ],
        "dpv:hasPersonalData": [
            {
                "@id": f"{here}/data/{data.id}",
                "@type": "dpv:SpecialCategoryPersonalData" if data.special else "dpv:PersonalData",
                "rdfs:label": _labels(data.text),
            }
            for data in one.data
        ],
        "dpv:hasLegalBasis": [_basis(basis) for basis in bases],
        "dpv:hasRecipient": [{"@id": f"{base}recipients/{use.to}"} for use in one.recipients],
        "dpv:hasStorageCondition": [
            {
                "@id": f"{here}/retention/{rule.id}",
                "@type": "dpv:StorageDuration",
                "dpv:hasDuration": [str(step.keep.duration) for step in rule.steps if step.keep.duration],
                "dct:description": ", ".join(f"{step.then} ({rule.since.event})" for step in rule.steps),
            }
            for rule in one.retention
        ],
        "dpv:hasTechnicalOrganisationalMeasure": [
            {"@id": f"{base}measures/{measure}"} for measure in one.measures
        ],
    }


def _basis(basis: LegalBasis) -> dict[str, Any]:
    term = _BASES.get(basis.citation.id)
    said: dict[str, Any] = {
        "@type": f"eu-gdpr:{term}" if term else "dpv:LegalBasis",
        "rdfs:label": basis.citation.id,
    }
    return said | ({"dct:description": _labels(basis.interest)} if basis.interest else {})


def _losses(declaration: Declaration) -> list[Finding]:
    found = []
    if declaration.rights.channels or declaration.rights.deadlines:
        found.append(
            lost(
                "dpv",
                "rights",
                "Kanäle und Fristen der Rechte fehlen",
                "channels and time limits of rights are missing",
            )
        )
    if declaration.browser.items or declaration.browser.services:
        found.append(lost("dpv", "browser", "Cookies und Dienste fehlen", "cookies and services are missing"))
    for name, _, rule in declaration.rules():
        if any(step.keep.duration is None for step in rule.steps) or rule.when or rule.backup:
            key = f"activities.{name}.retention.{rule.id}"
            found.append(
                lost("dpv", key, "Regel nur als Beschreibung", "the rule survives as a description only")
            )
    return found
