"""The IT provider: data lie on site and at the registered backup sites in the EU; a copy elsewhere is reported."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date

import pytest

from tests.promises.placing import assert_refused, places
from tests.promises.scenario import Scenario
from zusage.deployments.nightly import back_up

PLACES = "places/backup-sites"


@pytest.mark.promise("fluxpunkt-032")
def test_a_ticket_lies_on_site_and_at_registered_backup_sites_and_nowhere_else(itservice: Scenario) -> None:
    itservice.put("desk", "ticket", id=9001, customer_id=1, subject="Drucker", body="streikt", opened_at="2026-05-05T09:00")  # fmt: skip
    listed = ("desk", "--row", "ticket:9001")
    back_up(itservice.folder, "desk", date(2026, 5, 4))
    assert len(places(itservice, "2026-05-05T10:00", *listed)[0]) == 2, "the copy of this moment holds it too"
    for copy in (itservice.folder / "backups").iterdir():
        copy.unlink()
    assert places(itservice, "2026-05-05T10:00", *listed)[0] == [("desk", "primary", "DE")]
    back_up(itservice.folder, "desk", date(2026, 5, 5))
    found, elsewhere = places(itservice, "2026-05-05T23:00", *listed)
    assert found == [("desk", "primary", "DE"), ("backups", "copies", "NL")]
    assert elsewhere == []
    assert places(itservice, "2026-05-05T23:00", "desk", "--row", "ticket:9999")[0] == []
    assert itservice.proof("2026-05-05", PLACES)["state"] == "kept"

    cloud = itservice.folder / "shares" / "personal-cloud"
    cloud.mkdir(parents=True)
    for number, name in enumerate(("export.sqlite", "export.sql")):
        with closing(sqlite3.connect(itservice.folder / "data/desk.db")) as live:
            if name.endswith("sql"):
                (cloud / name).write_text("\n".join(live.iterdump()), encoding="utf-8")
            else:
                with closing(sqlite3.connect(cloud / name)) as target:
                    live.backup(target)
        found, elsewhere = places(itservice, "2026-05-06", *listed)
        assert len(elsewhere) == number + 1
        assert str(cloud / name) in elsewhere
    proof = itservice.proof("2026-05-06", PLACES)
    assert (proof["state"], proof["count"]) == ("broken", 2)
    for name in ("export.sqlite", "export.sql"):
        (cloud / name).unlink()
    assert itservice.proof("2026-05-06", PLACES)["state"] == "kept"


@pytest.mark.promise("fluxpunkt-032")
def test_a_backup_site_outside_the_union_is_refused(itservice: Scenario) -> None:
    said = assert_refused(
        itservice, "2026-05-05", "stores.yaml", ("country: NL, name: Zwolle", "country: US, name: us-east-1")
    )
    assert "backups.site.country" in said
