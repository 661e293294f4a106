"""Options that every opening of something sealed has."""

from __future__ import annotations

import click

from zusage.cli.output import person_option

by_option = person_option("Who does it")
identity_option = click.option(
    "--identity", type=click.File("r"), required=True, help="File with the private key (AGE-SECRET-KEY-1…)."
)
