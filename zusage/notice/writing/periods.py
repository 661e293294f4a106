"""How a retention rule is said: one sentence for each step."""

from __future__ import annotations

from collections.abc import Iterator

from zusage.declaration import Activity, Declaration, RetentionRule, Step
from zusage.law.duration import Duration
from zusage.law.retention import statutory
from zusage.notice.writing.words import Words

_EVENTS: dict[str, tuple[str, str]] = {
    "collected": ("Erhebung", "collection"),
    "created": ("Erstellung", "creation"),
    "last-login": ("letzter Anmeldung", "the last login"),
    "contract-ended": ("Vertragsende", "the end of the contract"),
    "procedure-ended": ("Abschluss des Verfahrens", "the end of the procedure"),
    "received": ("Eingang", "receipt"),
    "answered": ("Beantwortung", "the answer"),
    "withdrawn": ("Widerruf", "withdrawal"),
    "registered": ("Registrierung", "registration"),
    "issued": ("Ausstellung", "issue"),
}


def sentences(
    declaration: Declaration, activity: Activity, rule: RetentionRule, words: Words
) -> Iterator[str]:
    """The rule as sentences: each step, the mail before it, the backups."""
    if rule.text:
        yield words.text(rule.text)
    intro = _condition(declaration, rule, words)
    for step in rule.steps:
        yield intro + _step(declaration, activity, rule, step, words)
        if step.notice:
            yield words.say("notice-before", before=words.period(step.notice.before))
    if rule.backup:
        yield words.say("backup", keep=words.period(rule.backup))


def data_of(activity: Activity, rule: RetentionRule, words: Words) -> str:
    """Which data the rule is about."""
    if not rule.data:
        return words.say("all-data")
    named = {category.id: words.text(category.text) for category in activity.data}
    return words.listed(named[one] for one in rule.data)


def types_of(activity: Activity, rule: RetentionRule, words: Words) -> str:
    """The data types that the rule is about, by name where they are few."""
    named = {category.id: words.text(category.text) for category in activity.data}
    chosen = [named[one] for one in rule.data] or list(named.values())
    return "; ".join(chosen) if rule.data or len(chosen) <= 3 else words.say("all-types")


def event(rule: RetentionRule, words: Words) -> str:
    """What starts the period, in words: the declaration's own, or the usual one for a well-known event."""
    if rule.since.text:
        return words.text(rule.since.text)
    said = _EVENTS.get(rule.since.event)
    if said:
        return said[0] if words.language == "de" else said[1]
    return rule.since.event.replace("-", " ")


def since(rule: RetentionRule, words: Words) -> str:
    """`ab Erhebung`, `ab dem Ende des Kalenderjahres, in das die Erhebung fällt`."""
    key = "since" if rule.since.start == "event" else f"since-{rule.since.start}"
    return words.say(key, event=event(rule, words))


def period(declaration: Declaration, step: Step, words: Words) -> str:
    """The period alone, for tables: `6 Monate`, `6–10 Jahre`, `bis Vertragsende`."""
    keep = step.keep
    if keep.duration:
        return words.period(keep.duration)
    if keep.at_least or keep.at_most:
        ends = [words.period(end) for end in (keep.at_least, keep.at_most) if end]
        return " – ".join(ends)
    if keep.statutory:
        found = _statutory(declaration, keep.statutory)
        law = statute(keep.statutory, words)
        return f"{words.period(found)} ({law})" if found else law
    return words.say(f"short-{keep.until or 'chosen'}")


def statute(name: str, words: Words) -> str:
    """The law behind a statutory period, as it is cited."""
    found = statutory(name)
    return found.citation.text(words.language) if found.citation else found.law


def _statutory(declaration: Declaration, name: str) -> Duration | None:
    return statutory(name).keep_at(declaration.as_of, finance=declaration.controller.financial_institution)


def _condition(declaration: Declaration, rule: RetentionRule, words: Words) -> str:
    when = rule.when
    if when and when.consent:
        return words.say("when-consent", consent=words.text(declaration.consents[when.consent].title))
    if when and when.no_consent:
        return words.say("when-no-consent", consent=words.text(declaration.consents[when.no_consent].title))
    return ""


def _step(declaration: Declaration, activity: Activity, rule: RetentionRule, step: Step, words: Words) -> str:
    keep = step.keep
    said = {"data": data_of(activity, rule, words), "then": words.say(f"then-{step.then}")}
    start = since(rule, words)
    if keep.duration and step.then == "notify":
        return words.say("notify-duration", duration=words.period(keep.duration), since=start, **said)
    if keep.duration:
        return words.say("keep-duration", duration=words.period(keep.duration), since=start, **said)
    if keep.at_least and keep.at_most:
        least, most = words.period(keep.at_least), words.period(keep.at_most)
        return words.say("keep-range", least=least, most=most, since=start, **said)
    if keep.at_least:
        return words.say("keep-least", least=words.period(keep.at_least), since=start, **said)
    if keep.at_most:
        return words.say("keep-most", most=words.period(keep.at_most), since=start, **said)
    if keep.statutory:
        law = statute(keep.statutory, words)
        found = _statutory(declaration, keep.statutory)
        if found is None:
            return words.say("keep-statutory-open", law=law, **said)
        return words.say("keep-statutory", duration=words.period(found), since=start, law=law, **said)
    if keep.until:
        return words.say(f"until-{keep.until}", **said)
    return words.say("keep-chosen", **said)
