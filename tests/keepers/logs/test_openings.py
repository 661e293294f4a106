"""Log openings: together and for a case only; every refusal is recorded and leaves the seal intact."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from tests.keepers.logs.conftest import NOW, Room, line
from zusage.keepers.logs import cases, combining, openings, reading
from zusage.keepers.logs.cases import NewCase
from zusage.keepers.logs.intake import take_in
from zusage.keepers.logs.scopes import BadScope, Scope
from zusage.ledger import Wanted
from zusage.sealing import keyholders
from zusage.sealing import openings as approving
from zusage.sealing.expiring import expire_openings
from zusage.sealing.rooms import Refused
from zusage.sealing.shares import WrongKey, new_identity

Rooms = Callable[..., Room]
DAY = Scope(datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 4, 2, tzinfo=UTC), parameters={"banner": "W-7"})
HOUR = Scope(
    datetime(2026, 4, 1, 10, tzinfo=UTC), datetime(2026, 4, 1, 11, tzinfo=UTC), parameters={"banner": "W-7"}
)

SERIES = "Klicks in Serie aus einem Netz, siehe Bericht"


@pytest.fixture
def opened(room: Rooms) -> Room:
    """Lines of two ads over three hours, and an open case about one of them."""
    here = room({"parameters": ["banner"]})
    lines = [line(n * 200, f"198.51.100.{n}", f"GET /d?banner=W-{7 + n % 2} HTTP/1.1") for n in range(40)]
    here.log.write_bytes(b"".join(lines))
    take_in(here.vault(), NOW)
    _case(here)
    return here


def _case(
    here: Room, case: str = "M-3", suspicion: str = "Klickbetrug auf W-7 am 1. April", scope: Scope = DAY
) -> None:
    cases.open_case(
        here.vault(), NewCase(case, suspicion, scope, NOW + timedelta(days=90), "Ida Amtmann"), NOW
    )


def _request(
    here: Room, scope: Scope = HOUR, reason: str = "120 Klicks je Minute aus einem Netz", case: str = "M-3"
) -> tuple[str, str]:
    """(opening, the opener's private key)."""
    identity, public = new_identity()
    new = openings.NewOpening(case, scope, reason, "Ida Amtmann", public)
    return openings.request_opening(here.vault(), new, NOW).id, identity


def _approve(here: Room, opening: str, role: str, now: datetime = NOW, identity: str | None = None) -> None:
    content = json.loads(json.dumps(openings.bundle(here.vault(), opening)))
    approval = approving.approve(content, identity or here.identities[role], role)
    approving.accept(here.vault(), approving.Approval.read(approval.as_json()), now)


def _refused(here: Room, reason: str) -> None:
    """The last act on record is a refusal for this reason."""
    with here.state.connect() as connection:
        last = list(here.ledger.entries(connection, Wanted()))[-1]
    assert (last.kind, last.facts["reason"]) == ("logs/refused", reason)


def test_both_roles_open_what_is_in_scope_once_and_every_step_is_on_record(opened: Room) -> None:
    opening, identity = _request(opened)
    _approve(opened, opening, "management")
    _approve(opened, opening, "dpo", NOW + timedelta(minutes=20))
    result = combining.combine_and_open(opened.vault(), opening, identity, NOW + timedelta(hours=1))
    content = combining.read_result(opened.vault(), opening, "Ida Amtmann", NOW + timedelta(hours=1))
    assert result.lines == len(content.splitlines()) == 9
    assert result.segments == 1
    assert b"banner=W-8" not in content
    assert all(b"01/Apr/2026:10:" in each for each in content.splitlines())
    assert opened.acts()[-7:] == [
        "logs/case-opened", "logs/opening-requested", "logs/opening-approved", "logs/opening-approved", "logs/opened",
        "logs/opening-done", "logs/result-read",
    ]  # fmt: skip
    with pytest.raises(Refused):
        combining.combine_and_open(opened.vault(), opening, identity, NOW + timedelta(hours=2))
    _refused(opened, "opening-over")


def test_one_approval_is_not_enough(opened: Room) -> None:
    opening, identity = _request(opened)
    _approve(opened, opening, "management")
    with pytest.raises(Refused, match="dpo"):
        combining.combine_and_open(opened.vault(), opening, identity, NOW)
    _refused(opened, "approval-missing")
    with pytest.raises(Refused):
        combining.read_result(opened.vault(), opening, "Ida Amtmann", NOW)


def test_nobody_approves_twice_and_nobody_holds_two_roles(opened: Room) -> None:
    opening, _ = _request(opened)
    _approve(opened, opening, "management")
    with pytest.raises(Refused):
        _approve(opened, opening, "management")
    _refused(opened, "second-approval")
    _, public = new_identity()
    with pytest.raises(keyholders.BadHolder, match="two"):
        keyholders.add(opened.vault(), keyholders.NewHolder("dpo", "Person of  Management", public), NOW)
    stranger, _ = new_identity()
    with pytest.raises(WrongKey):
        _approve(opened, opening, "dpo", identity=opened.identities["management"])
    with pytest.raises(WrongKey):
        _approve(opened, opening, "dpo", identity=stranger)


def test_a_forged_approval_does_not_open(opened: Room) -> None:
    """Somebody with the database claims the officer's approval, with shares of their own making."""
    opening, identity = _request(opened)
    _approve(opened, opening, "management")
    content = openings.bundle(opened.vault(), opening)
    real = approving.approve(content, opened.identities["management"], "management")
    officer = next(each for each in _holders(opened) if each.role == "dpo")
    approving.accept(opened.vault(), approving.Approval(opening, "dpo", officer.public, real.shares), NOW)
    with pytest.raises(Refused):
        combining.combine_and_open(opened.vault(), opening, identity, NOW)
    _refused(opened, "approval-missing")


def _holders(here: Room) -> list[keyholders.Holder]:
    with here.state.connect() as connection:
        return list(keyholders.listed(connection))


def test_a_revoked_key_is_refused_before_and_after_it_approved(opened: Room) -> None:
    officer = next(each for each in _holders(opened) if each.role == "dpo")
    opening, identity = _request(opened)
    _approve(opened, opening, "management")
    _approve(opened, opening, "dpo")
    keyholders.revoke(opened.vault(), officer.public, NOW)
    with pytest.raises(Refused):
        combining.combine_and_open(opened.vault(), opening, identity, NOW)
    _refused(opened, "revoked-key")
    later, _ = _request(opened)
    with pytest.raises(Refused):
        _approve(opened, later, "dpo")
    _refused(opened, "revoked-key")


def test_approvals_expire(opened: Room) -> None:
    opening, identity = _request(opened)
    _approve(opened, opening, "management")
    _approve(opened, opening, "dpo")
    with pytest.raises(Refused):
        combining.combine_and_open(opened.vault(), opening, identity, NOW + timedelta(days=16))
    _refused(opened, "expired-approval")
    with pytest.raises(Refused):
        _approve(opened, opening, "dpo", NOW + timedelta(days=16))
    _refused(opened, "opening-over")


def test_only_the_opener_named_in_the_request_can_combine(opened: Room) -> None:
    opening, _ = _request(opened)
    _approve(opened, opening, "management")
    _approve(opened, opening, "dpo")
    with pytest.raises(Refused):
        combining.combine_and_open(opened.vault(), opening, new_identity()[0], NOW)
    _refused(opened, "unknown-key")


@pytest.mark.parametrize(
    ("scope", "reason", "case", "code"),
    [
        (HOUR, "Routine", "M-3", "no-reason"),
        (HOUR, "Routinemäßige Kontrolle der Protokolle", "M-3", "no-reason"),
        (HOUR, "Klicks in ungewöhnlicher Zahl", "M-4", "no-case"),
        (Scope(HOUR.begin - timedelta(days=1), HOUR.end, None, (), {"banner": "W-7"}), SERIES, "M-3", "out-of-scope"),
        (Scope(HOUR.begin, HOUR.end, None, (), {"banner": "W-8"}), SERIES, "M-3", "out-of-scope"),
        (Scope(HOUR.begin, HOUR.end), SERIES, "M-3", "out-of-scope"),
    ],
)  # fmt: skip
def test_what_no_case_covers_is_refused(
    opened: Room, scope: Scope, reason: str, case: str, code: str
) -> None:
    with pytest.raises(Refused):
        _request(opened, scope, reason, case)
    _refused(opened, code)


def test_a_case_needs_a_suspicion_and_an_end(opened: Room) -> None:
    for suspicion in ("Routine", "", "test", "Prüfung"):
        with pytest.raises(Refused):
            _case(opened, "M-9", suspicion)
        _refused(opened, "no-suspicion")
    with pytest.raises(Refused):
        cases.open_case(opened.vault(), NewCase("M-9", "Angriff auf die Anmeldung", DAY, NOW, "x"), NOW)
    _refused(opened, "hold-without-end")
    with pytest.raises(Refused):
        _case(opened, "")
    _refused(opened, "case-id")
    cases.close_case(opened.vault(), "M-3", "Ida Amtmann", NOW + timedelta(days=1))
    with pytest.raises(Refused):
        openings.request_opening(
            opened.vault(),
            openings.NewOpening("M-3", HOUR, "Klicks in Serie aus einem Netz", "x", new_identity()[1]),
            NOW + timedelta(days=2),
        )
    with pytest.raises(BadScope):
        Scope(DAY.end, DAY.begin)
    with pytest.raises(BadScope):
        Scope(DAY.begin, DAY.end, addresses=("nobody",))


def test_addresses_narrow_what_is_given_out(opened: Room) -> None:
    scope = Scope(HOUR.begin, HOUR.end, None, ("198.51.100.4", "198.51.100.6/31"), {"banner": "W-7"})
    opening, identity = _request(opened, scope)
    for role in ("management", "dpo"):
        _approve(opened, opening, role)
    combining.combine_and_open(opened.vault(), opening, identity, NOW)
    content = combining.read_result(opened.vault(), opening, "x", NOW)
    assert [each.split(b" ")[0] for each in content.splitlines()] == [b"198.51.100.4", b"198.51.100.6"]


def test_a_damaged_segment_is_named_and_the_others_are_opened(opened: Room) -> None:
    wide = Scope(HOUR.begin, HOUR.end + timedelta(hours=1), None, (), {"banner": "W-7"})
    opening, identity = _request(opened, wide)
    for role in ("management", "dpo"):
        _approve(opened, opening, role)
    path = min((opened.folder / "vault" / "sealed").rglob("*.seg"))
    content = bytearray(path.read_bytes())
    content[-40] ^= 1
    path.write_bytes(content)
    result = combining.combine_and_open(opened.vault(), opening, identity, NOW)
    assert result.segments == 2
    assert len(result.damaged) <= 1
    assert result.lines in (9, 18)


def test_two_of_three_roles_suffice_where_that_is_declared(room: Rooms) -> None:
    here = room({"parameters": ["banner"], "quorum": 2}, roles=("management", "dpo", "council"))
    here.log.write_bytes(line(1, request="GET /d?banner=W-7 HTTP/1.1"))
    take_in(here.vault(), NOW)
    _case(here)
    for pair in (("management", "council"), ("dpo", "council"), ("management", "dpo")):
        opening, identity = _request(here)
        _approve(here, opening, pair[0])
        with pytest.raises(Refused):
            combining.combine_and_open(here.vault(), opening, identity, NOW)
        _approve(here, opening, pair[1])
        assert combining.combine_and_open(here.vault(), opening, identity, NOW).lines == 1


def test_a_customers_side_takes_part_where_its_lines_are_opened(room: Rooms) -> None:
    here = room(
        {
            "format": "vhost_combined",
            "parameters": ["banner"],
            "customer_field": "site",
            "customer_role": "customer",
        },
        {"customers": {"alpha.example": "alpha", "beta.example": "beta"}},
    )
    side, public = new_identity()
    keyholders.add(here.vault(), keyholders.NewHolder("customer", "Anna Alpha", public, "alpha"), NOW)
    ours = line(1, request="GET /d?banner=W-7 HTTP/1.1")
    here.log.write_bytes(b"alpha.example " + ours + b"beta.example " + ours)
    take_in(here.vault(), NOW)
    _case(here)
    alpha = Scope(HOUR.begin, HOUR.end, "alpha", (), {"banner": "W-7"})
    opening, identity = _request(here, alpha)
    _approve(here, opening, "management")
    _approve(here, opening, "dpo")
    with pytest.raises(Refused, match="alpha"):
        combining.combine_and_open(here.vault(), opening, identity, NOW)
    _approve(here, opening, "customer", identity=side)
    assert combining.combine_and_open(here.vault(), opening, identity, NOW).lines == 1
    beta, identity = _request(here, Scope(HOUR.begin, HOUR.end, "beta", (), {"banner": "W-7"}))
    _approve(here, beta, "management")
    _approve(here, beta, "dpo")
    assert combining.combine_and_open(here.vault(), beta, identity, NOW).lines == 1


def test_purposes_decide_who_reads_and_every_reading_is_on_record(room: Rooms) -> None:
    uses = {"uses": {"attack-defence": "lines", "optimisation": "statistics"}}
    here = room(uses, roles=())
    here.log.write_bytes(b"".join(line(n, f"198.51.100.{n}") for n in range(20)))
    take_in(here.vault(), NOW)
    vault = here.vault()
    everything = Scope(DAY.begin, DAY.end)
    assert len(list(reading.read_lines(vault, "attack-defence", everything, NOW))) == 20
    assert reading.read_figures(vault, "optimisation", "requests", NOW).cells[0].count == 20
    for purpose, code in (
        ("advertising", "undeclared-purpose"),
        ("", "no-purpose"),
        ("optimisation", "statistics-only"),
    ):
        with pytest.raises(Refused):
            list(reading.read_lines(vault, purpose, everything, NOW))
        _refused(here, code)
    assert here.acts("logs/read") == ["logs/read", "logs/read"]


def test_sealed_lines_are_never_read_without_a_case(opened: Room) -> None:
    for purpose in ("misuse", "statistics", "staff-performance"):
        with pytest.raises(Refused):
            list(reading.read_lines(opened.vault(), purpose, Scope(DAY.begin, DAY.end), NOW))
    assert opened.acts("logs/refused") == ["logs/refused"] * 3


def test_nothing_about_a_case_is_readable_in_the_ledger(opened: Room) -> None:
    opening, identity = _request(
        opened, Scope(HOUR.begin, HOUR.end, None, ("198.51.100.4",), {"banner": "W-7"})
    )
    for role in ("management", "dpo"):
        _approve(opened, opening, role)
    combining.combine_and_open(opened.vault(), opening, identity, NOW)
    with opened.state.connect() as connection:
        text = str([entry.facts for entry in opened.ledger.entries(connection, Wanted())])
    for word in ("Klick", "198.51.100", "Ida", "Amtmann", "person of"):
        assert word not in text


def test_what_is_on_file_of_an_opening_goes_with_the_ledgers_year(opened: Room) -> None:
    opening, identity = _request(opened)
    for role in ("management", "dpo"):
        _approve(opened, opening, role)
    combining.combine_and_open(opened.vault(), opening, identity, NOW + timedelta(hours=1))

    def on_file(now: datetime) -> tuple[int, int, int]:
        with opened.state.begin() as connection:
            expire_openings(connection, now)
            cases.expire_cases(connection, now)
            asked = len(openings.openings(connection, opened.vault()))
            given = len(approving.approvals(connection, opening))
            return asked, given, len(cases.cases(connection, "server-logs"))

    assert on_file(datetime(NOW.year + 3, 12, 31, tzinfo=UTC)) == (1, 2, 1)
    assert on_file(datetime(NOW.year + 4, 1, 1, tzinfo=UTC)) == (0, 0, 0)
