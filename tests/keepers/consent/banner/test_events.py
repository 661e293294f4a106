"""Posted events: what is taken, and each way of being refused."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.keepers.consent.banner.sample import sample_spec
from zusage.keepers.consent.banner import (
    ConsentEvent,
    EventRefused,
    choice_from_form,
    is_same_origin,
    validate_event,
)
from zusage_client.consent import Choice, Signal, Visitor

SPEC = sample_spec()
ID, BROWSER = "1a" * 16, "2b" * 16


def _event(**changes: Any) -> bytes:
    value: dict[str, Any] = {
        "v": 1,
        "id": ID,
        "template": SPEC.template_hash("de"),
        "language": "de",
        "method": "selection",
        "purposes": {"statistics": True, "marketing": False, "media": False},
        "services": {},
        "signal": "",
        "browser": BROWSER,
    }
    return json.dumps(value | changes).encode()


def test_a_good_event_is_read_and_makes_the_cookie() -> None:
    event = validate_event(_event(services={"filmhaus": True}, signal="gpc"), SPEC)
    assert event.agrees
    assert event.signal is Signal.GPC
    choice = event.choice(SPEC, date(2026, 3, 1))
    assert Choice.parse(choice.format()) == choice
    state = Visitor(choice)
    allowed = [
        id
        for id in ("statistics", "marketing", "media", "filmhaus", "kartenamt")
        if state.allows(SPEC.policy, id)
    ]
    assert allowed == ["statistics", "filmhaus"]


def test_a_refusal_makes_a_cookie_without_id() -> None:
    none = dict.fromkeys(("statistics", "marketing", "media"), False)
    event = validate_event(_event(method="reject-all", purposes=none), SPEC)
    assert event.browser == BROWSER  # a withdrawal: it leads to the consent, and no further
    assert event.choice(SPEC, date(2026, 3, 1)).browser == ""


@pytest.mark.parametrize(
    ("payload", "reason", "status"),
    [
        (b"x" * 9000, "oversized", 413),
        (b"", "malformed", 400),
        (b"[]", "malformed", 400),
        (b"\xff{}", "malformed", 400),
        (b'{"v":1,"v":1}', "malformed", 400),
        (b"[" * 8000, "malformed", 400),
        (_event(extra=1), "malformed", 400),
        (_event(v=2), "malformed", 400),
        (_event(v=True), "malformed", 400),
        (_event(id="x"), "malformed", 400),
        (_event(id=7), "malformed", 400),
        (_event(language="fr"), "malformed", 400),
        (_event(method="assumed"), "malformed", 400),
        (_event(purposes={"statistics": 1}), "malformed", 400),
        (_event(purposes=[]), "malformed", 400),
        (_event(signal="x"), "malformed", 400),
        (_event(browser="me@example.org"), "malformed", 400),
        (_event(content="free text!"), "malformed", 400),
        (_event(template="00" * 16), "outdated", 409),
        (_event(language="en"), "outdated", 409),
        (_event(purposes={"statistics": True}), "forged", 422),
        (
            _event(purposes={"statistics": True, "marketing": False, "media": False, "more": True}),
            "forged",
            422,
        ),
        (_event(services={"nobody": True}), "forged", 422),
        (_event(method="accept-all"), "forged", 422),
        (_event(method="reject-all"), "forged", 422),
        (_event(method="close"), "forged", 422),
        (_event(method="service"), "forged", 422),
        (_event(browser=""), "forged", 422),
        (_event(content="film-1"), "forged", 422),
        (_event(method="once"), "forged", 422),
        (_event(method="once", purposes={}, services={"filmhaus": True}), "forged", 422),
    ],
)
def test_bad_events_are_refused_for_their_reason(payload: bytes, reason: str, status: int) -> None:
    with pytest.raises(EventRefused) as refused:
        validate_event(payload, SPEC)
    assert (refused.value.reason, refused.value.status) == (reason, status)
    assert "me@example.org" not in str(refused.value)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=9),
        lambda s: st.lists(s) | st.dictionaries(st.text(max_size=5), s),
        max_leaves=9,
    )
)
def test_no_json_breaks_the_judge(value: Any) -> None:
    with pytest.raises(EventRefused):
        validate_event(json.dumps(value).encode(), SPEC)


def test_an_earlier_template_is_judged_by_its_own_questions() -> None:
    newer = sample_spec(purposes=SPEC.purposes[:2])
    with pytest.raises(EventRefused, match="template"):
        validate_event(_event(), newer)
    assert validate_event(_event(), newer, archived=[SPEC]).purposes["media"] is False


def test_the_template_holds_the_words_and_changes_with_them() -> None:
    template = json.loads(SPEC.template("de"))
    assert template["purposes"][0]["text"].startswith("Wir zählen")
    assert SPEC.template_hash("de") != SPEC.template_hash("en")
    assert sample_spec(keep="P12M").template_hash("de") != SPEC.template_hash("de")


def test_a_digest_changes_only_with_its_own_words() -> None:
    vendors = dict(SPEC.vendors)
    vendors["adwind"] = type(vendors["adwind"])("adwind", "Adwind Inc.", ("US", "SG"), ("US",))
    changed = sample_spec(vendors=vendors)
    different = {id for id, digest in SPEC.policy.digests.items() if changed.policy.digests[id] != digest}
    assert different == {"marketing"}


@pytest.mark.parametrize(
    ("headers", "answer"),
    [
        ({"Origin": "https://shop.example", "Sec-Fetch-Site": "same-origin"}, True),
        ({"Origin": "https://shop.example"}, True),
        ({"Origin": "https://shop.example", "Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}, False),
        ({"Origin": "null"}, False),
        ({}, False),
        ({"Origin": "https://other.shop.example", "Sec-Fetch-Site": "same-site"}, True),
    ],
)
def test_only_the_controllers_own_pages_may_post(headers: dict[str, str], answer: bool) -> None:
    spec = sample_spec(origins=("https://other.shop.example/start",))
    assert is_same_origin(headers, spec, "https://shop.example") is answer


NOBODY = Visitor()


def _form(button: str, state: Visitor = NOBODY, **fields: list[str]) -> ConsentEvent | None:
    return choice_from_form({"a": [button]} | fields, SPEC, "de", state, fresh=(ID, BROWSER))


def test_forms_make_the_same_events() -> None:
    accepted = _form("accept")
    assert accepted is not None
    assert all(accepted.purposes.values())
    assert accepted.browser == BROWSER
    refused = _form("reject")
    assert refused is not None
    assert (refused.agrees, refused.browser) == (False, "")
    saved = _form("save", purpose=["media"], service=["filmhaus"])
    assert saved is not None
    assert (saved.purposes["media"], saved.services) == (True, {"filmhaus": True})
    assert _form("settings") is None
    withdrawn = _form("reject", Visitor(accepted.choice(SPEC, date(2026, 3, 1))))
    assert withdrawn is not None
    assert withdrawn.browser == BROWSER


def test_forged_forms_are_refused() -> None:
    for fields in ({"purpose": ["all"]}, {"service": ["adwind-tag"]}):
        with pytest.raises(EventRefused, match="ask for"):
            _form("save", NOBODY, **fields)
    with pytest.raises(EventRefused, match="button"):
        _form("buy")
