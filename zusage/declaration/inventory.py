"""`inventory.yaml`: what is really deployed – servers, routes, pages in networks – to be compared with the declaration.

Kept by whoever runs the machines; private. A workspace without the file has nothing to compare.
"""

from __future__ import annotations

from pathlib import Path

from zusage.declaration.base import Country, Identifier, Part, Period
from zusage.declaration.loading import load_model

NAME = "inventory.yaml"


class Server(Part):
    """A server of somebody else on which something of ours runs."""

    name: str
    #: recipient id of who runs it
    operator: str
    location: Country
    #: activities whose data lie on it
    activities: tuple[Identifier, ...] = ()


class NetworkPage(Part):
    """A page that the controller runs in somebody else's network."""

    network: str
    page: str


class Setting(Part):
    """How long a system really keeps the data of an activity, and its backups."""

    activity: Identifier
    keep: Period
    backup: Period | None = None


class Inventory(Part):
    """What is deployed."""

    servers: tuple[Server, ...] = ()
    network_pages: tuple[NetworkPage, ...] = ()
    settings: tuple[Setting, ...] = ()
    #: what the platform serves (`/kampagnen`)
    routes: tuple[str, ...] = ()


def load_inventory(folder: Path) -> Inventory:
    """The inventory of a workspace; an empty one where there is none. Raises `BadInput`."""
    path = folder / NAME
    return load_model(path, Inventory) if path.exists() else Inventory()
