"""YAML without surprises: line numbers for everything, duplicate keys refused, `NO` is Norway, `1.10` stays `1.10`.

PyYAML's own loaders turn `NO` into False, swallow duplicate keys and round versions; each is a wrong legal statement in
the making. Here a plain scalar is `true`/`false`, `null`, a decimal whole number, or else the text as written. Anchors,
aliases, tags and several documents in one file are refused: a declaration is read by people.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from zusage.errors import ZusageError

KeyPath = tuple[str | int, ...]
_WHOLE_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_DEEPEST = 60
_CONSTANTS: Mapping[str, Any] = {"true": True, "false": False, "null": None, "~": None, "": None}


@dataclass(frozen=True, slots=True)
class Mark:
    """A position in a file, 1-based."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a file: where, under which key, what is wrong, and the way out."""

    file: str
    mark: Mark
    key: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        where = f"{self.file}:{self.mark.line}:{self.mark.column}"
        sentence = f"{where}: {self.key}: {self.message}" if self.key else f"{where}: {self.message}"
        return f"{sentence}\n    {self.hint}" if self.hint else sentence


class BadInput(ZusageError):
    """A file that cannot be taken as it is. `problems` holds every place at fault; nothing was changed."""

    def __init__(self, problems: list[Problem]) -> None:
        count = len(problems)
        head = "" if count == 1 else f"{count} problems\n"
        super().__init__(head + "\n".join(map(str, problems)))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says, and where each key (`key_marks`) and value (`marks`) stands."""

    name: str
    data: Any
    marks: Mapping[KeyPath, Mark] = field(default_factory=dict)
    key_marks: Mapping[KeyPath, Mark] = field(default_factory=dict)

    def place(self, path: KeyPath) -> Mark:
        """The position of `path`, or of the nearest parent that is there."""
        for end in range(len(path), -1, -1):
            found = self.key_marks.get(path[:end]) or self.marks.get(path[:end])
            if found:
                return found
        return Mark(1, 1)


def dotted(path: KeyPath) -> str:
    """`activities.applications.retention[0].keep`."""
    said = ""
    for part in path:
        said += f"[{part}]" if isinstance(part, int) else f".{part}" if said else str(part)
    return said


def read(path: Path) -> Document:
    """The document in `path`. Raises `BadInput`, also where the file is missing or is not UTF-8."""
    return parse(read_text(path), str(path))


def read_text(path: Path) -> str:
    """The text of `path`, without a byte order mark. Raises `BadInput` where it is missing or is not UTF-8."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        problem = Problem(str(path), Mark(line, 1), "", "the file is not UTF-8", "save it as UTF-8")
        raise BadInput([problem]) from None
    except OSError as error:
        problem = Problem(
            str(path), Mark(1, 1), "", f"cannot be read: {error.strerror or type(error).__name__}"
        )
        raise BadInput([problem]) from None


def parse(text: str, name: str = "<text>") -> Document:
    """The document in `text`; `name` stands in error messages. Raises `BadInput`."""
    try:
        node = yaml.compose(text, Loader=_loader())
    except yaml.MarkedYAMLError as error:
        raise BadInput([_syntax_problem(name, error)]) from None
    except yaml.reader.ReaderError as error:
        line = text[: error.position].count("\n") + 1
        message = "a character that YAML does not allow"
        raise BadInput([Problem(name, Mark(line, 1), "", message, "remove the control character")]) from None
    except (RecursionError, yaml.YAMLError, ValueError):
        raise BadInput([Problem(name, Mark(1, 1), "", "the file is not YAML that can be read")]) from None
    if node is None:
        raise BadInput([Problem(name, Mark(1, 1), "", "the file is empty")])
    builder = _Builder(name)
    data = builder.build(node, ())
    if builder.problems:
        raise BadInput(builder.problems)
    return Document(name, data, builder.marks, builder.key_marks)


def _loader() -> Any:
    """The C loader where it is there: only its nodes are used, never its constructors."""
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _syntax_problem(name: str, error: yaml.MarkedYAMLError) -> Problem:
    at = error.problem_mark or error.context_mark
    mark = Mark(at.line + 1, at.column + 1) if at else Mark(1, 1)
    said = " ".join(part for part in (error.context, error.problem) if part)
    hint = ""
    if "mapping values are not allowed" in said or "':'" in said:
        hint = "a text that holds ': ' or starts with a sign needs quotes"
    elif "\\t" in said or "cannot start any token" in said:
        hint = "indent with spaces, not tabs, and put quotes around texts that start with a sign"
    return Problem(name, mark, "", f"not valid YAML: {said}", hint)


class _Builder:
    """Turns composed nodes into plain values and remembers where they stood."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.marks: dict[KeyPath, Mark] = {}
        self.key_marks: dict[KeyPath, Mark] = {}
        self.problems: list[Problem] = []
        self._seen: set[int] = set()

    def build(self, node: yaml.Node, path: KeyPath) -> Any:
        mark = Mark(node.start_mark.line + 1, node.start_mark.column + 1)
        self.marks[path] = mark
        if id(node) in self._seen:
            return self._refuse(mark, path, "anchors and aliases are not taken here", "write the value out")
        self._seen.add(id(node))
        if len(path) > _DEEPEST:
            return self._refuse(mark, path, "nested too deeply", "")
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(child, (*path, position)) for position, child in enumerate(node.value)]
        return self._scalar(node, path, mark)

    def _refuse(self, mark: Mark, path: KeyPath, message: str, hint: str) -> None:
        self.problems.append(Problem(self.name, mark, dotted(path), message, hint))

    def _mapping(self, node: yaml.MappingNode, path: KeyPath) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            mark = Mark(key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            if not isinstance(key_node, yaml.ScalarNode):
                self._refuse(mark, path, "a key is a plain word", "")
                continue
            key = str(key_node.value)
            if key in values:
                first = self.key_marks[(*path, key)].line
                self._refuse(
                    mark, (*path, key), f"the key is given twice, first in line {first}", "remove one of them"
                )
                continue
            self.key_marks[(*path, key)] = mark
            values[key] = self.build(value_node, (*path, key))
        return values

    def _scalar(self, node: yaml.Node, path: KeyPath, mark: Mark) -> Any:
        value = str(node.value)
        if node.tag and not node.tag.startswith("tag:yaml.org,2002:"):
            return self._refuse(mark, path, f"the tag {node.tag} is not taken here", "remove the tag")
        if getattr(node, "style", None):
            return value
        if value in _CONSTANTS:
            return _CONSTANTS[value]
        return int(value) if _WHOLE_NUMBER.fullmatch(value) else value


def texts(data: Any, path: KeyPath = ()) -> Iterator[tuple[KeyPath, str]]:
    """Every text in a document's data with its path; for looking for `TODO` and the like."""
    if isinstance(data, str):
        yield path, data
    elif isinstance(data, Mapping):
        for key, value in data.items():
            yield from texts(value, (*path, str(key)))
    elif isinstance(data, list):
        for position, value in enumerate(data):
            yield from texts(value, (*path, position))
