"""The second wall: what the policy admits."""

from __future__ import annotations

import pytest

from zusage_client.consent import (
    BrowserPolicy,
    Choice,
    DeclaredPurpose,
    DeclaredService,
    Visitor,
    content_security_policy,
)

POLICY = BrowserPolicy(
    (DeclaredPurpose("statistics", "aaaaaa"), DeclaredPurpose("media", "bbbbbb")),
    services=(
        DeclaredService("count", "script", ("stats.example",), "statistics"),
        DeclaredService("film", "embed", ("video.example",), "media", digest="cccccc"),
        DeclaredService("pay", "script", ("pay.example",)),
    ),
)


def _parts(policy: str) -> dict[str, list[str]]:
    return {name: sources for name, *sources in (part.split() for part in policy.split("; "))}


def test_before_the_choice_only_the_site_and_the_necessary() -> None:
    parts = _parts(content_security_policy(POLICY, Visitor(), "bm9uY2U="))
    assert parts["script-src"] == ["'self'", "'nonce-bm9uY2U='", "pay.example"]
    assert parts["default-src"] == ["'self'"]
    assert parts["object-src"] == ["'none'"]
    assert not any("stats.example" in sources or "video.example" in sources for sources in parts.values())
    assert "unsafe" not in str(parts)


def test_the_choice_opens_exactly_what_was_agreed_to() -> None:
    agreed = Visitor(Choice({"statistics": "aaaaaa"}, {"media": "bbbbbb"}, browser="0f" * 16))
    parts = _parts(content_security_policy(POLICY, agreed))
    assert "stats.example" in parts["script-src"]
    assert not any("video.example" in sources for sources in parts.values())


def test_once_opens_the_one_embed_that_was_asked_for() -> None:
    parts = _parts(content_security_policy(POLICY, Visitor(), once="film"))
    assert "video.example" in parts["frame-src"]
    assert "video.example" not in parts["script-src"]


def test_a_nonce_cannot_leave_its_quotes() -> None:
    with pytest.raises(ValueError, match="nonce"):
        content_security_policy(POLICY, Visitor(), "x' https://evil.example '")
