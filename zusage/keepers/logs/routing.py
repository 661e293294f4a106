"""Which line goes into which segment: by hour and customer, exactly, and fast where a batch is simple.

A batch in which every line is well-formed, of one customer and passes as it is, is cut at hour boundaries by counting
the hour's mark in blocks; the sums must then be those of the scan, else every line is looked at. A mark that somebody
wrote into a header can therefore cost time, but move no line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from zusage.declaration.logs import LogPolicy
from zusage.keepers.logs.extraction import parameter_of
from zusage.keepers.logs.formats import Format, Line, declared_fields, hour_of
from zusage.keepers.logs.scanning import LONGEST_LINE, OTHER, Counted, Where

_BLOCK = 1 << 20
_SMALL_BLOCK = 8 << 10
_QUERY = re.compile(rb"[?#;][^ ]*")
#: Stands behind a line whose further fields are not declared: it stays malformed when it is read again.
REMOVED = b" [undeclared]"

Place = tuple[datetime, str]
Piece = bytes | memoryview


@dataclass(slots=True)
class Routed:
    """A batch by segment. `lines` counts well-formed lines by place, `malformed` those sealed beside them."""

    pieces: dict[Place, list[Piece]] = field(default_factory=dict)
    lines: dict[Place, int] = field(default_factory=dict)
    malformed: dict[Place, int] = field(default_factory=dict)
    #: malformed lines that the declaration does not want sealed
    unsealed: int = 0


class Passing:
    """Lets the declared fields of a line pass; what is not declared becomes `-`."""

    def __init__(self, fmt: Format, policy: LogPolicy) -> None:
        self._fmt, self._policy = fmt, policy
        fields = declared_fields(policy)
        #: the request passes, but without its query
        self._path_only = "path" in fields and "request" not in fields
        targets = {"request", "url"} if self._path_only else set()
        self._hidden = [n for n in fmt.fields if fields and n not in fields | targets and n != "time"]
        as_is = policy.referrer == "full" or "referrer" not in fmt.fields
        #: whether lines pass as they are
        self.whole = as_is and not self._hidden and not self._path_only
        #: whether they do where the scan found nothing that is not declared
        self.whole_if_pure = self.whole or (
            as_is and not self._path_only and fmt.kind == "quoted" and set(self._hidden) <= {"ident", "user"}
        )

    def line(self, text: bytes, parsed: Line) -> bytes:
        """The line as it is sealed."""
        if self._fmt.kind == "json":
            return self._json_line(text)
        match = self._fmt.compiled.fullmatch(text) if self._fmt.compiled else None
        assert match is not None
        parts, end = [], 0
        for number, name in enumerate(self._fmt.fields, 1):
            if name in self._hidden:
                instead = b"000" if name == "status" else b"-"
            elif name == "referrer" and self._policy.referrer != "full":
                instead = self._referrer(parsed["referrer"])
            elif name in ("request", "url") and self._path_only:
                instead = _QUERY.sub(b"", parsed[name])
            else:
                continue
            parts += [text[end : match.start(number)], instead]
            end = match.end(number)
        return b"".join([*parts, text[end:]])

    def _json_line(self, text: bytes) -> bytes:
        content = {key: value for key, value in json.loads(text).items() if key in self._fmt.keys}
        for key in content:
            if (
                self._fmt.keys[key] == "referrer"
                and self._policy.referrer != "full"
                and isinstance(content[key], str)
            ):
                content[key] = self._referrer(content[key].encode()).decode("utf-8", "replace")
        return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")

    def _referrer(self, referrer: bytes) -> bytes:
        kept = re.split(rb"[?#]", referrer, maxsplit=1)[0]
        if self._policy.referrer == "host":
            found = re.match(rb"[A-Za-z]+://(?:[^/?#@]*@)?[^/?#]*", kept)
            return found.group(0) if found else b"-"
        return kept


class Router:
    """Routes the batches of one source."""

    def __init__(self, fmt: Format, policy: LogPolicy, where: Where) -> None:
        self._fmt, self._policy, self._where = fmt, policy, where
        self._passing = Passing(fmt, policy)
        self._last: Place | None = None

    def route(self, lines: bytes, counted: Counted, now: datetime, *, exact: bool = False) -> Routed | None:
        """`lines` by place; None where the scan and this reading of the lines do not agree.

        With `exact` every line is read here, whatever the scan says.
        """
        wanted: dict[Place, int] = {}
        for (hour, zone, customer), count in counted.valid.items():
            begin = hour_of(self._fmt.clock, hour, zone)
            assert begin is not None
            wanted[begin, customer] = wanted.get((begin, customer), 0) + count
        simple = self._passing.whole_if_pure and not exact and sum(wanted.values()) == counted.lines
        routed = None
        if simple and len(wanted) == 1:
            routed = Routed({next(iter(wanted)): _blocks(lines)}, dict(wanted))
        elif simple and len({customer for _, customer in wanted}) == 1:
            routed = _in_runs(lines, counted, wanted) or self._by_blocks(lines, self._marks(counted))
        if routed is None or routed.lines != wanted:
            routed = self.each_line(lines, now)
        if routed.lines != wanted:
            return None
        self._last = max(routed.lines, default=self._last)
        return routed

    def _marks(self, counted: Counted) -> dict[bytes, Place]:
        """What stands in a line's time for each place; empty where that does not tell places apart."""
        places: dict[bytes, Place] = {}
        for hour, zone, customer in counted.valid:
            begin = hour_of(self._fmt.clock, hour, zone)
            mark = self._fmt.mark(hour)
            if begin is None or not mark or mark in places:
                return {}
            places[mark] = (begin, customer)
        return places

    def _by_blocks(self, lines: bytes, places: Mapping[bytes, Place]) -> Routed | None:
        """Blocks in which every line has the mark of one hour; smaller ones where that is not so."""
        if b"\r" in lines or not places:
            return None
        customer = next(customer for _, customer in places.values())
        routed, marks = Routed(), sorted(places, key=places.__getitem__)
        view = memoryview(lines)
        pending = [(start, end) for start, end in reversed(_cuts(lines, 0, len(lines), _BLOCK))]
        while pending:
            start, end = pending.pop()
            count = lines.count(b"\n", start, end)
            found = next((each for each in marks if lines.count(each, start, end) == count), None)
            if found is not None:
                _add(routed, places[found], view[start:end], count)
                marks.remove(found)
                marks.insert(0, found)
            elif end - start > _SMALL_BLOCK:
                pending += reversed(_cuts(lines, start, end, (end - start) // 4))
            elif not self._single_lines(routed, lines[start:end], customer):
                return None
        return routed

    def _single_lines(self, routed: Routed, block: bytes, customer: str) -> bool:
        """Routes a few lines one by one; False if one of them cannot be read."""
        for line in block.splitlines(keepends=True):
            parsed = self._fmt.parse(self._fmt.readable(line[:-1]))
            begin = self._fmt.hour(parsed["time"]) if parsed else None
            if begin is None:
                return False
            _add(routed, (begin, customer), line, 1)
        return True

    def each_line(self, lines: bytes, now: datetime) -> Routed:
        """Every line looked at by itself."""
        text = self._fmt.readable(lines)
        gathered: dict[Place, list[bytes]] = {}
        routed = Routed()
        place = self._last
        for read, raw in zip(_split(text), _split(lines), strict=True):
            parsed = self._fmt.parse(read) if len(read) < LONGEST_LINE else None
            if parsed is None:
                sealed = self._malformed(read, raw)
                if sealed is None:
                    routed.unsealed += 1
                    continue
                if place is None:
                    this_hour = now.replace(minute=0, second=0, microsecond=0)
                    place = (this_hour, OTHER if self._policy.customer_field else self._where.customer)
                gathered.setdefault(place, []).append(sealed)
                routed.malformed[place] = routed.malformed.get(place, 0) + 1
                continue
            begin = self._fmt.hour(parsed["time"])
            assert begin is not None
            place = (begin, self._customer(parsed))
            whole = self._passing.whole and self._fmt.kind != "json"
            gathered.setdefault(place, []).append(raw if whole else self._passing.line(read, parsed))
            routed.lines[place] = routed.lines.get(place, 0) + 1
        for place, kept in gathered.items():
            routed.pieces[place] = _blocks(b"\n".join(kept) + (b"\n" if lines.endswith(b"\n") else b""))
        return routed

    def _malformed(self, read: bytes, raw: bytes) -> bytes | None:
        """What is sealed of a line without the declared form: nothing beyond the declared fields, where they are there."""
        if self._policy.malformed == "count":
            return None
        declared = self._fmt.prefix(read)
        return raw if declared is None else declared + REMOVED

    def _customer(self, parsed: Line) -> str:
        if not self._policy.customer_field:
            return self._where.customer
        kind, _, parameter = self._policy.customer_field.partition(":")
        if kind == "parameter":
            return self._where.customers.get(parameter_of(parsed, parameter), OTHER)
        value = parsed.get(self._policy.customer_field, b"").decode("utf-8", "replace")
        return self._where.customers.get(value, OTHER)


def _in_runs(lines: bytes, counted: Counted, wanted: Mapping[Place, int]) -> Routed | None:
    """Where the scan saw each hour's lines stand together."""
    if len(counted.cuts) != len(wanted):
        return None
    starts = (0, *counted.cuts)
    pieces = {
        place: _blocks(lines, start, end)
        for place, start, end in zip(sorted(wanted), starts, counted.cuts, strict=False)
    }
    return Routed(pieces, dict(wanted))


def _add(routed: Routed, place: Place, piece: Piece, count: int) -> None:
    routed.pieces.setdefault(place, []).append(piece)
    routed.lines[place] = routed.lines.get(place, 0) + count


def _split(lines: bytes) -> list[bytes]:
    """Lines without their ends. A piece of an endless line has none."""
    split = lines.split(b"\n")
    return split[:-1] if split[-1] == b"" else split


def _cuts(lines: bytes, start: int, end: int, size: int) -> list[tuple[int, int]]:
    """[start, end) in runs of whole lines of about `size`."""
    found = []
    while start < end:
        stop = min(start + size, end)
        cut = lines.rfind(b"\n", start, stop) + 1 or lines.find(b"\n", stop, end) + 1 or end
        found.append((start, cut))
        start = cut
    return found


def _blocks(lines: bytes, start: int = 0, end: int | None = None) -> list[Piece]:
    """`lines` in pieces of about a block, cut at line ends, without copying."""
    view = memoryview(lines)
    return [view[first:cut] for first, cut in _cuts(lines, start, len(lines) if end is None else end, _BLOCK)]
