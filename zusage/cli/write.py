"""`zusage write`: the notice, the Art. 30 record and the other documents."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import cast

import click

from zusage import clock
from zusage.cli.output import declaration_option, output_option
from zusage.declaration import Declaration
from zusage.declaration.loading import did_you_mean, load
from zusage.documents import Document, Format, render
from zusage.errors import ZusageError
from zusage.notice.writing.catalogue import DOCUMENTS, DocumentName
from zusage.notice.writing.catalogue import write as write_document
from zusage.notice.writing.records import customers
from zusage.notice.writing.wording import Wording
from zusage.text import Language


@click.command("write")
@click.argument("document", type=click.Choice(DOCUMENTS))
@declaration_option
@click.option(
    "--format",
    "format",
    type=click.Choice(["html", "md", "txt", "json", "pdf", "docx"]),
    help="Default: by --output's ending, else html.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option(
    "--language", type=click.Choice(["de", "en"]), help="Default: the declaration's first language."
)
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="By the law of this day (default: today).")
@output_option
def write(
    document: str,
    folder: Path,
    format: str | None,
    as_json: bool,
    language: str | None,
    as_of: datetime | None,
    output: Path | None,
) -> int:
    """Write DOCUMENT from the declaration alone."""
    declaration = load(folder)
    on = as_of.date() if as_of else clock.now().date()
    wording = Wording.load(folder) if folder.is_dir() else Wording()
    ending = output.suffix[1:] if output else ""
    chosen = (
        "json"
        if as_json
        else format or (ending if ending in ("html", "md", "txt", "json", "pdf", "docx") else "html")
    )
    spoken = cast(Language, language or declaration.languages[0])
    made = write_document(declaration, cast(DocumentName, document), spoken, on, wording)
    if document == "record" and folder.is_dir():
        made = with_customers(made, declaration, folder)
    content = render(made, cast(Format, chosen))
    if output:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_bytes(content)
        click.echo(f"wrote {output}", err=True)
    else:
        click.echo(content if chosen in ("pdf", "docx") else content.decode(), nl=False)
    return 0


def with_customers(made: Document, declaration: Declaration, folder: Path) -> Document:
    """The record with the customers of `parties.yaml` and what they booked (Art. 30(2)). Raises `ZusageError`."""
    from zusage.keepers.rights.parties import read_parties

    partners = read_parties(folder).customers.values()
    services = declaration.on_behalf.services if declaration.on_behalf else {}
    for one in partners:
        for name in one.services:
            if name not in services:
                raise ZusageError(
                    f"{one.name} booked '{name}', which has no entry in the record",
                    hint=did_you_mean(name, services) or "add it to on_behalf.services",
                )
    booked = [(one.name, one.email, one.services) for one in partners if one.services]
    return replace(made, blocks=(*made.blocks, *customers(declaration, made.language, booked)))
