"""What can go wrong between an application and its Zusage."""

from __future__ import annotations


class ClientError(Exception):
    """The family: everything the client raises."""


class ServiceUnreachable(ClientError):
    """The service does not answer, or answers that it cannot now (5xx). Nothing that needs a yes may happen."""


class Refused(ClientError):
    """The service refused: `status` is the HTTP status, the text says why."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status = status
