"""What a declaration promises about consent: purposes, confirmed addresses, the end of records, what is on the device."""

from __future__ import annotations

from collections.abc import Iterator

from zusage.declaration import ConsentPurpose, Declaration, EmbeddedService, StorageItem
from zusage.keepers.consent.expiring import PROVEN
from zusage.keepers.consent.lasting import USUAL_WAIT
from zusage.keepers.consent.telephone import KEPT, telephone
from zusage.law.duration import Duration
from zusage.promises import Promise
from zusage.text import LANGUAGES, Text

KEEPER = "consent"
#: promises that hang on no single purpose
WORDS, EXPIRY = "consent/words", "consent/expiry"


def consent_promises(declaration: Declaration) -> Iterator[Promise]:
    """All of them, in the order of the declaration."""
    if declaration.consents:
        yield from _of_the_register(bool(telephone(declaration)), agent=declaration.browser.record_user_agent)
    for name, purpose in declaration.consents.items():
        yield _of_purpose(name, purpose)
        if purpose.asked in ("double-opt-in", "request"):
            yield _of_waiting(name, purpose)
    for name, item in declaration.browser.items.items():
        yield _of_item(declaration, name, item)
    for name, service in declaration.browser.services.items():
        yield _of_service(declaration, name, service)


def _of_the_register(calls: bool, *, agent: bool) -> Iterator[Promise]:
    longer = (
        f", zu Werbeanrufen frühestens {KEPT.text('de')} nach Einwilligung und letztem Anruf",
        f", those of advertising calls not before {KEPT.text('en')} after the consent and the last call",
    )
    told = (
        ", bei einer Wahl im Browser auch mit dessen User Agent",
        ", with a browser's choice its user agent too",
    )
    yield Promise(
        id=WORDS,
        keeper=KEEPER,
        kind="record",
        text=Text(
            "Jede Einwilligung ist mit Zeit, Weg, Zweck, Sprache, Fassung und genau dem gezeigten Wortlaut festgehalten"
            f"{told[0] if agent else ''}.",
            "Every consent is on record with time, way, purpose, language, version and exactly the words that were shown"
            f"{told[1] if agent else ''}.",
        ),
        reference="gdpr:7(1)",
    )
    yield Promise(
        id=EXPIRY,
        keeper=KEEPER,
        kind="expiry",
        text=Text(
            f"Nachweise werden {PROVEN.text('de')} nach dem Ende der Einwilligung gelöscht{longer[0] if calls else ''}.",
            f"Proofs are erased {PROVEN.text('en')} after the consent ended{longer[1] if calls else ''}.",
        ),
        reference="gdpr:5(1)(e)",
        terms={"keep": str(PROVEN)},
    )


def _of_purpose(name: str, purpose: ConsentPurpose) -> Promise:
    return Promise(
        id=f"consent/purpose/{name}",
        keeper=KEEPER,
        kind="purpose",
        text=Text(
            f"„{purpose.title.says('de')}“ geschieht nur mit Einwilligung und endet mit ihrem Widerruf.",
            f"“{purpose.title.says('en')}” happens only with consent and ends with its withdrawal.",
        ),
        reference=purpose.legal_basis.id if purpose.legal_basis else "gdpr:6(1)(a)",
        terms={
            "purpose": name,
            "asked": purpose.asked,
            "text": purpose.text.as_json(),
            "minimum_age": purpose.minimum_age or 0,
        },
    )


def _of_waiting(name: str, purpose: ConsentPurpose) -> Promise:
    wait = purpose.confirm_within or USUAL_WAIT
    titles = [purpose.title.says(language) for language in LANGUAGES]
    return Promise(
        id=f"consent/unconfirmed/{name}",
        keeper=KEEPER,
        kind="unconfirmed",
        text=Text(
            f"„{titles[0]}“: Adressen, die niemand bestätigt, werden nach {wait.text('de', 'dative')} gelöscht.",
            f"“{titles[1]}”: addresses that nobody confirms are erased after {wait.text('en')}.",
        ),
        reference="gdpr:5(1)(e)",
        terms={"purpose": name, "within": str(wait)},
    )


def _of_item(declaration: Declaration, name: str, item: StorageItem) -> Promise:
    asked = declaration.consents[item.consent].title if item.consent else None
    german, english = _lifetime(item.keep)
    return Promise(
        id=f"consent/item/{name}",
        keeper=KEEPER,
        kind="item",
        text=Text(
            f"„{item.name}“ {_only(asked, 'de')} {german}.",
            f"“{item.name}” {_only(asked, 'en')} {english}.",
        ),
        reference="tdddg:25(1)" if item.consent else "tdddg:25(2)(2)",
        terms={
            "item": name,
            "name": item.name,
            "kind": item.kind,
            "keep": str(item.keep),
            "purpose": item.consent or "",
        },
    )


def _of_service(declaration: Declaration, name: str, service: EmbeddedService) -> Promise:
    asked = declaration.consents[service.consent].title if service.consent else None
    who = declaration.recipients[service.recipient].name
    verbs = ("lädt", "is loaded") if service.kind != "other" else ("läuft", "runs")
    return Promise(
        id=f"consent/service/{name}",
        keeper=KEEPER,
        kind="service",
        text=Text(
            f"{who} ({name}) {verbs[0]} nur mit Einwilligung „{asked.says('de')}“."
            if asked
            else f"{who} ({name}) {verbs[0]}, weil die Seite ohne nicht geht.",
            f"{who} ({name}) {verbs[1]} only with the consent “{asked.says('en')}”."
            if asked
            else f"{who} ({name}) {verbs[1]} because the site does not work without.",
        ),
        reference="tdddg:25(1)" if service.consent else "tdddg:25(2)(2)",
        terms={"service": name, "hosts": list(service.hosts), "purpose": service.consent or ""},
    )


def _only(asked: Text | None, language: str) -> str:
    if language == "de":
        return f"kommt nur mit Einwilligung „{asked.says('de')}“ auf das Gerät und bleibt" if asked else (
            "ist technisch notwendig und bleibt"
        )  # fmt: skip
    return f"is stored only with the consent “{asked.says('en')}” and stays" if asked else (
        "is strictly necessary and stays"
    )  # fmt: skip


def _lifetime(keep: Duration | str) -> tuple[str, str]:
    if keep == "session":
        return "bis zum Ende der Sitzung", "until the end of the session"
    if isinstance(keep, str):
        return "bis es jemand löscht", "until somebody clears it"
    return f"höchstens {keep.text('de')}", f"at most {keep.text('en')}"
