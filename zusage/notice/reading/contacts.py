"""E-mail addresses, telephone numbers, and addresses on the web that serve privacy matters."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zusage.notice.reading.facts import Reading
from zusage.notice.reading.passages import Passage
from zusage.notice.reading.phrases import squeezed

MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,5}[A-Za-z]{2,12}(?![\w@])")
_MAIL_DISGUISED = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}\s?[\[(](?:at|ät|@)[\])]\s?[\w-]{1,63}(?:\.[\w-]{1,63}){0,3}\s?(?:\.|[\[(](?:dot|punkt)[\])])\s?[A-Za-z]{2,12}"
)
_PHONE = re.compile(
    r"(?:(?<![\w/])\+\d{1,3}|(?<![\w/.,-])\(?0\d{1,5}\)?)(?:[\s\u00a0()/.–-]{0,3}\d){5,13}(?:-\d{1,4})?(?!\d)"
)
_PHONE_WORD = re.compile(
    r"\bTel(?:efon)?\b|\bPhone\b|\bFon\b|\bRuf(?:nummer)?\b|\bHotline\b|\bcall\b|\bFax\b|\bT:|☎|telefonisch|\b(?:erreichen|Questions?|Fragen|contact|reach)\b",
    re.IGNORECASE,
)
_URL = re.compile(r"(?:https?://|www\.)[^\s<>\"“”„]{3,300}")
#: "policies.google.com/privacy": without a scheme, where its path tells what it is for
_BARE_PATH = re.compile(
    r"(?<![\w/@.:-])(?:[a-z0-9-]{1,40}\.){1,4}[a-z]{2,8}/[\w./?=&%#~-]{0,120}?(?:privacy|datenschutz|opt-?out|policy|policies)[\w./?=&%#~-]{0,120}",
    re.IGNORECASE,
)
#: the address of a site that only is what the notice is about
_OWN_SITE = re.compile(r"^(?:https?://)?(?:www\.)?[\w.-]+/?$")
_LODGED = re.compile(
    r"Aufsichts|Behörde|Beschwerde|Beauftragte|supervisory|complain|authority|commission|ombuds|opt-?out|Widerspr|EDÖB|CNIL",
    re.IGNORECASE,
)
_PRIVACY_URL = re.compile(
    r"privacy|datenschutz|policies|optout|opt-out|gdpr|dsgvo|rights|datarequest|dataprotection|privacyshield|/dpa\b|/legal/|widerspr",
    re.IGNORECASE,
)
_PRIVACY_HOST = re.compile(r"(?<![\w/@.-])(?:privacy|datenschutz)\.[\w-]+\.[a-z]{2,6}\b")
_PRIVACY_TALK = re.compile(
    r"Datenschutz|Daten(?:nutzung|verarbeitung)|Widerspr|Nutz\w*bedingungen|Opt-?out|Werbung|privacy|personal (?:data|information)|Aufsichtsbehörde|supervisory|formular|Beschwerde|terms|settings|complain|authority|CNIL|GDPR|data protection",
    re.IGNORECASE,
)


def contacts(passage: Passage) -> Iterator[Reading]:
    """E-mail addresses, telephone numbers, and addresses on the web that serve privacy matters."""
    text = passage.text
    for found in MAIL.finditer(text) if "@" in text else ():
        yield Reading("contact", found.group().rstrip("."), found.start(), found.end(), 0.97)
    for found in (
        _MAIL_DISGUISED.finditer(text) if passage.has("(at", "[at", "(ät", "[ät", "(@", "[@") else ()
    ):
        yield Reading("contact", squeezed(found.group()), found.start(), found.end(), 0.8)
    for found in _PHONE.finditer(text) if "+" in text or "0" in text else ():
        if _PHONE_WORD.search(text[max(0, found.start() - 60) : found.start()]) or found.group().startswith(
            "+"
        ):
            yield Reading("contact", squeezed(found.group().strip()), found.start(), found.end(), 0.9)
    yield from _on_the_web(passage)
    for found in _PRIVACY_HOST.finditer(text) if passage.has("privacy.", "datenschutz.") else ():
        yield Reading("contact", found.group(), found.start(), found.end(), 0.8)


def _on_the_web(passage: Passage) -> Iterator[Reading]:
    text = passage.text
    authority = passage.about("authority") or "ufsichtsbeh" in passage.lead
    own = passage.about("changes")
    for found in _URL.finditer(text) if "http" in text or "www." in text else ():
        address = found.group().rstrip(".,;:)”“!?")
        near = text[max(0, found.start() - 140) : found.start()]
        if re.search(r"(?:Website|Webseite|Homepage|Web):\s*$", near) and not (
            authority or _PRIVACY_URL.search(address)
        ):
            continue
        near = text[max(0, found.start() - 280) : found.start()] if _OWN_SITE.match(address) else near
        talk = _LODGED if _OWN_SITE.match(address) else _PRIVACY_TALK
        if not own and (
            authority
            or _PRIVACY_URL.search(address)
            or talk.search(near)
            or (talk is _PRIVACY_TALK and talk.search(passage.lead))
        ):
            yield Reading("contact", address, found.start(), found.start() + len(address), 0.85)
    for found in (
        _BARE_PATH.finditer(text)
        if not passage.about("changes") and passage.has("/privacy", "/datenschutz", "/opt", "/polic")
        else ()
    ):
        address = found.group().rstrip(".,;:)")
        yield Reading("contact", address, found.start(), found.start() + len(address), 0.8)
