"""Expiry: by calendar months, by days, by case, earlier on request; copies die with the key store's share."""

from __future__ import annotations

import gzip
import os
import shutil
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.keepers.logs.conftest import Room, line
from zusage.keepers.logs import cases, expiring
from zusage.keepers.logs.cases import NewCase
from zusage.keepers.logs.intake import take_in
from zusage.keepers.logs.keeper import LogsKeeper, expire, planned
from zusage.keepers.logs.proving import prove
from zusage.keepers.logs.scopes import Scope
from zusage.promises import Proof, ProofState, Result
from zusage.sealing.rooms import Refused

Rooms = Callable[..., Room]
BERLIN = ZoneInfo("Europe/Berlin")
SEVEN = [{"id": "seven-days", "from": "recorded", "keep": "P7D", "then": "erase", "backup": "P21D"}]


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def _log(room: Room, *stamps: str, address: str = "198.51.100.23") -> None:
    with room.log.open("ab") as file:
        for number, stamp in enumerate(stamps):
            file.write(line(0, address, f"GET /{number} HTTP/1.1", start=_at(stamp)))


def _there(room: Room) -> list[str]:
    return sorted({hour.astimezone(BERLIN).strftime("%Y-%m-%d") for hour, _ in room.sealed()})


def _prove(room: Room, promise: str, now: datetime) -> Proof:
    found = next(each for each in LogsKeeper().promises(room.declaration) if each.id == promise)
    return prove(room, found, now)


def _proof(room: Room, promise: str, now: datetime) -> ProofState:
    return _prove(room, promise, now).state


def test_three_months_after_the_end_of_the_calendar_month(room: Rooms) -> None:
    here = room()
    _log(here, "2025-11-30T23:59", "2026-01-01T00:10", "2026-01-31T23:50", "2026-02-01T00:10")
    take_in(here.vault(), _at("2026-02-02T01:00"))
    here.log.unlink()
    list(expire(here.vault(), _at("2026-02-27T23:00")))
    assert "2025-11-30" in _there(here)
    list(expire(here.vault(), _at("2026-02-28T23:00")))
    assert _there(here) == ["2026-01-01", "2026-01-31", "2026-02-01"]
    list(expire(here.vault(), _at("2026-04-29T23:00")))
    assert len(_there(here)) == 3
    assert _proof(here, "logs/server-logs/expire/lines", _at("2026-04-30T12:00")) is ProofState.DUE
    outcomes = list(expire(here.vault(), _at("2026-04-30T23:00")))
    assert [(each.result, each.hit, each.left) for each in outcomes] == [(Result.DONE, 2, 0)]
    assert _there(here) == ["2026-02-01"]
    assert _proof(here, "logs/server-logs/expire/lines", _at("2026-04-30T23:30")) is ProofState.KEPT
    list(expire(here.vault(), _at("2026-05-31T23:00")))
    assert _there(here) == []
    assert not list((here.folder / "vault").rglob("*.seg"))
    assert not list((here.folder / "keystore").glob("*.shares"))


def test_seven_days_by_the_hour_and_over_the_change_of_clocks(room: Rooms) -> None:
    here = room(rules=SEVEN)
    _log(here, "2026-05-01T10:00", "2026-05-04T10:00")
    take_in(here.vault(), _at("2026-05-04T11:00"))
    list(expire(here.vault(), _at("2026-05-08T23:59")))
    assert _there(here) == ["2026-05-04"]
    list(expire(here.vault(), _at("2026-05-12T01:00")))
    assert _there(here) == []
    spring = room(rules=SEVEN)
    _log(spring, "2026-03-25T23:30", "2026-03-29T03:30")
    take_in(spring.vault(), _at("2026-03-29T12:00"))
    list(expire(spring.vault(), _at("2026-03-31T23:59")))
    assert len(_there(spring)) == 2
    list(expire(spring.vault(), _at("2026-04-01T00:10")))
    assert _there(spring) == ["2026-03-29"]


def test_overdue_is_broken_and_names_since_when(room: Rooms) -> None:
    here = room(rules=SEVEN)
    _log(here, "2026-05-01T10:00")
    take_in(here.vault(), _at("2026-05-01T11:00"))
    assert _proof(here, "logs/server-logs/expire/seven-days", _at("2026-05-07T12:00")) is ProofState.KEPT
    assert _proof(here, "logs/server-logs/expire/seven-days", _at("2026-05-08T12:00")) is ProofState.DUE
    assert _proof(here, "logs/server-logs/expire/seven-days", _at("2026-05-10T12:00")) is ProofState.BROKEN
    plan = planned(here.vault(), _at("2026-05-10T12:00"))
    assert [(act.action, act.count, act.oldest) for act in plan] == [
        ("erase", 1, _at("2026-05-08T00:00").astimezone(UTC))
    ]


def test_an_open_case_holds_its_segments_and_no_others_until_it_closes(room: Rooms) -> None:
    here = room(rules=SEVEN)
    _log(here, "2026-05-01T10:00", "2026-05-01T15:00")
    take_in(here.vault(), _at("2026-05-01T16:00"))
    scope = Scope(_at("2026-05-01T10:00"), _at("2026-05-01T11:00"))
    case = NewCase(
        "M-3", "Angriff auf die Anmeldung um 10 Uhr", scope, _at("2026-09-01T00:00"), "Ida Amtmann"
    )
    cases.open_case(here.vault(), case, _at("2026-05-02T00:00"))
    outcome = next(iter(expire(here.vault(), _at("2026-05-09T00:00"))))
    assert (outcome.result, outcome.hit, outcome.detail["held"], outcome.reason) == (Result.DONE, 1, 1, "M-3")
    assert len(here.sealed()) == 1
    cases.close_case(here.vault(), "M-3", "Ida Amtmann", _at("2026-05-20T00:00"))
    list(expire(here.vault(), _at("2026-05-20T01:00")))
    assert here.sealed() == {}


def test_a_ceiling_reaches_over_cases_and_what_was_kept_for_them(room: Rooms) -> None:
    longest = {
        "id": "longest",
        "from": "recorded",
        "keep": "P1Y",
        "then": "erase",
        "ceiling": {"warn": "P30D"},
    }
    for roles, address in ((("management", "dpo"), None), ((), "198.51.100.23")):
        uses = {} if roles else {"uses": {"misuse": "lines"}}
        here = room(uses, rules=[*SEVEN, longest], roles=roles)
        _log(here, "2026-05-01T10:00", "2026-05-01T10:05")
        take_in(here.vault(), _at("2026-05-01T16:00"))
        scope = Scope(_at("2026-05-01T10:00"), _at("2026-05-01T11:00"), None, (address,) if address else ())
        wanted = ("M-3", "Angriff auf die Anmeldung um 10 Uhr", scope)
        with pytest.raises(Refused, match="beyond 2027-05-02"):
            cases.open_case(here.vault(), NewCase(*wanted, _at("2027-06-01T00:00"), "Ida"), _at("2026-05-02T00:00"))  # fmt: skip
        cases.open_case(here.vault(), NewCase(*wanted, _at("2027-05-02T00:00"), "Ida"), _at("2026-05-02T00:00"))  # fmt: skip
        for now in ("2026-05-09T00:00", "2027-04-30T23:00"):
            list(expire(here.vault(), _at(now)))
            assert here.sealed() if roles else here.lines(), "held by the case"
        list(expire(here.vault(), _at("2027-05-01T12:00")))
        assert here.sealed() == {}, "the case is open to the end of the day, and nothing is left for it"
        assert not list((here.folder / "keystore").glob("*.shares"))


def test_where_the_server_reads_a_case_holds_single_lines(room: Rooms) -> None:
    here = room({"uses": {"misuse": "lines"}}, rules=SEVEN, roles=())
    with here.log.open("wb") as file:
        for number in range(50):
            file.write(
                line(
                    number,
                    "203.0.113.66" if number % 10 == 0 else "198.51.100.7",
                    start=_at("2026-07-01T10:00"),
                )
            )
    take_in(here.vault(), _at("2026-07-01T12:00"))
    day = Scope(_at("2026-07-01T00:00"), _at("2026-07-02T00:00"), None, ("203.0.113.66",))
    case = NewCase(
        "22-03", "Anmeldeversuche in Serie von einer Adresse", day, _at("2026-12-01T00:00"), "Ida Amtmann"
    )
    cases.open_case(here.vault(), case, _at("2026-07-02T00:00"))
    list(expire(here.vault(), _at("2026-07-08T23:00")))
    list(expire(here.vault(), _at("2026-07-08T23:30")))
    kept = here.lines().splitlines()
    assert len(kept) == 5
    assert all(each.startswith(b"203.0.113.66 ") for each in kept)
    cases.close_case(here.vault(), "22-03", "Ida Amtmann", _at("2026-09-01T10:00"))
    list(expire(here.vault(), _at("2026-09-01T23:00")))
    assert here.sealed() == {}
    assert not list((here.folder / "keystore").glob("*.shares"))


def test_earlier_when_no_longer_needed_but_not_what_a_case_holds(room: Rooms) -> None:
    here = room()
    _log(here, "2026-04-02T10:00", "2026-04-20T10:00", "2026-05-02T10:00")
    take_in(here.vault(), _at("2026-05-02T12:00"))
    scope = Scope(_at("2026-04-20T10:00"), _at("2026-04-20T11:00"))
    case = NewCase("M-3", "Klickbetrug auf W-7 am 20. April", scope, _at("2026-09-01T00:00"), "Ida Amtmann")
    cases.open_case(here.vault(), case, _at("2026-05-03T00:00"))
    removed = expiring.expire_earlier(
        here.vault(), _at("2026-04-01T00:00"), _at("2026-05-01T00:00"), "Ida Amtmann", _at("2026-05-16T01:00")
    )
    assert removed == 1
    assert _there(here) == ["2026-04-20", "2026-05-02"]


def test_statistics_have_a_period_of_their_own(room: Rooms) -> None:
    rules = [*SEVEN, {"id": "figures", "from": "counted", "keep": "P1Y", "then": "erase"}]
    here = room(rules=rules)
    _log(here, "2026-05-01T10:00")
    take_in(here.vault(), _at("2026-05-01T11:00"))
    list(expire(here.vault(), _at("2026-06-01T00:00")))
    assert here.sealed() == {}
    assert sum(count for count, _ in here.counted().values()) == 1
    list(expire(here.vault(), _at("2027-05-01T10:00")))
    assert here.counted() == {}
    assert not list((here.folder / "vault" / "statistics").rglob("*.parquet"))


@pytest.mark.parametrize("packed", [False, True])
def test_rotated_raw_files_do_not_survive_their_lines(room: Rooms, packed: bool) -> None:
    here = room(rules=SEVEN)
    content = line(0, start=_at("2026-05-01T10:00"))
    rotated = here.log.with_name("access.log.1" + (".gz" if packed else ""))
    rotated.write_bytes(gzip.compress(content) if packed else content)
    _log(here, "2026-05-08T10:00")
    take_in(here.vault(), _at("2026-05-08T11:00"))
    outcomes = list(expire(here.vault(), _at("2026-05-08T23:59")))
    assert ("remove-raw", Result.DONE, 1) in [(each.action, each.result, each.hit) for each in outcomes]
    assert [path.name for path in here.log.parent.iterdir()] == ["access.log"]


def test_a_live_log_that_nobody_rotates_breaks_the_promise(room: Rooms) -> None:
    here = room(rules=SEVEN, binding={"backups": ["backup"]})
    _log(here, "2026-05-01T10:00", "2026-05-09T10:00")
    take_in(here.vault(), _at("2026-05-09T11:00"))
    list(expire(here.vault(), _at("2026-05-09T12:00")))
    promise = "logs/server-logs/expire/seven-days"
    proof = _prove(here, promise, _at("2026-05-09T13:00"))
    assert (proof.state, proof.evidence["raw_files_with_old_lines"]) == (ProofState.BROKEN, 1)
    here.log.write_bytes(line(0, start=_at("2026-05-09T10:00")))
    assert _proof(here, promise, _at("2026-05-09T13:00")) is ProofState.KEPT
    # and a backup folder that is bound but not there proves nothing
    assert _proof(here, "logs/server-logs/backup/seven-days", _at("2026-05-09T13:00")) is ProofState.UNBOUND


def test_copies_in_backups_cannot_be_opened_after_expiry_and_old_ones_are_reported(
    room: Rooms, tmp_path: Path
) -> None:
    here = room(rules=SEVEN, binding={"backups": ["backup"]})
    _log(here, "2026-05-01T10:00")
    take_in(here.vault(), _at("2026-05-01T11:00"))
    backup = here.folder / "backup"
    shutil.copytree(here.folder / "vault" / "sealed", backup / "2026-05-02")
    for path in backup.rglob("*.seg"):
        os.utime(path, (_at("2026-05-02T02:00").timestamp(),) * 2)
    promise = "logs/server-logs/backup/seven-days"
    assert _proof(here, promise, _at("2026-05-03T00:00")) is ProofState.KEPT
    list(expire(here.vault(), _at("2026-05-09T00:00")))
    proof = _prove(here, promise, _at("2026-05-29T00:00"))
    assert proof.state is ProofState.KEPT
    assert proof.evidence["shredded"] == 1
    raw = backup / "2026-05-02" / "access.log.1"
    raw.write_bytes(line(0))
    os.utime(raw, (_at("2026-05-02T02:00").timestamp(),) * 2)
    assert _proof(here, promise, _at("2026-05-29T00:00")) is ProofState.BROKEN
    assert _proof(here, promise, _at("2026-05-20T00:00")) is ProofState.KEPT


def test_a_restored_backup_drops_what_has_expired(room: Rooms) -> None:
    here = room(rules=SEVEN)
    _log(here, "2026-05-01T10:00", "2026-05-07T10:00")
    take_in(here.vault(), _at("2026-05-07T11:00"))
    kept = here.folder.parent / "kept"
    shutil.copytree(here.folder / "vault", kept)
    list(expire(here.vault(), _at("2026-05-09T00:00")))
    shutil.rmtree(here.folder / "vault")
    shutil.copytree(kept, here.folder / "vault")
    list(expire(here.vault(), _at("2026-05-09T01:00")))
    assert len(list((here.folder / "vault" / "sealed").rglob("*.seg"))) == 1
    assert _there(here) == ["2026-05-07"]


def test_a_month_of_segments_goes_within_a_second(room: Rooms) -> None:
    here = room(
        rules=[
            {
                "id": "lines",
                "from": {"event": "recorded", "start": "end_of_month"},
                "keep": "P3M",
                "then": "erase",
            }
        ]
    )
    stamps = [
        (_at("2026-01-01T00:00") + timedelta(hours=number)).replace(tzinfo=None).isoformat()
        for number in range(744)
    ]
    _log(here, *stamps)
    take_in(here.vault(), _at("2026-02-01T01:00"))
    assert len(here.vault().key_store.segments()) == 744
    before = time.monotonic()
    list(expire(here.vault(), _at("2026-05-01T00:00")))
    assert time.monotonic() - before < 4
    assert not here.vault().key_store.segments()
