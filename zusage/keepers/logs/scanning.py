"""One scan of a batch of lines into additive counts; many batches into partials, one Parquet file a day and customer.

A partial holds hour, the declared dimensions, counts and bytes, and no address. `least` is the only thing that comes of
addresses: a lower bound of how many networks stand behind a row, never above the declared cell size. It is counted over
truncated addresses with a hash whose salt lives as long as the scan, and merges by taking the largest.
"""

# ruff: noqa: S608 - the SQL is made of our own expressions; what others wrote goes through `quoted` and `column`

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from zusage.declaration.logs import LogPolicy
from zusage.errors import MissingExtra
from zusage.keepers.logs.extraction import Sql, clean_sql, column, quoted
from zusage.keepers.logs.formats import Format, hour_of

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


class Scan:
    """Counts batches of lines of one source: `count` and `keep` each, then `write`, then it is empty again."""

    def __init__(
        self, fmt: Format, policy: LogPolicy, where: Where, connection: Any, salt: int | None = None
    ) -> None:
        self._fmt, self._policy, self._where, self._duck = fmt, policy, where, connection
        self._sql = Sql(fmt, policy, where.site)
        self._dimensions = sorted(columns_of(policy))
        self._memory = os.memfd_create("zusage-lines", os.MFD_CLOEXEC)
        self._salt = secrets.randbits(63) if salt is None else salt
        #: how many lines of the last batch hold what is not declared, as far as the scan looks for it
        self.undeclared = 0
        self._customers = dict(where.customers)
        self._empty()

    def close(self) -> None:
        """Frees the memory that holds lines."""
        os.close(self._memory)

    def _empty(self) -> None:
        self._duck.execute("DROP TABLE IF EXISTS base; DROP TABLE IF EXISTS batch")
        self._duck.execute(f"CREATE TEMP TABLE base AS {self._select('/dev/null')}")

    def count(self, lines: bytes) -> dict[Key, int]:
        """Counts `lines` (whole lines); returns how many valid ones there are by hour, zone (as written) and customer.

        What is missing to the number of line ends is malformed. Nothing is kept until `keep` is called.
        `undeclared` says afterwards how many of them hold what is not declared (JSON keys, names of users).
        """
        text = _without_long_lines(self._fmt.readable(lines))
        # pages are written over, not given back: taking new ones for every batch would cost more than the copy
        os.pwrite(self._memory, text, 0)
        os.ftruncate(self._memory, len(text))
        self._duck.execute(
            f"CREATE OR REPLACE TEMP TABLE batch AS {self._select(f'/proc/self/fd/{self._memory}')}"
        )
        found: dict[Key, int] = {}
        rows = self._duck.execute("SELECT k, z, c, CAST(sum(n) AS BIGINT) FROM batch GROUP BY ALL").fetchall()
        for hour, zone, customer, count in rows:
            if hour_of(self._fmt.clock, str(hour), zone) is not None:
                key = (str(hour), zone, self._customer(customer))
                found[key] = found.get(key, 0) + count
        if self._sql.pure():
            self.undeclared = int(
                self._duck.execute("SELECT coalesce(sum(impure), 0) FROM batch").fetchall()[0][0]
            )
        return found

    def keep(self) -> None:
        """The batch that was counted last belongs to what `write` writes."""
        self._duck.execute("INSERT INTO base SELECT * FROM batch")

    def _customer(self, raw: str | None) -> str:
        return self._customers.get(raw or "", OTHER) if self._policy.customer_field else self._where.customer

    def _select(self, path: str) -> str:
        """The query over one batch. Lines without the declared form do not pass its WHERE."""
        hour, zone = self._sql.hour_key()
        customer = self._sql.dimension(self._policy.customer_field) if self._policy.customer_field else "NULL"
        shown = "".join(f", {self._sql.dimension(name)} AS {column(name)}" for name in self._dimensions)
        least = net4 = network = "0::UBIGINT"
        counting_networks = self._policy.suppress_below > 1 and "address" in self._fmt.fields
        if counting_networks:
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
        if counting_networks:
            lines = f"SELECT *, {network} AS net FROM (SELECT *, {net4} AS net4 FROM ({lines}))"
        return (
            f"SELECT ({hour})::VARCHAR AS k, {zone} AS z, {customer} AS c{shown}, count(*) AS n,"
            f" sum({self._sql.bytes()})::BIGINT AS bytes, {least} AS w{times}{impure}"
            f" FROM ({lines}) GROUP BY ALL"
        )

    def rows(self) -> int:
        """How many rows the counts take so far."""
        return int(self._duck.execute("SELECT count(*) FROM base").fetchall()[0][0])

    def write(self, folder: Path, zone: str) -> list[Partial]:
        """Everything counted since the last `write` as Parquet files in `folder` (random names); then starts afresh.

        `zone` is the time zone whose days partition the files. The files are not yet durable: the caller syncs them.
        """
        self._place(zone)
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
        self._duck.execute("DROP TABLE partials")
        self._empty()
        return made

    def _place(self, zone: str) -> None:
        """Temporary tables that turn hours and customers, as written, into instants, days and names."""
        keys = self._duck.execute("SELECT DISTINCT k, z, c FROM base").fetchall()
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

    def _roll_up(self) -> str:
        parts = []
        for name, statistic in self._policy.all_statistics().items():
            shown = ", ".join(
                f"{clean_sql(column(each)) if each in statistic.dimensions else 'NULL::VARCHAR'} AS {column(each)}"
                for each in self._dimensions
            )
            least = f"least(bit_count(bit_or(w)), {self._policy.suppress_below})::UTINYINT"
            times = ""
            if self._policy.timings:
                times = ", sum(ms)::BIGINT AS ms" + "".join(f", sum(t{t})::BIGINT AS t{t}" for t in BUCKETS)
            needed = "".join(
                f" AND coalesce({column(f'parameter:{each}')}, '') <> ''" for each in statistic.requires
            )
            parts.append(
                f"SELECT {quoted(name)} AS statistic, day, customer, hour, {shown}, sum(n)::BIGINT AS n,"
                f" sum(bytes)::BIGINT AS bytes, {least} AS least{times}"
                f" FROM base JOIN places ON base.k = places.k AND base.z = places.z"
                f" AND base.c IS NOT DISTINCT FROM places.c WHERE true{needed} GROUP BY ALL"
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


def _without_long_lines(text: bytes) -> bytes:
    """Lines over `LONGEST_LINE` emptied (then malformed): the engine refuses a file for one of them."""
    position, end = 0, len(text)
    while end - position > LONGEST_LINE:
        line_end = text.rfind(b"\n", position, position + LONGEST_LINE)
        if line_end < 0:
            return b"\n".join([line if len(line) < LONGEST_LINE else b"" for line in text.split(b"\n")])
        position = line_end + 1
    return text
