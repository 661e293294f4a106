"""Partners of a processing contract (Art. 28): what they may open, are told of, and get before they sign.

A partner's page stands under a key of its own, and only while a contract is on file in `parties.yaml`. Documents are the
versions that were published with the notice; whoever has a contract is told when one of them changed.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Connection

from zusage.documents import render
from zusage.errors import ZusageError
from zusage.keepers.rights.parties import Customer, read_parties
from zusage.law.authorities import authority
from zusage.mail import Attachment, Message
from zusage.mail.outbox import enqueue, enqueue_many
from zusage.notice.writing.catalogue import DocumentName, write
from zusage.registers.attestations import attestations_of
from zusage.registers.publications import Publication, publications, text_of
from zusage.text import Language
from zusage.workspace import Workspace

#: what a partner may open
DOCUMENTS: tuple[DocumentName, ...] = ("measures", "processors", "hosted")
_PATH = "/partners/{customer}/{key}"
_SUBJECT = {
    "de": "Neue Fassung der Vertragsunterlagen",
    "en": "New version of the contract's documents",
}
_TEXT = {
    "de": "Guten Tag,\n\nab dem {day} gilt eine neue Fassung: {names}.\nAktuelle und frühere Fassungen: {link}\n\n{controller}\n",
    "en": "Hello,\n\na new version applies from {day}: {names}.\nPresent and earlier versions: {link}\n\n{controller}\n",
}
_DRAFT = {"de": "Vertragsentwurf mit Garantien", "en": "Draft contract with guarantees"}


class NoPartner(ZusageError):
    """There is no such partner, or no contract with it now."""


class NotReady(ZusageError):
    """A draft lacks a guarantee that belongs to it; nothing was sent."""

    exit_code = 1


class NotCompetent(ZusageError):
    """The record goes to a competent supervisory authority and to nobody else; nothing was handed over."""

    exit_code = 1


@dataclass(frozen=True, slots=True)
class Version:
    """A published version of the documents, and whether it is the one in force."""

    publication: Publication
    current: bool


def path_of(workspace: Workspace, customer: str) -> str:
    """Where a partner's page stands: under a key that nobody can guess. Raises `NoPartner`."""
    customer_of(workspace, customer)
    return _PATH.format(customer=customer, key=_key(workspace, customer))


def partner(workspace: Workspace, customer: str, key: str, today: date) -> Customer:
    """The partner that a key belongs to. Raises `NoPartner` for a wrong key, and without a contract in force."""
    if not hmac.compare_digest(key, _key(workspace, customer)):
        raise NoPartner("there is no such page")
    found = customer_of(workspace, customer)
    if found.contract is None or found.contract > today:
        raise NoPartner("there is no processing contract with this customer")
    return found


def versions(connection: Connection, today: date) -> list[Version]:
    """The published versions up to a day, the one in force first."""
    there = [one for one in publications(connection) if one.as_of <= today]
    return [Version(one, position == 0) for position, one in enumerate(there)]


def tell_changes(workspace: Workspace, connection: Connection, made: Publication, now: datetime) -> int:
    """Write to every partner whose documents the new version changes; returns to how many. In the caller's transaction."""
    earlier = next((one for one in publications(connection) if one.as_of < made.as_of), None)
    if earlier is None:
        return 0
    language = workspace.declaration.languages[0]
    changed = [name for name in DOCUMENTS if _differs(connection, earlier, made, language, name)]
    partners = read_parties(workspace.folder).customers
    mails = {
        f"partners/{made.as_of}/{id}": _told(workspace, id, one, made, changed, language)
        for id, one in partners.items()
        if changed and one.contract and one.contract <= now.date()
    }
    return enqueue_many(connection, mails, sender=workspace.context.sender(), now=now)


def send_draft(workspace: Workspace, customer: str, person: str, now: datetime) -> list[str]:
    """Send a prospective customer the draft with every guarantee (Art. 28(1)): measures, sub-processors, certificates.

    Returns the names of what went with it. Raises `NotReady` naming what is missing.
    """
    found, language = customer_of(workspace, customer), workspace.declaration.languages[0]
    files = list(_guarantees(workspace, language, now))
    message = Message(
        recipient=found.email, name=found.name, subject=_DRAFT[language], language=language,
        text=f"{found.name}\n\n" + "\n".join(one.name for one in files) + f"\n\n{workspace.declaration.controller.name}\n",
        template="partners/draft", reference=f"partner/{customer}", attachments=tuple(files),
    )  # fmt: skip
    actor = workspace.context.keys.pseudonym("actors", person)
    with workspace.state.begin() as connection:
        enqueue(
            connection,
            message,
            sender=workspace.context.sender(),
            now=now,
            key=f"partners/draft/{customer}/{now:%Y%m%d%H%M}",
        )
        facts = {"documents": len(files)}
        workspace.context.ledger.append(connection, "partners/draft-sent", facts, at=now, actor=actor)
    return [one.name for one in files]


def hand_over(workspace: Workspace, to: str, file_number: str, person: str, now: datetime) -> bytes:
    """The record of the day for the competent authority (Art. 30(4)), as a page; the hand-over is on record.

    Raises `NotCompetent` for anybody else, and where no file number was given.
    """
    declaration = workspace.declaration
    competent = declaration.authority.id if declaration.authority else None
    actor = workspace.context.keys.pseudonym("actors", person)
    known = competent is not None and to.upper() == competent and bool(file_number.strip())
    facts = {
        "authority": competent if known else "nobody-competent",
        "file": hashlib.sha256(file_number.encode()).hexdigest()[:16],
    }
    with workspace.state.begin() as connection:
        kind = "record/handed-over" if known else "record/refused"
        workspace.context.ledger.append(connection, kind, facts, at=now, actor=actor)
    if not known:
        name = authority(competent).name.says("en") if competent else "nobody"
        raise NotCompetent(
            "the record is not handed to anybody else", hint=f"competent is {name}, which names a file number"
        )
    return render(write(declaration, "record", declaration.languages[0], now.date()), "html")


def _key(workspace: Workspace, customer: str) -> str:
    return workspace.context.keys.pseudonym("partners", customer).rpartition(".")[2]


def customer_of(workspace: Workspace, customer: str) -> Customer:
    """A customer of `parties.yaml`. Raises `NoPartner`."""
    found = read_parties(workspace.folder).customers.get(customer)
    if found is None:
        raise NoPartner(f"parties.yaml has no customer '{customer}'")
    return found


def _differs(
    connection: Connection, old: Publication, new: Publication, language: Language, name: str
) -> bool:
    """Whether the text of a document changed, its dates and digest aside."""
    texts = [text_of(connection, one.id, language, name) or b"" for one in (old, new)]
    return _body(texts[0]) != _body(texts[1])


def _body(page: bytes) -> bytes:
    return page.partition(b"<footer")[0]


def _told(
    workspace: Workspace,
    id: str,
    one: Customer,
    made: Publication,
    changed: list[DocumentName],
    language: Language,
) -> Message:
    titles = [write(workspace.declaration, name, language, made.as_of).title for name in changed]
    link = workspace.context.link(path_of(workspace, id))
    text = _TEXT[language].format(
        day=made.as_of, names=", ".join(titles), link=link, controller=workspace.declaration.controller.name
    )
    return Message(
        recipient=one.email, name=one.name, subject=_SUBJECT[language], text=text, language=language,
        template="partners/changed", reference=f"partner/{id}",
    )  # fmt: skip


def _guarantees(workspace: Workspace, language: Language, now: datetime) -> Iterator[Attachment]:
    """What goes with a draft. Raises `NotReady`."""
    declaration = workspace.declaration
    with workspace.state.connect() as connection:
        current = next(iter(versions(connection, now.date())), None)
        texts = {
            name: text_of(connection, current.publication.id, language, name) if current else None
            for name in ("measures", "processors")
        }
    for name, text in texts.items():
        if text is None or current is None:
            raise NotReady(f"no version of '{name}' is published", hint="zusage publish --by NAME")
        yield Attachment(f"{name}-{current.publication.as_of}.html", "text/html", text)
    certificates = [name for name, one in declaration.measures.items() if one.kind == "certification"]
    if not certificates:
        raise NotReady("no certificate is declared", hint="declare a measure of the kind 'certification'")
    for name in certificates:
        yield _certificate(workspace, name, now)


def _certificate(workspace: Workspace, name: str, now: datetime) -> Attachment:
    """The certificate on file for a measure: the very file that somebody vouched for."""
    with workspace.state.connect() as connection:
        made = attestations_of(connection, f"attestation/measure/{name}")
    valid = [one for one in made if one.withdrawn_at is None and one.made_at <= now < one.valid_until]
    wanted = {one.document_sha256 for one in valid}
    for path in sorted((workspace.folder / "certificates").glob("*")):
        if hashlib.sha256(path.read_bytes()).hexdigest() in wanted:
            return Attachment(
                path.name, _TYPES.get(path.suffix, "application/octet-stream"), path.read_bytes()
            )
    raise NotReady(
        f"no certificate in force is on file for '{name}'",
        hint=f"put it into certificates/ and vouch for it: zusage attest measure/{name} --document {Path('certificates')}/…",
    )


_TYPES = {".pdf": "application/pdf", ".txt": "text/plain", ".html": "text/html"}
