"""What a case or a log opening is about: a period, and optionally a customer, addresses, parameters of the request."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from zusage.errors import ZusageError
from zusage.keepers.logs.extraction import parameter_of
from zusage.keepers.logs.formats import Format, Line

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class BadScope(ZusageError):
    """A scope that cannot be meant: without end, reversed, with something that is no address."""


@dataclass(frozen=True, slots=True)
class Scope:
    """`begin` ≤ time < `end`; the other parts narrow it, an empty one does not. Addresses may be networks."""

    begin: datetime
    end: datetime
    customer: str | None = None
    addresses: tuple[str, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.begin.tzinfo is None or self.end.tzinfo is None:
            raise BadScope("a scope's times need a zone", hint="for example 2026-05-02T00:00:00+02:00")
        if self.begin >= self.end:
            raise BadScope("a scope ends after it begins")
        for each in self.addresses:
            _network(each)

    def covers(self, other: Scope) -> bool:
        """Whether everything in `other` is in this scope."""
        mine, theirs = self._networks(), other._networks()
        return (
            self.begin <= other.begin
            and other.end <= self.end
            and (self.customer is None or self.customer == other.customer)
            and (
                not mine or (bool(theirs) and all(any(_within(each, own) for own in mine) for each in theirs))
            )
            and all(other.parameters.get(name) == value for name, value in self.parameters.items())
        )

    def holds(self, fmt: Format, parsed: Line) -> bool:
        """Whether a line is in this scope (its customer is known by its segment)."""
        instant = fmt.instant(parsed["time"])
        if instant is None or not self.begin <= instant < self.end:
            return False
        if any(parameter_of(parsed, name) != value for name, value in self.parameters.items()):
            return False
        return not self.addresses or self._has_address(parsed.get("address", b""))

    def _has_address(self, address: bytes) -> bool:
        try:
            found = ipaddress.ip_address(address.decode("ascii", "replace").partition("%")[0])
        except ValueError:
            return False
        mapped = getattr(found, "ipv4_mapped", None)
        return any(
            each.version == (mapped or found).version and (mapped or found) in each
            for each in self._networks()
        )

    def _networks(self) -> list[_Network]:
        return [_network(each) for each in self.addresses]

    def as_json(self) -> dict[str, Any]:
        """For the erasable row and the commitment in the ledger."""
        return {
            "begin": self.begin.astimezone(UTC).isoformat(),
            "end": self.end.astimezone(UTC).isoformat(),
            "customer": self.customer,
            "addresses": list(self.addresses),
            "parameters": dict(self.parameters),
        }

    @classmethod
    def read(cls, content: Mapping[str, Any]) -> Scope:
        """From `as_json`."""
        return cls(
            datetime.fromisoformat(content["begin"]),
            datetime.fromisoformat(content["end"]),
            content["customer"],
            tuple(content["addresses"]),
            content["parameters"],
        )


def _network(text: str) -> _Network:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise BadScope(
            "an address of the scope is no address", hint="198.51.100.23 or 198.51.100.0/24"
        ) from None


def _within(inner: _Network, outer: _Network) -> bool:
    return inner.version == outer.version and inner.subnet_of(outer)  # type: ignore[arg-type]
