"""What Art. 13, 14 and 21(4) demand and the text does not state. An item is missed only where its condition holds."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zusage.findings import Finding, Severity
from zusage.lexicon import legal_forms, topics_of
from zusage.notice.checking.written.sheet import Sheet, found
from zusage.notice.reading.facts import Fact

#: German (five digits), Austrian and Swiss (four, after a comma, with their letter or alone in a line), British, Dutch
_POSTCODE = re.compile(
    r"(?<!\d)\d{5}[ \t]+[A-ZÄÖÜ]|(?:\b(?:A|AT|CH|FL)-|,[ \t]*|^)\d{4}[ \t]+[A-ZÄÖÜ]"
    r"|\b[A-Z]{1,2}\d{1,2}[A-Z]?[ \t]+\d[A-Z]{2}\b|\b\d{4}[ \t]?[A-Z]{2}\b"
)
_PURPOSE = re.compile(
    r"[Zz]weck|[Pp]urpose|\b(?:um|in order)\b[^.]{3,80}\b(?:zu|to)\b|\b[Zz]ur? [A-ZÄÖÜ]\w+(?:ung|ion|ät)\b"
)
#: how facts name consent, and a legitimate interest, as a basis
CONSENT = ("gdpr:6(1)(a)", "gdpr:9(2)(a)", "consent", "tdddg:25(1)", "ttdsg:25(1)")
INTEREST = ("gdpr:6(1)(f)", "legitimate_interest")
_RIGHTS = {
    "access": ("Auskunft", "access", "gdpr:13(2)(b)"),
    "rectification": ("Berichtigung", "rectification", "gdpr:13(2)(b)"),
    "erasure": ("Löschung", "erasure", "gdpr:13(2)(b)"),
    "restriction": ("Einschränkung der Verarbeitung", "restriction of processing", "gdpr:13(2)(b)"),
    "portability": ("Datenübertragbarkeit", "data portability", "gdpr:13(2)(b)"),
    "objection": ("Widerspruch", "objection", "gdpr:13(2)(b)"),
    "complaint": (
        "Beschwerde bei einer Aufsichtsbehörde",
        "complaint to a supervisory authority",
        "gdpr:13(2)(d)",
    ),
}
#: two or three words that start with capitals, and no company's among them: a natural person needs no legal form
_PERSON = re.compile(
    r"(?:(?:Dr|Prof|Dipl)\S*\s)*[A-ZÄÖÜ][a-zäöüßéèáó]+(?:-[A-ZÄÖÜ][a-zäöüß]+)?(?:\s[A-ZÄÖÜ]\.)?\s[A-ZÄÖÜ][a-zäöüßéèáó]+(?:-[A-ZÄÖÜ][a-zäöüß]+)?"
)
#: an authority told by its land, not by its name
_DESCRIBED = re.compile(
    r"(?:zuständige )?(?:Datenschutz-?)?[Aa]ufsichtsbehörde (?:des|der|für den|in) (?:Freistaate?s?|Landes|Bundeslandes)\b.*"
)
#: how many lines after an authority's name its own address may stand
_ADDRESS_OF = 6


def check(sheet: Sheet) -> Iterator[Finding]:
    """Every item that is missing."""
    yield from _who(sheet)
    yield from _how_to_reach(sheet)
    if sheet.foreign:
        yield found(
            "other-law",
            Severity.NOTE,
            "Der Text folgt nicht der DSGVO; ihre Pflichtangaben wurden nicht geprüft.",
            "The text does not follow the GDPR; what that demands was not checked.",
            sheet.whole,
            "gdpr:13",
        )
        return
    yield from _why(sheet)
    yield from _uncited(sheet)
    yield from _rights(sheet)
    yield from _objection(sheet)
    yield from _transfers(sheet)


def _who(sheet: Sheet) -> Iterator[Finding]:
    names = [str(value) for value in sheet.values("controller")]
    if not names:
        yield found(
            "controller-missing",
            Severity.ERROR,
            "Kein Verantwortlicher mit Namen genannt.",
            "No controller is named.",
            sheet.whole,
            "gdpr:13(1)(a)",
        )
    for fact in sheet.of("controller")[:1]:
        forms = legal_forms()
        if (
            not any(re.search(rf"(?<!\w){re.escape(form)}(?!\w)", str(fact.value)) for form in forms)
            and len(str(fact.value).split()) < 3
            and not _PERSON.fullmatch(str(fact.value))
        ):
            yield found(
                "legal-form-missing",
                Severity.WARNING,
                "Der Name des Verantwortlichen nennt keine Rechtsform.",
                "The controller's name shows no legal form.",
                sheet.at(fact),
                "gdpr:13(1)(a)",
            )


def _how_to_reach(sheet: Sheet) -> Iterator[Finding]:
    if sheet.values("controller") and not _has_address(sheet):
        yield found(
            "address-missing",
            Severity.ERROR,
            "Eine Postanschrift fehlt.",
            "A postal address is missing.",
            sheet.whole,
            "gdpr:13(1)(a)",
        )
    if not sheet.of("contact"):
        yield found(
            "contact-missing",
            Severity.ERROR,
            "Ein Kontakt (E-Mail, Telefon) fehlt.",
            "A contact (e-mail, telephone) is missing.",
            sheet.whole,
            "gdpr:13(1)(a)",
        )
    if not sheet.of("dpo") and not re.search(
        r"Datenschutzbeauftragt|data protection officer", sheet.document.text, re.IGNORECASE
    ):
        yield found(
            "dpo-missing",
            Severity.NOTE,
            "Kein Datenschutzbeauftragter genannt; Pflicht, wenn einer zu benennen ist.",
            "No data protection officer is named; required where one must be designated.",
            sheet.whole,
            "gdpr:13(1)(b)",
        )
    if not sheet.of("as_of"):
        yield found(
            "status-missing",
            Severity.WARNING,
            "Der Stand der Erklärung ist nicht angegeben.",
            "The notice bears no date.",
            sheet.whole,
            "gdpr:12(1)",
        )


#: a condition or a period, not an activity of one's own
_IN_GENERAL = re.compile(r"\s*(?:Bei der Verarbeitung|Soweit|Sofern|Wenn|Falls|Where|If|To the extent)\b")


def _interest(sheet: Sheet, fact: Fact) -> Iterator[Finding]:
    """The interest is not named. Where a purpose stands beside, the reader can guess it."""
    near = sheet.section_text(fact.section) if fact.section else sheet.document.text
    if re.search(r"[Ii]nteresse|interest", near) or _IN_GENERAL.match(sheet.line(fact.line)):
        return
    beside = any(one.section == fact.section for one in sheet.of("purpose"))
    yield found(
        "interest-missing",
        Severity.WARNING if beside else Severity.ERROR,
        "Art. 6 Abs. 1 lit. f ohne genanntes berechtigtes Interesse"
        + ("; der Zweck lässt es nur vermuten." if beside else "."),
        "Art. 6(1)(f) without naming the legitimate interest"
        + ("; the purpose only lets one guess it." if beside else "."),
        sheet.at(fact),
        "gdpr:13(1)(d)",
    )


def _uncited(sheet: Sheet) -> Iterator[Finding]:
    """A consent or a duty is spoken of somewhere, and no basis for the processing itself is named."""
    bases = sheet.of("legal_basis")
    if bases and {str(fact.value) for fact in bases} <= {"consent", "legal_obligation"}:
        yield found(
            "basis-uncited",
            Severity.WARNING,
            "Für die Verarbeitung ist keine Grundlage nach Art. 6 DSGVO genannt, nur an einzelnen Stellen eine Einwilligung oder Pflicht.",
            "No basis under Art. 6 GDPR is named for the processing, only a consent or duty in single places.",
            sheet.whole,
            "gdpr:13(1)(c)",
        )


def _has_address(sheet: Sheet) -> bool:
    """Whether a postal code stands anywhere but with a supervisory authority, whose address is not the controller's."""
    of_authority = {
        line + more for fact in sheet.of("authority") for line in [fact.line] for more in range(_ADDRESS_OF)
    }
    return any(
        _POSTCODE.search(block.text) and block.number not in of_authority for block in sheet.document.blocks
    )


def _why(sheet: Sheet) -> Iterator[Finding]:
    bases = sheet.of("legal_basis")
    if not bases:
        yield found(
            "legal-basis-missing",
            Severity.ERROR,
            "Keine einzige Rechtsgrundlage genannt.",
            "Not one legal basis is named.",
            sheet.whole,
            "gdpr:13(1)(c)",
        )
    seen: set[str] = set()
    for fact in bases:
        # where rights are explained, the basis is named as a condition, not as one's own
        if fact.value in INTEREST and fact.section not in seen and "rights" not in topics_of(fact.section):
            seen.add(fact.section)
            yield from _interest(sheet, fact)
        if fact.value == "gdpr:6(1)":
            yield found(
                "basis-without-letter",
                Severity.WARNING,
                "Art. 6 Abs. 1 ohne Buchstaben: die Grundlage bleibt offen.",
                "Art. 6(1) without a letter: the basis stays open.",
                sheet.at(fact),
                "gdpr:13(1)(c)",
            )
    if not sheet.of("purpose") and not _PURPOSE.search(sheet.document.text):
        yield found(
            "purpose-missing",
            Severity.ERROR,
            "Kein Zweck genannt.",
            "No purpose is named.",
            sheet.whole,
            "gdpr:13(1)(c)",
        )


def _rights(sheet: Sheet) -> Iterator[Finding]:
    named = set(sheet.values("right"))
    for right, (german, english, citation) in _RIGHTS.items():
        if right not in named:
            yield found(
                f"right-missing-{right}",
                Severity.ERROR,
                f"Das Recht fehlt: {german}.",
                f"The right is missing: {english}.",
                sheet.whole,
                citation,
            )
    consent = [fact for fact in sheet.of("legal_basis") if fact.value in CONSENT]
    if consent and "withdraw_consent" not in named:
        yield found(
            "withdrawal-missing",
            Severity.ERROR,
            "Einwilligung ist Grundlage, der Widerruf wird nicht erwähnt.",
            "Consent is a basis, its withdrawal is not mentioned.",
            sheet.at(consent[0]),
            "gdpr:13(2)(c)",
        )
    unnamed = all(
        value in ("unnamed", None) or _DESCRIBED.fullmatch(str(value)) for value in sheet.values("authority")
    )
    if "complaint" in named and unnamed:
        yield found(
            "authority-unnamed",
            Severity.WARNING,
            "Die zuständige Aufsichtsbehörde ist nicht genannt.",
            "The competent supervisory authority is not named.",
            sheet.whole,
            "gdpr:13(2)(d)",
        )
    for fact in sheet.of("deadline"):
        within = str(fact.value.get("within"))
        if re.fullmatch(r"P([2-9]|1[0-2])M|P[1-9]Y|P(3[2-9]|[4-9]\d|\d{3,})D", within) and "answer" in str(
            fact.value.get("what")
        ):
            yield found(
                "deadline-too-long",
                Severity.ERROR,
                "Die eigene Antwortfrist ist länger als ein Monat.",
                "The own time limit is longer than a month.",
                sheet.at(fact),
                "gdpr:12(3)",
            )


def _objection(sheet: Sheet) -> Iterator[Finding]:
    facts = [fact for fact in sheet.of("right") if fact.value == "objection"]
    interest = any(fact.value in INTEREST for fact in sheet.of("legal_basis"))
    headings = [block for block in sheet.document.blocks if block.kind == "heading"]
    apart = any(re.search(r"[Ww]iderspr[uü]ch|\bobject", block.text) for block in headings)
    if facts and interest and not apart:
        yield found(
            "objection-not-apart",
            Severity.WARNING,
            "Das Widerspruchsrecht steht nicht getrennt von anderen Informationen.",
            "The right to object is not presented apart from other information.",
            sheet.at(facts[0]),
            "gdpr:21(4)",
        )


def _transfers(sheet: Sheet) -> Iterator[Finding]:
    from_elsewhere = sheet.of("transfer")
    safe = {"scc", "bcr"}
    needs_copy = [fact for fact in from_elsewhere if fact.value.get("safeguard") in safe]
    copy = re.search(r"Kopie|einsehbar|abrufbar|copy|available (?:at|here)|https?://", sheet.document.text)
    if needs_copy and not copy:
        yield found(
            "safeguard-copy",
            Severity.WARNING,
            "Es fehlt, wo eine Kopie der Garantien zu erhalten ist.",
            "It is not said where a copy of the safeguards is to be had.",
            sheet.at(needs_copy[0]),
            "gdpr:13(1)(f)",
        )
