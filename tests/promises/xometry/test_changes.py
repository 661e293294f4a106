"""The marketplace: a change of the notice is told before, counts for the future, and widens no consent."""

from __future__ import annotations

import pytest

from tests.promises.announcing import announce, may, sent
from tests.promises.asking import Desk
from tests.promises.placing import change
from tests.promises.publishing import publish
from tests.promises.scenario import PERSON, Scenario

ADA, P = "ada@kunde.example", "p@fertiger.example"
NEW = """recipients:
  fachkreis: {name: Fachkreis Verlag GmbH, country: DE, role: controller, since: "2023-09-01", contract: {kind: other, concluded: "2023-08-01"}, function: {de: Fachanzeigen, en: specialist adverts}, policy: "https://www.fachkreis.example/datenschutz"}
"""
USES = "{to: linkedin, consent: marketing},"
PERIOD = "text: {de: Eingang, en: receipt}}, keep: P3M"


def dated(scene: Scenario, day: str) -> None:
    """The status date of the declaration."""
    said = (scene.folder / "declaration.yaml").read_text(encoding="utf-8")
    old = next(line for line in said.splitlines() if line.startswith("as_of:"))
    change(scene, "declaration.yaml", (old, f'as_of: "{day}"'))


def published(scene: Scenario, now: str) -> None:
    code, codes = publish(scene, now)
    assert code == 0, codes


@pytest.fixture
def second(marketplace: Scenario) -> Scenario:
    """Version 1 in force, Ada and P with accounts, Ada's consent and enquiry under it, and version 2 as a draft."""
    dated(marketplace, "2023-08-01")
    published(marketplace, "2023-08-01T08:00")
    marketplace.put("portal", "customer", id=9001, name="Ada", email=ADA)
    marketplace.put("portal", "partner", id=9001, name="P", email=P)
    given = marketplace.zusage("2023-08-05T10:00", "consent", "give", ADA, "audiences", "--way", "form")
    assert given.code == 0, given.err
    marketplace.put("office", "enquiry", id=9001, name="Ada", email=ADA, body="alt", received_at="2023-08-05")
    change(
        marketplace,
        "declaration.yaml",
        ("recipients:\n", NEW),
        (USES, f"{{to: fachkreis, consent: audiences}}, {USES}"),
        (PERIOD, PERIOD.replace("P3M", "P6M")),
    )
    dated(marketplace, "2023-08-15")
    return marketplace


def told(scene: Scenario) -> None:
    code, made = announce(scene, "2023-08-14T09:00", "notice-change", "Ab dem 1. September erhält auch der Fachkreis Verlag Kontaktdaten.",
                          "--activity", "customer-portal", "--activity", "partner-portal", "--effective", "2023-09-01")  # fmt: skip
    assert code == 0
    standing = sent(scene, "2023-08-14T10", made["id"])
    assert standing["arrived"] == standing["told"] >= 2
    assert max(str(one["sent_at"]) for one in standing["parties"]) < "2023-09-01"


@pytest.mark.promise("xometry-317")
def test_a_change_is_told_before_counts_for_the_future_and_widens_no_consent(second: Scenario) -> None:
    scene, who = second, ("--subject", f"email={ADA}")
    code, codes = publish(scene, "2023-08-15T08:00")
    assert (code, "notice/change-untold" in codes) == (1, True), "nobody was told: it is not published"
    told(scene)
    for address in (ADA, P):
        assert [one for one in Desk(scene).mails(address) if "Fachkreis" in one], address
    assert "not-announced" in may(scene, "2023-08-15T08:00", "fachkreis", "analysis", *who)
    published(scene, "2023-08-15T08:10")
    contract = scene.file("evidence/contract.txt", "contract\n")
    filed = scene.zusage("2023-08-15T09:00", "contract", "file", "fachkreis", "--document", str(contract), "--by", PERSON)  # fmt: skip
    assert filed.code == 0, filed.err
    _consents_stay_as_they_were_given(scene, *who)
    _older_data_keep_the_rule_of_their_version(scene)


def _consents_stay_as_they_were_given(scene: Scenario, *who: str) -> None:
    assert may(scene, "2023-08-31T09:00", "fachkreis", "analysis", *who) == ["not-yet", "consent-older"]
    assert may(scene, "2023-09-02T09:00", "fachkreis", "analysis", *who) == ["consent-older"]
    refused = scene.zusage("2023-09-02T09:00", "disclose", "fachkreis", "--activity", "analysis", *who, "--by", PERSON)  # fmt: skip
    assert refused.code == 1
    again = scene.zusage("2023-09-03T10:00", "consent", "give", ADA, "audiences", "--way", "form")
    assert again.code == 0, again.err
    assert may(scene, "2023-09-04T09:00", "fachkreis", "analysis", *who) == [], "a new act covers it"


def _older_data_keep_the_rule_of_their_version(scene: Scenario) -> None:
    scene.put("office", "enquiry", id=9002, name="Ben", email="ben@kunde.example", body="neu", received_at="2023-08-16")  # fmt: skip
    scene.sweep("2023-11-04T03:00")
    assert scene.there("office", "enquiry", 9001, 9002) == [9001, 9002]
    scene.sweep("2023-11-06T03:00")
    assert scene.there("office", "enquiry", 9001, 9002) == [9002], "three months, as version 1 said"
    scene.sweep("2024-02-15T03:00")
    assert scene.there("office", "enquiry", 9002) == [9002]
    scene.sweep("2024-02-17T03:00")
    assert scene.there("office", "enquiry", 9002) == []
