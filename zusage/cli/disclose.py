"""`zusage disclose` and `zusage contract`: data leave only to declared recipients, under a contract in force."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from zusage import clock
from zusage.cli.output import (
    coloured,
    console,
    escape,
    json_option,
    language_option,
    person_option,
    print_json,
    table,
    workspace_option,
)
from zusage.declaration.loading import did_you_mean
from zusage.errors import ZusageError
from zusage.keepers.attestation import AttestationKeeper
from zusage.keepers.attestation.gate import Shipment, obstacles
from zusage.keepers.attestation.gate import disclose as send
from zusage.keepers.attestation.service import Vouching, attest, withdraw
from zusage.promises import Promise
from zusage.registers.attestations import attestations_of
from zusage.text import Language
from zusage.workspace import Workspace, open_workspace


@click.command("disclose")
@workspace_option
@json_option
@language_option
@click.argument("recipient")
@click.option("--activity", required=True, help="Of which processing activity.")
@click.option("--purpose", default="", help="For which of its purposes.")
@click.option("--data", "categories", multiple=True, help="Which data categories (repeatable; all if none).")
@click.option("--subject", help="KIND=VALUE, where it is one person's data.")
@click.option("--named", help="Who exactly gets it, where RECIPIENT is a category.")
@click.option("--country", help="In which country that is (ISO 3166, two letters).")
@click.option("--customer", help="On behalf of which customer, who may have objected to RECIPIENT.")
@person_option("Who discloses; required unless --check.", kept="", required=False)
@click.option("--check", is_flag=True, help="Only say whether it may go; nothing is recorded.")
def disclose(
    folder: Path, as_json: bool, language: Language, recipient: str, activity: str, purpose: str,
    categories: tuple[str, ...], subject: str | None, named: str | None, country: str | None, customer: str | None,
    person: str | None,
    check: bool,
) -> int:  # fmt: skip
    """Record a disclosure to RECIPIENT, or refuse it and say what is missing (exit code 1)."""
    workspace, now = open_workspace(folder), clock.now()
    kind, _, value = (subject or "").partition("=")
    shipment = Shipment(
        recipient, activity, purpose, categories, (kind, value) if value else None, named, country, customer
    )
    if check:
        against = obstacles(workspace.context, shipment, now)
    elif not person:
        raise click.UsageError("name the person who discloses: --by 'NAME'")
    else:
        against = send(workspace.context, shipment, person, now)
    if as_json:
        print_json(
            {"allowed": not against, "obstacles": [{"code": one.code, "text": one.text} for one in against]}
        )
    elif against:
        for one in against:
            console().print(f"{coloured('refused')} {one.code}: {escape(one.text.says(language))}")
    else:
        console().print(f"{coloured('done')} may go{'' if check else ', recorded'}")
    return int(bool(against))


@click.group("contract")
def contract() -> None:
    """Contracts with recipients (Art. 28): list, file, end."""


@contract.command("list")
@workspace_option
@json_option
@language_option
def list_contracts(folder: Path, as_json: bool, language: Language) -> int:
    """Every declared recipient with role, country and its contract. Exit code 1 where one is missing or ran out."""
    workspace, now = open_workspace(folder), clock.now()
    keeper = AttestationKeeper()
    found: list[dict[str, Any]] = []
    proofs = {
        one.id: keeper.prove(workspace.context, one, now) for one in keeper.promises(workspace.declaration)
    }
    for name, one in workspace.declaration.recipients.items():
        proof = proofs.get(f"attestation/contract/{name}")
        country = one.seat or ""
        found.append(
            {"recipient": name, "name": one.name, "role": one.role, "country": country,
             "state": proof.state.value if proof else "none", "until": proof.until if proof else None,
             "concluded": one.contract.concluded if one.contract else None}
        )  # fmt: skip
    if as_json:
        print_json(found)
    else:
        rows = [
            (coloured(one["state"]), escape(one["name"]), one["role"], one["country"],
             f"{one['until']:%Y-%m-%d}" if one["until"] else "", one["recipient"])
            for one in found
        ]  # fmt: skip
        console().print(table("", ("contract", "recipient", "role", "country", "until", "id"), rows))
    return int(any(one["state"] in ("broken", "due") for one in found))


@contract.command("file")
@workspace_option
@click.argument("recipient")
@click.option(
    "--document",
    type=click.Path(path_type=Path),
    required=True,
    help="The contract; its SHA-256 is recorded.",
)
@person_option("Who says so")
@click.option("--role", default="dpo", show_default=True, help="Role of that person.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="End of the contract, or day of its review.")
def file_contract(
    folder: Path, recipient: str, document: Path, person: str, role: str, until: datetime | None
) -> int:
    """File the contract with RECIPIENT: hash of the document, person and end; a reminder comes before it ends."""
    workspace = open_workspace(folder)
    end = until.replace(tzinfo=UTC) if until else None
    made = attest(
        workspace.context, _promise(workspace, recipient), Vouching(person, role, document, end), clock.now()
    )
    console().print(f"{coloured('done')} contract with {recipient} on file until {made.valid_until:%Y-%m-%d}")
    return 0


@contract.command("end")
@workspace_option
@click.argument("recipient")
@person_option("Who says so")
def end_contract(folder: Path, recipient: str, person: str) -> int:
    """The contract ended: nothing goes to RECIPIENT from now on."""
    workspace = open_workspace(folder)
    withdraw(workspace.context, _promise(workspace, recipient), person, clock.now())
    console().print(f"{coloured('done')} the contract with {recipient} ended")
    return 0


@contract.command("show")
@workspace_option
@json_option
@click.argument("recipient")
def show_contract(folder: Path, as_json: bool, recipient: str) -> int:
    """What was filed for RECIPIENT, the newest first: dates, role and digest of the document."""
    workspace = open_workspace(folder)
    with workspace.state.connect() as connection:
        filed = attestations_of(connection, _promise(workspace, recipient).id)
    content = [
        {"made_at": one.made_at, "valid_until": one.valid_until, "withdrawn_at": one.withdrawn_at, "role": one.role,
         "document": one.document_name, "sha256": one.document_sha256}
        for one in filed
    ]  # fmt: skip
    if as_json:
        print_json(content)
    else:
        for one in content:
            console().print("  ".join(f"{name}={value}" for name, value in one.items() if value))
    return 0


def _promise(workspace: Workspace, recipient: str) -> Promise:
    known = {one.id: one for one in AttestationKeeper().promises(workspace.declaration)}
    found = known.get(f"attestation/contract/{recipient}")
    if found is None:
        names = [name for name, one in workspace.declaration.recipients.items() if one.contract]
        raise ZusageError(f"no contract with '{recipient}' is declared", hint=did_you_mean(recipient, names))
    return found
