"""1malx: a doubtful passage of a résumé is named before publication; nothing is published without a decision on record."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest
from fastapi.testclient import TestClient

from tests.promises.asking import Desk
from tests.promises.board_scene import ANNA, HOST, anna, number_of, resume_of, write_resume
from tests.promises.scenario import Scenario
from tests.promises.visiting import Site, visiting
from zusage.deployments.jobboard.app import create_app

AT = "/account/resume/publication"
PASSAGE = "2018 Pause wegen Erkrankung."
BODY = f"Seit 2010 an der zirkonzange.\n{PASSAGE}\nHausbank und Krankenwagenbau."


@pytest.fixture
def site(jobboard: Scenario) -> Iterator[Site]:
    with visiting(jobboard, create_app, HOST, now="2025-03-14T09:00") as made:
        yield made


def asked(guest: TestClient) -> tuple[list[str], str, str]:
    """The dialogue: the passages that it names, its mark, and the whole page."""
    page = guest.get(AT).text
    named = [unescape(one) for one in re.findall(r'<li class="passage">(.*?)</li>', page)]
    return named, page.partition('name="shown" value="')[2].partition('"')[0], page


def found(site: Site) -> bool:
    """Whether others find Anna's résumé, by either search."""
    mine, other = resume_of(site), site.guest()
    hits = (other.get("/resumes?term=zirkonzange").json(), other.get("/people?term=Dreherin").json())
    each = {mine in [one["id"] for one in one_search] for one_search in hits}
    assert len(each) == 1, "both searches say the same"
    return each.pop()


@pytest.mark.promise("1malx-074")
def test_a_doubtful_passage_is_named_and_only_a_decision_publishes_it(site: Site) -> None:
    scene, guest = site.scenario, anna(site)
    publish = {"visibility": "anonymous", "decision": "publish"}
    assert write_resume(guest, title="Dreherin", body="Seit 2010 an der zirkonzange.").status_code == 204
    assert found(site)
    assert asked(guest)[0] == [], "nothing doubtful, no warning"
    assert write_resume(guest, title="Dreherin", body=BODY).status_code == 204
    assert not found(site), "a new passage takes a published résumé back until it is decided on"
    named, mark, page = asked(guest)
    assert named == [PASSAGE, "Hausbank und Krankenwagenbau."]
    assert "können wir nicht kontrollieren, wer sie liest und was Dritte damit tun" in page
    for answer in (
        {"visibility": "anonymous", "shown": mark},
        publish,
        publish | {"shown": "0" * 32},
    ):
        assert guest.post(AT, data=answer).status_code == 409
    assert not found(site), "without decision it stays unpublished"
    assert scene.count("board", "passage_decision") == 0
    assert guest.post(AT, data=publish | {"shown": mark, "decision": "keep"}).status_code == 204
    assert not found(site)
    site.at("2025-03-14T09:20")
    assert guest.post(AT, data=publish | {"shown": mark}).status_code == 204
    assert found(site)
    mine = "account_id = :k AND passages = :m AND publish = :p AND decided_at LIKE :at"
    for yes, at in ((False, "2025-03-14 09:00%"), (True, "2025-03-14 09:20%")):
        assert scene.count("board", "passage_decision", mine, k=number_of(site), m=mark, p=yes, at=at) == 1
    # decided for these passages: another one asks again
    assert write_resume(guest, title="Dreherin", body=BODY + "\nMitglied einer Partei.").status_code == 204
    assert not found(site)
    assert guest.post(AT, data=publish | {"shown": mark}).status_code == 409
    assert asked(guest)[0][-1] == "Mitglied einer Partei."
    report = Desk(scene).carried_out("2025-03-15T09:00", "access", ANNA)
    decisions = Desk(scene).data("2025-03-15T10:00", report)["accounts"]["passage_decision"]
    assert [str(one["decided_at"])[:16].replace(" ", "T") for one in decisions] == [
        "2025-03-14T09:00",
        "2025-03-14T09:20",
    ]
