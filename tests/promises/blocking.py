"""Visitors whose browser takes no cookies: what still works, what says why it does not, and that nothing takes their place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.promises.browsing import Visitor


def opened(visitor: Visitor, path: str) -> int:
    """Opens a page by its address; the status of what is shown, after at most one redirect."""
    answers: list[int] = []
    visitor.page.on(
        "response",
        lambda answer: answers.append(answer.status) if answer.request.is_navigation_request() else None,
    )
    answer = visitor.page.goto(visitor.scene.url(path), wait_until="load")
    assert answer is not None
    assert len(answers) <= 2, "no redirect loop"
    return answer.status


def sent(visitor: Visitor, path: str, entries: Mapping[str, str]) -> int:
    """Fills the form of a page and sends it; the status of what is shown then, after few redirects."""
    opened(visitor, path)
    for field, value in entries.items():
        visitor.page.fill(f"main [name={field}]", value)
    answers: list[Any] = []
    visitor.page.on(
        "response", lambda answer: answers.append(answer) if answer.request.is_navigation_request() else None
    )
    with visitor.page.expect_navigation():
        visitor.page.click("main form button")
    assert 1 <= len(answers) <= 3, "no redirect loop"
    return int(answers[-1].status)


def assert_no_substitute(visitor: Visitor, known: Sequence[str] = ()) -> None:
    """Neither cookies nor any other storage, and no id in the page's address."""
    assert visitor.context.cookies() == []
    looked = """async () => {
        const all = {};
        for (const kind of ['localStorage', 'sessionStorage']) { try { all[kind] = Object.keys(window[kind]); } catch { all[kind] = []; } }
        try { all.databases = (await indexedDB.databases()).map(one => one.name); } catch { all.databases = []; }
        try { all.caches = await caches.keys(); } catch { all.caches = []; }
        return all;
    }"""
    kept = visitor.page.evaluate(looked)
    assert kept == {"localStorage": [], "sessionStorage": [], "databases": [], "caches": []}
    address = visitor.page.url.partition("?")[2]
    assert address in {"", *known}
