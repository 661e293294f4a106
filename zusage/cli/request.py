"""`zusage request`: data subject requests, from receipt to answer."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from zusage import clock
from zusage.agenda import worker_name
from zusage.cli.output import console, escape, identity_of, json_option, print_json, table, workspace_option
from zusage.documents import Format, render
from zusage.errors import ZusageError
from zusage.keepers.rights.answering import answer as write_answer
from zusage.keepers.rights.identity import confirm as confirm_link
from zusage.keepers.rights.identity import doubt as raise_doubt
from zusage.keepers.rights.identity import prove_by_hand
from zusage.keepers.rights.intake import Intake, open_request
from zusage.keepers.rights.lifecycle import GROUNDS, Decision, find_unlawful
from zusage.keepers.rights.lifecycle import acknowledge as confirm_receipt
from zusage.keepers.rights.lifecycle import assign as assign_request
from zusage.keepers.rights.lifecycle import decide as make_decision
from zusage.keepers.rights.lifecycle import extend as extend_request
from zusage.keepers.rights.passing import assign_customer
from zusage.keepers.rights.replaying import replay as replay_all
from zusage.keepers.rights.restricting import announce
from zusage.registers.notifications import notifications
from zusage.registers.requests import OPEN, Kind, Request, State, outcomes_of, request_by, requests
from zusage.text import Language
from zusage.working import tick_workspace
from zusage.workspace import Workspace, open_workspace

_by_option = click.option("--by", "person", required=True, help="Who does this, for the file.")


@click.group("request")
def request() -> None:
    """Data subject requests (Art. 12-22): new, list, show, verify, decide, run, replay."""


@request.command("new")
@workspace_option
@json_option
@click.option("--kind", type=click.Choice([kind.value for kind in Kind]), required=True, help="Which right.")
@click.option("--identity", required=True, help="E-mail address, or KIND:VALUE such as customer-number:4711.")
@click.option(
    "--channel",
    default="letter",
    show_default=True,
    help="How it came: web, email, letter, in-person, telephone …",
)
@click.option(
    "--language", type=click.Choice(["de", "en"]), default="de", show_default=True, help="Of the answer."
)
@click.option("--reply-to", help="Where the answer goes, if not to the identity.")
@click.option(
    "--proof", type=click.Choice(["document", "signature", "account"]), help="Identity was proven already."
)
@click.option("--field", help="Rectification: the data category to correct.")
@click.option("--value", help="Rectification: the right value.")
@click.option("--text", help="What the person wrote.")
@click.option("--statement", help="Rectification: the person's statement beside what they dispute.")
@click.option("--purpose", help="Objection: the purpose of the declaration that it is about.")
def new(
    folder: Path, as_json: bool, kind: str, identity: str, channel: str, language: Language, reply_to: str | None,
    proof: str | None, field: str | None, value: str | None, text: str | None, statement: str | None, purpose: str | None,
) -> int:  # fmt: skip
    """File a request that came by CHANNEL; a channel that the controller does not take is refused with its reason."""
    workspace = open_workspace(folder)
    details = {
        key: said
        for key, said in (
            ("field", field),
            ("value", value),
            ("text", text),
            ("statement", statement),
            ("purpose", purpose),
        )
        if said
    }
    intake = Intake(
        Kind(kind),
        channel,
        *identity_of(identity),
        language=language,
        reply_to=reply_to,
        proof=proof,
        details=details,
    )
    opened = open_request(workspace.context, intake, clock.now())
    if as_json:
        print_json(
            _as_json(opened.request)
            | {"status_token": opened.status_token, "confirm_token": opened.confirm_token}
        )
    else:
        console().print(
            f"[green]{opened.request.reference}[/] {kind}, answer due {opened.request.due:%Y-%m-%d %H:%M} UTC"
        )
    return 0


@request.command("list")
@workspace_option
@json_option
@click.option("--open", "only_open", is_flag=True, help="Only those that somebody waits for.")
def list_requests(folder: Path, as_json: bool, only_open: bool) -> int:
    """All requests, those due first. Exit code 1 where one is late."""
    workspace, now = open_workspace(folder), clock.now()
    with workspace.state.connect() as connection:
        found = requests(connection, states=OPEN if only_open else ())
    late = [one for one in found if one.open and one.due < now]
    if as_json:
        print_json([_as_json(one) for one in found])
    else:
        rows = [
            (one.reference, one.kind.value, one.state.value, one.channel, f"{one.received_at:%Y-%m-%d}",
             f"[bold red]{one.due:%Y-%m-%d}[/]" if one in late else f"{one.due:%Y-%m-%d}")
            for one in found
        ]  # fmt: skip
        console().print(table("", ("reference", "kind", "state", "channel", "received", "due"), rows))
    return int(bool(late))


@request.command("show")
@workspace_option
@json_option
@click.argument("reference")
def show(folder: Path, as_json: bool, reference: str) -> int:
    """One request with its plan."""
    workspace = open_workspace(folder)
    one = _find(workspace, reference)
    details = one.details or {}
    with workspace.state.connect() as connection:
        told = [
            {"role": each.role, "party": each.party, "state": each.state, "due": each.due, "sent_at": each.sent_at,
             "receipt_at": each.receipt_at}
            for each in notifications(connection, request=one.id)
        ]  # fmt: skip
        done = outcomes_of(connection, one.id)
    known = (
        "shared",
        "several",
        "more_proof",
        "not_covered",
        "acknowledged_at",
        "lifted_at",
        "uncovered_transfers",
    )
    content = _as_json(one) | {"plan": list(details.get("plan", ())), "outcomes": done, "told": told}
    content |= {name: details[name] for name in known if name in details}
    if as_json:
        print_json(content)
    else:
        for name, value in content.items():
            console().print(f"{name:14} {escape(str(value))}")
    return 0


@request.command("confirm")
@workspace_option
@click.argument("token")
def confirm(folder: Path, token: str) -> int:
    """Confirm with the token of the mailed link."""
    one = confirm_link(open_workspace(folder).context, token, clock.now())
    click.echo(f"{one.reference} is confirmed")
    return 0


@request.command("acknowledge")
@workspace_option
@click.argument("reference")
@click.option("--reason", required=True, help="Why the answer takes longer; the person is told.")
@_by_option
def acknowledge(folder: Path, reference: str, reason: str, person: str) -> int:
    """Confirm receipt with the reason why more time is needed; stops no clock."""
    workspace = open_workspace(folder)
    one = confirm_receipt(workspace.context, _find(workspace, reference).id, reason, person, clock.now())
    click.echo(f"{one.reference}: receipt confirmed; due {one.due:%Y-%m-%d} as before")
    return 0


@request.command("pass-on")
@workspace_option
@click.argument("reference")
@click.argument("customer")
@_by_option
def pass_on(folder: Path, reference: str, customer: str, person: str) -> int:
    """Pass a request on to the CUSTOMER (of parties.yaml) on whose behalf the data are held; encrypted, with a receipt."""
    workspace = open_workspace(folder)
    one = _find(workspace, reference)
    assign_customer(workspace.context, one.id, customer, person, clock.now())
    click.echo(f"{one.reference}: goes to {customer} with the next run")
    return 0


@request.command("lift")
@workspace_option
@click.argument("reference")
@click.option("--told", is_flag=True, help="The person was told by a letter.")
@_by_option
def lift(folder: Path, reference: str, told: bool, person: str) -> int:
    """Lift a restriction (Art. 18(3)): the person is told first, the rows come back a week later."""
    workspace = open_workspace(folder)
    one = _find(workspace, reference)
    due = announce(workspace.context, one.id, told, person, clock.now())
    click.echo(f"{one.reference}: lifted on {due:%Y-%m-%d}")
    return 0


@request.command("answer")
@workspace_option
@click.argument("reference")
@click.option(
    "--format",
    "format",
    type=click.Choice(["txt", "html", "md", "pdf", "docx", "json"]),
    default="txt",
    help="Which form.",
)
@click.option("--to", "target", type=click.Path(dir_okay=False, path_type=Path), help="Write to a file.")
def answer(folder: Path, reference: str, format: Format, target: Path | None) -> int:
    """Write the answer of a decided request, to be sent as a letter or looked at."""
    workspace = open_workspace(folder)
    one = _find(workspace, reference)
    if one.state not in (State.ANSWERED, State.REFUSED) or one.identity is None:
        raise ZusageError(f"{one.reference} has no answer ('{one.state.value}')")
    with workspace.state.connect() as connection:
        content = render(write_answer(workspace.context, connection, one, clock.now()), format)
    if target is not None:
        target.write_bytes(content)
    elif format in ("pdf", "docx"):
        raise click.UsageError("a file of this kind needs --to")
    else:
        click.echo(content.decode())
    return 0


@request.command("verify")
@workspace_option
@click.argument("reference")
@click.option("--proof", type=click.Choice(["document", "signature"]), required=True, help="What was seen.")
@_by_option
@click.option("--doubt", help="Instead: record a reasoned doubt (Art. 12(6)).")
def verify(folder: Path, reference: str, proof: str, person: str, doubt: str | None) -> int:
    """Record that a person's identity was checked by hand; the document itself is not kept."""
    workspace = open_workspace(folder)
    one = _find(workspace, reference)
    if doubt:
        raise_doubt(workspace.context, one.id, doubt, person, clock.now())
    else:
        prove_by_hand(workspace.context, one.id, proof, person, clock.now())
    click.echo(f"{one.reference}: {'doubt recorded' if doubt else 'identity proven by ' + proof}")
    return 0


@request.command("decide")
@workspace_option
@click.argument("reference")
@click.argument("decision", type=click.Choice(["grant", "partly", "refuse"]))
@click.option("--ground", type=click.Choice(list(GROUNDS)), help="Ground of a refusal or of a right, by law.")
@click.option("--text", help="What the person is told.")
@click.option("--field", help="Rectification: data category or column.")
@click.option("--value", help="Rectification: the right value.")
@click.option("--statement", help="Rectification: the person's statement beside what they dispute.")
@_by_option
def decide(
    folder: Path, reference: str, decision: str, ground: str | None, text: str | None, field: str | None,
    value: str | None, statement: str | None, person: str,
) -> int:  # fmt: skip
    """Decide a request that waits for it."""
    workspace = open_workspace(folder)
    one = _find(workspace, reference)
    made = Decision(decision, ground, text, field, value, statement)  # type: ignore[arg-type]
    make_decision(workspace.context, one.id, made, person, clock.now())
    click.echo(f"{one.reference}: {decision}; `zusage request run` carries it out")
    return 0


@request.command("unlawful")
@workspace_option
@click.argument("reference")
@click.option("--reason", required=True, help="Why there is no basis; stays in the request.")
@_by_option
def unlawful(folder: Path, reference: str, reason: str, person: str) -> int:
    """Record that the data are processed without a basis: an erasure or restriction cannot be refused any more."""
    workspace = open_workspace(folder)
    one = find_unlawful(workspace.context, _find(workspace, reference).id, reason, person, clock.now())
    click.echo(f"{one.reference}: no basis on file; it cannot be refused")
    return 0


@request.command("extend")
@workspace_option
@click.argument("reference")
@click.option("--reason", required=True, help="The person is told.")
@_by_option
def extend(folder: Path, reference: str, reason: str, person: str) -> int:
    """Prolong by two months (Art. 12(3)); the person is told why, within the first month."""
    workspace = open_workspace(folder)
    one = extend_request(workspace.context, _find(workspace, reference).id, reason, person, clock.now())
    click.echo(f"{one.reference}: due {one.due:%Y-%m-%d}")
    return 0


@request.command("assign")
@workspace_option
@click.argument("reference")
@click.argument("account")
@_by_option
def assign(folder: Path, reference: str, account: str, person: str) -> int:
    """Assign a request to a clerk's account."""
    workspace = open_workspace(folder)
    assign_request(workspace.context, _find(workspace, reference).id, account, person, clock.now())
    return 0


@request.command("run")
@workspace_option
@json_option
def run(folder: Path, as_json: bool) -> int:
    """Do every step that is due now; the same as one tick of the worker."""
    workspace = open_workspace(folder)
    report = tick_workspace(workspace, clock.now(), worker_name())
    if as_json:
        print_json({"done": report.done, "failed": [one.code for one in report.failed]})
    else:
        click.echo(f"{report.done} steps done, {len(report.failed)} failed")
    return int(bool(report.failed))


@request.command("replay")
@workspace_option
@json_option
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]),
    required=True,
    help="When the backup was made (UTC).",
)
def replay(folder: Path, as_json: bool, since: datetime) -> int:
    """After a store's backup was restored: apply every erasure, restriction and rectification since then again."""
    workspace = open_workspace(folder)
    outcomes = replay_all(workspace.context, clock.now(), since)
    if as_json:
        print_json(outcomes)
    else:
        for one in outcomes:
            console().print(f"{one.result.value:14} {one.store} {one.target} {one.hit}")
        click.echo(f"{len(outcomes)} acts applied again")
    return 0


def _find(workspace: Workspace, reference: str) -> Request:
    with workspace.state.connect() as connection:
        found = request_by(connection, reference=reference) or request_by(connection, id=reference)
    if found is None:
        raise ZusageError(f"there is no request '{reference}'", hint="`zusage request list` shows them")
    return found


def _as_json(one: Request) -> dict[str, object]:
    """Without identity: that is looked at in the console, where every view is recorded."""
    return {
        "id": one.id, "reference": one.reference, "kind": one.kind.value, "state": one.state.value,
        "channel": one.channel, "received_at": one.received_at, "due": one.due, "extended_to": one.extended_to,
        "proof": one.proof, "decision": one.decision, "ground": one.ground, "tenant": one.tenant, "closed_at": one.closed_at,
    }  # fmt: skip
