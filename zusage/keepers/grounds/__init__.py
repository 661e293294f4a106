"""The ground of each single case: exactly one basis, declared for the activity, and one that carries it for this person."""

from zusage.keepers.grounds.filing import RELATIONS, Case, Refusal, file_ground, refusals

__all__ = ["RELATIONS", "Case", "Refusal", "file_ground", "refusals"]
