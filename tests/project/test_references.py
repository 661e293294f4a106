"""The generated references say what the source says."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from tools import check_docs, command_reference, model_reference

_MODEL = '''
#: A duration such as `P7D`.
Period = Annotated[Duration, BeforeValidator(read)]

class Rule(Part):
    """One rule."""

    #: counted from the event
    since: Annotated[str, Field(alias="from")]
    keep: Period | None = None
    then: Literal["erase", "restrict"] = "erase"

class Declaration(Part):
    """The notice."""

    rules: tuple[Rule, ...] = ()
'''


def test_a_key_has_its_name_type_default_and_comment(tmp_path: Path) -> None:
    (tmp_path / "model.py").write_text(_MODEL)
    page = model_reference.reference("T", "I", tmp_path, "Declaration")
    assert "| `rules` | list of [Rule](#rule) |  |  |" in page
    assert "| `from` | str | required | counted from the event |" in page
    assert "| `keep` | [Period](#period) |  |  |" in page
    assert "| `then` | erase / restrict | erase |  |" in page
    assert "## Period\n\nA duration such as `P7D`." in page


def test_a_link_that_leads_nowhere_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "README.md").write_text("[a](docs/a.md) [b](docs/b.md#part) [c](https://example.org/c)")
    (tmp_path / "docs/b.md").write_text("[up](../README.md)")
    monkeypatch.setattr(check_docs, "ROOT", tmp_path)
    assert list(check_docs.dead_links()) == ["README.md: the link to docs/a.md leads nowhere"]


def test_a_command_or_option_that_says_nothing_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    @click.group(help="Look.")
    def look() -> None: ...

    @look.command()
    @click.option("--far")
    def around(far: str) -> None: ...

    monkeypatch.setattr(command_reference, "there", lambda: iter([("look", look)]))
    assert list(command_reference.undocumented()) == [
        "`zusage look around` says nothing about itself",
        "`zusage look around --far` has no help text",
    ]
    assert "### zusage look around" in command_reference.reference()
