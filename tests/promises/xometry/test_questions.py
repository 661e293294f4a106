"""xometry: requests that arrive by mail or telephone are recognised; the officer's mail is the officer's; help cases end with a letter."""

from __future__ import annotations

import pytest

from tests.promises.asking import Desk
from tests.promises.mailing_in import console, mail, receive
from tests.promises.scenario import Scenario
from zusage.server.accounts import Role

ADA, BEN = "ada@kunde.example", "ben@kunde.example"
DPO = "dsb@spanwerk.example"


@pytest.fixture
def desk(marketplace: Scenario) -> Desk:
    return Desk(marketplace)


@pytest.mark.promise("xometry-016")
def test_a_request_to_the_general_address_becomes_a_case_and_an_order_enquiry_does_not(desk: Desk) -> None:
    scene, office = desk.scenario, "info@spanwerk.example"
    came = receive(
        scene, "2022-07-01T14:00", mail(ADA, office, "Auskunft nach Art. 15", "Bitte senden Sie mir alles.")
    )
    assert (came["what"], came["kind"]) == ("case", "access")
    shown = desk.show("2022-07-01T15:00", came["reference"])
    assert str(shown["received_at"])[:10] == "2022-07-01"
    assert str(shown["due"])[:10] == "2022-08-01"
    order = receive(
        scene,
        "2022-07-01T14:05",
        mail(ADA, office, "Bestellung S-17", "Wann kommen die Frästeile? Bitte um Angebot."),
    )
    assert (order["what"], order["reference"]) == ("not-ours", None)
    for words in (
        ("Meine Daten", "Bitte löschen Sie meine Daten vollständig."),
        ("Anfrage", "Please delete my account and all my data."),
    ):
        assert receive(scene, "2022-07-01T14:10", mail(BEN, office, *words))["kind"] == "erasure"
    by_phone = desk.file("2022-07-01T16:00", "access", BEN, channel="telephone")
    assert desk.show("2022-07-01T16:00", by_phone)["channel"] == "telephone"
    listed = scene.zusage("2022-07-01T17:00", "request", "list", "--json").json
    assert len(listed) == 4


@pytest.mark.promise("xometry-017")
def test_mail_to_the_officer_is_seen_by_nobody_else_until_released(desk: Desk) -> None:
    scene = desk.scenario
    came = receive(
        scene,
        "2022-07-01T14:00",
        mail(ADA, "privacy@spanwerk.example", "Vertraulich", "Ihr Verkauf weiß zu viel."),
    )
    desk.run("2022-07-01T14:01")
    assert any(came["reference"] in one for one in desk.mails(DPO))
    path = f"/console/requests/{came['reference']}"
    with console(
        scene, "2022-07-01T15:00", sales=Role.CLERK, boss=Role.MANAGEMENT, officer=Role.DPO
    ) as people:
        (sales, account), (officer, _) = people["sales"], people["officer"]
        refused = sales.get(path)
        assert refused.status_code == 403
        assert "hat diesen Fall nicht freigegeben" in refused.text
        assert "Verkauf weiß" not in refused.text
        assert people["boss"][0].get(path).status_code == 403
        page = officer.get(path).text
        assert "Verkauf weiß" in page
        assert "01.07.2022 16:00" in page, "with the time of receipt, 14:00 UTC"
        csrf = page.split('name="csrf" value="')[1].split('"')[0]
        released = officer.post(f"{path}/assignment", data={"account": account, "csrf": csrf})
        assert released.status_code == 200, released.text
        assert "Verkauf weiß" in sales.get(path).text


@pytest.mark.promise("xometry-310")
def test_help_towards_a_network_is_a_case_with_an_owner_and_ends_with_a_letter(desk: Desk) -> None:
    scene = desk.scenario
    said = scene.zusage("2022-07-01", "request", "new", "--kind", "question", "--identity", BEN, "--channel", "letter", "--topic",
                        "network-help", "--text", "Das Netzwerk antwortet nicht.", "--json")  # fmt: skip
    assert said.code == 0, said.err
    reference = said.json["reference"]
    desk.run("2022-07-01")
    shown = desk.show("2022-07-01", reference)
    assert (shown["topic"], shown["responsible"], str(shown["due"])[:10]) == (
        "network-help",
        DPO,
        "2022-08-01",
    )
    assert desk.decide("2022-07-05", reference) == 2, "a case is not closed without a letter"
    for command in ("delete", "close", "remove"):
        assert scene.zusage("2022-07-05", "request", command, reference).code == 2
    assert desk.show("2022-07-05", reference)["closed_at"] is None
    assert (
        desk.decide("2022-07-20", reference, "grant", "--text", "Wir haben beim Netzwerk nachgefragt.") == 0
    )
    desk.run("2022-07-20")
    desk.run("2022-07-21")
    assert desk.show("2022-07-21", reference)["state"] == "answered"
    assert any("beim Netzwerk nachgefragt" in one for one in desk.mails(BEN))
