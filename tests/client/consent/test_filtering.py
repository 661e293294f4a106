"""What leaves a server: cookies by declaration and choice, and the banner in the page."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from zusage_client.consent import (
    BrowserPolicy,
    Choice,
    DeclaredItem,
    DeclaredPurpose,
    Visitor,
    ends,
    filter_response,
    inject,
)

NOW = datetime(2022, 7, 1, 10, tzinfo=UTC)
POLICY = BrowserPolicy(
    (DeclaredPurpose("statistics", "aaaaaa"),),
    (
        DeclaredItem("login", "session", "cookie", "session"),
        DeclaredItem("visit", "visit", "cookie", "P6M", "statistics", domains=("shop.example",)),
        DeclaredItem("visits", "visit_*", "cookie", "P1D", "statistics"),
        DeclaredItem("store", "kept", "local-storage", "until-cleared", "statistics"),
    ),
)
AGREED = Visitor(Choice({"statistics": "aaaaaa"}, {}, browser="0f" * 16))
REFUSED = Visitor(Choice({}, {"statistics": "aaaaaa"}))


def _left(
    *cookies: str, state: Visitor = AGREED, **options: object
) -> tuple[tuple[str, ...], dict[str, str]]:
    made = filter_response(cookies, POLICY, state, NOW, **options)  # type: ignore[arg-type]
    return made.set_cookie, dict(made.acts)


def test_declared_and_agreed_leave_as_they_are() -> None:
    cookies = ("session=abc; HttpOnly; Secure", "visit=1; Max-Age=60; Path=/", "zusage=1.k.20220701....")
    assert _left(*cookies) == (cookies, {})


@pytest.mark.parametrize("state", [REFUSED, Visitor()])
def test_without_consent_only_the_necessary_leaves(state: Visitor) -> None:
    assert _left("session=abc", "visit=1", state=state) == (("session=abc",), {"visit": "no-consent"})


def test_the_undeclared_stays_here_or_is_reported() -> None:
    assert _left("rogue=1") == ((), {"rogue": "undeclared"})
    assert _left("rogue=1", report_only=True) == (("rogue=1",), {"rogue": "undeclared"})
    assert _left("kept=1") == ((), {"kept": "undeclared"})


@pytest.mark.parametrize(
    "life",
    ["Max-Age=99999999", "Expires=Sat, 01 Jul 2023 10:00:00 GMT", "expires=Sat, 01-Jul-2023 10:00:00 GMT"],
)
def test_a_longer_life_is_cut_to_the_declared_one(life: str) -> None:
    seconds = int((datetime(2023, 1, 1, 10, tzinfo=UTC) - NOW).total_seconds())
    assert _left(f"visit=1; Path=/; {life}") == (
        (f"visit=1; Path=/; Max-Age={seconds}",),
        {"visit": "shortened"},
    )
    assert _left(f"session=1; {life}") == (("session=1",), {"session": "shortened"})
    assert _left(f"visit_9=1; {life}")[0] == ("visit_9=1; Max-Age=86400",)


def test_removing_is_always_allowed() -> None:
    gone = "visit=; Max-Age=0"
    assert _left(gone, state=REFUSED) == ((gone,), {})
    assert _left("rogue=; Expires=Thu, 01 Jan 1970 00:00:00 GMT")[0] != ()


def test_what_a_withdrawal_left_is_expired_on_the_next_response() -> None:
    left, acts = _left(state=REFUSED, cookie_header="visit=1; session=x; visit_2=3; rogue=1")
    assert left == (
        "visit=; Path=/; Max-Age=0",
        "visit=; Path=/; Max-Age=0; Domain=shop.example",
        "visit_2=; Path=/; Max-Age=0",
    )
    assert acts == {"visit": "expired", "visit_2": "expired"}
    assert _left(state=AGREED, cookie_header="visit=1") == ((), {})


@pytest.mark.parametrize("value", ["<script>", 'a"b', "a b", "x\x00", "ü", "a" * 5000])
def test_markup_and_oversized_values_never_leave(value: str) -> None:
    assert _left(f"session={value}")[0] == ()


def test_the_banner_is_set_into_pages_and_into_nothing_else() -> None:
    page = b"<html><head><title>x</title></HEAD><body class='a'><header>h</header></body></html>"
    made = inject(page, head="<link>", first="<section>", footer="<a>")
    assert made == (
        b"<html><head><title>x</title><link></HEAD><body class='a'><section><header>h</header><a></body></html>"
    )
    assert inject(b"{}", head="<link>", first="x") == b"{}"


def test_lifetimes_are_counted_on_the_calendar() -> None:
    assert ends("P6M", datetime(2022, 8, 31, tzinfo=UTC)) == datetime(2023, 2, 28, tzinfo=UTC)
    assert ends("P1Y2M3DT4H", datetime(2024, 2, 29, tzinfo=UTC)) == datetime(2025, 5, 2, 4, tzinfo=UTC)
    assert ends("session", NOW) is None
    for wrong in ("", "P", "PT", "6M", "P1.5Y"):
        with pytest.raises(ValueError, match="duration"):
            ends(wrong, NOW)
