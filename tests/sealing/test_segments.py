"""Sealed segments and split keys: together they open, alone they do not, and nothing can be moved about."""

from __future__ import annotations

import itertools
import random
import secrets
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zusage.sealing import shares
from zusage.sealing.segments import (
    CHUNK,
    DamagedSegment,
    Head,
    SegmentReader,
    SegmentWriter,
    padded,
    read_head,
)
from zusage.sealing.shares import KeyMissing, KeyStore, WrongKey

SEGMENT = secrets.token_hex(16)


def _lines(count: int, seed: int = 1) -> bytes:
    chance = random.Random(seed)
    return b"".join(
        b"198.51.100.%d - - %s\n" % (chance.randrange(256), chance.randbytes(60).hex().encode())
        for _ in range(count)
    )


def _seal(path: Path, lines: bytes, key: bytes, head: Head | None = None) -> None:
    writer = SegmentWriter(path, head or Head(SEGMENT, (), 0), key)
    for start in range(0, len(lines), 200_000):
        writer.write(lines[start : start + 200_000])
    writer.close()


@pytest.mark.parametrize("count", [0, 1, 10, 40_000])
def test_what_was_sealed_comes_back(tmp_path: Path, count: int) -> None:
    key, lines = secrets.token_bytes(32), _lines(count)
    _seal(tmp_path / "s", lines, key)
    assert b"".join(SegmentReader(tmp_path / "s", key).blocks()) == lines
    assert b"198.51.100" not in (tmp_path / "s").read_bytes()


@given(st.integers(0, 1 << 40))
def test_padding_hides_the_size_at_a_bounded_price(size: int) -> None:
    assert size <= padded(size) <= max(4096, size * 1.13)
    assert bin(padded(size)).rstrip("0").count("1") <= 7


def test_small_segments_are_all_alike(tmp_path: Path) -> None:
    key = secrets.token_bytes(32)
    for number in (1, 2, 9):
        _seal(tmp_path / f"s{number}", _lines(number), key)
    assert len({path.stat().st_size for path in tmp_path.iterdir()}) == 1


def _chunks(path: Path) -> tuple[bytes, list[bytes]]:
    content = path.read_bytes()
    size = CHUNK + 16
    head = len(content) % size
    # the head is shorter than a chunk, and the last chunk may be as well: find the head by its own length
    length = int.from_bytes(content[21:25], "big") + 25
    body = content[length:]
    assert head >= 0
    return content[:length], [body[start : start + size] for start in range(0, len(body), size)]


def _attacks(chunks: list[bytes]) -> dict[str, list[bytes]]:
    flipped = bytes([chunks[1][0] ^ 1]) + chunks[1][1:]
    return {
        "cut at a chunk": chunks[:-1],
        "cut within a chunk": [*chunks[:-1], chunks[-1][:-40]],
        "everything cut": [],
        "two swapped": [chunks[1], chunks[0], *chunks[2:]],
        "one repeated": [chunks[0], *chunks],
        "one left out": [chunks[0], *chunks[2:]],
        "one bit": [chunks[0], flipped, *chunks[2:]],
        "something added": [*chunks, b"x"],
    }


def test_a_cut_swapped_or_changed_chunk_is_refused(tmp_path: Path) -> None:
    key = secrets.token_bytes(32)
    _seal(tmp_path / "s", _lines(60_000), key)
    head, chunks = _chunks(tmp_path / "s")
    assert len(chunks) >= 4
    for name, attacked in _attacks(chunks).items():
        (tmp_path / "attacked").write_bytes(head + b"".join(attacked))
        assert _refused(tmp_path / "attacked", key), name


def _refused(path: Path, key: bytes) -> bool:
    try:
        list(SegmentReader(path, key).blocks())
    except DamagedSegment:
        return True
    return False


def test_a_chunk_or_a_head_of_another_segment_is_refused(tmp_path: Path) -> None:
    key = secrets.token_bytes(32)
    _seal(tmp_path / "a", _lines(60_000), key)
    _seal(tmp_path / "b", _lines(60_000, 2), key, Head(secrets.token_hex(16), (), 0))
    (head_a, chunks_a), (head_b, chunks_b) = _chunks(tmp_path / "a"), _chunks(tmp_path / "b")
    for mixed in (head_b + b"".join(chunks_a), head_a + b"".join([chunks_b[0], *chunks_a[1:]])):
        (tmp_path / "mixed").write_bytes(mixed)
        with pytest.raises(DamagedSegment):
            list(SegmentReader(tmp_path / "mixed", key).blocks())


def test_a_damaged_chunk_costs_its_own_lines_and_no_others(tmp_path: Path) -> None:
    key, lines = secrets.token_bytes(32), _lines(60_000)
    _seal(tmp_path / "s", lines, key)
    content = bytearray((tmp_path / "s").read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "s").write_bytes(content)
    reader = SegmentReader(tmp_path / "s", key, tolerant=True)
    rest = b"".join(reader.blocks())
    assert len(reader.damaged) == 1
    assert len(lines) / 3 < len(rest) < len(lines)
    assert lines.startswith(rest[:100_000])
    assert lines.endswith(rest[-100_000:])


def test_the_wrong_key_opens_nothing_even_when_damage_is_tolerated(tmp_path: Path) -> None:
    _seal(tmp_path / "s", _lines(10), secrets.token_bytes(32))
    with pytest.raises(DamagedSegment):
        list(SegmentReader(tmp_path / "s", secrets.token_bytes(32), tolerant=True).blocks())


@given(st.binary(min_size=1, max_size=40), st.integers(1, 5), st.integers(0, 4))
def test_any_quorum_of_shares_gives_the_secret_back(secret: bytes, quorum: int, more: int) -> None:
    made = shares.split(secret, quorum + more, quorum)
    for chosen in itertools.islice(itertools.combinations(range(quorum + more), quorum), 20):
        assert shares.combine({index + 1: made[index] for index in chosen}) == secret


def test_fewer_shares_than_the_quorum_do_not() -> None:
    secret = secrets.token_bytes(32)
    made = shares.split(secret, 3, 2)
    assert all(shares.combine({index + 1: share}) != secret for index, share in enumerate(made))


@pytest.fixture
def sealed(tmp_path: Path) -> tuple[Path, dict[str, str], KeyStore]:
    """A segment for two roles, management with a deputy, and the private keys of all."""
    people = {name: shares.new_identity() for name in ("ida", "deputy", "dpo", "stranger")}
    roles = {"management": [people["ida"][1], people["deputy"][1]], "dpo": [people["dpo"][1]]}
    store = KeyStore(tmp_path / "store")
    part, wrapped = shares.make_shares(SEGMENT, roles, 2, None)
    key = shares.segment_key(SEGMENT, part, store.create(SEGMENT, "2026-04-01"))
    _seal(tmp_path / "s", b"198.51.100.23 - secret\n", key, Head(SEGMENT, tuple(wrapped), 2))
    return tmp_path / "s", {name: pair[0] for name, pair in people.items()}, store


def _open(path: Path, store: KeyStore, identities: list[str]) -> bytes:
    head = read_head(path)
    opened = []
    for share, identity in zip(head.shares, identities, strict=False):
        opened.append(shares.open_share(head.segment, share, identity))
    key = shares.segment_key(head.segment, shares.joined(opened), store.read(head.segment))
    return b"".join(SegmentReader(path, key).blocks())


def test_two_roles_together_open_and_a_deputy_stands_in(
    sealed: tuple[Path, dict[str, str], KeyStore],
) -> None:
    path, keys, store = sealed
    assert _open(path, store, [keys["ida"], keys["dpo"]]) == b"198.51.100.23 - secret\n"
    assert _open(path, store, [keys["deputy"], keys["dpo"]]) == b"198.51.100.23 - secret\n"


def test_one_role_alone_or_twice_does_not_open(sealed: tuple[Path, dict[str, str], KeyStore]) -> None:
    path, keys, store = sealed
    with pytest.raises(DamagedSegment):
        _open(path, store, [keys["ida"]])
    with pytest.raises(WrongKey):
        _open(path, store, [keys["ida"], keys["deputy"]])
    with pytest.raises(WrongKey):
        _open(path, store, [keys["ida"], keys["stranger"]])


def test_a_share_of_one_segment_is_no_share_of_another(sealed: tuple[Path, dict[str, str], KeyStore]) -> None:
    path, keys, _ = sealed
    with pytest.raises(WrongKey):
        shares.open_share(secrets.token_hex(16), read_head(path).shares[0], keys["ida"])


def test_once_the_store_share_is_destroyed_a_copy_cannot_be_opened_by_anybody(
    sealed: tuple[Path, dict[str, str], KeyStore], tmp_path: Path
) -> None:
    path, keys, store = sealed
    copy = tmp_path / "backup"
    copy.write_bytes(path.read_bytes())
    assert store.destroy([SEGMENT]) == 1
    assert [path.name for path in store.folder.iterdir()] == [".lock"]
    with pytest.raises(KeyMissing):
        _open(copy, store, [keys["ida"], keys["dpo"]])
    head = read_head(copy)
    opened = [
        shares.open_share(SEGMENT, share, keys[name])
        for share, name in zip(head.shares, ("ida", "dpo"), strict=True)
    ]
    key = shares.segment_key(SEGMENT, shares.joined(opened), b"\0" * 32)
    with pytest.raises(DamagedSegment):
        list(SegmentReader(copy, key).blocks())


def test_a_customer_role_is_needed_whatever_the_quorum() -> None:
    management, dpo, customer = (shares.new_identity() for _ in range(3))
    part, wrapped = shares.make_shares(
        SEGMENT, {"management": [management[1]], "dpo": [dpo[1]]}, 1, ("customer", [customer[1]])
    )
    own = [
        shares.open_share(SEGMENT, share, key[0])
        for share, key in zip(wrapped, (management, dpo, customer), strict=True)
    ]
    assert shares.joined([own[0], own[2]]) == part
    assert shares.joined([own[1], own[2]]) == part
    assert shares.joined(own[:2]) != part


def test_one_share_is_destroyed_in_place_and_a_whole_day_as_one_file(tmp_path: Path) -> None:
    store = KeyStore(tmp_path / "store")
    ids = [secrets.token_hex(16) for _ in range(4)]
    shares_of = {
        each: store.create(each, "2026-04-01" if number < 3 else "2026-04-02")
        for number, each in enumerate(ids)
    }
    store.sync(["2026-04-01", "2026-04-02"])
    with (store.folder / "2026-04-01.shares").open("ab") as file:
        file.write(b"torn by a crash")
    shares_of["ff" * 16] = store.create("ff" * 16, "2026-04-01")
    assert store.destroy([ids[1], "00" * 16]) == 1
    content = (store.folder / "2026-04-01.shares").read_bytes()
    assert shares_of[ids[1]] not in content
    assert bytes.fromhex(ids[1]) not in content
    for each in (ids[0], ids[2], ids[3], "ff" * 16):
        assert store.read(each) == shares_of[each]
    assert store.destroy([ids[3]]) == 1
    assert [path.name for path in sorted(store.folder.glob("*.shares"))] == ["2026-04-01.shares"]
