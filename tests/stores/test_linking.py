"""Attempts to link rows of different days."""

from __future__ import annotations

from datetime import datetime

import pytest

from zusage.stores.sql.linking import ways

_ONE, _TWO = datetime(2026, 5, 4), datetime(2026, 5, 5)  # noqa: DTZ001 as tables hold them: without a zone


@pytest.mark.parametrize(
    ("first", "second", "way"),
    [
        ("GA1.1.471108150.1746", "GA1.1.471108150.1746", "identifier"),
        ("0f3c9a1be2d44d7c", "0f3c9a1be2d44d7c", "identifier"),
        ("kunde-48117", "kunde-48117", "identifier"),
        (48117_00001, 48117_00001, "identifier"),
        (b"\x0f\x3c\x9a\x1b\xe2\xd4", b"\x0f\x3c\x9a\x1b\xe2\xd4", "identifier"),
        ("Mozilla/5.0 (X11; Linux x86_64)", "Mozilla/5.0 (X11; Linux x86_64)", "device"),
        ("2560x1440", "2560x1440", "device"),
        ("198.51.100.23", None, "address"),
        ("2001:db8:a1:2:3:4:5:6", None, "address"),
        ("mara@kundin.example", None, "address"),
        ("2026-05-04T10:17:33", "2026-05-05T10:17:41", "time"),
        ("GA1.1.471108150.1746", "GA1.1.999999999.1746", ""),
        ("198.51.100.0", "198.51.100.0", ""),
        ("2026-05-04T10:00:00", "2026-05-05", ""),
        ("/films/2026", "/films/7", ""),
        ("Leistungen und Preise", "Leistungen und Preise", ""),
        (17, 17, ""),
        (None, None, ""),
    ],
)
def test_what_links_and_what_does_not(first: object, second: object, way: str) -> None:
    rows = [{"day": _ONE, "page": "/", "more": first}, {"day": _TWO, "page": "/", "more": second}]
    assert ways(rows) == ({"more": way} if way else {})


def test_on_one_day_alone_nothing_is_linked() -> None:
    rows = [{"day": _ONE, "visitor": "GA1.1.471108150.1746"}] * 3
    assert ways(rows) == {}
