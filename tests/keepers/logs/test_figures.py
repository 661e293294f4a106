"""Published statistics tell nothing about a few, neither alone nor one export against another."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.keepers.logs.conftest import Room, line
from zusage.keepers.logs import figures
from zusage.keepers.logs.addresses import truncate
from zusage.keepers.logs.figures import Cell, publish
from zusage.keepers.logs.intake import take_in
from zusage.keepers.logs.scanning import connect

Rooms = Callable[..., Room]
LATER = datetime(2026, 4, 2, tzinfo=UTC)
POLICY = {
    "suppress_below": 5,
    "dimensions": ["path", "status"],
    "parameters": ["banner"],
    "statistics": {"ads": {"dimensions": ["path", "parameter:banner"], "requires": ["banner"]}},
}


def _visits(path: str, count: int, networks: int, status: int = 200, first: int = 0) -> list[bytes]:
    return [line(first + n, f"10.0.{n % networks}.{n}", f"GET {path} HTTP/1.1", status) for n in range(count)]


def _take(room: Room, lines: list[bytes], now: datetime = LATER) -> None:
    with room.log.open("ab") as file:
        file.write(b"".join(lines))
    take_in(room.vault(), now)


def _shown(room: Room, statistic: str = "requests", now: datetime = LATER) -> dict[tuple[str, ...], int]:
    return {each.values: each.count for each in publish(room.vault(), statistic, now).cells}


def test_a_cell_of_few_requests_or_few_networks_is_suppressed_and_never_alone(room: Rooms) -> None:
    here = room(POLICY)
    busy = [each for n in range(4) for each in _visits(f"/busy{n}", 20 + n, 9)]
    _take(here, [*busy, *_visits("/lonely", 1, 1), *_visits("/reload", 30, 1)])
    shown = _shown(here)
    assert ("/lonely", "200") not in shown
    # thirty requests of one network are one person pressing reload
    assert ("/reload", "200") not in shown
    assert shown[("/busy3", "200")] == 23
    published = publish(here.vault(), "requests", LATER)
    assert published.suppressed >= 2
    assert all(each.least >= 5 and each.count >= 5 for each in published.cells)


def test_one_small_cell_takes_the_next_smallest_with_it(room: Rooms) -> None:
    here = room(POLICY)
    _take(here, [*_visits("/a", 40, 9), *_visits("/b", 12, 9), *_visits("/c", 2, 2)])
    assert _shown(here) == {("/a", "200"): 40}


def test_what_another_statistic_totals_gives_no_suppressed_cell_away(room: Rooms) -> None:
    here = room(POLICY)
    ads = [each for n, count in enumerate((30, 20, 2)) for each in _visits(f"/d?banner=B{n}", count, 9)]
    _take(here, [*ads, *_visits("/x", 60, 9), *_visits("/y", 60, 9)])
    assert _shown(here)[("/d", "200")] == 52
    # with 52 known from the other statistic, 30 + 20 would tell the third
    assert _shown(here, "ads") == {("/d", "B0"): 30}


def test_differencing_two_exports_tells_nothing_because_late_lines_are_not_added(room: Rooms) -> None:
    here = room(POLICY)
    _take(here, [*_visits("/a", 20, 9), *_visits("/b", 20, 9)])
    before = _shown(here)
    _take(here, [line(59, "192.0.2.77", "GET /a HTTP/1.1")], LATER + timedelta(hours=1))
    after = _shown(here, now=LATER + timedelta(hours=2))
    assert before == after == {("/a", "200"): 20, ("/b", "200"): 20}
    assert sum(count for count, _ in here.counted().values()) == 41


def test_a_period_is_not_published_before_it_is_over(room: Rooms) -> None:
    here = room(POLICY)
    _take(here, _visits("/a", 20, 9), datetime(2026, 4, 1, 10, 30, tzinfo=UTC))
    assert _shown(here, now=datetime(2026, 4, 1, 11, 30, tzinfo=UTC)) == {}
    assert _shown(here, now=datetime(2026, 4, 1, 12, 0, tzinfo=UTC)) == {("/a", "200"): 20}


def test_days_and_months_are_those_of_the_declared_zone(room: Rooms) -> None:
    for per, expected in (("day", {"2026-04-01", "2026-04-02"}), ("month", {"2026-04"})):
        here = room({**POLICY, "per": per})
        late = datetime(2026, 4, 1, 21, 59, tzinfo=UTC)
        lines = [line(n * 2, f"10.0.{n % 9}.1", "GET /a HTTP/1.1", start=late) for n in range(60)]
        _take(here, lines, datetime(2026, 5, 2, tzinfo=UTC))
        cells = publish(here.vault(), "requests", datetime(2026, 5, 2, tzinfo=UTC)).cells
        assert {each.period for each in cells} == expected
        assert sum(each.count for each in cells) == 60


def test_each_customer_sees_its_own_and_no_other(room: Rooms) -> None:
    here = room(
        {**POLICY, "format": "vhost_combined", "customer_field": "site"},
        {"customers": {"alpha.example": "alpha", "beta.example": "beta"}},
    )
    lines = [
        f"{name}.example ".encode() + each
        for name in ("alpha", "beta")
        for each in _visits(f"/{name}", 20, 9)
    ]
    _take(here, lines)
    seen = publish(here.vault(), "requests", LATER, "alpha")
    assert {each.customer for each in seen.cells} == {"alpha"}
    assert {each.values[0] for each in seen.cells} == {"/alpha"}
    paths = {path.parent.name: path.read_bytes() for path in (here.folder / "vault").rglob("*.parquet")}
    assert b"/beta" not in paths["customer=alpha"]


def test_response_times_are_counts_below_limits_and_name_nobody(room: Rooms) -> None:
    words = '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent $request_time'
    here = room({**POLICY, "format": words, "timings": True})
    lines = []
    for number in range(600):
        plain = line(number // 10, f"10.0.{number % 20}.{number % 250}", "GET /a HTTP/1.1")
        spent = 0.02 if number < 540 else 0.4
        lines.append(plain.split(b' "-"')[0] + f" {spent:.3f}\n".encode())
    _take(here, lines)
    cell = publish(here.vault(), "requests", LATER).cells[0]
    assert cell.count == 600
    assert cell.milliseconds == 540 * 20 + 60 * 400
    assert (cell.percentile(0.5), cell.percentile(0.9), cell.percentile(0.99)) == (25, 25, 500)


def test_brute_force_over_the_statistics_does_not_narrow_an_address_below_its_network(room: Rooms) -> None:
    """Every address of the /24 would have left exactly the same partials behind."""
    seen = set()
    for last in (1, 23, 77, 254):
        here = room(POLICY)
        _take(here, [line(n, f"198.51.100.{last}", "GET /a HTTP/1.1") for n in range(9)])
        rows = (
            connect()
            .execute(f"SELECT * FROM '{here.folder}/vault/statistics/**/*.parquet' ORDER BY ALL")
            .fetchall()
        )
        seen.add(str(rows))
    assert len(seen) == 1
    assert len({truncate(f"198.51.100.{last}".encode()) for last in range(256)}) == 1


def test_the_lower_bound_never_exceeds_the_networks_there_were(room: Rooms) -> None:
    chance = random.Random(3)
    for networks in (1, 2, 4, 6):
        here = room({**POLICY, "suppress_below": 50})
        addresses = [f"10.{chance.randrange(256)}.{n}.9" for n in range(networks)]
        _take(here, [line(n % 60, addresses[n % networks], "GET /a HTTP/1.1") for n in range(200)])
        rows = (
            connect()
            .execute(f"SELECT max(least) FROM '{here.folder}/vault/statistics/**/*.parquet'")
            .fetchall()
        )
        assert 1 <= rows[0][0] <= networks


@given(
    st.dictionaries(
        st.tuples(st.sampled_from("abcd"), st.sampled_from("xyz")), st.integers(1, 12), min_size=1
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
def test_no_suppressed_cell_follows_from_a_total(counts: dict[tuple[str, str], int]) -> None:
    cells = [Cell("2026-04-01T10", "own", key, count, 0, 5) for key, count in counts.items()]
    kept, hidden = figures._suppress(_FakeVault(), "requests", cells)  # type: ignore[arg-type]
    assert {each.values for each in kept} | {each.values for each in hidden} == set(counts)
    assert all(each.count >= 5 for each in kept)
    for places in ((), (0,)):
        for _, group in itertools.groupby(sorted(hidden, key=_by(places)), key=_by(places)):
            members = list(group)
            there = [each for each in cells if _by(places)(each) == _by(places)(members[0])]
            # more than one, and not few – unless the whole total is hidden
            assert (len(members) > 1 and sum(each.count for each in members) >= 5) or len(members) == len(
                there
            )


def _by(places: tuple[int, ...]) -> Callable[[Cell], tuple[str, ...]]:
    return lambda cell: tuple(cell.values[place] for place in places)


class _FakeVault:
    """What suppression asks of a vault: two statistics that share the first dimension."""

    class policy:  # noqa: N801
        suppress_below = 5

        @staticmethod
        def all_statistics() -> dict[str, Any]:
            class One:
                dimensions = ("path", "status")

            class Two:
                dimensions = ("path", "banner")

            return {"requests": One, "ads": Two}

    class format:  # noqa: N801
        fields = ("address",)
