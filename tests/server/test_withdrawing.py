"""A withdrawal over the application's API: "no" at once, recipients told, erasure where the consent carried everything."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.keepers.rights.conftest import Shop
from zusage import clock
from zusage.server.app import create_app
from zusage.workspace import open_workspace
from zusage_client.tokens import make_token

ADA = {"kind": "email", "value": "ada@mail.example"}
CONSENTS = """consents:
  membership: {title: {de: Mitgliedschaft, en: membership}, text: {de: Ich trete bei., en: I join.}, asked: form, erases: true}
  chat: {title: {de: Plausch, en: chat}, text: {de: Ich plausche., en: I chat.}, asked: form}
"""


@pytest.fixture
def club(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Iterator[Club]:
    """The shop with a membership that carries everything, and a parcel service that gets data under `news`."""
    path = shop.workspace.folder / "declaration.yaml"
    text = path.read_text(encoding="utf-8").replace("consents:\n", CONSENTS)
    path.write_text(
        text.replace("recipients: [{to: mailer}]", "recipients: [{to: parcel, consent: news}]"),
        encoding="utf-8",
    )
    workspace = open_workspace(shop.workspace.folder)
    moved = dataclasses.replace(shop, workspace=workspace, now=clock.now())
    with TestClient(create_app(workspace), base_url="http://testserver") as client:
        yield Club(moved, client, monkeypatch)


@dataclasses.dataclass
class Club:
    """The shop and its application's API."""

    shop: Shop
    client: TestClient
    monkeypatch: pytest.MonkeyPatch

    def api(self, **wanted: Any) -> Any:
        """What the application asks for Ada."""
        headers = {"authorization": f"Bearer {make_token('app-s3cret', {'application': True}, clock.now())}"}
        said = self.client.post("/api/v1/subjects/consents", json={"subject": ADA} | wanted, headers=headers)
        assert said.status_code == 200, said.text
        return said.json()


def test_who_got_data_under_a_consent_hears_of_its_end(club: Club) -> None:
    club.api(do="give", answers={"news": True, "chat": True, "membership": True})
    stands = club.api(do="withdraw", purposes=["chat"])
    assert [name for name, one in stands.items() if one["agreed"]] == ["membership", "news"]
    club.shop.work()
    assert club.shop.mails("privacy@paket.example") == [], "nobody got data under it"
    club.api(do="withdraw", purposes=["news"])
    club.shop.work()
    told = club.shop.letter("privacy@paket.example", "")
    assert "ada@mail.example" in told
    assert "Widerruf einer Einwilligung" in told
    assert club.shop.count("customer", "id = 1") == 1, "one purpose less: the account remains"
    assert "widerrufen" in club.shop.letter("ada@mail.example", "Antwort")


@pytest.mark.parametrize("wanted", [{"do": "withdraw", "purposes": ["membership"]}, {"do": "withdraw-all"}])
def test_the_end_of_what_carried_everything_erases_everything(club: Club, wanted: dict[str, Any]) -> None:
    club.api(do="give", answers={"news": True, "membership": True})
    stands = club.api(**wanted)
    assert not stands["membership"]["agreed"]
    assert stands["news"]["agreed"] == (wanted["do"] == "withdraw")
    club.shop.work()
    assert club.shop.count("customer", "id = 1") == 0
    assert club.shop.count("newsletter", "id = 1") == 0
    assert club.shop.count("customer", "id = 2") == 1
