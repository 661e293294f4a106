"""web1on1: a messaging processor passes on what is its customers', and answers what is its own."""

from __future__ import annotations

import pyrage
import pytest
from sqlalchemy import text

from tests.promises.asking import Desk
from tests.promises.scenario import Scenario
from zusage.workspace import open_workspace

BEN = "ben@chatgast.example"
CLARA = "clara@firma.example"


@pytest.fixture
def desk(messaging: Scenario) -> Desk:
    return Desk(messaging)


@pytest.mark.promise("web1on1-047")
def test_a_chat_is_the_customers_to_answer(desk: Desk) -> None:
    scenario = desk.scenario
    with scenario.writing("service") as connection:
        first, second = connection.execute(text("SELECT id FROM tenant ORDER BY id LIMIT 2")).scalars()
    contact = scenario.put("service", "contact", tenant_id=first, name="Ben", email=BEN)
    key = pyrage.x25519.Identity.generate().to_public()
    (scenario.folder / "parties.yaml").write_text(
        f"""customers:
  "{first}": {{name: Autohaus Muster, notice: "https://muster.example/ds", email: ds@muster.example, key: {key}}}
  "{second}": {{name: Autohaus Beispiel, notice: "https://beispiel.example/ds", email: ds@beispiel.example, key: {key}}}
"""
    )
    reference = desk.carried_out("2025-03-03", "access", BEN)
    assert len(desk.mails("ds@muster.example")) == 1
    assert desk.mails("ds@beispiel.example") == []
    told = "".join(desk.mails(BEN))
    assert "Autohaus Muster" in told
    assert "https://muster.example/ds" in told
    assert "beispiel.example/ds" not in told
    shown = desk.show("2025-03-03", reference)
    assert shown["outcomes"] == [] or sum(one["hit"] for one in shown["outcomes"]) == 0
    assert str(shown["received_at"])[:10] == str(shown["told"][0]["sent_at"])[:10] == "2025-03-03"
    assert scenario.there("service", "contact", contact) == [contact]


@pytest.mark.promise("web1on1-050")
def test_own_data_are_corrected_on_request(desk: Desk) -> None:
    key = desk.scenario.put("office", "demo", name="Clara", email=CLARA, position="Leitung", company="Firma",
                            requested_at="2025-02-01")  # fmt: skip
    reference = desk.file("2025-03-03", "rectification", CLARA)
    assert str(desk.show("2025-03-03", reference)["due"])[:10] == "2025-04-03"
    desk.run("2025-03-03")
    assert desk.decide("2025-03-04", reference, "grant", "--field", "position", "--value", "Vertrieb") == 0
    desk.run("2025-03-04")
    assert desk.scenario.count("office", "demo", "id = :k AND position = 'Vertrieb'", k=key) == 1
    assert any("Antwort" in one for one in desk.mails(CLARA))


@pytest.mark.promise("web1on1-029")
def test_an_objection_to_advertising_stands_as_a_keyed_hash(desk: Desk) -> None:
    desk.scenario.put("office", "subscriber", email=CLARA, confirmed_at="2025-01-01")
    reference = desk.file("2025-04-01", "marketing-objection", CLARA)
    desk.run("2025-04-01")
    assert desk.may("2025-04-01T10:20", "direct-marketing", CLARA)["code"] == "objected"
    desk.scenario.put("office", "subscriber", email=CLARA, confirmed_at="2025-05-01")
    assert not desk.may("2025-05-02", "direct-marketing", CLARA)["allowed"]
    with open_workspace(desk.scenario.folder).state.connect() as connection:
        rows = str(connection.execute(text("SELECT * FROM suppression")).all())
    assert "suppression." in rows
    assert CLARA not in rows
    assert (
        desk.decide("2025-04-02", reference, "refuse", "--ground", "compelling-grounds", "--text", "x") == 2
    )
