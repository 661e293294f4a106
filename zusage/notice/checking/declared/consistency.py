"""What a declaration says twice and differently, forgets to say in a language, or leaves open as `TODO`."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from urllib.parse import urlsplit

from pydantic import BaseModel

from zusage.declaration import Declaration
from zusage.declaration.activities import Activity
from zusage.declaration.strict_yaml import KeyPath
from zusage.findings import Severity
from zusage.law.outdated import Outdated, find_outdated
from zusage.lexicon import companies, company_named, cookie_named
from zusage.notice.checking.declared.issues import Issue
from zusage.text import LANGUAGES, Text

_UNRELATED = re.compile(
    r"(?:ohne|kein(?:en)?) Personenbezug|Personenbezug\b.{0,40}\bausgeschlossen|not? (?:be )?related? to (?:a |any )?person"
    r"|(?:no|without) relation to (?:a |any )?person|relate to nobody",
    re.IGNORECASE,
)


def check(declaration: Declaration, on: date) -> Iterator[Issue]:
    """Contradictions, gaps between languages, open points, old names in texts."""
    yield from _two_periods(declaration)
    yield from _unused(declaration)
    yield from _not_in_banner(declaration)
    yield from _cookies(declaration)
    yield from _elsewhere(declaration)
    yield from _anonymous(declaration)
    for key, text in texts(declaration):
        yield from _text(declaration, key, text, on)


def _elsewhere(declaration: Declaration) -> Iterator[Issue]:
    """An own cookie lies on the controller's domains, or on those of its group, which are registered with who runs them."""
    browser = declaration.browser
    hosts = [
        urlsplit(origin).hostname or "" for origin in (*browser.origins, declaration.controller.web or "")
    ]
    own = {*hosts, *browser.domains, *browser.shared_domains} - {""}
    own |= {domain for recipient in declaration.recipients.values() for domain in recipient.domains}
    for id, item in browser.items.items():
        if item.provider is not None or item.kind != "cookie":
            continue
        for domain in item.domains:
            name = domain.lstrip(".*")
            if not any(name == one or name.endswith(f".{one}") or one.endswith(f".{name}") for one in own):
                yield Issue(
                    "own-cookie-elsewhere",
                    ("browser", "items", id, "domains"),
                    Text(
                        f"Das eigene Cookie „{item.name}“ liegt auf {name}; wer diese Domain betreibt, ist nicht verzeichnet.",
                        f"The own cookie “{item.name}” lies on {name}; who runs this domain is not registered.",
                    ),
                    "gdpr:13(1)(e)",
                    Text("die Domain beim Unternehmen der Gruppe eintragen (recipients.….domains)",
                         "register the domain with the company of the group (recipients.….domains)"),
                )  # fmt: skip


def _anonymous(declaration: Declaration) -> Iterator[Issue]:
    """Nobody is recognised in data of which a cookie of the visitor is the source – read by the activity, or set by a service
    that it uses; and who says so has it looked at."""
    for name, activity in declaration.activities.items():
        recognising = _recognising(declaration, activity)
        for index, one in enumerate(activity.data):
            key = ("activities", name, "data", index)
            if one.anonymous and recognising:
                yield Issue(
                    "anonymous-by-cookie",
                    key,
                    Text(
                        f"„{one.text.says('de')}“ soll ohne Personenbezug sein; die Tätigkeit liest aber Cookies "
                        f"({recognising}), an denen ein Browser wiederzuerkennen ist.",
                        f"“{one.text.says('en')}” is said to relate to nobody, but the activity reads cookies "
                        f"({recognising}) by which a browser is recognised.",
                    ),
                    "gdpr:4(1)",
                )
            if not one.anonymous and any(
                _UNRELATED.search(one.text.says(language)) for language in LANGUAGES
            ):
                yield Issue(
                    "anonymous-unseen",
                    key,
                    Text(
                        f"„{one.text.says('de')}“: dass sich niemand erkennen lässt, wird nicht nachgesehen.",
                        f"“{one.text.says('en')}”: that nobody can be recognised is not looked at.",
                    ),
                    "gdpr:5(1)(a)",
                    Text("`anonymous: true` erklären; dann sehen Veröffentlichungen in den Zeilen nach",
                         "declare `anonymous: true`; publishing then looks at the rows"),
                )  # fmt: skip


def _recognising(declaration: Declaration, activity: Activity) -> str:
    """The names of what an activity reads, or its services set, on a visitor's device."""
    items = declaration.browser.items
    services = [declaration.browser.services[id] for id in activity.services]
    theirs = {(one.recipient, one.consent) for one in services if one.consent}
    set_by_them = [id for id, item in items.items() if (item.provider, item.consent) in theirs]
    return ", ".join(dict.fromkeys(items[id].name for id in (*activity.cookies, *set_by_them)))


def texts(value: object, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Text]]:
    """Every text of the model with its key path."""
    if isinstance(value, Text):
        yield path, value
    elif isinstance(value, str) and "TODO" in value:
        yield path, Text(value, value)
    elif isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            yield from texts(getattr(value, name), (*path, field.alias or name))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from texts(item, (*path, key))
    elif isinstance(value, tuple):
        for position, item in enumerate(value):
            yield from texts(item, (*path, position))


def _text(declaration: Declaration, key: KeyPath, text: Text, on: date) -> Iterator[Issue]:
    if "TODO" in text.de or "TODO" in text.en:
        yield Issue(
            "todo", key, Text("Hier ist noch etwas offen (TODO).", "Something is still open here (TODO).")
        )
    for language in declaration.languages:
        if not text.has(language):
            yield Issue(
                "translation",
                key,
                Text(
                    f"Der Text fehlt in der Sprache „{language}“.",
                    f"The text is missing in the language '{language}'.",
                ),
                "gdpr:12(1)",
                severity=Severity.WARNING,
            )
    for said in {text.de, text.en}:
        for hit in find_outdated(said, on):
            if not hit.said_to_be_past:
                yield _outdated(key, said[hit.start : hit.end], hit.entry)


def _outdated(key: KeyPath, quote: str, entry: Outdated) -> Issue:
    return Issue(
        "outdated",
        key,
        Text(f"„{quote}“ ist überholt seit {entry.since}.", f"'{quote}' is outdated since {entry.since}."),
        entry.citations[0].id if entry.citations else "",
        entry.now,
        entry.severity,
        entry.source.title,
    )


def _two_periods(declaration: Declaration) -> Iterator[Issue]:
    for name, activity in declaration.activities.items():
        seen: dict[tuple[str, str, str], set[str]] = defaultdict(set)
        for position, rule in enumerate(activity.retention):
            if rule.when is not None:
                continue
            for category in rule.data or tuple(one.id for one in activity.data):
                for step in rule.steps:
                    found = seen[category, step.then, rule.since.event]
                    found.add(step.keep.model_dump_json())
                    if len(found) == 2:
                        yield Issue(
                            "two-periods",
                            ("activities", name, "retention", position),
                            Text(
                                f"Für „{category}“ gelten zwei verschiedene Fristen für dieselbe Maßnahme.",
                                f"Two different periods hold for '{category}' and the same action.",
                            ),
                            "gdpr:5(1)(e)",
                            severity=Severity.WARNING,
                        )


def _unused(declaration: Declaration) -> Iterator[Issue]:
    used = {use.to for one in declaration.activities.values() for use in one.recipients}
    used |= {service for one in declaration.activities.values() for service in one.services}
    used |= {item.provider for item in declaration.browser.items.values() if item.provider}
    used |= {service.recipient for service in declaration.browser.services.values()}
    used |= {one.recipient for one in declaration.browser.presences.values()}
    used |= {one.parent for one in declaration.recipients.values() if one.parent}
    for name in declaration.recipients:
        if name not in used:
            yield Issue(
                "unused-recipient",
                ("recipients", name),
                Text(
                    "Dieser Empfänger kommt in keiner Verarbeitung vor.",
                    "This recipient appears in no activity.",
                ),
                severity=Severity.NOTE,
            )


def _not_in_banner(declaration: Declaration) -> Iterator[Issue]:
    """Who gets data only after a yes in the banner is a service there: nobody else can be agreed to, or refused."""
    asked = {(one.recipient, one.consent) for one in declaration.browser.services.values()}
    for name, activity in declaration.activities.items():
        for position, use in enumerate(activity.recipients):
            consent = declaration.consents.get(use.consent or "")
            if consent is None or consent.asked != "banner" or (use.to, use.consent) in asked:
                continue
            called = declaration.recipients[use.to].name
            yield Issue(
                "not-in-banner",
                ("activities", name, "recipients", position),
                Text(
                    f"{called} erhält Daten nach der Einwilligung „{consent.title.says('de')}“, fehlt aber im Banner.",
                    f"{called} gets data after the consent “{consent.title.says('en')}” and is missing in the banner.",
                ),
                "gdpr:7(1)",
                Text(
                    "den Dienst unter browser.services angeben", "declare the service under browser.services"
                ),
            )


def _cookies(declaration: Declaration) -> Iterator[Issue]:
    for name, item in declaration.browser.items.items():
        known = cookie_named(item.name)
        if known is None:
            continue
        provider = (
            declaration.recipients[item.provider].name if item.provider else declaration.controller.name
        )
        owner = companies().get(known.provider) if known.provider else None
        if owner and item.provider is not None and company_named(provider) not in (None, owner):
            yield Issue(
                "cookie-provider",
                ("browser", "items", name, "provider"),
                Text(
                    f"„{item.name}“ gehört üblicherweise zu {owner.short}, nicht zu {provider}.",
                    f"'{item.name}' usually belongs to {owner.short}, not to {provider}.",
                ),
                severity=Severity.WARNING,
            )
        if item.necessary and known.category in ("statistics", "marketing"):
            yield Issue(
                "cookie-not-necessary",
                ("browser", "items", name, "necessary"),
                Text(
                    f"„{item.name}“ dient der {known.category}; es braucht Einwilligung.",
                    f"'{item.name}' serves {known.category}; it needs consent.",
                ),
                "tdddg:25(1)",
            )
