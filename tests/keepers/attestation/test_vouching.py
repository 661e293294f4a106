"""Organisational promises: vouched for with a document, until a date, in this wording; reminded in time."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.promises.scenario import Answer, Scenario, at
from zusage.deployments import create

CONTRACT = "attestation/contract/hosting"
SERVERS = "attestation/measure/servers-in-eu"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("vouching") / "w"
    create("adserver", folder, size="tiny", now=at("2026-01-01"))
    return folder


@pytest.fixture
def scene(made: Path, tmp_path: Path) -> Scenario:
    shutil.copytree(made, tmp_path / "w")
    return Scenario("adserver", tmp_path / "w")


def _state(scene: Scenario, now: str) -> str:
    return str(scene.proof(now, CONTRACT)["state"])


def _entries(scene: Scenario, now: str, kind: str) -> Answer:
    return scene.zusage(now, "ledger", "show", "--kind", kind, "--json")


def _document(scene: Scenario, text: str = "Vertrag") -> str:
    path = scene.folder / "contract.pdf"
    path.write_text(text)
    return str(path)


def _file(scene: Scenario, at: str, *more: str) -> int:
    arguments = ("attest", CONTRACT, "--by", "Ina Prüfer", "--document", _document(scene), *more)
    return scene.zusage(at, *arguments).code


def test_nobody_vouched_yet_is_due_not_kept(scene: Scenario) -> None:
    assert _state(scene, "2026-01-02") == "due"


def test_a_promise_is_kept_until_the_day_and_broken_after_it(scene: Scenario) -> None:
    assert _file(scene, "2026-01-15") == 0
    proof = scene.proof("2027-01-15", CONTRACT)
    assert (proof["state"], proof["basis"]) == ("kept", "attestation")
    assert proof["until"].startswith("2027-01-15T23:00")
    assert _state(scene, "2027-01-16") == "broken"
    assert scene.zusage("2027-01-16", "status").code == 1


def test_the_document_is_recorded_by_its_hash_and_the_person_by_a_pseudonym(scene: Scenario) -> None:
    assert _file(scene, "2026-01-15") == 0
    shown = _entries(scene, "2026-01-15", "attestation/made")
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
            ("attestation/contract/hostin", "--by", "Ina"),
            "did you mean 'attestation/contract/hosting'",
        ),
    ],
)
def test_a_vouching_that_is_not_one_is_refused_and_changes_nothing(
    scene: Scenario, arguments: tuple[str, ...], said: str
) -> None:
    refused = scene.zusage("2026-01-15", "attest", *arguments)
    assert refused.code == 2
    assert said in refused.err
    assert _state(scene, "2026-01-15") == "due"
    assert _entries(scene, "2026-01-15", "attestation/made").json == []


def test_withdrawn_is_broken_at_once(scene: Scenario) -> None:
    _file(scene, "2026-01-15")
    assert scene.zusage("2026-02-01", "attest", CONTRACT, "--by", "Ina", "--withdraw").code == 0
    assert _state(scene, "2026-02-01T12:00:01") == "broken"
    again = scene.zusage("2026-02-02", "attest", CONTRACT, "--by", "Ina", "--withdraw")
    assert again.code == 2


def test_another_wording_needs_another_vouching(scene: Scenario) -> None:
    _file(scene, "2026-01-15")
    declaration = scene.folder / "declaration.yaml"
    text = declaration.read_text(encoding="utf-8")
    declaration.write_text(text.replace("Elbkante Server GmbH", "Elbkante Betrieb GmbH"), encoding="utf-8")
    proof = scene.proof("2026-02-01", CONTRACT)
    assert proof["state"] == "broken"
    assert proof["seen"]["en"] == "wording changed since it was attested"


def test_the_officer_is_reminded_thirty_days_before_once(scene: Scenario) -> None:
    _file(scene, "2026-01-15")
    for day in ("2026-12-15", "2026-12-18", "2026-12-19"):
        assert scene.zusage(day, "worker", "--once").code == 0
    mails = [path.read_bytes() for path in (scene.folder / "mail").rglob("*") if path.is_file()]
    reminders = [mail for mail in mails if b"attestation/contract/hosting" in mail]
    assert len(reminders) == 1
    assert b"To: dsb@windrose.example" in reminders[0]


def test_a_renewed_promise_is_not_reminded_of(scene: Scenario) -> None:
    _file(scene, "2026-01-15")
    _file(scene, "2026-12-01")
    scene.zusage("2026-12-19", "worker", "--once")
    scene.zusage("2026-12-20", "worker", "--once")
    mails = [path.read_bytes() for path in (scene.folder / "mail").rglob("*") if path.is_file()]
    assert not [mail for mail in mails if b"attestation/contract/hosting" in mail]


def test_nothing_goes_to_a_recipient_without_a_contract_in_force(scene: Scenario) -> None:
    def go(at: str, *more: str) -> tuple[int, list[str]]:
        said = scene.zusage(at, "disclose", *more, "--by", "Ina", "--json")
        return said.code, [one["code"] for one in said.json["obstacles"]]

    to_host = ("hosting", "--activity", "contact-form")
    assert go("2026-01-10", *to_host) == (1, ["no-contract"])
    _file(scene, "2026-01-15")
    assert go("2026-01-15T13:00:00", *to_host) == (0, [])
    assert go("2026-02-01", "unknown-host", "--activity", "contact-form") == (1, ["unregistered"])
    assert go("2026-02-01", "tax", "--activity", "contact-form") == (1, ["not-for-this-activity"])
    assert go("2026-02-01", *to_host, "--purpose", "sell-data") == (1, ["purpose"])
    assert scene.zusage("2026-03-01", "contract", "end", "hosting", "--by", "Ina").code == 0
    assert go("2026-03-02", *to_host) == (1, ["no-contract"])
    kinds = [one["kind"] for one in _entries(scene, "2026-03-02", "disclosure/made").json]
    assert kinds == ["disclosure/made"]
