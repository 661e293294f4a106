"""web1on1: tenants are apart, children are refused, and whoever gave data directly gets access to them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.promises.asking import Desk
from tests.promises.scenario import Scenario
from tests.promises.visiting import Site, visiting
from zusage.deployments.messaging.app import create_app

CLARA = "clara@firma.example"


@pytest.fixture
def site(messaging: Scenario) -> Iterator[Site]:
    with visiting(messaging, create_app, "https://www.plauderwerk.example", now="2025-03-01T09:00") as made:
        yield made


@pytest.mark.promise("web1on1-005")
def test_a_message_reaches_one_tenant_and_its_system_only(site: Site) -> None:
    scene = site.scenario
    muster = scene.put(
        "service",
        "tenant",
        name="Autohaus Muster GmbH",
        contact="muster@autohaus.example",
        retention_months=12,
    )
    beispiel = scene.put(
        "service",
        "tenant",
        name="Autohaus Beispiel AG",
        contact="beispiel@autohaus.example",
        retention_months=12,
    )
    own = scene.put("service", "app_user", tenant_id=muster, name="Mia", email="mia@muster.example")
    stranger = scene.put("service", "app_user", tenant_id=beispiel, name="Uwe", email="uwe@beispiel.example")
    said = site.guest().post(
        f"/channels/{muster}/messages",
        data={"name": "Ben", "phone": "+49 1", "text": "Ist der Wagen fertig?"},
    )
    assert said.status_code == 201, said.text
    thread = said.json()["thread"]
    files = {
        str(path.relative_to(scene.folder / "connected"))
        for path in (scene.folder / "connected").rglob("*.txt")
    }
    assert files == {f"{muster}/{said.json()['message']}.txt"}, "its own connected system, and no other"
    seen = site.staff(str(own)).get(f"/threads/{thread}")
    assert [one["body"] for one in seen.json()] == ["Ist der Wagen fertig?"]
    assert site.staff(str(stranger)).get("/threads").json() == []
    refused = site.staff(str(stranger)).get(f"/threads/{thread}")
    assert refused.status_code == 403
    assert "Wagen" not in refused.text
    assert scene.count("service", "thread_refusal", "user_id = :u AND thread = :t", u=stranger, t=thread) == 1
    assert scene.count("service", "thread_refusal") == 1, "and only refusals are logged"
    assert site.staff("999999").get(f"/threads/{thread}").status_code == 401
    forged = site.guest().get(f"/threads/{thread}", headers={"remote-user": str(own)})
    assert forged.status_code in (401, 422), "nobody says who they are by a header"
    assert "Wagen" not in forged.text


@pytest.mark.promise("web1on1-009")
def test_a_child_is_refused_and_nothing_is_kept_not_even_the_age(site: Site) -> None:
    scene = site.scenario
    before = scene.count("office", "demo")
    child = site.guest().post(
        "/demo", data={"name": "Kim", "email": "kim@kind.example", "born": "2012-05-01"}
    )
    assert child.status_code == 403
    assert scene.count("office", "demo") == before
    grown = site.guest().post("/demo", data={"name": "Jo", "email": "jo@jung.example", "born": "2008-05-01"})
    assert grown.status_code == 201, grown.text
    assert scene.count("office", "demo", "email = 'jo@jung.example'") == 1
    sixteen = site.guest().post(
        "/demo", data={"name": "Lou", "email": "lou@jung.example", "born": "2009-03-01"}
    )
    assert sixteen.status_code == 201, "on the very birthday"
    day_before = site.guest().post(
        "/demo", data={"name": "Max", "email": "max@jung.example", "born": "2009-03-02"}
    )
    assert day_before.status_code == 403
    stored = b"".join(
        path.read_bytes()
        for root in ("data", "mail")
        for path in (scene.folder / root).rglob("*")
        if path.is_file()
    )
    for word in (b"2012-05-01", b"2008-05-01", b"kim@kind.example", b"max@jung.example"):
        assert word not in stored


@pytest.mark.promise("web1on1-049")
def test_who_gave_data_directly_gets_them_with_purposes_recipients_periods_and_sources(
    messaging: Scenario,
) -> None:
    desk = Desk(messaging)
    messaging.put(
        "office",
        "demo",
        name="Clara",
        email=CLARA,
        position="Leitung",
        company="Firma",
        requested_at="2025-02-01",
    )
    messaging.put("office", "enquiry", name="Clara", email=CLARA, body="Fragen Sie auch Otto Fremd, otto@fremd.example, Tel. 030 99887766",
                  received_at="2025-02-02")  # fmt: skip
    for channel in ("email", "telephone", "chat"):
        filed = desk.file("2025-03-03", "access", CLARA, channel=channel)
        shown = desk.show("2025-03-03", filed)
        assert (shown["channel"], str(shown["received_at"])[:10], str(shown["due"])[:10]) == (
            channel,
            "2025-03-03",
            "2025-04-03",
        )
    reference = desk.carried_out("2025-03-04", "access", CLARA, channel="email")
    assert str(desk.show("2025-03-04", reference)["closed_at"])[:10] < "2025-04-03"
    answer = desk.answer("2025-03-04", reference)
    for head in ("Zwecke", "Wer Ihre Daten erhalten hat", "Speicherdauer", "Herkunft"):
        assert re.search(head, answer) or re.search(
            {"Wer Ihre Daten erhalten hat": "Empfänger"}.get(head, head), answer
        ), head
    package = desk.package("2025-03-04", reference)
    assert {"data.json", "data.html", "schema.json"} <= set(package.namelist())
    page = package.read("data.html").decode()
    assert "Leitung" in page
    everything = b"".join(package.read(name) for name in package.namelist()).decode()
    for word in ("otto@fremd.example", "99887766"):
        assert word not in everything, "other people are masked"
