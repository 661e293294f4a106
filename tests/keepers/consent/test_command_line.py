"""`zusage consent` as staff use it: proof by id, unknown ids, lists, questions, the past."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.keepers.consent.conftest import ADA, BEN, Publisher
from zusage.cli.main import run


@pytest.fixture
def zusage(publisher: Publisher, capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs a command; (exit code, what it printed)."""

    def command(*words: str) -> tuple[int, str]:
        capsys.readouterr()
        code = run(["consent", words[0], "-w", str(publisher.workspace.folder), *words[1:]])
        return code, capsys.readouterr().out

    return command


def test_an_unknown_id_is_no_consent(zusage: Any) -> None:
    for id in ("00" * 16, "nothing"):
        code, said = zusage("proof", id)
        assert (code, said.strip()) == (1, "no consent")


def test_a_consent_on_paper_is_printed_with_its_words(publisher: Publisher, zusage: Any) -> None:
    code, id = zusage("give", ADA, "calls", "--way", "paper", "--language", "de")
    assert code == 0
    code, said = zusage("proof", id.strip())
    assert code == 0
    for word in (id.strip(), "paper", "2025-03-01T09:00", "Rufen Sie mich an.", "notice_version: 7"):
        assert word in said
    code, said = zusage("proof", "--subject", ADA, "--json")
    assert [one["id"] for one in json.loads(said)] == [id.strip()]


def test_the_past_is_read_as_it_was(publisher: Publisher, zusage: Any) -> None:
    zusage("give", ADA, "calls", "--way", "paper")
    publisher.at("2025-07-05T12:00")
    zusage("withdraw", ADA, "calls")
    publisher.at("2025-07-10T12:00")
    _, said = zusage("show", ADA, "--at", "2025-07-04T12:00", "--json")
    assert [(one["agreed"], one["basis"]) for one in json.loads(said)] == [
        (True, "consent, valid at the time")
    ]
    _, said = zusage("show", ADA, "--json")
    assert [(one["agreed"], one["basis"]) for one in json.loads(said)] == [(False, "none")]


def test_a_form_alone_is_no_confirmed_address(zusage: Any) -> None:
    assert zusage("give", ADA, "newsletter", "--way", "form")[0] == 2
    code, said = zusage("subscribe", ADA, "newsletter", "--json")
    assert code == 0
    asked = json.loads(said)
    assert asked["state"] == "pending"
    assert json.loads(zusage("asked", asked["id"], "--json")[1])["id"] == asked["id"]
    assert zusage("asked", "0" * 24)[0] == 1


def test_a_single_case_needs_its_name(zusage: Any) -> None:
    assert zusage("ask", ADA, "release")[0] == 2
    assert zusage("ask", ADA, "release", "--scope", "case 1")[0] == 2
    assert zusage("ask", ADA, "release", "--scope", "case-1", "--recipient", "Akademie")[0] == 0


def test_the_ground_of_each_recipient_is_listed(publisher: Publisher, zusage: Any) -> None:
    publisher.subscribe(ADA)
    publisher.confirm(ADA)
    made = publisher.mailing(ADA, BEN)
    code, said = zusage("mailing", made["mailing"], "--json")
    assert code == 0
    assert sorted((one["allowed"], one["ground"]) for one in json.loads(said)) == [
        (False, "no-consent"),
        (True, "consent"),
    ]
    assert ADA not in said
    assert made["mailing"] in zusage("mailing", "--json")[1]
    assert zusage("mailing", "0" * 24)[0] == 2


def test_withdrawing_needs_to_say_what(zusage: Any) -> None:
    assert zusage("withdraw", ADA)[0] == 2
    assert zusage("withdraw", ADA, "calls", "--all")[0] == 2
