"""`zusage ledger stamp|mail` and `zusage mail bounce`, on a workspace of a deployment."""

from __future__ import annotations

import email
import json
import sqlite3
from contextlib import closing
from email.message import EmailMessage, Message
from pathlib import Path

import pytest

from tests.ledger.test_stamps import Authority
from tests.promises.scenario import Scenario, at
from zusage.deployments import create

NOW = "2026-06-01T03:00"


@pytest.fixture
def scene(tmp_path: Path) -> Scenario:
    """A deployment with something in its ledger."""
    create("adserver", tmp_path / "adserver", size="tiny", now=at(NOW))
    made = Scenario("adserver", tmp_path / "adserver")
    said(made, "approve", "--all", "--by", "Dora Datenschutz")
    return made


def said(scene: Scenario, *arguments: str, code: int = 0) -> str:
    """What a command says."""
    done = scene.zusage(NOW, *arguments)
    assert done.code == code, done.err
    return done.out


def sent_to(scene: Scenario, address: str) -> Message:
    """The one mail that went to an address."""
    for _ in range(2):
        said(scene, "worker", "--once")
    paths = [path for path in (scene.folder / "mail").rglob("*") if path.is_file()]
    (found,) = [
        one for one in map(email.message_from_bytes, map(Path.read_bytes, paths)) if address in str(one["To"])
    ]
    return found


def test_a_checkpoint_is_stamped_without_zusage_calling_anybody(scene: Scenario, tmp_path: Path) -> None:
    (tmp_path / "authority").mkdir()
    authority = Authority(tmp_path / "authority")
    said(scene, "ledger", "stamp", "--request", str(tmp_path / "r.tsq"), "--json")
    (tmp_path / "a.tsr").write_bytes(authority.answer((tmp_path / "r.tsq").read_bytes()))
    taken = json.loads(said(scene, "ledger", "stamp", "--answer", str(tmp_path / "a.tsr"), "--json"))
    assert taken["stamped"]
    written = json.loads(said(scene, "ledger", "stamp", "--export", str(tmp_path / "out"), "--json"))
    note, answer = map(str, written["written"])
    authority.run("ts", "-verify", "-data", note, "-in", answer, "-CAfile", "ca.pem")
    stranger = tmp_path / "stranger.tsr"
    stranger.write_bytes(b"no answer to anything")
    said(scene, "ledger", "stamp", "--answer", str(stranger), code=2)


def test_a_mailed_checkpoint_finds_what_was_cut_off(scene: Scenario, tmp_path: Path) -> None:
    said(scene, "ledger", "mail", "--to", "keeper@example.org")
    body = sent_to(scene, "keeper@example.org").get_payload(decode=True)
    assert isinstance(body, bytes)
    note = tmp_path / "checkpoint.txt"
    note.write_bytes(body)
    said(scene, "ledger", "verify", "--checkpoint", str(note))


def test_a_mail_that_came_back_is_marked_and_nothing_else(scene: Scenario, tmp_path: Path) -> None:
    said(scene, "ledger", "mail", "--to", "gone@example.org")
    sent = sent_to(scene, "gone@example.org")
    returned = tmp_path / "returned.eml"
    for number, status in (("1", "4.2.2"), ("2", "5.1.1"), ("3", "5.1.1")):
        returned.write_bytes(_returned(str(sent["Message-ID"]), status))
        found = json.loads(said(scene, "mail", "bounce", "--json", str(returned)))
        assert found == {"messages": 1, "bounces": 1, "marked": int(number == "2")}
    plain = EmailMessage()
    plain["Subject"] = "Hallo"
    plain.set_content("kein Rückläufer")
    returned.write_bytes(bytes(plain))
    assert json.loads(said(scene, "mail", "bounce", "--json", str(returned)))["bounces"] == 0


def _returned(message_id: str, status: str) -> bytes:
    action = "failed" if status.startswith("5") else "delayed"
    return (
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
        "--b\nContent-Type: text/plain\n\nsorry\n"
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n"
        f"Final-Recipient: rfc822; gone@example.org\nAction: {action}\nStatus: {status}\n"
        f"--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: {message_id}\n\n--b--\n"
    ).encode()


def test_against_a_mailed_checkpoint_truncation_is_found(scene: Scenario, tmp_path: Path) -> None:
    said(scene, "ledger", "mail", "--to", "keeper@example.org")
    body = sent_to(scene, "keeper@example.org").get_payload(decode=True)
    assert isinstance(body, bytes)
    (tmp_path / "note.txt").write_bytes(body)
    with closing(sqlite3.connect(scene.folder / "state.db")) as state, state:
        state.execute("DELETE FROM ledger_entry")
        state.execute("DELETE FROM ledger_batch")
    said(scene, "ledger", "verify", "--checkpoint", str(tmp_path / "note.txt"), code=1)
