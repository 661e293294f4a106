"""Decisions: may this actor, for this purpose, use these data of this subject now – and why?

One engine; keepers supply rules; reasons come from the declaration.
"""

from zusage.decisions.engine import Answer, Decision, Decisions, Question, Rule
from zusage.decisions.version import VersionReader

__all__ = ["Answer", "Decision", "Decisions", "Question", "Rule", "VersionReader"]
