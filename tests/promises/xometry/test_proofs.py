"""The marketplace: what a consent is proven by later – id, time, type, versions, language, words – and what was lawful stays so."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy.exc import IntegrityError

from tests.promises.scenario import Scenario
from tests.promises.visiting import Site, choose, visiting
from zusage.database.engines import create_engine, sqlite_url
from zusage.deployments.marketplace.app import create_app
from zusage_client.consent import Choice

HOST = "https://www.spanwerk.example"
#: what visitors chose in the banner
CHOSEN = "SELECT id, person FROM consent_event WHERE person IS NOT NULL AND way < 10"


@pytest.fixture
def site(marketplace: Scenario) -> Iterator[Site]:
    declaration = marketplace.folder / "declaration.yaml"
    text = declaration.read_text(encoding="utf-8").replace('version: "9"', 'version: "v12"')
    declaration.write_text(text, encoding="utf-8")
    with visiting(marketplace, create_app, HOST, now="2022-07-01T10:05") as made:
        yield made


@pytest.mark.promise("xometry-044")
def test_a_consent_is_exported_with_the_very_words_of_its_version(site: Site) -> None:
    guest = site.guest(**{"accept-language": "de"})
    choose(guest, "maps", "statistics")
    scenario = site.scenario
    with create_engine(sqlite_url(scenario.folder / "state.db")).connect() as connection:
        rows = connection.exec_driver_sql(CHOSEN).all()
    assert len(rows) == 1
    consent = bytes(rows[0][0]).hex()
    declaration = scenario.folder / "declaration.yaml"
    later = declaration.read_text(encoding="utf-8").replace('version: "v12"', 'version: "v13"')
    declaration.write_text(
        later.replace("Karten werden von Google Maps geladen.", "Karten kommen von anderswo."),
        encoding="utf-8",
    )
    shown = scenario.zusage("2023-01-10", "consent", "proof", consent, "--json")
    assert shown.code == 0, shown.err
    proof = shown.json
    assert (proof["id"], proof["at"][:16], proof["type"]) == (consent, "2022-07-01T10:05", "consent")
    assert (proof["template"]["version"], proof["language"], proof["way"]) == ("v12", "de", "selection")
    assert "Karten werden von Google Maps geladen." in proof["words"]
    assert "Karten kommen von anderswo." not in proof["words"]
    assert proof["answers"]["maps"] is True
    assert proof["answers"]["marketing"] is False
    assert proof["ledger"]["holds"] is True


@pytest.mark.promise("xometry-044")
def test_a_record_without_the_version_of_its_template_cannot_be_saved(site: Site) -> None:
    engine = create_engine(sqlite_url(site.scenario.folder / "state.db"))
    count = "SELECT count(*) FROM consent_event"
    with engine.connect() as connection:
        before = connection.exec_driver_sql(count).scalar_one()
    columns = "(id, at, person, answers, text, way)"
    values = f"(x'{'11' * 16}', 1656669900000, x'{'22' * 16}', 'maps', x'{'33' * 16}', 4)"
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.exec_driver_sql(f"INSERT INTO consent_event {columns} VALUES {values}")
    unversioned = f"(x'{'33' * 16}', 'de', x'00', '', '2022-07-01 10:05:00')"
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.exec_driver_sql(f"INSERT INTO consent_text VALUES {unversioned}")
    unknown = {
        "v": 1, "id": "11" * 16, "template": "33" * 16, "language": "de", "method": "reject-all", "signal": "",
        "purposes": {}, "services": {}, "browser": "",
    }  # fmt: skip
    own = {"origin": "http://zusage.internal", "sec-fetch-site": "same-origin"}
    assert site.service.post("/api/v1/consents", json=unknown, headers=own).status_code == 409
    with engine.connect() as connection:
        assert connection.exec_driver_sql(count).scalar_one() == before


@pytest.mark.promise("xometry-036")
def test_what_was_done_before_a_withdrawal_stays_documented_as_lawful(site: Site) -> None:
    guest = site.guest(**{"accept-language": "de"})
    choose(guest, "statistics")
    with create_engine(sqlite_url(site.scenario.folder / "state.db")).connect() as connection:
        row = connection.exec_driver_sql(CHOSEN).one()
    consent, browser = bytes(row[0]).hex(), bytes(row[1]).hex()
    site.at("2022-07-04T08:00")
    report = site.zusage.mailing({"purpose": "statistics", "browsers": [browser], "send": False})
    assert report["permitted"] == 1
    site.at("2022-07-05T12:00")
    choose(guest)
    later = site.zusage.mailing({"purpose": "statistics", "browsers": [browser], "send": False})
    assert later["recipients"][0]["code"] == "withdrawn"
    scenario = site.scenario
    kept = scenario.zusage("2022-07-10", "consent", "mailing", report["mailing"], "--json").json
    assert [(one["allowed"], one["basis"], one["consent"]) for one in kept] == [
        (True, "consent, valid at the time", consent)
    ]
    refused = scenario.zusage("2022-07-10", "consent", "mailing", later["mailing"], "--json").json
    assert [(one["allowed"], one["basis"]) for one in refused] == [(False, "none")]
    proof = scenario.zusage("2022-07-10", "consent", "proof", consent, "--json").json
    assert proof["type"] == "consent"
    assert proof["answers"]["statistics"] is True
    assert proof["ledger"]["holds"] is True, "neither overwritten nor re-labelled"


@pytest.mark.promise("xometry-043")
def test_each_decision_is_recorded_with_user_agent_and_settings(site: Site) -> None:
    visitor = site.guest(**{"user-agent": "UA-1", "accept-language": "de"})
    choose(visitor, "maps", "marketing")
    stored = Choice.parse(visitor.cookies["zusage"])
    assert stored is not None
    site.at("2022-07-01T10:06")
    choose(visitor, "maps")
    who = f"browser:{stored.browser}"
    proofs = site.scenario.zusage("2022-07-02", "consent", "proof", "--subject", who, "--json").json
    assert [one["user_agent"] for one in proofs] == ["UA-1", "UA-1"]
    said = [{name: one["answers"][name] for name in ("maps", "marketing", "statistics")} for one in proofs]
    assert said == [
        {"maps": True, "marketing": True, "statistics": False},
        {"maps": True, "marketing": False, "statistics": False},
    ]
    assert all(one["ledger"]["holds"] for one in proofs), "the user agent is part of what is committed to"
    choose(site.guest(**{"user-agent": "UA-2"}), button="reject")
    assert agents(site) == ["UA-1", "UA-1", "UA-2"], "of who opts out at once, too"
    written = site.scenario.zusage("2022-07-02", "write", "notice", "--language", "de", "--format", "md")
    assert "Kennung Ihres Browsers (User Agent)" in written.out

    # without settings nothing is a decision: not for the service, not for the database
    bare = {
        "v": 1, "id": "a" * 32, "template": proofs[0]["template"]["hash"], "language": "de", "method": "selection",
        "services": {}, "signal": "", "browser": "",
    }  # fmt: skip
    incomplete: list[dict[str, object]] = [bare, bare | {"purposes": {}}, bare | {"purposes": {"maps": True}}]
    answers = [
        visitor.post("/api/v1/consents", json=one, headers={"origin": HOST}).status_code for one in incomplete
    ]
    assert answers == [400, 422, 422]
    with (
        create_engine(sqlite_url(site.scenario.folder / "state.db")).begin() as connection,
        pytest.raises(IntegrityError, match="answered"),
    ):
        connection.exec_driver_sql(
            "INSERT INTO consent_event (id, at, answers, text, way, agent)"
            " SELECT x'00', at, '', text, way, agent FROM consent_event WHERE agent = 'UA-2'"
        )
    assert agents(site) == ["UA-1", "UA-1", "UA-2"]


def agents(site: Site) -> list[str]:
    """The user agents on record, in order."""
    query = "SELECT agent FROM consent_event WHERE agent IS NOT NULL ORDER BY at, agent"
    with create_engine(sqlite_url(site.scenario.folder / "state.db")).connect() as connection:
        return [str(row[0]) for row in connection.exec_driver_sql(query)]
