"""fluxpunkt: contract partners hear of a breach that touches them, and of a sub-processor before it is used."""

from __future__ import annotations

import pytest

from tests.promises.announcing import announce, may, parties, sent
from tests.promises.asking import Desk
from tests.promises.scenario import PERSON, Scenario
from tests.promises.vouching import vouch


@pytest.fixture
def desk(itservice: Scenario) -> Desk:
    return Desk(itservice)


@pytest.mark.promise("fluxpunkt-186")
def test_a_breach_reaches_exactly_the_customers_it_touches_within_a_day(desk: Desk) -> None:
    scene = desk.scenario
    parties(scene, "alpha", "beta", "gamma")
    opened = scene.zusage("2026-05-05T09:00", "breach", "open", "--noticed", "2026-05-05T08:00", "--facts", "Fremder Zugriff auf den Hostingserver",
                          "--measures", "Server getrennt, Schlüssel getauscht", "--categories", "Zugangsdaten", "--customer", "alpha",
                          "--customer", "beta", "--by", PERSON, "--json")  # fmt: skip
    assert opened.code == 0, opened.err
    standing = sent(scene, "2026-05-05T10", opened.json["announcement"])
    assert [one["party"] for one in standing["parties"]] == ["alpha", "beta"]
    for one in standing["parties"]:
        assert one["state"] == "sent"
        assert str(one["sent_at"]) < "2026-05-06T08:00", "within the agreed 24 hours, and filed"
    for name in ("alpha", "beta"):
        (notice,) = desk.mails(f"ds@{name}.example")
        for word in ("05.05.2026 08:00", "Zugangsdaten", "Server getrennt", "Hostingserver"):
            assert word in notice
        assert "beta" not in notice.replace("ds@beta.example", "") or name == "beta"
    assert desk.mails("ds@gamma.example") == [], "who is not affected hears nothing"
    unknown = scene.zusage("2026-05-05T11:00", "breach", "open", "--noticed", "2026-05-05T08:00", "--facts", "x", "--measures", "y",
                           "--customer", "nobody", "--by", PERSON)  # fmt: skip
    assert unknown.code == 2


@pytest.mark.promise("fluxpunkt-187")
def test_a_sub_processor_is_announced_waits_and_stays_blocked_for_who_objects(desk: Desk) -> None:
    scene = desk.scenario
    parties(scene, "beispiel", "muster")
    assert vouch(scene, "2026-05-01", "contract/second-datacentre") == 0
    dns = ("second-datacentre", "hosted-dns")
    assert may(scene, "2026-05-05T08:00", *dns) == ["unannounced"]
    code, made = announce(scene, "2026-05-05T09:00", "sub-processor", "Ab Juli nutzen wir ein zweites Rechenzentrum. Einspruch binnen 30 Tagen.",
                          "--customers", "--recipient", "second-datacentre", "--effective", "2026-06-04")  # fmt: skip
    assert code == 0
    standing = sent(scene, "2026-05-05T10", made["id"])
    assert [(one["party"], one["state"]) for one in standing["parties"]] == [
        ("beispiel", "sent"),
        ("muster", "sent"),
    ]
    for name in ("beispiel", "muster"):
        assert any("30 Tagen" in one for one in desk.mails(f"ds@{name}.example"))
    for day in ("2026-05-06T08:00", "2026-06-03T08:00"):
        assert may(scene, day, *dns) == ["not-yet"]
    said = scene.zusage("2026-05-20", "announce", "object", made["id"], "beispiel", "--by", PERSON)
    assert said.code == 0, said.err
    assert scene.zusage("2026-05-20", "announce", "object", made["id"], "fremd", "--by", PERSON).code == 2
    assert may(scene, "2026-06-05T08:00", *dns, "--customer", "muster") == []
    for day in ("2026-06-05T08:00", "2026-12-05T08:00"):
        assert may(scene, day, *dns, "--customer", "beispiel") == ["objected"]
