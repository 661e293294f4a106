"""One scan of a batch of lines into additive counts; many batches into partials, one Parquet file a day and customer.

A partial holds hour, the declared dimensions, counts and bytes, and no address. `least` is the only thing that comes of
addresses: a lower bound of how many networks stand behind a row, never above the declared cell size. It is counted over
truncated addresses with a hash whose salt lives as long as the scan, and merges by taking the largest.
"""

# ruff: noqa: S608 - the SQL is made of our own expressions; what others wrote goes through `quoted` and `column`

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from zusage.declaration.logs import LogPolicy
from zusage.errors import MissingExtra
from zusage.keepers.logs.extraction import NONE, Sql, clean_sql, column, quoted
from zusage.keepers.logs.formats import Format, hour_of
from zusage.keepers.logs.quick import Quick
from zusage.keepers.logs.quick_json import QuickJson

#: A line longer than this is no log line (nginx takes request heads of 32 KiB at most).
LONGEST_LINE = 64 << 10
#: Response times are counted below these limits, in milliseconds.
BUCKETS = (10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000)
#: The customer of lines that name none, or one that is not bound.
OTHER = "other"

Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Where:
    """What the binding says of a source: its site, its customer, and customers by the value that names them."""

    site: str = "-"
    customer: str = OTHER
    customers: Mapping[str, str] = field(default_factory=dict)


def connect(memory_mb: int = 200, threads: int = 2, spill: Path | None = None) -> Any:
    """A DuckDB connection that keeps to its memory and loads nothing from outside. Raises `MissingExtra`."""
    try:
        import duckdb
    except ImportError:
        raise MissingExtra("logs", "statistics of logs") from None
    connection = duckdb.connect()
    connection.execute(
        f"SET threads={threads}; SET memory_limit='{memory_mb}MB'; SET preserve_insertion_order=false;"
        " SET TimeZone='UTC'; SET enable_external_file_cache=false;"
        " SET autoinstall_known_extensions=false; SET autoload_known_extensions=false;"
        f" SET temp_directory={quoted(str(spill or ''))}"
    )
    return connection


@dataclass(frozen=True, slots=True)
class Counted:
    """What a batch came to: how many line ends, and how many valid lines by hour, zone (as written) and customer.

    What is missing to the number of line ends is malformed. `undeclared`: how many of the valid ones hold what is not
    declared (JSON keys, names of users), as far as the scan looks for it.
    """

    lines: int
    valid: Mapping[Key, int]
    undeclared: int = 0
    #: where hours follow each other without a break: the ends of their runs of lines, oldest hour first
    cuts: Sequence[int] = ()


class Scan:
    """Counts batches of lines of one source: `count` and `keep` each, then `write`, then it is empty again.

    Several scans may count side by side (`beside`), each on a thread of its own; the first one of them writes.
    """

    def __init__(
        self, fmt: Format, policy: LogPolicy, where: Where, connection: Any, salt: int | None = None
    ) -> None:
        self._fmt, self._policy, self._where, self._duck = fmt, policy, where, connection
        self._sql = Sql(fmt, policy, where.site)
        self._dimensions = sorted(columns_of(policy))
        readings = {"quoted": Quick, "json": QuickJson}
        made = readings[fmt.kind](fmt, policy, where.site, self._dimensions) if fmt.kind in readings else None
        self._quick = made if made and made.fits else None
        self._memory = os.memfd_create("zusage-lines", os.MFD_CLOEXEC)
        self._salt = secrets.randbits(63) if salt is None else salt
        self._networks = policy.suppress_below > 1 and "address" in fmt.fields
        self._customers = dict(where.customers)
        #: whether the last batch was read quickly
        self._quickly, self._rows = False, 0

    def beside(self) -> Scan:
        """Another scan whose batches are kept with those of this one."""
        return Scan(self._fmt, self._policy, self._where, self._duck.cursor(), self._salt)

    def close(self) -> None:
        """Frees the memory that holds lines, and the connection."""
        os.close(self._memory)
        self._duck.close()

    def begin(self) -> None:
        """Makes room for counts. Of scans side by side, the first one does."""
        self._duck.execute(f"CREATE OR REPLACE TABLE base AS {self._select('/dev/null')}")
        if self._quick:
            self._duck.execute(f"CREATE OR REPLACE TABLE grouped ({self._quick.columns()})")

    def count(self, lines: bytes) -> Counted:
        """Counts `lines` (whole lines). Nothing is kept until `keep` is called."""
        text = _without_long_lines(self._fmt.readable(lines))
        quickly = self._count_quickly(lines, text) if self._quick else None
        self._quickly = quickly is not None
        return quickly or self._count_thoroughly(lines, text)

    def _write(self, text: bytes) -> str:
        # pages are written over, not given back: taking new ones for every batch would cost more than the copy
        os.pwrite(self._memory, text, 0)
        os.ftruncate(self._memory, len(text))
        return f"/proc/self/fd/{self._memory}"

    def _count_quickly(self, lines: bytes, text: bytes) -> Counted | None:
        """None where the quick reading does not read every line."""
        assert self._quick is not None
        shape = self._quick.shape(text)
        if shape is None:
            return None
        path, salt = self._write(text), self._salt if self._networks else None
        self._batch(self._quick.select(path, len(text), shape, salt))
        valid = self._places(self._quick.places("batch"))
        ends, cuts = runs(self._fmt, lines, valid)
        if sum(valid.values()) != ends:
            return None
        ((values,),) = self._duck.execute("SELECT coalesce(sum(values), 0) FROM batch").fetchall()
        return Counted(ends, valid, 0, cuts) if self._quick.whole(text, shape, ends, int(values)) else None

    def _count_thoroughly(self, lines: bytes, text: bytes) -> Counted:
        self._batch(self._select(self._write(text)))
        valid = self._places("SELECT k, z, c, CAST(sum(n) AS BIGINT) FROM batch GROUP BY ALL")
        undeclared = 0
        if self._sql.pure():
            undeclared = int(
                self._duck.execute("SELECT coalesce(sum(impure), 0) FROM batch").fetchall()[0][0]
            )
        return Counted(lines.count(b"\n"), valid, undeclared)

    def _batch(self, query: str) -> None:
        made = self._duck.execute(f"CREATE OR REPLACE TEMP TABLE batch AS {query}").fetchall()
        self._rows = int(made[0][0])

    def _places(self, query: str) -> dict[Key, int]:
        found: dict[Key, int] = {}
        for hour, zone, customer, count in self._duck.execute(query).fetchall():
            if hour_of(self._fmt.clock, str(hour), zone) is not None:
                key = (str(hour), zone, self._customer(customer))
                found[key] = found.get(key, 0) + count
        return found

    def keep(self) -> int:
        """The batch that was counted last belongs to what `write` writes; returns how many rows it takes."""
        self._duck.execute(f"INSERT INTO {'grouped' if self._quickly else 'base'} SELECT * FROM batch")
        return self._rows

    def _customer(self, raw: str | None) -> str:
        return self._customers.get(raw or "", OTHER) if self._policy.customer_field else self._where.customer

    def _select(self, path: str) -> str:
        """The query over one batch. Lines without the declared form do not pass its WHERE."""
        hour, zone = self._sql.hour_key()
        customer = self._sql.dimension(self._policy.customer_field) if self._policy.customer_field else "NULL"
        shown = "".join(f", {self._sql.dimension(name)} AS {column(name)}" for name in self._dimensions)
        least = net4 = network = "0::UBIGINT"
        if self._networks:
            net4, network = self._sql.networks()
            bit = f"1::UBIGINT << (hash(net, {self._salt}) % 64)::INT"
            least = f"coalesce(bit_or(CASE WHEN net <> '' THEN {bit} END), 0::UBIGINT)"
        times = ""
        if self._policy.timings:
            spent = self._sql.milliseconds()
            times = f", sum({spent})::BIGINT AS ms" + "".join(
                f", count_if({spent} <= {limit})::BIGINT AS t{limit}" for limit in BUCKETS
            )
        pure = self._sql.pure()
        impure = f", count_if(NOT ({pure})) AS impure" if pure else ""
        source = self._sql.source(path, 2 * LONGEST_LINE)
        lines = f"SELECT * FROM {source} WHERE {self._sql.valid()}"
        if self._networks:
            lines = f"SELECT *, {network} AS net FROM (SELECT *, {net4} AS net4 FROM ({lines}))"
        return (
            f"SELECT ({hour})::VARCHAR AS k, {zone} AS z, {customer} AS c{shown}, count(*) AS n,"
            f" sum({self._sql.bytes()})::BIGINT AS bytes, {least} AS w{times}{impure}"
            f" FROM ({lines}) GROUP BY ALL"
        )

    def write(self, folder: Path, zone: str) -> list[Partial]:
        """Everything counted since the last `write` as Parquet files in `folder` (random names); then starts afresh.

        `zone` is the time zone whose days partition the files. The files are not yet durable: the caller syncs them.
        """
        self._place(zone)
        self._duck.execute(f"CREATE OR REPLACE TEMP TABLE cleaned AS {self._cleaned()}")
        self._duck.execute(f"CREATE OR REPLACE TEMP TABLE partials AS {self._roll_up()}")
        made = []
        days = self._duck.execute("SELECT DISTINCT day, customer FROM partials ORDER BY ALL").fetchall()
        for day, customer in days:
            path = folder / f"{secrets.token_hex(16)}.parquet"
            chosen = f"day = {quoted(day)} AND customer = {quoted(customer)}"
            kept = f"SELECT * EXCLUDE (day, customer) FROM partials WHERE {chosen}"
            self._duck.execute(
                f"COPY ({kept} ORDER BY ALL) TO {quoted(str(path))} (FORMAT parquet, COMPRESSION zstd)"
            )
            requests = (
                f"SELECT coalesce(sum(n), 0)::BIGINT FROM partials WHERE {chosen} AND statistic = 'requests'"
            )
            made.append(Partial(day, customer, path, int(self._duck.execute(requests).fetchall()[0][0])))
        self._duck.execute("DROP TABLE partials; DROP TABLE cleaned")
        self.begin()
        return made

    def _place(self, zone: str) -> None:
        """Temporary tables that turn hours and customers, as written, into instants, days and names."""
        keys = set(self._duck.execute("SELECT DISTINCT k, z, c FROM base").fetchall())
        if self._quick:
            keys |= {row[:3] for row in self._duck.execute(self._quick.places("grouped")).fetchall()}
        self._duck.execute(
            "CREATE OR REPLACE TEMP TABLE places (k VARCHAR, z VARCHAR, c VARCHAR, hour TIMESTAMP, day VARCHAR,"
            " customer VARCHAR)"
        )
        rows = []
        for key, offset, customer in keys:
            hour = hour_of(self._fmt.clock, key, offset)
            if hour is not None:
                rows.append(
                    (
                        key,
                        offset,
                        customer,
                        hour.replace(tzinfo=None),
                        day_of(hour, zone),
                        self._customer(customer),
                    )
                )
        if rows:
            self._duck.executemany("INSERT INTO places VALUES (?, ?, ?, ?, ?, ?)", rows)

    def _cleaned(self) -> str:
        """What was counted, with its dimensions as they are stored."""
        counts = "SELECT * EXCLUDE (impure) FROM base" if self._sql.pure() else "SELECT * FROM base"
        if self._quick:
            counts = f"{counts} UNION ALL BY NAME {self._quick.unfold('grouped')}"
        shown = "".join(
            f", {clean_sql('counts.' + column(each))} AS {column(each)}" for each in self._dimensions
        )
        sums = "".join(f", sum({name})::BIGINT AS {name}" for name in ("n", "bytes", *self._times()))
        return (
            f"SELECT day, customer, hour{shown}{sums}, bit_or(w) AS w FROM ({counts}) AS counts JOIN places"
            " ON counts.k = places.k AND counts.z = places.z AND counts.c IS NOT DISTINCT FROM places.c GROUP BY ALL"
        )

    def _times(self) -> tuple[str, ...]:
        return ("ms", *(f"t{limit}" for limit in BUCKETS)) if self._policy.timings else ()

    def _roll_up(self) -> str:
        parts = []
        least = f"least(bit_count(bit_or(w)), {self._policy.suppress_below})::UTINYINT"
        times = "".join(f", sum({name})::BIGINT AS {name}" for name in self._times())
        for name, statistic in self._policy.all_statistics().items():
            shown = "".join(
                f", {column(each) if each in statistic.dimensions else 'NULL::VARCHAR'} AS {column(each)}"
                for each in self._dimensions
            )
            needed = "".join(
                f" AND {column(f'parameter:{each}')} <> {quoted(NONE)}" for each in statistic.requires
            )
            parts.append(
                f"SELECT {quoted(name)} AS statistic, day, customer, hour{shown}, sum(n)::BIGINT AS n,"
                f" sum(bytes)::BIGINT AS bytes, {least} AS least{times} FROM cleaned WHERE true{needed} GROUP BY ALL"
            )
        return " UNION ALL ".join(parts)


@dataclass(frozen=True, slots=True)
class Partial:
    """One Parquet file of additive rows. `lines` is how many lines of the statistic `requests` are in it."""

    day: str
    customer: str
    path: Path
    lines: int


def day_of(hour: datetime, zone: str) -> str:
    """The civil day of an hour, `2026-04-01`."""
    return hour.astimezone(ZoneInfo(zone)).date().isoformat()


def columns_of(policy: LogPolicy) -> set[str]:
    """The columns of a partial that come from the declaration."""
    return {
        each
        for statistic in policy.all_statistics().values()
        for each in (*statistic.dimensions, *(f"parameter:{name}" for name in statistic.requires))
    }


def runs(fmt: Format, lines: bytes, valid: Mapping[Key, int]) -> tuple[int, tuple[int, ...]]:
    """How many line ends there are, and, where the hours follow each other, where each one's lines end.

    What comes before the first mark of any later hour is no later hour's. If those are as many lines as the hour has,
    the boundary is certain, whatever else the lines hold.
    """
    hours = sorted((hour_of(fmt.clock, hour, zone), hour, count) for (hour, zone, _), count in valid.items())
    # looked for one after the other, which is twice as fast as looking at each byte (`count`)
    ends, cuts = len(lines) - len(lines.replace(b"\n", b"")), [0]
    for number, (_, _, count) in enumerate(hours[:-1], 1):
        places = [lines.find(fmt.mark(later), cuts[-1]) for _, later, _ in hours[number:]]
        cut = max(lines.rfind(b"\n", 0, max(min(places), 0)) + 1, cuts[-1])
        found = lines.count(b"\n", cuts[-1], cut)
        cuts.append(cut)
        if found != count:
            return ends, ()
    return ends, (*cuts[1:], len(lines)) if hours else ()


def _without_long_lines(text: bytes) -> bytes:
    """Lines over `LONGEST_LINE` emptied (then malformed): the engine refuses a file for one of them."""
    position, end = 0, len(text)
    while end - position > LONGEST_LINE:
        line_end = text.rfind(b"\n", position, position + LONGEST_LINE)
        if line_end < 0:
            return b"\n".join([line if len(line) < LONGEST_LINE else b"" for line in text.split(b"\n")])
        position = line_end + 1
    return text
