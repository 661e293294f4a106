"""The messaging platform's promises about its website's log, on its deployment."""

from __future__ import annotations

import pytest

from tests.promises.log_scene import LogScene
from tests.promises.scenario import Scenario


@pytest.mark.promise("web1on1-036")
def test_a_visit_leaves_the_listed_fields_the_address_only_for_the_security_period(
    messaging: Scenario,
) -> None:
    logs = LogScene.of(messaging, "website")
    for n in range(30):
        logs.write(
            logs.line(
                f"2025-03-03T10:00:{n:02}",
                f"203.0.{n}.7",
                "GET /preise?mail=a@example.org HTTP/1.1",
                agent="X Firefox/140.0",
            )
        )
    taken = logs.take_in("2025-03-03T12:00:00")
    assert taken["counted"] == 30
    # a sixth field fails the schema
    logs.write(logs.line("2025-03-03T10:01:00").strip() + ' "device-42"\n')
    assert logs.logs("check", str(logs.log), at="2025-03-03T12:00:00").code == 1
    assert logs.take_in("2025-03-03T12:00:00")["malformed"] == 1
    logs.rotate_away()
    assert (
        logs.logs(
            "read", "--purpose", "improve", "--from", "2025-03-03", "--to", "2025-03-04", at="2025-03-04"
        ).code
        == 1
    )
    shown = logs.figures("improve", "requests", "2025-03-04T12:00:00")
    assert shown == {("www.plauderwerk.example", "/preise", "Firefox"): 30}
    assert logs.logs("expire", at="2025-03-10T22:00:00").code == 0
    assert not list(logs.vault.rglob("*.seg"))
    # what is left is counts without addresses
    assert logs.figures("improve", "requests", "2025-03-11T12:00:00") == shown
    assert logs.readable("203.0.", "example.org", "device-42", apart_from=("data",)) == []
