"""Cutting network addresses, failing closed: what is not surely an address becomes `-`.

Bytes throughout: a log is not text. IPv4 keeps 24 bits, IPv6 48 (both can be coarser). An IPv4 address inside an IPv6
one never gets more room than IPv4 would: mapped addresses are cut as IPv4, 6to4 (RFC 3056, `2002::/16` with the
IPv4 address in bits 16–47) keeps 16 + 24 bits, the well-known NAT64 prefix (RFC 6052) ends before the address.

`prefix_sql` says the same in DuckDB's SQL, for counting how many networks a cell stands for at least; tests hold
both against the same vectors.
"""

from __future__ import annotations

from socket import AF_INET, AF_INET6, inet_ntop, inet_pton

#: What stands where no address could be recognised.
NOTHING = b"-"
#: How many addresses a cache remembers before it forgets all of them (they are whole addresses, in memory only).
CACHED = 200_000

_MAPPED = b"\0" * 10 + b"\xff\xff"
_SIX_TO_FOUR = b"\x20\x02"


def truncate(address: bytes, v4: int = 24, v6: int = 48) -> bytes:
    """The network of `address` in canonical form, or `-`.

    Takes what proxies write: a port (`1.2.3.4:80`, `[2001:db8::1]:443`), a zone (`fe80::1%eth0`), a list
    (`1.2.3.4,5.6.7.8`, each part cut). `v4` and `v6` are how many leading bits stay, at most 24 and 48.
    """
    if b"," in address:
        return b",".join([truncate(part.strip(b" "), v4, v6) for part in address.split(b",")])
    if b":" not in address:
        return _cut_v4(address, v4)
    if address.startswith(b"["):
        inside, closed, port = address[1:].partition(b"]")
        return _cut_v6(inside, v4, v6) if closed and _is_port(port) else NOTHING
    if address.count(b":") == 1:
        host, _, port = address.partition(b":")
        return _cut_v4(host, v4) if _is_port(b":" + port) else NOTHING
    return _cut_v6(address, v4, v6)


def _is_port(text: bytes) -> bool:
    return not text or (text[:1] == b":" and text[1:].isdigit() and len(text) <= 6)


def _cut_v4(address: bytes, bits: int) -> bytes:
    try:
        packed = inet_pton(AF_INET, address.decode("ascii"))
    except (OSError, ValueError):
        return NOTHING
    return inet_ntop(AF_INET, _keep(packed, min(bits, 24))).encode()


def _cut_v6(address: bytes, v4: int, v6: int) -> bytes:
    host, _, _ = address.partition(b"%")
    try:
        packed = inet_pton(AF_INET6, host.decode("ascii"))
    except (OSError, ValueError):
        return NOTHING
    v4, v6 = min(v4, 24), min(v6, 48)
    if packed.startswith(_MAPPED):
        return inet_ntop(AF_INET, _keep(packed[12:], v4)).encode()
    if packed.startswith(_SIX_TO_FOUR):
        v6 = min(v6, 16 + v4)
    return inet_ntop(AF_INET6, _keep(packed, v6)).encode()


def _keep(packed: bytes, bits: int) -> bytes:
    whole = int.from_bytes(packed, "big")
    rest = len(packed) * 8 - bits
    return (whole >> rest << rest).to_bytes(len(packed), "big")


class Cuts(dict[bytes, bytes]):
    """Remembers cut addresses: `cuts[address]`. Forgets all when `CACHED` are in it; is never written anywhere."""

    def __init__(self, v4: int = 24, v6: int = 48) -> None:
        super().__init__()
        self._v4, self._v6 = v4, v6

    def __missing__(self, address: bytes) -> bytes:
        if len(self) >= CACHED:
            self.clear()
        cut = truncate(address, self._v4, self._v6)
        if len(address) <= 64:
            self[address] = cut
        return cut


def prefix_sql(column: str, end: str = "$") -> tuple[str, str]:
    """DuckDB expressions for the network of the address with which `column` begins, up to `end` (a pattern).

    The first one is for IPv4 and empty for anything else; the second takes the first as `net4` and gives the network of
    both kinds, or an empty text for what is no address. Good for telling networks apart, not for reading: never finer
    than /24 and /48. That an octet is at most 255 is not checked.
    """
    part = "[0-9]{1,3}"
    v4 = f"^({part}[.]{part}[.]{part}[.]){part}{end}"
    mapped = f"^::[Ff]{{4}}:({part}[.]{part}[.]{part}[.]){part}{end}"
    group = "[0-9A-Fa-f]{1,4}"
    six_to_four = f"^(2002:[0-9A-Fa-f]{{0,4}})[0-9A-Fa-f:]*{end}"
    v6 = f"^({group}(?::{group}){{0,2}}):[0-9A-Fa-f:]*{end}"
    # `2001:db8::` and `2001:db8:0:1::` are one network: zeros at its end are left out
    shortened = f"regexp_replace(lower(regexp_extract({column}, '{v6}', 1)), '(:0{{1,4}})+$', '')"
    network = (
        f"CASE WHEN net4 <> '' THEN net4 WHEN starts_with({column}, '2002:')"
        f" THEN lower(regexp_extract({column}, '{six_to_four}', 1))"
        f" WHEN NOT starts_with({column}, '::') THEN {shortened}"
        f" WHEN regexp_matches({column}, '{mapped}') THEN regexp_extract({column}, '{mapped}', 1)"
        f" WHEN regexp_matches({column}, '^::[0-9A-Fa-f:]*{end}') THEN '::' ELSE '' END"
    )
    return f"regexp_extract({column}, '{v4}', 1)", network
