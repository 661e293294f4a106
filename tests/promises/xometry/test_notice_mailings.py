"""The marketplace's mailings: each recipient's row bears its basis and date; who has none gets nothing."""

from __future__ import annotations

import pytest

from tests.promises.visiting import Site
from tests.promises.xometry.test_newsletter import (
    ADA,
    BEN,
    CLARA,
    clerk,
    confirms,
    issues,
    sent,
    signs_up,
    site,
)
from zusage.deployments.sessions import check_value

__all__ = ["site"]
_BASES = {"consent": "consent, valid at the time", "existing-customer": "legitimate interest, § 7(3) UWG"}


def _rows(site: Site, now: str) -> list[dict[str, object]]:
    """The rows of the newest mailing."""
    listed = site.scenario.zusage(now, "consent", "mailing", "--json").json
    newest = max(listed, key=lambda one: one["at"])
    return list(site.scenario.zusage(now, "consent", "mailing", newest["mailing"], "--json").json)


@pytest.mark.promise("xometry-239")
def test_each_recipient_of_a_mailing_bears_one_of_the_two_bases(site: Site) -> None:
    site.at("2022-06-30T09:00")
    signs_up(site, BEN)
    confirms(site, "2022-06-30T10:00", BEN)
    signs_up(site, CLARA)  # never confirmed
    issues(site, "2022-07-01T08:00")
    rows = _rows(site, "2022-07-01T09:00")
    included = [one for one in rows if one["allowed"]]
    assert [one["basis"] for one in included] == [_BASES["consent"]]
    assert str(included[0]["at"]).startswith("2022-07-01T08:00")
    assert included[0]["consent"]
    assert {one["basis"] for one in rows if not one["allowed"]} <= {"none"}
    assert len(sent(site, "2022-07-01T09:00", BEN)) == 2
    assert len(sent(site, "2022-07-01T09:00", CLARA)) == 1, "only the question"
    # existing customers, by § 7(3) UWG
    check = check_value("dreh-und-fraes")
    for number, email in ((9001, ADA), (9002, CLARA)):
        site.scenario.put("portal", "customer", id=number, name="X", email=email, password_check=check)
    site.at("2022-06-01T10:00")
    customer = site.guest()
    customer.post("/konto", data={"email": ADA, "password": "dreh-und-fraes"})
    assert customer.post("/konto/bestellung", data={"part": "Welle", "quantity": "3"}).status_code == 200
    site.at("2022-07-02T10:00")
    offer = {"subject": "Angebot", "text": "Drehteile.\n{unsubscribe}", "key": "juli"}
    assert clerk(site).post("/personal/angebote", json=offer).status_code == 200
    rows = _rows(site, "2022-07-02T11:00")
    included = [one for one in rows if one["allowed"]]
    assert included
    assert all(one["basis"] == _BASES["existing-customer"] for one in included)
    assert all(str(one["at"]).startswith("2022-07-02") for one in included)
    assert {one["basis"] for one in rows if not one["allowed"]} == {"none"}
    assert len(sent(site, "2022-07-02T11:00", ADA)) == 1
    assert len(sent(site, "2022-07-02T11:00", CLARA)) == 1, "removed before sending"
