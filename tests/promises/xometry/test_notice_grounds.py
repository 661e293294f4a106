"""The marketplace: each thread, call and step of an application bears exactly one basis, and one that carries it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.promises.scenario import PERSON, Answer, Scenario


def filed(scene: Scenario, now: str, activity: str, case: str, *more: str) -> Answer:
    return scene.zusage(now, "ground", "file", activity, case, *more, "--by", PERSON, "--json")


def refused(answer: Answer) -> list[tuple[str, list[str]]]:
    assert answer.code == 1, answer.out + answer.err
    return [(one["code"], one["instead"]) for one in answer.json["refusals"]]


def on_file(scene: Scenario, case: str) -> list[Any]:
    return list(scene.zusage("2023-07-01", "ground", "show", case, "--json").json)


@pytest.mark.promise("xometry-212")
def test_a_thread_of_mails_bears_the_contract_or_asks_for_another_basis(marketplace: Scenario) -> None:
    contract = ("--basis", "gdpr:6(1)(b)")
    assert (
        filed(marketplace, "2022-07-01", "communication", "mail-1", *contract, "--relation", "prospect").code
        == 0
    )
    assert [one["basis"] for one in on_file(marketplace, "mail-1")] == ["gdpr:6(1)(b)"]
    ((code, instead),) = refused(
        filed(marketplace, "2022-07-01", "communication", "mail-2", *contract, "--relation", "press")
    )
    assert code == "not-a-party"
    assert "gdpr:6(1)(f)" in instead
    assert on_file(marketplace, "mail-2") == []
    assert (
        filed(
            marketplace,
            "2022-07-01",
            "communication",
            "mail-2",
            "--basis",
            "gdpr:6(1)(f)",
            "--relation",
            "press",
        ).code
        == 0
    )


@pytest.mark.promise("xometry-261")
def test_a_video_call_bears_one_basis(marketplace: Scenario) -> None:
    b, f = ("--basis", "gdpr:6(1)(b)"), ("--basis", "gdpr:6(1)(f)")
    ada = ("--relation", "customer", "--contract", "order-31")
    assert filed(marketplace, "2022-07-01", "video-calls", "call-1", *b, *ada).code == 0
    assert [one["basis"] for one in on_file(marketplace, "call-1")] == ["gdpr:6(1)(b)"]
    staff = ("--relation", "customer-staff")
    assert refused(filed(marketplace, "2022-07-01", "video-calls", "call-2", *b, *staff)) == [
        ("not-a-party", ["gdpr:6(1)(f)"])
    ]
    assert filed(marketplace, "2022-07-01", "video-calls", "call-2", *f, *staff).code == 0
    assert [one["basis"] for one in on_file(marketplace, "call-2")] == ["gdpr:6(1)(f)"]
    for none_or_both in ((), (*b, *f)):
        ((code, _),) = refused(filed(marketplace, "2022-07-01", "video-calls", "call-3", *none_or_both, *ada))
        assert code == "not-one-basis"
    assert on_file(marketplace, "call-3") == []


@pytest.mark.promise("xometry-279")
def test_a_step_that_rests_on_consent_needs_the_consent_on_record(marketplace: Scenario) -> None:
    ada = ("--relation", "applicant", "--subject", "email:ada@example.net")
    review = ("--step", "procedure", "--basis", "gdpr:6(1)(b)")
    keep = ("--step", "longer", "--basis", "gdpr:6(1)(a)")
    assert filed(marketplace, "2022-07-01", "applications", "ada", *review, *ada).code == 0
    assert [
        code for code, _ in refused(filed(marketplace, "2022-07-02", "applications", "ada", *keep, *ada))
    ] == ["no-consent"]
    given = marketplace.zusage(
        "2022-07-03T10:00",
        "consent",
        "give",
        "ada@example.net",
        "longer-application",
        "--way",
        "form",
    )
    assert given.code == 0, given.err
    assert filed(marketplace, "2022-07-04", "applications", "ada", *keep, *ada).code == 0
    shown = {
        one["step"]: (one["basis"], (one["consented_at"] or "")[:10]) for one in on_file(marketplace, "ada")
    }
    assert shown == {"procedure": ("gdpr:6(1)(b)", ""), "longer": ("gdpr:6(1)(a)", "2022-07-03")}
    assert [
        code
        for code, _ in refused(
            filed(marketplace, "2022-07-04", "applications", "ada", "--basis", "gdpr:6(1)(c)", *ada)
        )
    ] == ["basis-not-declared"]
