"""Organisational promises: vouched for with a document, until a date, in this wording; reminded in time."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.promises.scene import Scene

CONTRACT = "attestation/contract/datacentre"
SERVERS = "attestation/measure/servers"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("vouching") / "w"
    Scene.of("adserver", folder, "2026-01-01")
    return folder


@pytest.fixture
def scene(made: Path, tmp_path: Path) -> Scene:
    shutil.copytree(made, tmp_path / "w")
    return Scene(tmp_path / "w")


def _document(scene: Scene, text: str = "Vertrag") -> str:
    path = scene.folder / "contract.pdf"
    path.write_text(text)
    return str(path)


def _file(scene: Scene, at: str, *more: str) -> int:
    arguments = ("attest", CONTRACT, "--by", "Ina Prüfer", "--document", _document(scene), *more)
    return scene.zusage(*arguments, at=at).code


def test_nobody_vouched_yet_is_due_not_kept(scene: Scene) -> None:
    assert scene.status("2026-01-02")[CONTRACT]["state"] == "due"


def test_a_promise_is_kept_until_the_day_and_broken_after_it(scene: Scene) -> None:
    assert _file(scene, "2026-01-15") == 0
    proof = scene.status("2027-01-15")[CONTRACT]
    assert (proof["state"], proof["basis"]) == ("kept", "attestation")
    assert proof["until"].startswith("2027-01-15T23:00")
    assert scene.status("2027-01-16")[CONTRACT]["state"] == "broken"
    assert scene.zusage("status", at="2027-01-16").code == 1


def test_the_document_is_recorded_by_its_hash_and_the_person_by_a_pseudonym(scene: Scene) -> None:
    assert _file(scene, "2026-01-15") == 0
    shown = scene.zusage("ledger", "show", "--kind", "attestation/made", "--json", at="2026-01-15")
    assert len(shown.json[0]["facts"]["document_sha256"]) == 64
    assert "Prüfer" not in shown.out
    assert shown.json[0]["actor"].startswith("actors.")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((CONTRACT, "--by", "Ina"), "needs a document"),
        ((CONTRACT, "--by", " ", "--document", "x.pdf"), "name of the person"),
        ((CONTRACT, "--by", "Ina", "--document", "missing.pdf"), "there is no file"),
        ((SERVERS, "--by", "Ina", "--role", "dpo", "--document", "x.pdf"), "by the role 'it'"),
        (
            ("attestation/contract/datacenter", "--by", "Ina"),
            "did you mean 'attestation/contract/datacentre'",
        ),
    ],
)
def test_a_vouching_that_is_not_one_is_refused_and_changes_nothing(
    scene: Scene, arguments: tuple[str, ...], said: str
) -> None:
    refused = scene.zusage("attest", *arguments, at="2026-01-15")
    assert refused.code == 2
    assert said in refused.err
    assert scene.status("2026-01-15")[CONTRACT]["state"] == "due"
    assert scene.zusage("ledger", "show", "--kind", "attestation/made", "--json", at="2026-01-15").json == []


def test_withdrawn_is_broken_at_once(scene: Scene) -> None:
    _file(scene, "2026-01-15")
    assert scene.zusage("attest", CONTRACT, "--by", "Ina", "--withdraw", at="2026-02-01").code == 0
    assert scene.status("2026-02-01T12:00:01")[CONTRACT]["state"] == "broken"
    again = scene.zusage("attest", CONTRACT, "--by", "Ina", "--withdraw", at="2026-02-02")
    assert again.code == 2


def test_another_wording_needs_another_vouching(scene: Scene) -> None:
    _file(scene, "2026-01-15")
    declaration = scene.folder / "declaration.yaml"
    text = declaration.read_text(encoding="utf-8")
    declaration.write_text(
        text.replace("Donauhafen Rechenzentrum GmbH", "Donauhafen Betrieb GmbH"), encoding="utf-8"
    )
    proof = scene.status("2026-02-01")[CONTRACT]
    assert proof["state"] == "broken"
    assert proof["seen"]["en"] == "wording changed since it was attested"


def test_the_officer_is_reminded_thirty_days_before_once(scene: Scene) -> None:
    _file(scene, "2026-01-15")
    for at in ("2026-12-15", "2026-12-18", "2026-12-19"):
        assert scene.zusage("worker", "--once", at=at).code == 0
    mails = [path.read_bytes() for path in (scene.folder / "mail").rglob("*") if path.is_file()]
    reminders = [mail for mail in mails if b"attestation/contract/datacentre" in mail]
    assert len(reminders) == 1
    assert b"To: dsb@lindwurm-anzeigen.example" in reminders[0]


def test_a_renewed_promise_is_not_reminded_of(scene: Scene) -> None:
    _file(scene, "2026-01-15")
    _file(scene, "2026-12-01")
    scene.zusage("worker", "--once", at="2026-12-19")
    scene.zusage("worker", "--once", at="2026-12-20")
    mails = [path.read_bytes() for path in (scene.folder / "mail").rglob("*") if path.is_file()]
    assert not [mail for mail in mails if b"attestation/contract/datacentre" in mail]


def test_nothing_goes_to_a_recipient_without_a_contract_in_force(scene: Scene) -> None:
    def go(at: str, *more: str) -> tuple[int, list[str]]:
        said = scene.zusage("disclose", *more, "--by", "Ina", "--json", at=at)
        return said.code, [one["code"] for one in said.json["obstacles"]]

    to_host = ("datacentre", "--activity", "contact")
    assert go("2026-01-10", *to_host) == (1, ["no-contract"])
    _file(scene, "2026-01-15")
    assert go("2026-01-15T13:00:00", *to_host) == (0, [])
    assert go("2026-02-01", "unknown-host", "--activity", "contact") == (1, ["unregistered"])
    assert go("2026-02-01", "tax-adviser", "--activity", "contact") == (1, ["not-for-this-activity"])
    assert go("2026-02-01", *to_host, "--purpose", "sell-data") == (1, ["purpose"])
    assert scene.zusage("contract", "end", "datacentre", "--by", "Ina", at="2026-03-01").code == 0
    assert go("2026-03-02", *to_host) == (1, ["no-contract"])
    kinds = [
        one["kind"]
        for one in scene.zusage("ledger", "show", "--kind", "disclosure/made", "--json", at="2026-03-02").json
    ]
    assert kinds == ["disclosure/made"]
