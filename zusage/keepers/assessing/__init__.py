"""Keeps assessments of processing: of its impact on persons (Art. 35), and of legitimate interests (Art. 6(1)(f))."""

from zusage.keepers.assessing.keeper import AssessingKeeper

__all__ = ["AssessingKeeper"]
