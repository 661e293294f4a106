"""What the law of the day does not carry: void transfers, citations that do not exist, old names, unlawful cookies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from zusage.declaration import Declaration
from zusage.declaration.strict_yaml import KeyPath
from zusage.findings import Severity
from zusage.law.adequacy import transfer_allowed
from zusage.law.citations import Citation, exists
from zusage.notice.checking.declared.issues import Issue
from zusage.text import LANGUAGES, Text

_AGREE = r"(?:stimme|willige|akzeptiere|einverstanden|(?:agree|consent)\b|accept\b)"
_PAPER = (
    r"(?:Datenschutz(?:erklärung|hinweise?n?|bestimmungen|richtlinien?)|AGB|(?:Geschäfts|Nutzungs)bedingungen"
    r"|privacy\s+(?:notice|policy|statement)|terms\s+(?:and\s+conditions|of\s+(?:use|service)))"
)
_WHOLE = re.compile(rf"{_AGREE}\s+(?:\w+\s+){{0,4}}{_PAPER}", re.IGNORECASE)


def check(declaration: Declaration, on: date) -> Iterator[Issue]:
    """Everything that is declared but that the law of `on` does not carry."""
    yield from _transfers(declaration, on)
    for key, citation in citations(declaration):
        problem = exists(citation).reason
        if problem is not None:
            yield Issue("citation", key, problem, citation.id)
    yield from _ages(declaration)
    yield from _blanket(declaration)
    if declaration.browser.tracking_signals == "ignored":
        # the banner takes them as a refusal, always: a notice that says otherwise is untrue
        yield Issue(
            "tracking-signals",
            ("browser", "tracking_signals"),
            Text(
                "Signale gegen Nachverfolgung werden als Ablehnung behandelt; die Erklärung sagt das Gegenteil.",
                "Signals against tracking are taken as a refusal; the notice says the opposite.",
            ),
            "gdpr:21(5)",
            Text("tracking_signals: respected", "tracking_signals: respected"),
        )


def _blanket(declaration: Declaration) -> Iterator[Issue]:
    """A consent is to something specific: nobody agrees to a notice, which informs, or to terms as a whole (Art. 7(2))."""
    for name, asked in declaration.consents.items():
        for language in LANGUAGES:
            if asked.text.has(language) and _WHOLE.search(asked.text.says(language)):
                yield Issue(
                    "blanket-consent",
                    ("consents", name, "text", language),
                    Text(
                        "In einen Datenschutzhinweis oder Bedingungen als Ganzes kann niemand einwilligen.",
                        "Nobody can consent to a privacy notice or to terms as a whole.",
                    ),
                    "gdpr:7(2)",
                    Text(
                        "sagen, was mit welchen Daten wozu geschieht",
                        "say what is done with which data, and why",
                    ),
                )


def citations(declaration: Declaration) -> Iterator[tuple[KeyPath, Citation]]:
    """Every citation with where it stands."""
    for name, activity in declaration.activities.items():
        for position, purpose in enumerate(activity.purposes):
            for number, basis in enumerate(purpose.legal_bases):
                yield (
                    ("activities", name, "purposes", position, "legal_bases", number, "citation"),
                    basis.citation,
                )
        for position, use in enumerate(activity.recipients):
            for number, citation in enumerate(use.legal_bases):
                yield ("activities", name, "recipients", position, "legal_bases", number), citation
    for name, measure in declaration.measures.items():
        if measure.citation:
            yield ("measures", name, "citation"), measure.citation
    for name, item in declaration.browser.items.items():
        if item.legal_basis:
            yield ("browser", "items", name, "legal_basis"), item.legal_basis


def _transfers(declaration: Declaration, on: date) -> Iterator[Issue]:
    for name, recipient in declaration.recipients.items():
        for position, transfer in enumerate(recipient.transfers):
            verdicts = [
                transfer_allowed(transfer.country, safeguard, on, transfer.certified)
                for safeguard in transfer.safeguards or (None,)
            ]
            if any(verdict.allowed for verdict in verdicts):
                continue
            yield Issue(
                "transfer-not-covered",
                ("recipients", name, "transfers", position),
                Text(
                    "; ".join(verdict.reason.says("de") for verdict in verdicts),
                    "; ".join(verdict.reason.says("en") for verdict in verdicts),
                ),
                verdicts[0].citation,
            )


def _ages(declaration: Declaration) -> Iterator[Issue]:
    for position, limit in enumerate(declaration.age_limits):
        if limit.age < 13:
            yield Issue(
                "age-limit",
                ("age_limits", position, "age"),
                Text(
                    "Unter 13 Jahren kann kein Kind selbst einwilligen.",
                    "No child under 13 can consent for itself.",
                ),
                "gdpr:8(1)",
                severity=Severity.WARNING,
            )
