"""A TILT document as the data of a declaration; real documents violate the schema in small ways and are taken all the same.

Where a value is missing that a declaration must have, it becomes an explicit `TODO` that `zusage check` reports.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from zusage.declaration.exchange.losses import left_out, repaired
from zusage.declaration.strict_yaml import BadInput, Mark, Problem
from zusage.errors import ZusageError
from zusage.findings import Finding
from zusage.law.citations import Citation
from zusage.law.countries import country_code, is_country
from zusage.law.duration import Duration

TODO = "TODO"
_ASCII = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_EMAIL = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>.]+")


class _Reader:
    """Reads values leniently and notes what it had to mend."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def text(self, value: Any, key: str) -> str | None:
        """A text, or None where there is none. Lists of texts are joined."""
        if isinstance(value, list):
            parts = [part for part in value if isinstance(part, str) and part.strip()]
            if len(value) and parts:
                self.findings.append(
                    repaired(key, "Liste statt Text: zusammengefügt", "a list instead of a text: joined")
                )
            return "; ".join(parts) or None
        if isinstance(value, str):
            return value.strip() or None
        return None

    def items(self, value: Any, key: str) -> list[dict[str, Any]]:
        """A list of groups; a single group counts as a list of one, everything else as none."""
        if isinstance(value, dict):
            self.findings.append(repaired(key, "Gruppe statt Liste", "a group instead of a list"))
            return [value]
        return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []

    def group(self, value: Any) -> dict[str, Any]:
        """A group of keys; everything else counts as empty."""
        return value if isinstance(value, dict) else {}

    def country(self, value: Any, key: str) -> str | None:
        """A country as its code, also from a name."""
        said = self.text(value, key)
        if said is None:
            return None
        if is_country(said):
            return said
        found = country_code(said)
        if found:
            self.findings.append(
                repaired(
                    key, f"Ländername statt Code: {found}", f"a country's name instead of its code: {found}"
                )
            )
            return found
        self.findings.append(left_out(key, "unbekanntes Land", "unknown country"))
        return None

    def email(self, value: Any, key: str) -> str | None:
        """An e-mail address that is one."""
        said = self.text(value, key)
        if said and _EMAIL.fullmatch(said):
            return said
        if said:
            self.findings.append(left_out(key, "keine E-Mail-Adresse", "not an e-mail address"))
        return None

    def flag(self, value: Any) -> bool:
        return value is True


def from_tilt(content: Any, name: str = "<tilt>") -> tuple[dict[str, Any], list[Finding]]:
    """The data of a declaration (for `Declaration.model_validate`) and what was mended or left out.

    Raises `BadInput` where `content` is no TILT document at all.
    """
    if not isinstance(content, dict) or "controller" not in content:
        raise BadInput(
            [Problem(name, Mark(1, 1), "controller", "this is not a TILT document: 'controller' is missing")]
        )
    read = _Reader()
    meta = read.group(content.get("meta"))
    recipients: dict[str, dict[str, Any]] = {}
    activities = dict(_activities(read, content, recipients))
    if not activities:
        activities = {"processing": _empty_activity()}
    _add_transfers(read, content, recipients)
    language = "en" if meta.get("language") == "en" else "de"
    data: dict[str, Any] = {
        "zusage": 1,
        "languages": [language],
        "as_of": _day(read, meta),
        "controller": _party(read, content["controller"], "controller"),
        "recipients": recipients,
        "activities": activities,
        "rights": _rights(read, content),
    }
    officer = _officer(read, content.get("dataProtectionOfficer"))
    if officer:
        data["dpo"] = officer
    authority = read.group(read.group(content.get("rightToComplain")).get("supervisoryAuthority"))
    named = read.text(authority.get("name"), "rightToComplain.supervisoryAuthority.name")
    if named:
        data["authority"] = {"name": named}
    return data, read.findings


def slug(text: str, taken: Callable[[str], bool] = lambda _: False) -> str:
    """An identifier made from words; a number is added where it is taken."""
    plain = text.lower().translate(_ASCII)
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-") or "item"
    base = base if base[0].isalpha() else f"n-{base}"
    made, number = base, 2
    while taken(made):
        made, number = f"{base}-{number}", number + 1
    return made


def _day(read: _Reader, meta: dict[str, Any]) -> str:
    said = str(meta.get("modified") or meta.get("created") or "")[:10]
    try:
        return date.fromisoformat(said).isoformat()
    except ValueError:
        read.findings.append(repaired("meta.modified", "kein Datum: 1970-01-01", "no date: 1970-01-01"))
        return "1970-01-01"


def _party(read: _Reader, value: Any, key: str) -> dict[str, Any]:
    party = read.group(value)
    said: dict[str, Any] = {"name": read.text(party.get("name"), f"{key}.name") or TODO}
    representative = read.group(party.get("representative"))
    email = read.email(representative.get("email"), f"{key}.representative.email")
    phone = read.text(representative.get("phone"), f"{key}.representative.phone")
    if email:
        said["email"] = email
    if phone:
        said["phone"] = phone
    address = _address(read, party, key)
    return said | ({"address": address} if address else {})


def _address(read: _Reader, party: dict[str, Any], key: str) -> dict[str, str] | None:
    whole = read.text(party.get("address"), f"{key}.address")
    country = read.country(party.get("country"), f"{key}.country")
    if whole is None or country is None:
        return None
    found = re.search(r"^(.*?),?\s+((?:[A-Z]{1,2}-)?\d{4,5})\s+(.+)$", whole)
    street, postcode, city = found.groups() if found else (whole, TODO, TODO)
    return {"street": street.rstrip(","), "postcode": postcode, "city": city, "country": country}


def _officer(read: _Reader, value: Any) -> dict[str, Any] | None:
    officer = read.group(value)
    said = {
        "name": read.text(officer.get("name"), "dataProtectionOfficer.name"),
        "email": read.email(officer.get("email"), "dataProtectionOfficer.email"),
        "phone": read.text(officer.get("phone"), "dataProtectionOfficer.phone"),
    }
    there = {key: value for key, value in said.items() if value}
    return there if there.keys() & {"email", "phone"} else None


def _empty_activity() -> dict[str, Any]:
    return {
        "title": TODO,
        "purposes": [{"id": "purpose", "text": TODO}],
        "subjects": [TODO],
        "data": [{"id": "data", "text": TODO}],
    }


def _activities(
    read: _Reader, content: dict[str, Any], recipients: dict[str, dict[str, Any]]
) -> Iterator[tuple[str, dict[str, Any]]]:
    taken: set[str] = set()
    for number, one in enumerate(read.items(content.get("dataDisclosed"), "dataDisclosed")):
        key = f"dataDisclosed[{number}]"
        category = read.text(one.get("category"), f"{key}.category") or TODO
        name = slug(category, taken.__contains__)
        taken.add(name)
        yield name, _activity(read, one, key, category, recipients)


def _activity(
    read: _Reader, one: dict[str, Any], key: str, category: str, recipients: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    bases = list(_bases(read, one, key))
    purposes: list[dict[str, Any]] = []
    for number, purpose in enumerate(read.items(one.get("purposes"), f"{key}.purposes")):
        said = read.text(purpose.get("purpose"), f"{key}.purposes[{number}]")
        if said:
            purposes.append(
                {
                    "id": slug(said, [p["id"] for p in purposes].__contains__),
                    "text": said,
                    "legal_bases": bases,
                }
            )
    activity: dict[str, Any] = {
        "title": category,
        "subjects": [TODO],
        "data": [{"id": slug(category), "text": category}],
        "purposes": purposes or [{"id": "purpose", "text": TODO, "legal_bases": bases}],
    }
    used = [
        _recipient(read, each, f"{key}.recipients", recipients)
        for each in read.items(one.get("recipients"), key)
    ]
    activity["recipients"] = [{"to": name} for name in dict.fromkeys(filter(None, used))]
    activity["retention"] = list(_rules(read, one, key))
    refused = read.group(one.get("nonDisclosure"))
    if any(isinstance(value, bool) for value in refused.values()):
        activity["provision"] = _provision(read, refused, key)
    return activity


def _provision(read: _Reader, refused: dict[str, Any], key: str) -> dict[str, Any]:
    basis = "statute" if read.flag(refused.get("legalRequirement")) else "none"
    basis = "contract" if basis == "none" and read.flag(refused.get("contractualRegulation")) else basis
    said: dict[str, Any] = {"required": read.flag(refused.get("obligationToProvide")), "basis": basis}
    consequence = read.text(refused.get("consequences"), f"{key}.nonDisclosure.consequences")
    return said | ({"consequence": consequence} if consequence else {})


def _bases(read: _Reader, one: dict[str, Any], key: str) -> Iterator[dict[str, Any]]:
    interests = read.items(one.get("legitimateInterests"), f"{key}.legitimateInterests")
    interest = next((said for each in interests if (said := read.text(each.get("reasoning"), key))), None)
    for basis in read.items(one.get("legalBases"), f"{key}.legalBases"):
        said = read.text(basis.get("reference"), f"{key}.legalBases")
        if said is None:
            continue
        citation = _citation(said)
        if citation is None:
            read.findings.append(
                left_out(
                    f"{key}.legalBases",
                    f"Rechtsgrundlage nicht lesbar: {said}",
                    f"legal basis not readable: {said}",
                )
            )
            continue
        yield {"citation": citation} | (
            {"interest": interest} if interest and citation == "gdpr:6(1)(f)" else {}
        )


def _citation(said: str) -> str | None:
    """`GDPR-6-1-f` as `gdpr:6(1)(f)`."""
    law, *parts = re.split(r"[-_]", said.strip())
    if not parts:
        return None
    identifier = f"{law.lower().replace('dsgvo', 'gdpr')}:{parts[0]}" + "".join(
        f"({part.lower()})" for part in parts[1:]
    )
    try:
        return Citation.parse_id(identifier).id
    except ZusageError:
        return None


def _recipient(
    read: _Reader, one: dict[str, Any], key: str, recipients: dict[str, dict[str, Any]]
) -> str | None:
    name = read.text(one.get("name"), f"{key}.name")
    category = read.text(one.get("category"), f"{key}.category")
    if not (name or category):
        return None
    wanted = str(name or category)
    for known, there in recipients.items():
        if there["name"] == wanted:
            return known
    roles = ("processor", "controller", "joint-controller", "authority", "sub-processor")
    said: dict[str, Any] = {
        "name": wanted,
        "category": name is None,
        "role": category if category in roles else "controller",
    }
    country = read.country(one.get("country"), f"{key}.country")
    made = slug(wanted, recipients.__contains__)
    recipients[made] = said | ({"country": country} if country else {})
    return made


def _rules(read: _Reader, one: dict[str, Any], key: str) -> Iterator[dict[str, Any]]:
    number = 0
    for storage in read.items(one.get("storage"), f"{key}.storage"):
        for temporal in read.items(storage.get("temporal"), f"{key}.storage.temporal"):
            ttl = read.text(temporal.get("ttl"), f"{key}.storage.temporal.ttl")
            if ttl is None:
                continue
            try:
                keep = str(Duration.parse(ttl))
            except ZusageError:
                read.findings.append(
                    left_out(f"{key}.storage", f"Dauer nicht lesbar: {ttl}", f"duration not readable: {ttl}")
                )
                continue
            number += 1
            yield {"id": f"rule-{number}", "keep": keep, "from": "collected", "then": "erase"} | (
                {"text": said} if (said := read.text(temporal.get("description"), key)) else {}
            )
        if read.text(storage.get("purposeConditional"), f"{key}.storage.purposeConditional"):
            number += 1
            yield {"id": f"rule-{number}", "keep": "purpose", "from": "collected", "then": "erase"}


def _add_transfers(read: _Reader, content: dict[str, Any], recipients: dict[str, dict[str, Any]]) -> None:
    safeguards = {
        "adequacyDecision": "adequacy",
        "standardDataProtectionClause": "scc",
        "appropriateGuarantees": "bcr",
    }
    for number, one in enumerate(read.items(content.get("thirdCountryTransfers"), "thirdCountryTransfers")):
        key = f"thirdCountryTransfers[{number}]"
        country = read.country(one.get("country"), f"{key}.country")
        if country is None:
            continue
        held = [
            safe for name, safe in safeguards.items() if read.flag(read.group(one.get(name)).get("available"))
        ]
        transfer = {"country": country, "safeguards": held}
        named = [read.text(read.group(one.get(name)).get("description"), key) for name in safeguards]
        target = next(
            (each for each in recipients.values() if each["name"] in named or each.get("country") == country),
            None,
        )
        if target is None:
            made = slug(f"recipient in {country}", recipients.__contains__)
            target = recipients[made] = {
                "name": f"{TODO} ({country})",
                "category": True,
                "role": "controller",
                "country": country,
            }
        target.setdefault("transfers", [])
        if transfer not in target["transfers"]:
            target["transfers"].append(transfer)


def _rights(read: _Reader, content: dict[str, Any]) -> dict[str, Any]:
    right = read.group(content.get("rightToInformation"))
    channels = []
    email = read.email(right.get("email"), "rightToInformation.email")
    url = read.text(right.get("url"), "rightToInformation.url")
    if email:
        channels.append({"kind": "email", "to": email})
    if url:
        channels.append({"kind": "web", "to": url})
    return {"channels": channels}
