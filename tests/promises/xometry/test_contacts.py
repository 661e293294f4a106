"""xometry: a contact record shows the status of the customer relation, and the status decides what is kept."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy.exc import IntegrityError

from tests.promises.asking import Desk
from tests.promises.scenario import Scenario
from tests.promises.visiting import Site, visiting
from tests.promises.xometry.test_applicants import role
from zusage.deployments.marketplace.app import create_app

ADA, BEN, CEM = "ada@kunde.example", "ben@kunde.example", "cem@kunde.example"


@pytest.fixture
def site(marketplace: Scenario) -> Iterator[Site]:
    with visiting(marketplace, create_app, "https://www.spanwerk.example", now="2022-07-01T10:00") as made:
        yield made


@pytest.mark.promise("xometry-187")
def test_the_status_of_the_relation_decides_what_is_kept(site: Site) -> None:
    scene = site.scenario
    for name, email in (("Ada", ADA), ("Ben", BEN)):
        form = {"name": name, "email": email, "body": "Drehteile?"}
        assert site.guest().post("/anfrage", data=form).status_code == 200
    scene.put("office", "enquiry", name="Cem", email=CEM, body="Ohne Stand", received_at="2022-07-01T10:00")
    sales = role(site, "sales")

    def cases() -> dict[str, tuple[object, object]]:
        listed = sales.get("/personal/anfragen").json()
        return {one["name"]: (one["status"], one["contract_since"]) for one in listed}

    assert {cases()[name] for name in ("Ada", "Ben", "Cem")} == {("enquiry", None)}
    (ben,) = [one["case"] for one in sales.get("/personal/anfragen").json() if one["name"] == "Ben"]
    path = f"/personal/anfragen/{ben}/vertrag"
    assert sales.post(path).status_code == 422, "a contract without its date is none"
    assert role(site, "recruiting").post(path, data={"since": "2022-05-01"}).status_code == 403
    assert cases()["Ben"] == ("enquiry", None)
    assert sales.post(path, data={"since": "2022-05-01"}).status_code == 200
    assert cases()["Ben"] == ("contract", "2022-05-01")
    with pytest.raises(IntegrityError):
        scene.put("office", "enquiry", name="Dora", email="dora@kunde.example", status="contract")
    scene.sweep("2022-09-30T03:00")
    assert scene.count("office", "enquiry", "name IN ('Ada', 'Ben', 'Cem')") == 3
    scene.sweep("2022-10-02T03:00")
    assert scene.count("office", "enquiry", "email = :e", e=ADA) == 0
    assert scene.count("office", "enquiry", "email = :e", e=CEM) == 0, "no status: an enquiry"
    assert scene.count("office", "enquiry", "email = :e AND body = 'Drehteile?'", e=BEN) == 1
    desk = Desk(scene)
    answer = desk.carried_out("2022-10-03", "access", BEN)
    (row,) = desk.data("2022-10-03", answer)["enquiries"]["enquiry"]
    assert (row["status"], str(row["contract_since"])[:10]) == ("contract", "2022-05-01")
