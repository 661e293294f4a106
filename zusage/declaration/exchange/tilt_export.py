"""A declaration as a TILT document (JSON Schema of the Transparency Information Language, MIT)."""

from __future__ import annotations

import hashlib
import uuid
from datetime import UTC, datetime
from typing import Any

from zusage.declaration.activities import Activity, DataCategory, Purpose
from zusage.declaration.exchange.losses import lost
from zusage.declaration.model import Declaration
from zusage.declaration.parties import Contact, Recipient
from zusage.declaration.retention import RetentionRule, Step
from zusage.findings import Finding
from zusage.law.citations import Citation
from zusage.law.retention import statutory
from zusage.text import Language

_SPACE = uuid.UUID("6f0f7a0a-6a0e-5a2e-9a53-7f2f4f0d4e11")


def to_tilt(declaration: Declaration, language: Language, url: str) -> tuple[dict[str, Any], list[Finding]]:
    """The TILT document and what it cannot hold. The same declaration gives the same document."""
    digest = hashlib.sha256(declaration.model_dump_json(by_alias=True).encode()).hexdigest()
    at = datetime.combine(declaration.as_of, datetime.min.time(), UTC).strftime("%Y-%m-%dT%H:%M:%S")
    rights = _rights(declaration)
    content = {
        "meta": {
            "_id": str(uuid.uuid5(_SPACE, digest)),
            "name": declaration.controller.name,
            "created": at,
            "modified": at,
            "version": 1,
            "language": language,
            "status": "active",
            "url": url,
            "_hash": digest,
        },
        "controller": _controller(declaration),
        "dataProtectionOfficer": _officer(declaration),
        "dataDisclosed": [
            _disclosed(declaration, name, activity, category, language)
            for name, activity in declaration.activities.items()
            for category in activity.data
        ],
        "thirdCountryTransfers": _transfers(declaration),
        "accessAndDataPortability": rights | {"dataFormats": ["json", "csv"]},
        "sources": _sources(declaration, language, url),
        "rightToInformation": rights,
        "rightToRectificationOrDeletion": rights,
        "rightToDataPortability": rights,
        "rightToWithdrawConsent": rights,
        "rightToComplain": rights | _authority(declaration),
        "automatedDecisionMaking": _decisions(declaration, language),
        "changesOfPurpose": [],
    }
    return content, list(_losses(declaration))


def _address(party: Contact) -> str:
    address = party.address
    return f"{address.street}, {address.postcode} {address.city}" if address else ""


def _controller(declaration: Declaration) -> dict[str, Any]:
    controller = declaration.controller
    representative = {
        "name": ", ".join(controller.represented_by) or controller.name,
        "email": controller.email or "",
    }
    if controller.phone:
        representative["phone"] = controller.phone
    country = controller.address.country if controller.address else "DE"
    return {
        "name": controller.name,
        "address": _address(controller),
        "country": country,
        "representative": representative,
    }


def _officer(declaration: Declaration) -> dict[str, Any]:
    officer, controller = declaration.dpo, declaration.controller
    if officer is None:
        return {"name": "", "address": "", "country": "DE", "email": controller.email or ""}
    at: Contact = officer if officer.address else controller
    said = {
        "name": officer.name or "",
        "address": _address(at),
        "country": at.address.country if at.address else "DE",
        "email": officer.email or controller.email or "",
    }
    return said | ({"phone": officer.phone} if officer.phone else {})


def _disclosed(
    declaration: Declaration, name: str, activity: Activity, category: DataCategory, language: Language
) -> dict[str, Any]:
    bases = [basis for purpose in activity.purposes for basis in purpose.legal_bases]
    interests = [basis.interest.says(language) for basis in bases if basis.interest]
    rules = [rule for rule in activity.retention if not rule.data or category.id in rule.data]
    used = [use for use in activity.recipients if not use.data or category.id in use.data]
    provision = activity.provision
    return {
        "_id": str(uuid.uuid5(_SPACE, f"{name}/{category.id}")),
        "category": category.text.says(language),
        "purposes": [_purpose(purpose, activity, language) for purpose in activity.purposes],
        "legalBases": [
            {"reference": reference(basis.citation), "description": basis.citation.text(language)}
            for basis in bases
        ],
        "legitimateInterests": [{"exists": True, "reasoning": said} for said in interests]
        or [{"exists": False, "reasoning": ""}],
        "recipients": [_recipient(declaration.recipients[use.to]) for use in used],
        "storage": [_storage(declaration, rules, language)] if rules else [],
        "nonDisclosure": {
            "legalRequirement": bool(provision and provision.basis == "statute"),
            "contractualRegulation": bool(
                provision and provision.basis in ("contract", "to-conclude-contract")
            ),
            "obligationToProvide": bool(provision and provision.required),
            "consequences": provision.consequence.says(language)
            if provision and provision.consequence
            else "",
        },
    }


def reference(citation: Citation) -> str:
    """`GDPR-6-1-f`: TILT's way of writing a citation."""
    law, _, place = citation.id.partition(":")
    return "-".join([law.upper(), *place.replace(")", "").split("(")]) if place else law.upper()


def _purpose(purpose: Purpose, activity: Activity, language: Language) -> dict[str, str]:
    return {"purpose": purpose.text.says(language), "description": activity.title.says(language)}


def _recipient(recipient: Recipient) -> dict[str, Any]:
    said: dict[str, Any] = {"category": recipient.role}
    if recipient.category:
        return {"category": recipient.name}
    said["name"] = recipient.name
    country = recipient.seat
    if recipient.address:
        said["address"] = _address(recipient)
    if country and len(country) == 2 and country != "EU":
        said["country"] = country
    return said


def _storage(declaration: Declaration, rules: list[RetentionRule], language: Language) -> dict[str, Any]:
    temporal, purpose, law = [], [], []
    for rule in rules:
        for step in rule.steps:
            ttl = _ttl(declaration, step)
            if ttl:
                temporal.append({"description": f"{step.then}: {rule.since.event}", "ttl": ttl})
            elif step.keep.until:
                purpose.append(f"{step.then}: {step.keep.until}")
            if step.keep.statutory:
                cited = statutory(step.keep.statutory).citation
                law.append(reference(cited) if cited else step.keep.statutory)
    return {
        "temporal": temporal,
        "purposeConditional": purpose,
        "legalBasisConditional": law,
        "aggregationFunction": "max",
    }


def _ttl(declaration: Declaration, step: Step) -> str | None:
    keep = step.keep
    if keep.statutory:
        found = statutory(keep.statutory).keep_at(
            declaration.as_of, finance=declaration.controller.financial_institution
        )
        return str(found) if found else None
    duration = keep.duration or keep.at_most or keep.at_least
    return str(duration) if duration else None


def _transfers(declaration: Declaration) -> list[dict[str, Any]]:
    said = []
    for recipient in declaration.recipients.values():
        for transfer in recipient.transfers:
            safe = set(transfer.safeguards)
            flags = {
                "adequacyDecision": bool(safe & {"adequacy", "dpf"}),
                "appropriateGuarantees": bool(safe & {"bcr", "code-of-conduct", "certification"}),
                "presenceOfEnforceableRightsAndEffectiveRemedies": bool(safe - {"none"}),
                "standardDataProtectionClause": "scc" in safe,
            }
            described = {
                key: {"available": value, "description": recipient.name} for key, value in flags.items()
            }
            said.append({"country": transfer.country, **described})
    return said


def _rights(declaration: Declaration) -> dict[str, Any]:
    said: dict[str, Any] = {"available": True, "description": "", "identificationEvidences": []}
    for channel in declaration.rights.channels:
        if channel.accepted and channel.kind == "web" and channel.to:
            said["url"] = channel.to
        if channel.accepted and channel.kind == "email" and channel.to:
            said["email"] = channel.to
        if channel.accepted and channel.identity not in said["identificationEvidences"]:
            said["identificationEvidences"].append(channel.identity)
    said.setdefault("email", declaration.controller.email or "")
    return said


def _authority(declaration: Declaration) -> dict[str, Any]:
    authority = declaration.authority
    if authority is None:
        return {"supervisoryAuthority": {"name": ""}}
    said = {"name": authority.name or authority.id or ""}
    if authority.email:
        said["email"] = authority.email
    return {"supervisoryAuthority": said}


def _sources(declaration: Declaration, language: Language, url: str) -> list[dict[str, Any]]:
    return [
        {
            "_id": str(uuid.uuid5(_SPACE, f"{name}/source/{number}")),
            "dataCategory": activity.title.says(language),
            "sources": [
                {
                    "description": source.text.says(language),
                    "url": url,
                    "publiclyAvailable": source.publicly_accessible,
                }
            ],
        }
        for name, activity in declaration.activities.items()
        for number, source in enumerate(activity.sources)
    ]


def _decisions(declaration: Declaration, language: Language) -> dict[str, Any]:
    used = [
        one.profiling
        for one in declaration.activities.values()
        if one.profiling and one.profiling.automated_decision
    ]
    logic = "; ".join(one.logic.says(language) for one in used if one.logic)
    effects = "; ".join(one.consequences.says(language) for one in used if one.consequences)
    return {"inUse": bool(used), "logicInvolved": logic, "scopeAndIntendedEffects": effects}


def _losses(declaration: Declaration) -> list[Finding]:
    found = []
    held = (
        (
            "browser",
            bool(declaration.browser.items or declaration.browser.services),
            "Cookies und Dienste",
            "cookies and services",
        ),
        ("consents", bool(declaration.consents), "Einwilligungen", "consents"),
        ("measures", bool(declaration.measures), "Maßnahmen", "measures"),
        ("age_limits", bool(declaration.age_limits), "Altersgrenzen", "age limits"),
        ("on_behalf", declaration.on_behalf is not None, "Verarbeitung im Auftrag", "processing on behalf"),
        (
            "joint_controllers",
            bool(declaration.joint_controllers),
            "gemeinsam Verantwortliche",
            "joint controllers",
        ),
        ("rights.deadlines", bool(declaration.rights.deadlines), "eigene Fristen", "own time limits"),
        ("passages", bool(declaration.passages), "weitere Passagen", "further passages"),
    )
    for key, there, german, english in held:
        if there:
            found.append(
                lost("tilt", key, f"TILT hat keinen Platz für: {german}", f"TILT has no place for: {english}")
            )
    for name, _, rule in declaration.rules():
        if rule.since.start != "event" or rule.when or rule.backup:
            key = f"activities.{name}.retention.{rule.id}"
            found.append(
                lost(
                    "tilt",
                    key,
                    "TILT kennt Startregel, Bedingung und Sicherungskopien nicht",
                    "TILT knows no start rule, condition or backups",
                )
            )
    return found
