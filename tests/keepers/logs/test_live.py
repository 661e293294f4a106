"""The live view: errors with truncated addresses, a ban feed with whole ones, both for the declared time only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from tests.keepers.logs.conftest import NOW, Room, line
from zusage.keepers.logs.intake import take_in
from zusage.keepers.logs.keeper import expire
from zusage.keepers.logs.live import MANY, banned, recent

Rooms = Callable[..., Room]


def test_errors_are_seen_without_whole_addresses_and_for_the_declared_time(room: Rooms) -> None:
    here = room({"live_view": "PT6H"})
    attack = [
        line(n, "203.0.113.66", f"GET /wp-login.php?user=p{n}@example.org HTTP/1.1", 404) for n in range(MANY)
    ]
    few = [line(n, "203.0.113.7", "GET /weg HTTP/1.1", 404) for n in range(3)]
    here.log.write_bytes(b"".join([line(0), line(1, status=503), *attack, *few]))
    take_in(here.vault(), NOW)
    seen = recent(here.vault(), NOW)
    assert len(seen) == 1 + MANY + 3
    assert not [each for each in seen if ".66" in each or "example.org" in each]
    assert [each.split(" ")[2] for each in seen[:2]] == ["198.51.100.0", "203.0.113.0"]
    assert banned(here.vault(), NOW) == ["203.0.113.66"]
    later = NOW + timedelta(hours=6)
    assert recent(here.vault(), later) == banned(here.vault(), later) == []
    list(expire(here.vault(), later))
    assert not list((here.folder / "vault" / "live").iterdir())


def test_without_a_declared_time_there_is_no_view(room: Rooms) -> None:
    here = room()
    here.log.write_bytes(line(0, status=404))
    take_in(here.vault(), NOW)
    assert not (here.folder / "vault" / "live").exists()
    assert recent(here.vault(), NOW) == []
