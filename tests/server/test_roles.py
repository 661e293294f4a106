"""Every route of the console for every role: who may read, who may change, and that a forged form changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from fastapi.testclient import TestClient
from sqlalchemy import func, select

from tests.keepers.rights.conftest import Shop
from tests.server.conftest import csrf_of
from zusage import clock
from zusage.keepers.announcing.breaches import Facts, open_breach
from zusage.keepers.assessing.service import Filing, file_assessment
from zusage.keepers.assessing.subjects import PARTS
from zusage.ledger.leaves import ENTRIES
from zusage.registers.requests import Kind
from zusage.server import console
from zusage.server.accounts import Role

ALL = frozenset(Role)
LEADS = frozenset({Role.DPO, Role.MANAGEMENT})
NOT_CLERKS = ALL - {Role.CLERK}
#: who may read what; the request is assigned to nobody, so that a clerk does not even learn that it is there
READ = {
    "": ALL, "/promises/{identifier:path}": ALL, "/notice": ALL, "/calendar": ALL, "/requests": ALL,
    "/requests/{reference}": NOT_CLERKS, "/plans": ALL, "/forecast": ALL, "/holds": ALL, "/drift": NOT_CLERKS,
    "/attestations": ALL, "/assessments": NOT_CLERKS, "/assessments/new/{kind}/{subject:path}": LEADS,
    "/assessments/{identifier}": NOT_CLERKS, "/breaches": NOT_CLERKS, "/breaches/{identifier}/notification": NOT_CLERKS,
    "/restricted": frozenset({Role.DPO, Role.AUDITOR}), "/ledger": ALL, "/documents": ALL, "/documents/{name}": ALL,
}  # fmt: skip
#: who may change what, and with which form
CHANGE = {
    "/requests/{reference}/decision": (LEADS, {"decision": "grant"}),
    "/requests/{reference}/customer": (LEADS, {"customer": "alpha"}),
    "/requests/{reference}/lifting": (LEADS, {}),
    "/requests/{reference}/extension": (LEADS, {"reason": "x"}),
    "/requests/{reference}/acknowledgement": (LEADS, {"reason": "x"}),
    "/requests/{reference}/proof": (LEADS, {"proof": "document"}),
    "/requests/{reference}/assignment": (LEADS, {"account": "nobody"}),
    "/plans": (LEADS, {"promise": "x", "digest": "y"}),
    "/attestations": (LEADS, {"promise": "x", "person": "y"}),
    "/assessments": (LEADS, {"kind": "impact", "result": "acceptable"}),
    "/assessments/{identifier}/signature": (LEADS, {"person": "x"}),
    "/breaches": (LEADS, {"noticed": "2026-01-01T00:00", "facts": "x", "measures": "x"}),
    "/breaches/{identifier}/notified": (LEADS, {}),
    "/breaches/{identifier}/assessment": (LEADS, {"risk": "none", "text": "x"}),
    "/breaches/{identifier}/told": (LEADS, {}),
    "/breaches/{identifier}/persons": (
        LEADS,
        {
            "happened_de": "x",
            "happened_en": "x",
            "measures_de": "x",
            "measures_en": "x",
            "activities": "orders",
        },
    ),
    "/breaches/{identifier}/withheld": (LEADS, {"ground": "protected", "reasons": "x"}),
    "/breaches/{identifier}/closing": (LEADS, {}),
    "/restricted": (
        frozenset({Role.DPO, Role.AUDITOR}),
        {"identity": "nobody@mail.example", "reason": "legal-claim"},
    ),
}
#: before and after a session
OPEN = {("GET", "/login"), ("POST", "/login"), ("POST", "/logout"), ("GET", "/oidc"), ("GET", "/oidc/back")}


def _routes() -> Iterator[tuple[str, str]]:
    for room in console.router.routes:
        for route in room.original_router.routes:  # type: ignore[attr-defined]
            yield from ((method, route.path) for method in route.methods)


def test_no_route_is_forgotten() -> None:
    known = {("GET", path) for path in READ} | {("POST", path) for path in CHANGE}
    assert set(_routes()) == known | OPEN


def test_every_route_for_every_role(shop: Shop, web: TestClient, staff: Callable[[Role], TestClient]) -> None:
    context, now = shop.workspace.context, clock.now()
    one = shop.confirmed(Kind.ERASURE)
    breach, _ = open_breach(context, Facts(now, "Notebook", "gesperrt"), {}, "dpo", now)
    parts = dict.fromkeys(PARTS["impact"], "x")
    assessment = file_assessment(context, Filing("impact", "health", "acceptable", parts), "dpo", now)
    filled = {
        "{reference}": one.reference, "{identifier:path}": "retention/orders/vouchers", "{name}": "notice", "{kind}": "impact",
        "{subject:path}": "health",
    }  # fmt: skip

    def path_of(route: str) -> str:
        made = route.replace("{identifier}", breach.id if "/breaches" in route else assessment.id)
        for name, value in filled.items():
            made = made.replace(name, value)
        return f"/console{made}"

    def acts() -> int:
        with shop.workspace.state.connect() as connection:
            # a look at a request is itself recorded, and changes nothing
            query = select(func.count()).select_from(ENTRIES).where(ENTRIES.c.kind != "request/viewed")
            return int(connection.execute(query).scalar_one())

    for route in READ:
        assert web.get(path_of(route)).headers["location"] == "/console/login", (
            "a visitor is sent to the login"
        )
    for route, (_, form) in CHANGE.items():
        assert web.post(path_of(route), data=form).headers["location"] == "/console/login"
    for role in Role:
        client = staff(role)
        token = csrf_of(client)
        for route, roles in READ.items():
            code = client.get(path_of(route)).status_code
            assert code == 200 if role in roles else code in (403, 404), (role, route, code)
        for route, (roles, form) in CHANGE.items():
            path, before = path_of(route), acts()
            whole = form | {"csrf": token}
            forged = (
                client.post(path, data=form),
                client.post(path, data=form | {"csrf": "wrong"}),
                client.post(path, data=whole, headers={"origin": "https://evil.example"}),
            )
            assert {said.status_code for said in forged} <= {403, 404}, (role, route)
            if role not in roles:
                assert client.post(path, data=whole).status_code in (403, 404), (role, route)
            assert acts() == before, (role, route)


def test_what_a_role_may_do_it_can(shop: Shop, staff: Callable[[Role], TestClient]) -> None:
    breach, _ = open_breach(
        shop.workspace.context, Facts(clock.now(), "Notebook", "gesperrt"), {}, "dpo", clock.now()
    )
    boss = staff(Role.MANAGEMENT)
    token = {"csrf": csrf_of(boss)}
    assert boss.post(f"/console/breaches/{breach.id}/notified", data=token).status_code == 303
    auditor = staff(Role.AUDITOR)
    looked = {"csrf": csrf_of(auditor), "identity": "nobody@mail.example", "reason": "legal-claim"}
    assert auditor.post("/console/restricted", data=looked).status_code == 200
