"""Formats: the printed example line, nginx's and Apache's words, JSON lines; SQL and Python see the same."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from tests.keepers.logs.conftest import NOW, Room, line
from zusage.declaration.logs import LogPolicy
from zusage.keepers.logs.formats import BadFormat, declared_format, normalised
from zusage.keepers.logs.intake import take_in

Rooms = Callable[..., Room]
#: the example that a notice prints
EXAMPLE = (
    b'203.0.113.195 - - [14/May/2018:15:24:14 +0200] "GET /bild.png HTTP/1.1" 302 218 "https://www.example.org/"'
    b' "Mozilla/5.0 (Windows NT 10.0)"'
)


def test_the_printed_example_has_seven_fields_and_an_eighth_is_refused() -> None:
    fmt = declared_format(LogPolicy())
    parsed = fmt.parse(EXAMPLE)
    assert parsed is not None
    assert fmt.instant(parsed["time"]) == datetime(2018, 5, 14, 13, 24, 14, tzinfo=UTC)
    assert (parsed["status"], parsed["bytes"]) == (b"302", b"218")
    assert [name for name in fmt.fields if name not in ("ident", "user")] == [
        "address", "time", "request", "status", "bytes", "referrer", "agent",
    ]  # fmt: skip
    assert fmt.parse(EXAMPLE + b' "device-42"') is None
    assert fmt.prefix(EXAMPLE + b' "device-42"') == EXAMPLE


@pytest.mark.parametrize(
    "words",
    [
        '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"',
        '%h %l %u %t \\"%r\\" %>s %b \\"%{Referer}i\\" \\"%{User-agent}i\\"',
        '%h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i"',
    ],
)
def test_the_servers_own_words_describe_a_format(words: str) -> None:
    assert declared_format(LogPolicy(format=words)).parse(EXAMPLE) is not None


def test_a_format_without_time_is_refused() -> None:
    with pytest.raises(BadFormat, match="no time"):
        declared_format(LogPolicy(format='$remote_addr "$request"'))
    with pytest.raises(BadFormat, match="%q"):
        declared_format(LogPolicy(format="%h %t %q"))


def test_only_declared_fields_are_sealed_and_the_referrer_is_cut(room: Rooms) -> None:
    here = room({"fields": ["address", "time", "request", "referrer", "status", "bytes"], "referrer": "host"})
    here.log.write_bytes(line(0, agent="Unikat/7", referrer="https://www.example.org/pfad?mail=x"))
    take_in(here.vault(), NOW)
    sealed = here.lines()
    assert b"Unikat" not in sealed
    assert b'"https://www.example.org" "-"' in sealed
    assert sealed.startswith(b"198.51.100.23 - - [01/Apr/2026:10:00:00 +0000]")
    assert here.counted() == here.recounted()


@pytest.mark.parametrize("with_user", [False, True])
def test_the_name_of_a_user_never_passes_undeclared(room: Rooms, with_user: bool) -> None:
    here = room({"fields": ["address", "time", "request", "status", "bytes", "referrer", "agent"]})
    lines = [line(n, agent="x - - [") for n in range(200)]
    if with_user:
        lines[77] = lines[77].replace(b" - - [", b" - klaus [", 1)
        lines[78] = lines[78].replace(b" - - [", b" ident - [", 1)
    here.log.write_bytes(b"".join(lines))
    assert take_in(here.vault(), NOW).counted == 200
    assert here.lines() == b"".join(line(n, agent="x - - [") for n in range(200))
    assert here.counted() == here.recounted()


def test_a_field_after_the_declared_ones_is_refused_and_not_kept(room: Rooms) -> None:
    here = room()
    here.log.write_bytes(line(0) + line(1)[:-1] + b' "device-42"\n')
    taken = take_in(here.vault(), NOW)
    assert (taken.counted, taken.malformed) == (1, 1)
    assert b"device-42" not in here.lines()
    assert here.lines() == line(0) + line(1)[:-1] + b" [undeclared]\n"


KEYS = {
    "time": "time",
    "ip": "address",
    "request": "request",
    "status": "status",
    "size": "bytes",
    "ua": "agent",
}


def _json(second: int, **more: object) -> bytes:
    content = {
        "time": f"2026-04-01T1{second // 3600}:{second // 60 % 60:02}:{second % 60:02}+02:00",
        "ip": f"198.51.100.{second % 200}",
        "request": f"GET /d?banner=B{second % 3} HTTP/1.1",
        "status": 200,
        "size": 512,
        "ua": 'Mozilla "quoted" \\ Firefox/140.0 ü',
        **more,
    }
    return json.dumps(content).encode() + b"\n"


def test_json_lines_with_declared_keys_only(room: Rooms) -> None:
    policy = {
        "format": "json", "keys": KEYS, "fields": ["time", "address", "request", "status", "bytes", "agent"],
        "parameters": ["banner"], "dimensions": ["path", "parameter:banner", "agent"],
    }  # fmt: skip
    here = room(policy)
    lines = [_json(number * 7) for number in range(900)]
    odd = [
        b"{}\n", b"[1]\n", b"not json\n", b'{"time": "2026-04-01T10:00:00Z"', b"\n", b'{"time": 5}\n', b'{"time": "yesterday"}\n',
        _json(5, status=None), _json(6, device="device-42"), _json(7, request=None), b'"text"\n', b"\xff{\n",
    ]  # fmt: skip
    here.log.write_bytes(b"".join([*lines[:400], *odd, *lines[400:]]))
    taken = take_in(here.vault(), NOW)
    assert taken.counted == 903
    assert taken.malformed == 8
    assert b"device-42" not in here.lines()
    assert here.counted() == here.recounted()
    assert {key[-1] for key in here.counted()} == {"Firefox"}


def test_clean_json_lines_are_sealed_byte_for_byte(room: Rooms) -> None:
    here = room({"format": "json", "keys": KEYS, "dimensions": ["path"]})
    lines = [_json(number * 7) for number in range(900)]
    here.log.write_bytes(b"".join(lines))
    assert take_in(here.vault(), NOW).counted == 900
    assert sorted(here.lines().splitlines()) == sorted(b"".join(lines).splitlines())
    assert len(here.sealed()) == 2
    assert here.counted() == here.recounted()


WORDS = [
    "combined",
    "vhost_combined",
    "$host [$time_iso8601] $remote_addr \"$request\" $status $bytes_sent '$http_referer' $request_time",
    '$msec $remote_addr "$request_method $request_uri" $status $body_bytes_sent "$http_user_agent"',
    "common",
]


@pytest.mark.parametrize("words", WORDS)
def test_whatever_the_bytes_sql_and_python_read_the_same(room: Rooms, words: str) -> None:
    """Good lines, and good lines with bytes changed, dropped and added: statistics stay a recount of the sealed lines."""
    here = room(
        {
            "format": words,
            "parameters": ["a"],
            "dimensions": ["site", "path", "status", "method", "referrer", "agent"],
        }
    )
    chance = random.Random(words)
    samples = {
        "combined": EXAMPLE,
        "vhost_combined": b"shop.example " + EXAMPLE,
        WORDS[
            2
        ]: b"shop.example [2026-04-01T10:00:00.25+02:00] 1.2.3.4 \"GET /x?a=b HTTP/2\" 200 9 'https://u:p@h.example/x' 0.5",
        WORDS[3]: b'1775037600.123 1.2.3.4 "GET /x?a=b" 200 9 "curl/8"',
        "common": EXAMPLE.split(b' "https')[0],
    }
    odd = [bytes([byte]) for byte in (*range(256),)] + [
        b'\\"',
        b"\\\\",
        b"  ",
        b'" "',
        b"\xc3\xa4",
        b"%40",
        b";",
        b"#",
    ]
    lines = []
    for _ in range(1500):
        text = bytearray(samples[words])
        for _ in range(chance.choice([0, 1, 1, 2, 5])):
            place = chance.randrange(len(text) + 1)
            text[place : place + chance.choice([0, 0, 1, 3])] = chance.choice(
                [b"", *chance.sample(odd, 3)]
            ).replace(b"\n", b"")
        lines.append(bytes(text) + b"\n")
    here.log.write_bytes(b"".join(lines))
    taken = take_in(here.vault(), NOW)
    assert taken.lines == 1500 == taken.counted + taken.malformed
    assert taken.counted > 300
    assert here.counted() == here.recounted()
    fmt = here.vault().format
    assert taken.counted == sum(fmt.parse(normalised(each)[:-1]) is not None for each in lines)
