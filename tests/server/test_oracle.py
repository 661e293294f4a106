"""Nobody learns from form, pages, mails or the work behind them whether a person is known – before identity is proven."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, event

from tests.keepers.rights.conftest import Shop
from zusage.keepers.rights.proofs import AT_ONCE
from zusage.registers.requests import Kind
from zusage.server.rights import OFFERED, _requests
from zusage.stores.sql.database import Database

#: of one length, so that answers can be compared byte by byte
KNOWN, UNKNOWN = "ada@mail.example", "xyz@mail.example"


@contextmanager
def statements(*engines: Engine) -> Iterator[list[str]]:
    """What these databases are asked meanwhile, without the values."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, said: str, *_: object) -> None:
        seen.append(said)

    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)


def stores(shop: Shop) -> list[Engine]:
    found = [one for one in shop.workspace.context.stores.values() if isinstance(one, Database)]
    return [one.engine(writing=writing) for one in found for writing in (False, True)]


def plain(said: str, address: str) -> str:
    """Without what differs between any two requests: random tokens, running numbers, the address itself."""
    said = re.sub(r"[\w-]{32,}", "TOKEN", said)
    return re.sub(r"\d{4}-\d{4}", "NUMBER", said).replace(address, "ADDRESS")


def seen_by_whoever_asks(shop: Shop, web: TestClient, kind: Kind, address: str) -> list[object]:
    """Everything that comes back, its size, and what it took."""
    shown: list[object] = []
    with statements(*stores(shop)) as asked, statements(shop.workspace.state) as own:
        sent = web.post("/rights", data={"kind": kind.value, "email": address, "text": "bitte"})
        page = web.get(sent.headers["location"])
        again = web.post("/rights", data={"kind": kind.value, "email": address, "text": "bitte"})
    assert asked == [], "nobody is looked up while somebody waits for the answer"
    shown.append(list(own))
    for answer in (sent, page, again):
        headers = sorted((name, plain(value, address)) for name, value in answer.headers.items())
        shown.append((answer.status_code, len(answer.content), plain(answer.text, address), headers))
    with statements(*stores(shop)) as later:
        for _ in range(2):
            shop.work()
    if kind not in AT_ONCE:
        assert not [said for said in later if "FROM customer" in said and "email" in said], "nor unproven"
    page = web.get(sent.headers["location"])
    shown.append((len(page.content), plain(page.text, address)))
    for mail in shop.mails(address):
        body = mail.get_body(("plain",))
        assert body is not None
        shown.append((plain(str(mail["Subject"]), address), plain(str(body.get_content()), address)))
    return shown


@pytest.mark.parametrize("kind", OFFERED, ids=lambda kind: kind.value)
def test_a_known_and_an_unknown_person_are_answered_alike(shop: Shop, web: TestClient, kind: Kind) -> None:
    _requests._filled.clear()
    shop.work()
    # the first request of all finds empty tables
    seen_by_whoever_asks(shop, web, kind, "abc@mail.example")
    known = seen_by_whoever_asks(shop, web, kind, KNOWN)
    unknown = seen_by_whoever_asks(shop, web, kind, UNKNOWN)
    assert len(known) > 4, "page and mail were compared"
    assert known == unknown


def test_a_link_that_is_wrong_used_or_old_says_the_same(shop: Shop, web: TestClient) -> None:
    _requests._filled.clear()
    web.post("/rights", data={"kind": "access", "email": KNOWN})
    shop.work()
    found = re.search(r"/rights/confirm/[\w-]+", shop.letter(KNOWN, "Anfrage"))
    assert found
    assert web.post(found.group(0)).status_code == 200
    answers = [web.post(link) for link in (found.group(0), "/rights/confirm/" + "x" * 32)]
    assert [one.status_code for one in answers] == [410, 410]
    assert plain(answers[0].text, KNOWN) == plain(answers[1].text, KNOWN)
    downloads = [web.get(f"/rights/download/{token}") for token in ("0" * 24 + "." + "x" * 24, "y.z")]
    assert [one.status_code for one in downloads] == [410, 410]
    assert downloads[0].text == downloads[1].text
