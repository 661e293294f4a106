"""The words by which notices state a legal basis without an article."""

from __future__ import annotations

import re

_I = re.IGNORECASE
#: one of these stands in every sentence that states the basis (in small letters)
STEMS = {
    "consent": ("einwillig", "zustimm", "einverständ", "consent", "agree", "erlaubnis", "permission", "willig", "stimm", "accept", "opted"),
    "contract": ("vertrag", "vertraglich", "contract", "agreement"),
    "legal_obligation": ("gesetz", "rechtlich", "law", "legal", "statut", "regulat", "obligation", "pflicht"), "legitimate_interest": ("berechtigt", "legitimate"),
}  # fmt: skip
ARTICLES = {
    "consent": "gdpr:6(1)(a)",
    "contract": "gdpr:6(1)(b)",
    "legal_obligation": "gdpr:6(1)(c)",
    "legitimate_interest": "gdpr:6(1)(f)",
}
#: whose consent it is, and how it is qualified
_MY = r"(?:einer |eine |Ihrer |Ihre |Ihr |deiner |deine |der )?(?:gesonderten |vorherigen |ausdrücklichen? |freiwilligen |schriftlichen |entsprechenden? )?"
_NOT_PARENTS = r"(?!s?erklärung| (?:eines |der |des |ihrer |Ihrer )?(?:Eltern|Erziehungs|Sorge))"
_PERSON = (
    r"(?:Sie|du|er|sie|die betroffene Person|der Betroffene|der Nutzer|die Nutzer|der Kunde|das Mitglied)"
)
_GIVEN = r"(?: (?:prior|explicit|express|specific|separate|informed|voluntary|written|valid|freely given))*"
_AGREED = r"(?:consent(?:ed)?\b|agreed?\b(?! (?:to|with) (?:our|the|these) (?:terms|polic|privacy))|accepted\b|opted[- ]in\b|given (?:us )?(?:your |their )?(?:explicit |express )?consent|granted (?:us )?(?:your |their )?permission)"
_CONSENT = (
    rf"(?:mit|aufgrund|auf Grundlage|auf Basis|nach|nur bei|basierend auf|ohne Ihre|ohne deine|nur mit|erfordert|Ohne eine) (?:ausschließlich )?{_MY}(?:Einwilligung|Zustimmung|Einverständnis){_NOT_PARENTS}",
    r"ausdrückliche Einwilligung|willigen Sie (?:in [^.;]{0,80} )?ein\b|willigst du|müssen Sie [^.;]{0,40}zustimmen|nur,? wenn (?:Sie|du) [^.;]{0,40}zustimm\w+",
    r"[Ss]timmst du [^.;]{0,40}\bzu\b|stimmen Sie [^.;]{0,150} zu\b|Sie stimmen [^.;]{0,90} zu\b",
    rf"(?:oder|wenn|sofern|soweit|falls|dass) {_PERSON} (?:[^.;,]{{0,80}} )?(?:eingewilligt|zugestimmt) (?:haben|hast|hat)\b",
    rf"\b(?:wenn|sofern|soweit|falls|oder) {_PERSON} (?:[^.;,]{{0,60}} )?(?:zustimm(?:en|st|t)|einwillig(?:en|st|t))\b",
    r"(?:einer|der) von (?:Ihnen|dir) (?:erteilten|gegebenen) (?:Einwilligung|Zustimmung)",
    r"(?:mit|aufgrund|ohne) (?:Ihrem|Ihres|deinem|Ihr) (?:\w+en )?Einverständnis(?:ses)?\b|(?:mit (?:Ihrer|deiner)|ohne (?:Ihre|deine)) Erlaubnis",
    r"(?:eine|Ihre|deine|in einer gesonderten) (?:entsprechende )?(?:Zustimmung|Einwilligung) (?:(?:zur|in die|für die) [^.;,]{3,50} )?(?:erteilen|erteilt|gegeben|ausgewiesen|abgefragt)",
    r"Ihre Einwilligung,? (?:in die|zur) Verarbeitung|(?:eine )?Einwilligung (?:er|voraus)?(?:fordern|setzen)\b",
    r"only (?:after|with|upon) (?:your |prior )?consent\b|(?<!where )(?<!if )\bwe rely on (?:your )?(?:express |explicit )?consent\b",
    rf"(?:with|based on|on the basis of|without|relies on|rely on|subject to|obtain|given|upon|request|require|receiving|obtaining|ask for) (?:your|the|the user's|their){_GIVEN} consent(?! of (?:a|your|the|their)? ?(?:parent|guardian))",
    r"(?:\band|\bor|,) (?:on )?your (?:explicit |prior )?consent\b|you consent to|\bconsent to our (?:use|collection|processing|storage)\b|with your (?:prior )?permission",
    rf"(?:if|where|when|unless|once|provided that|provided) you (?:have )?(?:expressly |explicitly )?{_AGREED}",
    r"\byou (?:have )?(?:give|given|provide|provided|grant) (?:us )?(?:your )?(?:(?:explicit|express|written|prior) )*consent\b",
    r"you have given us (?:your )?(?:permission|consent)\b|you (?:hereby )?agree to (?:us|our) (?:handling|collect|us|process|collection|use|processing|handl)\w*|you agree to the (?:collection|use|processing)\b",
)
_CONTRACT = (
    r"(?:zur|für die) (?:Erfüllung|Durchführung|Abwicklung|Anbahnung) (?:eines|unseres|des|Ihres)[^.;,]{0,30} Vertrag(?:s|es|sverhältnisses)?[^.;]{0,60}(?:erforderlich|notwendig)",
    r"(?:zur|für die|im Rahmen (?:der|einer)) (?:Vertragserfüllung|Vertragsabwicklung|Vertragsdurchführung|Vertragsanbahnung)[^.;,]{0,50}(?:erforderlich|notwendig|nötig)",
    r"(?:zur|zwecks) Erfüllung (?:von |unserer |der )?(?:vorvertraglicher?n? (?:oder|und) )?(?:vertraglicher?n?|vorvertraglicher?n?) (?:Pflichten|Verpflichtungen|Leistungen)|in Erfüllung eines Vertrag(?:e?s)\b(?= automatisiert)",
    r"wenn Sie mit [^.;]{0,40} einen Vertrag [^.;]{0,20}(?:anbahnen|abschließen)",
    r"\b(?:perform|performance of|performing|fulfil|fulfill|execute|execution of) (?:a|our|the|your|any|that|this)(?: \w+)? (?:contract|agreement)\b|fulfill? (?:our|any) contractual obligations?",
    r"necessary (?:for|to perform) [^.;]{0,40}(?:contract|agreement)|contractual necessity|contract performance",
)
_DUTY = r"(?:(?:Verpflichtung|Pflicht|Anforderung|Vorgabe|Vorschrift)(?:en)?)"
_LAWS = r"(?:legal|statutory|law|laws|regulatory|tax|accounting|financial|fiscal|bookkeeping|anti-money laundering|AML|KYC)"
_LEGAL = (
    r"(?<![a-zäöü])(?:gesetzlich|rechtlich) (?:(?:[\wäöüß-]+ ){0,4}verpflichtet|erforderlich|vorgeschrieben|vorgesehen|geboten)",
    r"(?:aufgrund|auf Grund) (?:gesetzlicher|rechtlicher) Vor(?:gaben|schriften)",
    r"(?:Erfüllung|aufgrund|auf Grund|Grundlage|wegen) (?:einer |von |unserer |der uns [a-zäöüß]+en )?(?:gesetzliche[rn]?|rechtliche[rn]?) (?:Verpflichtung(?:en)?|Pflichten?|Aufbewahrungspflichten|Anforderungen)",
    rf"(?:eine|soweit|falls|wenn|sofern) (?:gesetzliche|rechtliche) {_DUTY} (?:dazu |hierzu )?besteh(?:t|en)|gesetzlichen (?:oder|und) behördlichen Anforderungen|gesetzliche[rn]? [^.;,]{{0,40}}[Pp]flichten zu erfüllen|(?:zur|zwecks) Erfüllung unserer [A-ZÄÖÜ]\w*pflicht(?:en)?\b|zwingt (?:uns|einen) der Gesetzgeber",
    rf"\b(?:comply(?:ing)? with|compliance with|in line with|satisfy(?:ing)?|fulfill?(?:ing)?|meet(?:ing)?) (?:a |an |our |any |the |all |applicable |relevant |UK |EU |local |national |other )*{_LAWS}(?:(?:,|,? and|/|,? or)? (?:other )?{_LAWS})*\b[^.;,]{{0,30}}",
    r"(?:comply with|fulfill?|meet) (?:our )?(?:AML|KYC)\S* (?:obligations|regulations|requirements)|compliance with Know Your Customer",
    r"required (?:to do so )?by (?:\w+ )?laws?\b|(?:where|if|when|unless|as|so far as) (?:we are )?(?:legally|otherwise legally) (?:obliged|required|obligated|mandated)|legally (?:obliged|required|obligated)|\blegal obligations?|(?:there is|under|have) a (?:legal|statutory)(?: or \w+)? (?:obligation|duty)",
)
_INTEREST = (
    r"(?:unser(?:e[mnrs]?)?|überwiegend(?:e[mnrs]?)?|ein(?:e[mnrs]?)?|das|Wahrung (?:der|unserer)) (?:überwiegend(?:e[mnrs]?)? )?berechtigte[mnrs]? Interessen?|Wahrung (?:überwiegender )?berechtigter Interessen",
    r"(?:our|a|the|on) legitimate (?:business )?interests?|legitimate interests? (?:in|of|to)",
)
WORDS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (basis, re.compile("|".join(patterns), _I))
    for basis, patterns in (
        ("consent", _CONSENT),
        ("contract", _CONTRACT),
        ("legal_obligation", _LEGAL),
        ("legitimate_interest", _INTEREST),
    )
)
#: in a section on rights only what says on what *our* processing rests
IN_RIGHTS: dict[str, re.Pattern[str]] = {
    "contract": re.compile(
        r"(?:in Erfüllung eines Vertrag|auf(?:grund|[ ]Grundlage) eines Vertrag)\w*(?= [^.;]{0,30}verarbeit)",
        _I,
    ),
    "legitimate_interest": re.compile(
        r"(?:aufgrund|auf Grund|auf Grundlage|auf Basis|zur Wahrung) unserer[^.;]{0,60}?berechtigte[nr]? Interessen?",
        _I,
    ),
}
#: what a cell under "Legal basis", or an item under such a heading, says without an article
CELL_WORDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("consent", re.compile(r"\b(?:consent|Einwilligung|Zustimmung)\b", _I)),
    ("contract", re.compile(r"\b(?:contract\w*|Vertrag\w*|(?:vor)?vertragliche?\w*)\b", _I)),
    ("legal_obligation", re.compile(
        rf"\b(?:legal|statutory|regulatory)(?: (?:and|or|/) \w+)? (?:obligation|requirement|duty|duties|compliance)|compliance with (?:a |the |our |applicable )*{_LAWS}|professional and legal obligations"
        r"|(?:rechtliche|gesetzliche)\w* (?:Verpflichtung|Pflicht)", _I)),
    ("legitimate_interest", re.compile(r"legitimate (?:business |commercial )?interest|berechtigte\w* Interesse", _I)),
)  # fmt: skip
