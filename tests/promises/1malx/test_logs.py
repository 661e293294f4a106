"""The job board's promises about its access logs, on its deployment: four items, cut referrers, counts only."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from tests.promises.log_scene import LogScene, ask, nginx
from tests.promises.scenario import Scenario

ACTIVITY = "website-logs"


@pytest.fixture
def logs(jobboard: Scenario) -> LogScene:
    """The job board; lines are sealed for the server and read for its operation."""
    return LogScene.of(jobboard, ACTIVITY)


def _read(logs: LogScene, at: str, begin: str, end: str) -> list[str]:
    said = logs.logs("read", "--purpose", "operation", "--from", begin, "--to", end, at=at)
    assert said.code == 0, said.err
    return said.out.splitlines()


@pytest.mark.promise("1malx-010", "1malx-115")
def test_a_visit_leaves_time_address_referrer_and_page_and_nothing_else(logs: LogScene) -> None:
    sent = {
        "X-Battery": "80", "Referer": "https://www.example.org/suche?q=geheim", "User-Agent": "Testbrowser/1.0",
        "X-Device-Id": "device-42", "Cookie": "sid=kuchen",
    }  # fmt: skip
    with nginx(logs.log) as port:
        assert ask(port, "/a.html?mail=anna@example.org", "203.0.113.7", sent) == 200
    now = datetime.now(UTC)
    assert logs.take_in(now.isoformat())["counted"] == 1
    logs.rotate_away()
    (line,) = _read(logs, now.isoformat(), f"{now.year}-01-01", f"{now.year + 1}-01-02")
    # the format's places stay, what is not declared is gone; of the referrer the host is left
    form = r'203\.0\.113\.7 - - \[[^]]+\] "GET /a\.html HTTP/1\.1" 000 - "https://www\.example\.org" "-"'
    assert re.fullmatch(form, line)
    assert logs.readable("anna@example.org", "Testbrowser/1.0", "geheim", apart_from=()) == []


@pytest.mark.promise("1malx-010")
def test_an_entry_with_a_field_outside_the_list_is_refused_by_the_schema(logs: LogScene) -> None:
    words = '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"'
    with nginx(logs.log, words + ' "$http_x_battery"') as port:
        ask(port, "/a.html", "203.0.113.7", {"X-Battery": "battery-80"})
    now = datetime.now(UTC).isoformat()
    assert logs.logs("check", str(logs.log), at=now).code == 1
    taken = logs.take_in(now)
    assert (taken["counted"], taken["malformed"]) == (0, 1)
    logs.rotate_away()
    assert logs.readable("battery-80", apart_from=()) == []
