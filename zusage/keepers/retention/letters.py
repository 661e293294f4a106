"""What the mail before a step says. A workspace may bring its own text: `mails/TEMPLATE.de.txt`, first line the subject."""

from __future__ import annotations

from datetime import datetime
from string import Template
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from zusage.keepers.context import Context
from zusage.keepers.retention.rules import RuleStep
from zusage.mail.message import Message
from zusage.mail.outbox import enqueue
from zusage.notice.writing.words import Words
from zusage.text import Language

_SUBJECT = {
    "de": "$controller: Ihre Daten werden am $day gelöscht",
    "en": "$controller: your data will be erased on $day",
}
_BODY = {
    "de": """Guten Tag,

wir speichern Daten zu Ihnen im Bereich „$activity“. Wie in unserer Datenschutzerklärung angekündigt, löschen wir sie am
$day, sofern bis dahin nichts Neues geschieht. Sie müssen dafür nichts tun. Möchten Sie, dass die Daten bleiben, melden
Sie sich bitte vorher wieder an.

$controller
$address
""",
    "en": """Hello,

we store data about you in the area “$activity”. As our privacy notice says, we will erase them on $day unless something
new happens before. There is nothing you need to do. If you want the data to stay, please sign in again before that day.

$controller
$address
""",
}


_RETURNED = {
    "de": (
        "Löschung aufgeschoben: $count Mails kamen zurück",
        "Zu $promise kamen Mails zurück, die eine Löschung ankündigen ($count). Die Daten bleiben, bis jemand entscheidet.",
    ),
    "en": (
        "Erasure put off: $count mails came back",
        "Mails that announce an erasure under $promise came back ($count). The data stay until somebody decides.",
    ),
}


def bounced_letter(connection: Connection, context: Context, promise: str, count: int, now: datetime) -> None:
    """The officer hears that people could not be told, and that their data therefore stay; no names."""
    to = context.officer()
    if to is None:
        return
    language: Language = context.declaration.languages[0]
    values = {"count": str(count), "promise": promise}
    subject, text = (Template(said).safe_substitute(values) for said in _RETURNED[language])
    message = Message(to, subject, text, "retention/bounced", language=language, reference=promise[:160])
    enqueue(
        connection, message, sender=context.sender(), now=now, key=f"{promise}/bounced/{now:%Y%m%d}"[-160:]
    )


def letter(context: Context, step: RuleStep, recipient: str, ends: datetime) -> Message:
    """The mail about one row's approaching end, in the notice's first language. Raises `BadMessage` when it is queued."""
    declaration = context.declaration
    language: Language = declaration.languages[0]
    name = step.step.notice.template if step.step.notice else step.step.recipe or "notice"
    own = context.folder / "mails" / f"{name}.{language}.txt"
    subject, body = _SUBJECT[language], _BODY[language]
    if own.is_file():
        subject, _, body = own.read_text(encoding="utf-8").partition("\n")
    said = {
        "controller": declaration.controller.name,
        "activity": step.activity.title.says(language),
        "day": Words.of(declaration, language).day(ends.astimezone(ZoneInfo(declaration.time_zone)).date()),
        "address": declaration.controller.email or "",
    }
    return Message(
        recipient=recipient,
        subject=Template(subject).safe_substitute(said).strip(),
        text=Template(body).safe_substitute(said).strip() + "\n",
        template=f"retention/{name}",
        language=language,
        reference=step.promise_id[:160],
    )
