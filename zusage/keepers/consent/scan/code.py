"""Purposes in an application's source: what it asks the client for must stand in the declaration, and so in the record."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from zusage.declaration import Declaration
from zusage.declaration.loading import did_you_mean
from zusage.findings import Finding, Place, Rule, Severity
from zusage.registers.suppressions import MARKETING
from zusage.text import Text

#: methods of the client whose first argument is a purpose
_FIRST = {"may", "allows", "mailing"}


@dataclass(frozen=True, slots=True)
class Use:
    """A purpose that a file asks for."""

    purpose: str
    file: str
    line: int


def uses_in(folder: Path) -> list[Use]:
    """Every purpose that Python files below a folder name to the client, as literals or constants of the module.

    Raises `SyntaxError` for a file that is no Python.
    """
    found: list[Use] = []
    for path in sorted(folder.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
        constants = dict(_constants(tree))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                for word in _named(node.func.attr, node, constants):
                    found.append(Use(word, str(path.relative_to(folder)), node.lineno))
    return found


def check_code(declaration: Declaration, folder: Path) -> list[Finding]:
    """Purposes in the source that the declaration does not know."""
    # every objection to advertising stands under this name, whatever purposes are declared
    known = {*declaration.consents, MARKETING}
    known |= {purpose.id for one in declaration.activities.values() for purpose in one.purposes}
    return [
        Finding(
            "code/undeclared-purpose",
            Severity.ERROR,
            Text(
                f"Der Zweck „{use.purpose}“ steht im Programm, aber nicht im Verzeichnis.",
                f"The purpose '{use.purpose}' stands in the code but not in the record.",
            ),
            Place(use.file, use.line, quote=use.purpose),
            Rule("undeclared-purpose", "gdpr:30(1)(b)"),
            Text(did_you_mean(use.purpose, known), did_you_mean(use.purpose, known)),
        )
        for use in uses_in(folder)
        if use.purpose not in known
    ]


def _constants(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in tree.body:
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        ):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    yield target.id, node.value.value


def _named(method: str, call: ast.Call, constants: dict[str, str]) -> Iterator[str]:
    if method in _FIRST:
        parts = call.args[:1]
    elif method == "withdraw":
        parts = call.args[1:]
    elif method == "consent":
        parts = [key for arg in call.args[1:2] if isinstance(arg, ast.Dict) for key in arg.keys if key]
    else:
        return
    for part in parts:
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value
        elif isinstance(part, ast.Name) and part.id in constants:
            yield constants[part.id]
