"""The deployments by name, imported when they are asked for."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, MetaData

from zusage.deployments.people import SIZES, Agreed
from zusage.errors import ZusageError

NAMES = ("jobboard", "marketplace", "messaging", "adserver", "itservice")

#: fills the stores: engines by store, the workspace's folder, how many people, the instant that is "now"
Fill = Callable[[Mapping[str, Engine], Path, int, datetime], None]
#: what these people agreed to: how many people, the instant that is "now"
Agreeing = Callable[[int, datetime], list[Agreed]]


class UnknownDeployment(ZusageError):
    """A deployment that does not exist, or a size it does not come in."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """One example controller: the folder of its texts, the tables of its databases by store, and what fills them."""

    name: str
    folder: Path
    databases: Mapping[str, MetaData]
    fill: Fill
    agreed: Agreeing

    def text(self, name: str) -> str:
        """A file of the deployment, such as `declaration.yaml`."""
        return (self.folder / name).read_text(encoding="utf-8")


def deployment(name: str) -> Deployment:
    """The deployment called `name`. Raises `UnknownDeployment`."""
    if name not in NAMES:
        raise UnknownDeployment(f"there is no deployment '{name}'", hint=f"one of {', '.join(NAMES)}")
    schema = importlib.import_module(f"zusage.deployments.{name}.schema")
    data = importlib.import_module(f"zusage.deployments.{name}.data")
    return Deployment(
        name, Path(__file__).parent / name, schema.DATABASES, data.fill, getattr(data, "agreed", _nobody)
    )


def _nobody(_: int, __: datetime) -> list[Agreed]:
    return []


def people_in(size: str) -> int:
    """How many people a size stands for. Raises `UnknownDeployment`."""
    if size not in SIZES:
        raise UnknownDeployment(f"there is no size '{size}'", hint=f"one of {', '.join(SIZES)}")
    return SIZES[size]
