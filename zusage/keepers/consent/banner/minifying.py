"""Makes our own scripts and style sheets small: comments and blanks go, variables of a script get short names.

This is no general tool. It knows the few rules that `static/` keeps: no template literals, no shorthand properties,
no destructured objects, no `var`, regular expressions only after an operator or a bracket. The browser tests run what it makes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import product
from string import ascii_letters

_TOKEN = re.compile(
    r"""
    (?P<comment>//[^\n]*|/\*(?!CONFIG|PART).*?\*/)
  | (?P<string>'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")
  | (?P<name>[A-Za-z_$][\w$]*)
  | (?P<number>\d[\w.]*)
  | (?P<blank>\s+)
  | (?P<mark>\.\.\.|=>|[<>=!]=+|&&|\|\||\+\+|--|[+\-*]=|/\*(?:CONFIG|PART)\*/|[^\s\w])
    """,
    re.VERBOSE | re.DOTALL,
)
_REGEX = re.compile(r"/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*")
_BEFORE_REGEX = frozenset("( , = : [ ! & | ? { } ; && || =>".split())
#: letters that words are full of go first: they are short in compressed text
_LETTERS = "etnsoiarcldupmhgfyvkbwqxjz" + "etnsoiarcldupmhgfyvkbwqxjz".upper()
_RESERVED = frozenset("as do if in is of".split())


def _tokens(source: str) -> Iterator[tuple[str, str]]:
    place, previous = 0, "("
    while place < len(source):
        found = _REGEX.match(source, place) if source[place] == "/" and previous in _BEFORE_REGEX else None
        kind = "regex"
        if found is None or source.startswith(("//", "/*"), place):
            found = _TOKEN.match(source, place)
            assert found is not None, source[place : place + 20]
            kind = found.lastgroup or ""
        place = found.end()
        if kind not in ("comment", "blank"):
            previous = found.group()
            yield kind, previous


def _declared(tokens: list[tuple[str, str]]) -> Counter[str]:
    """Names of variables and parameters with how often they are written."""
    names: set[str] = set()
    for index, (_, text) in enumerate(tokens):
        if text in ("const", "let"):
            names |= set(_declared_by(tokens, index + 1))
        elif text == "=>":
            names |= set(_parameters(tokens, index - 1))
    return Counter(text for kind, text in tokens if kind == "name" and text in names)


def _declared_by(tokens: list[tuple[str, str]], index: int) -> Iterator[str]:
    """The names of one `const` or `let` statement, destructured arrays included."""
    depth, expects = 0, True
    while index < len(tokens):
        kind, text = tokens[index]
        if text in ("(", "{") or (text == "[" and not expects):
            depth += 1
        elif text in (")", "}") or (text == "]" and depth):
            depth -= 1
            if depth < 0:
                return
        elif depth == 0 and kind == "name" and expects:
            if text in ("of", "in"):
                return
            yield text
            expects = tokens[index + 1][1] in (",", "]")
        elif depth == 0 and text == ",":
            expects = True
        elif depth == 0 and text in (";", "of"):
            return
        index += 1


def _parameters(tokens: list[tuple[str, str]], index: int) -> Iterator[str]:
    if tokens[index][0] == "name":
        yield tokens[index][1]
        return
    depth = 0
    while index >= 0:
        kind, text = tokens[index]
        depth += (text == ")") - (text == "(")
        if depth == 0:
            return
        if kind == "name":
            yield text
        index -= 1


def script(source: str, shared: Sequence[str] = ()) -> str:
    """A script with short names and without comments; what it does is unchanged.

    `shared` are properties of `Z`, the object our files meet in, that nobody else needs: they get a letter each, the same
    in every file that is given the same names.
    """
    tokens = list(_tokens(source))
    taken = {text for kind, text in tokens if kind == "name"}
    free = ("".join(pair) for size in (1, 2) for pair in product(_LETTERS, repeat=size))
    short = (name for name in free if name not in taken and name not in _RESERVED)
    renamed = {
        name: next(short) if len(name) > 2 else name
        for name, _ in _declared(tokens).most_common()
        if len(name) > 2
    }
    made: list[str] = []
    for index, (kind, text) in _joined(tokens):
        if kind == "name" and text in renamed and not _is_property(tokens, index):
            text = renamed[text]
        elif text in shared and [before for _, before in tokens[index - 2 : index]] == ["Z", "."]:
            text = ascii_letters[shared.index(text)]
        if made and (made[-1][-1] + text[0]).replace("_", "a").replace("$", "a").isalnum():
            made.append(" ")
        made.append(_quoted(text) if kind == "string" else text)
    return re.sub(r";(?=})", "", "".join(made))


def _quoted(text: str) -> str:
    """A string between the marks that the configuration beside it uses, too, where that needs no other change."""
    plain = text[0] == "'" and '"' not in text and "\\" not in text
    return f'"{text[1:-1]}"' if plain else text


def _joined(tokens: list[tuple[str, str]]) -> Iterator[tuple[int, tuple[str, str]]]:
    """The tokens with their places; neighbouring `const` statements become one, commas before brackets go."""
    open_statements, starts = [""], True
    for index, (kind, text) in enumerate(tokens):
        follows = tokens[index + 1][1] if index + 1 < len(tokens) else ""
        if text == ";" and follows == "const" and open_statements[-1] == "const":
            yield index, (kind, ",")
            continue
        if text == "const" and tokens[index - 1][1] == ";" and open_statements[-1] == "const":
            starts = False
            continue
        if text == "," and follows in ("}", ")", "]") and tokens[index - 1][1] != "[":
            continue
        if starts and text not in (";", "}"):
            open_statements[-1], starts = text, False
        if text in ("(", "[", "{"):
            open_statements.append("")
            starts = text == "{"
        elif text in (")", "]", "}"):
            open_statements.pop()
            starts = text == "}"
        elif text == ";":
            starts = True
        yield index, (kind, text)


def _is_property(tokens: list[tuple[str, str]], index: int) -> bool:
    before = tokens[index - 1][1] if index else ""
    after = tokens[index + 1][1] if index + 1 < len(tokens) else ""
    return before == "." or (after == ":" and before in ("{", ","))


def markup(source: str) -> str:
    """Escaped HTML without the end tags and quotation marks that it does not need: the same elements come of it."""
    bare = re.sub(r"</(?:td|th|tr|li|thead|tbody)>|<tbody>", "", source)
    # what stands in a text is escaped: these marks are those of attributes
    return re.sub(r'="([A-Za-z0-9_-]+)"', r"=\1", bare)


def style(source: str) -> str:
    """A style sheet without comments and needless blanks."""
    text = re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL)
    return re.sub(r"\s*([{};,>])\s*|;(?=})", r"\1", re.sub(r"\s+", " ", text)).replace(";}", "}").strip()
