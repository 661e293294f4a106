"""The quick reading of the formats that every server writes: sound, not complete.

Where each line of a batch is as servers write it, the engine's own reader of quoted columns does most of the work, and
what is expensive is done once for each group of equal lines instead of for each line. A line that is unusual in any
way (a user's name, another zone than its neighbours, a size that is none) is not counted here; the batch has more lines
than were counted then, and is read thoroughly (`extraction`). Not looked at is what only the server writes: whether the
quotation marks around a field are there, white space within its time, figures in other notations. No client can write
these.
"""

# ruff: noqa: S608 - the SQL is made of our own expressions; what others wrote goes through `quoted` and `column`

from __future__ import annotations

import re
from dataclasses import dataclass, field

from zusage.declaration.logs import LogPolicy
from zusage.keepers.logs.addresses import prefix_sql
from zusage.keepers.logs.extraction import HOST, column, family_sql, quoted
from zusage.keepers.logs.formats import Format

_ZONE = re.compile(rb' ([+-][0-9]{4})\] "')
#: what the engine may read besides a batch, in bytes
ROOM = 1 << 20
#: how every batch is read
READ = "comment='', header=false, skip=0, null_padding=false, ignore_errors=true, auto_detect=false, new_line='\\n'"


@dataclass(frozen=True, slots=True)
class Shape:
    """What all lines of a batch have in common, as its first line says: the zone of their times, and for JSON the key of
    each field, how many bytes stand beside its values, and whether its time has no fractions."""

    zone: str
    keys: dict[str, str] = field(default_factory=dict)
    beside: int = 0
    short: bool = True


def zone_of(lines: bytes) -> str | None:
    """The zone in which the first of some lines was written."""
    found = _ZONE.search(lines, 0, 4096)
    return found[1].decode() if found else None


class Quick:
    """The quick reading of one source in a format of quoted columns; `fits` says whether there is one."""

    #: the type of an hour while lines are grouped, and its text as `Format.hour_key` has it
    hour_type, hour_text = "TIMESTAMP", "strftime(hour, '%d/%b/%Y:%H')"

    def __init__(self, fmt: Format, policy: LogPolicy, site: str, dimensions: list[str]) -> None:
        self._fmt, self._site = fmt, site
        self._dimensions, self._customer = dimensions, policy.customer_field
        self._shown = {*dimensions, *([self._customer] if self._customer else [])}
        known = {"site", "path", "method", "status", "referrer", "agent"}
        self.fits = not policy.timings and all(
            each in known or each.startswith("parameter:") for each in self._shown
        )
        self._names = [*fmt.head, "ident", "person", "time", "zone", "request", "status", "bytes"]
        self._names += ["referrer", "agent"] if "referrer" in fmt.fields else []

    def shape(self, text: bytes) -> Shape | None:
        """What the first line says of all lines; None if they cannot be read here."""
        zone = zone_of(text)
        return Shape(zone) if zone is not None else None

    def columns(self) -> str:
        """The columns of what `select` makes."""
        keys = "".join(f", {column(name)} VARCHAR" for name in self._keys())
        return f"hour {self.hour_type}, z VARCHAR{keys}, n BIGINT, bytes BIGINT, values BIGINT, w UBIGINT"

    def whole(self, text: bytes, shape: Shape, lines: int, values: int) -> bool:
        """Whether a batch in which `lines` lines were counted, with so many bytes of `values`, holds nothing else."""
        return True

    def select(self, path: str, size: int, shape: Shape, salt: int | None) -> str:
        """The query that groups the lines of the file `path`, of `size` bytes; `unfold` makes dimensions of its rows.

        `salt` keys the lower bound of networks; None where nobody asks for it.
        """
        least = "0::UBIGINT AS w"
        lines = self._lines(path, size, shape)
        if self._keys()[:1] == ["head"]:
            lines = f"SELECT *, strpos(request, '?') AS mark FROM ({lines})"
            lines = (
                f"SELECT *, CASE WHEN mark > 0 THEN substring(request, mark + 1) END AS query FROM ({lines})"
            )
            lines = f"SELECT *, string_split(query, '&') AS pairs FROM ({lines}) WHERE {self._readable()}"
        if salt is not None:
            net4, network = prefix_sql("address")
            lines = f"SELECT *, {network} AS net FROM (SELECT *, {net4} AS net4 FROM ({lines}))"
            bit = f"1::UBIGINT << (hash(net, {salt}) % 64)::INT"
            least = f"coalesce(bit_or(CASE WHEN net <> '' THEN {bit} END), 0::UBIGINT) AS w"
        keys = "".join(f", {self._key(name)} AS {column(name)}" for name in self._keys())
        return (
            f"SELECT hour, {quoted(shape.zone)} AS z{keys}, count(*) AS n,"
            f" sum(bytes)::BIGINT AS bytes, sum(values)::BIGINT AS values, {least} FROM ({lines}) GROUP BY ALL"
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
            f"SELECT {self.hour_text} AS k, z, {self._owner()} AS c{shown}, sum(n)::BIGINT AS n,"
            f" sum(bytes)::BIGINT AS bytes, bit_or(w) AS w FROM ({groups}) GROUP BY ALL"
        )

    def places(self, table: str) -> str:
        """How many lines of `table` there are by hour and zone, as written, and customer."""
        return (
            f"SELECT {self.hour_text}, z, c, n FROM (SELECT hour, z, {self._owner()} AS c,"
            f" sum(n)::BIGINT AS n FROM {table} WHERE {self._well()} GROUP BY ALL)"
        )

    def _well(self) -> str:
        """What can be asked of a group instead of a line."""
        return "regexp_full_match(status, '[0-9]{3}')" if "status" in self._shown else "true"

    def _owner(self) -> str:
        return self._dimension(self._customer) if self._customer else "NULL::VARCHAR"

    def _lines(self, path: str, size: int, shape: Shape) -> str:
        """The lines that can be read: who asked is there, nobody is named, and the figures are figures."""
        types = {"time": "TIMESTAMP", "bytes": "BIGINT", "status": "USMALLINT"}
        if "status" in self._shown:
            del types["status"]
        columns = ", ".join(f"{quoted(name)}: '{types.get(name, 'VARCHAR')}'" for name in self._names)
        read = (
            f"read_csv({quoted(path)}, delim=' ', quote='\"', escape='', nullstr=['-'], allow_quoted_nulls=false, {READ},"
            f" timestampformat='[%d/%b/%Y:%H:%M:%S', max_line_size={size + 1}, buffer_size={size + ROOM},"
            f" columns={{{columns}}})"
        )
        code = "status IS NOT NULL" if "status" in self._shown else "status BETWEEN 100 AND 999"
        there = " AND ".join(f"({name} IS NULL OR {name} <> '')" for name in {self._fmt.head[0], "address"})
        return (
            f"SELECT *, date_trunc('hour', time) AS hour, 0 AS values FROM {read} WHERE zone = {quoted(shape.zone + ']')}"
            f" AND ident IS NULL AND person IS NULL AND {code} AND (bytes IS NULL OR bytes >= 0) AND {there}"
        )

    def _readable(self) -> str:
        return "true"

    def _keys(self) -> list[str]:
        """What lines are grouped by: `request` up to its query stands for path and method."""
        absent = {"site", "referrer", "agent"} - set(self._names)
        plain = sorted(self._shown - {"path", "method"} - absent)
        of_request = any(name in ("path", "method") or name.startswith("parameter:") for name in self._shown)
        return [*(["head"] if of_request else []), *plain]

    def _key(self, name: str) -> str:
        """What a line is grouped by: of few values, and not yet a dimension."""
        if name == "head":
            return "CASE WHEN mark > 0 THEN left(request, mark - 1) ELSE request END"
        if name.startswith("parameter:"):
            begin = quoted(name.partition(":")[2] + "=")
            return f"list_filter(pairs, lambda pair: starts_with(pair, {begin}))[1]"
        if name == "referrer":
            return f"regexp_extract(referrer, {quoted(HOST)}, 1)"
        if name == "agent":
            return family_sql("agent")
        return name

    def _head(self) -> str:
        """The request up to its query, of a group."""
        return "head"

    def _dimension(self, name: str) -> str:
        """The dimension of a group; cleaned later, as everywhere."""
        if name == "path":
            return f"split_part({self._head()}, ' ', 2)"
        if name == "method":
            return f"split_part({self._head()}, ' ', 1)"
        if name.startswith("parameter:"):
            return f"regexp_extract({column(name)}, '^[^=]*=([^# ]*)', 1)"
        if name in self._keys():
            return column(name)
        return quoted(self._site) if name == "site" else "NULL::VARCHAR"
