"""The messaging platform's notice: what it lists is complete, what it links to is there, what is not its own stays out."""

from __future__ import annotations

import re

import pytest

from tests.promises.announcing import announce, sent
from tests.promises.publishing import checked, edit, page, publish, refused, said_in, section, word
from tests.promises.scenario import Scenario
from tests.promises.vouching import assert_reminded, may, state, vouch

NOW = "2026-03-01T08:00"


@pytest.mark.promise("web1on1-016")
def test_data_of_customers_are_a_matter_of_their_contract(messaging: Scenario) -> None:
    shown = str(section(messaging, NOW, "on-behalf"))
    assert "https://www.plauderwerk.example/auftragsverarbeitung" in shown
    assert (
        '<a href="https://www.plauderwerk.example/auftragsverarbeitung">'
        in page(messaging, NOW, "/notice")[1]
    )
    assert publish(messaging, NOW)[0] == 0
    edit(messaging, "of_class: usage-information", "of_class: service-data")
    found = messaging.zusage(NOW, "publish", "--by", "Dora", "--no-stores", "--json")
    assert found.code == 1
    assert said_in(
        found.json, "declaration/customers-data", "IP-Adresse, Seitenanfragen", "activities.website"
    )


_CLASSES = {
    "account-information": (
        ("recipients: [{to: cloud}, {to: payments, data: [payment]}, {to: support-tools, data: [user]}, {to: authorities, "
         'legal_bases: ["gdpr:6(1)(c)"]}, {to: successor}]'), "recipients: []", "Kontoinformationen", "Empfänger"),
    "usage-information": (
        "of_class: usage-information", "", "Nutzungsinformationen", "Verarbeitung"),
}  # fmt: skip


@pytest.mark.promise("web1on1-019")
@pytest.mark.parametrize("name", _CLASSES)
def test_each_class_of_data_is_covered_from_purpose_to_rights(messaging: Scenario, name: str) -> None:
    activity = {"account-information": "account", "usage-information": "website"}[name]
    heads = [one["text"] for one in section(messaging, NOW, activity) if one["block"] == "heading"]
    assert {"Zwecke der Verarbeitung", "Rechtsgrundlage", "Empfänger", "Speicherdauer"} <= set(heads)
    assert "'#objection'" in str(section(messaging, NOW, activity))
    old, new, title, item = _CLASSES[name]
    edit(messaging, ", " + old if new == "" else old, new)
    assert said_in(refused(messaging, NOW), "declaration/class-uncovered", title, item)


@pytest.mark.promise("web1on1-042")
def test_the_list_of_providers_by_function_is_the_register(messaging: Scenario) -> None:
    assert publish(messaging, NOW)[0] == 0
    listed = page(messaging, NOW, "/processors")[1]
    rows = re.findall(r"<tr>\s*<td[^>]*>(.*?)</td>\s*<td[^>]*>(.*?)</td>", listed, re.DOTALL)
    assert sorted(rows) == [
        ("Datenbanküberwachung", "Datenblick Monitoring S.A."),
        ("Datenspeicherung", "Speicherdock B.V."),
        ("Hosting", "Wolkenhafen Cloud B.V."),
        ("Kundendienst", "Helpdesk Harbor, Inc."),
        ("Webanalyse", "Google Ireland Limited"),
    ]
    for said in (
        "Niederlande",
        "Frankreich",
        "Vereinigte Staaten",
        "Standardvertragsklauseln",
        "Art. 28 DSGVO",
    ):
        assert said in listed, said
    edit(messaging, "functions: [", "functions: [{de: Videoanruf, en: video calls}, ")
    found = messaging.zusage(NOW, "publish", "--by", "Dora", "--no-stores", "--json").json
    assert said_in(found, "declaration/function-without-provider", "Videoanruf")
    video = 'video: {name: Bildruf B.V., country: NL, role: processor, contract: {kind: art-28, concluded: "2026-03-01", attest_every: P1Y}%s}'
    edit(messaging, "recipients:\n", f"recipients:\n  {video % ''}\n")
    edit(messaging, "{to: storage}, {to: monitoring}]", "{to: storage}, {to: monitoring}, {to: video}]")
    found = messaging.zusage(NOW, "publish", "--by", "Dora", "--no-stores", "--json").json
    assert said_in(found, "declaration/provider-without-function", "Bildruf B.V.")
    edit(messaging, video % "", video % ", function: {de: Videoanruf, en: video calls}")
    # before notice and list are renewed nothing goes there, although the contract is on file
    document = messaging.file("evidence/contract.txt", "contract\n")
    filing = ["contract", "file", "video", "--document", str(document), "--by", "Dora", "--until", "2027-03-01"]  # fmt: skip
    assert messaging.zusage(NOW, *filing).code == 0
    assert may(messaging, "2026-03-01T09:00", "video", "customer-messages") == ["not-announced"]
    edit(messaging, 'as_of: "2026-02-10"', 'as_of: "2026-03-01"')
    told = ("--activity", "account", "--effective", "2026-03-01")
    _, made = announce(messaging, "2026-02-20T09:00", "notice-change", "Ein Anbieter kommt dazu.", *told)
    sent(messaging, "2026-02-20T10", made["id"])
    assert publish(messaging, "2026-03-01T10:00")[0] == 0
    assert may(messaging, "2026-03-01T11:00", "video", "customer-messages") == []
    assert "Bildruf B.V." in page(messaging, "2026-03-01T11:00", "/processors?on=2026-03-01")[1]
    assert "Bildruf B.V." not in page(messaging, "2026-03-01T11:00", "/processors?on=2026-02-20")[1]


@pytest.mark.promise("web1on1-073")
def test_the_number_of_providers_is_limited_and_their_list_linked(messaging: Scenario) -> None:
    shown = page(messaging, NOW, "/notice")[1]
    assert '<a href="https://www.plauderwerk.example/processors">Liste der Anbieter</a>' in shown
    status, listed = page(messaging, NOW, "/processors")
    assert status == 200
    declared = messaging.zusage(NOW, "write", "record", "--json").json["data"]["recipients"]
    for one in declared.values():
        assert (one["name"] in listed) == (one["role"] in ("processor", "sub-processor")), one["name"]
    edit(messaging, "most_processors: 6", "most_processors: 4")
    assert said_in(refused(messaging, NOW), "declaration/too-many-processors", "5")
    edit(messaging, "most_processors: 4", "most_processors: 6")
    edit(messaging, "  processors: https://www.plauderwerk.example/processors\n", "")
    assert said_in(refused(messaging, NOW), "declaration/processors-link")


@pytest.mark.promise("web1on1-074")
@pytest.mark.parametrize(
    "frame", ["How did we do?", "Updated 2 months ago by Ann", "War dieser Artikel hilfreich?"]
)
def test_text_of_the_help_centre_s_frame_does_not_get_into_the_notice(
    messaging: Scenario, frame: str
) -> None:
    text = messaging.zusage(NOW, "write", "notice", "--format", "md", "--language", "de").out
    assert not said_in(checked(str(messaging.file("clean.md", text)), "2026-03-01"), "notice/frame-text")
    framed = checked(str(messaging.file("framed.md", text + f"\n\n{frame}\n")), "2026-03-01")
    assert said_in(framed, "notice/frame-text", frame)
    word(messaging, "complaint", frame)
    assert said_in(refused(messaging, NOW), "wording/frame-text", frame)
    (messaging.folder / "wording/de/complaint.md").unlink()
    assert publish(messaging, NOW)[0] == 0
    stored = page(messaging, NOW, "/notice?on=2026-03-01")[1]
    assert '<html lang="de">' in stored
    assert frame not in stored


@pytest.mark.promise("web1on1-054")
def test_the_security_practices_are_reviewed_within_their_year(messaging: Scenario) -> None:
    shown = page(messaging, NOW, "/notice")[1]
    assert '<a href="https://www.plauderwerk.example/measures">' in shown
    assert vouch(messaging, "2024-03-01", "measure/levels") == 0
    status, reviewed = page(messaging, "2024-06-01", "/measures")
    assert status == 200
    assert "Zuletzt geprüft am 1. März 2024" in reviewed
    assert state(messaging, "2024-06-01", "measure/levels") == "kept"
    assert_reminded(messaging, ["measure/levels"], "2025-02-20", "2025-03-02")
    assert state(messaging, "2025-03-02", "measure/levels") == "broken"
    assert vouch(messaging, "2025-03-02", "measure/levels") == 0
    assert "Zuletzt geprüft am 2. März 2025" in page(messaging, "2025-03-03", "/measures")[1]
