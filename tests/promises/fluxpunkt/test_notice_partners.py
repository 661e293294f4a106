"""The IT provider's partners: what they may open, get before they sign, are told of; the record goes to the authority only."""

from __future__ import annotations

import email
import email.policy
from pathlib import Path

import pytest

from tests.promises.publishing import edit, page, publish, said_in
from tests.promises.scenario import Scenario
from tests.promises.vouching import may
from zusage.workspace import open_workspace

PARTIES = """customers:
  alpha: {name: Alpha GmbH, notice: "https://alpha.example/datenschutz", email: privacy@alpha.example, contract: "2026-01-10", services: [hosting, monitoring]}
  beta: {name: Beta AG, notice: "https://beta.example/datenschutz", email: privacy@beta.example}
"""


@pytest.fixture
def partners(itservice: Scenario) -> Scenario:
    edit(itservice, 'as_of: "2026-01-20"', 'as_of: "2026-01-15"')
    itservice.file("parties.yaml", PARTIES)
    assert publish(itservice, "2026-01-15T08:00")[0] == 0
    return itservice


def path(scene: Scenario, customer: str) -> str:
    said = scene.zusage("2026-05-06", "partner", "link", customer)
    assert said.code == 0, said.err
    return "/partners/" + said.out.strip().partition("/partners/")[2]


def mails(scene: Scenario, to: str) -> list[email.message.EmailMessage]:
    found = [
        email.message_from_bytes(one.read_bytes(), policy=email.policy.default)
        for one in sorted((scene.folder / "mail" / "new").glob("*"))
    ]
    return [one for one in found if to in str(one["To"])]


def new_version(scene: Scenario, old: str, new: str) -> None:
    edit(scene, old, new)
    edit(scene, 'as_of: "2026-01-15"', 'as_of: "2026-05-05"')
    assert publish(scene, "2026-05-05T08:00")[0] == 0
    for minute in range(3):
        assert scene.zusage(f"2026-05-05T08:1{minute}", "worker", "--once").code == 0


@pytest.mark.promise("fluxpunkt-198")
def test_a_partner_opens_the_measures_in_force_and_earlier_ones(partners: Scenario) -> None:
    new_version(
        partners,
        "Sicherungen sind verschlüsselt und werden jährlich geprüft",
        "Sicherungen sind verschlüsselt und werden monatlich geprüft",
    )
    alpha = path(partners, "alpha")
    status, listed = page(partners, "2026-05-06", alpha)
    assert status == 200
    assert "Gültig: Fassung vom 2026-05-05" in listed
    assert "Früher: Fassung vom 2026-01-15" in listed
    assert "monatlich geprüft" in page(partners, "2026-05-06", f"{alpha}/measures/2026-05-05")[1]
    assert "jährlich geprüft" in page(partners, "2026-05-06", f"{alpha}/measures/2026-01-15")[1]
    (told,) = mails(partners, "privacy@alpha.example")
    text = told.get_body(("plain",))
    assert text is not None
    assert "Technische und organisatorische Maßnahmen" in text.get_content()
    assert alpha in text.get_content()
    assert mails(partners, "privacy@beta.example") == []
    assert page(partners, "2026-05-06", path(partners, "beta"))[0] == 403
    assert page(partners, "2026-05-06", "/partners/alpha/" + "a" * 32)[0] == 403


@pytest.mark.promise("fluxpunkt-199")
def test_a_partner_sees_sub_processors_and_announced_ones(partners: Scenario) -> None:
    third = 'third: {name: Dritthort B.V., country: NL, role: sub-processor, parent: datacentre, since: "2026-07-01", contract: {kind: art-28, concluded: "2026-05-01"}}'
    edit(partners, "recipients:\n", f"recipients:\n  {third}\n")
    new_version(
        partners, "{to: datacentre}, {to: backup-site},", "{to: datacentre}, {to: backup-site}, {to: third},"
    )
    alpha = path(partners, "alpha")
    assert page(partners, "2026-05-06", alpha)[0] == 200
    before = page(partners, "2026-05-06", f"{alpha}/processors/2026-05-06")[1]
    for name in ("Talkessel Rechenzentrum GmbH", "Moorweide Backup B.V."):
        assert name in before
    assert "Dritthort B.V. (für Talkessel Rechenzentrum GmbH), ab 1. Juli 2026" in before
    assert page(partners, "2026-05-06", path(partners, "beta"))[0] == 403
    assert "not-yet" in may(partners, "2026-06-30", "third", "service")
    assert "not-yet" not in may(partners, "2026-07-01", "third", "service")
    assert "Dritthort B.V." in page(partners, "2026-07-01", f"{alpha}/processors/2026-07-01")[1]
    # one that is used and not in the list raises the alarm
    partners.file(
        "inventory.yaml", "servers:\n  - {name: s9, operator: fourth, location: NL, activities: [service]}\n"
    )
    found = partners.zusage("2026-05-06", "publish", "--check", "--no-stores", "--json")
    assert found.code == 1
    assert said_in(found.json, "deployment/unregistered-operator", "fourth")


@pytest.mark.promise("fluxpunkt-195")
def test_a_draft_goes_out_with_every_guarantee_or_not_at_all(partners: Scenario) -> None:
    now = "2026-05-05T08:00"
    missing = partners.zusage(now, "partner", "draft", "beta", "--by", "Dora")
    assert missing.code == 1
    assert "certificate" in missing.err
    certificate = partners.file("certificates/rz.pdf", "%PDF-1.4 synthetic\n")
    vouched = partners.zusage(
        now, "attest", "measure/certificate", "--by", "Ina", "--role", "it", "--document", str(certificate)
    )
    assert vouched.code == 0, vouched.err
    assert partners.zusage(now, "partner", "draft", "beta", "--by", "Dora").code == 0
    for minute in range(3):
        partners.zusage(f"2026-05-05T08:1{minute}", "worker", "--once")
    (draft,) = mails(partners, "privacy@beta.example")
    names = [part.get_filename() for part in draft.iter_attachments()]
    assert names == ["measures-2026-01-15.html", "processors-2026-01-15.html", "rz.pdf"]
    attached = {part.get_filename(): part.get_content() for part in draft.iter_attachments()}
    assert "Moorweide Backup B.V." in str(attached["processors-2026-01-15.html"])
    certificate.write_text("another file\n", "utf-8")
    assert partners.zusage("2026-05-05T09:00", "partner", "draft", "beta", "--by", "Dora").code == 1
    assert partners.zusage("2027-06-01T09:00", "partner", "draft", "beta", "--by", "Dora").code == 1


@pytest.mark.promise("fluxpunkt-195")
def test_without_a_published_list_no_draft_goes_out(itservice: Scenario) -> None:
    itservice.file("parties.yaml", PARTIES)
    said = itservice.zusage("2026-05-05", "partner", "draft", "beta", "--by", "Dora")
    assert said.code == 1
    assert "'measures'" in said.err


@pytest.mark.promise("fluxpunkt-201")
def test_the_text_for_hosting_customers_is_what_really_runs(partners: Scenario) -> None:
    alpha = path(partners, "alpha")
    block = page(partners, "2026-05-05", f"{alpha}/hosted/2026-05-05")[1]
    assert "IP-Adresse, Zeit, aufgerufene Seite" in block
    assert "7 Tage" in block
    assert "21 Tage" in block
    inventory = partners.folder / "inventory.yaml"
    inventory.write_text(inventory.read_text("utf-8").replace("keep: P7D", "keep: P14D"), "utf-8")
    found = partners.zusage("2026-05-05", "publish", "--check", "--no-stores", "--json")
    assert found.code == 1
    assert said_in(found.json, "deployment/setting", "P14D", "P7D")
    new_version(
        partners,
        "{de: Zugriff, en: access}}, keep: P7D, then: erase, backup: P21D}]\n  analysis",
        "{de: Zugriff, en: access}}, keep: P14D, then: erase, backup: P21D}]\n  analysis",
    )
    assert "14 Tage" in page(partners, "2026-05-06", f"{alpha}/hosted/2026-05-06")[1]
    (told,) = mails(partners, "privacy@alpha.example")
    text = told.get_body(("plain",))
    assert text is not None
    assert "Textbaustein" in text.get_content()


@pytest.mark.promise("fluxpunkt-183")
def test_the_record_on_behalf_lists_services_and_customers(partners: Scenario) -> None:
    said = partners.zusage("2026-05-05", "write", "record", "--format", "txt", "--language", "de").out
    own = said.split("Verzeichnis der Tätigkeiten im Auftrag")[-1]
    for service in (
        "Hosting",
        "SaaS-Betreuung",
        "Überwachung",
        "IT-Service",
        "Fernwartung",
        "Protokollauswertung",
        "Serviceanfragen",
    ):
        assert f"{service}: " in own, service
    line = next(one for one in own.splitlines() if "Alpha GmbH" in one)
    assert "privacy@alpha.example" in line
    assert "Hosting und Überwachung" in line
    assert "Speichern, Sichern" in own
    partners.file("parties.yaml", PARTIES.replace("[hosting, monitoring]", "[hosting, telephony]"))
    refused = partners.zusage("2026-05-05", "write", "record", "--language", "de")
    assert refused.code == 2
    assert "telephony" in refused.err
    assert "Alpha GmbH" in refused.err


@pytest.mark.promise("fluxpunkt-200")
def test_the_record_goes_to_the_competent_authority_only(partners: Scenario, tmp_path: Path) -> None:
    target = tmp_path / "record.html"
    asked = ("--file-number", "LfDI-4711/26", "--by", "Dora")
    handed = partners.zusage("2026-05-05", "partner", "record", "--to", "DE-BW", *asked, "-o", str(target))
    assert handed.code == 0, handed.err
    text = target.read_text("utf-8")
    for item in ("Zwecke der Verarbeitung", "Kategorien betroffener Personen", "Kategorien personenbezogener Daten",
                 "Kategorien von Empfängern", "Übermittlungen und Garantien", "Vorgesehene Löschfristen",
                 "Technische und organisatorische Maßnahmen", "Strompfad IT-Service GmbH", "Oda Vogelsang"):  # fmt: skip
        assert item in text, item
    for other in ("DE-BY", "wettbewerber-ag", "alpha"):
        refused = partners.zusage("2026-05-05", "partner", "record", "--to", other, *asked)
        assert refused.code == 1, other
        assert refused.out == ""
    assert (
        partners.zusage(
            "2026-05-05", "partner", "record", "--to", "DE-BW", "--file-number", " ", "--by", "Dora"
        ).code
        == 1
    )
    with open_workspace(partners.folder).state.connect() as connection:
        kinds = connection.exec_driver_sql(
            "SELECT kind FROM ledger_entry WHERE kind LIKE 'record/%' ORDER BY seq"
        ).scalars()
        assert list(kinds) == ["record/handed-over", *["record/refused"] * 4]
