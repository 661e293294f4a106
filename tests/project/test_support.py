"""The ground the other tests stand on: servers answer, canaries are found, the promise report adds up."""

from __future__ import annotations

import base64
import json
import logging
import smtplib
import sqlite3
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page

from tests.support.canaries import Canaries
from tests.support.promises import statuses
from tests.support.smtp import SmtpServer
from tests.support.traces import no_traces, traces


def test_a_fresh_database_is_empty_and_takes_rows(any_url: str) -> None:
    engine = sa.create_engine(any_url)
    assert sa.inspect(engine).get_table_names() == []
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE person (id INTEGER PRIMARY KEY, name VARCHAR(40))"))
        connection.execute(sa.text("INSERT INTO person VALUES (1, 'Jürgen Ößwald 🐦')"))
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT name FROM person")).scalar_one() == "Jürgen Ößwald 🐦"
    engine.dispose()


def test_the_mail_server_keeps_what_it_accepts_and_refuses_what_it_was_told_to(
    smtp_server: SmtpServer,
) -> None:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = "Löschung", "a@example.org", "b@example.org"
    message.set_content("Grüße")
    smtp_server.refuse["gone@example.org"] = "550 no such user"
    smtp_server.fail_next = 1
    with smtplib.SMTP(smtp_server.host, smtp_server.port) as smtp:
        with pytest.raises(smtplib.SMTPDataError):
            smtp.send_message(message)
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            smtp.send_message(message, to_addrs=["gone@example.org"])
        smtp.send_message(message)
    assert [each["Subject"] for each in smtp_server.to("b@example.org")] == ["Löschung"]


@pytest.mark.browser
def test_axe_sees_a_field_without_a_label(
    browser_page: Page, axe: Callable[[Page], list[dict[str, Any]]]
) -> None:
    page = "<!doctype html><html lang=de><title>t</title><main><h1>t</h1>{}</main>"
    browser_page.set_content(page.format("<input name=q>"))
    assert "label" in [found["id"] for found in axe(browser_page)]
    browser_page.set_content(page.format("<label>Suche <input name=q></label>"))
    assert axe(browser_page) == []


@pytest.mark.parametrize(
    "disguise",
    [
        lambda text: text.encode(),
        lambda text: text.upper().encode(),
        lambda text: json.dumps({"x": text}).encode(),
        lambda text: text.encode("utf-16-le"),
        lambda text: base64.b64encode(text.encode()),
        lambda text: base64.b64encode(b"xy" + text.encode() + b"z"),
        lambda text: text.encode().hex().encode(),
    ],
    ids=["plain", "upper", "json", "utf-16", "base64", "base64 shifted", "hex"],
)
def test_a_planted_value_is_found_in_disguise(
    canaries: Canaries, tmp_path: Path, disguise: Callable[[str], bytes]
) -> None:
    log = tmp_path / "ledger" / "log"
    log.parent.mkdir()
    log.write_bytes(b"before " + disguise(canaries.email) + b" after")
    with pytest.raises(AssertionError, match="kanaria"):
        canaries.assert_absent(tmp_path)
    canaries.assert_absent(tmp_path, apart_from=[log.parent])


def test_a_planted_value_is_found_in_a_database_file(canaries: Canaries, tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "state.sqlite")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE failure (message TEXT)")
    connection.commit()
    canaries.assert_absent(tmp_path)
    connection.execute("INSERT INTO failure VALUES (?)", (f"Key (email)=({canaries.email}) exists",))
    connection.commit()
    assert canaries.leaks_below(tmp_path)
    connection.close()


def _results(*results: tuple[str, dict[str, bool]]) -> dict[str, str]:
    return statuses({str(i): {"result": result, "promises": ids} for i, (result, ids) in enumerate(results)})


def test_a_promise_passes_only_if_all_its_tests_passed() -> None:
    assert _results(("passed", {"aim3-001": False}), ("passed", {"aim3-001": False})) == {
        "aim3-001": "passed"
    }
    assert _results(("passed", {"aim3-001": False}), ("skipped", {"aim3-001": False})) == {
        "aim3-001": "skipped"
    }
    assert _results(("skipped", {"aim3-001": False}), ("failed", {"aim3-001": False})) == {
        "aim3-001": "failed"
    }
    assert _results(("passed", {"aim3-001": True})) == {"aim3-001": "attested"}
    assert _results(("failed", {"aim3-001": True})) == {"aim3-001": "failed"}


def test_traces_of_persons_are_found_wherever_nobody_may_be_named(tmp_path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'state.db'}")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE ledger_entry (bytes BLOB)")
        connection.exec_driver_sql("CREATE TABLE request (identity TEXT, tenant TEXT)")
        connection.exec_driver_sql("INSERT INTO request VALUES ('ada@mail.example', NULL)")
    names = ("Ada@mail.example",)
    assert traces(engine, names) == [], "a request names who asks"
    with engine.begin() as connection:
        connection.exec_driver_sql(
            'INSERT INTO ledger_entry VALUES (CAST(\'{"to": "ada@mail.example"}\' AS BLOB))'
        )
        connection.exec_driver_sql("UPDATE request SET tenant = 'to ADA@mail.example'")
    assert traces(engine, names) == [
        "ledger_entry.bytes: ada@mail.example",
        "request.tenant: ada@mail.example",
    ]
    with pytest.raises(AssertionError, match="log: "), no_traces([], names):
        logging.getLogger("zusage.worker").warning("a mail to %s came back", "ada@mail.example")
