"""The API against its own description: whatever is sent, by whomever, no 5xx, and every status is documented.

`ZUSAGE_API_EXAMPLES=100 pytest tests/server/test_api.py` looks wider than CI does.
"""

from __future__ import annotations

import os
from collections import Counter

import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode

from tests.keepers.rights.conftest import Shop
from tests.server.test_rights import _bearer
from zusage import clock
from zusage_client.tokens import make_token

EXAMPLES = int(os.environ.get("ZUSAGE_API_EXAMPLES", "3"))
#: bodies that no description allows, as they are sent
ROUGH = (
    (b"", "application/json"),
    (b"{", "application/json"),
    (b'{"kind": "\xff"}', "application/json"),
    (b"[" * 2_000, "application/json"),
    (b'{"kind": 1e999, "language": NaN}', "application/json"),
    (b"kind=erasure", "application/x-www-form-urlencoded"),
    (b"x" * 3_000_000, "application/json"),
)


def _headers() -> dict[str, dict[str, str]]:
    """Who asks: nobody, a user of the application, the application itself."""
    return {
        "nobody": {},
        "user": _bearer(),
        "application": {"authorization": f"Bearer {make_token('app-s3cret', {'application': True}, clock.now())}"},
    }  # fmt: skip


def test_no_answer_is_an_error_of_ours_or_undocumented(shop: Shop, web: TestClient) -> None:
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", web.app)
    documented = web.get("/api/v1/openapi.json").json()["paths"]
    assert "/api/v1/account/requests" in documented
    asked, seen = _headers(), Counter[tuple[str, str, int]]()

    @given(data=st.data())
    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    def run(data: st.DataObject) -> None:
        for result in schema.get_all_operations():
            assert isinstance(result, Ok)
            operation = result.ok()
            described = documented[operation.path][operation.method.lower()]
            # what takes no body cannot be sent a wrong one
            other = GenerationMode.NEGATIVE if "requestBody" in described else GenerationMode.POSITIVE
            own = "user" if "/account/" in operation.path else "application"
            for who, mode in (
                (own, GenerationMode.POSITIVE),
                (data.draw(st.sampled_from(sorted(asked))), other),
            ):
                case = data.draw(operation.as_strategy(generation_mode=mode))
                answer = case.call(headers=dict(case.headers or {}) | asked[who])
                said = described["responses"]
                seen[operation.label, who, answer.status_code] += 1
                assert answer.status_code < 500 or answer.status_code == 503, (operation.label, answer.text)
                assert str(answer.status_code) in said, (
                    operation.label,
                    answer.status_code,
                    answer.text[:200],
                )
                assert "Traceback" not in answer.text

    run()
    assert shop.count("customer", "id = 2") == 1, "nobody but Ada could be erased"
    reached = {label for label, _, status in seen if status < 300}
    assert len(reached) >= 0.4 * len({label for label, _, _ in seen}), (
        "many operations are really carried out"
    )


def test_bodies_that_no_description_allows(shop: Shop, web: TestClient) -> None:
    documented = web.get("/api/v1/openapi.json").json()["paths"]
    changing = [
        (method, path)
        for path, methods in documented.items()
        for method, described in methods.items()
        if "requestBody" in described
    ]
    assert changing
    headers = _headers()
    for method, path in changing:
        for content, kind in ROUGH:
            sent = headers["user" if "/account/" in path else "application"] | {"content-type": kind}
            said = web.request(method, path.replace("{token}", "x"), content=content, headers=sent)
            assert 400 <= said.status_code < 500, (path, content[:20], said.status_code, said.text[:200])
            known = documented[path][method]["responses"]
            assert str(said.status_code) in known, (path, content[:20], said.status_code)
    assert shop.count("customer", "1 = 1") > 0


def test_an_operation_of_the_application_is_no_users(web: TestClient) -> None:
    """A user's token opens the account, never what belongs to the application as a whole – and the other way round."""
    documented = web.get("/api/v1/openapi.json").json()["paths"]
    headers, refused = _headers(), []
    for path, methods in documented.items():
        for method, described in methods.items():
            if "401" not in described["responses"]:
                continue
            other = "application" if "/account/" in path else "user"
            said = web.request(method, path.replace("{token}", "x"), headers=headers[other], json={})
            assert said.status_code in (401, 422), (path, said.status_code)
            refused.append(said.status_code)
    assert refused.count(401) >= 0.5 * len(refused)
