"""`zusage logs`: take in, statistics, read, expire, and the filter."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from zusage import clock
from zusage.cli.logs_count import count, declared_statistic, print_figures
from zusage.cli.logs_opening import (
    activity_option,
    case,
    opening,
    print_bytes,
    scope_of,
    scope_options,
    vault_of,
)
from zusage.cli.output import (
    coloured,
    console,
    escape,
    json_option,
    person_option,
    print_json,
    table,
    workspace_option,
)
from zusage.cli.seal_keys import keys_group

if TYPE_CHECKING:
    from zusage.promises import Outcome


@click.group("logs")
def logs() -> None:
    """Access logs: take in, statistics, open sealed lines, expire."""


logs.add_command(case)
logs.add_command(opening)
logs.add_command(
    keys_group(
        click.option(
            "-a", "--activity", "which", help="The activity whose logs they are, where there are several."
        ),
        vault_of,
    )
)
logs.add_command(count)


@logs.command("ingest")
@workspace_option
@activity_option
@json_option
@click.option(
    "--stdin", "from_stdin", is_flag=True, help="Lines from standard input instead of the bound files."
)
@click.option(
    "--syslog",
    "syslog_at",
    metavar="HOST:PORT",
    help="Lines by syslog, UDP and TCP, on loopback; until Ctrl-C.",
)
@click.option(
    "--site", default="-", show_default=True, help="The site of lines from standard input or syslog."
)
@click.option("--customer", default="other", show_default=True, help="Their customer.")
def ingest(
    folder: Path,
    activity: str | None,
    as_json: bool,
    from_stdin: bool,
    syslog_at: str | None,
    site: str,
    customer: str,
) -> int:
    """Take in what is new: count it without addresses, seal the full lines."""
    from zusage.keepers.logs.binding import LogSource
    from zusage.keepers.logs.intake import take_in, take_stream
    from zusage.keepers.logs.streams import runs

    vault = vault_of(folder, activity)
    source = LogSource(path="-", site=site, customer=customer)
    if from_stdin:
        taken = take_stream(vault, source, runs(sys.stdin.buffer), clock.now)
    elif syslog_at:
        taken = take_stream(vault, source, _syslog(syslog_at), clock.now, every=1)
    else:
        taken = take_in(vault, clock.now())
    if as_json:
        print_json(taken)
        return 0
    out = console()
    out.print(
        f"{taken.lines:,} lines: {taken.counted:,} counted, {taken.malformed:,} malformed and sealed,"
        f" {taken.unsealed:,} malformed and only counted; {taken.segments:,} segments"
    )
    for name in taken.missing:
        out.print(f"there is no log at {escape(name)} yet")
    return 0


def _syslog(where: str) -> Iterator[bytes]:
    from zusage.keepers.logs.streams import Syslog

    host, _, port = where.rpartition(":")
    server = Syslog(host or "127.0.0.1", int(port or 0))
    click.echo(f"syslog on {server.host}:{server.port}", err=True)
    lines = server.runs()
    while True:
        try:
            run = next(lines, None)
        except KeyboardInterrupt:
            server.stop()
            run = next(server.runs(wait=0), None)
            if run:
                yield run
            return
        if run is None:
            return
        yield run


@logs.command("stats")
@workspace_option
@activity_option
@json_option
@click.option("--purpose", required=True, help="The declared purpose they are read for.")
@click.option("--statistic", default="requests", show_default=True, help="Which declared statistic.")
@click.option("--customer", help="Only this customer's, as it may see them.")
@person_option("Who reads", required=False, default="")
def stats(
    folder: Path,
    activity: str | None,
    as_json: bool,
    purpose: str,
    statistic: str,
    customer: str | None,
    person: str,
) -> int:
    """Published statistics: small cells and what would give them away are left out."""
    from zusage.keepers.logs.reading import read_figures

    vault = vault_of(folder, activity)
    declared_statistic(vault, statistic)
    figures = read_figures(vault, purpose, statistic, clock.now(), customer, person)
    if as_json:
        print_json(figures)
        return 0
    print_figures(vault, figures)
    return 0


@logs.command("read")
@workspace_option
@activity_option
@click.option("--purpose", required=True, help="The declared purpose they are read for.")
@person_option("Who reads", required=False, default="")
@scope_options
def read(folder: Path, activity: str | None, purpose: str, person: str, **scope: Any) -> int:
    """Lines for a purpose that sees them without approval; where roles seal, use `zusage logs open`."""
    from zusage.keepers.logs.reading import read_lines

    vault = vault_of(folder, activity)
    for line in read_lines(vault, purpose, scope_of(vault, scope), clock.now(), person):
        print_bytes(line)
    return 0


@logs.command("expire")
@workspace_option
@activity_option
@json_option
@click.option("--dry-run", is_flag=True, help="Only say what is due.")
@click.option("--from", "begin", help="Earlier than due, because no longer needed: from here …")
@click.option("--to", "end", help="… up to here.")
@person_option("Who decides that", required=False, default="")
def expire(
    folder: Path,
    activity: str | None,
    as_json: bool,
    dry_run: bool,
    begin: str | None,
    end: str | None,
    person: str,
) -> int:
    """Remove what is due: files, key shares (and with them every copy), rotated raw logs."""
    from zusage.cli.logs_opening import instant
    from zusage.keepers.logs import keeper
    from zusage.keepers.logs.expiring import expire_earlier

    vault, now = vault_of(folder, activity), clock.now()
    if begin or end:
        if not (begin and end and person):
            raise click.UsageError("earlier than due takes --from, --to and --by")
        count = expire_earlier(vault, instant(vault, begin), instant(vault, end), person, now)
        print_json({"removed": count}) if as_json else console().print(f"{count:,} segments removed")
        return 0
    if dry_run:
        planned = keeper.planned(vault, now)
        if as_json:
            print_json(planned)
            return 0
        due = [
            (each.promise, each.target, each.action, f"{each.count:,}", f"{each.held:,}") for each in planned
        ]
        console().print(table("", ("promise", "target", "action", "due", "held"), due, right=("due", "held")))
        return 0
    done = list(keeper.expire(vault, now))
    if as_json:
        print_json(done)
    else:
        _print_outcomes(done)
    return int(any(each.left for each in done))


def _print_outcomes(done: Sequence[Outcome]) -> None:
    rows = [
        (
            each.promise,
            each.target,
            each.action,
            coloured(each.result.value),
            f"{each.hit:,}",
            f"{each.left:,}",
            each.reason,
        )
        for each in done
    ]
    columns = ("promise", "target", "action", "result", "removed", "left", "held by")
    console().print(table("", columns, rows, right=("removed", "left")))


@logs.command("live")
@workspace_option
@activity_option
@json_option
@click.option("--addresses", is_flag=True, help="The ban feed: addresses with many refused requests, whole.")
def live(folder: Path, activity: str | None, as_json: bool, addresses: bool) -> int:
    """Errors and attacks while they last, where a live view is declared: addresses truncated, but in the ban feed."""
    from zusage.keepers.logs.live import banned, recent

    vault, now = vault_of(folder, activity), clock.now()
    found: list[str] = banned(vault, now) if addresses else recent(vault, now)
    print_json(found) if as_json else click.echo("\n".join(found))
    return 0


@logs.command("check")
@workspace_option
@activity_option
@json_option
@click.argument("file", type=click.File("rb"))
def check(folder: Path, activity: str | None, as_json: bool, file: BinaryIO) -> int:
    """Whether the lines of FILE have the declared format and nothing beyond it. Changes nothing; 1 if some do not."""
    fmt = vault_of(folder, activity).format
    counts = {"lines": 0, "declared_form": 0, "undeclared_fields": 0, "malformed": 0}
    first: dict[str, int] = {}
    for number, raw in enumerate(file, 1):
        text = fmt.readable(raw.rstrip(b"\r\n"))
        kind = (
            "declared_form" if fmt.parse(text) else "undeclared_fields" if fmt.prefix(text) else "malformed"
        )
        counts["lines"] += 1
        counts[kind] += 1
        first.setdefault(kind, number)
    wrong = {kind: line for kind, line in first.items() if kind != "declared_form"}
    if as_json:
        print_json({**counts, "first": wrong})
    else:
        console().print(", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in counts.items()))
        for kind, line in wrong.items():
            console().print(f"line {line} is the first with {kind.replace('_', ' ')}")
    return int(bool(wrong))


@logs.command("anonymise")
@click.option(
    "--column",
    "columns",
    type=click.IntRange(min=1),
    multiple=True,
    help="Columns with addresses (1 is the first).",
)
@click.option(
    "--v4",
    type=click.IntRange(0, 24),
    default=24,
    show_default=True,
    help="Bits of an IPv4 address that stay.",
)
@click.option(
    "--v6",
    type=click.IntRange(0, 48),
    default=48,
    show_default=True,
    help="Bits of an IPv6 address that stay.",
)
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="How many processes work at once.",
)
@click.argument("source", type=click.Path(exists=True, dir_okay=False, allow_dash=True), default="-")
@click.argument("target", type=click.Path(dir_okay=False, allow_dash=True), default="-")
def anonymise(columns: tuple[int, ...], v4: int, v6: int, processes: int, source: str, target: str) -> int:
    """A filter: lines in, the same lines out, addresses cut; what is no address becomes `-`."""
    from zusage.keepers.logs.anonymise import anonymise as run
    from zusage.keepers.logs.anonymise import anonymise_file

    chosen = columns or (1,)
    if source != "-" and processes > 1:
        with _target(target) as out:
            anonymise_file(Path(source), out, columns=chosen, v4=v4, v6=v6, processes=processes)
        return 0
    with suppress(BrokenPipeError), _source(source) as lines, _target(target) as out:
        run(lines, out, columns=chosen, v4=v4, v6=v6, processes=processes)
    return 0


def _source(name: str) -> FileIO:
    return FileIO(os.dup(sys.stdin.fileno()), "rb") if name == "-" else FileIO(name, "rb")


def _target(name: str) -> BinaryIO:
    return os.fdopen(os.dup(sys.stdout.fileno()), "wb") if name == "-" else Path(name).open("wb")
