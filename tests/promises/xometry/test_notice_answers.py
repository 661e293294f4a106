"""The marketplace: who answers is the one controller, with the managing directors of the day; tools are registered first."""

from __future__ import annotations

import pytest

from tests.promises.announcing import announce, sent
from tests.promises.asking import Desk
from tests.promises.publishing import edit, publish, section
from tests.promises.scenario import Scenario
from tests.promises.vouching import cover_transfer, may, vouch

ADA = "ada@example.net"
WHO = "Spanwerk Marktplatz GmbH, Drehbankweg 5, 80331 München, Deutschland. "


@pytest.mark.promise("xometry-015")
def test_notice_and_answers_name_the_controller_and_who_represents_it(marketplace: Scenario) -> None:
    desk = Desk(marketplace)
    marketplace.put(
        "office", "enquiry", id=9001, name="Ada Beispiel", email=ADA, received_at="2022-07-01T10:00"
    )
    first = desk.answer("2022-07-04", desk.carried_out("2022-07-04", "access", ADA))
    assert f"{WHO}Vertreten durch Valentin Grünwald und Wanda Zimmerle." in first
    notice = str(section(marketplace, "2022-07-04", "controller"))
    for part in (
        "Spanwerk Marktplatz GmbH",
        "Drehbankweg 5",
        "80331 München",
        "Valentin Grünwald und Wanda Zimmerle",
    ):
        assert part in notice, part
    edit(
        marketplace,
        "represented_by: [Valentin Grünwald, Wanda Zimmerle]",
        "represented_by: [Ottilie Sandmann]",
    )
    later = desk.answer("2022-08-02", desk.carried_out("2022-08-02", "access", ADA))
    assert f"{WHO}Vertreten durch Ottilie Sandmann." in later
    assert "Grünwald" not in later
    assert "Ottilie Sandmann" in str(section(marketplace, "2022-08-02", "controller"))


@pytest.mark.promise("xometry-184")
def test_another_mailbox_is_refused_until_it_is_registered_and_announced(marketplace: Scenario) -> None:
    now = "2026-03-01T08:00"
    assert publish(marketplace, now)[0] == 0
    document = marketplace.file("evidence/contract.txt", "contract\n")

    def contract(recipient: str) -> None:
        filing = [
            "contract",
            "file",
            recipient,
            "--document",
            str(document),
            "--by",
            "Dora",
            "--until",
            "2027-03-01",
        ]
        assert marketplace.zusage(now, *filing).code == 0

    contract("google")
    cover_transfer(marketplace, now, "google", "us")
    assert vouch(marketplace, now, "measure/video-location", role="it") == 0
    assert may(marketplace, "2026-03-01T09:00", "google", "communication") == []
    assert may(marketplace, "2026-03-01T09:00", "helpmail", "communication") == ["unregistered"]
    entry = 'helpmail: {name: Helpmail SAS, country: FR, role: processor, contract: {kind: art-28, concluded: "2026-03-01", attest_every: P1Y}, function: {de: Kundendienst, en: customer support}}'
    edit(marketplace, "recipients:\n", f"recipients:\n  {entry}\n")
    edit(
        marketplace,
        "recipients: [{to: google}, {to: calendly, consent: booking}",
        "recipients: [{to: helpmail}, {to: google}, {to: calendly, consent: booking}",
    )
    contract("helpmail")
    assert may(marketplace, "2026-03-01T09:00", "helpmail", "communication") == ["not-announced"]
    edit(marketplace, 'as_of: "2026-02-20"', 'as_of: "2026-03-08"')
    made = announce(marketplace, "2026-03-01T09:30", "notice-change", "Ab dem 8. März hilft uns Helpmail beim Beantworten.",
                    "--activity", "customer-portal", "--activity", "partner-portal", "--effective", "2026-03-08")[1]  # fmt: skip
    sent(marketplace, "2026-03-01T10", made["id"])
    assert publish(marketplace, "2026-03-08T10:00")[0] == 0
    assert may(marketplace, "2026-03-08T11:00", "helpmail", "communication") == []
