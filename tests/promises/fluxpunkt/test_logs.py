"""The IT provider's promises about web server logs, on its deployment."""

from __future__ import annotations

import os
import re
import shutil
from datetime import UTC, datetime

import pytest

from tests.promises.log_scene import BERLIN, LogScene, ask, nginx
from tests.promises.scenario import Scenario

ACTIVITY = "webserver-logs"
EXAMPLE = (
    '203.0.113.195 - - [14/May/2018:15:24:14 +0200] "GET /bild.png HTTP/1.1" 302 218 "https://www.example.org/"'
    ' "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"\n'
)


@pytest.fixture
def logs(itservice: Scenario) -> LogScene:
    """The IT provider; its lines are sealed for the server, until they expire."""
    return LogScene.of(itservice, ACTIVITY)


def _read(logs: LogScene, at: str, begin: str, end: str, purpose: str = "operation") -> list[str]:
    said = logs.logs("read", "--purpose", purpose, "--from", begin, "--to", end, at=at)
    return said.out.splitlines() if said.code == 0 else []


@pytest.mark.promise("fluxpunkt-018")
def test_search_terms_are_frequencies_and_rare_ones_are_dropped(logs: LogScene) -> None:
    for n in range(30):
        logs.write(logs.line(f"2026-05-05T10:{n:02}:00", f"198.51.{n}.7", "GET /suche?q=VPN HTTP/1.1"))
        logs.write(logs.line(f"2026-05-05T11:{n:02}:00", f"198.51.{n}.7", "GET /suche?q=Mail HTTP/1.1"))
        logs.write(logs.line(f"2026-05-05T12:{n:02}:00", f"198.51.{n}.7", "GET /suche?q=DNS HTTP/1.1"))
    logs.write(
        logs.line(
            "2026-05-05T10:00:00", "198.51.100.23", "GET /suche?q=Mara%20Beispiel%20K%C3%BCndigung HTTP/1.1"
        )
    )
    logs.take_in("2026-05-05T12:00:00")
    shown = logs.figures("improvement", "searches", "2026-06-02T10:00:00")
    assert shown[("VPN",)] == 30
    assert not [term for (term,) in shown if "Mara" in term]
    assert "198.51" not in str(logs.rows())


@pytest.mark.promise("fluxpunkt-019")
def test_performance_is_counts_and_response_times_and_names_nobody(logs: LogScene) -> None:
    log = logs.log.with_name("performance.log")
    with log.open("w") as file:
        for n in range(600):
            spent = 0.02 if n % 10 else 0.4
            request = f"GET /a.html?user=mara{n}@example.org HTTP/1.1"
            file.write(f'[05/May/2026:10:00:{n // 10:02} +0200] "{request}" 200 512 {spent:.3f}\n')
    logs.log.write_text("")
    named = ("--activity", "server-performance")
    assert logs.logs("ingest", *named, "--json", at="2026-05-05T10:00:00").json["counted"] == 600
    log.unlink()
    shown = logs.logs("stats", *named, "--purpose", "performance", "--json", at="2026-05-05T12:00:00").json
    (cell,) = shown["cells"]
    assert (cell["values"], cell["count"]) == (["www.strompfad.example", "/a.html"], 600)
    # 540 requests within 25 ms, all within 500 ms
    assert dict(zip((10, 25, 50, 100, 250, 500), cell["below"], strict=False)) == {
        10: 0, 25: 540, 50: 540, 100: 540, 250: 540, 500: 600,
    }  # fmt: skip
    assert logs.readable("mara", "example.org", apart_from=("data", "declaration.yaml")) == []
    assert (
        logs.logs(
            "read",
            *named,
            "--purpose",
            "performance",
            "--from",
            "2026-05-05",
            "--to",
            "2026-05-06",
            at="2026-05-05",
        ).code
        == 1
    )


@pytest.mark.promise("fluxpunkt-068")
def test_evaluated_rows_hold_no_address_and_nothing_that_links_two_visits(logs: LogScene) -> None:
    agent = "Unikat/7.1 (einmalig)"
    for day in ("04", "05"):
        logs.write(
            logs.line(
                f"2026-05-{day}T10:00:07", "198.51.100.23", "GET /a.html?cid=1234.5678 HTTP/1.1", agent=agent
            )
        )
    logs.take_in("2026-05-05T12:00:00")
    rows = logs.rows()
    assert len(rows) == 2
    text = str(rows)
    for value in ("198.51.100.23", "198.51.100", "1234.5678", "Unikat", "_ga"):
        assert value not in text
    first, second = (tuple(value for value in row if not isinstance(value, datetime)) for row in rows)
    # but for the hour the rows are those of any other visitor: nothing tells whose they are
    assert first == second
    assert {row[1].minute for row in rows} == {0}
    assert logs.figures("improvement", "requests", "2026-05-06T12:00:00") == {}


@pytest.mark.promise("fluxpunkt-073", "fluxpunkt-104")
def test_logs_are_read_for_declared_purposes_only_and_each_reading_is_on_record(logs: LogScene) -> None:
    logs.write(
        *[
            logs.line("2026-05-05T10:00:00", f"198.51.{n % 50}.7", f"GET /seite-{n % 2} HTTP/1.1")
            for n in range(500)
        ]
    )
    logs.take_in("2026-05-05T12:00:00")
    at, window = "2026-05-05T12:00:00", ("--from", "2026-05-05", "--to", "2026-05-06")
    assert len(_read(logs, at, "2026-05-05", "2026-05-06")) == 500
    for purpose in ("Besucherstatistik Vertrieb", "Kundenwerbung", ""):
        refused = logs.logs("read", "--purpose", purpose, *window, at=at)
        assert (refused.code, refused.out) == (1, "")
    # optimisation gets counts a page and no line
    assert logs.logs("read", "--purpose", "improvement", *window, at=at).code == 1
    counts = logs.figures("improvement", "requests", at)
    assert {values[1]: count for values, count in counts.items()} == {"/seite-0": 250, "/seite-1": 250}
    assert logs.refusals() == ["undeclared-purpose", "undeclared-purpose", "no-purpose", "statistics-only"]
    assert logs.acts().count("logs/read") == 2
    assert logs.status(at)[f"logs/{ACTIVITY}/purposes"]["state"] == "kept"


@pytest.mark.promise("fluxpunkt-074")
def test_entries_are_gone_after_seven_days_with_their_rotated_copies(logs: LogScene) -> None:
    logs.write(logs.line("2026-05-01T10:00:00"))
    logs.take_in("2026-05-01T12:00:00")
    logs.log.rename(logs.log.with_name("access.log.1"))
    logs.write(logs.line("2026-05-04T10:00:00"))
    logs.take_in("2026-05-04T12:00:00")
    shutil.move(logs.log, logs.log.with_name("access.log-20260504"))
    logs.write(logs.line("2026-05-08T10:00:00"))
    logs.take_in("2026-05-08T12:00:00")
    assert logs.logs("expire", at="2026-05-08T21:59:00").code == 0
    assert {path.parent.name for path in logs.vault.rglob("*.seg")} == {"2026-05-04", "2026-05-08"}
    assert sorted(path.name for path in logs.log.parent.iterdir()) == ["access.log", "access.log-20260504"]
    assert logs.logs("expire", at="2026-05-12T10:00:00").code == 0
    assert {path.parent.name for path in logs.vault.rglob("*.seg")} == {"2026-05-08"}
    assert [path.name for path in logs.log.parent.iterdir()] == ["access.log"]


@pytest.mark.promise("fluxpunkt-075")
def test_copies_in_backups_vanish_after_21_days_and_do_not_open_before(logs: LogScene) -> None:
    logs.write(logs.line("2026-05-01T10:00:00"))
    logs.take_in("2026-05-01T12:00:00")
    logs.rotate_away()
    backups = logs.folder / "web-backups"
    for day in range(2, 8):
        shutil.copytree(logs.vault, backups / f"2026-05-{day:02}" / "logs")
        raw = backups / f"2026-05-{day:02}" / "access.log.1"
        raw.write_text(logs.line("2026-05-01T10:00:00"))
        for path in (backups / f"2026-05-{day:02}").rglob("*"):
            os.utime(path, (datetime(2026, 5, day, 2, tzinfo=BERLIN).timestamp(),) * 2)
    assert logs.logs("expire", at="2026-05-08T21:59:00").code == 0
    promise = f"logs/{ACTIVITY}/backup/lines"
    assert logs.status("2026-05-20")[promise]["state"] == "kept"
    # a restored backup drops what is older than seven days, and its segments do not open
    shutil.copytree(backups / "2026-05-02" / "logs", logs.vault, dirs_exist_ok=True)
    assert _read(logs, "2026-05-09T10:00:00", "2026-05-01", "2026-05-02") == []
    assert logs.logs("expire", at="2026-05-09T10:00:00").code == 0
    assert not list(logs.vault.rglob("*.seg"))
    # older than 21 days: an alarm, until the backup is gone
    alarmed = logs.status("2026-05-29")[promise]
    assert alarmed["state"] == "broken"
    shutil.rmtree(backups)
    backups.mkdir()
    assert logs.status("2026-05-29")[promise]["state"] == "kept"


@pytest.mark.promise("fluxpunkt-099")
def test_informational_use_leaves_the_eight_listed_items_and_nothing_else(logs: LogScene) -> None:
    with nginx(logs.log) as port:
        sent = {
            "X-Customer": "42-kunde",
            "User-Agent": "Testbrowser/1.0",
            "Referer": "https://news.example/",
            "Cookie": "a=kuchen",
        }
        assert ask(port, "/a.html", "198.51.100.23", sent) == 200
    now = datetime.now(UTC)
    assert logs.take_in(now.isoformat())["counted"] == 1
    logs.rotate_away()
    assert logs.readable("42-kunde", "kuchen", apart_from=()) == []
    (line,) = _read(logs, now.isoformat(), f"{now.year}-01-01", f"{now.year + 1}-01-02")
    form = (
        r'198\.51\.100\.23 - - \[[^]]+ [+-]\d{4}\] "GET /a\.html HTTP/1\.1" 200 512'
        r' "https://news\.example/" "Testbrowser/1\.0"'
    )
    assert re.fullmatch(form, line)


@pytest.mark.promise("fluxpunkt-100")
def test_an_entry_has_the_form_of_the_printed_example(logs: LogScene) -> None:
    logs.write(EXAMPLE)
    assert logs.logs("check", str(logs.log), at="2018-05-14T14:00:00").code == 0
    logs.take_in("2018-05-14T14:00:00")
    assert _read(logs, "2018-05-14T14:00:00", "2018-05-14T15:24:14+02:00", "2018-05-14T15:24:15+02:00") == [
        EXAMPLE.strip()
    ]
    logs.write(EXAMPLE.strip() + ' "acht"\n')
    checked = logs.logs("check", str(logs.log), "--json", at="2018-05-14T14:00:00")
    assert (checked.code, checked.json["undeclared_fields"], checked.json["first"]) == (
        1,
        1,
        {"undeclared_fields": 2},
    )
    assert logs.take_in("2018-05-14T14:00:00")["counted"] == 0
    assert _read(logs, "2018-05-14T14:00:00", "2018-05-14", "2018-05-15") == [EXAMPLE.strip()]


@pytest.mark.promise("fluxpunkt-105")
def test_the_address_is_whole_in_the_log_and_gone_with_it(logs: LogScene) -> None:
    logs.write(logs.line("2026-05-01T10:00:00", "198.51.100.23"))
    logs.take_in("2026-05-01T12:00:00")
    logs.rotate_away()
    assert _read(logs, "2026-05-05T10:00:00", "2026-05-01", "2026-05-02")[0].startswith("198.51.100.23 ")
    assert "198.51.100" not in str(logs.rows())
    assert logs.logs("expire", at="2026-05-08T21:59:00").code == 0
    assert _read(logs, "2026-05-09T10:00:00", "2026-05-01", "2026-05-02") == []
    # the support desk's own records of remote sessions are another activity
    assert logs.readable("198.51.100.23", apart_from=("data",)) == []
