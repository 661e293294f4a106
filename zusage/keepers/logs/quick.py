"""The quick reading of the formats that every server writes: sound, not complete.

Where each line of a batch is as servers write it, the engine's own reader of quoted columns does most of the work, and
what is expensive is done once for each group of equal lines instead of for each line. A line that is unusual in any
way (a user's name, another zone than its neighbours, a size that is none) is not counted here; the batch has more lines
than were counted then, and is read thoroughly (`extraction`). Not looked at is what only the server writes: whether the
quotation marks around a field are there, and white space within its time. No client can take or put these.
"""

# ruff: noqa: S608 - the SQL is made of our own expressions; what others wrote goes through `quoted` and `column`

from __future__ import annotations

import re

from zusage.declaration.logs import LogPolicy
from zusage.keepers.logs.addresses import prefix_sql
from zusage.keepers.logs.extraction import HOST, column, family_sql, quoted
from zusage.keepers.logs.formats import Format

_ZONE = re.compile(rb' ([+-][0-9]{4})\] "')
#: what the engine may read besides a batch, in bytes
_ROOM = 1 << 20


def zone_of(lines: bytes) -> str | None:
    """The zone in which the first of some lines was written."""
    found = _ZONE.search(lines, 0, 4096)
    return found[1].decode() if found else None


class Quick:
    """The quick reading of one source; `fits` says whether there is one."""

    def __init__(self, fmt: Format, policy: LogPolicy, site: str, dimensions: list[str]) -> None:
        self._fmt, self._site = fmt, site
        self._dimensions, self._customer = dimensions, policy.customer_field
        self._shown = {*dimensions, *([self._customer] if self._customer else [])}
        known = {"site", "path", "method", "status", "referrer", "agent"}
        self.fits = (
            fmt.kind == "quoted"
            and not policy.timings
            and all(each in known or each.startswith("parameter:") for each in self._shown)
        )
        self._names = [*fmt.head, "ident", "person", "time", "zone", "request", "status", "bytes"]
        self._names += ["referrer", "agent"] if "referrer" in fmt.fields else []
        self._salt: int | None = None

    def select(self, path: str, size: int, zone: str, salt: int | None) -> str:
        """The query that groups the lines of the file `path`, of `size` bytes; `unfold` makes dimensions of its rows.

        `salt` keys the lower bound of networks; None where nobody asks for it.
        """
        least = "0::UBIGINT AS w"
        cast = "try_cast(status AS USMALLINT) AS code, try_cast(bytes AS BIGINT) AS size"
        lines = f"SELECT *, {cast} FROM {self._source(path, size)}"
        lines = f"SELECT *, strpos(request, '?') AS mark FROM ({lines}) WHERE {self._valid(zone)}"
        lines = f"SELECT *, CASE WHEN mark > 0 THEN substring(request, mark) END AS query FROM ({lines})"
        lines = f"SELECT *{self._positions()} FROM ({lines})"
        if salt is not None:
            net4, network = prefix_sql("address")
            lines = f"SELECT *, {network} AS net FROM (SELECT *, {net4} AS net4 FROM ({lines}))"
            bit = f"1::UBIGINT << (hash(net, {salt}) % 64)::INT"
            least = f"coalesce(bit_or(CASE WHEN net <> '' THEN {bit} END), 0::UBIGINT) AS w"
        keys = "".join(f", {self._key(name)} AS {column(name)}" for name in self._keys())
        return (
            f"SELECT date_trunc('hour', time) AS hour, {quoted(zone)} AS z{keys}, count(*) AS n,"
            f" sum(size)::BIGINT AS bytes, {least} FROM ({self._values(lines)}) GROUP BY ALL"
        )

    def unfold(self, table: str) -> str:
        """The rows that `select` made, in `table`, with the columns of the thorough reading."""
        keys = "".join(f", {column(name)}" for name in self._keys())
        groups = (
            f"SELECT hour, z{keys}, sum(n) AS n, coalesce(sum(bytes), 0) AS bytes, bit_or(w) AS w FROM {table}"
            " GROUP BY ALL"
        )
        shown = "".join(f", {self._dimension(name)} AS {column(name)}" for name in self._dimensions)
        return (
            f"SELECT strftime(hour, '%d/%b/%Y:%H') AS k, z, {self._owner()} AS c{shown}, sum(n)::BIGINT AS n,"
            f" sum(bytes)::BIGINT AS bytes, bit_or(w) AS w FROM ({groups}) GROUP BY ALL"
        )

    def places(self, table: str) -> str:
        """How many lines of `table` there are by hour and zone, as written, and customer."""
        return (
            f"SELECT strftime(hour, '%d/%b/%Y:%H'), z, c, n FROM (SELECT hour, z, {self._owner()} AS c,"
            f" sum(n)::BIGINT AS n FROM {table} GROUP BY ALL)"
        )

    def _owner(self) -> str:
        return self._dimension(self._customer) if self._customer else "NULL::VARCHAR"

    def _source(self, path: str, size: int) -> str:
        columns = ", ".join(
            f"{quoted(name)}: '{'TIMESTAMP' if name == 'time' else 'VARCHAR'}'" for name in self._names
        )
        return (
            f"read_csv({quoted(path)}, delim=' ', quote='\"', escape='', comment='', header=false, skip=0,"
            " nullstr=['-'], allow_quoted_nulls=false, null_padding=false, ignore_errors=true, auto_detect=false,"
            f" new_line='\\n', timestampformat='[%d/%b/%Y:%H:%M:%S', max_line_size={size + 1}, buffer_size={size + _ROOM},"
            f" columns={{{columns}}})"
        )

    def _valid(self, zone: str) -> str:
        """Who asked is there, nobody is named, and the figures are written as figures are (more is not counted here)."""
        first = {self._fmt.head[0], "address"}
        return (
            f"zone = {quoted(zone + ']')} AND ident IS NULL AND person IS NULL"
            " AND code BETWEEN 100 AND 999 AND code::VARCHAR = status"
            " AND (bytes IS NULL OR (size >= 0 AND size::VARCHAR = bytes))"
            + "".join(f" AND ({name} IS NULL OR {name} <> '')" for name in first)
        )

    def _keys(self) -> list[str]:
        """What lines are grouped by: `request` up to its query stands for path and method."""
        absent = {"site", "referrer", "agent"} - set(self._names)
        plain = sorted(self._shown - {"path", "method"} - absent)
        return [*(["head"] if self._shown & {"path", "method"} else []), *plain]

    def _parameters(self) -> list[str]:
        return [name.partition(":")[2] for name in self._keys() if name.startswith("parameter:")]

    def _positions(self) -> str:
        """Each parameter's place in the query (which begins with its `?`), 0 for nowhere."""
        return "".join(
            f", CASE WHEN starts_with(query, {quoted('?' + key + '=')}) THEN 1"
            f" ELSE strpos(query, {quoted('&' + key + '=')}) END AS at{number}"
            for number, key in enumerate(self._parameters())
        )

    def _values(self, lines: str) -> str:
        """What follows each parameter's name, to the end of the request, and where it ends."""
        names = list(enumerate(self._parameters()))
        rest = "".join(
            f", CASE WHEN at{number} > 0 THEN substring(query, at{number} + {len(key) + 2}) END AS value{number}"
            for number, key in names
        )
        ends = "".join(f", strpos(value{number}, '&') AS end{number}" for number, _ in names)
        return f"SELECT *{ends} FROM (SELECT *{rest} FROM ({lines}))"

    def _key(self, name: str) -> str:
        """What a line is grouped by: of few values, and not yet a dimension."""
        if name == "head":
            return "CASE WHEN mark > 0 THEN left(request, mark - 1) ELSE request END"
        if name.startswith("parameter:"):
            number = self._parameters().index(name.partition(":")[2])
            return (
                f"CASE WHEN end{number} > 0 THEN left(value{number}, end{number} - 1) ELSE value{number} END"
            )
        if name == "referrer":
            return f"regexp_extract(referrer, {quoted(HOST)}, 1)"
        if name == "agent":
            return family_sql("agent")
        return name

    def _dimension(self, name: str) -> str:
        """The dimension of a group; cleaned later, as everywhere."""
        if name == "path":
            return "split_part(head, ' ', 2)"
        if name == "method":
            return "split_part(head, ' ', 1)"
        if name.startswith("parameter:"):
            return f"regexp_extract({column(name)}, '^[^&# ]*')"
        if name in self._keys():
            return column(name)
        return quoted(self._site) if name == "site" else "NULL::VARCHAR"
