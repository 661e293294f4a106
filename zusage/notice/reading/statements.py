"""Single statements: profiling, whether data must be provided, deadlines of the controller's own, age limits."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zusage.notice.reading.durations import periods
from zusage.notice.reading.facts import Reading
from zusage.notice.reading.passages import DOT, Passage
from zusage.notice.reading.phrases import squeezed

_I = re.IGNORECASE
#: these patterns read small letters
_PROFILES = re.compile(
    r"(?:findet|finden) (?:eine? )?(?:automatisierte )?profiling|profiling (?:findet|statt)|(?:nutzungs|nutzer|interessen|kunden)profile? [^.;]{0,60}(?:erstellt|gebildet|angelegt)|rückschlüsse über sie|bonitätsprüfung [^.]{0,60}automatisiert|(?:entscheiden|treffen) wir[^.;]{0,40}(?:voll)?automatisiert|(?:voll)?automatisiert(?:e[nr]?)? (?:einzel(?:fall)?)?[ee]ntscheidung\w* (?:treffen|findet statt|erfolgt)|scoring(?:verfahren)? (?:ein|durch|statt)|score-?[ww]ert|"
    r"(?:we|may) (?:use|carry out|engage in|conduct) (?:automated )?profiling|create (?:a )?profiles? (?:of|about)|build (?:a )?profile|create user profiles|profiling (?:takes place|is used)|draw inferences",
)
_PROFILES_NOT = re.compile(
    r"(?:kein(?:e[rn]?)?|nicht|verzichten auf|weder)[^.;]{0,80}(?:automatisierte[nr]?[^.;]{0,40}entscheidung\w*|profiling|profilbildung|profilerzeugung|entscheidungsfindung)|(?:profiling|entscheidungsfindung|entscheidungen)[^.;]{0,60}(?:nicht statt|nicht vor|findet nicht|erfolgt nicht|setzen wir nicht)|"
    r"(?:profiling|entscheidungsfindung|entscheidungen?|profilbildung)(?:[^.;]|art\.|abs\.){0,80}(?:nutzen|verwenden|setzen|treffen|führen|nehmen) wir[^.;]{0,14}nicht|entscheidung(?:en)?[^.;]{0,20}(?:allein|ausschließlich|lediglich)[^.;]{0,60}(?:findet|finden|erfolgt|wird)[^.;]{0,12} nicht|"
    r"automatisierte[nr]? [^.;]{0,30}entscheidung\w*[^.;]{0,70}(?:nicht statt|nicht vor|erfolgt nicht|erfolgen nicht|nicht getroffen)|(?:do not|don't|never|not) [^.;,]{0,24}(?:build|create) (?:a |any )?(?:[a-z]+ )?profiles?\b|kein(?:e|en)? [^.;,]{0,30}(?:bewegungs|nutzungs|nutzer|persönlichkeits|interessen)profile?\b|nicht zur [^.;]{0,60}profil\w+ genutzt|(?:no|not|do not|don't|neither)[^.;]{0,80}(?:automated (?:individual )?decision|profiling)|automated decision[^.;]{0,40}(?:does not|do not|is not|not used)",
)
_INTEREST = re.compile(r"kein Interesse|Recht(?: haben)?,? nicht|Recht auf|right not|right to", _I)
_MUST = re.compile(
    r"(?:zwingend|vertraglich|gesetzlich|für den vertragsschluss)[^.;]{0,40}(?:erforderlich|vorgeschrieben|notwendig)[^.;]{0,60}(?:ohne|nichtbereitstellung|andernfalls)|pflicht zur bereitstellung[^.;]{0,30} besteht|pflichtangaben?(?! besteht)|pflichtfeld\w*|(?<!nicht )(?:sind|ist) (?:sie )?verpflichtet[^.;]{0,60}(?:bereitzustellen|anzugeben)|"
    r"werden die (?:notwendigen|erforderlichen) (?:daten|informationen|angaben) nicht bereitgestellt|ohne (?:deren|diese|die) (?:angabe|daten|bereitstellung|angaben)[^.;]{0,80}(?:nicht|kann|können|entfällt|keine)|(?:ohne die|wenn sie (?:uns )?(?:diese|die) daten nicht)[^.;]{0,60} (?:können wir|ist es)[^.;]{0,40}nicht|bereitstellung[^.;]{0,60}(?:ist|sind) (?:für [^.;]{0,40} )?(?:erforderlich|notwendig|vorgeschrieben|verpflichtend)|"
    r"(?:sie müssen|müssen sie) (?:uns )?[^.;]{0,30}(?:daten|angaben|informationen)[^.;]{0,90}(?:bereitstellen|bereit stellen|angeben|mitteilen|zur verfügung stellen)|"
    r"ohne (?:die |eine |ihre |diese )?(?:verarbeitung|bereitstellung|angabe|erhebung|mitteilung|kenntnis)[^.;]{0,80}(?:nicht (?:möglich|durchgeführt|erbracht|geschlossen|bearbeitet|erfüllt|angeboten)|unmöglich|keine[nr]? (?:vertrag|nutzung|bearbeitung))|ohne (?:die|eine) (?:verarbeitung|bereitstellung|erhebung|angabe)[^.;]{0,80} (?:können|kann|ist|sind)[^.;]{0,60}(?:nicht|kein)|"
    r"\((?:pflicht(?:feld|angabe)?|mandatory|required)\)|providing (?:your |the |this |such |personal )*(?:data|information)[^.;]{0,20} (?:is|may be) (?:mandatory|required|necessary)|refusal to provide|weigerung,? [^.;]{0,80}(?:zur verfügung zu stellen|bereitzustellen)|(?:mandatory|required) (?:fields?|information|to (?:enter into|conclude|provide))|you (?:must|are required to|need to) provide|if you do not provide|without (?:this|these|such|your) (?:personal )?(?:data|information),? we (?:cannot|can not|are unable|will not)|provision of (?:your |the |this )?(?:personal )?data is (?:required|necessary|mandatory)|obliged to provide",
)
_NEED_NOT = re.compile(
    r"\((?:optional|freiwillig|voluntary)\)|keine (?:gesetzliche|vertragliche)[^.;]{0,60}\b(?:pflicht|verpflichtung)\b|nicht verpflichtet[^.;]{0,60}(?:bereitzustellen|anzugeben|daten)|freiwillige? (?:angaben?|zu übermitteln)|freiwillig (?:können|kannst) |(?:angabe|bereitstellung|eingabe|mitteilung|übermittlung|nutzung|teilnahme|kundenkonto|registrierung|anmeldung)[^.;]{0,80} (?:ist|erfolgt|sind) (?:[^.;]{0,20})?freiwillig|freiwillig (?:angeben|übermitteln|mitteilen|bereitstellen|zu übermitteln)|"
    r"weder gesetzlich (?:oder vertraglich )?vorgeschrieben noch|(?:weder gesetzlich noch vertraglich) (?:vorgeschrieben|erforderlich)|bereitstellung[^.;]{0,80}nicht (?:gesetzlich|vertraglich) vorgeschrieben|(?:not|no) (?:obliged|required|obligation|statutory or contractual)[^.;]{0,60}(?:provide|requirement)|(?:providing|provision of)[^.;]{0,60}(?:is|are) (?:voluntary|optional)|provided voluntarily|on a voluntary basis|\b(?:this|it|that) is (?:entirely |purely )?(?:voluntary|optional)|\b(?:das|dies) ist (?:ihnen )?freiwillig",
)
_AGE = re.compile(
    r"(?:unter|ab|vor (?:der )?Vollendung des|das|mindestens|jünger als|Mindestalter (?:von|beträgt|ist)|under(?: the age of)?|younger than|at least|below(?: the age of)?|age of|aged|over|older than|über)\s+(?P<age>\d{1,2})\.?\s*(?:Jahre?n?|Lebensjahr\w*|years?|-jährig\w*)?|(?P<age2>\d{1,2})\.\s*Lebensjahr|(?P<age6>1[3-8])\+|(?P<age3>\d{1,2}) years (?:of age|old)|(?P<age4>sechzehn|achtzehn|vierzehn|thirteen|sixteen|eighteen) (?:Jahre|years)|unter (?P<age5>\d{1,2})-Jährige",
    _I,
)
_AGES = {"sechzehn": 16, "achtzehn": 18, "vierzehn": 14, "thirteen": 13, "sixteen": 16, "eighteen": 18}
_YOUNG = re.compile(
    r"teilnahme[^.;]{0,24}\bab \d|ab \d+ jahren (?:möglich|erlaubt|gestattet)|(?:personen|kunden|käufer|nutzer|people|persons|customers) (?:ab|über|over|aged)|kinder|jugendliche|minderjährige|lebensjahr|mindestalter|richtet sich|richten sich|volljährig|eltern|sorgeberechtigt|(?:intended|designed|meant) for|directed (?:at|to)|anyone under|\badults?\b|erziehungsberechtigt|jahre(?:n)? alt|child|minor|parent|guardian|years (?:of age|old)|age of",
)
_DEADLINE = re.compile(
    r"(?:innerhalb|binnen|innert|within|spätestens|in der Regel innerhalb|no later than|nicht später als)[^.;]{0,30}$",
    _I,
)
_OWN_TIME = re.compile(
    r"beantwort\w*|antwort\w*|bestätig\w*|reagier\w*|bearbeit\w*|nachkommen|informier\w*|melden uns|benachrichtig\w*|unterricht\w*|erteil\w*|respond\w*|reply|replies|answer\w*|acknowledg\w*|confirm\w*|process your request|do so within|notification|get back|comply with|notify|umgesetzt|Auskunft|handle",
    _I,
)
#: stems of sentences that say that data need not, or must, be provided
_VOLUNTARY = ("pflicht", "freiwillig", "voluntar", "optional", "vorgeschrieben", "not ", "no ", "vertraglich")
_OBLIGED = ("weigerung", "pflicht", "ohne ", "nicht bereitgestellt", "müssen", "vorgeschrieben", "zwingend", "vertrag", "gesetz", "wenn sie ", "bereitstellung", "mandatory",
            "required", "provide", "without", "obliged")  # fmt: skip


_CITED = re.compile(r"\b(art|abs|nr|lit)\.(?=\s?[\da-z])")


def profiling(passage: Passage) -> Iterator[Reading]:
    """Whether profiling or automated decisions take place."""
    if (
        passage.about("definitions")
        or passage.block.kind == "heading"
        or not passage.has("rofil", "utomat", "score", "ückschl", "inferen")
    ):
        return
    for start, end in passage.sentences:
        sentence = passage.text[start:end]
        low = _CITED.sub(lambda found: found[1] + DOT, passage.low[start:end])
        denied = _PROFILES_NOT.search(low)
        said = denied or _PROFILES.search(low)
        if not said or _INTEREST.search(sentence) or (passage.topic == "rights" and denied is None):
            continue
        yield Reading("profiling", denied is None, start + said.start(), start + said.end(), 0.85)


def provision(passage: Passage) -> Iterator[Reading]:
    """Whether data must, or need not, be provided."""
    if passage.about("definitions", "security") or passage.block.kind == "heading":
        return
    if not passage.has(
        "pflicht",
        "freiwillig",
        "erforderlich",
        "voluntary",
        "provide",
        "provision",
        "bereit",
        "required",
        "mandatory",
        "ohne ",
        "optional",
        "oblig",
    ):
        return
    low = passage.low
    free = _NEED_NOT.search(low) if passage.has(*_VOLUNTARY) else None
    if free and free.group().startswith("(") and passage.about("cookies"):
        free = None
    must = _MUST.search(low) if passage.has(*_OBLIGED) else None
    if free:
        yield Reading("must_provide", False, free.start(), free.end(), 0.75)
    if (
        must
        and not (free and free.start() <= must.start() < free.end())
        and not (free and passage.topic == "provision")
    ):
        yield Reading("must_provide", True, must.start(), must.end(), 0.75)


def age_limits(passage: Passage) -> Iterator[Reading]:
    """A minimum age, where children or parents are spoken of."""
    text = passage.text
    if not passage.has(
        "jahr", "year", "alter", "adult", "age ", "child", "kind", "minor", "parent", "eltern", "young"
    ) or not _YOUNG.search(passage.low):
        return
    for start, end in passage.sentences:
        sentence = text[start:end]
        found = _AGE.search(sentence)
        if not found or not _YOUNG.search(passage.low, start, end):
            continue
        written = next((value for value in found.groupdict().values() if value), "")
        age = int(written) if written.isdigit() else _AGES[written.lower()]
        if 6 <= age <= 21:
            yield Reading("age_limit", age, start + found.start(), start + found.end(), 0.88)
            return


def deadlines(passage: Passage) -> Iterator[Reading]:
    """Time limits the controller sets itself for answers and confirmations."""
    if passage.about("definitions") or not passage.has(
        "innerhalb", "binnen", "innert", "within", "spätestens", "no later", "nicht später"
    ):
        return
    for start, end in passage.sentences:
        sentence = passage.text[start:end]
        done = _OWN_TIME.search(sentence)
        if not done or (
            re.search(r"lösch|speicher|aufbewahr|delet|retain|stored|Widerruf innerhalb", sentence)
            and not re.search(r"\bask\b[^.;]{0,90}do so within", sentence)
        ):
            continue
        for period in periods(sentence):
            before = _DEADLINE.search(sentence[: period.start])
            if not before:
                continue
            yield Reading(
                "deadline",
                {"what": _what(sentence, done), "within": period.value},
                start + before.start(),
                start + period.end,
                0.75,
            )


def _what(sentence: str, done: re.Match[str]) -> str:
    clause = sentence[max(0, done.start() - 40) : done.end() + 60]
    return squeezed(clause.split(",")[0])[:80].strip(" .")
