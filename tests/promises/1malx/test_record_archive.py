"""1malx: what stays of Anna because a law wants it is sealed apart, and opens to the archive's role with a second approval."""

from __future__ import annotations

import json
import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.promises.asking import Desk
from tests.promises.board_scene import ANNA, LOGIN, anna
from tests.promises.log_scene import LogScene, command
from tests.promises.mailing_in import console
from tests.promises.scenario import Answer, Scenario
from tests.promises.visiting import Site
from zusage import clock
from zusage.ledger.leaves import ENTRIES
from zusage.sealing.segments import DamagedSegment, SegmentReader, read_head
from zusage.sealing.shares import KeyMissing, KeyStore, new_identity, segment_key
from zusage.server.accounts import Role
from zusage.workspace import open_workspace
from zusage_client.account import sign

HEAD, OFFICER, STRANGER = "Arne Archiv", "Dora Datenschutz", "Stine Fremd"
SECRETS = ("Anna Beispiel", "Walnussweg 3", "R-2025-77")
WHY = "Betriebsprüfung des Finanzamts Leipzig, Jahr 2025"
PROMISE = "archive/record-archive"
GROUND = ("--ground", "statutory-retention")


def _zusage(scene: Scenario, now: str, *arguments: str) -> Answer:
    return LogScene(scene.folder, "").zusage(*arguments, at=now)


def _key(folder: Path, person: str) -> tuple[str, Path]:
    """A key pair as somebody makes it on their own machine: (public key, file with the private one)."""
    private, public = new_identity()
    place = folder.parent / f"{person.replace(' ', '-')}.key"
    place.write_text(private)
    return public, place


def _hold(scene: Scenario, role: str, person: str, now: str = "2025-04-01") -> tuple[str, Path]:
    public, place = _key(scene.folder, person)
    said = _zusage(
        scene, now, "archive", "keys", "add", "--role", role, "--person", person, "--public", public
    )
    assert said.code == 0, said.err
    return public, place


def _ask(scene: Scenario, opener: str, *more: str, now: str = "2026-02-01") -> Answer:
    return _zusage(scene, now, "archive", "request", ANNA, "--opener", opener, "--by", HEAD, "--json", *more)


def _approve(scene: Scenario, opening: str, role: str, key: Path, now: str = "2026-02-02") -> Answer:
    bundle, approval = scene.folder.parent / "bundle.json", scene.folder.parent / "approval.json"
    bundle.write_text(_zusage(scene, now, "archive", "bundle", opening).out)
    made = command(
        "archive", "approve", "--bundle", str(bundle), "--role", role, "--identity", str(key), "--yes"
    )
    if made.code:
        return made
    approval.write_text(made.out)
    return _zusage(scene, now, "archive", "accept", str(approval))


def _open(scene: Scenario, opening: str, key: Path, now: str = "2026-02-03") -> Answer:
    return _zusage(scene, now, "archive", "open", opening, "--identity", str(key))


@dataclass(frozen=True)
class Keys:
    """(public key, file) of the archive's head and the officer."""

    head: tuple[str, Path]
    officer: tuple[str, Path]


@pytest.fixture
def archived(site: Site) -> tuple[Site, Keys]:
    """Anna's account and company are gone at her request; her invoice stays because of § 14b UStG, and is sealed."""
    scene, desk = site.scenario, Desk(site.scenario)
    keys = Keys(_hold(scene, "archive", HEAD), _hold(scene, "dpo", OFFICER))
    anna(site)
    company = scene.put(
        "board", "company", name="Beispiel Drehteile", contact_name="Anna Beispiel", contact_email=ANNA
    )
    scene.put("board", "invoice", company_id=company, number="R-2025-77", recipient="Anna Beispiel",
              address="Walnussweg 3", cents=11900, issued_at="2025-02-10")  # fmt: skip
    desk.carried_out("2025-05-01", "erasure", ANNA)
    outcomes = scene.sweep("2025-05-02")
    (sealed,) = [one for one in outcomes if one["promise"] == PROMISE]
    assert (sealed["result"], sealed["hit"]) == ("done", 1)
    return site, keys


@pytest.mark.promise("1malx-082")
def test_the_archived_record_is_found_by_no_page_no_api_no_search_and_no_admin(
    archived: tuple[Site, Keys],
) -> None:
    site, _ = archived
    scene, desk, guest = site.scenario, Desk(site.scenario), site.guest()
    site.at("2026-01-10T09:00")
    assert guest.post("/login", data=LOGIN).status_code == 403
    with scene.writing("board") as connection:
        number = connection.exec_driver_sql("SELECT max(id) FROM company").scalar_one() + 1
    said = [
        guest.get(path)
        for path in ("/", "/search?q=Walnussweg", "/sitemap.xml", f"/companies/{number}", "/rights")
    ]
    signed = sign((scene.folder / "application-key").read_text(), "email", ANNA, clock.now())
    data = site.service.get("/api/v1/account/data", headers={"authorization": f"Bearer {signed}"})
    assert data.status_code == 200
    said += [
        data,
        *(site.service.get(path) for path in ("/api/v1/account/data", "/notice", "/api/v1/browser-policy")),
    ]
    texts = [answer.text for answer in said]
    asked = desk.carried_out("2026-01-10", "access", ANNA)
    texts += [desk.answer("2026-01-10T12:00", asked), *desk.mails(ANNA)[-2:]]
    people = {"officer": Role.DPO, "auditor": Role.AUDITOR, "boss": Role.MANAGEMENT}
    with console(scene, "2026-01-10T13:00", **people) as logins:
        for client, _ in logins.values():
            pages = ("", "/requests", "/holds", "/plans", "/drift", "/ledger", "/restricted")
            texts += [client.get(f"/console{page}").text for page in pages]
        for name in ("officer", "auditor"):
            client = logins[name][0]
            csrf = client.get("/console/restricted").text.split('name="csrf" value="')[1].split('"')[0]
            for kind, value in (("email", ANNA), ("customer-number", str(number))):
                asked_for = {"identity": value, "kind": kind, "csrf": csrf, "reason": "statutory-retention"}
                shown = client.post("/console/restricted", data=asked_for)
                assert shown.status_code == 200
                texts.append(shown.text)
    assert [word for word in SECRETS for text in texts if word in text] == []
    assert scene.blocked("2026-01-10T14:00", ANNA) == []
    listed = _zusage(scene, "2026-01-10T14:00", "archive", "list", ANNA, "--json")
    assert [(one["table"], one["segment"] != "") for one in listed.json] == [("invoice", True)], (
        "that it is there"
    )
    assert _zusage(scene, "2026-01-10T14:00", "archive", "list", "ben@nirgends.example").code == 1


@pytest.mark.promise("1malx-082")
def test_nothing_on_the_server_opens_it_and_when_the_law_ends_every_copy_is_dead(
    archived: tuple[Site, Keys],
) -> None:
    scene, head = archived[0].scenario, archived[1].head[0]
    files = [path for path in scene.folder.rglob("*") if path.is_file()]
    for word in (*SECRETS[1:], "AGE-SECRET-KEY"):
        assert [path.name for path in files if word.encode() in path.read_bytes()] == [], word
    (sealed,) = (scene.folder / "archive").glob("*.seg")
    segment = read_head(sealed).segment
    share = KeyStore(scene.folder / "archive-keys").read(segment)
    with pytest.raises(DamagedSegment):
        list(SegmentReader(sealed, segment_key(segment, b"", share)).blocks())
    assert scene.proof("2025-05-02T04:00", PROMISE)["state"] == "kept"
    copy = Path(shutil.copy(sealed, scene.folder.parent / "copy.seg"))
    scene.sweep("2033-12-31T12:00")
    assert sealed.exists(), "as long as the law wants it"
    scene.sweep("2034-01-01T03:00")
    assert list((scene.folder / "archive").glob("*.seg")) == []
    with pytest.raises(KeyMissing):
        KeyStore(scene.folder / "archive-keys").read(read_head(copy).segment)
    refused = _ask(scene, head, *GROUND, "--reason", WHY, now="2034-01-02")
    assert (refused.code, "no record" in refused.err) == (1, True)
    assert scene.proof("2034-01-02", PROMISE)["state"] == "kept"
    with sqlite3.connect(scene.folder / "data" / "board-restricted.db") as place:
        place.execute("INSERT INTO invoice (zusage_key, recipient) VALUES ('99', 'Anna Beispiel')")
    assert scene.proof("2034-01-02T05:00", PROMISE)["state"] == "broken", (
        "somebody put one there in the clear"
    )


@pytest.mark.promise("1malx-082")
def test_only_the_archive_role_opens_it_on_a_ground_with_a_second_approval(
    archived: tuple[Site, Keys],
) -> None:
    site, keys = archived
    scene, (head, head_key), (officer, officer_key) = site.scenario, keys.head, keys.officer
    stranger, stranger_key = _key(scene.folder, STRANGER)
    for opener in (stranger, officer):
        refused = _ask(scene, opener, *GROUND, "--reason", WHY)
        assert (refused.code, "only the role 'archive'" in refused.err) == (1, True)
    assert _ask(scene, head, "--reason", WHY).code == 2, "not without a ground"
    assert _ask(scene, head, "--ground", "curiosity", "--reason", WHY).code == 2
    assert _ask(scene, head, *GROUND, "--reason", "Routine").code == 1
    asked = _ask(scene, head, *GROUND, "--reason", WHY)
    assert asked.code == 0, asked.err
    opening = asked.json["id"]
    assert _open(scene, opening, head_key).code == 1, "nobody has approved"
    assert _approve(scene, opening, "archive", head_key).code == 0
    assert _approve(scene, opening, "archive", head_key).code == 1, "the same person does not count twice"
    assert _approve(scene, opening, "dpo", head_key).code != 0, "and holds one role"
    alone = _open(scene, opening, head_key)
    assert (alone.code, "approval is missing: dpo" in alone.err, alone.out) == (1, True, "")
    assert _approve(scene, opening, "dpo", officer_key).code == 0
    for other in (stranger_key, officer_key):
        assert _open(scene, opening, other).code == 1, "another key than the one that asked"
    opened = _open(scene, opening, head_key)
    assert opened.code == 0, opened.err
    (record,) = opened.json
    (row,) = record["rows"]["invoice"]
    assert (row["recipient"], row["address"], row["number"]) == SECRETS
    assert _open(scene, opening, head_key).code == 1, "once"
    late = _ask(scene, head, *GROUND, "--reason", WHY, now="2026-03-01").json["id"]
    for role, key in (("archive", head_key), ("dpo", officer_key)):
        assert _approve(scene, late, role, key, now="2026-03-02").code == 0
    assert "expired" in _open(scene, late, head_key, now="2026-03-20").err
    recorded = [entry for entry in _acts(scene) if entry["kind"].startswith("archive/")]
    kinds = [entry["kind"] for entry in recorded if entry["kind"] != "archive/refused"]
    assert kinds == ["archive/key-registered", "archive/key-registered", "archive/sealed", "archive/opening-requested",
                     "archive/opening-approved", "archive/opening-approved", "archive/opened",
                     "archive/opening-requested", "archive/opening-approved", "archive/opening-approved"]  # fmt: skip
    reasons = [entry["facts"]["reason"] for entry in recorded if entry["kind"] == "archive/refused"]
    assert reasons == ["unknown-key", "unknown-key", "no-reason", "approval-missing", "second-approval", "approval-missing",
                       "unknown-key", "unknown-key", "opening-over", "expired-approval"]  # fmt: skip
    assert {entry["facts"]["ground"] for entry in recorded if entry["kind"] == "archive/opened"} == {
        "statutory-retention"
    }


def _acts(scene: Scenario) -> list[dict[str, Any]]:
    with open_workspace(scene.folder).state.connect() as connection:
        rows = connection.execute(select(ENTRIES.c.kind, ENTRIES.c.bytes).order_by(ENTRIES.c.seq)).all()
    return [{"kind": row.kind, "facts": json.loads(row.bytes)["facts"]} for row in rows]
