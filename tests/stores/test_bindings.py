"""`stores.yaml`: every name leads somewhere, or the error says which line, and the nearest word."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.keepers.retention.conftest import declaration
from zusage.declaration.strict_yaml import BadInput
from zusage.stores import load_bindings, open_stores
from zusage.stores.paths import BadPath, parse_path, parse_reference

RULES = "      - {id: inactive, from: last-login, keep: P24M, then: erase, when: {named: idle}}\n"
GOOD = """\
stores:
  main:
    kind: sql
    url: app.db
    activities:
      accounts:
        - table: account
          subject: {email: email}
          columns: {email: contact}
          events: {last-login: last_login}
          conditions: {idle: "active = 0"}
          recipes: {anonymise: {name: null, birthday: year, phone: hash, city: {constant: somewhere}}}
"""


def test_a_good_file_loads(tmp_path: Path) -> None:
    path = tmp_path / "stores.yaml"
    path.write_text(GOOD, encoding="utf-8")
    bindings = load_bindings(path, declaration(RULES))
    store = bindings.stores["main"]
    assert store.kind == "sql"
    recipe = store.activities["accounts"][0].recipes["anonymise"]
    assert (recipe["name"].null, recipe["birthday"].year, recipe["phone"].hash) == (True, True, True)
    assert list(open_stores(path, declaration(RULES))) == ["main"]


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("      accounts:", "      acounts:", 6, "accounts"),
        ("{email: contact}", "{email: contacts}", 9, "contact"),
        ("last-login: last_login", "last-logon: last_login", 10, "last-login"),
        ("idle: ", "idel: ", 11, "idle"),
        ("kind: sql", "kind: sqll", 2, "sql"),
        ("url: app.db", "url: app.db\n    jurnal: true", 5, "journal"),
        ("{constant: somewhere}", "{constant: a, null: true}", 12, "exactly one way"),
        ("events: {last-login: last_login}", "events: {last-login: {column: a, sql: b}}", 10, "exactly one"),
    ],
)
def test_errors_name_line_and_nearest_word(tmp_path: Path, old: str, new: str, line: int, said: str) -> None:
    assert old in GOOD
    path = tmp_path / "stores.yaml"
    path.write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        load_bindings(path, declaration(RULES))
    assert f"stores.yaml:{line}:" in str(caught.value)
    assert said in str(caught.value)


def test_paths() -> None:
    path = parse_path("(tenant, number).author->person(id).email")
    assert [hop.columns for hop in path.hops] == [("tenant", "number"), ("author",)]
    assert (path.hops[1].table, path.hops[1].targets, path.column) == ("person", ("id",), "email")
    reference = parse_reference("note(author) -> person(id)")
    assert (reference.table, reference.columns, reference.to, reference.targets) == (
        "note",
        ("author",),
        "person",
        ("id",),
    )


@pytest.mark.parametrize(
    "wrong", ["", "a..b", "a.", ".a", "a b", "a->b.c", "a;drop table x", "(a,b)", "a.'b"]
)
def test_what_is_no_path_is_refused(wrong: str) -> None:
    with pytest.raises(BadPath):
        parse_path(wrong)
