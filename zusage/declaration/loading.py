"""Loading a model from a file, with errors that name file, line, column, key, what was expected and the nearest word."""

from __future__ import annotations

import difflib
import types
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, TypeVar, Union, cast, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from zusage.declaration import strict_yaml
from zusage.declaration.base import DanglingReferences
from zusage.declaration.model import Declaration
from zusage.declaration.strict_yaml import BadInput, Document, KeyPath, Problem, dotted

ModelT = TypeVar("ModelT", bound=BaseModel)

_EXPECTED = {
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "string_type": "a text",
    "date_from_datetime_parsing": "a date such as 2026-03-01",
    "date_parsing": "a date such as 2026-03-01",
    "date_type": "a date such as 2026-03-01",
    "model_type": "a group of keys",
    "model_attributes_type": "a group of keys",
    "dict_type": "a group of keys",
    "tuple_type": "a list",
    "list_type": "a list",
    "string_pattern_mismatch": "lower-case words joined by hyphens, such as server-logs",
}


def load(path: Path) -> Declaration:
    """The declaration in `path` (a file, or a workspace folder that holds `declaration.yaml`). Raises `BadInput`."""
    return load_model(path / "declaration.yaml" if path.is_dir() else path, Declaration)


def load_model(path: Path, model: type[ModelT]) -> ModelT:
    """A `model` from the YAML file in `path`. Raises `BadInput` with every problem found.

    Models are frozen, so a file that says what it said before is not parsed again in the same process.
    """
    return cast(ModelT, _validated(strict_yaml.read_text(path), str(path), model))


@lru_cache(maxsize=32)
def _validated(text: str, name: str, model: type[BaseModel]) -> BaseModel:
    return validate(strict_yaml.parse(text, name), model)


def validate(document: Document, model: type[ModelT]) -> ModelT:
    """A `model` from a parsed document. Raises `BadInput` with every problem found."""
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        problems: list[Problem] = []
        details = error.errors(include_url=False)
        for detail in details:
            if detail["type"] != "too_short" or not _inside(detail["loc"], details):
                problems.extend(_problems(document, model, detail))
        raise BadInput(_without_echo(problems)) from None


def _inside(loc: tuple[int | str, ...], details: list[ErrorDetails]) -> bool:
    """Whether another error lies within `loc`: a list is not empty because its one entry is wrong."""
    return any(other["loc"][: len(loc)] == loc and other["loc"] != loc for other in details)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` was probably meant to be."""
    found = difflib.get_close_matches(str(word), list(known), n=1, cutoff=0.6)
    return found[0] if found else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A way out: the nearest word, or the short list of what is there."""
    names = sorted(set(known))
    close = nearest(word, names)
    if close:
        return f"did you mean '{close}'?"
    return f"known here: {', '.join(names)}" if 0 < len(names) <= 30 else ""


def _problems(document: Document, model: type[BaseModel], detail: ErrorDetails) -> list[Problem]:
    """What one error of the model comes to in the file."""
    raised = detail.get("ctx", {}).get("error")
    if isinstance(raised, DanglingReferences):
        return [
            Problem(
                document.name,
                document.place(path),
                dotted(path),
                message,
                did_you_mean(name, known) if name else "",
            )
            for path, message, name, known in raised.dangling
        ]
    path = _in_document(document, detail["loc"])
    message, hint = _explain(model, path, detail)
    return [Problem(document.name, document.place(path), dotted(path), message, hint)]


def _in_document(document: Document, loc: tuple[int | str, ...]) -> KeyPath:
    """The error's location without the names of union branches, which are not keys of the file."""
    path: KeyPath = ()
    for part in loc:
        if (*path, part) in document.marks or (*path, part) in document.key_marks:
            path = (*path, part)
    if loc and loc[-1] not in path and isinstance(loc[-1], str) and loc[-1].replace("_", "").isalnum():
        parent = document.data
        for part in path:
            parent = parent[part]
        if isinstance(parent, dict):
            return (*path, loc[-1])
    return path


def _explain(model: type[BaseModel], path: KeyPath, detail: ErrorDetails) -> tuple[str, str]:
    kind, value = detail["type"], detail.get("input")
    shown = repr(value) if isinstance(value, str | int | bool) else type(value).__name__
    if kind == "extra_forbidden":
        return "this key is not known here", did_you_mean(
            str(path[-1]) if path else "", _keys_at(model, path[:-1])
        )
    if kind == "too_short":
        return "needs at least one entry", ""
    if kind == "missing":
        return "is missing", "add it; `zusage schema` prints what each key takes"
    if kind == "literal_error":
        expected = str(detail.get("ctx", {}).get("expected", "")).replace(" or ", ", ")
        words = [word.strip().strip("'") for word in expected.split(",")]
        return f"{shown} is not one of {', '.join(words)}", did_you_mean(str(value), words)
    if kind in _EXPECTED:
        return f"expected {_EXPECTED[kind]}, found {shown if value is not None else 'nothing'}", ""
    message = detail["msg"].removeprefix("Value error, ")
    head, _, way_out = message.partition("\n")
    return head, way_out.strip()


def _keys_at(model: type[BaseModel], path: KeyPath) -> list[str]:
    """The keys that the model knows at `path`."""
    annotation: Any = model
    for part in path:
        found = _model_in(annotation)
        if found is not None and isinstance(part, str):
            by_key = {(field.alias or name): field.annotation for name, field in found.model_fields.items()}
            annotation = by_key.get(part, Any)
        else:
            annotation = _member_of(annotation)
    found = _model_in(annotation)
    if found is None:
        return []
    short: tuple[str, ...] = getattr(found, "short_keys", ())
    return [field.alias or name for name, field in found.model_fields.items()] + list(short)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in (Annotated, Union, types.UnionType):
        for argument in get_args(annotation):
            found = _model_in(argument)
            if found is not None:
                return found
    return None


def _member_of(annotation: Any) -> Any:
    """The type of a list's or group's members."""
    if get_origin(annotation) in (Annotated, Union, types.UnionType):
        return _member_of(get_args(annotation)[0])
    members = [argument for argument in get_args(annotation) if argument is not Ellipsis]
    return members[-1] if members else Any


def _without_echo(problems: list[Problem]) -> list[Problem]:
    """One problem a place: a union reports each of its branches."""
    first: dict[tuple[int, int, str], Problem] = {}
    for problem in problems:
        first.setdefault((problem.mark.line, problem.mark.column, problem.key), problem)
    return sorted(first.values(), key=lambda problem: (problem.mark.line, problem.mark.column))
