"""`zusage restricted`: the documented way to blocked data – with a reason that a law knows, and recorded."""

from __future__ import annotations

from pathlib import Path

import click

from zusage import clock
from zusage.cli.output import (
    console,
    escape,
    identity_of,
    json_option,
    person_option,
    print_json,
    table,
    workspace_option,
)
from zusage.keepers.rights.looking import look_at_blocked
from zusage.stores.restriction import REASONS
from zusage.stores.sql.identity import Identity
from zusage.workspace import open_workspace


@click.command("restricted")
@workspace_option
@json_option
@click.argument("identity")
@click.option(
    "--reason", type=click.Choice(REASONS), required=True, help="What the law allows it for (Art. 18(2))."
)
@person_option("Who looks")
def restricted(folder: Path, as_json: bool, identity: str, reason: str, person: str) -> int:
    """Look at a person's blocked rows (e-mail address, or KIND:VALUE). Exit code 1 where there are none."""
    context, now = open_workspace(folder).context, clock.now()
    known = Identity(*identity_of(identity))
    found = look_at_blocked(context, known, reason, person, now)
    if as_json:
        print_json(
            [
                {"store": one.store, "activity": one.activity, "table": one.table, "rows": one.rows}
                for one in found
            ]
        )
    else:
        for one in found:
            columns = tuple(one.rows[0])
            rows = [[escape(str(row[column])) for column in columns] for row in one.rows]
            console().print(table(f"{one.store} {one.table}", columns, rows))
    return int(not found)
