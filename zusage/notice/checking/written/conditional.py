"""What is due only where a notice says something else: an officer's address, a basis for cookies, Art. 9, 26, 7(3), 13(2)(e)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zusage.findings import Finding, Severity
from zusage.lexicon import special_category
from zusage.notice.checking.written.missing import CONSENT
from zusage.notice.checking.written.sheet import Sheet, found, lines
from zusage.notice.checking.written.terminal import asks_for_consent, sets_cookies

_OFFICER = re.compile(
    r"(?<![-\w])(?:[Dd]e[rmn]|[Ee]ine[nmr]?|[Uu]nser(?:e[nmr]?)?|[Tt]he|[Oo]ur|[Aa])\s(?:betriebliche[nrm]?\s|externe[nrm]?\s)?(?:Datenschutzbeauftragte[nrm]?|data protection officer)\b"
)
_NOBODY_APPOINTED = re.compile(
    r"[^.]{0,60}\b(?:nicht|not|no)\b[^.]{0,60}\b(?:bestell|benann|verpflichtet|erforderlich|appointed|designated|required|obliged)"
)
_PAGES = re.compile(
    r"\b(?:unterhalten|betreiben|haben|maintain|operate|have|run)\b[^.]{0,80}\b(?:Seiten?|(?:Online-?)?[Pp]räsenz(?:en)?|Auftritte?|Profile?|Fanpages?|pages?|presences?|profiles?)\b[^.]{0,60}\b(?:Facebook|Instagram|LinkedIn|XING|YouTube|TikTok|soziale[nr]? (?:Netzwerk|Medien)|social (?:network|media))|in (?:\w+ )?sozialen (?:Netzwerken|Medien) (?:präsent|vertreten)"
)
_JOINT = re.compile(
    r"gemeinsam(?:e|en|er)?\b[^.]{0,60}[Vv]erantwortlich|joint(?:ly)? (?:controller|responsible)"
)
_ARRANGED = re.compile(
    r"(?:Art(?:\.|ikel|icle)?|GDPR) ?26\b|26 DS-?GVO|Vereinbarung über (?:die )?gemeinsame|Page Controller|Insights-Ergänzung|[Cc]ontroller [Aa]ddendum|joint[- ]controller(?:ship)? (?:agreement|arrangement)"
)
_EFFECT = re.compile(
    r"Rechtmäßigkeit|rechtmäßig|Zukunft|(?:bis|vor) (?:zum|dem|zu (?:Ihrem|deinem)) Widerruf|lawful|future|before (?:its|the|your|you) withdraw",
    re.IGNORECASE,
)
_PROVISION = re.compile(
    r"Bereitstellung (?:\w+ ){0,2}(?:Daten|Angaben|Informationen)|bereitzustellen|nicht bereitstellen|bereitgestellt werden müssen"
    r"|(?:Daten|Angaben|Informationen|Felder)\b[^.]{0,60}(?:freiwillig|verpflichtend)|freiwillig\w* (?:\w+ ){0,3}(?:Angabe|Daten)"
    r"|verpflichtet[^.]{0,60}(?:anzugeben|mitzuteilen|preiszugeben)|Pflichtfeld|Pflichtangabe|Ohne (?:diese|die) (?:Daten|Angaben)"
    r"|voluntar|mandatory|obliged|required to provide|must provide|do not (?:have to )?provide",
    re.IGNORECASE,
)
_NOBODY = re.compile(r"(?:andere |weitere |other )?(?:Dritten?|third parties)", re.IGNORECASE)
#: what tells who is meant
_EXPLAINED = re.compile(
    r"[Hh]ierzu|[Dd]azu|Empfänger (?:\w+ ){0,3}(?:sind|können)|[Rr]ecipients (?:are|may)|[Dd]ies sind|[Aa]ls (?:derartige|solche)|z[.]\s?B[.]|insbesondere|beispielsweise|such as|including|namely|:\s|, (?:die|who|which)\b"
)


def check(sheet: Sheet) -> Iterator[Finding]:
    """Every item whose condition holds and that is missing."""
    text = sheet.document.text
    yield from _officer(sheet)
    if sheet.european:
        yield from _cookies(sheet)
        yield from _special(sheet)
        yield from _joint(sheet)
        if not sheet.of("must_provide") and not _PROVISION.search(text):
            yield found(
                "provision-missing",
                Severity.NOTE,
                "Es fehlt, ob Daten bereitgestellt werden müssen und was sonst folgt.",
                "It is not said whether data must be provided, and what follows if not.",
                sheet.whole,
                "gdpr:13(2)(e)",
            )
    withdrawals = [fact for fact in sheet.of("right") if fact.value == "withdraw_consent"]
    told = any(
        re.search(r"[Ww]iderruf|withdraw", block.text) and _EFFECT.search(block.text)
        for block in sheet.document.blocks
    )
    consented = any(str(basis) in CONSENT for basis in sheet.values("legal_basis"))
    if withdrawals and consented and sheet.european and not told:
        yield found(
            "withdrawal-effect",
            Severity.NOTE,
            "Es fehlt, dass der Widerruf die Verarbeitung bis dahin nicht rechtswidrig macht.",
            "It is not said that withdrawal leaves processing until then lawful.",
            sheet.at(withdrawals[0]),
            "gdpr:13(2)(c)",
        )
    vague = [
        fact
        for fact in sheet.of("recipient")
        if _NOBODY.fullmatch(str(fact.value["name"]))
        and not re.search(
            r"nur(?: dann)? an $|only (?:to|with) $", text[max(0, fact.start - 14) : fact.start]
        )
        and not _EXPLAINED.search(text, fact.start, fact.start + 300)
    ]
    if vague:
        yield found(
            "recipient-vague",
            Severity.NOTE,
            f"„{vague[0].value['name']}“ ist keine Kategorie von Empfängern: wer, und wofür? (Zeilen {lines(fact.line for fact in vague)})",
            f"'{vague[0].value['name']}' is no category of recipients: who, and for what? (lines {lines(fact.line for fact in vague)})",
            sheet.at(vague[0]),
            "gdpr:13(1)(e)",
            source="WP260 rev.01, annex; CJEU C-154/21, 2023-01-12",
        )


def _officer(sheet: Sheet) -> Iterator[Finding]:
    if sheet.of("dpo"):
        return
    reachable = {fact.line for fact in sheet.of("contact")}
    for block in sheet.document.blocks:
        hit = _OFFICER.search(block.text)
        if hit and _NOBODY_APPOINTED.match(block.text, hit.end()):
            continue
        if hit and block.number not in reachable and block.number + 1 not in reachable:
            yield found(
                "dpo-unreachable",
                Severity.WARNING,
                "Ein Datenschutzbeauftragter wird erwähnt, aber nicht, wie er zu erreichen ist.",
                "A data protection officer is mentioned, but not how to reach them.",
                sheet.within(block, hit[0]),
                "gdpr:13(1)(b)",
            )
            return


def _cookies(sheet: Sheet) -> Iterator[Finding]:
    free = sets_cookies(sheet)
    if free and not asks_for_consent(sheet):
        sentence, block = free[0]
        yield found(
            "cookies-without-basis",
            Severity.WARNING,
            f"Cookies werden gesetzt; weder eine Einwilligung noch § 25 TDDDG ist genannt (Zeilen {lines(of.number for _, of in free)}).",
            f"Cookies are set; neither consent nor § 25 TDDDG is named (lines {lines(of.number for _, of in free)}).",
            sheet.within(block, sentence.strip()),
            "tdddg:25(1)",
            source="CJEU C-673/17 (Planet49), 2019-10-01",
        )


def _special(sheet: Sheet) -> Iterator[Finding]:
    special = [
        fact
        for fact in sheet.of("data_category")
        if special_category(str(fact.value)) not in (None, "criminal")
    ]
    own = [str(basis) for basis in sheet.values("legal_basis")]
    # another act may hold the exception (a school act, social law)
    if special and all(
        re.match(r"gdpr:6|consent|contract|legal|legitimate|td?t?dsg:", basis) for basis in own
    ):
        yield found(
            "special-without-basis",
            Severity.WARNING,
            f"„{special[0].value}“ fällt unter Art. 9 DSGVO; eine Ausnahme nach Abs. 2 ist nicht genannt.",
            f"'{special[0].value}' falls under Art. 9 GDPR; no exception of paragraph 2 is named.",
            sheet.at(special[0]),
            "gdpr:9(2)",
        )


def _joint(sheet: Sheet) -> Iterator[Finding]:
    if _ARRANGED.search(sheet.document.text):
        return
    for sentence, block in sheet.sentences:
        if _PAGES.search(sentence) or _JOINT.search(sentence):
            yield found(
                "joint-without-arrangement",
                Severity.WARNING,
                "Gemeinsame Verantwortung ohne das Wesentliche der Vereinbarung nach Art. 26.",
                "Joint responsibility without the essence of the arrangement under Art. 26.",
                sheet.within(block, sentence.strip()),
                "gdpr:26(2)",
                source="CJEU C-210/16, 2018-06-05",
            )
            return
