"""xometry: corrections reach every system and recipient, data go to another controller, objections end what they are about."""

from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from sqlalchemy import text

from tests.promises.asking import Desk
from tests.promises.scenario import PERSON, Scenario

ADA, BEN = "ada@kunde.example", "ben@kunde.example"
RIGHTS = ("access", "rectification", "erasure", "restriction", "portability", "objection")


@pytest.fixture
def desk(marketplace: Scenario) -> Desk:
    return Desk(marketplace)


def ada(desk: Desk, **more: str) -> int:
    return desk.scenario.put(
        "portal", "customer", name="Ada Beispiel", company="AB", email=ADA, tax_number="DE111", **more
    )


def found_anywhere(scene: Scenario, word: str) -> list[str]:
    """Tables of the live stores in which a word stands."""
    return scene.tables_with(word, "portal", "office", "web", "recruiting")


@pytest.mark.promise("xometry-018")
def test_every_right_is_searched_for_in_all_systems_and_a_system_left_out_stops_the_answer(
    desk: Desk,
) -> None:
    scene = desk.scenario
    key = ada(desk)
    scene.put("portal", "sales_order", customer_id=key, number="S-1", ordered_at="2022-05-01")
    scene.put(
        "office",
        "correspondence",
        name="Ada",
        email=ADA,
        body="Hallo",
        sent_at="2022-05-02",
        **{"class": "letter"},
    )
    scene.put("office", "applicant", post="22-1", name="Ada", email=ADA, letter="Ich möchte")
    scene.put("recruiting", "candidate", name="Ada", email=ADA, profile="Fräsen", consented_at="2022-05-01")
    for number, kind in enumerate(RIGHTS):
        now = f"2022-07-01T{10 + number}:00"
        reference = desk.file(now, kind, ADA)
        desk.run(now)
        planned = {
            (one["store"], one["activity"]) for one in desk.show(now, reference)["plan"] if one["count"]
        }
        assert {("portal", "customer-portal"), ("office", "communication"), ("office", "applications"),
                ("recruiting", "talent-pool")} <= planned, kind  # fmt: skip
    visitor = desk.file("2022-07-02", "access", "ip:198.51.100.201", "--reply-to", ADA)
    desk.run("2022-07-02")
    assert {one["store"] for one in desk.show("2022-07-02", visitor)["plan"]} == {"web"}, (
        "the website is searched by address"
    )
    with scene.writing("office") as connection:
        connection.execute(
            text("CREATE TABLE crm_copy (id INTEGER PRIMARY KEY, email VARCHAR(160), remark TEXT)")
        )
    blocked = desk.carried_out("2022-07-03", "access", ADA)
    assert desk.show("2022-07-03", blocked)["state"] == "awaiting-decision"
    assert desk.show("2022-07-03", blocked)["not_covered"] == ["store/undeclared-table"]


@pytest.mark.promise("xometry-020")
def test_a_corrected_vat_id_stands_in_both_systems_and_the_payment_provider_hears_of_it(desk: Desk) -> None:
    scene = desk.scenario
    (scene.folder / "parties.yaml").write_text(
        "recipients:\n  stripe: {email: privacy@zahlung.example}\n", "utf-8"
    )
    key = ada(desk)
    scene.put("portal", "billing_account", customer_id=key, tax_number="DE111", iban="DE02")
    assert sorted(found_anywhere(scene, "DE111")) == ["billing_account", "customer"]
    reference = desk.file("2022-07-01", "rectification", ADA, "--text", "USt-Id falsch")
    desk.run("2022-07-01")
    assert (
        desk.decide("2022-07-01T11:00", reference, "grant", "--field", "tax_number", "--value", "DE222") == 0
    )
    for moment in ("2022-07-01T12:00", "2022-07-01T13:00"):
        desk.run(moment)
    assert scene.count("portal", "customer", "id = :k AND tax_number = 'DE222'", k=key) == 1
    assert scene.count("portal", "billing_account", "customer_id = :k AND tax_number = 'DE222'", k=key) == 1
    assert found_anywhere(scene, "DE111") == []
    notice = desk.mails("privacy@zahlung.example")
    assert len(notice) == 1
    assert "DE222" in notice[0]
    shown = scene.zusage("2022-07-02", "ledger", "show", "--json", "--last", "60").out
    assert "request/executed" in shown, "the audit entry"
    assert "DE111" not in shown, "which holds no value itself"


@pytest.mark.promise("xometry-022")
def test_disputed_data_are_only_stored_and_released_after_the_person_was_told(desk: Desk) -> None:
    scene = desk.scenario
    key = ada(desk)
    scene.put("portal", "mailing", email=ADA, added_at="2022-01-01")
    assert desk.may("2022-07-01T08:00", "similar-offers", ADA)["allowed"]
    reference = desk.file("2022-07-01T09:00", "restriction", ADA, "--text", "Anschrift strittig")
    desk.run("2022-07-01T09:05")
    assert desk.decide("2022-07-01T10:00", reference) == 0
    desk.run("2022-07-01T10:05")
    assert not desk.may("2022-07-02", "similar-offers", ADA)["allowed"], (
        "the mailing of the next day skips her"
    )
    assert scene.count("portal", "customer", "email = :e OR name = 'Ada Beispiel'", e=ADA) == 0
    refused = scene.zusage("2022-07-02", "restricted", ADA, "--reason", "curiosity", "--by", PERSON, "--json")
    assert refused.code != 0, "a clerk without a reason of Art. 18(2) sees nothing"
    seen = scene.zusage("2022-07-02", "restricted", ADA, "--reason", "legal-claim", "--by", PERSON, "--json")
    assert "Ada Beispiel" in seen.out
    nobody = desk.file("2022-07-03", "restriction", "phone:+49 89 4711 13")
    scene.put(
        "portal", "customer", name="Ole", company="O", email="ole@kunde.example", phone="+49 89 4711 13"
    )
    desk.run("2022-07-03")
    assert desk.decide("2022-07-03T11:00", nobody) == 0
    desk.run("2022-07-03T12:00")
    assert scene.zusage("2022-07-04", "request", "lift", nobody, "--by", PERSON).code == 2, (
        "nobody would have been told"
    )
    assert scene.zusage("2022-07-04", "request", "lift", nobody, "--told", "--by", PERSON).code == 0
    assert scene.zusage("2022-07-04", "request", "lift", reference, "--by", PERSON).code == 0
    desk.run("2022-07-04")
    desk.run("2022-07-05")
    assert any("aufgehoben" in one for one in desk.mails(ADA))
    assert scene.count("portal", "customer", "email = :e", e=ADA) == 0, "told first, released later"
    desk.run("2022-07-12")
    assert (
        scene.count("portal", "customer", "id = :k AND email = :e AND name = 'Ada Beispiel'", k=key, e=ADA)
        == 1
    )


class _Portal(BaseHTTPRequestHandler):
    """Another controller's endpoint: keeps what it is sent."""

    taken: list[tuple[dict[str, str], bytes]] = []
    open_ = True

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.open_:
            self.taken.append(({key.lower(): value for key, value in self.headers.items()}, body))
        self.send_response(202 if self.open_ else 503)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Silent."""


@pytest.fixture
def portal_b() -> Iterator[str]:
    _Portal.taken, _Portal.open_ = [], True
    server = HTTPServer(("127.0.0.1", 0), _Portal)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/take"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.promise("xometry-024")
def test_portable_data_go_to_the_controller_she_names_and_what_is_on_paper_is_refused(
    desk: Desk, portal_b: str
) -> None:
    ada(desk)
    reference = desk.file("2022-07-01", "portability", ADA, "--transmit-to", portal_b)
    desk.run("2022-07-01")
    assert _Portal.taken == [], "an address that somebody typed is released by a person first"
    assert desk.decide("2022-07-01T11:00", reference) == 0
    desk.run("2022-07-01T12:00")
    desk.run("2022-07-01T13:00")
    ((headers, body),) = _Portal.taken
    assert headers["idempotency-key"]
    own = desk.package("2022-07-01T14:00", reference)
    theirs = zipfile.ZipFile(io.BytesIO(body))
    assert theirs.read("data.json") == own.read("data.json"), "the same file"
    assert b"DE111" in theirs.read("data.json")
    receipt = next(one for one in desk.mails(ADA) if one.startswith("Antwort auf"))
    assert "übermittelt" in receipt
    assert "127.0.0.1" in receipt

    for bad in ("ftp://portal.example/x", "http://portal.example/x", "portal.example"):
        refused = desk.scenario.zusage("2022-07-02", "request", "new", "--kind", "portability", "--identity", ADA, "--channel",
                                       "letter", "--transmit-to", bad)  # fmt: skip
        assert refused.code == 2, bad
    paper = desk.file("2022-07-03", "portability", "paper@kunde.example", "--transmit-to", portal_b)
    desk.run("2022-07-03")
    words = "Wir haben Ihre Unterlagen nur auf Papier."
    assert desk.decide("2022-07-03T11:00", paper, "refuse", "--ground", "not-feasible", "--text", words) == 0
    desk.run("2022-07-03T12:00")
    answer = desk.answer("2022-07-03T13:00", paper)
    assert words in answer
    assert "Art. 20 Abs. 2" in answer
    assert len(_Portal.taken) == 1


@pytest.mark.promise("xometry-067")
def test_an_objection_to_access_data_erases_the_lines_of_that_visit(desk: Desk) -> None:
    scene = desk.scenario
    mine = [
        scene.put("web", "access_line", address="203.0.113.77", page="/a", called_at=f"2022-07-01T10:0{n}")
        for n in range(2)
    ]
    other = scene.put("web", "access_line", address="203.0.113.78", page="/a", called_at="2022-07-01T10:01")
    ada(desk)
    reference = desk.file("2022-07-02", "objection", "ip:203.0.113.77", "--purpose", "delivery", "--text", "Besuch am 1. Juli, 10 Uhr",
                          "--reply-to", "v@besuch.example")  # fmt: skip
    desk.run("2022-07-02")
    assert scene.there("web", "access_line", *mine) == mine
    assert desk.decide("2022-07-02T11:00", reference) == 0
    desk.run("2022-07-02T12:00")
    assert scene.there("web", "access_line", *mine) == [], "before the seven days end"
    assert scene.there("web", "access_line", other) == [other]
    orders = desk.file(
        "2022-07-02T13:00", "objection", ADA, "--purpose", "orders", "--text", "keine Bestelldaten"
    )
    desk.run("2022-07-02T13:05")
    assert desk.decide("2022-07-02T14:00", orders) == 2, "a contract is not objected to"
    words = "Bestelldaten brauchen wir für den Vertrag."
    assert (
        desk.decide("2022-07-02T14:00", orders, "refuse", "--ground", "not-applicable", "--text", words) == 0
    )
    desk.run("2022-07-02T15:00")
    assert words in desk.answer("2022-07-02T16:00", orders)
    assert scene.count("portal", "customer", "email = :e", e=ADA) == 1


@pytest.mark.promise("xometry-216")
def test_an_objection_to_messages_kept_for_a_dispute_asks_for_grounds_within_a_month(desk: Desk) -> None:
    scene = desk.scenario
    scene.put(
        "office",
        "correspondence",
        name="Ben",
        email=BEN,
        body="Streit 22-9",
        sent_at="2022-06-02",
        **{"class": "letter"},
    )
    dispute = desk.file("2022-09-01", "objection", BEN, "--purpose", "disputes", "--text", "meine Lage")
    desk.run("2022-09-01")
    shown = desk.show("2022-09-01T11:00", dispute)
    assert (shown["state"], str(shown["due"])[:10]) == ("awaiting-decision", "2022-10-04")
    assert not desk.may("2022-09-01T11:00", "disputes", BEN)["allowed"], "restricted while it is weighed"
    assert desk.decide("2022-09-02", dispute, "refuse", "--ground", "compelling-grounds") == 2, (
        "grounds are written down"
    )
    assert desk.decide("2022-09-02", dispute, "refuse", "--text", "Nein.") == 2
    words = "Wir brauchen die Nachrichten, um uns in der Sache 22-9 zu verteidigen."
    assert (
        desk.decide("2022-09-02", dispute, "refuse", "--ground", "compelling-grounds", "--text", words) == 0
    )
    desk.run("2022-09-02T12:00")
    assert words in desk.answer("2022-09-02T13:00", dispute)
    duty = desk.file("2022-09-03", "objection", BEN, "--purpose", "duties", "--text", "auch die anderen")
    desk.run("2022-09-03")
    assert desk.decide("2022-09-03T11:00", duty) == 2, "a duty is not covered by the right"
    covered = "Dazu sind wir nach § 257 HGB verpflichtet."
    assert (
        desk.decide("2022-09-03T11:00", duty, "refuse", "--ground", "not-applicable", "--text", covered) == 0
    )
    desk.run("2022-09-03T12:00")
    assert covered in desk.answer("2022-09-03T13:00", duty)
    late = desk.file("2022-09-04", "objection", BEN, "--purpose", "disputes")
    desk.run("2022-09-04")
    desk.run("2022-10-20")
    listed = scene.zusage("2022-10-20", "request", "list", "--open", "--json")
    assert (listed.code, [one["reference"] for one in listed.json]) == (1, [late])
