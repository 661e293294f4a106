"""The API against its own description: whatever is sent, no 5xx, and every status is documented."""

from __future__ import annotations

import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.core.result import Ok

from tests.keepers.rights.conftest import Shop
from tests.server.test_rights import _bearer


def test_no_answer_is_an_error_of_ours_or_undocumented(shop: Shop, web: TestClient) -> None:
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", web.app)
    documented = web.get("/api/v1/openapi.json").json()["paths"]
    assert "/api/v1/account/requests" in documented

    @given(data=st.data())
    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
    def run(data: st.DataObject) -> None:
        for result in schema.get_all_operations():
            assert isinstance(result, Ok)
            operation = result.ok()
            case = data.draw(operation.as_strategy())
            headers = dict(case.headers or {}) | (_bearer() if data.draw(st.booleans()) else {})
            answer = case.call(headers=headers)
            said = documented[operation.path][operation.method.lower()]["responses"]
            assert answer.status_code < 500 or answer.status_code == 503, (operation.label, answer.text)
            assert str(answer.status_code) in said, (operation.label, answer.status_code, answer.text[:200])

    run()
    assert shop.count("customer", "id = 2") == 1
