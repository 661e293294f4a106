"""What the declaration promises about rights: each right, each channel, each own deadline, passing on, telling others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from zusage.declaration import Declaration
from zusage.declaration.rights import Right
from zusage.keepers.rights.deadlines import PASS_ON
from zusage.notice.writing.words import Words
from zusage.promises import Promise
from zusage.text import Text

KEEPER = "rights"

#: right → the article that gives it
ARTICLE: dict[str, str] = {
    "access": "gdpr:15", "rectification": "gdpr:16", "erasure": "gdpr:17", "restriction": "gdpr:18",
    "portability": "gdpr:20", "objection": "gdpr:21", "no-automated-decision": "gdpr:22",
    "withdraw-consent": "gdpr:7(3)", "complaint": "gdpr:77(1)", "question": "gdpr:38(4)",
}  # fmt: skip
_NAMES: dict[str, Text] = {
    "access": Text("Auskunft", "access"),
    "rectification": Text("Berichtigung", "rectification"),
    "erasure": Text("Löschung", "erasure"),
    "restriction": Text("Einschränkung der Verarbeitung", "restriction of processing"),
    "portability": Text("Datenübertragbarkeit", "data portability"),
    "objection": Text("Widerspruch", "objection"),
    "no-automated-decision": Text("Prüfung durch einen Menschen", "review by a person"),
    "withdraw-consent": Text("Widerruf der Einwilligung", "withdrawal of consent"),
    "complaint": Text("Hinweis zur Beschwerde", "how to complain"),
    "question": Text("Fragen zum Datenschutz", "questions on data protection"),
}


def rights_promises(declaration: Declaration) -> Iterator[Promise]:
    """All promises of this keeper."""
    for right in get_args(Right):
        name = _NAMES[right]
        text = Text(
            f"Anträge ({name.says('de')}) werden binnen eines Monats beantwortet.",
            f"Requests ({name.says('en')}) are answered within a month.",
        )
        terms = {"rights": [right], "within": "P1M"}
        yield Promise(f"rights/{right}", KEEPER, "right", text, ARTICLE[right], terms=terms)
    yield from _channels(declaration)
    yield from _deadlines(declaration)
    if declaration.on_behalf is not None:
        within = declaration.on_behalf.pass_on_within
        terms = {"rights": [], "within": str(within or PASS_ON)}
        yield Promise(
            "rights/pass-on", KEEPER, "pass-on", declaration.on_behalf.text, "gdpr:28(3)(e)", terms=terms
        )
    if any(one.notify != "none" for one in declaration.recipients.values()):
        text = Text(
            "Empfänger erfahren von Löschung, Berichtigung und Einschränkung.",
            "Recipients hear of erasure, rectification and restriction.",
        )
        yield Promise("rights/recipients", KEEPER, "recipients", text, "gdpr:19", terms={"rights": []})


def _channels(declaration: Declaration) -> Iterator[Promise]:
    for number, one in enumerate(declaration.rights.channels, 1):
        same = sum(each.kind == one.kind for each in declaration.rights.channels) > 1
        identifier = f"rights/channel/{one.kind}" + (f"-{number}" if same else "")
        de, en = (Words(language).say(f"channel-{one.kind}") for language in ("de", "en"))
        text = (
            Text(f"Anträge werden angenommen: {de}.", f"Requests are taken: {en}.")
            if one.accepted
            else Text(f"Anträge werden nicht angenommen: {de}.", f"Requests are not taken: {en}.")
        )
        terms = {"channel": one.kind, "accepted": one.accepted, "rights": list(one.rights)}
        yield Promise(identifier, KEEPER, "channel", text, "gdpr:12(2)", terms=terms)


def _deadlines(declaration: Declaration) -> Iterator[Promise]:
    seen: dict[str, int] = {}
    for one in declaration.rights.deadlines:
        if one.what not in ("answer", "acknowledge", "erase", "rectify", "stop-marketing"):
            continue
        seen[one.what] = seen.get(one.what, 0) + 1
        identifier = f"rights/deadline/{one.what}" + (f"-{seen[one.what]}" if seen[one.what] > 1 else "")
        whose = [_NAMES[right] for right in one.rights]
        within_de, within_en = one.within.text("de"), one.within.text("en")
        about_de = f" ({', '.join(name.says('de') for name in whose)})" if whose else ""
        about_en = f" ({', '.join(name.says('en') for name in whose)})" if whose else ""
        text = one.text or Text(
            f"Eigene Frist{about_de}: {within_de}.", f"Own time limit{about_en}: {within_en}."
        )
        terms = {"what": one.what, "within": str(one.within), "rights": list(one.rights)}
        kind = "acknowledge" if one.what == "acknowledge" else "deadline"
        yield Promise(identifier, KEEPER, kind, text, "gdpr:12(3)", terms=terms)
