"""The quick reading of JSON lines: whatever is written in the same way for every line need not be parsed for each.

The first line of a batch says where keys, punctuation and values stand between quotation marks. Lines that have the
same keys and punctuation are read as columns; all others are left to the thorough reading, as in `quick`.
"""

# ruff: noqa: S608 - the SQL is made of our own expressions; what others wrote goes through `quoted` and `column`

from __future__ import annotations

import json
import re

from zusage.declaration.logs import LogPolicy
from zusage.keepers.logs.extraction import quoted
from zusage.keepers.logs.formats import Format
from zusage.keepers.logs.quick import READ, ROOM, Quick, Shape

#: With more escapes than this, a batch is read thoroughly: looking at each of them would cost more.
_MOST_ESCAPES = 20_000
_ESCAPE = re.compile(rb'\\(?:u[0-9a-fA-F]{4}|["\\/bfnrt])')
#: escapes that hide a quotation mark or stand for what tells a request's parts apart
_MEANT = {
    b'\\"': b"\\u0022", b"\\/": b"/", b"\\u002f": b"/", b"\\u0026": b"&", b"\\u003d": b"=",
    b"\\u003f": b"?", b"\\u0023": b"#", b"\\u0020": b" ",
}  # fmt: skip
_FIGURE = re.compile(r"(\s*:\s*)(0|[1-9][0-9]*)(\s*[,}]\s*)")
_ZONES = {"iso": re.compile(r"(Z|[+-][0-9]{2}:?[0-9]{2})$"), "local": re.compile(r" ([+-][0-9]{4})$")}
_FIELDS = ("time", "address", "request", "status", "bytes", "referrer", "agent", "site")


def unescaped(text: bytes) -> bytes | None:
    """JSON lines in which no escape hides a quotation mark or what tells a request's parts apart.

    None if there are too many escapes to look at, or one that JSON does not know.
    """
    position, last, pieces = text.find(b"\\"), 0, list[bytes]()
    for _ in range(_MOST_ESCAPES):
        if position < 0:
            return b"".join([*pieces, text[last:]]) if pieces else text
        escape = _ESCAPE.match(text, position)
        if escape is None:
            return None
        instead = _MEANT.get(escape[0].lower())
        if instead:
            pieces += [text[last:position], instead]
            last = escape.end()
        position = text.find(b"\\", escape.end())
    return None


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

    def prepared(self, text: bytes) -> bytes | None:
        """`text` as it is read here; None if it cannot be."""
        return unescaped(text)

    def shape(self, text: bytes) -> Shape | None:
        """What the first line says of all lines; None if they cannot be read here."""
        line = text[: text.find(b"\n")]
        try:
            content = json.loads(line)
        except (ValueError, RecursionError):
            return None
        if not isinstance(content, dict) or not set(content) <= set(self._fmt.keys):
            return None
        parts, number, places = line.decode().split('"'), 1, dict[str, tuple[int, bool]]()
        for key, value in content.items():
            name, figure = self._fmt.keys[key], isinstance(value, int) and not isinstance(value, bool)
            if name in places or not (figure or isinstance(value, str)) or parts[number] != key:
                return None
            if figure and not _FIGURE.fullmatch(parts[number + 1]):
                return None
            places[name] = (number + (1 if figure else 2), figure)
            number += 2 if figure else 4
        if number != len(parts) or not self._needed <= set(places) or places["time"][1]:
            return None
        zone = _ZONES[self._fmt.clock].search(parts[places["time"][0]])
        return Shape(zone[1], tuple(parts), places) if zone else None

    def _lines(self, path: str, size: int, shape: Shape) -> str:
        """The lines with the keys and the punctuation of the first one, and a time of its zone."""
        columns = ", ".join(f"'c{number}': 'VARCHAR'" for number in range(len(shape.parts)))
        read = (
            f"read_csv({quoted(path)}, delim='\"', quote='', escape='', nullstr=chr(2), {READ}, max_line_size={size + 1},"
            f" buffer_size={size + ROOM}, columns={{{columns}}})"
        )
        values = {number for number, _ in shape.places.values()}
        same = [f"c{n} = {quoted(part)}" for n, part in enumerate(shape.parts) if n not in values]
        time = f"c{shape.places['time'][0]}"
        same += [
            f"regexp_full_match({time}, {quoted(self._fmt.time_pattern)})",
            f"suffix({time}, {quoted(shape.zone)})",
        ]
        same += [_is_figure(number, shape) for number, figure in shape.places.values() if figure]
        texts = {name: _text(*place, shape) for name, place in shape.places.items() if name != "time"}
        size_text = texts.pop("bytes", "'-'")
        if "bytes" in shape.places and not shape.places["bytes"][1]:
            same.append(f"regexp_full_match({size_text}, '-|0|[1-9][0-9]{{0,17}}')")
        shown = [f"{text} AS {name}" for name, text in texts.items()]
        hour = f"left({time}, {14 if self._fmt.clock == 'local' else 13}) AS hour"
        size_shown = f"coalesce(try_cast({size_text} AS BIGINT), 0) AS bytes"
        return f"SELECT {', '.join([hour, size_shown, *shown])} FROM {read} WHERE {' AND '.join(same)}"

    def _readable(self) -> str:
        """An escape in a request with a query, or where a family or a host is looked for, is left to the thorough one."""
        shown = [
            f"NOT contains({name}, '\\')"
            for name in ("referrer", "agent")
            if name in self._shown & set(self._names)
        ]
        return " AND ".join(["(mark = 0 OR NOT contains(request, '\\'))", *shown])

    def _well(self) -> str:
        return "true"

    def _head(self) -> str:
        return """CASE WHEN contains(head, '\\') THEN json_extract_string('"' || head || '"', '$') ELSE head END"""


def _is_figure(number: int, shape: Shape) -> str:
    """Whether the part is a figure between the punctuation of the first line."""
    found = _FIGURE.fullmatch(shape.parts[number])
    assert found is not None
    pattern = f"{re.escape(found[1])}(?:0|[1-9][0-9]{{0,17}}){re.escape(found[3])}"
    return f"regexp_full_match(c{number}, {quoted(pattern)})"


def _text(number: int, figure: bool, shape: Shape) -> str:
    found = _FIGURE.fullmatch(shape.parts[number]) if figure else None
    if found is None:
        return f"c{number}"
    return f"substring(c{number}, {len(found[1]) + 1}, strlen(c{number}) - {len(found[1]) + len(found[3])})"
