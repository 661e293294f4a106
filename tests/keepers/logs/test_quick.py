"""The quick reading counts nothing that the thorough one would not, and reads usual lines alone."""

from __future__ import annotations

import json
import random
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.keepers.logs.conftest import line
from zusage.declaration.logs import LogPolicy
from zusage.keepers.logs.extraction import bytes_of, clean, dimensions
from zusage.keepers.logs.formats import Format, declared_format, hour_of, normalised, printable
from zusage.keepers.logs.quick import Quick, Shape
from zusage.keepers.logs.quick_json import QuickJson
from zusage.keepers.logs.scanning import connect, runs

#: what the quick reading takes for granted: the server's own quotation marks
QUOTED = [
    re.compile(rb'[^"]* "[^"]*" [^"]*\n'),
    re.compile(rb'[^"]* "[^"]*" [^"]* "[^"]*" "[^"]*"\n'),
]
SHOWN = ["agent", "method", "parameter:a", "path", "referrer", "site", "status"]
ODD = [
    *(bytes([byte]) for byte in range(256) if byte not in b'\t\n\v\f"'),
    b"  ", b"- ", b"?a=1", b"&a=2", b"#", b"%40", b" +0200]", b"[01/Apr/2026:10:00:00", b"9" * 20,
]  # fmt: skip
USUAL = [
    line(request="GET /x;y?b=1&a=2&c=3 HTTP/1.1", referrer="https://u:p@h.example/x?y", agent="curl/8.1"),
    line(request="GET /x?a=&a=5#z HTTP/1.1", agent="Mozilla/5.0 Firefox/140.0"),
    line(request="GE?T /x?a=1 HTTP/1.1", size="-", referrer=""),
    line(request="-", agent="-"),
    line(request="", status=400, size=0),
    line(request="\\x16\\x03\\x01", address="2001:db8::7"),
    line(request="GET /é?a=é&x HTTP/1.1", agent="Grüße/1 (bot)"),
    line(request="GET /a?xa=1&ya=2?a=3 HTTP/1.1"),
]


def _read(text: bytes, fmt: Format, policy: LogPolicy, file: Path) -> list[dict[str, object]]:
    file.write_bytes(text)
    quick, duck = Quick(fmt, policy, "-", SHOWN), connect()
    shape = quick.shape(text)
    assert quick.fits
    assert shape is not None
    duck.execute(f"CREATE TABLE g AS {quick.select(str(file), len(text), shape, 7)}")
    shown = duck.execute(f"SELECT * FROM ({quick.unfold('g')})")
    names = [each[0] for each in shown.description]
    return [dict(zip(names, row, strict=True)) for row in shown.fetchall()]


def _same(row: dict[str, object], text: bytes, fmt: Format) -> None:
    parsed = fmt.parse(text)
    assert parsed is not None, text
    assert {name: clean(str(row[name] or "")) for name in SHOWN} == dimensions(parsed, SHOWN, "-"), text
    assert row["bytes"] == bytes_of(parsed)
    assert hour_of("local", str(row["k"]), str(row["z"])) == fmt.hour(parsed["time"])


@pytest.mark.parametrize("text", USUAL, ids=range(len(USUAL)))
def test_a_usual_line_is_read_and_read_alike(text: bytes, tmp_path: Path) -> None:
    policy = LogPolicy(parameters=("a",), suppress_below=5)
    fmt = declared_format(policy)
    (row,) = _read(text, fmt, policy, tmp_path / "log")
    _same(row, normalised(text)[:-1], fmt)


@pytest.mark.parametrize("words", ["combined", "vhost_combined", "common"])
def test_whatever_the_bytes_what_is_read_is_read_alike(words: str, tmp_path: Path) -> None:
    policy, chance = LogPolicy(format=words, parameters=("a",), suppress_below=1), random.Random(words)
    fmt, accepted = declared_format(policy), 0
    duck, file = connect(), tmp_path / "log"
    quick = Quick(fmt, policy, "-", SHOWN)
    for _ in range(60):
        text = bytearray(chance.choice(USUAL)[:-1])
        if words == "common":
            del text[text.rindex(b' "', 0, text.rindex(b' "')) :]
        elif words == "vhost_combined":
            text[:0] = b"shop.example "
        for _ in range(chance.choice([0, 1, 1, 2])):
            place = chance.randrange(len(text) + 1)
            text[place : place + chance.choice([0, 0, 1, 3])] = chance.choice(ODD)
        read = normalised(bytes(text).replace(b"\n", b"") + b"\n")
        file.write_bytes(read)
        duck.execute(
            f"CREATE OR REPLACE TABLE g AS {quick.select(str(file), len(read), Shape('+0000'), None)}"
        )
        found = sum(each[3] for each in duck.execute(quick.places("g")).fetchall())
        if found != 1 or not QUOTED[words != "common"].fullmatch(read):
            continue
        accepted += 1
        shown = duck.execute(quick.unfold("g"))
        names = [each[0] for each in shown.description]
        _same(dict(zip(names, shown.fetchone(), strict=True)), read[:-1], fmt)
    assert accepted > 15


def test_runs_of_hours_are_certain_or_not_claimed() -> None:
    """A header that holds another hour's mark, and lines out of order, never move a line."""
    start = datetime(2026, 4, 1, 10, tzinfo=UTC)

    def lines(*hours: int, agent: str = "x") -> list[bytes]:
        return [line(agent=agent, start=start + timedelta(hours=hour)) for hour in hours]

    def read(made: list[bytes]) -> tuple[int, list[int]]:
        valid: dict[tuple[str, str, str], int] = {}
        for each in made:
            hour = each[each.index(b"[") + 1 :][:14].decode()
            valid[hour, "+0000", "own"] = valid.get((hour, "+0000", "own"), 0) + 1
        ends, cuts = runs(declared_format(LogPolicy()), b"".join(made), valid)
        return ends, [b"".join(made)[:cut].count(b"\n") for cut in cuts]

    assert read(lines(0, 0, 1, 1, 1)) == (5, [2, 5])
    assert read(lines(0, 1, 1, 2)) == (4, [1, 3, 4])
    assert read(lines(0)) == (1, [1])
    assert read(lines(0, 1, 0)) == (3, [])
    assert read(lines(0, 2, 1, 0)) == (4, [])
    assert read(lines(2, 1, 0)) == (3, [])
    forged = lines(0, agent="[01/Apr/2026:11:00:00 +0000]")
    assert read([*forged, *lines(0, 1)]) == (3, [])
    assert read([*lines(0, 0), *lines(1, agent="[01/Apr/2026:10:"), *lines(1)]) == (4, [2, 4])


KEYS = {
    "time": "time", "ip": "address", "request": "request", "status": "status", "size": "bytes", "from": "referrer",
    "ua": "agent",
}  # fmt: skip
JSON = [
    {"request": "GET /x;y?b=1&a=2 HTTP/1.1", "from": "https://u:p@h.example/x?y", "ua": "curl/8"},
    {"request": "GET /caf\u00e9?a=\u00e9 HTTP/1.1", "from": "-", "ua": 'Mozilla "quoted" Firefox/140.0'},
    {"request": "\x16\x03\x01", "from": "", "ua": "-"},
    {"request": "GET /a\\b HTTP/1.1", "from": "", "ua": "bot\\"},
    {"request": "-", "from": "-", "ua": ""},
]


def _json_line(content: dict[str, str], slashes: bool, spaces: bool) -> bytes:
    whole = {"time": "2026-04-01T10:00:05+02:00", "ip": "198.51.100.7", "status": 200, "size": 512, **content}
    text = json.dumps(whole, separators=(", ", ": ") if spaces else (",", ":"))
    return (text.replace("/", "\\/").replace("&", "\\u0026") if slashes else text).encode() + b"\n"


@pytest.mark.parametrize("slashes", [False, True])
@pytest.mark.parametrize("spaces", [False, True])
def test_json_lines_are_read_alike_whatever_the_bytes(slashes: bool, spaces: bool, tmp_path: Path) -> None:
    policy = LogPolicy(format="json", keys=KEYS, parameters=("a",), suppress_below=5)
    fmt, chance, file, duck = declared_format(policy), random.Random(slashes), tmp_path / "log", connect()
    quick, accepted = QuickJson(fmt, policy, "-", SHOWN), 0
    assert quick.fits
    first = quick.shape(_json_line(JSON[0], slashes, spaces))
    assert first is not None
    for number in range(80):
        text = bytearray(_json_line(JSON[number % len(JSON)], slashes, spaces)[:-1])
        for _ in range(chance.choice([0, 1, 1, 2]) if number >= len(JSON) else 0):
            place = chance.randrange(len(text) + 1)
            text[place : place + chance.choice([0, 0, 1, 3])] = chance.choice(
                [*ODD, b'"', b"\\", b"\\u0041", b', "x": 1']
            )
        read = printable(bytes(text).replace(b"\n", b"") + b"\n")
        file.write_bytes(read)
        duck.execute(f"CREATE OR REPLACE TABLE g AS {quick.select(str(file), len(read), first, 7)}")
        places = duck.execute(quick.places("g")).fetchall()
        if sum(count for hour, zone, _, count in places if hour_of("iso", hour, zone)) != 1:
            continue
        ((values,),) = duck.execute("SELECT sum(values) FROM g").fetchall()
        if not quick.whole(read, first, 1, values):
            continue
        accepted += 1
        shown = duck.execute(quick.unfold("g"))
        names = [each[0] for each in shown.description]
        row = dict(zip(names, shown.fetchone(), strict=True))
        parsed = fmt.parse(read[:-1])
        assert parsed is not None, read
        assert set(json.loads(read)) <= set(KEYS)
        assert {name: clean(str(row[name] or "")) for name in SHOWN} == dimensions(parsed, SHOWN, "-"), read
        assert row["bytes"] == bytes_of(parsed)
        assert hour_of("iso", str(row["k"]), str(row["z"])) == fmt.hour(parsed["time"])
    assert accepted >= 16


def test_a_key_that_is_not_declared_is_seen_whatever_another_line_lacks(tmp_path: Path) -> None:
    """Nobody's mail address slips into a sealed line because the next line is shorter by as much."""
    policy = LogPolicy(format="json", keys=KEYS, suppress_below=1)
    fmt, file, duck = declared_format(policy), tmp_path / "log", connect()
    quick = QuickJson(fmt, policy, "-", ["path"])
    usual = _json_line(JSON[0], slashes=False, spaces=True)
    shape = quick.shape(usual)
    assert shape is not None

    def whole(*lines: bytes) -> bool:
        text = b"".join(lines)
        file.write_bytes(text)
        duck.execute(f"CREATE OR REPLACE TABLE g AS {quick.select(str(file), len(text), shape, None)}")
        ((count, values),) = duck.execute("SELECT sum(n), sum(values) FROM g").fetchall()
        return bool(count == len(lines) and quick.whole(text, shape, len(lines), values))

    mail = b', "mail": "a@b.example"'
    more = usual.replace(b'"ua"', mail.removeprefix(b", ") + b', "ua"')
    other = usual.replace(b'"ua"', b'"mail"')
    less = usual.replace(b', "ua": "curl/8"', b"")
    twice = usual.replace(b'"ua"', b'"ua": "x", "ua"')
    assert whole(usual, usual.replace(b"/x;y", b"/\\u00e9\\n\\ud83d\\ude00"))
    for odd in (more, other, less, twice, usual.replace(b"512", b"null"), usual.replace(b"512", b"5e2")):
        assert not whole(usual, odd), odd
    longer = usual.replace(b"}", b', "xx": "abcdef"}')
    assert len(longer) + len(less) == 2 * len(usual)
    assert not whole(longer, less, usual)
    assert quick.shape(more) is None
