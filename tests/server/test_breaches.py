"""The persons concerned by a breach are written to from the console (Art. 34), and what became of each message is seen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from tests.keepers.rights.conftest import MakeShop, Shop
from tests.server.conftest import csrf_of
from tests.support.smtp import SmtpServer
from zusage import clock
from zusage.keepers.announcing import BadAnnouncement
from zusage.keepers.announcing.breaches import Facts, close_breach, open_breach, record_notified
from zusage.keepers.announcing.persons import Telling, outcomes, tell_persons, withhold
from zusage.keepers.announcing.service import account_holders
from zusage.registers.breaches import Breach, breaches
from zusage.server.accounts import Role
from zusage.text import Text

SAID = {
    "happened_de": "Ein Notebook mit Ihrer Anschrift wurde gestohlen; jemand könnte Ihnen schreiben.",
    "happened_en": "A notebook with your address was stolen; somebody might write to you.",
    "measures_de": "Wir haben es gesperrt. Antworten Sie auf keine Rechnung, die Sie nicht erwarten.",
    "measures_en": "We locked it. Do not answer bills that you do not expect.",
}


@pytest.fixture
def shop(make_shop: MakeShop, sqlite_url: str, smtp_server: SmtpServer) -> Shop:
    """The shop whose mail goes over SMTP."""
    made = make_shop(
        sqlite_url, f"mail: {{transport: smtp, host: 127.0.0.1, port: {smtp_server.port}, tls: none}}\n"
    )
    made.now = clock.now()
    return made


def _opened(shop: Shop) -> Breach:
    known = Facts(shop.now, "Notebook K-17", "gesperrt", risk="high")
    return open_breach(shop.workspace.context, known, {}, "dpo", shop.now)[0]


def _on_file(shop: Shop, one: Breach) -> Breach:
    with shop.workspace.state.connect() as connection:
        return breaches(connection, id=one.id)[0]


def test_each_person_is_written_to_once_and_the_officer_hears_who_was_not_reached(
    shop: Shop, staff: Callable[[Role], TestClient], smtp_server: SmtpServer
) -> None:
    shop.do(
        "INSERT INTO customer VALUES (3, 'no address', 'K-3', 'C', ''), (4, 'ADA@mail.example', 'K-4', 'A', '')"
    )
    one, officer = _opened(shop), staff(Role.DPO)
    smtp_server.refuse["ben@mail.example"] = "550 no such user"
    smtp_server.fail_next = 1
    form = SAID | {"csrf": csrf_of(officer), "activities": "shop"}
    path = f"/console/breaches/{one.id}"
    assert officer.post(f"{path}/persons", data=form | {"measures_en": " "}).status_code == 400, (
        "in both languages"
    )
    assert officer.post(f"{path}/persons", data=form | {"activities": ""}).status_code == 400, "whom?"
    for _ in range(2):
        assert officer.post(f"{path}/persons", data=form).status_code == 303
    shop.work()
    shop.work(timedelta(minutes=20))
    told = [message for message in smtp_server.messages if "Verletzung" in str(message["Subject"])]
    (message,) = told
    body = message.get_body(("plain",))
    assert body is not None
    said = " ".join(body.get_content().split())
    for each in (*SAID.values(), "Art. 34 DSGVO", "Art. 34 GDPR", "Kiesel"):
        assert each in said
    assert "K-17" not in said, "what stands in the file for ourselves is not told"
    assert str(message["To"]).casefold() == "ada@mail.example", "one message for one mailbox"
    shop.work(timedelta(minutes=20))
    with shop.workspace.state.connect() as connection:
        standing = outcomes(connection, one.id)
    assert standing is not None
    assert (standing["told"], standing["arrived"]) == (2, 1)
    assert _on_file(shop, one).persons_told_at is not None
    officers = [
        str(each["Subject"]) for each in smtp_server.messages if "nicht erreicht" in str(each["Subject"])
    ]
    assert officers == [f"Datenschutzverletzung {one.id}: 1 von 2 Personen nicht erreicht"]
    page = officer.get("/console/breaches").text
    assert "1 von 2 E-Mails zugestellt" in page
    assert "ada@mail.example" not in page.casefold()
    shown = officer.get("/console/breaches?format=json").json()[0]["persons"]
    assert sorted(each["state"] for each in shown["parties"]) == ["failed", "sent"]


def test_a_message_that_was_sent_before_a_crash_has_the_same_id_again(
    shop: Shop, smtp_server: SmtpServer
) -> None:
    one = _opened(shop)
    telling = Telling(Text("a", "b"), Text("c", "d"), ("news",))
    assert tell_persons(shop.workspace.context, one.id, telling, "dpo", shop.now).new == 2
    shop.work()
    first = {str(message["To"]): message["Message-ID"] for message in smtp_server.messages}
    shop.do("INSERT INTO newsletter VALUES (3, 'eve@mail.example')")
    sent = tell_persons(shop.workspace.context, one.id, telling, "dpo", shop.now)
    assert (sent.new, sent.before) == (1, 2)
    # as if the worker had died between sending and writing down that it was sent
    with shop.workspace.state.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE mail_outbox SET state = 'queued', ended_at = NULL, lease_until = NULL"
        )
    shop.work()
    again = {str(message["To"]): message["Message-ID"] for message in smtp_server.messages[2:]}
    assert {to: again[to] for to in first} == first
    assert len(again) == 3


def test_persons_need_not_be_told_for_a_reason_of_the_law(shop: Shop) -> None:
    context, one = shop.workspace.context, _opened(shop)
    record_notified(context, one.id, "DE-BY", "dpo", shop.now)
    with pytest.raises(BadAnnouncement, match="not told yet"):
        close_breach(context, one.id, "dpo", shop.now)
    for ground, reasons in (("unlikely", "x"), ("protected", " ")):
        with pytest.raises(BadAnnouncement):
            withhold(context, one.id, ground, reasons, "dpo", shop.now)
    withhold(context, one.id, "protected", "Festplatte verschlüsselt", "dpo", shop.now)
    assert (_on_file(shop, one).withheld, _on_file(shop, one).withheld_reasons) == (
        "protected", "Festplatte verschlüsselt",
    )  # fmt: skip
    with pytest.raises(BadAnnouncement, match="assessed"):
        close_breach(context, one.id, "dpo", shop.now)
    assert list(account_holders(context, "health")) == []
    nobody = Telling(Text("a", "b"), Text("c", "d"), ("health",))
    with pytest.raises(BadAnnouncement, match="nobody of them"):
        tell_persons(context, one.id, nobody, "dpo", shop.now)
