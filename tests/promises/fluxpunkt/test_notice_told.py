"""The IT provider: before a remote session the customer is told of the tool and its provider, or there is no code."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from tests.promises.asking import Desk
from tests.promises.scenario import Scenario
from tests.promises.visiting import visiting
from zusage.deployments.itservice.app import create_app
from zusage.workspace import open_workspace
from zusage_client import Zusage

NOW, MARA = "2026-05-05T10:00", "mara@kundin.example"


def receipts(scene: Scenario) -> int:
    with open_workspace(scene.folder).state.connect() as connection:
        query = "SELECT count(*) FROM ledger_entry WHERE kind = 'information/told'"
        return int(connection.exec_driver_sql(query).scalar_one())


@pytest.mark.promise("fluxpunkt-171")
def test_the_code_of_a_session_is_shown_after_the_customer_was_told(itservice: Scenario) -> None:
    itservice.put("desk", "customer", id=9001, company="Kundin", name="Mara Beispiel", email=MARA)
    itservice.put(
        "desk",
        "ticket",
        id=88,
        customer_id=9001,
        subject="Drucker",
        body="streikt",
        opened_at="2026-05-05T09:00",
    )
    with visiting(itservice, create_app, "https://www.strompfad.example", now=NOW) as site:
        shown = site.guest().post("/tickets/88/remote-code")
        assert shown.status_code == 201, shown.text
        assert len(shown.json()["code"]) == 6
        assert shown.json()["receipt"]
        assert receipts(itservice) == 1
        assert site.guest().post("/tickets/88/remote-code").json()["receipt"] == shown.json()["receipt"], (
            "told once"
        )
    # the service does not answer, so the customer cannot be told: no code
    away = create_app(itservice.folder, Zusage("http://127.0.0.1:1", "no-key"))
    with TestClient(away, base_url="https://www.strompfad.example") as cut_off:
        refused = cut_off.post("/tickets/88/remote-code")
        assert refused.status_code == 503
        assert "code" not in refused.json()
    for minute in ("10:05", "10:10"):
        itservice.zusage(f"2026-05-05T{minute}", "worker", "--once")
    (told,) = Desk(itservice).mails(MARA)
    assert "TeamViewer Germany GmbH" in told
    assert "IP-Adresse, TeamViewer-ID, Beginn und Ende der Sitzung" in told
    # without a service there is no way to tell anybody, and so no code

    with TestClient(create_app(itservice.folder), base_url="https://www.strompfad.example") as alone:
        assert alone.post("/tickets/88/remote-code").status_code == 503
    assert receipts(itservice) == 1
