"""fluxpunkt: an IT provider's customers, callers and correspondents exercise their rights."""

from __future__ import annotations

import pytest

from tests.promises.asking import Desk
from tests.promises.scenario import Scenario
from tests.promises.visiting import Site, visiting
from zusage.deployments.itservice.app import create_app

MARA = "mara@kunde.example"
PHONE = "+49 30 23125 704"


@pytest.fixture
def desk(itservice: Scenario) -> Desk:
    return Desk(itservice)


def _mara(desk: Desk) -> int:
    return desk.scenario.put(
        "desk", "customer", company="Kunde", name="Mara Beispiel", email=MARA, phone="030"
    )


@pytest.mark.promise("fluxpunkt-002")
def test_six_kinds_make_six_cases_with_dates(desk: Desk) -> None:
    _mara(desk)
    kinds = ["access", "rectification", "erasure", "restriction", "objection", "portability"]
    for kind in kinds:
        desk.file("2026-05-05", kind, MARA)
    listed = desk.scenario.zusage("2026-05-05", "request", "list", "--json").json
    assert [one["kind"] for one in listed] == kinds
    assert {str(one["received_at"])[:10] for one in listed} == {"2026-05-05"}
    assert {str(one["due"])[:10] for one in listed} == {"2026-06-05"}
    refused = desk.scenario.zusage(
        "2026-05-05", "request", "new", "--kind", "wish", "--identity", MARA, "--channel", "letter"
    )
    assert refused.code == 2


@pytest.mark.promise("fluxpunkt-003")
def test_a_refused_erasure_names_reason_complaint_and_authority(desk: Desk) -> None:
    _mara(desk)
    reference = desk.file("2026-05-05", "erasure", MARA)
    desk.run("2026-05-05")
    assert desk.decide("2026-05-12", reference, "refuse", "--ground", "legal-claims") == 2
    assert (
        desk.decide("2026-05-12", reference, "refuse", "--ground", "legal-claims", "--text", "Streit R-2.")
        == 0
    )
    desk.run("2026-05-12")
    answer = desk.answer("2026-05-12", reference)
    assert "Streit R-2." in answer
    assert "Art. 77" in answer
    assert "Baden-Württemberg" in answer


@pytest.mark.promise("fluxpunkt-040", "fluxpunkt-041")
def test_access_says_until_when_and_whether_it_can_be_erased(desk: Desk) -> None:
    key = _mara(desk)
    desk.scenario.put("desk", "invoice", customer_id=key, number="R-7", recipient="Mara Beispiel", address="Weg",
                      issued_at="2026-02-10")  # fmt: skip
    desk.scenario.put(
        "office", "form_message", name="Mara", email=MARA, body="Frage", received_at="2026-05-01"
    )
    reference = desk.carried_out("2026-05-05", "access", MARA)
    answer = desk.answer("2026-05-06", reference)
    parts = {part.splitlines()[0]: part for part in answer.split("### ")}
    invoices = parts["Rechnungen"]
    assert "2035" in invoices or "31.12.2034" in invoices
    assert "§ 147" in invoices
    form = next(part for head, part in parts.items() if "ormular" in head)
    assert "möglich" in form
    assert "so lange wie nötig" not in answer


@pytest.mark.promise("fluxpunkt-049")
def test_disputed_data_are_skipped_until_the_person_was_told(desk: Desk) -> None:
    _mara(desk)
    reference = desk.file("2026-05-05", "restriction", MARA)
    assert not desk.may("2026-05-05T11:00", "accounting", MARA)["allowed"], "from the moment it was asked for"
    desk.run("2026-05-05")
    assert desk.decide("2026-05-05T12:00", reference) == 0
    desk.run("2026-05-05T12:05")
    assert desk.may("2026-05-06", "accounting", MARA)["code"] == "restricted"
    assert desk.scenario.count("desk", "customer", "email = :e", e=MARA) == 0
    for day in ("2026-05-20", "2026-07-20"):
        desk.run(day)
        assert not desk.may(day, "accounting", MARA)["allowed"], "time alone releases nothing"
    said = desk.scenario.zusage("2026-07-21", "request", "lift", reference, "--by", "Dora")
    assert said.code == 0, said.err
    desk.run("2026-07-21")
    assert any("aufgehoben" in one for one in desk.mails(MARA))
    assert desk.scenario.count("desk", "customer", "email = :e", e=MARA) == 0
    desk.run("2026-07-29")
    assert desk.scenario.count("desk", "customer", "email = :e", e=MARA) == 1
    assert desk.may("2026-07-29", "accounting", MARA)["allowed"]


def display(site: Site, now: str) -> tuple[object, object]:
    """Her call comes in at an instant; what the display shows."""
    site.at(now)
    shown = site.guest().post("/switchboard/calls", data={"number": PHONE}).json()
    return shown["display"], shown["number"]


def used(desk: Desk) -> int:
    """How often the call list shows her: its entries are the record of each use."""
    return desk.scenario.count("desk", "call_entry", "number = :n OR name = 'Mara Beispiel'", n=PHONE)


@pytest.mark.promise("fluxpunkt-054", "fluxpunkt-052", "fluxpunkt-055")
def test_an_objection_stops_use_at_once_and_for_good_without_a_ground(desk: Desk) -> None:
    desk.scenario.put("desk", "customer", company="Kunde", name="Mara Beispiel", email=MARA, phone=PHONE)
    desk.scenario.put("desk", "number_lookup", number=PHONE, name="Mara Beispiel", source="Telefonbuch", sourced_at="2026-05-01")  # fmt: skip
    words = ("--text", "kein Nachschlagen", "--purpose", "caller")
    with visiting(desk.scenario, create_app, "https://www.strompfad.example", now="2026-05-05T08:00") as site:
        assert display(site, "2026-05-05T08:00") == ("Mara Beispiel", PHONE)
        once = used(desk)
        reference = desk.file("2026-05-05T09:00", "objection", MARA, *words)
        site.at("2026-05-05T09:00")
        assert not site.zusage.may("caller", ("email", MARA)), "before anybody looked"
        assert site.zusage.may("accounting", ("email", MARA)), "invoices rest on a duty"
        desk.run("2026-05-05T09:01")
        for instant in ("2026-05-05T09:05", "2026-05-11T10:00"):
            assert display(site, instant) == (None, None), "she asked by mail, and calls with her number"
        assert used(desk) == once, "no use in between"
        refused = desk.decide("2026-05-12", reference, "refuse", "--text", "wir machen weiter")
        assert refused == 2, "without a recorded ground the software refuses to go on"
        assert display(site, "2026-05-12T09:00") == (None, None)
        assert desk.decide("2026-05-12", reference) == 0
        desk.run("2026-05-12")
        for instant in ("2026-05-13T10:00", "2027-05-13T10:00"):
            assert display(site, instant) == (None, None), "for good"
        assert used(desk) <= once
        assert site.zusage.may("caller", ("email", MARA)).code == "objected"


@pytest.mark.promise("fluxpunkt-052")
def test_a_recorded_ground_releases_what_was_objected_to(desk: Desk) -> None:
    desk.scenario.put("desk", "customer", company="Kunde", name="Mara Beispiel", email=MARA, phone=PHONE)
    reference = desk.file("2026-05-05T09:00", "objection", MARA, "--purpose", "caller")
    desk.run("2026-05-05T09:01")
    ground = ("refuse", "--ground", "compelling-grounds", "--text", "Drohanrufe, Az. 7 Js 1/26.")
    with visiting(desk.scenario, create_app, "https://www.strompfad.example", now="2026-05-06T10:00") as site:
        assert display(site, "2026-05-06T10:00") == (None, None)
        assert desk.decide("2026-05-12", reference, *ground) == 0
        desk.run("2026-05-12")
        assert display(site, "2026-05-13T10:00") == ("Mara Beispiel", PHONE)
    assert "Drohanrufe, Az. 7 Js 1/26." in desk.answer("2026-05-12", reference)


@pytest.mark.promise("fluxpunkt-054")
def test_an_objection_to_a_legal_duty_is_answered_with_a_reason(desk: Desk) -> None:
    _mara(desk)
    reference = desk.file("2026-05-05", "objection", MARA, "--purpose", "accounting")
    desk.run("2026-05-05")
    text = "Rechnungen bewahren wir nach § 147 AO auf."
    assert desk.decide("2026-05-06", reference, "refuse", "--ground", "not-applicable", "--text", text) == 0
    desk.run("2026-05-06")
    assert text in desk.answer("2026-05-06", reference)
    assert desk.may("2026-05-07", "accounting", MARA)["allowed"]


@pytest.mark.promise("fluxpunkt-056")
def test_an_objection_to_advertising_needs_no_reason_and_survives_erasure(desk: Desk) -> None:
    _mara(desk)
    reference = desk.file("2026-05-05T10:00", "marketing-objection", MARA)
    desk.run("2026-05-05T10:01")
    assert desk.show("2026-05-05T10:05", reference)["state"] == "answered"
    assert desk.may("2026-05-05T10:05", "direct-marketing", MARA)["code"] == "objected"
    desk.carried_out("2026-05-20", "erasure", MARA)
    _mara(desk)
    assert not desk.may("2026-06-01", "direct-marketing", MARA)["allowed"], "a re-import changes nothing"
    assert desk.may("2026-06-01", "accounting", MARA)["allowed"], "contract mails still reach her"


@pytest.mark.promise("fluxpunkt-060")
def test_an_unknown_address_gets_nothing_about_somebody_else(desk: Desk) -> None:
    _mara(desk)
    said = desk.scenario.zusage(
        "2026-05-05", "request", "new", "--kind", "access", "--identity", MARA, "--channel", "email",
        "--reply-to", "unknown-17@example.net", "--json",
    )  # fmt: skip
    assert said.code == 0, said.err
    desk.run("2026-05-05")
    mails = desk.mails("unknown-17@example.net")
    assert "Mara" not in "".join(mails)
    assert "Ausweis" not in "".join(mails)
    confirmed = desk.scenario.zusage("2026-05-06", "request", "confirm", said.json["confirm_token"])
    assert confirmed.code == 0, confirmed.err
    desk.run("2026-05-06")
    shown = desk.show("2026-05-06", said.json["reference"])
    assert sum(one["hit"] for one in shown["outcomes"]) == 0
    assert "Mara" not in "".join(desk.mails("unknown-17@example.net"))
