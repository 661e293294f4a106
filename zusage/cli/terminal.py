"""What commands print on: styled lines, tables that fit, a bar while a sweep runs.

Markup is `[bold]`, `[dim]` and the colours below, ended by `[/]`; anything else in brackets is text, and so is `\\[`.
Styles only go to a terminal, colours only where `NO_COLOR` is not set (https://no-color.org).
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import time
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from types import TracebackType

import click

#: style → its ANSI codes
_CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "bold red": "1;31"}
_COLOURLESS = {"red": "", "green": "", "yellow": "", "bold red": "1"}
_MARK = re.compile(r"\\\[|\[(/|" + "|".join(_CODES) + r")\]")
#: where nobody says how wide, a file or a pipe
_WIDTH = 140
_BETWEEN = "  "
_NARROWEST = 8
_BAR, _OFTEN = 30, 0.1


@dataclass(frozen=True, slots=True)
class Styled:
    """Text in runs, each in one style (empty for none)."""

    runs: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, markup: str) -> Styled:
        """Markup, read."""
        runs, style, at = list[tuple[str, str]](), "", 0
        for mark in _MARK.finditer(markup):
            runs.append((markup[at : mark.start()], style))
            at = mark.end()
            if mark.group(1) is None:
                runs.append(("[", style))
            else:
                style = "" if mark.group(1) == "/" else mark.group(1)
        runs.append((markup[at:], style))
        return cls(tuple(run for run in runs if run[0]))

    @property
    def plain(self) -> str:
        """The text alone."""
        return "".join(text for text, _ in self.runs)

    def wrapped(self, width: int) -> list[Styled]:
        """Lines of at most `width`, broken between words, a long word at a stroke, or folded."""
        if "\n" not in self.plain and width_of(self.plain) <= width:
            return [self]
        return [self._slice(start, end) for start, end in _lines(self.plain, width)]

    def _slice(self, start: int, end: int) -> Styled:
        found, at = list[tuple[str, str]](), 0
        for text, style in self.runs:
            piece = text[max(start - at, 0) : max(end - at, 0)]
            at += len(text)
            if piece:
                found.append((piece, style))
        return Styled(tuple(found))


def width_of(text: str) -> int:
    """Columns that a text takes: East Asian wide letters two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in text
    )


def _lines(text: str, width: int) -> Iterator[tuple[int, int]]:
    """Where each line begins and ends."""
    start = 0
    for paragraph in text.split("\n"):
        at, end = start, start + len(paragraph)
        while width_of(text[at:end]) > width:
            stop = at + width
            while width_of(text[at:stop]) > width:
                stop -= 1
            space = text.rfind(" ", at, stop + 1)
            joint = 1 + max(text.rfind(sign, at, stop) for sign in "/-_")
            cut = space if space > at else joint if joint > at + width // 3 else stop
            yield at, cut
            at = cut + 1 if space > at else cut
        yield at, end
        start = end + 1


@dataclass(slots=True)
class Table:
    """Columns under a bold head, as wide as they need, folded where the line is too short; `right`: numbers."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    title: str = ""
    right: Sequence[str] = ()

    def lines(self, width: int) -> Iterator[Styled]:
        """The table for a line of `width` columns."""
        if self.title:
            yield Styled(((self.title, "bold"),))
        head = [Styled(((name, "bold"),) if name else ()) for name in self.columns]
        body = [[Styled.of(cell) for cell in row] for row in self.rows]
        widths = self._widths([head, *body], width)
        for row in (head, *body):
            cells = [cell.wrapped(wide) for cell, wide in zip(row, widths, strict=True)]
            for number in range(max(map(len, cells), default=0)):
                yield self._line(
                    [cell[number] if number < len(cell) else Styled(()) for cell in cells], widths
                )

    def _widths(self, rows: Sequence[Sequence[Styled]], width: int) -> list[int]:
        widths = [
            max(max(map(width_of, row[number].plain.split("\n"))) for row in rows)
            for number in range(len(self.columns))
        ]
        room = width - len(_BETWEEN) * (len(widths) - 1)
        # the widest give way first, all to the same width
        level = max(widths, default=0)
        while level > _NARROWEST and sum(min(wide, level) for wide in widths) > room:
            level -= 1
        spare = room - sum(min(wide, level) for wide in widths)
        return [
            level + max(spare, 0) if wide > level and number == _longest(widths) else min(wide, level)
            for number, wide in enumerate(widths)
        ]

    def _line(self, cells: Sequence[Styled], widths: Sequence[int]) -> Styled:
        runs: list[tuple[str, str]] = []
        for number, (name, cell, wide) in enumerate(zip(self.columns, cells, widths, strict=True)):
            space = " " * (wide - width_of(cell.plain))
            last = number == len(widths) - 1
            between = "" if last else _BETWEEN
            if name in self.right:
                runs += [(space, ""), *cell.runs, (between, "")]
            else:
                runs += [*cell.runs, ("" if last else space + between, "")]
        return Styled(tuple(runs))


def _longest(widths: Sequence[int]) -> int:
    return max(range(len(widths)), key=lambda number: widths[number])


@dataclass(frozen=True, slots=True)
class Console:
    """Standard output, or with `err` standard error."""

    err: bool = False

    @property
    def is_terminal(self) -> bool:
        """Whether a person is looking."""
        return (sys.stderr if self.err else sys.stdout).isatty() and os.environ.get("TERM") != "dumb"

    def print(self, content: str | Table = "") -> None:
        """A line of markup, or a table."""
        terminal = self.is_terminal
        width = shutil.get_terminal_size().columns if terminal else _WIDTH
        if isinstance(content, Table):
            lines = list(content.lines(width))
        else:
            said = Styled.of(content)
            lines = said.wrapped(width) if terminal else [said]
        for line in lines:
            click.echo(_ansi(line) if terminal else line.plain.rstrip(), err=self.err, color=terminal)


def _ansi(line: Styled) -> str:
    colourless = bool(os.environ.get("NO_COLOR"))
    said = []
    for text, style in line.runs:
        code = _COLOURLESS.get(style, _CODES.get(style, "")) if colourless else _CODES.get(style, "")
        said.append(f"\x1b[{code}m{text}\x1b[0m" if code else text)
    return "".join(said)


@dataclass(slots=True)
class Bar:
    """How far something is, on one line of standard error that goes again; nothing where nobody looks."""

    shown: bool
    _began: dict[str, float] = field(default_factory=dict)
    _last: float = 0.0

    def __enter__(self) -> Bar:
        return self

    def update(self, what: str, done: int, total: int) -> None:
        """So many of so many."""
        now = time.monotonic()
        began = self._began.setdefault(what, now)
        if not self.shown or (now - self._last < _OFTEN and done < total):
            return
        self._last = now
        full = min(_BAR, _BAR * done // max(total, 1))
        bar = "━" * full + "─" * (_BAR - full)
        seconds = int(now - began)
        line = f"{what}  {bar}  {done:,}/{total:,}  {seconds // 60}:{seconds % 60:02}"
        click.echo(f"\r\x1b[2K{line[: shutil.get_terminal_size().columns - 1]}", err=True, nl=False)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.shown and self._last:
            click.echo("\r\x1b[2K", err=True, nl=False)
