"""Options that every opening of something sealed has."""

from __future__ import annotations

import click

by_option = click.option("--by", "person", required=True, help="Who does it; the ledger keeps a pseudonym.")
identity_option = click.option(
    "--identity", type=click.File("r"), required=True, help="File with the private key (AGE-SECRET-KEY-1…)."
)
