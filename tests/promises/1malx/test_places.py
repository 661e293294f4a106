"""The job board: all user data and copies lie in Germany; what stands elsewhere is refused, what turns up elsewhere is found."""

from __future__ import annotations

from datetime import date

import pytest

from tests.promises.placing import assert_refused, change, places
from tests.promises.scenario import Scenario
from tests.promises.vouching import assert_vouched
from zusage.deployments.nightly import back_up

PLACES = "places/servers-in-germany"


@pytest.mark.promise("1malx-097")
def test_a_store_copy_or_server_abroad_is_refused_and_places_are_reviewed_yearly(jobboard: Scenario) -> None:
    assert jobboard.proof("2025-02-01", PLACES)["state"] == "kept"
    here = "country: DE, name: Nürnberg"
    for country, region in (("IE", "eu-west-1"), ("US", "us-east-1")):
        there = f"country: {country}, name: {region}"
        assert "board.site.country" in assert_refused(jobboard, "2025-02-01", "stores.yaml", (here, there))
        backup = f"root: backups\n    site: {{{here}"
        swap = (backup, backup.replace(here, there))
        assert "backups.site.country" in assert_refused(jobboard, "2025-02-01", "stores.yaml", swap)
        server = ("  hosting:\n", f"  hosting:\n    servers_in: {country}\n")
        assert f"servers in {country}" in assert_refused(jobboard, "2025-02-01", "declaration.yaml", server)
    change(jobboard, "declaration.yaml", ("  hosting:\n", "  hosting:\n    servers_in: DE\n"))
    assert jobboard.proof("2025-02-01", PLACES)["state"] == "kept"

    assert jobboard.proof("2026-12-20", PLACES)["state"] == "due", "up for review"
    assert jobboard.proof("2027-01-16", PLACES)["state"] == "broken"
    change(jobboard, "stores.yaml", *[('"2026-01-15"', '"2027-01-16"')] * 3)
    assert jobboard.proof("2027-01-16", PLACES)["state"] == "kept"
    (jobboard.folder / "evidence/nuernberg.txt").unlink()
    assert jobboard.proof("2027-01-16", PLACES)["state"] == "broken", (
        "an entry without evidence does not count"
    )


@pytest.mark.promise("1malx-097")
def test_a_copy_abroad_that_nobody_registered_is_found(jobboard: Scenario) -> None:
    share = jobboard.folder / "shares" / "ireland"
    share.mkdir(parents=True)
    (share / "holiday.tar").write_bytes(b"no copy of anything")
    assert jobboard.proof("2025-02-01", PLACES)["state"] == "kept"
    back_up(jobboard.folder, "board", date(2025, 2, 1)).rename(share / "copy.bin")
    proof = jobboard.proof("2025-02-01", PLACES)
    assert (proof["state"], proof["count"]) == ("broken", 1)
    assert places(jobboard, "2025-02-01")[1] == [str(share / "copy.bin")]


@pytest.mark.promise("1malx-097", attested=True)
def test_somebody_vouches_for_the_list_of_servers_every_year(jobboard: Scenario) -> None:
    bare = ["attest", "measure/servers-in-germany", "--by", "Ida Infra", "--role", "it"]
    assert jobboard.zusage("2025-02-01", *bare).code == 2, "without the list nothing is filed"
    assert_vouched(
        jobboard,
        {"measure/servers-in-germany": "it"},
        filed="2025-02-01",
        good="2026-01-31",
        over="2026-02-02",
    )
