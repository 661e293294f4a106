"""Slow clients: a connection on which no whole request arrives in time is ended, however busily it drips."""

from __future__ import annotations

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

#: from the connection, or the last answer, to the end of a request's body; bodies are small here
SECONDS = 30.0
_ARRIVING = (h11.IDLE, h11.SEND_BODY)


class Impatient(H11Protocol):
    """HTTP/1.1 as uvicorn speaks it, with an end to waiting for head and body."""

    _ends: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """The clock begins."""
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """More of a request; once it is whole, the clock stops."""
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        """The clock begins for the next request."""
        super().on_response_complete()
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        super().connection_lost(exc)
        self._stop()

    def _watch(self) -> None:
        if self.conn.their_state not in _ARRIVING:
            self._stop()
        elif self._ends is None and not self.transport.is_closing():
            self._ends = self.loop.call_later(SECONDS, self.transport.abort)

    def _stop(self) -> None:
        if self._ends is not None:
            self._ends.cancel()
            self._ends = None
