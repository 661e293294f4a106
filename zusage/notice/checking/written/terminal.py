"""Whether a text sets cookies that need a yes, and whether it asks for one."""

from __future__ import annotations

import re

from zusage.notice.checking.written.sheet import Sheet
from zusage.notice.reading.document import Block

_SETS_COOKIES = re.compile(
    r"\b(?:Cookies?|Web-?[Bb]eacons?|Zählpixel|Tracking-?Pixel|tracking pixels?)\b[^.]{0,80}\b(?:setz|verwend|einge?setz|gespeichert|nutz|platzier|use|set|store|place)|\b(?:setz|verwend|nutz)(?:en|t)\b[^.]{0,60}\b[Cc]ookies?\b|\b(?:uses?|sets?|places?)\b[^.]{0,60}\b[Cc]ookies?\b"
)
_NONE = re.compile(r"\b(?:nicht|keine?|ohne|without|no|not|never|don't)\b", re.IGNORECASE)
_NECESSARY = re.compile(r"notwendig|erforderlich|necessary|essential|required", re.IGNORECASE)
#: gone with the session: of the kind that a page needs
_SESSION = re.compile(
    r"\b(?:until|when) you close\b|Schließen (?:des|Ihres) Browsers|nur (?:für|während) (?:die|der) Sitzung"
)
_DEFINES = re.compile(r"\s*(?:Bei )?(?:Ein )?Cookies? (?:sind|ist|handelt|are|is)\b|\s*A cookie is\b")
_AGREED = re.compile(r"Einwilligung|Zustimmung|eingewilligt|zustimm|consent|agree", re.IGNORECASE)
_LAW = re.compile(r"§ ?25|TDDDG|TTDSG|§ ?165|TKG|ePrivacy|PECR")


def sets_cookies(sheet: Sheet) -> list[tuple[str, Block]]:
    """Sentences by which cookies are set that are not said to be necessary."""
    return [
        (said, block)
        for said, block in sheet.sentences
        if _SETS_COOKIES.search(said)
        and not _NECESSARY.search(said)
        and not _NONE.search(said)
        and not _DEFINES.match(said)
        and not _SESSION.search(said)
    ]


def asks_for_consent(sheet: Sheet) -> bool:
    """Whether consent to cookies is spoken of, or the law that demands it is named."""
    asked = any("ookie" in said and _AGREED.search(said) for said, _ in sheet.sentences)
    return asked or bool(_LAW.search(sheet.document.text))
