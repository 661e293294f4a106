"""The marketplace's promises about access logs, on its deployment."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from tests.promises.log_scene import LogScene, ask, nginx
from tests.promises.scenario import Scenario
from zusage.keepers.logs.tables import log_segment
from zusage.workspace import open_workspace

FORMAT = '$remote_addr [$time_local] $status "$http_referer" "$http_accept_language" "$http_user_agent"'


@pytest.fixture
def logs(marketplace: Scenario) -> LogScene:
    """The marketplace; its lines are sealed for the server, until they expire."""
    return LogScene.of(marketplace, "access-logs")


def _read(logs: LogScene, at: str, begin: str, end: str) -> list[str]:
    said = logs.logs("read", "--purpose", "security", "--from", begin, "--to", end, at=at)
    assert said.code == 0, said.err
    return said.out.splitlines()


@pytest.mark.promise("xometry-041", "xometry-223")
def test_a_page_call_leaves_one_line_with_the_listed_items_and_no_contents(logs: LogScene) -> None:
    sent = {"User-Agent": "Testbrowser/1.0 (Linux)", "Accept-Language": "de-DE", "Cookie": "sid=kuchen"}
    with nginx(logs.log, FORMAT) as port:
        assert (
            ask(port, "/form?order=4711", "203.0.113.7", sent, body=b"password=geheim&card=4111-kreditkarte")
            == 200
        )
        assert (
            ask(port, "/a.html", "203.0.113.8", {**sent, "Referer": "https://news.example/zaunkoenig?id=7"})
            == 200
        )
    now = datetime.now(UTC)
    assert logs.take_in(now.isoformat())["counted"] == 2
    logs.rotate_away()
    plain, referred = _read(logs, now.isoformat(), f"{now.year}-01-01", f"{now.year + 1}-01-02")
    time = r"\[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\]"
    assert re.fullmatch(rf'203\.0\.113\.7 {time} 200 "-" "de-DE" "Testbrowser/1\.0 \(Linux\)"', plain)
    assert re.fullmatch(
        rf'203\.0\.113\.8 {time} 200 "https://news\.example" "de-DE" "Testbrowser/1\.0 \(Linux\)"', referred
    )
    assert logs.readable("geheim", "kreditkarte", "kuchen", "zaunkoenig", apart_from=("data",)) == []


@pytest.mark.promise("xometry-057")
def test_single_entries_are_kept_longer_only_under_a_documented_case(logs: LogScene) -> None:
    for n in range(40):
        address = "203.0.113.66" if n % 8 == 0 else f"198.51.100.{n}"
        logs.write(f'{address} [01/Jul/2022:10:00:{n:02} +0200] 401 "-" "de-DE" "Testbrowser/1.0"\n')
    assert logs.take_in("2022-07-01T12:00:00")["counted"] == 40
    logs.rotate_away()
    wanted = ("--suspicion", "Anmeldeversuche in Serie von 203.0.113.66", "--hold-until", "2022-12-31", "--by", "Frieda Süßkind",
              "--from", "2022-07-01", "--to", "2022-07-02", "--address", "203.0.113.66")  # fmt: skip
    assert logs.logs("case", "open", "", *wanted, at="2022-07-02").code == 1
    assert logs.refusals() == ["case-id"]
    assert logs.logs("case", "open", "22-03", *wanted, at="2022-07-02").code == 0
    assert logs.logs("expire", at="2022-07-08T21:30:00").code == 0
    held = _read_held(logs)
    assert held == 5
    assert logs.logs("case", "close", "22-03", "--by", "Frieda Süßkind", at="2022-09-01T10:00:00").code == 0
    assert logs.logs("expire", at="2022-09-01T21:30:00").code == 0
    assert not list(logs.vault.rglob("*.seg"))
    assert not list((logs.folder / "log-keys").glob("*.shares"))


def _read_held(logs: LogScene) -> int:
    """Lines left in the vault, all of them the case's."""
    with open_workspace(logs.folder).state.connect() as connection:
        rows = connection.execute(select(log_segment).where(log_segment.c.erased_at.is_(None))).all()
    assert {row.held_for for row in rows} == {"22-03"}
    return sum(row.lines for row in rows)
