"""The house as its plan says: `python -m tools.check_structure`.

Length of files and functions, names of rooms, imports that only go down the floors, no cycles, no imports hidden in
functions, and no address of a package host in any committed file. The numbers and floors are in `budgets.toml`.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
CODE = ("zusage", "client", "tests", "tools", "benchmarks")
PAGE_FILES = {".js", ".css", ".html", ".typ"}
VENDORED = "vendor"
#: Files that name where packages are fetched from would tie every user to one host. Written so that it does not
#: match itself.
HOST = re.compile(
    r"\b(pypi|pythonhosted|npmjs|registry\.yarnpkg|unpkg|jsdelivr|deb\.debian|crates)\.(org|com|net|io)\b"
)
#: Committed by others and kept as they are, or talk about hosts because scanning for them is their business.
HOSTS_ALLOWED = ("LICENSE",)


@dataclass(frozen=True)
class Import:
    """What is imported, on which line, and where it stands: `top`, `function`, or `types` (for type checkers only)."""

    name: str
    line: int
    place: str


@dataclass(frozen=True)
class Module:
    """One Python file below the root, with its dotted name."""

    path: Path
    root: Path

    @cached_property
    def name(self) -> str:
        """`zusage.law.periods`; a package's own name for its `__init__.py`."""
        parts = self.path.relative_to(self.root).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @cached_property
    def tree(self) -> ast.Module:
        """The parsed file."""
        return ast.parse(self.path.read_text(encoding="utf-8"), str(self.path))

    @cached_property
    def imports(self) -> list[Import]:
        """Every import of the file."""
        places: dict[int, str] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                places |= {id(inner): "function" for inner in ast.walk(node)}
            elif isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
                places |= {id(inner): "types" for inner in ast.walk(node)}
        found: list[Import] = []
        for node in ast.walk(self.tree):
            place = places.get(id(node), "top")
            if isinstance(node, ast.Import):
                found += [Import(alias.name, node.lineno, place) for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                found += [Import(f"{node.module}.{alias.name}", node.lineno, place) for alias in node.names]
        return found


def modules(root: Path = ROOT) -> list[Module]:
    """All Python files of the project."""
    return [
        Module(path, root)
        for folder in CODE
        for path in sorted((root / folder).rglob("*.py"))
        if "build" not in path.relative_to(root).parts
    ]


def too_long(found: list[Module], code: dict[str, Any]) -> Iterator[str]:
    """Files and functions over their limits. A function's docstring does not count."""
    pages = [
        path
        for folder in ("zusage", "client")
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in PAGE_FILES and VENDORED not in path.parts and "build" not in path.parts
    ]
    for path in [module.path for module in found] + pages:
        lines = len(path.read_bytes().splitlines())
        if lines > code["file_lines"]:
            yield f"{path.relative_to(ROOT)}: {lines} lines, at most {code['file_lines']}"
    for module in found:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = _length(node)
                if lines > code["function_lines"]:
                    where = f"{module.path.relative_to(module.root)}:{node.lineno}"
                    yield f"{where}: {node.name} has {lines} lines, at most {code['function_lines']}"


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    first = node.body[0]
    if ast.get_docstring(node) is not None:
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines


def badly_named(found: list[Module], code: dict[str, Any]) -> Iterator[str]:
    """Rooms whose name says nothing."""
    for module in found:
        for part in module.name.split("."):
            if part in code["banned_names"]:
                yield f"{module.path.relative_to(module.root)}: a room named {part!r} does not say what is in it"


def _room(name: str) -> str | None:
    parts = name.split(".")
    return parts[1] if len(parts) > 1 and parts[0] == "zusage" else None


def wrong_arrows(found: list[Module], house: dict[str, Any]) -> Iterator[str]:
    """Imports that go up, and keepers that import one another."""
    floor = {room: level for level, rooms in enumerate(house["floors"]) for room in rooms}
    known = {module.name for module in found}
    for module in found:
        room = _room(module.name)
        if room is None:
            continue
        if room not in floor:
            yield f"{module.path.relative_to(module.root)}: the room {room!r} is on no floor of budgets.toml"
            continue
        for each in module.imports:
            name, target = each.name, _room(each.name)
            where = f"{module.path.relative_to(module.root)}:{each.line}"
            if target in floor and floor[target] > floor[room]:
                yield f"{where}: {room} imports {target}, which is on a higher floor"
            if target == room == "keepers" and _is_another_keeper(module.name, _resolve(name, known)):
                yield f"{where}: {module.name} imports another keeper, {name}"


def _is_another_keeper(importer: str, imported: str) -> bool:
    mine, theirs = importer.split("."), imported.split(".")
    if len(theirs) < 4 or len(mine) < 4:
        # modules directly in `keepers` are what all keepers share; the registry names them all
        return False
    return mine[2] != theirs[2]


def _resolve(name: str, known: set[str]) -> str:
    """The module an import leads to: `from zusage.law import periods` means `zusage.law.periods` if that is one."""
    while name and name not in known:
        name = name.rpartition(".")[0]
    return name


def cycles(found: list[Module]) -> Iterator[str]:
    """Modules, and rooms, that import each other in a circle (imports at the top only, for modules)."""
    known = {module.name for module in found}
    by_module: dict[str, set[str]] = {module.name: set() for module in found}
    by_room: dict[str, set[str]] = {}
    for module in found:
        for each in module.imports:
            target = _resolve(each.name, known)
            if each.place == "top" and target and target != module.name:
                by_module[module.name].add(target)
            here, there = _room(module.name), _room(target)
            if here and there and here != there:
                by_room.setdefault(here, set()).add(there)
    for graph in (by_module, by_room):
        circle = _circle(graph)
        if circle:
            yield "a cycle of imports: " + " → ".join(circle)


def _circle(graph: dict[str, set[str]]) -> list[str]:
    done: set[str] = set()

    def visit(node: str, path: list[str]) -> list[str]:
        if node in path:
            return [*path[path.index(node) :], node]
        if node in done:
            return []
        for target in sorted(graph.get(node, ())):
            circle = visit(target, [*path, node])
            if circle:
                return circle
        done.add(node)
        return []

    return next((circle for circle in (visit(node, []) for node in sorted(graph)) if circle), [])


def hidden_imports(found: list[Module], house: dict[str, Any]) -> Iterator[str]:
    """Imports inside functions, other than extras and in the rooms that may."""
    for module in found:
        room = _room(module.name)
        if room is None or room in house["lazy_rooms"]:
            continue
        for each in module.imports:
            if each.place == "function" and not any(
                f"{each.name}.".startswith(f"{name}.") for name in house["lazy"]
            ):
                yield f"{module.path.relative_to(module.root)}:{each.line}: {each.name} is imported inside a function"


def package_hosts(root: Path = ROOT) -> Iterator[str]:
    """Committed files that name the address of a package host."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, check=True).stdout
    for name in filter(None, listed.decode().split("\0")):
        path = root / name
        if name in HOSTS_ALLOWED or not path.is_file():
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="ignore").splitlines(), 1):
            if HOST.search(line):
                yield f"{name}:{number}: names the address of a package host"


def problems() -> list[str]:
    """Everything that is wrong with the structure, one sentence each."""
    rules = tomllib.loads((ROOT / "budgets.toml").read_text(encoding="utf-8"))
    found = modules()
    return [
        *too_long(found, rules["code"]),
        *badly_named(found, rules["code"]),
        *wrong_arrows(found, rules["house"]),
        *cycles(found),
        *hidden_imports(found, rules["house"]),
        *package_hosts(),
    ]


def main() -> int:
    """Prints what is wrong; exit code 1 if anything is."""
    wrong = problems()
    print("\n".join(wrong) if wrong else "structure: as planned")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
