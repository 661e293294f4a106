"""Telling people and customers before something happens, and of breaches: each once, with proof that it arrived."""

from zusage.keepers.announcing.service import Announcing, BadAnnouncement, announce

__all__ = ["Announcing", "BadAnnouncement", "announce"]
