"""Taking in: statistics equal a recount of the sealed lines; nothing lost, nothing twice, whatever rotation does."""

from __future__ import annotations

import gzip
import os
import random
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import zstandard
from sqlalchemy import select

from tests.keepers.logs.conftest import NOW, Room, line
from zusage.keepers.logs.intake import Taken, take_in
from zusage.keepers.logs.publishing import SealingFailed
from zusage.keepers.logs.scanning import Scan
from zusage.keepers.logs.tables import log_segment
from zusage.sealing.keyholders import NoKeyholder
from zusage.sealing.segments import SegmentWriter

ADS = {
    "parameters": ["banner", "zone"],
    "dimensions": ["site", "path", "status"],
    "statistics": {
        "ads": {"dimensions": ["path", "parameter:banner", "parameter:zone"], "requires": ["banner"]}
    },
}
Rooms = Callable[..., Room]


def _traffic(count: int, seed: int = 1, start: datetime = datetime(2026, 4, 1, 9, tzinfo=UTC)) -> list[bytes]:
    """Lines of about five hours, a few out of order, some odd but well-formed, some not."""
    chance, made = random.Random(seed), []
    for number in range(count):
        address = f"198.51.{chance.randrange(40)}.{chance.randrange(256)}"
        if chance.random() < 0.15:
            address = f"2001:db8:{chance.randrange(99):x}:2::{number:x}"
        request = chance.choice(
            [
                f"GET /deliver?banner=B{chance.randrange(9)}&zone=Z{chance.randrange(3)}&cb={number} HTTP/1.1",
                f"GET /seite/{chance.randrange(30)}.html?mail=p{number}@example.org HTTP/1.1",
                "GET /user/a@example.org HTTP/1.1",
                "\\x16\\x03\\x01",
                f"POST /form;jsessionid={number} HTTP/1.1",
            ]
        )
        second = int(number * 18_000 / count) + chance.choice([0, 0, 0, -2, 3])
        agent = chance.choice(["Mozilla/5.0 Firefox/140.0", "curl/8.1", "Googlebot/2.1", "-", "", "Grüße/1"])
        referrer = chance.choice(["-", "https://news.example/a?b=c", "HTTP://x:y@host.example:80/"])
        made.append(
            line(
                second,
                address,
                request,
                chance.choice([200, 304, 404]),
                ("-", 0, 512)[chance.randrange(3)],
                agent,
                referrer,
                start,
            )
        )
    return made


def _write(room: Room, lines: list[bytes], mode: str = "ab") -> None:
    with room.log.open(mode) as file:
        file.write(b"".join(lines))


def _agree(room: Room, lines: list[bytes]) -> None:
    """Every line is sealed once, and the statistics are a recount of the sealed lines."""
    assert sorted(room.lines().splitlines()) == sorted(b"".join(lines).splitlines())
    for statistic in room.vault().policy.all_statistics():
        assert room.counted(statistic) == room.recounted(statistic)


def test_statistics_are_a_recount_of_what_was_sealed_by_hour_and_both_statistics(room: Rooms) -> None:
    here, lines = room(ADS), _traffic(3000)
    _write(here, lines)
    taken = take_in(here.vault(), NOW)
    assert (taken.lines, taken.counted, taken.malformed) == (3000, 3000, 0)
    _agree(here, lines)
    assert sum(count for count, _ in here.counted().values()) == 3000
    assert {customer for _, customer in here.sealed()} == {"own"}
    assert len(here.sealed()) >= 5
    assert here.acts() == ["logs/key-registered", "logs/key-registered", "logs/taken-in"]


def test_no_address_and_no_person_is_left_readable_on_disk(room: Rooms) -> None:
    here = room(ADS)
    _write(
        here, [line(number, request=f"GET /a?mail=p{number}@example.org HTTP/1.1") for number in range(50)]
    )
    take_in(here.vault(), NOW)
    for path in [each for each in here.folder.rglob("*") if each.is_file() and each != here.log]:
        content = path.read_bytes()
        assert b"198.51.100" not in content, path
        assert b"example.org" not in content, path


def test_malformed_lines_are_counted_and_sealed_and_never_in_the_statistics(room: Rooms) -> None:
    here = room(ADS)
    good = [line(number) for number in range(20)]
    bad = [
        b"no log line at all\n", b"\n", b'1.2.3.4 - - [01/Apr/2026:25:00:00 +0000] "GET / HTTP/1.1" 200 1 "-" "-"\n',
        b'1.2.3.4 - - [31/Feb/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 1 "-" "-"\n', b"\xff\xfe\x00\x01\n",
        line(5).replace(b"200 512", b"2000 512"), line(6)[:-9] + b"\n", b'"""""""""""""""\n', b"x" * 70_000 + b"\n",
    ]  # fmt: skip
    mixed = [*good[:7], *bad[:4], *good[7:15], *bad[4:], *good[15:]]
    _write(here, mixed)
    taken = take_in(here.vault(), NOW)
    assert (taken.lines, taken.counted, taken.malformed) == (len(mixed), 20, len(bad))
    _agree(here, mixed)
    assert b"".join(here.sealed().values()) == b"".join(mixed)
    only_counted = room({**ADS, "malformed": "count"})
    _write(only_counted, mixed)
    taken = take_in(only_counted.vault(), NOW)
    assert (taken.counted, taken.malformed, taken.unsealed) == (20, 0, len(bad))
    assert only_counted.lines() == b"".join(good)


@pytest.mark.parametrize(
    "attack",
    [
        b'1.2.3.4 - - [01/Apr/2026:10:00:01 +0000] "GET /x HTTP/1.1" 200 9 "-" "a \\" 200 0 \\"b"\n',
        b'1.2.3.4 - - [01/Apr/2026:10:00:01 +0000] "GET /x\\\\" 200 9 "-" "ends with a backslash\\\\"\n',
        b'1.2.3.4 - ] "GET /forged HTTP/1.1" 200 1 "-" - [01/Apr/2026:10:00:01 +0000] "GET /x HTTP/1.1" 200 9 "-" "u"\n',
        b'1.2.3.4 - [01/Apr/2026:11 [01/Apr/2026:10:00:01 +0000] "GET /x HTTP/1.1" 200 9 "-" "u"\n',
        b'1.2.3.4 - - [01/Apr/2026:10:00:01 +0000] "GET /x HTTP/1.1" 200 9 "-" "[01/Apr/2026:11:[01/Apr/2026:11:"\n',
        b'1.2.3.4 - - [01/Apr/2026:10:00:01 +0000] "GET /x\r1.2.3.5 HTTP/1.1" 200 9 "-" "u"\n',
        b'1.2.3.4 - - [01/Apr/2026:10:00:01 +0000] "GET /x\x00\x01\x02 HTTP/1.1" 200 9 "-" "\xf0\x28\x8c\x28"\n',
        '1.2.3.4 - - [01/Apr/2026:10:00:01 +0000] "GET /ä\'; DROP HTTP/1.1" 200 9 "-" "𝔘\u2028\u0085"\n'.encode(),
        b'1.2.3.4 - - [01/Apr/2026:10:00:01 +0000] "GET /x HTTP/1.1" 200 99999999999999999999 "-" "u"\n',
    ],
)
def test_log_injection_moves_no_line_and_forges_none(room: Rooms, attack: bytes) -> None:
    here = room(ADS)
    lines = [line(number) for number in range(30)] + [attack] + [line(3600 + number) for number in range(30)]
    _write(here, lines)
    taken = take_in(here.vault(), NOW)
    assert taken.lines == 61
    assert taken.counted >= 60
    _agree(here, lines)
    assert {hour.hour: content.count(b"\n") for (hour, _), content in here.sealed().items()} == {
        10: 31,
        11: 30,
    }
    assert not [key for key in here.counted() if "/forged" in key]


def test_a_line_of_ten_megabytes_is_malformed_and_sealed_whole(room: Rooms) -> None:
    here = room(ADS)
    long = line(1, agent="x" * 10_000_000)
    _write(here, [line(0), long, line(2)])
    taken = take_in(here.vault(), NOW)
    assert (taken.counted, taken.malformed) == (2, 1)
    assert here.lines() == line(0) + long + line(2)


def test_what_comes_later_is_taken_once_and_an_unfinished_line_waits(room: Rooms) -> None:
    here = room(ADS)
    _write(here, [line(0), line(1), line(2)[:30]])
    assert take_in(here.vault(), NOW).lines == 2
    assert take_in(here.vault(), NOW).lines == 0
    _write(here, [line(2)[30:], line(3)])
    assert take_in(here.vault(), NOW).lines == 2
    _agree(here, [line(number) for number in range(4)])


def test_rotation_by_renaming_loses_nothing_and_takes_nothing_twice(room: Rooms) -> None:
    here, lines = room(ADS), _traffic(900)
    _write(here, lines[:200])
    take_in(here.vault(), NOW)
    _write(here, lines[200:300])
    here.log.rename(here.log.with_name("access.log.1"))
    _write(here, lines[300:500])
    take_in(here.vault(), NOW)
    here.log.with_name("access.log.1").rename(here.log.with_name("access.log.2"))
    here.log.rename(here.log.with_name("access.log.1"))
    with here.log.with_name("access.log.1").open("ab") as late:
        late.write(b"".join(lines[500:600]))
    _write(here, lines[600:])
    take_in(here.vault(), NOW)
    take_in(here.vault(), NOW)
    _agree(here, lines)


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_rotation_with_compression_continues_inside_the_compressed_file(room: Rooms, suffix: str) -> None:
    here, lines = room(ADS), _traffic(600)
    _write(here, lines[:200])
    take_in(here.vault(), NOW)
    _write(here, lines[200:400])
    content = here.log.read_bytes()
    packed = gzip.compress(content) if suffix == ".gz" else zstandard.ZstdCompressor().compress(content)
    here.log.with_name(f"access.log.2{suffix}").write_bytes(packed)
    here.log.unlink()
    _write(here, lines[400:])
    take_in(here.vault(), NOW)
    take_in(here.vault(), NOW)
    _agree(here, lines)


def test_rotation_by_copying_and_truncating_takes_the_copy_for_what_it_is(room: Rooms) -> None:
    here, lines = room(ADS), _traffic(600)
    _write(here, lines[:200])
    take_in(here.vault(), NOW)
    _write(here, lines[200:300])
    shutil.copy(here.log, here.log.with_name("access.log.1"))
    os.truncate(here.log, 0)
    _write(here, lines[300:])
    take_in(here.vault(), NOW)
    _agree(here, lines)


def test_the_end_of_a_rotated_log_without_line_end_is_taken_once_it_has_settled(room: Rooms) -> None:
    here = room(ADS)
    here.log.with_name("access.log.1").write_bytes(line(0) + line(1).rstrip(b"\n"))
    assert take_in(here.vault(), NOW).lines == 1
    assert take_in(here.vault(), NOW).lines == 1
    assert take_in(here.vault(), NOW).lines == 0
    _agree(here, [line(0), line(1)])


def test_rotated_files_are_removed_where_that_is_declared_and_live_ones_never(room: Rooms) -> None:
    source = {"path": "raw/access.log", "site": "shop.example", "customer": "own", "remove_raw": True}
    here = room(ADS, {"sources": [source]})
    here.log.with_name("access.log.1").write_bytes(line(0))
    _write(here, [line(1)])
    taken = take_in(here.vault(), NOW)
    assert taken.removed == ["access.log.1"]
    assert [path.name for path in here.log.parent.iterdir()] == ["access.log"]
    _agree(here, [line(0), line(1)])


def test_each_customer_has_segments_and_partials_of_its_own_and_strangers_are_other(room: Rooms) -> None:
    here = room(
        {**ADS, "format": "vhost_combined", "customer_field": "site"},
        {"customers": {"alpha.example": "alpha", "beta.example": "beta"}},
    )
    hosts = ["alpha.example", "beta.example", "evil.example"]
    lines = [hosts[number % 3].encode() + b" " + line(number * 40) for number in range(300)]
    _write(here, lines)
    take_in(here.vault(), NOW)
    by_customer: dict[str, bytes] = {}
    for (_, customer), content in here.sealed().items():
        by_customer[customer] = by_customer.get(customer, b"") + content
    assert set(by_customer) == {"alpha", "beta", "other"}
    assert b"beta.example" not in by_customer["alpha"]
    assert len(by_customer["alpha"].splitlines()) == 100
    _agree(here, lines)


def test_daylight_saving_time_makes_two_hours_of_one_and_out_of_order_lines_find_theirs(room: Rooms) -> None:
    here = room(ADS)
    stamps = [
        "25/Oct/2026:02:30:00 +0200",
        "25/Oct/2026:02:30:00 +0100",
        "25/Oct/2026:01:59:59 +0200",
        "25/Oct/2026:03:00:00 +0100",
    ]
    lines = [
        f'1.2.3.4 - - [{stamp}] "GET /{n} HTTP/1.1" 200 1 "-" "-"\n'.encode()
        for n, stamp in enumerate(stamps)
    ]
    _write(here, lines)
    take_in(here.vault(), datetime(2026, 10, 25, 12, tzinfo=UTC))
    first = datetime(2026, 10, 24, 23, tzinfo=UTC)
    assert [hour for hour, _ in here.sealed()] == [first + timedelta(hours=number) for number in range(4)]
    _agree(here, lines)


def test_a_clock_that_jumped_ahead_does_not_prolong_retention(room: Rooms) -> None:
    here = room(ADS)
    _write(here, [line(0, start=datetime(2036, 1, 1, tzinfo=UTC)), line(0)])
    take_in(here.vault(), NOW)
    with here.state.connect() as connection:
        rows = connection.execute(select(log_segment.c.hour, log_segment.c.recorded_at)).all()
    assert {recorded for _, recorded in rows} == {NOW, datetime(2026, 4, 1, 10, tzinfo=UTC)}


def test_without_a_key_for_each_role_nothing_is_taken(room: Rooms) -> None:
    here = room(ADS)
    with here.state.begin() as connection:
        connection.exec_driver_sql("DELETE FROM seal_keyholder WHERE role = 'dpo'")
    _write(here, [line(0)])
    with pytest.raises(NoKeyholder, match="dpo"):
        take_in(here.vault(), NOW)
    assert not list((here.folder / "vault").rglob("*.seg"))


def test_a_full_disk_takes_nothing_and_leaves_nothing(room: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    here, lines = room(ADS), _traffic(500)
    _write(here, lines)
    real = SegmentWriter.close

    def full(self: Any) -> int:
        real(self)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(SegmentWriter, "close", full)
    with pytest.raises(SealingFailed, match="the disk is full"):
        take_in(here.vault(), NOW)
    monkeypatch.undo()
    assert not here.vault().key_store.segments()
    assert here.counted() == {}
    assert take_in(here.vault(), NOW).lines == 500
    _agree(here, lines)
    assert not list((here.folder / "vault").rglob("*.part"))


def test_where_the_two_readings_differ_lines_are_malformed_rather_than_counted(
    room: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = room(ADS)
    lines = [line(number, request=f"GET /{number} HTTP/1.1") for number in range(64)]
    _write(here, lines)
    real = Scan.count

    def blind(self: Any, text: bytes) -> Any:
        """An engine that does not see one line."""
        return real(self, text.replace(lines[33], b"\n"))

    monkeypatch.setattr(Scan, "count", blind)
    taken = take_in(here.vault(), NOW)
    monkeypatch.undo()
    assert (taken.lines, taken.counted, taken.malformed) == (64, 63, 1)
    assert sorted(here.lines().splitlines()) == sorted(each[:-1] for each in lines)
    assert sum(count for count, _ in here.counted().values()) == 63


def test_orphans_of_a_crash_are_removed_by_the_next_run(room: Rooms) -> None:
    here = room(ADS)
    _write(here, [line(0)])
    take_in(here.vault(), NOW)
    orphan = here.folder / "vault" / "sealed" / "2026-04-01" / "abc.seg"
    orphan.write_bytes(b"left by a crash")
    here.vault().key_store.create("ab" * 16, "2026-04-01")
    assert isinstance(take_in(here.vault(), NOW), Taken)
    assert not orphan.exists()
    assert len(here.vault().key_store.segments()) == 1
    _agree(here, [line(0)])


def test_a_key_store_inside_the_backups_is_refused(room: Rooms, tmp_path: Path) -> None:
    with pytest.raises(Exception, match="key store"):
        room(ADS, {"backups": ["."]})
