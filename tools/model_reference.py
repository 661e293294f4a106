"""References of `declaration.yaml` and `stores.yaml`, written from the source of the models that read them.

A class's docstring is its section, a field's `#:` comment its description, its annotation its type; named types
(`Period`, `Cited`, …) are explained once at the end. Nothing is imported: the source is read.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_WRAPPERS = {
    "dict",
    "tuple",
    "list",
    "frozenset",
    "set",
    "Literal",
    "None",
    "str",
    "int",
    "bool",
    "date",
    "float",
    "Any",
}


@dataclass(frozen=True)
class Row:
    """One key of a part."""

    key: str
    type: str
    default: str
    text: str


@dataclass(frozen=True)
class Section:
    """One part (a class), or a named type (an assignment)."""

    name: str
    text: str
    rows: tuple[Row, ...]
    mentions: tuple[str, ...]


class Source:
    """The model's files: every class derived from `Part` and every named type, by name."""

    def __init__(self, folder: Path) -> None:
        self.classes: dict[str, tuple[ast.ClassDef, list[str]]] = {}
        self.types: dict[str, tuple[ast.expr, str]] = {}
        for path in sorted(folder.rglob("*.py")):
            lines = path.read_text(encoding="utf-8").splitlines()
            for node in ast.parse("\n".join(lines)).body:
                if isinstance(node, ast.ClassDef):
                    self.classes[node.name] = (node, lines)
                elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                    self.types[node.targets[0].id] = (node.value, _comment_above(lines, node.lineno))

    def section(self, name: str) -> Section | None:
        """A part or named type; `None` for a word that is neither."""
        if name in self.classes:
            return self._part(name)
        if name in self.types and name[0].isupper():
            value, text = self.types[name]
            return self._type(name, value, text)
        return None

    def _part(self, name: str) -> Section:
        node, lines = self.classes[name]
        rows: list[Row] = []
        mentions: list[str] = []
        for base in node.bases:
            if isinstance(base, ast.Name) and base.id not in {"Part", "BaseModel"}:
                inherited = self.section(base.id)
                rows += inherited.rows if inherited else ()
                mentions += inherited.mentions if inherited else ()
        for field in node.body:
            if isinstance(field, ast.AnnAssign) and not ast.unparse(field.target).startswith(("_", "model_")):
                rows.append(_row(field, _comment_above(lines, field.lineno)))
                mentions += [each.id for each in ast.walk(field.annotation) if isinstance(each, ast.Name)]
        return Section(name, ast.get_docstring(node) or "", tuple(rows), tuple(dict.fromkeys(mentions)))

    def _type(self, name: str, value: ast.expr, text: str) -> Section | None:
        inner = _unwrapped(value)
        mentions = tuple(each.id for each in ast.walk(inner) if isinstance(each, ast.Name))
        if not isinstance(inner, ast.Name | ast.Subscript | ast.BinOp):
            return None
        said = text or f"`{_shown(inner)}`"
        return Section(name, said, (), mentions)


def _comment_above(lines: list[str], line: int) -> str:
    found: list[str] = []
    for text in reversed(lines[: line - 1]):
        stripped = text.strip()
        if not stripped.startswith("#:"):
            break
        found.insert(0, stripped[2:].strip())
    return " ".join(found)


def _unwrapped(annotation: ast.expr) -> ast.expr:
    """`Annotated[X, …]` and `X | None` say `X` to a reader."""
    if isinstance(annotation, ast.Subscript) and ast.unparse(annotation.value) == "Annotated":
        assert isinstance(annotation.slice, ast.Tuple)
        return _unwrapped(annotation.slice.elts[0])
    if isinstance(annotation, ast.BinOp) and ast.unparse(annotation.right) == "None":
        return _unwrapped(annotation.left)
    return annotation


def _shown(annotation: ast.expr) -> str:
    text = ast.unparse(_unwrapped(annotation)).replace("'", "")
    text = re.sub(r"tuple\[(.*), \.\.\.\]", r"list of \1", text)
    text = re.sub(r"dict\[(\w+), (.*)\]$", r"mapping: \1 → \2", text)
    literal = re.fullmatch(r"(list of |)Literal\[(.*)\]", text)
    return f"{literal[1]}{' / '.join(literal[2].split(', '))}" if literal else text.replace(" | ", " or ")


def _row(field: ast.AnnAssign, text: str) -> Row:
    assert isinstance(field.target, ast.Name)
    calls = [node for part in (field.annotation, field.value) if part for node in ast.walk(part)]
    named = {
        keyword.arg: keyword.value
        for call in calls
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "Field"
        for keyword in call.keywords
    }
    alias = named.get("alias")
    key = str(alias.value) if isinstance(alias, ast.Constant) else field.target.id
    described = named.get("description")
    if isinstance(described, ast.Constant):
        text = text or str(described.value)
    return Row(key, _shown(field.annotation), _default(field.value, named), text)


def _default(value: ast.expr | None, named: dict[str | None, ast.expr]) -> str:
    if isinstance(value, ast.Call) and ast.unparse(value.func) == "Field":
        if "default_factory" in named:
            return ""
        value = named.get("default") or (value.args[0] if value.args else None)
    if value is None or ast.unparse(value) == "...":
        return "required"
    text = ast.unparse(value)
    if text in {"None", "()", "{}"} or text.endswith("()"):
        return ""
    words = {"True": "true", "False": "false"}
    return words.get(text, text.replace("'", "").removesuffix(",)").removeprefix("("))


def _sections(source: Source, start: str) -> Iterator[Section]:
    """What is reachable from `start`, parts before named types, each in the order it is first mentioned."""
    waiting, seen, later = [start], {start}, []
    while waiting:
        section = source.section(waiting.pop(0))
        if section is None:
            continue
        if section.name in source.classes:
            yield section
        else:
            later.append(section)
        new = [name for name in section.mentions if name not in seen and name not in _WRAPPERS]
        waiting += new
        seen.update(new)
    yield from later


def _linked(text: str, known: set[str]) -> str:
    return re.sub(r"\b[A-Z]\w+\b", lambda m: f"[{m[0]}](#{m[0].lower()})" if m[0] in known else m[0], text)


def reference(title: str, introduction: str, folder: Path, start: str) -> str:
    """The page for one file."""
    sections = list(_sections(Source(folder), start))
    known = {section.name for section in sections}
    parts = [f"# {title}", introduction]
    for section in sections:
        parts.append(f"## {section.name}")
        if section.text:
            parts.append(section.text)
        if section.rows:
            rows = [
                f"| `{row.key}` | {_linked(row.type, known)} | {row.default} | {row.text.replace('|', '/')} |"
                for row in section.rows
            ]
            parts.append("\n".join(["| key | type | default | |", "|---|---|---|---|", *rows]))
    return "\n\n".join(parts) + "\n"


_INTRODUCTION = (
    "Written by `make docs` from the model that reads the file. Unknown and duplicate keys are errors, named with file,"
    "\nline and the nearest valid word. `zusage schema {name}` prints the JSON Schema for editors."
)


def declaration() -> str:
    """`docs/declaration-reference.md`."""
    text = _INTRODUCTION.format(name="declaration")
    return reference("declaration.yaml", text, ROOT / "zusage/declaration", "Declaration")


def stores() -> str:
    """`docs/stores-reference.md`."""
    return reference("stores.yaml", _INTRODUCTION.format(name="stores"), ROOT / "zusage/stores", "Bindings")
