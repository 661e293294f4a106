"""`zusage`: the root command. Subcommands are named here and imported when they are called."""

from __future__ import annotations

import gc
import importlib
import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from zusage import __version__

#: command → (module, attribute, what `zusage --help` says)
COMMANDS: dict[str, tuple[str, str, str]] = {
    "demo": ("demo", "demo", "A complete deployment on synthetic data, in a folder of its own."),
    "init": ("init", "init", "A new workspace; drafts from a notice or a database."),
    "schema": ("init", "schema", "The JSON Schema of declaration.yaml or stores.yaml, for editors."),
    "read": ("read", "read", "A notice's text to facts or to a draft declaration."),
    "check": (
        "check",
        "check",
        "A notice or a workspace: what is wrong, by which rule, what to write instead.",
    ),
    "write": ("write", "write", "The notice, the Art. 30 record and the other documents."),
    "publish": ("publish", "publish", "Publish the notice as a dated version, if it passes its check."),
    "status": ("status", "status", "Every promise and its proof, looked at afresh."),
    "prove": ("status", "prove", "The signed evidence report."),
    "plan": ("retention", "plan", "What is due now, with counts; touches nothing."),
    "approve": ("retention", "approve", "Approve a rule's plan, so that sweeps run it."),
    "sweep": ("retention", "sweep", "Do what is due and approved."),
    "forecast": ("retention", "forecast", "What will fall due, given no further events."),
    "hold": ("hold", "hold", "Place, list and lift holds."),
    "paper": ("paper", "paper", "Files on paper to be destroyed with their data."),
    "restricted": ("restricted", "restricted", "Look at blocked data: with a reason, recorded."),
    "request": ("request", "request", "Data subject requests."),
    "consent": ("consent", "consent", "Consents: record, withdraw, look up."),
    "attest": ("attest", "attest", "Vouch for an organisational promise."),
    "assess": ("assess", "assess", "Assessments: impact on persons, legitimate interests."),
    "disclose": ("disclose", "disclose", "Record to whom data were disclosed."),
    "announce": ("announce", "announcing", "Tell account holders and customers before something happens."),
    "breach": ("announce", "breach", "Breaches: the 72-hour clock, notices, the authority."),
    "contract": ("disclose", "contract", "Record contracts with recipients."),
    "partner": (
        "partner",
        "partner",
        "Partners of a processing contract: page, draft, record for the authority.",
    ),
    "inform": ("inform", "inform", "Informations to persons at an event: owed, told, until when."),
    "ground": ("ground", "ground", "The legal basis of single cases: file, show."),
    "archive": (
        "archive",
        "archive",
        "Archived records: sealed, opened by one role with another's approval.",
    ),
    "logs": ("logs", "logs", "Access logs: take in, statistics, open sealed lines, expire."),
    "scan": ("scan", "scan", "Reality against the declaration: a site, a store."),
    "store": ("store", "store", "Grants, preflight and places of the bound stores."),
    "ledger": ("ledger", "ledger", "Verify, seal, stamp and export the record of every act."),
    "mail": ("mail", "mail", "Mails that came back."),
    "serve": ("worker", "serve", "Pages, API and console (with a worker)."),
    "worker": ("worker", "worker", "A worker alone: does what falls due."),
    "migrate": ("state", "migrate", "Bring the workspace's database up to date."),
    "backup": ("state", "backup", "Back the workspace's database up."),
    "restore": ("state", "restore", "Restore the workspace's database."),
    "keys": ("state", "keys", "Show, rotate and destroy keys."),
    "user": ("user", "user", "Accounts of the console."),
    "import": ("exchange", "import_", "Take in TILT or DPV."),
    "export": ("exchange", "export", "Write TILT or DPV."),
}


class LazyGroup(click.Group):
    """Knows its commands by name; imports a command's module when the command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        command = getattr(importlib.import_module(f"zusage.cli.{module}"), attribute)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, said) for name, (_, _, said) in COMMANDS.items()])


@click.group(
    cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}
)
@click.version_option(__version__, prog_name="zusage")
def cli() -> None:
    """Zusage makes a privacy notice executable: declared once, kept on the real stores, proven by looking again.

    Exit codes: 0 fine · 1 findings or broken promises · 2 wrong use or bad input · 3 a store cannot be reached.
    """


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line in this process; returns the exit code. Errors of Zusage go to standard error."""
    from zusage.errors import ZusageError

    try:
        result: Any = cli.main(args=arguments, prog_name="zusage", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.Abort:
        click.echo("aborted; nothing further was done", err=True)
        return 2
    except click.ClickException as error:
        error.show()
        return 2
    except ZusageError as error:
        click.echo(f"zusage: {error}", err=True)
        return error.exit_code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if not type(error).__module__.startswith("sqlalchemy."):
            raise
        return _database_failed(error)


def _database_failed(error: Exception) -> int:
    """A database's own message quotes rows: what is said is its code."""
    from zusage.database.failures import failure_code

    click.echo(f"zusage: a database failed ({failure_code(error)}); its transaction was undone", err=True)
    click.echo("  is it up, is the address right, is there space left?", err=True)
    return 3


def main() -> None:
    """The console script. Imports make many objects and no garbage: collecting less often starts it a tenth sooner."""
    gc.set_threshold(50_000, 20, 50)
    sys.exit(run())
