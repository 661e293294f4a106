"""The ad server's promises about access logs, on its deployment: real lines of a real nginx, sealed, counted, opened."""

from __future__ import annotations

import os
import re
import signal
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from tests.promises.log_scene import LogScene, ask, nginx, without_workspace
from tests.promises.scenario import Scenario
from zusage.deployments import webserver
from zusage.keepers.logs.addresses import truncate

STATISTICS, MISUSE = "statistics", "misuse"
SECOND = ("--from", "2026-05-02", "--to", "2026-05-03", "--parameter", "ad=W-7")


@pytest.fixture
def logs(adserver: Scenario) -> LogScene:
    """The ad server with the keys of management and data protection officer."""
    made = LogScene.of(adserver, "access-log")
    made.hold("management", "Greta Holm", "2026-01-10")
    made.hold("dpo", "Jonas Reiter", "2026-01-10")
    return made


def _lines(logs: LogScene, opening_at: str, **scope: str) -> list[str]:
    """Every line of a scope, opened by both roles."""
    public, key = logs.opener()
    case = "T-1"
    wide = ["--from", scope["begin"], "--to", scope["end"]]
    said = logs.logs("case", "open", case, "--suspicion", "Klickbetrug im angegebenen Zeitraum", "--hold-until", "2030-01-01",
                     "--by", "Greta Holm", *wide, at=opening_at)  # fmt: skip
    assert said.code == 0, said.err
    request = logs.logs("open", "request", "--case", case, "--reason", "Klickbetrug im angegebenen Zeitraum", "--opener", public,
                        "--by", "Greta Holm", "--json", *wide, at=opening_at)  # fmt: skip
    assert request.code == 0, request.err
    opening = request.json["id"]
    for role, person in (("management", "Greta Holm"), ("dpo", "Jonas Reiter")):
        assert logs.approve(opening, role, person, opening_at).code == 0
    assert logs.logs("open", "run", opening, "--identity", str(key), at=opening_at).code == 0
    shown = logs.logs("open", "show", opening, "--by", "Greta Holm", at=opening_at)
    assert logs.logs("case", "close", case, "--by", "Greta Holm", at=opening_at).code == 0
    return shown.out.splitlines()


def _now() -> str:
    return datetime.now(UTC).isoformat()


@pytest.mark.promise("aim3-046")
def test_delivery_is_evaluated_in_counts_only(logs: LogScene) -> None:
    for number in range(500):
        request = f"GET /deliver?ad=W-{number % 2 + 7}&campaign=C-{number % 2 + 7} HTTP/1.1"
        logs.write(
            logs.line(f"2026-04-01T10:{number // 10:02}:00", f"198.51.{number % 40}.{number % 40}", request)
        )
    assert logs.take_in("2026-04-01T13:00:00")["counted"] == 500
    said = logs.logs(
        "stats", "--purpose", STATISTICS, "--statistic", "ads", "--json", at="2026-04-01T13:00:00"
    ).json
    assert {(cell["period"], *cell["values"]): cell["count"] for cell in said["cells"]} == {
        ("2026-04-01T08", "www.windrose.example", "W-7"): 250,
        ("2026-04-01T08", "www.windrose.example", "W-8"): 250,
    }
    assert not [row for row in logs.rows() if re.search(r"198\.51\.", str(row))]


@pytest.mark.promise("aim3-047")
def test_two_purposes_read_and_every_other_one_is_refused(logs: LogScene) -> None:
    logs.write(*[logs.line("2026-04-01T10:00:00", f"198.51.{n}.7") for n in range(9)])
    logs.take_in("2026-04-01T13:00:00")
    window = ["--from", "2026-04-01", "--to", "2026-04-02"]
    for purpose in ("Leistungskontrolle Mitarbeiter", STATISTICS, MISUSE):
        refused = logs.logs("read", "--purpose", purpose, *window, at="2026-04-01T13:00:00")
        assert (refused.code, refused.out) == (1, "")
    assert logs.logs("stats", "--purpose", "Leistungskontrolle", at="2026-04-01T13:00:00").code == 1
    assert logs.refusals() == ["undeclared-purpose", "statistics-only", "needs-opening", "undeclared-purpose"]
    assert sum(logs.figures(STATISTICS, "requests", "2026-04-01T13:00:00").values()) == 9
    assert len(_lines(logs, "2026-04-01T14:00:00", begin="2026-04-01", end="2026-04-02")) == 9


@pytest.mark.promise("aim3-048")
def test_the_log_covers_accesses_and_no_form_contents(logs: LogScene) -> None:
    with nginx(logs.log) as port:
        assert ask(port, "/a.html", "198.51.100.7") == 200
        assert ask(port, "/deliver?ad=W-9&campaign=C-9", "198.51.100.7") == 200
        assert ask(port, "/form", "198.51.100.7", body=b"message=geheim&from=mara@example.org") == 200
    assert logs.take_in(_now())["counted"] == 3
    logs.rotate_away()
    year = datetime.now(UTC).year
    lines = _lines(logs, _now(), begin=f"{year}-01-01", end=f"{year + 1}-01-02")
    assert [each.split('"')[1].split(" ")[:2] for each in lines] == [
        ["GET", "/a.html"], ["GET", "/deliver?ad=W-9&campaign=C-9"], ["POST", "/form"],
    ]  # fmt: skip
    assert "geheim" not in "".join(lines)
    assert logs.readable("geheim", "mara@example.org", apart_from=()) == []


@pytest.mark.promise("aim3-049")
def test_an_entry_holds_the_declared_connection_fields_and_no_sixth(logs: LogScene) -> None:
    combined = '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent'
    sent = {"X-Device-Id": "device-42", "Cookie": "sid=kuchen", "Authorization": "Basic a2xhdXM6eA=="}
    with nginx(logs.log, f'{combined} "$http_referer" "$http_user_agent" "$http_x_device_id"') as port:
        ask(port, "/a.html", "198.51.100.23", sent)
    assert logs.logs("check", str(logs.log), at=_now()).code == 1
    taken = logs.take_in(_now())
    assert (taken["lines"], taken["counted"], taken["malformed"]) == (1, 0, 1)
    logs.rotate_away()
    with nginx(logs.log) as port:
        ask(port, "/a.html", "198.51.100.23", sent)
    assert logs.logs("check", str(logs.log), at=_now()).code == 0
    assert logs.take_in(_now())["counted"] == 1
    year = datetime.now(UTC).year
    (line,) = _lines(logs, _now(), begin=f"{year}-01-01", end=f"{year + 1}-01-02")
    assert re.fullmatch(r'198\.51\.100\.23 - - \[[^]]+\] "GET /a\.html HTTP/1\.1" 200 512 "-" "-"', line)
    for value in ("device-42", "kuchen", "klaus"):
        assert value not in line


@pytest.mark.promise("aim3-050")
def test_referrer_and_browser_only_if_they_were_sent(logs: LogScene) -> None:
    with nginx(logs.log) as port:
        sent = {"Referer": "https://news.example/", "User-Agent": "Testbrowser/1.0"}
        assert ask(port, "/a.html", "198.51.100.7", sent) == 200
        assert ask(port, "/a.html", "198.51.100.8") == 200
    assert logs.take_in(_now())["counted"] == 2
    year = datetime.now(UTC).year
    first, second = _lines(logs, _now(), begin=f"{year}-01-01", end=f"{year + 1}-01-02")
    assert first.endswith('"https://news.example/" "Testbrowser/1.0"')
    assert second.endswith('"-" "-"')


@pytest.mark.promise("aim3-053")
def test_entries_cannot_be_rebuilt_from_the_statistics(logs: LogScene) -> None:
    for n in range(100):
        at, request = (
            f"2026-04-01T10:{n % 60:02}:{n % 60:02}",
            f"GET /deliver?ad=W-7&campaign=C-7&cb={n} HTTP/1.1",
        )
        referrer, agent = f"https://news.example/artikel/{n}?id={n}", f"Unikat/{n}.0"
        logs.write(logs.line(at, f"198.51.{n}.7", request, referrer=referrer, agent=agent))
    logs.take_in("2026-04-01T13:00:00")
    rows = logs.rows()
    assert {row[1].minute for row in rows} == {0}
    text = str(rows)
    for value in ("artikel", "Unikat", "cb=", "news.example"):
        assert value not in text
    # joined back to the log: every row stands for all hundred lines of its placement and hour
    assert logs.figures(STATISTICS, "ads", "2026-04-01T13:00:00") == {("www.windrose.example", "W-7"): 100}


@pytest.mark.promise("aim3-054")
def test_the_last_octet_is_gone_before_an_address_reaches_the_statistics(logs: LogScene) -> None:
    addresses = ["198.51.100.23", "198.51.100.77", "2001:db8:1:2::5"]
    logs.write(*[logs.line("2026-04-01T10:00:00", each) for each in addresses])
    cut = logs.folder / "cut.log"
    assert without_workspace("anonymise", str(logs.log), str(cut)).code == 0
    assert [each.split(" ")[0] for each in cut.read_text().splitlines()] == [
        "198.51.100.0",
        "198.51.100.0",
        "2001:db8:1::",
    ]
    assert {truncate(each.encode()) for each in addresses} == {b"198.51.100.0", b"2001:db8:1::"}
    logs.take_in("2026-04-01T13:00:00")
    assert logs.readable(".23 ", "198.51.100.23", "198.51.100.77", "1:2::5") == []
    # both IPv4 addresses count as one network
    assert {row[-1] for row in logs.rows()} == {2}


@pytest.mark.promise("aim3-055")
def test_no_figure_stands_for_fewer_than_five_fetching_addresses(logs: LogScene) -> None:
    def seen(ad: str, second: int, address: str, hour: str = "10") -> str:
        return logs.line(
            f"2026-04-01T{hour}:17:{second:02}", address, f"GET /deliver?ad={ad}&campaign=C-7 HTTP/1.1"
        )

    crowd = [seen(f"W-{n % 3}", n % 60, f"198.51.{n}.7") for n in range(90)]
    again = [seen("W-8", n, "203.0.113.9") for n in range(8)]
    logs.write(*crowd, seen("W-9", 0, "203.0.113.9", "03"), *again)
    logs.take_in("2026-04-01T13:00:00")
    stats = ("stats", "--purpose", STATISTICS, "--statistic", "ads", "--customer", "alpha", "--json")
    cells = logs.logs(*stats, at="2026-04-01T13:00:00").json["cells"]
    assert cells
    assert all(cell["count"] >= 5 and cell["least"] >= 5 for cell in cells)
    # one visit at 03:17, and one visitor eight times, are no rows
    assert not {"W-8", "W-9"} & {cell["values"][1] for cell in cells}


@pytest.mark.promise("aim3-056")
def test_raw_logs_are_encrypted_and_apart_from_the_statistics(logs: LogScene) -> None:
    logs.write(
        *[logs.line("2026-04-01T10:00:00", "198.51.100.23", f"GET /seite-{n} HTTP/1.1") for n in range(9)]
    )
    logs.log.rename(logs.log.with_name("access.log.1"))
    assert logs.take_in("2026-04-01T13:00:00")["counted"] == 9
    logs.log.with_name("access.log.1").unlink()
    assert logs.readable("198.51.100.23", "GET /seite-1", "Testbrowser/1.0", apart_from=()) == []
    statistics = [path for path in (logs.vault / "statistics").rglob("*") if path.is_file()]
    assert {path.suffix for path in statistics} == {".parquet"}
    assert not [
        path for path in logs.folder.rglob("*") if path.is_file() and b"AGE-SECRET-KEY" in path.read_bytes()
    ]
    assert not list(logs.vault.rglob("*.part"))
    assert logs.status("2026-04-01T13:00:00")["logs/access-log/sealed"]["state"] == "kept"


def _case(logs: LogScene, at: str = "2026-05-04T09:00:00") -> None:
    """M-3: click fraud on W-7 on 2 May, with lines of the days around it and of another ad."""
    for day in ("01", "02", "03"):
        for ad in ("W-7", "W-8"):
            for n in range(3):
                request = f"GET /deliver?ad={ad}&campaign=C-{ad[2:]}&n={n} HTTP/1.1"
                logs.write(logs.line(f"2026-05-{day}T10:0{n}:00", f"198.51.100.{n}", request))
    logs.take_in("2026-05-03T14:00:00")
    wanted = (
        "--suspicion",
        "Klickbetrug auf W-7 am 2026-05-02",
        "--hold-until",
        "2026-12-01",
        "--by",
        "Greta Holm",
        *SECOND,
    )
    said = logs.logs("case", "open", "M-3", *wanted, at=at)
    assert said.code == 0, said.err


def _request(
    logs: LogScene, public: str, *more: str, case: str = "M-3", reason: str = "Klickbetrug auf W-7, siehe M-3"
) -> tuple[int, str]:
    said = logs.logs("open", "request", "--case", case, "--reason", reason, "--opener", public, "--by", "Greta Holm", "--json",
                     *more, at="2026-05-04T09:30:00")  # fmt: skip
    return said.code, said.json["id"] if said.code == 0 else ""


@pytest.mark.promise("aim3-057")
def test_lines_are_opened_for_a_recorded_suspicion_and_within_its_scope_only(logs: LogScene) -> None:
    logs.hold("customer-dpo", "Anna Alpha", "2026-01-11", "--customer", "alpha")
    _case(logs)
    public, key = logs.opener()
    first = ("--from", "2026-05-01", "--to", "2026-05-02", "--parameter", "ad=W-7")
    assert _request(logs, public, *SECOND, case="M-4")[0] == 1
    assert _request(logs, public, *SECOND, reason="Routine")[0] == 1
    assert _request(logs, public, *first)[0] == 1
    assert logs.refusals() == ["no-case", "no-reason", "out-of-scope"]
    code, opening = _request(logs, public, *SECOND)
    assert code == 0
    for role, person in (
        ("management", "Greta Holm"),
        ("dpo", "Jonas Reiter"),
        ("customer-dpo", "Anna Alpha"),
    ):
        assert logs.approve(opening, role, person, "2026-05-04T10:00:00").code == 0
    done = logs.logs("open", "run", opening, "--identity", str(key), "--json", at="2026-05-04T11:00:00")
    assert done.json["lines"] == 3
    shown = logs.logs(
        "open", "show", opening, "--by", "Greta Holm", at="2026-05-04T11:00:00"
    ).out.splitlines()
    assert all("02/May/2026" in each and "ad=W-7" in each for each in shown)
    assert {"logs/case-opened", "logs/opened", "logs/opening-done"} <= set(logs.acts())


@pytest.mark.promise("aim3-058")
def test_what_was_opened_stays_in_the_case_file_and_nothing_is_joined_outside(logs: LogScene) -> None:
    logs.hold("customer-dpo", "Anna Alpha", "2026-01-11", "--customer", "alpha")
    _case(logs)
    window = ["--from", "2026-05-02", "--to", "2026-05-03", "--address", "198.51.100.1"]
    assert logs.logs("read", "--purpose", MISUSE, *window, at="2026-05-04T10:00:00").code == 1
    public, key = logs.opener()
    _, opening = _request(logs, public, *SECOND, "--address", "198.51.100.1")
    for role, person in (
        ("management", "Greta Holm"),
        ("dpo", "Jonas Reiter"),
        ("customer-dpo", "Anna Alpha"),
    ):
        assert logs.approve(opening, role, person, "2026-05-04T10:00:00").code == 0
    assert logs.logs("open", "run", opening, "--identity", str(key), at="2026-05-04T11:00:00").code == 0
    assert (
        logs.logs("open", "show", opening, "--by", "Greta Holm", at="2026-05-04T11:00:00").out.count(
            "198.51.100.1 "
        )
        == 1
    )
    contacts = logs.folder.parent / "contacts.csv"
    contacts.write_text(
        "company,person,address\nAlpha GmbH,Mara Zaunkönig,198.51.100.1\nBeta AG,Otto,198.51.100.77\n"
    )
    joining = ("--records", str(contacts), "--column", "address", "--by", "Greta Holm")
    # outside a case: for an opening that does not exist, and where the case is closed
    assert logs.logs("open", "join", "none", *joining, at="2026-05-04T11:10:00").code == 1
    assert logs.refusals()[-1] == "no-opening"
    said = logs.logs("open", "join", opening, *joining, at="2026-05-04T11:20:00")
    assert (said.code, said.out.strip()) == (0, "1 matches, in the case's file only")
    shown = logs.logs(
        "open", "show", opening, "--by", "Greta Holm", at="2026-05-04T11:30:00"
    ).out.splitlines()
    assert len(shown) == 2
    assert shown[1] == f"{shown[0]} <- company=Alpha GmbH; person=Mara Zaunkönig"
    # the result lies sealed in the case's file alone: not in statistics, databases, exports
    assert len(list((logs.vault / "sealed" / "cases").glob("*.seg"))) == 1
    assert logs.readable("198.51.100.1 -", "Zaunkönig", apart_from=("weblogs",)) == []
    assert not [row for row in logs.rows() if "198.51.100" in str(row) or "Alpha GmbH" in str(row)]
    assert logs.logs("case", "close", "M-3", "--by", "Greta Holm", at="2026-05-05T11:00:00").code == 0
    assert logs.logs("open", "join", opening, *joining, at="2026-05-05T11:10:00").code == 1
    assert logs.logs("open", "show", opening, "--by", "Greta Holm", at="2026-06-30T11:00:00").code == 1


@pytest.mark.promise("aim3-059")
def test_opening_takes_management_officer_and_the_customers_side(logs: LogScene) -> None:
    logs.hold("customer-dpo", "Anna Alpha", "2026-01-11", "--customer", "alpha")
    _case(logs)
    public, key = logs.opener()
    _, opening = _request(logs, public, *SECOND)
    run = ("open", "run", opening, "--identity", str(key))
    assert logs.approve(opening, "management", "Greta Holm", "2026-05-04T10:00:00").code == 0
    assert logs.logs(*run, at="2026-05-04T10:05:00").code == 1
    assert logs.approve(opening, "management", "Greta Holm", "2026-05-04T10:06:00").code == 1
    assert logs.approve(opening, "dpo", "Jonas Reiter", "2026-05-04T10:20:00").code == 0
    assert logs.logs(*run, at="2026-05-04T10:30:00").code == 1
    assert logs.approve(opening, "customer-dpo", "Anna Alpha", "2026-05-04T11:00:00").code == 0
    assert logs.logs(*run, at="2026-05-04T11:01:00").code == 0
    assert logs.logs(*run, at="2026-05-04T11:02:00").code == 1
    assert logs.refusals() == ["approval-missing", "second-approval", "approval-missing", "opening-over"]
    assert logs.acts().count("logs/opening-approved") == 3
    # one person cannot hold two of the roles
    second = logs.logs(
        "keys",
        "add",
        "--role",
        "dpo",
        "--person",
        "Greta Holm",
        "--public",
        logs.opener()[0],
        at="2026-05-04T12:00:00",
    )
    assert second.code == 2


@pytest.mark.promise("aim3-060")
def test_logs_go_as_soon_as_they_are_no_longer_needed_but_not_those_of_an_open_case(logs: LogScene) -> None:
    logs.write(logs.line("2026-04-10T10:00:00"), logs.line("2026-04-20T10:00:00"))
    logs.take_in("2026-05-01T10:00:00")
    said = logs.logs("case", "open", "M-3", "--suspicion", "Klickbetrug auf W-7 am 20. April", "--hold-until", "2026-12-01",
                     "--by", "Greta Holm", "--from", "2026-04-20", "--to", "2026-04-21", at="2026-05-02T10:00:00")  # fmt: skip
    assert said.code == 0
    april = ("--from", "2026-04-01", "--to", "2026-05-01", "--by", "Greta Holm")
    assert logs.logs("expire", *april, "--json", at="2026-05-15T23:30:00").json == {"removed": 1}
    assert {path.parent.name for path in logs.vault.rglob("*.seg")} == {"2026-04-20"}
    assert logs.logs("case", "close", "M-3", "--by", "Greta Holm", at="2026-05-16T10:00:00").code == 0
    assert logs.logs("expire", *april, "--json", at="2026-05-16T23:30:00").json == {"removed": 1}
    assert not list(logs.vault.rglob("*.seg"))


@pytest.mark.promise("aim3-061")
def test_every_entry_is_gone_three_months_after_the_end_of_its_month(logs: LogScene) -> None:
    logs.write(logs.line("2025-11-30T23:59:00"), logs.line("2026-01-01T00:00:00"), logs.line("2026-01-31T23:59:00"),
               logs.line("2026-02-01T00:00:00"))  # fmt: skip
    logs.take_in("2026-02-02T10:00:00")
    logs.rotate_away()

    def there() -> set[str]:
        return {path.parent.name for path in logs.vault.rglob("*.seg")}

    assert logs.logs("expire", at="2026-02-28T22:00:00").code == 0
    assert there() == {"2026-01-01", "2026-01-31", "2026-02-01"}
    assert logs.logs("expire", at="2026-04-29T21:00:00").code == 0
    assert len(there()) == 3
    assert logs.logs("expire", at="2026-04-30T21:00:00").code == 0
    assert there() == {"2026-02-01"}
    assert logs.status("2026-04-30T21:30:00")["logs/access-log/expire/lines"]["state"] == "kept"
    assert logs.logs("expire", at="2026-05-31T21:00:00").code == 0
    assert there() == set()
    assert not list((logs.folder / "log-keys").glob("*.shares"))


@pytest.mark.promise("aim3-048")
def test_under_load_and_across_rotation_every_line_of_a_real_nginx_is_taken_once(logs: LogScene) -> None:
    """nginx writes on while lines are taken in and while its log is rotated away under it."""
    visits = webserver.advertising(3000)
    with nginx(logs.log) as port, ThreadPoolExecutor(1) as pool:
        visiting = pool.submit(webserver.visit, port, visits)
        counted = [logs.take_in(_now())["counted"]]
        logs.log.rename(logs.log.with_name("access.log.1"))
        os.kill(int((logs.log.parent / "nginx" / "pid").read_text()), signal.SIGUSR1)
        counted.append(logs.take_in(_now())["counted"])
        visiting.result()
    # the end of a rotated file counts once its size was seen twice
    counted += [logs.take_in(_now())["counted"], logs.take_in(_now())["counted"]]
    assert sum(counted) == 3000, counted
    wanted = {"requests": 3000, "ads": sum("ad=" in visit.path for visit in visits)}
    assert {name: sum(row[6] for row in logs.rows() if row[0] == name) for name in wanted} == wanted
    assert not [row for row in logs.rows() if re.search(r"198\.51\.|2001:db8|visitor@", str(row))]
