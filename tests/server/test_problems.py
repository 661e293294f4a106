"""What goes wrong is said in the reader's language, on every page."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

from fastapi.testclient import TestClient

import zusage
from tests.keepers.rights.conftest import Shop
from tests.server.conftest import csrf_of
from zusage.registers.requests import Kind
from zusage.server.accounts import Role
from zusage.server.pages import PROBLEMS
from zusage.server.translating import german_problems, in_language

HOUSE = Path(zusage.__file__).parent
#: where errors are raised that reach a page
ROOMS = ("server", "keepers/rights", "keepers/announcing", "keepers/assessing", "keepers/attestation")
MORE = (
    "keepers/retention/approving.py",
    "keepers/consent/asking.py",
    "stores/restriction.py",
    "mail/message.py",
)
#: errors of programs: never a page
PROGRAMS = frozenset(
    {"ValueError", "KeyError", "RuntimeError", "TypeError", "AssertionError", "EventRefused"}
)


def _text(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(one.value) if isinstance(one, ast.Constant) else "{}" for one in node.values)
    return None


def _sentences() -> Iterator[str]:
    files = [path for room in ROOMS for path in sorted((HOUSE / room).rglob("*.py"))]
    for path in [*files, *(HOUSE / one for one in MORE)]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)):
                continue
            called = node.exc.func
            name = called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")
            hints = [each.value for each in node.exc.keywords if each.arg in ("hint", "detail")]
            if name not in PROGRAMS:
                yield from filter(None, map(_text, [*node.exc.args, *hints]))


def test_every_error_that_reaches_a_page_has_its_german_sentence() -> None:
    found = set(_sentences())
    assert len(found) > 100
    assert sorted(found - set(german_problems()) - set(PROBLEMS)) == []


def test_a_sentence_keeps_what_it_names() -> None:
    assert in_language("there is no breach 'B26-1'", "de") == "es gibt keine Datenschutzverletzung „B26-1“"
    assert in_language("there is no impact assessment of 'shop'", "de") == (
        "zu „shop“ gibt es keine Abschätzung der Art „impact“"
    )
    assert in_language("there is no breach 'B26-1'", "en") == "there is no breach 'B26-1'"
    assert in_language("what nobody foresaw", "de") == "what nobody foresaw"
    assert in_language(None, "de") is None


def test_pages_say_what_is_wrong_in_both_languages(
    shop: Shop, web: TestClient, staff: Callable[[Role], TestClient]
) -> None:
    german, english = (
        {"accept-language": "de", "accept": "text/html"},
        {"accept-language": "en", "accept": "text/html"},
    )
    form = {"kind": "access", "email": "not an address"}
    said = web.post("/rights", data=form, headers=german)
    assert said.status_code == 400
    assert "Das ist keine E-Mail-Adresse" in said.text
    assert "is not an e-mail" not in said.text
    assert "This is not an e-mail address" in web.post("/rights", data=form, headers=english).text
    one, officer = shop.confirmed(Kind.ERASURE), staff(Role.DPO)
    wrong = {"csrf": csrf_of(officer), "decision": "refuse"}
    for language, sentence in ((german, "nennt ihren Grund"), (english, "names its ground")):
        refused = officer.post(f"/console/requests/{one.reference}/decision", data=wrong, headers=language)
        assert (refused.status_code, sentence in refused.text) == (400, True)
    old = officer.post(
        f"/console/requests/{one.reference}/decision", data=wrong | {"csrf": "x"}, headers=german
    )
    assert "the form is too old" not in old.text
