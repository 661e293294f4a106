"""Which organisational promises a declaration makes: contracts with processors, safeguards of transfers, measures."""

from __future__ import annotations

from collections.abc import Iterator

from zusage.declaration import Declaration, Recipient
from zusage.law.countries import country_name
from zusage.law.duration import Duration
from zusage.promises import Promise
from zusage.text import Text

KEEPER = "attestation"
#: how long an attestation holds where the declaration says nothing: a year
DEFAULT_EVERY = Duration.parse("P1Y")

_CONTRACT = {
    "art-28": ("Ein Vertrag über die Auftragsverarbeitung mit {name} besteht (Art. 28 Abs. 3 DSGVO).",
               "A contract on processing with {name} is in force (Art. 28(3) GDPR).", "gdpr:28(3)"),
    "art-26": ("Eine Vereinbarung über gemeinsame Verantwortung mit {name} besteht (Art. 26 DSGVO).",
               "An arrangement on joint control with {name} is in force (Art. 26 GDPR).", "gdpr:26(1)"),
    "other": ("Ein Vertrag mit {name} besteht.", "A contract with {name} is in force.", "gdpr:5(2)"),
}  # fmt: skip
_SAFEGUARD = {
    "adequacy": ("ein Angemessenheitsbeschluss (Art. 45 DSGVO)", "an adequacy decision (Art. 45 GDPR)"),
    "dpf": ("die Zertifizierung nach dem EU-US Data Privacy Framework", "certification under the EU-US Data Privacy Framework"),
    "scc": ("Standardvertragsklauseln (Art. 46 Abs. 2 Buchst. c DSGVO)", "standard contractual clauses (Art. 46(2)(c) GDPR)"),
    "bcr": ("verbindliche interne Datenschutzvorschriften (Art. 47 DSGVO)", "binding corporate rules (Art. 47 GDPR)"),
    "code-of-conduct": ("genehmigte Verhaltensregeln (Art. 46 Abs. 2 Buchst. e DSGVO)", "a code of conduct (Art. 46(2)(e) GDPR)"),
    "certification": ("eine Zertifizierung (Art. 46 Abs. 2 Buchst. f DSGVO)", "a certification (Art. 46(2)(f) GDPR)"),
    "consent": ("ausdrückliche Einwilligungen (Art. 49 Abs. 1 Buchst. a DSGVO)", "explicit consent (Art. 49(1)(a) GDPR)"),
    "contract": ("die Erfüllung eines Vertrags (Art. 49 Abs. 1 Buchst. b DSGVO)", "performing a contract (Art. 49(1)(b) GDPR)"),
    "legal-claims": ("Rechtsansprüche (Art. 49 Abs. 1 Buchst. e DSGVO)", "legal claims (Art. 49(1)(e) GDPR)"),
    "none": ("keine Garantie", "no safeguard"),
}  # fmt: skip


def organisational_promises(declaration: Declaration) -> Iterator[Promise]:
    """Every promise that a person must vouch for."""
    for name, recipient in declaration.recipients.items():
        yield from _of_recipient(name, recipient)
    for name, measure in declaration.measures.items():
        if measure.attest_every is not None:
            yield Promise(
                id=f"attestation/measure/{name}",
                keeper=KEEPER,
                kind=measure.kind,
                text=Text(
                    f"{measure.title.says('de')}: {measure.text.says('de')}",
                    f"{measure.title.says('en')}: {measure.text.says('en')}",
                ),
                reference=measure.citation.id if measure.citation else "gdpr:32(1)",
                terms={
                    "every": str(measure.attest_every),
                    "role": measure.attested_by or "",
                    "document": measure.document.as_json() if measure.document else {},
                },
            )


def _of_recipient(name: str, recipient: Recipient) -> Iterator[Promise]:
    if recipient.contract:
        german, english, reference = _CONTRACT[recipient.contract.kind]
        yield Promise(
            id=f"attestation/contract/{name}",
            keeper=KEEPER,
            kind="processor",
            text=Text(german.format(name=recipient.name), english.format(name=recipient.name)),
            reference=reference,
            terms={
                "every": str(recipient.contract.attest_every or DEFAULT_EVERY),
                "concluded": str(recipient.contract.concluded or ""),
                "document": {"de": "Vertrag", "en": "contract"},
            },
        )
    for transfer in recipient.transfers:
        if not transfer.safeguards:
            continue
        german = " und ".join(_SAFEGUARD[safeguard][0] for safeguard in transfer.safeguards)
        english = " and ".join(_SAFEGUARD[safeguard][1] for safeguard in transfer.safeguards)
        yield Promise(
            id=f"attestation/transfer/{name}/{transfer.country.lower()}",
            keeper=KEEPER,
            kind="transfer",
            text=Text(
                f"Die Übermittlung an {recipient.name} ({country_name(transfer.country, 'de')}) ist gedeckt durch {german}.",
                f"The transfer to {recipient.name} ({country_name(transfer.country, 'en')}) is covered by {english}.",
            ),
            reference="gdpr:44",
            terms={
                "every": str((recipient.contract and recipient.contract.attest_every) or DEFAULT_EVERY),
                "country": transfer.country,
                "safeguards": list(transfer.safeguards),
                "certified": transfer.certified,
            },
        )
