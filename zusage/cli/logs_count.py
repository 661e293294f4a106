"""`zusage logs count`: statistics of files that are not taken in, here or on a cluster; and how figures are printed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from zusage import clock
from zusage.cli.logs_opening import activity_option, vault_of
from zusage.cli.output import console, escape, json_option, person_option, print_json, table, workspace_option

if TYPE_CHECKING:
    from zusage.keepers.logs.figures import Figures
    from zusage.keepers.logs.vault import Vault


@click.command("count")
@workspace_option
@activity_option
@json_option
@click.option("--purpose", required=True, help="The declared purpose they are counted for.")
@click.option("--statistic", default="requests", show_default=True, help="Which declared statistic.")
@click.option(
    "--scheduler", default="", metavar="tcp://HOST:PORT", help="Count on this Dask cluster instead of here."
)
@click.option("--site", default="-", show_default=True, help="The site of the lines.")
@click.option("--customer", default="other", show_default=True, help="Their customer.")
@person_option("Who counts", required=False, default="")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
def count(
    folder: Path,
    activity: str | None,
    as_json: bool,
    purpose: str,
    statistic: str,
    scheduler: str,
    site: str,
    customer: str,
    person: str,
    files: tuple[Path, ...],
) -> int:
    """Count plain log FILES without taking them in: nothing is sealed or kept, small cells are left out."""
    from zusage.keepers.logs.reading import count_files

    vault = vault_of(folder, activity)
    declared_statistic(vault, statistic)
    figures = count_files(
        vault, purpose, statistic, [each.resolve() for each in files], clock.now(),
        scheduler=scheduler, site=site, customer=customer, person=person,
    )  # fmt: skip
    print_json(figures) if as_json else print_figures(vault, figures)
    return 0


def declared_statistic(vault: Vault, statistic: str) -> None:
    """Raises `UsageError` for a statistic that is not declared."""
    if statistic not in vault.policy.all_statistics():
        raise click.UsageError(
            f"there is no statistic '{statistic}'; declared: {', '.join(vault.policy.all_statistics())}"
        )


def print_figures(vault: Vault, figures: Figures) -> None:
    """Published cells as a table."""
    columns = ["period", "customer", *figures.dimensions, "count", "bytes"]
    rows = [
        (each.period, each.customer, *map(escape, each.values), f"{each.count:,}", f"{each.bytes:,}")
        for each in figures.cells
    ]
    if vault.policy.timings:
        columns += ["mean ms", "95 % within ms"]
        rows = [
            (*row, f"{(each.milliseconds or 0) // each.count:,}", str(each.percentile(0.95) or "slower"))
            for row, each in zip(rows, figures.cells, strict=True)
        ]
    out = console()
    out.print(table("", columns, rows, right=("count", "bytes", "mean ms", "95 % within ms")))
    out.print(
        f"{figures.suppressed:,} cells suppressed (below {vault.policy.suppress_below}, or telling one that is)"
    )
