"""Where the logs of an installation lie: `logs.yaml` in the workspace, private.

activities:
  server-logs:
    sources:
      - path: /var/log/nginx/access.log     # the live file; what it is rotated to is followed
        site: jobs.example
        customer: own
    customers: {alpha.example: alpha}       # value of the declared customer field → customer
    vault: logs/server-logs                 # sealed segments and statistics
    key_store: /var/lib/zusage/log-keys     # the server's shares of the keys; keep it out of every backup
    backups: [/var/backups/web]             # where copies of logs and segments may lie, for the proof
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints

from zusage.declaration.base import Flag, Identifier, Part
from zusage.declaration.loading import load_model
from zusage.errors import ZusageError

Customer = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,60}$")]
FILE = "logs.yaml"


class NotBound(ZusageError):
    """An activity whose logs are bound nowhere."""


class LogSource(Part):
    """One log: a live file with what it is rotated to, or a folder of files that are complete."""

    path: str
    site: str = "-"
    customer: Customer = "other"
    #: files that were rotated away are removed once they are counted and sealed
    remove_raw: Flag = False


class LogBinding(Part):
    """Where the logs of one activity lie, and where they are kept."""

    sources: tuple[LogSource, ...] = ()
    customers: dict[str, Customer] = Field(default_factory=dict)
    vault: str
    key_store: str
    backups: tuple[str, ...] = ()
    #: in MB, for statistics; what does not fit is written to the vault and removed again
    memory: int = Field(default=200, ge=64)
    threads: int = Field(default=2, ge=1)


class LogBindings(Part):
    """`logs.yaml`."""

    activities: dict[Identifier, LogBinding]


def read_bindings(folder: Path) -> dict[str, LogBinding]:
    """The bindings of a workspace by activity; none if it has no `logs.yaml`. Raises `BadInput`."""
    path = folder / FILE
    return dict(load_model(path, LogBindings).activities) if path.exists() else {}
