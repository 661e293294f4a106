"""`zusage init` and `zusage schema`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from zusage.cli.output import console

_START = """\
# yaml-language-server: $schema=declaration.schema.json
# A privacy notice as data. `zusage check .` says what is missing, `zusage write notice` writes the notice.
zusage: 1
languages: [de, en]
as_of: "{today}"
controller:
  name: TODO legal name with legal form
  email: privacy@example.com
  address: {{street: TODO, postcode: "00000", city: TODO, country: DE}}
activities:
  server-logs:
    title: {{de: Server-Protokolle, en: Server logs}}
    purposes:
      - id: operation
        text: {{de: Betrieb und Sicherheit der Website, en: operation and security of the website}}
        legal_bases:
          - citation: gdpr:6(1)(f)
            interest: {{de: sicherer Betrieb, en: secure operation}}
    subjects: [{{de: Besucher der Website, en: visitors of the website}}]
    data:
      - {{id: ip-address, text: {{de: IP-Adresse, en: IP address}}, origin: observed}}
      - {{id: request, text: {{de: aufgerufene Seite und Zeitpunkt, en: page requested and time}}, origin: observed}}
    retention:
      - {{id: seven-days, keep: P7D, from: collected, then: erase}}
"""

_STORES = """\
# yaml-language-server: $schema=stores.schema.json
# Where the data lie. Private: not for publication. `zusage init --scan URL` drafts a store from a database.
stores: {}
"""


@click.command("init")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=Path())
@click.option(
    "--from",
    "notice",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Draft from a notice.",
)
@click.option("--scan", "url", help="Draft the bindings from a database (URL, env:NAME or file:PATH).")
def init(folder: Path, notice: Path | None, url: str | None) -> int:
    """A new workspace in FOLDER: declaration.yaml, stores.yaml, keys, state database."""
    from zusage import clock
    from zusage.founding import create_workspace

    declaration = _START.format(today=clock.now().date())
    if notice is not None:
        from zusage.notice.reading import draft_declaration, load_document, read_facts

        document = load_document(notice)
        declaration = draft_declaration(document, read_facts(document))
    stores = _STORES
    if url is not None:
        from zusage.stores.drafting import draft_bindings

        stores = draft_bindings(url)
    create_workspace(folder, declaration, stores)
    for name, text in schemas().items():
        (folder / f"{name}.schema.json").write_text(text, encoding="utf-8")
    console().print(
        f"[green]made[/] a workspace in {folder.resolve()}\nnext: edit declaration.yaml, then `zusage check {folder}`"
    )
    return 0


def schemas() -> dict[str, str]:
    """The JSON Schemas of the two files, for editors."""
    from pydantic import BaseModel

    from zusage.declaration import Declaration
    from zusage.stores.bindings import Bindings

    models: dict[str, type[BaseModel]] = {"declaration": Declaration, "stores": Bindings}
    return {
        name: json.dumps(model.model_json_schema(by_alias=True), indent=2) + "\n"
        for name, model in models.items()
    }


@click.command("schema")
@click.argument("which", type=click.Choice(["declaration", "stores"]), default="declaration")
def schema(which: str) -> int:
    """Print the JSON Schema of declaration.yaml or stores.yaml."""
    click.echo(schemas()[which], nl=False)
    return 0
