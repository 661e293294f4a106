"""Telling a person at an event: what is owed and until when, what was said, and that nothing runs before it."""

from zusage.keepers.informing.telling import InformationRule, UnknownInformation, expect, tell

__all__ = ["InformationRule", "UnknownInformation", "expect", "tell"]
