"""What is deployed against what is declared: servers, pages in networks, routes. The inventory is the measure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from zusage.declaration import Declaration
from zusage.declaration.inventory import NAME, Inventory, Server, Setting
from zusage.findings import Finding, Place, Rule, Severity
from zusage.law.adequacy import eea, within
from zusage.text import Text


def check_deployed(declaration: Declaration, inventory: Inventory, on: date) -> list[Finding]:
    """What runs somewhere but is not declared so."""
    found: list[Finding] = []
    for position, server in enumerate(inventory.servers):
        found += _server(declaration, server, f"servers[{position}]", on)
        found += _allowed(declaration, server, f"servers[{position}]")
    declared = {one.page.rstrip("/") for one in declaration.browser.presences.values()}
    for position, one in enumerate(inventory.network_pages):
        if one.page.rstrip("/") not in declared:
            said = Text(
                f"Die Seite bei {one.network} ({one.page}) ist nicht verzeichnet.",
                f"The page at {one.network} ({one.page}) is not registered.",
            )
            found.append(_finding("unregistered-page", said, f"network_pages[{position}]", "gdpr:26(1)"))
    for position, setting in enumerate(inventory.settings):
        found += _setting(declaration, setting, f"settings[{position}]")
    for position, route in enumerate(inventory.routes):
        if declaration.browser.routes and route not in declaration.browser.routes:
            said = Text(
                f"Die Route {route} wird ausgeliefert, steht aber nicht im Geltungsbereich der Erklärung.",
                f"The route {route} is served but stands outside the notice's scope.",
            )
            found.append(_finding("route-out-of-scope", said, f"routes[{position}]", "gdpr:13"))
    return found


def _setting(declaration: Declaration, one: Setting, key: str) -> Iterator[Finding]:
    """A period in force that is another than the one declared."""
    activity = declaration.activities.get(one.activity)
    rules = activity.retention if activity else ()
    keeps = {str(step.keep.duration) for rule in rules for step in rule.steps if step.keep.duration}
    backups = {str(rule.backup) for rule in rules if rule.backup}
    for running, declared in ((one.keep, keeps), (one.backup, backups)):
        if running is not None and str(running) not in declared:
            said = Text(
                f"'{one.activity}' läuft mit {running}; erklärt ist {', '.join(sorted(declared)) or 'nichts'}.",
                f"'{one.activity}' runs with {running}; declared is {', '.join(sorted(declared)) or 'nothing'}.",
            )
            yield _finding("setting", said, key, "gdpr:5(1)(e)")


def _finding(code: str, said: Text, key: str, citation: str) -> Finding:
    rule = Rule(code, citation)
    return Finding(f"deployment/{code}", Severity.ERROR, said, Place(NAME, key=key), rule)


def _server(declaration: Declaration, server: Server, key: str, on: date) -> Iterator[Finding]:
    operator = declaration.recipients.get(server.operator)
    if operator is None:
        said = Text(
            f"Der Server {server.name} wird von {server.operator} betrieben, der nicht verzeichnet ist.",
            f"The server {server.name} is run by {server.operator}, which is not registered.",
        )
        yield _finding("unregistered-operator", said, key, "gdpr:28(3)")
        return
    if operator.seat is None:
        said = Text(f"Das Land von {operator.name} fehlt.", f"The country of {operator.name} is missing.")
        yield _finding("operator-country", said, key, "gdpr:13(1)(e)")
    if operator.contract is None or operator.contract.concluded is None:
        said = Text(
            f"Mit {operator.name} ist kein Vertrag mit Datum verzeichnet.",
            f"No dated contract with {operator.name} is registered.",
        )
        yield _finding("operator-contract", said, key, "gdpr:28(3)")
    for name in server.activities:
        yield from _stands(declaration, server, name, key, on)


def _allowed(declaration: Declaration, server: Server, key: str) -> Iterator[Finding]:
    """A measure's `places` count for what really runs, as they do for stores and for what is declared of recipients."""
    for measure in declaration.measures.values():
        places = measure.places
        if places is None or any(within(server.location, one) for one in places.countries):
            continue
        # without a list either way it is all activities
        if not places.activities or not server.activities or set(places.activities) & set(server.activities):
            title, allowed = measure.title, ", ".join(places.countries)
            said = Text(
                f"Der Server {server.name} steht in {server.location}; „{title.says('de')}“ verspricht {allowed}.",
                f"The server {server.name} stands in {server.location}; “{title.says('en')}” promises {allowed}.",
            )
            yield _finding("place-not-allowed", said, key, "gdpr:32(1)")


def _stands(declaration: Declaration, server: Server, name: str, key: str, on: date) -> Iterator[Finding]:
    """Whether the notice says of an activity where the server stands, and says it right."""
    activity, operator = declaration.activities.get(name), declaration.recipients[server.operator]
    if activity is None:
        said = Text(
            f"Auf {server.name} liegt '{name}', das nicht erklärt ist.",
            f"{server.name} holds '{name}', which is not declared.",
        )
        yield _finding("undeclared-activity", said, key, "gdpr:30(1)")
        return
    uses = [use for use in activity.recipients if use.to == server.operator]
    if not uses:
        said = Text(
            f"{operator.name} betreibt einen Server für „{activity.title.says('de')}“, ist dort aber kein Empfänger.",
            f"{operator.name} runs a server for “{activity.title.says('en')}” but is no recipient there.",
        )
        yield _finding("operator-not-recipient", said, key, "gdpr:13(1)(e)")
        return
    stated = uses[0].servers_in or operator.servers_in
    matches = stated == server.location or (stated in ("EU", "EEA") and eea(server.location, on))
    if not matches:
        said = Text(
            f"Der Server von {operator.name} für „{activity.title.says('de')}“ steht in {server.location}; "
            f"erklärt ist {stated or 'nichts'}.",
            f"The server of {operator.name} for “{activity.title.says('en')}” stands in {server.location}; "
            f"declared is {stated or 'nothing'}.",
        )
        yield _finding("location", said, key, "gdpr:13(1)(f)")
