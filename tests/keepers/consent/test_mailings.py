"""Double opt-in, mailings and the link that ends them, over HTTP as an application and a person's mail program see them."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from sqlalchemy import event

from tests.keepers.consent.conftest import ADA, BEN, CLARA, Publisher
from zusage.database.schema import metadata
from zusage.keepers.consent.asking import Subscription, subscribe
from zusage.keepers.consent.expiring import lapse
from zusage.keepers.consent.service import Given, give
from zusage.registers.asks import ASKS
from zusage.registers.consents import Way
from zusage.registers.suppressions import MARKETING, suppress, suppressed, suppression_key
from zusage.working import tidy

TRACKING = {"pixel": "https://news.nord.example/o/{id}", "parameter": "r"}
HTML = '<html><body><a href="https://nord.example/a?b=1">A</a> <a href="{unsubscribe}">Ende</a></body></html>'


def codes(said: object) -> dict[str, str]:
    assert isinstance(said, dict)
    return {one["address"]: one["code"] for one in said["recipients"]}


def test_only_the_confirmed_address_gets_the_issue(publisher: Publisher) -> None:
    entered = publisher.subscribe(ADA)
    assert publisher.subscribe(ADA)["id"] == entered["id"], "the same question waits"
    assert [one["Subject"] for one in publisher.mails(ADA)] == ["Bitte bestätigen: Newsletter"]
    assert codes(publisher.mailing(ADA, BEN)) == {ADA: "unconfirmed", BEN: "no-consent"}
    assert publisher.may("newsletter", ADA)["code"] == "unconfirmed"
    assert len(publisher.mails(ADA)) == 1, "one confirmation request and nothing else"
    publisher.at("2025-03-02T10:00")
    publisher.confirm(ADA)
    assert codes(publisher.mailing(ADA, BEN)) == {ADA: "consent", BEN: "no-consent"}
    assert len(publisher.mails(ADA)) == 2
    assert publisher.mails(BEN) == []
    state = publisher.api(f"subscriptions/{entered['id']}")
    assert (state["state"], state["entered_at"][:16], state["ended_at"][:16]) == (
        "confirmed",
        "2025-03-01T09:00",
        "2025-03-02T10:00",
    )
    assert "Ich möchte den Newsletter erhalten." in state["words"]


def test_a_link_that_is_only_opened_confirms_nothing_and_works_once(publisher: Publisher) -> None:
    publisher.subscribe(ADA, language="en")
    link = publisher.link(publisher.mails(ADA)[0], "confirm")
    for _ in range(3):
        page = publisher.client.get(link)
        assert page.status_code == 200
        assert "I want the newsletter." in page.text
    assert publisher.may("newsletter", ADA)["code"] == "unconfirmed"
    assert publisher.client.post(link).status_code == 200
    assert publisher.may("newsletter", ADA)["allowed"]
    assert publisher.client.post(link).status_code == 410
    assert publisher.client.get(link).status_code == 410


def test_an_unconfirmed_address_is_gone_after_its_time(publisher: Publisher) -> None:
    entered = publisher.subscribe(ADA)
    link = publisher.link(publisher.mails(ADA)[0], "confirm")
    publisher.at("2025-03-08T22:00")
    publisher.sweep()
    assert publisher.client.get(link).status_code == 200, "the day is not over"
    publisher.at("2025-03-08T23:00")
    assert publisher.client.post(link).status_code == 410
    publisher.sweep()
    state = publisher.api(f"subscriptions/{entered['id']}")
    assert (state["state"], state["consent"]) == ("lapsed", None)
    with publisher.workspace.state.connect() as connection:
        row = connection.execute(ASKS.select()).one()
        assert (row.asked, row.person, row.suppression, row.token_hash) == (None, None, None, None)
        held = connection.exec_driver_sql("SELECT count(*) FROM mail_content").scalar_one()
        assert held == 0, "the mail that asked is forgotten too"
    assert publisher.may("newsletter", ADA)["code"] == "no-consent"


def test_every_mail_ends_with_one_click_and_at_once(publisher: Publisher) -> None:
    publisher.subscribe(ADA)
    publisher.confirm(ADA)
    publisher.at("2025-04-01T09:00")
    publisher.mailing(ADA, html=HTML)
    mail = publisher.mails(ADA)[-1]
    link = publisher.link(mail, "unsubscribe")
    assert mail["List-Unsubscribe"] == f"<https://nord.example{link}>"
    sent = (publisher.workspace.folder / "mail" / "new").glob("*")
    raw = f"\nList-Unsubscribe: <https://nord.example{link}>\r\n".encode()
    assert any(raw in path.read_bytes() for path in sent), "on one line, not encoded"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    html = mail.get_body(("html",))
    assert html is not None
    assert f'href="https://nord.example{link}"' in html.get_content()
    page = publisher.client.get(link)
    assert page.text.count("<button") == 1
    assert publisher.may("newsletter", ADA)["allowed"], "a scanner that opens the link ends nothing"
    publisher.at("2025-04-01T09:00:01")
    publisher.mailing(ADA, key="waits")
    publisher.at("2025-04-01T09:00:02")
    assert publisher.client.post(link, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert publisher.may("newsletter", ADA)["code"] == "withdrawn"
    assert codes(publisher.mailing(ADA))[ADA] == "withdrawn"
    assert len(publisher.mails(ADA)) == 2, "neither what waited nor a mail about leaving"
    key = suppression_key(publisher.workspace.context.keys, "email", ADA)
    with publisher.workspace.state.connect() as connection:
        assert suppressed(connection, key)["newsletter"].isoformat()[:19] == "2025-04-01T09:00:02"
    publisher.at("2025-05-01T09:00")
    publisher.subscribe(ADA)
    publisher.confirm(ADA)
    assert codes(publisher.mailing(ADA))[ADA] == "consent", "who comes back of their own will gets it again"


def test_a_mail_without_the_link_is_not_sent(publisher: Publisher) -> None:
    publisher.subscribe(ADA)
    publisher.confirm(ADA)
    publisher.mailing(ADA, text="Ohne Link.", status=400)
    publisher.mailing(ADA, html="<p>Ohne Link.</p>", status=400)
    assert len(publisher.mails(ADA)) == 1


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="https://t.example/p.gif">', '<p style="background:url(https://t.example/p)">', "<link href=x>",
        '<table background="//t.example/x">', "<style>@import 'x'</style>",
    ],
)  # fmt: skip
def test_what_calls_home_by_itself_is_not_sent(publisher: Publisher, markup: str) -> None:
    publisher.mailing(ADA, html=HTML.replace("<body>", f"<body>{markup}"), status=400)


def test_openings_are_followed_only_of_those_who_agreed(publisher: Publisher) -> None:
    publisher.subscribe(ADA)
    publisher.confirm(ADA)
    publisher.subscribe(BEN, tracking=True)
    publisher.confirm(BEN)
    publisher.at("2025-03-03T09:00")
    said = publisher.mailing(ADA, BEN, html=HTML, tracking=TRACKING)
    marks = {one["address"]: one["tracked"] for one in said["recipients"]}
    assert marks[ADA] is None
    assert marks[BEN]
    parts = {}
    for address in (ADA, BEN):
        html = publisher.mails(address)[-1].get_body(("html",))
        assert html is not None
        parts[address] = html.get_content()
    assert "<img" not in parts[ADA]
    assert 'href="https://nord.example/a?b=1"' in parts[ADA]
    assert f"https://news.nord.example/o/{marks[BEN]}" in parts[BEN]
    assert f'href="https://nord.example/a?b=1&r={marks[BEN]}"' in parts[BEN]


def test_a_topic_that_was_not_chosen_and_a_partner_get_nothing(publisher: Publisher) -> None:
    publisher.subscribe(ADA, topics=["articles"])
    publisher.confirm(ADA)
    assert codes(publisher.mailing(ADA, topic="articles"))[ADA] == "consent"
    assert codes(publisher.mailing(ADA, topic="prices"))[ADA] == "other-topic"
    assert codes(publisher.mailing(ADA, topic="surveys"))[ADA] == "other-topic"
    assert codes(publisher.mailing(ADA, advertiser="Fremd AG"))[ADA] == "other-advertiser"
    assert publisher.may("newsletter/prices", ADA)["allowed"] is False
    assert publisher.may("newsletter/articles", ADA)["allowed"]


def test_a_customer_may_be_written_to_until_they_object(publisher: Publisher) -> None:
    sold = {"address": ADA, "sale": {"at": "2025-02-01", "hint": True}}
    unhinted = {"address": BEN, "sale": {"at": "2025-02-01", "hint": False}}
    assert codes(publisher.mailing(sold, unhinted, CLARA)) == {
        ADA: "existing-customer",
        BEN: "no-consent",
        CLARA: "no-consent",
    }
    assert codes(publisher.mailing(sold, advertiser="Fremd AG"))[ADA] == "other-advertiser"
    assert publisher.client.post(publisher.link(publisher.mails(ADA)[0], "unsubscribe")).status_code == 200
    assert codes(publisher.mailing(sold, key="next"))[ADA] == "objected"
    assert len(publisher.mails(ADA)) == 1


def test_the_same_issue_goes_out_once_and_the_list_is_kept_without_addresses(publisher: Publisher) -> None:
    publisher.subscribe(ADA)
    publisher.confirm(ADA)
    made = [publisher.mailing(ADA, BEN, "not an address", key="2025-04") for _ in range(2)]
    assert len(publisher.mails(ADA)) == 2
    assert codes(made[0])["not an address"] == "not-an-address"
    with publisher.workspace.state.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT allowed, code FROM mailing_recipient ORDER BY mailing, code"
        )
        assert [tuple(row) for row in rows] == [(1, "consent"), (0, "no-consent")] * 2


def test_a_child_is_signed_up_by_a_parent(publisher: Publisher) -> None:
    wanted = {"purpose": "club", "address": ADA}
    publisher.api("subscriptions", wanted, 400)
    publisher.api("subscriptions", wanted | {"age": 12}, 400)
    publisher.api("subscriptions", wanted | {"age": 12, "parent": ADA.upper()}, 400)
    assert publisher.mails(ADA) == []
    publisher.api("subscriptions", wanted | {"age": 12, "parent": CLARA}, 202)
    assert publisher.mails(ADA) == []
    assert not publisher.may("club", ADA)["allowed"]
    publisher.confirm(CLARA)
    assert publisher.may("club", ADA)["allowed"]
    assert not publisher.may("club", CLARA)["allowed"]
    publisher.api("subscriptions", {"purpose": "club", "address": BEN, "age": 16}, 202)
    publisher.confirm(BEN)
    assert publisher.may("club", BEN)["allowed"]


def test_a_single_case_is_asked_answered_and_used_once(publisher: Publisher) -> None:
    wanted = {
        "purpose": "release", "address": ADA, "scope": "akademie-1", "recipient": "Beispiel Akademie",
        "data": "Lebenslauf",
    }  # fmt: skip
    asked = publisher.api("consent-requests", wanted, 202)
    link = publisher.link(publisher.mails(ADA)[0], "confirm")
    page = publisher.client.get(link).text
    assert page.count("<button") == 2
    for word in ("Beispiel Akademie", "Lebenslauf"):
        assert word in page
    assert publisher.api(f"consent-requests/{asked['id']}/use", {})["code"] == "unconfirmed"
    publisher.client.post(link, data={"answer": "yes"})
    assert publisher.may("release/akademie-1", ADA)["allowed"]
    assert not publisher.may("release/akademie-2", ADA)["allowed"]
    assert not publisher.may("release", ADA)["allowed"]
    assert publisher.api(f"consent-requests/{asked['id']}/use", {})["allowed"]
    assert publisher.api(f"consent-requests/{asked['id']}/use", {})["code"] == "used"
    assert publisher.may("release/akademie-1", ADA)["code"] == "used"


def test_no_is_a_no(publisher: Publisher) -> None:
    asked = publisher.api("consent-requests", {"purpose": "release", "address": ADA, "scope": "x"}, 202)
    publisher.client.post(publisher.link(publisher.mails(ADA)[0], "confirm"), data={"answer": "no"})
    assert publisher.api(f"consent-requests/{asked['id']}")["state"] == "declined"
    assert publisher.api(f"consent-requests/{asked['id']}/use", {})["allowed"] is False
    assert publisher.may("release/x", ADA)["code"] == "withdrawn"
    with publisher.workspace.state.connect() as connection:
        assert connection.execute(ASKS.select()).one().asked is None


def test_nobody_but_the_application_may_ask(publisher: Publisher) -> None:
    for path in ("mailings", "subscriptions", "consent-requests"):
        said = publisher.client.post(f"/api/v1/{path}", json={"purpose": "newsletter", "address": ADA})
        assert said.status_code == 401
    assert publisher.client.post("/unsubscribe/AAAA").status_code == 404
    forged = "A" * 90
    assert publisher.client.post(f"/unsubscribe/{forged}").status_code == 404


def test_an_objection_to_all_marketing_is_older_than_a_fresh_yes(publisher: Publisher) -> None:
    publisher.subscribe(ADA)
    publisher.confirm(ADA)
    publisher.at("2025-04-01T09:00")
    key = suppression_key(publisher.workspace.context.keys, "email", ADA)
    with publisher.workspace.state.begin() as connection:
        suppress(connection, key, MARKETING, publisher.now)
    assert codes(publisher.mailing(ADA))[ADA] == "objected"
    sold = {"address": ADA, "sale": {"at": "2025-02-01", "hint": True}}
    assert codes(publisher.mailing(sold))[ADA] == "objected"
    publisher.at("2025-05-01T09:00")
    publisher.api("subjects/consents", {"do": "withdraw-all", "subject": {"kind": "email", "value": ADA}})
    publisher.at("2025-05-02T09:00")
    publisher.subscribe(ADA)
    publisher.confirm(ADA)
    assert codes(publisher.mailing(ADA))[ADA] == "consent"


@pytest.mark.parametrize("what", ["mailing", "lapse"])
def test_the_number_of_statements_does_not_grow_with_the_list(publisher: Publisher, what: str) -> None:
    """Every five hundred addresses cost the same few statements, whoever is on the list."""
    context = publisher.workspace.context
    counts = {}
    for size in (1, 10, 100, 400):
        persons = [f"person{size}-{number}@example.org" for number in range(size)]
        for address in persons:
            if what == "mailing":
                given = Given("email", address, {"newsletter": True}, Way.PAPER, "de")
                give(context, given, publisher.now)
            else:
                subscribe(context, Subscription("newsletter", address, "de"), publisher.now)
        statements: list[str] = []

        def count(*arguments: object, into: list[str] = statements) -> None:
            into.append(str(arguments[2]))

        event.listen(context.state, "before_cursor_execute", count)
        if what == "mailing":
            assert publisher.mailing(*persons, key=str(size))["permitted"] == size
        else:
            with context.state.begin() as connection:
                assert lapse(connection, publisher.now + timedelta(days=9)) == size
        event.remove(context.state, "before_cursor_execute", count)
        counts[size] = len(statements)
    del counts[1]  # the words are read once
    assert len(set(counts.values())) == 1, counts


def test_nothing_that_stays_names_the_address(publisher: Publisher) -> None:
    """Once the mails are forgotten, an address stands nowhere: not in the register, the list of a mailing, the ledger."""
    publisher.subscribe(ADA, tracking=True, reference="form-1")
    publisher.confirm(ADA)
    publisher.mailing(ADA, html=HTML, tracking=TRACKING)
    link = publisher.link(publisher.mails(ADA)[-1], "unsubscribe")
    assert ADA not in base64.urlsafe_b64decode(link.rpartition("/")[2] + "==").decode("latin-1")
    publisher.client.post(link)
    publisher.at("2025-04-01T09:00")
    tidy(publisher.workspace, publisher.now)
    with publisher.workspace.state.connect() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(table.select()):
                assert "ada@" not in str(tuple(row)).lower(), table.name
                assert b"ada@" not in b"".join(one for one in row if isinstance(one, bytes)).lower(), (
                    table.name
                )
