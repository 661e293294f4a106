"""Lines and tables of the command line: fitting, folded between words, coloured only where a person looks."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest

from zusage.cli.output import coloured, console, escape, table
from zusage.cli.terminal import Styled, width_of

ROWS = (("[bold red]broken[/]", "every inquiry is erased after six months", "12"), ("kept", "Größe", "1,204"))


def lines(width: int) -> list[str]:
    return [
        line.plain for line in table("", ("state", "promise", "rows"), ROWS, right=("rows",)).lines(width)
    ]


def test_a_table_is_as_wide_as_it_needs() -> None:
    assert lines(140) == [
        "state   promise                                    rows",
        "broken  every inquiry is erased after six months     12",
        "kept    Größe                                     1,204",
    ]


def test_a_table_that_does_not_fit_is_folded_between_words() -> None:
    folded = lines(36)
    assert max(map(len, folded)) <= 36
    words = " ".join(folded[1:-1]).split()
    assert sorted(words) == sorted(["broken", "12", *"every inquiry is erased after six months".split()])
    assert folded[-1].split() == ["kept", "Größe", "1,204"]


@pytest.mark.parametrize("text", ["[bold]x[/]", "a [red] b", "[1] [x.y] \\[", "plain"])
def test_what_users_wrote_is_no_markup(text: str) -> None:
    assert Styled.of(escape(text)).plain == text
    assert {style for _, style in Styled.of(escape(text)).runs} == {""}


def test_no_word_is_lost_when_a_line_is_wrapped() -> None:
    said = "retention/applications/erase-after-6m " + "x" * 50 + " [dim]日本語 und Größe[/] Ende"
    for width in (8, 11, 20, 37):
        parts = Styled.of(said).wrapped(width)
        assert all(width_of(part.plain) <= width for part in parts)
        joined = "".join(part.plain.replace(" ", "") for part in parts)
        assert joined == Styled.of(said).plain.replace(" ", "")
        assert any(style == "dim" for part in parts for _, style in part.runs)


def test_into_a_file_nothing_is_styled(capsys: pytest.CaptureFixture[str]) -> None:
    console().print(f"{coloured('broken')} [bold]12[/]")
    console().print(table("Promises", ("state",), [(coloured("kept"),)]))
    assert capsys.readouterr().out == "broken 12\nPromises\nstate\nkept\n"


@pytest.mark.parametrize(
    ("no_color", "expected"),
    [("", "\x1b[1;31mbroken\x1b[0m \x1b[32mkept\x1b[0m"), ("1", "\x1b[1mbroken\x1b[0m kept")],
)
def test_colours_only_on_a_terminal_that_wants_them(no_color: str, expected: str) -> None:
    code = "from zusage.cli.output import *; console().print(coloured('broken') + ' ' + coloured('kept'))"
    ours, theirs = pty.openpty()
    environment = {**os.environ, "NO_COLOR": no_color, "TERM": "xterm"}
    subprocess.run([sys.executable, "-c", code], stdout=theirs, env=environment, check=True, timeout=30)
    os.close(theirs)
    with os.fdopen(ours, "rb") as terminal:
        assert terminal.read(len(expected)).decode() == expected
