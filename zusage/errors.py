"""The one error family. Everything Zusage refuses on purpose derives from `ZusageError`.

The command line turns these into a sentence and an exit code (DESIGN, "Contracts"): 2 for bad input or wrong use, 3 for
a store that cannot be reached. An error carries a primary sentence and, where there is one, the way out.
"""

from __future__ import annotations


class ZusageError(Exception):
    """Something the caller can understand and mend.

    `message` is one sentence; `hint` says what to do instead; `exit_code` is what the command line returns.
    """

    exit_code = 2

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return self.message if self.hint is None else f"{self.message}\n  {self.hint}"


class StoreUnreachable(ZusageError):
    """A bound store did not answer; nothing was changed there. Names the store, never the driver's message."""

    exit_code = 3


class MissingExtra(ZusageError):
    """A feature needs an optional dependency that is not installed."""

    def __init__(self, extra: str, feature: str) -> None:
        super().__init__(f"{feature} needs the extra '{extra}'", hint=f"pip install 'zusage[{extra}]'")
        self.extra = extra
