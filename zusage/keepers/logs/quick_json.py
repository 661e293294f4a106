"""The quick reading of JSON lines that all have the same keys: the engine's own JSON reader does the work.

The first line of a batch says which keys there are. A line that lacks one of them is not counted here. Whether a line has
further keys is asked of the batch as a whole: keys and punctuation are as long in every line as in the first one, so the
values tell how long the batch must be. What is longer holds something else, and is read thoroughly (`quick`, `extraction`).
Not looked at is what only the server writes: blanks between keys and values, and figures in other notations.
"""

# ruff: noqa: S608 - the SQL is made of our own expressions; what others wrote goes through `quoted` and `column`

from __future__ import annotations

import json
import re

from zusage.declaration.logs import LogPolicy
from zusage.keepers.logs.extraction import column, quoted
from zusage.keepers.logs.formats import Format
from zusage.keepers.logs.quick import Quick, Shape

#: With more escapes than this, a batch is read thoroughly: looking at each of them would cost more.
_MOST_ESCAPES = 20_000
_ESCAPE = re.compile(rb'\\(?:u([0-9a-fA-F]{4})|["\\/bfnrt])')
_ZONES = {"iso": re.compile(r"(Z|[+-][0-9]{2}:?[0-9]{2})$"), "local": re.compile(r" ([+-][0-9]{4})$")}
#: where hours, minutes and seconds stand in a time without fractions, and how long it is without its zone
_CLOCK = {"iso": (12, 19), "local": (13, 21)}
_FIELDS = ("time", "address", "request", "status", "bytes", "referrer", "agent", "site")
#: what the engine reads of a file at once, half of it for a line
_OBJECT = 256 << 10
_FIGURE = "'-|0|[1-9][0-9]{0,17}'"


def shrinking(text: bytes) -> int | None:
    """How many bytes shorter JSON lines are once their escapes are read; None if there are too many to look at, or one that
    JSON does not know."""
    position, lost = text.find(b"\\"), 0
    for _ in range(_MOST_ESCAPES):
        if position < 0:
            return lost
        escape = _ESCAPE.match(text, position)
        if escape is None:
            return None
        lost += len(escape[0]) - (_width(int(escape[1], 16)) if escape[1] else 1)
        position = text.find(b"\\", escape.end())
    return None


def _width(code: int) -> int:
    """UTF-8 bytes of a code unit; half of four for each of a surrogate pair."""
    return 1 if code < 0x80 else 2 if code < 0x800 or 0xD800 <= code < 0xE000 else 3


class QuickJson(Quick):
    """The quick reading of one source of JSON lines."""

    hour_type, hour_text = "VARCHAR", "hour"

    def __init__(self, fmt: Format, policy: LogPolicy, site: str, dimensions: list[str]) -> None:
        super().__init__(fmt, policy, site, dimensions)
        self._names = [name for name in _FIELDS if name in fmt.fields]
        self._networks = policy.suppress_below > 1 and "address" in fmt.fields
        needed = {"time"} | ({"request"} if self._keys()[:1] == ["head"] else set())
        self.fits = self.fits and fmt.clock != "epoch" and needed <= set(fmt.fields)
        self._needed = (
            needed | (set(self._keys()) & set(_FIELDS)) | ({"address"} if self._networks else set())
        )

    def shape(self, text: bytes) -> Shape | None:
        """What the first line says of all lines; None if they cannot be read here."""
        line = text[: text.find(b"\n") + 1]
        lost = shrinking(line)
        try:
            content = json.loads(line)
        except (ValueError, RecursionError):
            return None
        if lost is None or not isinstance(content, dict) or not set(content) <= set(self._fmt.keys):
            return None
        names = {self._fmt.keys[key]: key for key in content}
        plain = all(isinstance(one, str) or type(one) is int for one in content.values())
        if not plain or len(names) != len(content) or not self._needed <= set(names):
            return None
        time = content[names["time"]]
        zone = _ZONES[self._fmt.clock].search(str(time))
        if zone is None or not isinstance(time, str):
            return None
        values = sum(len(str(one).encode("utf-8", "surrogatepass")) for one in content.values())
        short = len(time) == _CLOCK[self._fmt.clock][1] + len(zone[1])
        return Shape(zone[1], names, len(line) - lost - values, short)

    def whole(self, text: bytes, shape: Shape, lines: int, values: int) -> bool:
        """Whether these lines hold their values, the keys of the first one, and nothing else."""
        lost = shrinking(text)
        return lost is not None and lines * shape.beside + values + lost == len(text)

    def _lines(self, path: str, size: int, shape: Shape) -> str:
        """The lines with the keys of the first one, and a time of its zone."""
        columns = ", ".join(f"{quoted(key)}: 'VARCHAR'" for key in shape.keys.values())
        read = (
            f"read_json({quoted(path)}, format='newline_delimited', records=true, compression='none', ignore_errors=true,"
            f" maximum_object_size={_OBJECT}, columns={{{columns}}})"
        )
        named = {name: column(key) for name, key in shape.keys.items()}
        time = named["time"]
        begin, _ = _CLOCK[self._fmt.clock]
        same = [f"{each} IS NOT NULL" for each in named.values()]
        if shape.short:
            # the hour is looked at once for each group (`hour_of`)
            same.append(f"strlen({time}) = {_CLOCK[self._fmt.clock][1] + len(shape.zone)}")
            same.append(f"try_cast(substring({time}, {begin}, 8) AS TIME) IS NOT NULL")
        else:
            same.append(f"regexp_full_match({time}, {quoted(self._fmt.time_pattern)})")
        same.append(f"suffix({time}, {quoted(shape.zone)})")
        size_shown = "0::BIGINT AS bytes"
        if "bytes" in named:
            figure = f"try_cast({named['bytes']} AS BIGINT)"
            same.append(f"({figure} >= 0 AND NOT contains({named['bytes']}, '.') OR {named['bytes']} = '-')")
            size_shown = f"coalesce({figure}, 0) AS bytes"
        shown = [f"{each} AS {name}" for name, each in named.items() if name not in ("time", "bytes")]
        hour = f"left({time}, {14 if self._fmt.clock == 'local' else 13}) AS hour"
        values = " + ".join(f"strlen({each})" for each in named.values())
        chosen = ", ".join([hour, size_shown, *shown, f"{values} AS values"])
        return f"SELECT {chosen} FROM {read} WHERE {' AND '.join(same)}"

    def _well(self) -> str:
        return "true"
