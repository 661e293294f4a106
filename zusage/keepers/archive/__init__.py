"""Archived records: sealed apart, opened by the archive's role with a second approval, gone when the law's period is over."""

from zusage.keepers.archive.keeper import ArchiveKeeper

__all__ = ["ArchiveKeeper"]
