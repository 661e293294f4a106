"""The address vectors on which other tools leak: the filter's bytes, and the SQL that counts networks."""

from __future__ import annotations

import ipaddress

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zusage.keepers.logs.addresses import CACHED, Cuts, prefix_sql, truncate

VECTORS = [
    (b"1.2.3.4", b"1.2.3.0"),
    (b"2001:db8::1", b"2001:db8::"),
    (b"::1", b"::"),
    (b"::ffff:1.2.3.4", b"1.2.3.0"),
    (b"::FFFF:102:304", b"1.2.3.0"),
    (b"64:ff9b::1.2.3.4", b"64:ff9b::"),
    (b"1.2.3.4,5.6.7.8", b"1.2.3.0,5.6.7.0"),
    (b"1.2.3.4, 2001:db8:1:2::5", b"1.2.3.0,2001:db8:1::"),
    (b"1.2.3.4,unknown", b"1.2.3.0,-"),
    (b"1.2.3.4:8080", b"1.2.3.0"),
    (b"[2001:db8:1:2::5]:443", b"2001:db8:1::"),
    (b"host.example.de", b"-"),
    (b"2001:db8:aa:bb:21a:5dff:fe12:3456", b"2001:db8:aa::"),
    (b"2003:15::8f3a", b"2003:15::"),
    (b"fe80::1%eth0", b"fe80::"),
    # 6to4 carries a whole IPv4 address within its first 48 bits
    (b"2002:c633:6417::1", b"2002:c633:6400::"),
    (b"", b"-"),
    (b"-", b"-"),
    (b"1.2.3", b"-"),
    (b"1.2.3.256", b"-"),
    (b"01.2.3.4", b"-"),
    (b"1.2.3.4:80:90", b"-"),
    (b"[::1", b"-"),
    (b"1.2.3.4:http", b"-"),
    (b"\xff\xfe", b"-"),
    (b"\x16\x03\x01", b"-"),
    (b"1.2.3.4\x00", b"-"),
    ("１.2.3.4".encode(), b"-"),
]


@pytest.mark.parametrize(("address", "expected"), VECTORS)
def test_every_vector_comes_out_cut_or_as_nothing(address: bytes, expected: bytes) -> None:
    assert truncate(address) == expected


def test_a_coarser_cut_is_allowed_and_a_finer_one_is_not() -> None:
    assert truncate(b"198.51.100.23", v4=16) == b"198.51.0.0"
    assert truncate(b"198.51.100.23", v4=32) == b"198.51.100.0"
    assert truncate(b"2001:db8:1:2::5", v6=32) == b"2001:db8::"
    assert truncate(b"2001:db8:1:2::5", v6=128) == b"2001:db8:1::"


@given(st.ip_addresses(v=4))
def test_any_ipv4_address_keeps_its_network_and_nothing_else(address: ipaddress.IPv4Address) -> None:
    expected = ipaddress.ip_network((address, 24), strict=False).network_address
    assert truncate(str(address).encode()) == str(expected).encode()


@given(st.ip_addresses(v=6))
def test_any_ipv6_address_in_any_spelling_keeps_at_most_48_bits(address: ipaddress.IPv6Address) -> None:
    for spelling in (str(address), address.exploded, address.exploded.upper()):
        cut = truncate(spelling.encode())
        if address.ipv4_mapped:
            assert (
                cut
                == str(ipaddress.ip_network((address.ipv4_mapped, 24), strict=False).network_address).encode()
            )
        else:
            kept = int(ipaddress.IPv6Address(cut.decode()))
            assert kept & ((1 << 80) - 1) == 0
            assert kept == int(address) >> (88 if address.sixtofour else 80) << (
                88 if address.sixtofour else 80
            )


@given(st.binary(max_size=60))
def test_whatever_comes_nothing_finer_than_a_network_goes_out(text: bytes) -> None:
    for part in truncate(text).split(b","):
        assert part == b"-" or int(ipaddress.ip_address(part.decode())) & 0xFF == 0


def test_the_cache_is_bounded_and_does_not_keep_long_texts() -> None:
    cuts = Cuts()
    for number in range(CACHED + 10):
        cuts[b"10.%d.%d.%d" % (number >> 16, number >> 8 & 255, number & 255)]
    assert len(cuts) <= CACHED
    long = b"x" * 1000
    assert cuts[long] == b"-"
    assert long not in cuts


def test_the_sql_tells_networks_apart_and_gives_nothing_for_what_is_no_address() -> None:
    connection = duckdb.connect()
    for address, expected in VECTORS:
        if not address.isascii() or b"\0" in address or b"256" in address or address == b"01.2.3.4":
            continue
        for end in ("$", " "):
            network = _network(connection, address.decode() + end.strip("$"), end)
            if expected in (b"-", b"") or b"," in address or b"%" in address or b"[" in address:
                assert network == "", address
            elif network:
                # nothing of what the cut takes away is left
                groups = network.rstrip(".").split("." if "." in network else ":")
                assert len(groups) <= 3, address
                assert expected.decode().startswith(network.rstrip(":")) or network.startswith("2002:c633"), (
                    address
                )
    assert _networks(connection, [f"198.51.100.{number}" for number in range(0, 256, 5)]) == 1
    assert _networks(connection, [f"::ffff:198.51.100.{number}" for number in range(9)]) == 1
    assert _networks(connection, [f"2001:db8:1:{number:x}::5" for number in range(50)]) == 1
    assert _networks(connection, [f"2002:c633:64{number:02x}::1" for number in range(50)]) == 1
    assert _networks(connection, ["2001:db8::1", "2001:db8:0:1::2", "2001:db8:0:2:3:4:5:6"]) == 1
    assert _networks(connection, ["2001:db8:a0::1", "2001:db8:a::1", "2001:db8::1"]) == 3
    assert _networks(connection, [f"198.51.{number}.1" for number in range(50)]) == 50


def _network(connection: duckdb.DuckDBPyConnection, text: str, end: str) -> str:
    net4, network = prefix_sql("a", end)
    query = f"SELECT {network} FROM (SELECT *, {net4} AS net4 FROM (SELECT ? AS a))"
    return str(connection.execute(query, [text]).fetchall()[0][0])


def _networks(connection: duckdb.DuckDBPyConnection, addresses: list[str]) -> int:
    return len({_network(connection, each, "$") for each in addresses})
