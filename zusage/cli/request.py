"""`zusage request`: data subject requests, from receipt to answer."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from zusage import clock
from zusage.agenda import worker_name
from zusage.cli.output import console, escape, identity_of, json_option, print_json, table, workspace_option
from zusage.cli.request_finding import as_json_of, by_option, find_request
from zusage.cli.request_identity import acknowledge, ask, confirm, receive, unlawful, verify
from zusage.documents import Format, render
from zusage.errors import ZusageError
from zusage.keepers.rights.answering import answer as write_answer
from zusage.keepers.rights.intake import Intake, open_request
from zusage.keepers.rights.lifecycle import GROUNDS, Decision
from zusage.keepers.rights.lifecycle import assign as assign_request
from zusage.keepers.rights.lifecycle import decide as make_decision
from zusage.keepers.rights.lifecycle import extend as extend_request
from zusage.keepers.rights.passing import assign_customer
from zusage.keepers.rights.replaying import replay as replay_all
from zusage.keepers.rights.restricting import announce
from zusage.keepers.rights.routing import owner_of
from zusage.registers.notifications import notifications
from zusage.registers.requests import OPEN, Kind, State, outcomes_of, requests
from zusage.text import Language
from zusage.working import tick_workspace
from zusage.workspace import open_workspace


@click.group("request")
def request() -> None:
    """Data subject requests (Art. 12-22): new, list, show, verify, decide, run, replay."""


for _one in (receive, ask, confirm, verify, unlawful, acknowledge):
    request.add_command(_one)


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
@click.option(
    "--source", help="Only rows that came from this source, where a sender reports for somebody else."
)
@click.option("--transmit-to", help="Portability: https address of another controller that takes the file.")
@click.option("--topic", help="Question: one of the declared routes, such as 'privacy'.")
@click.option("--about", help="Question: the declared recipient that a complaint is about.")
def new(
    folder: Path, as_json: bool, kind: str, identity: str, channel: str, language: Language, reply_to: str | None,
    proof: str | None, field: str | None, value: str | None, text: str | None, statement: str | None,
    purpose: str | None, source: str | None, transmit_to: str | None, topic: str | None, about: str | None,
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
            ("source", source),
            ("transmit_to", transmit_to),
            ("topic", topic),
            ("about", about),
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
            as_json_of(opened.request)
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
        print_json([as_json_of(one) | {"late": one in late} for one in found])
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
    one = find_request(workspace, reference)
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
        "transmitted_at",
        "topic",
        "about",
    )
    owner = owner_of(workspace.declaration, one)
    content = (
        as_json_of(one)
        | ({"responsible": owner} if owner else {})
        | {"plan": list(details.get("plan", ())), "outcomes": done, "told": told}
    )
    content |= {name: details[name] for name in known if name in details}
    if as_json:
        print_json(content)
    else:
        for name, value in content.items():
            console().print(f"{name:14} {escape(str(value))}")
    return 0


@request.command("pass-on")
@workspace_option
@click.argument("reference")
@click.argument("customer")
@by_option
def pass_on(folder: Path, reference: str, customer: str, person: str) -> int:
    """Pass a request on to the CUSTOMER (of parties.yaml) on whose behalf the data are held; encrypted, with a receipt."""
    workspace = open_workspace(folder)
    one = find_request(workspace, reference)
    assign_customer(workspace.context, one.id, customer, person, clock.now())
    click.echo(f"{one.reference}: goes to {customer} with the next run")
    return 0


@request.command("lift")
@workspace_option
@click.argument("reference")
@click.option("--told", is_flag=True, help="The person was told by a letter.")
@by_option
def lift(folder: Path, reference: str, told: bool, person: str) -> int:
    """Lift a restriction (Art. 18(3)): the person is told first, the rows come back a week later."""
    workspace = open_workspace(folder)
    one = find_request(workspace, reference)
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
    one = find_request(workspace, reference)
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


@request.command("decide")
@workspace_option
@click.argument("reference")
@click.argument("decision", type=click.Choice(["grant", "partly", "refuse"]))
@click.option("--ground", type=click.Choice(list(GROUNDS)), help="Ground of a refusal or of a right, by law.")
@click.option("--text", help="What the person is told.")
@click.option("--field", help="Rectification: data category or column.")
@click.option("--value", help="Rectification: the right value.")
@click.option("--statement", help="Rectification: the person's statement beside what they dispute.")
@by_option
def decide(
    folder: Path, reference: str, decision: str, ground: str | None, text: str | None, field: str | None,
    value: str | None, statement: str | None, person: str,
) -> int:  # fmt: skip
    """Decide a request that waits for it."""
    workspace = open_workspace(folder)
    one = find_request(workspace, reference)
    made = Decision(decision, ground, text, field, value, statement)  # type: ignore[arg-type]
    make_decision(workspace.context, one.id, made, person, clock.now())
    click.echo(f"{one.reference}: {decision}; `zusage request run` carries it out")
    return 0


@request.command("extend")
@workspace_option
@click.argument("reference")
@click.option("--reason", required=True, help="The person is told.")
@by_option
def extend(folder: Path, reference: str, reason: str, person: str) -> int:
    """Prolong by two months (Art. 12(3)); the person is told why, within the first month."""
    workspace = open_workspace(folder)
    one = extend_request(
        workspace.context, find_request(workspace, reference).id, reason, person, clock.now()
    )
    click.echo(f"{one.reference}: due {one.due:%Y-%m-%d}")
    return 0


@request.command("assign")
@workspace_option
@click.argument("reference")
@click.argument("account")
@by_option
def assign(folder: Path, reference: str, account: str, person: str) -> int:
    """Assign a request to a clerk's account."""
    workspace = open_workspace(folder)
    assign_request(workspace.context, find_request(workspace, reference).id, account, person, clock.now())
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
