"""Cookies and what follows people: durations, choices that are none, tracking on an interest, names that do not exist."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zusage.findings import Finding, Severity
from zusage.lexicon import cookie_named, service_named
from zusage.notice.checking.written.missing import INTEREST
from zusage.notice.checking.written.sheet import Sheet, found, lines
from zusage.notice.checking.written.terminal import asks_for_consent, sets_cookies
from zusage.notice.reading.document import Block
from zusage.notice.reading.facts import Fact

_FOLLOWING = frozenset(("analytics", "marketing", "testing", "remarketing"))
_CONSENT = ("gdpr:6(1)(a)", "consent", "tdddg:25(1)", "ttdsg:25(1)")
_AGREED = re.compile(r"[Ee]inwillig|[Zz]ustimm|[Cc]onsent|[Oo]pt-?[Ii]n")
_COOKIELESS = re.compile(
    r"\b(?:ohne|keine) (?:\w+ )?Cookies|cookielos|cookie-?less|without cookies|no cookies"
)
_BROWSER = re.compile(
    r"[Bb]rowser[^.]{0,120}\b(?:verhindern|deaktivieren|ablehnen|unterbinden|einstellen|konfigurieren|nicht zu(?:zu)?lassen|blockieren|verwalten|disable|block|refuse|reject)"
    r"|\b(?:verhindern|deaktivieren|ablehnen|unterbinden|disable|block|refuse|reject)\b[^.]{0,100}[Bb]rowser"
)
_SIGNAL = re.compile(r"Do[ -]?Not[ -]?Track|\bDNT\b")
_IGNORED = re.compile(r"\b(?:nicht|keine?|not|no|don't)\b")
_DURATION = re.compile(
    r"\b(?:\d+|ein\w*|zwei|drei|sechs|zwölf|one|two|six|twelve) (?:Minuten|Stunden?|Tage?n?|Wochen?|Monate?n?|Jahre?n?|minutes?|hours?|days?|weeks?|months?|years?)\b|\b(?:Ende|end) (?:der|of the) (?:\w+ )?(?:Sitzung|session)"
)
_ELSEWHERE = re.compile(
    r"Cookie-?(?:Banner|Einstellungen|Richtlinie|Policy|Tabelle|Liste)|Consent-?(?:Tool|Manager|Management)|cookie (?:banner|settings|policy|notice|preferences)|\bCMP\b",
    re.IGNORECASE,
)
_LASTING = re.compile(
    r"\b(?:dauerhafte?|permanente?|persistente?|langfristige?|persistent|permanent)\w*\b|über eine Sitzung hinaus|Tracking-?Cookies?|Verfallsdatum",
    re.IGNORECASE,
)
_NO_PERSON = re.compile(
    r"(?:keine(?:rlei)? Rückschlüsse|kein(?:en)? (?:Personenbezug|Rückschluss)|nicht (?:bestimmten|einer bestimmten) Person\w* zu(?:ge)?ordn|nicht personenbezogen|no conclusions? (?:about|as to)|not personally identifiable)"
)


def check(sheet: Sheet) -> Iterator[Finding]:
    """What is wrong about following visitors."""
    yield from _on_interest(sheet)
    yield from _durations(sheet)
    yield from _browser(sheet)
    yield from _signals(sheet)
    yield from _misspelt(sheet)
    yield from _not_personal(sheet)


#: what a person can still be told apart by
_NO_REFERENCE = re.compile(
    r"Personenbezug (?:kann|ist|wird|wäre)[^.]{0,30}ausgeschlossen|kein(?:en)? Personenbezug|keine personenbezogenen Daten (?:mehr )?(?:vor|sind)"
)
_PSEUDONYM = re.compile(r"[Pp]seudonym\w*|User-?ID|Client-?ID|Nutzungsprofile")


def _kind(fact: Fact) -> str:
    service = service_named(str(fact.value))
    return service.kind if service else ""


def _on_interest(sheet: Sheet) -> Iterator[Finding]:
    """A service that follows visitors, in a section or row whose only basis is an interest."""
    for fact in sheet.of("third_party_service"):
        if _kind(fact) not in _FOLLOWING:
            continue
        block = next((one for one in sheet.document.blocks if one.number == fact.line), None)
        if block is None or (not block.section and block.kind != "row"):
            continue
        near = block.text if block.kind == "row" else sheet.section_text(block.section)
        bases = {
            basis.value
            for basis in sheet.of("legal_basis")
            if (basis.line == fact.line if block.kind == "row" else basis.section == block.section)
        }
        if not bases.intersection(INTEREST) or bases.intersection(_CONSENT) or _COOKIELESS.search(near):
            continue
        agreed = re.sub(r"(?:keine\w*|ohne) (?:\w+ )?Einwilligung", "", near)
        if not _AGREED.search(agreed) or (block.kind == "row" and "keine Einwilligung" in near):
            yield found(
                "tracking-on-interest",
                Severity.ERROR,
                f"„{fact.value}“ braucht eine Einwilligung; ein berechtigtes Interesse genügt nicht.",
                f"'{fact.value}' needs consent; a legitimate interest does not suffice.",
                sheet.at(fact),
                "tdddg:25(1)",
                source="CJEU C-673/17 (Planet49), 2019-10-01; BGH I ZR 7/16, 2020-05-28",
            )
            return


def _durations(sheet: Sheet) -> Iterator[Finding]:
    """Lasting cookies without a word on how long, here or in a place that is named."""
    lasting = [(said, block) for said, block in sheet.sentences if "ookie" in said and _LASTING.search(said)]
    dated = any(
        str(fact.value.get("keep") or "").startswith("P")
        and not re.search(r"opt-?[ _-]?out", str(fact.value.get("name")), re.IGNORECASE)
        for fact in sheet.of("cookie")
    ) or any("ookie" in said and _DURATION.search(said) for said, _ in sheet.sentences)
    if lasting and not dated and not _ELSEWHERE.search(sheet.document.text):
        said, block = lasting[0]
        where = lines(one.number for _, one in lasting)
        yield found(
            "cookie-duration-missing",
            Severity.WARNING,
            f"Für dauerhafte Cookies ist keine Lebensdauer genannt (Zeilen {where}).",
            f"No lifetime is named for lasting cookies (lines {where}).",
            sheet.within(block, said.strip()),
            "gdpr:13(2)(a)",
            source="CJEU C-673/17 (Planet49), 2019-10-01",
        )


def _browser(sheet: Sheet) -> Iterator[Finding]:
    """The browser's settings as the only choice, where cookies need a yes."""
    if not sets_cookies(sheet) or asks_for_consent(sheet):
        return
    places: list[tuple[str, Block]] = [
        (said, block) for said, block in sheet.sentences if "ookie" in block.text and _BROWSER.search(said)
    ]
    if places:
        said, block = places[0]
        where = lines(one.number for _, one in places)
        yield found(
            "browser-as-choice",
            Severity.WARNING,
            f"Der Hinweis auf den Browser ist weder Einwilligung noch Widerruf (Zeilen {where}).",
            f"Pointing to the browser is neither consent nor withdrawal (lines {where}).",
            sheet.within(block, said.strip()),
            "tdddg:25(1)",
            source="CJEU C-673/17 (Planet49), 2019-10-01; BGH I ZR 7/16, 2020-05-28",
        )


def _signals(sheet: Sheet) -> Iterator[Finding]:
    for said, block in sheet.sentences:
        if _SIGNAL.search(said) and _IGNORED.search(said):
            yield found(
                "signal-ignored",
                Severity.NOTE,
                "Ein automatisches Signal ist ein wirksamer Widerspruch; es darf nicht übergangen werden.",
                "An automated signal is a valid objection; it must not be ignored.",
                sheet.within(block, said.strip()),
                "gdpr:21(5)",
                source="LG Berlin, 16 O 420/19, 2023-08-24",
            )
            return


def _misspelt(sheet: Sheet) -> Iterator[Finding]:
    """Well-known names without their underscore, or with two: nobody finds such an item in a browser."""
    wrong = [
        (fact, right)
        for fact in sheet.of("cookie")
        for right in [_right_name(str(fact.value.get("name")))]
        if right is not None
    ]
    if wrong:
        fact, right = wrong[0]
        where = lines(one.line for one, _ in wrong)
        yield found(
            "cookie-name",
            Severity.NOTE,
            f"„{fact.value['name']}“ heißt „{right}“ (Zeilen {where}).",
            f"'{fact.value['name']}' is called '{right}' (lines {where}).",
            sheet.at(fact),
            "gdpr:13(1)(c)",
            source="CJEU C-673/17 (Planet49), 2019-10-01",
        )


def _right_name(name: str) -> str | None:
    bare = name.lstrip("_")
    if name.startswith("_") and not name.startswith("__"):
        return None
    known = cookie_named(f"_{bare}")
    written = cookie_named(name)
    if known is None or not known.name.startswith("_") or known.name.startswith("__"):
        return None
    same = written is None or (
        written.provider == known.provider
        and written.service == known.service
        and not written.name.startswith("_")
    )
    return f"_{bare}" if same else None


def _not_personal(sheet: Sheet) -> Iterator[Finding]:
    """Addresses are kept whole, and the text says that nothing leads to a person."""
    addresses = [
        fact for fact in sheet.of("data_category") if re.fullmatch(r"IP-?Adressen?|IP address(?:es)?", str(fact.value), re.IGNORECASE)
        and not re.search(r"anonym|gekürzt|gehasht|hashed|shortened|truncated|pseudonym", sheet.line(fact.line), re.IGNORECASE)
    ]  # fmt: skip
    for said, block in sheet.sentences:
        if (
            _NO_REFERENCE.search(said)
            and block.section
            and _PSEUDONYM.search(sheet.section_text(block.section))
        ):
            yield found(
                "pseudonym-is-personal",
                Severity.WARNING,
                "Pseudonyme Profile sind personenbezogene Daten; hier heißt es, ein Personenbezug sei ausgeschlossen.",
                "Pseudonymous profiles are personal data; here a reference to a person is said to be excluded.",
                sheet.within(block, said.strip()),
                "gdpr:4(5)",
                source="Recital 26 GDPR",
            )
            return
        hit = _NO_PERSON.search(said)
        fact = next(
            (one for one in addresses if one.section == block.section and 0 <= block.number - one.line < 12),
            None,
        )
        if hit and fact is not None and not re.search(r"anonym|gekürzt", said):
            yield found(
                "address-is-personal",
                Severity.WARNING,
                "Eine gespeicherte IP-Adresse ist ein personenbezogenes Datum.",
                "A stored IP address is personal data.",
                sheet.within(block, said.strip()),
                "gdpr:4(1)",
                source="CJEU C-582/14 (Breyer), 2016-10-19",
            )
            return
