"""Publishing the notice: only what passes its check and covers what the stores hold becomes a version, dated and kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from html import unescape

from zusage.declaration import strict_yaml
from zusage.declaration.inventory import load_inventory
from zusage.documents import render
from zusage.errors import ZusageError
from zusage.findings import Finding, Place, Severity, worst_first
from zusage.keepers.retention.versions import keeps
from zusage.notice.checking.declared import check_declaration
from zusage.notice.checking.deployed import check_deployed
from zusage.notice.checking.readback import unstated
from zusage.notice.checking.worded import check_wording
from zusage.notice.checking.written.wording import placeholders
from zusage.notice.reading import document_of, read_facts
from zusage.notice.writing.catalogue import DocumentName, write
from zusage.notice.writing.wording import Wording
from zusage.partners import tell_changes
from zusage.registers.announcements import announcements, standing_of
from zusage.registers.publications import Publication, add_publication, publications, text_of
from zusage.stores.inspecting import drift, linkable
from zusage.text import Text
from zusage.workspace import Workspace

#: what a store holds and no category of the notice covers: no version may go out over it
_UNCOVERED = frozenset({"store/undeclared-column", "store/undeclared-table"})


#: documents that become a version together with the notice
FURTHER: tuple[DocumentName, ...] = ("measures", "processors", "hosted")


class NotPublishable(ZusageError):
    """The notice does not pass; nothing was published. `findings` says why."""

    exit_code = 1

    def __init__(self, findings: Sequence[Finding]) -> None:
        first = findings[0]
        super().__init__(f"the notice is not published: {first.message.says('en')} ({first.place})")
        self.findings = list(findings)


@dataclass(frozen=True, slots=True)
class Published:
    """What was published, and what was noticed on the way that does not forbid it."""

    publication: Publication
    noticed: tuple[Finding, ...]


def texts_of(workspace: Workspace, on: date | None = None) -> dict[str, bytes]:
    """The notice as it is published: one page in each declared language, by the law of its status date (or of `on`)."""
    declaration, wording = workspace.declaration, Wording.load(workspace.folder)
    return {
        language: render(write(declaration, "notice", language, on or declaration.as_of, wording), "html")
        for language in declaration.languages
    }


def _further(workspace: Workspace) -> dict[tuple[str, str], bytes]:
    """What readers of the notice may open beside it, kept with the version: measures, providers."""
    declaration = workspace.declaration
    return {
        (name, language): render(write(declaration, name, language, declaration.as_of), "html")
        for name in FURTHER
        for language in declaration.languages
    }


def examine(workspace: Workspace, now: datetime, *, look_at_stores: bool = True) -> list[Finding]:
    """Everything that stands against publishing now, and everything else that is wrong; the worst first."""
    document = strict_yaml.read(workspace.folder / "declaration.yaml")
    found = check_declaration(workspace.declaration, now.date(), document)
    found += check_wording(workspace.declaration, Wording.load(workspace.folder), workspace.declaration.as_of)
    found += check_deployed(workspace.declaration, load_inventory(workspace.folder), now.date())
    found += _dates(workspace, now)
    found += _law_changed(workspace, now)
    found += _left_open(workspace)
    found += _untold(workspace, now)
    found += _out_of_date(workspace)
    if look_at_stores:
        anonymous = {
            name: said
            for name, activity in workspace.declaration.activities.items()
            if (said := [one.id for one in activity.data if one.anonymous])
        }
        for store in workspace.context.stores.values():
            found += drift(store)
            found += linkable(store, anonymous)
    return worst_first(found)


def _untold(workspace: Workspace, now: datetime) -> Iterator[Finding]:
    """A changed text whose account holders were not told, though the declaration says that they are."""
    declaration = workspace.declaration
    if not declaration.rights.changes_told:
        return
    with workspace.state.connect() as connection:
        before = publications(connection)
        made = announcements(connection, kind="notice-change")
        reached = [standing_of(connection, one) for one in made]
    if not before or digest_of(texts_of(workspace)) in {one.digest for one in before}:
        return
    newest = max(one.as_of for one in before)
    told = [
        one
        for one in reached
        if one["effective_at"].date() > newest
        and one["effective_at"].date() >= declaration.as_of
        and one["arrived"]
    ]
    if not told:
        yield Finding(
            "notice/change-untold", Severity.ERROR,
            Text("Die Kontoinhaber wissen noch nichts von dieser Änderung.", "Account holders were not told of this change."),
            Place(file="declaration.yaml", key="rights.changes_told"),
            instead=Text(
                "zusage announce new --kind notice-change, dann veröffentlichen",
                "zusage announce new --kind notice-change, then publish",
            ),
        )  # fmt: skip


def _left_open(workspace: Workspace) -> Iterator[Finding]:
    """Placeholders in the text that would go out, wherever they come from."""
    for language, content in texts_of(workspace).items():
        for said in dict.fromkeys(placeholders(unescape(content.decode()))):
            yield Finding(
                "notice/placeholder", Severity.ERROR,
                Text(f"Ein Platzhalter ist stehen geblieben: {said}", f"A placeholder was left: {said}"),
                Place(file=f"notice ({language})"),
            )  # fmt: skip


def publish(
    workspace: Workspace, person: str, now: datetime, *, look_at_stores: bool = True, told: bool = False
) -> Published:
    """Publish the declaration's notice as a version. Raises `NotPublishable` where an error stands against it.

    `told`: everybody concerned was told of the changes before, so that a longer period counts for older data too.
    """
    found = examine(workspace, now, look_at_stores=look_at_stores)
    errors = [
        finding for finding in found if finding.severity is Severity.ERROR or finding.code in _UNCOVERED
    ]
    if errors:
        raise NotPublishable(errors)
    texts, declaration = texts_of(workspace), workspace.declaration
    digest = digest_of(texts)
    kept = {("notice", language): text for language, text in texts.items()} | _further(workspace)
    with workspace.state.begin() as connection:
        there = next((one for one in publications(connection) if one.as_of == declaration.as_of), None)
        if there is not None:
            return Published(there, tuple(found))
        add_publication(
            connection, declaration.as_of, declaration.version, digest, kept, declaration.recipients, now,
            keeps=keeps(declaration), told=told,
        )  # fmt: skip
        facts = {"as_of": declaration.as_of.isoformat(), "digest": digest}
        actor = workspace.context.keys.pseudonym("actors", person)
        workspace.context.ledger.append(connection, "notice/published", facts, at=now, actor=actor)
        made = next(one for one in publications(connection) if one.as_of == declaration.as_of)
        tell_changes(workspace, connection, made, now)
    return Published(made, tuple(found))


def digest_of(texts: dict[str, bytes]) -> str:
    """SHA-256 over all texts in the order of their languages, 16 hexadecimal digits."""
    return sha256(b"\n".join(texts[language] for language in sorted(texts))).hexdigest()[:16]


def _out_of_date(workspace: Workspace) -> list[Finding]:
    """What is declared by now but not stated in the newest published version."""
    declaration = workspace.declaration
    language = declaration.languages[0]
    with workspace.state.connect() as connection:
        newest = next(iter(publications(connection)), None)
        text = text_of(connection, newest.id, language) if newest else None
    if text is None:
        return []
    fresh = texts_of(workspace)[language]
    if text == fresh:
        return []
    missing = unstated(declaration, language, read_facts(document_of(text, "html")))
    # what even a fresh notice is not read back as: the reader's limits, not the notice's
    limits = unstated(declaration, language, read_facts(document_of(fresh, "html")))
    was = {finding.message for finding in limits}
    return [
        Finding(
            "notice/out-of-date",
            Severity.WARNING,
            Text(
                f"Die veröffentlichte Erklärung ist überholt. {one.message.says('de')}",
                f"The published notice is out of date. {one.message.says('en')}",
            ),
            one.place,
        )
        for one in missing
        if one.message not in was
    ]


def _law_changed(workspace: Workspace, now: datetime) -> list[Finding]:
    """A law or decision that the text names has another name, or a successor, by now: a new version is due."""
    declaration = workspace.declaration
    if now.date() <= declaration.as_of or texts_of(workspace) == texts_of(workspace, now.date()):
        return []
    said = Text(
        f"Seit dem Stand {declaration.as_of} wurden genannte Gesetze oder Beschlüsse umbenannt oder ersetzt; "
        "eine neue Fassung ist fällig.",
        f"Since {declaration.as_of}, laws or decisions that the text names were renamed or replaced; a new version is due.",
    )
    return [Finding("notice/law-changed", Severity.WARNING, said, Place("declaration.yaml", key="as_of"))]


def _dates(workspace: Workspace, now: datetime) -> list[Finding]:
    """A changed text without a new date, a date in the future, a date before the newest version."""
    declaration, problems = workspace.declaration, list[tuple[str, Text]]()
    with workspace.state.connect() as connection:
        versions = publications(connection)
        same = next((one for one in versions if one.as_of == declaration.as_of), None)
        if same is not None:
            texts = texts_of(workspace)
            if any(text_of(connection, same.id, language) != text for language, text in texts.items()):
                problems.append(
                    (
                        "changed-without-date",
                        Text(
                            f"Der Text wurde geändert, trägt aber noch den Stand {declaration.as_of}.",
                            f"The text was changed but still bears the date {declaration.as_of}.",
                        ),
                    )
                )
    if declaration.as_of > now.date():
        problems.append(
            ("date-in-future", Text("Der Stand liegt in der Zukunft.", "The status date lies in the future."))
        )
    if versions and declaration.as_of < versions[0].as_of:
        said = Text(
            f"Der Stand liegt vor der jüngsten Fassung ({versions[0].as_of}).",
            f"The status date lies before the newest version ({versions[0].as_of}).",
        )
        problems.append(("date-goes-back", said))
    return [
        Finding(f"notice/{code}", Severity.ERROR, said, Place("declaration.yaml", key="as_of"))
        for code, said in problems
    ]
