"""1malx: whoever asks gets a case with a number, a day and somebody responsible; questions on the notice reach the privacy role."""

from __future__ import annotations

import re

import pytest

from tests.promises.asking import Desk
from tests.promises.mailing_in import console
from tests.promises.publishing import edit, publish
from tests.promises.scenario import Scenario
from zusage.server.accounts import Role

ANNA = "anna@bewerberin.example"
BEN = "ben@leser.example"
SALES, DPO, SERVICE = "vertrieb@stellenwald.example", "dsb@stellenwald.example", "service@stellenwald.example"


def ask(scene: Scenario, now: str, **words: str) -> str:
    """What a visitor sends by the form of the privacy centre; the page that follows."""
    with console(scene, now, **{f"dpo-{len(str(words))}": Role.DPO}) as people:
        client = next(iter(people.values()))[0]
        said = client.post("/rights", data=words, headers={"origin": "https://testserver"})
    assert said.status_code == 200, said.text
    return said.text


@pytest.mark.promise("1malx-032")
def test_an_enquiry_is_a_case_and_is_closed_by_an_answer_only(jobboard: Scenario) -> None:
    desk = Desk(jobboard)
    ask(
        jobboard,
        "2025-03-07T09:00",
        kind="question",
        email=ANNA,
        text="Wie lade ich ein Foto hoch?",
        topic="service",
    )
    desk.run("2025-03-07T09:01")
    listed = jobboard.zusage("2025-03-07T10:00", "request", "list", "--json").json
    assert [(one["kind"], str(one["received_at"])[:10]) for one in listed] == [("question", "2025-03-07")]
    reference = listed[0]["reference"]
    assert desk.show("2025-03-07T10:00", reference)["responsible"] == SERVICE
    assert any(reference in one for one in desk.mails(SERVICE))
    assert any(reference in one.splitlines()[0] for one in desk.mails(ANNA)), "she has the number"
    assert desk.decide("2025-03-07T11:00", reference) == 2, "nobody closes it without an answer"
    assert desk.decide("2025-03-07T11:00", reference, "grant", "--text", "  ") == 2
    assert desk.show("2025-03-07T11:05", reference)["closed_at"] is None
    desk.run("2025-04-20")
    assert desk.show("2025-04-20", reference)["closed_at"] is None, "nor does time"
    assert any(one.startswith("Überfällig") for one in desk.mails(SERVICE)), "it does not vanish"
    assert desk.decide("2025-04-21", reference, "grant", "--text", "Unter Profil, Bild ändern.") == 0
    desk.run("2025-04-21")
    desk.run("2025-04-22")
    assert desk.show("2025-04-22", reference)["state"] == "answered"
    assert any("Unter Profil, Bild ändern." in one for one in desk.mails(ANNA))


@pytest.mark.promise("1malx-098")
def test_a_question_on_the_notice_reaches_the_privacy_role_and_no_placeholder_is_published(
    jobboard: Scenario,
) -> None:
    desk = Desk(jobboard)
    page = ask(jobboard, "2025-03-09T23:30", kind="question", email=BEN, text="Was heißt Abschnitt 4?")
    reference = re.search(r"2025-\d{4}", page)
    assert reference, "he gets its number at once"
    desk.run("2025-03-09T23:31")
    assert desk.show("2025-03-10", reference.group())["responsible"] == DPO
    assert any(reference.group() in one for one in desk.mails(DPO))
    assert desk.mails(SERVICE) == []
    with console(jobboard, "2025-03-10T09:00", sales=Role.MANAGEMENT, officer=Role.DPO) as people:
        refused = people["sales"][0].get(f"/console/requests/{reference.group()}")
        assert refused.status_code == 403
        assert "Abschnitt 4" not in refused.text
        assert reference.group() not in people["sales"][0].get("/console/requests").text
        assert "Abschnitt 4" in people["officer"][0].get(f"/console/requests/{reference.group()}").text
    assert publish(jobboard, "2026-02-01T08:00")[0] == 0
    edit(
        jobboard,
        "Änderungen dieser Erklärung kündigen wir",
        "[Hyperlink zum Impressum] Änderungen dieser Erklärung kündigen wir",
    )
    as_of = next(
        one
        for one in (jobboard.folder / "declaration.yaml").read_text("utf-8").splitlines()
        if one.startswith("as_of: ")
    )
    edit(jobboard, as_of, 'as_of: "2026-02-02"')
    code, codes = publish(jobboard, "2026-02-02T08:00")
    assert code == 1
    assert any("placeholder" in one for one in codes), codes
