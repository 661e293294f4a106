"""The registry: a new kind of promise is a new keeper and a line here."""

from __future__ import annotations

from zusage.keepers.archive import ArchiveKeeper
from zusage.keepers.assessing import AssessingKeeper
from zusage.keepers.attestation import AttestationKeeper
from zusage.keepers.consent.keeper import ConsentKeeper
from zusage.keepers.context import Context
from zusage.keepers.logs.keeper import LogsKeeper
from zusage.keepers.retention import RetentionKeeper
from zusage.keepers.rights.keeper import RightsKeeper
from zusage.keepers.storage import StorageKeeper
from zusage.promises import Keeper


def keepers() -> tuple[Keeper[Context], ...]:
    """All keepers, in the order in which they compile, plan and keep."""
    return (
        RetentionKeeper(),
        ArchiveKeeper(),
        LogsKeeper(),
        AttestationKeeper(),
        AssessingKeeper(),
        RightsKeeper(),
        ConsentKeeper(),
        StorageKeeper(),
    )
