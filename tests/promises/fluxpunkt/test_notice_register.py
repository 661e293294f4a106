"""The IT provider's notice and registers: networks, members of categories, one provider a service, what applicants are asked."""

from __future__ import annotations

import os

import pytest
from starlette.testclient import TestClient

from tests.promises.asking import Desk
from tests.promises.publishing import edit, page, publish, refused, said_in, section, word
from tests.promises.scenario import Scenario, at
from tests.promises.vouching import may
from zusage.clock import VARIABLE
from zusage.server.app import create_app
from zusage.workspace import open_workspace

NOW = "2026-05-05T08:00"


@pytest.mark.promise("fluxpunkt-012")
def test_the_notice_stands_under_its_own_name_without_login(
    itservice: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert publish(itservice, "2026-02-02T08:00")[0] == 0
    edit(itservice, 'as_of: "2026-01-20"', 'as_of: "2026-05-01"')
    assert publish(itservice, "2026-05-02T08:00")[0] == 0
    monkeypatch.setenv(VARIABLE, at(NOW).isoformat())
    app = create_app(open_workspace(itservice.folder))
    with TestClient(app, base_url="http://privacy.strompfad.example", follow_redirects=False) as client:
        answer = client.get("/")
        assert answer.status_code in (301, 308)
        assert answer.headers["location"] == "https://privacy.strompfad.example/"
    with TestClient(
        app, base_url="https://privacy.strompfad.example", headers={"accept-language": "de"}
    ) as client:
        answer = client.get("/")
        assert answer.status_code == 200
        assert answer.history == []
        assert "Stand: 1. Mai 2026" in answer.text
        assert "20. Januar 2026" not in answer.text
        for anchor in ("controller", "rights", "objection", "complaint", "billing", "cookies"):
            assert f'id="{anchor}"' in answer.text, anchor
        assert "<form" not in answer.text
        assert "set-cookie" not in answer.headers
    with TestClient(
        app, base_url="https://console.strompfad.example", headers={"accept-language": "de"}
    ) as client:
        assert "Stand: 1. Mai 2026" not in client.get("/").text


@pytest.mark.promise("fluxpunkt-028")
def test_the_networks_stand_in_the_notice_with_their_operators_terms(itservice: Scenario) -> None:
    shown = str(section(itservice, NOW, "presences"))
    for said in (
        "Netzwald",
        "https://www.netzwald.example/datenschutz",
        "Rundfunke",
        "https://www.rundfunke.example/privacy",
    ):
        assert said in shown, said
    word(itservice, "presences", "Sie finden uns in folgenden sozialen Netzwerken:")
    assert said_in(refused(itservice, NOW), "wording/empty-list", "presences.md")
    (itservice.folder / "wording/de/presences.md").unlink()
    path = itservice.folder / "declaration.yaml"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text(
        "".join(
            one
            for one in lines
            if not one.startswith(("  presences:", "    netzwald: {network", "    rundfunke: {network"))
        ),
        "utf-8",
    )
    text = page(itservice, NOW, "/notice")[1]
    assert "sozialen Netzwerken" not in text
    assert "Netzwald" not in text


@pytest.mark.promise("fluxpunkt-128")
def test_one_company_stands_behind_analytics_and_films(itservice: Scenario) -> None:
    shown = section(itservice, NOW, "cookies")
    services = next(str(one) for one in shown if one["block"] == "items")
    assert (
        "Google Analytics und YouTube (Google Ireland Limited, Gordon House, Barrow Street, D04 E5W5 Dublin, Irland)"
        in services
    )
    assert "https://policies.google.com/privacy" in services
    listed = page(itservice, NOW, "/processors")[1]
    assert "Google Ireland Limited" in listed
    word(
        itservice,
        "analysis",
        "Die Auswertung führt Google Inc. durch. Anbieter der Videos ist Google Ireland Limited.",
    )
    assert said_in(refused(itservice, NOW), "wording/foreign-name", "Google Inc.")
    (itservice.folder / "wording/de/analysis.md").unlink()
    films = "films: {name: Google Inc., country: US, role: processor, services: [YouTube], contract: {kind: art-28}, "
    edit(
        itservice,
        "recipients:\n",
        f"recipients:\n  {films}transfers: [{{country: US, safeguards: [dpf], certified: true}}]}}\n",
    )
    assert said_in(refused(itservice, NOW), "declaration/service-two-providers", "YouTube", "Google Inc.")


@pytest.mark.promise("fluxpunkt-175")
def test_distributors_and_shippers_are_listed_by_name(itservice: Scenario) -> None:
    shown = str(section(itservice, NOW, "contact-forms"))
    assert (
        "Distributoren und Hersteller von ITK-Produkten: Nordkabel Distribution GmbH, Südlicht Systemhandel AG und "
        "Schaltwerk Hersteller GmbH" in shown
    )
    assert "Versandlogistiker: Paketläufer Logistik GmbH" in shown
    assert may(itservice, NOW, "distributor-north", "contact-forms") == []
    assert may(itservice, NOW, "distributor-fourth", "contact-forms") == ["unregistered"]
    path = itservice.folder / "declaration.yaml"
    text = path.read_text("utf-8")
    gone = [one for one in text.splitlines(keepends=True) if not one.startswith("  shipper: {")]
    path.write_text("".join(gone).replace(", {to: shipper, data: [order]}", ""), "utf-8")
    assert said_in(refused(itservice, NOW), "declaration/members", "Versandlogistiker")


@pytest.mark.promise("fluxpunkt-064")
def test_applicants_are_not_asked_for_their_family_and_not_written_to_as_customers(
    itservice: Scenario,
) -> None:
    papers = '{id: papers, text: {de: "Bewerbungsunterlagen, Notizen aus Gesprächen", en: "application papers, notes of interviews"}'
    record = itservice.zusage(NOW, "write", "record", "--format", "txt", "--language", "de").out
    assert "§ 26 Abs. 1 BDSG" in record.split("Bewerbungen\n")[1]
    edit(itservice, papers, papers + ", fields: [Name, Anschrift, Zeugnisse, Familienplanung]")
    found = refused(itservice, NOW)
    assert said_in(found, "declaration/applicant-field", "Familienplanung")
    assert not said_in(found, "declaration/applicant-field", "Zeugnisse”")
    edit(itservice, ", Familienplanung]", "]")
    assert publish(itservice, NOW)[0] == 0
    for recipient in ("sales-partners", "distributor-north"):
        mailing = itservice.zusage(
            NOW,
            "disclose",
            recipient,
            "--activity",
            "applications",
            "--purpose",
            "customer-mailing",
            "--check",
            "--json",
        )
        assert mailing.code == 1
        codes = {one["code"] for one in mailing.json["obstacles"]}
        assert {"not-for-this-activity", "purpose"} <= codes
    assert os.environ.get(VARIABLE) is None


@pytest.mark.promise("fluxpunkt-062")
def test_an_activity_without_a_ground_is_not_carried_out(itservice: Scenario) -> None:
    grounds = {
        basis["citation"]
        for one in itservice.zusage(NOW, "write", "record", "--json").json["data"]["activities"].values()
        for purpose in one["purposes"]
        for basis in purpose["legal_bases"]
    }
    assert grounds <= {"gdpr:6(1)(a)", "gdpr:6(1)(b)", "gdpr:6(1)(c)", "gdpr:6(1)(f)", "bdsg:26(1)"}
    edit(
        itservice,
        "activities:\n",
        "activities:\n  birthdays:\n    title: {de: Geburtstagsgrüße, en: birthday greetings}\n"
        "    purposes: [{id: greet, text: {de: Zum Geburtstag grüßen, en: birthday greetings}}]\n"
        "    subjects: [{de: Kunden, en: customers}]\n    data: [{id: birthday, text: {de: Geburtstag, en: birthday}}]\n"
        "    retention: [{id: ended, from: {event: contract-ended}, keep: {until: contract}, then: erase}]\n",
    )

    def start(activity: str, basis: str, *more: str) -> list[str]:
        said = itservice.zusage(
            NOW, "ground", "file", activity, "case-1", "--basis", basis, *more, "--by", "Dora", "--json"
        )
        return [one["code"] for one in said.json["refusals"]]

    assert start("contact-forms", "gdpr:6(1)(b)", "--relation", "prospect") == []
    assert start("webserver-logs", "gdpr:6(1)(f)", "--relation", "visitor") == []
    assert start("birthdays", "gdpr:6(1)(b)", "--relation", "customer", "--contract", "N-1") == ["no-ground"]
    with open_workspace(itservice.folder).state.connect() as connection:
        kinds = connection.exec_driver_sql(
            "SELECT kind FROM ledger_entry WHERE kind LIKE 'ground/%'"
        ).scalars()
        assert sorted(kinds) == ["ground/filed", "ground/filed", "ground/refused"]
    # and no mail may go: the purpose is carried by nothing
    greeting = Desk(itservice).may("2026-05-06", "greet", "jan@example.net")
    assert greeting["allowed"] is False
    assert said_in(refused(itservice, NOW), "declaration/legal-basis", "Zum Geburtstag grüßen")
