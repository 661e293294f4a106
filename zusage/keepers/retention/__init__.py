"""How long data are kept: rules swept over databases and file trees, approved once, proven by looking again."""

from zusage.keepers.retention.keeper import RetentionKeeper

__all__ = ["RetentionKeeper"]
