"""The IT provider: recordings after a caller's key, applications kept as the applicant says, entries of an order."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.promises.scenario import Scenario
from tests.promises.visiting import Site, leave, set_cookies, visiting
from zusage.deployments.itservice.app import create_app

HOST = "https://www.strompfad.example"
CALLER = "+49 711 5550 4711"
JAN = {"name": "Jan Muster", "email": "jan@muster.example", "letter": "Ich möchte."}
LEA = {"name": "Lea Probe", "email": "lea@probe.example", "letter": "Ich auch."}


@pytest.fixture
def site(itservice: Scenario) -> Iterator[Site]:
    with visiting(itservice, create_app, HOST, now="2026-05-05T09:00") as made:
        yield made


# -- the hotline ----------------------------------------------------------------------------------------------------


def call(site: Site, key: str | None) -> tuple[str | None, bool, str]:
    """A whole call, with what the caller pressed after an announcement: the announcement, whether it was recorded, what was
    said then."""
    line = site.guest()
    begun = line.post("/calls", data={"caller": CALLER}).json()
    recorded, said = False, ""
    if begun["announcement"] and key is not None:
        pressed = line.post(f"/calls/{begun['call']}/pressed", data={"digit": key}).json()
        recorded, said = pressed["recorded"], pressed["said"]
    assert line.post(f"/calls/{begun['call']}/ended").status_code == 204
    return begun["announcement"], recorded, said


def recordings(site: Site) -> int:
    """How many recordings of the caller are filed, rows and files alike."""
    rows = site.scenario.count("desk", "recording", "caller = :c", c=CALLER)
    files = [path for path in (site.scenario.folder / "documents/recordings").iterdir() if path.stem.isalnum() and len(path.stem) == 16]  # fmt: skip
    assert len(files) == rows
    return rows


@pytest.mark.promise("fluxpunkt-083")
def test_a_call_is_recorded_out_of_hours_after_key_one_only(site: Site) -> None:
    site.at("2026-05-05T09:00")  # 11:00 in Stuttgart
    begun = site.guest().post("/calls", data={"caller": CALLER}).json()
    assert begun["announcement"] is None
    refused = site.guest().post(f"/calls/{begun['call']}/pressed", data={"digit": "1"})
    assert refused.status_code == 409, "in business hours no key records a call"
    site.guest().post(f"/calls/{begun['call']}/ended")
    assert recordings(site) == 0
    site.at("2026-05-05T18:00")  # 20:00
    assert call(site, key=None)[1] is False
    assert recordings(site) == 0, "no confirmation, no recording"
    announced, recorded, _ = call(site, key="1")
    assert recorded
    assert recordings(site) == 1
    on_file = (site.scenario.folder / "documents/announcement.de.txt").read_text(encoding="utf-8")
    assert announced == on_file.strip()
    (consent,) = site.scenario.zusage("2026-05-05T18:30", "consent", "show", f"phone:{CALLER}", "--json").json
    assert (consent["purpose"], consent["agreed"]) == ("recording", True)
    assert consent["since"] == "2026-05-05T18:00:00+00:00"
    site.at("2026-05-09T08:00")  # a Saturday
    assert call(site, key="2")[0] == announced, "the weekend is no business hours"


@pytest.mark.promise("fluxpunkt-086")
def test_who_declines_is_told_when_the_hotline_opens_and_leaves_nothing(site: Site) -> None:
    site.at("2026-05-05T18:00")
    before = {path: path.read_bytes() for path in (site.scenario.folder / "data").iterdir()}
    _, recorded, said = call(site, key="2")
    assert not recorded
    assert "ab 9 Uhr" in said
    assert recordings(site) == 0
    assert site.scenario.in_bytes(CALLER) == []
    after = {path: path.read_bytes() for path in before}
    assert after == before, "nothing of the call was stored anywhere"
    assert site.scenario.zusage("2026-05-05T19:00", "consent", "show", f"phone:{CALLER}", "--json").json == []


# -- applications ---------------------------------------------------------------------------------------------------


def agreed(site: Site, email: str, now: str) -> bool:
    """Whether a wish to be kept stands in the register."""
    said = site.scenario.zusage(now, "consent", "show", email, "--json").json
    return any(one["purpose"] == "talent-pool" and one["agreed"] for one in said)


def papers(site: Site, key: int) -> tuple[list[int], bool]:
    """The row and the file of an application."""
    path = site.scenario.folder / f"documents/applications/{key}.pdf"
    return site.scenario.there("office", "applicant", key), path.exists()


@pytest.mark.promise("fluxpunkt-160")
def test_applicants_are_asked_whether_and_for_how_long(site: Site) -> None:
    site.at("2026-02-01T10:00")
    guest = site.guest()
    form = guest.get("/jobs/17").text
    assert "auch für zukünftige Stellen" in form
    assert 'type="checkbox" name="pool"' in form
    assert "checked" not in form.partition("<main>")[2].partition("</main>")[0]
    assert 'type="date" name="until"' in form
    sent = guest.post("/jobs/17/apply", data=JAN)
    assert sent.status_code == 201
    assert not agreed(site, JAN["email"], "2026-02-02")
    before = site.scenario.count("office", "applicant")
    asked = guest.post("/jobs/17/apply", data=LEA | {"pool": "yes"})
    assert asked.status_code == 422
    assert "Bis wann dürfen wir" in asked.text
    assert site.scenario.count("office", "applicant") == before, "not stored without an end date"
    assert not agreed(site, LEA["email"], "2026-02-02")
    for wrong in ("2025-01-01", "2099-01-01", "bald"):
        assert guest.post("/jobs/17/apply", data=LEA | {"pool": "yes", "until": wrong}).status_code == 422
    assert guest.post("/jobs/17/apply", data=LEA | {"pool": "yes", "until": "2026-12-31"}).status_code == 201
    assert agreed(site, LEA["email"], "2026-02-02")


@pytest.mark.promise("fluxpunkt-162")
def test_silence_is_no_wish_to_be_proposed(site: Site) -> None:
    site.at("2026-02-01T10:00")
    guest = site.guest()
    keys = [int(_key(guest.post("/jobs/17/apply", data=form).text)) for form in (JAN, LEA | {"pool": "yes", "until": "2026-12-31"})]  # fmt: skip
    site.at("2026-04-01T10:00")
    assert set(keys) <= set(guest.get("/jobs/17/candidates").json()), (
        "both are candidates for their own position"
    )
    proposed = guest.get("/jobs/21/candidates").json()
    assert keys[0] not in proposed
    assert keys[1] in proposed
    assert guest.post("/candidates/withdraw", data={"email": LEA["email"]}).status_code == 204
    site.at("2026-04-01T10:01")
    assert keys[1] not in guest.get("/jobs/21/candidates").json(), "a wish taken back is none"


@pytest.mark.promise("fluxpunkt-089")
def test_an_application_stays_as_long_as_the_applicant_says(site: Site) -> None:
    site.at("2026-02-01T10:00")
    guest = site.guest()
    jan = int(_key(guest.post("/jobs/17/apply", data=JAN | {"pool": "yes", "until": "2026-12-31"}).text))
    asked = guest.post("/jobs/17/apply", data=LEA | {"pool": "yes"})
    assert asked.status_code == 422, "who names no period is asked"
    lea = int(_key(guest.post("/jobs/17/apply", data=LEA).text))
    site.scenario.change("office", f"UPDATE applicant SET rejected_at = '2026-02-10 09:00:00.000000' WHERE id IN ({jan}, {lea})")  # fmt: skip
    site.scenario.sweep("2026-05-09T03:00")
    assert papers(site, lea) == ([lea], True)
    site.scenario.sweep("2026-05-11T03:00")
    assert papers(site, lea) == ([], False), "otherwise the three months"
    assert papers(site, jan) == ([jan], True)
    assert agreed(site, JAN["email"], "2026-05-11")
    site.scenario.sweep("2026-12-31T12:00")
    assert papers(site, jan) == ([jan], True)
    site.scenario.sweep("2027-01-01T03:00")
    assert papers(site, jan) == ([], False)


def _key(page: str) -> str:
    return page.partition('id="arrived">')[2].partition("<")[0]


# -- entries --------------------------------------------------------------------------------------------------------


def entries(site: Site) -> int:
    """What visitors typed, as the server holds it."""
    return site.scenario.count("web", "session_entry")


@pytest.mark.promise("fluxpunkt-111")
def test_entries_stay_over_pages_and_go_with_the_session(site: Site) -> None:
    guest = site.guest()
    assert guest.get("/order/1").status_code == 200
    assert not guest.cookies, "looking at a form begins no session"
    begun = guest.post("/order/1", data={"items": "Zwei Bildschirme"}, follow_redirects=False)
    cookie = set_cookies(begun)["PHPSESSID"].lower()
    assert "max-age" not in cookie
    assert "expires" not in cookie
    second = guest.get("/order/2").text
    assert "Zwei Bildschirme" in second
    assert entries(site) == 1
    # the browser is closed: its script says so, and nothing follows
    leave(guest, second)
    site.at("2026-05-05T09:00:10")
    third = guest.get("/order/2").text
    assert "Zwei Bildschirme" in third, "the next page came in time"
    late = second.partition('data-page="')[2].partition('"')[0]
    guest.post(f"/session/closing?page={late}")  # a goodbye that comes after the next page
    site.at("2026-05-05T09:00:50")
    assert guest.get("/jobs").status_code == 200
    assert entries(site) == 1, "another page of the site is no goodbye"
    third = guest.get("/order/2").text
    leave(guest, third)
    site.at("2026-05-05T09:02")
    site.guest().get("/cart")
    assert entries(site) == 0, "gone on the server without the visitor coming back"
    assert "Zwei Bildschirme" not in guest.get("/order/2").text


@pytest.mark.promise("fluxpunkt-111")
def test_entries_are_gone_after_half_an_hour_or_with_the_order(site: Site) -> None:
    idle, done = site.guest(), site.guest()
    idle.post("/order/1", data={"items": "Ein Rechner"})
    site.at("2026-05-05T09:29")
    assert "Ein Rechner" in idle.get("/order/2").text
    site.scenario.sweep("2026-05-05T09:58")
    assert entries(site) == 1
    site.scenario.sweep("2026-05-05T10:00")
    assert entries(site) == 0, "half an hour without activity, and nobody came"
    assert "Ein Rechner" not in idle.get("/order/2").text
    typed = ({"items": "Eine Maus"}, {"delivery": "Weg 1"}, {"name": "Kim", "email": "kim@example.net"})
    answers = [
        done.post(f"/order/{page}", data=one, follow_redirects=False) for page, one in enumerate(typed, 1)
    ]
    assert answers[-1].status_code == 200
    assert entries(site) == 0, "with the order the session is over"
    assert site.scenario.count("office", "form_order", "items = 'Eine Maus' AND delivery = 'Weg 1'") == 1
