"""Where data lie, and that whole copies of them are made: looked for, not only vouched for."""

from zusage.keepers.storage.keeper import StorageKeeper

__all__ = ["StorageKeeper"]
