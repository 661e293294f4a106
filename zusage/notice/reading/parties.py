"""Controller and data protection officer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from zusage.notice.reading.companies import Name, company_names
from zusage.notice.reading.contacts import MAIL
from zusage.notice.reading.facts import Reading
from zusage.notice.reading.passages import Passage
from zusage.notice.reading.phrases import squeezed

_DPO = re.compile(
    r"data protection (?:lead|manager)|(?<!andes)(?<!undes)Datenschutzbeauftragte[nr]?\b(?! (?:des Landes|der Länder|sowie deren))|Datenschutz-?Ansprechpartner|data protection officer|\bDPO\b|Datenschutzberater(?:in)?\b",
    re.IGNORECASE,
)
_PERSON = re.compile(
    r"(?:(?:Herrn?|Frau|Mr\.|Ms\.|Mrs\.|Dr\.|Prof\.|Rechtsanw(?:alt|ältin)|RA|RAin|Dipl\.-\w+\.?(?:\s\([A-Z]+\))?|Mag\.)\s+)*"
    r"(?:Dr\.\s|Prof\.\s)?(?:[A-ZÄÖÜ][a-zäöüßéèáíóúçñ]+(?:-[A-ZÄÖÜ][a-zäöüßéè]+)?\s)(?:[A-Z]\.\s)?(?:van\s|von\s|de\s|zu\s)?[A-ZÄÖÜ][a-zäöüßéèáíóúçñ]+(?:-[A-ZÄÖÜ][a-zäöüßéè]+)?"
)
_TITLES = re.compile(r"^(?:Herrn?|Frau|Mr\.|Ms\.|Mrs\.)\s+")
_NOT_PERSON = re.compile(
    r"Daten|Privacy|Officer|Protection|Contact|Kontakt|Telefon|Mail|Straße|Street|Unser|Our|Bitte|Sie |Ihre|Für |Der |Die |Das |Eine?n? |Zum |Team|Abteilung|Department|Anfrage|Aufsicht|Deutschland|Postanschrift|^(?:Sofern|Soweit|Liste|Wenn|Falls|Bei|Zu|Im|In|Am|Unter|Nach|Mit|Von|If|When|For|To|At|On|By|Any|All)\b|The You |With |Art\.|Wir |We |Str\b|Platz|Allee|Gasse|\bWeg\b|\bRing\b|Road|Avenue|^(?:Universität|Hochschule|Gemeinde|Stadt|Landkreis|Kreis|Praxis|Verein|Institut|Klinik|Schule|Campus|Firma|Stabsstelle|University|College|School|Institute|City)\b"
)
_CONTROLLER_IS = re.compile(
    r"(?:Verantwortlich(?:e|er|en)?(?: Stelle)?\b(?:[^.:]|Art\.|Abs\.|Nr\.|lit\.|Ziff\.|S\.){0,260}?\b(?:ist|sind)\b(?: (?:der|die|das))?:?|Verantwortliche(?:r|n)?(?: Stelle)?(?:[^.:;]|i\.\s?S\.\s?[dv]\.){0,80}:|betrieben von(?: der| dem)?|"
    r"(?:data )?controller(?!['’]s)(?:[^.:]|Art\.){0,120}?\b(?:is|are)\b:?|(?<!for the )(?<!of the )(?<!by the )(?<!to the )(?:data )?controller[^.:;]{0,60}:|(?:site|website|app|platform|service) is operated by|(?:entity|party|person|organi[sz]ation|company) responsible(?: for [^.:;]{0,40})?:|responsible (?:entity|party|person|body):|(?<!ird )(?<!erden )(?<!urde )betreibt die|Betreiber(?:in)?(?: dieser (?:Website|Webseite|Seiten))? ist)",
    re.IGNORECASE,
)
#: "Example Ltd, 8 Custom House Lane, Bristol, is the controller"
_IS_CONTROLLER = re.compile(
    r",?\s(?:is|are|ist|sind)\s(?:the|a|der|die)?\s?(?:[Dd]ata\s)?(?:[Cc]ontroller|[Vv]erantwortliche[rn]?)\b"
)
#: the line after a heading on the controller: "Gemeinde Altmoos, Marktplatz 1, 88410 Altmoos, …"
_AT_ITS_ADDRESS = re.compile(
    r"\s*(?P<name>[A-ZÄÖÜ][^,.;:]{3,80}),\s[A-ZÄÖÜ][^,;:]{2,50}\s\d{1,4}\s?[a-z]?,\s(?:[A-Z]{1,2}-)?\d{4,5}\s"
)
#: the responsibility of others: "which acts as an independent controller"
_OTHERS = re.compile(
    r"(?:independent|separate|joint|own)\s(?:data )?controllers?\b|eigenständige[rn]? Verantwortliche|\bas (?:an? )?(?:data )?controllers?\b",
    re.IGNORECASE,
)
_SELF = re.compile(
    r"\((?:im (?:Folgenden|Weiteren)|nachfolgend|nachstehend|hierinafter|hereinafter|kurz|auch)?[^()]{0,60}[„“\"'‚»«](?:wir|uns|we|us|our)[“”\"',‘«»]|\([„“\"'][^()]{1,40}[“”\"'],?[^()]{0,12}[„“\"'](?:wir|we|us)[“”\"',]|,? \(?[„“\"](?:we|us|our)[“”\"]|\((?:we|us|wir|uns)\)",
    re.IGNORECASE,
)
#: "Verantwortlicher: Rechtsanwältin Dr. Jana Felsing, Domgasse 4"
_AFTER_COLON = re.compile(
    r":\s(?:Rechtsanw\w+\s|RAin\s|RA\s|Herrn?\s|Frau\s)*(?P<name>(?:(?:Dr|Prof)\.\s(?:med\.\s|dent\.\s|jur\.\s|vet\.\s)*)*[A-ZÄÖÜ][\w.&'’-]+(?:\s[\w.&'’-]+){1,6})(?:,\s(?=[A-ZÄÖÜ])|\s*$|\s[·|–]\s)"
)
#: "The controller of your data is Jana Felsing with her office at …"
_A_PERSON = re.compile(
    r"\s?(?P<name>[A-Z][\w'’.-]+(?:\s(?!NIP\b|KRS\b|REGON\b)[A-Z][\w'’.-]+){1,4})(?=,|\s\(|\s(?:with|NIP|KRS|REGON|located|whose|established|having|based|mit|wohnhaft)\b|\.?$)"
)
#: under a heading that asks who is responsible: "Kotoba, operated by …"
_OPENING = re.compile(
    r"\W*(?P<name>[A-ZÄÖÜ][\w&.'’-]+(?:\s[A-ZÄÖÜ&][\w&.'’-]*){0,4}),\s(?:operated|run|owned|represented|betrieben|vertreten|located|based|c/o)\b"
)
_STREET = re.compile(
    r"^[A-ZÄÖÜ][\w.-]+(?:\s[A-Za-zÄÖÜäöüß.-]+){0,3}\s\d{1,4}\s?[a-z]?$|^(?:[A-Z]{1,2}-)?\d{4,5}\s"
)
#: what stands before the name in an address
_LABEL = re.compile(
    r"^(?:[Pp]raxis)?(?:[Nn]ame|Firma|Company(?: name)?|Unternehmen|Anbieter|Betreiber(?:in)?|Inhaber(?:in)?)\s?:\s"
)
_WE_THE = re.compile(r"\b(?:Wir|We),\s(?:die|der|das|the)?\s?(?=[A-ZÄÖÜ])")
#: a name without a legal form directly before "(we)"
_FORMLESS = re.compile(
    r"(?:^|(?<=\s))(?!(?:This|These|The|At|Bei|In|By|For|Our|Your|Die|Der|Das|Diese[rs]?|Wir|We|Policy|Notice)\s)(?P<name>[A-ZÄÖÜ][\w&'’/-]+(?:\s(?:of\s|for\s|the\s|and\s|für\s|der\s|&\s)?[A-ZÄÖÜ][\w&'’/-]+){0,5})\s*$"
)
_HOW_WE = re.compile(
    r"(?:wie|how) (?P<name>(?!Ihre|Deine|Sie|Wir|Du\b|Your|We\b|You|Unsere|Our|Name|Cookies)[A-Z0-9][\w.&'’-]*(?: (?:& )?[A-Z][\w.&'’-]*){0,4})(?: \([A-Z][\w -]{1,20}\))? (?:Ihre|deine|personenbezogene|Daten|your|collects|uses|processes|handles)"
)
#: "your data, by us, Seedling"
_BY_US = re.compile(r"\bby us,\s(?P<name>[A-Z][\w&.'’-]+(?:\s[A-Z&][\w&.'’-]*){0,4})(?=[.,;(]|\s\()")
_WELCOME = re.compile(
    r"\b(?:Welcome to|Willkommen bei)\s(?:the\s|der\s|dem\s)?(?P<name>[A-ZÄÖÜ][\w&.'’-]+(?:\s[A-ZÄÖÜ&][\w&.'’-]*){0,4}?)(?=[.,!(]|\s\(|\s[–—-])"
)
_POLICY_OF = re.compile(
    r"^This is the (?:privacy|data protection) (?:statement|notice|policy) (?:of|for) (?:the )?(?P<name>[A-Z][\w&'’-]+(?:\s[A-Z&][\w&'’-]*){0,4})(?=[.,(]|\s\()"
)
_RESPONSIBLE = re.compile(r"von (?P<name>[A-Z0-9][\w.&-]*(?: [A-Z][\w.&-]*){0,3}) verantwortet")
#: "St Mary's Trust is a charity … We are the data controller"
_WE_CONTROL = re.compile(
    r"\b[Ww]e are (?:the |a )?(?:data )?controller|\b[Ww]ir sind (?:der |die )?(?:Verantwortliche|verantwortliche)"
)
_WE_ARE = re.compile(
    r"^(?:The\s|Der\s|Die\s|Das\s)?(?P<name>[A-ZÄÖÜ][\w&.'’-]+(?:\s(?:of|for|and|the|&|für|der|[A-ZÄÖÜ][\w&.'’-]+)){0,6}) (?:is|are|ist) (?:a|an|the|registered|ein|eine|der|die)\b"
)
#: "Seedling operates the website … we are the data controller"
_OPERATES = re.compile(
    r"^(?P<name>[A-ZÄÖÜ][\w&.'’-]+(?:\s[A-ZÄÖÜ&][\w&.'’-]*){0,3}) (?:operates|runs|provides|betreibt) (?:the|this|our|die|diese|das)\b"
)
#: under a heading that asks who we are: "I am Natasha Rowe, a …", "Wir sind die Tischlerei Ebel"
_I_AM = re.compile(
    r"\b(?:I am|I'm|We are|Ich bin|Wir sind)\s(?:the\s|die\s|der\s|das\s)?(?P<name>[A-ZÄÖÜ][\w&.'’-]+(?:\s[A-ZÄÖÜ&][\w&.'’-]*){0,5})(?=,|\.\s|\.?$|\s\(|\s(?:a|an|and|und|ein|eine|based|mit|in)\s)"
)
_WHO_WE_ARE = re.compile(
    r"\b[Ww]ho (?:we are|am I|I am|are we)|[Ww]er (?:wir sind|ich bin)|[Üü]ber (?:uns|mich)|About (?:us|me)"
)
#: "TrustLink is a company incorporated in …"
_IS_COMPANY = re.compile(
    r"^\W*(?:\d\.\s)?(?P<name>[A-Z][\w&.'’-]+(?:\s[A-Z&][\w&.'’-]*){0,4}) is an? (?:[\w-]+ ){0,3}(?:company|charity|association|non-profit|organi[sz]ation|partnership)\b[^.]{0,50}\b(?:incorporated|registered|based|established)\b"
)
_OPERATED = re.compile(
    r"(?:[Ww]ebsites?|[Ww]ebseiten?|[Ss]eiten?|[Pp]lattform|[Pp]ortal|[Aa]pp|[Aa]ngebot|[Ss]hop|[Ss]ite|[Ss]ervice|[Pp]latform|[Nn]otice|[Pp]olicy)\b[^.;:]{0,60}?(?:betrieben von(?: der| dem)?|operated by) (?P<name>[A-Z0-9][\w.&-]*(?: [\w.&-]+){0,3}?)(?= aus |,|\.| mit Sitz| in | \()"
)
#: "Meadowline is operated by Meadow Works Ltd", where a section says who we are
_RUN_BY = re.compile(
    r"^\W*[A-Z][\w.&'’-]*(?:\s[\w.&'’-]+){0,3}\s(?:is|are|wird)\s(?:owned and\s|provided and\s|a (?:trading|brand) name )?(?:operated by|run by|owned by|published by|of|von|vom)\s(?:the\s|der\s|dem\s)?(?P<name>[A-ZÄÖÜ][\w&.'’-]*(?:\s[A-ZÄÖÜ&][\w&.'’-]*){0,4})"
)
_CONTACT_LINE = re.compile(
    r"USt|HRB|HRA|@|\bTel|Fax|^\d|Finanzamt|Registergericht|https?:|^\W*(?:Inhaltlich|Steuer)"
)


def officer(section: Sequence[Passage]) -> Iterator[tuple[Passage, Reading]]:
    """The data protection officer: the name, or else the e-mail address, that follows the word within three lines."""
    for at, passage in enumerate(section):
        said = (
            _DPO.search(passage.text)
            if passage.has("beauftragt", "protection", "dpo", "datenschutz")
            else None
        )
        if said and passage.block.kind == "heading" and passage.about("controller"):
            continue
        if not said or re.search(
            r"\b(?:Recht|hinzugezogen|nicht verpflichtet|not required to|nicht (?:bestellt|benannt|erforderlich)|keine?[nr]? Datenschutzbeauftragte)",
            passage.text,
        ):
            continue
        name = mail = None
        for following in section[at : at + 8]:
            start = said.end() if following is passage else 0
            name = name or _person(following, start)
            mail = mail or _mail(following, start)
            if mail:
                break
        chosen = mail if mail and (name is None or _before(mail, name)) else name
        if chosen:
            yield chosen
            return


def _before(mail: tuple[Passage, Reading], name: tuple[Passage, Reading]) -> bool:
    """Whether the mail address stands before the name in the same line: what follows is another matter."""
    return mail[0] is name[0] and mail[1].start < name[1].start


def _person(passage: Passage, start: int) -> tuple[Passage, Reading] | None:
    text = passage.text
    companies = [
        name for name in company_names(text) if name.start >= start and name.text not in passage.names
    ]
    for found in _PERSON.finditer(text, start, companies[0].start if companies else len(text)):
        if _NOT_PERSON.search(found.group()) or any(
            name.start <= found.start() < name.end for name in companies
        ):
            continue
        written = _TITLES.sub("", found.group())
        return passage, Reading("dpo", squeezed(written), found.end() - len(written), found.end(), 0.85)
    if companies:
        return passage, Reading("dpo", companies[0].text, companies[0].start, companies[0].end, 0.7)
    return None


def _mail(passage: Passage, start: int) -> tuple[Passage, Reading] | None:
    found = MAIL.search(passage.text, start)
    return (passage, Reading("dpo", found.group(), found.start(), found.end(), 0.9)) if found else None


def _itself(passage: Passage) -> Reading | None:
    """The controller that a text calls "we", or says to be the controller."""
    text = passage.text
    names = company_names(text)
    for found in _SELF.finditer(text):
        for name in reversed(names):
            if name.end <= found.start() + 2 and found.start() - name.end < 160:
                return Reading("controller", name.text, name.start, name.end, 0.92)
        formless = _FORMLESS.search(text, 0, found.start())
        if formless:
            return Reading("controller", formless["name"], *formless.span("name"), 0.75)
    stated = _IS_CONTROLLER.search(text)
    if stated and names and names[0].end <= stated.start() and not _OTHERS.search(stated.group()):
        return Reading("controller", names[0].text, names[0].start, names[0].end, 0.88)
    ourselves = _WE_THE.search(text)
    for name in names if ourselves else ():
        if ourselves and name.start >= ourselves.end() - 1:
            return Reading("controller", name.text, name.start, name.end, 0.85)
    return None


def controller(section: Sequence[Passage]) -> Iterator[tuple[Passage, Reading]]:
    """The controller as a section names it: after "Verantwortlicher … ist", or at the head of the address that follows."""
    for at, passage in enumerate(section):
        text = passage.text
        if not passage.has(
            "verantwort", "controller", "betr", "operated", "responsible", "wir,", "we,", "(", "„wir", "wir“"
        ):
            continue
        told = _itself(passage)
        if told:
            yield passage, told
            return
        said = (
            _CONTROLLER_IS.search(text)
            if passage.has("verantwort", "controller", "operated", "responsible", "betr")
            else None
        )
        if said and (_OTHERS.search(said.group()) or _runs_a_service(text, said)):
            said = None
        announced = passage.block.kind == "heading" and passage.topics[:1] == ("controller",)
        if said or announced:
            named_at = _named_after(section, at, said.end() if said else len(text))
            if named_at:
                yield named_at
                return
    if section and (section[0].part <= 6 or section[0].about("controller")):
        yield from _in_passing(section)


def _runs_a_service(text: str, said: re.Match[str]) -> bool:
    """Whether "betrieben von" tells who runs a service that is used, and not one's own site."""
    beside = text[: said.start()].rstrip().endswith(",")
    near = max(0, said.start() - (24 if beside else 100))
    return said.group().startswith("betrieben von") and not _OWN_SITE.search(text, near, said.start())


_OWN_SITE = re.compile(
    r"\b(?:[Ww]ebsites?|\w*[Ss]eiten?|\w*[Aa]uftritt|\w*[Pp]ortal|\w*[Pp]lattform|App|Angebot\w*|\w*[Ss]hop|Blog|Dienste?|Anwendung|Service)\b"
)


def _in_passing(section: Sequence[Passage]) -> Iterator[tuple[Passage, Reading]]:
    """A controller that is named only in passing, at the beginning: "operated by …", "how … uses your data"."""
    ours = any(_WE_CONTROL.search(passage.text) for passage in section)
    for passage in section:
        for pattern in (
            *((_WE_ARE, _OPERATES) if ours else ()),
            *(
                (_I_AM, _RUN_BY)
                if section[0].about("controller") or _WHO_WE_ARE.search(section[0].block.section)
                else ()
            ),
            _IS_COMPANY,
            _OPERATED,
            _HOW_WE,
            _RESPONSIBLE,
            _BY_US,
            *((_WELCOME, _POLICY_OF) if section[0].part <= 3 else ()),
        ):
            told = pattern.search(passage.text)
            if told is None and pattern is _HOW_WE:
                yield from _company_described(passage)
            if told:
                legal = company_names(passage.text) if pattern in (_IS_COMPANY, _RUN_BY) else []
                if legal:
                    yield passage, Reading("controller", legal[0].text, legal[0].start, legal[0].end, 0.8)
                    return
                yield passage, Reading("controller", told["name"], told.start("name"), told.end("name"), 0.7)
                return


def _company_described(passage: Passage) -> Iterator[tuple[Passage, Reading]]:
    """ "This notice describes how Example B.V., … , handles personal data"."""
    for name in company_names(passage.text)[:1]:
        if _DESCRIBES.search(passage.text, 0, name.start) or _APPLIES.search(passage.text, 0, name.start):
            yield passage, Reading("controller", name.text, name.start, name.end, 0.8)


#: "applies to the processing of personal data by Trac LLC"
_APPLIES = re.compile(
    r"(?:[Pp]olicy|[Nn]otice|[Ss]tatement|[Ee]rklärung)\b[^.;]{0,120}\b(?:collect|process|us|handl|Verarbeit)\w*\b[^.;]{0,80}\b(?:by|durch)\s(?:the\s|die\s|der\s)?$"
)
_DESCRIBES = re.compile(
    r"(?:describes?|explains?|sets out|beschreib\w+|erläuter\w+|erklär\w+)[^.;]{0,30}\b(?:how|wie)\s(?:the\s|die\s|der\s)?$"
)


def _named_after(section: Sequence[Passage], at: int, start: int) -> tuple[Passage, Reading] | None:
    names: list[Name] = [name for name in company_names(section[at].text) if name.start >= start - 1]
    if names:
        return section[at], Reading("controller", names[0].text, names[0].start, names[0].end, 0.95)
    person = _AFTER_COLON.match(section[at].text, max(0, start - 1)) or _A_PERSON.match(
        section[at].text, start
    )
    if person and len(person["name"].split()) <= 7 and not re.search(r"\d", person["name"]):
        return section[at], Reading(
            "controller", person["name"], person.start("name"), person.end("name"), 0.75
        )
    announced = section[at].block.kind == "heading"
    for following in section[at + 1 : at + 6]:
        opening = _OPENING.match(following.text) if announced and following is section[at + 1] else None
        if opening and not _NOT_PERSON.search(opening["name"]) and not company_names(following.text[:90]):
            return following, Reading("controller", opening["name"], *opening.span("name"), 0.7)
        headed = _AT_ITS_ADDRESS.match(following.text) if following is section[at + 1] else None
        if headed and not company_names(headed[0]) and not re.search(r"\b(?:ist|sind|is|are)\b", headed[0]):
            return following, Reading("controller", headed["name"], *headed.span("name"), 0.75)
        if following.block.kind == "heading" or _DPO.search(following.text):
            break
        if _CONTROLLER_IS.search(following.text):
            return None
        text = following.text
        named = company_names(text)
        if named:
            return following, Reading("controller", named[0].text, named[0].start, named[0].end, 0.95)
        told = _first_line(following)
        if told:
            return following, told
    return None


def at_an_address(passages: Sequence[Passage]) -> Iterator[tuple[Passage, Reading]]:
    """Where nobody is called the controller: the company at the head of the first address that stands by itself."""
    for at, passage in enumerate(passages[:60]):
        text = passage.text.strip()
        if (
            passage.block.kind not in ("paragraph", "item")
            or len(text) > 80
            or passage.about("recipients", "services", "dpo", "authority", "cookies", "transfer")
        ):
            continue
        names = company_names(passage.text)
        if len(names) != 1 or names[0].end - names[0].start < len(text) - 4:
            continue
        beneath = [one.text.strip() for one in passages[at + 1 : at + 4]]
        if any(_STREET.search(line) for line in beneath):
            yield passage, Reading("controller", names[0].text, names[0].start, names[0].end, 0.7)
            return


def _first_line(passage: Passage) -> Reading | None:
    """The name in the first line of an address that has no company in it."""
    label = _LABEL.match(passage.text.strip())
    stripped = passage.text.strip()[label.end() if label else 0 :]
    name = re.split(r",|\s/\s|\s[·|–]\s|\s\((?=[Pp]rivat|[Ee]inzel|sole |[Ii]nhaber)", stripped)[0].strip()
    if (
        passage.block.kind not in ("paragraph", "item")
        or len(stripped) > 100
        or name.endswith((".", ":"))
        or not name[:1].isupper()
        or _CONTACT_LINE.search(stripped)
        or _STREET.search(name)
        or re.match(r"(?:Adresse|Anschrift|Address|Sitz)\s?:", stripped)
    ):
        return None
    begin = passage.text.find(name)
    return Reading("controller", name, begin, begin + len(name), 0.75)
