"""Art. 13 and 14, item by item with their conditions; Art. 7(3), 21(4), 26, 28(3); a declaration that says too little."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from zusage.declaration import Activity, Declaration
from zusage.declaration.strict_yaml import KeyPath
from zusage.findings import Severity
from zusage.law.adequacy import eea
from zusage.law.citations import LEGITIMATE_INTEREST, Citation
from zusage.notice.checking.declared.issues import Issue
from zusage.text import Text

_CONSENT = {Citation.parse_id("gdpr:6(1)(a)"), Citation.parse_id("gdpr:9(2)(a)")}


def check(declaration: Declaration, on: date) -> Iterator[Issue]:
    """Everything that a notice made from this declaration would lack."""
    yield from _controller(declaration)
    yield from _contacts(declaration)
    for name, activity in declaration.activities.items():
        where: KeyPath = ("activities", name)
        yield from _bases(declaration, activity, where)
        yield from _special(activity, where)
        yield from _retention(activity, where)
        yield from _provision(activity, where)
        yield from _profiling(activity, where)
        yield from _sources(activity, where)
    yield from _recipients(declaration, on)
    yield from _rights(declaration)


def _controller(declaration: Declaration) -> Iterator[Issue]:
    controller = declaration.controller
    if controller.address is None:
        yield Issue(
            "controller-address",
            ("controller",),
            Text("Die Anschrift des Verantwortlichen fehlt.", "The controller's postal address is missing."),
            "gdpr:13(1)(a)",
            Text("controller.address ergänzen", "add controller.address"),
        )
    if not (controller.email or controller.phone):
        yield Issue(
            "controller-contact",
            ("controller",),
            Text(
                "Es fehlt ein unmittelbarer Kontakt (E-Mail oder Telefon).",
                "A direct contact (e-mail or telephone) is missing.",
            ),
            "gdpr:13(1)(a)",
        )
    if controller.address and not eea(controller.address.country) and declaration.representative is None:
        yield Issue(
            "representative",
            ("controller", "address", "country"),
            Text(
                "Ein Verantwortlicher außerhalb des EWR braucht einen Vertreter in der Union.",
                "A controller outside the EEA needs a representative in the Union.",
            ),
            "gdpr:27(1)",
            severity=Severity.WARNING,
        )


def _contacts(declaration: Declaration) -> Iterator[Issue]:
    if declaration.browser.origins and not declaration.browser.imprint:
        yield Issue(
            "imprint",
            ("browser",),
            Text("Der Verweis auf das Impressum fehlt.", "The link to the imprint is missing."),
            "gdpr:13(1)(a)",
            Text("browser.imprint ergänzen", "add browser.imprint"),
        )
    if declaration.dpo is None:
        yield Issue(
            "dpo",
            ("dpo",),
            Text(
                "Kein Datenschutzbeauftragter angegeben; Pflicht, wenn einer zu benennen ist.",
                "No data protection officer is named; required where one must be designated.",
            ),
            "gdpr:13(1)(b)",
            severity=Severity.NOTE,
        )
    if declaration.authority is None:
        yield Issue(
            "authority",
            ("authority",),
            Text(
                "Die zuständige Aufsichtsbehörde ist nicht genannt.",
                "The competent supervisory authority is not named.",
            ),
            "gdpr:13(2)(d)",
            severity=Severity.WARNING,
        )


def _bases(declaration: Declaration, activity: Activity, where: KeyPath) -> Iterator[Issue]:
    for position, purpose in enumerate(activity.purposes):
        here = (*where, "purposes", position)
        if not purpose.legal_bases:
            yield Issue(
                "legal-basis",
                here,
                Text(
                    f"Der Zweck „{purpose.text.says('de')}“ hat keine Rechtsgrundlage.",
                    f"The purpose “{purpose.text.says('en')}” has no legal basis.",
                ),
                "gdpr:13(1)(c)",
                Text("legal_bases ergänzen", "add legal_bases"),
            )
        for number, basis in enumerate(purpose.legal_bases):
            at = (*here, "legal_bases", number)
            if basis.citation == LEGITIMATE_INTEREST and basis.interest is None:
                yield Issue(
                    "interest",
                    at,
                    Text(
                        "Das berechtigte Interesse ist nicht genannt.",
                        "The legitimate interest is not named.",
                    ),
                    "gdpr:13(1)(d)",
                    Text("interest ergänzen", "add interest"),
                )
            if basis.citation in _CONSENT and basis.consent is None:
                yield Issue(
                    "consent-not-asked",
                    at,
                    Text(
                        "Die Einwilligung ist nicht mit einem Text verbunden, der erfragt wird.",
                        "The consent is not tied to a text that is asked.",
                    ),
                    "gdpr:7(1)",
                    Text("consents ergänzen und hier nennen", "add it to consents and name it here"),
                    Severity.WARNING,
                )


def _special(activity: Activity, where: KeyPath) -> Iterator[Issue]:
    bases = [basis.citation for purpose in activity.purposes for basis in purpose.legal_bases]
    allowed = any(
        citation.id.startswith(("gdpr:9(2)", "bdsg:22", "bdsg:26(3)", "gdpr:10", "bdsg:27"))
        for citation in bases
    )
    for position, category in enumerate(activity.data):
        if category.special and not allowed:
            yield Issue(
                "special-category",
                (*where, "data", position),
                Text(
                    f"„{category.text.says('de')}“ ist eine besondere Kategorie; eine Ausnahme nach Art. 9 Abs. 2 fehlt.",
                    f"“{category.text.says('en')}” is a special category; an exception under Art. 9(2) is missing.",
                ),
                "gdpr:9(2)",
            )


def _retention(activity: Activity, where: KeyPath) -> Iterator[Issue]:
    if any(not rule.data for rule in activity.retention):
        return
    covered = {name for rule in activity.retention for name in rule.data}
    for position, category in enumerate(activity.data):
        if category.id not in covered:
            yield Issue(
                "retention",
                (*where, "data", position),
                Text(
                    f"Für „{category.text.says('de')}“ ist keine Speicherdauer bestimmt.",
                    f"No storage period is set for “{category.text.says('en')}”.",
                ),
                "gdpr:13(2)(a)",
                Text("retention ergänzen", "add a retention rule"),
            )


def _provision(activity: Activity, where: KeyPath) -> Iterator[Issue]:
    provided = any(category.origin == "provided" for category in activity.data)
    if provided and activity.provision is None:
        yield Issue(
            "provision",
            where,
            Text(
                "Es fehlt, ob die Daten bereitgestellt werden müssen.",
                "It is not said whether the data must be provided.",
            ),
            "gdpr:13(2)(e)",
            severity=Severity.WARNING,
        )
    if activity.provision and activity.provision.required and activity.provision.consequence is None:
        yield Issue(
            "consequence",
            (*where, "provision"),
            Text(
                "Es fehlt, was geschieht, wenn die Daten nicht bereitgestellt werden.",
                "It is not said what follows if the data are not provided.",
            ),
            "gdpr:13(2)(e)",
            severity=Severity.WARNING,
        )


def _profiling(activity: Activity, where: KeyPath) -> Iterator[Issue]:
    profiling = activity.profiling
    if profiling and profiling.automated_decision and not (profiling.logic and profiling.consequences):
        yield Issue(
            "automated-decision",
            (*where, "profiling"),
            Text(
                "Zur automatisierten Entscheidung fehlen Logik oder Tragweite.",
                "Logic or consequences of the automated decision are missing.",
            ),
            "gdpr:13(2)(f)",
        )


def _sources(activity: Activity, where: KeyPath) -> Iterator[Issue]:
    if any(category.origin == "third-party" for category in activity.data) and not activity.sources:
        yield Issue(
            "source",
            where,
            Text(
                "Daten stammen von anderen; die Quelle ist nicht genannt.",
                "Data come from others; the source is not named.",
            ),
            "gdpr:14(2)(f)",
        )


def _recipients(declaration: Declaration, on: date) -> Iterator[Issue]:
    for name, recipient in declaration.recipients.items():
        where: KeyPath = ("recipients", name)
        country = recipient.seat
        outside = country is not None and not eea(country, on)
        if outside and not recipient.transfers:
            yield Issue(
                "transfer-missing",
                where,
                Text(
                    f"{recipient.name} sitzt in einem Drittland; die Übermittlung ist nicht erklärt.",
                    f"{recipient.name} is in a third country; the transfer is not declared.",
                ),
                "gdpr:13(1)(f)",
                Text("transfers ergänzen", "add transfers"),
            )
        if recipient.role in ("processor", "sub-processor") and recipient.contract is None:
            yield Issue(
                "processing-contract",
                where,
                Text(
                    f"Mit {recipient.name} ist kein Vertrag über die Auftragsverarbeitung erklärt.",
                    f"No contract on processing with {recipient.name} is declared.",
                ),
                "gdpr:28(3)",
            )
        if recipient.category and recipient.title is None and len(declaration.languages) > 1:
            yield Issue(
                "category-untranslated",
                where,
                Text(
                    f"„{recipient.name}“ steht in allen Sprachen gleich; wie die Kategorie je Sprache heißt, sagt 'title'.",
                    f"'{recipient.name}' stands the same in all languages; 'title' says what the category is called in each.",
                ),
                "gdpr:12(1)",
                severity=Severity.NOTE,
            )
        if recipient.category and recipient.role == "processor":
            yield Issue(
                "unnamed-processor",
                where,
                Text(
                    "Ein Auftragsverarbeiter ist nur als Kategorie genannt.",
                    "A processor is named as a category only.",
                ),
                "gdpr:13(1)(e)",
                severity=Severity.NOTE,
            )


def _rights(declaration: Declaration) -> Iterator[Issue]:
    if not any(channel.accepted for channel in declaration.rights.channels):
        yield Issue(
            "channel",
            ("rights",),
            Text(
                "Es ist kein Weg genannt, auf dem Rechte ausgeübt werden können.",
                "No way to exercise rights is given.",
            ),
            "gdpr:12(2)",
        )
    for position, own in enumerate(declaration.rights.deadlines):
        too_long = own.within.most_days > 31
        if own.what == "answer" and too_long:
            yield Issue(
                "deadline-too-long",
                ("rights", "deadlines", position, "within"),
                Text(
                    "Die eigene Antwortfrist ist länger als der Monat des Gesetzes.",
                    "The own limit is longer than the law's month.",
                ),
                "gdpr:12(3)",
                Text("höchstens P1M", "P1M at most"),
            )
