"""The servers of `benchmarks.consent`: ours, and a bare Starlette endpoint that does the same insert – nothing else.

The bare one commits durably once per turn of its event loop, which is the fastest that was measured; it checks nothing.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import sys
import time
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from zusage.server import consents
from zusage.server.app import create_app
from zusage.server.security import TokenBucket
from zusage.workspace import open_workspace

_INSERT = "INSERT INTO consent_event (id, at, person, answers, text, way) VALUES (?, ?, ?, ?, ?, ?)"


def bare(path: Path, said: Any) -> Starlette:
    """The bare application on the same table in a file of its own; `said` is what our decision says of the sample."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    waiting: list[tuple[tuple[Any, ...], asyncio.Future[None]]] = []

    def flush() -> None:
        group = waiting.copy()
        waiting.clear()
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(_INSERT, [row for row, _ in group])
        connection.execute("COMMIT")
        for _, done in group:
            done.set_result(None)

    async def post(request: Request) -> Response:
        made = await request.json()
        answers = " ".join(name if yes else f"-{name}" for name, yes in made["purposes"].items())
        row = (
            bytes.fromhex(made["id"]), int(time.time() * 1000), bytes.fromhex(made["browser"]), answers,
            bytes.fromhex(made["template"]), 4,
        )  # fmt: skip
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        if not waiting:
            loop.call_soon(flush)
        waiting.append((row, done))
        await done
        return Response(status_code=204)

    async def decide(request: Request) -> Response:
        await request.json()
        return JSONResponse(said)

    return Starlette(
        routes=[
            Route("/api/v1/consents", post, methods=["POST"]),
            Route("/api/v1/decisions", decide, methods=["POST"]),
        ]
    )


def main() -> None:
    """`python -m benchmarks._consent_server bare|zusage PATH PORT [JSON]`."""
    which, path, port, *said = sys.argv[1:]
    if which == "bare":
        app: Any = bare(Path(path), json.loads(said[0]))
    else:
        # one machine plays all visitors
        consents._posts = TokenBucket(rate=1e9, burst=1_000_000_000)
        app = create_app(open_workspace(Path(path)))
    uvicorn.run(
        app, host="127.0.0.1", port=int(port), log_level="warning", access_log=False, server_header=False
    )


if __name__ == "__main__":
    main()
