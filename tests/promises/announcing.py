"""Announcements in a scenario: made by the command line, sent by the worker, seen in the mailbox."""

from __future__ import annotations

from typing import Any

from tests.promises.scenario import PERSON, Scenario


def announce(scene: Scenario, now: str, kind: str, text: str, *more: str) -> tuple[int, dict[str, Any]]:
    """Make an announcement; exit code and what is on file of it."""
    said = scene.zusage(
        now,
        "announce",
        "new",
        "--kind",
        kind,
        "--text-de",
        text,
        "--text-en",
        text,
        "--by",
        PERSON,
        "--json",
        *more,
    )
    return said.code, said.json if said.out else {}


def sent(scene: Scenario, now: str, identifier: str) -> dict[str, Any]:
    """Let the worker send, and what is then on file."""
    for minute in ("00", "02", "04"):
        scene.zusage(f"{now}:{minute}", "request", "run", "--json")
    found: dict[str, Any] = scene.zusage(f"{now}:05", "announce", "show", identifier, "--json").json
    return found


def may(scene: Scenario, now: str, recipient: str, activity: str, *more: str) -> list[str]:
    """What stands against a disclosure, by code."""
    said = scene.zusage(now, "disclose", recipient, "--activity", activity, "--check", "--json", *more)
    return [str(one["code"]) for one in said.json["obstacles"]]


def parties(scene: Scenario, *names: str) -> None:
    """Customers in parties.yaml, each with an address of its own."""
    rows = "".join(
        f'  {name}: {{name: {name.title()} GmbH, notice: "https://{name}.example/ds", email: ds@{name}.example}}\n' for name in names
    )  # fmt: skip
    (scene.folder / "parties.yaml").write_text(f"customers:\n{rows}", "utf-8")
