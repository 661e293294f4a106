"""The messaging platform's promises about its website's log, on its deployment."""

from __future__ import annotations

import pytest
import time_machine
from fastapi.testclient import TestClient

from tests.promises.log_scene import LogScene
from tests.promises.scenario import Scenario, at
from zusage.deployments.messaging.app import create_app
from zusage.deployments.messaging.app.usage import pseudonym
from zusage.deployments.sessions import check_value


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


def _sign_in(scene: Scenario, moment: str, email: str, password: str) -> int:
    with (
        time_machine.travel(at(moment), tick=False),
        TestClient(create_app(scene.folder), base_url="https://www.plauderwerk.example") as client,
    ):
        code = client.post(
            "/login", data={"email": email, "password": password}, follow_redirects=False
        ).status_code
        if code == 303:
            assert client.get("/app/inbox").status_code == 200
        return code


@pytest.mark.promise("web1on1-020")
def test_use_is_logged_under_a_pseudonym_and_opened_by_a_security_case_alone(messaging: Scenario) -> None:
    messaging.change("service", "UPDATE app_user SET email = 'u1@muster.example', name = 'Ute Eins', password_check = :check, left_at = NULL WHERE id = 1", check=check_value("Wellenreiter-7"))  # fmt: skip
    messaging.change("service", "UPDATE app_user SET email = 'u2@muster.example', password_check = :check, left_at = NULL WHERE id = 2", check=check_value("Wellenreiter-8"))  # fmt: skip
    assert _sign_in(messaging, "2025-03-03T08:00", "u1@muster.example", "Wellenreiter-7") == 303
    assert _sign_in(messaging, "2025-03-03T08:05", "u2@muster.example", "falsch") == 403
    one, two = (pseudonym(messaging.folder, number) for number in (1, 2))
    log = messaging.folder / "weblogs" / "usage.log"
    assert log.read_text().splitlines() == [
        f'{one} [03/Mar/2025:08:00:00 +0000] "USE /login HTTP/1.1" 200',
        f'{one} [03/Mar/2025:08:00:00 +0000] "USE /app/inbox HTTP/1.1" 200',
        f'{two} [03/Mar/2025:08:05:00 +0000] "USE /login HTTP/1.1" 403',
    ], "time, pseudonym, function, result"

    logs = LogScene.of(messaging, "usage-log")
    logs.hold("management", "Greta Holm", "2025-01-11")
    logs.hold("dpo", "Jonas Reiter", "2025-01-11")
    assert logs.take_in("2025-03-03T10:00:00")["counted"] == 3
    log.unlink()
    window = ("--from", "2025-03-03T08:00:00+00:00", "--to", "2025-03-03T09:00:00+00:00")
    for purpose in ("sales", "understand", "investigate"):
        refused = logs.logs("read", "--purpose", purpose, *window, at="2025-03-04T10:00:00")
        assert refused.code == 1, "nobody reads lines: not sales, and not without a case"
        assert one not in refused.out
    assert len(logs.refusals()) == 3

    opened = logs.logs("case", "open", "M-7", "--suspicion", "fremde Anmeldungen bei Konten von Muster am Morgen", *window, "--hold-until", "2025-06-01", "--by", "Jonas Reiter", at="2025-03-04T10:00:00")  # fmt: skip
    assert opened.code == 0, opened.err
    public, key = logs.opener()
    asked = logs.logs("open", "request", "--case", "M-7", "--reason", "prüfen, welches Konto betroffen war", "--opener", public, *window, "--by", "Jonas Reiter", "--json", at="2025-03-04T10:00:00")  # fmt: skip
    assert asked.code == 0, asked.err
    opening = str(asked.json["id"])
    for role, person in (("management", "Greta Holm"), ("dpo", "Jonas Reiter")):
        assert logs.approve(opening, role, person, "2025-03-04T10:05:00").code == 0
    run = ("open", "run", opening, "--identity", str(key))
    assert logs.logs(*run, at="2025-03-04T10:10:00").code == 0
    shown = logs.logs("open", "show", opening, "--by", "Greta Holm", at="2025-03-04T10:10:00").out
    assert shown.count(one) == 2
    assert shown.count(two) == 1
    assert {"logs/case-opened", "logs/opened", "logs/opening-done"} <= set(logs.acts())
    for word in ("u1@muster.example", "Ute", "Wellenreiter"):
        assert word not in shown
