"""What a statistic sees of a line: the same rules twice, for DuckDB's SQL and for Python, held together by tests.

Both read normalised lines (`formats.normalised`). Nothing here lets an address, a query string, a whole referrer or a
whole user agent through.
"""

# ruff: noqa: S608 - the SQL is made of our own expressions; what others wrote goes through `quoted` and `column`

from __future__ import annotations

import re
from collections.abc import Iterable

from zusage.declaration.logs import LogPolicy
from zusage.keepers.logs.addresses import prefix_sql
from zusage.keepers.logs.formats import Format, Line, declared_fields

#: The longest path and parameter that statistics show; what is longer is cut.
LONGEST_VALUE = 300
NONE = "-"

#: user agent family → what must stand in the user agent, in this order
_FAMILIES = (
    ("Edge", "Edg/"), ("Opera", "OPR/"), ("Firefox", "Firefox/"), ("Chrome", "Chrome/"), ("Safari", "Safari/"),
    ("curl", "curl/"),
)  # fmt: skip
_BOT = "[Bb]ot|[Cc]rawl|[Ss]pider"
HOST = "^[Hh][Tt][Tt][Pp][Ss]?://(?:[^/?#@]*@)?([^/?#:@]+)"


def quoted(text: str) -> str:
    """`text` as an SQL string."""
    return "'" + text.replace("'", "''") + "'"


def column(name: str) -> str:
    """`text` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


class Sql:
    """SQL expressions for one format: where the lines come from, which are valid, what their fields are."""

    def __init__(self, fmt: Format, policy: LogPolicy, site: str) -> None:
        self._fmt, self._policy, self._site = fmt, policy, site
        self._fields = {"quoted": self._quoted, "pattern": self._pattern, "json": self._json}[fmt.kind]()

    def source(self, path: str, longest_line: int) -> str:
        """A subquery that reads the lines of the file `path`; columns as `_fields` expects them."""
        delimiter, names = "'\"'", ["pre", "req", "mid", "ref", "sp", "ua", "tail"]
        if self._fmt.kind != "quoted":
            delimiter, names = "chr(1)", ["line"]
        columns = ", ".join(f"{quoted(name)}: 'VARCHAR'" for name in names)
        read = (
            f"read_csv({quoted(path)}, delim={delimiter}, quote='', escape='', comment='', header=false, skip=0,"
            f" nullstr=chr(2), null_padding=true, ignore_errors=true, auto_detect=false, new_line='\\n',"
            f" max_line_size={longest_line}, buffer_size={max(4_000_000, longest_line)}, columns={{{columns}}})"
        )
        if self._fmt.kind == "pattern":
            groups = ", ".join(quoted(f"f{number}") for number in range(len(self._fmt.fields)))
            pattern = quoted(f"^(?:{self._fmt.pattern})$")
            return f"(SELECT regexp_extract(line, {pattern}, [{groups}]) AS m FROM {read})"
        if self._fmt.kind == "json":
            paths = ", ".join(quoted(f'$."{key}"') for key in self._fmt.keys)
            keys = ", ".join(quoted(key) for key in self._fmt.keys)
            pure = f"coalesce(CASE WHEN json_valid(line) THEN list_has_all([{keys}], json_keys(line)) END, false)"
            return (
                f"(SELECT CASE WHEN json_valid(line) THEN json_extract_string(line, [{paths}]) END AS j,"
                f" json_valid(line) AND starts_with(ltrim(line), '{{') AS whole, {pure} AS pure FROM {read})"
            )
        return read

    def _quoted(self) -> dict[str, str]:
        address = len(self._fmt.head)
        fields = {
            "address": f"split_part(pre, ' ', {address})",
            "request": "req",
            "status": "mid[2:4]",
            "bytes": "mid[6:]",
        }
        if "referrer" in self._fmt.fields:
            fields |= {"referrer": "ref", "agent": "ua", "bytes": "mid[6:-2]"}
        if "site" in self._fmt.fields:
            fields["site"] = "split_part(pre, ' ', 1)"
        return fields

    def _pattern(self) -> dict[str, str]:
        return {name: f"m.f{number}" for number, name in enumerate(self._fmt.fields)}

    def _json(self) -> dict[str, str]:
        by_field: dict[str, list[str]] = {}
        for number, name in enumerate(self._fmt.keys.values(), 1):
            by_field.setdefault(name, []).append(f"j[{number}]")
        return {
            name: found[0] if len(found) == 1 else f"coalesce({', '.join(found)})"
            for name, found in by_field.items()
        }

    def valid(self) -> str:
        """Whether a line has the declared form."""
        if self._fmt.kind == "pattern":
            return f"{self._fields['time']} <> ''"
        if self._fmt.kind == "json":
            return f"whole AND regexp_full_match({self._fields['time']}, {quoted(self._fmt.time_pattern)})"
        combined = "referrer" in self._fmt.fields
        head = '[^ "]+ ' * (len(self._fmt.head) + 1)
        pre = quoted(f"^{head}.* \\[{self._fmt.time_pattern}\\] $")
        mid = quoted(f"^ [0-9]{{3}} ([0-9]+|-){' ' if combined else ''}$")
        rest = "sp = ' ' AND tail = ''" if combined else "ref IS NULL"
        return f"regexp_matches(pre, {pre}) AND regexp_matches(mid, {mid}) AND {rest}"

    def pure(self) -> str | None:
        """Whether a line passes as it is: JSON without undeclared keys, quoted lines without the name of a user.

        None where the scan cannot tell or need not.
        """
        if self._fmt.kind == "json":
            return "pure"
        fields = declared_fields(self._policy)
        if self._fmt.kind == "quoted" and fields and not {"ident", "user"} <= fields:
            return f"regexp_matches(pre, {quoted('^' + '[^ ]+ ' * len(self._fmt.head) + '- - ')})"
        return None

    def hour_key(self) -> tuple[str, str]:
        """The hour and the zone as written (`Format.hour_key`)."""
        if self._fmt.kind == "quoted":
            return "substring(pre, -28, 14)", "substring(pre, -7, 5)"
        time = self._fields["time"]
        if self._fmt.clock == "local":
            return f"{time}[1:14]", f"{time}[22:26]"
        if self._fmt.clock == "iso":
            return f"{time}[1:13]", f"regexp_extract({time}, '(Z|[+-][0-9:]+)$', 1)"
        return f"try_cast(split_part({time}, '.', 1) AS BIGINT) // 3600", "''"

    def field(self, name: str) -> str:
        """The expression of a field, NULL if the format lacks it."""
        return self._fields.get(name, "NULL")

    def networks(self) -> tuple[str, str]:
        """`addresses.prefix_sql` for this format."""
        if self._fmt.kind == "quoted" and self._fmt.head[0] == "address":
            return prefix_sql("pre", " ")
        return prefix_sql(self.field("address"))

    def _target(self) -> str:
        return self._fields.get("request", self._fields.get("url", "NULL"))

    def _before_query(self) -> str:
        return f"split_part({self._target()}, '?', 1)"

    def dimension(self, name: str) -> str:
        """The expression of a dimension; cleaned later (`clean_sql`)."""
        kind, _, parameter = name.partition(":")
        if kind == "parameter":
            target, key = self._target(), quoted(f"&{re.escape(parameter)}=([^&# ]*)")
            query = f"'&' || substring({target}, strpos({target}, '?') + 1)"
            return f"CASE WHEN contains({target}, '?') THEN regexp_extract({query}, {key}, 1) END"
        if name == "path":
            return (
                f"split_part({self._before_query()}, ' ', 2)"
                if "request" in self._fields
                else self._before_query()
            )
        if name == "method":
            given = self._fields.get("method", "NULL")
            return f"split_part({self._before_query()}, ' ', 1)" if "request" in self._fields else given
        if name == "referrer":
            return f"regexp_extract({self.field('referrer')}, {quoted(HOST)}, 1)"
        if name == "agent":
            return family_sql(self.field("agent"))
        if name == "site":
            return self._fields.get("site", quoted(self._site))
        return self.field(name)

    def bytes(self) -> str:
        """The bytes sent, 0 where none are named."""
        return f"coalesce(try_cast({self.field('bytes')} AS BIGINT), 0)"

    def milliseconds(self) -> str:
        """The response time in milliseconds, NULL where none is named."""
        return f"CAST(round(try_cast({self.field('duration')} AS DOUBLE) * 1000) AS BIGINT)"


def family_sql(agent: str) -> str:
    """The family of the user agent `agent`, an expression."""
    cases = "".join(
        f" WHEN contains({agent}, {quoted(mark)}) THEN {quoted(name)}" for name, mark in _FAMILIES
    )
    nothing = f"coalesce({agent}, '') IN ('', '-')"
    return (
        f"CASE WHEN {nothing} THEN '-' WHEN regexp_matches({agent}, {quoted(_BOT)}) THEN 'bot'{cases}"
        " ELSE 'other' END"
    )


def clean_sql(expression: str) -> str:
    """A dimension as it is stored: no matrix parameters, no mail addresses, not endless."""
    head = f"split_part(split_part({expression}, '#', 1), ';', 1)"
    odd = f"contains({expression}, '#') OR contains({expression}, ';')"
    mail = f"contains({expression}, '@') OR (contains({expression}, '%') AND contains({expression}, '%40'))"
    return (
        f"CASE WHEN coalesce({expression}, '') = '' OR {mail} THEN '-'"
        f" WHEN {odd} THEN left({head}, {LONGEST_VALUE}) ELSE left({expression}, {LONGEST_VALUE}) END"
    )


def clean(value: str) -> str:
    """As `clean_sql`."""
    if not value or "@" in value or "%40" in value.upper():
        return NONE
    return value.split("#", 1)[0].split(";", 1)[0][:LONGEST_VALUE]


def dimensions(parsed: Line, names: Iterable[str], site: str) -> dict[str, str]:
    """The dimensions of a parsed line, cleaned: what statistics store of it. The twin of `Sql.dimension`."""
    return {name: clean(_raw(parsed, name, site)) for name in names}


def path_of(parsed: Line) -> str:
    """The request's path, without its query, or an empty text."""
    if "request" in parsed:
        words = _before_query(parsed).split(" ")
        return words[1] if len(words) > 1 else ""
    return _before_query(parsed)


def _target(parsed: Line) -> str:
    return _text(parsed["request"]) if "request" in parsed else _text(parsed.get("url", b""))


def _before_query(parsed: Line) -> str:
    return _target(parsed).split("?", 1)[0]


def parameter_of(parsed: Line, name: str) -> str:
    """The first value of a query parameter, or an empty text."""
    _, _, query = _target(parsed).partition("?")
    found = re.search(f"&{re.escape(name)}=([^&# ]*)", "&" + query)
    return found[1] if found else ""


def _raw(parsed: Line, name: str, site: str) -> str:
    kind, _, parameter = name.partition(":")
    if kind == "parameter":
        return parameter_of(parsed, parameter)
    if name == "path":
        return path_of(parsed)
    if name == "method":
        given = _text(parsed.get("method", b""))
        return _before_query(parsed).split(" ")[0] if "request" in parsed else given
    if name == "referrer":
        found = re.search(HOST, _text(parsed.get("referrer", b"")))
        return found[1] if found else ""
    if name == "agent":
        return _family(_text(parsed.get("agent", b"")))
    if name == "site":
        return _text(parsed["site"]) if "site" in parsed else site
    return _text(parsed.get(name, b""))


def _family(agent: str) -> str:
    if agent in ("", "-"):
        return NONE
    if re.search(_BOT, agent):
        return "bot"
    return next((name for name, mark in _FAMILIES if mark in agent), "other")


def bytes_of(parsed: Line) -> int:
    """The bytes sent, 0 where none are named."""
    text = parsed.get("bytes", b"-")
    return int(text) if text.isdigit() and len(text) < 19 else 0


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")
