"""What the declaration lists apart and must then hold: classes of data, functions of providers, members of categories."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from zusage.declaration import Activity, Declaration
from zusage.declaration.activities import DataCategory
from zusage.notice.checking.declared.issues import Issue
from zusage.text import Text

_PROCESSORS = ("processor", "sub-processor")


def check(declaration: Declaration, on: date) -> Iterator[Issue]:
    """Everything that is listed but not covered, or covered but not listed."""
    yield from _classes(declaration)
    yield from _customers_data(declaration)
    yield from _functions(declaration)
    yield from _limited(declaration)
    yield from _members(declaration)


def _of_class(declaration: Declaration, name: str) -> Iterator[tuple[str, Activity, DataCategory]]:
    for key, activity in declaration.activities.items():
        for category in activity.data:
            if category.of_class == name:
                yield key, activity, category


def _classes(declaration: Declaration) -> Iterator[Issue]:
    theirs = set(declaration.on_behalf.classes) if declaration.on_behalf else set()
    for name, title in declaration.data_classes.items():
        found = list(_of_class(declaration, name))
        if not found:
            yield _uncovered(("data_classes", name), title, "Verarbeitung", "activity")
        for key, activity, category in found if name not in theirs else ():
            if not all(purpose.legal_bases for purpose in activity.purposes):
                yield _uncovered(("activities", key, "purposes"), title, "Rechtsgrundlage", "legal basis")
            if not (activity.recipients or activity.services or activity.no_recipients):
                yield _uncovered(("activities", key, "recipients"), title, "Empfänger", "recipients")
            if not any(not rule.data or category.id in rule.data for rule in activity.retention):
                yield _uncovered(("activities", key, "retention"), title, "Speicherdauer", "storage period")


def _uncovered(where: tuple[str, ...], title: Text, german: str, english: str) -> Issue:
    return Issue(
        "class-uncovered",
        where,
        Text(f"„{title.says('de')}“: Es fehlt: {german}.", f"“{title.says('en')}”: missing: {english}."),
        "gdpr:13",
    )


def _customers_data(declaration: Declaration) -> Iterator[Issue]:
    for name in declaration.on_behalf.classes if declaration.on_behalf else ():
        for key, activity, category in _of_class(declaration, name):
            if not activity.on_behalf:
                yield Issue(
                    "customers-data",
                    ("activities", key, "data"),
                    Text(
                        f"„{category.text.says('de')}“ sind Daten unserer Kunden und stehen unter eigenen Zwecken.",
                        f"“{category.text.says('en')}” are data of our customers and stand under purposes of our own.",
                    ),
                    "gdpr:28(3)",
                )


def _functions(declaration: Declaration) -> Iterator[Issue]:
    if not declaration.functions:
        return
    used = set()
    for name, one in declaration.recipients.items():
        if one.role not in _PROCESSORS:
            continue
        used.add(one.function)
        if one.function not in declaration.functions:
            yield Issue(
                "provider-without-function",
                ("recipients", name),
                Text(
                    f"{one.name} hat keine der genannten Funktionen.",
                    f"{one.name} has none of the functions named.",
                ),
                "gdpr:13(1)(e)",
            )
    for position, function in enumerate(declaration.functions):
        if function not in used:
            yield Issue(
                "function-without-provider",
                ("functions", position),
                Text(
                    f"Für „{function.says('de')}“ ist kein Anbieter verzeichnet.",
                    f"No provider is registered for “{function.says('en')}”.",
                ),
                "gdpr:13(1)(e)",
            )


def _limited(declaration: Declaration) -> Iterator[Issue]:
    most = declaration.most_processors
    if most is None:
        return
    count = sum(one.role in _PROCESSORS for one in declaration.recipients.values())
    if count > most:
        said = Text(f"{count} Anbieter sind mehr als {most}.", f"{count} providers are more than {most}.")
        yield Issue("too-many-processors", ("most_processors",), said, "gdpr:5(1)(a)")
    if declaration.browser.processors is None:
        yield Issue(
            "processors-link",
            ("browser",),
            Text(
                "Der Verweis auf die Liste der Anbieter fehlt.",
                "The link to the list of providers is missing.",
            ),
            "gdpr:12(1)",
            Text("browser.processors ergänzen", "add browser.processors"),
        )


def _members(declaration: Declaration) -> Iterator[Issue]:
    parents = {one.parent for one in declaration.recipients.values()}
    for name, one in declaration.recipients.items():
        if one.members_named and name not in parents:
            yield Issue(
                "members",
                ("recipients", name),
                Text(f"„{one.name}“ zählt niemanden mit Namen auf.", f"“{one.name}” lists nobody by name."),
                "gdpr:13(1)(e)",
                Text("Empfänger mit parent ergänzen", "add recipients with this parent"),
            )
