"""Log formats: which fields a line has, where they stand, and whether a line has the declared form at all.

A format becomes one pattern that Python (on bytes) and DuckDB (RE2) read alike; only classes that mean the same in both
are used. `"` never stands inside a quoted field: nginx writes it as `\\x22`, and Apache's `\\"` is normalised to that
before anything is read, so that nobody can forge a field by writing a quotation mark into a header.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from zusage.declaration.logs import LogPolicy
from zusage.errors import ZusageError

Kind = Literal["quoted", "pattern", "json"]
Clock = Literal["local", "iso", "epoch"]

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LOCAL = (
    r"(?:0[1-9]|[12][0-9]|3[01])/(?i:" + "|".join(_MONTHS) + r")/[0-9]{4}"
    r":(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-6][0-9] [+-][0-9]{4}"
)
_ISO = (
    r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-6][0-9]"
    r"(?:[.][0-9]{1,9})?(?:Z|[+-][0-9]{2}:?[0-9]{2})"
)
_EPOCH = r"[0-9]{9,11}(?:[.][0-9]{1,6})?"
CLOCKS: dict[Clock, str] = {"local": _LOCAL, "iso": _ISO, "epoch": _EPOCH}

_NAMED = {
    "common": '$remote_addr $ident $remote_user [$time_local] "$request" $status $body_bytes_sent',
    "combined": '$remote_addr $ident $remote_user [$time_local] "$request" $status $body_bytes_sent'
    ' "$http_referer" "$http_user_agent"',
    "vhost_combined": '$host $remote_addr $ident $remote_user [$time_local] "$request" $status $body_bytes_sent'
    ' "$http_referer" "$http_user_agent"',
}
#: nginx's and Apache's words → fields
_VARIABLES = {
    "remote_addr": "address", "ident": "ident", "remote_user": "user", "time_local": "time", "time_iso8601": "time",
    "msec": "time", "request": "request", "status": "status", "body_bytes_sent": "bytes", "bytes_sent": "bytes",
    "http_referer": "referrer", "http_user_agent": "agent", "host": "site", "http_host": "site", "server_name": "site",
    "request_time": "duration", "request_method": "method", "request_uri": "url", "uri": "url",
    "http_x_forwarded_for": "forwarded", "http_accept_language": "language", "server_protocol": "protocol",
    "remote_port": "port", "http_cf_connecting_ip": "client_address", "http_cf_ipcountry": "country",
}  # fmt: skip
_APACHE = {
    "h": "remote_addr", "a": "remote_addr", "l": "ident", "u": "remote_user", "t": "time_local", "r": "request",
    "s": "status", "b": "body_bytes_sent", "B": "body_bytes_sent", "O": "bytes_sent", "v": "server_name",
    "V": "host", "m": "request_method", "U": "uri", "T": "request_time", "H": "server_protocol",
}  # fmt: skip
_APACHE_WORD = re.compile(r"%(?:[<>]?\{(?P<header>[A-Za-z-]+)\}(?P<kind>[ieo])|[<>]?(?P<letter>[a-zA-Z]))")
_VARIABLE = re.compile(r"\$\{?([a-z0-9_]+)\}?")
_GROUPS = {"status": "[0-9]{3}", "bytes": "[0-9]+|-", "duration": r"[0-9]+(?:[.][0-9]+)?|-"}
#: keys of JSON logs that mean a field even where the declaration does not say so
_JSON_KEYS = {
    **_VARIABLES, **{name: name for name in set(_VARIABLES.values())},
    "timestamp": "time", "@timestamp": "time", "ts": "time", "ip": "address", "client_ip": "address",
    "user_agent": "agent", "size": "bytes", "path": "url", "vhost": "site",
}  # fmt: skip

#: other names for fields, as declarations may call them
_ALIASES = {
    "ip": "address", "ip-address": "address", "url": "request", "page": "path", "size": "bytes", "browser": "agent",
    "user-agent": "agent", "user_agent": "agent", "operating-system": "agent", "host": "site", "referer": "referrer",
    "result": "status", "timestamp": "time",
}  # fmt: skip

Line = dict[str, bytes]
_FEW = 20_000


class BadFormat(ZusageError):
    """A log format that cannot be read: names the part and the way out."""


@dataclass(frozen=True, slots=True)
class Format:
    """How lines are read. `fields` stand in the order of the pattern's groups; `keys` is for JSON lines."""

    kind: Kind
    fields: tuple[str, ...]
    clock: Clock
    pattern: str = ""
    keys: Mapping[str, str] = field(default_factory=dict)
    #: columns before the bracketed time, for the quoted formats
    head: tuple[str, ...] = ()
    compiled: re.Pattern[bytes] | None = None

    def readable(self, lines: bytes) -> bytes:
        """Lines as `parse` takes them; in JSON a backslash means what it says."""
        return printable(lines) if self.kind == "json" else normalised(lines)

    def parse(self, line: bytes) -> Line | None:
        """The fields of a normalised line, or None if it does not have the declared form."""
        if self.kind == "json":
            return self._parse_json(line)
        assert self.compiled is not None
        match = self.compiled.fullmatch(line)
        if match is None:
            return None
        parsed = dict(zip(self.fields, match.groups(b""), strict=True))
        return parsed if self.hour(parsed["time"]) else None

    def _parse_json(self, line: bytes) -> Line | None:
        try:
            content = json.loads(line)
        except (ValueError, RecursionError):
            return None
        if not isinstance(content, dict):
            return None
        parsed = {
            self.keys[key]: _plain(value)
            for key, value in content.items()
            if key in self.keys and value is not None
        }
        return parsed if "time" in parsed and self.hour(parsed["time"]) else None

    def prefix(self, line: bytes) -> bytes | None:
        """For a line that goes on after its last declared field: the declared part. None where there is none."""
        match = self.compiled.match(line) if self.compiled else None
        return (
            match.group(0) if match and line[match.end() : match.end() + 1] in (b" ", b"\t", b'"') else None
        )

    def hour_key(self, time: bytes) -> tuple[str, str]:
        """What tells hours apart: the hour as written, and the zone as written."""
        text = time.decode("ascii", "replace")
        if self.clock == "local":
            return text[:14], text[21:26]
        if self.clock == "iso":
            return text[:13], re.split(r"[.0-9]+(?=[Z+-])", text[13:])[-1]
        return str(int(float(text)) // 3600), ""

    def hour(self, time: bytes) -> datetime | None:
        """The first instant (UTC) of the hour in which `time` lies, on the clock that wrote it; None if there is none."""
        try:
            return hour_of(self.clock, *self.hour_key(time))
        except ValueError:
            return None

    def instant(self, time: bytes) -> datetime | None:
        """`time` in UTC, to the second; None if it is none."""
        begin = self.hour(time)
        if begin is None:
            return None
        text = time.decode("ascii", "replace")
        if self.clock == "epoch":
            return datetime.fromtimestamp(int(float(text)), UTC)
        minute, second = text[15:17] if self.clock == "local" else text[14:16], text[17:19]
        if self.clock == "local":
            second = text[18:20]
        return begin + timedelta(minutes=int(minute), seconds=int(second))

    def mark(self, hour: str) -> bytes:
        """What stands in the time of every line of an hour, as written; empty where there is no such thing."""
        return {"local": f"{hour}:" if self.kind == "json" else f"[{hour}:", "iso": f"{hour}:", "epoch": ""}[
            self.clock
        ].encode()

    @property
    def time_pattern(self) -> str:
        """The pattern of the time field."""
        return CLOCKS[self.clock]


def _plain(value: Any) -> bytes:
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def hour_of(clock: Clock, key: str, zone: str) -> datetime | None:
    """The first instant (UTC) of an hour from its key and zone (`hour_key`); None for days that do not exist."""
    try:
        if clock == "epoch":
            return datetime.fromtimestamp(int(key) * 3600, UTC)
        offset = timedelta(0)
        if zone not in ("", "Z"):
            digits = zone[1:].replace(":", "")
            offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:])) * (-1 if zone[0] == "-" else 1)
        if clock == "local":
            day, month, year = int(key[:2]), _MONTHS.index(key[3:6].capitalize()) + 1, int(key[7:11])
            local = datetime(year, month, day, int(key[12:14]), tzinfo=UTC)
        else:
            local = datetime.strptime(key, "%Y-%m-%dT%H").replace(tzinfo=UTC)
        return local - offset
    except (ValueError, OverflowError, OSError):
        return None


def normalised(lines: bytes) -> bytes:
    """Lines as they are read: Apache's escapes as nginx's, no bytes that an engine could take for a line's end.

    The number of `\\n` stays the same; bytes that are no UTF-8 become U+FFFD. Sealed lines keep their own bytes.
    """
    if _escapes(lines):
        lines = lines.replace(b"\\\\", b"\\x5c").replace(b'\\"', b"\\x22")
    return printable(lines)


def _escapes(lines: bytes) -> bool:
    """Whether a backslash stands before a quotation mark or another one. Steps from backslash to backslash: few lines
    have any, and searching for the pair itself stops at every quotation mark."""
    position = lines.find(b"\\")
    for _ in range(_FEW):
        if position < 0:
            return False
        if lines[position + 1 : position + 2] in (b'"', b"\\"):
            return True
        position = lines.find(b"\\", position + 1)
    return b'\\"' in lines or b"\\\\" in lines


def printable(lines: bytes) -> bytes:
    """`lines` without carriage returns, NUL and SOH, in valid UTF-8. For JSON, where a backslash means what it says."""
    if b"\r" in lines:
        lines = lines.replace(b"\r\n", b"\n").removesuffix(b"\r").replace(b"\r", b"?")
    for byte in (b"\0", b"\1"):
        if byte in lines:
            lines = lines.replace(byte, b"?")
    if not lines.isascii():
        try:
            lines.decode()
        except UnicodeDecodeError:
            return lines.decode("utf-8", "replace").encode()
    return lines


def declared_fields(policy: LogPolicy) -> frozenset[str]:
    """The fields that pass, under the names used here; empty where all of the format do."""
    return frozenset(_ALIASES.get(name, name) for name in policy.fields)


def declared_format(policy: LogPolicy) -> Format:
    """The format of a policy. Raises `BadFormat`."""
    fields = declared_fields(policy)
    if policy.format == "json":
        keys = dict(policy.keys or _JSON_KEYS)
        if fields:
            wanted = fields | ({"request", "url"} if "path" in fields else set())
            keys = {key: name for key, name in keys.items() if name in wanted}
        return Format("json", tuple(sorted(set(keys.values()))), _json_clock(policy), keys=keys)
    text = _NAMED.get(policy.format, policy.format)
    if "%" in text and "$" not in text:
        text = _from_apache(text)
    made = _compile(text)
    lacking = fields - {*made.fields, "path"}
    if lacking:
        raise BadFormat(
            f"the fields '{', '.join(sorted(lacking))}' are declared, but the log format has none of that name",
            hint=f"it has {', '.join(made.fields)}",
        )
    if policy.format in _NAMED:
        head = ("site", "address") if policy.format == "vhost_combined" else ("address",)
        return Format("quoted", made.fields, made.clock, made.pattern, {}, head, made.compiled)
    return made


def _json_clock(policy: LogPolicy) -> Clock:
    """JSON logs write ISO times unless a key says otherwise."""
    keys = set(policy.keys)
    return "epoch" if "msec" in keys else "local" if "time_local" in keys else "iso"


def _from_apache(text: str) -> str:
    def word(match: re.Match[str]) -> str:
        if match["header"]:
            return "$http_" + match["header"].lower().replace("-", "_")
        name = _APACHE.get(match["letter"])
        if name is None:
            raise BadFormat(
                f"the log format holds '{match.group(0)}', which is not known",
                hint="write it in nginx's words",
            )
        return f"[${name}]" if name == "time_local" else f"${name}"

    return _APACHE_WORD.sub(word, text.replace('\\"', '"'))


def _compile(text: str) -> Format:
    fields: list[str] = []
    clock: Clock | None = None
    pattern, position = "", 0
    for match in _VARIABLE.finditer(text):
        pattern += re.escape(text[position : match.start()]).replace('\\"', '"')
        name = _VARIABLES.get(match[1], match[1])
        if name in fields:
            raise BadFormat(f"the log format holds '{name}' twice")
        fields.append(name)
        if name == "time":
            clock = {"time_local": "local", "time_iso8601": "iso"}.get(match[1], "epoch")  # type: ignore[assignment]
        pattern += f"({_group(name, clock, text[: match.start()])})"
        position = match.end()
    pattern += re.escape(text[position:]).replace('\\"', '"')
    if clock is None:
        raise BadFormat(
            "the log format has no time; without it no line can expire",
            hint="add $time_local, $time_iso8601 or $msec",
        )
    return Format("pattern", tuple(fields), clock, pattern, {}, (), re.compile(pattern.encode()))


def _group(name: str, clock: Clock | None, before: str) -> str:
    if name == "time" and clock:
        return CLOCKS[clock]
    if name in _GROUPS:
        return _GROUPS[name]
    if before.endswith('"'):
        return '[^"]*'
    return '[^"]*' if name == "user" else '[^ "]+'
