"""Which promises an activity with logs makes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from zusage.declaration import Activity, Declaration, RetentionRule
from zusage.declaration.logs import LOG_EVENTS, LogPolicy
from zusage.promises import Promise
from zusage.text import Text

KEEPER = "logs"
#: what an activity's promise is about, in the order in which they are listed
FIELDS, TRUNCATED, SEALED, OPENED, PURPOSES = "fields", "statistics", "sealed", "opened", "purposes"


def log_promises(declaration: Declaration) -> Iterator[Promise]:
    """Every promise about access logs."""
    for name, activity in declaration.activities.items():
        if activity.logs is not None:
            yield from _of_activity(name, activity, activity.logs)


def promise_id(activity: str, what: str, rule: str = "") -> str:
    """`logs/ACTIVITY/WHAT` or `logs/ACTIVITY/WHAT/RULE`."""
    return "/".join(part for part in ("logs", activity, what, rule) if part)


def _of_activity(name: str, activity: Activity, policy: LogPolicy) -> Iterator[Promise]:
    title = activity.title

    def promise(
        what: str, kind: str, reference: str, said: Text, terms: Mapping[str, object], rule: str = ""
    ) -> Promise:
        text = Text(f"{title.says('de')}: {said.says('de')}", f"{title.says('en')}: {said.says('en')}")
        return Promise(promise_id(name, what, rule), KEEPER, kind, text, reference, name, terms)

    yield promise(
        FIELDS,
        "minimisation",
        "gdpr:5(1)(c)",
        _fields(policy),
        {"format": policy.format, "fields": list(policy.fields)},
    )
    yield promise(TRUNCATED, "pseudonymisation", "gdpr:25(1)", _statistics(policy), _figures(policy))
    yield promise(
        SEALED,
        "sealing",
        "gdpr:32(1)(a)",
        _sealed(policy),
        {"roles": list(policy.opened_by), "quorum": policy.quorum or 0},
    )
    if policy.opened_by:
        yield promise(OPENED, "sealing", "gdpr:5(1)(b)", _opened(policy), {"roles": list(policy.opened_by)})
    if policy.uses:
        yield promise(
            PURPOSES, "logging", "gdpr:5(1)(b)", _purposes(activity, policy), {"uses": dict(policy.uses)}
        )
    for rule in activity.retention:
        if rule.since.event in LOG_EVENTS:
            said = _period(rule)
            steps = [step.model_dump(mode="json", exclude_none=True) for step in rule.steps]
            terms = {"from": rule.since.event, "start": rule.since.start, "steps": steps}
            yield promise("expire", "retention", "gdpr:5(1)(e)", said, terms, rule.id)
            if rule.backup is not None:
                backup = Text(
                    f"in Sicherungskopien verschwinden Protokolle spätestens nach {rule.backup.text('de', 'dative')}.",
                    f"in backups logs are gone after {rule.backup.text('en')} at the latest.",
                )
                yield promise(
                    "backup", "backup", "gdpr:5(1)(e)", backup, {"backup": str(rule.backup)}, rule.id
                )


def _figures(policy: LogPolicy) -> dict[str, object]:
    return {
        "v4": policy.truncate_v4,
        "v6": policy.truncate_v6,
        "suppress_below": policy.suppress_below,
        "statistics": {name: list(each.dimensions) for name, each in policy.all_statistics().items()},
    }


def _fields(policy: LogPolicy) -> Text:
    if not policy.fields:
        return Text(
            f"Aufgezeichnet wird nur, was das Format „{policy.format}“ nennt.",
            f"only what the format '{policy.format}' names is recorded.",
        )
    listed = ", ".join(policy.fields)
    return Text(f"Aufgezeichnet wird nur: {listed}.", f"only this is recorded: {listed}.")


def _statistics(policy: LogPolicy) -> Text:
    return Text(
        "Statistiken enthalten keine IP-Adressen; vor dem Zählen werden Adressen auf höchstens"
        f" /{policy.truncate_v4} (IPv4) und /{policy.truncate_v6} (IPv6) gekürzt, und veröffentlicht wird keine Zahl"
        f" unter {policy.suppress_below}.",
        f"statistics hold no IP addresses; before counting, addresses are cut to /{policy.truncate_v4} (IPv4) and"
        f" /{policy.truncate_v6} (IPv6) at most, and no figure below {policy.suppress_below} is published.",
    )


def _roles(policy: LogPolicy, language: str) -> str:
    joint = {"de": " und ", "en": " and "}[language]
    named = joint.join(policy.opened_by)
    if policy.quorum and policy.quorum < len(policy.opened_by):
        few = {
            "de": f"{policy.quorum} von {len(policy.opened_by)}: ",
            "en": f"{policy.quorum} of {len(policy.opened_by)}: ",
        }
        return few[language] + ", ".join(policy.opened_by)
    return named


def _sealed(policy: LogPolicy) -> Text:
    if not policy.opened_by:
        return Text(
            "Vollständige Zeilen liegen verschlüsselt und getrennt von den Statistiken.",
            "full lines are stored encrypted and apart from the statistics.",
        )
    return Text(
        "Vollständige Zeilen liegen verschlüsselt und getrennt von den Statistiken; kein Schlüssel dazu liegt auf dem"
        f" Server, geöffnet werden sie nur gemeinsam durch: {_roles(policy, 'de')}.",
        "full lines are stored encrypted and apart from the statistics; no key to them is on the server, they are opened"
        f" only together by: {_roles(policy, 'en')}.",
    )


def _opened(policy: LogPolicy) -> Text:
    return Text(
        "Geöffnet wird nur bei einem konkreten Verdacht, begrenzt auf Zeitraum und Adressen, mit Zustimmung von:"
        f" {_roles(policy, 'de')}.",
        "lines are opened only on a concrete suspicion, limited to period and addresses, with the approval of:"
        f" {_roles(policy, 'en')}.",
    )


def _purposes(activity: Activity, policy: LogPolicy) -> Text:
    known = {purpose.id: purpose.text for purpose in activity.purposes}
    german = "; ".join(known[use].says("de") if use in known else use for use in policy.uses)
    english = "; ".join(known[use].says("en") if use in known else use for use in policy.uses)
    return Text(
        f"Gelesen werden die Protokolle nur für: {german}.", f"the logs are read only for: {english}."
    )


def _period(rule: RetentionRule) -> Text:
    if rule.text is not None:
        return rule.text
    step = rule.steps[-1]
    period = step.keep.duration or step.keep.at_most
    if period is None:
        return Text("gelöscht, wenn der Zweck endet.", "erased when the purpose ends.")
    after = {
        "event": ("", ""),
        "end_of_month": (" nach Ende des Kalendermonats", " after the end of the calendar month"),
        "end_of_year": (" nach Ende des Kalenderjahres", " after the end of the calendar year"),
    }[rule.since.start]
    return Text(
        f"gelöscht spätestens {period.text('de')}{after[0]}.",
        f"erased no later than {period.text('en')}{after[1]}.",
    )
