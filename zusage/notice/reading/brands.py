"""Brands as recipients: organisations that a text calls by their everyday name ("an Stripe übermittelt", "Brevo (e-mail)").

A brand is a name of the lexicon; within a list of recipients, beside what it does for the controller, also one that the
lexicon does not know. Where the same section gives the company's legal name, that one counts (`same_company`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from zusage.lexicon import PhraseIndex, Service, companies, company_named, service_named, services
from zusage.notice.reading.companies import company_names

#: kinds of services that run at the controller's own place: nobody gets data by their use
_OWN_SOFTWARE = frozenset(("software", "cms", "shop", "fonts", "tags"))
NAME = re.compile(
    r"(?P<name>[A-Z][\w.+&’'-]*(?:\.(?:com|io|de|net|ai|org))?(?:\s[A-Z0-9][\w.+&’'-]*){0,3}|[a-z][\w-]{2,20}\.(?:com|io|de|net|ai|eu|org|app|dev))"
)
#: after the name: what it does, the next one, or the end
_THEN = re.compile(r"\s*(?:\(|,|;|/|$|\.\s*$|\s[–—-]\s|\s(?:for|für|zur|zum|und|and|or|oder|as|als)\s|:\s)")
#: labels that tell a task, not somebody
TASK = re.compile(
    r"(?:ing|tions?|ments?|ungs?|ity|ics|infrastructure|storage|delivery|support|access|analyse|analysen|security|e-?mails?|logs?|logins?|CRM|CDN|versand|buchhaltung|betrieb|payments?|orders?|"
    r"cookies?|data|daten|purposes?|zwecke?|requirements?|pflichten?|reasons?|performance|maps|fonts|database|datenbank|software|tools?|dienste?|services?)$",
    re.IGNORECASE,
)


#: "Google Ireland": a company of a group by its seat
_SEAT = re.compile(r"\s(?:Ireland|Europe|Deutschland|Germany)\b(?!\s[A-Z])")


@cache
def _index() -> PhraseIndex[bool | None]:
    """Everyday names of companies and of services: true where the name stands for whoever runs it, None for an ordinary word."""
    found: dict[str, bool | None] = {
        name: None if service.common_word else _is_organisation(service)
        for service in services()
        for name in (service.name, *service.aliases)
    }
    for company in companies().values():
        found.update(
            (name, True) for name in (company.short, *company.also) if found.get(name, True) is not None
        )
    return PhraseIndex(found.items(), inflected=False)


def _is_organisation(service: Service) -> bool:
    """Whether a service's name stands for whoever runs it ("Mollie"), and not for one product of several ("Google Maps")."""
    company = companies().get(service.company or "")
    return service.kind not in _OWN_SOFTWARE and (
        company is None or service.name in (company.short, *company.also)
    )


@lru_cache(maxsize=4096)
def is_brand(phrase: str) -> bool:
    """Whether a phrase is the everyday name of a company, or of a service called like its company."""
    service = service_named(phrase)
    return company_named(phrase) is not None or (service is not None and _is_organisation(service))


def is_product(phrase: str) -> bool:
    """Whether a phrase names a product of a company, or software that one runs oneself: not somebody."""
    return service_named(re.sub(r"\s\([^)]*\)$", "", phrase)) is not None and not is_brand(phrase)


@lru_cache(maxsize=4096)
def company_of(name: str) -> str | None:
    """The id of the company that a legal name, an everyday name or a service's name belongs to."""
    company = company_named(name)
    if company is not None:
        return company.id
    service = service_named(name)
    return service.company if service is not None else None


def same_company(brand: str, legal: str) -> bool:
    """Whether a legal name is that of the company which `brand` calls by its everyday name."""
    if not company_names(legal) or company_names(brand):
        return False
    known = company_of(brand)
    first = brand.split()[0].casefold()
    return (known is not None and known == company_of(legal)) or (
        len(first) > 3 and legal.casefold().startswith(first)
    )


def brand_at(text: str, start: int, end: int, *, surely: bool) -> tuple[int, int] | None:
    """The name at the beginning of a list's member: one of the lexicon, or (`surely`) any with a note on its task after it."""
    known = next(_index().find(text[start:end]), None)
    if known and known.start == 0:
        stop = start + known.end
        free = text[stop : stop + 1] not in ("-", "_", "@") and not company_names(text[start : stop + 30])
        if known.entry is None:
            surely = surely or re.match(r"\s\(|\s[–—]\s", text[stop : stop + 3]) is not None
        else:
            seat = _SEAT.match(text, stop, end) if free else None
            return (start, seat.end() if seat else stop) if known.entry and free else None
    found = NAME.match(text, start, end)
    if not found or not surely or not _THEN.match(text, found.end(), end):
        return None
    name = found["name"].rstrip(".")
    if len(name) < 2 or TASK.search(name) or company_names(text[start:end]):
        return None
    return start, start + len(name)


def listed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The members of an enumeration of names: cut at commas, semicolons, slashes and conjunctions outside of parentheses."""
    depth = 0
    begin = start
    at = start
    while at < end:
        char = text[at]
        depth += (char == "(") - (char == ")")
        cut = _CUT.match(text, at, end) if depth <= 0 and char in ",;/ " else None
        if cut:
            yield begin, at
            begin = at = cut.end()
            continue
        at += 1
    yield begin, end


_CUT = re.compile(
    r"\s*[,;/]\s*(?:(?:and|und|or|oder|sowie|as well as)\s)?|\s(?:and|und|or|oder|sowie|as well as)\s"
)
