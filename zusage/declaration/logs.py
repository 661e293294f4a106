"""Access logs in the declaration: what is taken in, what statistics show, who opens the sealed lines, what for."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from zusage.declaration.base import Flag, Identifier, Part, Period

#: What a purpose of the activity may see: statistics only, lines that need no approval, or lines of a log opening.
Use = Literal["statistics", "lines", "opening"]
#: Events of retention rules that the logs themselves date: a line was recorded, a statistic counted.
LOG_EVENTS = ("recorded", "logged", "counted")
Per = Literal["hour", "day", "month"]


class LogStatistic(Part):
    """One statistic: counts and bytes by hour, customer and these dimensions.

    Dimensions are `site`, `path`, `status`, `method`, `referrer` (host only), `agent` (family only) and
    `parameter:NAME` for a parameter that the policy declares. `requires` names parameters without which a line is
    not counted here.
    """

    dimensions: tuple[str, ...] = Field(min_length=1)
    requires: tuple[str, ...] = ()
    #: published by the hour, the day or the month; one of them only, else two publications tell what each hides
    per: Per = "hour"


class LogPolicy(Part):
    """For an activity that keeps access logs. Periods of lines are the activity's retention rules.

    Rules from the event `recorded` (or `logged`) are for lines, rules from the event `counted` for statistics.
    """

    #: `combined`, `common`, `vhost_combined`, `json`, or a format line in nginx's or Apache's words
    format: str = "combined"
    #: the fields that pass; empty for all of the format. `path` is the request without its query
    fields: tuple[str, ...] = ()
    #: for JSON lines: key in the log → field; no other key passes. Without any, the usual keys are known
    keys: dict[str, str] = Field(default_factory=dict)
    #: how much of a referrer passes
    referrer: Literal["full", "without-query", "host"] = "full"
    #: lines that do not have the format are sealed with the others, or only counted
    malformed: Literal["seal", "count"] = "seal"
    #: dimensions of the statistic `requests`
    dimensions: tuple[str, ...] = ("site", "path", "status")
    per: Per = "hour"
    #: query parameters that statistics may show; all others are cut off
    parameters: tuple[str, ...] = ()
    #: further statistics
    statistics: dict[Identifier, LogStatistic] = Field(default_factory=dict)
    #: sums and a histogram of response times beside every count
    timings: Flag = False
    #: the field, or `parameter:NAME`, that names the customer a line belongs to
    customer_field: str | None = None
    truncate_v4: int = Field(default=24, ge=0, le=24)
    truncate_v6: int = Field(default=48, ge=0, le=48)
    #: roles that must open together (AND); without any, lines are sealed for the server alone, until they expire
    opened_by: tuple[Identifier, ...] = ()
    #: how many of these roles suffice; all of them if not said
    quorum: int | None = Field(default=None, ge=1)
    #: the role on the customer's side that must take part where a customer's lines are opened
    customer_role: Identifier | None = None
    #: how long a request for a log opening waits for approvals, and how long what was opened stays
    approve_within: Period | None = None
    opened_for: Period | None = None
    #: cells of published statistics that stand for fewer networks or requests are suppressed
    suppress_below: int = Field(default=5, ge=1)
    #: purposes of the activity → what they may see; a purpose that is not named sees nothing
    uses: dict[Identifier, Use] = Field(default_factory=dict)
    #: where a live view or a ban feed is declared: how long truncated or full addresses stay in it
    live_view: Period | None = None

    @model_validator(mode="after")
    def _consistent(self) -> LogPolicy:
        roles = (*self.opened_by, *([self.customer_role] if self.customer_role else []))
        if len(set(roles)) != len(roles):
            raise ValueError("a role is named twice; each takes part once")
        if self.quorum is not None and self.quorum > len(self.opened_by):
            raise ValueError("the quorum is larger than the number of roles in 'opened_by'")
        for name, statistic in self.all_statistics().items():
            for dimension in (*statistic.dimensions, *(f"parameter:{each}" for each in statistic.requires)):
                self._known(name, dimension)
        return self

    def _known(self, statistic: str, dimension: str) -> None:
        kind, _, parameter = dimension.partition(":")
        if kind == "parameter" and parameter in self.parameters:
            return
        if kind == "parameter":
            raise ValueError(
                f"the statistic '{statistic}' shows '{parameter}', which 'parameters' does not declare"
            )
        if dimension not in ("site", "path", "status", "method", "referrer", "agent"):
            raise ValueError(
                f"'{dimension}' is no dimension of statistics; site, path, status, method, referrer, agent and"
                " parameter:NAME are"
            )

    def all_statistics(self) -> dict[str, LogStatistic]:
        """Every statistic by name; `requests` is the one that `dimensions` describes."""
        return {"requests": LogStatistic(dimensions=self.dimensions, per=self.per), **self.statistics}
