"""Who is responsible for a question, and by when it is answered: by the routes of the declaration.

A complaint about a contractor goes to whoever looks after the contract with it.
"""

from __future__ import annotations

from datetime import datetime

from zusage.declaration import Declaration
from zusage.declaration.rights import Route
from zusage.errors import ZusageError
from zusage.law.periods import working_days_after
from zusage.registers.requests import Kind, Request


class NoRoute(ZusageError):
    """A topic or contractor that the declaration does not know; nothing was filed."""


def topic_of(declaration: Declaration, kind: Kind, topic: str | None, about: str | None = None) -> str | None:
    """The topic that a question is filed under; None where the declaration has no routes. Raises `NoRoute`."""
    routes = declaration.rights.routes
    if about is not None and about not in declaration.recipients:
        raise NoRoute(f"'{about}' is no declared recipient", hint=", ".join(declaration.recipients))
    if topic is not None and topic not in routes:
        raise NoRoute(f"there is no route for '{topic}'", hint=", ".join(routes) or "declare `rights.routes`")
    if topic is None and kind is Kind.QUESTION:
        return next(iter(routes), None)
    return topic


def route_of(declaration: Declaration, request: Request) -> Route | None:
    """The route of a request that has one."""
    return declaration.rights.routes.get(str((request.details or {}).get("topic", "")))


def owner_of(declaration: Declaration, request: Request) -> str | None:
    """Whose mailbox hears of a request first; None: the data protection officer's."""
    about = declaration.recipients.get(str((request.details or {}).get("about", "")))
    if about is not None and about.contract is not None and about.contract.owner is not None:
        return about.contract.owner
    route = route_of(declaration, request)
    return route.owner if route else None


def due_by_route(declaration: Declaration, topic: str | None, received: datetime) -> datetime | None:
    """The route's own time limit."""
    route = declaration.rights.routes.get(topic or "")
    if route is None or route.working_days is None:
        return None
    return working_days_after(
        received, route.working_days, declaration.controller.land, declaration.time_zone
    )


def is_confidential(declaration: Declaration, request: Request) -> bool:
    """Whether only the data protection officer sees it until it is assigned."""
    route = route_of(declaration, request)
    return route is not None and route.confidential
