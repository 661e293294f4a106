# ruff: noqa: S608 - the SQL is made of our own expressions; what others wrote goes through `quoted` and `column`
"""Published statistics: partials added up, small cells and their complements suppressed, each customer its own.

Three things make that two publications tell no more than one. A statistic is published at one period only, at its
declared dimensions; everything coarser is a sum of published cells. A period is published when it is over, and what
arrives later is not added to it. And wherever a total is known from elsewhere – the period's, or that of another
statistic over shared dimensions – more than one cell is suppressed, and all of them together are not small.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, select

from zusage.database.dialects import insert_ignoring
from zusage.keepers.logs.extraction import column, quoted
from zusage.keepers.logs.scanning import BUCKETS, connect
from zusage.keepers.logs.tables import log_partial, log_release
from zusage.keepers.logs.vault import Vault

#: A period is published so long after its end at the earliest: late lines are the rule, not the exception.
SETTLE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Cell:
    """One published row. `least`: at least so many networks stand behind it, up to the declared cell size."""

    period: str
    customer: str
    values: tuple[str, ...]
    count: int
    bytes: int
    least: int
    milliseconds: int | None = None
    below: tuple[int, ...] = ()

    def percentile(self, share: float) -> int | None:
        """The smallest limit (ms) that at least `share` of the requests stay within; None where none is known."""
        wanted = self.count * share
        return next(
            (limit for limit, found in zip(BUCKETS, self.below, strict=False) if found >= wanted), None
        )


@dataclass(frozen=True, slots=True)
class Figures:
    """A published statistic. `suppressed`: cells left out; `rest`: their sum, by period, where it tells nobody."""

    statistic: str
    dimensions: tuple[str, ...]
    per: str
    cells: tuple[Cell, ...]
    suppressed: int
    rest: dict[str, int]


def publish(vault: Vault, statistic: str, now: datetime, customer: str | None = None) -> Figures:
    """The figures of a statistic for a customer, or for all of them, as far as their periods are over.

    Raises `KeyError` for a statistic that is not declared; the caller checks the purpose (`reading`).
    """
    wanted = vault.policy.all_statistics()[statistic]
    with vault.state.begin() as connection:
        partials = _partials(connection, vault, customer)
        cells = _cells(vault, partials, statistic)
        over = [each for each in cells if _end(each.period, wanted.per, vault.zone) + SETTLE <= now]
        released = _release(connection, vault, statistic, over, now)
    late = {key for key, at in released.items() if any(row.made_at > at for row in partials)}
    if late:
        cells = _cells(vault, partials, statistic, released)
        over = [each for each in cells if (each.customer, each.period) in released]
    return shown(vault, statistic, over)


def shown(vault: Vault, statistic: str, cells: Sequence[Cell]) -> Figures:
    """What of the cells of whole periods may be shown."""
    wanted = vault.policy.all_statistics()[statistic]
    kept, suppressed = _suppress(vault, statistic, cells)
    hidden: dict[str, list[Cell]] = {}
    for each in suppressed:
        hidden.setdefault(f"{each.period} {each.customer}", []).append(each)
    rest = {
        key: sum(each.count for each in found)
        for key, found in sorted(hidden.items())
        if len(found) > 1 and sum(each.count for each in found) >= vault.policy.suppress_below
    }
    kept.sort(key=lambda each: (each.period, each.customer, each.values))
    return Figures(statistic, wanted.dimensions, wanted.per, tuple(kept), len(suppressed), rest)


def _partials(connection: Connection, vault: Vault, customer: str | None) -> Sequence[Row[Any]]:
    query = select(log_partial).where(log_partial.c.activity == vault.name, log_partial.c.erased_at.is_(None))
    if customer is not None:
        query = query.where(log_partial.c.customer == customer)
    return connection.execute(query.order_by(log_partial.c.day, log_partial.c.id)).all()


def _cells(
    vault: Vault,
    partials: Sequence[Row[Any]],
    statistic: str,
    released: dict[tuple[str, str], datetime] | None = None,
) -> list[Cell]:
    """The partials added up at the statistic's period. With `released`, what was made after its release is left out."""
    if not partials:
        return []
    duck = connect(vault.binding.memory, vault.binding.threads)
    try:
        rows = duck.execute(_sum(vault, partials, statistic, released)).fetchall()
    finally:
        duck.close()
    return cells_of(vault, statistic, rows)


def period_sql(per: str, zone: str) -> str:
    """The name of the period in which the column `hour` lies: hours in UTC, days and months in the zone."""
    shape = {"hour": "%Y-%m-%dT%H", "day": "%Y-%m-%d", "month": "%Y-%m"}[per]
    local = f"timezone({quoted(zone)}, timezone('UTC', hour))" if per != "hour" else "hour"
    return f"strftime({local}, {quoted(shape)})"


def cells_of(vault: Vault, statistic: str, rows: Sequence[Sequence[Any]]) -> list[Cell]:
    """Rows (period, customer, *dimensions, count, bytes, least, and with timings milliseconds and buckets) as cells."""
    size = len(vault.policy.all_statistics()[statistic].dimensions)
    return [
        Cell(
            row[0], row[1], tuple(row[2 : 2 + size]), row[2 + size], row[3 + size], row[4 + size],
            *((row[5 + size], tuple(row[6 + size :])) if vault.policy.timings else ()),
        )
        for row in rows
    ]  # fmt: skip


def _sum(
    vault: Vault,
    partials: Sequence[Row[Any]],
    statistic: str,
    released: dict[tuple[str, str], datetime] | None,
) -> str:
    wanted = vault.policy.all_statistics()[statistic]
    period = period_sql(wanted.per, vault.zone)
    shown = ", ".join(column(each) for each in wanted.dimensions)
    times = ""
    if vault.policy.timings:
        times = ", sum(ms)::BIGINT" + "".join(f", sum(t{limit})::BIGINT" for limit in BUCKETS)
    files = ", ".join(quoted(str(vault.folder / row.file)) for row in partials)
    known = ", ".join(
        f"({quoted(str(vault.folder / row.file))}, {quoted(row.customer)}, {quoted(row.made_at.isoformat())})"
        for row in partials
    )
    late = ""
    if released is not None:
        rows = ", ".join(
            f"({quoted(c)}, {quoted(p)}, {quoted(at.isoformat())})" for (c, p), at in released.items()
        )
        late = (
            f" AND EXISTS (SELECT 1 FROM (VALUES {rows}) AS r(c, p, released) WHERE r.c = owner AND r.p = {period}"
            " AND made <= r.released)"
        )
    return (
        f"SELECT {period} AS period, owner, {shown}, sum(n)::BIGINT, sum(bytes)::BIGINT, max(least)::BIGINT{times}"
        f" FROM read_parquet([{files}], filename=true, hive_partitioning=false, union_by_name=true) AS p"
        f" JOIN (VALUES {known}) AS f(file, owner, made) ON p.filename = f.file"
        f" WHERE statistic = {quoted(statistic)}{late} GROUP BY ALL"
    )


def _release(
    connection: Connection, vault: Vault, statistic: str, over: Sequence[Cell], now: datetime
) -> dict[tuple[str, str], datetime]:
    """When each (customer, period) was first published; those of `over` are published now if they never were."""
    mine = (log_release.c.activity == vault.name) & (log_release.c.statistic == statistic)
    keys = {(each.customer, each.period) for each in over}
    for customer, period in sorted(keys):
        values = {
            "activity": vault.name,
            "statistic": statistic,
            "customer": customer,
            "period": period,
            "at": now,
        }
        names = ("activity", "statistic", "customer", "period")
        connection.execute(insert_ignoring(connection, log_release, *names).values(**values))
    rows = connection.execute(select(log_release).where(mine))
    return {(row.customer, row.period): row.at for row in rows if (row.customer, row.period) in keys}


def _end(period: str, per: str, zone: str) -> datetime:
    """The instant at which a period is over. Hours are named in UTC, days and months in the declared zone."""
    if per == "hour":
        return datetime.strptime(period, "%Y-%m-%dT%H").replace(tzinfo=UTC) + timedelta(hours=1)
    begin = datetime.strptime(period, "%Y-%m-%d" if per == "day" else "%Y-%m").replace(tzinfo=ZoneInfo(zone))
    following = begin + timedelta(days=1 if per == "day" else 32)
    return (following if per == "day" else following.replace(day=1)).astimezone(UTC)


def _suppress(vault: Vault, statistic: str, cells: Sequence[Cell]) -> tuple[list[Cell], list[Cell]]:
    """Cells to publish, and cells to suppress: small ones, and further ones that totals would give away."""
    smallest, all_of = vault.policy.suppress_below, vault.policy.all_statistics()
    networks = smallest > 1 and "address" in vault.format.fields
    small = {each for each in cells if each.count < smallest or (networks and each.least < smallest)}
    own = all_of[statistic].dimensions
    shared = {
        tuple(d for d in own if d in other.dimensions) for name, other in all_of.items() if name != statistic
    }
    margins = sorted({(), *shared} - {own})
    changed = True
    while changed:
        changed = False
        for margin in margins:
            for group in _groups(cells, own, margin):
                changed |= _complement(group, small, smallest)
    return [each for each in cells if each not in small], [each for each in cells if each in small]


def _groups(cells: Sequence[Cell], own: Sequence[str], margin: Sequence[str]) -> Iterator[list[Cell]]:
    places = [own.index(each) for each in margin]
    groups: dict[tuple[str, ...], list[Cell]] = {}
    for each in cells:
        groups.setdefault((each.period, each.customer, *(each.values[place] for place in places)), []).append(
            each
        )
    return iter(groups.values())


def _complement(group: list[Cell], small: set[Cell], smallest: int) -> bool:
    """Suppress the next smallest cells of a group until what is hidden in it is several cells and no small number."""
    hidden = [each for each in group if each in small]
    if not hidden:
        return False
    changed = False
    others = sorted((each for each in group if each not in small), key=lambda each: (each.count, each.values))
    while others and (len(hidden) < 2 or sum(each.count for each in hidden) < smallest):
        hidden.append(others.pop(0))
        small.add(hidden[-1])
        changed = True
    return changed
