"""Recipients in lists: items ("Payment providers: Stripe, Mollie"), and names in parentheses ("Paketdienst (DHL)")."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from zusage.law.countries import find_countries
from zusage.lexicon import is_agent, names_data
from zusage.notice.reading.brands import NAME, TASK, brand_at, listed
from zusage.notice.reading.companies import company_names
from zusage.notice.reading.facts import Reading
from zusage.notice.reading.passages import Passage
from zusage.notice.reading.phrases import enumeration, is_clause, squeezed, trimmed
from zusage.notice.reading.recipient_roles import reading_of
from zusage.notice.reading.recipient_words import is_known

#: where a list item's enumeration ends and its explanation begins
_EXPLAINS = re.compile(
    r"\s–\s|\sbei\s(?=[^,]*$)|:\s|\.\s|\s(?:zur|zum|für|for|who|that|which|to whom|including|such as|wie etwa|darunter|to the extent|in order|pursuant|as required|in accordance|on a need)\s|\s(?:involved|engaged|located|based)\b|\s\(|,\s(?:die|der|das|welche[rs]?|sofern|soweit|wenn|falls|where|if|when|as)\s"
)
#: where a phrase that no list knows ends: "entities ensuring the operation of our systems, for example …"
_PHRASE_END = re.compile(
    r"\s?[;:(]|\.\s|\.$|,\s|\s[–—-]\s|\s(?:who|that|which|to whom|where|when|if|unless|under|in connection|in order|as part|for the purpose|so that)\s"
)
_A_CLAUSE = re.compile(
    r"[\W\d]*(?:Keine?|No|Never|Zur|Zum|To|For|Um|In order|You|We|I|It|There|This|If|When|Where|Sie|Wir|Wenn|Sofern|Soweit|Falls|Dies|Es)\s"
)
#: nouns that say nothing without the clause after them
_GENERIC = re.compile(
    r"(?:(?:[Oo]ther|[Cc]ertain|[Aa]ny)\s)?(?:[Tt]hird part(?:y|ies)|[Cc]ompanies|[Ee]ntities|[Pp]ersons|[Pp]eople|[Oo]rgani[sz]ations)"
)
_WHO = re.compile(r"\s(?:who|that|which|to whom|with whom|whose)\s[^.;:(]{5,160}(?=[.;(]|$)")
#: "- With our group companies", "1. An andere Dienststellen"
_ADDRESSED = re.compile(r"[\W\d]*(?:With|To|An|with|to|an|By|by|Von|von)\s(?=\S)")
_LABEL = re.compile(r"\W*(?P<label>[^:;.()]{2,90}(?:\s\([^()]{1,60}\))?)\s?(?P<mark>:|\s[–—-])\s")
EXAMPLES = re.compile(
    r"\b(?:in particular|especially|vor allem|for example|such as|including|e[.․]g[.․]|z[.․]\s?B[.․]|wie etwa|beispielsweise|insbesondere)[:,]?\s"
)
_OPENED = re.compile(
    r"\s?\((?P<examples>(?:z[.․]\s?B[.․]|zum Beispiel|etwa|wie|insbesondere|e[.․]g[.․]|such as|like|including|for example)[:,]?\s)?(?:(?:derzeit|currently|aktuell|hier)[:,]?\s)?(?P<inside>[^()]{2,160})\)"
)
#: written like a name, not like a noun: "DHL", "eBay", "billbee.io"
_NAME_LIKE = re.compile(
    r"(?:[A-Z]{2,6}|[A-Za-z]*[a-z][A-Z]\w*|[\w-]+\.(?:com|de|io|net|org|eu|at|ch))(?:\s[A-Z][\w-]+)?"
)


def in_item(passage: Passage, *, bare: bool) -> list[Reading]:
    """The recipients that a list item names: its label and what follows it, or the members of its enumeration.

    Without `bare`, another sentence leads to the list, and only words known for recipients count.
    """
    text = passage.text
    if _A_CLAUSE.match(text):
        return []
    begin = _ADDRESSED.match(text)
    first = begin.end() if begin else 0
    label = _LABEL.match(text)
    if label and len(label["label"].split()) <= 12:
        found = list(_labelled(passage, label, bare=bare))
        if found:
            return found
        if label["mark"] == ":" and TASK.search(label["label"]):
            return []
    found = list(_brands(passage, first, len(text), surely=False))
    if found:
        return found
    stop = _ONTO.search(text, first) if _TO_WHAT.search(passage.lead) else None
    whole = _PROVIDERS_FOR.fullmatch(text, first) if bare and passage.language == "en" else None
    if whole:
        return [reading_of(passage, squeezed(whole["who"]), *whole.span("who"), None, 0.7)]
    found = [
        one
        for one in _members(passage, first, stop.start() if stop else len(text), bare=bare)
        if not _named(text, one.end)
    ]
    examples = EXAMPLES.search(text) if found else None
    if examples and text[examples.start() - 1 : examples.start()] != "(":
        found.extend(_categories(passage, examples.end(), _sentence_end(text, examples.end())))
    return found or (list(_phrase(passage)) if bare else [])


#: "Zugriff: der Teamarzt auf sportmedizinische Dokumente"
_TO_WHAT = re.compile(r"\b(?:Zugriff|Zugang)\b")
_ONTO = re.compile(r"\sauf\s(?=(?:[a-zäöüß]+\s){0,3}[A-ZÄÖÜ])")
#: "Contractors for identity verification": the whole item, where it is nothing but one phrase
_PROVIDERS_FOR = re.compile(
    r"\W*(?P<who>(?:[A-Za-z-]+\s){0,3}(?:[Cc]ontractors|[Pp]roviders|[Vv]endors|[Ss]uppliers|[Aa]gencies)\sfor\s(?:[a-z-]+\s?){1,6})\.?\s*"
)


def _named(text: str, end: int) -> bool:
    """Whether a category is but what the company in parentheses after it does ("Hosting provider (Nordwall Ltd)")."""
    opened = re.match(r"\s?\((?!z[.․]|e\.g|such|like|inc|wie|insb|for ex|u\.a)", text[end : end + 12])
    return bool(opened and company_names(text[end : text.find(")", end) + 1 or None]))


def _labelled(passage: Passage, label: re.Match[str], *, bare: bool) -> Iterator[Reading]:
    """ "Communication providers: Kudi (SMS), Brevo (e-mail)", "Resend – e-mail", "Advisers: auditors, lawyers"."""
    text = passage.text
    start, end = trimmed(text, *label.span("label"))
    brand = brand_at(text, start, end, surely=False)
    if brand and brand[1] >= end - 1:
        yield reading_of(passage, squeezed(text[slice(*brand)]), *brand, None, 0.7)
        return
    told = list(_members(passage, label.start("label"), label.end("label"), bare=bare))
    task = told or TASK.search(text[start:end])
    stop = _sentence_end(text, label.end())
    if told and _GLOSS.match(text, label.end()):
        yield from told
        return
    if not task or is_clause(text[label.end() : stop].split(",")[0]):
        yield from told
        return
    named = list(_brands(passage, label.end(), stop, surely=passage.language == "en"))
    # a category counts where no organisation is named, or names are but examples
    if not named or EXAMPLES.match(text, label.end()):
        yield from told
    yield from named
    yield from _categories(passage, label.end(), stop)


#: "Payment processors: third-party services that handle payments": what the label means
_GLOSS = re.compile(r"(?:[\w-]+\s){1,4}(?:that|who|which)\s")


def _sentence_end(text: str, start: int) -> int:
    found = re.search(r"\.\s|[.;]\s*$", text[start:])
    return start + found.start() if found else len(text)


def _brands(passage: Passage, start: int, end: int, *, surely: bool) -> Iterator[Reading]:
    """Organisations by their everyday names from `start`; a member with a purpose of its own ends the list of names."""
    text = passage.text
    for a, b in listed(text, start, end):
        a, b = trimmed(text, a, b)
        named = brand_at(text, a, b, surely=surely)
        if named:
            yield reading_of(passage, squeezed(text[slice(*named)]), *named, None, 0.7)
            if re.search(r"\s(?:for|für|zur|zum)\s", re.sub(r"\([^)]*\)", "", text[named[1] : b])):
                surely = False
        elif not surely:
            return


def _categories(passage: Passage, start: int, end: int) -> Iterator[Reading]:
    text = passage.text
    purpose = re.search(r"\s(?:for|zur|zum|für)\s", text[start:end])
    end = start + purpose.start() if purpose else end
    cut = re.search(r"\s(?:etc|usw)\W*$", text[start:end])
    for a, b in enumeration(text, start, start + cut.start() if cut else end):
        explains = _EXPLAINS.search(text, a + 3, b)
        a, b = trimmed(text, a, explains.start() if explains else b)
        phrase = re.split(r"\s(?:under|where|unter|soweit)\s", squeezed(text[a:b]))[0]
        if len(phrase.split()) <= 5 and not is_clause(phrase) and _somebody(phrase, passage.language):
            yield reading_of(passage, phrase, a, a + len(phrase), None, 0.7)


def _elliptic(text: str, members: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Members, where "hosting and IT service providers" and "Hosting- und IT-Dienstleister" are one."""
    open_at: int | None = None
    for a, b in members:
        word = text[a:b].strip()
        if word.endswith("-") or (
            TASK.fullmatch(word) or word in ("IT", "cloud", "hosting", "payment", "email")
        ):
            open_at = a if open_at is None else open_at
            continue
        yield (a if open_at is None else open_at), b
        open_at = None


def listed_categories(passage: Passage, start: int, end: int) -> Iterator[Reading]:
    """ "Such third parties include banks, payment method providers (such as card networks) and Stripe"."""
    text = passage.text
    for a, b in _elliptic(text, listed(text, start, end)):
        a, b = trimmed(text, a, b)
        named = brand_at(text, a, b, surely=False)
        if named:
            yield reading_of(passage, squeezed(text[slice(*named)]), *named, None, 0.7)
            continue
        opened = text.find(" (", a, b)
        stop = opened if opened > 0 else b
        clause = re.search(r"\s(?:who|that|which|to whom|whose)\s", text[a:stop])
        if clause and not _GENERIC.fullmatch(text[a : a + clause.start()]):
            stop = a + clause.start()
        phrase = squeezed(text[a:stop])
        generic = clause is not None and _GENERIC.match(phrase) is not None
        known = _somebody(phrase, passage.language) or is_agent(phrase, passage.language)
        if generic or (known and len(phrase.split()) <= 5 and not is_clause(phrase)):
            yield from with_names(passage, reading_of(passage, phrase, a, stop, None, 0.7))


def _somebody(phrase: str, language: str) -> bool:
    return bool(is_known(phrase, language)) and not names_data(phrase) and not company_names(phrase)


#: "Government authorities when required by law"
_ON_OCCASION = re.compile(
    r"\s(?:when|where|if|as|whenever)\s(?:\w+\s){0,3}?(?:required|requested|necessary|needed|permitted|applicable|legally|obliged)\b|\sto\s(?!the\b|our\b|us\b|whom\b|which\b)(?=[a-z]+\s[a-z])"
)


def _members(passage: Passage, start: int, end: int, *, bare: bool) -> Iterator[Reading]:
    """Each member of an enumeration up to the first clause."""
    text = passage.text
    companies = company_names(text[start:end])
    if companies and "," not in text[start:end]:
        return
    end = text.find("(", start, end) if companies and "(" in text[start:end] else end
    explains = _EXPLAINS.search(text, start + 3, end)
    labelled = end < len(text) or (explains is not None and explains.group() == ": ")
    for begin, stop in slashed(text, start, explains.start() if explains else end):
        for a, b in enumeration(text, begin, stop):
            limit = _ON_OCCASION.search(text, a + 3, b) if passage.language == "en" else None
            b = limit.start() if limit else b
            phrase = squeezed(text[a:b])
            if phrase in ("Art", "§") or (a == start and is_clause(phrase)):
                return
            if len(phrase) < 3 or len(phrase.split()) > 7 or is_clause(phrase):
                continue
            if any(a < start + name.end and start + name.start < b for name in companies) or (
                companies and find_countries(phrase)
            ):
                continue
            believed = (
                bare and not companies and phrase[0].isupper() and not (labelled and TASK.search(phrase))
            )
            told = _GENERIC.fullmatch(phrase) and _WHO.match(text, b)
            if told:
                yield reading_of(passage, squeezed(text[a : told.end()]), a, told.end(), None, 0.7)
                return
            if believed or is_agent(phrase, passage.language) or is_known(phrase, passage.language):
                yield from with_names(passage, reading_of(passage, phrase, a, b, None, 0.75))


def alternatives(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The parts of "potenzielle Arbeitgeber bzw. Partnerunternehmen"."""
    begin = start
    for cut in re.finditer(r"\s(?:bzw\u2024|beziehungsweise)\s", text[start:end]):
        if not text[begin : start + cut.start()].endswith("-"):
            yield begin, start + cut.start()
            begin = start + cut.end()
    yield begin, end


def slashed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The parts of "andere Ärzte / Psychotherapeuten"."""
    begin = start
    for cut in re.finditer(r"\s/\s", text[start:end]):
        yield begin, start + cut.start()
        begin = start + cut.end()
    yield begin, end


def _phrase(passage: Passage) -> Iterator[Reading]:
    """An item in small letters that no list knows: "entities ensuring the operation of our systems"."""
    text = passage.text
    if passage.language != "en" or not re.match(
        r"\W*(?:(?:the|our|any|other|certain|all|your|an?)\s)*[a-z]", text
    ):
        return
    found = _PHRASE_END.search(text, 4)
    start, end = trimmed(text, 0, found.start() if found else len(text))
    phrase = squeezed(text[start:end])
    if 1 <= len(phrase.split()) <= 14 and not is_clause(phrase) and not names_data(phrase):
        yield reading_of(passage, phrase, start, end, None, 0.55)
        examples = EXAMPLES.search(text, end)
        if examples:
            yield from _categories(passage, examples.end(), len(text))


def _abbreviates(letters: str, phrase: str) -> bool:
    """Whether letters stand for a phrase: "Allgemeiner Ruderverband (ARV)"."""
    words = re.findall(r"[A-ZÄÖÜ]\w+", phrase)
    return len(words) > 1 and letters.strip().casefold() == "".join(word[0] for word in words).casefold()


def with_names(passage: Passage, category: Reading) -> Iterator[Reading]:
    """A category and the organisations in parentheses after it: "Zahlungsdienstleister (z. B. PayPal, Stripe)".

    Where the names are not given as examples only, they stand for the category.
    """
    text = passage.text
    opened = _OPENED.match(text, category.end)
    if opened and _abbreviates(text[slice(*opened.span("inside"))], text[category.start : category.end]):
        yield category
        return
    names = list(_names(passage, *opened.span("inside"))) if opened else []
    examples = opened is not None and opened["examples"] is not None
    if not names or examples:
        yield category
    yield from names
    if opened and not names and (examples or _all_known(passage, *opened.span("inside"))):
        yield from _categories(passage, *opened.span("inside"))


def _all_known(passage: Passage, start: int, end: int) -> bool:
    """Whether what stands in parentheses are several categories of recipients, and nothing else."""
    members = [passage.text[a:b] for a, b in enumeration(passage.text, start, end)]
    named = [short for one in members if (short := re.sub(r"\s?(?:etc|usw|u[.․]a)\W*$", "", one))]
    return len(named) > 1 and all(_somebody(one, passage.language) for one in named)


def _names(passage: Passage, start: int, end: int) -> Iterator[Reading]:
    text = passage.text
    for a, b in listed(text, start, end):
        a, b = trimmed(text, a, b)
        named = brand_at(text, a, b, surely=False)
        whole = NAME.fullmatch(text, a, b)
        if (named and whole) or (_NAME_LIKE.fullmatch(text, a, b) and not TASK.search(text[a:b])):
            yield reading_of(passage, squeezed(text[a:b]), a, b, None, 0.65)
        elif named:
            yield reading_of(passage, squeezed(text[slice(*named)]), *named, None, 0.65)
