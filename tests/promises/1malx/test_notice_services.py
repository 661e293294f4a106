"""The job board's notice: every service leads to the version in force, purposes in code stand in the record."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.promises.publishing import edit, page, publish, said_in
from tests.promises.scenario import Scenario
from tests.promises.sites import Sites, served
from tests.promises.visiting import Site, visiting
from zusage.deployments import jobboard as package
from zusage.deployments.jobboard.app.application import create_app

NOW = "2026-02-03T08:00"
WWW, APP, RESUMES = (f"https://{one}.stellenwald.example/" for one in ("www", "app", "lebenslauf"))
CODE = Path(package.__file__).parent / "app"


@pytest.fixture
def site(jobboard: Scenario) -> Iterator[Site]:
    with visiting(jobboard, create_app, WWW.rstrip("/"), now=NOW) as made:
        yield made


@pytest.fixture
def services(site: Site) -> Iterator[Sites]:
    """Pages of the three services, as the application makes them, and the published notice."""
    assert publish(site.scenario, NOW)[0] == 0
    guest = site.guest(**{"accept-language": "de"})
    front = guest.get("/").text
    notice = page(site.scenario, NOW, "/notice?on=2026-02-03")[1]
    front = re.sub(r'href="/notice"', f'href="{WWW}notice"', front)
    imprint = (
        "Stellenwald GmbH, Lindenhof 7, 04109 Leipzig, +49 341 23125 010, datenschutz@stellenwald.example"
    )
    pages = dict.fromkeys((WWW, APP, RESUMES), front) | {f"{WWW}notice": notice}
    pages |= {f"{one}impressum": imprint for one in (WWW, APP, RESUMES)}
    with served(pages, site.scenario.folder) as made:
        yield made


def _codes(services: Sites, scene: Scenario, *urls: str) -> list[tuple[str, str]]:
    found = services.scan(scene, NOW, "pages", *urls, "--limit", "1").json
    return sorted((one["code"], one["place"]["file"]) for one in found)


@pytest.mark.promise("1malx-008")
def test_each_service_leads_to_the_same_version_of_the_notice(jobboard: Scenario, services: Sites) -> None:
    assert _codes(services, jobboard) == []
    assert {WWW, APP, RESUMES} <= set(services.asked), "every service of the list was looked at"
    services.pages[APP] = services.pages[APP].replace(f'href="{WWW}notice"', 'href="/agb"')
    assert _codes(services, jobboard) == [("site/notice-link", APP)]
    services.pages[APP] = services.pages[RESUMES]
    edit(jobboard, 'as_of: "2026-02-01"', 'as_of: "2026-02-03"')
    assert ("site/old-version", RESUMES) in _codes(services, jobboard)
    edit(jobboard, 'as_of: "2026-02-03"', 'as_of: "2026-02-01"')
    foreign = "https://www.fremd.example/"
    services.pages |= {foreign: services.pages[WWW], f"{foreign}impressum": services.pages[f"{WWW}impressum"]}
    assert ("site/undeclared-domain", foreign) in _codes(services, jobboard, foreign)


@pytest.mark.promise("1malx-060")
def test_a_joint_site_leads_to_both_notices_or_is_not_released(jobboard: Scenario, services: Sites) -> None:
    partner = "https://www.talentbruecke.example/datenschutz"
    edit(
        jobboard,
        "dpo: {name: Dr. Ilias Nordhoff",
        f"joint_controllers: [{{name: Talentbrücke GmbH, web: {partner}, email: info@talentbruecke.example, arrangement: "
        "{de: Wir betreiben die Messeseite gemeinsam., en: We run the fair's site together.}}]\ndpo: {name: Dr. Ilias Nordhoff",
    )
    joint = f"{WWW}messe"
    own = services.pages[WWW]
    services.pages |= {
        joint: own.replace("</footer>", f'<a href="{partner}" rel="external">Talentbrücke</a></footer>'),
        partner: "Datenschutz",
    }
    services.pages[f"{WWW}impressum"] = services.pages[f"{WWW}impressum"]
    clean = services.scan(jobboard, NOW, "pages", joint, "--limit", "1")
    assert (clean.code, clean.json) == (0, [])
    services.pages[joint] = own
    missing = services.scan(jobboard, NOW, "pages", joint, "--limit", "1")
    assert missing.code == 1
    assert said_in(missing.json, "site/notice-link", "Talentbrücke GmbH")
    services.pages[joint] = own.replace(
        "</footer>", f'<a href="{partner}" rel="external">Talentbrücke</a></footer>'
    )
    del services.pages[partner]
    dead = services.scan(jobboard, NOW, "pages", joint, "--limit", "1")
    assert dead.code == 1
    assert said_in(dead.json, "site/notice-link", "Talentbrücke GmbH")


@pytest.mark.promise("1malx-013")
def test_every_purpose_in_the_code_stands_in_the_record(jobboard: Scenario, tmp_path: Path) -> None:
    record = jobboard.zusage(NOW, "write", "record", "--json", "--language", "de").json
    tables = [dict(one["rows"]) for one in record["blocks"] if one["block"] == "table"]
    for purpose in (
        "Konto führen, Profil und Lebenslauf bereithalten",
        "zusammengefasste Nutzungsstatistik",
        "Anfragen beantworten",
    ):
        mine = [one for one in tables if purpose in one["Zwecke der Verarbeitung"]]
        assert mine, purpose
        for item in (
            "Kategorien personenbezogener Daten",
            "Kategorien von Empfängern",
            "Vorgesehene Löschfristen",
        ):
            assert mine[0][item] not in ("", "keine"), (purpose, item)
    clean = jobboard.zusage(NOW, "scan", "code", str(CODE), "--json")
    assert (clean.code, clean.json) == (0, [])
    (tmp_path / "rating.py").write_text(
        'WHAT = "rate-applicants"\n\n\ndef rate(host, email):\n    return host.may(WHAT, email=email)\n',
        "utf-8",
    )
    found = jobboard.zusage(NOW, "scan", "code", str(tmp_path), "--json")
    assert found.code == 1
    assert said_in(found.json, "code/undeclared-purpose", "rate-applicants", "rating.py")
