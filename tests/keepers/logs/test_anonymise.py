"""The filter: same lines, same order, addresses cut, whatever the bytes."""

from __future__ import annotations

import io
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from zusage.keepers.logs.anonymise import Anonymiser, BadColumn, anonymise, anonymise_file


def _run(text: bytes, **options: object) -> bytes:
    out = io.BytesIO()
    anonymise(io.BytesIO(text), out, **options)  # type: ignore[arg-type]
    return out.getvalue()


def test_only_the_address_changes_and_order_stays() -> None:
    text = b'1.2.3.4 - - [x] "GET /a HTTP/1.1" 200 5\n2001:db8:1:2::5 - - [x] "GET /b HTTP/1.1" 200 6\n'
    assert _run(text) == (
        b'1.2.3.0 - - [x] "GET /a HTTP/1.1" 200 5\n2001:db8:1:: - - [x] "GET /b HTTP/1.1" 200 6\n'
    )


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"\xff\xfe garbage\n", b"- garbage\n"),
        (b"host.example.de - -\n", b"- - -\n"),
        (b"1.2.3.4\n", b"1.2.3.0\n"),
        (b"a line without any address\n", b"- line without any address\n"),
        (b"\n", b"\n"),
        (b" 1.2.3.4\n", b"- 1.2.3.4\n"),
        (b"1.2.3.4 no end", b"1.2.3.0 no end"),
    ],
)
def test_odd_lines_fail_closed(line: bytes, expected: bytes) -> None:
    assert _run(line) == expected


def test_other_columns_and_missing_ones() -> None:
    assert _run(b"shop.example 1.2.3.4 x 5.6.7.8\n", columns=(2, 4)) == b"shop.example 1.2.3.0 x 5.6.7.0\n"
    assert _run(b"shop.example\n", columns=(2,)) == b"-\n"
    with pytest.raises(BadColumn):
        Anonymiser(columns=(0,))


def test_two_processes_give_the_same_bytes_in_the_same_order() -> None:
    chance = random.Random(4)
    text = b"".join(
        b"%d.%d.1.2 - - line %d %s\n"
        % (chance.randrange(256), chance.randrange(256), number, chance.randbytes(40).replace(b"\n", b""))
        for number in range(120_000)
    )
    alone = _run(text)
    assert _run(text, processes=2) == alone
    assert alone.count(b"\n") == 120_000


@pytest.mark.parametrize("end", [b"", b"\n"])
def test_a_file_cut_into_pieces_gives_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: bytes
) -> None:
    monkeypatch.setattr("zusage.keepers.logs.anonymise.CHUNK", 1000)
    chance = random.Random(5)
    lines = [b"10.1.2.%d %s" % (n % 256, b"x" * chance.choice([0, 3, 40, 998, 5000])) for n in range(700)]
    text = b"\n".join(lines) + end
    (tmp_path / "log").write_bytes(text)
    out = io.BytesIO()
    anonymise_file(tmp_path / "log", out)
    assert out.getvalue() == Anonymiser().lines(text)


def test_a_line_of_ten_megabytes_is_passed_on_with_its_address_cut() -> None:
    long = b"x" * 10_000_000
    assert _run(b"1.2.3.4 " + long + b"\n1.2.3.5 b\n") == b"1.2.3.0 " + long + b"\n1.2.3.0 b\n"


def test_as_a_live_pipe_it_does_not_wait_for_a_full_chunk() -> None:
    code = (
        "import sys; from zusage.keepers.logs.anonymise import anonymise;"
        " anonymise(sys.stdin.buffer, sys.stdout.buffer)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"198.51.100.23 - one\n")
        process.stdin.flush()
        assert process.stdout.readline() == b"198.51.100.0 - one\n"
        process.stdin.close()
        assert process.stdout.read() == b""


def test_when_the_filter_is_killed_its_processes_end_too(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"198.51.100.23 - line\n" * 2_000_000)
    code = (
        "import sys; from pathlib import Path; from zusage.keepers.logs.anonymise import anonymise_file;"
        f" anonymise_file(Path({str(tmp_path / 'log')!r}), sys.stdout.buffer)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.read(1)
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        process.kill()
    assert len(children) == 2
    for _ in range(100):
        if not [each for each in children if _runs(each)]:
            return
        time.sleep(0.1)
    pytest.fail("processes of the filter outlive it")


def _runs(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
