"""How long what is kept, from when, and what happens then."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from zusage.notice.reading.durations import Period, periods
from zusage.notice.reading.facts import Reading
from zusage.notice.reading.passages import DOT, Passage, holds
from zusage.notice.reading.phrases import squeezed, trimmed
from zusage.notice.reading.retention_words import FROM, NOT_THEN, STEMS_OF, THEN, TOLD, WORDS

#: in small letters
_KEEPS = re.compile(
    r"speicher|aufbewahr|aufzubewahr|gelösch|löschen|löschung|löscht|vorgehalten|vorhalten|anonymisier|gesperrt|archiv|vernicht|inaktiv|deaktivier|verfällt|ablauffrist|entfernt|"
    r"überschrieben|behalten|für die dauer (?:ihres|ihrer|des|der|deiner|deines)|löschfrist|bewahren|\bheben\b|aufheb|aufgehoben|"
    r"retain|retention|\bstored?\b|\bkeep\b|\bkept\b|delete|erase|anonymi[sz]e|destroy|purge|hold your|held for|overwritten|removed"
)
_STEMS = ("speicher", "für die dauer", "aufbewahr", "aufzubewahr", "lösch", "vorgehalten", "vorhalten", "anonymisier", "gesperrt", "archiv", "vernicht", "inaktiv", "deaktiv", "verfällt",
          "ablauffrist", "entfernt", "überschrieb", "behalten", "bewahren", "heben", "aufgehoben", "retain", "retention", "store", "keep", "kept", "delet", "erase", "anonymi", "destroy", "purge", "held",
          "hold", "overwrit", "remov")  # fmt: skip
_COOKIE = re.compile(r"\bCookies?\b|\bcookies?\b")
_SUBJECT = re.compile(
    r"^(?P<np>[^.;:]{3,140}?)\s(?:werden|wird|bleiben|verbleiben|verfällt|sind|are|is|will be|may be|müssen)\b"
)
#: "In diesem Fall werden die betroffenen Daten so lange gespeichert"
_INVERTED = re.compile(
    r"(?:^|[,;]\s)(?:[A-ZÄÖÜa-zäöü][^.;:,]{2,90}[,\s]\s?)?(?:werden|wird)\s(?P<np>(?:die |Ihre |diese |deine |der |das |alle )?(?:[a-zäöüß]+e[nrs]? ){0,3}[A-ZÄÖÜ][\wäöüß-]+(?: (?:und|sowie|oder) [A-ZÄÖÜ][\wäöüß-]+)?)\s(?:[a-zäöüß]+ ){0,4}[^.;:]{0,80}?(?:gespeichert|gelöscht|aufbewahrt|gesperrt|anonymisiert|vernichtet|vorgehalten)"
)
_OBJECT = re.compile(
    r"(?:speichern|löschen|bewahren|archivieren|behalten|verarbeiten|retain|store|keep|delete|erase)\s(?:wir\s|we\s)?(?P<np>[^.;:]{3,90}?)(?:\s(?:für|bis|nach|so\s?lange|solange|nur|spätestens|auf|in|over|for|until|as|after|once|when|sobald|wenn|maximal|mindestens|grundsätzlich|regelmäßig|automatisch|unverzüglich|\d)\b|,|$)"
)


def retentions(passage: Passage) -> Iterator[Reading]:
    """The periods a passage states, by duration and in words."""
    block = passage.block
    if block.kind in ("heading", "head") or passage.about("definitions"):
        return
    if passage.about("changes") and not passage.has("retention", "storage", "dauer"):
        return
    if block.kind == "row":
        yield from _row(passage)
        return
    if (
        passage.topic != "retention"
        and not passage.has(*_STEMS)
        and not re.search(r"dauer|frist", passage.lead)
        and not (block.kind == "item" and _listed_as_kept(block.section))
    ):
        return
    seen: set[tuple[str, str]] = set()
    labelled = False
    for start, end in passage.sentences:
        label = _LABEL.match(passage.text, start, end)
        labelled = bool(label) or (labelled and not _OTHER_LABEL.match(passage.text, start, end))
        for reading in _in_sentence(passage, start, end, labelled):
            key = (reading.value["keep"], reading.value["data"])
            if key not in seen:
                seen.add(key)
                yield reading


#: what tells that the words behind it are about how long
_LABEL = re.compile(
    r"\W*(?:(?:Daten)?(?:Speicher|Aufbewahrungs|Lösch)(?:dauer|fristen|frist|ung)|Aufbewahrung|Dauer der (?:Daten)?[Ss]peicherung|"
    r"(?:Data )?(?:Storage|Retention)(?: (?:period|duration|time))?s?|Kept(?: for)?|How long)\b[^.:]{0,30}[:–—]\s",
    re.IGNORECASE,
)
_OTHER_LABEL = re.compile(r"\W*[A-ZÄÖÜ][\w -]{2,40}:\s")


def _in_sentence(passage: Passage, start: int, end: int, labelled: bool) -> Iterator[Reading]:
    sentence = passage.text[start:end]
    about = (
        labelled
        or passage.topic == "retention"
        or bool(re.search(r"dauer|frist|retain|retention|how long", passage.lead))
        or (passage.block.kind == "item" and _listed_as_kept(passage.block.section))
    )
    low = passage.low[start:end]
    if not about and not (holds(low, _STEMS) and _KEEPS.search(low)):
        return
    if _COOKIE.search(sentence) and not re.search(r"\b(?:\w*[Dd]aten|data|Protokoll\w*)\b", sentence):
        return
    found = [period for period in periods(sentence) if _is_keeping(sentence, period)]
    for period in found:
        yield _reading(passage, start, end, period.value, period.start, period.end, 0.88)
    if (
        passage.about("rights", "security", "links")
        and not found
        and not labelled
        and not re.search(r"gelöscht|löschen wir|delete|entgegenstehen|entstanden sind", sentence)
    ):
        return
    yield from _in_words(passage, start, end, found, about)


#: stops that end no sentence
_CITED = re.compile(r"\b(Art|Abs|Nr|lit|S)\.(?=\s?[\da-z])")


@lru_cache(maxsize=256)
def _listed_as_kept(heading: str) -> bool:
    """Whether a heading tells that what stands below it is kept or deleted ("Deleted automatically")."""
    return bool(_KEEPS.search(heading.lower())) and "ookie" not in heading


def _in_words(passage: Passage, start: int, end: int, found: list[Period], about: bool) -> Iterator[Reading]:
    """The keeps that a sentence tells without a duration; `about`: the place is there for them."""
    low = passage.low[start:end]
    sentence = _CITED.sub(lambda found: found[1] + DOT, passage.text[start:end])
    told: set[str] = set()
    for keep, pattern in (*WORDS, *(TOLD if about else ())):
        if keep in told or not holds(low, STEMS_OF[keep]):
            continue
        said = pattern.search(sentence)
        if not said or not _tells(passage, sentence, keep, said, found):
            continue
        told.add(keep)
        yield _reading(passage, start, end, keep, said.start(), said.end(), 0.72)


def _tells(passage: Passage, sentence: str, keep: str, said: re.Match[str], found: list[Period]) -> bool:
    """Whether words that may tell a keep do so in their sentence."""
    if (
        found
        and keep not in ("contract", "until_withdrawal", "until_objection", "until_cleared")
        and _explained(sentence, keep, found, said)
    ):
        return False
    if _from_then(sentence, found, said):
        return False
    if (
        keep == "contract"
        and re.match(r"(?:wenn|sobald|nachdem|falls)\b", said.group(), re.IGNORECASE)
        and found
    ):
        return False
    if keep == "purpose":
        return not re.search(
            r"Vertrags(?:abwicklung|durchführung|erfüllung)|gesetzlichen \w*(?:fristen|pflichten) (?:erforderlich|notwendig)$",
            said.group(),
        )
    return keep != "statutory" or bool(
        passage.topic == "retention"
        or _TELLS_OF_KEEPING.search(sentence[: said.start()] + sentence[said.end() :])
    )


def _from_then(sentence: str, found: list[Period], said: re.Match[str]) -> bool:
    """Whether the words only tell when a period begins ("30 days after account deletion", "6 Monate nach Abschluss …")."""
    return any(
        0 <= said.start() - period.end < 30
        and bool(_BEGINS.match(sentence[period.end : said.start()] + said.group()))
        for period in found
    )


_BEGINS = re.compile(r"\W*(?:after|of|from|following|nach|ab|seit|nachdem|once|upon)\b", re.IGNORECASE)


_TELLS_OF_KEEPING = re.compile(
    r"lösch|gelöscht|speicher|aufbewahr|aufzubewahr|entgegen|unberührt|delet|retain|retention|store|keep|kept|archiv|Frist",
    re.IGNORECASE,
)


def _explained(sentence: str, keep: str, found: list[Period], said: re.Match[str]) -> bool:
    """Whether words and a duration tell the same period ("gesetzliche Aufbewahrungspflichten, die 6-10 Jahre betragen")."""
    nearest = min(found, key=lambda period: abs(period.start - said.end()))
    between = sentence[min(nearest.end, said.end()) : max(nearest.start, said.start())]
    apart = r"spätestens|anschließend|danach|at the latest|; |sobald|sofern|soweit|es sei denn|unless|except"
    if keep == "purpose" and said.end() <= nearest.start:
        apart += "|,"
    return len(between) < 100 and not re.search(apart, between)


#: "we keep it for longer than six years" is no limit
_LONGER = re.compile(r"\b(?:keep|retain|store|hold)\b[^.;]{0,60} longer than\s*$")


def _is_keeping(sentence: str, period: Period) -> bool:
    around = sentence[max(0, period.start - 90) : period.end + 70]
    if _COOKIE.search(around) and not re.search(r"\b(?:Daten|data)\b", around):
        return False
    if re.search(
        r"(?:\balle|\bevery|\bjede[ns]?)\s*$",
        sentence[max(0, period.start - 8) : period.start],
        re.IGNORECASE,
    ):
        return False
    if re.search(
        r"(?:unter|under|vor|mindestens|über|over|at least)\s*$",
        sentence[max(0, period.start - 12) : period.start],
    ) and re.search(r"alt\b|Lebensjahr|years of age|years old|Kinder|children", around):
        return False
    if re.search(r"\bask\b[^.;]{0,90}do so $", sentence[: period.start].removesuffix("within ")):
        return False
    before = sentence[: period.start]
    if _LONGER.search(before) and not re.search(r"\b(?:no|not)\b", before[-34:]):
        return False
    if re.match(r"['’]?s?\s(?:prior |written |advance )?notice\b", sentence[period.end :]):
        return False
    if re.match(r"\s*(?:alt\b|of age|old\b|Lebensjahr)", sentence[period.end :]) or re.search(
        r"(?:age of|Alter von|under|unter)\s*$", sentence[: period.start]
    ):
        return False
    return not (
        re.search(
            r"beantwort|bestätig|antwort|respond|reply|acknowledg|informieren Sie|ankündig|benachrichtigt|werden Sie informiert|\byou are (?:told|notified|informed)",
            sentence,
        )
        and not _KEEPS.search(sentence.lower())
    )


def _reading(
    passage: Passage, start: int, end: int, keep: str, said_start: int, said_end: int, confidence: float
) -> Reading:
    sentence = passage.text[start:end]
    clause_start, clause_end = _clause(sentence, said_start, said_end)
    value: dict[str, Any] = {
        "keep": keep,
        "from": _start_of(sentence[clause_start:clause_end]),
        "data": _data_of(passage, sentence),
        "then": _then(sentence[clause_start:clause_end]),
    }
    left, right = trimmed(passage.text, start + clause_start, start + clause_end)
    return Reading("retention", value, left, right, confidence)


def _clause(sentence: str, start: int, end: int) -> tuple[int, int]:
    """The part of a sentence between semicolons that states the period."""
    left = sentence.rfind(";", 0, start) + 1
    right = sentence.find(";", end)
    return left, len(sentence) if right < 0 else right


def _start_of(clause: str) -> str | None:
    return next((start for start, pattern in FROM if pattern.search(clause)), None)


def _then(clause: str) -> str | None:
    if NOT_THEN.search(clause):
        return None
    return next((then for then, pattern in THEN if pattern.search(clause)), None)


#: "- Invoices: ten years"
_LABELLED_DATA = re.compile(r"\W*(?P<data>[^:;.]{3,70}?):\s")


def _data_of(passage: Passage, sentence: str) -> str:
    label = _LABELLED_DATA.match(sentence) if passage.block.kind == "item" else None
    if label and not _LABEL.match(sentence):
        return squeezed(label["data"])
    for pattern in (_OBJECT, _INVERTED, _SUBJECT):
        found = pattern.search(sentence)
        if found:
            left, right = trimmed(found["np"], 0, len(found["np"]))
            phrase = squeezed(found["np"][left:right])
            if (
                re.search(r"[A-ZÄÖÜ][\wäöüß]{3}|data|information|logs?|records", phrase)
                and len(phrase.split()) <= 16
            ):
                return phrase
    if "Ihre Daten" in sentence or "Daten" not in sentence:
        return passage.block.section or "Daten"
    return "Daten"


_AS_NEEDED = re.compile(r"so lange wie nötig|solange erforderlich|as long as necessary", re.IGNORECASE)


def _row(passage: Passage) -> Iterator[Reading]:
    """A table's cell under "Speicherdauer", or one that tells a period; what is kept stands in the other cells."""
    block = passage.block
    if any("ookie" in column for column in block.columns) or (
        passage.about("cookies") and len(block.cells) > 2
    ):
        return
    if (
        block.columns
        and any(re.search(r"^(?:cookie )?name$", column.strip(), re.IGNORECASE) for column in block.columns)
        and not any("aten" in column or "ata" in column for column in block.columns)
    ):
        return
    titled = next(
        (
            at
            for at, column in enumerate(block.columns)
            if re.search(
                r"dauer|frist|löschung|aufbewahr|retention|period|kept|storage", column, re.IGNORECASE
            )
        ),
        None,
    )
    position = 0
    for at, cell in enumerate(block.cells):
        where = passage.text.find(cell, position) if cell else -1
        if where < 0:
            continue
        position = where + len(cell)
        found = periods(cell)
        worded = [(keep, said) for keep, pattern in WORDS if (said := pattern.search(cell))]
        needed = _AS_NEEDED.search(cell)
        if needed and not any(keep == "purpose" for keep, _ in worded):
            worded.append(("purpose", needed))
        if at != titled and not (found and len(cell) < 90 and at > 0) and not (worded and at > 0):
            continue
        data = _row_data(block.columns, block.cells, at)
        for period in found:
            value = {"keep": period.value, "from": _start_of(cell), "data": data, "then": _then(cell)}
            yield Reading("retention", value, where + period.start, where + period.end, 0.85)
        for keep, said in worded:
            if found and keep in ("statutory", "purpose") and len(cell) < 80:
                continue
            value = {"keep": keep, "from": _start_of(cell), "data": data, "then": _then(cell)}
            yield Reading("retention", value, where + said.start(), where + said.end(), 0.75)


def _row_data(columns: tuple[str, ...], cells: tuple[str, ...], at: int) -> str:
    for column, cell in zip(columns, cells, strict=False):
        if (
            re.search(r"daten|data|kategorie|categor|information|record", column, re.IGNORECASE)
            and cell
            and cell != cells[at]
        ):
            return cell
    return next((cell for place, cell in enumerate(cells) if cell and place != at), "Daten")
